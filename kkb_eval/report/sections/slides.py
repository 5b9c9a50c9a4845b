"""The slides of the meeting: the kabupaten page's numbers, one message and one figure each, in the meeting's order.

The title of a figure is the slide's title and its source the speaker's line. A slide without anything to show is empty
and left out (``slides.to_slides``).
"""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method import road as road_method
from kkb_eval.report import kinds, sentences, targets
from kkb_eval.report.charts.klasifikasi import class_bar, counts
from kkb_eval.report.charts.typology import type_profile
from kkb_eval.report.html import Fragment, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.change import class_flow_figure
from kkb_eval.report.sections.comparison import kecamatan_map as tile_map
from kkb_eval.report.sections.follow_up import sentences as follow_up_sentences
from kkb_eval.report.sections.head import has_rekap, region_name, report_links, source
from kkb_eval.report.sections.klasifikasi import klasifikasi as class_figure
from kkb_eval.report.sections.priority import visits as visit_list
from kkb_eval.report.sections.road import nearest, roads
from kkb_eval.report.sections.target import achievement
from kkb_eval.text import FORMS, WORSE, count, counted, enumerate_words, interval, percent

EMPTY = Fragment("")
"""What a slide without anything to show is."""


def title(evaluasi: Evaluation) -> Fragment:
    """The first slide: which kabupaten, which year, whose data of which day."""
    return render(
        "paparan/judul.html.j2",
        jenis=kinds.ours()["paparan"].judul,
        sintetis=evaluasi.manifest.sintetis,
        induk=evaluasi.kampung["provinsi"].iat[0],
        judul=f"{region_name(str(evaluasi.kabupaten))}, {evaluasi.tahun}",
        jumlah=count(len(evaluasi.kampung)),
        kecamatan=evaluasi.kampung["kecamatan"].nunique(),
        penyusun=evaluasi.manifest.penyusun,
        sumber=source(evaluasi),
        daftar=report_links(evaluasi, "../../../"),
    )


def coverage(evaluasi: Evaluation) -> Fragment:
    """How many filled in each form and how many KB forms are fresh, as bars; who has not reported below."""
    if not has_rekap(evaluasi):
        return EMPTY
    kampung, n = evaluasi.kampung, len(evaluasi.kampung)
    lapor = {nama: int(kampung[f"lapor_{nama}"].fillna(False).sum()) for nama in FORMS}
    batang = [(f"Formulir {kata}", lapor[nama], n) for nama, kata in FORMS.items()]
    segar = kampung["diperbarui_kb"].dropna().astype(bool)
    pesan = f"{lapor['kb']} dari {n} Kampung KB sudah mengisi data KB"
    if len(segar):
        lama = evaluasi.manifest.tahun_sebelumnya
        batang.append((f"Data KB diperbarui sejak {lama}", int(segar.sum()), len(segar)))
        if basi := int((~segar).sum()):
            pesan += f"; {basi} masih memakai isian {lama}"
    belum = kampung.loc[~kampung["lapor_kb"].fillna(False).astype(bool), "kecamatan"].value_counts().sort_index()
    tempat = enumerate_words((f"{kec} ({k})" if k > 1 else str(kec) for kec, k in belum.items()), most=9)
    return _slide(
        "batang.html.j2",
        judul=pesan,
        keterangan=f"Yang belum: di {tempat}." if len(belum) else "",
        sumber=source(evaluasi),
        alt="; ".join(f"{nama}: {k} dari {dari}" for nama, k, dari in batang),
        baris=[{"nama": nama, "nilai": k / dari, "teks": f"{k} dari {dari}"} for nama, k, dari in batang],
    )


def _slide(template: str, *, judul: Any, sumber: str, keterangan: str = "", **data: Any) -> Fragment:
    """A figure like those of ``charts``, from a template of the slides alone."""
    isi = render(f"paparan/{template}", **data)
    return render("charts/figure.html.j2", judul=judul, keterangan=keterangan, sumber=sumber, isi=isi)


def klasifikasi(evaluasi: Evaluation) -> Fragment:
    """The four classes beside last year's, with what rests on *angka berpola*."""
    pola = next(sentences.pattern(evaluasi), None)
    return class_figure(evaluasi) + render("paparan/catatan.html.j2", teks=pola.teks if pola else "")


def change(evaluasi: Evaluation) -> Fragment:
    """From which class to which since the year before, how much is more than chance; last year's RTL below."""
    if not len(evaluasi.perubahan):
        return EMPTY
    kalimat = next(sentences.moves(evaluasi), None)
    judul, _, sisa = kalimat.teks.striptags().partition(". ") if kalimat else ("Belum ada yang berpindah kelas", "", "")
    lama = evaluasi.manifest.before
    disepakati, *_, berubah = follow_up_sentences(evaluasi.rtl, lama, evaluasi.tahun) if len(evaluasi.rtl) else ("", "")
    gambar = class_flow_figure(evaluasi, judul=judul, keterangan=sisa.strip())
    return gambar + render("paparan/catatan.html.j2", teks=f"{disepakati} {berubah}".strip())


