"""The hallway: the order of the stages, and the stored result that every page reads.

exports → clean year → catatan mutu → indicators → klasifikasi → road · noise · comparison · types → change → priority
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock
from numpy.typing import NDArray

from kkb_eval import __version__, store
from kkb_eval.errors import DatasetError, UnknownName
from kkb_eval.intake import quality, wilayah
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import Dataset, YearData, open_dataset
from kkb_eval.intake.rujukan import Rujukan, read_rujukan
from kkb_eval.method import change, comparison, indicators, klasifikasi, membership, priority, road, uncertainty
from kkb_eval.method.features import Features
from kkb_eval.method.reference import Reference
from kkb_eval.method.stability import SEED

ULANGAN = 500
"""Draws of each Kampung KB (METHOD 8)."""
KUNJUNGAN = 10
"""Places on the visit list of a kabupaten."""


@dataclass(frozen=True)
class Evaluation:
    """A year's findings, for the whole dataset or narrowed to a kabupaten or a kecamatan.

    Every table has plain columns and a ``kabupaten``; ``data/README.md`` documents them. ``wilayah`` keeps the rows of
    the kabupaten also in a kecamatan's evaluation: it is what the kecamatan is compared with.
    """

    tahun: int
    manifest: dict[str, Any]
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
    corong: pd.DataFrame
    perubahan: pd.DataFrame
    prioritas: pd.DataFrame
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

    def pooled(self, indikator: str, tingkat: str | None = None) -> pd.Series | None:
        """The pooled row of an indicator in this selection's area, or in the one of ``tingkat``; None without it."""
        tingkat = tingkat or ("kecamatan" if self.kecamatan else "kabupaten")
        rows = self.wilayah[self.wilayah["tingkat"].eq(tingkat) & self.wilayah["indikator"].eq(indikator)]
        if tingkat == "kecamatan":
            rows = rows[rows["kecamatan"].eq(self.kecamatan)]
        return rows.iloc[0] if len(rows) == 1 and pd.notna(rows["nilai"].iat[0]) else None

    def for_kabupaten(self, kabupaten: str) -> "Evaluation":
        """This evaluation with the rows of one kabupaten. UnknownName, with a suggestion, where it is not in it."""
        nama = _pick("kabupaten", kabupaten, self.kampung["kabupaten"], f"data {self.tahun}")
        tables = {name: table[table["kabupaten"].eq(nama)] for name, table in self._tables().items()}
        return replace(self, **tables, kabupaten=nama)

    def for_kecamatan(self, kecamatan: str, kabupaten: str | None = None) -> "Evaluation":
        """This evaluation with the Kampung KB of one kecamatan; types and labels stay those of the kabupaten."""
        whole = self if self.kabupaten and not kabupaten else self.for_kabupaten(kabupaten or self._only_kabupaten())
        nama = _pick("kecamatan", kecamatan, whole.kampung["kecamatan"], f"{whole.kabupaten} {self.tahun}")
        kampung = whole.kampung[whole.kampung["kecamatan"].eq(nama)]
        ids = kampung["kampung_id"]
        narrow = {
            name: table[table["kampung_id"].isin(ids)]
            for name, table in whole._tables().items()
            if "kampung_id" in table and name not in {"kampung", "perubahan"}
        }
        return replace(whole, **narrow, kampung=kampung, kecamatan=nama)

    def _only_kabupaten(self) -> str:
        names = self.kampung["kabupaten"].unique()
        if len(names) != 1:
            raise DatasetError(f"data {self.tahun} memuat {len(names)} kabupaten; sebutkan satu dengan --kabupaten")
        return str(names[0])

    def _tables(self) -> dict[str, pd.DataFrame]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name in store.TABEL}


def _pick(jenis: str, nama: str, choices: Iterable[str], tempat: str) -> str:
    """The choice whose name is ``nama`` but for case, spaces and punctuation."""
    shape = wilayah.compact_kabupaten if jenis == "kabupaten" else wilayah.compact
    found = {shape(choice): choice for choice in sorted(set(choices))}
    if shape(nama) not in found:
        raise UnknownName(jenis, nama, tempat, wilayah.suggest(nama, found.values()))
    return found[shape(nama)]


