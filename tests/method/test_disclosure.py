"""Small counts of people, and what they could be found from, are hidden."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from report.evaluations import area

from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import disclosure


def vectors(shared: Callable[[str], Path]) -> list[dict[str, Any]]:
    return list(json.loads(shared("vectors/opensafely_secondary_suppression_executed.json").read_text()))


def test_counts_are_hidden_as_in_the_executed_cases_of_opensafely(shared: Callable[[str], Path]) -> None:
    for case in vectors(shared):
        column = pd.DataFrame({"n": case["input"]}, dtype="float64")
        kept = column["n"].mask(disclosure.hidden(column, case["threshold"]))
        assert [None if pd.isna(v) else v for v in kept] == case["output"]


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=8))
def test_no_small_count_is_left_or_can_be_found_from_the_sum(rows: list[tuple[int, int, int]]) -> None:
    counts = pd.DataFrame(rows, index=[f"k{n}" for n in range(len(rows))], columns=list("abc"), dtype="float64")
    secret = disclosure.hidden(counts)
    assert not disclosure.is_small(counts[~secret]).any(axis=None)
    for name in counts.columns:
        # where all rows are hidden the sum itself is small, and hidden too
        assert not 0 < counts.loc[secret, name].sum() <= disclosure.LIMIT or secret.all()
    shuffled = disclosure.hidden(counts.sample(frac=1, random_state=1))
    pd.testing.assert_series_equal(shuffled, secret)


def test_indicators_that_share_raw_numbers_are_one_group_and_elements_are_none() -> None:
    assert disclosure.groups(read_catalogue().indikator) == [
        ["cpr", "mkjp", "unmet"],
        ["bkb"],
        ["bkr"],
        ["bkl"],
        ["uppka"],
        ["pikr"],
        ["pokja_terlatih"],
    ]


def counted(kecamatan: str | None, indikator: str, pembilang: float, penyebut: float = 500.0) -> dict[str, Any]:
    tingkat = "kecamatan" if kecamatan else "kabupaten"
    return area(tingkat, kecamatan, indikator=indikator, pembilang=pembilang, penyebut=penyebut, belum_lapor=0)


def test_a_small_count_its_group_and_the_next_smallest_kecamatan_are_hidden() -> None:
    unmet = {"Maja": 3.0, "Sajira": 40.0, "Cipanas": 20.0}
    rows = [counted(k, "unmet", n) for k, n in unmet.items()]
    rows += [counted(k, kode, 100.0 + n) for kode in ("cpr", "bkb") for k, n in unmet.items()]
    kabupaten = [counted(None, kode, 300.0, 1500.0) for kode in ("unmet", "cpr", "bkb")]
    shown = disclosure.numbers(pd.DataFrame(kabupaten), pd.DataFrame(rows), read_catalogue().indikator)
    secret = shown[shown["pembilang"].eq(disclosure.HIDDEN)]
    assert sorted(zip(secret["singkat"], secret["kecamatan"], strict=True)) == [
        ("CPR", "Cipanas"),
        ("CPR", "Maja"),
        ("Unmet need", "Cipanas"),
        ("Unmet need", "Maja"),
    ]
    assert secret[["penyebut", "nilai", "bawah95", "atas95"]].eq(disclosure.HIDDEN).all(axis=None)


def test_a_complement_of_few_people_is_hidden_and_a_small_total_too() -> None:
    rows = [counted("Maja", "bkb", 497.0), counted("Sajira", "bkb", 100.0), counted("Cipanas", "bkb", 90.0)]
    rows += [counted("Maja", "bkr", 1.0), counted("Sajira", "bkr", 0.0), counted("Cipanas", "bkr", 0.0)]
    kabupaten = [counted(None, "bkb", 687.0, 1500.0), counted(None, "bkr", 1.0, 1500.0)]
    shown = disclosure.numbers(pd.DataFrame(kabupaten), pd.DataFrame(rows), read_catalogue().indikator)
    secret = shown[shown["pembilang"].eq(disclosure.HIDDEN)].groupby("singkat", sort=True)["kecamatan"].agg(list)
    assert secret["BKB"] == ["Maja", "Sajira"]
    assert secret["BKR"] == ["(kabupaten)", "Cipanas", "Maja", "Sajira"]
