"""The manifest of a stored year: its inputs, parameters, versions, counts, and a fingerprint of each kabupaten."""

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from kkb_eval import __version__, keys, stages, store
from kkb_eval.errors import DatasetError
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import Dataset, YearData
from kkb_eval.method.typology.kmeans import SEED


def parameters(year: int, k: int | None) -> dict[str, Any]:
    """What an evaluation was asked for, beside its data."""
    return {"tahun": year, "k": k, "ulangan": stages.DRAWS, "benih": SEED, "kunjungan": stages.VISITS}


planned: ContextVar[Mapping[int, str]] = ContextVar("planned", default=MappingProxyType({}))
"""The ``kunci`` of every year that a build has evaluated for the report that is being made."""


@contextlib.contextmanager
def as_planned(kunci: Mapping[int, str]) -> Iterator[None]:
    """Open the stored years that a build planned with, by their ``kunci``, without asking whether data have changed.

    So that all pages of a build show the same data, and none costs more where there are more data. DatasetError within
    for a year that has been evaluated again since.
    """
    token = planned.set(kunci)
    try:
        yield
    finally:
        planned.reset(token)


def of_plan(year: int, out: str | Path) -> dict[str, Any]:
    """The manifest of the stored year that the build planned with (``as_planned``)."""
    manifest = store.read_manifest(store.folder(out, year))
    if manifest is None or manifest["kunci"] != planned.get()[year]:
        raise DatasetError(f"evaluasi {year}: dihitung ulang selagi laporan dibuat; jalankan kkb-eval build lagi")
    return manifest


def current(digest: str, year: int, out: str | Path, k: int | None) -> dict[str, Any] | None:
    """The manifest of the stored evaluation when nothing that it depends on has changed, else None."""
    manifest = store.read_manifest(store.folder(out, year, k))
    wanted = keys.key(digest, parameters(year, k))
    return manifest if manifest is not None and manifest["kunci"] == wanted else None


def check_final(data: YearData, stored: dict[str, Any] | None) -> None:
    """Refuse a *final* year whose files are not those that were ``stored`` (DatasetError with all that changed)."""
    if not data.final or stored is None or not stored["final"]:
        return
    used = data.masukan[data.masukan["dipakai"]]
    now: dict[str, str] = dict(zip(used["berkas"], used["sha256"], strict=True))
    then = {row["berkas"]: row["sha256"] for row in stored["masukan"] if row["dipakai"]}
    changed = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
    if changed:
        raise DatasetError(
            f"tahun {data.tahun} sudah final, tetapi masukannya berubah: {', '.join(changed)}; "
            "kembalikan berkas itu, atau hapus final = true di dataset.toml"
        )


def describe(
    dataset: Dataset, data: YearData, sebelumnya: int | None, tables: dict[str, pd.DataFrame], k: int | None, kunci: str
) -> dict[str, Any]:
    """The manifest of a year that was evaluated from ``data``; ``sebelumnya`` is the year it is compared with.

    ``kunci`` is the key of what it was evaluated from.
    """
    kampung, sidik, pilihan = tables["kampung"], store.fingerprints(as_shown(tables)), dataset.config.tipologi
    return {
        "kunci": kunci,
        "judul": data.judul,
        "penyusun": dataset.config.penyusun,
        "sintetis": data.sintetis,
        "tahun": data.tahun,
        "tahun_sebelumnya": sebelumnya,
        "final": data.final,
        "aturan": read_catalogue().klasifikasi["versi"].iat[0],
        "versi": __version__,
        "parameter": parameters(data.tahun, k or pilihan.k) | {"bobot": pilihan.bobot},
        "snapshot_rekap": _iso(data.snapshot_rekap),
        "snapshot_klasifikasi": _iso(data.snapshot_klasifikasi),
        "masukan": [row | {"snapshot": _iso(row["snapshot"])} for row in data.masukan.to_dict("records")],
        "ditolak": [{"berkas": e.berkas, "masalah": list(e.masalah)} for e in dataset.ditolak],
        "jumlah": {name: len(table) for name, table in tables.items()},
        "kabupaten": {
            str(nama): {
                "slug": isi["slug_kabupaten"].iat[0],
                "sidik": sidik[str(nama)],
                "kecamatan": dict(sorted(zip(isi["kecamatan"], isi["slug_kecamatan"], strict=True))),
            }
            for nama, isi in kampung.groupby("kabupaten", sort=True)
        },
    }


def as_shown(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables with what pages of a kabupaten show of the province and the nation: numbers of two decimals.

    So a page is made again where such a number changes as it is printed, not with every Kampung KB of the nation.
    """
    wilayah, perubahan, tipologi = tables["wilayah"], tables["perubahan"], tables["tipologi"]
    luas = wilayah[wilayah["kabupaten"].isna()]
    luas = luas[["tingkat", "provinsi", "indikator", "nilai"]].round({"nilai": 2})
    daerah = tables["kampung"][["provinsi", "kabupaten"]].drop_duplicates()
    # a rate is shown where it is of more than the smaller area
    daerah["se_provinsi"] = daerah.groupby("provinsi")["kabupaten"].transform("size")
    daerah["semua"] = len(daerah)
    provinsi = daerah.merge(luas[luas["tingkat"].eq("provinsi")], on="provinsi")
    semua = daerah.merge(luas[luas["tingkat"].eq("semua")].drop(columns="provinsi"), how="cross")
    return tables | {
        "wilayah": wilayah[wilayah["kabupaten"].notna()],
        "perubahan": perubahan[perubahan["kabupaten"].notna()],  # no page shows that of a larger area
        "pembanding": pd.concat([provinsi, semua], ignore_index=True),
        "tipologi": tipologi.round({"kesesuaian_acuan": 2}),
    }


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
