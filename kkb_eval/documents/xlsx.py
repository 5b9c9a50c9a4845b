"""One look for every workbook that is written: heads, tables, help, drop-downs, paper.

Nothing in a workbook depends on the day or the machine: the same content gives the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from kkb_eval.text import SAMPLE_BANNER

NUMBER_FORMATS = {
    "teks": "", "kata": "", "kolom": "", "indikator": "", "ya/tidak": "", "tahun": "0", "bilangan": "#,##0",
    "desimal": "#,##0.00", "persen": "0.0%", "tanggal": "dd/mm/yyyy",
}  # fmt: skip
"""The number format of each unit of a column; "" for text."""
WIDEST = 60
"""Characters of the widest column; a longer text runs on."""
ONE_PAGE = 14
"""Columns that are still squeezed onto one page across."""
HEAD = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#d9e2ec"}
WRAP = {"text_wrap": True, "valign": "top"}
BOLD = {"bold": True}
TITLE = {"bold": True, "font_size": 14}
BANNER = {"bold": True, "font_color": "#b35806"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet: title, unit (a key of ``NUMBER_FORMATS``), meaning, and a cell a row (None: blank)."""

    title: str
    unit: str
    meaning: str
    cells: Sequence[Any]


class Book:
    """A workbook that is being written, with each format made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **look: Any) -> Any:
        """Return the format with these properties of XlsxWriter."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(look)
        return self._formats[key]

    def sheet(self, name: str) -> Any:
        """Add an empty sheet and return it."""
        return self.book.add_worksheet(name)


@contextmanager
def new_book(to: Path | BinaryIO, *, title: str, created: date | None = None) -> Iterator[Book]:
    """Write a workbook to ``to`` in the block; texts are never taken for formulas or links.

    ``created`` is the day that the workbook bears; None leaves XlsxWriter's, for a caller that takes it out.
    """
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(to, options) as book:
        day = {} if created is None else {"created": datetime.combine(created, datetime.min.time())}
        book.set_properties({"title": title, **day})
        yield Book(book)


def write_table(book: Book, sheet: Any, columns: Sequence[Column], row: int = 0) -> None:
    """Write columns below each other's titles in row ``row`` (from 0), with widths, filter, frozen head and paper."""
    for at, column in enumerate(columns):
        form = NUMBER_FORMATS[column.unit]
        style = book.style(num_format=form) if form else None
        sheet.write_string(row, at, column.title, book.style(**HEAD))
        # a long title breaks at its words, a long text runs on
        texts = [len(cell) for cell in column.cells if isinstance(cell, str)]
        sheet.set_column(at, at, min(max([*texts, *map(len, column.title.split()), 8]), WIDEST) + 2)
        for number, cell in enumerate(column.cells, row + 1):
            write_cell(sheet, number, at, cell, style)
    sheet.set_row(row, 45)
    sheet.freeze_panes(row + 1, 1 if columns[0].title == "Kampung KB" else 0)
    sheet.autofilter(row, 0, row + len(columns[0].cells), len(columns) - 1)
    paper(sheet, head=row, across=len(columns) <= ONE_PAGE)


def write_cell(sheet: Any, row: int, at: int, cell: Any, style: Any = None) -> None:
    """Write one cell as what it is: text, a day, a number; None stays blank."""
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, at, cell, style)
    elif isinstance(cell, date):
        sheet.write_datetime(row, at, cell, style)
    else:
        sheet.write_number(row, at, cell, style)


def write_list(book: Book, name: str, columns: Mapping[str, int], rows: Iterable[Sequence[str]]) -> Any:
    """Add a sheet of texts with wrapped cells under ``columns`` (title: width) and return it."""
    sheet = book.sheet(name)
    for at, (title, width) in enumerate(columns.items()):
        sheet.set_column(at, at, width, book.style(**WRAP))
        sheet.write_string(0, at, title, book.style(**BOLD))
    for number, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(number, at, cell)
    sheet.freeze_panes(1, 1)
    paper(sheet, landscape=False)
    return sheet


def write_help(book: Book, lines: Sequence[str], *, sample: bool = False) -> Any:
    """Add the sheet *Petunjuk* with numbered lines, for a sample under its banner, and return it."""
    sheet = book.sheet("Petunjuk")
    sheet.set_column(0, 0, 100, book.style(**WRAP))
    sheet.write_string(0, 0, "Cara mengisi", book.style(**TITLE))
    if sample:
        sheet.write_string(1, 0, SAMPLE_BANNER)
    for number, line in enumerate(lines, 1):
        sheet.write_string(number + sample, 0, f"{number}. {line}")
    paper(sheet, landscape=False)
    return sheet


def told(title: str, message: str, error: str = "") -> dict[str, str]:
    """Return what Excel says on entering a cell and, ``error`` or else ``message``, on a wrong value."""
    return {
        "input_title": title,
        "input_message": message,
        "error_title": "Isian tidak sah",
        "error_message": error or message,
    }


def paper(sheet: Any, *, head: int | None = None, across: bool = True, landscape: bool = True) -> None:
    """Set A4 with page numbers; ``head`` is the row repeated on every page, ``across`` fits the columns to a page."""
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(9)
    if head is not None:
        sheet.repeat_rows(head)
    if across:
        sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&RHalaman &P dari &N")
