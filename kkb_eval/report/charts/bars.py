"""Bars: how often each cause occurs, and how the chances of a Kampung KB divide over the classes."""

from collections.abc import Mapping, Sequence
from typing import Any

from kkb_eval import schema
from kkb_eval.report.charts import figure
from kkb_eval.report.html import Fragment
from kkb_eval.text import percent


def cause_bars(jumlah: Mapping[str, int], dari: int, **teks: str) -> Fragment:
    """One bar a cause, the most frequent first; ``dari`` is the number that a full bar stands for."""
    baris = [
        {"nama": nama, "jumlah": n, "lebar": round(100 * n / dari, 1)}
        for nama, n in sorted(jumlah.items(), key=lambda isi: (-isi[1], isi[0]))
    ]
    return figure(
        "bars.html.j2",
        **teks,
        alt="; ".join(f"{b['nama']} {b['jumlah']} dari {dari}" for b in baris),
        baris=baris,
        dari=dari,
    )


def chance_bars(kampung: Sequence[Mapping[str, Any]], **teks: str) -> Fragment:
    """One bar a Kampung KB, divided by the probability of each class.

    ``kampung``: ``nama, tempat, klasifikasi`` and ``peluang`` (the four probabilities, in order of the classes).
    """
    baris = [
        {
            "nama": k["nama"],
            "tempat": k["tempat"],
            "bagian": [
                {"kelas": kelas, "lebar": round(100 * p, 1), "teks": percent(p, 0), "resmi": kelas == k["klasifikasi"]}
                for kelas, p in zip(schema.CLASSES, k["peluang"], strict=True)
                if p >= 0.005
            ],
        }
        for k in kampung
    ]
    alt = "; ".join(f"{b['nama']}: " + ", ".join(f"{p['kelas']} {p['teks']}" for p in b["bagian"]) for b in baris)
    return figure("bars_chance.html.j2", **teks, alt=alt, baris=baris)
