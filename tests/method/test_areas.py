"""Values of areas: ratios of sums, what they leave out and say so, and the range for the silent ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.commands import national
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import areas, freshness, indicators

KATALOG = read_catalogue().indikator
CPR = KATALOG[KATALOG["kode"].eq("cpr")]
NONE = pd.DataFrame(columns=list(schema.CATATAN))
SILENT = {"lapor_kb": False, "pus": np.nan, "pil": np.nan}


def places(*rows: dict[str, object], kecamatan: list[str] | None = None) -> pd.DataFrame:
    """Kampung KB with all three records and zeros, updated, but for what a row says."""
    base: dict[str, object] = dict.fromkeys(schema.REKAP, 0.0)
    base |= {f"{word}_{record}": True for word in ("lapor", "diperbarui") for record in schema.RECORDS}
    frame = pd.DataFrame([base | {"kampung_id": f"k{i}"} | row for i, row in enumerate(rows)])
    region = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan or "Maja"}
    flags = {f"{word}_{record}": "boolean" for word in ("lapor", "diperbarui") for record in schema.RECORDS}
    return frame.assign(**region).astype(flags)


def counts(*pairs: tuple[float, float]) -> list[dict[str, object]]:
    return [{"pil": x, "pus": n} for x, n in pairs]


def pooled(kampung: pd.DataFrame, catatan: pd.DataFrame = NONE) -> pd.DataFrame:
    table = areas.pool(indicators.compute(kampung, catatan, CPR), kampung, catatan, CPR)
    return table.set_index(["tingkat", "kecamatan"])


def kabupaten(kampung: pd.DataFrame, catatan: pd.DataFrame = NONE) -> pd.Series:
    return pooled(kampung, catatan).loc["kabupaten"].iloc[0]


def finding(kode: str, kolom: str, kampung_id: str = "k0", tingkat: str = "periksa") -> pd.DataFrame:
    return pd.DataFrame([{"kode": kode, "tingkat": tingkat, "kampung_id": kampung_id, "kolom": kolom}])


def test_a_value_is_the_ratio_of_sums_over_terisi_and_not_a_mean_of_ratios():
    rows = counts((9, 10), (9, 90), (40, 50), (60, 50))
    table = pooled(places(*rows, kecamatan=["Maja", "Maja", "Sajira", "Sajira"]))
    assert table.reset_index()[["tingkat", *areas.WILAYAH[1:]]].columns.tolist() == list(areas.WILAYAH)
    assert table.loc[("kecamatan", "Maja"), "nilai"] == 0.18
    assert table.loc[("kecamatan", "Sajira"), "nilai"] == 0.8
    row = table.loc["kabupaten"].iloc[0]
    assert row[["pembilang", "penyebut", "nilai"]].tolist() == [58, 150, 58 / 150]
    assert row[["bawah95", "atas95"]].tolist() == pytest.approx([0.3124912, 0.4665021], abs=1e-7)
    assert row[list(schema.STATUS)].tolist() == [3, 0, 0, 1]
    assert row[list(areas.SPREAD)].tolist() == pytest.approx([0.1, 0.45, 0.85, 0.9])
    assert table.loc["provinsi", "nilai"].tolist() == table.loc["semua", "nilai"].tolist() == [58 / 150]


def test_an_area_where_nobody_is_terisi_has_counts_of_states_and_no_value():
    row = kabupaten(places(SILENT, {"pus": 0.0, "pil": 0.0}))
    empty = ["pembilang", "penyebut", "nilai", "bawah95", "terendah", "bawah_diam", "atas_diam", "penentu"]
    assert row[empty].isna().all()
    assert row[list(schema.STATUS)].tolist() == [0, 1, 1, 0]


def test_equal_names_of_kecamatan_in_two_kabupaten_are_two_areas():
    kampung = places(*counts((1, 10), (9, 10)))
    kampung["kabupaten"] = ["Lebak", "Bogor"]
    maja = pooled(kampung).loc["kecamatan"]
    assert dict(zip(maja["kabupaten"], maja["nilai"], strict=True)) == {"Bogor": 0.9, "Lebak": 0.1}


def test_how_many_reported_how_many_of_them_are_stale_and_whether_they_are_enough():
    fresh, stale, unknown = ({"pil": 1.0, "pus": 2.0, "diperbarui_kb": flag} for flag in (True, False, pd.NA))
    row = kabupaten(places(fresh, stale, stale, unknown, SILENT))
    assert row[["lapor", "basi", "cukup"]].tolist() == [4, 2, True]
    assert pd.isna(kabupaten(places(unknown, unknown))["basi"])
    assert [kabupaten(places(fresh, *[SILENT] * n))["cukup"] for n in (1, 2)] == [True, False]


def test_the_oversized_leave_the_value_and_stand_beside_it():
    kampung = places(*counts((9, 10), (3, 10), (1, 1000)))
    row = kabupaten(kampung, finding("K11", "penduduk", "k2"))
    assert row[["nilai", "tanpa_k11", "dengan_k11", "terisi"]].tolist() == [0.6, 1, 13 / 1020, 3]
    assert row["tertinggi"] == 0.9
    for lain in (finding("K11", "penduduk", "k2", "info"), finding("K09", "pus", "k2")):
        row = kabupaten(kampung, lain)
        assert row[["nilai", "tanpa_k11"]].tolist() == [13 / 1020, 0]
        assert pd.isna(row["dengan_k11"])


def test_the_range_for_the_silent_ones():
    # 0, 10, … 100 % of 100: the 10th percentile is 10 %, the 90th 90 %; one silent of 300 PUS, one of unknown: 100
    rows = counts(*((10.0 * i, 100.0) for i in range(11)))
    row = kabupaten(places(*rows, SILENT | {"pus": 300.0}, SILENT | {"lapor_penduduk": False}))
    assert row["nilai"] == 0.5
    assert row[["bawah_diam", "atas_diam"]].tolist() == pytest.approx([(550 + 40) / 1500, (550 + 360) / 1500])


def test_a_kecamatan_reads_its_silent_ones_off_the_kabupaten():
    rows = counts(*((10.0 * i, 100.0) for i in range(11)))
    table = pooled(places(*rows, SILENT, kecamatan=[*["Maja"] * 10, "Sajira", "Sajira"]))
    row = table.loc[("kecamatan", "Sajira")]
    assert row["nilai"] == 1
    assert row[["bawah_diam", "atas_diam"]].tolist() == pytest.approx([(100 + 10) / 200, (100 + 90) / 200])


def test_without_a_silent_one_the_range_is_the_value_and_two_that_reported_do_not_tell_it():
    rows = counts((2, 10), (4, 10))
    assert kabupaten(places(*rows))[["bawah_diam", "atas_diam"]].tolist() == [0.3, 0.3]
    assert kabupaten(places(*rows, SILENT))[["bawah_diam", "atas_diam"]].isna().all()
    assert kabupaten(places(*rows, SILENT))["nilai"] == 0.3


def test_the_kampung_kb_that_decides_a_value_is_named():
    row = kabupaten(places(*counts((10, 100), (12, 100), (900, 1000))))
    assert row[["penentu", "tanpa_penentu"]].tolist() == ["k2", 22 / 200]
    # 50.0 to 52.0 % without any of them
    row = kabupaten(places(*counts(*((50.0 + i % 3, 100.0) for i in range(9)))))
    assert row[["penentu", "tanpa_penentu"]].isna().all()
    assert pd.isna(kabupaten(places(*counts((1, 2))))["penentu"])


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=6), st.randoms())
@settings(deadline=None, max_examples=15)
def test_a_value_lies_within_the_spread_and_the_order_of_rows_does_not_matter(pairs, random):
    kampung = places(*counts(*((float(min(c)), float(max(c))) for c in pairs)), SILENT)
    row = kabupaten(kampung)
    assert row["terendah"] - 1e-12 <= row["nilai"] <= row["tertinggi"] + 1e-12
    assert row["terisi"] == len(pairs)
    if len(pairs) >= areas.FEWEST:
        assert row["bawah_diam"] <= row["atas_diam"]
    order = random.sample(range(len(kampung)), len(kampung))
    pd.testing.assert_frame_equal(pooled(kampung.iloc[order]), pooled(kampung))


@pytest.mark.parametrize(
    ("kode", "kolom", "expected"),
    [
        ("K06", "pus, iud", {"cpr", "mkjp", "unmet"}),
        ("K12", "hamil, anak_segera", {"cpr", "mkjp", "unmet"}),
        ("K13", "bkb, bkl, uppka", {"bkb", "bkl", "uppka"}),
        ("K11", "keluarga", set(KATALOG["kode"])),
        ("K09", "pus", set()),
    ],
)
def test_which_numbers_a_finding_puts_in_doubt(kode: str, kolom: str, expected: set[str]):
    found = areas.doubtful(finding(kode, kolom), KATALOG)
    assert set(found.get_level_values("indikator")) == expected
    assert set(found.get_level_values("kampung_id")) <= {"k0"}
    assert found.names == ["kampung_id", "indikator"]


def test_the_implausibly_small_are_not_in_doubt():
    small = finding("K11", "keluarga", tingkat="info")
    assert areas.doubtful(small, KATALOG).empty
    assert areas.oversized(small) == set()


def test_lebak_2023_says_what_its_ten_silent_ones_leave_open(shared: Callable[[str], Path]):
    dataset = open_dataset(shared("portal/lebak"))
    year, before = dataset.year(2023).kampung, dataset.year(2022).kampung
    kampung = year.merge(freshness.freshness(year, before), on="kampung_id")
    # every number taken as it is: METHOD 5 has 71,6-74,4
    long = indicators.compute(kampung, NONE, KATALOG)
    row = areas.pool(long, kampung, NONE, KATALOG).query("tingkat == 'kabupaten' and indikator == 'cpr'").iloc[0]
    assert row[["bawah_diam", "atas_diam"]].astype(float).round(3).tolist() == [0.716, 0.744]
    assert row[["lapor", "belum_lapor", "basi", "cukup"]].tolist() == [85, 10, 72, True]


def test_no_unit_moves_an_area_of_the_nation_by_5_points_unsaid(shared: Callable[[str], Path]):
    path = shared("portal/nasional/rekap_2022-06-07.xlsx")
    year, long, catatan = national.clean(national.read_rekap([path], "uji"))
    kampung = year.merge(freshness.freshness(year, None), on="kampung_id")
    wilayah = areas.pool(long, kampung, catatan, KATALOG)
    used = long[long["status"].eq("terisi") & ~long["kampung_id"].isin(areas.oversized(catatan))]
    rows = used.merge(kampung[["kampung_id", *areas.REGION]], on="kampung_id")
    table = wilayah[wilayah["tingkat"].eq("kecamatan")][[*areas.REGION, "indikator", "nilai", "penentu"]]
    rows = rows.merge(table, on=[*areas.REGION, "indikator"], suffixes=("", "_area"))
    total = rows.groupby([*areas.REGION, "indikator"])[["pembilang", "penyebut"]].transform("sum")
    rest = total["penyebut"] - rows["penyebut"]
    moved = ((total["pembilang"] - rows["pembilang"]) / rest.where(rest > 0) - rows["nilai_area"]).abs() > 0.05 + 1e-9
    assert moved.sum() > 1000
    assert rows.loc[moved, "penentu"].notna().all()
    semua = wilayah[wilayah["tingkat"].eq("semua")].set_index("indikator").loc[["cpr", "bkb", "uppka"]]
    assert semua["penentu"].isna().all()
    assert 0.6 < semua.at["cpr", "nilai"] < 0.7
