"""The day of an export: from the names it came under, else from when its workbook was made; never against a name.

A name may also hold a year, a month, a semester or a quarter. One that the day found does not lie in refuses the file:
re-saved a year later it would count in the wrong year without a word (METHOD 2).
"""

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kkb_eval.intake.grids import Unreadable
from kkb_eval.text import MONTHS

_SHORT = 3
"""Letters of a month that may be another word: it counts beside a number only (but Mei, which has no longer form)."""
_PARTS = {"triwulan": 3, "triw": 3, "trw": 3, "tw": 3, "kuartal": 3, "kwartal": 3, "quarter": 3, "q": 3}
_PARTS |= {"caturwulan": 4, "cawu": 4, "semester": 6, "smstr": 6, "smt": 6, "sem": 6}
"""Words for a part of a year, to its months."""
_NUMBERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_UNTIL = re.compile(r"\s*(?:[-–_]|s\.?\s?/?d\.?|sd|sampai|hingga|to)\s*", re.IGNORECASE)
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_TIME = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?")
_IN_A_DAY = re.compile(r" ?[-./_] ?| ")
_IN_WORDS = re.compile(r"[\s._,/-]{0,3}")


@dataclass(frozen=True)
class _Meaning:
    """What a part of a name says: a day (None: of no calendar) where ``is_day``, else what the day has to lie in.

    That are years (first, last), months, or the only days that it may be.
    """

    is_day: bool = False
    day: date | None = None
    years: tuple[int, int] | None = None
    months: frozenset[int] = frozenset()
    days: frozenset[date] = frozenset()

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in it."""
        in_years = self.years is None or self.years[0] <= day.year <= self.years[1]
        return in_years and (not self.months or day.month in self.months) and (not self.days or day in self.days)


@dataclass(frozen=True)
class _Mention:
    """A part of a name that says something of the day: where it stands, its text, and what it says."""

    span: tuple[int, int]
    text: str
    says: _Meaning


def snapshot(names: Sequence[str], created: date | None, *, today: date | None = None) -> date:
    """Return the day of an export that came under ``names`` (a file; or a zip, and the file in it); else ``created``.

    Raises ``Unreadable`` without a day, for several, for one that is not in the calendar or has not come yet, and for
    one that a year, month, semester or quarter in a name contradicts.
    """
    found = [mention for name in names for mention in _mentions(Path(name).stem)]
    days = [mention for mention in found if mention.says.is_day]
    if wrong := [mention.text for mention in days if mention.says.day is None]:
        raise Unreadable(f'tanggal "{wrong[0]}" di nama berkas tidak ada di kalender; perbaiki nama berkas')
    if len(several := sorted({mention.says.day for mention in days if mention.says.day})) > 1:
        shown = " dan ".join(map(str, several))
        raise Unreadable(f"nama berkas memuat tanggal {shown}; sisakan tanggal ekspornya saja")
    if (day := next(iter(several), created)) is None:
        example = _named(names[-1], date(2022, 10, 27))
        raise Unreadable(f"tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya {example}")
    # in the east of Indonesia a day begins nine hours before that of a server
    if day > (today or date.today()) + timedelta(days=1):
        raise Unreadable(f"tanggal ekspor {day} belum tiba; tulis tanggal yang benar di nama berkas")
    against = [mention for mention in found if not mention.says.is_day and not mention.says.holds(day)]
    if against and several:
        raise Unreadable(
            f'nama berkas menyebut "{against[0].text}" dan tanggal {day}, yang tidak cocok; sisakan tanggal ekspornya'
            f" saja, misalnya {_named(names[-1], day)}"
        )
    if against:
        raise Unreadable(
            f'nama berkas menyebut "{" ".join(m.text for m in against)}", tetapi berkasnya dibuat {day}; tulis tanggal'
            f" unduhnya di nama berkas, misalnya {_named(names[-1], _example(found, day))}"
        )
    return day


def periods(names: Sequence[str]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the years and the months that names tell, by a day, a stamp, a word or a number."""
    says = [mention.says for name in names for mention in _mentions(Path(name).stem)]
    days = [one.day for one in says if one.day]
    years = {day.year for day in days}.union(*(range(one.years[0], one.years[1] + 1) for one in says if one.years))
    months = {day.month for day in days}.union(*(one.months for one in says))
    return frozenset(years), frozenset(months)


