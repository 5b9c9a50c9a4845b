"""The hallway: a year's evaluation, computed once, stored, opened again and narrowed to what a page shows."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import current, manifest, stages, store
from kkb_eval.errors import DatasetError, UnknownName
from kkb_eval.evaluator import Evaluator
from kkb_eval.intake import regions
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.manifest import Manifest


@dataclass(frozen=True)
class Evaluation:
    """A year's findings, for the whole dataset or narrowed to a kabupaten or a kecamatan.

    Every table has plain columns and a ``kabupaten``; ``data/README.md`` documents them. In a kecamatan's evaluation
    the tables by Kampung KB hold its own; those of areas and types keep the kabupaten's, which it is compared with.
    """

    tahun: int
    manifest: Manifest
    kampung: pd.DataFrame
    indikator: pd.DataFrame
    wilayah: pd.DataFrame
    skor: pd.DataFrame
    langkah: pd.DataFrame
    keadaan: pd.DataFrame
    catatan_mutu: pd.DataFrame
    tipologi: pd.DataFrame
    tipe: pd.DataFrame
    aturan: pd.DataFrame
    panel: pd.DataFrame
    beda: pd.DataFrame
    corong: pd.DataFrame
    perubahan: pd.DataFrame
    capaian: pd.DataFrame
    prioritas: pd.DataFrame
    program: pd.DataFrame
    peta_kotak: pd.DataFrame
    desa: pd.DataFrame
    tertinggal: pd.DataFrame
    kegiatan: pd.DataFrame
    unggulan: pd.DataFrame
    nominasi: pd.DataFrame
    rencana: pd.DataFrame
    rtl: pd.DataFrame
    siga: pd.DataFrame
    kabupaten: str | None = None
    kecamatan: str | None = None

    @cached_property
    def katalog(self) -> pd.DataFrame:
        """The indicator catalogue."""
        return read_catalogue().indikator

    @cached_property
    def berpola(self) -> frozenset[str]:
        """The ``kampung_id`` with *angka berpola* (K13)."""
        return frozenset(self.catatan_mutu.loc[self.catatan_mutu["kode"].eq("K13"), "kampung_id"])

    @cached_property
    def meragukan(self) -> frozenset[str]:
        """The ``kampung_id`` with numbers to look at: they contradict each other (K06, K09), or are too large (K11)."""
        doubtful = self.catatan_mutu["kode"].isin(["K06", "K09", "K11"]) & self.catatan_mutu["tingkat"].eq("periksa")
        return frozenset(self.catatan_mutu.loc[doubtful, "kampung_id"])

    def area(self, tingkat: str) -> pd.DataFrame:
        """The pooled rows of this selection's own area of a level (``wilayah.tingkat``), indexed by indicator."""
        if tingkat not in self._areas:
            rows = self.wilayah[self.wilayah["tingkat"].eq(tingkat)].set_index("indikator")
            own: dict[str, Any] = {
                "kecamatan": self.kecamatan,
                "kabupaten": self.kabupaten,
                "provinsi": self.kampung["provinsi"].iat[0],
            }
            self._areas[tingkat] = rows[rows[tingkat].eq(own[tingkat])] if tingkat in own else rows
        return self._areas[tingkat].copy(deep=False)

    @cached_property
    def _areas(self) -> dict[str, pd.DataFrame]:
        """What ``area`` has found: a page asks for the same few dozens of times."""
        return {}

    def for_kabupaten(self, kabupaten: str = "") -> "Evaluation":
        """This evaluation with the rows of one kabupaten; without a name that of the only one.

        UnknownName, with a suggestion, where it is not in the data; DatasetError where there are several and no name.
        Rows that belong to no kabupaten (of a refused file, of a province) are kept.
        """
        nama = _one("kabupaten", kabupaten, self.kampung["kabupaten"], f"data {self.tahun}")
        if nama == self.kabupaten:
            return self
        tables: dict[str, Any] = {
            name: table[table["kabupaten"].eq(nama).fillna(False) | table["kabupaten"].isna()]
            for name, table in self._tables().items()
        }
        return replace(self, **tables, kabupaten=nama)

    def for_kecamatan(self, kecamatan: str, kabupaten: str = "") -> "Evaluation":
        """This evaluation with the Kampung KB of one kecamatan; types and labels stay those of the kabupaten."""
        whole = self if self.kabupaten and not kabupaten else self.for_kabupaten(kabupaten)
        nama = pick("kecamatan", kecamatan, whole.kampung["kecamatan"], f"{whole.kabupaten} {self.tahun}")
        kampung = whole.kampung[whole.kampung["kecamatan"].eq(nama)]
        narrow: dict[str, Any] = {
            name: table[table["kampung_id"].isin(kampung["kampung_id"])]
            for name, table in whole._tables().items()
            if "kampung_id" in table
        }
        return replace(whole, **narrow | {"kampung": kampung}, kecamatan=nama)

    def regroup(
        self, *, k: int | None, bobot: Mapping[str, float], fitur: Collection[str] | None = None
    ) -> "Evaluation":
        """This evaluation with an analyst's number of types, weights of dimensions and indicators; nothing is stored.

        ``fitur`` (None: all of the typology) are those of the local types; the reference types stay. KkbError where
        the data do not allow that many types.
        """
        tipe = stages.group(self.kampung, self.indikator, k=k, bobot=bobot, fitur=fitur)
        lama = [c for c in tipe.anggota.columns if c != "kampung_id"]
        kampung = self.kampung.drop(columns=lama).merge(tipe.anggota, on="kampung_id", how="left")
        frames: dict[str, Any] = {
            "tipologi": tipe.tipologi, "tipe": tipe.tipe, "aturan": tipe.aturan, "panel": tipe.panel,
        }  # fmt: skip
        return replace(self, kampung=kampung, **frames)

    def _tables(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name in store.TABLES}


