"""Exports of the portal kampungkb, recognised by their header: rekap and klasifikasi, as xlsx or CSV."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from kkb_eval import schema
from kkb_eval.errors import FileRefused
from kkb_eval.intake import lembar, pribadi
from kkb_eval.intake.wilayah import compact

_KHUSUS = {"sk": "SK", "plkb": "PLKB", "rkm": "RKM", "pus": "PUS", "iud": "IUD", "mow": "MOW", "mop": "MOP"} | {
    poktan: poktan.upper() for poktan in schema.POKTAN_SASARAN
}
JUDUL = (
    {"kampung": "Kampung KB"}
    | {c: c.capitalize() for c in schema.NAMA[1:]}
    | {c: " ".join(_KHUSUS.get(w, w.capitalize()) for w in c.split("_")) for c in schema.REKAP}
    | {"skor_pokja": "Input Pokja", "skor_sumber_dana": "Input Sumber Dana", "skor_poktan": "Input Poktan"}
    | {"skor_sarana": "Input Sarana", "skor_pkb": "Input PKB/PLKB"}
    | {"skor_penggunaan_data": "Proses Penggunaan Data", "skor_operasional": "Proses Operasional"}
    | {"skor_lintas_sektor": "Proses Lintas Sektor", "skor_partisipasi": "Output Poktan", "skor_cpr": "Output CPR"}
    | {"skor_mkjp": "Output MKJP", "skor_unmet": "Output Unmet Need"}
    | {c: c.replace("_", " ").title() for c in schema.INDEKS}
    | {"klasifikasi": "Klasifikasi"}
)
"""The portal's title of every column."""
KOLOM = {"rekap": schema.REKAP, "klasifikasi": (*schema.SKOR, *schema.INDEKS, "klasifikasi")}
"""The columns of each kind of export after the five names."""
_KELUARGA = {"keluarga", "memiliki_balita", "memiliki_remaja", "memiliki_lansia"}
_YA_TIDAK = {"pokja_pengurusan", "pokja_sk", "pokja_pelatihan"} | {"plkb_pendamping", "regulasi", "rkm"}
_YA_TIDAK |= {"penggunaan_data"}
_BILANGAN = {"jumlah_sumber_dana", "regulasi_jumlah", "jumlah_mekanisme_operasional"}
_ANGKA = re.compile(r"[+-]?\d{1,300}(?:[.,]\d+)?")
_BENAR = {"TRUE": 1.0, "FALSE": 0.0}
_MILIAR = 1e9


