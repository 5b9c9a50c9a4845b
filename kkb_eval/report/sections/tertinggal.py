"""Desa tertinggal: how many have a Kampung KB, how those differ from the others, and which desa have none."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method import tertinggal as tertinggal_method
from kkb_eval.report.charts.tertinggal import gap_dots
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.tables import table
from kkb_eval.text import NOT_CERTAIN, enumerate_words, percent, signed

GROUPS = {"tertinggal": "Di desa tertinggal", "lain": "Di desa lain"}
_FILE = "rujukan/desa_tertinggal.csv"


def tertinggal(evaluasi: Evaluation) -> Fragment:
    """Desa tertinggal with and without a Kampung KB, class mix, the gap of each rate, earlier years, poverty."""
    kini = evaluasi.tertinggal[evaluasi.tertinggal["tahun"].eq(evaluasi.tahun)]
    if not len(kini):
        baris = nothing("Daftar desa tertinggal belum tersedia.") + _lost(evaluasi)
        return baris + (_poverty(evaluasi) if evaluasi.desa["keluarga"].notna().any() else _at_risk(evaluasi))
    return (
        _lead(evaluasi, kini)
        + _lost(evaluasi)
        + _classes(evaluasi, kini)
        + _gaps(evaluasi, kini)
        + _years(evaluasi)
        + _poverty(evaluasi)
        + _at_risk(evaluasi)
        + _uncovered(evaluasi)
    )


def _lead(evaluasi: Evaluation, kini: pd.DataFrame) -> Fragment:
    row = kini[kini["bagian"].eq("cakupan")].iloc[0]
    tanpa_status = evaluasi.kampung[evaluasi.kampung["tertinggal"].isna()]
    return render(
        "sections/tertinggal.html.j2",
        indeks=row["indeks"],
        punya=int(row["pembilang_tertinggal"]),
        desa=int(row["jumlah_tertinggal"]),
        kampung=int(evaluasi.kampung["tertinggal"].fillna(False).sum()),
        tahu=len(evaluasi.kampung) - len(tanpa_status),
        tanpa_status=enumerate_words((f"{r.kampung} ({r.desa})" for r in each(tanpa_status)), most=6),
        n_tanpa_status=len(tanpa_status),
    )


def _lost(evaluasi: Evaluation) -> Fragment:
    """How many rows of the list name no known place; the nearest names stand with the catatan mutu data."""
    catatan = evaluasi.catatan_mutu
    berkas = ("rujukan/desa_tertinggal", "rujukan/kesejahteraan", "rujukan/krs")
    n = int((catatan["kode"].eq("R02") & catatan["berkas"].str.startswith(berkas)).sum())
    return render("sections/tertinggal_unknown.html.j2", jumlah=n) if n else Fragment("")


def _source(evaluasi: Evaluation, kini: pd.DataFrame) -> str:
    """The index with its vintage, and where the list was taken from."""
    sumber = sorted(set(evaluasi.desa["sumber"].dropna()))
    return str(kini["indeks"].iat[0]) + (f" ({enumerate_words(sumber)})" if sumber else "")


def _classes(evaluasi: Evaluation, kini: pd.DataFrame) -> Fragment:
    rows = kini[kini["bagian"].eq("kelas")]
    if not len(rows):
        return Fragment("")
    rows = rows.assign(kelas=rows["kelas"].fillna(NOT_CERTAIN)).set_index("kelas")
    kelas = [k for k in (*schema.CLASSES, NOT_CERTAIN) if k in rows.index]
    silang = [
        {"letak": nama, "jumlah": rows[f"jumlah_{k}"].iat[0], **rows[f"pembilang_{k}"].to_dict()}
        for k, nama in GROUPS.items()
    ]
    tinggi = [rows.loc[[k for k in kelas if k in schema.CLASSES[2:]], f"pembilang_{k}"].sum() for k in GROUPS]
    return table(
        pd.DataFrame(silang),
        id="tertinggal",
        judul=f"Mandiri atau Berkelanjutan: {tinggi[0]:.0f} dari {silang[0]['jumlah']} Kampung KB di desa tertinggal, "
        f"{tinggi[1]:.0f} dari {silang[1]['jumlah']} di desa lain",
        stub="letak",
        kolom={"letak": "Letak", "jumlah": "Kampung KB", **{k: k for k in kelas}},
        bilangan=["jumlah", *kelas],
        sumber=_source(evaluasi, kini),
    )


def _gaps(evaluasi: Evaluation, kini: pd.DataFrame) -> Fragment:
    rows = evaluasi.katalog.merge(kini.dropna(subset=["bawah95"]), left_on="kode", right_on="indikator")
    if not len(rows):
        return nothing("Beda kedua kelompok belum dapat dinilai: perlu sedikitnya tiga Kampung KB di masing-masing.")
    celah = [
        {
            "nama": r.singkat,
            "selisih": r.selisih,
            "bawah95": r.bawah95,
            "atas95": r.atas95,
            "nilai": (r.nilai_tertinggal, r.nilai_lain),
            "penilaian": _judged(bool(r.nyata), r.selisih * r.arah),
        }
        for r in each(rows)
    ]
    n = {nama: sum(c["penilaian"] == nama for c in celah) for nama in ("lebih_baik", "kurang_baik")}
    return gap_dots(
        celah,
        judul=_gap_title(n, len(celah)),
        keterangan="Titik: gabungan Kampung KB di desa tertinggal dikurangi gabungan di desa lain, dalam poin persen; "
        "garis: rentang 95 % menurut keragaman antar-Kampung KB. Perbedaan ini tidak menunjukkan penyebab.",
        sumber=_source(evaluasi, kini),
    )


def _gap_title(n: dict[str, int], semua: int) -> str:
    """What the gaps say together."""
    if not any(n.values()):
        return "Beda Kampung KB di desa tertinggal dan di desa lain belum dapat dipastikan pada satu indikator pun"
    return (
        f"Kampung KB di desa tertinggal kurang baik daripada di desa lain pada {n['kurang_baik']} dari {semua} "
        f"indikator, lebih baik pada {n['lebih_baik']}"
    )


def _judged(nyata: bool, lebih: float) -> str:
    """What a gap means: ``lebih`` is above zero where tertinggal is the better group."""
    if not nyata:
        return "belum_pasti"
    return "lebih_baik" if lebih > 0 else "kurang_baik"


def _years(evaluasi: Evaluation) -> Fragment:
    """The same by year, for years under one index; a sentence for every year under another."""
    semua = evaluasi.tertinggal
    indeks = semua.drop_duplicates("tahun").set_index("tahun")["indeks"]
    tahun = [t for t in indeks.index if tertinggal_method.comparable(indeks[t], indeks[evaluasi.tahun])]
    putus = render("sections/breaks.html.j2", putus=tertinggal_method.not_comparable(semua))
    if len(tahun) < 2:
        return putus
    rows = [*_counts_by_year(semua, tahun), *_gaps_by_year(semua[semua["bagian"].eq("angka")], evaluasi.katalog)]
    tabel = table(
        pd.DataFrame(rows).reindex(columns=["apa", *map(str, tahun)]),
        id="tertinggal-tahun",
        judul="Desa tertinggal menurut tahun; indikator: selisih dengan desa lain dalam poin persen, rentang 95 %",
        stub="apa",
        kolom={"apa": "Yang dihitung", **{str(t): indeks[t] for t in tahun}},
        sumber="Daftar desa tertinggal dan Kampung KB-nya berganti tiap tahun.",
    )
    return putus + render("sections/fold.html.j2", judul="Menurut tahun", isi=tabel)


def _counts_by_year(semua: pd.DataFrame, tahun: list[Any]) -> list[dict[str, str]]:
    """Desa tertinggal with a Kampung KB, and the high classes in both groups."""
    cakupan = semua[semua["bagian"].eq("cakupan")].set_index("tahun")
    tinggi = semua[semua["kelas"].isin(schema.CLASSES[2:])].groupby("tahun")
    jumlah = semua[semua["bagian"].eq("kelas")].drop_duplicates("tahun").set_index("tahun")
    rows = {"Desa tertinggal yang punya Kampung KB": (cakupan["pembilang_tertinggal"], cakupan["jumlah_tertinggal"])}
    for k, letak in GROUPS.items():
        rows[f"Mandiri atau Berkelanjutan {letak.lower()}"] = tinggi[f"pembilang_{k}"].sum(), jumlah[f"jumlah_{k}"]
    return [
        {"apa": apa} | {str(t): f"{x.get(t, 0):.0f} dari {n.get(t, 0)}" for t in tahun} for apa, (x, n) in rows.items()
    ]


def _gaps_by_year(angka: pd.DataFrame, katalog: pd.DataFrame) -> list[dict[str, str]]:
    rows = angka.dropna(subset=["bawah95"])
    return [
        {"apa": str(k.singkat)}
        | {
            str(r.tahun): f"{signed(100 * r.selisih)} ({signed(100 * r.bawah95)} sampai {signed(100 * r.atas95)})"
            for r in each(rows[rows["indikator"].eq(k.kode)])
        }
        for k in each(katalog)
        if rows["indikator"].eq(k.kode).any()
    ]


def _poverty(evaluasi: Evaluation) -> Fragment:
    """Poor families in desa with and without a Kampung KB."""
    rows = tertinggal_method.poverty(evaluasi.desa).set_index("ada")
    if not len(rows):
        return nothing("Data keluarga miskin belum tersedia.")
    isi = [
        {
            "ada": ada,
            "desa": rows.at[ada, "desa"],
            "miskin": rows.at[ada, "keluarga_miskin"],
            "keluarga": rows.at[ada, "keluarga"],
            "pangsa": percent(rows.at[ada, "pangsa"]),
        }
        for ada in (True, False)
        if ada in rows.index
    ]
    return render(
        "sections/tertinggal_poverty.html.j2",
        isi=isi,
        sumber=enumerate_words(sorted(set(evaluasi.desa["sumber_kesejahteraan"].dropna()))),
    )


def _at_risk(evaluasi: Evaluation) -> Fragment:
    """Families at risk of stunting in desa with and without a Kampung KB; nothing without the table of SIGA."""
    desa = evaluasi.desa.dropna(subset=["krs"])
    per = desa.groupby(desa["kampung_kb"].gt(0))["krs"].agg(["size", "sum"])
    isi = [
        {"ada": ada, "desa": per.at[ada, "size"], "krs": per.at[ada, "sum"]}
        for ada in (True, False)
        if ada in per.index
    ]
    return render("sections/tertinggal_at_risk.html.j2", isi=isi) if isi else Fragment("")


def _uncovered(evaluasi: Evaluation) -> Fragment:
    """Desa tertinggal without a Kampung KB, by kecamatan."""
    belum = evaluasi.desa[evaluasi.desa["tertinggal"].fillna(False) & evaluasi.desa["kampung_kb"].eq(0)]
    if not len(belum):
        return nothing("Setiap desa tertinggal sudah punya Kampung KB.")
    semua = evaluasi.desa[evaluasi.desa["tertinggal"].fillna(False)]["kecamatan"].value_counts()
    per = [
        {
            "kecamatan": kecamatan,
            "semua": semua[kecamatan],
            "desa": [(r.desa, r.status.startswith("sangat")) for r in each(isi)],
        }
        for kecamatan, isi in belum.groupby("kecamatan")
    ]
    return render("sections/tertinggal_without.html.j2", jumlah=len(belum), per=per)
