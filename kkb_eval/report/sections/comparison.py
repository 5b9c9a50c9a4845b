"""Indikator: every Kampung KB against the gabungan of the kabupaten, in one table, then figure by figure."""

from functools import reduce
from operator import add

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method.comparison import Funnel
from kkb_eval.method.freshness import updated_indicators
from kkb_eval.report.charts.funnel import funnel_chart
from kkb_eval.report.charts.intervals import interval_dots
from kkb_eval.report.charts.map import tile_map
from kkb_eval.report.charts.rug import rug as rug_chart
from kkb_eval.report.charts.statistical import strips as strip_chart
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.sections.head import region_name, source
from kkb_eval.report.sentences import combined
from kkb_eval.text import WORSE, count, percent

FLAGS = tuple(f"diperbarui_{record}" for record in schema.RECORDS)
STRIKING = ("lebih_baik_menonjol", "kurang_baik_menonjol")


def _nothing() -> Fragment:
    """The line of a figure for which no Kampung KB has a value."""
    return nothing("Belum ada indikator yang dapat dihitung.")


def benchmarks(evaluasi: Evaluation) -> dict[str, pd.DataFrame]:
    """What the Kampung KB are compared with, by title: the kabupaten, and what of the export is larger than it.

    Pooled rows indexed by indicator; province and nation only where the export holds more than this kabupaten, and to
    the two decimals that a page prints (``evaluator.as_shown``).
    """
    names = {"provinsi": f"Provinsi {evaluasi.kampung['provinsi'].iat[0]}", "semua": "Semua data dalam ekspor"}
    found = {region_name(str(evaluasi.kabupaten)): evaluasi.area("kabupaten")}
    for tingkat, nama in names.items():
        area, *_, below = evaluasi.area(tingkat), *found.values()
        if area[list(schema.STATUS)].to_numpy().sum() > below[list(schema.STATUS)].to_numpy().sum():
            found[nama] = area.round({"nilai": 2})
    return found


def rug(evaluasi: Evaluation) -> Fragment:
    """The tartan rug: Kampung KB by indicator, coloured by label."""
    if not evaluasi.indikator["status"].eq("terisi").any():
        return _nothing()
    far = int(evaluasi.indikator["label"].eq("kurang_baik_menonjol").sum())
    segar = updated_indicators(evaluasi.kampung[["kampung_id", *FLAGS]], evaluasi.katalog)
    return rug_chart(
        evaluasi.kampung,
        evaluasi.indikator.merge(segar, on=["kampung_id", "indikator"], how="left"),
        {nama: area["nilai"].to_dict() for nama, area in benchmarks(evaluasi).items()},
        evaluasi.katalog,
        lama=evaluasi.manifest.tahun_sebelumnya,
        judul=f"Sebanyak {count(far)} angka jauh kurang baik daripada Kampung KB lain"
        if far
        else "Tidak ada angka yang jauh kurang baik daripada Kampung KB lain",
        keterangan="Angka dalam persen; kelembagaan dan operasional menghitung unsur. Warna dan tanda: dibandingkan "
        f"dengan {combined(evaluasi)} yang melapor, di baris pertama. Angka tanpa warna tidak dinilai: perlu "
        "dicocokkan lebih dahulu. Ketuk angka untuk melihat jumlah orangnya.",
        sumber=source(evaluasi),
    )


def strips(evaluasi: Evaluation) -> Fragment:
    """One strip an indicator: how far the Kampung KB lie apart, and whether that is more than chance."""
    if not evaluasi.indikator["label"].notna().any():
        return _nothing()
    return strip_chart(
        evaluasi.indikator,
        evaluasi.area("kabupaten").reset_index(),
        evaluasi.katalog,
        judul=_spread(evaluasi.corong),
        keterangan="Satu titik satu Kampung KB; garis tipis: rentang angkanya bila formulir diisi ulang; garis tegak: "
        f"{combined(evaluasi)}.",
        sumber=source(evaluasi),
    )


def _spread(corong: pd.DataFrame) -> str:
    """What the funnels say of the differences among Kampung KB: only more than counting and re-entry is *nyata*."""
    sigma = read_catalogue().derau.set_index("indikator")["sigma"]
    known = corong.assign(entry=corong["indikator"].map(sigma) ** 2).dropna(subset=["tau2", "entry"])
    n = int((known["tau2"] > known["entry"]).sum())
    if not len(known):
        return "Angka setiap Kampung KB dengan rentangnya"
    if not n:
        return "Perbedaan antar-Kampung KB tidak lebih besar daripada beda antar-isian ulang"
    if n == len(known):
        return "Perbedaan antar-Kampung KB nyata pada semua indikator"
    return f"Perbedaan antar-Kampung KB nyata pada {n} dari {len(known)} indikator"


