"""Exports of the portal kampungkb, recognised by their header: rekap and klasifikasi, as xlsx or CSV."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from kkb_eval import schema
from kkb_eval.errors import FileRefused
from kkb_eval.intake import cells, grids, people, strangers, strays
from kkb_eval.intake.cells import text
from kkb_eval.intake.header import ROWS, Header
from kkb_eval.intake.header import find as find_header
from kkb_eval.intake.header import wanted as wanted_titles
from kkb_eval.intake.regions import compact
from kkb_eval.intake.snapshot import snapshot

_SPECIAL = {"sk": "SK", "plkb": "PLKB", "rkm": "RKM", "pus": "PUS", "iud": "IUD", "mow": "MOW", "mop": "MOP"} | {
    poktan: poktan.upper() for poktan in schema.POKTAN_TARGETS
}
TITLES = (
    {"kampung": "Kampung KB"}
    | {c: c.capitalize() for c in schema.NAMES[1:]}
    | {c: " ".join(_SPECIAL.get(w, w.capitalize()) for w in c.split("_")) for c in schema.REKAP}
    | {"skor_pokja": "Input Pokja", "skor_sumber_dana": "Input Sumber Dana", "skor_poktan": "Input Poktan"}
    | {"skor_sarana": "Input Sarana", "skor_pkb": "Input PKB/PLKB"}
    | {"skor_penggunaan_data": "Proses Penggunaan Data", "skor_operasional": "Proses Operasional"}
    | {"skor_lintas_sektor": "Proses Lintas Sektor", "skor_partisipasi": "Output Poktan", "skor_cpr": "Output CPR"}
    | {"skor_mkjp": "Output MKJP", "skor_unmet": "Output Unmet Need"}
    | {c: c.replace("_", " ").title() for c in schema.INDICES}
    | {"klasifikasi": "Klasifikasi"}
)
"""The portal's title of every column."""
COLUMNS = {"rekap": schema.REKAP, "klasifikasi": (*schema.SCORES, *schema.INDICES, "klasifikasi")}
"""The columns of each kind of export after the five names."""
_REQUIRED = ("kampung", "kabupaten", "kecamatan")
"""The names without which a row is of no Kampung KB; a blank desa or provinsi occurs in real exports."""
_LONGEST_NAME = 400
"""Letters: the longest real names have some 100; names are compared with each other, which takes time."""
PLACES = schema.NAMES[1:]
"""Province, kabupaten, kecamatan and desa: what a merged cell may give to several rows."""
_HALF = 0.5
"""Share of a kind's own columns from which a table is meant as that kind."""
_ENTRY_SHEETS = {"petunjuk", "kamusdata"}
"""The sheets that only our entry workbook has (compact)."""
_TITLES_OF_PORTAL = "pakai judul kolom ekspor portal"
_NO_PORTAL = (
    (re.compile(r"(?:unduh (?:ulang |juga )?[^;]*?dari portal[^;]*|pakai ekspor portal[^;]*)"), "lengkapi buku isian"),
    (re.compile(r"(?:ekspor |isian )?portal"), "buku isian"),
)
"""What messages say of the portal, and of an entry workbook instead."""
_EMPTY = "isi namanya, atau hapus baris itu bila bukan Kampung KB"


@dataclass(frozen=True, eq=False)
class Export:
    """One export as read: where from, of which day, its rows and the findings on it.

    ``rows``: ``baris`` (Excel row), the names as exported with single spaces, and the columns of its kind as float64
    (blank or unusable is NaN; ``klasifikasi`` is text). A count that cannot be is kept, as the portal scores it so; a
    score or index that cannot be is unusable. A row without name or place (K05) and one that is no Kampung KB (K20) are
    only in ``catatan``, which has the columns of ``schema.CATATAN`` with ``kampung_id`` still missing. ``isian``: it is
    an entry workbook of ours, of an office that may have no portal.
    """

    path: Path
    berkas: str
    jenis: str
    snapshot: date
    sha256: str
    rows: pd.DataFrame
    catatan: pd.DataFrame
    isian: bool = False


