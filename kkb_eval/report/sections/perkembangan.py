"""Perkembangan: how classes, types and indicators moved over the years, updated and not updated apart."""

from collections.abc import Sequence

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method import change
from kkb_eval.report.charts import palette
from kkb_eval.report.charts.classes import BELUM_PASTI, class_bar, counts
from kkb_eval.report.charts.flows import flow_chart
from kkb_eval.report.charts.statistical import year_lines
from kkb_eval.report.rendering import Fragment, render
from kkb_eval.report.sections.kepala import nama_daerah, sumber_data
from kkb_eval.report.tables import table
from kkb_eval.report.wording import yes

Tahun = Sequence[Evaluation]
WARNA_KELAS = palette.KELAS | {BELUM_PASTI: "#eef1f5"}


def kepala_perkembangan(tahun: Tahun) -> Fragment:
    """Banner, title and links of the page over the years."""
    akhir = tahun[-1]
    rentang = f"{tahun[0].tahun}–{akhir.tahun}" if len(tahun) > 1 else str(akhir.tahun)
    return render(
        "sections/kepala.html.j2",
        jenis="Perkembangan Kampung KB",
        judul=f"{nama_daerah(str(akhir.kabupaten))}, {rentang}",
        induk=akhir.kampung["provinsi"].iat[0],
        sintetis=akhir.manifest["sintetis"],
        keterangan=[f"{len(tahun)} tahun data portal", akhir.manifest["penyusun"]],
        tautan=[
            ("Daftar laporan", "../../index.html"),
            *((f"Evaluasi {t.tahun}", f"{t.tahun}/kabupaten.html") for t in tahun),
        ],
    )


def kelas_tahun(tahun: Tahun) -> Fragment:
    """The classes of every year, the last one on top."""
    jumlah = {t.tahun: counts(t.kampung) for t in reversed(tahun)}
    awal, akhir = tahun[0], tahun[-1]
    return class_bar(
        jumlah,
        judul=f"Dari {len(awal.kampung)} menjadi {len(akhir.kampung)} Kampung KB sejak {awal.tahun}"
        if len(tahun) > 1
        else f"{len(akhir.kampung)} Kampung KB pada {akhir.tahun}",
        keterangan="Kampung KB baru mengubah susunan kelas tanpa satu pun yang turun; lihat uraiannya di bawah.",
        sumber=sumber_data(akhir),
    )


def pairs(tahun: Tahun) -> list[Evaluation]:
    """The years with a year before, the last first."""
    return [t for t in reversed(tahun) if len(t.perubahan)]


def alir_kelas(tahun: Tahun) -> Fragment:
    """From which class to which, in the last pair of years: all, and updated and not updated apart in the table."""
    return _flows(tahun, "klasifikasi", [*reversed(schema.KELAS), BELUM_PASTI], WARNA_KELAS, "kelas")


def alir_tipe(tahun: Tahun) -> Fragment:
    """From which national type to which; change over years always uses the frozen reference types."""
    if not pairs(tahun):
        return _no_pair()
    nama = tahun[-1].tipe[tahun[-1].tipe["tipologi"].eq("acuan")].drop_duplicates("tipe").set_index("tipe")["nama"]
    lama = pairs(tahun)[0].kampung
    urutan = [str(n) for n in sorted({*nama.index, *lama["tipe_acuan"].dropna().astype(int)})]
    sebut = {t: f"tipe {t}" for t in urutan}
    warna = {sebut[t]: palette.TIPE[int(t) - 1] for t in urutan} | {BELUM_PASTI: "#eef1f5"}
    return _flows(tahun, "tipe_acuan", [*sebut.values(), BELUM_PASTI], warna, "tipe acuan", sebut)


def _no_pair() -> Fragment:
    return render("sections/tanpa_isi.html.j2", teks="Perkembangan perlu data sedikitnya dua tahun.")


