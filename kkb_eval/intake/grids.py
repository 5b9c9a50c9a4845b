"""Workbooks and CSV files as plain grids of cells, read-only, with every unreadable file told apart."""

import csv
import io
import re
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from kkb_eval.intake import guard, sheet_guard, values

Grid = list[list[object]]
"""Rows of cells as the file holds them: text, float, bool, date; an empty cell is ""."""

MAX_FILE = 100_000_000
"""Bytes of a file: the nation's 84,000 rows are 10 MB as a workbook."""
MAX_CSV = 50_000_000
"""Bytes of a CSV: those rows are 20 MB; one of commas only unfolds to ten times its size."""
_PORTAL_SHEET = "Worksheet"
_READ = ("[Content_Types].xml", "_rels/", "docProps/core.xml", "xl/")
_SKIPPED = ("xl/externalLinks/", "xl/pivotCache/", "xl/drawings/", "xl/media/", "xl/charts/", "xl/embeddings/")
_CREATED = re.compile(rb"<(?:\w+:)?created\b[^>]*>\s*(\d{4}-\d{2}-\d{2})")
_NO_WORKBOOK = "bukan buku kerja Excel yang utuh"
_DAMAGED = (*guard.DAMAGED, CalamineError, ArithmeticError, MemoryError)
"""What the zip and workbook readers raise for damaged bytes."""


class Unreadable(Exception):
    """A file that is no readable workbook or CSV; the text says why and what to do."""


class Damaged(Unreadable):
    """A file without a workbook in it: ``apa`` says so; what to do depends on where it came from."""

    def __init__(self, apa: str, saran: str = "unduh ulang dari portal dan simpan sebagai .xlsx") -> None:
        super().__init__(f"{apa}; {saran}")
        self.apa = apa


@dataclass(frozen=True)
class Sheets:
    """The sheets of one file by name, each a function from a number of rows (None: all) to its grid.

    ``ganjil``: addresses of cells that read as blank but hold an error or a formula without a result.
    """

    dibuat: date | None
    lembar: dict[str, Callable[[int | None], Grid]] = field(repr=False)
    ganjil: frozenset[str] = frozenset()


def read_bytes(path: Path, batas: int = MAX_FILE) -> bytes:
    """The bytes of a file; ``Unreadable`` when it cannot be opened, is no file, or larger than ``batas`` bytes."""
    try:
        # a pipe or a device would never end
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable("bukan berkas biasa; ganti dengan berkasnya sendiri")
        with path.open("rb") as file:
            data = file.read(batas + 1)
    except OSError as error:
        raise Unreadable("tidak dapat dibuka; tutup berkas itu di program lain dan periksa izinnya") from error
    if len(data) > batas:
        ukuran = f"{batas / 1_000_000:g}".replace(".", ",")
        raise Unreadable(f"lebih besar dari {ukuran} MB; periksa apakah ini berkas yang dimaksud")
    return data


def open_sheets(name: str, data: bytes, *, longgar: bool = False) -> Sheets:
    """The sheets of a file named ``name`` with content ``data``; the portal's ``Worksheet`` comes first.

    A CSV (comma, semicolon or tab; UTF-8 or Windows-1252) is a file of one sheet. Raises ``Unreadable``, also for
    cells with an error or a formula without a result; with ``longgar`` these are in ``ganjil``.
    """
    if not data:
        raise Damaged("berkas kosong", "unduh ulang dari portal")
    if name.lower().endswith(".csv"):
        grid = read_csv(data)
        return Sheets(None, {"": lambda rows: grid[:rows]})
    if not name.lower().endswith(".xlsx"):
        raise Unreadable("bukan .xlsx atau .csv; buka di Excel dan simpan sebagai .xlsx")
    return _open_workbook(data, longgar)


def snapshot(name: str, sheets: Sheets, hari_ini: date | None = None) -> date:
    """The day of an export: that in its file name, else the workbook property *created*.

    Raises ``Unreadable`` without a day, and for one that cannot be or is not the only one.
    """
    found = values.days(name)
    if wrong := [text for text, day in found.items() if day is None]:
        raise Unreadable(f'tanggal "{wrong[0]}" di nama berkas tidak ada di kalender; perbaiki nama berkas')
    if len(days := sorted({day for day in found.values() if day})) > 1:
        raise Unreadable(f"nama berkas memuat tanggal {' dan '.join(map(str, days))}; sisakan tanggal ekspornya saja")
    if (day := next(iter(days), sheets.dibuat)) is None:
        contoh = f"{Path(name).stem}_2022-10-27{Path(name).suffix}"
        raise Unreadable(f"tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya {contoh}")
    # in the east of Indonesia a day begins nine hours before that of a server
    if day > (hari_ini or date.today()) + timedelta(days=1):
        raise Unreadable(f"tanggal ekspor {day} belum tiba; tulis tanggal yang benar di nama berkas")
    return day


