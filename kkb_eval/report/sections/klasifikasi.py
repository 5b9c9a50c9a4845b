"""Klasifikasi resmi: the classes, the indices behind them, how firm they are, and where two sources disagree."""

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method.klasifikasi import PASS
from kkb_eval.report.charts.bars import chance_bars
from kkb_eval.report.charts.klasifikasi import class_bar, counts, index_dots
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import alone, each
from kkb_eval.report.sections.head import source
from kkb_eval.report.tables import table
from kkb_eval.stages import DRAWS
from kkb_eval.text import NOT_CERTAIN, counted, enumerate_words, spelled


def klasifikasi(evaluasi: Evaluation) -> Fragment:
    """The four classes as a bar, the year before beside it; one line where no export tells them."""
    if alone(evaluasi):
        return nothing("Kelas belum diketahui: perlu ekspor klasifikasi dari portal.")
    tahun = {evaluasi.tahun: counts(evaluasi.kampung)}
    if sebelum := counts_before(evaluasi):
        tahun[evaluasi.manifest.before] = sebelum
    jumlah = tahun[evaluasi.tahun]
    dasar, belum, n = jumlah["Dasar"], jumlah[NOT_CERTAIN], len(evaluasi.kampung)
    diam = int(
        (evaluasi.kampung["klasifikasi"].eq("Dasar") & evaluasi.kampung["lapor_kb"].eq(False)).fillna(False).sum()
    )
    keterangan = ""
    if belum:
        judul = f"Kelas {belum} dari {n} Kampung KB belum dapat dipastikan" + " dari rekap saja" * (belum == n)
        keterangan = "Rentang kelas yang mungkin tertulis di setiap tabel; kelas pasti perlu ekspor klasifikasi."
    else:
        tinggi = jumlah["Berkelanjutan"]
        judul = f"{counted(dasar)} dari {n} Kampung KB masih Dasar, {spelled(tinggi)} sudah Berkelanjutan"
    if diam:
        keterangan = f"{counted(diam)} yang Dasar belum mengisi data KB. {keterangan}".strip()
    return class_bar(tahun, judul=judul, keterangan=keterangan, sumber=source(evaluasi))


def silent_dasar(kampung: pd.DataFrame) -> int:
    """Count the Dasar that have not filled in the KB form: officially Dasar, for want of numbers."""
    return int((kampung["klasifikasi"].eq("Dasar") & kampung["lapor_kb"].eq(False)).fillna(False).sum())


def counts_before(evaluasi: Evaluation) -> dict[str, int]:
    """The classes of the kabupaten in the year before; empty without one."""
    rows = evaluasi.perubahan[evaluasi.perubahan["bagian"].eq("pangsa")]
    sebelum = rows.assign(kelas=rows["kelas"].fillna(NOT_CERTAIN)).set_index("kelas")["jumlah_sebelum"]
    return {nama: int(sebelum.get(nama, 0)) for nama in (*schema.CLASSES, NOT_CERTAIN)} if sebelum.sum() else {}


def indices(evaluasi: Evaluation) -> Fragment:
    """Input, proses and output index of every Kampung KB as dots against the value that passes."""
    nilai = evaluasi.kampung[list(schema.INDICES)].dropna(how="all")
    if not len(nilai):
        return nothing("Indeks belum ada: perlu ekspor klasifikasi dari portal.")
    lulus = {nama: int((nilai[f"index_{nama}"] >= PASS).sum()) for nama in schema.ITEMS}
    tersulit = min(lulus, key=lambda nama: lulus[nama])
    judul = f"Hanya {spelled(lulus[tersulit])} dari {len(nilai)} Kampung KB yang lulus indeks {tersulit}"
    if lulus[tersulit] == len(nilai):
        judul = "Semua Kampung KB lulus ketiga indeks"
    if nilai.isna().any(axis=None):
        tahu = (f"{nama} {nilai[f'index_{nama}'].notna().sum()}" for nama in schema.ITEMS)
        judul = f"Indeks yang diketahui: {enumerate_words(tahu)} dari {len(evaluasi.kampung)} Kampung KB"
    return index_dots(
        evaluasi.kampung,
        judul=judul,
        keterangan="Besar titik menurut banyaknya Kampung KB. Garis putus: nilai lulus, 3.",
        sumber=source(evaluasi),
    )


