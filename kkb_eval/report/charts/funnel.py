"""The funnel: a rate against its number of people, with the limits chance alone and real variety would give."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from kkb_eval.method.comparison import Funnel
from kkb_eval.report.charts import figure, palette
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.rows import each
from kkb_eval.report.wording import count, percent

_LEBAR, _TINGGI, _KIRI, _KANAN, _ATAS, _BAWAH = 900, 330, 60, 820, 14, 270


def funnel_chart(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    funnel: Funnel,
    *,
    judul: str,
    nama_x: str,
    keterangan: str = "",
    sumber: str = "",
) -> Fragment:
    """``indikator`` holds one indicator's ``terisi`` rows with their labels, ``funnel`` its fitted limits."""
    data = indikator.merge(kampung[["kampung_id", "kampung"]], on="kampung_id")
    n_max = float(data["penyebut"].max()) * 1.03
    sizes = np.unique(np.geomspace(max(data["penyebut"].min() * 0.8, 5), n_max, 40))
    batas = funnel.limits(sizes)
    y_max = min(1.0, max(0.1, float(np.ceil(data["nilai"].max() * 11) / 10)))

    def x(n: float) -> float:
        return round(_KIRI + n / n_max * (_KANAN - _KIRI), 1)

    def y(p: float) -> float:
        return round(_BAWAH - min(p, y_max) / y_max * (_BAWAH - _ATAS), 1)

    garis = []
    for column, polos in (("bawah95", True), ("atas95", True), ("bawah95_od", False), ("atas95_od", False)):
        if column in batas and batas[column].notna().all():
            d = "M" + " L".join(f"{x(n)} {y(p)}" for n, p in zip(sizes, batas[column], strict=True))
            garis.append({"d": d, "polos": polos})
    # one group a colour: a fill at every dot would be a quarter of the figure
    titik = {
        palette.LABEL[str(label)]: [
            {"x": x(r.penyebut), "y": y(r.nilai), "teks": f"{r.kampung}: {percent(r.nilai)} dari {count(r.penyebut)}"}
            for r in each(rows)
        ]
        for label, rows in data.groupby("label")
    }
    menonjol = data[data["label"].isin(palette.DALAM)].copy()
    langkah_x = _step(n_max)
    return figure(
        "corong.svg.j2",
        judul=judul,
        keterangan=keterangan,
        sumber=sumber,
        judul_svg=judul,
        alt=f"{len(data)} Kampung KB; nilai kabupaten {percent(funnel.center)}; {len(menonjol)} di luar sebaran wajar"
        + (
            ": " + ", ".join(f"{r.kampung} {percent(r.nilai)}" for r in each(menonjol.head(8))) if len(menonjol) else ""
        ),
        lebar=_LEBAR,
        tinggi=_TINGGI,
        kiri=_KIRI,
        kanan=_KANAN,
        grid_y=[{"y": y(p), "teks": percent(p, 0)} for p in np.linspace(0, y_max, 5)],
        grid_x=[{"x": x(n), "teks": count(n)} for n in np.arange(0, n_max, langkah_x)],
        nama_x=nama_x,
        batas=garis,
        y_acuan=y(funnel.center),
        acuan=percent(funnel.center),
        titik=titik,
        nama=_names(menonjol, x, y),
    )


def _step(n_max: float) -> float:
    """A round step that gives at most eight ticks."""
    return float(next(s for s in (10, 20, 50, 100, 250, 500, 1000, 2500, 5000, 10**4, 10**5, 10**7) if n_max / s <= 8))


def _names(
    menonjol: pd.DataFrame, x: Callable[[float], float], y: Callable[[float], float]
) -> list[dict[str, float | str]]:
    """Names beside the outlying dots, as many as fit without touching each other."""
    placed: list[tuple[float, float]] = []
    out: list[dict[str, float | str]] = []
    for row in each(menonjol.sort_values("penyebut", ascending=False)):
        px, py = x(row.penyebut), y(row.nilai)
        if any(abs(px - qx) < 130 and abs(py - qy) < 15 for qx, qy in placed):
            continue
        placed.append((px, py))
        kanan = px > _KANAN - 140
        nama = row.kampung if len(row.kampung) <= 20 else row.kampung[:19] + "…"
        out.append(
            {"x": px - 9 if kanan else px + 9, "y": py + 4, "jangkar": "end" if kanan else "start", "teks": nama}
        )
    return out
