"""A kabupaten's data as a workbook: what the tables of its pages are made from; the same bytes for the same content."""

from collections.abc import Sequence
from pathlib import Path

from kkb_eval import store
from kkb_eval.documents import data_sheets, xlsx
from kkb_eval.documents.data_sheets import Sheets
from kkb_eval.documents.xlsx import Column
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.sections.head import region_name, source
from kkb_eval.text import SAMPLE_BANNER

DICTIONARY_SHEET = "Kamus"
HEAD_ROW = 2
"""The row of the column titles, from 0; above them what it is, and the banner."""
_UNITS = {"kata": "teks", "kolom": "teks", "indikator": "teks", "desimal": "bilangan pecahan"}


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
    tentang = f"{judul} {region_name(str(evaluasi.kabupaten))}, {evaluasi.tahun}"
    spanduk = SAMPLE_BANNER if evaluasi.manifest.sintetis else ""
    kaki = f"{tentang}. {source(evaluasi)}. Arti kolom: lembar {DICTIONARY_SHEET}."
    kamus = _dictionary(isi)
    with xlsx.new_book(path, title=tentang, created=evaluasi.manifest.snapshot) as book:
        for nama, kolom in {**isi, DICTIONARY_SHEET: kamus}.items():
            sheet = book.sheet(nama)
            sheet.write_string(0, 0, f"{nama}. {kaki}", book.style(**xlsx.BOLD))
            if spanduk:
                sheet.write_string(1, 0, spanduk, book.style(**xlsx.BANNER))
            xlsx.write_table(book, sheet, kolom, HEAD_ROW)
            sheet.set_header(f"&C&B{spanduk}" if spanduk else "")
        for number, text in enumerate(catatan, HEAD_ROW + 2 + len(kamus[0].cells)):
            sheet.write_string(number, 0, text)


def _dictionary(isi: Sheets) -> list[Column]:
    """The columns of every sheet and what they mean, as a sheet of their own."""
    rows = [(nama, k.title, _UNITS.get(k.unit, k.unit), k.meaning) for nama, kolom in isi.items() for k in kolom]
    heads = ("Lembar", "Kolom", "Satuan", "Arti")
    return [Column(head, "teks", "", [row[at] for row in rows]) for at, head in enumerate(heads)]
