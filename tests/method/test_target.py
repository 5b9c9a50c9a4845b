"""Capaian target kinerja: the formula, the bands on both sides of their edges, what the silent ones leave open."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import areas
from kkb_eval.method.target import CAPAIAN, SOURCES, STATES, achievement, classify, compute

KATALOG = read_catalogue()
KAMPUNG = pd.DataFrame(
    {
        "kampung_id": ["a", "b", "c", "d"],
        "provinsi": "Banten",
        "kabupaten": "Lebak",
        "kecamatan": ["Maja", "Maja", "Sajira", "Sajira"],
    }
).assign(**dict.fromkeys(schema.REKAP, np.nan))
KAMPUNG[[f"diperbarui_{record}" for record in schema.RECORDS]] = True
NONE = pd.DataFrame(columns=list(schema.CATATAN))


def goal(indikator: str, target: float, kecamatan: str | None = None, **other: Any) -> dict[str, Any]:
    """A row of the companion table as the intake gives it."""
    known = {"tahun": 2023, "provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan, "sumber": "Renstra"}
    tingkat = "kecamatan" if kecamatan else "kabupaten"
    return (
        known | {"wilayah": kecamatan or "Lebak", "indikator": indikator, "target": target, "tingkat": tingkat} | other
    )


def goals(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype({"kecamatan": "str", "target": "float64"})


def values(**counts: tuple[float, float] | str) -> pd.DataFrame:
    """Pooled areas where every Kampung KB has the same x of n of an indicator, or is in a state."""
    rows = [
        {"kampung_id": k, "indikator": kode, "pembilang": x, "penyebut": n, "nilai": x / n if n else np.nan}
        | {"status": "terisi" if isinstance(isi, tuple) else isi}
        for kode, isi in counts.items()
        for k in KAMPUNG["kampung_id"]
        for x, n in [isi if isinstance(isi, tuple) else (np.nan, np.nan)]
    ]
    return pooled(pd.DataFrame(rows))


def pooled(rows: pd.DataFrame) -> pd.DataFrame:
    return areas.pool(rows, KAMPUNG, NONE, KATALOG.indikator)


def judged(target: pd.DataFrame | None, wilayah: pd.DataFrame, kampung: pd.DataFrame = KAMPUNG) -> pd.DataFrame:
    return compute(target, wilayah, kampung, KATALOG.indikator, KATALOG.predikat)


def only(target: pd.DataFrame, wilayah: pd.DataFrame) -> dict[str, Any]:
    """The row of a single target; what is missing is None."""
    (row,) = judged(target, wilayah).astype(object).to_dict("records")
    return {name: None if pd.isna(value) else value for name, value in row.items()}


# the formula


@pytest.mark.parametrize(
    ("target", "realisasi", "arah", "capaian"),
    [(5.74, 9.04, -1, 42.51), (17, 14, -1, 117.65), (1.92, 1.81, -1, 105.73), (62.01, 57.10, 1, 92.08)],
)
def test_the_capaian_that_bkkbn_diy_published_for_2020(
    target: float, realisasi: float, arah: int, capaian: float
) -> None:
    assert achievement(realisasi, target, arah) == pytest.approx(capaian, abs=0.005)


def test_the_file_of_bkkbn_diy_is_reproduced(shared: Callable[[str], Path]) -> None:
    lkip = pd.read_csv(shared("vectors/capaian_lkip_diy_2020.csv"))
    found = achievement(lkip["realisasi"], lkip["target"], lkip["arah"].map({"naik": 1, "turun": -1}))
    assert found.round(2).tolist() == lkip["capaian"].tolist()


@pytest.mark.parametrize("arah", [1, -1])
def test_a_target_that_is_zero_or_missing_has_no_capaian(arah: int) -> None:
    assert np.isnan(achievement([5, 5, np.nan], [0, np.nan, 5], arah)).all()


@given(st.floats(0.01, 100), st.sampled_from([1, -1]))
def test_a_realisasi_equal_to_its_target_is_exactly_100(target: float, arah: int) -> None:
    assert achievement(100 * (target / 100), target, arah) == 100


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 100))
def test_better_is_never_less_capaian(one: float, other: float, target: float) -> None:
    low, high = sorted((one, other))
    assert achievement(low, target, 1) <= achievement(high, target, 1)
    assert achievement(low, target, -1) >= achievement(high, target, -1)


# the bands


def bands(sumber: str) -> pd.DataFrame:
    return KATALOG.predikat[KATALOG.predikat["sumber"].eq(sumber)]


@pytest.mark.parametrize(
    ("capaian", "predikat"),
    [
        (-30, "sangat rendah"), (50, "sangat rendah"), (50.99, "sangat rendah"), (51, "rendah"), (65, "rendah"),
        (65.99, "rendah"), (66, "sedang"), (75, "sedang"), (75.99, "sedang"), (76, "tinggi"), (90, "tinggi"),
        (90.5, "tinggi"), (90.99, "tinggi"), (91, "sangat tinggi"), (240, "sangat tinggi"),
    ],
)  # fmt: skip
def test_what_lies_between_two_bands_of_permendagri_86_is_the_lower(capaian: float, predikat: str) -> None:
    assert classify([capaian], bands("permendagri-86-2017")).tolist() == [predikat]


@pytest.mark.parametrize(
    ("capaian", "predikat"),
    [
        (-30, "merah"), (74.99, "merah"), (75, "kuning"), (87.49, "kuning"), (87.5, "hijau"), (100, "hijau"),
        (100.000001, "biru"), (240, "biru"),
    ],
)  # fmt: skip
def test_bkkbn_is_blue_only_above_100(capaian: float, predikat: str) -> None:
    assert classify([capaian], bands("bkkbn")).tolist() == [predikat]


@pytest.mark.parametrize("sumber", SOURCES.values())
def test_the_order_of_the_bands_does_not_matter_and_no_capaian_has_no_predikat(sumber: str) -> None:
    x = [40.0, 74.0, 91.0, np.nan, 100.0, 101.0]
    assert classify(x, bands(sumber).iloc[::-1]).tolist() == classify(x, bands(sumber)).tolist()
    assert classify(x, bands(sumber))[3] is None


# the table


def test_without_a_target_the_table_is_empty_and_has_its_columns() -> None:
    for target in (None, goals(goal("cpr", 60)).iloc[:0]):
        assert judged(target, values(cpr=(60, 100))).empty
        assert judged(target, values(cpr=(60, 100))).dtypes.equals(
            judged(goals(goal("cpr", 60)), values(cpr=(60, 100))).dtypes
        )


def test_a_rate_is_the_ratio_of_sums_in_percent_and_certain_where_nobody_is_silent() -> None:
    row = only(goals(goal("cpr", 75)), values(cpr=(600, 1000)))
    assert {k: row[k] for k in ("wilayah", "kecamatan", "indikator", "target", "terisi", "kampung", "sumber")} == {
        "wilayah": "Lebak", "kecamatan": None, "indikator": "cpr", "target": 75, "terisi": 4, "kampung": 4,
        "sumber": "Renstra",
    }  # fmt: skip
    numbers = [row[k] for k in ("realisasi", "bawah95", "atas95", "capaian", "capaian_bawah", "capaian_atas")]
    assert numbers == [60, 60, 60, 80, 80, 80]
    assert [row[k] for k in ("tercapai", "predikat", "predikat_bkkbn", "keadaan")] == [
        *(False, "tinggi", "kuning", "terhitung")
    ]


def reported(*x: float | None, kode: str = "cpr") -> pd.DataFrame:
    """Pooled areas of Kampung KB with x of 1,000; None is silent."""
    rows = pd.DataFrame({"kampung_id": KAMPUNG["kampung_id"], "indikator": kode, "pembilang": x, "penyebut": 1000.0})
    rows["pembilang"] = rows["pembilang"].astype(float)
    rows["status"] = np.where(rows["pembilang"].notna(), "terisi", "belum_lapor")
    rows["penyebut"] = rows["penyebut"].where(rows["pembilang"].notna())
    return pooled(rows.assign(nilai=rows["pembilang"] / rows["penyebut"]))


def test_the_range_of_the_silent_ones_is_that_of_the_capaian() -> None:
    # 500, 600 and 700 of 1,000: the silent one at 52 or at 68 %
    row = only(goals(goal("cpr", 60)), reported(500, 600, 700, None))
    assert (row["realisasi"], row["capaian"], row["keadaan"]) == (60, 100, "terhitung")
    assert (row["bawah95"], row["atas95"]) == pytest.approx(((1800 + 520) / 40, (1800 + 680) / 40))
    assert (row["capaian_bawah"], row["capaian_atas"]) == pytest.approx((58 / 0.6, 62 / 0.6))


def test_where_less_is_better_the_upper_limit_of_the_rate_is_the_lower_of_the_capaian() -> None:
    row = only(goals(goal("unmet", 20)), reported(80, 100, 120, None, kode="unmet"))
    assert row["capaian"] == 150
    assert row["capaian_bawah"] == pytest.approx((40 - row["atas95"]) / 20 * 100)
    assert row["capaian_atas"] == pytest.approx((40 - row["bawah95"]) / 20 * 100)
    assert row["tercapai"] is True


def test_what_the_range_spans_is_not_certain() -> None:
    # realisasi 60 %, 58-62 %; at 60 the target is spanned, at 65 the lower edge of "sangat tinggi" (91 %)
    spans = {60: (None, None, None), 65: (False, None, "hijau"), 70: (False, "tinggi", None)}
    spans |= {55: (True, "sangat tinggi", "biru"), 125: (False, "sangat rendah", "merah")}
    for target, expected in spans.items():
        row = only(goals(goal("cpr", target)), reported(500, 600, 700, None))
        assert (row["tercapai"], row["predikat"], row["predikat_bkkbn"]) == expected, target


def test_a_range_that_is_not_known_leaves_everything_open() -> None:
    wilayah = reported(500, 600, None, None).assign(lapor=3)
    row = only(goals(goal("cpr", 55)), wilayah)
    assert (row["keadaan"], row["capaian"]) == ("terhitung", 100)
    empty = ("bawah95", "atas95", "capaian_bawah", "tercapai", *SOURCES)
    assert [row[k] for k in empty] == [None] * len(empty)


def test_a_realisasi_equal_to_its_target_meets_it_and_is_not_above_it() -> None:
    row = only(goals(goal("cpr", 60)), values(cpr=(600, 1000)))
    assert (row["tercapai"], row["capaian"], row["predikat_bkkbn"]) == (True, 100, "hijau")


def test_what_counts_elements_is_judged_alike() -> None:
    row = only(goals(goal("kelembagaan", 50)), values(kelembagaan=(6, 12)))
    assert [row[k] for k in ("realisasi", "bawah95", "atas95", "capaian", "capaian_bawah", "capaian_atas")] == [
        *(50, 50, 50, 100, 100, 100)
    ]
    assert (row["tercapai"], row["predikat"], row["predikat_bkkbn"]) == (True, "sangat tinggi", "hijau")


def test_kampung_kb_are_counted_whether_they_report_or_not() -> None:
    target = goals(goal("kampung_kb", 5), goal("kampung_kb", 2, "Maja"), goal("kampung_kb", 3, "Bayah"))
    table = judged(target, values(cpr="belum_lapor"))
    assert table[["wilayah", "realisasi", "terisi", "kampung", "capaian"]].to_numpy().tolist() == [
        ["Lebak", 4, 4, 4, 80],
        ["Bayah", 0, 0, 0, 0],
        ["Maja", 2, 2, 2, 100],
    ]
    assert table["tercapai"].tolist() == [False, False, True]
    assert table["keadaan"].tolist() == ["terhitung"] * 3


@pytest.mark.parametrize("indikator", ["cpr", "unmet", "kampung_kb"])
def test_a_target_of_zero_is_said_and_has_neither_capaian_nor_predikat(indikator: str) -> None:
    row = only(goals(goal(indikator, 0)), values(cpr=(600, 1000), unmet=(600, 1000)))
    assert row["keadaan"] == "target_nol"
    assert row["realisasi"] > 0
    empty = ("capaian", "capaian_bawah", "capaian_atas", "tercapai", *SOURCES)
    assert [row[k] for k in empty] == [None] * len(empty)


def test_a_rate_that_no_kampung_kb_can_give_is_said() -> None:
    wilayah = values(cpr="belum_lapor")
    for target in (goal("cpr", 60), goal("cpr", 60, "Bayah")):
        row = only(goals(target), wilayah)
        assert (row["keadaan"], row["realisasi"], row["capaian"], row["predikat"]) == ("tanpa_realisasi", *[None] * 3)


@pytest.mark.parametrize(("terisi", "keadaan"), [(1, "cakupan_kurang"), (2, "cakupan_kurang"), (3, "terhitung")])
def test_where_half_or_more_are_silent_nothing_is_certain_of_the_area(terisi: int, keadaan: str) -> None:
    row = only(goals(goal("cpr", 60)), reported(*[900] * terisi, *[None] * (4 - terisi)))
    assert (row["terisi"], row["kampung"], row["keadaan"], row["capaian"]) == (terisi, 4, keadaan, 150)
    certain = keadaan == "terhitung"
    assert (row["tercapai"], row["predikat"]) == ((True, "sangat tinggi") if certain else (None, None))


def test_a_kecamatan_is_measured_by_its_own_kampung_kb() -> None:
    rows = pd.DataFrame(
        {"kampung_id": ["a", "b", "c", "d"], "indikator": "cpr", "pembilang": [800.0, 800.0, 400.0, 400.0]}
    ).assign(penyebut=1000.0, status="terisi")
    rows["nilai"] = rows["pembilang"] / 1000
    target = goals(goal("cpr", 50, "Sajira"), goal("cpr", 50), goal("cpr", 50, "Maja"))
    table = judged(target, pooled(rows))
    assert table[["wilayah", "realisasi"]].to_numpy().tolist() == [["Lebak", 60], ["Maja", 80], ["Sajira", 40]]


def test_a_kecamatan_with_the_name_of_its_kabupaten_is_told_apart() -> None:
    kampung = KAMPUNG.assign(kabupaten="Purwakarta", kecamatan=["Purwakarta", "Maja", "Maja", "Maja"])
    both = goals(goal("kampung_kb", 4, kabupaten="Purwakarta", wilayah="Purwakarta"),
                 goal("kampung_kb", 4, "Purwakarta", kabupaten="Purwakarta"))  # fmt: skip
    assert judged(both, values(cpr=(60, 100)), kampung)["realisasi"].tolist() == [4, 1]


def test_the_order_of_the_rows_does_not_matter() -> None:
    target = goals(
        goal("unmet", 10), goal("kampung_kb", 4), goal("cpr", 60, "Maja"), goal("cpr", 60), goal("kelembagaan", 60)
    )
    wilayah = values(cpr=(600, 1000), unmet=(100, 1000), kelembagaan=(6, 12))
    table = judged(target, wilayah)
    assert table["indikator"].tolist() == ["kampung_kb", "cpr", "unmet", "kelembagaan", "cpr"]
    pd.testing.assert_frame_equal(judged(target.iloc[::-1], wilayah.iloc[::-1], KAMPUNG.iloc[::-1]), table)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.sampled_from(["cpr", "unmet", "kelembagaan"]))
def test_what_is_certain_holds_at_the_realisasi_and_at_both_limits(x: int, target: float, kode: str) -> None:
    row = only(goals(goal(kode, target)), values(**{kode: (x, 1000)}))
    arah = -1 if kode == "unmet" else 1
    ends = [row[k] for k in ("realisasi", "bawah95", "atas95") if row[k] is not None]
    found = achievement(ends, [target] * len(ends), arah)
    assert row["keadaan"] in STATES
    assert row["tercapai"] is None or set(found >= 100) == {row["tercapai"]}
    for column, sumber in SOURCES.items():
        assert row[column] is None or set(classify(found, bands(sumber))) == {row[column]}


def test_the_columns_are_those_of_the_dictionary() -> None:
    assert tuple(judged(goals(goal("cpr", 60)), values(cpr=(60, 100))).columns) == CAPAIAN
    assert schema.KAMPUNG_KB not in set(KATALOG.indikator["kode"])
