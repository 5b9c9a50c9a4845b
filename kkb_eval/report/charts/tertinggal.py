"""Gaps between two groups of Kampung KB as dots around zero, with their intervals, an indicator a line."""

from collections.abc import Mapping, Sequence
from typing import Any

from kkb_eval.report.charts import figure, scale
from kkb_eval.report.html import Fragment
from kkb_eval.text import percent, signed

_LEFT, _RIGHT, _WIDTH, _TOP, _ROW = 150, 500, 760, 46, 30
VERDICTS = {
    "lebih_baik": ("lebih baik", "#2166ac"),
    "kurang_baik": ("kurang baik", "#b35806"),
    "belum_pasti": ("belum dapat dipastikan", "#8795a5"),
}
"""What a gap means for the first group, in words, and its colour."""


def gap_dots(celah: Sequence[Mapping[str, Any]], **teks: str) -> Fragment:
    """``celah``: ``nama, selisih, bawah95, atas95`` (proportions), ``nilai`` of both groups, ``penilaian``."""
    reach: float = max(0.01, *(abs(c[batas]) for c in celah for batas in ("bawah95", "atas95")))
    x = scale((-reach, reach), (_LEFT, _RIGHT))
    baris = []
    for i, c in enumerate(celah):
        kata, warna = VERDICTS[c["penilaian"]]
        selang = f"{signed(100 * c['bawah95'])} sampai {signed(100 * c['atas95'])}"
        baris.append(
            {
                "y": _TOP + 14 + _ROW * i,
                "nama": c["nama"],
                "x": x(c["selisih"]),
                "a": x(c["bawah95"]),
                "b": x(c["atas95"]),
                "warna": warna,
                "angka": f"{signed(100 * c['selisih'])} poin, {kata}",
                "teks": f"{c['nama']}: {percent(c['nilai'][0])} dan {percent(c['nilai'][1])}, selisih "
                f"{signed(100 * c['selisih'])} poin ({selang}), {kata}",
            }
        )
    return figure(
        "tertinggal.svg.j2",
        **teks,
        alt="; ".join(str(b["teks"]) for b in baris),
        lebar=_WIDTH,
        tinggi=_TOP + _ROW * len(baris) + 4,
        nol=x(0.0),
        kiri=_LEFT,
        kanan=_RIGHT,
        ujung=signed(100 * reach),
        baris=baris,
    )
