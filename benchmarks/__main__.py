"""All measures: printed, and written to outputs/benchmark.md, which is of this machine and not committed."""

import os
import platform
import sys
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from benchmarks import drawing, evaluating, pages, reading, stable
from benchmarks.measure import Measure, number
from kkb_eval import store

KELOMPOK = {
    "membaca": reading,
    "evaluasi": evaluating,
    "tipologi": stable,
    "undian": drawing,
    "laporan": pages,
}
JUDUL = ("yang diukur", "detik", "prosesor", "keterangan", "batas", "tercapai")
BERKAS = store.AKAR / "outputs" / "benchmark.md"


def cells(one: Measure) -> tuple[str, ...]:
    """A measure as the words of a row."""
    seconds = ("" if value is None else number(value) for value in (one.detik, one.prosesor))
    kept = {None: "", True: "ya", False: "tidak"}[one.baik]
    return (f"– {one.apa}" if one.pembanding else one.apa, *seconds, one.lain, one.batas, kept)


def machine() -> str:
    """What the numbers depend on: processors, how busy they were at the start, versions."""
    busy = f", beban {number(os.getloadavg()[0], 1)}" if hasattr(os, "getloadavg") else ""
    return f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} prosesor{busy}, Python {platform.python_version()}"


def written(head: str, rows: Sequence[Sequence[str]]) -> None:
    """The same table as Markdown."""
    lines = [f"| {' | '.join(row)} |" for row in (JUDUL, ["---"] * len(JUDUL), *rows)]
    BERKAS.parent.mkdir(exist_ok=True)
    BERKAS.write_text("\n".join([f"# Ukuran kecepatan\n\n{head}\n", *lines, ""]), "utf-8")


def main(wanted: Sequence[str]) -> int:
    """Measure the groups ``wanted``, all where none is named."""
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
    written(head, rows)
    console.print(f"{BERKAS.relative_to(store.AKAR)} ditulis; baris dengan – adalah pembanding", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
