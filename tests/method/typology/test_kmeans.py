"""The batched k-means against scikit-learn, R and published results."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from kkb_eval.method.typology import kmeans, stability
from kkb_eval.method.typology.features import Scaling
from method.units import grouped, inertia

Shared = Callable[[str], Path]


@pytest.mark.parametrize("k", range(2, 9))
def test_partition_reaches_rs_best_kmeans(shared: Shared, iris: np.ndarray, k: int):
    expected = pd.read_csv(shared("vectors/iris_internal_validity_expected.csv"))
    row = expected[expected["method"].eq("kmeans") & expected["k"].eq(k)].iloc[0]
    labels = kmeans.partition(iris, k)
    # R ran 200 starts of another algorithm; few clusters have one best partition, many have several almost as good
    assert inertia(iris, labels) == pytest.approx(row["within_ss"], rel=1e-9 if k < 4 else 0.02)
    theirs = pd.read_csv(shared("vectors/iris_partitions.csv"))[f"kmeans{k}"].to_numpy()
    assert stability.silhouette(iris, theirs) == pytest.approx(row["avg_silhouette"], abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 60), st.integers(2, 7), st.integers(0, 999))
def test_partition_is_scikit_learns_from_the_same_random_numbers(n: int, k: int, seed: int):
    X = np.clip(np.random.default_rng(seed).normal(size=(n, 3)), -1.5, 1.5)
    model = KMeans(k, n_init=50, tol=0, random_state=seed).fit(X)
    order = np.argsort(-model.cluster_centers_.sum(axis=1), kind="stable")
    assert kmeans.partition(X, k, seed=seed).tolist() == order.argsort()[model.labels_].tolist()


def test_partition_of_many_rows_is_scikit_learns_own(monkeypatch: pytest.MonkeyPatch):
    X = np.random.default_rng(3).normal(size=(40, 2))
    few = kmeans.partition(X, 3)
    monkeypatch.setattr(kmeans, "FEW", 39)
    assert kmeans.partition(X, 3).tolist() == few.tolist()
    monkeypatch.setattr(kmeans, "KMeans", None)
    with pytest.raises(TypeError):
        kmeans.partition(X, 3)


def test_partition_of_usarrests_is_the_published_one(shared: Shared):
    table = pd.read_csv(shared("vectors/ext_usarrests_kmeans4.csv"))
    numbers = table[["Murder", "Assault", "UrbanPop", "Rape"]]
    X = ((numbers - numbers.mean()) / numbers.std()).to_numpy()
    labels = kmeans.partition(X, 4)
    assert adjusted_rand_score(labels, table["cluster_published"]) == 1
    assert sorted(np.bincount(labels)) == [8, 13, 13, 16]
    assert inertia(X, labels) == pytest.approx(8.316061 + 11.952463 + 16.212213 + 19.922437, abs=1e-5)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_resampled_kmeans_is_as_good_as_scikit_learns(k: int):
    units = grouped(30, 20, 15)
    X = Scaling.fit(units).apply(units.nilai)
    drawn = stability.draw(len(X), 12, np.random.default_rng(5))
    labels, found = kmeans.kmeans(X[None], drawn, kmeans.starting_points(X[None], drawn, k, starts=10))
    theirs = [KMeans(k, n_init=10, random_state=0).fit(X[rows]).inertia_ for rows in drawn]
    assert found == pytest.approx([inertia(X, row) for row in labels], rel=1e-3)
    assert found == pytest.approx(theirs, rel=0.05)
    assert found.sum() <= sum(theirs) * 1.001
    assert np.array_equal(labels >= 0, drawn)


def test_clusters_are_numbered_from_the_best_weighted_centroid():
    X = np.array([[0.0, 9.0], [0.1, 9.0], [5.0, 0.0], [5.1, 0.0]])
    assert kmeans.partition(X, 2).tolist() == [0, 0, 1, 1]
    assert kmeans.partition(X, 2, weights=np.array([1.0, 0.1])).tolist() == [1, 1, 0, 0]


def test_fewer_different_units_than_clusters_in_a_resample_is_no_error():
    X = np.array([[0.0], [0.0], [0.0], [1.0], [2.0]])
    drawn = np.array([[True, True, False, False, False], [True] * 5])
    labels, found = kmeans.kmeans(X[None], drawn, kmeans.starting_points(X[None], drawn, 3, starts=4))
    assert found.tolist() == [0.0, 0.0]
    assert len(set(labels[1])) == 3


@settings(max_examples=15, deadline=None)
@given(st.integers(6, 30), st.integers(2, 4), st.integers(0, 99))
def test_every_drawn_unit_is_with_the_nearest_centre(n: int, k: int, seed: int):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    drawn = stability.draw(n, 3, rng)
    labels, _ = kmeans.kmeans(X[None], drawn, kmeans.starting_points(X[None], drawn, k, starts=3, seed=seed))
    for row in labels:
        centres = {j: X[row == j].mean(axis=0) for j in np.unique(row) if j >= 0}
        for i in np.flatnonzero(row >= 0):
            distance = {j: ((X[i] - c) ** 2).sum() for j, c in centres.items()}
            assert distance[row[i]] <= min(distance.values()) + 0.05


def test_data_sets_with_units_of_their_own_are_each_clustered_as_if_alone():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(5, 30, 3))
    inside = np.ones(X.shape[:2], bool)
    begin = kmeans.starting_points(X, inside, 4, starts=6)
    labels, found = kmeans.kmeans(X, inside, begin[..., :3])
    for one, own, drawn, row, cost in zip(X, begin, inside, labels, found, strict=True):
        alone, least = kmeans.kmeans(one[None], drawn[None], own[None, :, :3])
        assert row.tolist() == alone[0].tolist()
        assert cost == pytest.approx(least[0]) == pytest.approx(inertia(one, row), rel=1e-3)