def open_evaluation(
    data_dir: str | Path, year: int, *, kabupaten: str | None = None, out: str | Path = "outputs", k: int | None = None
) -> Evaluation:
    """A year's evaluation: the stored one while data, catalogues, parameters and code are the same, else computed.

    With ``kabupaten`` only its rows are read. ``k`` is an analyst's number of types. Errors as ``evaluate``.
    """
    where, wanted = store.folder(out, year), store.key(store.place(data_dir), _parameters(year, k))
    manifest = store.read_manifest(where)
    if manifest is None or manifest["kunci"] != wanted:
        evaluate(data_dir, year, out=out, k=k)
        manifest = store.read_manifest(where)
    assert manifest is not None
    if kabupaten is not None:
        kabupaten = _pick("kabupaten", kabupaten, manifest["kabupaten"], f"data {year}")
    return Evaluation(year, manifest, **store.read(where, kabupaten), kabupaten=kabupaten)


def evaluate(data_dir: str | Path, year: int, *, out: str | Path = "outputs", k: int | None = None) -> Evaluation:
    """Compute a year, store it under ``out/kerja`` and return it.

    UnknownName for a year without data, DatasetError for a dataset that cannot be read or a *final* year whose files
    have changed. The year before, if the dataset has one, is evaluated first: freshness and change need it.
    """
    data_dir = store.place(data_dir)
    dataset = open_dataset(data_dir)
    data = dataset.year(year)
    where = store.folder(out, year)
    _check_final(data, store.read_manifest(where))
    earlier = [tahun for tahun in dataset.tahun if tahun < year]
    before = open_evaluation(data_dir, earlier[-1], out=out, k=k) if earlier else None
    with FileLock(where.with_suffix(".lock")) if where.parent.mkdir(parents=True, exist_ok=True) is None else None:
        tables = _compute(dataset, data, before, k)
        manifest = _manifest(dataset, data, before, tables, store.key(data_dir, _parameters(year, k)), k)
        store.write(where, tables, manifest)
    return Evaluation(year, manifest, **tables)


def _parameters(year: int, k: int | None) -> dict[str, Any]:
    return {"tahun": year, "k": k, "ulangan": ULANGAN, "benih": SEED, "kunjungan": KUNJUNGAN, "versi": __version__}


def _check_final(data: YearData, stored: dict[str, Any] | None) -> None:
    if not data.final or stored is None or not stored["final"]:
        return
    now = {row.berkas: row.sha256 for row in data.masukan[data.masukan["dipakai"]].itertuples()}
    then = {row["berkas"]: row["sha256"] for row in stored["masukan"] if row["dipakai"]}
    changed = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    if changed:
        raise DatasetError(
            f"tahun {data.tahun} sudah final, tetapi masukannya berubah: {', '.join(changed)}; "
            "kembalikan berkas itu, atau hapus final = true di dataset.toml"
        )


def _compute(dataset: Dataset, data: YearData, before: Evaluation | None, k: int | None) -> dict[str, pd.DataFrame]:
    katalog = read_catalogue()
    rujukan = read_rujukan(dataset.folder / "rujukan", data.kampung, katalog, data.tahun)
    lama = None if before is None else before.kampung
    kampung = data.kampung.merge(change.freshness(data.kampung, lama), on="kampung_id")
    kampung["tertinggal"] = _tertinggal(kampung, rujukan)
    hasil = klasifikasi.score(kampung, katalog.klasifikasi)
    catatan = _findings(dataset, data, kampung, hasil, lama, rujukan)
    indikator = indicators.compute(kampung, catatan, katalog.indikator)
    wilayah_ = indicators.pool(indikator, kampung, katalog.indikator)
    banding = comparison.compare(indikator, wilayah_, kampung, katalog.indikator)
    indikator = indikator.merge(banding.label, on=["kampung_id", "indikator"], how="left")
    jalan = road.plan(kampung, hasil.skor, hasil.kelas, catatan, katalog.klasifikasi, katalog.langkah)
    draws = uncertainty.draw(kampung, indikator, n=ULANGAN)
    peluang = uncertainty.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, katalog.klasifikasi)
    reference = Reference.from_frame(katalog.tipologi_acuan)

    def drawn(units: Features) -> NDArray[np.float64]:
        return draws.features(units)

    tipe = membership.group(indikator, kampung, katalog.indikator, reference, drawn, k=k)
    for frame in (hasil.kelas, peluang, tipe.anggota):
        kampung = kampung.merge(frame, on="kampung_id", how="left", validate="one_to_one")
    lama_indikator = None if before is None else before.indikator
    tables = {
        "kampung": kampung,
        "indikator": indikator,
        "wilayah": banding.wilayah,
        "skor": hasil.skor,
        "langkah": jalan.langkah,
        "keadaan": jalan.keadaan,
        "catatan_mutu": catatan,
        "tipologi": tipe.tipologi,
        "tipe": tipe.tipe,
        "aturan": tipe.aturan,
        "panel": tipe.panel,
        "corong": banding.corong,
        "perubahan": change.compute(kampung, lama, indikator, lama_indikator, katalog.indikator),
        "prioritas": priority.compute(kampung, indikator, wilayah_, draws=draws.rate("unmet"), jumlah=KUNJUNGAN),
    }
    return {name: _with_kabupaten(table, kampung, lama) for name, table in tables.items()}


