"""The tile map: one tile a kecamatan where it lies, with its value, label and the classes of its Kampung KB."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.report.charts import figure
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import LABELS, NOT_CERTAIN, percent


def tile_map(
    kampung: pd.DataFrame,
    wilayah: pd.DataFrame,
    peta: pd.DataFrame,
    **teks: str,
) -> Fragment:
    """``wilayah``: the kecamatan rows of one indicator with ``label``; ``peta``: kecamatan, baris, kolom."""
    slug = kampung.drop_duplicates("kecamatan").set_index("kecamatan")["slug_kecamatan"]
    kelas = {
        nama: [k for k in schema.CLASSES for _ in range(int((isi["klasifikasi"] == k).sum()))]
        + [NOT_CERTAIN] * int(isi["klasifikasi"].isna().sum())
        for nama, isi in kampung.groupby("kecamatan")
    }
    letak = peta[peta["kecamatan"].isin(kelas)]
    rows = letak.merge(wilayah[["kecamatan", "label", "nilai"]], on="kecamatan", how="left")
    return figure(
        "map.html.j2",
        **teks,
        alt=teks["judul"],
        kotak=[_tile(row, slug[row.kecamatan], kelas[row.kecamatan]) for row in each(rows)],
        kolom=int(peta["kolom"].max()),
    )


def _tile(row: Any, slug: str, kelas: list[str]) -> dict[str, Any]:
    label = row.label if isinstance(row.label, str) else None
    return {
        "nama": row.kecamatan,
        "tautan": f"kecamatan/{slug}.html",
        "baris": row.baris,
        "kolom": row.kolom,
        "label": label or "kosong",
        "tanda": LABELS[label][0] if label else "",
        "angka": percent(row.nilai),
        "kelas": [k.lower().replace(" ", "-") for k in kelas],
        "alt": ", ".join(f"{kelas.count(k)} {k}" for k in dict.fromkeys(kelas)),
    }
