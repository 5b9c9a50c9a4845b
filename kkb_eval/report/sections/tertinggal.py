"""Desa tertinggal: how many Kampung KB lie in one, and how their classes are spread."""

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.charts.classes import BELUM_PASTI
from kkb_eval.report.rendering import Fragment, render
from kkb_eval.report.tables import table


def desa_tertinggal(evaluasi: Evaluation) -> Fragment:
    """Class mix of the Kampung KB in desa tertinggal beside the others."""
    tahu = evaluasi.kampung.dropna(subset=["tertinggal"])
    if not len(tahu):
        kolom = "tahun, kecamatan, desa, status, indeks, sumber"
        teks = f"Belum ada daftar desa tertinggal: isi rujukan/desa_tertinggal.csv ({kolom})."
        return render("sections/tanpa_isi.html.j2", teks=teks)
    status = tahu["tertinggal"].astype(bool).map({True: "Di desa tertinggal", False: "Di desa lain"})
    silang = pd.crosstab(status, tahu["klasifikasi"].fillna(BELUM_PASTI))
    kelas = [k for k in (*schema.KELAS, BELUM_PASTI) if k in silang]
    silang = silang.reindex(columns=kelas).assign(jumlah=silang.sum(axis=1))
    tanpa = len(evaluasi.kampung) - len(tahu)
    return table(
        silang.rename_axis(index="letak", columns=None).reset_index(),
        id="tertinggal",
        judul=f"{int(tahu['tertinggal'].sum())} dari {len(tahu)} Kampung KB berada di desa tertinggal",
        stub="letak",
        kolom={"letak": "Letak", "jumlah": "Kampung KB", **{k: k for k in kelas}},
        bilangan=["jumlah", *kelas],
        sumber="rujukan/desa_tertinggal.csv" + (f"; {tanpa} Kampung KB tidak ada dalam daftar itu" if tanpa else ""),
    )
