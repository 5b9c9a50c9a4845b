"""Features by hand, and what must not matter to them: order, outliers, constants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from kkb_eval.errors import KkbError
from kkb_eval.method.typology.features import Scaling, align, dimension_weights, features, nearest, probabilities
from method.units import KATALOG, grouped, groups, long


def test_a_feature_is_the_arcsine_root_of_the_shrunk_rate_higher_is_better():
    found = features(long({"maja": [(65, 100), (0, 40), (20, 99)]}), KATALOG)
    assert found.indikator == ("peserta", "poktan", "unmet")
    assert found.dimensi == ("KB", "kegiatan", "KB")
    expected = np.arcsin(np.sqrt([65.5 / 101, 0.5 / 41, 1 - 20.5 / 100]))
    assert found.nilai[0] == pytest.approx(expected, abs=1e-15)
    assert found.persen[0] == pytest.approx([65, 0, 100 * 20 / 99])


def test_only_complete_units_take_part_and_the_others_say_why():
    counts = {name: [(1, 2), (1, 2), (1, 2)] for name in ("sajira", "maja", "cileles")}
    status = {
        ("sajira", "peserta"): "belum_lapor",
        ("sajira", "unmet"): "belum_lapor",
        ("sajira", "poktan"): "tidak_dapat_dihitung",
        ("cileles", "poktan"): "tidak_konsisten",
    }
    found = features(long(counts, status), KATALOG)
    assert found.kampung_id.tolist() == ["maja"]
    assert found.tidak_lengkap.to_dict("records") == [
        {"kampung_id": "cileles", "alasan": "Poktan tidak konsisten"},
        {"kampung_id": "sajira", "alasan": "Peserta, Unmet need belum lapor; Poktan tidak dapat dihitung"},
    ]


def test_an_indicator_outside_the_typology_keeps_nobody_out():
    extra = pd.DataFrame([("k000", "hadir", 1, 0, "tidak_dapat_dihitung")], columns=long({}).columns)
    assert len(features(pd.concat([groups(3), extra]), KATALOG)) == 3


def test_within_keeps_some_units_and_some_of_those_left_out():
    counts = {name: [(1, 2), (1, 2), (1, 2)] for name in "abcd"}
    found = features(long(counts, {("c", "unmet"): "belum_lapor", ("d", "unmet"): "belum_lapor"}), KATALOG)
    some = found.within(["d", "b", "x"])
    assert some.kampung_id.tolist() == ["b"]
    assert some.nilai.shape == some.persen.shape == (1, 3)
    assert some.tidak_lengkap["kampung_id"].tolist() == ["d"]
    assert len(found.within([])) == 0


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_the_catalogue_is_nothing(random):
    frame, katalog = groups(4, 3), KATALOG
    rows, entries = list(range(len(frame))), list(range(len(katalog)))
    random.shuffle(rows)
    random.shuffle(entries)
    one, other = features(frame, katalog), features(frame.iloc[rows], katalog.iloc[entries])
    assert one.kampung_id.tolist() == other.kampung_id.tolist()
    assert one.indikator == other.indikator
    assert np.array_equal(Scaling.fit(one).apply(one.nilai), Scaling.fit(other).apply(other.nilai))


def test_features_are_standardised_twice_and_clipped_between():
    counts = {f"k{i}": [(10 + i, 100), (5, 10), (90 - i, 100)] for i in range(9)} | {
        "liar": [(100, 100), (5, 10), (0, 100)]
    }
    found = features(long(counts), KATALOG)
    scaling = Scaling.fit(found)
    x = np.arcsin(np.sqrt((np.array([*range(10, 19), 100]) + 0.5) / 101))
    skala = 1.4826 * np.median(np.abs(x - np.median(x)))
    once = np.clip((x - np.median(x)) / skala, -2, 2)
    z = scaling.z(found.nilai)
    assert z[:, 0] == pytest.approx((once - once.mean()) / once.std())
    assert z[:, 2] == pytest.approx(z[:, 0])  # unmet need turned round
    assert z[:, 1].tolist() == [0.0] * 10  # constant
    assert scaling.bobot == pytest.approx([1 / np.sqrt(2), 1, 1 / np.sqrt(2)])
    assert scaling.apply(found.nilai) == pytest.approx(z * scaling.bobot)


def test_where_more_than_half_agree_the_standard_deviation_is_the_scale():
    counts = {f"k{i}": [(x, 100), (i, 10), (i, 10)] for i, x in enumerate([0, 0, 0, 0, 0, 50, 60])}
    found = features(long(counts), KATALOG)
    assert Scaling.fit(found).skala[0] == pytest.approx(found.nilai[:, 0].std())


def test_how_far_an_outlier_lies_out_moves_nobody():
    base = {f"k{i}": [(40 + i, 100), (50 + i, 100), (20 + i, 100)] for i in range(11)}
    near, far = (features(long({**base, "z": [(x, 100), (60, 100), (20, 100)]}), KATALOG) for x in (80, 100))
    assert Scaling.fit(near).z(near.nilai) == pytest.approx(Scaling.fit(far).z(far.nilai))


def test_an_analysts_weights_are_shares_and_the_others_are_one():
    assert dimension_weights(["KB", "kegiatan", "KB"], None) == {"KB": 1, "kegiatan": 1}
    assert dimension_weights(["KB", "kegiatan"], {"KB": 3}) == {"KB": 1.5, "kegiatan": 0.5}
    scaling = Scaling.fit(grouped(6), {"kegiatan": 0})
    assert scaling.bobot == pytest.approx([1, 0, 1])


@pytest.mark.parametrize(
    ("bobot", "pesan"),
    [
        ({"poktan": 2}, 'dimensi "poktan" tidak ada; yang ada: KB, kegiatan'),
        ({"KB": -1}, "KB -1, kegiatan 1 bukan bobot; isi angka 0 atau lebih, sedikitnya satu di atas 0"),
        ({"KB": 0, "kegiatan": 0}, "KB 0, kegiatan 0 bukan bobot; isi angka 0 atau lebih, sedikitnya satu di atas 0"),
    ],
)
def test_weights_that_are_none(bobot, pesan):
    with pytest.raises(KkbError) as error:
        dimension_weights(["KB", "kegiatan"], bobot)
    assert str(error.value) == f"bobot tipologi: {pesan}"


def test_nearest_gives_two_centroids_and_the_simplified_silhouette():
    rng = np.random.default_rng(3)
    points, pusat = rng.normal(size=(40, 5)), rng.normal(size=(4, 5))
    first, second, siluet = nearest(points, pusat)
    distance = cdist(points, pusat)
    order = distance.argsort(axis=1)
    assert np.array_equal(np.column_stack([first, second]), order[:, :2])
    a, b = np.take_along_axis(distance, order[:, :2], 1).T
    assert siluet == pytest.approx((b - a) / b)
    assert nearest(np.zeros((1, 2)), np.zeros((2, 2)))[2].tolist() == [0.0]


def test_probabilities_are_shares_of_draws_whole_or_in_chunks():
    flat = Scaling(*(np.full(1, v) for v in (0.0, 1.0, 0.0, 1.0, 1.0)))
    draws = np.array([[[0.1], [1.9]], [[0.9], [1.8]], [[1.6], [1.7]], [[0.2], [0.3]]])
    share = probabilities(draws, flat, [[0.0], [1.0], [2.0]])
    assert share.tolist() == [[0.5, 0.25, 0.25], [0.25, 0.0, 0.75]]
    assert np.array_equal(probabilities(iter([draws[:1], draws[1:]]), flat, [[0.0], [1.0], [2.0]]), share)


def test_align_turns_rates_round_where_lower_is_better():
    assert align(np.array([[0.2, 0.2]]), np.array([1.0, -1.0])) == pytest.approx(np.arcsin(np.sqrt([[0.2, 0.8]])))
