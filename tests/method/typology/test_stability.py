"""The stability panel and its Jaccard against scikit-learn and R's fpc."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from kkb_eval.method.typology import kmeans, stability
from kkb_eval.method.typology.features import Scaling
from method.units import grouped, inertia

Shared = Callable[[str], Path]


def test_jaccard_is_clusterboots(shared: Shared):
    labels = pd.read_csv(shared("vectors/fpc_bootjaccard_iris_original_partition.csv"))["cluster"].to_numpy() - 1
    drawn_again = pd.read_csv(shared("vectors/fpc_bootjaccard_iris_resamples.csv"))
    expected = pd.read_csv(shared("vectors/fpc_bootjaccard_iris_expected.csv"))
    again = np.full((25, len(labels)), -1)
    again[drawn_again["b"] - 1, drawn_again["row"] - 1] = drawn_again["boot_cluster"] - 1
    found = stability.jaccard(labels, again >= 0, again)
    assert found == pytest.approx(
        expected.pivot(index="b", columns="cluster", values="max_jaccard").to_numpy(), abs=1e-12
    )


def test_jaccard_by_hand():
    labels = np.array([0] * 10 + [1, 1])
    again = np.array([[1] * 9 + [0, 0, -1], [0] * 10 + [-1, -1]])
    # nine of ten found again; of the second cluster one was drawn and shares its new cluster with a stranger
    assert stability.jaccard(labels, again >= 0, again).tolist() == [[0.9, 0.5], [1.0, 0.0]]


def test_jaccard_is_that_of_scikit_learn_on_the_same_resamples(iris: np.ndarray):
    drawn = stability.draw(len(iris), 25, np.random.default_rng(8))
    theirs = np.full(drawn.shape, -1)
    for row, inside in zip(theirs, drawn, strict=True):
        row[inside] = KMeans(3, n_init=10, random_state=1).fit_predict(iris[inside])
    ours, _ = kmeans.kmeans(iris[None], drawn, kmeans.starting_points(iris[None], drawn, 3, starts=10))
    labels = kmeans.partition(iris, 3)
    one, other = (stability.jaccard(labels, drawn, again).mean(axis=0) for again in (ours, theirs))
    assert one == pytest.approx(other, abs=0.02)


def test_a_resample_holds_about_63_percent_of_the_units_and_is_the_same_again():
    one, other = (stability.draw(500, 40, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one, other)
    assert one.mean() == pytest.approx(1 - np.exp(-1), abs=0.01)


def test_a_panel_tells_the_true_number_of_groups():
    units = grouped(16, 14, 12)
    X = Scaling.fit(units).apply(units.nilai)
    panel = stability.panel(X, [2, 3, 4], resamples=40)
    assert panel["k"].tolist() == [2, 3, 4]
    assert panel["jaccard"].map(len).tolist() == [2, 3, 4]
    assert panel["terkecil"].tolist()[:2] == [16, 12]
    assert panel["siluet"].idxmax() == 1
    assert panel["jaccard_min"][1] > 0.99 > 0.75 > panel["jaccard_min"][2]
    assert panel["inersia"][1] == pytest.approx(inertia(X, kmeans.partition(X, 3)))
