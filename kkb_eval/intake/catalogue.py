"""The tables of ``data/`` that say what is measured and how: indicators, rule, steps, types, region spellings."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NoReturn

import pandas as pd

from kkb_eval import store
from kkb_eval.errors import KkbError

DATA = store.ROOT / "data"
TABLES = ("indikator", "klasifikasi", "langkah", "predikat", "derau", "tipologi_acuan", "alias_wilayah")


@dataclass(frozen=True)
class Catalogue:
    """The catalogues of one folder, each read when first asked for; a missing one is a ``KkbError`` then.

    ``own_alias`` are a dataset's own spellings of regions, rows of ``alias_wilayah`` that go before the catalogue's.
    """

    folder: Path
    own_alias: tuple[tuple[str, str, str, str], ...] = ()

    @cached_property
    def indikator(self) -> pd.DataFrame:
        """Return the indicators, one row each in report order (METHOD 5); ``arah`` is 1 or -1."""
        return self._read("indikator").astype({"arah": int})

    @cached_property
    def klasifikasi(self) -> pd.DataFrame:
        """Return the official rule as bands of whole numbers (METHOD 6); an open end of ``dari``, ``sampai`` is NaN.

        KkbError where it holds the bands of several versions.
        """
        table = self._read("klasifikasi")
        if len(versi := table["versi"].unique()) > 1:
            self._refuse("klasifikasi", f"kolom versi memuat {', '.join(versi)}; sisakan pita satu versi aturan")
        return table.astype({"dari": float, "sampai": float, "skor": float})

    @cached_property
    def langkah(self) -> pd.DataFrame:
        """Return the steps of the road and what comes before one, in words, and what each costs (METHOD 7).

        KkbError where a step other than a point of an institutional item does not cost 1: people are counted.
        """
        table = self._read("langkah").astype({"setara_orang": float})
        dihitung = table[~table["tindakan"].str.startswith("naikkan_")]
        if len(lain := dihitung.loc[dihitung["setara_orang"].ne(1), "tindakan"]):
            self._refuse("langkah", f"setara_orang {', '.join(lain)}: bukan 1; hanya langkah naikkan_… boleh diubah")
        return table

    @cached_property
    def predikat(self) -> pd.DataFrame:
        """Return the bands of a capaian by source (METHOD 11), lowest first; an end that it does not name is NaN."""
        return self._read("predikat").astype({"dari": float, "sampai": float})

    @cached_property
    def derau(self) -> pd.DataFrame:
        """Return what changes when a record is entered again, a row an indicator (METHOD 8): ``sigma``, ``keandalan``.

        KkbError for an indicator twice and for a ``sigma`` below 0 or a ``keandalan`` outside 0 … 1.
        """
        table = self._read("derau").astype({"sigma": float, "keandalan": float, "pasangan": int})
        if len(twice := table.loc[table["indikator"].duplicated(), "indikator"]):
            self._refuse("derau", f"indikator {', '.join(twice)} ada dua kali; sisakan satu baris")
        for row in table[~(table["sigma"].ge(0) & table["keandalan"].between(0, 1))].itertuples():
            told = f"{row.indikator}: sigma {row.sigma:g}, keandalan {row.keandalan:g}".replace(".", ",")
            self._refuse("derau", f"{told}; sigma sedikitnya 0 dan keandalan 0 sampai 1")
        return table

    @cached_property
    def tipologi_acuan(self) -> pd.DataFrame:
        """Return the frozen national types: scales, weights, centroids, names, origin (METHOD 9)."""
        return _with_numbers(self._read("tipologi_acuan"))

    @cached_property
    def alias_wilayah(self) -> pd.DataFrame:
        """Other names of regions than the reference's: ``tingkat, dalam, alias, nama, sumber``.

        ``tingkat`` "kata" is a word that may be written short; ``dalam`` "*" any kabupaten.
        """
        own = pd.DataFrame(list(self.own_alias), columns=["tingkat", "dalam", "alias", "nama"], dtype="str")
        # of two rows for one name the later counts
        return pd.concat([self._read("alias_wilayah"), own.assign(sumber="rujukan/alias.csv")], ignore_index=True)

    def _refuse(self, name: str, pesan: str) -> NoReturn:
        raise KkbError(f"{self.folder / name}.csv: {pesan}")

    def _read(self, name: str) -> pd.DataFrame:
        path = self.folder / f"{name}.csv"
        if not path.exists():
            self._refuse(name, f"katalog {name} tidak ada; pulihkan berkas itu dari repositori kkb_eval")
        return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def _with_numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every column that holds numbers only as numbers."""
    for column in table:
        numbers = pd.to_numeric(table[column], errors="coerce")
        if numbers.notna().equals(table[column].notna()) and numbers.notna().any():
            table[column] = numbers
    return table


@lru_cache(maxsize=8)
def read_catalogue(folder: Path = DATA) -> Catalogue:
    """Return the catalogues of the repository, or of another folder."""
    return Catalogue(folder)
