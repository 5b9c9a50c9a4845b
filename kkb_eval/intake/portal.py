"""Exports of the portal kampungkb, recognised by their header: rekap and klasifikasi, as xlsx or CSV."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from kkb_eval import schema
from kkb_eval.errors import FileRefused
from kkb_eval.intake import cells, grids, people
from kkb_eval.intake.cells import text
from kkb_eval.intake.regions import compact

_SPECIAL = {"sk": "SK", "plkb": "PLKB", "rkm": "RKM", "pus": "PUS", "iud": "IUD", "mow": "MOW", "mop": "MOP"} | {
    poktan: poktan.upper() for poktan in schema.POKTAN_TARGETS
}
TITLES = (
    {"kampung": "Kampung KB"}
    | {c: c.capitalize() for c in schema.NAMES[1:]}
    | {c: " ".join(_SPECIAL.get(w, w.capitalize()) for w in c.split("_")) for c in schema.REKAP}
    | {"skor_pokja": "Input Pokja", "skor_sumber_dana": "Input Sumber Dana", "skor_poktan": "Input Poktan"}
    | {"skor_sarana": "Input Sarana", "skor_pkb": "Input PKB/PLKB"}
    | {"skor_penggunaan_data": "Proses Penggunaan Data", "skor_operasional": "Proses Operasional"}
    | {"skor_lintas_sektor": "Proses Lintas Sektor", "skor_partisipasi": "Output Poktan", "skor_cpr": "Output CPR"}
    | {"skor_mkjp": "Output MKJP", "skor_unmet": "Output Unmet Need"}
    | {c: c.replace("_", " ").title() for c in schema.INDICES}
    | {"klasifikasi": "Klasifikasi"}
)
"""The portal's title of every column."""
COLUMNS = {"rekap": schema.REKAP, "klasifikasi": (*schema.SCORES, *schema.INDICES, "klasifikasi")}
"""The columns of each kind of export after the five names."""
_REQUIRED = ("kampung", "kabupaten", "kecamatan")
"""The names without which a row is of no Kampung KB; a blank desa or provinsi occurs in real exports."""
_LONGEST_NAME = 400
"""Letters: the longest real names have some 100; names are compared with each other, which takes time."""
_EMPTY = "isi namanya, atau hapus baris itu bila bukan Kampung KB"


@dataclass(frozen=True, eq=False)
class Export:
    """One export as read: where from, of which day, its rows and the findings on single values (K17).

    ``rows``: ``baris`` (Excel row, header = 1), the names as exported with single spaces, and the columns of its
    kind as float64 (blank or unusable is NaN; ``klasifikasi`` is text). A count that cannot be is kept, as the portal
    scores it so; a score or index that cannot be is unusable. A row without name or place is only in ``catatan``,
    which has the columns of ``schema.CATATAN`` with ``kampung_id`` still missing.
    """

    path: Path
    berkas: str
    jenis: str
    snapshot: date
    sha256: str
    rows: pd.DataFrame
    catatan: pd.DataFrame


def read_export(path: Path, berkas: str) -> Export:
    """Read one export; ``berkas`` is the name shown to the user. Raises ``FileRefused`` with every K01 and K02."""
    try:
        data = grids.read_bytes(path)
        sheets = grids.open_sheets(path.name, data)
        jenis, places, grid = _recognise(sheets)
    except grids.Unreadable as error:
        raise FileRefused(berkas, (("K01", str(error)),)) from error
    filled = [n for n, row in enumerate(grid[1:], 2) if any(_is_filled(row[i]) for i in places.values())]
    masalah = [("K02", text) for text in _people(grid, filled, set(places.values()))]
    if not filled:
        masalah.append(("K01", "hanya judul kolom, tanpa satu baris pun; unduh ulang dari portal"))
    try:
        snapshot = grids.snapshot(path.name, sheets)
    except grids.Unreadable as error:
        masalah.append(("K01", str(error)))
    if masalah:
        raise FileRefused(berkas, tuple(masalah))
    columns = {c: [grid[n - 1][i] for n in filled] for c, i in places.items()}
    rows, found = _typed(columns, jenis)
    rows.insert(0, "baris", np.array(filled))
    catatan = [(kode, "salah", berkas, filled[i], None, c, f"{TITLES[c]}: {text}") for kode, c, i, text in found]
    nameless = {i for kode, _, i, _ in found if kode == "K05"}
    if len(nameless) == len(rows):
        problem = "tidak satu baris pun memuat Kampung KB, Kabupaten, dan Kecamatan; unduh ulang dari portal"
        raise FileRefused(berkas, (("K01", problem),))
    return Export(
        path=path,
        berkas=berkas,
        jenis=jenis,
        snapshot=snapshot,
        sha256=hashlib.sha256(data).hexdigest(),
        rows=rows.drop(index=list(nameless)).reset_index(drop=True),
        catatan=findings(catatan, by=["baris"]),
    )


def findings(rows: Sequence[tuple[object, ...]], *, by: Sequence[str] = ()) -> pd.DataFrame:
    """A findings frame (``schema.CATATAN``) from tuples, sorted by ``by`` where given."""
    frame = pd.DataFrame(list(rows), columns=list(schema.CATATAN), dtype=object)
    frame = frame.astype({c: "Int64" if c == "baris" else "str" for c in schema.CATATAN})
    return frame.sort_values(list(by), kind="stable", ignore_index=True) if by else frame


