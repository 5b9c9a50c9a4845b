"""Areas as dots with their intervals, small multiples of the indicators side by side."""

from typing import Any

import pandas as pd

from kkb_eval.report.charts import figure, palette
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.rows import each
from kkb_eval.report.wording import LABEL, interval, percent

_KIRI, _LEBAR_KOLOM, _SELA, _BARIS = 120, 92, 12, 22


def interval_dots(
    wilayah: pd.DataFrame,
    acuan: pd.DataFrame,
    katalog: pd.DataFrame,
    *,
    judul: str,
    keterangan: str = "",
    sumber: str = "",
) -> Fragment:
    """``wilayah``: ``kecamatan, indikator, nilai, bawah95, atas95, label``; ``acuan``: the kabupaten by indicator.

    Kecamatan in alphabetical order: an order by value would be a ranking.
    """
    pusat: dict[Any, float] = acuan["nilai"].dropna().to_dict()
    urutan = sorted(wilayah["kecamatan"].unique())
    kolom: list[dict[str, Any]] = []
    alt = []
    for k in each(katalog):
        rows = wilayah[wilayah["indikator"].eq(k.kode) & wilayah["nilai"].notna()].set_index("kecamatan")
        if not len(rows) or k.kode not in pusat:
            continue
        most = max(float(rows["atas95"].max()), pusat[k.kode]) or 1.0
        mulai = _KIRI + len(kolom) * (_LEBAR_KOLOM + _SELA)

        def x(v: float, mulai: float = mulai, most: float = most) -> float:
            return round(mulai + v / most * _LEBAR_KOLOM, 1)

        titik = [
            {
                "y": 44 + _BARIS * urutan.index(str(nama)),
                "x": x(r["nilai"]),
                "a": x(r["bawah95"]),
                "b": x(r["atas95"]),
                "warna": palette.LABEL[r["label"]],
                "teks": f"{nama}, {k.singkat}: {percent(r['nilai'])} ({interval(r['bawah95'], r['atas95'])}), "
                f"{LABEL[r['label']][1]}",
            }
            for nama, r in rows.iterrows()
        ]
        kolom.append({"nama": k.singkat, "x": mulai, "xm": x(pusat[k.kode]), "titik": titik,
                      "acuan": percent(pusat[k.kode], 0), "akhir": percent(most, 0)})  # fmt: skip
        kurang = int(rows["label"].isin(["kurang_baik", "kurang_baik_menonjol"]).sum())
        alt.append(f"{k.singkat}: kabupaten {percent(acuan.at[k.kode, 'nilai'])}, {kurang} kecamatan kurang baik")
    return figure(
        "selang_titik.svg.j2",
        judul=judul,
        keterangan=keterangan,
        sumber=sumber,
        judul_svg=judul,
        alt="; ".join(alt),
        lebar=_KIRI + len(kolom) * (_LEBAR_KOLOM + _SELA),
        tinggi=44 + _BARIS * len(urutan),
        kiri=_LEBAR_KOLOM,
        kolom=kolom,
        baris=[{"y": 44 + _BARIS * i, "nama": nama} for i, nama in enumerate(urutan)],
    )
