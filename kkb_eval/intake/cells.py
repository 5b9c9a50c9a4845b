"""Cells of an export as text, numbers and classes, with what is wrong with each (K17)."""

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkb_eval import schema
from kkb_eval.intake.regions import compact
from kkb_eval.text import MONTHS

_FAMILIES = ("keluarga", "memiliki_balita", "memiliki_remaja", "memiliki_lansia")
_WHOLE = ("jumlah_sumber_dana", "regulasi_jumlah", "jumlah_mekanisme_operasional")
YES_NO = tuple(c for c in schema.PROFIL if c not in (*_WHOLE, "pokja_jumlah", "pokja_jumlah_terlatih"))
_COUNTED = (*_WHOLE, "pokja_jumlah", "pokja_jumlah_terlatih", *schema.PENDUDUK, *schema.KB)
_NUMBERS = re.compile(r"[+-]?\d{1,300}(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_TRUTH = {"TRUE": 1.0, "FALSE": 0.0}
_OTHER_TRUTH = {
    **dict.fromkeys(("YA", "ADA", "SUDAH", "BENAR", "YES", "V", "✓", "✔", "√"), 1.0),
    **dict.fromkeys(("TIDAK", "TIDAK ADA", "BELUM", "BELUM ADA", "SALAH", "NO", "TDK", "-"), 0.0),
}
"""How people write TRUE and FALSE, and Excel in Indonesian; nothing that could mean either (x)."""
_MONTH = "|".join(MONTHS)
_NO_NAME = re.compile(
    rf"(?:\d{{1,2}}[-/ ](?:{_MONTH})(?:[-/ ]\d{{2,4}})?|(?:{_MONTH})[-/]\d{{2,4}}|\d{{4}}-\d\d-\d\d.*|\d[.,]\d+E\+\d+"
    r"|TRUE|FALSE|BENAR|SALAH|[^A-Z]*\d[^A-Z]*)",
    re.IGNORECASE,
)
"""What Excel makes of a name: a date, a truth value, a number."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_SHORT = 100
"""Letters of a name or number; longer texts are not remembered, as a file may hold 200 MB of them."""
_BILLION = 1e9
_MECHANISMES = 5
_DOWNLOAD = "unduh ulang klasifikasi dari portal"


def text(cell: object) -> str:
    """Return a cell as text with single spaces; whole numbers without a decimal point.

    Control characters, which documents cannot hold or which turn the text around them, count as spaces.
    """
    if isinstance(cell, str):
        return _plain(cell) if len(cell) <= _SHORT else _without_control(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).upper() if isinstance(cell, bool) else str(cell)


@lru_cache(maxsize=200_000)  # of 20,000 rows the same places, read in several ways
def _plain(cell: str) -> str:
    return _without_control(cell)


def _without_control(cell: str) -> str:
    return " ".join((cell if cell.isprintable() else _CONTROL.sub(" ", cell)).split())


def numbers(cells: Sequence[object], column: str) -> tuple[NDArray[np.float64], dict[int, str]]:
    """Return a column of numbers (blank or unreadable is NaN), and what is wrong by position.

    A count that cannot be (negative, a fraction …) keeps its value, since the portal scores it so; a score or index
    that is blank or cannot be is NaN.
    """
    # the portal writes most numbers as text, and few different ones
    parsed = {c: _parse(text(c), column) for c in {c for c in cells if type(c) is not float}}
    values = np.array([c if type(c) is float else parsed[c][0] for c in cells], float)
    wrong = {c: what for c, (_, what) in parsed.items() if what}
    odd = {i: wrong[c] for i, c in enumerate(cells) if type(c) is not float and c in wrong} if wrong else {}
    odd |= _out_of_range(values, column)
    if column in (*schema.SCORES, *schema.INDICES):
        odd |= {int(i): f"kosong; {_DOWNLOAD}" for i in np.flatnonzero(np.isnan(values)) if i not in odd}
        values[list(odd)] = np.nan
    return values, odd


def _parse(shown: str, column: str) -> tuple[float, str]:
    """Return the number that a cell's text is, NaN for none, and what is wrong with it, nothing for a blank."""
    if column in _COUNTED and _THOUSANDS.fullmatch(shown):
        plain = re.sub(r"[.,]", "", shown)
        return np.nan, f'"{shown}" memakai titik atau koma; tulis {plain} bila itu jumlahnya'
    if _NUMBERS.fullmatch(shown):
        return float(shown.replace(",", ".")), ""
    if column in YES_NO and (word := shown.upper()) in (_TRUTH | _OTHER_TRUTH):
        return (_TRUTH | _OTHER_TRUTH)[word], ""
    return np.nan, f'"{shown[:60]}" bukan angka; {_advice(column)}' if shown else ""


def truth_words(cells: Sequence[object]) -> list[str]:
    """Return the words other than TRUE and FALSE that a column of yes and no is written with, in their order."""
    shown = {cell: text(cell) for cell in dict.fromkeys(c for c in cells if isinstance(c, str))}
    return list(dict.fromkeys(word for word in shown.values() if word.upper() in _OTHER_TRUTH))


def is_no_name(cell: object) -> bool:
    """Tell whether a cell where a name should stand is a date, a number or a truth value, also one written as text."""
    if isinstance(cell, str):
        return len(cell) <= _SHORT and bool(_NO_NAME.fullmatch(cell.strip()))
    return cell is not None


def classes(cells: Sequence[object]) -> tuple[pd.api.extensions.ExtensionArray, dict[int, str]]:
    """Return a column of class names (missing where it is none), and what is wrong by position."""
    names = {compact(k): k for k in schema.CLASSES}
    shown = [text(c) for c in cells]
    odd = {
        i: (f'"{t[:60]}" bukan kelas' if t else "kosong") + f"; {_DOWNLOAD}"
        for i, t in enumerate(shown)
        if compact(t) not in names
    }
    return pd.array([names.get(compact(t)) for t in shown], dtype="str"), odd


def _out_of_range(values: NDArray[np.float64], column: str) -> dict[int, str]:
    """Return positions of values that no count, score or index can have."""
    known = ~np.isnan(values)
    if column in schema.INDICES:
        words = {"di luar 1 sampai 4": (values < 1) | (values > 4)}
    elif column in schema.SCORES:
        words = {"bukan skor 1, 2, 3, atau 4": known & ~np.isin(values, (1, 2, 3, 4))}
    elif column in YES_NO:
        words = {"bukan ya (1) atau tidak (kosong)": known & ~np.isin(values, (0, 1))}
    else:
        words = {"negatif": values < 0, "lebih dari 1 miliar": values > _BILLION, "pecahan": np.mod(values, 1) > 0}
        if column == "jumlah_mekanisme_operasional":
            words["lebih dari 5"] = values > _MECHANISMES
    out: dict[int, str] = {}
    for word, mask in words.items():
        for i in np.flatnonzero(mask):
            out.setdefault(int(i), f"{shown(values[i])} {word}; {_advice(column)}")
    return out


def _advice(column: str) -> str:
    if column in (*schema.SCORES, *schema.INDICES):
        return _DOWNLOAD
    if column in YES_NO:
        return "isi 1 atau kosongkan"
    if column in _WHOLE:
        return "tulis jumlahnya"
    return f"tulis jumlah {'keluarga' if column in _FAMILIES else 'orang'}"


def shown(value: float) -> str:
    """Return a number as an Indonesian reader writes it."""
    return f"{value:,.15g}".translate(str.maketrans(",.", ".,"))
