"""Verdicts with the Kampung KB as the unit: by hand, where nothing can be said, and on placebos where nothing is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from kkb_eval.method.jackknife import between_groups, between_years

Floats = NDArray[np.float64]


def by_hand(x: Floats, n: Floats) -> float:
    """The variance of Σx/Σn, one Kampung KB left out at a time."""
    without = np.array([np.delete(x, i).sum() / np.delete(n, i).sum() for i in range(len(x))])
    return float((len(x) - 1) / len(x) * ((without - without.mean()) ** 2).sum())


def test_a_change_of_equal_sizes_is_judged_as_a_paired_t_test():
    before, now = np.array([20.0, 30.0, 25.0, 41.0]), np.array([28.0, 33.0, 37.0, 45.0])
    change = between_years(before, [100] * 4, now, [100] * 4, [0] * 4)
    expected = stats.ttest_rel(now / 100, before / 100)
    assert change.value[0] / change.error[0] == pytest.approx(expected.statistic)
    assert [bound[0] for bound in change.interval] == pytest.approx([*expected.confidence_interval()])
    assert change.certain.tolist() == [expected.pvalue < 0.05]


def test_a_change_of_unequal_sizes_leaves_out_one_kampung_kb_at_a_time():
    x0, n0, x1, n1 = (np.array(v, float) for v in ([20, 9, 80], [100, 40, 150], [30, 9, 99], [110, 41, 160]))
    without = [
        np.delete(x1, i).sum() / np.delete(n1, i).sum() - np.delete(x0, i).sum() / np.delete(n0, i).sum()
        for i in range(3)
    ]
    change = between_years(x0, n0, x1, n1, [0, 0, 0])
    assert change.error[0] == pytest.approx((2 / 3 * ((without - np.mean(without)) ** 2).sum()) ** 0.5)
    assert change.freedom.tolist() == [2]


def test_areas_do_not_mix():
    x0, x1, area = [20, 30, 25, 41, 10, 10], [28, 33, 37, 45, 12, 13], [1, 0, 1, 0, 1, 0]
    both = between_years(x0, [100] * 6, x1, [100] * 6, area)
    for number in range(2):
        own = [i for i, a in enumerate(area) if a == number]
        alone = between_years([x0[i] for i in own], [100] * 3, [x1[i] for i in own], [100] * 3, [0] * 3)
        assert (both.value[number], both.error[number]) == pytest.approx((alone.value[0], alone.error[0]))


@pytest.mark.parametrize(
    ("x0", "x1"),
    [
        pytest.param([10], [60], id="one"),
        pytest.param([10, 10], [60, 70], id="two"),
        pytest.param([10, 10, 10], [20, 20, 20], id="all changed alike"),
        pytest.param([0, 0, 0], [0, 0, 0], id="nothing in either year"),
    ],
)
def test_years_of_which_nothing_can_be_said(x0: list[float], x1: list[float]):
    n = [100] * len(x0)
    change = between_years(x0, n, x1, n, [0] * len(n))
    assert change.value[0] == pytest.approx((sum(x1) - sum(x0)) / sum(n))
    assert change.certain.isna().tolist() == [True]
    assert np.isnan(change.interval).all()


def test_no_area_at_all():
    assert between_years([], [], [], [], []).certain.tolist() == []


VARIED = np.array([10, 25, 40, 60, 31, 47, 22], float)


def test_groups_of_equal_spread_have_their_own_variances_or_the_common_one():
    n = np.array([50, 100, 80, 120, 90, 100, 60], float)
    inside = np.array([1, 1, 1, 0, 0, 0, 0], bool)
    gap = between_groups(VARIED, n, [inside])
    sides = [(VARIED[side], n[side]) for side in (inside, ~inside)]
    assert gap.value[0] == pytest.approx(sides[0][0].sum() / sides[0][1].sum() - sides[1][0].sum() / sides[1][1].sum())
    spread = sum(((x - x.sum() / m.sum() * m) ** 2).sum() for x, m in sides) / (n**2).sum() * 7 / 5
    pairs = [(by_hand(x, m), spread * (m**2).sum() / m.sum() ** 2, len(x) - 1) for x, m in sides]
    variances = [max(own, common) for own, common, _ in pairs]
    freedoms = [m if own > common else 5 for own, common, m in pairs]
    assert gap.error[0] == pytest.approx(sum(variances) ** 0.5)
    welch = sum(v**2 / f for v, f in zip(variances, freedoms, strict=True))
    assert gap.freedom[0] == pytest.approx(sum(variances) ** 2 / welch)


def test_three_alike_do_not_show_that_their_group_never_varies():
    x = np.array([0, 0, 0, 0, 0, 0, 0, 30, 5, 20], float)
    gap = between_groups(x, np.full(10, 100.0), [np.arange(10) < 3])
    assert gap.error[0] > 0.05
    assert gap.certain.tolist() == [False]


@pytest.mark.parametrize("inside", [[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0] * 5, [1] * 5])
def test_a_group_of_fewer_than_three_has_a_value_and_no_verdict(inside: list[int]):
    with np.errstate(all="raise"):
        gap = between_groups([10, 20, 30, 40, 50], [100] * 5, [inside])
    assert gap.certain.isna().tolist() == [True]
    assert np.isnan(gap.value[0]) == (len(set(inside)) == 1)


def test_groups_all_identical_have_no_verdict():
    assert between_groups([20] * 8, [100] * 8, [[1] * 4 + [0] * 4]).certain.isna().tolist() == [True]


def test_one_huge_kampung_kb_is_no_group():
    n = np.array([100_000, 100, 100, 100, 120, 90, 110, 95], float)
    x = np.array([90_000, 20, 25, 30, 31, 20, 30, 22], float)
    gap = between_groups(x, n, [np.arange(8) < 4])
    assert gap.value[0] > 0.6
    assert gap.certain.tolist() == [False]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 300), st.floats(0, 1), st.booleans()), min_size=6, max_size=20),
    st.randoms(use_true_random=False),
)
def test_the_order_of_kampung_kb_and_the_side_that_is_named_do_not_matter(units, random):
    n = np.array([float(size) for size, _, _ in units])
    x, inside = np.floor(n * [share for _, share, _ in units]), np.array([side for *_, side in units])
    order = random.sample(range(len(n)), len(n))
    gap = between_groups(x, n, [inside, ~inside])
    again = between_groups(x[order], n[order], [inside[order]])
    np.testing.assert_allclose(gap.value[0], -gap.value[1], atol=1e-12)
    np.testing.assert_allclose(gap.error[:1], again.error, atol=1e-9)
    np.testing.assert_allclose(gap.error[0], gap.error[1], atol=1e-12)


# nothing is different, and little is called so


def kabupaten(rng: np.random.Generator, zeros: float) -> tuple[Floats, Floats]:
    """The participants and targets of 12 to 90 Kampung KB of very different sizes, ``zeros`` of them without anyone."""
    size = int(rng.integers(12, 90))
    n = np.exp(rng.normal(5.5, 0.9, size)).round() + 5
    rate = rng.beta(1.2, 2.5, size) * (rng.random(size) >= zeros)
    return rng.binomial(n.astype(int), rate).astype(float), n


@pytest.mark.parametrize("zeros", [0.0, 0.7])
@pytest.mark.parametrize("size", [3, 5, 12])
def test_random_groups_are_called_different_in_at_most_8_percent(zeros: float, size: int):
    rng, called = np.random.default_rng(20181018), []
    for _ in range(150):
        x, n = kabupaten(rng, zeros)
        inside = np.array([rng.permutation(len(x)) < min(size, len(x) - 3) for _ in range(10)])
        called += between_groups(x, n, inside).certain.fillna(False).tolist()
    assert np.mean(called) <= 0.08


@pytest.mark.parametrize("size", [3, 5, 12])
def test_years_swapped_at_random_are_called_changed_in_at_most_8_percent(size: int):
    rng = np.random.default_rng(20181019)
    area = np.repeat(np.arange(1500), size)
    n = np.exp(rng.normal(5.5, 0.9, (2, len(area)))).round() + 5
    x = rng.binomial(n.astype(int), np.clip(rng.beta(1.2, 2.5, len(area)) + rng.normal(0, 0.1, (2, len(area))), 0, 1))
    swap = rng.random(len(area)) < 0.5
    for values in (x, n):
        values[:, swap] = values[::-1, swap]
    assert between_years(x[0], n[0], x[1], n[1], area).certain.mean() <= 0.08


def test_what_is_different_is_called_so():
    rng, called = np.random.default_rng(3), []
    for _ in range(100):
        n = np.exp(rng.normal(5.5, 0.5, 40)).round()
        rate = np.clip(rng.normal(np.where(np.arange(40) < 15, 0.4, 0.6), 0.1), 0.01, 0.99)
        called += between_groups(rng.binomial(n.astype(int), rate), n, [np.arange(40) < 15]).certain.tolist()
    assert np.mean(called) > 0.9
