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
from kkb_eval.report import batch

KELOMPOK = {
    "membaca": reading,
    "evaluasi": evaluating,
    "tipologi": stable,
    "undian": drawing,
    "laporan": pages,
    "indeks": indexing,
    "kluster": cluster,
    "gangguan": faults,
}
JUDUL = ("yang diukur", "detik", "prosesor", "keterangan", "batas", "tercapai")
BERKAS = store.AKAR / "benchmarks" / "results.md"
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
    words = [
        f"{datetime.now():%Y-%m-%d %H:%M}, {platform.system()} {platform.machine()}, {batch.processors()} prosesor"
    ]
    words += [f"{memory}{busy}", f"Python {platform.python_version()}"]
    return ", ".join([*words, *(f"{name} {version(name)}" for name in PAKET)])


def written(head: str, rows: Sequence[Sequence[str]]) -> None:
    """The same table as Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in (JUDUL, ["---"] * len(JUDUL), *rows)]
    told = "Ditulis oleh `make bench`. Baris dengan – adalah pembanding yang diukur dalam proses yang sama."
    BERKAS.write_text("\n".join([f"# Ukuran kecepatan\n\n{told}\n\n{head}\n", *lines, ""]), "utf-8")


def main(wanted: Sequence[str]) -> int:
    """Measure the groups ``wanted``, all where none is named; only all of them are written."""
    if unknown := set(wanted) - KELOMPOK.keys():
        print(f"kelompok {', '.join(sorted(unknown))} tidak ada; pilih {', '.join(KELOMPOK)}", file=sys.stderr)
        return 2
    # in a pipe there is no width to fit into
    console = Console(width=None if sys.stdout.isatty() else 180)
    head, rows = machine(), []
    console.print(head, highlight=False)
    table = Table(*JUDUL)
    for name in wanted or KELOMPOK:
        console.print(f"mengukur {name} …", highlight=False)
        for measure in KELOMPOK[name].measures():
            rows.append(cells(measure))
            table.add_row(*rows[-1])
        table.add_section()
    console.print(table)
    if wanted:
        return 0
    written(head, rows)
    console.print(f"{BERKAS.relative_to(store.AKAR)} ditulis; baris dengan – adalah pembanding", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
