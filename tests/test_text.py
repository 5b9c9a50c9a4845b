"""Numbers, dates and words as an Indonesian reader writes them."""

from datetime import date

import pandas as pd
import pytest

from kkb_eval import text


@pytest.mark.parametrize(
    ("n", "teks"), [(0, "0"), (8275, "8.275"), (8_848_452_391, "8.848.452.391"), (-1234.4, "−1.234")]
)
def test_a_count_has_points_between_thousands(n: float, teks: str) -> None:
    assert text.count(n) == teks


def test_a_decimal_has_a_comma_and_as_many_digits_as_asked() -> None:
    assert [text.decimal(1234.5), text.decimal(3.333, 2), text.decimal(2, 1)] == ["1.234,5", "3,33", "2,0"]


def test_a_percentage_has_one_decimal_a_space_that_does_not_break_and_a_dash_when_missing() -> None:
    assert text.percent(0.16) == "16,0\N{NO-BREAK SPACE}%"
    assert text.percent(0.1649, 0) == "16\N{NO-BREAK SPACE}%"
    assert [text.percent(float("nan")), text.percent(None), text.percent(pd.NA)] == ["–"] * 3


def test_an_interval_names_the_percent_once() -> None:
    assert text.interval(0.156, 0.163) == "15,6–16,3\N{NO-BREAK SPACE}%"
    assert [text.interval(float("nan"), 0.2), text.interval(0.1, float("nan"))] == ["–", "–"]


def test_a_date_is_written_out() -> None:
    assert [text.tanggal(date(2022, 10, 27)), text.tanggal(date(2018, 8, 5)), text.tanggal(None)] == [
        "27 Oktober 2022",
        "5 Agustus 2018",
        "–",
    ]


@pytest.mark.parametrize(
    ("words", "teks"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a dan b"),
        (["a", "b", "c"], "a, b dan c"),
        ("abcde", "a, b, c, dan 2 lainnya"),
    ],
)
def test_words_in_a_row_are_joined_and_what_is_too_much_is_counted(words: list[str], teks: str) -> None:
    assert text.enumerate_words(words) == teks


def test_a_generator_of_words_is_read_once() -> None:
    assert text.enumerate_words((w for w in "abcd"), most=4) == "a, b, c dan d"


def test_a_sentence_begins_with_a_capital_and_the_rest_stays() -> None:
    assert [text.per_sentence("unmet need di Maja"), text.per_sentence("")] == ["Unmet need di Maja", ""]


def test_only_a_known_yes_is_a_yes() -> None:
    assert [text.yes(v) for v in (True, False, pd.NA, None, float("nan"))] == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("x", "words"), [(66.0, "66"), (5.74, "5,74"), (21.5, "21,5"), (0.65, "0,65"), (1250.0, "1.250")]
)
def test_a_number_as_given_shows_no_decimals_that_it_does_not_have(x: float, words: str) -> None:
    assert text.as_given(x) == words


def test_a_count_inside_a_sentence_is_spelled_up_to_ten_and_one_that_opens_it_is_no_numeral() -> None:
    assert [text.spelled(n) for n in (0, 1, 10, 11, 1750)] == ["nol", "satu", "sepuluh", "11", "1.750"]
    assert [text.counted(n) for n in (1, 7, 85)] == ["Satu", "Tujuh", "Sebanyak 85"]


def test_a_proportion_inside_a_sentence_is_said_in_words() -> None:
    assert text.persen(0.153) == "15,3\N{NO-BREAK SPACE}persen"
    assert text.persen(float("nan")) == "–"
