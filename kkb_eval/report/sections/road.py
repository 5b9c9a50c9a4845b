"""Langkah menuju kelas berikutnya: for every Kampung KB the nearest step up, in acts and people."""

from collections import Counter
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
from kkb_eval.text import enumerate_words

NEAREST = 10
"""Roads that are shown before all others; a tie at the last is not cut."""
STATES = {
    "sudah_cukup": "angka rekap sudah cukup untuk kelas ini; tunggu ekspor klasifikasi berikutnya",
    "lapor_dulu": "isi formulir KB dulu",
    "perbaiki_data_dulu": "cocokkan dulu angkanya",
    "tidak_cukup": "pasangan dan sasaran tidak cukup untuk mencapai nilai output yang diminta",
    "kelas_lain": "kenaikan memberi kelas lain",
    "tanpa_rekap": "perlu ekspor rekap untuk menghitung langkah",
    "kelas_tertinggi": "sudah kelas tertinggi",
    "skor_belum_lengkap": "perlu ekspor klasifikasi: dua belas skor belum lengkap",
}
"""Why a Kampung KB has no road, in a reader's words."""


def road(evaluasi: Evaluation) -> Fragment:
    """Show what brings how many up a class in one step, the closest, then all; and why some have no road."""
    dekat = nearest(evaluasi)
    ada = dekat[dekat["keadaan"].eq("ada_langkah")]
    tanpa = dekat[~dekat["keadaan"].isin(["ada_langkah", "kelas_tertinggi"])]
    baris = roads(evaluasi, ada)
    return render(
        "sections/road.html.j2",
        baris=baris,
        dekat=[b for b in baris if b["dekat"]],
        satu=_one_step(baris),
        per=_by_kecamatan(dekat),
        tertinggi=int(dekat["keadaan"].eq("kelas_tertinggi").sum()),
        tanpa=[
            {"teks": STATES[str(k)], "jumlah": len(isi), "nama": _names(isi)}
            for k, isi in tanpa.groupby("keadaan", sort=True)
        ],
        kecamatan=evaluasi.kecamatan,
    )


def _names(rows: pd.DataFrame) -> str:
    """Return the Kampung KB with their kecamatan: "Dungkuk (Cirinten)"."""
    named = rows.sort_values(["kecamatan", "kampung"])
    return enumerate_words((f"{r.kampung} ({r.kecamatan})" for r in each(named)), most=8)


def _one_step(baris: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the steps that alone bring a Kampung KB up, each with how many, the most frequent first."""
    near = [b for b in baris if b["biaya"] <= road_method.ONE_STEP]
    kinds = Counter("; ".join(step["singkat"] for step in b["langkah"]) for b in near)
    return [{"teks": teks, "jumlah": n} for teks, n in kinds.most_common()]


def _by_kecamatan(dekat: pd.DataFrame) -> list[dict[str, Any]]:
    """Return for each kecamatan how many can rise, and how many of these in one step."""
    ada = dekat["keadaan"].eq("ada_langkah")
    rows = dekat.assign(ada=ada, satu=ada & dekat["biaya"].le(road_method.ONE_STEP))
    table = rows.groupby("kecamatan")[["ada", "satu"]].sum()
    return [
        {"kecamatan": str(nama), "ada": int(n), "satu": int(satu)}
        for nama, n, satu in table[table["ada"].gt(0)].itertuples()
    ]


def obstacles(evaluasi: Evaluation) -> Fragment:
    """Show which items hold the Kampung KB back on their nearest road, the most frequent first."""
    ada = nearest(evaluasi).query("keadaan == 'ada_langkah'")
    if not len(ada):
        return nothing("Belum ada langkah yang dapat dihitung.")
    langkah = evaluasi.langkah.merge(ada[["kampung_id", "menuju"]], on=["kampung_id", "menuju"])
    butir = langkah.drop_duplicates(["kampung_id", "item"])["item"].map(schema.ITEM_NAMES).value_counts()
    return cause_bars(
        {str(nama): int(n) for nama, n in butir.items()},
        len(ada),
        judul=f"Hambatan tersering: {butir.index[0]}, di {butir.iat[0]} dari {len(ada)} Kampung KB",
        keterangan="Jumlah Kampung KB yang perlu memperbaiki butir itu untuk naik kelas. Satu Kampung KB dapat "
        "tertahan oleh beberapa butir.",
        sumber=source(evaluasi),
    )


def nearest(evaluasi: Evaluation) -> pd.DataFrame:
    """Return a row a Kampung KB with its nearest road (``road_method.nearest``) or why there is none."""
    first = road_method.nearest(evaluasi.keadaan).drop(columns="kabupaten")
    kolom = ["kampung_id", "kampung", "kecamatan", "desa", "klasifikasi", "slug_kecamatan", "tertinggal"]
    return evaluasi.kampung[kolom].merge(first, on="kampung_id", how="left", validate="one_to_one")


def steps(evaluasi: Evaluation) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return the steps of every road by (kampung_id, menuju): short words, whole sentence, whether of people."""
    katalog = read_catalogue()
    out: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in each(road_method.worded(evaluasi.langkah, katalog.langkah, katalog.klasifikasi)):
        menuju = row.menuju if isinstance(row.menuju, str) else ""
        step = {"singkat": row.singkat, "kalimat": row.kalimat, "orang": row.tindakan in PEOPLE}
        out.setdefault((row.kampung_id, menuju), []).append(step)
    return out


def roads(evaluasi: Evaluation, ada: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the roads of these rows of ``nearest`` for a template, the closest first; ``dekat`` marks the closest."""
    langkah, closest = steps(evaluasi), road_method.closest(evaluasi.keadaan, NEAREST)
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
            "dekat": r.kampung_id in closest,
            **marks(evaluasi, r),
        }
        for r in each(ada.sort_values(["biaya", "kecamatan", "kampung"]))
    ]
