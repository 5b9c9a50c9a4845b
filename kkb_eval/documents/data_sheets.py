"""What stands on the sheets of a data workbook: the stored tables in a reader's words, column for column."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import schema, text
from kkb_eval.documents import entry_form
from kkb_eval.documents.xlsx import Column
from kkb_eval.evaluation import Evaluation
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import TITLES
from kkb_eval.method import road
from kkb_eval.report import plan_words
from kkb_eval.report.sections.road import STATES

DICTIONARY = Path(__file__).parent / "kamus_data.csv"
WITHOUT_REKAP, NOT_A_NUMBER = "tanpa rekap", "bukan bilangan"
_WORDS = (
    schema.ITEM_NAMES
    | STATES
    | text.STATUS
    | {key: words for key, (_, words) in text.LABELS.items()}
)  # fmt: skip
_ORIGIN = ("kampung", "kecamatan", "desa")
_FORMS = {kolom: f"lapor_{nama}" for nama, columns in schema.RECORDS.items() for kolom in columns}


Sheets = dict[str, list[Column]]


@cache
def dictionary() -> pd.DataFrame:
    """The columns of every sheet in their order: ``lembar, tabel, kolom, judul, satuan, kosong, arti``, "" for none.

    ``kosong`` is what a blank says: words, ``status`` (the state of the row) or ``formulir`` (of the form it stands
    in). The raw numbers are those of the entry workbook.
    """
    table = pd.read_csv(DICTIONARY, dtype="str", keep_default_na=False)
    angka = entry_form.dictionary().set_index("kolom").loc[list(schema.REKAP)].reset_index()
    at = table["kolom"].tolist().index("REKAP")
    mentah = {str(k): str(v) for k, v in table.iloc[at].items() if k in ("lembar", "tabel", "satuan", "kosong")}
    raw = angka[["kolom", "judul", "arti"]].assign(**mentah)
    return pd.concat([table.iloc[:at], raw, table.iloc[at + 1 :]], ignore_index=True)[list(table.columns)]


def sheets(evaluasi: Evaluation) -> Sheets:
    """The sheets of a kabupaten's evaluation that have rows; only its own rows, and notes that concern no kabupaten."""
    out: Sheets = {}
    for nama, kolom in dictionary().groupby("lembar", sort=False):
        rows = _rows(evaluasi, str(kolom["tabel"].iat[0]))
        if len(rows):
            out[str(nama)] = [
                Column(c["judul"], c["satuan"], c["arti"], _cells(rows, **c[["kolom", "satuan", "kosong"]]))
                for _, c in kolom.iterrows()
            ]
    return out


def empty(filled: Iterable[str]) -> list[str]:
    """The sheets that there could be and that are not in ``filled``."""
    return [nama for nama in dictionary()["lembar"].unique() if nama not in set(filled)]


def _rows(evaluasi: Evaluation, tabel: str) -> pd.DataFrame:
    """The rows of a table, with the names of the Kampung KB they are about, and the words of steps."""
    rows: pd.DataFrame = getattr(evaluasi, tabel)
    own = rows["kabupaten"].eq(str(evaluasi.kabupaten)).fillna(False)
    rows = rows[own | rows["kabupaten"].isna()] if tabel == "catatan_mutu" else rows[own]
    if tabel == "langkah":
        katalog = read_catalogue()
        rows = road.worded(rows, katalog.langkah, katalog.klasifikasi)
    if tabel == "rencana":
        rows = plan_words.worded(rows)
    if "kampung_id" not in rows or tabel == "kampung":
        return rows
    asal = evaluasi.kampung[["kampung_id", *_ORIGIN]].set_index("kampung_id")
    names = {kolom: rows["kampung_id"].map(asal[kolom]) for kolom in _ORIGIN}
    # a name that the table itself has, of a place or a workbook, stays
    return rows.assign(**{kolom: rows[kolom].fillna(n) if kolom in rows else n for kolom, n in names.items()})


def _cells(rows: pd.DataFrame, kolom: str, satuan: str, kosong: str) -> list[Any]:
    values = [None if pd.isna(v) else v for v in rows[kolom].tolist()]
    if satuan == "ya/tidak":
        values = [None if v is None else "ya" if v else "tidak" for v in values]
    elif satuan == "indikator":
        singkat = {**read_catalogue().indikator.set_index("kode")["singkat"], schema.KAMPUNG_KB: "Kampung KB dibentuk"}
        values = [singkat.get(v, v) for v in values]
    elif satuan in ("kata", "kolom"):
        kata = _WORDS if satuan == "kata" else TITLES
        values = [None if v is None else words(v, kata) for v in values]
    if not kosong or None not in values:
        return values
    blanks = _blanks(rows, kolom, kosong)
    return [blank if v is None else v for v, blank in zip(values, blanks, strict=True)]


def words(text: str, kata: dict[str, str]) -> str:
    """A key, or several joined by commas, in a reader's words."""
    return ", ".join(kata.get(key, key.replace("_", " ")) for key in text.split(", "))


def _blanks(rows: pd.DataFrame, kolom: str, kosong: str) -> list[str]:
    """What stands in each row of a column where there is no value."""
    if kosong == "status":
        return [text.STATUS[str(s)] for s in rows["status"]]
    if kosong == "formulir":
        belum = text.STATUS["belum_lapor"]
        lapor = rows[_FORMS[kolom]].tolist()
        return [WITHOUT_REKAP if pd.isna(v) else NOT_A_NUMBER if v else belum for v in lapor]
    return [kosong] * len(rows)