def numbers(evaluasi: Evaluation) -> Fragment:
    """The kabupaten's targets as dots; without any its pooled rates with their intervals."""
    target = targets.own(evaluasi)
    if target["capaian"].notna().any():
        return achievement(evaluasi, target)
    area, katalog = evaluasi.area("kabupaten"), evaluasi.katalog
    dipakai = katalog[katalog["sampel"].eq("ya") & katalog["tipologi"].eq("ya")]
    rows = [(k.singkat, area.loc[k.kode]) for k in each(dipakai)]
    baris = [
        {
            "nama": nama,
            "nilai": row["nilai"],
            "bawah": row["bawah_diam"],
            "atas": row["atas_diam"],
            "teks": percent(row["nilai"]),
            "selang": interval(row["bawah_diam"], row["atas_diam"]),
        }
        for nama, row in rows
        if pd.notna(row["nilai"])
    ]
    if not baris:
        return EMPTY
    unmet = next(sentences.unmet(evaluasi), None)
    pesan = unmet.teks.striptags() if unmet else "Angka gabungan Kampung KB"
    cara = "Gabungan Kampung KB yang melapor; dalam kurung rentang bila yang belum melapor ikut melapor."
    return _slide(
        "angka.html.j2",
        judul=pesan.rstrip("."),
        keterangan=cara,
        sumber=f"{source(evaluasi)}. Statistik pelayanan, bukan hasil survei.",
        alt="; ".join(f"{b['nama']} {b['teks']} ({b['selang']})" for b in baris),
        baris=baris,
    )


def types(evaluasi: Evaluation) -> Fragment:
    """What the types are like, indicator by indicator."""
    tipologi = evaluasi.tipologi.iloc[0]
    rows = evaluasi.tipe[evaluasi.tipe["tipologi"].eq(tipologi["utama"])]
    if not len(rows):
        return EMPTY
    jumlah, lokal = rows["tipe"].nunique(), tipologi["utama"] == "lokal"
    jenis = f"terbagi dalam {jumlah} tipe lokal" if lokal else f"menurut {jumlah} tipe acuan nasional"
    return type_profile(
        rows,
        evaluasi.katalog,
        judul=f"{int(tipologi['unit'])} Kampung KB {jenis}",
        keterangan="Angka: persen. Biru lebih baik, jingga kurang baik daripada rata-rata semuanya. Tipe hanya "
        "mengelompokkan Kampung KB yang mirip; bukan penilaian.",
        sumber=source(evaluasi),
    )


def kecamatan_map(evaluasi: Evaluation) -> Fragment:
    """The tile map of unmet need with the classes of the Kampung KB."""
    if not len(evaluasi.peta_kotak):
        return EMPTY
    return tile_map(evaluasi, "unmet") + render("paparan/keterangan.html.j2")


def road(evaluasi: Evaluation) -> Fragment:
    """The ten closest to a higher class, with their steps."""
    ada = nearest(evaluasi).query("keadaan == 'ada_langkah'")
    if not len(ada):
        return EMPTY
    baris, dekat = [b for b in roads(evaluasi, ada) if b["dekat"]], road_method.one_step_away(evaluasi.keadaan)
    return _slide(
        "jalan.html.j2",
        judul=f"{counted(dekat)} Kampung KB tinggal satu langkah untuk naik kelas"
        if dekat
        else f"{counted(len(ada))} Kampung KB dapat naik kelas; yang terdekat lebih dulu",
        keterangan=f"Yang terdekat: {len(baris)} dari {len(ada)}. Sudah dihitung ulang dengan aturan portal.",
        sumber=source(evaluasi),
        alt=f"{len(baris)} Kampung KB yang terdekat ke kelas berikutnya",
        baris=baris,
    )


def visits(evaluasi: Evaluation) -> Fragment:
    """Whom to visit first, with intervals."""
    return visit_list(evaluasi, gambar_saja=True) if evaluasi.prioritas["terpilih"].fillna(False).any() else EMPTY


def tertinggal(evaluasi: Evaluation) -> Fragment:
    """The classes of the Kampung KB in desa tertinggal beside the others."""
    tahu = evaluasi.kampung.dropna(subset=["tertinggal"])
    if not len(tahu):
        return EMPTY
    di = tahu["tertinggal"].astype(bool)
    return class_bar(
        {"Desa tertinggal": counts(tahu[di]), "Desa lain": counts(tahu[~di])},
        judul=f"{counted(int(di.sum()))} dari {len(tahu)} Kampung KB berada di desa tertinggal",
        keterangan="Perbedaan ini tidak menunjukkan penyebab.",
        sumber=f"{source(evaluasi)}; desa tertinggal {evaluasi.tahun}",
    )


def actions(evaluasi: Evaluation) -> Fragment:
    """Per program utama the indicator that most Kampung KB are behind in, and what each unsur does about it."""
    kurang = evaluasi.indikator[evaluasi.indikator["label"].isin(WORSE)]["indikator"].value_counts()
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    program = []
    for utama, isi in evaluasi.program.groupby("program_utama", sort=True):
        # the order of the catalogue decides between equals
        kode = max((k for k in nama.index if isi["indikator"].eq(k).any()), key=lambda k: int(kurang.get(k, 0)))
        baris = isi[isi["indikator"].eq(kode)]
        per = [(u, list(baris.loc[baris["unsur"].eq(u), "tindakan"])[:1]) for u in schema.UNSUR]
        program.append({"nama": utama, "indikator": nama[kode], "kurang": int(kurang.get(kode, 0)), "per": per})
    if not program:
        return EMPTY
    terbanyak = max(program, key=lambda p: p["kurang"])
    return _slide(
        "tindakan.html.j2",
        judul=f"Kerja bersama: mulai dari {enumerate_words(str(p['indikator']) for p in program)}",
        keterangan="Indikator yang paling banyak kurang baik: {indikator} di {kurang} Kampung KB.".format(**terbanyak),
        sumber="rujukan/program.csv; " + source(evaluasi),
        program=program,
    )


def method(evaluasi: Evaluation) -> Fragment:
    """How to read the numbers."""
    return _slide(
        "metode.html.j2",
        judul="Cara membaca angka ini",
        sumber=f"{source(evaluasi)}; kkb_eval {evaluasi.manifest.versi}",
        manifest=evaluasi.manifest,
        tahun=evaluasi.tahun,
    )
