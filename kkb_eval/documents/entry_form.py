"""The entry workbook for offices without exports: the portal's rekap as an Excel form that explains itself."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import schema, store
from kkb_eval.documents import xlsx
from kkb_eval.documents.xlsx import Book
from kkb_eval.errors import KkbError
from kkb_eval.intake.portal import TITLES
from kkb_eval.text import FORMS

DICTIONARY = Path(__file__).parent / "kamus_rekap.csv"
ROWS = 2000
"""Rows of the form that have validation."""
_CREATED = re.compile(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>")
_HELP = (
    "Buku ini untuk kantor yang tidak mempunyai ekspor portal Kampung KB. Satu buku untuk satu tanggal keadaan data.",
    'Isi lembar "Worksheet": satu baris untuk satu Kampung KB, tanpa baris jumlah di bawahnya.',
    "Judul kolom di baris 1 jangan diubah, dihapus, atau dipindahkan.",
    "Klik sebuah sel untuk membaca penjelasan kolomnya; semua penjelasan ada di lembar \"Kamus data\".",
    "Kolom ya/tidak: isi 1 bila ya, kosongkan bila tidak. Kolom jumlah: bilangan bulat, tanpa titik, tanpa satuan.",
    "Setiap baris memuat tiga formulir: profil, penduduk, dan KB. Formulir yang belum dilaporkan dikosongkan"
    " seluruhnya; di dalam formulir yang dilaporkan, sel kosong berarti nol.",
    "Jangan menulis nama orang, NIK, nomor KK, atau nomor telepon; berkas yang memuatnya ditolak.",
    "Simpan dengan tanggal keadaan data di nama berkas, misalnya rekap_2024-12-31.xlsx, di folder ekspor/ dataset"
    " Anda.",
    "Periksa dengan: kkb-eval check --data FOLDER_DATASET",
    "Kelas resmi tidak dapat dipastikan dari rekap saja; laporan menyebut kelas yang mungkin.",
)  # fmt: skip


def dictionary() -> pd.DataFrame:
    """The columns of a rekap in the portal's order, as the form explains them.

    ``kolom, judul`` (the portal's title), ``rekaman`` ("" for names, else the form it belongs to), ``satuan`` ("teks",
    "ya" or what is counted), ``terkecil, terbesar`` (whole numbers, NaN without a limit), ``arti, isian`` (what may
    be entered).
    """
    table = pd.read_csv(DICTIONARY, dtype={"kolom": "str", "satuan": "str", "arti": "str"})
    rekaman = {kolom: FORMS[nama] for nama, columns in schema.RECORDS.items() for kolom in columns}
    table = table.assign(judul=table["kolom"].map(TITLES), rekaman=table["kolom"].map(rekaman).fillna(""))
    return table.assign(isian=[_allowed(row) for row in table.itertuples()])


def _allowed(row: Any) -> str:
    if row.satuan == "teks":
        return "teks"
    if row.satuan == "ya":
        return "1 bila ya, kosong bila tidak"
    if pd.notna(row.terbesar):
        return f"bilangan bulat {row.terkecil:.0f} sampai {row.terbesar:.0f}"
    return f"bilangan bulat, paling kecil {row.terkecil:.0f}"


def write_template(path: Path) -> None:
    """Write the entry workbook: sheet ``Worksheet`` in the portal's rekap format, ``Petunjuk`` and ``Kamus data``.

    The form has validation and an input message on every column. The workbook carries no creation date, so that
    the intake asks for the date of the data in the file name instead of taking the day of the empty form.
    ``KkbError`` where ``path`` is no .xlsx, exists already (it may have been filled in), or cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise KkbError(f"{path}: bukan nama berkas .xlsx; pakai nama seperti isian-rekap.xlsx")
    if path.exists():
        raise KkbError(f"{path}: sudah ada dan mungkin sudah diisi; pilih nama lain atau pindahkan berkas itu")
    buffer, kamus = io.BytesIO(), dictionary()
    with xlsx.new_book(buffer, title="Isian rekap Kampung KB") as book:
        _write_form(book, kamus)
        xlsx.write_help(book, _HELP)
        _write_dictionary(book, kamus)
    with store.written(path, "pilih folder lain") as temporary:
        temporary.write_bytes(_without_dates(buffer.getvalue()))


def _write_form(book: Book, kamus: pd.DataFrame) -> None:
    sheet = book.sheet("Worksheet")
    heads = {
        nama: book.style(**xlsx.HEAD | {"bg_color": warna})
        for nama, warna in {"": "#e5e7eb", "Profil": "#d9e2ec", "Penduduk": "#ccfbf1", "KB": "#fef3c7"}.items()
    }
    sheet.write(0, 0, "No", heads[""])
    sheet.set_column(0, 0, 5)
    for at, row in enumerate(kamus.itertuples(), 1):
        sheet.write(0, at, row.judul, heads[str(row.rekaman)])
        sheet.set_column(at, at, 24 if row.satuan == "teks" else 13)
        sheet.data_validation(1, at, ROWS, at, _validation(row))
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, 2)
    xlsx.paper(sheet, head=0, across=False)


def _validation(row: Any) -> dict[str, Any]:
    """What Excel lets into a column, what it says on entering a cell, and what on a wrong value."""
    told = xlsx.told(row.judul, f"{row.arti}.\nIsian: {row.isian}.", f"{row.judul}: {row.isian}.")
    if row.satuan == "teks":
        return {"validate": "any"} | told
    if row.satuan == "ya":
        return {"validate": "list", "source": ["1"]} | told
    if pd.notna(row.terbesar):
        bounds = {"criteria": "between", "minimum": int(row.terkecil), "maximum": int(row.terbesar)}
        return {"validate": "integer"} | bounds | told
    return {"validate": "integer", "criteria": ">=", "value": int(row.terkecil)} | told


def _write_dictionary(book: Book, kamus: pd.DataFrame) -> None:
    table = kamus.assign(satuan=kamus["satuan"].replace("ya", "ya/tidak"))
    columns = {"Kolom": 30, "Arti": 80, "Satuan": 12, "Formulir": 12, "Isian yang sah": 30}
    rows = table[["judul", "arti", "satuan", "rekaman", "isian"]].itertuples(index=False)
    xlsx.write_list(book, "Kamus data", columns, rows)


def _without_dates(book: bytes) -> bytes:
    """The workbook without the properties *created* and *modified*."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info, _CREATED.sub(b"", content) if info.filename == "docProps/core.xml" else content)
    return out.getvalue()
