"""Evaluations of a few literal rows: what a sentence or a figure needs, and nothing else."""

from typing import Any

import manifests
import pandas as pd

from kkb_eval import Evaluation, schema, store
from kkb_eval.intake import siga_desa
from kkb_eval.method.desa import DESA
from kkb_eval.method.nomination import NOMINASI, UNGGULAN
from kkb_eval.method.plan import RENCANA
from kkb_eval.method.sector import KEGIATAN
from kkb_eval.method.target import CAPAIAN
from kkb_eval.method.tertinggal import TERTINGGAL

EMPTY: dict[str, tuple[str, ...]] = {
    "indikator": ("kampung_id", "indikator", "nilai", "bawah95", "atas95", "status", "label"),
    "wilayah": ("tingkat", "provinsi", "kabupaten", "kecamatan", "indikator", "pembilang", "penyebut", "nilai",
                "bawah95", "atas95", "terisi", "label"),
    "skor": ("kampung_id", "item", "hitung", "ekspor"),
    "langkah": ("kampung_id", "menuju", "tindakan"),
    "keadaan": ("kampung_id", "menuju", "keadaan", "biaya"),
    "catatan_mutu": schema.CATATAN,
    "tipologi": ("utama", "alasan"),
    "tipe": ("tipologi", "tipe", "nama", "jumlah"),
    "aturan": ("tipologi",),
    "panel": ("k",),
    "corong": ("indikator", "tau2"),
    "perubahan": ("bagian", "arah", "nyata", "dukungan", "diperbarui", "kampung_id"),
    "capaian": CAPAIAN,
    "prioritas": ("kampung_id", "daftar"),
    "program": ("indikator",),
    "peta_kotak": ("kecamatan", "baris", "kolom"),
    "desa": DESA,
    "tertinggal": TERTINGGAL,
    "kegiatan": KEGIATAN,
    "unggulan": UNGGULAN,
    "nominasi": (*NOMINASI, "kabupaten"),
    "rencana": (*RENCANA, "kabupaten"),
    "rtl": ("kampung_id", "status", "tercapai"),
    "siga": siga_desa.SIGA,
}  # fmt: skip


def kampung(*rows: dict[str, Any]) -> pd.DataFrame:
    """Kampung KB, those not said as in Maja, reporting, Dasar and mantap."""
    known: dict[str, Any] = {
        "provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja", "slug_kabupaten": "lebak",
        "slug_kecamatan": "maja", "klasifikasi": "Dasar", "klasifikasi_terendah": "Dasar",
        "klasifikasi_tertinggi": "Dasar", "lapor_kb": True, "diperbarui_kb": True, "mantap": True,
        "dekat_batas": False, "tertinggal": False,
    }  # fmt: skip
    names = [{"kampung_id": f"k{i}", "kampung": f"Kampung {chr(65 + i)}"} | known | row for i, row in enumerate(rows)]
    frame = pd.DataFrame(names)
    return frame.astype(dict.fromkeys(("lapor_kb", "diperbarui_kb", "mantap", "dekat_batas", "tertinggal"), "boolean"))


def area(tingkat: str, kecamatan: str | None = None, **values: Any) -> dict[str, Any]:
    """A pooled row of unmet need: 160 of 1,000, interval 13.9-18.4 percent, all Kampung KB ``terisi``."""
    known = {
        "pembilang": 160.0,
        "penyebut": 1000.0,
        "nilai": 0.16,
        "bawah95": 0.139,
        "atas95": 0.184,
        "terisi": 4,
        "cukup": True,
        "bawah_diam": 0.15,
        "atas_diam": 0.17,
        "tanpa_k11": 0,
        "dengan_k11": None,
        "penentu": None,
        "tanpa_penentu": None,
        "label": None,
    }
    known["lapor"] = values.get("terisi", known["terisi"])
    return {"tingkat": tingkat, "provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan,
            "indikator": "unmet"} | known | values  # fmt: skip


def evaluation(
    rows: pd.DataFrame, *, kecamatan: str | None = None, manifest: dict[str, Any] | None = None, **tables: Any
) -> Evaluation:
    """An evaluation of 2023 with these Kampung KB; every table not given is empty."""
    frames = {
        name: pd.DataFrame(tables.get(name, ()), columns=None if name in tables else list(EMPTY.get(name, ())))
        for name in store.TABLES
        if name != "kampung"
    }
    if "wilayah" not in tables:
        frames["wilayah"] = pd.DataFrame([area("kabupaten", terisi=0, nilai=None, bawah95=None, atas95=None)])
    return Evaluation(
        2023, manifests.manifest(**manifest or {}), rows, **frames, kabupaten="Lebak", kecamatan=kecamatan
    )
