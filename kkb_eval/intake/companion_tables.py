"""Reads one companion table against its declaration: columns, years, places, cells, keys (codes: ``rujukan``)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kkb_eval.intake import cells, grids, people, places, values
from kkb_eval.intake.regions import compact, suggest

Problem = tuple[str, str, int, str, str]
"""Kode, tingkat, row of the file, column, and what is wrong and what to do."""
_PLACES = ("tahun", "kecamatan", "desa", "kampung", "wilayah")
_YEAR = r"^((?:19|20)[0-9]{2})(?:[.,]0+)?$"


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

    def read(self, path: Path) -> pd.DataFrame:
        """The usable rows. Raises ``Refused``."""
        rows = self._of_year(self._cells(path))
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

    def _add(self, kode: str, tingkat: str, baris: int | None, kolom: str, pesan: str) -> None:
        if tingkat == "salah" and baris is not None:
            self.keluar.add(baris)
        self.found.append((kode, tingkat, f"rujukan/{self.nama}.csv", baris, None, kolom, pesan))

    def _refuse(self, kode: str, kolom: str, pesan: str) -> None:
        self._add(kode, "salah", None, kolom, f"{pesan}; sebelum itu tabel ini tidak dipakai")

    def _cells(self, path: Path) -> pd.DataFrame:
        """The cells as single-spaced text under the declared names; the index is the row of the file (R01, R08)."""
        try:
            raw = grids.read_csv(grids.read_bytes(path))
            grids.check_widths(raw, 1)
            grid = [[cells.text(c) for c in row] for row in raw]
        except grids.Unreadable as error:
            self._refuse("R01", "", str(error))
            raise Refused from error
        names = {compact(c): c for c in (*self.spec.kolom, *(["kabupaten"] if self.spec.bertempat else []))}
        head = grid[0] if grid else []
        used = [i for i in range(len(head)) if any(row[i] for row in grid)]
        titles = [names.get(compact(head[i]), head[i][:60] or f"kolom ke-{i + 1}") for i in used]
        body = [[row[i] for i in used] for row in grid[1:]]
        rows = pd.DataFrame(body, columns=titles, index=range(2, len(body) + 2), dtype="str")
        unknown = [t for t in titles if t not in names.values()]
        self._check_titles(titles, unknown)
        self._check_people(rows, unknown)
        if self.found:
            raise Refused
        for kolom in unknown:
            pesan = f'kolom "{kolom}" tidak dikenal, jadi tidak dibaca; hapus kolom itu'
            self._add("R01", "periksa", None, kolom, pesan)
        return rows.loc[(rows != "").any(axis=1), [t for t in titles if t not in unknown]]

    def _check_titles(self, titles: list[str], unknown: list[str]) -> None:
        for kolom in (c for c in self.spec.kolom if c not in titles):
            near = suggest(kolom, unknown, limit=1)
            hint = f'ganti judul "{near[0]}"' if near else f"judul tabel ini: {', '.join(self.spec.kolom)}"
            self._refuse("R01", kolom, f'kolom "{kolom}" tidak ada; {hint}')
        for kolom in sorted({t for t in titles if titles.count(t) > 1}):
            self._refuse("R01", kolom, f'kolom "{kolom}" ada dua kali; hapus salah satu')

    def _check_people(self, rows: pd.DataFrame, unknown: list[str]) -> None:
        for at, title in enumerate(rows.columns):
            if title in unknown and people.header_identifies(title):
                self._refuse("R08", title, f'kolom "{title}" memuat data pribadi; hapus kolom itu')
            elif self.spec.kolom.get(title, "teks") not in ("bulat", "bulat?", "angka", "tahun"):
                for kind, positions in people.find_numbers(rows.iloc[:, at].tolist()).items():
                    where = ", ".join(str(p + 2) for p in positions[:5]) + (" …" if len(positions) > 5 else "")
                    self._refuse("R08", title, f'kolom "{title}", baris {where}: nomor seperti {kind}; hapus nomor itu')

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
                    self._add("R07", "periksa", baris, "", f"baris ini mengulang baris {first}; hapus")
                self.keluar.update(others)
                continue
            for baris in same.index:
                lain = ", ".join(str(b) for b in same.index if b != baris)
                pesan = f"isinya berbeda dengan baris {lain} tentang hal yang sama; hapus yang salah"
                self._add("R07", "salah", baris, "", pesan)
