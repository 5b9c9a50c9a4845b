"""Returned RTL workbooks, ``rujukan/rtl/*.xlsx``: what was agreed on, how far it is (METHOD 13; codes: ``rujukan``).

A workbook says itself of which kabupaten, kecamatan and year it is; a step is known by its ``schema.RTL_ID``. A row
without one is a step of the meeting's own. What cannot be read is told, and its row used without it.
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kkb_eval.intake import grids, values
from kkb_eval.intake.action_plan_book import Refused, Workbook
from kkb_eval.intake.catalogue import Catalogue
from kkb_eval.intake.places import Scope
from kkb_eval.intake.portal import findings
from kkb_eval.intake.regions import compact

COLUMNS = (
    *("tahun", "kabupaten", "kecamatan", "kampung_id", "kampung", "tindakan", "menuju", "langkah", "unsur"),
    *("penanggung_jawab", "tenggat", "status", "catatan", "berkas", "baris"),
)
_CONTENT = {
    "unsur": "unsur?",
    "penanggung_jawab": "teks?",
    "tenggat": "tanggal?",
    "status": "status_rtl",
    "catatan": "teks?",
}
"""What the cells hold that an office fills in."""
_PERSONS = re.compile(
    r"^(?:bapak|bpk|pak|ibu|bu|sdri?|saudar[ai]|hj?|drs?|dra|drg|ir|kh)\b(?:\. ?| )[A-Z]"
    r"|, ?[SM]\. ?[A-Z][A-Za-z]{0,4}\b|\bA\. ?Md\b",
    re.IGNORECASE,
)
"""How a person's name with a title begins or ends; an office or a function does not."""
Row = dict[str, object]
Found = list[tuple[object, ...]]


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=object)
    kinds = {"tahun": "Int64", "baris": "Int64", "tenggat": "datetime64[ms]"}
    return frame.astype({c: kinds.get(c, "str") for c in COLUMNS})


@dataclass(frozen=True)
class ActionPlan:
    """``rows`` (columns ``KOLOM``) in the order of the files, and the findings (``schema.CATATAN``).

    ``tahun`` is the year agreed in. ``kampung_id`` is missing where no Kampung KB is meant or known, ``tindakan`` for
    a step of the meeting's own, any other where the cell is blank or could not be read.
    """

    rows: pd.DataFrame = field(default_factory=lambda: _frame([]))
    catatan: pd.DataFrame = field(default_factory=lambda: findings([]))


def read_rtl(
    folder: Path,
    kampung: pd.DataFrame,
    tahun: int | None,
    katalog: Catalogue,
    *,
    evaluasi: int,
    contoh: int | None = None,
    alias: pd.DataFrame | None = None,
) -> ActionPlan:
    """The RTL agreed in ``tahun``, the year of the dataset before the year ``evaluasi`` (None: there is none).

    ``kampung`` is the clean year ``tahun``; ``alias`` the table of renamed Kampung KB. Workbooks of the years before
    ``tahun``, and of ``evaluasi`` or later, belong to other evaluations. ``contoh`` is a year that a message names, the
    same whatever is evaluated, so that a problem is told once.
    """
    if not folder.is_dir():
        return ActionPlan()
    scope = Scope.of(kampung, katalog.alias_wilayah)
    if alias is not None:
        scope.learn(alias)
    rows: list[Row] = []
    found: Found = []
    seen: dict[str, str] = {}
    for path in sorted(p for p in folder.iterdir() if p.name[0] not in "~."):
        book = Workbook(f"rujukan/rtl/{path.name}", scope, tahun, evaluasi, contoh or evaluasi - 1)
        with suppress(Refused):
            rows += _read(book, path, seen, frozenset(katalog.langkah["tindakan"]))
        found += book.found
    kept, twice = _without_copies(rows)
    return ActionPlan(_frame(kept), findings([*found, *twice], by=["berkas", "baris"]))


def _read(book: Workbook, path: Path, seen: dict[str, str], tindakan: frozenset[str]) -> list[Row]:
    """The rows of one workbook; ``seen`` holds the workbooks so far, by hash. Raises ``Refused``."""
    if path.suffix.lower() != ".xlsx":
        book.refuse("R04", "bukan buku RTL (.xlsx), jadi tidak dibaca", tingkat="periksa")
    try:
        data = grids.read_bytes(path)
    except grids.Unreadable as error:
        book.refuse("R01", str(error))
    first = seen.setdefault(hashlib.sha256(data).hexdigest(), book.berkas)
    if first != book.berkas:
        book.refuse("R07", f"isinya sama persis dengan {first}; hapus salah satu", tingkat="periksa")
    rows, untouched = [], 0
    for baris, cells in book.read(path.name, data):
        filled = [kolom for kolom, isi in cells.items() if isi]
        if len(filled) == 1:
            # a signature, a place and day: it may name a person, so that it is not repeated
            book.add("R10", "periksa", baris, filled[0], "hanya satu sel terisi, jadi baris ini tidak dibaca; lengkapi")
        elif cells["id"] and not cells["status"]:
            untouched += 1  # of the plan, and nobody has dealt with it
        else:
            rows.append(_row(book, baris, cells, tindakan))
    if untouched:
        pesan = f"{untouched} langkah rencana tanpa status, jadi tidak dihitung sebagai disepakati; pilih statusnya"
        book.add("R03", "info", None, "status", pesan)
    return rows


