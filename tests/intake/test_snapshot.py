"""The day of an export: from its names, else from when it was made, and never against a name."""

from datetime import date

import pytest

from kkb_eval.intake.grids import Unreadable
from kkb_eval.intake.snapshot import snapshot

TODAY = date(2024, 2, 1)


def refused(name: str, created: date | None, today: date = TODAY) -> str:
    with pytest.raises(Unreadable) as caught:
        snapshot([name], created, today=today)
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "rekap_2022-06-07.xlsx",
        "rekap-kampung-table_20220607093012.xlsx",
        "rekap-kampung-table_20220607093012 (1).xlsx",
        "classification-table_20220607101500 - Copy.xlsx",
        "rekap_202206070930.xlsx",
        "2022-06-07 rekap 7 Juni 2022.xlsx",
        "rekap_07-06-2022.xlsx",
        "rekap 07062022.xlsx",
        "rekap 7.6.2022 (1).xlsx",
        "rekap_20220607.xlsx",
        "rekap_20220607_103012.xlsx",
        "rekap_2022-06-07 09.30.12.xlsx",
        "rekap_2022_06_07.xlsx",
        "rekap 2022 06 07.xlsx",
        "rekap-lebak-7-juni-2022.xlsx",
        "rekap 7Jun2022.xlsx",
        "rekap June 7, 2022.xlsx",
        "REKAP 2 LEBAK_7_JUN_2022.xlsx",
        "rekap 3 kecamatan 2022-06-07.xlsx",
        "Rekap Kampung KB Tahun 2022 per 7 Juni 2022.xlsx",
        "Rekap semester 1 TA2022, TW II, Januari-Juni (RPJMD 2019-2024) 2022-06-07.xlsx",
        "3602 rekap desa 2022-06-07.xlsx",
    ],
)
def test_the_day_is_the_one_in_the_name_however_it_is_written(name: str) -> None:
    assert snapshot([name], date(2022, 10, 27)) == date(2022, 6, 7)


@pytest.mark.parametrize(
    "name",
    [
        *("rekap.xlsx", "rekap 2022.xlsx", "Oktober 2022.xlsx", "rekap_12022-06-071.xlsx", "rekap 2022 (2).xlsx"),
        *("Rekap Okt-22.xlsx", "rekap_27-10-22.xlsx", "rekap 2022-10.xlsx", "rekap 102022.xlsx", "Q4 2022.xlsx"),
        *("rekap triwulan IV.xlsx", "Smt 2 2022.xlsx", "rekap 2019-2024.xlsx", "rekap Sep sd Des 2022.xlsx"),
        *("3602 rekap.xlsx", "rekap desa mar.xlsx", "rekap cawu 3.xlsx", "rekap-tw4-2022.xlsx"),
    ],
)
def test_without_a_day_in_the_name_it_is_when_the_workbook_was_made(name: str) -> None:
    assert snapshot([name], date(2022, 10, 27)) == date(2022, 10, 27)


@pytest.mark.parametrize(
    ("name", "mentioned", "example"),
    [
        ("rekap 2023.xlsx", "2023", "rekap_2023-12-31.xlsx"),
        ("rekap TA2023.xlsx", "2023", "rekap TA_2023-12-31.xlsx"),
        ("Rekap Juni 2023.xlsx", "Juni 2023", "Rekap_2023-06-30.xlsx"),
        ("Rekap Juni.xlsx", "Juni", "Rekap_2023-06-30.xlsx"),
        ("Rekap Jun-23.xlsx", "Jun-23", "Rekap_2023-06-30.xlsx"),
        ("Rekap August 2023.xlsx", "August 2023", "Rekap_2023-08-31.xlsx"),
        ("rekap 2023-06.xlsx", "2023-06", "rekap_2023-06-30.xlsx"),
        ("rekap_202306.xlsx", "202306", "rekap_2023-06-30.xlsx"),
        ("rekap_12-06-23.xlsx", "12-06-23", "rekap_2023-06-12.xlsx"),
        ("Rekap Semester II 2023.xlsx", "Semester II 2023", "Rekap_2023-12-31.xlsx"),
        ("rekap smt 2.xlsx", "smt 2", "rekap_2023-12-31.xlsx"),
        ("rekap TW3-2023.xlsx", "TW3 2023", "rekap_2023-09-30.xlsx"),
        ("rekap triwulan ke-4.xlsx", "triwulan ke-4", "rekap_2023-12-31.xlsx"),
        ("rekap q2.xlsx", "q2", "rekap_2023-06-30.xlsx"),
        ("rekap Juli-September 2023.xlsx", "Juli-September 2023", "rekap_2023-09-30.xlsx"),
        ("rekap 2019-2023.xlsx", "2019-2023", "rekap_2023-12-31.xlsx"),
    ],
)
def test_a_period_in_the_name_that_the_file_was_not_made_in_refuses_it(name: str, mentioned: str, example: str) -> None:
    assert refused(name, date(2024, 1, 5)) == (
        f'nama berkas menyebut "{mentioned}", tetapi berkasnya dibuat 2024-01-05; tulis tanggal unduhnya di nama'
        f" berkas, misalnya {example}"
    )


def test_a_year_beside_another_day_refuses_the_file() -> None:
    assert refused("Rekap 2022 diunduh 2023-01-05.xlsx", None) == (
        'nama berkas menyebut "2022" dan tanggal 2023-01-05, yang tidak cocok; sisakan tanggal ekspornya saja, misalnya'
        " Rekap diunduh_2023-01-05.xlsx"
    )


def test_the_names_of_a_zip_and_of_the_file_in_it_both_count() -> None:
    assert snapshot(["ekspor 2023.zip", "rekap_20230612093012.xlsx"], None) == date(2023, 6, 12)
    with pytest.raises(Unreadable, match=r'menyebut "2022" dan tanggal 2023-06-12'):
        snapshot(["ekspor 2022.zip", "rekap_20230612093012.xlsx"], None)


@pytest.mark.parametrize(
    ("name", "dibuat", "text"),
    [
        ("rekap.csv", None, "tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya rekap_2022-10-27.csv"),
        (
            "rekap_2022-13-40.xlsx",
            date(2022, 10, 27),
            'tanggal "2022-13-40" di nama berkas tidak ada di kalender; perbaiki nama berkas',
        ),
        (
            "rekap_31-02-2022.xlsx",
            None,
            'tanggal "31-02-2022" di nama berkas tidak ada di kalender; perbaiki nama berkas',
        ),
        (
            "2023-01-02 rekap 7 Juni 2022.xlsx",
            None,
            "nama berkas memuat tanggal 2022-06-07 dan 2023-01-02; sisakan tanggal ekspornya saja",
        ),
        (
            "rekap_3_4_2022-10-27.xlsx",
            None,
            "nama berkas memuat tanggal 2022-04-03 dan 2022-10-27; sisakan tanggal ekspornya saja",
        ),
        (
            "rekap_20221103.xlsx",
            None,
            "tanggal ekspor 2022-11-03 belum tiba; tulis tanggal yang benar di nama berkas",
        ),
        (
            "rekap.xlsx",
            date(2022, 11, 3),
            "tanggal ekspor 2022-11-03 belum tiba; tulis tanggal yang benar di nama berkas",
        ),
    ],
)
def test_a_day_that_cannot_be_is_told(name: str, dibuat: date | None, text: str) -> None:
    assert refused(name, dibuat, today=date(2022, 11, 1)) == text


def test_tomorrow_may_be_today_in_the_east() -> None:
    assert snapshot(["a_2022-11-02.csv"], None, today=date(2022, 11, 1)) == date(2022, 11, 2)
