"""Exports that were filtered or cut (K21): told once, by what the year before or the other export holds."""

import pandas as pd

from kkb_eval.intake.completeness import compare
from kkb_eval.intake.regions import LEVELS


def year(*places: str, klasifikasi: bool = True) -> pd.DataFrame:
    """A clean year of one Kampung KB in each "kabupaten/kecamatan/desa", with a rekap and perhaps a klasifikasi."""
    rows = pd.DataFrame([place.split("/") for place in places], columns=list(LEVELS))
    number = pd.Series(range(2, len(places) + 2), dtype="Int64")
    return rows.assign(
        kampung_id=list(places),
        **{"berkas_rekap": "r.xlsx", "berkas_klasifikasi": "k.xlsx", "baris_rekap": number},
        baris_klasifikasi=number if klasifikasi else pd.NA,
    )


MANY = [f"Lebak/Maja/desa {n}" for n in range(20)]
ADVICE = "bila disaring atau terpotong, unduh ulang dari portal tanpa saringan"


def test_a_whole_year_has_nothing_missing() -> None:
    before = year(*MANY, "Lebak/Sajira/Sajira")
    assert compare(before, before, 2022).catatan.empty
    assert compare(before, None, None).catatan.empty


def test_a_kecamatan_of_last_year_without_any_is_told_once_a_file() -> None:
    cut = compare(year(*MANY), year(*MANY, "Lebak/Sajira/Sajira", "Lebak/Bayah/Bayah"), 2022)
    assert cut.catatan[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        [
            *("K21", "periksa", f"{jenis[0]}.xlsx"),
            f"{jenis} ini memuat 1 dari 3 kecamatan dan 20 dari 22 Kampung KB tahun 2022; tidak ada: Bayah, Sajira;"
            f" {ADVICE}",
        ]
        for jenis in ("rekap", "klasifikasi")
    ]
    assert cut.ids == {"Lebak/Sajira/Sajira", "Lebak/Bayah/Bayah"}


def test_a_kabupaten_without_any_is_named_as_one() -> None:
    cut = compare(year(*MANY), year(*MANY, "Serang/Anyar/Anyar"), 2022)
    assert "memuat 1 dari 2 kabupaten" in cut.catatan["pesan"].iat[0]


def test_more_than_a_tenth_missing_is_told_with_where_most_are() -> None:
    cut = compare(year(*MANY[:17], "Lebak/Sajira/Sajira"), year(*MANY, "Lebak/Sajira/Sajira"), 2022)
    assert cut.catatan["pesan"].tolist()[0] == (
        f"rekap ini kurang 3 dari 21 Kampung KB tahun 2022, terbanyak di Maja (3); {ADVICE}"
    )


def test_a_few_missing_and_new_names_are_no_cut() -> None:
    before = year(*MANY)
    renamed = before.assign(kampung_id=[f"{kode} baru" for kode in before["kampung_id"]])
    assert compare(renamed, before, 2022).catatan.empty
    assert compare(year(*MANY[:18]), before, 2022).catatan.empty


def test_without_a_year_before_the_other_export_shows_what_is_missing() -> None:
    whole, part = year(*MANY), year(*MANY)
    part.loc[5:, ["baris_rekap"]] = pd.NA
    cut = compare(part, None, None)
    assert cut.catatan[["berkas", "pesan"]].to_numpy().tolist() == [
        ["r.xlsx", f"rekap ini kurang 15 dari 20 Kampung KB di klasifikasi tahun ini, terbanyak di Maja (15); {ADVICE}"]
    ]
    assert compare(whole, None, None).catatan.empty
    assert compare(year(*MANY, klasifikasi=False), None, None).catatan.empty
