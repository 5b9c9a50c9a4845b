"""The visit list as a picture: couples with unmet need now, and as many as the gabungan's rate would give."""

from collections.abc import Mapping, Sequence
from typing import Any

from kkb_eval.report.charts import figure, scale
from kkb_eval.report.html import Fragment
from kkb_eval.text import count

_LEFT, _RIGHT, _WIDTH, _TOP, _ROW = 210, 690, 760, 26, 24


def couples_dots(kampung: Sequence[Mapping[str, Any]], **teks: str) -> Fragment:
    """Draw ``kampung, kecamatan, unmet, setara`` of each, in the order in which they are given."""
    most = max(1.0, *(max(k["unmet"], k["setara"]) for k in kampung))
    x = scale((0.0, most), (_LEFT, _RIGHT))
    baris = [
        {
            "y": _TOP + 14 + _ROW * i,
            "nama": k["kampung"] if len(k["kampung"]) <= 26 else k["kampung"][:25] + "…",
            "kini": x(k["unmet"]),
            "setara": x(k["setara"]),
            "angka": count(k["unmet"]),
            "teks": f"{k['kampung']} ({k['kecamatan']}): {count(k['unmet'])} pasangan belum terlayani, bila seperti "
            f"gabungan {count(k['setara'])}",
        }
        for i, k in enumerate(kampung)
    ]
    return figure(
        "priority.svg.j2",
        **teks,
        alt="; ".join(str(b["teks"]) for b in baris),
        lebar=_WIDTH,
        tinggi=_TOP + 14 + _ROW * len(baris),
        nol=x(0.0),
        baris=baris,
    )
