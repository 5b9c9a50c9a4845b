"""A kabupaten's data as a workbook: what the tables of its pages are made from; the same bytes for the same content."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from kkb_eval import store
from kkb_eval.documents import data_sheets
from kkb_eval.documents.action_plan_book import BANNER
from kkb_eval.documents.data_sheets import Column, Sheets
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.sections.head import region_name, source

DICTIONARY_SHEET = "Kamus"
HEAD_ROW = 2
"""The row of the column titles, from 0; above them what it is, and the banner."""
FORMAT = {
    "teks": "", "kata": "", "kolom": "", "indikator": "", "ya/tidak": "", "tahun": "0", "bilangan": "#,##0",
    "desimal": "#,##0.00", "persen": "0.0%", "tanggal": "dd/mm/yyyy",
}  # fmt: skip
"""The number format of each unit; "" for text."""
_UNITS = {"kata": "teks", "kolom": "teks", "indikator": "teks", "desimal": "bilangan pecahan"}
_WIDEST = 60
_ONE_PAGE = 14
"""A sheet with more columns is not squeezed onto one page across."""


def write_data(path: Path, evaluasi: Evaluation) -> None:
    """Write the data of a kabupaten's evaluation. KkbError where the file cannot be written."""
    isi = data_sheets.sheets(evaluasi)
    kosong = data_sheets.empty(isi)
    catatan = ["Angka di dalam sel tidak dibulatkan; yang tampak dibulatkan."]
    if kosong:
        catatan.append(f"Lembar yang tidak dibuat karena tidak ada isinya: {', '.join(kosong)}.")
    with store.written(path, "tutup buku itu di program lain") as temporary:
        write_book(temporary, evaluasi, "Data evaluasi Kampung KB", isi, catatan)


def write_book(path: Path, evaluasi: Evaluation, judul: str, isi: Sheets, catatan: Sequence[str] = ()) -> None:
    """Write sheets and their dictionary, under the place, year and source of an evaluation."""
    hari = [evaluasi.manifest[f"snapshot_{jenis}"] for jenis in ("rekap", "klasifikasi")]
    dibuat = datetime.combine(date.fromisoformat(max(filter(None, hari))), datetime.min.time())
    tentang = f"{judul} {region_name(str(evaluasi.kabupaten))}, {evaluasi.tahun}"
    spanduk = BANNER if evaluasi.manifest["sintetis"] else ""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": tentang, "created": dibuat})
        formats = {satuan: book.add_format({"num_format": f} if f else {}) for satuan, f in FORMAT.items()}
        gaya = {
            "judul": book.add_format({"bold": True}),
            "spanduk": book.add_format({"bold": True, "font_color": "#b35806"}),
            "kepala": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#d9e2ec"}
            ),
        }
        kaki = f"{tentang}. {source(evaluasi)}. Arti kolom: lembar {DICTIONARY_SHEET}."
        for nama, kolom in {**isi, DICTIONARY_SHEET: _dictionary(isi)}.items():
            sheet = book.add_worksheet(nama)
            sheet.write_string(0, 0, f"{nama}. {kaki}", gaya["judul"])
            if spanduk:
                sheet.write_string(1, 0, spanduk, gaya["spanduk"])
            _write_table(sheet, kolom, formats, gaya["kepala"])
            _dress(sheet, kolom, spanduk)
        for number, text in enumerate(catatan, HEAD_ROW + 2 + len(_dictionary(isi)[0].isi)):
            sheet.write_string(number, 0, text)


def _dictionary(isi: Sheets) -> list[Column]:
    """The columns of every sheet and what they mean, as a sheet of their own."""
    rows = [
        (nama, k.judul, _UNITS.get(k.satuan, k.satuan), k.arti) for nama, kolom in isi.items() for k in kolom
    ]  # fmt: skip
    heads = ("Lembar", "Kolom", "Satuan", "Arti")
    return [Column(head, "teks", "", [row[at] for row in rows]) for at, head in enumerate(heads)]


def _write_table(sheet: Any, kolom: Sequence[Column], formats: dict[str, Any], kepala: Any) -> None:
    for at, k in enumerate(kolom):
        form = formats[k.satuan]
        sheet.write_string(HEAD_ROW, at, k.judul, kepala)
        panjang = [len(v) for v in k.isi if isinstance(v, str)]
        # a long title breaks at its words, a long text runs on
        lebar = max([*panjang, *map(len, k.judul.split()), 8])
        sheet.set_column(at, at, min(lebar, _WIDEST) + 2)
        for row, value in enumerate(k.isi, HEAD_ROW + 1):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.write_string(row, at, value)
            elif k.satuan == "tanggal":
                sheet.write_datetime(row, at, value, form)
            else:
                sheet.write_number(row, at, value, form)


def _dress(sheet: Any, kolom: Sequence[Column], spanduk: str) -> None:
    """The head that stays, filters, and paper."""
    terakhir = HEAD_ROW + len(kolom[0].isi)
    sheet.set_row(HEAD_ROW, 45)
    sheet.freeze_panes(HEAD_ROW + 1, 1 if kolom[0].judul == "Kampung KB" else 0)
    sheet.autofilter(HEAD_ROW, 0, terakhir, len(kolom) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(HEAD_ROW)
    if len(kolom) <= _ONE_PAGE:
        sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C&B{spanduk}" if spanduk else "")
    sheet.set_footer("&L&A&RHalaman &P dari &N")
