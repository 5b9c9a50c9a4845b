"""The profile of the types: which dimension is strong, which is weak, as one table."""

from typing import Any

import pandas as pd

from kkb_eval.report.charts import figure, palette
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import count, decimal, percent


def type_profile(profil: pd.DataFrame, katalog: pd.DataFrame, **teks: str) -> Fragment:
    """``profil``: ``tipe, nama, jumlah, indikator, nilai, z``, one row a type and indicator (z: better is positive)."""
    urut = katalog[katalog["kode"].isin(profil["indikator"])]
    dimensi = [{"nama": nama, "lebar": len(isi)} for nama, isi in urut.groupby("dimensi", sort=False)]
    tipe: list[dict[str, Any]] = []
    for nomor, isi in profil.groupby("tipe"):
        rows = isi.set_index("indikator")
        tipe.append(
            {
                "tipe": nomor,
                "nama": str(isi["nama"].iat[0]),
                "jumlah": isi["jumlah"].iat[0],
                "sel": [_cell(rows.loc[row.kode], row.singkat) for row in each(urut)],
            }
        )
    alt = "; ".join(f"tipe {t['tipe']} ({t['nama']}): {t['jumlah']} Kampung KB" for t in tipe)
    return figure(
        "typology.html.j2",
        **teks,
        alt=alt,
        dimensi=dimensi,
        indikator=urut["singkat"].tolist(),
        tipe=tipe,
    )


def _cell(row: pd.Series, nama: str) -> dict[str, str]:
    return {
        "warna": palette.diverging(row["z"]),
        "tinta": palette.INK,
        "angka": count(100 * row["nilai"]),
        "teks": f"{nama} {percent(row['nilai'])}, {decimal(row['z'], 2)} simpangan baku",
    }
