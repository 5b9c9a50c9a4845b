"""Reading the national rekap, beside pandas with openpyxl; and a table of SIGA."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from benchmarks.measure import Measure, nation, timed
from kkb_eval import store
from kkb_eval.intake.portal import read_export
from kkb_eval.intake.siga import read_file

LIMIT = 1.0
SIGA_LIMIT, SIGA_ROWS = 0.2, 5832
"""Processor seconds, for the rows of a province's nine months."""


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
    yield _siga()


def _siga() -> Measure:
    """A province's table of methods, nine months of 648 desa, made from the sample's."""
    sample = store.ROOT / "data/contoh/siga/data_mix_kontra_2018.csv"
    head, _, *rows = sample.read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metode_2018.csv"
        path.write_text("\n".join([head, *(rows * (SIGA_ROWS // len(rows) + 1))[:SIGA_ROWS]]), "utf-8")
        read = timed(lambda: read_file(path, f"siga/{path.name}"))
    baris = f"{len(read.hasil.rows)} baris"
    return Measure("membaca tabel SIGA", read.detik, read.prosesor, baris, "0,2 detik", read.prosesor <= SIGA_LIMIT)
