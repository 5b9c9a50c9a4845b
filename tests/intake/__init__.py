"""Small exports in the portal's form, made for one test each."""

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

from kkb_eval import schema
from kkb_eval.intake.portal import COLUMNS, TITLES

Baris = Mapping[str, object]
MAJA: Baris = {
    "kampung": "Maja Sejahtera",
    "provinsi": "BANTEN",
    "kabupaten": "LEBAK",
    "kecamatan": "MAJA",
    "desa": "MAJA",
}
SCORES: Baris = dict.fromkeys(schema.SCORES, 3) | dict.fromkeys(schema.INDICES, 3) | {"klasifikasi": "Berkelanjutan"}


def columns(jenis: str) -> list[str]:
    return [*schema.NAMES, *COLUMNS[jenis]]


def cells(jenis: str, rows: Sequence[Baris]) -> list[list[object]]:
    """Header and rows of an export, its first column ``No`` empty as in the portal's."""
    return [
        ["No", *(TITLES[c] for c in columns(jenis))],
        *([None, *(row.get(c) for c in columns(jenis))] for row in rows),
    ]


def write_grid(path: Path, *sheets: Sequence[Sequence[object]], created: str = "2022-10-27") -> Path:
    """A workbook with one sheet for each grid; the first is called as the portal calls it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, grid in enumerate(sheets):
        sheet = book.create_sheet("Worksheet" if number == 0 else f"Lembar{number + 1}")
        for row in grid:
            sheet.append(list(row))
    book.properties.created = datetime.fromisoformat(created)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def write_xlsx(path: Path, jenis: str, rows: Sequence[Baris], created: str = "2022-10-27") -> Path:
    return write_grid(path, cells(jenis, rows), created=created)


def write_csv(path: Path, jenis: str, rows: Sequence[Baris], delimiter: str = ";", encoding: str = "utf-8-sig") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(cells(jenis, rows))
    return path
