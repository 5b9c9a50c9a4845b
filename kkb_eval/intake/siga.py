"""Monthly tables of New SIGA by desa, recognised by header (METHOD 14): couples, methods, poktan, Kampung KB, DataKu.

The tables never say of which year they are: it is read from the name of the file, or of its folder within ``siga/``.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from kkb_eval.errors import FileRefused
from kkb_eval.intake import grids, header, people, strays
from kkb_eval.intake.cells import shown, text
from kkb_eval.intake.regions import compact
from kkb_eval.intake.snapshot import periods
from kkb_eval.text import MONTHS

METHODS = ("suntik", "pil", "kondom", "implan", "iud", "mop", "mow")
"""The portal's seven methods; SIGA calls the last two vasektomi and tubektomi."""
POKTAN = ("bkb", "bkr", "bkl")
PLACE = ("provinsi", "kabupaten", "kecamatan", "desa")


@dataclass(frozen=True)
class Jenis:
    """A table of SIGA: what it is called, and its counts by the title of their column, the telling one first.

    ``bulanan``: it is of a month; else it is the state at the time of download.
    """

    nama: str
    titles: Mapping[str, str]
    bulanan: bool = True

    @property
    def mark(self) -> str:
        """The title that no other table has."""
        return next(iter(self.titles))


TABLES = {
    "pus": Jenis("PUS dan unmet need", {"UNMET NEED": "unmet", "PUS": "pus"}),
    "metode": Jenis(
        "peserta KB menurut metode",
        {"KB MODERN": "modern", "KB TRADISIONAL": "tradisional", "PA": "pa", "MAL": "mal"}
        | {c.upper(): c for c in METHODS[:5]}
        | {"VASEKTOMI": "mop", "TUBEKTOMI": "mow"},
    ),
    "poktan": Jenis(
        "sasaran dan kesertaan poktan",
        {f"SASARAN {p.upper()}": f"sasaran_{p}" for p in POKTAN} | {f"KESERTAAN {p.upper()}": p for p in POKTAN},
    ),
    "kampung_kb": Jenis("Kampung KB yang dibentuk", {"JUMLAH KAMPUNG KB": "kampung_kb"}, bulanan=False),
    "rumah_dataku": Jenis("Rumah DataKu", {"JUMLAH RUMAH DATAKU": "rumah_dataku"}, bulanan=False),
}
"""The tables by the word that ``siga.parquet`` has for them."""
_TITLES = {column: title for jenis in TABLES.values() for title, column in jenis.titles.items()}
_NAMES = {
    **{"PROVINSI": "provinsi", "KABUPATEN": "kabupaten", "KABUPATEN/KOTA": "kabupaten", "KECAMATAN": "kecamatan"},
    **dict.fromkeys(("KELURAHAN", "DESA", "DESA/KELURAHAN", "KELURAHAN/DESA"), "desa"),
    **{"KODE": "kode", "BULAN": "bulan"},
}
_REQUIRED = ("kabupaten", "kecamatan", "desa")
_WANTED = {compact(title): column for title, column in _NAMES.items()}
_WANTED |= {compact(title): column for column, title in _TITLES.items()} | {"mop": "mop", "mow": "mow"}
_WHOLE = re.compile(r"([+-]?(?:\d{1,3}(?:\.\d{3}){1,3}|\d{1,15}))(?:[.,]0{1,2})?")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_CODE = re.compile(r"\d{4}")
_BILLION = 1e9
_FIRST = 2000
"""SIGA and what came before it are not older."""


@dataclass(frozen=True, eq=False)
class SigaFile:
    """One table as read: its year, its rows, and the findings on them (columns ``schema.CATATAN``, as tuples).

    ``rows``: ``baris`` (row of the file), ``provinsi, kabupaten, kecamatan, desa`` as written with single spaces,
    ``kode`` (of the desa within its kecamatan; "" where not given), ``bulan`` (Int64, missing where the table is of no
    month), and float64 counts: NaN where a cell is blank or unusable.
    """

    berkas: str
    jenis: tuple[str, ...]
    tahun: int
    sha256: str
    rows: pd.DataFrame
    catatan: tuple[tuple[object, ...], ...] = field(repr=False)


def recognise(titles: Collection[str]) -> str | None:
    """The words for the table of SIGA that has these titles ("PUS dan unmet need"); None where it is none of them."""
    there = {_WANTED.get(compact(title)) for title in titles}
    if not set(_REQUIRED[1:]) <= there:
        return None
    found = [jenis.nama for jenis in TABLES.values() if jenis.titles[jenis.mark] in there]
    return " serta ".join(found) or None


