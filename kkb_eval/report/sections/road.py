"""Jalan naik kelas: for every Kampung KB the nearest step up, in acts and people."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import road as road_method
from kkb_eval.method.road.steps import PEOPLE
from kkb_eval.report.charts.bars import cause_bars
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each, marks
from kkb_eval.report.sections.head import source
from kkb_eval.text import count

NEAREST = 10
STATES = {
    "sudah_cukup": "angka rekap sudah cukup untuk kelas ini; tunggu ekspor klasifikasi berikutnya",
    "lapor_dulu": "lapor dulu: formulir KB belum diisi",
    "perbaiki_data_dulu": "perbaiki dulu angka yang bertentangan",
    "tidak_cukup": "tidak cukup pasangan dan sasaran untuk mencapai nilai output yang diminta",
    "kelas_lain": "kenaikan memberi kelas lain",
    "tanpa_rekap": "perlu ekspor rekap untuk menghitung langkah",
    "kelas_tertinggi": "sudah kelas tertinggi",
    "skor_belum_lengkap": "perlu ekspor klasifikasi: dua belas skor belum lengkap",
}
"""Why a Kampung KB has no road, in a reader's words."""


def road(evaluasi: Evaluation) -> Fragment:
    """The closest ten, then all, sortable; and why some have no road."""
    dekat = nearest(evaluasi)
    ada = dekat[dekat["keadaan"].eq("ada_langkah")]
    tanpa = dekat[~dekat["keadaan"].isin(["ada_langkah", "kelas_tertinggi"])]
    baris = roads(evaluasi, ada)
    return render(
        "sections/road.html.j2",
        baris=baris,
        terdekat=NEAREST,
        sama=as_near(baris),
        tertinggi=int(dekat["keadaan"].eq("kelas_tertinggi").sum()),
        tanpa=[
            {"teks": STATES[str(k)], "jumlah": len(isi), "nama": sorted(isi["kampung"])}
            for k, isi in tanpa.groupby("keadaan", sort=True)
        ],
        kecamatan=evaluasi.kecamatan,
    )


def obstacles(evaluasi: Evaluation) -> Fragment:
    """Which items hold the Kampung KB back on their nearest road, the most frequent first."""
    ada = nearest(evaluasi).query("keadaan == 'ada_langkah'")
    if not len(ada):
        return nothing("Belum ada jalan yang dapat dihitung.")
    langkah = evaluasi.langkah.merge(ada[["kampung_id", "menuju"]], on=["kampung_id", "menuju"])
    butir = langkah.drop_duplicates(["kampung_id", "item"])["item"].map(schema.ITEM_NAMES).value_counts()
    return cause_bars(
        {str(nama): int(n) for nama, n in butir.items()},
        len(ada),
        judul=f"Paling sering menahan: {butir.index[0]}, pada {butir.iat[0]} dari {len(ada)} Kampung KB",
        keterangan="Banyaknya Kampung KB yang jalan terdekatnya melewati butir itu. Satu Kampung KB dapat tertahan "
        "oleh beberapa butir.",
        sumber=source(evaluasi),
    )


def nearest(evaluasi: Evaluation) -> pd.DataFrame:
    """One row a Kampung KB: ``kampung_id, kampung, kecamatan, desa, klasifikasi, menuju, keadaan, biaya``.

    Which road: ``road_method.nearest``.
    """
    first = road_method.nearest(evaluasi.keadaan).drop(columns="kabupaten")
    kolom = ["kampung_id", "kampung", "kecamatan", "desa", "klasifikasi", "slug_kecamatan", "tertinggal"]
    return evaluasi.kampung[kolom].merge(first, on="kampung_id", how="left", validate="one_to_one")


def steps(evaluasi: Evaluation) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The steps of every road by (kampung_id, menuju): short words, whole sentence, whether of people."""
    katalog = read_catalogue()
    out: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in each(road_method.worded(evaluasi.langkah, katalog.langkah, katalog.klasifikasi)):
        menuju = row.menuju if isinstance(row.menuju, str) else ""
        step = {"singkat": row.singkat, "kalimat": row.kalimat, "orang": row.tindakan in PEOPLE}
        out.setdefault((row.kampung_id, menuju), []).append(step)
    return out


def roads(evaluasi: Evaluation, ada: pd.DataFrame) -> list[dict[str, Any]]:
    """The roads of these rows of ``nearest`` for a template, the closest first."""
    langkah = steps(evaluasi)
    return [
        {
            "kampung": r.kampung,
            "kecamatan": r.kecamatan,
            "tautan": f"kecamatan/{r.slug_kecamatan}.html",
            "kelas": r.klasifikasi,
            "menuju": r.menuju,
            "urutan": schema.CLASSES.index(str(r.klasifikasi)),
            "langkah": langkah[r.kampung_id, r.menuju],
            "biaya": r.biaya,
            "setara": count(r.biaya),
            **marks(evaluasi, r),
        }
        for r in each(ada.sort_values(["biaya", "kecamatan", "kampung"]))
    ]


def as_near(baris: list[dict[str, Any]]) -> int:
    """How many of the ``roads`` that are not among the closest ten are as close as the tenth."""
    return sum(b["biaya"] == baris[NEAREST - 1]["biaya"] for b in baris[NEAREST:])
