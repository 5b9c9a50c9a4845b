"""The RTL (Rencana Tindak Lanjut) of a kecamatan as a workbook to agree on, fill in and give back (METHOD 13)."""

from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

from kkb_eval import schema, store
from kkb_eval.documents.action_plan_book import Rtl, write
from kkb_eval.evaluation import Evaluation
from kkb_eval.report import plan_words
from kkb_eval.report.names import each, marks
from kkb_eval.report.sections.head import region_name
from kkb_eval.text import NOT_CERTAIN

QUARTERS = ("I", "II", "III", "IV")
MARKS = {"tertinggal": "desa tertinggal", "berpola": "angka berpola", "meragukan": "angka meragukan"}
"""What the column of marks says of a Kampung KB (``marks``)."""


def write_rtl(path: Path, evaluasi: Evaluation) -> None:
    """Write the RTL of a kecamatan's evaluation.

    The same evaluation gives the same bytes. KkbError where it cannot be written.
    """
    with store.written(path, "tutup buku itu di program lain") as temporary:
        write(temporary, content(evaluasi))


def content(evaluasi: Evaluation) -> Rtl:
    """Return the RTL of a kecamatan: the plan of every Kampung KB, and who is asked for nothing."""
    baris = steps(evaluasi)
    planned = set(evaluasi.rencana["kampung_id"])
    rest = evaluasi.kampung[~evaluasi.kampung["kampung_id"].isin(planned)].sort_values(["desa", "kampung"])
    return Rtl(
        daerah=region_name(str(evaluasi.kabupaten)),
        kecamatan=str(evaluasi.kecamatan),
        tahun=evaluasi.tahun,
        sintetis=evaluasi.manifest.sintetis,
        dibuat=evaluasi.manifest.snapshot,
        baris=baris,
        tanpa=[(r.kampung, r.desa, _class(r)) for r in each(rest)],
    )


def steps(evaluasi: Evaluation) -> list[dict[str, Any]]:
    """Return the rows of a workbook (``Rtl.baris``): the plan by desa, Kampung KB and block, without a status.

    Who is responsible and by when is prefilled from ``data/langkah.csv``; the year is the one after the data's.
    """
    kampung = evaluasi.kampung[["kampung_id", "kampung", "desa", "klasifikasi", "tertinggal"]]
    rows = plan_words.worded(evaluasi.rencana.drop(columns="kabupaten")).merge(kampung, on="kampung_id")
    rows = rows.sort_values(["desa", "kampung", "kampung_id"], kind="stable")
    return [
        {
            "id": schema.RTL_ID.format(kampung_id=r.kampung_id, tindakan=r.langkah),
            "kampung": r.kampung,
            "desa": r.desa,
            "kelas": _class(r),
            "tanda": ", ".join(words for mark, words in MARKS.items() if marks(evaluasi, r)[mark]),
            "bagian": f"{r.blok} {plan_words.BLOCKS[r.blok]}",
            "menuju": r.menuju if isinstance(r.menuju, str) else "",
            "langkah": r.kalimat,
            "unsur": r.unsur,
            "penanggung_jawab": r.penanggung_jawab,
            "tenggat": deadline(r.tenggat, evaluasi.tahun + 1),
            "status": "",
        }
        for r in each(rows)
    ]


def _class(row: Any) -> str:
    return row.klasifikasi if isinstance(row.klasifikasi, str) else NOT_CERTAIN


def deadline(quarter: str, year: int) -> date:
    """Return the last day of a quarter, "triwulan I" … "triwulan IV".

    >>> deadline("triwulan II", 2024)
    datetime.date(2024, 6, 30)
    """
    month = 3 * QUARTERS.index(quarter.removeprefix("triwulan ")) + 3
    return date(year, month, monthrange(year, month)[1])
