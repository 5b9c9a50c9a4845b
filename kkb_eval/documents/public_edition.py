"""What may be shown to anyone: numbers of kecamatan and kabupaten, without small counts of people.

The pages themselves are not for that: they show every Kampung KB with numbers as small as one couple, in tables, cards,
figures and sentences, and hiding some of them would leave others to find them by.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.documents.data_workbook import write_book
from kkb_eval.documents.xlsx import Column
from kkb_eval.evaluation import Evaluation
from kkb_eval.method.disclosure import HIDDEN, LIMIT, numbers
from kkb_eval.text import NOT_CERTAIN

NAME = "data-publik.xlsx"
NOTES = (
    f'"{HIDDEN}": angka itu menyangkut 1 sampai {LIMIT} orang, atau dapat dipakai untuk menghitungnya kembali.',
    "Pelengkapnya (penyebut dikurangi pembilang) diperlakukan sama. Bila satu kecamatan saja yang tersembunyi,"
    " kecamatan terkecil berikutnya ikut disembunyikan, agar tidak dapat dihitung dari jumlah kabupaten.",
    "Indikator yang memakai angka mentah yang sama (CPR, MKJP, unmet need) disembunyikan bersama-sama.",
    "Banyaknya Kampung KB bukan banyaknya orang, jadi tidak disembunyikan.",
    "Berkas publik tidak memuat halaman dan angka setiap Kampung KB: jumlah kecil di sana dapat dihitung kembali dari"
    " angka lain.",
)  # fmt: skip
_COLUMNS = (
    ("kecamatan", "Kecamatan", "teks", "Nama kecamatan; (kabupaten) untuk seluruh kabupaten"),
    ("singkat", "Indikator", "teks", "Nama singkat indikator"),
    ("pembilang", "Pembilang", "bilangan", "Jumlah pembilang Kampung KB yang terisi"),
    ("penyebut", "Penyebut", "bilangan", "Jumlah penyebut Kampung KB yang terisi"),
    ("nilai", "Nilai", "persen", "Jumlah pembilang dibagi jumlah penyebut"),
    ("bawah95", "Batas bawah 95 %", "persen", "Batas bawah selang 95 %"),
    ("atas95", "Batas atas 95 %", "persen", "Batas atas selang 95 %"),
    ("terisi", "Terisi", "bilangan", "Kampung KB yang angkanya dipakai"),
    ("belum_lapor", "Belum lapor", "bilangan", "Kampung KB yang belum lapor"),
)


def write_public(path: Path, evaluasi: Evaluation) -> None:
    """Write the public numbers of a kabupaten's evaluation."""
    rows = numbers(evaluasi.area("kabupaten").reset_index(), _kecamatan(evaluasi), evaluasi.katalog)
    isi = {
        "Indikator": [Column(judul, satuan, arti, _cells(rows[kolom])) for kolom, judul, satuan, arti in _COLUMNS],
        "Kelas": _classes(evaluasi.kampung),
    }
    write_book(path, evaluasi, "Data publik Kampung KB", isi, NOTES)


def _kecamatan(evaluasi: Evaluation) -> pd.DataFrame:
    rows = evaluasi.wilayah
    return rows[rows["tingkat"].eq("kecamatan") & rows["kabupaten"].eq(str(evaluasi.kabupaten))]


def _classes(kampung: pd.DataFrame) -> list[Column]:
    """How many Kampung KB of each class a kecamatan has."""
    kelas = kampung["klasifikasi"].fillna(NOT_CERTAIN)
    jumlah = pd.crosstab(kampung["kecamatan"], kelas).reindex(columns=[*schema.CLASSES, NOT_CERTAIN], fill_value=0)
    kolom = [Column("Kecamatan", "teks", "Nama kecamatan", list(jumlah.index))]
    kolom += [
        Column(str(nama), "bilangan", f"Kampung KB dengan kelas {nama}", jumlah[nama].tolist()) for nama in jumlah
    ]
    return [*kolom, Column("Jumlah", "bilangan", "Semua Kampung KB", jumlah.sum(axis=1).tolist())]


def _cells(values: "pd.Series[Any]") -> list[Any]:
    return [None if pd.isna(v) else v for v in values.tolist()]
