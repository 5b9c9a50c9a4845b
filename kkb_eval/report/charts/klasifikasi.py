"""The official classes as a bar, the three indices as dots against their threshold."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.method.klasifikasi import PASS
from kkb_eval.report.charts import figure, scale
from kkb_eval.report.html import Fragment
from kkb_eval.text import NOT_CERTAIN

_START, _LETTER = 0.03, 0.011
"""The share of a bar, as narrow as on A4, that a number takes, and each letter of the class beside it."""


def counts(kampung: pd.DataFrame) -> dict[str, int]:
    """How many Kampung KB are in each class, in order of the classes; those without a certain class come last."""
    kelas = kampung["klasifikasi"].fillna(NOT_CERTAIN).value_counts()
    return {nama: int(kelas.get(nama, 0)) for nama in (*schema.CLASSES, NOT_CERTAIN)}


def class_bar(tahun: Mapping[Any, dict[str, int]], **teks: str) -> Fragment:
    """One stacked bar a year, the first (this year's) thick.

    ``tahun`` maps a year (or the name of another group) to the ``counts`` of its classes.
    """
    batangs = [
        {
            "tahun": t,
            "bagian": [
                {"kelas": kelas, "jumlah": n, "lebar": n / max(sum(isi.values()), 1) > _START + _LETTER * len(kelas)}
                for kelas, n in isi.items()
            ],
        }
        for t, isi in tahun.items()
    ]
    alt = "; ".join(f"{t}: " + ", ".join(f"{n} {kelas}" for kelas, n in isi.items() if n) for t, isi in tahun.items())
    dipakai = [k for k in (*schema.CLASSES, NOT_CERTAIN) if any(isi.get(k) for isi in tahun.values())]
    return figure(
        "klasifikasi.html.j2",
        **teks,
        alt=alt,
        batangs=batangs,
        kelas=dipakai,
    )


def index_dots(kampung: pd.DataFrame, **teks: str) -> Fragment:
    """Input, proses and output index of all Kampung KB as dots on 1-4; the area of a dot is its number of them."""
    lebar, kiri, kanan = 900, 110, 780
    x = scale((1, 4), (kiri, kanan))
    baris, alt = [], []
    for nomor, nama in enumerate(schema.ITEMS):
        nilai = kampung[f"index_{nama}"].dropna()
        banyak: dict[Any, int] = nilai.value_counts().to_dict()
        lulus = int((nilai >= PASS).sum())
        titik = [
            {
                "x": x(v),
                "r": round(2.5 + 13 * (n / len(kampung)) ** 0.5, 1),
                "lulus": v >= PASS,
                "teks": f"{nama} {v:.2f}".replace(".", ",") + f": {n} Kampung KB",
            }
            for v, n in sorted(banyak.items())
        ]
        baris.append({"nama": nama.capitalize(), "y": 36 + 52 * nomor, "titik": titik, "lulus": lulus})
        alt.append(f"{nama}: {lulus} dari {len(nilai)} mencapai {PASS:.0f}")
    garis = [{"x": x(v), "teks": f"{v}", "ambang": v == PASS} for v in (1, 2, 3, 4)]
    return figure(
        "klasifikasi_index.svg.j2",
        **teks,
        judul_svg="Indeks input, proses, dan output",
        alt="; ".join(alt),
        lebar=lebar,
        tinggi=200,
        garis=garis,
        baris_indeks=baris,
    )
