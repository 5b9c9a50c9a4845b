"""The spine chart of a kecamatan: its Kampung KB against the spread of the whole kabupaten, better to the right."""

from typing import Any

import pandas as pd

from kkb_eval.report.charts import Scale, figure, palette, scale
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import BETTER, WORSE, interval, percent

_LEFT, _RIGHT, _WIDTH = 150, 720, 800
_DOT, _ROW = 16, 40
"""A dot's width, and the height of a line whose dots lie side by side; dots that would overlap lie in lanes."""


def spine(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    katalog: pd.DataFrame,
    **teks: str,
) -> Fragment:
    """``kampung`` and ``indikator`` are the kecamatan's, ``wilayah`` the kabupaten's rows with its quartiles.

    Each line is scaled so that the kabupaten's value sits in the middle and its farthest Kampung KB at an end.
    """
    acuan = wilayah.dropna(subset=["nilai"]).set_index("indikator")
    bernomor = kampung[["kampung_id", "kampung"]].assign(nomor=range(1, len(kampung) + 1))
    terisi = indikator[indikator["status"].eq("terisi")].merge(bernomor, on="kampung_id")
    baris = [
        _line(k, acuan.loc[k.kode], terisi[terisi["indikator"].eq(k.kode)])
        for k in each(katalog)
        if k.kode in acuan.index
    ]
    tinggi = 4.0
    for b in baris:
        b["y"], b["setengah"] = tinggi + b["tebal"] / 2, (b["tebal"] - 12) / 2
        tinggi += b["tebal"]
    return figure(
        "spine.svg.j2",
        **teks,
        judul_svg="Kampung KB menurut indikator dibandingkan dengan kabupaten",
        alt="; ".join(
            f"{b['nama']}: kabupaten {b['acuan']}, {b['baik']} lebih baik, {b['kurang']} kurang baik" for b in baris
        ),
        lebar=_WIDTH,
        tinggi=tinggi + 6,
        baris=baris,
        kampung=kampung["kampung"].tolist(),
    )


def _line(k: Any, daerah: pd.Series, punya: pd.DataFrame) -> dict[str, Any]:
    """One indicator ``k`` (a row of the catalogue): the kabupaten's spread and a dot for each row of ``punya``."""
    tengah, arah = float(daerah["nilai"]), int(k.arah)
    rentang = max(float(daerah["tertinggi"]) - tengah, tengah - float(daerah["terendah"])) or 1.0
    x = scale((tengah - rentang, tengah + rentang), (_LEFT, _RIGHT)[::arah])
    x0, x1 = sorted((x(daerah["terendah"]), x(daerah["tertinggi"])))
    q0, q1 = sorted((x(daerah["q25"]), x(daerah["q75"])))
    titik = [_dot(row, x) for row in each(punya)]
    lajur = _apart(titik)
    return {
        "nama": k.singkat,
        "x0": x0,
        "x1": x1,
        "q0": q0,
        "q1": q1,
        "xm": x(tengah),
        "acuan": percent(tengah),
        "titik": titik,
        "tebal": max(_ROW, _DOT * lajur + 12),
        "baik": int(punya["label"].isin(BETTER).sum()),
        "kurang": int(punya["label"].isin(WORSE).sum()),
    }


def _apart(titik: list[dict[str, Any]]) -> int:
    """Give each dot its lane's ``dy`` from the middle of the line, so that none hides another; how many lanes."""
    akhir: list[float] = []
    for t in sorted(titik, key=lambda t: (t["x"], t["nomor"])):
        t["lajur"] = next((i for i, x in enumerate(akhir) if x + _DOT <= t["x"]), len(akhir))
        akhir[t["lajur"] : t["lajur"] + 1] = [t["x"]]
    for t in titik:
        t["dy"] = _DOT * (t["lajur"] - (len(akhir) - 1) / 2)
    return len(akhir)


def _dot(row: Any, x: Scale) -> dict[str, Any]:
    label = row.label if isinstance(row.label, str) else "serupa"
    sampel = pd.notna(row.bawah95_isi)
    warna = palette.LABELS[label]
    rentang = f" ({interval(row.bawah95_isi, row.atas95_isi)})" if sampel else ""
    return {
        "x": x(row.nilai),
        "a": x(row.bawah95_isi if sampel else row.nilai),
        "b": x(row.atas95_isi if sampel else row.nilai),
        "nomor": row.nomor,
        "warna": warna,
        "garis": warna,
        "tinta": palette.ink_on(label),
        "teks": f"{row.kampung}: {percent(row.nilai)}{rentang}",
    }
