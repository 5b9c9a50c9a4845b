"""Perkembangan: how classes, types and indicators moved over the years, updated and not updated apart."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.method import change
from kkb_eval.report import kinds
from kkb_eval.report.charts.klasifikasi import class_bar, counts
from kkb_eval.report.charts.statistical import year_lines
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import region_name, report_links, source_of_years
from kkb_eval.report.tables import table
from kkb_eval.text import NOT_CERTAIN

Tahun = Sequence[Evaluation]


def years_head(tahun: Tahun) -> Fragment:
    """Banner, title and links of the page over the years."""
    akhir = tahun[-1]
    rentang = f"{tahun[0].tahun}–{akhir.tahun}" if len(tahun) > 1 else str(akhir.tahun)
    return render(
        "sections/head.html.j2",
        jenis=kinds.ours()["perkembangan"].judul,
        judul=f"{region_name(str(akhir.kabupaten))}, {rentang}",
        induk=akhir.kampung["provinsi"].iat[0],
        sintetis=akhir.manifest.sintetis,
        keterangan=[f"{len(tahun)} tahun data portal", akhir.manifest.penyusun],
        tautan=[
            ("Daftar laporan", report_links(akhir, "../../")),
            *((f"Evaluasi {t.tahun}", f"{t.tahun}/kabupaten.html") for t in tahun),
        ],
    )


def year_classes(tahun: Tahun) -> Fragment:
    """The classes of every year, the last one on top."""
    jumlah = {t.tahun: counts(t.kampung) for t in reversed(tahun)}
    awal, akhir = tahun[0], tahun[-1]
    return class_bar(
        jumlah,
        judul=f"Dari {len(awal.kampung)} menjadi {len(akhir.kampung)} Kampung KB sejak {awal.tahun}"
        if len(tahun) > 1
        else f"{len(akhir.kampung)} Kampung KB pada {akhir.tahun}",
        keterangan="Yang baru dan yang hilang ikut mengubah persentase setiap kelas; lihat uraiannya di bawah."
        if len(tahun) > 1
        else "",
        sumber=source_of_years(tahun),
    )


def pairs(tahun: Tahun) -> list[Evaluation]:
    """The years with a year before, the last first."""
    return [t for t in reversed(tahun) if len(t.perubahan)]


def compared(tahun: Tahun, akhir: Evaluation) -> list[Evaluation]:
    """A year of ``pairs`` after the one that it is compared with, where the kabupaten has that."""
    return [t for t in tahun if t.tahun in (akhir.manifest.tahun_sebelumnya, akhir.tahun)]


def no_pair() -> Fragment:
    """The line of a section that compares two years where there is only one."""
    return nothing("Perkembangan perlu data sedikitnya dua tahun.")


def class_shares(tahun: Tahun) -> Fragment:
    """The change of class shares split into moved, new and gone, adding up exactly; who is new and who is gone."""
    if not pairs(tahun):
        return no_pair()
    akhir = pairs(tahun)[0]
    rows = akhir.perubahan[akhir.perubahan["bagian"].eq("pangsa")]
    rows = rows.assign(kelas=rows["kelas"].fillna(NOT_CERTAIN))
    kolom = ["nilai_sebelum", "nilai_sekarang", "selisih", "bergerak", "baru", "hilang"]
    tampil = rows[["kelas", "jumlah_sebelum", "jumlah_sekarang", *kolom]].copy()
    tampil[["selisih", "bergerak", "baru", "hilang"]] *= 100
    lama = akhir.manifest.tahun_sebelumnya
    isi = table(
        tampil,
        id="pecahan",
        judul="Mengapa persentase setiap kelas berubah (poin persen)",
        stub="kelas",
        kolom={
            "kelas": "Kelas",
            "nilai_sebelum": f"Persentase {lama}",
            "nilai_sekarang": f"Persentase {akhir.tahun}",
            "selisih": "Berubah",
            "bergerak": "karena bergerak",
            "baru": "karena yang baru",
            "hilang": "karena yang hilang",
        },
        persen=["nilai_sebelum", "nilai_sekarang"],
        poin=["selisih", "bergerak", "baru", "hilang"],
        sumber="Bergerak: Kampung KB yang ada di kedua tahun. Ketiga bagian berjumlah tepat sama dengan perubahannya.",
    )
    dulu, kini = compared(tahun, akhir)[0].kampung, akhir.kampung
    baru = kini[~kini["kampung_id"].isin(dulu["kampung_id"])].sort_values(["kampung", "kecamatan"])
    # of a Kampung KB: K18 also tells an export that lacks some of an older one of its year
    hilang = akhir.catatan_mutu[akhir.catatan_mutu["kode"].eq("K18") & akhir.catatan_mutu["kampung_id"].notna()]
    return isi + render(
        "sections/years_new_gone.html.j2",
        baru=[f"{r.kampung} ({r.kecamatan})" for r in each(baru)],
        hilang=sorted(hilang["pesan"]),
    )


def year_rates(tahun: Tahun) -> Fragment:
    """The pooled value of every indicator over the years, with the range of the silent ones and breaks."""
    parts = [t.area("kabupaten").reset_index().assign(tahun=t.tahun) for t in tahun]
    data = pd.concat(parts, ignore_index=True)
    if data["nilai"].isna().all():
        return nothing("Angka gabungan belum diketahui: belum ada isian yang dapat dipakai.")
    katalog = tahun[-1].katalog
    awal, akhir = tahun[0].tahun, tahun[-1].tahun
    putus = change.breaks(awal, akhir)
    gambar = year_lines(
        data,
        katalog[katalog["sampel"].eq("ya") & katalog["tipologi"].eq("ya")],
        putus=sorted({t for t, _ in change.BREAKS if awal < t <= akhir}),
        judul=f"Gabungan Kampung KB di {tahun[-1].kabupaten} yang melapor, menurut tahun",
        keterangan="Pita: rentangnya bila yang belum melapor ikut. Yang melapor tidak sama dari tahun ke tahun."
        + (" Garis putus: data sebelum dan sesudahnya tidak sebanding." if putus else ""),
        sumber=source_of_years(tahun),
    )
    return gambar + render("sections/breaks.html.j2", putus=putus) + _rate_table(tahun)


def _rate_table(tahun: Tahun) -> Fragment:
    if not pairs(tahun):
        return nothing("")
    akhir = pairs(tahun)[0]
    rows = akhir.perubahan[akhir.perubahan["bagian"].eq("angka") & akhir.perubahan["tingkat"].eq("kabupaten")]
    katalog = akhir.katalog.set_index("kode")
    urutan = rows["indikator"].map({kode: i for i, kode in enumerate(katalog.index)})
    rows = rows.assign(urutan=urutan)[rows["indikator"].map(katalog["sampel"]).eq("ya")].sort_values("urutan")
    arah = pd.Series(np.where(rows["selisih"] > 0, "naik", "turun"), rows.index)
    nilai = arah.where(rows["nyata"].fillna(False).astype(bool), "belum dapat dipastikan").astype(object)
    tampil = rows.assign(
        nama=rows["indikator"].map(katalog["singkat"]),
        beda=100 * rows["selisih"],
        bawah=100 * rows["bawah95"],
        atas=100 * rows["atas95"],
        penilaian=nilai.where(rows["jumlah"].gt(0), "tidak ada pasangan"),
    )
    lama = akhir.manifest.tahun_sebelumnya
    return table(
        tampil,
        id="perubahan-angka",
        judul=f"Perubahan {lama}–{akhir.tahun} pada Kampung KB yang datanya diperbarui",
        stub="nama",
        kolom={
            "nama": "Indikator",
            "jumlah": "Diperbarui",
            "tidak_diperbarui": "Tidak diperbarui",
            "tanpa_pasangan": "Tanpa pasangan",
            "nilai_sebelum": str(lama),
            "nilai_sekarang": str(akhir.tahun),
            "beda": "Selisih (poin)",
            "bawah": "Rentang: dari",
            "atas": "sampai",
            "penilaian": "Perubahan",
        },
        bilangan=["jumlah", "tidak_diperbarui", "tanpa_pasangan"],
        persen=["nilai_sebelum", "nilai_sekarang"],
        poin=["beda", "bawah", "atas"],
        sumber="Naik atau turun: rentang 95 % menurut keragaman antar-Kampung KB tidak memuat nol. Satu atau dua "
        "Kampung KB saja belum dapat dipastikan.",
    )
