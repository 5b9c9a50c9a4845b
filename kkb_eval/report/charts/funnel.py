"""The funnel: a rate against its number of people, with the limits chance alone and real variety would give."""

from typing import Any

import numpy as np
import pandas as pd

from kkb_eval.method.comparison import Funnel
from kkb_eval.report.charts import Scale, figure, palette, scale
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import count, percent

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 900, 330, 60, 820, 14, 270
_LIMITS = {"bawah95": True, "atas95": True, "bawah95_od": False, "atas95_od": False}
"""The limits that are drawn, and whether each is of chance alone (dashed)."""
_LETTER = 7.0
"""How wide a letter of a name is at most, on average."""


def funnel_chart(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    funnel: Funnel,
    *,
    nama_x: str,
    **teks: str,
) -> Fragment:
    """``indikator`` holds one indicator's ``terisi`` rows with their labels, ``funnel`` its fitted limits."""
    data = indikator.merge(kampung[["kampung_id", "kampung"]], on="kampung_id")
    n_max = float(data["penyebut"].max()) * 1.03
    y_max = min(1.0, max(0.1, float(np.ceil(data["nilai"].max() * 11) / 10)))
    x, y = scale((0.0, n_max), (_LEFT, _RIGHT)), scale((0.0, y_max), (_BOTTOM, _TOP))
    return figure(
        "funnel.svg.j2",
        **teks,
        alt=f"{len(data)} Kampung KB; gabungannya {percent(funnel.center)}; {_outside(data)}",
        ukuran=(_WIDTH, _HEIGHT),
        kiri=_LEFT,
        kanan=_RIGHT,
        grid_y=[{"y": y(p), "teks": percent(p, 0)} for p in np.linspace(0, y_max, 5)],
        grid_x=[{"x": x(n), "teks": count(n)} for n in np.arange(0, n_max, _step(n_max))],
        nama_x=nama_x,
        batas=_limits(data["penyebut"], funnel, x, y),
        y_acuan=y(funnel.center),
        acuan=percent(funnel.center),
        titik=_dots(data, x, y),
        nama=_names(data[data["label"].isin(palette.DEEP)], x, y),
    )


def _outside(data: pd.DataFrame) -> str:
    far = data[data["label"].isin(palette.DEEP)]
    siapa = ", ".join(f"{r.kampung} {percent(r.nilai)}" for r in each(far.head(8)))
    return f"{len(far)} berbeda jauh dari Kampung KB lain" + (f": {siapa}" if siapa else "")


def _limits(penyebut: "pd.Series[float]", funnel: Funnel, x: Scale, y: Scale) -> list[dict[str, Any]]:
    """The limits that are known, as lines over the sizes that occur."""
    sizes = np.unique(np.geomspace(max(penyebut.min() * 0.8, 5), penyebut.max() * 1.03, 40))
    batas = funnel.limits(sizes)
    return [
        {"d": "M" + " L".join(f"{x(n)} {y(p)}" for n, p in zip(sizes, batas[nama], strict=True)), "polos": polos}
        for nama, polos in _LIMITS.items()
        if nama in batas and batas[nama].notna().all()
    ]


def _dots(data: pd.DataFrame, x: Scale, y: Scale) -> dict[str, list[dict[str, Any]]]:
    """The dots by colour: a fill at every dot would be a quarter of the figure."""
    return {
        palette.LABELS[str(label)]: [
            {"x": x(r.penyebut), "y": y(r.nilai), "teks": f"{r.kampung}: {percent(r.nilai)} dari {count(r.penyebut)}"}
            for r in each(rows)
        ]
        for label, rows in data.groupby("label")
    }


def _step(n_max: float) -> float:
    """A round step that gives at most eight ticks."""
    return float(next(s for s in (10, 20, 50, 100, 250, 500, 1000, 2500, 5000, 10**4, 10**5, 10**7) if n_max / s <= 8))


def _names(far: pd.DataFrame, x: Scale, y: Scale) -> list[dict[str, float | str]]:
    """Names beside the outlying dots, as many as fit without touching each other."""
    placed: list[tuple[float, float, float]] = []
    out: list[dict[str, float | str]] = []
    for row in each(far.sort_values("penyebut", ascending=False)):
        px, py = x(row.penyebut), y(row.nilai)
        nama = row.kampung if len(row.kampung) <= 20 else row.kampung[:19] + "…"
        kanan = px > _RIGHT - 140
        kiri = px - 9 - _LETTER * len(nama) if kanan else px - 5
        akhir = kiri + 14 + _LETTER * len(nama)
        if any(kiri < to and start < akhir and abs(py - qy) < 15 for start, to, qy in placed):
            continue
        placed.append((kiri, akhir, py))
        out.append(
            {"x": px - 9 if kanan else px + 9, "y": py + 4, "jangkar": "end" if kanan else "start", "teks": nama}
        )
    return out
