"""Capaian target kinerja: target, realisasi with its interval, capaian and predikat; what cannot be told yet."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report import goals
from kkb_eval.report.charts.achievement import achievement_dots
from kkb_eval.report.rendering import Fragment, nothing, render
from kkb_eval.report.rows import each
from kkb_eval.report.sections.kepala import nama_daerah, sumber_data
from kkb_eval.report.wording import percent

BERKAS = "rujukan/target.csv"
SEBAB = {
    "target_nol": "target nol, capaian tidak dapat dihitung",
    "tanpa_realisasi": "belum ada isian yang dapat dipakai",
    "cakupan_kurang": f"{goals.BELUM_PASTI}: kurang dari separuh Kampung KB terisi",
}
"""Why there is no predikat, where it is not the interval."""


def capaian(evaluasi: Evaluation) -> Fragment:
    """The targets of the kabupaten as figure and table, those of the kecamatan collapsed."""
    rows = evaluasi.capaian
    if not len(rows):
        teks = f"Belum ada target {evaluasi.tahun}: isi {BERKAS} (tahun, wilayah, indikator, target, sumber)."
        return nothing(" ".join([teks, *_unused(evaluasi)]))
    kabupaten, kecamatan = goals.own(evaluasi), rows[rows["kecamatan"].notna()]
    bagian = []
    if kabupaten["capaian"].notna().any():
        bagian.append(achievement(evaluasi, kabupaten))
    if len(kabupaten):
        bagian.append(_table(evaluasi, kabupaten, f"Capaian {nama_daerah(str(evaluasi.kabupaten))} {evaluasi.tahun}"))
    else:
        teks = f"Belum ada target kabupaten {evaluasi.tahun} di {BERKAS}."
        bagian.append(nothing(teks))
    if len(kecamatan):
        judul = goals.tally(kecamatan, "target kecamatan")
        isi = _table(evaluasi, kecamatan, f"Capaian kecamatan {evaluasi.tahun}")
        bagian.append(render("sections/lipat.html.j2", judul=judul, isi=isi))
    return sum(bagian[1:], bagian[0])


def achievement(evaluasi: Evaluation, rows: pd.DataFrame) -> Fragment:
    """The targets of these rows of ``capaian`` as dots; one at least has a capaian."""
    nama = goals.names(evaluasi)
    return achievement_dots(
        [
            {
                "nama": nama[row.indikator],
                "capaian": row.capaian,
                "bawah": row.capaian if pd.isna(row.capaian_bawah) else row.capaian_bawah,
                "atas": row.capaian if pd.isna(row.capaian_atas) else row.capaian_atas,
                "tercapai": None if pd.isna(row.tercapai) else bool(row.tercapai),
                "realisasi": goals.real(row),
                "selang": goals.limits(row.bawah95, row.atas95),
                "target": goals.goal(row),
            }
            for row in each(rows[rows["capaian"].notna()])
        ],
        judul=goals.tally(rows, "target kabupaten"),
        keterangan="Titik: capaian, yaitu realisasi dibandingkan dengan target; garis: selang 95 %-nya. Selang yang "
        f"melewati garis target {goals.BELUM_PASTI}.",
        sumber=sumber_data(evaluasi),
    )


def _table(evaluasi: Evaluation, rows: pd.DataFrame, judul: str) -> Fragment:
    nama = goals.names(evaluasi)
    turun = set(evaluasi.katalog.loc[evaluasi.katalog["arah"].eq(-1), "kode"])
    dokumen = rows["sumber"].fillna("dokumen tidak disebut")
    kecamatan = bool(rows["kecamatan"].notna().any())
    return render(
        "sections/capaian.html.j2",
        judul=judul,
        id=f"capaian-{'kecamatan' if kecamatan else 'kabupaten'}",
        kecamatan=kecamatan,
        baris=[
            _row(row) | {"nama": nama[row.indikator], "turun": row.indikator in turun}
            for row in each(rows.assign(sumber=dokumen))
        ],
        lengkap=not kecamatan or goals.own(evaluasi).empty,
        dokumen=dokumen.iat[0] if len(set(dokumen)) == 1 else "",
        turun=[nama[kode] for kode in nama if kode in turun and kode in set(rows["indikator"])],
        sumber=sumber_data(evaluasi),
        sisa=_unused(evaluasi),
    )


def _row(row: Any) -> dict[str, Any]:
    """The cells of a target: what is not known says why."""
    tanpa = SEBAB.get(row.keadaan, goals.BELUM_PASTI)
    tercapai = "" if pd.isna(row.tercapai) else "tercapai" if row.tercapai else "belum tercapai"
    return {
        "kecamatan": row.kecamatan,
        "dokumen": row.sumber,
        "target": goals.goal(row),
        "realisasi": "" if pd.isna(row.realisasi) else goals.real(row),
        "selang": goals.limits(row.bawah95, row.atas95),
        "terisi": "" if row.indikator == schema.KAMPUNG_KB else f"{row.terisi} dari {row.kampung}",
        "capaian": percent(row.capaian / 100),
        "rincian": ", ".join(filter(None, (goals.limits(row.capaian_bawah, row.capaian_atas), tercapai))),
        "predikat": [isi if isinstance(isi, str) else tanpa for isi in (row.predikat, row.predikat_bkkbn)],
        "pasti": [isinstance(isi, str) for isi in (row.predikat, row.predikat_bkkbn)],
    }


def _unused(evaluasi: Evaluation) -> list[str]:
    """What to say of the rows of target.csv that could not be used."""
    catatan = evaluasi.catatan_mutu
    salah = catatan[catatan["berkas"].eq(BERKAS) & catatan["tingkat"].eq("salah")]
    if not len(salah):
        return []
    baris = salah["baris"].dropna().nunique()
    apa = f"{baris} baris {BERKAS}" if baris else BERKAS
    return [f"{apa} tidak dapat dipakai; sebabnya ada di laporan kualitas data."]
