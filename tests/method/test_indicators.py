"""Indicators: the four states, and Wilson intervals against published numbers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import indicators

CODES = ["cpr", "mkjp", "unmet", "bkb", "bkr", "bkl", "uppka", "pikr", "kelembagaan", "pokja_terlatih", "operasional"]
KATALOG = read_catalogue().indikator.query("kode in @CODES")
"""The indicators that are spoken of here, whichever others there are."""
NONE = pd.DataFrame(columns=list(schema.CATATAN))
FULL = {"pus": 100.0, "iud": 10.0, "pil": 40.0, "anak_kemudian": 4.0, "tidak_ingin_anak": 5.0, "bkb": 6.0}
Shared = Callable[[str], Path]


def places(*rows: dict[str, object], kecamatan: list[str] | None = None) -> pd.DataFrame:
    base: dict[str, object] = dict.fromkeys(schema.REKAP, 0.0) | {f"lapor_{nama}": True for nama in schema.RECORDS}
    frame = pd.DataFrame([base | {"kampung_id": f"k{i}"} | row for i, row in enumerate(rows)])
    daerah = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan or "Maja"}
    return frame.assign(**daerah).astype({f"lapor_{nama}": "boolean" for nama in schema.RECORDS})


def table(kampung: pd.DataFrame, column: str, catatan: pd.DataFrame = NONE) -> dict[str, object]:
    """One column of the indicators of the first Kampung KB."""
    long = indicators.compute(kampung, catatan, KATALOG)
    first = long[long["kampung_id"] == "k0"]
    return dict(zip(first["indikator"], first[column], strict=True))


def salah(kolom: str, kampung_id: str = "k0", tingkat: str = "salah") -> pd.DataFrame:
    return pd.DataFrame([{"kode": "K07", "tingkat": tingkat, "kampung_id": kampung_id, "kolom": kolom}])


def test_wilson_of_65_of_100_is_the_published_one():
    # PHEindicatormethods 2.1.0, testdata_Proportion.xlsx, Area4
    assert indicators.wilson(65, 100) == pytest.approx((0.55254443296888, 0.736357517569025), abs=1e-12)
    assert indicators.wilson(65, 100, 0.002) == pytest.approx((0.495494657407043, 0.77835406140897), abs=1e-12)


def test_wilson_meets_0_and_1_exactly_and_is_nan_without_a_denominator():
    low, high = indicators.wilson([0, 7, 3], [7, 7, 0])
    assert low[0] == 0
    assert high[1] == 1
    assert np.isnan([low[2], high[2]]).all()


@given(st.integers(0, 2000), st.integers(1, 2000))
@settings(deadline=None)
def test_wilson_holds_the_rate_and_the_wider_interval_holds_the_narrower(x, n):
    x = min(x, n)
    low, high = indicators.wilson(x, n)
    wide_low, wide_high = indicators.wilson(x, n, 0.002)
    assert 0 <= wide_low <= low <= x / n <= high <= wide_high <= 1


@pytest.mark.parametrize(
    ("name", "x", "n", "scale"),
    [
        ("phe_proportion_expected.csv", "Numerator", "Denominator", "multiplier"),
        ("phe_wilson_village_sizes_executed.csv", "x", "n", None),
    ],
)
def test_wilson_agrees_with_phe_indicatormethods(shared: Shared, name: str, x: str, n: str, scale: str | None):
    expected = pd.read_csv(shared("vectors") / name)
    multiplier = expected[scale] if scale else 100
    for suffix, alpha in {"95_0": 0.05, "99_8": 0.002}.items():
        low, high = indicators.wilson(expected[x], expected[n], alpha)
        np.testing.assert_allclose(low * multiplier, expected[f"lower{suffix}cl"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(high * multiplier, expected[f"upper{suffix}cl"], rtol=0, atol=1e-9)


def test_values_are_unrounded_proportions_of_the_catalogues_columns():
    kampung = places(FULL | {"memiliki_balita": 9.0, "regulasi": 1.0, "jumlah_mekanisme_operasional": 4.0})
    nilai = table(kampung, "nilai")
    assert [nilai[kode] for kode in ("cpr", "mkjp", "unmet", "bkb")] == [0.5, 0.2, 0.09, 6 / 9]
    assert (nilai["kelembagaan"], nilai["operasional"]) == (5 / 12, 0.8)
    assert table(kampung, "pembilang")["unmet"] == 9
    assert table(kampung, "penyebut")["mkjp"] == 50


def test_elements_counted_are_no_sample_and_have_no_interval():
    kampung = places(FULL)
    bounds = {column: table(kampung, column) for column in ("bawah95", "atas95", "bawah998", "atas998")}
    for values in bounds.values():
        assert np.isnan([values["kelembagaan"], values["operasional"]]).all()
    assert bounds["bawah95"]["cpr"] == pytest.approx(0.403832, abs=1e-6)


def test_the_state_follows_the_record_then_the_findings_then_the_denominator():
    kampung = places(FULL | {"keluarga": 20.0})
    assert table(kampung, "status") == {
        "cpr": "terisi",
        "mkjp": "terisi",
        "unmet": "terisi",
        "bkb": "tidak_dapat_dihitung",
        "bkr": "tidak_dapat_dihitung",
        "bkl": "tidak_dapat_dihitung",
        "uppka": "terisi",
        "pikr": "tidak_dapat_dihitung",
        "kelembagaan": "terisi",
        "pokja_terlatih": "tidak_dapat_dihitung",
        "operasional": "terisi",
    }


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("kb", {"cpr", "mkjp", "unmet", "bkb", "bkr", "bkl", "uppka", "pikr"}),
        ("penduduk", {"cpr", "unmet", "bkb", "bkr", "bkl", "uppka", "pikr"}),
        ("profil", {"kelembagaan", "pokja_terlatih", "operasional"}),
    ],
)
def test_not_reported_is_not_zero(missing, expected):
    kampung = places(FULL | {f"lapor_{missing}": False} | dict.fromkeys(schema.RECORDS[missing], np.nan))
    status, x = table(kampung, "status"), table(kampung, "pembilang")
    assert {kode for kode, state in status.items() if state == "belum_lapor"} == expected
    assert np.isnan([x[kode] for kode in expected]).all()


def test_a_row_without_rekap_has_not_reported():
    kampung = places(dict.fromkeys(schema.REKAP, np.nan) | {f"lapor_{nama}": pd.NA for nama in schema.RECORDS})
    assert set(table(kampung, "status").values()) == {"belum_lapor"}


def test_a_salah_finding_marks_the_indicators_that_use_one_of_its_columns():
    kampung = places(FULL, FULL)
    status = table(kampung, "status", salah("anak_kemudian, tidak_ingin_anak"))
    assert {kode for kode, state in status.items() if state == "tidak_konsisten"} == {"unmet"}
    status = table(kampung, "status", salah("pus"))
    assert {kode for kode, state in status.items() if state == "tidak_konsisten"} == {"cpr", "unmet"}
    assert np.isnan(table(kampung, "nilai", salah("pus"))["cpr"])
    assert table(kampung, "pembilang", salah("pus"))["cpr"] == 50
    for other in (salah("pus", "k1"), salah("pus", tingkat="periksa")):
        assert table(kampung, "status", other)["cpr"] == "terisi"


def test_a_part_larger_than_its_whole_or_not_a_number_is_tidak_konsisten_even_without_a_finding():
    assert table(places(FULL | {"pus": 30.0}), "status")["cpr"] == "tidak_konsisten"
    assert table(places(FULL | {"anak_kemudian": -40.0}), "status")["unmet"] == "tidak_konsisten"
    assert table(places(FULL | {"pil": np.nan}), "status")["cpr"] == "tidak_konsisten"
    assert table(places(FULL | {"pus": -100.0}), "status")["cpr"] == "tidak_konsisten"


def test_rows_go_by_kampung_id_and_then_in_catalogue_order():
    kampung = places(FULL, FULL)
    long = indicators.compute(kampung.iloc[::-1], NONE, KATALOG)
    assert long["kampung_id"].tolist() == ["k0"] * len(KATALOG) + ["k1"] * len(KATALOG)
    assert long["indikator"].tolist() == KATALOG["kode"].tolist() * 2
    pd.testing.assert_frame_equal(long, indicators.compute(kampung, NONE, KATALOG))
