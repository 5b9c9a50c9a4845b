"""All measures: printed, and written to benchmarks/results.md with the machine and the versions they were taken on."""

import os
import platform
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import cluster, drawing, evaluating, faults, indexing, pages, reading, stable
from benchmarks.measure import Measure, number
from kkb_eval import store
from kkb_eval.build import run

GROUPS = {
    "membaca": reading,
    "evaluasi": evaluating,
    "tipologi": stable,
    "undian": drawing,
    "laporan": pages,
    "indeks": indexing,
    "kluster": cluster,
    "gangguan": faults,
}
TITLES = ("yang diukur", "detik", "prosesor", "keterangan", "batas", "tercapai")
FILE = store.ROOT / "benchmarks" / "results.md"
PAKET = ("pandas", "pyarrow", "scikit-learn", "numpy", "matplotlib", "papermill", "nbconvert", "distributed")


def cells(one: Measure) -> tuple[str, ...]:
    """A measure as the words of a row."""
    seconds = ("" if value is None else number(value) for value in (one.detik, one.prosesor))
    kept = {None: "", True: "ya", False: "tidak"}[one.baik]
    return (f"– {one.apa}" if one.pembanding else one.apa, *seconds, one.lain, one.batas, kept)


def machine() -> str:
    """What the numbers depend on: processors, memory, how busy they were at the start, versions."""
    busy = f", beban {number(os.getloadavg()[0], 1)}" if hasattr(os, "getloadavg") else ""
    memory = f"{number(psutil.virtual_memory().total / 1e9, 0)} GB"
    words = [f"{datetime.now():%Y-%m-%d %H:%M}, {platform.system()} {platform.machine()}, {run.processors()} prosesor"]
    words += [f"{memory}{busy}", f"Python {platform.python_version()}"]
    return ", ".join([*words, *(f"{name} {version(name)}" for name in PAKET)])


def section(name: str, head: str, rows: Sequence[Sequence[str]]) -> str:
    """A group's measures in Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in (TITLES, ["---"] * len(TITLES), *rows)]
    return "\n".join([f"## {name}\n\n{head}\n", *lines, ""])


def written(sections: dict[str, str]) -> None:
    """Write these groups; those that were not measured now stay as they were, with the day and machine of theirs."""
    old = FILE.read_text("utf-8").split("\n## ")[1:] if FILE.exists() else []
    kept = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in old}
    told = "Ditulis oleh `make bench`. Baris dengan – adalah pembanding yang diukur dalam proses yang sama."
    parts = [text for name in GROUPS if (text := (kept | sections).get(name))]
    FILE.write_text("\n".join([f"# Ukuran kecepatan\n\n{told}\n", *parts]), "utf-8")


def main(wanted: Sequence[str]) -> int:
    """Measure the groups ``wanted``, all where none is named."""
    if unknown := set(wanted) - GROUPS.keys():
        print(f"kelompok {', '.join(sorted(unknown))} tidak ada; pilih {', '.join(GROUPS)}", file=sys.stderr)
        return 2
    # in a pipe there is no width to fit into
    console = Console(width=None if sys.stdout.isatty() else 180)
    for name in wanted or GROUPS:
        head, rows = machine(), []
        console.print(f"{name}: {head}", highlight=False)
        table = Table(*TITLES)
        for measure in GROUPS[name].measures():
            rows.append(cells(measure))
            table.add_row(*rows[-1])
        console.print(table)
        written({name: section(name, head, rows)})
    console.print(f"{FILE.relative_to(store.ROOT)} ditulis; baris dengan – adalah pembanding", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
