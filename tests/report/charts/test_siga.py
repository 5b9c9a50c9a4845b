"""Monthly lines: gaps where a month is missing, steps where a number stays, values written at the end."""

import re

from bs4 import BeautifulSoup

from kkb_eval.report.charts.siga import Line, month_lines, written, year_and_month

JAN = 12 * 2024 + 1


def drawn(*lines: Line) -> BeautifulSoup:
    return BeautifulSoup(str(month_lines(lines, judul="Judul").html), "html.parser")


def paths(soup: BeautifulSoup) -> list[str]:
    return [re.sub(r"[\d. ]+", "", str(path["d"])) for path in soup.select("path")]


def test_a_month_is_counted_from_year_0() -> None:
    assert year_and_month(JAN) == (2024, 1)
    assert year_and_month(JAN + 11) == (2024, 12)
    assert written(JAN + 12) == "Jan 2025"


def test_a_month_that_is_missing_is_a_gap() -> None:
    points = [(JAN, 10.0), (JAN + 1, 12.0), (JAN + 3, 14.0), (JAN + 4, 13.0)]
    soup = drawn(Line("PUS", points, persen=False))
    assert paths(soup) == ["ML", "ML"]
    assert len(soup.select("circle")) == 4
    assert [t.get_text() for t in soup.select("svg > text")] == ["PUS", "Jan 2024", "Mei 2024", "13"]


def test_a_number_that_stays_is_a_step_to_the_end() -> None:
    soup = drawn(Line("BKB", [(JAN, 0.4), (JAN + 2, 0.5)], bertahan=True), Line("PUS", [(JAN + 11, 9.0)], persen=False))
    assert paths(soup) == ["MHVH", "M"]
    assert "50,0\N{NO-BREAK SPACE}%" in soup.get_text()


def test_numbers_are_told_to_who_does_not_see_the_lines() -> None:
    soup = drawn(Line("PUS", [(JAN, 1000.0), (JAN + 1, 1010.0)], persen=False))
    assert soup.select_one("[role=group]")["aria-label"] == "PUS: 1.000 Jan 2024, 1.010 Feb 2024"  # type: ignore[index]
    assert soup.select_one("desc").get_text() == "Jan 2024: 1.000; Feb 2024: 1.010"  # type: ignore[union-attr]


def test_a_level_line_lies_in_the_middle_and_a_small_move_is_drawn_small() -> None:
    soup = drawn(Line("PUS", [(JAN, 1000.0), (JAN + 1, 1001.0)], persen=False))
    first, second = (float(str(circle["cy"])) for circle in soup.select("circle"))
    assert 0 < first - second < 3
