"""The null test: what a copula keeps and what it loses, and how often chance is taken for types."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import silhouette_score

from kkb_eval.intake.catalogue import DATA
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method.typology.features import Features, Scaling, align
from kkb_eval.method.typology.kmeans import Floats, partition
from kkb_eval.method.typology.local import fit_local
from kkb_eval.method.typology.null import PLAIN, copula, null_test, silhouettes
from method.units import grouped

from .test_local import real

pytestmark = pytest.mark.slow

Shared = Callable[[str], Path]
SETS = 60
"""Data sets without clusters on which the share of false types is counted."""


def space(units: Features) -> Floats:
    return Scaling.fit(units).apply(units.nilai)


def test_a_copula_keeps_each_columns_values_and_the_rank_correlations() -> None:
    rng = np.random.default_rng(1)
    common = rng.normal(size=(300, 1))
    X = np.hstack([np.exp(common + rng.normal(size=(300, 1))), -common + rng.normal(size=(300, 1)), np.ones((300, 1))])
    drawn = copula(X, 40, rng)
    assert drawn.shape == (40, 300, 3)
    assert (np.sort(drawn, axis=1) == np.sort(X, axis=0)).all()
    rho = np.mean([spearmanr(one[:, 0], one[:, 1]).statistic for one in drawn])
    assert rho == pytest.approx(spearmanr(X[:, 0], X[:, 1]).statistic, abs=0.03)


def test_a_copula_of_columns_that_say_the_same_keeps_them_together() -> None:
    X = np.random.default_rng(1).normal(size=(30, 1)) * [1, 2, -3]
    drawn = copula(X, 5, np.random.default_rng(2))
    assert (np.abs([spearmanr(one).statistic for one in drawn]) > 0.99).all()


def test_silhouettes_are_scikit_learns() -> None:
    X = np.random.default_rng(4).normal(size=(6, 25, 3))
    labels = [np.array([partition(one, k) for one in X]) for k in (2, 4)]
    expected = [[silhouette_score(one, row) for one, row in zip(X, of_k, strict=True)] for of_k in labels]
    assert silhouettes(X, labels) == pytest.approx(np.transpose(expected), abs=1e-5)


def test_a_lone_member_and_equal_points_have_no_silhouette() -> None:
    X = np.array([[[0.0], [1.0], [5.0]], [[1.0], [1.0], [1.0]]])
    labels = np.array([[0, 0, 1], [0, 0, 1]], np.int8)
    assert silhouettes(X, [labels])[:, 0] == pytest.approx([(0.8 + 0.75) / 3, 0], abs=1e-6)


def test_p_counts_the_sets_that_are_as_plain_and_the_units_themselves() -> None:
    X = space(grouped(20, 20))
    assert null_test(X, [2, 3], sets=99).p == 0.01
    assert null_test(np.random.default_rng(0).normal(size=(40, 3)), [2, 3], sets=99).p > PLAIN


def test_the_same_units_give_the_same_p_and_one_of_many_is_tested_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    X = space(grouped(15, 15, 10))
    one, other = null_test(X, [2, 3], sets=19), null_test(X.copy(), [2, 3], sets=19)
    assert (one.p, one.mean.tolist()) == (other.p, other.mean.tolist())
    monkeypatch.setattr("kkb_eval.method.typology.null.SAMPLE", 30)
    assert null_test(X, [2, 3], sets=19).p == 0.05


def taken_for_types(units: Features) -> int:
    """How many of SETS copulas of these units, which have no clusters, are shown as local types."""
    without = copula(units.nilai, SETS, np.random.default_rng(7))
    sets = [changed(units, nilai) for nilai in without]
    ks = range(2, min(7, len(units) // 8) + 1)
    plain = [one for one in sets if null_test(space(one), ks, sets=99).p <= PLAIN]
    return sum(fit_local(one, resamples=30, sets=99).main for one in plain)


def changed(units: Features, nilai: Floats) -> Features:
    """The units with other values; what is counted of them is left as it is, since no type rests on it."""
    return Features(**{name: getattr(units, name) for name in units.__dataclass_fields__} | {"nilai": nilai})


def test_chance_in_the_sample_is_rarely_taken_for_types() -> None:
    assert taken_for_types(real(open_dataset(DATA / "contoh").year(2018))) <= 0.1 * SETS


def test_chance_in_lebak_is_rarely_taken_for_types(shared: Shared) -> None:
    assert taken_for_types(real(open_dataset(shared("portal/lebak")).year(2022))) <= 0.1 * SETS


def planted(apart: float, seed: int) -> Features:
    """60 units in three groups of 20, each ``apart`` standard deviations above the others in three of nine features."""
    rng = np.random.default_rng([seed, int(10 * apart)])
    z = rng.normal(size=(60, 9)) + apart * (np.arange(9) // 3 == np.repeat(np.arange(3), 20)[:, None])
    rates = np.sin(np.pi / 4 + 0.05 * z) ** 2
    n = np.full(rates.shape, 1000.0)
    one = grouped(60)
    names = tuple(f"i{j}" for j in range(9))
    dims = tuple(f"d{j // 3}" for j in range(9))
    return Features(
        one.kampung_id, n * rates, n, align(rates, np.ones(9)), names, names, dims, np.ones(9), one.tidak_lengkap
    )


@pytest.mark.parametrize("apart", [2, 3, 4])
def test_three_planted_groups_are_found_as_three(apart: float) -> None:
    found = [fit_local(planted(apart, seed), resamples=30, sets=99) for seed in range(30)]
    assert sum(local.main and local.k == 3 for local in found) >= 27
