"""Klasifikasi resmi: the classes, the indices behind them, how firm they are, and where two sources disagree."""

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method.klasifikasi import PASS
from kkb_eval.report.charts.bars import chance_bars
from kkb_eval.report.charts.klasifikasi import class_bar, counts, index_dots
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import source
from kkb_eval.report.tables import table
from kkb_eval.text import NOT_CERTAIN, enumerate_words


def klasifikasi(evaluasi: Evaluation) -> Fragment:
    """The four classes as a bar, the year before beside it."""
    tahun = {evaluasi.tahun: counts(evaluasi.kampung)}
    if sebelum := counts_before(evaluasi):
        tahun[evaluasi.manifest["tahun_sebelumnya"]] = sebelum
    jumlah = tahun[evaluasi.tahun]
    dasar, belum, n = jumlah["Dasar"], jumlah[NOT_CERTAIN], len(evaluasi.kampung)
    if not belum:
        judul = f"{dasar} dari {n} Kampung KB masih Dasar, {jumlah['Berkelanjutan']} sudah Berkelanjutan"
    else:
        judul = f"Kelas {belum} dari {n} Kampung KB belum dapat dipastikan" + " dari rekap saja" * (belum == n)
    keterangan = (
        "Rentang kelas yang mungkin tertulis di setiap tabel; kelas pasti perlu ekspor klasifikasi."
        if jumlah[NOT_CERTAIN]
        else ""
    )
    return class_bar(tahun, judul=judul, keterangan=keterangan, sumber=source(evaluasi))


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
    judul = f"Indeks {tersulit} paling jarang lulus: {lulus[tersulit]} dari {len(nilai)} Kampung KB"
    if nilai.isna().any(axis=None):
        tahu = (f"{nama} {nilai[f'index_{nama}'].notna().sum()}" for nama in schema.ITEMS)
        judul = f"Indeks yang diketahui: {enumerate_words(tahu)} dari {len(evaluasi.kampung)} Kampung KB"
    return index_dots(
        evaluasi.kampung,
        judul=judul,
        keterangan="Besar titik menurut banyaknya Kampung KB. Garis putus: nilai lulus, 3.",
        sumber=source(evaluasi),
    )


def firmness(evaluasi: Evaluation) -> Fragment:
    """Per class: how many are mantap, how many could change by chance, how many rest on angka berpola."""
    data = evaluasi.kampung.assign(
        kelas=evaluasi.kampung["klasifikasi"].fillna(NOT_CERTAIN),
        berpola=evaluasi.kampung["kampung_id"].isin(evaluasi.berpola),
        mantap_=evaluasi.kampung["mantap"].eq(True).fillna(False),
        belum=evaluasi.kampung["mantap"].eq(False).fillna(False),
        tanpa=evaluasi.kampung["mantap"].isna(),
    )
    hitung = data.groupby("kelas")[["mantap_", "belum", "tanpa", "berpola"]].sum()
    hitung.insert(0, "jumlah", data["kelas"].value_counts())
    urut = [k for k in (*schema.CLASSES, NOT_CERTAIN) if k in hitung.index]
    angka = list(hitung.columns)
    return table(
        hitung.loc[urut].reset_index(),
        id="kemantapan",
        judul="Seberapa mantap kelas itu, dan berapa yang bersandar pada angka berpola",
        stub="kelas",
        kolom={
            "kelas": "Kelas",
            "jumlah": "Kampung KB",
            "mantap_": "Mantap",
            "belum": "Belum mantap",
            "tanpa": "Belum diketahui",
            "berpola": "Angka berpola",
        },
        bilangan=angka,
        sumber="Mantap: kelas yang sama pada sedikitnya 80 % pengulangan acak. Belum diketahui: tanpa data KB, atau "
        "dua belas skornya belum lengkap. Angka berpola: peserta tiga poktan atau "
        "lebih persis satu pecahan sasarannya; periksa di lapangan.",
    )


def near_limit(evaluasi: Evaluation) -> Fragment:
    """The Kampung KB whose class chance alone could change, with the probability of each class."""
    tahu = evaluasi.kampung.dropna(subset=["mantap"])
    if not len(tahu):
        return nothing("Kemantapan kelas belum diketahui: perlu data KB dan dua belas skor.")
    goyah = tahu[~tahu["mantap"].astype(bool)].sort_values(["kecamatan", "kampung"])
    if not len(goyah):
        return nothing(f"Kelas semua {len(tahu)} Kampung KB yang dapat diuji mantap.")
    return chance_bars(
        [
            {"nama": r.kampung, "tempat": r.kecamatan, "klasifikasi": r.klasifikasi, "peluang": peluang}
            for r, peluang in zip(each(goyah), goyah[list(schema.CHANCES)].to_numpy(float), strict=True)
        ],
        judul=f"Kelas {len(goyah)} dari {len(tahu)} Kampung KB dapat berubah hanya karena kebetulan",
        keterangan="Bagian setiap kelas pada pengulangan acak menurut banyaknya pasangan. Kelas resmi di bawah 80 % "
        "disebut belum mantap. Butir kelembagaan dianggap pasti.",
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