def read_csv(data: bytes) -> Grid:
    """The cells of a CSV as text; rows are padded to the width of the first. Raises ``Unreadable``."""
    if len(data) > MAX_CSV:
        raise Unreadable(f"lebih besar dari {MAX_CSV // 1_000_000} MB; simpan tabelnya saja")
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
        rows = _filled_rows(reader)
    except csv.Error as error:
        raise Unreadable(f"CSV tidak utuh di baris {reader.line_num}; simpan ulang dari Excel") from error
    return rows


def _filled_rows(reader: Iterable[list[str]]) -> Grid:
    """The rows, padded to the width of the first; ``Unreadable`` for one that is longer, and above the limits."""
    rows: Grid = []
    width = 0
    for number, row in enumerate(reader, 1):
        if number == 1:
            width = len(row)
        if width > sheet_guard.MAX_COLUMNS or number > sheet_guard.MAX_ROWS:
            batas = f"{sheet_guard.MAX_COLUMNS} kolom atau {sheet_guard.MAX_ROWS:,} baris".replace(",", ".")
            raise Unreadable(f"lebih dari {batas}; simpan tabelnya saja")
        if any(row[width:]):
            raise Unreadable(f"baris {number} memuat {len(row)} sel, judulnya {width}; periksa tanda pemisah kolom")
        rows.append([*row[:width], *[""] * (width - len(row))])
    return rows


def _open_workbook(data: bytes, longgar: bool) -> Sheets:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa")
    try:
        dibuat, ganjil, checked = _inspect(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(checked))
        names = sorted(book.sheet_names, key=lambda n: n != _PORTAL_SHEET)
    except guard.Unsafe as error:
        raise Unreadable(f"{error}; buka di Excel dan simpan sebagai .xlsx biasa") from error
    except _DAMAGED as error:
        raise Damaged(_NO_WORKBOOK) from error
    if len(names) > sheet_guard.MAX_SHEETS:
        raise Unreadable(f"memuat lebih dari {sheet_guard.MAX_SHEETS} lembar; sisakan lembar ekspornya saja")
    if ganjil and not longgar:
        cells = ", ".join(ganjil[:5]) + (" …" if len(ganjil) > 5 else "")
        raise Unreadable(f"sel {cells} berisi galat atau rumus tanpa hasil; perbaiki di Excel, lalu simpan ulang")
    read: list[int] = []
    return Sheets(dibuat, {name: _reader(book, name, read) for name in names}, frozenset(ganjil))


def _reader(book: CalamineWorkbook, name: str, read_before: list[int]) -> Callable[[int | None], Grid]:
    @cache  # finding a sheet parses it
    def sheet() -> CalamineSheet:
        # several names may stand for one sheet
        if sum(read_before) > sheet_guard.MAX_CELLS:
            raise Unreadable(
                f"memuat lebih dari {sheet_guard.MAX_CELLS // 1_000_000} juta sel; sisakan lembar ekspornya"
            )
        found = book.get_sheet_by_name(name)
        read_before.append(found.total_height * found.total_width)
        return found

    def read(rows: int | None) -> Grid:
        try:
            return [list(row) for row in sheet().to_python(skip_empty_area=False, nrows=rows)]
        except _DAMAGED as error:
            raise Damaged(_NO_WORKBOOK) from error

    return read


def _inspect(data: bytes) -> tuple[date | None, list[str], bytes]:
    """The creation day of a workbook, its odd cells, and the workbook of only what was looked at."""
    parts = guard.parts(data, sheet_guard.MAX_CONTENT, _is_read)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        raise Damaged(_NO_WORKBOOK)
    if problem := sheet_guard.problem(parts):
        raise Unreadable(problem)
    ganjil = [
        cell for name in parts if name.startswith("xl/worksheets/") for cell in sheet_guard.odd_cells(parts[name])
    ]
    found = _CREATED.search(parts.get("docProps/core.xml", b""))
    checked = guard.pack(parts)
    try:
        return date.fromisoformat(found[1].decode()) if found else None, ganjil, checked
    except ValueError:
        return None, ganjil, checked


def _is_read(name: str) -> bool:
    """Whether a part of a workbook is needed to read its cells: no pictures, macros, links to other files."""
    return name.endswith((".xml", ".rels")) and name.startswith(_READ) and not name.startswith(_SKIPPED)
