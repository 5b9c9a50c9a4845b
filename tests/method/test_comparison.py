"""Labels against the kabupaten and the funnel: truth tables, published numbers, and one small kabupaten by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import comparison, indicators
from kkb_eval.method.comparison import Comparison, Funnel, label

Shared = Callable[[str], Path]
KATALOG = pd.DataFrame({"kode": ["cpr", "unmet", "kelembagaan"], "arah": [1, -1, 1], "sampel": ["ya", "ya", "tidak"]})


def frames(
    counts: list[tuple[float, float]], indikator: str = "cpr", kecamatan: list[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """indikator, wilayah and kampung of one kabupaten whose Kampung KB have x of n; n = 0 is belum_lapor."""
    x, n = np.array(counts, float).T
    ids = [f"k{i:02}" for i in range(len(counts))]
    low, high = indicators.wilson(x, np.where(n > 0, n, np.nan))
    nilai = np.divide(x, n, out=np.full(len(n), np.nan), where=n > 0)
    long = pd.DataFrame(
        {"kampung_id": ids, "indikator": indikator, "pembilang": x, "penyebut": n, "nilai": nilai}
        | {"bawah95": low, "atas95": high, "bawah998": low, "atas998": high}
        | {"status": np.where(n > 0, "terisi", "belum_lapor")}
    )
    tempat = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan or ["Maja"] * len(ids)}
    kampung = pd.DataFrame({"kampung_id": ids, **tempat})
    return long, indicators.pool(long, kampung, KATALOG), kampung


def compared(counts: list[tuple[float, float]], indikator: str = "cpr", **options: list[str]) -> Comparison:
    return comparison.compare(*frames(counts, indikator, **options), KATALOG)


@pytest.mark.parametrize(
    ("bawah", "atas", "arah", "menonjol", "expected"),
    [
        (0.40, 0.50, 1, False, "serupa"),
        (0.45, 0.50, 1, True, "serupa"),
        (0.30, 0.45, -1, True, "serupa"),
        (0.46, 0.50, 1, False, "lebih_baik"),
        (0.46, 0.50, 1, True, "lebih_baik_menonjol"),
        (0.46, 0.50, -1, False, "kurang_baik"),
        (0.46, 0.50, -1, True, "kurang_baik_menonjol"),
        (0.30, 0.44, 1, False, "kurang_baik"),
        (0.30, 0.44, 1, True, "kurang_baik_menonjol"),
        (0.30, 0.44, -1, False, "lebih_baik"),
        (0.30, 0.44, -1, True, "lebih_baik_menonjol"),
        (np.nan, np.nan, 1, False, None),
    ],
)
def test_one_value_against_a_benchmark_of_45_percent(
    bawah: float, atas: float, arah: int, menonjol: bool, expected: str | None
) -> None:
    assert label(bawah, atas, 0.45, arah, menonjol) == expected


def test_without_a_benchmark_there_is_no_label() -> None:
    assert label([0.1, 0.2], [0.3, 0.4], [np.nan, 0.3], 1).tolist() == [None, "serupa"]


def test_the_truth_table_of_fingertips(shared: Shared) -> None:
    table = pd.read_csv(shared("vectors/fingertips_benchmark_ci_truth_table.csv"))
    table = table[table["polarity"] != "NoJudgement"]
    ours = {"Similar": "serupa", "Better": "lebih_baik", "Worse": "kurang_baik"}
    arah = table["polarity"].map({"HighIsGood": 1, "LowIsGood": -1})
    got = label(table["lower95"], table["upper95"], table["benchmark"], arah)
    assert got.tolist() == table["outcome"].map(ours).tolist()


def test_phi_tau2_and_outliers_as_funnelplotr(shared: Shared) -> None:
    table = pd.read_csv(shared("vectors/funnelplotr_pr_overdispersion_82_kampung_executed.csv"))
    funnel = Funnel.fit(table["numerator"], table["denominator"])
    assert (funnel.phi, funnel.tau2) == pytest.approx((4.350295, 0.005318034), rel=1e-6)
    limits = funnel.limits(table["denominator"])
    for suffix, column in (("95", "naive_outlier_95"), ("998", "naive_outlier_998"), ("95_od", "od_outlier_95")):
        outside = (table["rr"] < limits[f"bawah{suffix}"]) | (table["rr"] > limits[f"atas{suffix}"])
        assert outside.tolist() == table[column].tolist()
    result = compared(list(zip(table["numerator"], table["denominator"], strict=True)))
    corong = result.corong.set_index("indikator").loc["cpr"]
    assert corong[["unit", "n_luar95", "n_luar95_od"]].tolist() == [82, 32, 12]
    assert result.label["label"].str.endswith("menonjol").sum() == 12


def test_limits_as_funnelplotr(shared: Shared) -> None:
    table = pd.read_csv(shared("vectors/funnelplotr_pr_limits_executed.csv"))
    funnel = Funnel(0.6487793817549694, 4.350294976552835, 0.005318034048397875)
    got = funnel.limits(table["number_seq"]) * 100
    theirs = {"bawah95": "ll95", "atas95": "ul95", "bawah998": "ll998", "bawah95_od": "odll95", "atas95_od": "odul95"}
    for ours, column in theirs.items():
        assert got[ours].tolist() == pytest.approx(table[column].tolist(), rel=1e-6)
    # for 5 people the upper 99.8 % limit is past 100 %: FunnelPlotR lets it turn back there, we stop
    assert got["atas998"].tolist() == pytest.approx([100.0, *table["ul998"].iloc[1:]], rel=1e-6)


def test_a_funnel_of_four_by_hand_has_no_overdispersion() -> None:
    assert Funnel.fit([5, 6, 4, 5], [10, 10, 10, 10]).center == 0.5
    assert np.isnan(Funnel.fit([5, 6, 4, 5], [10, 10, 10, 10]).phi)
    assert Funnel.fit([5, 6, 4, 5], [10, 10, 10, 10]).limits([10, 20]).isna().all(axis=None)


def test_a_funnel_of_equals_has_no_variety_beyond_chance() -> None:
    funnel = Funnel.fit([50, 51, 49, 50, 50], [100] * 5)
    assert funnel.phi < 1
    assert funnel.tau2 == 0
    limits = funnel.limits([100])
    assert limits[["bawah95", "atas95"]].to_numpy().tolist() == limits[["bawah95_od", "atas95_od"]].to_numpy().tolist()
    # sin²(asin(√0.5) ± z / 20), z = 1.959964 and 3.090232
    assert limits.round(6).to_dict("records") == [
        {"bawah95": 0.402628, "atas95": 0.597372, "bawah998": 0.347936, "atas998": 0.652064}
        | {"bawah95_od": 0.402628, "atas95_od": 0.597372}
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=5, max_size=40),
    st.lists(st.integers(1, 2000), min_size=1, max_size=5),
)
def test_limits_are_nested_and_proportions(units: list[tuple[int, float]], sizes: list[int]) -> None:
    n = np.array([size for size, _ in units])
    x = np.floor(n * np.array([share for _, share in units]))
    funnel = Funnel.fit(x, n)
    limits = funnel.limits(sizes)
    assert funnel.tau2 >= 0
    assert ((limits >= 0) & (limits <= 1)).all(axis=None)
    assert (limits["bawah998"] <= limits["bawah95"]).all()
    assert (limits["bawah95_od"] <= limits["bawah95"]).all()
    assert (limits["bawah95"] <= funnel.center + 1e-12).all()
    assert (limits["atas95"] >= funnel.center - 1e-12).all()
    assert (limits["atas95_od"] >= limits["atas95"]).all()


def test_labels_follow_the_direction_of_the_indicator() -> None:
    counts = [(80.0, 100.0), (50.0, 100.0), (20.0, 100.0), (0.0, 0.0)]
    assert compared(counts).label["label"].fillna("-").tolist() == ["lebih_baik", "serupa", "kurang_baik", "-"]
    assert compared(counts, "unmet").label["label"].fillna("-").tolist() == [
        *("kurang_baik", "serupa", "lebih_baik", "-")
    ]


def test_counts_of_elements_are_no_sample() -> None:
    result = compared([(12.0, 12.0), (1.0, 12.0)] * 6, "kelembagaan")
    assert result.label["label"].isna().all()
    assert result.wilayah["label"].isna().all()
    assert result.corong.empty


def test_menonjol_needs_ten_peers_and_a_value_beyond_their_spread() -> None:
    wide = [(float(x), 400.0) for x in (170, 230, 175, 225, 180, 220, 185, 215, 200)]
    assert compared([*wide, (360.0, 400.0)]).label["label"].iloc[-1] == "lebih_baik_menonjol"
    assert compared([*wide[1:], (360.0, 400.0)]).label["label"].iloc[-1] == "lebih_baik"
    # its interval misses the kabupaten, but among these peers it is nothing special
    assert compared([*wide, (250.0, 400.0)]).label["label"].iloc[-1] == "lebih_baik"


def test_the_funnel_table_of_a_kabupaten() -> None:
    result = compared([(170.0, 400.0), (230.0, 400.0), (200.0, 400.0), (180.0, 400.0), (220.0, 400.0), (0.0, 0.0)])
    # z = (asin √p - asin √½)·2√400, winsorised at the 10 % and 90 % quantiles, squared, averaged
    sudut = np.arcsin(np.sqrt(np.array([170, 230, 200, 180, 220]) / 400)) - np.arcsin(np.sqrt(0.5))
    z = sudut * 40
    phi = float(np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2))
    tau2 = (5 * phi - 4) / (1600 * 5 - 1600)
    assert result.corong.columns.tolist() == list(comparison.CORONG)
    row = result.corong.iloc[0]
    assert row[["provinsi", "kabupaten", "indikator", "unit", "pusat"]].tolist() == ["Banten", "Lebak", "cpr", 5, 0.5]
    assert row[["phi", "tau2"]].tolist() == pytest.approx([phi, tau2])
    assert row[["n_luar95", "n_luar95_od"]].tolist() == [4, 0]
    assert Funnel.from_row(row) == Funnel(0.5, row["phi"], row["tau2"])


def test_a_kabupaten_of_four_or_none_has_a_row_without_a_funnel() -> None:
    few = compared([(50.0, 100.0)] * 4).corong
    assert few[["unit", "pusat"]].to_numpy().tolist() == [[4, 0.5]]
    assert few[["phi", "tau2", "n_luar95", "n_luar95_od"]].isna().all(axis=None)
    none = compared([(0.0, 0.0)]).corong
    assert none["unit"].tolist() == [0]
    assert none.drop(columns=["provinsi", "kabupaten", "indikator", "unit"]).isna().all(axis=None)


def test_kecamatan_are_judged_among_the_kecamatan_of_their_kabupaten() -> None:
    counts = [(80.0, 100.0), (50.0, 100.0), (20.0, 100.0)]
    wilayah = compared(counts, kecamatan=["Maja", "Sajira", "Wanasalam"]).wilayah
    kecamatan = wilayah[wilayah["tingkat"] == "kecamatan"].set_index("kecamatan")["label"]
    assert kecamatan.to_dict() == {"Maja": "lebih_baik", "Sajira": "serupa", "Wanasalam": "kurang_baik"}
    assert wilayah.loc[wilayah["tingkat"] != "kecamatan", "label"].isna().all()
    spread = [(float(x), 400.0) for x in (170, 230, 175, 225, 180, 220, 185, 215, 200, 360)]
    ten = compared(spread, kecamatan=[f"K{i}" for i in range(10)]).wilayah
    assert ten.loc[ten["kecamatan"] == "K9", "label"].tolist() == ["lebih_baik_menonjol"]


def test_every_row_is_answered_in_its_order_and_kabupaten_do_not_mix() -> None:
    long, _, kampung = frames([(80.0, 100.0), (20.0, 100.0), (81.0, 100.0), (82.0, 100.0)])
    kampung["kabupaten"] = ["Lebak", "Lebak", "Serang", "Serang"]
    wilayah = indicators.pool(long, kampung, KATALOG)
    forth = comparison.compare(long, wilayah, kampung, KATALOG).label
    back = comparison.compare(long.iloc[::-1], wilayah.iloc[::-1], kampung.iloc[::-1], KATALOG).label
    assert forth.columns.tolist() == ["kampung_id", "indikator", "label"]
    assert forth["label"].tolist() == ["lebih_baik", "kurang_baik", "serupa", "serupa"]
    assert back["label"].tolist() == forth["label"].tolist()[::-1]
    assert back["kampung_id"].tolist() == long["kampung_id"].tolist()[::-1]


def test_lebak_in_october_2022_differs_far_more_than_chance(shared: Shared) -> None:
    kampung = open_dataset(shared("portal/lebak")).year(2022).kampung
    katalog = read_catalogue().indikator
    long = indicators.compute(kampung, quality.find(kampung), katalog)
    wilayah = indicators.pool(long, kampung, katalog)
    result = comparison.compare(long, wilayah, kampung, katalog)
    # METHOD 8, over the eight rates that describe a type: 85 % differ by interval, 9 % stand out; φ is 20 to 240
    fitur = katalog.loc[(katalog["tipologi"] == "ya") & (katalog["sampel"] == "ya"), "kode"]
    labels = result.label.loc[result.label["indikator"].isin(fitur), "label"].dropna()
    assert len(labels) == 666
    assert labels.ne("serupa").mean() == pytest.approx(0.853, abs=0.001)
    assert labels.str.endswith("menonjol").mean() == pytest.approx(0.090, abs=0.001)
    phi = result.corong.set_index("indikator").loc[fitur, "phi"]
    assert (phi.min().round(), phi.max().round()) == (20.0, 244.0)
