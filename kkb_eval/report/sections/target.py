"""Capaian target kinerja: target, realisasi with its range, capaian and predikat; what cannot be told yet."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report import targets
from kkb_eval.report.charts.target import achievement_dots
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import region_name, source
from kkb_eval.text import Number, percent

FILE = "rujukan/target.csv"
CAUSES = {
    "target_nol": "target nol, capaian tidak dapat dihitung",
    "tanpa_realisasi": "belum ada isian yang dapat dipakai",
    "cakupan_kurang": f"{targets.NOT_CERTAIN}: separuh atau lebih Kampung KB belum melapor",
}
"""Why there is no predikat, where it is not the range."""


def target(evaluasi: Evaluation) -> Fragment:
    """The targets of the kabupaten as figure and table, those of the kecamatan collapsed."""
    rows = evaluasi.capaian
    if not len(rows):
        teks = f"Target kinerja {evaluasi.tahun} belum tersedia."
        return nothing(" ".join([teks, *_unused(evaluasi)]))
    rows = rows.sort_values("capaian", kind="stable")  # the worst first
    kabupaten, kecamatan = (rows[rows.index.isin(targets.own(evaluasi).index)], rows[rows["kecamatan"].notna()])
    bagian = []
    if kabupaten["capaian"].notna().any():
        bagian.append(achievement(evaluasi, kabupaten))
    if len(kabupaten):
        bagian.append(_table(evaluasi, kabupaten, f"Capaian {region_name(str(evaluasi.kabupaten))} {evaluasi.tahun}"))
    else:
        teks = f"Target kabupaten {evaluasi.tahun} belum tersedia."
        bagian.append(nothing(teks))
    if len(kecamatan):
        judul = targets.tally(kecamatan, "target kecamatan")
        isi = _table(evaluasi, kecamatan, f"Capaian kecamatan {evaluasi.tahun}")
        bagian.append(render("sections/fold.html.j2", judul=judul, isi=isi))
    return sum(bagian[1:], bagian[0])


def achievement(evaluasi: Evaluation, rows: pd.DataFrame) -> Fragment:
    """The targets of these rows of ``capaian`` as dots; one at least has a capaian."""
    nama = targets.names(evaluasi)
    return achievement_dots(
        [
            {
                "nama": nama[row.indikator],
                "capaian": row.capaian,
                "bawah": row.capaian if pd.isna(row.capaian_bawah) else row.capaian_bawah,
                "atas": row.capaian if pd.isna(row.capaian_atas) else row.capaian_atas,
                "tercapai": None if pd.isna(row.tercapai) else bool(row.tercapai),
                "realisasi": targets.real(row),
                "selang": _limits(row.bawah95, row.atas95),
                "target": targets.goal(row),
            }
            for row in each(rows[rows["capaian"].notna()])
        ],
        judul=targets.tally(rows, "target kabupaten"),
        keterangan="Titik: capaian, yaitu realisasi Kampung KB yang melapor dibandingkan dengan target wilayahnya; "
        f"garis: rentangnya bila yang belum melapor ikut. Rentang yang melewati garis target {targets.NOT_CERTAIN}.",
        sumber=source(evaluasi),
    )


def _table(evaluasi: Evaluation, rows: pd.DataFrame, judul: str) -> Fragment:
    nama = targets.names(evaluasi)
    turun = set(evaluasi.katalog.loc[evaluasi.katalog["arah"].eq(-1), "kode"])
    dokumen = rows["sumber"].fillna("dokumen tidak disebut")
    kecamatan = bool(rows["kecamatan"].notna().any())
    return render(
        "sections/target.html.j2",
        judul=judul,
        id=f"capaian-{'kecamatan' if kecamatan else 'kabupaten'}",
        kecamatan=kecamatan,
        baris=[
            _row(row) | {"nama": nama[row.indikator], "turun": row.indikator in turun}
            for row in each(rows.assign(sumber=dokumen))
        ],
        lengkap=not kecamatan or targets.own(evaluasi).empty,
        dokumen=dokumen.iat[0] if len(set(dokumen)) == 1 else "",
        turun=[nama[kode] for kode in nama if kode in turun and kode in set(rows["indikator"])],
        sumber=source(evaluasi),
        sisa=_unused(evaluasi),
    )


def _row(row: Any) -> dict[str, Any]:
    """The cells of a target: what is not known says why."""
    tanpa = CAUSES.get(row.keadaan, targets.NOT_CERTAIN)
    tercapai = "" if pd.isna(row.tercapai) else "tercapai" if row.tercapai else "belum tercapai"
    return {
        "kecamatan": row.kecamatan,
        "dokumen": row.sumber,
        "target": targets.goal(row),
        "realisasi": "" if pd.isna(row.realisasi) else targets.real(row),
        "selang": _limits(row.bawah95, row.atas95),
        "terisi": "" if row.indikator == schema.KAMPUNG_KB else f"{row.terisi} dari {row.kampung}",
        "capaian": percent(row.capaian / 100),
        "rincian": ", ".join(filter(None, (_limits(row.capaian_bawah, row.capaian_atas), tercapai))),
        "predikat": [isi if isinstance(isi, str) else tanpa for isi in (row.predikat, row.predikat_bkkbn)],
        "pasti": [isinstance(isi, str) for isi in (row.predikat, row.predikat_bkkbn)],
    }


def _limits(low: Number, high: Number) -> str:
    """The range of percentages, empty where there is none or nobody is silent."""
    return "" if low == high else targets.limits(low, high)


def _unused(evaluasi: Evaluation) -> list[str]:
    """What to say of the rows of target.csv that could not be used."""
    catatan = evaluasi.catatan_mutu
    salah = catatan[catatan["berkas"].str.startswith("rujukan/target") & catatan["tingkat"].eq("salah")]
    if not len(salah):
        return []
    baris = salah["baris"].dropna().nunique()
    apa = f"{baris} baris {FILE}" if baris else FILE
    return [f"{apa} tidak dapat dipakai; sebabnya ada di laporan kualitas data."]
