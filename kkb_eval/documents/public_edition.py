"""What may be shown to anyone: numbers of kecamatan and kabupaten, without small counts of people.

The pages themselves are not for that: they show every Kampung KB with numbers as small as one couple, in tables, cards,
figures and sentences, and hiding some of them would leave others to find them by.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from kkb_eval import schema
from kkb_eval.documents.data_sheets import Column
from kkb_eval.documents.data_workbook import write_book
from kkb_eval.evaluation import Evaluation
from kkb_eval.text import NOT_CERTAIN

NAME = "data-publik.xlsx"
LIMIT = 4
"""Counts of 1 to this many people are hidden."""
HIDDEN = "disembunyikan"
NOTES = (
    f'"{HIDDEN}": angka itu menyangkut 1 sampai {LIMIT} orang, atau dapat dipakai untuk menghitungnya kembali.',
    "Pelengkapnya (penyebut dikurangi pembilang) diperlakukan sama. Bila satu kecamatan saja yang tersembunyi,"
    " kecamatan terkecil berikutnya ikut disembunyikan, agar tidak dapat dihitung dari jumlah kabupaten.",
    "Indikator yang memakai angka mentah yang sama (CPR, MKJP, unmet need) disembunyikan bersama-sama.",
    "Banyaknya Kampung KB bukan banyaknya orang, jadi tidak disembunyikan.",
    "Berkas publik tidak memuat halaman dan angka setiap Kampung KB: jumlah kecil di sana dapat dihitung kembali dari"
    " angka lain.",
)  # fmt: skip
_NUMBERS = ["pembilang", "penyebut", "nilai", "bawah95", "atas95"]
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


def numbers(kabupaten: pd.DataFrame, kecamatan: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """The pooled rows of a kabupaten and its kecamatan (``wilayah``), by indicator, with ``RAHASIA`` in what is hidden.

    ``kecamatan`` is "(kabupaten)" in the kabupaten's own; ``singkat`` is the indicator's short name.
    """
    rows = pd.concat([kabupaten.assign(kecamatan="(kabupaten)"), kecamatan], ignore_index=True)
    rows = rows[rows["indikator"].isin(katalog["kode"])].astype(dict.fromkeys(_NUMBERS, "object"))
    for kode in groups(katalog):
        whole, part = (_counts(table, kode) for table in (kabupaten, kecamatan))
        secret = {*part.index[hidden(part)], *(["(kabupaten)"] if is_small(whole).any(axis=None) else [])}
        rows.loc[rows["indikator"].isin(kode) & rows["kecamatan"].isin(secret), _NUMBERS] = HIDDEN
    urutan = {kode: at for at, kode in enumerate(katalog["kode"])}
    rows["singkat"] = rows["indikator"].map(katalog.set_index("kode")["singkat"])
    rows = rows.assign(urutan=rows["indikator"].map(urutan))
    return rows.sort_values(["urutan", "kecamatan"], ignore_index=True).drop(columns="urutan")


def groups(katalog: pd.DataFrame) -> list[list[str]]:
    """The indicators of people, in groups that are tied by a raw number they share: one tells of the other."""
    orang = katalog[katalog["sampel"].eq("ya")]
    mentah = (orang["pembilang"] + "+" + orang["penyebut"]).str.get_dummies("+").to_numpy()
    _, label = connected_components(mentah @ mentah.T, directed=False)
    return [orang["kode"][label == number].tolist() for number in np.unique(label)]


def _counts(rows: pd.DataFrame, kode: list[str]) -> pd.DataFrame:
    """Numerators, denominators and their differences of some indicators, an area a row (NaN: none is ``terisi``)."""
    own = rows[rows["indikator"].isin(kode) & rows["penyebut"].gt(0)]
    own = own.assign(sisa=own["penyebut"] - own["pembilang"], kecamatan=own["kecamatan"].fillna("(kabupaten)"))
    return own.pivot(index="kecamatan", columns="indikator", values=["pembilang", "penyebut", "sisa"]).astype("float64")


def is_small(counts: pd.DataFrame) -> pd.DataFrame:
    """Where a count is one of few people."""
    return counts.gt(0) & counts.le(LIMIT)


def hidden(counts: pd.DataFrame, most: int = LIMIT) -> "pd.Series[bool]":
    """Which rows are hidden, so that no count of 1 to ``most`` can be read or found from the sum of its column.

    Of a column with such a count all rows up to ``most`` are hidden, then the smallest of the others, until what is
    hidden of it is more than ``most`` (the rule of OpenSAFELY's redaction). A row is hidden whole. Equal rows go by
    their name. NaN counts for nothing.
    """
    counts = counts.sort_index()
    out = pd.Series(False, index=counts.index)
    while more := [row for _, column in counts.items() for row in _more(column, out, most)]:
        out[more] = True
    return out


def _more(column: "pd.Series[float]", out: "pd.Series[bool]", most: int) -> list[Any]:
    """The rows that must be hidden beside those of ``out``, of one column."""
    small = column.le(most)
    if column[small].sum() > 0 and (small & ~out).any():
        return list(column.index[small & ~out])
    others = column[~out].dropna()
    if 0 < column[out].sum() <= most and len(others):
        return [others.idxmin()]
    return []


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