def _recognise(sheets: grids.Sheets) -> tuple[str, dict[str, int], grids.Grid]:
    """Kind, place of every column, and cells of the one sheet that holds a whole header."""
    heads = {name: [text(c) for c in next(iter(read(1)), [])] for name, read in sheets.lembar.items()}
    if not any(any(head) for head in heads.values()):
        raise grids.Unreadable("kosong, tanpa judul kolom di baris 1; unduh ulang dari portal")
    found = [(name, jenis) for name, head in heads.items() for jenis in COLUMNS if set(_wanted(jenis)) <= _titles(head)]
    if not found:
        raise grids.Unreadable(_missing(max(heads.values(), key=lambda head: _near(head)[1])))
    if len(found) > 1:
        where = " dan ".join(f'{jenis} di lembar "{name}"' for name, jenis in found[:3])
        raise grids.Unreadable(f"memuat {where}; simpan masing-masing sebagai berkas sendiri")
    name, jenis = found[0]
    titles = [compact(t) for t in heads[name]]
    if twice := [TITLES[c] for t, c in _wanted(jenis).items() if titles.count(t) > 1]:
        raise grids.Unreadable(f"kolom {', '.join(twice)} ada dua kali; hapus salah satu")
    return jenis, {c: titles.index(t) for t, c in _wanted(jenis).items()}, sheets.lembar[name](None)


def _wanted(jenis: str) -> dict[str, str]:
    """The compact titles of a kind of export, to our columns."""
    return {compact(TITLES[c]): c for c in (*schema.NAMES, *COLUMNS[jenis])}


def _titles(head: Sequence[str]) -> set[str]:
    return {compact(t) for t in head}


def _near(head: Sequence[str]) -> tuple[str, int]:
    """The kind of export that a header is nearest to, and how many of its own columns it has."""
    count = {jenis: sum(compact(TITLES[c]) in _titles(head) for c in columns) for jenis, columns in COLUMNS.items()}
    best = max(count, key=lambda jenis: count[jenis])
    return best, count[best]


def _missing(head: Sequence[str]) -> str:
    """What a header lacks, with the nearest title found for each column."""
    jenis, own = _near(head)
    if own == 0:
        seen = ", ".join(f'"{t[:60]}"' for t in [t for t in head if t][:6])
        return f"judul kolom tidak dikenali sebagai rekap atau klasifikasi; baris 1 berisi {seen}; pakai ekspor portal"
    titles = {compact(t): t for t in head if t}
    wanted = _wanted(jenis)
    spare = {t: title for t, title in titles.items() if t not in wanted}
    parts = []
    for key in (k for k in wanted if k not in titles):
        found = process.extractOne(key, spare.keys(), scorer=fuzz.ratio, score_cutoff=60)
        parts.append(f'"{TITLES[wanted[key]]}"' + (f' (mungkin maksudnya "{spare[found[0]][:60]}")' if found else ""))
    return f"bukan {jenis} yang lengkap; kolom yang tidak ada: {', '.join(parts)}; pakai judul kolom ekspor portal"


def _people(grid: grids.Grid, filled: Sequence[int], known: set[int]) -> Iterator[str]:
    """K02: unknown columns that identify people by title, and numbers like a NIK or telephone in text cells."""
    counts = {compact(TITLES[c]) for c in (*schema.REKAP, *schema.SCORES, *schema.INDICES)}
    for i, cell in enumerate(grid[0]):
        title = text(cell)[:60]
        if compact(title) in counts:
            continue
        if i not in known and people.header_identifies(title):
            yield f'kolom "{title}" memuat data pribadi; hapus kolom itu, lalu simpan ulang'
            continue
        for kind, positions in people.find_numbers([text(grid[n - 1][i]) for n in filled]).items():
            where = ", ".join(str(filled[p]) for p in positions[:5]) + (" …" if len(positions) > 5 else "")
            yield f'kolom "{title}", baris {where}: nomor seperti {kind}; hapus data pribadi itu, lalu simpan ulang'


def _typed(columns: dict[str, list[object]], jenis: str) -> tuple[pd.DataFrame, list[tuple[str, str, int, str]]]:
    """The columns as text and numbers, and the findings as (kode, column, position, what is wrong)."""
    found: list[tuple[str, str, int, str]] = []
    out: dict[str, object] = {}
    for column in schema.NAMES:
        names = [text(v) for v in columns[column]]
        out[column] = pd.array(names, dtype="str")
        wajib = column in _REQUIRED
        found += [("K05", column, i, wrong) for i, t in enumerate(names) if (wrong := _no_name(t, wajib=wajib))]
    for column in COLUMNS[jenis]:
        read = cells.classes if column == "klasifikasi" else partial(cells.numbers, column=column)
        out[column], odd = read(columns[column])
        found += [("K17", column, i, what) for i, what in sorted(odd.items())]
    return pd.DataFrame(out), found


def _no_name(name: str, *, wajib: bool) -> str:
    """What is wrong with a name without letter and digit, or a whole text; "-" stands for none, an emoji does not."""
    if len(name) > _LONGEST_NAME:
        return f"{len(name)} huruf, baris ini tidak dihitung; tulis namanya saja"
    if not wajib or compact(name):
        return ""
    empty = "kosong" if name.isascii() else f'"{name[:60]}" tanpa huruf dan angka'
    return f"{empty}, baris ini tidak dihitung; {_EMPTY}"


def _is_filled(cell: object) -> bool:
    return cell != "" and (not isinstance(cell, str) or bool(cell.strip()))