@dataclass(frozen=True)
class Export:
    """One export as read: where from, of which day, its rows and the findings on single values (K17).

    ``rows``: ``baris`` (Excel row, header = 1), the names as exported with single spaces, and the columns of its
    kind as float64 (blank or unusable is NaN; ``klasifikasi`` is text). ``catatan`` has the columns of
    ``schema.CATATAN`` with ``kampung_id`` still missing.
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
        data = lembar.read_bytes(path)
        sheets = lembar.open_sheets(path.name, data)
        jenis, places, grid = _recognise(sheets)
    except lembar.Unreadable as error:
        raise FileRefused(berkas, (("K01", str(error)),)) from error
    filled = [n for n, row in enumerate(grid[1:], 2) if any(_is_filled(row[i]) for i in places.values())]
    snapshot = lembar.snapshot(path.name, sheets)
    masalah = [("K02", text) for text in _people(grid, filled, set(places.values()))]
    if not filled:
        masalah.append(("K01", "hanya judul kolom, tanpa satu baris pun; unduh ulang dari portal"))
    if snapshot is None:
        contoh = f"{Path(berkas).stem}_2022-10-27{Path(berkas).suffix}"
        masalah.append(("K01", f"tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya {contoh}"))
    if masalah or snapshot is None:
        raise FileRefused(berkas, tuple(masalah))
    columns = {c: [grid[n - 1][i] for n in filled] for c, i in places.items()}
    rows, found = _typed(columns, jenis)
    rows.insert(0, "baris", np.array(filled))
    catatan = [("K17", "salah", berkas, filled[i], None, c, f"{JUDUL[c]}: {text}") for c, i, text in found]
    return Export(
        path, berkas, jenis, snapshot, hashlib.sha256(data).hexdigest(), rows, findings(catatan, by=["baris"])
    )


def findings(rows: Sequence[tuple[object, ...]], *, by: Sequence[str] = ()) -> pd.DataFrame:
    """A findings frame (``schema.CATATAN``) from tuples, sorted by ``by`` where given."""
    frame = pd.DataFrame(list(rows), columns=list(schema.CATATAN), dtype=object)
    frame = frame.astype({c: "Int64" if c == "baris" else "str" for c in schema.CATATAN})
    return frame.sort_values(list(by), kind="stable", ignore_index=True) if by else frame


def _recognise(sheets: lembar.Sheets) -> tuple[str, dict[str, int], lembar.Grid]:
    """Kind, place of every column, and cells of the first sheet that holds a whole header."""
    heads = {name: [_text(c) for c in next(iter(read(1)), [])] for name, read in sheets.lembar.items()}
    if not any(any(head) for head in heads.values()):
        raise lembar.Unreadable("kosong, tanpa judul kolom di baris 1; unduh ulang dari portal")
    for name, head in heads.items():
        titles = [compact(t) for t in head]
        for jenis, columns in KOLOM.items():
            wanted = {c: compact(JUDUL[c]) for c in (*schema.NAMA, *columns)}
            if set(wanted.values()) <= set(titles):
                if twice := [JUDUL[c] for c, t in wanted.items() if titles.count(t) > 1]:
                    raise lembar.Unreadable(f"kolom {', '.join(twice)} ada dua kali; hapus salah satu")
                return jenis, {c: titles.index(t) for c, t in wanted.items()}, sheets.lembar[name](None)
    raise lembar.Unreadable(_missing(max(heads.values(), key=lambda head: _near(head)[1])))


def _near(head: Sequence[str]) -> tuple[str, int]:
    """The kind of export that a header is nearest to, and how many of its own columns it has."""
    titles = {compact(t) for t in head}
    count = {jenis: sum(compact(JUDUL[c]) in titles for c in columns) for jenis, columns in KOLOM.items()}
    best = max(count, key=lambda jenis: count[jenis])
    return best, count[best]


def _missing(head: Sequence[str]) -> str:
    """What a header lacks, with the nearest title found for each column."""
    jenis, own = _near(head)
    if own == 0:
        seen = ", ".join(f'"{t}"' for t in [t for t in head if t][:6])
        return f"judul kolom tidak dikenali sebagai rekap atau klasifikasi; baris 1 berisi {seen}; pakai ekspor portal"
    titles = {compact(t): t for t in head if t}
    wanted = {compact(JUDUL[c]): JUDUL[c] for c in (*schema.NAMA, *KOLOM[jenis])}
    spare = {t: title for t, title in titles.items() if t not in wanted}
    parts = []
    for key in (k for k in wanted if k not in titles):
        found = process.extractOne(key, spare.keys(), scorer=fuzz.ratio, score_cutoff=60)
        parts.append(f'"{wanted[key]}"' + (f' (mungkin maksudnya "{spare[found[0]]}")' if found else ""))
    return f"bukan {jenis} yang lengkap; kolom yang tidak ada: {', '.join(parts)}; pakai judul kolom ekspor portal"


def _people(grid: lembar.Grid, filled: Sequence[int], known: set[int]) -> Iterator[str]:
    """K02: unknown columns that identify people by title, and numbers like a NIK or telephone in text cells."""
    counts = {compact(JUDUL[c]) for c in (*schema.REKAP, *schema.SKOR, *schema.INDEKS)}
    for i, cell in enumerate(grid[0]):
        title = _text(cell)
        if compact(title) in counts:
            continue
        if i not in known and pribadi.header_identifies(title):
            yield f'kolom "{title}" memuat data pribadi; hapus kolom itu, lalu simpan ulang'
            continue
        for kind, positions in pribadi.find_numbers([_text(grid[n - 1][i]) for n in filled]).items():
            where = ", ".join(str(filled[p]) for p in positions[:5]) + (" …" if len(positions) > 5 else "")
            yield f'kolom "{title}", baris {where}: nomor seperti {kind}; hapus data pribadi itu, lalu simpan ulang'


def _typed(columns: dict[str, list[object]], jenis: str) -> tuple[pd.DataFrame, list[tuple[str, int, str]]]:
    """The columns as text and numbers, and the findings as (column, position, what is wrong)."""
    found: list[tuple[str, int, str]] = []
    out: dict[str, object] = {c: pd.array([_text(v) for v in columns[c]], dtype="str") for c in schema.NAMA}
    for column in KOLOM[jenis]:
        if column == "klasifikasi":
            out[column], odd = _classes(columns[column])
        else:
            values, odd = _numbers(columns[column], column)
            out[column] = values
            odd |= _out_of_range(values, column)
        found += [(column, i, text) for i, text in sorted(odd.items())]
    return pd.DataFrame(out), found


def _numbers(cells: Sequence[object], column: str) -> tuple[NDArray[np.float64], dict[int, str]]:
    values = np.array([c if type(c) is float else np.nan for c in cells], float)
    odd: dict[int, str] = {}
    for i, cell in enumerate(cells):
        if type(cell) is float or cell == "":
            continue
        text = _text(cell)
        if isinstance(cell, int):  # TRUE is 1
            values[i] = float(cell)
        elif text.upper() in _BENAR:
            values[i] = _BENAR[text.upper()]
        elif _ANGKA.fullmatch(text):
            values[i] = float(text.replace(",", "."))
        elif text:
            odd[i] = f'"{text[:60]}" bukan angka; {_advice(column)}'
    return values, odd


def _out_of_range(values: NDArray[np.float64], column: str) -> dict[int, str]:
    """Positions of values that no count, score or index can have (K17)."""
    words: dict[str, NDArray[np.bool_]] = {}
    if column in schema.INDEKS:
        bad = (values < 0) | (values > 4)
    elif column in schema.SKOR:
        bad = ~np.isnan(values) & ~np.isin(values, (1, 2, 3, 4))
    else:
        fraction = np.mod(values, 1) != 0
        bad = (values < 0) | (values > _MILIAR) | (fraction & ~np.isnan(values))
        words = {"negatif": values < 0, "lebih dari 1 miliar": values > _MILIAR, "pecahan": fraction}
    out = {}
    for i in np.flatnonzero(bad):
        word = next((w for w, mask in words.items() if mask[i]), "di luar 1 sampai 4")
        out[int(i)] = f"{_shown(values[i])} {word}; {_advice(column)}"
    return out


def _classes(cells: Sequence[object]) -> tuple[object, dict[int, str]]:
    names = {compact(k): k for k in schema.KELAS}
    texts = [_text(c) for c in cells]
    odd = {
        i: f'"{t[:60]}" bukan kelas; tulis {", ".join(schema.KELAS[:-1])}, atau {schema.KELAS[-1]}'
        for i, t in enumerate(texts)
        if t and compact(t) not in names
    }
    return pd.array([names.get(compact(t)) for t in texts], dtype="str"), odd


def _advice(column: str) -> str:
    if column in (*schema.SKOR, *schema.INDEKS):
        return "unduh ulang klasifikasi dari portal"
    if column in _YA_TIDAK:
        return "isi 1 atau kosongkan"
    return (
        f"tulis jumlah {'keluarga' if column in _KELUARGA else 'orang'}"
        if column not in _BILANGAN
        else "tulis jumlahnya"
    )


def _shown(value: float) -> str:
    """A number as an Indonesian reader writes it."""
    return f"{value:,.15g}".translate(str.maketrans(",.", ".,"))


def _is_filled(cell: object) -> bool:
    return cell != "" and (not isinstance(cell, str) or bool(cell.strip()))


def _text(cell: object) -> str:
    """A cell as text with single spaces; whole numbers without a decimal point."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).upper() if isinstance(cell, bool) else str(cell)
