"""Rows of a table that are none of its data (K20): totals, column numbers, the header again, headings and notes."""

import re
from collections.abc import Sequence
from functools import reduce

from kkb_eval.intake.cells import text
from kkb_eval.intake.header import Header
from kkb_eval.intake.regions import compact

TOTAL, NUMBERS, TITLES, NOTE = "jumlah", "nomor kolom", "judul kolom", "keterangan"
"""What a stray row is, in the words of a message."""
_SUM = r"(?:jumlah|jml|jlh|total|rekap(?:itulasi)?|rata[\s-]*rata|rerata|akumulasi|keseluruhan|seluruh(?:nya)?|Σ)"
_LEVEL = r"(?:(?:se[\s-]?)?(?:kec|kecamatan|kab|kabupaten|kota|prov|provinsi|desa|kel|kelurahan|kampung)|nasional)"
_BEGINS = re.compile(rf"(?:[ivx\d]+[.)]\s*)?(?:(?:sub|grand)[\s-]*)?{_SUM}(?!\w)[\s.:]*", re.IGNORECASE)
_ENDS = re.compile(r".*\S[\s-]+(?:(?:sub|grand)[\s-]*)?(?:total|jumlah|jml|count|average|sum)\s*[.:]?", re.IGNORECASE)
_ONLY = re.compile(
    rf"(?:[\s.:,()/-]|\d|(?<!\w)(?:[ivx]+|{_SUM}|umum|semua|akhir|besar|dan|{_LEVEL})(?!\w))*", re.IGNORECASE
)
_BEGINS_LEVEL = re.compile(rf"{_LEVEL}(?!\w)", re.IGNORECASE)
_HEADING = re.compile(r"(?:kec|kecamatan|kab|kabupaten|prov|provinsi)(?!\w)", re.IGNORECASE)
_NUMBER = re.compile(r"[\[(-]?(\d{1,3})(?:\s*=[\d\s+/*=-]{1,40})?[\]).-]?")
_LETTERS = re.compile(r"[A-Z]{1,2}", re.IGNORECASE)
_PARTS = (
    *("jumlah", "jml", "jlh", "total", "rekap", "rata", "rerata", "akumulasi", "seluruh", "σ"),
    *("count", "average", "sum", "kec", "kab", "prov"),
)
"""One of these every stray with a word has among its names; also in other names, which are then looked at."""
_LONGEST = 400
"""Letters of a name; what is longer is a text, and would take time to look through."""
_ALIKE = 0.5
"""Share of the columns whose cell repeats the title, or counts on from the cell before."""


def kinds(rows: Sequence[Sequence[object]], header: Header, names: Sequence[str]) -> dict[int, str]:
    """Return what each stray row is (``TOTAL``, ``NUMBERS``, ``TITLES``, ``NOTE``), by its position in ``rows``.

    ``names`` are the columns that name what a row is about, from the coarsest place to the finest; the rest of
    ``header.places`` is counted. A total says so in a name, or in a column before all of them; a name that only begins
    with such a word ("Total Persada") stays one, where the row has all its places.
    """
    table = _Table(header, names)
    return {at: kind for at in table.suspects(rows) if (kind := table.kind(rows[at]))}


class _Table:
    """The header of a table, and where its names and counts are."""

    def __init__(self, header: Header, names: Sequence[str]) -> None:
        self._at = [header.places[column] for column in names if column in header.places]
        self._counted = [place for column, place in header.places.items() if column not in names]
        self._order = sorted(header.places.values())
        titles: dict[int, set[str]] = {place: {compact(header.titles[place])} for place in self._order}
        for title, column in header.wanted.items():
            if column in header.places:
                titles[header.places[column]].add(title)
        self._titles = titles
        self._shown = {header.titles[place].casefold() for place in self._order}

    def suspects(self, rows: Sequence[Sequence[object]]) -> list[int]:
        """Return the rows that may be strays by one of their names, each looked at once: a nation has 20,000 rows."""
        found: set[int] = set()
        for place in (*range(self._order[0]), *self._at):
            cells = [row[place] for row in rows]
            named = place in self._at
            odd = {cell for cell in set(cells) if (self._is_odd(text(cell)) if named else _BEGINS.match(text(cell)))}
            found.update(at for at, cell in enumerate(cells) if cell in odd)
        return sorted(found)

    def _is_odd(self, name: str) -> bool:
        folded = name.casefold()
        return not name or any(map(folded.__contains__, _PARTS)) or folded in self._shown or _may_count(name)

    def kind(self, row: Sequence[object]) -> str | None:
        """Say what a stray row is, None for a row of data."""
        before = [text(cell) for cell in row[: self._order[0]]]
        shown = [text(row[place]) for place in self._at]
        if self._repeats(row, shown):
            return TITLES
        if self._counts_on(row):
            return NUMBERS
        if any(_says_total(name, shown) for name in (*before, *shown)):
            return TOTAL
        if len(shown) < 2 or all(shown):
            return None
        numbers = any(text(row[place]) for place in self._counted)
        if _is_heading(shown):
            return TOTAL if numbers else NOTE
        return NOTE if sum(map(bool, shown)) == 1 and not numbers else None

    def _repeats(self, row: Sequence[object], shown: Sequence[str]) -> bool:
        """Tell whether the row says its own titles."""
        if not any(name and compact(name) in self._titles[place] for name, place in zip(shown, self._at, strict=True)):
            return False
        same = sum(compact(text(row[place])) in titles for place, titles in self._titles.items())
        return same > 1 and same >= _ALIKE * len(self._titles)

    def _counts_on(self, row: Sequence[object]) -> bool:
        """Tell whether the cells are 1, 2, 3 … (or (1), (2=1+3), A, B …) from column to column."""
        numbers = [(place, _number(text(row[place]))) for place in self._order]
        offsets = [number - place for place, number in numbers if number]
        return max(map(offsets.count, offsets), default=0) >= max(3, _ALIKE * len(self._order))


def _may_count(name: str) -> bool:
    """Tell whether a name may be the number or letter of a column."""
    return len(name) <= 2 or name.lstrip("([-")[:1].isdigit()


def _number(name: str) -> int | None:
    """Return the number that a cell says, also as the letters of a column; None for a text."""
    if match := _NUMBER.fullmatch(name):
        return int(match[1])
    if _LETTERS.fullmatch(name):
        return reduce(lambda total, letter: total * 26 + ord(letter) - 64, name.upper(), 0)
    return None


def _says_total(name: str, names: Sequence[str]) -> bool:
    """Tell whether a name is that of a total, among the names of its row."""
    if not name or len(name) > _LONGEST:
        return False
    if _ENDS.fullmatch(name) and not all(names):
        return True
    begins = _BEGINS.match(name)
    if not begins:
        return False
    rest = name[begins.end() :].strip()
    if not rest or _ONLY.fullmatch(rest) or _BEGINS_LEVEL.match(rest) or not all(names):
        return True
    return compact(rest) in {compact(other) for other in names if other != name}


def _is_heading(names: Sequence[str]) -> bool:
    """Tell whether a row stands for a region: "KEC. MAJA" alone, or as a name without the place before it."""
    *places, last = names
    alone = not last and any(place and _HEADING.match(place) for place in places) and sum(map(bool, places)) == 1
    return alone or bool(last and not places[-1] and _HEADING.match(last))