def read_file(path: Path, berkas: str, hari_ini: date | None = None) -> SigaFile:
    """Read one table; ``berkas`` is its name within the dataset. Raises ``FileRefused`` with every K01 and K02."""
    try:
        data = grids.read_bytes(path)
        table = _recognise(grids.open_sheets(path.name, data), berkas)
    except grids.Unreadable as error:
        raise FileRefused(berkas, (("K01", of_siga(str(error))),)) from error
    masalah = [("K02", pesan) for pesan in table.people()]
    try:
        table.tahun, table.bulan = _period(berkas, hari_ini or date.today())
    except grids.Unreadable as error:
        masalah.append(("K01", str(error)))
    if "bulan" not in table.head.places and table.bulan is None and table.bulanan:
        contoh = f"{path.stem}-03{path.suffix}"
        pesan = f'kolom "BULAN" tidak ada; tambahkan, atau tulis bulannya di nama berkas, misalnya {contoh}'
        masalah.append(("K01", pesan))
    rows = table.read() if not masalah else None
    if rows is not None and rows.empty:
        masalah.append(("K01", "tidak memuat satu baris desa pun; unduh ulang dari SIGA"))
    if rows is None or masalah:
        raise FileRefused(berkas, tuple(masalah))
    return SigaFile(berkas, table.jenis, table.tahun, hashlib.sha256(data).hexdigest(), rows, tuple(table.found))


def of_siga(pesan: str) -> str:
    """What a file's reader says, for a table that is not the portal's."""
    return pesan.replace("dari portal", "dari SIGA")


def _recognise(sheets: grids.Sheets, berkas: str) -> "_Table":
    """The one sheet that is a table of SIGA. Raises ``Unreadable``."""
    heads = {name: header.find(sheet.head(header.ROWS + 1), _WANTED) for name, sheet in sheets.sheets.items()}
    known = [(name, head) for name, head in heads.items() if head and recognise(head.titles)]
    if not known:
        raise grids.Unreadable(_unknown(next((head for head in heads.values() if head), None)))
    if len(known) > 1:
        names = " dan ".join(f'"{name}"' for name, _ in known[:3])
        raise grids.Unreadable(f"lembar {names} sama-sama tabel SIGA; simpan masing-masing sebagai berkas sendiri")
    name, head = known[0]
    jenis = tuple(j for j, spec in TABLES.items() if spec.titles[spec.mark] in head.places)
    needed = [*_REQUIRED, *(column for j in jenis for column in TABLES[j].titles.values())]
    twice = [c for c in head.twice if c in (*needed, "bulan", "kode")]
    if lacking := [_title(c) for c in needed if c not in head.places and c not in twice]:
        raise grids.Unreadable(f"kolom {', '.join(lacking)} tidak ada; unduh ulang dari SIGA tanpa mengubah judulnya")
    if twice:
        raise grids.Unreadable(f"kolom {', '.join(map(_title, twice))} ada dua kali; hapus salah satu")
    sheet = sheets.sheets[name]
    if sheets.created is None:
        grids.check_widths(sheet.grid, head.row)
    grids.fill_merged(sheet, sheet.grid, {head.places[c] for c in PLACE if c in head.places}, head.row)
    table = _Table(berkas, jenis, head, sheet.grid[head.row :])
    if hidden := [row for row in sheet.hidden_rows if row > head.row]:
        pesan = f"{shown(len(hidden))} baris tersembunyi ikut dihitung; hapus baris itu bila tidak dimaksud"
        table.found.append(("K01", "info", berkas, None, None, "", pesan))
    return table


def _unknown(head: header.Header | None) -> str:
    """What is wrong with a file that holds no table of SIGA."""
    if head is None:
        return "kosong, tanpa judul kolom; unduh ulang dari SIGA"
    judul = ", ".join(f'"{title[:60]}"' for title in [t for t in head.titles if t][:6])
    names = "; ".join(jenis.nama for jenis in TABLES.values())
    return f"judul kolom tidak dikenali sebagai tabel SIGA; baris {head.row} berisi {judul}; yang dibaca: {names}"


def _title(column: str) -> str:
    return _TITLES.get(column) or next(title for title, c in _NAMES.items() if c == column)


def _period(berkas: str, hari_ini: date) -> tuple[int, int | None]:
    """The year in the name of a file, or of its folders within ``siga/``; and its month where the name tells one.

    Raises ``Unreadable``.
    """
    *folders, name = Path(berkas).parts[1:]
    years, months = periods([name])
    found = sorted(years | periods(folders)[0])
    if not found:
        contoh = f"{Path(name).stem}_{hari_ini.year}{Path(name).suffix}"
        raise grids.Unreadable(f"tahunnya tidak diketahui; tulis di nama berkas, misalnya {contoh}")
    if len(found) > 1:
        several = " dan ".join(map(str, found)) if len(found) == 2 else f"{found[0]} sampai {found[-1]}"
        raise grids.Unreadable(f"namanya memuat tahun {several}; sisakan tahun tabel itu saja")
    if not _FIRST <= found[0] <= hari_ini.year:
        raise grids.Unreadable(f"tahun {found[0]} di nama berkas tidak mungkin; tulis tahun tabel itu")
    return found[0], next(iter(months)) if len(months) == 1 else None


