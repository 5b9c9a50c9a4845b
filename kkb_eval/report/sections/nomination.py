"""Usulan nominasi: the printed criteria, who meets them all, and who misses one; the jury decides."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method import nomination as method
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import source
from kkb_eval.report.sections.klasifikasi import class_words
from kkb_eval.text import percent, yes

CRITERIA = {
    "kelas": "kelas Mandiri atau Berkelanjutan, dan tidak dekat batas kelas",
    "tanpa_salah": "tanpa angka yang salah",
    "tanpa_tanda": "tanpa angka meragukan atau berpola",
    "diperbarui": "data KB diperbarui sejak {lalu}",
    "unggul": "sedikitnya satu indikator jauh lebih baik daripada gabungan Kampung KB pada {lalu} dan {kini}, dengan "
    "isian yang berbeda",
    "lembaga": "kelembagaan lengkap: 12 dari 12 unsur",
    "di_luar_kunjungan": "tidak ada di daftar kunjungan",
}
"""The criteria as they are printed, in the order in which they are judged."""


def nomination(evaluasi: Evaluation) -> Fragment:
    """Show evidence cards of those that meet every criterion, near misses with the one they miss; in no order."""
    lalu = evaluasi.manifest.tahun_sebelumnya
    if lalu is None:
        return nothing("Usulan nominasi belum dapat dibuat: perlu data tahun sebelumnya untuk membandingkan dua tahun.")
    kolom = ["kampung_id", "kampung", "kecamatan", "desa", "slug_kecamatan", "tertinggal", "klasifikasi", "mantap"]
    kolom += ["klasifikasi_terendah", "klasifikasi_tertinggi", "diperbarui_profil", "diperbarui_kb", "lapor_profil"]
    rows = evaluasi.nominasi.drop(columns="kabupaten").merge(evaluasi.kampung[kolom], on="kampung_id")
    rows = rows.sort_values(["kecamatan", "kampung"])
    left = method.remaining(rows)
    unggul = _strengths(evaluasi)
    hampir = rows[rows["kurang"].notna()]
    return render(
        "sections/nomination.html.j2",
        semua=len(rows),
        syarat=[(teks.format(lalu=lalu, kini=evaluasi.tahun), left[nama]) for nama, teks in CRITERIA.items()],
        usulan=[_card(r, unggul) for r in each(rows[rows["usulan"]])],
        hampir=[_names(r) | {"kurang": _missed(r, lalu), "unggul": unggul.get(r.kampung_id, [])} for r in each(hampir)],
        lalu=lalu,
        kini=evaluasi.tahun,
        sumber=source(evaluasi),
        tercatat=bool(rows["penghargaan"].notna().any()),
    )


def _names(row: Any) -> dict[str, Any]:
    return {
        "kampung": row.kampung,
        "kecamatan": row.kecamatan,
        "desa": row.desa,
        "tautan": f"kecamatan/{row.slug_kecamatan}.html",
        "tertinggal": yes(row.tertinggal),
        "kelas": row.klasifikasi if isinstance(row.klasifikasi, str) else "",
        "penghargaan": row.penghargaan if isinstance(row.penghargaan, str) else "",
    }


def _strengths(evaluasi: Evaluation) -> dict[str, list[str]]:
    """Return in which indicators each Kampung KB was far better in both years, with the numbers, by ``kampung_id``."""
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    out: dict[str, list[str]] = {}
    for r in each(evaluasi.unggulan):
        out.setdefault(r.kampung_id, []).append(
            f"{nama[r.indikator]} {percent(r.nilai)} (gabungan {percent(r.pembanding)}); tahun lalu "
            f"{percent(r.nilai_sebelum)} (gabungan {percent(r.pembanding_sebelum)})"
        )
    return out


def _card(row: Any, unggul: dict[str, list[str]]) -> dict[str, Any]:
    return _names(row) | {
        "unggul": unggul[row.kampung_id],
        "profil_lama": pd.notna(row.diperbarui_profil) and not row.diperbarui_profil,
    }


def _missed(row: Any, lalu: int) -> str:
    """Return the criterion that a near miss does not meet, with what is there instead."""
    match row.kurang:
        case "kelas":
            kelas = class_words(pd.Series(row._asdict()))
            if kelas not in schema.HIGH_CLASSES:
                return f"kelasnya baru {kelas}"
            return f"kelas {kelas}, " + ("batasnya belum diketahui" if pd.isna(row.mantap) else "dekat batas kelas")
        case "tanpa_salah":
            return "ada angka yang salah"
        case "tanpa_tanda":
            return "angka meragukan atau berpola, periksa di lapangan"
        case "diperbarui" if pd.isna(row.diperbarui_kb):
            return f"data KB tidak dapat dibandingkan dengan {lalu}"
        case "diperbarui":
            return f"data KB tidak diperbarui sejak {lalu}"
        case "lembaga" if not yes(row.lapor_profil):
            return "profil belum diisi, kelembagaan belum diketahui"
        case "lembaga":
            return f"kelembagaan belum lengkap: {row.lembaga_kurang}"
        case "di_luar_kunjungan":
            return "ada di daftar kunjungan"
        case _:
            return "tidak ada indikator yang jauh lebih baik di kedua tahun"