def _flows(
    tahun: Tahun, kolom: str, urutan: list[str], warna: dict[str, str], kata: str, sebut: dict[str, str] | None = None
) -> Fragment:
    if not pairs(tahun):
        return _no_pair()
    akhir = pairs(tahun)[0]
    alir = akhir.perubahan[akhir.perubahan["bagian"].eq(f"alir_{kolom}")].copy()
    for sisi in ("dari", "ke"):
        alir[sisi] = alir[sisi].map(sebut or {k: k for k in schema.KELAS}).fillna(BELUM_PASTI)
    pindah = alir[alir["dari"].ne(alir["ke"]) & alir["dari"].ne(BELUM_PASTI) & alir["ke"].ne(BELUM_PASTI)]
    diam = int(alir.loc[alir["diperbarui"].eq(False).fillna(False), "jumlah"].sum())
    semua, n = int(alir["jumlah"].sum()), int(pindah["jumlah"].sum())
    gambar = flow_chart(
        alir.groupby(["dari", "ke"], as_index=False)["jumlah"].sum(),
        [u for u in urutan if (alir["dari"].eq(u) | alir["ke"].eq(u)).any()],
        warna,
        tahun=(akhir.manifest["tahun_sebelumnya"], akhir.tahun),
        judul=f"{n} dari {semua} Kampung KB yang ada di kedua tahun berpindah {kata}",
        keterangan=f"{diam} di antaranya tidak memperbarui satu formulir pun; kelas yang sama di sana bukan bukti "
        "bahwa keadaannya tetap."
        if diam
        else "",
        sumber=sumber_data(akhir),
    )
    return gambar + _flow_table(alir, kolom, kata)


def _flow_table(alir: pd.DataFrame, kolom: str, kata: str) -> Fragment:
    kelompok = alir["diperbarui"].map({True: "diperbarui", False: "diam"}).astype(object).fillna("tanpa")
    per = alir.assign(kelompok=kelompok).pivot_table(
        index=["dari", "ke"], columns="kelompok", values="jumlah", aggfunc="sum", fill_value=0
    )
    per = per.reindex(columns=["diperbarui", "diam", "tanpa"], fill_value=0).astype(int).reset_index()
    per["arah"] = per["dari"] + " → " + per["ke"]
    kolom_tabel = {"arah": f"Dari {kata} ke {kata}", "diperbarui": "Data diperbarui", "diam": "Tidak diperbarui"}
    if per["tanpa"].sum():
        kolom_tabel["tanpa"] = "Tidak dapat dibandingkan"
    return table(
        per,
        id=f"alir-{kolom.replace('_', '-')}",
        judul=f"Perpindahan {kata}, menurut apakah datanya diperbarui",
        stub="arah",
        kolom=kolom_tabel,
        bilangan=[k for k in kolom_tabel if k != "arah"],
    )


def pecahan(tahun: Tahun) -> Fragment:
    """The change of class shares split into moved, new and gone, adding up exactly."""
    if not pairs(tahun):
        return _no_pair()
    akhir = pairs(tahun)[0]
    rows = akhir.perubahan[akhir.perubahan["bagian"].eq("pangsa")]
    rows = rows.assign(kelas=rows["kelas"].fillna(BELUM_PASTI))
    kolom = ["nilai_sebelum", "nilai_sekarang", "selisih", "bergerak", "baru", "hilang"]
    tampil = rows[["kelas", "jumlah_sebelum", "jumlah_sekarang", *kolom]].copy()
    tampil[["selisih", "bergerak", "baru", "hilang"]] *= 100
    lama = akhir.manifest["tahun_sebelumnya"]
    return table(
        tampil,
        id="pecahan",
        judul="Mengapa bagian setiap kelas berubah (poin persen)",
        stub="kelas",
        kolom={
            "kelas": "Kelas",
            "nilai_sebelum": f"Bagian {lama}",
            "nilai_sekarang": f"Bagian {akhir.tahun}",
            "selisih": "Berubah",
            "bergerak": "karena bergerak",
            "baru": "karena yang baru",
            "hilang": "karena yang hilang",
        },
        persen=["nilai_sebelum", "nilai_sekarang"],
        poin=["selisih", "bergerak", "baru", "hilang"],
        sumber="Bergerak: Kampung KB yang ada di kedua tahun. Ketiga bagian berjumlah tepat sama dengan perubahannya.",
    )


