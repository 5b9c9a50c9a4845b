"""Indikator: every Kampung KB against the kabupaten, first all in one table, then figure by figure."""

from functools import reduce
from operator import add

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method.comparison import Funnel
from kkb_eval.report.charts.funnel import funnel_chart
from kkb_eval.report.charts.intervals import interval_dots
from kkb_eval.report.charts.map import tile_map
from kkb_eval.report.charts.rug import rug as rug_chart
from kkb_eval.report.charts.statistical import strips as strip_chart
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.sections.head import region_name, source
from kkb_eval.text import WORSE, percent

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
    menonjol = evaluasi.indikator["label"].isin(["kurang_baik_menonjol"]).sum()
    return rug_chart(
        evaluasi.kampung,
        evaluasi.indikator,
        {nama: area["nilai"].to_dict() for nama, area in benchmarks(evaluasi).items()},
        evaluasi.katalog,
        judul=f"{menonjol or 'Tidak ada'} nilai menonjol kurang baik, juga di antara sesama Kampung KB",
        keterangan="Angka dalam persen; kelembagaan dan operasional menghitung unsur. Warna dan tanda: dibandingkan "
        "dengan nilai kabupaten di baris pertama. Selang dan pecahannya tampak bila kursor berhenti di atas angka.",
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
        keterangan="Satu titik satu Kampung KB, garis tipis selang 95 %-nya; garis tegak nilai kabupaten.",
        sumber=source(evaluasi),
    )


def _spread(corong: pd.DataFrame) -> str:
    """What the funnels say of the differences among Kampung KB: only variety beyond chance supports "lebih besar"."""
    tahu = corong.dropna(subset=["tau2"])
    n = int((tahu["tau2"] > 0).sum())
    if not len(tahu):
        return "Nilai setiap Kampung KB dengan selangnya"
    if not n:
        return "Perbedaan antar-Kampung KB dapat dijelaskan oleh kebetulan"
    return f"Pada {n} dari {len(tahu)} indikator, Kampung KB berbeda lebih besar daripada yang dijelaskan kebetulan"


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
    di_luar = data[data["label"].isin(STRIKING)]
    kurang = int(di_luar["label"].isin(WORSE).sum())
    return funnel_chart(
        evaluasi.kampung,
        data,
        Funnel.from_row(row),
        judul=f"{katalog['singkat']}: {len(di_luar)} dari {len(data)} Kampung KB menonjol"
        + (f", {kurang} di antaranya kurang baik" if kurang else ""),
        nama_x=str(katalog["nama_penyebut"]),
        keterangan=f"Nilai kabupaten {percent(row['pusat'])}. Garis putus: batas kebetulan 95 %; garis utuh: batas "
        "yang disesuaikan dengan keragaman antar-Kampung KB.",
    )


def kecamatan_dots(evaluasi: Evaluation) -> Fragment:
    """The pooled value of every kecamatan with its interval, an indicator a column."""
    rows = evaluasi.wilayah[evaluasi.wilayah["tingkat"].eq("kecamatan")]
    if not rows["label"].notna().any():
        return _nothing()
    return interval_dots(
        rows,
        evaluasi.area("kabupaten"),
        evaluasi.katalog[evaluasi.katalog["sampel"].eq("ya") & evaluasi.katalog["tipologi"].eq("ya")],
        judul="Kecamatan dibandingkan dengan kabupaten",
        keterangan="Titik: nilai gabungan Kampung KB sekecamatan; garis: selang 95 %; garis tegak: kabupaten. "
        "Titik kosong: dari satu atau dua Kampung KB saja.",
        sumber=source(evaluasi),
    )


def kecamatan_map(evaluasi: Evaluation, kode: str = "unmet") -> Fragment:
    """The tile map of the kecamatan, coloured by one indicator, with the classes of their Kampung KB."""
    if not len(evaluasi.peta_kotak):
        return nothing("Peta kotak belum ada: isi rujukan/peta_kotak.csv (kecamatan, baris, kolom).")
    rows = evaluasi.wilayah[evaluasi.wilayah["tingkat"].eq("kecamatan") & evaluasi.wilayah["indikator"].eq(kode)]
    nama = str(evaluasi.katalog.set_index("kode").at[kode, "singkat"])
    kurang = int(rows["label"].isin(WORSE).sum())
    return tile_map(
        evaluasi.kampung,
        rows,
        evaluasi.peta_kotak,
        judul=f"{nama}: {kurang} dari {int(rows['label'].notna().sum())} kecamatan kurang baik daripada kabupaten",
        keterangan=f"Angka dan warna: {nama} gabungan sekecamatan. Kotak kecil: kelas setiap Kampung KB. Pilih kotak "
        "untuk membuka laporan kecamatan.",
        sumber=source(evaluasi),
    )