def _with_kabupaten(table: pd.DataFrame, kampung: pd.DataFrame, lama: pd.DataFrame | None) -> pd.DataFrame:
    """The table with the kabupaten of every row, sorted so that a kabupaten lies together on disk."""
    if "kabupaten" not in table:
        known = pd.concat([kampung] if lama is None else [kampung, lama]).drop_duplicates("kampung_id")
        table = table.assign(kabupaten=table["kampung_id"].map(known.set_index("kampung_id")["kabupaten"]))
    return table.sort_values("kabupaten", kind="stable", ignore_index=True)


def _findings(
    dataset: Dataset,
    data: YearData,
    kampung: pd.DataFrame,
    hasil: klasifikasi.Klasifikasi,
    lama: pd.DataFrame | None,
    rujukan: Rujukan,
) -> pd.DataFrame:
    """All catatan mutu data of the year: reading, one snapshot, the rule, the year before, the companion tables."""
    parts = [
        dataset.catatan_ditolak,
        data.catatan,
        quality.find(kampung),
        klasifikasi.findings(kampung, hasil, data.snapshot_rekap, data.snapshot_klasifikasi),
        change.findings(kampung, lama),
        rujukan.catatan,
    ]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.sort_values(["kode", "berkas", "baris", "kolom", "pesan"], kind="stable", ignore_index=True)


def _tertinggal(kampung: pd.DataFrame, rujukan: Rujukan) -> pd.Series:
    """Whether the desa is tertinggal in the year; null where the table does not name it, or is not given."""
    table = rujukan.tabel.get("desa_tertinggal")
    if table is None:
        return pd.Series(pd.NA, index=kampung.index, dtype="boolean")
    tahun_ini = table.dropna(subset=["kode_desa"]).drop_duplicates("kode_desa")
    status = tahun_ini.set_index("kode_desa")["status"].str.contains("tertinggal")
    return kampung["kode_desa"].map(status).astype("boolean")


def _manifest(
    dataset: Dataset,
    data: YearData,
    before: Evaluation | None,
    tables: dict[str, pd.DataFrame],
    kunci: str,
    k: int | None,
) -> dict[str, Any]:
    kampung = tables["kampung"]
    return {
        "kunci": kunci,
        "judul": data.judul,
        "penyusun": dataset.config.penyusun,
        "sintetis": data.sintetis,
        "tahun": data.tahun,
        "tahun_sebelumnya": None if before is None else before.tahun,
        "final": data.final,
        "aturan": klasifikasi.VERSI,
        "versi": __version__,
        "parameter": _parameters(data.tahun, k),
        "snapshot_rekap": _iso(data.snapshot_rekap),
        "snapshot_klasifikasi": _iso(data.snapshot_klasifikasi),
        "masukan": [row | {"snapshot": _iso(row["snapshot"])} for row in data.masukan.to_dict("records")],
        "ditolak": [{"berkas": e.berkas, "masalah": list(e.masalah)} for e in dataset.ditolak],
        "jumlah": {name: len(table) for name, table in tables.items()},
        "kabupaten": {
            str(nama): {
                "slug": isi["slug_kabupaten"].iat[0],
                "sidik": _fingerprint(tables, str(nama)),
                "kecamatan": dict(sorted(zip(isi["kecamatan"], isi["slug_kecamatan"], strict=True))),
            }
            for nama, isi in kampung.groupby("kabupaten", sort=True)
        },
    }


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


def _fingerprint(tables: dict[str, pd.DataFrame], kabupaten: str) -> str:
    """A hash of all rows of a kabupaten: its pages are made again only when it changes."""
    hashes = [
        pd.util.hash_pandas_object(table[table["kabupaten"].eq(kabupaten)], index=False).to_numpy()
        for table in tables.values()
    ]
    return f"{pd.util.hash_array(np.concatenate(hashes)).sum(dtype=np.uint64):016x}"
