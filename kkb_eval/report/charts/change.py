"""Alluvial flows between two years: how many Kampung KB went from which class or type to which."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kkb_eval.report.charts import figure
from kkb_eval.report.html import Fragment

_WIDTH, _TOP, _HEIGHT, _GAP, _LEFT, _RIGHT = 760, 28, 300, 8, 190, 556


def flow_chart(
    aliran: pd.DataFrame,
    urutan: Sequence[str],
    warna: Mapping[str, str],
    *,
    tahun: tuple[int, int],
    **teks: str,
) -> Fragment:
    """``aliran``: ``dari, ke, jumlah``, one row a flow; ``urutan`` orders both sides, the best on top.

    A flow that stays is pale, one that moves is strong.
    """
    skala = (_HEIGHT - _GAP * (len(urutan) - 1)) / max(int(aliran["jumlah"].sum()), 1)
    kiri, kanan = (_side(aliran.groupby(sisi)["jumlah"].sum(), urutan, skala) for sisi in ("dari", "ke"))
    simpul = [
        {"x": x, "y": round(y, 1), "h": round(h, 1), "warna": warna[nama], "teks": f"{nama} {n}",
         "xt": xt, "yt": round(y + h / 2 + 4, 1), "jangkar": jangkar}
        for sisi, x, xt, jangkar in ((kiri, _LEFT, _LEFT - 8, "end"), (kanan, _RIGHT, _RIGHT + 22, "start"))
        for nama, (y, h, n) in sisi.items()
    ]  # fmt: skip
    pita = _ribbons(aliran, urutan, warna, {"dari": kiri, "ke": kanan}, skala)
    return figure(
        "change.svg.j2",
        **teks,
        alt="; ".join(str(p["teks"]) for p in pita),
        lebar=_WIDTH,
        tinggi=_TOP + _HEIGHT + 10,
        pita=pita,
        simpul=simpul,
        kepala=[
            {"x": _LEFT + 14, "teks": tahun[0], "jangkar": "end"},
            {"x": _RIGHT, "teks": tahun[1], "jangkar": "start"},
        ],
    )


def _side(jumlah: "pd.Series[int]", urutan: Sequence[str], skala: float) -> dict[str, tuple[float, float, int]]:
    """Where each node of a side begins, how high it is and its number; those of nobody are left out."""
    out, y = {}, float(_TOP)
    for nama in urutan:
        if n := int(jumlah.get(nama, 0)):
            out[nama] = y, n * skala, n
            y += n * skala + _GAP
    return out


def _ribbons(
    aliran: pd.DataFrame,
    urutan: Sequence[str],
    warna: Mapping[str, str],
    simpul: Mapping[str, Mapping[str, tuple[float, float, int]]],
    skala: float,
) -> list[dict[str, Any]]:
    """The flows in the order of both sides, each where the one before it ended."""
    mulai = {(sisi, nama): y for sisi, isi in simpul.items() for nama, (y, _, _) in isi.items()}
    jumlah = aliran.groupby(["dari", "ke"])["jumlah"].sum()
    pita = []
    for dari, ke in itertools.product(urutan, urutan):
        if n := int(jumlah.get((dari, ke), 0)):
            d = _ribbon(mulai["dari", dari], mulai["ke", ke], n * skala)
            pita.append({"d": d, "warna": warna[dari], "pekat": 0.35 if dari == ke else 0.85,
                         "teks": f"{dari} → {ke}: {n} Kampung KB"})  # fmt: skip
            mulai["dari", dari] += n * skala
            mulai["ke", ke] += n * skala
    return pita


def _ribbon(a: float, b: float, h: float) -> str:
    x0, x1 = _LEFT + 14, _RIGHT
    xm = (x0 + x1) / 2
    return (
        f"M{x0} {a:.1f} C{xm} {a:.1f} {xm} {b:.1f} {x1} {b:.1f} L{x1} {b + h:.1f} "
        f"C{xm} {b + h:.1f} {xm} {a + h:.1f} {x0} {a + h:.1f} Z"
    )