def _example(mentions: Sequence[_Mention], day: date) -> date:
    """Return the last day of the months and years that a name mentions, for a message; else of ``day``'s."""
    if days := [may_be for mention in mentions for may_be in mention.says.days]:
        return max((may_be for may_be in days if may_be <= day), default=min(days))
    year = next((mention.says.years[1] for mention in mentions if mention.says.years), None)
    months = [mention.says.months for mention in mentions if mention.says.months]
    month = max(months[0].intersection(*months) or months[0]) if months else 12
    if year is None:
        year = day.year if _last_of(day.year, month) <= day else day.year - 1
    return _last_of(year, month)


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _named(name: str, day: date) -> str:
    """Return an example of the name with a day, without what it says of days, months and years now."""
    path = Path(name)
    stem = list(path.stem)
    for mention in _mentions(path.stem):
        stem[slice(*mention.span)] = " " * (mention.span[1] - mention.span[0])
    words = re.sub(r"[\s._()-]+", " ", "".join(stem)).strip()
    return f"{words or 'ekspor'}_{day}{path.suffix}"


@dataclass(frozen=True)
class _Token:
    """A number or a word of a name, and what stands between it and the one before."""

    text: str
    gap: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def month(self) -> int | None:
        return MONTHS.get(self.text.lower())

    def is_number(self, *digits: int) -> bool:
        return self.text.isascii() and self.text.isdigit() and len(self.text) in digits

    @property
    def is_year(self) -> bool:
        return self.is_number(4) and self.text[:2] in ("19", "20")


def _mentions(stem: str) -> list[_Mention]:
    """Return everything that a name says of the day, in its order; the longest reading at each place."""
    tokens, end = [], 0
    for match in _TOKEN.finditer(stem):
        tokens.append(_Token(match[0], stem[end : match.start()], match.start()))
        end = match.end()
    found: list[_Mention] = []
    at = 0
    while at < len(tokens):
        for length, read in _READERS:
            part = tokens[at : at + length]
            if len(part) == length and (says := read(part)):
                span = (part[0].start, part[-1].end)
                found.append(_Mention(span, stem[slice(*span)], says))
                # of 3-4-2022-10-27 nobody can say which day it is: its year is read again, both count
                twice = length == 3 and part[-1].is_year and bool(_year_first(tokens[at + 2 : at + 5]))
                at += length - twice
                break
        else:
            at += 1
    return [mention for mention in found if _counts(mention, stem)]


def _counts(mention: _Mention, stem: str) -> bool:
    """Tell whether a month in short letters stands beside a number; anything else counts anyway."""
    word = mention.text
    if not (word.isalpha() and len(word) <= _SHORT and mention.says.months) or word.lower() == "mei":
        return True
    before, after = stem[: mention.span[0]], stem[mention.span[1] :]
    return bool(re.search(r"\d[\s._,/-]{0,3}$", before) or re.match(r"[\s._,'/-]{0,3}\d", after))


def _day(year: str, month: int | str, day: str) -> _Meaning:
    out = None
    with contextlib.suppress(ValueError):
        out = date(int(year), int(month), int(day))
    return _Meaning(is_day=True, day=out)


def _digits(part: Sequence[_Token]) -> _Meaning | None:
    """Read 20230612093012 (the portal's stamp), 20230612, 12062023."""
    text = part[0].text
    if not part[0].is_number(8, 12, 14) or not re.match(r"(?:19|20)\d\d", text):
        return _day(text[4:], text[2:4], text[:2]) if part[0].is_number(8) and _has_day(text) else None
    if len(text) > 8 and not _TIME.fullmatch(text[8:]):
        return None
    given = _day(text[:4], text[4:6], text[6:8])
    if given.day is None and len(text) == 8 and _has_day(text):
        return _day(text[4:], text[2:4], text[:2])
    return given if given.day or len(text) == 8 else None


def _has_day(text: str) -> bool:
    """Tell whether eight digits are day, month and year."""
    return bool(re.fullmatch(r"\d{4}(?:19|20)\d\d", text)) and _day(text[4:], text[2:4], text[:2]).day is not None


def _one_separator(part: Sequence[_Token]) -> bool:
    return part[1].gap == part[2].gap and bool(_IN_A_DAY.fullmatch(part[1].gap))


def _year_first(part: Sequence[_Token]) -> _Meaning | None:
    """Read 2023-06-12."""
    if len(part) == 3 and part[0].is_year and part[1].is_number(2) and part[2].is_number(2) and _one_separator(part):
        return _day(part[0].text, part[1].text, part[2].text)
    return None


def _year_last(part: Sequence[_Token]) -> _Meaning | None:
    """Read 12-6-2023."""
    if part[0].is_number(1, 2) and part[1].is_number(1, 2) and part[2].is_year and _one_separator(part):
        return _day(part[2].text, part[1].text, part[0].text) if part[1].gap != " " else None
    return None