@dataclass(frozen=True, eq=False)
class _Table:
    """The one sheet of a file that holds an export: of which kind, its header, its cells and how they are shown."""

    jenis: str
    name: str
    header: Header
    sheet: grids.Sheet
    grid: grids.Grid
    merged: int

    @cached_property
    def strays(self) -> dict[int, str]:
        """Return the rows of the file that are no Kampung KB, and what they are."""
        rows = self.grid[self.header.row :]
        found = strays.kinds(rows, self.header, (*PLACES, "kampung"))
        return {position + self.header.row + 1: kind for position, kind in found.items()}

    @cached_property
    def filled(self) -> list[int]:
        """Return the rows of the file that hold something of a Kampung KB."""
        places = self.header.places.values()
        rows, strays = enumerate(self.grid[self.header.row :], self.header.row + 1), self.strays
        return [n for n, row in rows if n not in strays and any(_is_filled(row[i]) for i in places)]

    @cached_property
    def columns(self) -> list[tuple[object, ...]]:
        """Return the cells of the filled rows by position of their column."""
        return list(zip(*(self.grid[n - 1] for n in self.filled), strict=True))

    @cached_property
    def texts(self) -> dict[int, list[str]]:
        """Return the cells of the filled rows as text, of the columns that hold no counts, by position."""
        counted = {self.header.places[c] for c in COLUMNS[self.jenis] if c != "klasifikasi"}
        return {i: [text(cell) for cell in cells] for i, cells in enumerate(self.columns) if i not in counted}


def read_export(path: Path, berkas: str) -> Export:
    """Read one export; ``berkas`` is the name shown to the user. Raises ``FileRefused`` with every K01 and K02."""
    isian = False
    try:
        data = grids.read_bytes(path)
        names, inner = [path.name], data
        if path.suffix.lower() == ".zip":
            member, inner = grids.from_zip(data)
            names.append(member)
        sheets = grids.open_sheets(names[-1], inner)
        isian = {compact(name) for name in sheets.sheets} >= _ENTRY_SHEETS
        table = _recognise(sheets)
    except grids.Unreadable as error:
        raise FileRefused(berkas, (("K01", of_origin(str(error), isian)),)) from error
    problems = [("K02", told) for told in _people(table)]
    if not table.filled:
        problems.append(("K01", "hanya judul kolom, tanpa satu baris Kampung KB pun; unduh ulang dari portal"))
    try:
        day = snapshot(names, sheets.created)
    except grids.Unreadable as error:
        problems.append(("K01", str(error)))
    if not problems:
        rows, found = _typed(table)
        nameless = {i for kode, _, i, _ in found if kode == "K05"}
        if len(nameless) == len(rows):
            told = "tidak satu baris pun memuat Kampung KB, Kabupaten, dan Kecamatan; unduh ulang dari portal"
            problems.append(("K01", told))
    if problems:
        raise FileRefused(berkas, tuple((kode, of_origin(told, isian)) for kode, told in problems))
    filled = table.filled
    catatan: list[tuple[object, ...]] = [
        (kode, "salah", berkas, filled[i], None, c, f"{TITLES[c]}: {told}") for kode, c, i, told in found
    ]
    catatan += [
        (kode, tingkat, berkas, baris, None, kolom, told) for kode, tingkat, baris, kolom, told in _notes(table, sheets)
    ]
    return Export(
        path=path,
        berkas=berkas,
        jenis=table.jenis,
        snapshot=day,
        sha256=hashlib.sha256(data).hexdigest(),
        rows=rows.drop(index=list(nameless)).reset_index(drop=True),
        catatan=findings(catatan, by=["baris"]),
        isian=isian,
    )


def of_origin(told: str, isian: bool) -> str:
    """Return a message in the words of where a file is from: an office with an entry workbook may have no portal."""
    if isian:
        for pattern, words in _NO_PORTAL:
            told = pattern.sub(words, told)
    return told