def garis_tahun(tahun: Tahun) -> Fragment:
    """The kabupaten's value of every indicator over the years, with intervals and breaks."""
    parts = [t.area("kabupaten").reset_index().assign(tahun=t.tahun) for t in tahun]
    data = pd.concat(parts, ignore_index=True)
    katalog = tahun[-1].katalog
    awal, akhir = tahun[0].tahun, tahun[-1].tahun
    putus = change.breaks(awal, akhir)
    gambar = year_lines(
        data,
        katalog[katalog["sampel"].eq("ya") & katalog["tipologi"].eq("ya")],
        putus=sorted({t for t, _ in change.PATAHAN if awal < t <= akhir}),
        judul="Nilai kabupaten menurut tahun, dengan selang 95 %",
        keterangan="Setiap titik memakai semua Kampung KB yang terisi pada tahun itu; susunannya berubah-ubah."
        + (" Garis putus: data sebelum dan sesudahnya tidak sebanding." if putus else ""),
        sumber=sumber_data(tahun[-1]),
    )
    return gambar + render("sections/patahan.html.j2", putus=putus) + _rate_table(tahun)


def _rate_table(tahun: Tahun) -> Fragment:
    if not pairs(tahun):
        return render("sections/tanpa_isi.html.j2", teks="")
    akhir = pairs(tahun)[0]
    rows = akhir.perubahan[akhir.perubahan["bagian"].eq("angka") & akhir.perubahan["tingkat"].eq("kabupaten")]
    katalog = akhir.katalog.set_index("kode")
    rows = rows[rows["indikator"].map(katalog["sampel"]).eq("ya")]
    nyata = rows["nyata"].map({True: "nyata", False: "dalam batas kebetulan"}).astype(object)
    tampil = rows.assign(
        nama=rows["indikator"].map(katalog["singkat"]),
        beda=100 * rows["selisih"],
        bawah=100 * rows["bawah95"],
        atas=100 * rows["atas95"],
        penilaian=nyata.where(rows["jumlah"].gt(0), "tidak ada pasangan"),
    )
    lama = akhir.manifest["tahun_sebelumnya"]
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
            "bawah": "Selang: dari",
            "atas": "sampai",
            "penilaian": "Penilaian",
        },
        bilangan=["jumlah", "tidak_diperbarui", "tanpa_pasangan"],
        persen=["nilai_sebelum", "nilai_sekarang"],
        poin=["beda", "bawah", "atas"],
        sumber="Selang Newcombe 95 %. Nyata: selangnya tidak memuat nol.",
    )


def pindah(tahun: Tahun) -> Fragment:
    """Who rose and who fell, and whether that is more than chance; what regression to the mean explains."""
    if not pairs(tahun):
        return _no_pair()
    akhir = pairs(tahun)[0]
    rows = akhir.perubahan[akhir.perubahan["bagian"].eq("gerak_kelas")]
    nama = akhir.kampung.set_index("kampung_id")
    laju = akhir.perubahan[akhir.perubahan["bagian"].eq("angka")]
    kalimat = [change.regression_to_mean(laju, row) for _, row in akhir.katalog.iterrows()]
    return render(
        "sections/pindah.html.j2",
        dari=akhir.manifest["tahun_sebelumnya"],
        ke=akhir.tahun,
        regresi=[k for k in kalimat if k],
        baris=[
            {
                "kampung": nama.at[r.kampung_id, "kampung"],
                "kecamatan": nama.at[r.kampung_id, "kecamatan"],
                "tautan": f"{akhir.tahun}/kecamatan/{nama.at[r.kampung_id, 'slug_kecamatan']}.html",
                "dari": r.dari,
                "ke": r.ke,
                "arah": r.arah,
                "nyata": "belum diketahui" if pd.isna(r.nyata) else "nyata" if r.nyata else "dapat karena kebetulan",
                "diperbarui": "ya" if yes(r.diperbarui) else "tidak",
                "berpola": r.kampung_id in akhir.berpola,
            }
            for r in rows.sort_values(["arah", "kecamatan"]).itertuples()
        ],
    )
