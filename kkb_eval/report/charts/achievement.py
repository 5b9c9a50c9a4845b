"""Targets as dots: the capaian of each with its interval against the line where a target is met."""

from collections.abc import Mapping, Sequence
from typing import Any

from kkb_eval.report.charts import Scale, figure, palette, scale
from kkb_eval.report.goals import BELUM_PASTI
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.wording import count, percent

_KIRI, _KANAN, _LEBAR, _ATAS, _BARIS = 178, 500, 760, 34, 26
_TERENDAH, _TERTINGGI = 0.0, 200.0
"""A capaian beyond these percentages is drawn at the edge, with an arrow."""
_LANGKAH = (5, 10, 25, 50)
KEADAAN = {True: "tercapai", False: "belum tercapai", None: BELUM_PASTI}
WARNA = {True: palette.AKSEN, False: "#b35806", None: "#ffffff"}


def achievement_dots(target: Sequence[Mapping[str, Any]], **teks: str) -> Fragment:
    """One row a target, in the given order.

    ``target``: ``nama``; ``capaian, bawah, atas`` in percent; ``tercapai``, None where it is not certain; and the texts
    ``realisasi, selang`` (empty: no interval) and ``target``.
    """
    ends = [_drawn(t[side]) for t in target for side in ("bawah", "atas")]
    least, most = min(90.0, *ends), max(110.0, *ends)
    x = scale((least, most), (_KIRI + 8, _KANAN - 8))
    langkah = next((s for s in _LANGKAH if (most - least) / s <= 6), _LANGKAH[-1])
    baris = [{"y": _ATAS + 18 + _BARIS * i} | _row(t, x) for i, t in enumerate(target)]
    return figure(
        "capaian_titik.svg.j2",
        **teks,
        alt="; ".join(b["teks"] for b in baris),
        lebar=_LEBAR,
        tinggi=_ATAS + 18 + _BARIS * len(baris),
        kiri=_KIRI,
        kanan=_KANAN,
        sasaran=x(100.0),
        skala=[
            {"x": x(v), "teks": f"{count(v)}\N{NO-BREAK SPACE}%"}
            for v in range(0, int(most) + 1, langkah)
            if v >= least and v != 100
        ],
        baris=baris,
        ada={KEADAAN[k]: WARNA[k] for k in KEADAAN if any(t["tercapai"] is k for t in target)},
    )


def _row(t: Mapping[str, Any], x: Scale) -> dict[str, Any]:
    selang = f" ({t['selang']})" if t["selang"] else ""
    return {
        "nama": t["nama"],
        "x": x(t["capaian"]),
        "a": x(t["bawah"]),
        "b": x(t["atas"]),
        "panah": "◂" if t["capaian"] < _TERENDAH else "▸" if t["capaian"] > _TERTINGGI else "",
        "warna": WARNA[t["tercapai"]],
        "tepi": WARNA[t["tercapai"]] if t["tercapai"] is not None else palette.REDUP,
        "angka": f"{t['realisasi']} dari target {t['target']}",
        "teks": f"{t['nama']}: realisasi {t['realisasi']}{selang}, target {t['target']}, "
        f"capaian {percent(t['capaian'] / 100)}, {KEADAAN[t['tercapai']]}",
    }


def _drawn(capaian: float) -> float:
    """Where a capaian is drawn, in percent."""
    return min(max(float(capaian), _TERENDAH), _TERTINGGI)
