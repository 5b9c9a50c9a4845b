"""The visit list as a picture: couples beyond the kabupaten's rate, with their interval."""

from collections.abc import Mapping, Sequence
from typing import Any

from kkb_eval.report.charts import figure, scale
from kkb_eval.report.html import Fragment
from kkb_eval.text import count

_LEFT, _RIGHT, _WIDTH, _TOP, _ROW = 210, 700, 760, 26, 24


def excess_dots(kampung: Sequence[Mapping[str, Any]], **teks: str) -> Fragment:
    """``kampung``: ``kampung, kelebihan, bawah95, atas95, terpilih`` of each, in the order in which they are shown."""
    least: float = min(0.0, *(k["bawah95"] for k in kampung))
    most: float = max(1.0, *(k["atas95"] for k in kampung))
    x = scale((least, most), (_LEFT, _RIGHT))
    baris = [
        {
            "y": _TOP + 14 + _ROW * i,
            "nama": k["kampung"] if len(k["kampung"]) <= 26 else k["kampung"][:25] + "…",
            "x": x(k["kelebihan"]),
            "a": x(k["bawah95"]),
            "b": x(k["atas95"]),
            "dipilih": k["terpilih"],
            "angka": count(k["kelebihan"]),
            "teks": f"{k['kampung']}: {count(k['kelebihan'])} pasangan ({count(k['bawah95'])} sampai "
            f"{count(k['atas95'])}), {'dipilih' if k['terpilih'] else 'cadangan'}",
        }
        for i, k in enumerate(kampung)
    ]
    return figure(
        "priority.svg.j2",
        **teks,
        alt="; ".join(b["teks"] for b in baris),
        lebar=_WIDTH,
        tinggi=_TOP + 14 + _ROW * len(baris),
        nol=x(0.0),
        baris=baris,
    )
