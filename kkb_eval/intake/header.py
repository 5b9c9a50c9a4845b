"""Where the titles of a table are: in one row or two, under a title or not, among its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kkb_eval.intake.cells import text
from kkb_eval.intake.regions import compact

ROWS = 10
"""Rows in which a header is looked for: a letterhead and two lines of title are seven."""


@dataclass(frozen=True)
class Header:
    """The titles of a table, and where its wanted columns are.

    ``first`` to ``row`` are its rows in the file (1-based), the data begin after them. ``titles`` is what stands over
    each column, ``places`` the position of each column found, ``twice`` the columns that could be several.
    """

    first: int
    row: int
    titles: tuple[str, ...]
    places: Mapping[str, int]
    twice: tuple[str, ...]
    wanted: Mapping[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the wanted columns that are not there, in their order."""
        return tuple(c for c in dict.fromkeys(self.wanted.values()) if c not in self.places and c not in self.twice)

    @property
    def whole(self) -> bool:
        """Tell whether every wanted column is there, once."""
        return not self.missing and not self.twice

    @property
    def known(self) -> int:
        """Return how many of the wanted columns are there."""
        return len(self.places) + len(self.twice)


def wanted(titles: Mapping[str, str]) -> dict[str, str]:
    """Return the form that ``find`` takes, compact title to column, from column to title."""
    return {compact(title): column for column, title in titles.items()}


def find(rows: Sequence[Sequence[object]], wanted: Mapping[str, str]) -> Header | None:
    """Return the header among the first rows that has most of the wanted columns; None where no row has a text.

    ``wanted`` gives the column of every compact title (several titles may mean one column). Of equals one row goes
    before two, and the first before the later. In two rows a title is both parts together ("Pokja" over "Jumlah"),
    where that is none the lower alone, and the upper where there is no lower; an upper part reaches over the blank
    cells right of it, as a merged one does.
    """
    shown = [[text(cell) for cell in row] for row in rows[:ROWS]]
    found = [_single(n, row, wanted) for n, row in enumerate(shown, 1) if any(row)]
    if not found:
        return None
    best = max(found, key=lambda header: header.known)
    if best.whole:
        return best
    found += [_double(n, upper, lower, wanted) for n, (upper, lower) in enumerate(pairwise(shown), 1) if any(upper)]
    best = max(found, key=lambda header: header.known)
    # where nothing is wanted the fullest row is shown
    return best if best.known else max(found, key=lambda header: (header.first == header.row, len(_filled(header))))


def _filled(header: Header) -> list[str]:
    return [title for title in header.titles if title]


def _single(number: int, row: Sequence[str], wanted: Mapping[str, str]) -> Header:
    places, twice = _placed([[compact(title)] for title in row], wanted)
    return Header(number, number, tuple(row), places, twice, wanted)


def _double(number: int, upper: Sequence[str], lower: Sequence[str], wanted: Mapping[str, str]) -> Header:
    width = max(len(upper), len(lower))
    upper, lower = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    titles, candidates, above = [], [], ""
    for top, bottom in zip(upper, lower, strict=True):
        above = top or (above if bottom else "")
        titles.append(f"{above} {bottom}".strip())
        candidates.append([compact(titles[-1]), compact(bottom or top)])
    places, twice = _placed(candidates, wanted)
    return Header(number, number + 1, tuple(titles), places, twice, wanted)


def _placed(candidates: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return the place of every wanted column, by the first kind of title that gives it one, and those of several."""
    places: dict[str, int] = {}
    twice: list[str] = []
    for kind in range(max(map(len, candidates), default=0)):
        taken = {*places.values()}
        here: dict[str, list[int]] = {}
        for at, titles in enumerate(candidates):
            if at not in taken and (column := wanted.get(titles[kind])):
                here.setdefault(column, []).append(at)
        for column, several in here.items():
            if column not in places and column not in twice:
                if len(several) > 1:
                    twice.append(column)
                else:
                    places[column] = several[0]
    return places, tuple(twice)
