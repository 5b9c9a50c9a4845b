"""The tile map: one tile a kecamatan where it lies, with its value, label and the classes of its Kampung KB."""

import pandas as pd

from kkb_eval import schema
from kkb_eval.report.charts import figure
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.rows import each
from kkb_eval.report.wording import LABEL, percent


def tile_map(
    kampung: pd.DataFrame,
    wilayah: pd.DataFrame,
    peta: pd.DataFrame,
    *,
    judul: str,
    keterangan: str = "",
    sumber: str = "",
) -> Fragment:
    """``wilayah``: the kecamatan rows of one indicator with ``label``; ``peta``: kecamatan, baris, kolom."""
    rows = wilayah.set_index("kecamatan")
    slug = kampung.drop_duplicates("kecamatan").set_index("kecamatan")["slug_kecamatan"]
    kelas = {
        nama: [k for k in schema.KELAS for _ in range(int((isi["klasifikasi"] == k).sum()))]
        + ["belum pasti"] * int(isi["klasifikasi"].isna().sum())
        for nama, isi in kampung.groupby("kecamatan")
    }
    kotak = []
    for row in each(peta[peta["kecamatan"].isin(kelas)]):
        label = rows["label"].get(row.kecamatan)
        isi = kelas[row.kecamatan]
        kotak.append(
            {
                "nama": row.kecamatan,
                "tautan": f"kecamatan/{slug[row.kecamatan]}.html",
                "baris": row.baris,
                "kolom": row.kolom,
                "label": label if isinstance(label, str) else "kosong",
                "tanda": LABEL[label][0] if isinstance(label, str) else "",
                "angka": percent(rows["nilai"].get(row.kecamatan, float("nan"))),
                "kelas": [k.lower().replace(" ", "-") for k in isi],
                "alt": ", ".join(f"{isi.count(k)} {k}" for k in dict.fromkeys(isi)),
            }
        )
    return figure(
        "kotak.html.j2",
        judul=judul,
        keterangan=keterangan,
        sumber=sumber,
        alt=judul,
        kotak=kotak,
        kolom=int(peta["kolom"].max()),
    )
