"""The RTL workbook itself: table, summary, drop-downs, protection, help; the same bytes for the same content."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter.utility import xl_range_abs

from kkb_eval import schema
from kkb_eval.documents import xlsx
from kkb_eval.documents.xlsx import Book
from kkb_eval.text import SAMPLE_BANNER

SHEET = "RTL"
HEAD_ROW = 4
"""The row of the column titles, from 0; above them title, data, banner and summary."""
EXTRA_ROWS = 10
"""Blank rows for steps of the meeting's own."""
WIDTHS = {
    "id": 6, "kampung": 20, "desa": 16, "kelas": 13, "tanda": 14, "bagian": 18, "menuju": 13, "langkah": 56,
    "unsur": 12, "penanggung_jawab": 24, "tenggat": 12, "status": 16, "catatan": 30,
}  # fmt: skip
FILLED_IN = ("unsur", "penanggung_jawab", "tenggat", "status", "catatan")
"""The columns that an office fills in; in the blank rows all but ``id``."""
_PROPERTIES = 100_000
"""Bytes of properties that are read: ours are a thousand."""
_HELP = (
    "Buku ini memuat usulan rencana tindak lanjut, satu baris untuk satu Kampung KB dan langkah. Bagian A tentang data,"
    " B yang paling mendesak, C untuk naik kelas.",
    "Sepakati di rapat: isi sel kuning saja, yaitu unsur, penanggung jawab, tenggat, status, dan catatan.",
    "Unsur dan status dipilih dari daftar. Tenggat adalah tanggal, misalnya 31/12/{tahun}.",
    "Penanggung jawab adalah instansi atau jabatan, misalnya Puskesmas Maja atau Ketua Pokja. Jangan menulis nama"
    " orang, NIK, atau nomor telepon; buku yang memuat NIK atau nomor telepon tidak dibaca.",
    "Langkah yang disepakati: pilih status “disepakati”. Langkah yang tidak disepakati: pilih status “tidak"
    " disepakati” dan tulis alasannya di catatan. Langkah tanpa status dianggap belum dibahas. Langkah lain yang"
    " disepakati: isi baris kosong di bawah tabel.",
    "Judul kolom, kolom ID, dan baris data di atas tabel jangan diubah, supaya buku ini dapat dibaca kembali tahun"
    " depan.",
    "Perbarui status sampai akhir tahun, lalu simpan sebagai .xlsx di folder rujukan/rtl/ dataset Anda. Laporan"
    " Perkembangan tahun berikutnya menyebut apa yang disepakati, yang selesai, dan yang berubah.",
    "Buku yang sudah diisi dan disimpan tidak ditimpa oleh kkb-eval build. Hapus atau pindahkan buku itu bila Anda"
    " menginginkan yang baru.",
)  # fmt: skip
Row = Mapping[str, Any]
Formats = dict[str, Any]


@dataclass(frozen=True)
class Rtl:
    """What a workbook holds. ``baris``: columns of ``schema.RTL``, ``tenggat`` a date or None; the rest text or "".

    ``tanpa``: Kampung KB, desa and class of those that are asked for nothing. ``dibuat``: the day of the workbook.
    """

    daerah: str
    kecamatan: str
    tahun: int
    sintetis: bool
    dibuat: date
    baris: Sequence[Row]
    tanpa: Sequence[tuple[str, str, str]] = ()


def write(to: Path | BinaryIO, rtl: Rtl) -> None:
    """Write a workbook; nothing in it depends on the day."""
    with xlsx.new_book(to, title=heading(rtl), created=rtl.dibuat) as book:
        _write_table(book, rtl)
        lines = [text.replace("{tahun}", str(rtl.tahun + 1)) for text in _HELP]
        xlsx.write_help(book, lines, sample=rtl.sintetis).protect()
        if rtl.tanpa:
            columns = {"Kampung KB": 24, "Desa": 18, "Kelas sekarang": 16}
            xlsx.write_list(book, "Tanpa langkah", columns, rtl.tanpa).protect()


def heading(rtl: Rtl) -> str:
    """Return the title: the year of an RTL is the one in which it is carried out."""
    return f"RTL {rtl.tahun + 1} Kecamatan {rtl.kecamatan} (hasil evaluasi {rtl.tahun})"


def _formats(book: Book) -> Formats:
    cell = {"border": 1, "border_color": "#9ca3af", "text_wrap": True, "valign": "top"}
    open_cell = cell | {"locked": False, "bg_color": "#fffbe6"}
    return {
        "kepala": book.style(**cell | {"bold": True, "bg_color": "#d9e2ec"}),
        "id": book.style(**cell | {"font_size": 6, "font_color": "#6b7280", "text_wrap": False}),
        "tetap": book.style(**cell),
        "isian": book.style(**open_cell),
        "tenggat": book.style(**open_cell | {"num_format": "dd/mm/yyyy", "align": "left"}),
        "selesai": book.style(bg_color="#d1fae5"),
        "batal": book.style(font_color="#6b7280", font_strikeout=True),
    }


