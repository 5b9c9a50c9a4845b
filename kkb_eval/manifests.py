"""The manifest of a stored year: its inputs, parameters, versions, counts, and a fingerprint of each kabupaten."""

from typing import Any

import pandas as pd

from kkb_eval import __version__, stages, store
from kkb_eval.errors import DatasetError
from kkb_eval.intake.dataset import Dataset, YearData
from kkb_eval.method import klasifikasi
from kkb_eval.method.kmeans import SEED


def parameters(year: int, k: int | None) -> dict[str, Any]:
    """What an evaluation was asked for, beside its data."""
    return {"tahun": year, "k": k, "ulangan": stages.ULANGAN, "benih": SEED, "kunjungan": stages.KUNJUNGAN}


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
        "aturan": klasifikasi.VERSI,
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
    wilayah, tipologi = tables["wilayah"], tables["tipologi"]
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
        "pembanding": pd.concat([provinsi, semua], ignore_index=True),
        "tipologi": tipologi.round({"kesesuaian_acuan": 2}),
    }


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
