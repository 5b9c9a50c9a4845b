"""Reading the national rekap, beside pandas with openpyxl."""

from collections.abc import Iterator

import pandas as pd

from benchmarks.measure import Measure, nation, timed
from kkb_eval.intake.portal import read_export

LIMIT = 1.0


def measures() -> Iterator[Measure]:
    """Our typed, checked export; and only the cells, as the usual way to read a workbook gives them."""
    source = nation()
    folder = source.folder / "ekspor" if (source.folder / "ekspor").is_dir() else source.folder
    path = max(folder.glob("rekap*.xlsx"))
    ours = timed(lambda: read_export(path, path.name))
    yield Measure(
        f"membaca rekap, {source.nama}",
        ours.detik,
        ours.prosesor,
        f"{len(ours.hasil.rows)} baris",
        "1 detik" if source.asli else "",
        ours.prosesor <= LIMIT if source.asli else None,
    )
    theirs = timed(lambda: pd.read_excel(path, engine="openpyxl"), repeat=1)
    yield Measure("pandas.read_excel, openpyxl", theirs.detik, theirs.prosesor, pembanding=True)
    plain = timed(lambda: pd.read_excel(path, engine="calamine"), repeat=1)
    yield Measure("pandas.read_excel, calamine", plain.detik, plain.prosesor, pembanding=True)