@dataclass
class _Table:
    """One table that is being read; its findings gather in ``found``."""

    berkas: str
    jenis: tuple[str, ...]
    head: header.Header
    body: grids.Grid
    tahun: int = 0
    bulan: int | None = None
    found: list[tuple[object, ...]] = field(default_factory=list)

    @property
    def bulanan(self) -> bool:
        """Whether its rows are of a month."""
        return any(TABLES[j].bulanan for j in self.jenis)

    def people(self) -> Iterator[str]:
        """K02: columns that identify people by title, numbers like a NIK or telephone in cells that are no counts."""
        places = self.head.places
        counts = {places[c] for c in _TITLES if c in places}
        for at, title in enumerate(self.head.titles):
            if at in counts or not title:
                continue
            if at not in places.values() and people.header_identifies(title):
                yield f'kolom "{title[:60]}" memuat data pribadi; hapus kolom itu, lalu simpan ulang'
                continue
            for kind, positions in people.find_numbers(_texts(self.body, at).tolist()).items():
                rows = [p + self.head.row + 1 for p in positions]
                where = ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")
                yield f'kolom "{title[:60]}", baris {where}: nomor seperti {kind}; hapus nomor itu, lalu simpan ulang'

    def read(self) -> pd.DataFrame:
        """The rows of desa, columns as ``SigaFile.rows``."""
        places, body = self.head.places, self.body
        rows = pd.DataFrame({"baris": np.arange(self.head.row + 1, self.head.row + 1 + len(body))})
        for column in (*PLACE, "kode", "bulan"):
            rows[column] = _texts(body, places[column]) if column in places else ""
        counts = [c for j in self.jenis for c in TABLES[j].titles.values()]
        words = {c: _texts(body, places[c]) for c in counts}
        rows = rows.assign(nomor=self._months(rows["bulan"]), **{c: _numbers(word) for c, word in words.items()})
        keep = ~self._strays(rows, words)
        rows, words = rows[keep], {c: word[keep] for c, word in words.items()}
        if self.bulanan:
            self._tell_months(rows[rows["nomor"].isna()])
        self._tell_counts(rows, words)
        rows = rows[rows["nomor"].notna()] if self.bulanan else rows
        self._tell_contradictions(rows)
        rows["kode"] = rows["kode"].map({k: _desa_code(k) for k in rows["kode"].unique()}).astype("str")
        rows = rows.drop(columns="bulan").rename(columns={"nomor": "bulan"})
        return rows[["baris", *PLACE, "kode", "bulan", *counts]].reset_index(drop=True)

    def _months(self, words: pd.Series) -> pd.Series:
        """The number of every row's month, missing where it cannot be read or is of another year than the file."""
        if "bulan" not in self.head.places or not self.bulanan:
            return pd.Series(self.bulan if self.bulanan else None, words.index, dtype="Int64")
        return words.map({word: _month(word, self.tahun) for word in words.unique()}).astype("Int64")

    def _strays(self, rows: pd.DataFrame, words: Mapping[str, pd.Series]) -> pd.Series:
        """Which rows are none of a desa (K20 tells them), blank ones too (nothing tells those)."""
        blank = pd.Series(True, rows.index)
        for column in (*(rows[c] for c in PLACE), *words.values()):
            blank &= column.eq("")
        found = strays.kinds(self.body, self.head, [c for c in PLACE if c in self.head.places])
        kinds = pd.Series(found, dtype="str").drop(blank.index[blank], errors="ignore")
        for kind, same in kinds.groupby(kinds):
            self._tell("K20", "info", rows.loc[same.index, "baris"], "", f"bukan desa ({kind}), tidak dihitung")
        return blank | rows.index.isin(kinds.index)

    def _tell_months(self, rows: pd.DataFrame) -> None:
        for word, same in rows.groupby("bulan"):
            lain = _YEAR.search(str(word))
            apa = f'BULAN "{str(word)[:60]}" bukan nama bulan' if word else "BULAN kosong"
            if lain and int(lain[1]) != self.tahun:
                apa = f'BULAN "{str(word)[:60]}" menyebut tahun {lain[1]}, nama berkas {self.tahun}'
            pesan = f"{apa}, tidak dihitung; tulis seperti JANUARI"
            self._tell("K17", "salah", same["baris"], "bulan", pesan)

    def _tell_counts(self, rows: pd.DataFrame, words: Mapping[str, pd.Series]) -> None:
        """K17: cells that are no counts; they are unknown, not zero."""
        for column, word in words.items():
            unread = rows[column].isna()
            if (blank := unread & word.eq("")).any():
                pesan = f"{_TITLES[column]} kosong; dianggap belum diketahui, tulis 0 bila memang nol"
                self._tell("K17", "info", rows.loc[blank, "baris"], column, pesan)
            for cell, same in rows[unread & word.ne("")].groupby(word):
                apa = "negatif" if _WHOLE.fullmatch(str(cell)) and str(cell).startswith("-") else "bukan jumlah"
                pesan = f'{_TITLES[column]}: "{str(cell)[:60]}" {apa}, sel ini tidak dipakai; tulis jumlahnya'
                self._tell("K17", "salah", same["baris"], column, pesan)

    def _tell_contradictions(self, rows: pd.DataFrame) -> None:
        """K06, K07 and K08: numbers of one row that cannot all be right; they are shown as SIGA gives them."""
        if "metode" in self.jenis:
            off = rows["pa"].ne(rows["modern"] + rows["tradisional"])
            self._tell_odd(rows, off, ("pa", "modern", "tradisional"), "PA bukan KB MODERN + KB TRADISIONAL")
            off = rows["modern"].ne(rows[[*METHODS, "mal"]].sum(axis=1, skipna=False))
            self._tell_odd(rows, off, ("modern", *METHODS, "mal"), "KB MODERN bukan jumlah metodenya")
        if "pus" in self.jenis:
            self._tell_odd(rows, rows["unmet"].gt(rows["pus"]), ("unmet", "pus"), "UNMET NEED melebihi PUS", "K07")
        if "poktan" in self.jenis:
            for p in POKTAN:
                over, apa = rows[p].gt(rows[f"sasaran_{p}"]), f"KESERTAAN {p.upper()} melebihi SASARAN {p.upper()}"
                self._tell_odd(rows, over, (p, f"sasaran_{p}"), apa, "K08", "info")

    def _tell_odd(
        self,
        rows: pd.DataFrame,
        odd: pd.Series,
        columns: Sequence[str],
        apa: str,
        kode: str = "K06",
        tingkat: str = "periksa",
    ) -> None:
        known = rows[list(columns)].notna().all(axis=1)
        if len(same := rows[odd & known]):
            first = same.iloc[0]
            isi = ", ".join(f"{_TITLES[c]} {shown(first[c])}" for c in columns[:3])
            pesan = f"{apa} ({isi}); dipakai apa adanya, periksa di SIGA"
            self._tell(kode, tingkat, same["baris"], ", ".join(columns), pesan)

    def _tell(self, kode: str, tingkat: str, baris: pd.Series, kolom: str, pesan: str) -> None:
        """One finding for all rows with one cause: it names the first rows and how many there are."""
        self.found.append((kode, tingkat, self.berkas, baris.iat[0], None, kolom, counted(baris, pesan)))