def near_limit_counts(evaluasi: Evaluation) -> Fragment:
    """Per class: how many are near its limit, how many have *angka berpola*."""
    dekat = evaluasi.kampung["dekat_batas"]
    data = evaluasi.kampung.assign(
        kelas=evaluasi.kampung["klasifikasi"].fillna(NOT_CERTAIN),
        berpola=evaluasi.kampung["kampung_id"].isin(evaluasi.berpola),
        dekat=dekat.eq(True).fillna(False),
        tidak=dekat.eq(False).fillna(False),
        tanpa=dekat.isna(),
    )
    angka = ["jumlah", "tidak", "dekat", "tanpa", "berpola"]
    hitung = data.assign(jumlah=1).groupby("kelas")[angka].sum()
    urut = [k for k in (*schema.CLASSES, NOT_CERTAIN) if k in hitung.index]
    return table(
        hitung.loc[urut].reset_index(),
        id="dekat-batas",
        judul="Kelas yang rawan berubah dan yang memakai angka berpola",
        stub="kelas",
        kolom={
            "kelas": "Kelas",
            "jumlah": "Kampung KB",
            "tidak": "Tidak dekat batas",
            "dekat": "Dekat batas kelas",
            "tanpa": "Belum diketahui",
            "berpola": "Angka berpola",
        },
        bilangan=angka,
        sumber=f"Dekat batas kelas: kelasnya sama pada kurang dari 80 % dari {DRAWS} hitung ulang. Belum diketahui: "
        "tanpa data KB, atau dua belas skornya belum lengkap. Angka berpola: peserta tiga poktan atau lebih tepat satu "
        "pecahan yang sama dari sasarannya; perlu dicek di lapangan.",
    )


def near_limit(evaluasi: Evaluation) -> Fragment:
    """The Kampung KB whose class is near its limit, with the share of each class in the draws."""
    tahu = evaluasi.kampung.dropna(subset=["dekat_batas"])
    if not len(tahu):
        return nothing("Dekat tidaknya batas kelas belum diketahui: perlu data KB dan dua belas skor.")
    dekat = tahu[tahu["dekat_batas"].astype(bool)].sort_values(["kecamatan", "kampung"])
    if not len(dekat):
        return nothing(f"Tidak satu pun dari {len(tahu)} Kampung KB yang dapat diuji dekat dengan batas kelasnya.")
    return chance_bars(
        [
            {"nama": r.kampung, "tempat": r.kecamatan, "klasifikasi": r.klasifikasi, "peluang": peluang}
            for r, peluang in zip(each(dekat), dekat[list(schema.CHANCES)].to_numpy(float), strict=True)
        ],
        judul=f"Kelas {spelled(len(dekat))} Kampung KB rawan berubah",
        keterangan=f"Hasil {DRAWS} hitung ulang yang mengubah angka KB sebesar perubahan yang biasa bila formulir "
        "diisi lagi; butir kelembagaan tidak diubah.",
        sumber=source(evaluasi),
    )


def score_differences(evaluasi: Evaluation) -> Fragment:
    """Where the recomputed score is not the exported one, in one paragraph."""
    catatan = evaluasi.catatan_mutu[evaluasi.catatan_mutu["kode"].eq("K16")]
    skor = evaluasi.skor.dropna(subset=["hitung", "ekspor"])
    if not len(skor):
        return nothing("Skor tidak dapat dibandingkan: perlu rekap dan klasifikasi.")
    beda = skor[skor["hitung"].ne(skor["ekspor"])]
    kunci = ["kampung", "kampung_id"]
    per = beda.merge(evaluasi.kampung[kunci]).groupby(kunci).size().rename("butir").reset_index()
    return render(
        "sections/klasifikasi_scores.html.j2",
        sama=len(skor) - len(beda),
        semua=len(skor),
        kampung=enumerate_words((f"{r.kampung} ({r.butir} butir)" for r in each(per)), most=6),
        catatan=int(catatan["tingkat"].eq("periksa").sum()),
    )


def class_words(row: pd.Series) -> str:
    """A class as text, or the range of those that are possible."""
    if isinstance(row["klasifikasi"], str):
        return str(row["klasifikasi"])
    return f"{row['klasifikasi_terendah']} – {row['klasifikasi_tertinggi']}"
