"""Numbers, dates and state words as an Indonesian reader writes them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal

Number = Any
"""A number, or a cell of a frame that holds one."""
NBSP = "\N{NO-BREAK SPACE}"
SAMPLE_BANNER = "DATA CONTOH – BUKAN DATA SEBENARNYA"
"""What every page, slide, document and printed sheet of a synthetic dataset says."""
STATUS = {
    "belum_lapor": "belum lapor",
    "tidak_dapat_dihitung": "tidak dapat dihitung",
    "tidak_konsisten": "tidak konsisten",
    "terisi": "terisi",
}
FORMS = {"profil": "Profil", "penduduk": "Penduduk", "kb": "KB"}
"""The three forms of the portal (``schema.REKAMAN``)."""
_SPELLED = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")
NOT_CERTAIN = "belum pasti"
"""In place of a class that is not known."""
LABELS = {
    "lebih_baik_menonjol": ("▲", "jauh lebih baik"),
    "lebih_baik": ("△", "lebih baik"),
    "serupa": ("·", "setara"),
    "kurang_baik": ("▽", "kurang baik"),
    "kurang_baik_menonjol": ("▼", "jauh kurang baik"),
}
"""Sign and words of a label against the kabupaten."""
BETTER, WORSE = tuple(LABELS)[:2], tuple(LABELS)[-2:]
MONTHS = {
    name.rstrip(".").lower(): number
    for locale in ("en", "id")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=locale).items()
} | {"agt": 8, "ags": 8, "agust": 8, "sept": 9, "nop": 11, "nopember": 11, "pebruari": 2, "peb": 2}
"""The months as people write them, Indonesian and English, to their number."""


def count(n: Number) -> str:
    """A whole number: 8275 → "8.275", -3 → "−3"."""
    return str(format_decimal(round(n), format="#,##0;−#,##0", locale="id"))


def spelled(n: Number) -> str:
    """A count inside a sentence: up to ten in words, "tujuh"; above as digits, "1.750"."""
    return _SPELLED[n] if 0 <= n < len(_SPELLED) else count(n)


def counted(n: Number) -> str:
    """A count that opens a sentence, which never begins with a numeral: "Tujuh", "Sebanyak 85"."""
    return per_sentence(spelled(n)) if 0 <= n < len(_SPELLED) else f"Sebanyak {count(n)}"


def decimal(x: Number, digits: int = 1) -> str:
    """A number with a fixed number of decimals: 3.333 → "3,33" with two."""
    return str(format_decimal(x, format=f"#,##0.{'0' * digits}", locale="id"))


def signed(x: Number) -> str:
    """A difference with one decimal and its sign: 2.34 → "+2,3", -1 → "−1,0"."""
    return str(format_decimal(x, format="+#,##0.0;−#,##0.0", locale="id")) if round(x, 1) else "0,0"


def as_given(x: Number) -> str:
    """A number with those of two decimals that it has: 66.0 → "66", 5.74 → "5,74"."""
    return str(format_decimal(x, format="#,##0.##", locale="id"))


def percent(p: Number, digits: int = 1) -> str:
    """A proportion as percent: 0.16 → "16,0 %"; a missing one as "–"."""
    return "–" if pd.isna(p) else f"{decimal(100 * p, digits) if digits else count(100 * p)}{NBSP}%"


def persen(p: Number) -> str:
    """A proportion inside a sentence: 0.153 → "15,3 persen"; a missing one as "–"."""
    return "–" if pd.isna(p) else f"{decimal(100 * p)}{NBSP}persen"


def interval(low: Number, high: Number) -> str:
    """An interval of proportions: (.156, .163) → "15,6–16,3 %"."""
    return "–" if pd.isna(low) or pd.isna(high) else f"{decimal(100 * low)}–{percent(high)}"


def tanggal(day: date | None) -> str:
    """A date: 2022-10-27 → "27 Oktober 2022"; a missing one as "–"."""
    return "–" if day is None else str(format_date(day, "d MMMM y", locale="id"))


def month(year: int, number: int, *, short: bool = False) -> str:
    """A month: (2025, 1) → "Januari 2025", short "Jan 2025"."""
    return str(format_date(date(year, number, 1), "MMM y" if short else "MMMM y", locale="id"))


def enumerate_words(words: Iterable[str], most: int = 3) -> str:
    """A list in a sentence: a, b dan c; what goes beyond ``most`` is counted: "a, b, c, dan 4 lainnya".

    One more than ``most`` is named: its name says more than "1 lainnya".
    """
    words = list(words)
    if len(words) > most + 1:
        return f"{', '.join(words[:most])}, dan {count(len(words) - most)} lainnya"
    return words[0] if len(words) == 1 else " dan ".join([", ".join(words[:-1]), words[-1]]) if words else ""


def per_sentence(text: str) -> str:
    """The text with a capital at its start, the rest untouched."""
    return text[:1].upper() + text[1:]


def yes(value: Any) -> bool:
    """Whether a nullable yes-or-no is a known yes."""
    return bool(pd.notna(value) and value)