def pick(jenis: str, nama: str, choices: Iterable[str], tempat: str) -> str:
    """The choice whose name is ``nama`` but for case, spaces and punctuation; UnknownName with the nearest others."""
    nama = str(nama)  # papermill gives one that is 5 as a number
    shape = regions.compact_kabupaten if jenis == "kabupaten" else regions.compact
    found = {shape(choice): choice for choice in sorted(set(choices))}
    if shape(nama) not in found:
        raise UnknownName(jenis, nama, tempat, regions.suggest(nama, found.values()))
    return found[shape(nama)]


def _one(jenis: str, nama: str, choices: Iterable[str], tempat: str) -> str:
    """The choice that is named; without a name the only one."""
    names = sorted(set(choices))
    if not nama and len(names) > 1:
        raise DatasetError(f"{tempat} memuat {len(names)} {jenis}; sebutkan satu, misalnya {names[0]}")
    return pick(jenis, nama or names[0], names, tempat)


def open_evaluation(
    data_dir: str | Path, year: int, *, kabupaten: str = "", out: str | Path = "outputs", k: int | None = None
) -> Evaluation:
    """A year's evaluation: the stored one while data, catalogues, parameters and code are the same, else computed.

    With ``kabupaten`` only its rows are read. ``k`` is an analyst's number of types; such an evaluation is stored
    apart. Errors as ``evaluate``.
    """
    year = int(year) if str(year).isdecimal() else year  # papermill's -r gives it as text
    while True:
        stored = _opened(data_dir, year, out, k)
        nama = pick("kabupaten", kabupaten, stored.kabupaten, f"data {year}") if kabupaten else None
        with suppress(store.Replaced):
            return Evaluation(
                year, stored, **store.read(store.folder(out, year, k), nama, stored.kunci), kabupaten=nama
            )


def open_years(data_dir: str | Path, *, kabupaten: str = "", out: str | Path = "outputs") -> tuple[Evaluation, ...]:
    """The evaluations of one kabupaten in every year that has it, oldest first. Errors as ``open_evaluation``."""
    evaluator = Evaluator(data_dir, out)
    years = sorted(current.planned.get()) or evaluator.years
    stored = {year: _planned(year, out) or evaluator.manifest(year) for year in years}
    nama = _one("kabupaten", kabupaten, stored[years[-1]].kabupaten, f"data {years[-1]}")
    own = {year: found for year, found in stored.items() if nama in found.kabupaten}
    tables = {year: store.read(store.folder(out, year), nama, found.kunci) for year, found in own.items()}
    return tuple(Evaluation(year, found, **tables[year], kabupaten=nama) for year, found in own.items())


def evaluate(data_dir: str | Path, year: int, *, out: str | Path = "outputs", k: int | None = None) -> Evaluation:
    """Compute a year, store it under ``out/kerja`` and return it.

    UnknownName for a year without data, DatasetError for a dataset that cannot be read or a *final* year whose files
    have changed. The year before, if the dataset has one, is opened or evaluated first: freshness and change need it.
    """
    evaluator = Evaluator(data_dir, out)
    found = evaluator.evaluate(year, k)
    return Evaluation(year, found, **store.read(store.folder(out, year, k), None, found.kunci))


def _opened(data_dir: str | Path, year: int, out: str | Path, k: int | None) -> Manifest:
    """The manifest of a year whose stored evaluation is current, or that a build planned with."""
    planned = _planned(year, out) if k is None else None
    return planned or Evaluator(data_dir, out).manifest(year, k)


def _planned(year: int, out: str | Path) -> Manifest | None:
    """The manifest of a year that a build planned with (``current.as_planned``); None where it plans without it.

    DatasetError where the year has been evaluated again since.
    """
    if year not in current.planned.get():
        return None
    stored = manifest.read(store.folder(out, year))
    if stored is None or stored.kunci != current.planned.get()[year]:
        raise DatasetError(f"evaluasi {year}: dihitung ulang selagi laporan dibuat; jalankan kkb-eval build lagi")
    return stored
