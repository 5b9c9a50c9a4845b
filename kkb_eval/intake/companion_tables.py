"""Reads one companion table against its declaration: columns, years, places, cells, keys (codes: ``rujukan``)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kkb_eval.intake import companion_files, grids, people, places, values
from kkb_eval.intake.companion_files import Part
from kkb_eval.intake.regions import compact, suggest

Problem = tuple[str, str, int, str, str]
"""Kode, tingkat, row of the file, column, and what is wrong and what to do."""
_PLACES = ("tahun", "kecamatan", "desa", "kampung", "wilayah")
_YEAR = r"^((?:19|20)[0-9]{2})(?:[.,]0+)?$"
_PREFILLED = ("tahun", "kecamatan", "desa", "wilayah", "indikator")
"""What a form holds before anyone has filled it in."""
_NEAR = 3
"""Years that a table of others may lie from the year that it is used for."""
_FILE = 1_000_000
"""Rows are numbered over the files of a table: this much from file to file."""


def _no_problems(rows: pd.DataFrame) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True)
class Tabel:
    """What one table looks like.

    ``kolom``: its columns by what they hold: "tahun", "kecamatan", "desa", "kampung" (blank: the whole desa),
    "wilayah" (the kabupaten or a kecamatan), "indikator", "unsur", "status_desa", "teks", "bulat" (a whole number from
    0), "petugas" (the same; what else stands there is never repeated), "angka"; with "?" it may be blank.
    ``kunci``: the columns that no two rows share (none: the whole row). ``indikator``: further words of that kind.
    ``sampai``: rows of earlier years belong to a year as well. ``wajar``: the problems of its numbers (R06, R07).
    """

    kolom: Mapping[str, str]
    kunci: tuple[str, ...] = ()
    indikator: tuple[str, ...] = ()
    sampai: bool = False
    wajar: Callable[[pd.DataFrame], Iterable[Problem]] = _no_problems

    @property
    def bertempat(self) -> bool:
        """Whether its rows belong to places."""
        return "kecamatan" in self.kolom or "wilayah" in self.kolom


class Refused(Exception):
    """A table that has to be left out; its findings are already told."""


@dataclass
class Reader:
    """Reads one table: its problems gather in ``found`` (``schema.CATATAN``), the rows they exclude in ``keluar``.

    ``indikator``: the possible indicators by compact word; ``semua``: all years of the dataset (empty: not known).
    """

    nama: str
    spec: Tabel
    scope: places.Scope
    indikator: Mapping[str, str]
    tahun: int
    semua: Collection[int] = ()
    found: list[tuple[object, ...]] = field(default_factory=list)
    keluar: set[int] = field(default_factory=set)
    berkas: list[str] = field(default_factory=list)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a file may have."""
        return (*self.spec.kolom, *(["kabupaten"] if self.spec.bertempat else []))

    def open(self, path: Path) -> Part | None:
        """One file of the table, None for one that cannot be read (R01)."""
        try:
            return companion_files.read(path, self.nama, self.columns)
        except grids.Unreadable as error:
            self.berkas = [f"rujukan/{path.name}"]
            self._refuse("R01", "", str(error))
        return None

    def read(self, parts: Sequence[Part]) -> pd.DataFrame:
        """The usable rows of the files together. Raises ``Refused``."""
        self.berkas = [part.berkas for part in parts]
        usable = [(part, rows) for i, part in enumerate(parts) if (rows := self._checked(part, i * _FILE)) is not None]
        # forms that nobody has filled in are as good as not there
        if all(part.form and rows.empty for part, rows in usable):
            raise Refused
        own, others = ([rows for part, rows in usable if bool(part.of_others) is of] for of in (False, True))
        rows = self._of_year(pd.concat(own)) if own else pd.DataFrame(columns=self.columns, dtype="str")
        if others and rows.empty:
            rows = self._nearest(pd.concat(others))
        columns = list(self.spec.kolom)
        if self.spec.bertempat:
            rows = self._located(rows)
            extra = ("kecamatan", "kabupaten", "provinsi", "kode_kecamatan", "kode_desa", "kampung_id", "tingkat")
            columns += [c for c in extra if c in rows and c not in columns]
        for kolom, isi in self.spec.kolom.items():
            if isi not in _PLACES:
                rows[kolom] = self._typed(rows[kolom], kolom, isi)
        rows = self._without(rows)
        for problem in self.spec.wajar(rows):
            self._add(*problem)
        rows = self._without(rows)
        self._check_keys(rows)
        return self._without(rows)[columns].reset_index(drop=True)

    def _without(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[~rows.index.isin(self.keluar)]

    def _add(self, kode: str, tingkat: str, baris: int | None, kolom: str, pesan: str, file: int = 0) -> None:
        if tingkat == "salah" and baris is not None:
            self.keluar.add(baris)
        file, row = (file // _FILE, None) if baris is None else divmod(baris, _FILE)
        self.found.append((kode, tingkat, self.berkas[file], row, None, kolom, pesan))

    def _refuse(self, kode: str, kolom: str, pesan: str, file: int = 0) -> None:
        self._add(kode, "salah", None, kolom, f"{pesan}; sebelum itu tabel ini tidak dipakai", file)

    def _checked(self, part: Part, first: int) -> pd.DataFrame | None:
        """The rows of a file under the declared columns, numbered from ``first``; None where it is refused (R01, R08).

        Rows that are no data are left out (K20), also those of a form that nobody has filled in (R03).
        """
        before = len(self.found)
        self._check_titles(part, first)
        self._check_people(part, first)
        if len(self.found) > before:
            return None
        if not part.of_others:
            for kolom in part.unknown:
                pesan = f'kolom "{kolom}" tidak dikenal, jadi tidak dibaca; hapus kolom itu'
                self._add("R01", "periksa", None, kolom, pesan, first)
        stray = part.left_out or {}
        rows = part.rows.drop(index=[n for n in stray if n in part.rows.index])
        self._tell_strays({n: kind for n, kind in stray.items() if kind}, first)
        known = [c for c in self.columns if c in rows]
        rows = rows[known].set_axis(rows.index + first)
        if part.form:
            answers = [c for c in known if self.spec.kolom.get(c, "kecamatan") not in _PREFILLED]
            empty = (rows[answers] == "").all(axis=1)
            if empty.any():
                pesan = f"{empty.sum()} baris baru berisi tempat, belum diisi; baris itu dilewati"
                self._add("R03", "info", None, "", pesan, first)
            rows = rows[~empty]
        return rows

    def _tell_strays(self, strays: Mapping[int, str], first: int) -> None:
        for kind in dict.fromkeys(strays.values()):
            same = [n for n, other in strays.items() if other == kind]
            where = ", ".join(map(str, same[:5])) + (" …" if len(same) > 5 else "")
            pesan = f"{len(same)} baris bukan isi tabel ({kind}), jadi tidak dibaca: baris {where}"
            self._add("K20", "info", None, "", pesan, first)

    def _check_titles(self, part: Part, first: int) -> None:
        for kolom in (c for c in self.spec.kolom if c not in part.rows):
            if part.of_others == "KRS" and kolom != "krs":
                continue
            near = suggest(kolom, [t for t in part.unknown if not compact(t).startswith("kode")], limit=1)
            hint = f'ganti judul "{near[0]}"' if near else f"judul tabel ini: {', '.join(self.spec.kolom)}"
            self._refuse("R01", kolom, f'kolom "{kolom}" tidak ada; {hint}', first)
        unknown = {t for t in part.unknown if part.unknown.count(t) > 1 and not part.of_others}
        for kolom in sorted({*part.twice, *unknown}):
            self._refuse("R01", kolom, f'kolom "{kolom}" ada dua kali; hapus salah satu', first)

    def _check_people(self, part: Part, first: int) -> None:
        for at, title in enumerate(map(str, part.rows.columns)):
            if title in part.unknown and people.header_identifies(title):
                self._refuse("R08", title, f'kolom "{title}" memuat data pribadi; hapus kolom itu', first)
            elif self.spec.kolom.get(title, "teks").rstrip("?") in ("bulat", "angka", "tahun"):
                continue
            elif not compact(title).startswith("kode"):  # a desa's has ten digits
                for kind, positions in people.find_numbers(part.rows.iloc[:, at].tolist()).items():
                    rows = [str(part.rows.index[p]) for p in positions]
                    where = ", ".join(rows[:5]) + (" …" if len(rows) > 5 else "")
                    pesan = f'kolom "{title}", baris {where}: nomor seperti {kind}; hapus nomor itu'
                    self._refuse("R08", title, pesan, first)

    def _nearest(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Of a table of others the rows of the year nearest to this one, told where it is another (R03)."""
        tahun = pd.to_numeric(rows["tahun"].str.extract(_YEAR)[0]).astype("Int64")
        years = sorted(tahun.dropna().unique(), key=lambda y: (abs(y - self.tahun), y > self.tahun))
        if not years:
            return rows.iloc[:0]
        file = int(rows.index[0])
        if abs(years[0] - self.tahun) > _NEAR:
            pesan = f"tahun: {years[0]} terlalu jauh dari {self.tahun}, jadi belum dipakai; cari tabel yang lebih dekat"
            self._add("R03", "info", None, "tahun", pesan, file)
            return rows.iloc[:0]
        if years[0] != self.tahun:
            pesan = f"tahun: angka {years[0]} dipakai untuk {self.tahun}, karena tabel {self.tahun} tidak ada"
            self._add("R03", "info", None, "tahun", pesan, file)
        return rows.assign(tahun=self.tahun)[tahun.eq(years[0]).fillna(False).to_numpy(bool)]

    def _of_year(self, rows: pd.DataFrame) -> pd.DataFrame:
        if "tahun" not in self.spec.kolom:
            return rows
        tahun = pd.to_numeric(rows["tahun"].str.extract(_YEAR)[0]).astype("Int64")
        for baris, text in zip(rows.index[tahun.isna()], rows.loc[tahun.isna(), "tahun"], strict=True):
            self._add("R03", "salah", baris, "tahun", f'tahun: "{text[:60]}" bukan tahun; tulis seperti {self.tahun}')
        if self.semua:
            self._tell_unused(tahun.dropna())
        wanted = tahun.le(self.tahun) if self.spec.sampai else tahun.eq(self.tahun)
        return rows.assign(tahun=tahun)[wanted.fillna(False).to_numpy(bool)]

    def _tell_unused(self, tahun: pd.Series) -> None:
        """R03 for each year whose rows no evaluation of the dataset uses."""
        lain = tahun[tahun.gt(max(self.semua)) if self.spec.sampai else ~tahun.isin(self.semua)]
        for nomor, jumlah in lain.value_counts().sort_index().items():
            ada = ", ".join(map(str, sorted(self.semua)))
            pesan = (
                f"tahun: {jumlah} baris tahun {nomor} belum dipakai, karena data tidak memuat tahun itu (ada: {ada})"
            )
            self._add("R03", "info", None, "tahun", f"{pesan}; periksa tahunnya")

    def _located(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of the year's kabupaten with codes, and their ``kampung_id`` where they name a Kampung KB (R02)."""
        beberapa = "kabupaten" not in rows and len(self.scope.kabupaten) > 1
        if beberapa and "wilayah" not in rows and self.nama != "alias":
            text = f"data ini memuat {len(self.scope.kabupaten)} kabupaten; tambahkan kolom kabupaten"
            self._refuse("R01", "kabupaten", text)
            raise Refused
        if self.nama == "alias":
            rows = rows[rows["desa"].ne("")]  # the others name regions, which ``Catalogue.own_alias`` knows
        rows = places.with_kabupaten(rows, self.scope, semua=self.nama == "alias")
        rows, problems = places.locate(rows, self.scope, dalam=3 if "desa" in self.spec.kolom else 2)
        if "kampung" in rows:
            rows, strangers = places.identify(rows, self.scope)
            problems += [stranger for stranger in strangers if stranger[0] not in {baris for baris, *_ in problems}]
        for baris, kolom, pesan in problems:
            self._add("R02", "salah", baris, kolom, pesan)
        return rows

    def _typed(self, texts: pd.Series, kolom: str, isi: str) -> pd.Series:
        """The values of a column; a bad cell is told (R03, R05, R06) and missing."""
        words = {**self.indikator, **{compact(word): word for word in self.spec.indikator}}
        found: list[object] = []
        for baris, text in zip(texts.index, texts, strict=True):
            try:
                found.append(values.value(text, isi, words))
            except values.Bad as bad:
                found.append(None)
                self._add(bad.kode, "salah", baris, kolom, f"{kolom}: {bad.pesan}")
        return values.column(found, isi, texts.index)

    def _check_keys(self, rows: pd.DataFrame) -> None:
        """R07: of identical rows the later ones, of rows with one key and different content all are left out."""
        # a kecamatan may have the name of its kabupaten: the level keeps their targets apart
        tempat = [*(["kabupaten"] if self.spec.bertempat else []), *(["tingkat"] if "wilayah" in rows else [])]
        text = rows[[*tempat, *self.spec.kolom]].astype("str").fillna("")
        isi = text.drop(columns="sumber", errors="ignore").map(str.casefold)
        key = text[[*tempat, *self.spec.kunci]].map(compact) if self.spec.kunci else isi
        twice = key.duplicated(keep=False).to_numpy()
        whole = isi[twice].agg("\0".join, axis=1) if twice.any() else pd.Series(dtype="str")
        for _, same in whole.groupby([column for _, column in key[twice].items()]):
            first, *others = same.index
            if len(set(same)) == 1:
                for baris in others:
                    self._add("R07", "periksa", baris, "", f"baris ini mengulang {self._row(first, baris)}; hapus")
                self.keluar.update(others)
                continue
            for baris in same.index:
                lain = ", ".join(self._row(b, baris) for b in same.index if b != baris)
                pesan = f"isinya berbeda dengan {lain} tentang hal yang sama; hapus yang salah"
                self._add("R07", "salah", baris, "", pesan)

    def _row(self, baris: int, of: int) -> str:
        """What a message on row ``of`` calls another one."""
        file, row = divmod(baris, _FILE)
        return f"baris {row}" if file == of // _FILE else f"{self.berkas[file]} baris {row}"
