"""The spine chart of a kecamatan: its Kampung KB against the spread of the whole kabupaten, better to the right."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from kkb_eval.report.charts import figure, palette
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.rows import each
from kkb_eval.report.wording import interval, percent

_KIRI, _KANAN, _LEBAR = 150, 720, 800


def spine(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    katalog: pd.DataFrame,
    *,
    judul: str,
    keterangan: str = "",
    sumber: str = "",
) -> Fragment:
    """``kampung`` and ``indikator`` are the kecamatan's, ``wilayah`` the kabupaten's rows with its quartiles.

    Each line is scaled so that the kabupaten's value sits in the middle and its farthest Kampung KB at an end.
    """
    nomor = {kampung_id: i + 1 for i, kampung_id in enumerate(kampung["kampung_id"])}
    nama = dict(zip(kampung["kampung_id"], kampung["kampung"], strict=True))
    acuan = wilayah.dropna(subset=["nilai"]).set_index("indikator")
    baris = []
    alt = []
    for i, k in enumerate(k for k in each(katalog) if k.kode in acuan.index):
        daerah = acuan.loc[k.kode]
        rentang = max(daerah["tertinggi"] - daerah["nilai"], daerah["nilai"] - daerah["terendah"]) or 1.0

        def x(v: float, arah: int = k.arah, tengah: float = daerah["nilai"], rentang: float = rentang) -> float:
            posisi = max(-1.0, min(1.0, arah * (v - tengah) / rentang))
            return round((_KIRI + _KANAN) / 2 + posisi * (_KANAN - _KIRI) / 2, 1)

        punya = indikator[indikator["indikator"].eq(k.kode) & indikator["status"].eq("terisi")]
        ujung = sorted((x(daerah["terendah"]), x(daerah["tertinggi"])))
        tengah = sorted((x(daerah["q25"]), x(daerah["q75"])))
        baris.append(
            {
                "y": 24 + 40 * i,
                "nama": k.singkat,
                "x0": ujung[0],
                "x1": ujung[1],
                "q0": tengah[0],
                "q1": tengah[1],
                "xm": x(daerah["nilai"]),
                "acuan": percent(daerah["nilai"]),
                "titik": [_dot(row, x, nomor[row.kampung_id], nama[row.kampung_id]) for row in each(punya)],
            }
        )
        baik = int(punya["label"].isin(["lebih_baik", "lebih_baik_menonjol"]).sum())
        kurang = int(punya["label"].isin(["kurang_baik", "kurang_baik_menonjol"]).sum())
        alt.append(f"{k.singkat}: kabupaten {percent(daerah['nilai'])}, {baik} lebih baik, {kurang} kurang baik")
    return figure(
        "tulang.svg.j2",
        judul=judul,
        keterangan=keterangan,
        sumber=sumber,
        judul_svg="Kampung KB menurut indikator dibandingkan dengan kabupaten",
        alt="; ".join(alt),
        lebar=_LEBAR,
        tinggi=40 * len(baris) + 10,
        baris=baris,
        kampung=list(nama.values()),
    )


def _dot(row: Any, x: Callable[[float], float], nomor: int, nama: str) -> dict[str, Any]:
    label = row.label if isinstance(row.label, str) else "serupa"
    sampel = pd.notna(row.bawah95)
    warna = palette.LABEL[label]
    return {
        "x": x(row.nilai),
        "a": x(row.bawah95 if sampel else row.nilai),
        "b": x(row.atas95 if sampel else row.nilai),
        "nomor": nomor,
        "warna": warna,
        "garis": warna,
        "tinta": palette.ink_on(label),
        "teks": f"{nama}: {percent(row.nilai)}" + (f" ({interval(row.bawah95, row.atas95)})" if sampel else ""),
    }
