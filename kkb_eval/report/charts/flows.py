"""Alluvial flows between two years: how many Kampung KB went from which class or type to which."""

from collections.abc import Mapping, Sequence

import pandas as pd

from kkb_eval.report.charts import figure
from kkb_eval.report.rendering import Fragment

_LEBAR, _ATAS, _TINGGI, _SELA, _KIRI, _KANAN = 760, 28, 300, 8, 190, 556


def flow_chart(
    aliran: pd.DataFrame,
    urutan: Sequence[str],
    warna: Mapping[str, str],
    *,
    tahun: tuple[int, int],
    judul: str,
    keterangan: str = "",
    sumber: str = "",
) -> Fragment:
    """``aliran``: ``dari, ke, jumlah``, one row a flow; ``urutan`` orders both sides, the best on top.

    A flow that stays is pale, one that moves is strong.
    """
    total = int(aliran["jumlah"].sum())
    skala = (_TINGGI - _SELA * (len(urutan) - 1)) / max(total, 1)
    simpul, mulai = [], {}
    for sisi, x in (("dari", _KIRI), ("ke", _KANAN)):
        y = float(_ATAS)
        jumlah = aliran.groupby(sisi)["jumlah"].sum()
        for nama in urutan:
            n = int(jumlah.get(nama, 0))
            if n:
                kiri = sisi == "dari"
                simpul.append(
                    {"x": x, "y": round(y, 1), "h": round(n * skala, 1), "warna": warna[nama], "teks": f"{nama} {n}",
                     "xt": x - 8 if kiri else x + 22, "yt": round(y + n * skala / 2 + 4, 1),
                     "jangkar": "end" if kiri else "start"}
                )  # fmt: skip
            mulai[sisi, nama] = y
            y += n * skala + (_SELA if n else 0)
    pita = []
    for dari in urutan:
        for ke in urutan:
            n = int(aliran.loc[aliran["dari"].eq(dari) & aliran["ke"].eq(ke), "jumlah"].sum())
            if n:
                a, b, h = mulai["dari", dari], mulai["ke", ke], n * skala
                pita.append(
                    {"d": _ribbon(a, b, h), "warna": warna[dari], "pekat": 0.35 if dari == ke else 0.85,
                     "teks": f"{dari} → {ke}: {n} Kampung KB"}
                )  # fmt: skip
                mulai["dari", dari] += h
                mulai["ke", ke] += h
    return figure(
        "alir.svg.j2",
        judul=judul,
        keterangan=keterangan,
        sumber=sumber,
        judul_svg=judul,
        alt="; ".join(str(p["teks"]) for p in pita),
        lebar=_LEBAR,
        tinggi=_ATAS + _TINGGI + 10,
        pita=pita,
        simpul=simpul,
        kepala=[
            {"x": _KIRI + 14, "teks": tahun[0], "jangkar": "end"},
            {"x": _KANAN, "teks": tahun[1], "jangkar": "start"},
        ],
    )


def _ribbon(a: float, b: float, h: float) -> str:
    x0, x1 = _KIRI + 14, _KANAN
    xm = (x0 + x1) / 2
    return (
        f"M{x0} {a:.1f} C{xm} {a:.1f} {xm} {b:.1f} {x1} {b:.1f} L{x1} {b + h:.1f} "
        f"C{xm} {b + h:.1f} {xm} {a + h:.1f} {x0} {a + h:.1f} Z"
    )