def funnels(evaluasi: Evaluation) -> Fragment:
    """One funnel an indicator; fewer than five Kampung KB have none, and that is said."""
    gambar = [_funnel(evaluasi, row) for _, row in evaluasi.corong.iterrows() if pd.notna(row["tau2"])]
    if not gambar:
        return nothing("Corong perlu sedikitnya lima Kampung KB yang terisi.")
    return render("sections/fold.html.j2", judul=f"Corong {len(gambar)} indikator", isi=reduce(add, gambar))


def _funnel(evaluasi: Evaluation, row: pd.Series) -> Fragment:
    kode = row["indikator"]
    data = evaluasi.indikator[evaluasi.indikator["indikator"].eq(kode) & evaluasi.indikator["label"].notna()]
    katalog = evaluasi.katalog.set_index("kode").loc[kode]
    far = data[data["label"].isin(STRIKING)]
    worse = int(far["label"].isin(WORSE).sum())
    return funnel_chart(
        evaluasi.kampung,
        data,
        Funnel.from_row(row),
        judul=f"{katalog['singkat']}: {len(far)} dari {len(data)} Kampung KB berbeda jauh dari Kampung KB lain"
        + (f", {worse} di antaranya jauh kurang baik" if worse else ""),
        nama_x=str(katalog["nama_penyebut"]),
        keterangan=f"Angka {combined(evaluasi)} {percent(row['pusat'])}. Di luar garis utuh: berbeda jauh dari Kampung "
        "KB lain. Garis putus: batas menurut jumlah orang saja.",
    )


def kecamatan_dots(evaluasi: Evaluation) -> Fragment:
    """The pooled value of every kecamatan that has rates, with the range of its silent ones, an indicator a column."""
    rows = evaluasi.wilayah[evaluasi.wilayah["tingkat"].eq("kecamatan") & evaluasi.wilayah["cukup"]]
    if not rows["nilai"].notna().any():
        return _nothing()
    return interval_dots(
        rows,
        evaluasi.area("kabupaten"),
        evaluasi.katalog[evaluasi.katalog["sampel"].eq("ya") & evaluasi.katalog["tipologi"].eq("ya")],
        judul=_kecamatan_title(rows, evaluasi),
        keterangan="Titik: gabungan Kampung KB sekecamatan yang melapor; garis: rentangnya bila yang belum melapor "
        f"ikut; garis tegak: {combined(evaluasi)}. Warna: dibandingkan dengan Kampung KB di kecamatan lain. Lingkaran "
        "kosong: hanya satu atau dua Kampung KB.",
        sumber=source(evaluasi),
    )


def _kecamatan_title(rows: pd.DataFrame, evaluasi: Evaluation) -> str:
    """How many values of kecamatan are certainly better or worse than the others of the kabupaten."""
    judged = rows.loc[rows["label"].notna(), "label"]
    certain = int(judged.ne("serupa").sum())
    if not len(judged):
        return f"Kecamatan di {evaluasi.kabupaten}: Kampung KB-nya terlalu sedikit untuk dibandingkan"
    return f"Dari {count(len(judged))} angka kecamatan, {count(certain)} berbeda nyata dari kecamatan lain"


def kecamatan_map(evaluasi: Evaluation, kode: str = "unmet") -> Fragment:
    """The tile map of the kecamatan, coloured by one indicator, with the classes of their Kampung KB."""
    if not len(evaluasi.peta_kotak):
        return nothing("Peta kecamatan belum tersedia.")
    rows = evaluasi.wilayah[evaluasi.wilayah["tingkat"].eq("kecamatan") & evaluasi.wilayah["indikator"].eq(kode)]
    nama = str(evaluasi.katalog.set_index("kode").at[kode, "singkat"])
    kurang = int(rows["label"].isin(WORSE).sum())
    return tile_map(
        evaluasi.kampung,
        rows,
        evaluasi.peta_kotak,
        judul=f"{nama}: {kurang} dari {int(rows['label'].notna().sum())} kecamatan yang dapat dibandingkan kurang baik "
        "daripada kecamatan lain",
        keterangan=f"Angka dan warna: {nama} gabungan Kampung KB sekecamatan yang melapor. Kotak kecil: kelas setiap "
        "Kampung KB. Pilih kotak untuk membuka laporan kecamatan.",
        sumber=source(evaluasi),
    )