def _in_words(part: Sequence[_Token]) -> _Meaning | None:
    """Read 12 Juni 2023, 2023 Juni 12, Juni 12 2023; with little between them."""
    if not all(_IN_WORDS.fullmatch(token.gap) for token in part[1:]):
        return None
    for day, month, year in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        number = part[month].month
        if number and part[day].is_number(1, 2) and part[year].is_year:
            return _day(part[year].text, number, part[day].text)
    return None


def _short_year(part: Sequence[_Token]) -> _Meaning | None:
    """Read 12-06-23, which is 12 June 2023 or 23 June 2012, and has to be one of them."""
    if not all(token.is_number(2) for token in part) or not _one_separator(part) or part[1].gap == " ":
        return None
    first, month, last = (token.text for token in part)
    days = (_day(f"20{year}", month, day).day for year, day in ((last, first), (first, last)))
    known = frozenset(day for day in days if day is not None)
    return _Meaning(days=known) if known else None


def _short_month(part: Sequence[_Token]) -> _Meaning | None:
    """Read Jun-23, which is June 2023 or a 23 June, and has to be one of them."""
    month, number = part[0].month, part[1].text
    if not month or not part[1].is_number(2) or not re.fullmatch(r"[\s._,'-]{0,3}", part[1].gap):
        return None
    last = _last_of(2000 + int(number), month)
    days = {last - timedelta(days=back) for back in range(last.day)}
    days |= {day for year in range(2000, 2050) if (day := _day(str(year), month, number).day)}
    return _Meaning(days=frozenset(days))


def _until(part: Sequence[_Token]) -> bool:
    """Tell whether the last token is the end of a range that the first begins; a word between them may say so."""
    between = part[-1].gap if len(part) == 2 else f"{part[1].gap}{part[1].text}{part[2].gap}"
    return bool(_UNTIL.fullmatch(between))


def _month_range(part: Sequence[_Token]) -> _Meaning | None:
    """Read Januari-Juni, Okt sd Feb."""
    first, last = part[0].month, part[-1].month
    if not first or not last or not _until(part):
        return None
    months = range(first, last + 1) if first <= last else (*range(first, 13), *range(1, last + 1))
    return _Meaning(months=frozenset(months))


def _year_range(part: Sequence[_Token]) -> _Meaning | None:
    """Read 2019-2024."""
    if part[0].is_year and part[-1].is_year and _until(part) and part[0].text <= part[-1].text:
        return _Meaning(years=(int(part[0].text), int(part[-1].text)))
    return None


def _month_number(part: Sequence[_Token]) -> _Meaning | None:
    """Read 2023-06, 06.2023."""
    for year, month in (part, reversed(part)):
        if year.is_year and month.is_number(2) and part[1].gap in ("-", ".", "_") and 1 <= int(month.text) <= 12:
            return _month_of(year.text, month.text)
    return None


def _six_digits(part: Sequence[_Token]) -> _Meaning | None:
    """Read 202306, 062023."""
    text = part[0].text
    if part[0].is_number(6):
        for year, month in ((text[:4], text[4:]), (text[2:], text[:2])):
            if year[:2] == "20" and year[2] < "4" and 1 <= int(month) <= 12:
                return _month_of(year, month)
    return None


def _month_of(year: str, month: str) -> _Meaning:
    return _Meaning(years=(int(year), int(year)), months=frozenset({int(month)}))


def _part_of_year(part: Sequence[_Token]) -> _Meaning | None:
    """Read Semester 1, TW II, triwulan ke-3, Q4."""
    length, number = _PARTS.get(part[0].text.lower()), _NUMBERS.get(part[-1].text.lower())
    if not length or not number or number > 12 // length or (len(part) == 3 and part[1].text.lower() != "ke"):
        return None
    return _Meaning(months=frozenset(range(length * (number - 1) + 1, length * number + 1)))


def _month(part: Sequence[_Token]) -> _Meaning | None:
    return _Meaning(months=frozenset({part[0].month})) if part[0].month else None


def _year(part: Sequence[_Token]) -> _Meaning | None:
    return _Meaning(years=(int(part[0].text), int(part[0].text))) if part[0].is_year else None


_READERS: tuple[tuple[int, Callable[[Sequence[_Token]], _Meaning | None]], ...] = (
    *((1, _digits), (3, _year_first), (3, _year_last), (3, _in_words), (3, _short_year)),
    *((3, _month_range), (2, _month_range), (3, _year_range), (2, _year_range), (2, _short_month)),
    *((2, _month_number), (1, _six_digits), (3, _part_of_year), (2, _part_of_year), (1, _month), (1, _year)),
)
"""How many tokens each way of writing has, and what reads it; the first that can is taken."""
