"""How well clusters hold when the units are drawn again: many small k-means at once (METHOD 9).

A stability panel needs thousands of k-means runs on a few dozen units. Here every run of every resample and start is
one row of the same arrays, so a Lloyd iteration is one matrix product for each cluster; runs that have converged leave.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
Ints = NDArray[np.int8]

SEED = 20221027
TRIALS = 3
"""Candidates tried for each further starting centre (greedy k-means++)."""
MAX_ITERATIONS = 300
TOLERANCE = 1e-4
"""A run ends when its centres move less than this share of the mean variance (scikit-learn's rule)."""
BLOCK = 60_000
"""Runs times units worked on at once; arrays of this size stay in a processor's cache."""
THREADS = 1
"""Threads of BLAS and OpenMP: matrices of a few dozen rows only wait for further ones (nine times the work)."""
SILHOUETTE_SAMPLE = 2_000
"""Units of which a silhouette is averaged at most: it needs all their distances."""


def partition(X: Floats, k: int, *, seed: int = SEED, weights: Floats | None = None, starts: int = 50) -> Ints:
    """The cluster 0 … k-1 of each row of ``X`` (n x d) by scikit-learn's k-means, best of ``starts``.

    Run until no row moves (every row is then nearest to its own centroid). Clusters are numbered from the highest
    centroid ``@ weights`` (all 1 when None) downwards, so that the numbers do not depend on chance.
    """
    with threadpool_limits(THREADS):
        model = KMeans(k, n_init=starts, tol=0, random_state=seed).fit(X)
    scores = model.cluster_centers_ @ (np.ones(X.shape[1]) if weights is None else weights)
    rank = np.empty(k, np.int8)
    rank[np.argsort(-scores, kind="stable")] = np.arange(k)
    labels: Ints = rank[model.labels_]
    return labels


def panel(
    X: Floats,
    ks: Sequence[int],
    *,
    resamples: int = 200,
    starts: int = 10,
    seed: int = SEED,
    weights: Floats | None = None,
) -> pd.DataFrame:
    """One row a number of clusters: how good and how stable the partition of ``X`` (n x d) into ``k`` is.

    Columns ``k``, ``siluet`` (mean), ``terkecil`` (members of the smallest cluster), ``inersia``, ``jaccard_min`` and
    ``jaccard`` (list: the mean bootstrap Jaccard of each cluster, in the order of ``partition``). The resamples are
    the same for every ``k``. Every ``k`` must be at least 2 and at most the number of distinct rows.
    """
    drawn = draw(len(X), resamples, np.random.default_rng(seed))
    with threadpool_limits(THREADS):
        begin = starting_points(X, drawn, max(ks), starts=starts, seed=seed)
    rows = []
    for k in ks:
        labels = partition(X, k, seed=seed, weights=weights)
        with threadpool_limits(THREADS):
            again, _ = kmeans(X, drawn, begin[:, :, :k])
        held = jaccard(labels, drawn, again).mean(axis=0)
        rows.append(
            {
                "k": k,
                "siluet": silhouette(X, labels, seed=seed),
                "terkecil": int(np.bincount(labels).min()),
                "inersia": sum(float(X[labels == j].var(axis=0).sum()) * int((labels == j).sum()) for j in range(k)),
                "jaccard_min": float(held.min()),
                "jaccard": held.tolist(),
            }
        )
    return pd.DataFrame(rows)


def silhouette(X: Floats, labels: Ints, *, seed: int = SEED) -> float:
    """Mean silhouette; of a seeded sample where there are more than SILHOUETTE_SAMPLE units."""
    size = SILHOUETTE_SAMPLE if len(X) > SILHOUETTE_SAMPLE else None
    return float(silhouette_score(X, labels, sample_size=size, random_state=seed))


def jaccard(labels: Ints, drawn: NDArray[np.bool_], again: Ints) -> Floats:
    """How well each cluster is found again: resamples x clusters, 0 … 1 (clusterboot's rule).

    ``labels`` (n) is the partition judged, ``drawn`` (resamples x n) says which units a resample holds and ``again``
    (resamples x n) the cluster it gave them (-1 where not drawn). A cluster, restricted to the units drawn, is matched
    with the one of the resample that has the largest Jaccard similarity; a cluster of which nothing was drawn has 0.
    """
    k = int(max(labels.max(), again.max())) + 1
    old = (labels[:, None] == np.arange(int(labels.max()) + 1)).astype(float)
    new = (again[:, None, :] == np.arange(k)[:, None]).astype(float)
    both = new @ old
    either = new.sum(axis=2)[:, :, None] + (drawn.astype(float) @ old)[:, None, :] - both
    best: Floats = (both / np.maximum(either, 1.0)).max(axis=1)
    return best


def draw(n: int, resamples: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which of ``n`` units each resample (with replacement, duplicates dropped) holds: resamples x n."""
    drawn = np.zeros((resamples, n), bool)
    drawn[np.arange(resamples)[:, None], rng.integers(0, n, (resamples, n))] = True
    return drawn


def starting_points(X: Floats, drawn: NDArray[np.bool_], k: int, *, starts: int, seed: int = SEED) -> NDArray[np.intp]:
    """Rows of ``X`` from which to start: resamples x starts x k (greedy k-means++ among the units drawn).

    The first j of the k points are a start for j clusters, so one call serves a whole range of k.
    """
    chance = np.random.default_rng([seed, k]).random((k, TRIALS, len(drawn), starts))
    found = np.empty((len(drawn), starts, k), np.intp)
    for part in _blocks(len(drawn), starts * len(X)):
        runs = np.repeat(drawn[part], starts, axis=0).astype(float)
        picks = _spread(X, runs, chance[:, :, part].reshape(k, TRIALS, -1))
        found[part] = picks.reshape(-1, starts, k)
    return found


def _spread(X: Floats, runs: Floats, chance: Floats) -> NDArray[np.intp]:
    """Greedy k-means++ of each run (row of ``runs``: 1 where the unit is drawn): runs x k rows of ``X``."""
    k, trials = chance.shape[:2]
    square = (X**2).sum(axis=1)
    picks = np.empty((len(runs), k), np.intp)
    near, first = runs, True
    for j in range(k):
        cumulated = near.cumsum(axis=1)
        best = np.full(len(runs), np.inf)
        after = near.copy()
        for t in range(1 if first else trials):
            target = chance[j, t] * cumulated[:, -1]
            pick = np.minimum((cumulated <= target[:, None]).sum(axis=1), len(X) - 1)
            left = X[pick] @ (-2 * X.T)
            left += square
            left += square[pick][:, None]
            np.maximum(left, 0.0, out=left)
            left = left * runs if first else np.minimum(near, left, out=left)
            potential = left.sum(axis=1)
            better = potential < best
            picks[better, j], best[better], after[better] = pick[better], potential[better], left[better]
        near, first = after, False
    return picks


def kmeans(X: Floats, drawn: NDArray[np.bool_], begin: NDArray[np.intp]) -> tuple[Ints, Floats]:
    """The best k-means of each resample: clusters (resamples x n, -1 where not drawn) and inertias (resamples).

    ``begin`` (resamples x starts x k) are rows of ``X`` to start from. A cluster that runs empty keeps its centre.
    """
    starts, k = begin.shape[1:]
    labels = np.empty(drawn.shape, np.int8)
    inertia = np.empty(len(drawn))
    for part in _blocks(len(drawn), starts * len(X)):
        runs = np.repeat(drawn[part], starts, axis=0)
        found, costs = _lloyd(X, runs, X[begin[part].reshape(-1, k)].transpose(1, 0, 2))
        costs = costs.reshape(-1, starts)
        best = costs.argmin(axis=1)
        row = np.arange(len(best))
        labels[part] = found.reshape(len(best), starts, -1)[row, best]
        inertia[part] = costs[row, best]
    return labels, inertia


def _lloyd(X: Floats, runs: NDArray[np.bool_], centres: Floats) -> tuple[Ints, Floats]:
    """Lloyd's iterations of all runs from ``centres`` (k x runs x d): clusters (runs x n) and inertias (runs)."""
    outside = np.where(runs, np.int8(0), np.int8(-1))
    found, inertia = np.empty(runs.shape, np.int8), np.empty(len(runs))
    active, moved, old = np.arange(len(runs)), np.full(len(runs), np.inf), outside
    limit = TOLERANCE * X.var(axis=0).mean()
    for iteration in range(MAX_ITERATIONS):
        labels, nearest = _nearest(X, centres)
        labels |= outside[active]
        done = (moved <= limit) | (labels == old).all(axis=1) if iteration else np.zeros(len(active), bool)
        if iteration == MAX_ITERATIONS - 1:
            done[:] = True
        if done.any():
            found[active[done]] = labels[done]
            inertia[active[done]] = (nearest[done] * runs[active[done]]).sum(axis=1)
            active, labels, centres = active[~done], labels[~done], centres[:, ~done]
        if not len(active):
            break
        centres, moved = _means(X, labels, centres)
        old = labels
    return found, inertia


def _nearest(X: Floats, centres: Floats) -> tuple[Ints, Floats]:
    """The nearest centre of every unit and its squared distance, both runs x n."""
    across = np.vstack([-2 * X.T, np.ones(len(X))])
    extended = np.concatenate([centres, (centres**2).sum(axis=2, keepdims=True)], axis=2)
    nearest = extended[0] @ across
    labels = np.zeros(nearest.shape, np.int8)
    for j in range(1, len(centres)):
        distance = extended[j] @ across
        closer = distance < nearest
        np.copyto(labels, np.int8(j), where=closer)
        np.minimum(nearest, distance, out=nearest)
    nearest += (X**2).sum(axis=1)
    return labels, nearest


def _means(X: Floats, labels: Ints, centres: Floats) -> tuple[Floats, Floats]:
    """The centres (k x runs x d) of the clusters, and how far each run's centres moved (sum of squares)."""
    extended = np.column_stack([X, np.ones(len(X))])
    means = np.empty_like(centres)
    for j in range(len(centres)):
        sums = (labels == j).astype(float) @ extended
        count = sums[:, -1:]
        means[j] = np.where(count > 0, sums[:, :-1] / np.maximum(count, 1.0), centres[j])
    return means, ((means - centres) ** 2).sum(axis=(0, 2))


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Slices of ``count`` resamples of ``size`` numbers each that together hold about BLOCK numbers."""
    step = max(1, BLOCK // size)
    return (slice(start, start + step) for start in range(0, count, step))