def _row(book: Workbook, baris: int, cells: dict[str, str], tindakan: frozenset[str]) -> Row:
    """One agreed step."""
    row: Row = {kolom: cells.get(kolom) or None for kolom in ("kampung", "menuju", "langkah")}
    row |= _step(book, baris, cells, tindakan)
    for kolom, isi in _CONTENT.items():
        try:
            row[kolom] = values.value(cells[kolom], isi, {})
        except values.Bad as bad:
            book.add(bad.kode, "periksa", baris, kolom, f"{kolom.replace('_', ' ')}: {bad.pesan}")
    if not row["langkah"]:
        book.add("R03", "periksa", baris, "langkah", "langkah: kosong; isi sel ini")
    if _PERSONS.search(cells["penanggung_jawab"]):
        row["penanggung_jawab"] = None
        pesan = "penanggung jawab: tampak seperti nama orang, jadi tidak dibaca; tulis instansi atau jabatan"
        book.add("R08", "periksa", baris, "penanggung_jawab", pesan)
    tempat = {"tahun": book.tahun, "kabupaten": book.kabupaten, "kecamatan": book.kecamatan}
    return row | tempat | {"berkas": book.berkas, "baris": baris}


def _step(book: Workbook, baris: int, cells: dict[str, str], tindakan: frozenset[str]) -> Row:
    """``kampung_id`` and ``tindakan``: from the id, and where it is blank or broken from the names (R02, R10)."""
    kampung_id, _, langkah = cells["id"].rpartition("/")
    own = langkah if langkah in tindakan else None
    if kampung_id in book.scope.nama and own:
        return {"kampung_id": kampung_id, "tindakan": own}
    found = _find(book, cells["kampung"], cells.get("desa", ""))
    nama, dalam = cells["kampung"][:60], f"di kecamatan {book.kecamatan}"
    if nama and found is None:
        pesan = f'Kampung KB "{nama}" tidak ada {dalam} atau ada beberapa; langkah ini dibaca tanpa Kampung KB'
        book.add("R02", "periksa", baris, "kampung", pesan)
    if cells["id"]:
        sebagai = "langkah itu" if own and found else "langkah lain"
        pesan = f'ID "{cells["id"][:80]}" tidak dikenal; dibaca sebagai {sebagai}'
        pesan += f" di {book.scope.nama[found]}" if found else ""
        book.add("R10", "periksa", baris, "id", f"{pesan}; jangan mengubah ID")
    return {"kampung_id": found, "tindakan": own if found else None}


def _find(book: Workbook, nama: str, desa: str) -> str | None:
    """The only Kampung KB of this name in the workbook's kecamatan, in its desa where one is named."""
    if not compact(nama):
        return None
    within = (compact(book.kabupaten), compact(book.kecamatan))
    places = [p for p in book.scope.kampung if p[:2] == within and (not compact(desa) or p[2] == compact(desa))]
    found = {kode for place in places if (kode := book.scope.find(place, nama))}
    return found.pop() if len(found) == 1 else None


def _without_copies(rows: list[Row]) -> tuple[list[Row], Found]:
    """R07: of identical rows the first; of rows of one step with different content none."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        step = (row["tindakan"] or compact(str(row["langkah"])), row["kampung_id"] or compact(str(row["kampung"])))
        groups.setdefault((row["kabupaten"], row["kecamatan"], *step), []).append(row)
    dropped: dict[int, tuple[object, ...]] = {}
    for same in (g for g in groups.values() if len(g) > 1):
        alike = all(all(row.get(c) == same[0].get(c) for c in _CONTENT) for row in same)
        for row in same[alike:]:
            lain = next(o for o in same if o is not row)
            tempat = f"baris {lain['baris']}" + ("" if lain["berkas"] == row["berkas"] else f" di {lain['berkas']}")
            pesan = (
                f"baris ini mengulang {tempat}; hapus"
                if alike
                else f"isinya berbeda dengan {tempat} tentang langkah yang sama, jadi tidak dibaca; hapus yang salah"
            )
            tingkat = "periksa" if alike else "salah"
            dropped[id(row)] = ("R07", tingkat, row["berkas"], row["baris"], None, "", pesan)
    return [row for row in rows if id(row) not in dropped], [*dropped.values()]
