"""Targets as dots: the capaian of each with its interval against the line where a target is met."""

from collections.abc import Mapping, Sequence
from typing import Any

from kkb_eval.report.charts import Scale, figure, palette, scale
from kkb_eval.report.html import Fragment
from kkb_eval.report.targets import NOT_CERTAIN
from kkb_eval.text import count, percent

_LEFT, _RIGHT, _WIDTH, _TOP, _ROW = 178, 500, 760, 34, 26
_LOWEST, _HIGHEST = 0.0, 200.0
"""A capaian beyond these percentages is drawn at the edge, with an arrow."""
_STEPS = (5, 10, 25, 50)
STATES = {True: "tercapai", False: "belum tercapai", None: NOT_CERTAIN}
COLOURS = {True: palette.ACCENT, False: "#b35806", None: "#ffffff"}


def achievement_dots(target: Sequence[Mapping[str, Any]], **teks: str) -> Fragment:
    """One row a target, in the given order.

    ``target``: ``nama``; ``capaian, bawah, atas`` in percent; ``tercapai``, None where it is not certain; and the texts
    ``realisasi, selang`` (empty: no interval) and ``target``.
    """
    ends = [_drawn(t[side]) for t in target for side in ("bawah", "atas")]
    least, most = min(90.0, *ends), max(110.0, *ends)
    x = scale((least, most), (_LEFT + 8, _RIGHT - 8))
    langkah = next((s for s in _STEPS if (most - least) / s <= 6), _STEPS[-1])
    baris = [{"y": _TOP + 18 + _ROW * i} | _row(t, x) for i, t in enumerate(target)]
    return figure(
        "target.svg.j2",
        **teks,
        alt="; ".join(b["teks"] for b in baris),
        lebar=_WIDTH,
        tinggi=_TOP + 18 + _ROW * len(baris),
        kiri=_LEFT,
        kanan=_RIGHT,
        sasaran=x(100.0),
        skala=[
            {"x": x(v), "teks": f"{count(v)}\N{NO-BREAK SPACE}%"}
            for v in range(0, int(most) + 1, langkah)
            if v >= least and v != 100
        ],
        baris=baris,
        ada={STATES[k]: COLOURS[k] for k in STATES if any(t["tercapai"] is k for t in target)},
    )


def _row(t: Mapping[str, Any], x: Scale) -> dict[str, Any]:
    selang = f" ({t['selang']})" if t["selang"] else ""
    return {
        "nama": t["nama"],
        "x": x(t["capaian"]),
        "a": x(t["bawah"]),
        "b": x(t["atas"]),
        "panah": "◂" if t["capaian"] < _LOWEST else "▸" if t["capaian"] > _HIGHEST else "",
        "warna": COLOURS[t["tercapai"]],
        "tepi": COLOURS[t["tercapai"]] if t["tercapai"] is not None else palette.MUTED,
        "angka": f"{t['realisasi']} dari target {t['target']}",
        "teks": f"{t['nama']}: realisasi {t['realisasi']}{selang}, target {t['target']}, "
        f"capaian {percent(t['capaian'] / 100)}, {STATES[t['tercapai']]}",
    }


def _drawn(capaian: float) -> float:
    """Where a capaian is drawn, in percent."""
    return min(max(float(capaian), _LOWEST), _HIGHEST)
