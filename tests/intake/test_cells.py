"""Single cells: numbers, flags, scores and classes, and what is wrong with them (K17)."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval.intake import cells


@pytest.mark.parametrize(
    ("cell", "column", "value"),
    [
        ("", "pus", np.nan),
        ("  ", "pus", np.nan),
        (398.0, "pus", 398),
        ("398", "pus", 398),
        (" 398 ", "pus", 398),
        ("0", "pus", 0),
        (True, "pokja_sk", 1),
        ("true", "pokja_sk", 1),
        ("FALSE", "regulasi", 0),
        ("3,67", "index_proses", 3.67),
        ("3.67", "index_proses", 3.67),
        (4.0, "skor_cpr", 4),
    ],
)
def test_a_good_cell(cell: object, column: str, value: float) -> None:
    values, odd = cells.numbers([cell], column)
    np.testing.assert_equal(values, [value])
    assert odd == {}


@pytest.mark.parametrize(
    ("cell", "column", "value", "text"),
    [
        ("banyak", "pus", np.nan, '"banyak" bukan angka; tulis jumlah orang'),
        ("-", "keluarga", np.nan, '"-" bukan angka; tulis jumlah keluarga'),
        (True, "pus", np.nan, '"TRUE" bukan angka; tulis jumlah orang'),
        (datetime.date(2022, 10, 27), "pus", np.nan, '"2022-10-27" bukan angka; tulis jumlah orang'),
        ("x" * 100, "bkb", np.nan, f'"{"x" * 60}" bukan angka; tulis jumlah orang'),
        ("x", "pokja_sk", np.nan, '"x" bukan angka; isi 1 atau kosongkan'),
        (-11.0, "pokja_jumlah_terlatih", -11, "-11 negatif; tulis jumlah orang"),
        ("-5", "hamil", -5, "-5 negatif; tulis jumlah orang"),
        (12.5, "iud", 12.5, "12,5 pecahan; tulis jumlah orang"),
        ("1,5", "memiliki_balita", 1.5, "1,5 pecahan; tulis jumlah keluarga"),
        ("1.234", "pus", np.nan, '"1.234" memakai titik atau koma; tulis 1234 bila itu jumlahnya'),
        ("12,345,678", "pus", np.nan, '"12,345,678" memakai titik atau koma; tulis 12345678 bila itu jumlahnya'),
        (8848452391.0, "penduduk", 8848452391, "8.848.452.391 lebih dari 1 miliar; tulis jumlah orang"),
        (7.0, "rkm", 7, "7 bukan ya (1) atau tidak (kosong); isi 1 atau kosongkan"),
        (6.0, "jumlah_mekanisme_operasional", 6, "6 lebih dari 5; tulis jumlahnya"),
        (5.0, "skor_cpr", np.nan, "5 bukan skor 1, 2, 3, atau 4; unduh ulang klasifikasi dari portal"),
        (2.5, "skor_unmet", np.nan, "2,5 bukan skor 1, 2, 3, atau 4; unduh ulang klasifikasi dari portal"),
        ("", "skor_cpr", np.nan, "kosong; unduh ulang klasifikasi dari portal"),
        (0.5, "index_input", np.nan, "0,5 di luar 1 sampai 4; unduh ulang klasifikasi dari portal"),
        ("tiga", "index_input", np.nan, '"tiga" bukan angka; unduh ulang klasifikasi dari portal'),
    ],
)
def test_a_bad_cell_is_told_with_its_value_and_what_to_do(cell: object, column: str, value: float, text: str) -> None:
    values, odd = cells.numbers([3.0, cell], "pus" if column == "" else column)
    np.testing.assert_equal(values[1], value)
    assert odd[1] == text


def test_one_billion_is_still_a_count() -> None:
    assert cells.numbers([1e9], "penduduk")[1] == {}


def test_every_bad_cell_of_a_column_is_told() -> None:
    _, odd = cells.numbers(["a", 1.0, "a", -1.0], "pus")
    assert list(odd) == [0, 2, 3]


@pytest.mark.parametrize("cell", ["Berkelanjutan", "BERKELANJUTAN", " berkelanjutan "])
def test_a_class_in_any_case(cell: str) -> None:
    classes, odd = cells.classes([cell])
    assert list(classes) == ["Berkelanjutan"]
    assert odd == {}


def test_an_unknown_class_and_a_blank_one_are_told() -> None:
    classes, odd = cells.classes(["Dasar", "Paripurna", ""])
    assert pd.isna(classes[1:]).all()
    assert odd == {
        1: '"Paripurna" bukan kelas; unduh ulang klasifikasi dari portal',
        2: "kosong; unduh ulang klasifikasi dari portal",
    }


@settings(deadline=None)
@given(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.text(), st.booleans()), max_size=8))
def test_any_cell_is_a_number_a_blank_or_told(row: list[object]) -> None:
    values, odd = cells.numbers(row, "pus")
    assert len(values) == len(row)
    for i, cell in enumerate(row):
        good = not np.isnan(values[i]) and 0 <= values[i] <= 1e9 and values[i] % 1 == 0
        assert good or i in odd or cells.text(cell) == ""


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_a_count_reads_alike_as_number_and_as_text(count: int) -> None:
    values, odd = cells.numbers([float(count), str(count)], "penduduk")
    assert list(values) == [count, count]
    assert odd == {}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("Ya", 1),
        ("ya ", 1),
        ("ADA", 1),
        ("Benar", 1),
        ("✓", 1),
        ("Tidak", 0),
        ("tidak  ada", 0),
        ("belum", 0),
        ("SALAH", 0),
    ],
)
def test_yes_and_no_are_read_as_true_and_blank_and_known_to_be_words(word: str, value: float) -> None:
    assert cells.numbers([word, "TRUE", ""], "pokja_sk")[0].tolist()[:2] == [value, 1]
    assert cells.truth_words([word, True, "TRUE", ""]) == [cells.text(word)]


@pytest.mark.parametrize(
    "cell", [datetime.date(2023, 3, 1), 45.0, True, "45", "00012", "01-Mar", "Mar-23", "1/3/2023", "TRUE"]
)
def test_what_excel_makes_of_a_name_is_none(cell: object) -> None:
    assert cells.is_no_name(cell)


@pytest.mark.parametrize("cell", ["Maja", "RW 01", "11 Ulu", "5 Mei Bersatu", "2 x 11 Kayu Tanam", "Mar", ""])
def test_a_name_is_one(cell: str) -> None:
    assert not cells.is_no_name(cell)
