"""Workbooks and CSV files as plain grids of cells, read-only, with every unreadable file told apart."""

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

Grid = list[list[object]]
"""Rows of cells as the file holds them: text, float, bool, date; an empty cell is ""."""

BATAS_BYTE = 300_000_000
BATAS_KOLOM = 200
BATAS_BARIS = 200_000
_LEMBAR_PORTAL = "Worksheet"
# a single stray cell far outside would make the reader allot every cell up to it
_JAUH = re.compile(rb' r="(?:(?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])\d+|[A-Z]{1,3}(?:\d{7}|[2-9]\d{5}))"')
_DIBUAT = re.compile(rb"<(?:\w+:)?created\b[^>]*>\s*(\d{4}-\d{2}-\d{2})")
_TANGGAL = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
# the reader gives both as an empty cell, and an empty cell is a zero here
_GALAT = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+\d+)"')
_TANPA_HASIL = re.compile(
    rb'<c\b(?![^>]*\bt="str")[^>]*\br="([A-Z]+\d+)"[^>]*><f\b(?:[^>]*/>|[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)
_BUKAN_BUKU = "bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx"
_RUSAK = (
    *(zipfile.BadZipFile, zlib.error, struct.error, CalamineError, RuntimeError, ValueError),
    *(LookupError, ArithmeticError, EOFError, OSError),
)
"""What the zip and workbook readers raise for damaged bytes."""


class Unreadable(Exception):
    """A file that is no readable workbook or CSV; the text says why and what to do."""


@dataclass(frozen=True)
class Sheets:
    """The sheets of one file by name, each a function from a number of rows (None: all) to its grid.

    ``ganjil``: addresses of cells that read as blank but hold an error or a formula without a result.
    """

    dibuat: date | None
    lembar: dict[str, Callable[[int | None], Grid]] = field(repr=False)
    ganjil: frozenset[str] = frozenset()


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; ``Unreadable`` when it cannot be opened or is absurdly large."""
    try:
        if path.stat().st_size > BATAS_BYTE:
            raise Unreadable("lebih besar dari 300 MB; bukan ekspor portal")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable("tidak dapat dibuka; tutup berkas itu di program lain dan periksa izinnya") from error


def open_sheets(name: str, data: bytes, *, longgar: bool = False) -> Sheets:
    """The sheets of a file named ``name`` with content ``data``; the portal's ``Worksheet`` comes first.

    A CSV (comma, semicolon or tab; UTF-8 or Windows-1252) is a file of one sheet. Raises ``Unreadable``, also for
    cells with an error or a formula without a result; with ``longgar`` these are in ``ganjil``.
    """
    if not data:
        raise Unreadable("berkas kosong; unduh ulang dari portal")
    if name.lower().endswith(".csv"):
        grid = read_csv(data)
        return Sheets(None, {"": lambda rows: grid[:rows]})
    if not name.lower().endswith(".xlsx"):
        raise Unreadable("bukan .xlsx atau .csv; buka di Excel dan simpan sebagai .xlsx")
    return _open_workbook(data, longgar)


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
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows: Grid = [list(row) for row in reader]
    except csv.Error as error:
        raise Unreadable(f"CSV tidak utuh di baris {reader.line_num}; simpan ulang dari Excel") from error
    width = len(rows[0]) if rows else 0
    for number, row in enumerate(rows, 1):
        if any(row[width:]):
            raise Unreadable(f"baris {number} memuat {len(row)} sel, judulnya {width}; periksa tanda pemisah kolom")
        row[width:] = [""] * (width - len(row))
    return rows


def _open_workbook(data: bytes, longgar: bool) -> Sheets:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa")
    try:
        dibuat, ganjil = _inspect(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = sorted(book.sheet_names, key=lambda n: n != _LEMBAR_PORTAL)
    except _RUSAK as error:
        raise Unreadable(_BUKAN_BUKU) from error
    if ganjil and not longgar:
        cells = ", ".join(ganjil[:5]) + (" …" if len(ganjil) > 5 else "")
        raise Unreadable(f"sel {cells} berisi galat atau rumus tanpa hasil; perbaiki di Excel, lalu simpan ulang")
    return Sheets(dibuat, {name: _reader(book, name) for name in names}, frozenset(ganjil))


def _reader(book: CalamineWorkbook, name: str) -> Callable[[int | None], Grid]:
    @cache  # finding a sheet parses it
    def sheet() -> CalamineSheet:
        return book.get_sheet_by_name(name)

    def read(rows: int | None) -> Grid:
        try:
            return [list(row) for row in sheet().to_python(skip_empty_area=False, nrows=rows)]
        except _RUSAK as error:
            raise Unreadable(_BUKAN_BUKU) from error

    return read


def _inspect(data: bytes) -> tuple[date | None, list[str]]:
    """The creation day of a workbook, after its zip was found whole and of sane size, and its odd cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = {info.filename: info.file_size for info in book.infolist()}
        if sum(names.values()) > BATAS_BYTE:
            raise Unreadable("isinya lebih besar dari 300 MB sesudah dibuka; bukan ekspor portal")
        if book.testzip() is not None:
            raise Unreadable(_BUKAN_BUKU)
        ganjil = [cell for name in names if name.startswith("xl/worksheets/") for cell in _odd_cells(book.read(name))]
        found = _DIBUAT.search(book.read("docProps/core.xml")) if "docProps/core.xml" in names else None
        try:
            return date.fromisoformat(found[1].decode()) if found else None, ganjil
        except ValueError:
            return None, ganjil


def _odd_cells(xml: bytes) -> list[str]:
    """Cells that the reader would give as empty; ``Unreadable`` for cells far outside."""
    if _JAUH.search(xml):
        batas = f"{BATAS_KOLOM} kolom atau {BATAS_BARIS:,} baris".replace(",", ".")
        raise Unreadable(f"ada sel di luar {batas} pertama; hapus kolom dan baris sesudah data")
    odd = _GALAT.findall(xml) if b't="e"' in xml else []
    odd += _TANPA_HASIL.findall(xml) if b"<f" in xml else []
    return [cell.decode() for cell in odd]
