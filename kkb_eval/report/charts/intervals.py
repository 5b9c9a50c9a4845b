"""Areas as dots with the range of their silent ones, small multiples of the indicators side by side."""

from typing import Any

import pandas as pd

from kkb_eval.report.charts import figure, palette, scale
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import LABELS, WORSE, interval, percent

FEW = 2
"""Kampung KB with a usable value: an area of no more stands for them rather than for itself."""
_LEFT, _COLUMN_WIDTH, _GAP, _TOP, _ROW = 120, 92, 12, 44, 22


def interval_dots(
    wilayah: pd.DataFrame,
    acuan: pd.DataFrame,
    katalog: pd.DataFrame,
    **teks: str,
) -> Fragment:
    """Draw ``wilayah`` (``kecamatan, indikator, nilai, bawah_diam, atas_diam, label, terisi``) beside ``acuan``.

    ``acuan`` are the rows of the kabupaten. Kecamatan in alphabetical order: an order by value would be a ranking.
    """
    pusat: dict[Any, float] = acuan["nilai"].dropna().to_dict()
    isi = dict(list(wilayah[wilayah["nilai"].notna() & wilayah["indikator"].isin(pusat)].groupby("indikator")))
    urutan = {nama: _TOP + _ROW * i for i, nama in enumerate(sorted(wilayah["kecamatan"].unique()))}
    kolom = [
        _column(k.singkat, isi[k.kode], pusat[k.kode], urutan, _LEFT + i * (_COLUMN_WIDTH + _GAP))
        for i, k in enumerate(k for k in each(katalog) if k.kode in isi)
    ]
    return figure(
        "intervals.svg.j2",
        **teks,
        alt="; ".join(f"{k['nama']}: kabupaten {k['kabupaten']}, {k['kurang']} kecamatan kurang baik" for k in kolom),
        lebar=_LEFT + len(kolom) * (_COLUMN_WIDTH + _GAP),
        tinggi=_TOP + _ROW * len(urutan),
        kiri=_COLUMN_WIDTH,
        kolom=kolom,
        baris=[{"y": y, "nama": nama} for nama, y in urutan.items()],
    )


def _column(nama: str, rows: pd.DataFrame, pusat: float, urutan: dict[str, int], mulai: float) -> dict[str, Any]:
    """The dots of one indicator in a column that begins at ``mulai``, by colour; ``urutan`` is where a kecamatan is.

    A dot of ``SEDIKIT`` Kampung KB is hollow.
    """
    rows = rows.assign(
        bawah_diam=rows["bawah_diam"].fillna(rows["nilai"]),
        atas_diam=rows["atas_diam"].fillna(rows["nilai"]),
        warna=rows["label"].fillna("serupa"),
    )
    most = max(float(rows["atas_diam"].max()), pusat) or 1.0
    x = scale((0.0, most), (mulai, mulai + _COLUMN_WIDTH))
    titik = {
        palette.LABELS[str(label)]: [
            {
                "y": urutan[r.kecamatan],
                "x": x(r.nilai),
                "a": x(r.bawah_diam),
                "b": x(r.atas_diam),
                "teks": _told(r, nama),
                "sedikit": r.terisi <= FEW,
            }
            for r in each(isi)
        ]
        for label, isi in rows.groupby("warna")
    }
    kurang = int(rows["label"].isin(WORSE).sum())
    return {"nama": nama, "x": mulai, "xm": x(pusat), "titik": titik, "acuan": percent(pusat, 0),
            "kabupaten": percent(pusat), "kurang": kurang}  # fmt: skip


def _told(row: Any, nama: str) -> str:
    """What a dot says: the value, its range where someone is silent, how it compares, and how many it is of."""
    rentang = "" if row.bawah_diam == row.atas_diam else f" ({interval(row.bawah_diam, row.atas_diam)})"
    kata = f", {LABELS[row.label][1]}" if isinstance(row.label, str) else ""
    return f"{row.kecamatan}, {nama}: {percent(row.nilai)}{rentang}{kata}, dari {row.terisi} Kampung KB"
