"""The tartan rug: every Kampung KB and indicator in one table, coloured by its label against the kabupaten."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.report.charts import figure
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import LABELS, STATUS, count, interval, percent, yes


def rug(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    pembanding: Mapping[str, Mapping[Any, float]],
    katalog: pd.DataFrame,
    *,
    lama: int | None = None,
    **teks: str,
) -> Fragment:
    """Draw rows sorted by kecamatan and name; ``pembanding`` maps a title to values by indicator, the kabupaten first.

    ``indikator`` says whether a record was ``diperbarui``; what was not carries the year ``lama``.
    """
    urut = kampung.sort_values(["kecamatan", "kampung"], ignore_index=True)
    urut["ulang"] = urut["kecamatan"].eq(urut["kecamatan"].shift())
    sel = {
        kampung_id: [_cell(row, lama) for row in each(rows)]
        for kampung_id, rows in indikator[indikator["indikator"].isin(katalog["kode"])].groupby("kampung_id")
    }
    acuan = [
        {"nama": nama, "sel": [percent(nilai.get(kode, float("nan")), 0) for kode in katalog["kode"]]}
        for nama, nilai in pembanding.items()
    ]
    return figure(
        "rug.html.j2",
        **teks,
        alt=f"{len(urut)} Kampung KB menurut {len(katalog)} indikator, dibandingkan dengan {next(iter(pembanding))}",
        indikator=katalog[["nama", "singkat"]].to_dict("records"),
        acuan=acuan,
        baris=[_row(row, sel[row.kampung_id]) for row in each(urut)],
    )


def _row(row: Any, sel: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "kecamatan": row.kecamatan,
        "ulang": row.ulang,
        "kampung": row.kampung,
        "kelas": row.klasifikasi if isinstance(row.klasifikasi, str) else None,
        "kelas_mungkin": f"{row.klasifikasi_terendah} – {row.klasifikasi_tertinggi}",
        "urutan_kelas": schema.CLASSES.index(row.klasifikasi_terendah),
        "tertinggal": yes(row.tertinggal),
        "sel": sel,
    }


def _cell(row: Any, lama: int | None) -> dict[str, str]:
    """A cell; the page sorts it by the number that ``teks`` begins with."""
    if row.status != "terisi":
        return {"gaya": "kosong", "teks": "", "status": STATUS[row.status]}
    label = row.label if isinstance(row.label, str) else None
    pecahan = f"{count(row.pembilang)} dari {count(row.penyebut)}"
    if label is None and pd.notna(row.bawah95):
        teks = f"{percent(row.nilai)}, {pecahan}, tidak dinilai: angkanya perlu dicocokkan"
        return {"gaya": "unsur", "teks": teks, "status": "", "angka": count(100 * row.nilai), "tanda": ""}
    if label is None:
        return {"gaya": "unsur", "teks": pecahan, "status": "",
                "angka": f"{count(row.pembilang)}/{count(row.penyebut)}", "tanda": ""}  # fmt: skip
    selang = interval(row.bawah95_isi, row.atas95_isi)
    return {
        "gaya": label.replace("_", "-"),
        "teks": f"{percent(row.nilai)} ({selang}), {pecahan}, {LABELS[label][1]}{_year(row, lama)}",
        "status": "",
        "angka": count(100 * row.nilai),
        "tanda": LABELS[label][0],
    }


def _year(row: Any, lama: int | None) -> str:
    """The year of a record that is not updated."""
    return f" (isian {lama})" if lama is not None and pd.notna(row.diperbarui) and not row.diperbarui else ""