def findings(rows: Sequence[tuple[object, ...]], *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a findings frame (``schema.CATATAN``) from tuples, sorted by ``by`` where given."""
    frame = pd.DataFrame(list(rows), columns=list(schema.CATATAN), dtype=object)
    frame = frame.astype({c: "Int64" if c == "baris" else "str" for c in schema.CATATAN})
    return frame.sort_values(list(by), kind="stable", ignore_index=True) if by else frame


def _recognise(sheets: grids.Sheets) -> _Table:
    """Return the one sheet with the whole header of an export, its merged places filled in. Raises ``Unreadable``."""
    found = [
        (name, jenis, header)
        for name, sheet in sheets.sheets.items()
        for jenis in COLUMNS
        if (header := find_header(sheet.head(ROWS + 1), _wanted(jenis)))
    ]
    if not found:
        raise grids.Unreadable("kosong, tanpa judul kolom; unduh ulang dari portal")
    whole = [(name, jenis, header) for name, jenis, header in found if header.whole]
    # of a sheet and a hidden copy of it the one that people see is meant; the other is told as not read
    if len(seen := [one for one in whole if not sheets.sheets[one[0]].hidden]) == 1:
        whole = seen
    if len(whole) > 1:
        where = " dan ".join(f'{jenis} di lembar "{text(name)[:60]}"' for name, jenis, _ in whole[:3])
        raise grids.Unreadable(f"memuat {where}; simpan masing-masing sebagai berkas sendiri")
    if not whole:
        _, jenis, header = max(found, key=lambda one: _share(one[1], one[2]))
        known = [strangers.recognise(sheet.head(ROWS)) for sheet in sheets.sheets.values()]
        raise grids.Unreadable(_incomplete(jenis, header, next(filter(None, known), None)))
    name, jenis, header = whole[0]
    sheet = sheets.sheets[name]
    grid = sheet.grid
    if sheets.created is None:
        grids.check_widths(grid, header.row)
    places = {header.places[c] for c in PLACES if c in header.places}
    return _Table(jenis, name, header, sheet, grid, grids.fill_merged(sheet, grid, places, header.row))


def _wanted(jenis: str) -> dict[str, str]:
    """Return the compact titles of a kind of export, to our columns."""
    return wanted_titles({c: TITLES[c] for c in (*schema.NAMES, *COLUMNS[jenis])})


def _share(jenis: str, header: Header) -> float:
    """Return the share of a kind's own columns that a header has."""
    return sum(c in header.places or c in header.twice for c in COLUMNS[jenis]) / len(COLUMNS[jenis])


def _incomplete(jenis: str, header: Header, stranger: str | None) -> str:
    """Say what a table without a whole header is: an export with columns missing or twice, another table."""
    at = f" (judul kolom di baris {header.row})" if header.row > 1 else ""
    if _share(jenis, header) >= _HALF and not header.missing:
        return f"kolom {', '.join(TITLES[c] for c in header.twice)} ada dua kali; hapus salah satu"
    if _share(jenis, header) >= _HALF or (
        stranger is None and _share(jenis, header) and header.missing[0] not in schema.NAMES
    ):
        return f"bukan {jenis} yang lengkap{at}; kolom yang tidak ada: {_missing(header)}; {_TITLES_OF_PORTAL}"
    if stranger:
        return stranger
    seen = ", ".join(f'"{t[:60]}"' for t in [t for t in header.titles if t][:6])
    return (
        f"judul kolom tidak dikenali sebagai rekap atau klasifikasi; baris {header.row} berisi {seen};"
        f" pakai ekspor portal, {strangers.MENU}"
    )


def _missing(header: Header) -> str:
    """Return the columns that a header lacks, each with the nearest title that means nothing else."""
    spare = {compact(t): t for t in header.titles if t and compact(t) not in header.wanted}
    parts = []
    for column in header.missing:
        title = compact(TITLES[column])
        inside = [other for other in spare if title in other]
        best = process.extractOne(title, spare.keys(), scorer=fuzz.ratio, score_cutoff=60)
        near = best[0] if best else min(inside, key=len, default=None)
        parts.append(f'"{TITLES[column]}"' + (f' (mungkin maksudnya "{spare[near][:60]}")' if near else ""))
    return ", ".join(parts)


def _people(table: _Table) -> Iterator[str]:
    """Yield K02: unknown columns that identify people by title, and numbers like a NIK or telephone in text cells."""
    counts = {compact(TITLES[c]) for c in (*schema.REKAP, *schema.SCORES, *schema.INDICES)}
    known, filled = set(table.header.places.values()), table.filled
    for i, texts in table.texts.items():
        title = table.header.titles[i][:60] if i < len(table.header.titles) else ""
        if compact(title) in counts:
            continue
        if i not in known and people.header_identifies(title):
            yield f'kolom "{title}" memuat data pribadi; hapus kolom itu, lalu simpan ulang'
            continue
        for kind, positions in people.find_numbers(texts).items():
            where = ", ".join(str(filled[p]) for p in positions[:5]) + (" …" if len(positions) > 5 else "")
            yield f'kolom "{title}", baris {where}: nomor seperti {kind}; hapus data pribadi itu, lalu simpan ulang'


_Note = tuple[str, str, int | None, str, str]
"""Kode, tingkat, row, column, and what is said of how a file was read."""


def _notes(table: _Table, sheets: grids.Sheets) -> Iterator[_Note]:
    """Yield what was left out, filled in or read in another way than it stands there, each once for the file."""
    if table.strays:
        yield _stray_note(table.strays)
    if table.header.first > 1:
        yield "K01", "info", None, "", f"judul kolom ada di baris {table.header.row}; baris di atasnya tidak dibaca"
    elif table.header.row > 1:
        yield "K01", "info", None, "", "judul kolom ada di dua baris; keduanya dibaca bersama"
    if table.merged:
        told = f"{cells.shown(table.merged)} sel gabungan nama wilayah dibaca sebagai isi tiap barisnya"
        yield "K01", "info", None, "", told
    if hidden := len(table.sheet.hidden_rows.intersection(table.filled)):
        told = f"{cells.shown(hidden)} baris tersembunyi ikut dihitung; hapus baris itu bila tidak dimaksud"
        yield "K01", "info", None, "", told
    others = [name for name, sheet in sheets.sheets.items() if sheet.hidden and name != table.name]
    if table.sheet.hidden:
        yield (
            "K01",
            "info",
            None,
            "",
            f'lembar "{text(table.name)[:60]}" tersembunyi dan dibaca; periksa apakah ini ekspornya',
        )
    if others:
        shown = ", ".join(f'"{text(name)[:60]}"' for name in others[:3])
        yield "K01", "info", None, "", f"{len(others)} lembar tersembunyi ({shown}) tidak dibaca"
    if table.jenis == "rekap":
        yield from _truth_note(table)
    yield from _name_note(table)


def _stray_note(found: Mapping[int, str]) -> _Note:
    """Return K20: the rows that are no Kampung KB, by what they are."""
    kinds: dict[str, list[int]] = {}
    for row, kind in found.items():
        kinds.setdefault(kind, []).append(row)
    shown = ", ".join(f"{kind} ({_rows(rows)})" for kind, rows in kinds.items())
    told = (
        f"{len(found)} baris bukan Kampung KB, jadi tidak dihitung: {shown}; periksa bila ada Kampung KB di antaranya"
    )
    return "K20", "info", next(iter(found)) if len(found) == 1 else None, "", told


def _truth_note(table: _Table) -> Iterator[_Note]:
    """Yield K17, info: columns of TRUE and blank that say it in other words."""
    words: dict[str, None] = {}
    columns = []
    for column in cells.YES_NO:
        found = cells.truth_words(table.columns[table.header.places[column]])
        if found:
            columns.append(TITLES[column])
            words |= dict.fromkeys(found)
    if columns:
        shown = " dan ".join(f'"{word}"' for word in list(words)[:4])
        others = f" dan {len(columns) - 2} kolom lain" if len(columns) > 2 else ""
        told = f"{', '.join(columns[:2])}{others} berisi {shown}; dibaca sebagai TRUE (ya) atau kosong (tidak)"
        yield "K17", "info", None, "", told


def _name_note(table: _Table) -> Iterator[_Note]:
    """Yield K05: names that are dates or numbers, as Excel makes them of "1 Maret" or "45"; once for the file."""
    found = []
    for column in ("kampung", "desa", "kecamatan"):
        at = table.header.places[column]
        odd = {cell for cell in set(table.columns[at]) if cells.is_no_name(cell)}
        if odd:
            rows = zip(table.filled, table.columns[at], strict=True)
            found += [(n, column, text(cell)) for n, cell in rows if cell in odd]
    if found:
        shown = ", ".join(f'"{name[:60]}" (baris {n})' for n, _, name in found[:5]) + (" …" if len(found) > 5 else "")
        told = f"{len(found)} nama berupa tanggal atau angka: {shown}, mungkin diubah Excel; cocokkan namanya di portal"
        yield "K05", "periksa", None, found[0][1], told


def _rows(numbers: Sequence[int]) -> str:
    return "baris " + ", ".join(map(str, numbers[:5])) + (" …" if len(numbers) > 5 else "")


def _typed(table: _Table) -> tuple[pd.DataFrame, list[tuple[str, str, int, str]]]:
    """Return the rows as text and numbers, and the findings as (kode, column, position, what is wrong)."""
    places = table.header.places
    found: list[tuple[str, str, int, str]] = []
    out: dict[str, object] = {"baris": np.array(table.filled)}
    for column in schema.NAMES:
        names = table.texts[places[column]]
        out[column] = pd.array(names, dtype="str")
        required = column in _REQUIRED
        found += [("K05", column, i, wrong) for i, t in enumerate(names) if (wrong := _no_name(t, wajib=required))]
    for column in COLUMNS[table.jenis]:
        read = cells.classes if column == "klasifikasi" else partial(cells.numbers, column=column)
        out[column], odd = read(table.columns[places[column]])
        found += [("K17", column, i, what) for i, what in sorted(odd.items())]
    return pd.DataFrame(out), found


def _no_name(name: str, *, wajib: bool) -> str:
    """Say what is wrong with a name without letter and digit, or a text; "-" stands for none, an emoji does not."""
    if len(name) > _LONGEST_NAME:
        return f"{len(name)} huruf, baris ini tidak dihitung; tulis namanya saja"
    if not wajib or compact(name):
        return ""
    empty = "kosong" if name.isascii() else f'"{name[:60]}" tanpa huruf dan angka'
    return f"{empty}, baris ini tidak dihitung; {_EMPTY}"


def _is_filled(cell: object) -> bool:
    return cell != "" and (not isinstance(cell, str) or bool(cell.strip()))
