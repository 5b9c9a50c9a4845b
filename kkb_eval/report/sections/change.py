"""Gerak: which Kampung KB moved from which class or type to which, and what supports it."""

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.charts import palette
from kkb_eval.report.charts.change import flow_chart
from kkb_eval.report.html import Fragment, render
from kkb_eval.report.names import each, marks
from kkb_eval.report.sections.head import source, source_of_years
from kkb_eval.report.sections.years import Tahun, compared, no_pair, pairs
from kkb_eval.report.tables import table
from kkb_eval.text import NOT_CERTAIN

SUPPORT = {
    "data_baru": "didukung data baru",
    "dekat_batas": "dekat batas kelas",
    "tanpa_angka": "tanpa perubahan angka",
}
"""What stands behind a move (``change.SUPPORT``), in a reader's words."""
CLASS_COLOURS = palette.CLASSES | {NOT_CERTAIN: "#eef1f5"}


def class_flows(tahun: Tahun) -> Fragment:
    """From which class to which, in the last pair of years: all, and updated and not updated apart in the table."""
    return _flows(tahun, "klasifikasi", [*reversed(schema.CLASSES), NOT_CERTAIN], CLASS_COLOURS, "kelas")


def type_flows(tahun: Tahun) -> Fragment:
    """From which national type to which; change over years always uses the frozen reference types."""
    if not pairs(tahun):
        return no_pair()
    nama = {row.tipe: row.nama for t in tahun for row in each(t.tipe[t.tipe["tipologi"].eq("acuan")])}
    sebut = {str(n): f"acuan {n}" for n in sorted(nama)}
    warna = {sebut[n]: palette.TIPE[int(n) - 1] for n in sebut} | {NOT_CERTAIN: "#eef1f5"}
    arti = [{"sebut": f"acuan {n}", "nama": nama[n], "warna": warna[f"acuan {n}"]} for n in sorted(nama)]
    gambar = _flows(tahun, "tipe_acuan", [*sebut.values(), NOT_CERTAIN], warna, "tipe acuan", sebut)
    return render("sections/typology_reference.html.j2", arti=arti) + gambar


def _flows(
    tahun: Tahun, kolom: str, urutan: list[str], warna: dict[str, str], kata: str, sebut: dict[str, str] | None = None
) -> Fragment:
    if not pairs(tahun):
        return no_pair()
    akhir = pairs(tahun)[0]
    alir = _named(akhir, kolom, sebut)
    judul, keterangan = _flow_words(alir, kata)
    teks = {"judul": judul, "keterangan": keterangan, "sumber": source_of_years(compared(tahun, akhir))}
    return _flow_figure(akhir, alir, urutan, warna, **teks) + _flow_table(alir, kolom, kata)


def _flow_words(alir: pd.DataFrame, kata: str) -> tuple[str, str]:
    """The message of the flows, and what to keep in mind."""
    pindah = alir[alir["dari"].ne(alir["ke"]) & alir["dari"].ne(NOT_CERTAIN) & alir["ke"].ne(NOT_CERTAIN)]
    diam = int(alir.loc[alir["diperbarui"].eq(False).fillna(False), "jumlah"].sum())
    semua, n = int(alir["jumlah"].sum()), int(pindah["jumlah"].sum())
    ingat = (
        f"Sebanyak {diam} di antaranya tidak memperbarui data KB; {kata} yang sama di sana belum tentu berarti "
        "keadaannya sama."
    )
    judul = f"Sebanyak {n} dari {semua} Kampung KB yang ada di kedua tahun berpindah {kata}"
    return judul if n else f"Tidak ada Kampung KB yang berpindah {kata}", ingat if diam else ""


def class_flow_figure(akhir: Evaluation, *, judul: str, keterangan: str) -> Fragment:
    """The figure of ``alir_kelas`` alone under another message, for a year that has a year before."""
    alir, urutan = _named(akhir, "klasifikasi"), [*reversed(schema.CLASSES), NOT_CERTAIN]
    teks = {"judul": judul, "keterangan": keterangan, "sumber": source(akhir)}
    return _flow_figure(akhir, alir, urutan, CLASS_COLOURS, **teks)


def _named(akhir: Evaluation, kolom: str, sebut: dict[str, str] | None = None) -> pd.DataFrame:
    """The flows of a year with what they go from and to in a reader's words."""
    alir = akhir.perubahan[akhir.perubahan["bagian"].eq(f"alir_{kolom}")].copy()
    for sisi in ("dari", "ke"):
        alir[sisi] = alir[sisi].map(sebut or {k: k for k in schema.CLASSES}).fillna(NOT_CERTAIN)
    return alir


def _flow_figure(
    akhir: Evaluation, alir: pd.DataFrame, urutan: list[str], warna: dict[str, str], **teks: str
) -> Fragment:
    return flow_chart(
        alir.groupby(["dari", "ke"])["jumlah"].sum().reset_index(),
        [u for u in urutan if (alir["dari"].eq(u) | alir["ke"].eq(u)).any()],
        warna,
        tahun=(akhir.manifest.before, akhir.tahun),
        **teks,
    )


def _flow_table(alir: pd.DataFrame, kolom: str, kata: str) -> Fragment:
    kelompok = alir["diperbarui"].map({True: "diperbarui", False: "diam"}).astype(object).fillna("tanpa")
    per = alir.assign(kelompok=kelompok).pivot_table(
        index=["dari", "ke"], columns="kelompok", values="jumlah", aggfunc="sum", fill_value=0
    )
    per = per.reindex(columns=["diperbarui", "diam", "tanpa"], fill_value=0).astype(int).reset_index()
    per["arah"] = per["dari"] + " → " + per["ke"]
    kolom_tabel = {"arah": f"Dari {kata} ke {kata}", "diperbarui": "Data KB diperbarui", "diam": "Belum diperbarui"}
    if per["tanpa"].sum():
        kolom_tabel["tanpa"] = "Tidak dapat dibandingkan"
    return table(
        per,
        id=f"alir-{kolom.replace('_', '-')}",
        judul=f"Perpindahan {kata}, menurut apakah data KB-nya diperbarui",
        stub="arah",
        kolom=kolom_tabel,
        bilangan=[k for k in kolom_tabel if k != "arah"],
    )


def class_moves(tahun: Tahun) -> Fragment:
    """Who rose and who fell, and what supports it."""
    if not pairs(tahun):
        return no_pair()
    akhir = pairs(tahun)[0]
    rows = akhir.perubahan[akhir.perubahan["bagian"].eq("gerak_kelas")].drop(columns="kecamatan")
    nama = ["kampung_id", "kampung", "kecamatan", "slug_kecamatan", "tertinggal"]
    rows = rows.merge(akhir.kampung[nama], on="kampung_id")
    return render(
        "sections/change.html.j2",
        dari=akhir.manifest.tahun_sebelumnya,
        ke=akhir.tahun,
        baris=[
            {
                "kampung": r.kampung,
                "kecamatan": r.kecamatan,
                "tautan": f"{akhir.tahun}/kecamatan/{r.slug_kecamatan}.html",
                "dari": r.dari,
                "ke": r.ke,
                "arah": r.arah,
                "dukungan": "belum diketahui" if pd.isna(r.dukungan) else SUPPORT[r.dukungan],
                "diperbarui": "belum diketahui" if pd.isna(r.diperbarui) else "ya" if r.diperbarui else "tidak",
                **marks(akhir, r),
            }
            for r in each(rows.sort_values(["arah", "kecamatan"]))
        ],
    )
