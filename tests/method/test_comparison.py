"""Labels against the kabupaten and the funnel: truth tables, published numbers, and one small kabupaten by hand."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from kkb_eval import schema
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import areas, comparison, indicators, noise
from kkb_eval.method.comparison import Comparison, Funnel, label

Shared = Callable[[str], Path]
KATALOG = pd.DataFrame(
    {
        "kode": ["cpr", "unmet", "kelembagaan"],
        "arah": [1, -1, 1],
        "sampel": ["ya", "ya", "tidak"],
        "pembilang": ["pil", "tidak_ingin_anak", "rkm"],
        "penyebut": ["pus", "pus", "12"],
        "rekaman": ["kb+penduduk", "kb+penduduk", "profil"],
    }
)
NONE = pd.DataFrame(columns=list(schema.CATATAN))


def frames(
    counts: list[tuple[float, float]], indikator: str = "cpr", kecamatan: list[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """indikator, wilayah and kampung of one kabupaten whose Kampung KB have x of n; n = 0 is belum_lapor."""
    x, n = np.array(counts, float).T
    ids = [f"k{i:02}" for i in range(len(counts))]
    low, high = indicators.wilson(x, np.where((n > 0) & (indikator != "kelembagaan"), n, np.nan))
    nilai = np.divide(x, n, out=np.full(len(n), np.nan), where=n > 0)
    long = pd.DataFrame(
        {"kampung_id": ids, "indikator": indikator, "pembilang": x, "penyebut": n, "nilai": nilai}
        | {"bawah95": low, "atas95": high, "bawah95_isi": low, "atas95_isi": high}
        | {"status": np.where(n > 0, "terisi", "belum_lapor")}
    )
    tempat = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan or ["Maja"] * len(ids)}
    kampung = pd.DataFrame({"kampung_id": ids, **tempat}).assign(**dict.fromkeys(schema.REKAP, np.nan))
    kampung[[f"diperbarui_{record}" for record in schema.RECORDS]] = True
    return long, areas.pool(long, kampung, NONE, KATALOG), kampung


def compared(
    counts: list[tuple[float, float]],
    indikator: str = "cpr",
    catatan: pd.DataFrame | None = None,
    kecamatan: list[str] | None = None,
) -> Comparison:
    """The comparison of ``frames``, whose intervals are those of counting: no re-entry."""
    return comparison.compare(*frames(counts, indikator, kecamatan), NONE if catatan is None else catatan, KATALOG)


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


def test_phi_and_outliers_as_funnelplotr_but_for_what_makes_phi_consistent(shared: Shared) -> None:
    table = pd.read_csv(shared("vectors/funnelplotr_pr_overdispersion_82_kampung_executed.csv"))
    funnel = Funnel.fit(table["numerator"], table["denominator"])
    assert funnel.phi * comparison.CONSISTENCY == pytest.approx(4.350295, rel=1e-6)
    limits = Funnel(funnel.center, funnel.phi, 0.005318034).limits(table["denominator"])
    for suffix, column in (("95", "naive_outlier_95"), ("998", "naive_outlier_998"), ("95_od", "od_outlier_95")):
        outside = (table["rr"] < limits[f"bawah{suffix}"]) | (table["rr"] > limits[f"atas{suffix}"])
        assert outside.tolist() == table[column].tolist()
    corong = compared(list(zip(table["numerator"], table["denominator"], strict=True))).corong
    row = corong.set_index("indikator").loc["cpr"]
    assert row[["unit", "n_luar95"]].tolist() == [82, 32]
    # their τ² leaves 12 of 82 outside limits that are meant for 4
    assert row["n_luar95_od"] <= 6


def test_tau2_brings_phi_down_to_what_chance_leaves(shared: Shared) -> None:
    table = pd.read_csv(shared("vectors/funnelplotr_pr_overdispersion_82_kampung_executed.csv"))
    funnel = Funnel.fit(table["numerator"], table["denominator"])
    gap = np.arcsin(np.sqrt(table["numerator"] / table["denominator"])) - np.arcsin(np.sqrt(funnel.center))
    z = gap / np.sqrt(0.25 / table["denominator"] + funnel.tau2)
    assert np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2) / 0.6787 == pytest.approx(81 / 82, rel=1e-6)


def test_the_consistency_factor_is_the_mean_square_of_a_winsorised_standard_normal() -> None:
    z = norm.isf(0.1)
    expected = 0.8 - 2 * z * norm.pdf(z) + 2 * 0.1 * z**2
    assert pytest.approx(expected, abs=1e-4) == comparison.CONSISTENCY


@pytest.mark.parametrize("units", [20, 85])
@pytest.mark.parametrize("spread", [0.0, 0.08, 0.2])
def test_of_places_that_differ_by_one_spread_at_most_6_percent_are_called_far(units: int, spread: float) -> None:
    rng, far = np.random.default_rng(20221027), []
    for _ in range(60):
        n = np.exp(rng.normal(6.2, 0.8, units)).round()
        rate = np.sin(np.clip(rng.normal(0.9, spread, units), 0.01, 1.56)) ** 2
        labels = compared(list(zip(rng.binomial(n.astype(int), rate).astype(float), n, strict=True))).label["label"]
        far += labels.str.endswith("menonjol").fillna(False).tolist()
    assert np.mean(far) <= 0.06


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
    phi = float(np.mean(np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2)) / 0.6787
    # all of one size: φ falls as 1 / (1 + 1600 τ²)
    tau2 = (phi / 0.8 - 1) / 1600
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


def labels_of(wilayah: pd.DataFrame) -> dict[str, str | None]:
    rows = wilayah[wilayah["tingkat"].eq("kecamatan")].set_index("kecamatan")["label"]
    return {name: None if pd.isna(label) else label for name, label in rows.items()}


MANY = [(70.0 + i, 100.0) for i in range(4)] + [(48.0 + 2 * i, 100.0) for i in range(8)] + [(30.0, 100.0)] * 2
PLACES = [*["Maja"] * 4, *["Sajira"] * 8, *["Wanasalam"] * 2]


def test_a_kecamatan_is_judged_by_its_kampung_kb_against_the_others_of_the_kabupaten() -> None:
    wilayah = compared(MANY, kecamatan=PLACES).wilayah
    assert labels_of(wilayah) == {"Maja": "lebih_baik", "Sajira": "serupa", "Wanasalam": None}
    assert wilayah.loc[wilayah["tingkat"] != "kecamatan", "label"].isna().all()
    assert labels_of(compared(MANY, "unmet", kecamatan=PLACES).wilayah)["Maja"] == "kurang_baik"
    # counts of elements are no sample, and a kecamatan alone has nobody to be compared with
    assert set(labels_of(compared(MANY, "kelembagaan", kecamatan=PLACES).wilayah).values()) == {None}
    assert labels_of(compared(MANY).wilayah) == {"Maja": None}


def found(kode: str, kolom: str, kampung_id: str, tingkat: str = "periksa") -> pd.DataFrame:
    return pd.DataFrame([{"kode": kode, "tingkat": tingkat, "kampung_id": kampung_id, "kolom": kolom}])


@pytest.mark.parametrize("kode", ["K06", "K11", "K12", "K13"])
def test_no_label_is_printed_on_numbers_in_doubt(kode: str) -> None:
    labels = compared([(80.0, 100.0), (50.0, 100.0), (20.0, 100.0)], catatan=found(kode, "pil, pus", "k00")).label
    assert labels["label"].isna().tolist() == [True, False, False]


def test_the_oversized_are_in_no_benchmark_and_no_funnel() -> None:
    counts = [(50.0, 100.0)] * 6 + [(1000.0, 100_000.0)]
    assert compared(counts).label["label"].iloc[0] == "lebih_baik"
    catatan = found("K11", "pus", "k06")
    long, _, kampung = frames(counts)
    held = comparison.compare(long, areas.pool(long, kampung, catatan, KATALOG), kampung, catatan, KATALOG)
    assert held.label["label"].fillna("-").tolist() == [*["serupa"] * 6, "-"]
    assert held.corong[["unit", "pusat"]].to_numpy().tolist() == [[6, 0.5]]


def test_a_value_without_noise_has_no_label() -> None:
    long, wilayah, kampung = frames([(80.0, 100.0), (20.0, 100.0)])
    without = long.assign(bawah95_isi=np.nan, atas95_isi=np.nan)
    assert comparison.compare(without, wilayah, kampung, NONE, KATALOG).label["label"].isna().all()


@pytest.mark.parametrize("n", [1, 2, 3, 19, 20])
@pytest.mark.parametrize("alike", [True, False])
def test_kabupaten_of_every_size_have_a_defined_result(n: int, alike: bool) -> None:
    counts = [(50.0 if alike else 10.0 + 4 * i, 100.0) for i in range(n)]
    result = compared(counts, kecamatan=["Maja", "Sajira"][: min(n, 2)] * (n // 2) + ["Maja"] * (n % 2 if n > 1 else 0))
    assert result.label["label"].notna().all()
    if alike:
        assert set(result.label["label"]) == {"serupa"}
    if n < comparison.MIN_STRIKING:
        assert not result.label["label"].str.endswith("menonjol").any()
    assert (result.corong["phi"].notna().tolist()) == [n >= comparison.MIN_FUNNEL]
    told = labels_of(result.wilayah)
    assert set(told.values()) <= {None, "serupa", "lebih_baik", "kurang_baik"}
    assert n >= 6 or set(told.values()) == {None}


def test_all_silent() -> None:
    result = compared([(0.0, 0.0)] * 5)
    assert result.label["label"].isna().all()
    assert labels_of(result.wilayah) == {"Maja": None}


def test_every_row_is_answered_in_its_order_and_kabupaten_do_not_mix() -> None:
    long, _, kampung = frames([(80.0, 100.0), (20.0, 100.0), (81.0, 100.0), (82.0, 100.0)])
    kampung["kabupaten"] = ["Lebak", "Lebak", "Serang", "Serang"]
    wilayah = areas.pool(long, kampung, NONE, KATALOG)
    forth = comparison.compare(long, wilayah, kampung, NONE, KATALOG).label
    back = comparison.compare(long.iloc[::-1], wilayah.iloc[::-1], kampung.iloc[::-1], NONE, KATALOG).label
    assert forth.columns.tolist() == ["kampung_id", "indikator", "label"]
    assert forth["label"].tolist() == ["lebih_baik", "kurang_baik", "serupa", "serupa"]
    assert back["label"].tolist() == forth["label"].tolist()[::-1]
    assert back["kampung_id"].tolist() == long["kampung_id"].tolist()[::-1]


def test_lebak_in_october_2022_is_mostly_better_or_worse_and_rarely_far(shared: Shared) -> None:
    kampung = open_dataset(shared("portal/lebak")).year(2022).kampung
    kampung[[f"diperbarui_{record}" for record in schema.RECORDS]] = pd.NA
    katalog = read_catalogue()
    long = indicators.compute(kampung, quality.find(kampung), katalog.indikator)
    long = noise.with_intervals(long, katalog.derau)
    wilayah = areas.pool(long, kampung, NONE, katalog.indikator)
    result = comparison.compare(long, wilayah, kampung, NONE, katalog.indikator)
    rates = katalog.indikator.query("tipologi == 'ya' and sampel == 'ya'")["kode"]
    labels = result.label.loc[result.label["indikator"].isin(rates), "label"].dropna()
    # by counting alone 85 % differed and 9 % stood out
    assert 0.5 < labels.ne("serupa").mean() < 0.7
    assert labels.str.endswith("menonjol").mean() < 0.06
