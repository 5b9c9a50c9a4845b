"""Workbooks and CSV files as plain grids of cells, read-only, with every unreadable file told apart."""

import codecs
import csv
import io
import re
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NoReturn
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from kkb_eval.errors import is_open_in_excel
from kkb_eval.intake import guard
from kkb_eval.intake.cells import text

Grid = list[list[object]]
"""Rows of cells as the file holds them: text, float, bool, date; an empty cell is ""."""

MAX_FILE = 100_000_000
"""Bytes of a file: the nation's 84,000 rows are 10 MB as a workbook."""
MAX_CSV = 50_000_000
"""Bytes of a CSV: those rows are 20 MB; one of commas only unfolds to ten times its size."""
TABLES = (".xlsx", ".csv")
"""What is read; anything else that may hold a table is told."""
_PORTAL_SHEET = "Worksheet"
_READ = ("[Content_Types].xml", "_rels/", "docProps/core.xml", "xl/")
_SKIPPED = ("xl/externalLinks/", "xl/pivotCache/", "xl/drawings/", "xl/media/", "xl/charts/", "xl/embeddings/")
_CREATED = re.compile(rb"<(?:\w+:)?created\b[^>]*>\s*(\d{4}-\d{2}-\d{2})")
_ROW = re.compile(rb"<(?:\w{1,20}:)?row\b([^<>]{0,600})>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NO_WORKBOOK = "bukan buku kerja Excel yang utuh"
_DAMAGED = (*guard.DAMAGED, CalamineError, ArithmeticError, MemoryError)
"""What the zip and workbook readers raise for damaged bytes."""
_SEPARATORS = ",;\t|"
_DIALECT_LINES = 12
_SAID = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_EXCEL_COLUMNS = 16_384
_LONGEST_NAME = 255
_MAX_PART = 1_000_000
"""Bytes of the part that lists a workbook's sheets."""
_AS_XLSX = "buka di Excel dan simpan sebagai .xlsx"
_SIGNATURES = (
    (b"%PDF", "berisi PDF, bukan tabel; minta berkas Excel-nya, atau unduh dari portal"),
    (b"Rar!", "berisi arsip RAR; ekstrak dulu"),
    (b"7z\xbc\xaf", "berisi arsip 7z; ekstrak dulu"),
    (
        b"\xd0\xcf\x11\xe0",
        "terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa",
    ),
)
_PARTS_OF_OTHERS = (
    ("xl/workbook.bin", f"berformat .xlsb; {_AS_XLSX}"),
    ("word/document.xml", "berisi dokumen Word, bukan tabel; salin tabelnya ke Excel dan simpan sebagai .xlsx"),
    ("content.xml", f"berformat OpenDocument (.ods); {_AS_XLSX}"),
)


class Unreadable(Exception):
    """A file that is no readable workbook or CSV; the text says why and what to do."""


class Damaged(Unreadable):
    """A file without a workbook in it: ``apa`` says so; what to do depends on where it came from."""

    def __init__(self, apa: str, saran: str = "unduh ulang dari portal dan simpan sebagai .xlsx") -> None:
        super().__init__(f"{apa}; {saran}")
        self.apa = apa


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet: ``grid`` holds its cells, ``head(n)`` only those of its first rows.

    ``hidden`` tells whether the sheet is, ``hidden_rows`` which of its rows are (1-based).
    """

    read: Callable[[int | None], Grid] = field(repr=False)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    ranges: Callable[[], Sequence[tuple[tuple[int, int], tuple[int, int]]]] = field(default=list, repr=False)

    @cached_property
    def grid(self) -> Grid:
        """Return all of its cells."""
        return self.read(None)

    def head(self, rows: int) -> Grid:
        """Return the cells of its first rows."""
        return self.read(rows)

    @property
    def merged(self) -> list[tuple[int, int, int, int]]:
        """Return the ranges that one cell stands for: first row, first column, last row, last column, from 0."""
        return [(*first, *last) for first, last in self.ranges()]


@dataclass(frozen=True)
class Sheets:
    """The sheets of one file by name; ``created`` is the day that a workbook says it was made.

    ``odd``: addresses of cells that read as blank but hold an error or a formula without a result.
    """

    created: date | None
    sheets: dict[str, Sheet] = field(repr=False)
    odd: frozenset[str] = frozenset()


def read_bytes(path: Path, limit: int = MAX_FILE) -> bytes:
    """Return the bytes of a file; ``Unreadable`` when it cannot be opened, is no file, or larger than ``limit``."""
    try:
        # a pipe or a device would never end
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable("bukan berkas biasa; ganti dengan berkasnya sendiri")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        if is_open_in_excel(path):
            raise Unreadable("sedang dibuka di Excel; tutup berkas itu, lalu ulangi") from error
        raise Unreadable("tidak dapat dibuka; tutup berkas itu di program lain dan periksa izinnya") from error
    if len(data) > limit:
        size = f"{limit / 1_000_000:g}".replace(".", ",")
        raise Unreadable(f"lebih besar dari {size} MB; periksa apakah ini berkas yang dimaksud")
    return data


def open_sheets(name: str, data: bytes, *, longgar: bool = False) -> Sheets:
    """Return the sheets of a file named ``name`` with content ``data``; the portal's ``Worksheet`` comes first.

    A CSV is a file of one sheet (``read_csv``). Raises ``Unreadable``, also for cells with an error or a formula
    without a result; with ``longgar`` these are in ``odd``.
    """
    if not data:
        raise Damaged("berkas kosong", "unduh ulang dari portal")
    suffix = Path(name).suffix.lower()
    _check_content(suffix, data)
    if suffix == ".csv":
        grid = read_csv(data)
        return Sheets(None, {"": Sheet(lambda rows: grid[:rows])})
    if suffix != ".xlsx":
        raise Unreadable(f"bukan .xlsx atau .csv; {_AS_XLSX}")
    return _open_workbook(data, longgar)


def from_zip(data: bytes) -> tuple[str, bytes]:
    """Return name and content of the one table in a zip. Raises ``Unreadable`` where it holds none or several."""
    try:
        names = [name for name in guard.names(data) if Path(name).suffix.lower() in TABLES and _is_ours(name)]
        if len(names) == 1:
            return text(Path(names[0]).name)[-_LONGEST_NAME:], guard.parts(data, MAX_FILE, names[0].__eq__)[names[0]]
    except guard.Unsafe as error:
        raise Unreadable(f"{error}; ekstrak dulu, taruh berkas .xlsx-nya di sini") from error
    except guard.DAMAGED as error:
        raise Unreadable("zip rusak atau terkunci kata sandi; ekstrak dulu, taruh berkas .xlsx-nya di sini") from error
    shown = ", ".join(text(name)[-60:] for name in names[:3])
    what = f"memuat {len(names)} tabel ({shown})" if names else "tidak memuat .xlsx atau .csv"
    raise Unreadable(f"zip ini {what}; ekstrak dulu, taruh ekspornya saja di sini")


def _is_ours(name: str) -> bool:
    """Tell whether a file in a zip is one of a person, not what a system adds ("__MACOSX/._a.xlsx", "~$a.xlsx")."""
    return "__MACOSX" not in name and Path(name).name[0] not in "~."


def _check_content(suffix: str, data: bytes) -> None:
    """Raise ``Unreadable`` for a content that is another than the name says: a page, a text, a PDF called .xlsx."""
    if problem := next((told for mark, told in _SIGNATURES if data.startswith(mark)), ""):
        raise Unreadable(problem)
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<") and (b"<html" in start or b"<table" in start or b"<!doctype html" in start):
        raise Unreadable(f"berisi halaman web (HTML), bukan buku kerja Excel; {_AS_XLSX}")
    if start.startswith(b"<?xml") and b"schemas-microsoft-com:office:spreadsheet" in data[:4096]:
        raise Unreadable(f"berisi XML Spreadsheet 2003, bukan buku kerja Excel; {_AS_XLSX}")
    if suffix == ".csv" and data.startswith(b"PK\x03\x04"):
        raise Unreadable("berisi buku kerja Excel, bukan teks CSV; ganti akhiran namanya menjadi .xlsx")
    if suffix == ".xlsx" and not data.startswith(b"PK") and _is_text(data[:4096]):
        raise Unreadable("berisi teks, bukan buku kerja Excel; ganti akhiran namanya menjadi .csv")


def _is_text(data: bytes) -> bool:
    """Tell whether bytes are lines of a table written as text: printable, with a separator."""
    try:
        lines = data.decode("utf-8-sig", errors="ignore")
    except UnicodeDecodeError:
        return False
    printable = sum(c.isprintable() or c in "\r\n\t" for c in lines)
    return len(lines) > 20 and printable == len(lines) and "\n" in lines and any(mark in lines for mark in _SEPARATORS)


def read_csv(data: bytes) -> Grid:
    """Return the cells of a CSV as text, its rows padded to the longest. Raises ``Unreadable``.

    Separated by comma, semicolon, tab or bar (a first line "sep=;" says so and is left out), in UTF-8, UTF-16 with its
    mark, or Windows-1252.
    """
    if len(data) > MAX_CSV:
        raise Unreadable(f"lebih besar dari {MAX_CSV // 1_000_000} MB; simpan tabelnya saja")
    table = _decoded(data)
    said = _SAID.match(table)
    lines = io.StringIO(table, newline="")
    lines.seek(said.end() if said else 0)
    reader = csv.reader(lines, delimiter=said[1] if said else _delimiter(table), strict=True)
    try:
        return _padded(reader)
    except csv.Error as error:
        raise Unreadable(f"CSV tidak utuh di baris {reader.line_num}; simpan ulang dari Excel") from error


def fill_merged(sheet: Sheet, grid: Grid, columns: Collection[int], head: int) -> int:
    """Write the text of merged cells into the rows that they stand for, in these columns after the head (1-based).

    Returns how many cells that were. Raises ``Unreadable`` for ranges upon ranges, which would take hours.
    """
    merged = [one for one in sheet.merged if one[1] in columns and one[0] >= head and one[2] < len(grid)]
    if sum(last - first for first, _, last, _ in merged) > len(grid) * len(columns):
        raise Unreadable("memuat sel gabungan yang bertumpuk; buka di Excel dan simpan ulang sebagai .xlsx")
    count = 0
    for first, left, last, _ in merged:
        for row in grid[first + 1 : last + 1]:
            if not str(row[left]).strip():
                row[left] = grid[first][left]
                count += 1
    return count


def check_widths(grid: Grid, head: int) -> None:
    """Raise ``Unreadable`` for a row after the head (1-based) with a cell beyond its titles.

    In a CSV such a row was cut at a separator within a text, and its numbers stand under other titles.
    """
    titles = grid[head - 1] if grid else []
    width = max((n for n, title in enumerate(titles, 1) if title != ""), default=0)
    for number, row in enumerate(grid[head:], head + 1):
        if any(cell != "" for cell in row[width:]):
            count = max(n for n, cell in enumerate(row, 1) if cell != "")
            raise Unreadable(f"baris {number} memuat {count} sel, judulnya {width}; periksa tanda pemisah kolom")


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Unreadable("bukan teks CSV; simpan ulang sebagai CSV UTF-8") from error
    if b"\0" in data:
        raise Unreadable("bukan teks CSV; simpan ulang sebagai CSV UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(table: str) -> str:
    """Return the separator that most of the first lines hold equally often; of equals the more frequent."""
    lines = [line for line in table[:100_000].split("\n", _DIALECT_LINES)[:_DIALECT_LINES] if line.strip()]

    def regular(mark: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(mark)))
        times, often = max(((times, count) for count, times in counts.items()), default=(0, 0))
        return times, often

    return max(_SEPARATORS, key=regular)


def _padded(reader: Iterable[list[str]]) -> Grid:
    """Return the rows without blank cells at their end, padded to the longest; ``Unreadable`` above the limits."""
    rows: list[list[object]] = []
    width = 0
    for number, row in enumerate(reader, 1):
        too_wide = len(row) > _EXCEL_COLUMNS
        while row and not row[-1]:
            row.pop()
        width = max(width, len(row))
        if too_wide or width > guard.MAX_COLUMNS or number > guard.MAX_ROWS:
            limit = f"{guard.MAX_COLUMNS} kolom atau {guard.MAX_ROWS:,} baris".replace(",", ".")
            raise Unreadable(f"lebih dari {limit}; simpan tabelnya saja")
        rows.append([*row])
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _open_workbook(data: bytes, longgar: bool) -> Sheets:
    try:
        parts = guard.parts(data, guard.MAX_CONTENT, _is_read)
        created, odd = _inspect(parts, data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(guard.pack(parts)))
        found = {sheet.name: sheet.visible is not SheetVisibleEnum.Visible for sheet in book.sheets_metadata}
        names = sorted(book.sheet_names, key=lambda n: n != _PORTAL_SHEET)
    except guard.Unsafe as error:
        raise Unreadable(f"{error}; buka di Excel dan simpan sebagai .xlsx biasa") from error
    except _DAMAGED as error:
        raise Damaged(_NO_WORKBOOK) from error
    if len(names) > guard.MAX_SHEETS:
        raise Unreadable(f"memuat lebih dari {guard.MAX_SHEETS} lembar; sisakan lembar ekspornya saja")
    if odd and not longgar:
        cells = ", ".join(odd[:5]) + (" …" if len(odd) > 5 else "")
        raise Unreadable(f"sel {cells} berisi galat atau rumus tanpa hasil; perbaiki di Excel, lalu simpan ulang")
    opened = _Opened(book)
    hidden = _hidden_rows(parts)
    sheets = {
        name: Sheet(opened.reader(name), found.get(name, False), hidden.get(name, frozenset()), opened.merged(name))
        for name in names
    }
    return Sheets(created, sheets, frozenset(odd))


class _Opened:
    """The sheets of a workbook, each parsed when first asked for: finding one builds all its cells."""

    def __init__(self, book: CalamineWorkbook) -> None:
        self._book = book
        self._sheets: dict[str, CalamineSheet] = {}

    def sheet(self, name: str) -> CalamineSheet:
        """Return one sheet. Raises ``Unreadable`` where those before have too many cells: names may stand for one."""
        if name not in self._sheets:
            if sum(s.total_height * s.total_width for s in self._sheets.values()) > guard.MAX_CELLS:
                raise Unreadable(f"memuat lebih dari {guard.MAX_CELLS // 1_000_000} juta sel; sisakan lembar ekspornya")
            self._sheets[name] = self._book.get_sheet_by_name(name)
        return self._sheets[name]

    def reader(self, name: str) -> Callable[[int | None], Grid]:
        def read(rows: int | None) -> Grid:
            try:
                return [list(row) for row in self.sheet(name).to_python(skip_empty_area=False, nrows=rows)]
            except _DAMAGED as error:
                raise Damaged(_NO_WORKBOOK) from error

        return read

    def merged(self, name: str) -> Callable[[], Sequence[tuple[tuple[int, int], tuple[int, int]]]]:
        return lambda: self.sheet(name).merged_cell_ranges or []


def _inspect(parts: dict[str, bytes], data: bytes) -> tuple[date | None, list[str]]:
    """Return the creation day of a workbook of these parts, and its odd cells. Raises ``Damaged`` or ``Unreadable``."""
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        _refuse_other(data)
    if problem := guard.problem(parts):
        raise Unreadable(problem)
    odd = [cell for name in parts if name.startswith("xl/worksheets/") for cell in guard.odd_cells(parts[name])]
    found = _CREATED.search(parts.get("docProps/core.xml", b""))
    try:
        return date.fromisoformat(found[1].decode()) if found else None, odd
    except ValueError:
        return None, odd


def _refuse_other(data: bytes) -> NoReturn:
    """Say what a zip is that is no workbook."""
    names = guard.names(data)
    raise next((Unreadable(told) for part, told in _PARTS_OF_OTHERS if part in names), Damaged(_NO_WORKBOOK))


def _hidden_rows(parts: dict[str, bytes]) -> dict[str, frozenset[int]]:
    """Return the hidden rows (1-based) of every sheet by name; none where the workbook does not say which it is."""
    listed = [parts.get(name, b"") for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")]
    try:
        book, links = (ElementTree.fromstring(xml if len(xml) <= _MAX_PART else b"") for xml in listed)
    except ElementTree.ParseError:
        return {}
    targets = {link.get("Id"): link.get("Target", "").removeprefix("/xl/").lstrip("/") for link in links}
    sheets = {
        e.get("name", ""): f"xl/{targets.get(e.get(_RELATION), '')}" for e in book.iter() if e.tag.endswith("}sheet")
    }
    return {name: _hidden(parts.get(part, b"")) for name, part in sheets.items()}


def _hidden(xml: bytes) -> frozenset[int]:
    if b"hidden=" not in xml:
        return frozenset()
    rows = (row[1] for row in _ROW.finditer(xml))
    numbers = (_NUMBER.search(row) for row in rows if _HIDDEN.search(row))
    return frozenset(int(number[1]) for number in numbers if number)


def _is_read(name: str) -> bool:
    """Tell whether a part of a workbook is needed to read its cells: no pictures, macros, links to other files."""
    return name.endswith((".xml", ".rels")) and name.startswith(_READ) and not name.startswith(_SKIPPED)
