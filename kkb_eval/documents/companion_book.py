"""The forms of the companion tables: a workbook a table, with the places of the exports, drop-downs and an example."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import schema, store
from kkb_eval.documents import xlsx
from kkb_eval.documents.xlsx import Book
from kkb_eval.intake.companion_files import EXAMPLE
from kkb_eval.intake.companions import TABLES
from kkb_eval.intake.values import STATUS_DESA

DICTIONARY = Path(__file__).parent / "kamus_rujukan.csv"
_ROWS = 2000
"""Rows of a form that have validation, beyond those that are filled in already."""
_LISTS = "Pilihan"
_WIDTHS = {"tahun": 8, "bulat": 14, "angka": 12, "petugas": 12, "teks": 30}


@dataclass(frozen=True)
class Places:
    """What the forms offer: ``desa`` are the pairs of kecamatan and desa, all with their kabupaten first.

    ``kampung``: kabupaten, kecamatan, desa and name of each Kampung KB. ``indikator``: those that may have a target.
    """

    tahun: int
    kecamatan: Sequence[tuple[str, str]] = ()
    desa: Sequence[tuple[str, str, str]] = ()
    kampung: Sequence[tuple[str, str, str, str]] = ()
    indikator: Sequence[str] = ()

    @property
    def kabupaten(self) -> list[str]:
        """The kabupaten, in their order."""
        return list(dict.fromkeys(kabupaten for kabupaten, _ in self.kecamatan))


@cache
def dictionary() -> pd.DataFrame:
    """The columns of every companion table: ``tabel, kolom, arti, contoh``, in their order."""
    return pd.read_csv(DICTIONARY, dtype="str").fillna("")


def write_form(path: Path, nama: str, places: Places) -> None:
    """Write the form of the table ``nama``, whose rows already hold what is known of them.

    With several kabupaten it has a column for them. The first row is an example, which no reading takes for data.
    """
    kamus = dictionary()[dictionary()["tabel"].eq(nama)]
    kinds = dict(TABLES[nama].kolom)
    # a list of desa or Kampung KB of several kabupaten says of which each is
    if TABLES[nama].bertempat and len(places.kabupaten) > 1 and nama != "alias":
        kinds = {"kabupaten": "kabupaten", **kinds}
    created = date(places.tahun, 1, 1)
    with (
        store.written(path, "pilih folder lain") as temporary,
        temporary.open("wb") as file,
        xlsx.new_book(file, title=f"Tabel {nama}", created=created) as book,
    ):
        sheet = book.sheet(nama)
        lists = _write_lists(book, places)
        _write_head(book, sheet, kinds, kamus)
        rows = _known(nama, places)
        for number, row in enumerate(rows, 2):
            for at, column in enumerate(kinds):
                xlsx.write_cell(sheet, number, at, row.get(column))
        arti = dict(zip(kamus["kolom"], kamus["arti"], strict=True))
        for at, (column, kind) in enumerate(kinds.items()):
            rule = _validation(column, kind, arti.get(column, "Nama kabupaten"), lists)
            sheet.data_validation(2, at, max(_ROWS, len(rows) + 2), at, rule)
        xlsx.write_help(book, _help(nama))


def _help(nama: str) -> list[str]:
    return [
        f'Isi lembar "{nama}": satu baris untuk satu keterangan. Judul kolom di baris 1 jangan diubah.',
        f'Baris 2 hanya contoh (diawali "{EXAMPLE}") dan tidak dibaca; boleh dihapus.',
        "Klik sebuah sel untuk membaca penjelasan kolomnya; kolom berpilihan mempunyai daftar.",
        "Baris yang baru berisi tempat dan belum diisi dilewati. Baris yang tidak perlu boleh dihapus.",
        "Jangan menulis nama orang, NIK, nomor KK, atau nomor telepon; tabel yang memuatnya ditolak.",
        "Simpan di folder rujukan/ dataset ini, lalu periksa dengan: kkb-eval check --data FOLDER",
    ]


def _write_head(book: Book, sheet: Any, kinds: dict[str, str], kamus: pd.DataFrame) -> None:
    """Titles and the example below them."""
    known = kamus.set_index("kolom")
    example = book.style(italic=True, font_color="#52606d", bg_color="#f1f5f9")
    for at, (column, kind) in enumerate(kinds.items()):
        sheet.write_string(0, at, column, book.style(**xlsx.HEAD))
        contoh = str(known["contoh"].get(column, "Lebak"))
        sheet.write_string(1, at, f"{EXAMPLE} {contoh}" if at == 0 else contoh, example)
        sheet.set_column(at, at, max(_WIDTHS.get(kind.rstrip("?"), 22), len(column) + 2))
    sheet.freeze_panes(2, 0)
    xlsx.paper(sheet, head=0)


def _known(nama: str, places: Places) -> list[dict[str, Any]]:
    """The rows of a form as far as they are known: a desa, a kecamatan or an indicator each; else none."""
    spec = TABLES[nama]
    if spec.kunci == ("kecamatan", "desa"):
        year = {"tahun": places.tahun} if "tahun" in spec.kolom else {}
        return [year | {"kabupaten": kab, "kecamatan": kec, "desa": desa} for kab, kec, desa in places.desa]
    if nama == "peta_kotak":
        return [{"kabupaten": kab, "kecamatan": kec} for kab, kec in places.kecamatan]
    if nama == "target":
        words = [*places.indikator, schema.KAMPUNG_KB]
        return [
            {"tahun": places.tahun, "kabupaten": kab, "wilayah": kab, "indikator": word}
            for kab in places.kabupaten
            for word in words
        ]
    return [{"indikator": word} for word in places.indikator] if nama == "program" else []


def _write_lists(book: Book, places: Places) -> dict[str, str]:
    """Write what the drop-downs offer on a sheet of its own; where each kind stands, as a formula."""
    lists = {
        "kabupaten": places.kabupaten,
        "kecamatan": [kec for _, kec in places.kecamatan],
        "wilayah": [*places.kabupaten, *(kec for _, kec in places.kecamatan)],
        "desa": [desa for *_, desa in places.desa],
        "kampung": [nama for *_, nama in places.kampung],
        "indikator": [*places.indikator],
        "unsur": [*schema.UNSUR],
        "status_desa": [*STATUS_DESA],
    }
    sheet = book.sheet(_LISTS)
    found = {}
    for at, (kind, words) in enumerate(
        (k, sorted(set(w)) if k in ("desa", "kampung") else w) for k, w in lists.items()
    ):
        words = list(dict.fromkeys(words))
        sheet.write_string(0, at, f"daftar {kind}")
        for number, word in enumerate(words, 1):
            sheet.write_string(number, at, word)
        if words:
            letter = chr(ord("A") + at)
            found[kind] = f"={_LISTS}!${letter}$2:${letter}${len(words) + 1}"
    sheet.hide()
    return found


def _validation(column: str, kind: str, arti: str, lists: dict[str, str]) -> dict[str, Any]:
    """What Excel lets into a column; a name that is not on a list is asked about, since the list may lack it."""
    told = xlsx.told(column, f"{arti}.", f"{column}: {arti}.")
    plain = kind.rstrip("?")
    if plain in lists:
        source = lists[plain]
        soft = plain in ("kabupaten", "kecamatan", "wilayah", "desa", "kampung", "indikator")
        return {"validate": "list", "source": source, "error_type": "warning" if soft else "stop"} | told
    if plain == "tahun":
        return {"validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2100} | told
    if plain in ("bulat", "petugas"):
        return {"validate": "integer", "criteria": ">=", "value": 0} | told
    if plain == "angka":
        return {"validate": "decimal", "criteria": ">=", "value": 0} | told
    return {"validate": "any"} | told