def _write_table(book: Book, rtl: Rtl) -> None:
    sheet, formats = book.sheet(SHEET), _formats(book)
    sheet.write_string(0, 1, heading(rtl), book.style(**xlsx.TITLE))
    data = schema.RTL_DATA.format(daerah=rtl.daerah, kecamatan=rtl.kecamatan, tahun=rtl.tahun)
    sheet.write_string(1, 1, data, book.style(**xlsx.BOLD))
    if rtl.sintetis:
        sheet.write_string(2, 1, SAMPLE_BANNER, book.style(**xlsx.BANNER))
    terakhir = HEAD_ROW + len(rtl.baris) + EXTRA_ROWS
    _write_summary(book, sheet, rtl.baris, terakhir)
    for at, (kolom, judul) in enumerate(schema.RTL.items()):
        sheet.set_column(at, at, WIDTHS[kolom])
        sheet.write_string(HEAD_ROW, at, judul, formats["kepala"])
    for i, row in enumerate([*rtl.baris, *[{}] * EXTRA_ROWS], HEAD_ROW + 1):
        _write_row(sheet, formats, i, row)
        # said, since not every program finds it: two lines at least, room for a note
        tinggi = math.ceil(len(row.get("langkah", "")) / (WIDTHS["langkah"] * 0.9))
        sheet.set_row(i, 15 * max(2, tinggi))
    _validate(sheet, rtl, terakhir)
    _dress(sheet, formats, terakhir)


def _write_row(sheet: Any, formats: Formats, i: int, row: Row) -> None:
    """One step; without an id it is the meeting's own, and all of it may be changed."""
    for at, kolom in enumerate(schema.RTL):
        terbuka = kolom in FILLED_IN or not row.get("id")
        form = formats[kolom if kolom in ("id", "tenggat") else "isian" if terbuka else "tetap"]
        isi = row.get(kolom)
        if isinstance(isi, date):
            sheet.write_datetime(i, at, isi, form)
        elif isi:
            sheet.write_string(i, at, str(isi), form)
        else:
            sheet.write_blank(i, at, None, form)


def _write_summary(book: Book, sheet: Any, baris: Sequence[Row], terakhir: int) -> None:
    """How many steps there are, and of each status, as formulas with their value now."""

    def cells(nama: str) -> str:
        at = list(schema.RTL).index(nama)
        return str(xl_range_abs(HEAD_ROW + 1, at, terakhir, at))

    ringkas = [("langkah", f'=COUNTIF({cells("langkah")},"?*")', len(baris))]
    ringkas += [
        (status, f'=COUNTIF({cells("status")},"{status}")', sum(row.get("status") == status for row in baris))
        for status in schema.STATUS_RTL
    ]
    # over the wide columns: a word and its number in neighbouring cells
    teks = '&"     "&'.join(f'"{nama}: "&{rumus[1:]}' for nama, rumus, _ in ringkas)
    nilai = "     ".join(f"{nama}: {jumlah}" for nama, _, jumlah in ringkas)
    sheet.write_formula(3, 1, f"={teks}", book.style(bold=True, align="left"), nilai)


def _validate(sheet: Any, rtl: Rtl, terakhir: int) -> None:
    """Drop-downs and dates; help on every column that is filled in."""
    kolom = list(schema.RTL)
    pesan: dict[str, tuple[str, dict[str, Any]]] = {
        "unsur": (
            "Siapa yang bertindak: pemda, swasta, atau masyarakat.",
            {"validate": "list", "source": list(schema.UNSUR)},
        ),
        "penanggung_jawab": ("Instansi atau jabatan, bukan nama orang.", {"validate": "any"}),
        "tenggat": (
            f"Tanggal, misalnya 31/12/{rtl.tahun + 1}.",
            {
                "validate": "date",
                "criteria": "between",
                "minimum": date(rtl.tahun, 1, 1),
                "maximum": date(rtl.tahun + 5, 12, 31),
            },
        ),
        "status": (
            "disepakati, berjalan, selesai, tidak disepakati, atau batal; kosong: belum dibahas.",
            {"validate": "list", "source": list(schema.STATUS_RTL)},
        ),
        "catatan": ("Hal lain yang disepakati; tanpa nama orang dan nomor.", {"validate": "any"}),
    }
    for nama, (teks, aturan) in pesan.items():
        judul, at = schema.RTL[nama], kolom.index(nama)
        sheet.data_validation(HEAD_ROW + 1, at, terakhir, at, aturan | xlsx.told(judul, teks))


def _dress(sheet: Any, formats: Formats, terakhir: int) -> None:
    """Colours of the statuses, the head that stays, protection, and paper."""
    status = list(schema.RTL).index("status")
    for nama, form in (("selesai", "selesai"), ("batal", "batal"), ("tidak disepakati", "batal")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{nama}"', "format": formats[form]}
        sheet.conditional_format(HEAD_ROW + 1, status, terakhir, status, rule)
    sheet.freeze_panes(HEAD_ROW + 1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
    xlsx.paper(sheet, head=HEAD_ROW)
    sheet.print_area(0, 1, terakhir, len(schema.RTL) - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