def counted(baris: Sequence[int] | pd.Series, pesan: str) -> str:
    """The message with the first of several rows that it is of, and how many they are."""
    if len(baris) == 1:
        return pesan
    first = ", ".join(str(b) for b in list(baris)[:5]) + (" …" if len(baris) > 5 else "")
    return f"{pesan} ({shown(len(baris))} baris: {first})"


def _texts(body: grids.Grid, at: int) -> pd.Series:
    """A column as text with single spaces."""
    cells = [row[at] if at < len(row) else "" for row in body]
    words = {cell: text(cell) for cell in set(cells)}
    return pd.Series([words[cell] for cell in cells], dtype="str")


def _numbers(words: pd.Series) -> pd.Series:
    """A column of counts, NaN where a cell is none; dots before three digits are thousands, as nothing is in parts."""
    parsed = {word: _number(word) for word in words.unique()}
    return words.map(parsed).astype("float64")


def _number(word: str) -> float:
    match = _WHOLE.fullmatch(word)
    number = float(match[1].replace(".", "")) if match else np.nan
    return number if 0 <= number <= _BILLION else np.nan


def _month(word: str, tahun: int) -> int | None:
    """The month that a cell names (JANUARI, Jan, 1, Januari 2025); None where it names none, or another year."""
    years = {int(year) for year in _YEAR.findall(word)}
    rest = " ".join(_YEAR.sub(" ", word).split()).strip(" .-/").lower()
    number = int(rest) if re.fullmatch(r"\d{1,2}", rest) else MONTHS.get(rest, 0)
    return number if 1 <= number <= 12 and years <= {tahun} else None


def _desa_code(word: str) -> str:
    """The four digits of a desa within its kecamatan; of a whole Kemendagri code its last; "" where it is neither."""
    digits = re.sub(r"\D", "", word)
    return digits[-4:] if _CODE.fullmatch(digits) or len(digits) == 10 else ""
