"""Exports and tables as people really leave them: one test a kind, each with a file made from the sample.

A file that was only dressed up must give the sample's own clean year; what was left out, filled in or read in another
way is told once.
"""

import tempfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kkb_eval import store
from kkb_eval.intake.dataset import Dataset, open_dataset
from kkb_eval.intake.grids import open_sheets

EXPORTS = store.ROOT / "data" / "contoh" / "ekspor"
DAY = "2018-10-15"
YEAR = 2018
Grid = list[list[object]]


@cache
def _sample(jenis: str) -> Grid:
    path = EXPORTS / f"{jenis}-{DAY}.xlsx"
    grid = next(iter(open_sheets(path.name, path.read_bytes()).sheets.values())).grid
    return [[None if cell == "" else cell for cell in row] for row in grid]


def sample(jenis: str) -> Grid:
    """The cells of one of the sample's exports of October 2018, header first."""
    return deepcopy(_sample(jenis))


@dataclass
class Files:
    """A dataset in the making: its two exports as cells, their names, and what is done to the rekap's sheet."""

    folder: Path
    rekap: Grid = field(default_factory=lambda: sample("rekap"))
    klasifikasi: Grid = field(default_factory=lambda: sample("klasifikasi"))
    names: tuple[str, str] = (f"rekap_{DAY}.xlsx", f"klasifikasi_{DAY}.xlsx")
    into: str = "ekspor"
    created: str = DAY
    dress: Callable[[Worksheet], None] = lambda sheet: None

    def write(self) -> "Files":
        """Write both exports."""
        for name, grid in zip(self.names, (self.rekap, self.klasifikasi), strict=True):
            write_book(self.folder / self.into / name, grid, created=self.created, dress=self.dress)
        return self

    def column(self, title: str) -> int:
        """The position of a column of the rekap."""
        return self.rekap[0].index(title)


def write_book(
    path: Path,
    grid: Sequence[Sequence[object]],
    *,
    created: str = DAY,
    dress: Callable[[Worksheet], None] = lambda s: None,
) -> Path:
    """A workbook of one sheet ``Worksheet``; ``dress`` may hide, merge or mark what is on it (the rekap's only)."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Worksheet"
    for row in grid:
        sheet.append(list(row))
    if "rekap" in path.name.casefold():
        dress(sheet)
    book.properties.created = datetime.fromisoformat(created)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def numbers(dataset: Dataset, year: int = YEAR) -> pd.DataFrame:
    """The clean year without where its rows are from."""
    kampung = dataset.year(year).kampung
    return kampung[[c for c in kampung if not c.startswith(("berkas_", "baris_"))]]


@cache
def right_numbers(jenis: tuple[str, ...] = ("rekap", "klasifikasi")) -> pd.DataFrame:
    """The clean year of the untouched exports of these kinds."""
    with tempfile.TemporaryDirectory() as name:
        for kind in jenis:
            write_book(Path(name) / f"{kind}_{DAY}.xlsx", sample(kind))
        return numbers(open_dataset(name))


def told(dataset: Dataset, year: int = YEAR) -> list[tuple[str, str, str]]:
    """Code, level and text of the findings of reading but the sample's own: one K03, whose rows differ, and one K17."""
    found = pd.concat([dataset.catatan_ditolak, dataset.year(year).catatan])
    found = found[found["kode"].ne("K03") & ~found["pesan"].isin(_own())]
    return list(found[["kode", "tingkat", "pesan"]].itertuples(index=False, name=None))


@cache
def _own() -> frozenset[str]:
    with tempfile.TemporaryDirectory() as name:
        Files(Path(name)).write()
        return frozenset(open_dataset(name).year(YEAR).catatan["pesan"])


def assert_right(folder: Path) -> Dataset:
    """Assert that a dataset gives the numbers of the sample."""
    dataset = open_dataset(folder)
    pd.testing.assert_frame_equal(numbers(dataset), right_numbers())
    return dataset
