"""The workbook of ``check``: every catatan mutu data in a row with filters, and before it one row a cause."""

import io
from pathlib import Path

import pandas as pd

from kkb_eval import store
from kkb_eval.documents import xlsx
from kkb_eval.documents.xlsx import Column
from kkb_eval.errors import KkbError
from kkb_eval.intake import causes
from kkb_eval.intake.portal import TITLES
from kkb_eval.text import SAMPLE_BANNER


def write(path: Path, found: pd.DataFrame, *, sample: bool) -> None:
    """Write the findings of a dataset (``check.findings``) to ``path``, in place of one written before.

    Sheet *Sebab* has a row a cause, *Catatan* a row a finding. ``KkbError`` where ``path`` is no .xlsx or cannot be
    written. A ``sample`` says on both sheets that it is one.
    """
    if path.suffix.lower() != ".xlsx":
        raise KkbError(f"{path}: bukan nama berkas .xlsx; pakai nama seperti catatan.xlsx")
    buffer = io.BytesIO()
    with xlsx.new_book(buffer, title="Catatan mutu data") as book:
        for name, columns in (("Sebab", _causes(found)), ("Catatan", _findings(found))):
            sheet = book.sheet(name)
            if sample:
                sheet.write_string(0, 0, SAMPLE_BANNER, book.style(**xlsx.BANNER))
            xlsx.write_table(book, sheet, columns, row=int(sample))
    with store.written(path, "pilih folder lain") as temporary:
        temporary.write_bytes(buffer.getvalue())


def _causes(found: pd.DataFrame) -> list[Column]:
    told = list(causes.group(found))
    return [
        Column("Tingkat", "kata", "", [cause.tingkat for cause in told]),
        Column("Kode", "kata", "", [cause.kode for cause in told]),
        Column("Arti", "teks", "", [cause.meaning for cause in told]),
        Column("Catatan", "bilangan", "", [cause.catatan for cause in told]),
        Column("Kampung KB", "bilangan", "", [cause.kampung for cause in told]),
        Column("Misalnya", "teks", "", [str(cause.rows["pesan"].iat[0]) for cause in told]),
    ]


def _findings(found: pd.DataFrame) -> list[Column]:
    meanings = [causes.meaning(k, t) for k, t in zip(found["kode"], found["tingkat"].astype("str"), strict=True)]
    titles = [
        None if pd.isna(names) else ", ".join(TITLES.get(name, name) for name in str(names).split(", "))
        for names in found["kolom"]
    ]
    return [
        Column("Tingkat", "kata", "", _cells(found["tingkat"])),
        Column("Kode", "kata", "", _cells(found["kode"])),
        Column("Arti", "teks", "", meanings),
        Column("Tahun", "tahun", "", _cells(found["tahun"])),
        Column("Kecamatan", "teks", "", _cells(found["kecamatan"])),
        Column("Kampung KB", "teks", "", _cells(found["kampung"])),
        Column("Catatan", "teks", "", _cells(found["pesan"])),
        Column("Kolom", "teks", "", titles),
        Column("Berkas", "teks", "", _cells(found["berkas"])),
        Column("Baris", "tahun", "", _cells(found["baris"])),
    ]


def _cells(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values.astype(object)]
