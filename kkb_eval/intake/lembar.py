"""Workbooks and CSV files as plain grids of cells, read-only, with every unreadable file told apart."""

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

Grid = list[list[object]]
"""Rows of cells as the file holds them: text, float, bool, date; an empty cell is ""."""

BATAS_BYTE = 300_000_000
BATAS_KOLOM = 200
BATAS_BARIS = 200_000
_LEMBAR_PORTAL = "Worksheet"
# a single stray cell far outside would make the reader allot every cell up to it
_JAUH = re.compile(rb'\br="(?:(?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])\d+|[A-Z]{1,3}(?:\d{7}|[2-9]\d{5}))"')
_DIBUAT = re.compile(rb"<(?:\w+:)?created\b[^>]*>\s*(\d{4}-\d{2}-\d{2})")
_TANGGAL = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_BUKAN_BUKU = "bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx"


class Unreadable(Exception):
    """A file that is no readable workbook or CSV; the text says why and what to do."""


@dataclass(frozen=True)
class Sheets:
    """The sheets of one file by name, each a function from a number of rows (None: all) to its grid."""

    dibuat: date | None
    lembar: dict[str, Callable[[int | None], Grid]] = field(repr=False)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; ``Unreadable`` when it cannot be opened or is absurdly large."""
    try:
        if path.stat().st_size > BATAS_BYTE:
            raise Unreadable("lebih besar dari 300 MB; bukan ekspor portal")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"tidak dapat dibuka ({error.strerror}); periksa izin berkas") from error


def open_sheets(name: str, data: bytes) -> Sheets:
    """The sheets of a file named ``name`` with content ``data``; the portal's ``Worksheet`` comes first.

    A CSV (comma, semicolon or tab; UTF-8 or Windows-1252) is a file of one sheet. Raises ``Unreadable``.
    """
    if not data:
        raise Unreadable("berkas kosong; unduh ulang dari portal")
    if name.lower().endswith(".csv"):
        grid = read_csv(data)
        return Sheets(None, {"": lambda rows: grid[:rows]})
    if not name.lower().endswith(".xlsx"):
        raise Unreadable("bukan .xlsx atau .csv; buka di Excel dan simpan sebagai .xlsx")
    return _open_workbook(data)


def snapshot(name: str, sheets: Sheets) -> date | None:
    """The day of an export: the first ISO date in its file name, else the workbook property *created*."""
    for text in _TANGGAL.findall(name):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return sheets.dibuat


def read_csv(data: bytes) -> Grid:
    """The cells of a CSV as text; rows are padded to the width of the first. Raises ``Unreadable``."""
    if b"\0" in data:
        raise Unreadable("bukan teks CSV; simpan ulang sebagai CSV UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows: Grid = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)]
    except csv.Error as error:
        raise Unreadable(f"CSV tidak utuh ({error}); simpan ulang dari Excel") from error
    width = len(rows[0]) if rows else 0
    for number, row in enumerate(rows, 1):
        if any(row[width:]):
            raise Unreadable(f"baris {number} memuat {len(row)} sel, judulnya {width}; periksa tanda pemisah kolom")
        row[width:] = [""] * (width - len(row))
    return rows


def _open_workbook(data: bytes) -> Sheets:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa")
    try:
        dibuat = _inspect(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = sorted(book.sheet_names, key=lambda n: n != _LEMBAR_PORTAL)
    except (zipfile.BadZipFile, CalamineError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(_BUKAN_BUKU) from error
    return Sheets(dibuat, {name: partial(_rows, book, name) for name in names})


def _rows(book: CalamineWorkbook, name: str, rows: int | None) -> Grid:
    try:
        grid: Grid = [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=rows)]
    except (CalamineError, OSError) as error:
        raise Unreadable(_BUKAN_BUKU) from error
    return grid


def _inspect(data: bytes) -> date | None:
    """The creation day of a workbook, after its zip was found whole and of sane size."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = {info.filename: info.file_size for info in book.infolist()}
        if sum(names.values()) > BATAS_BYTE:
            raise Unreadable("isinya lebih besar dari 300 MB sesudah dibuka; bukan ekspor portal")
        if book.testzip() is not None:
            raise Unreadable(_BUKAN_BUKU)
        for name in names:
            if name.startswith("xl/worksheets/") and _JAUH.search(book.read(name)):
                raise Unreadable(
                    f"ada sel di luar {BATAS_KOLOM} kolom atau {BATAS_BARIS:,} baris pertama;".replace(",", ".")
                    + " hapus kolom dan baris sesudah data"
                )
        found = _DIBUAT.search(book.read("docProps/core.xml")) if "docProps/core.xml" in names else None
        try:
            return date.fromisoformat(found[1].decode()) if found else None
        except ValueError:
            return None
