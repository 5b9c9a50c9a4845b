"""Tipe Kampung KB: which groups there are, how sure that is, and who belongs where."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method.typology.local import AT_LEAST
from kkb_eval.method.typology.stability import RESAMPLES
from kkb_eval.report.charts.statistical import member_map
from kkb_eval.report.charts.typology import type_profile as profile_chart
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import source
from kkb_eval.report.tables import table
from kkb_eval.report.type_words import reason
from kkb_eval.text import decimal, enumerate_words, percent, yes

SEPARATED = 0.5
"""Mean silhouette from which types are called apart (Kaufman and Rousseeuw 1990)."""


def main_type(evaluasi: Evaluation) -> pd.DataFrame:
    """Return the members with their type in the typology that the page shows as the main one.

    ``kampung_id, kampung, kecamatan, tertinggal, klasifikasi, tipe, nama, siluet, kedua, di_perbatasan, sumbu1,
    sumbu2``; ``tipe`` is null where a Kampung KB could not be grouped.
    """
    lokal = evaluasi.tipologi["utama"].iat[0] == "lokal"
    kolom = (
        ("tipe", "nama_tipe", "siluet", "tipe_kedua")
        if lokal
        else ("tipe_acuan", "nama_tipe_acuan", "siluet_acuan", "tipe_kedua_acuan")
    )
    baru = ("tipe", "nama", "siluet", "kedua")
    tetap = ["kampung_id", "kampung", "kecamatan", "tertinggal", "klasifikasi", "sumbu1", "sumbu2"]
    tetap += ["belum_dikelompokkan", "di_perbatasan"]
    return evaluasi.kampung[[*tetap, *kolom]].rename(columns=dict(zip(kolom, baru, strict=True)))


def type_profile(evaluasi: Evaluation) -> Fragment:
    """Show what each type is like, indicator by indicator, and which typology this is."""
    tipologi = evaluasi.tipologi.iloc[0]
    rows = evaluasi.tipe[evaluasi.tipe["tipologi"].eq(tipologi["utama"])]
    if not len(rows):
        return nothing(f"Tipe belum dapat ditentukan. {reason(tipologi, evaluasi.panel)}")
    jumlah = rows["tipe"].nunique()
    lokal = tipologi["utama"] == "lokal"
    jenis = f"terbagi dalam {jumlah} tipe lokal" if lokal else f"menurut {jumlah} tipe acuan nasional"
    return profile_chart(
        rows,
        evaluasi.katalog,
        judul=f"{int(tipologi['unit'])} Kampung KB {jenis}",
        keterangan=f"{reason(tipologi, evaluasi.panel)}{_patterned(evaluasi)} Angka: nilai gabungan tipe itu "
        "(persen); warna: dibandingkan dengan rata-rata semua Kampung KB yang dikelompokkan, biru lebih baik, jingga "
        "kurang baik.",
        sumber=source(evaluasi),
    )


def _patterned(evaluasi: Evaluation) -> str:
    """Return how many of those that have a type have numbers of one pattern, as a sentence; "" where none has."""
    ids = main_type(evaluasi).dropna(subset=["tipe"])["kampung_id"]
    marked = evaluasi.catatan_mutu.loc[evaluasi.catatan_mutu["kode"].isin(["K13", "K19"]), "kampung_id"]
    n = int(ids.isin(marked).sum())
    return f" Angka poktan {n} di antaranya berpola atau penuh." if n else ""


def type_rules(evaluasi: Evaluation) -> Fragment:
    """Show the rule tree in words, with how often it is right."""
    tipologi = evaluasi.tipologi.iloc[0]
    rows = evaluasi.aturan[evaluasi.aturan["tipologi"].eq(tipologi["utama"])]
    nama = main_type(evaluasi).dropna(subset=["tipe"]).drop_duplicates("tipe").set_index("tipe")["nama"].to_dict()
    if not len(rows) or tipologi["unit"] < AT_LEAST:
        return nothing(f"Aturan sederhana perlu sedikitnya dua tipe dan {AT_LEAST} Kampung KB yang lengkap.")
    return render(
        "sections/typology_rules.html.j2",
        kecocokan=percent(tipologi["kecocokan"], 0),
        aturan=[
            {
                "tipe": int(r.tipe),
                "nama": nama.get(r.tipe, ""),
                "syarat": r.aturan,
                "anggota": r.anggota,
                "tepat": percent(r.tepat, 0),
            }
            for r in each(rows)
        ],
    )


def type_members(evaluasi: Evaluation) -> Fragment:
    """Show the map of members, then all of them with how well they fit; who is not grouped is listed, and why."""
    data = main_type(evaluasi)
    isi = data.dropna(subset=["tipe"])
    if not len(isi):
        return nothing("Belum ada Kampung KB yang dapat dikelompokkan.")
    nama = {int(t): str(n) for t, n in isi.drop_duplicates("tipe")[["tipe", "nama"]].itertuples(index=False)}
    gambar = member_map(
        isi.rename(columns={"sumbu1": "x", "sumbu2": "y"}),
        nama,
        judul=_overlap(isi),
        keterangan=f"Dua sumbu utama dari {_indicators(evaluasi)} indikator. Titik yang berdekatan mirip; elips memuat "
        "sebagian besar anggota.",
        sumber=source(evaluasi),
    )
    return gambar + _members(isi) + _ungrouped(evaluasi, data)


def _indicators(evaluasi: Evaluation) -> str:
    """Return of how many indicators the types that are shown are made."""
    utama = str(evaluasi.tipologi["utama"].iat[0])
    n = evaluasi.tipe[evaluasi.tipe["tipologi"].eq(utama)]["indikator"].nunique()
    return "sembilan" if n == 9 else str(n)


def _overlap(isi: pd.DataFrame) -> str:
    """Say how far the types lie apart; a mean silhouette of a half is where they begin to be apart."""
    if len(isi["tipe"].unique()) == 1:
        return f"{len(isi)} Kampung KB dalam satu tipe"
    siluet = isi["siluet"].mean()
    kata = "saling tumpang tindih" if siluet < SEPARATED else "terpisah jelas"
    return f"Tipe {kata}: siluet rata-rata {decimal(siluet, 2)}"


def _members(isi: pd.DataFrame) -> Fragment:
    rows = isi.sort_values(["tipe", "kecamatan", "kampung"])
    ragu = int(rows["di_perbatasan"].sum())
    return render(
        "sections/typology_members.html.j2",
        ragu=ragu,
        baris=[
            {
                "kampung": r.kampung,
                "kecamatan": r.kecamatan,
                "tertinggal": yes(r.tertinggal),
                "tipe": int(r.tipe),
                "nama": r.nama,
                "kelas": r.klasifikasi if isinstance(r.klasifikasi, str) else "",
                "kedua": int(r.kedua) if pd.notna(r.kedua) else "",
                "perbatasan": yes(r.di_perbatasan),
                "siluet": r.siluet,
            }
            for r in each(rows)
        ],
    )


def _ungrouped(evaluasi: Evaluation, data: pd.DataFrame) -> Fragment:
    belum = data[data["tipe"].isna()].copy()
    silent = evaluasi.kampung.loc[evaluasi.kampung["lapor_kb"].eq(False).fillna(False), "kampung_id"]
    belum.loc[belum["kampung_id"].isin(silent), "belum_dikelompokkan"] = "Belum mengisi data KB"
    per: Any = belum.groupby("belum_dikelompokkan")["kampung"].apply(sorted) if len(belum) else {}
    return render(
        "sections/typology_ungrouped.html.j2",
        jumlah=len(belum),
        alasan=[{"teks": k, "nama": enumerate_words(v, most=8), "jumlah": len(v)} for k, v in dict(per).items()],
    )


def type_stability(evaluasi: Evaluation) -> Fragment:
    """Show for each k whether every type holds when the data are drawn again."""
    panel = evaluasi.panel
    if not len(panel):
        return nothing(f"Tanpa uji kestabilan. {reason(evaluasi.tipologi.iloc[0], panel)}")
    tampil = panel.assign(k=panel["k"].astype("int64").astype(str) + " tipe")
    return table(
        tampil,
        id="panel",
        judul="Apakah tipe bertahan bila datanya diambil ulang",
        stub="k",
        kolom={
            "k": "Banyak tipe",
            "siluet": "Siluet",
            "siluet_acak": "Siluet data acak",
            "terkecil": "Anggota tipe terkecil",
            "jaccard_min": "Kemiripan terendah",
            "mutu": "Mutu",
        },
        bilangan=["terkecil"],
        desimal=["siluet", "siluet_acak", "jaccard_min"],
        sumber=f"Kemiripan (Jaccard): seberapa sama tipe yang ditemukan lagi pada {RESAMPLES} pengulangan, 1 berarti "
        "persis. "
        "Stabil bila tiap tipe mencapai 0,75; indikatif bila 0,60. Data acak: nilai dan hubungan yang sama, tanpa "
        "tipe.",
    )


def types_and_classes(evaluasi: Evaluation) -> Fragment:
    """Show types beside official classes: two views of the same Kampung KB."""
    isi = main_type(evaluasi).dropna(subset=["tipe", "klasifikasi"])
    if not len(isi):
        return nothing("Tipe dan kelas resmi belum dapat disandingkan.")
    silang = pd.crosstab(isi["tipe"].astype(int).astype(str) + ". " + isi["nama"], isi["klasifikasi"])
    silang = silang.reindex(columns=list(schema.CLASSES), fill_value=0)
    silang = silang.rename_axis(columns=None).rename_axis(index="tipe").reset_index()
    return table(
        silang,
        id="tipe-kelas",
        judul="Tipe dibandingkan dengan kelas",
        stub="tipe",
        kolom={"tipe": "Tipe", **{k: k for k in schema.CLASSES}},
        bilangan=list(schema.CLASSES),
        sumber="Tipe menggambarkan pola angka, kelas menghitung skor. Keduanya boleh berbeda.",
    ) + _disagreements(evaluasi)


def _disagreements(evaluasi: Evaluation) -> Fragment:
    """Show whose class is not the usual one of its type, and which items explain it."""
    nama = evaluasi.kampung[["kampung_id", "kampung", "kecamatan"]]
    beda = evaluasi.beda.merge(nama.assign(tertinggal=evaluasi.kampung["tertinggal"].map(yes)), on="kampung_id")
    kunci = ["kecamatan", "kampung", "kampung_id", "tertinggal", "tipe", "klasifikasi", "kelas_lazim"]
    return render(
        "sections/typology_disagreement.html.j2",
        baris=[
            dict(zip(kunci, nilai, strict=True)) | {"sebab": [_cause(r) for r in each(isi)]}
            for nilai, isi in beda.groupby(kunci)
        ],
    )


def _cause(row: Any) -> str:
    """Say what sets one index of a Kampung KB apart from the usual class of its type."""
    butir = enumerate_words((schema.ITEM_NAMES[b] for b in row.butir.split(", ")), most=5)
    return f"indeks {row.indeks} lulus berkat {butir}" if row.lulus else f"indeks {row.indeks} tertahan oleh {butir}"
