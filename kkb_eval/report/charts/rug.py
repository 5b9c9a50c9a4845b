"""The tartan rug: every Kampung KB and indicator in one table, coloured by its label against the kabupaten."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.report.charts import figure
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.rows import each
from kkb_eval.report.wording import LABEL, STATUS, count, interval, percent, yes


def rug(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    katalog: pd.DataFrame,
    *,
    kabupaten: str,
    judul: str,
    keterangan: str = "",
    sumber: str = "",
) -> Fragment:
    """Rows sorted by kecamatan and name; ``wilayah`` is the kabupaten's own rows (one an indicator)."""
    urut = kampung.sort_values(["kecamatan", "kampung"], ignore_index=True)
    acuan = wilayah.set_index("indikator")["nilai"]
    sel = {
        kampung_id: [_cell(row) for row in each(rows)]
        for kampung_id, rows in indikator[indikator["indikator"].isin(katalog["kode"])].groupby("kampung_id")
    }
    ulang = urut["kecamatan"].eq(urut["kecamatan"].shift())
    baris = [
        {
            "kecamatan": row.kecamatan,
            "ulang": ulang.iat[i],
            "kampung": row.kampung,
            "kelas": row.klasifikasi if isinstance(row.klasifikasi, str) else None,
            "kelas_mungkin": f"{row.klasifikasi_terendah} – {row.klasifikasi_tertinggi}",
            "urutan_kelas": schema.KELAS.index(row.klasifikasi_terendah),
            "tertinggal": yes(row.tertinggal),
            "sel": sel[row.kampung_id],
        }
        for i, row in enumerate(each(urut))
    ]
    kepala = [
        {"nama": row.nama, "singkat": row.singkat, "acuan": percent(acuan.get(row.kode, float("nan")), 0)}
        for row in each(katalog)
    ]
    return figure(
        "rug.html.j2",
        judul=judul,
        keterangan=keterangan,
        sumber=sumber,
        alt=f"{len(urut)} Kampung KB menurut {len(kepala)} indikator, dibandingkan dengan {kabupaten}",
        indikator=kepala,
        baris=baris,
        kabupaten=kabupaten,
    )


def _cell(row: Any) -> dict[str, str]:
    if row.status != "terisi":
        return {"gaya": "kosong", "nilai": "", "teks": "", "status": STATUS[row.status]}
    label = row.label if isinstance(row.label, str) else None
    pecahan = f"{count(row.pembilang)} dari {count(row.penyebut)}"
    if label is None:
        return {"gaya": "unsur", "nilai": f"{row.nilai:.6f}", "teks": pecahan, "status": "",
                "angka": f"{count(row.pembilang)}/{count(row.penyebut)}", "tanda": ""}  # fmt: skip
    selang = interval(row.bawah95, row.atas95)
    return {
        "gaya": label.replace("_", "-"),
        "nilai": f"{row.nilai:.6f}",
        "teks": f"{percent(row.nilai)} ({selang}), {pecahan}, {LABEL[label][1]}",
        "status": "",
        "angka": count(100 * row.nilai),
        "tanda": LABEL[label][0],
    }
