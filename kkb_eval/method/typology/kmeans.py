"""Many small k-means at once: every start of every resample is a row of the same arrays (METHOD 9).

A stability panel needs thousands of k-means runs on a few dozen units. Here a Lloyd iteration of all of them is one
matrix product for each cluster; runs that have converged leave.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import ThreadpoolController

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
FEW = 2_000
"""Rows up to which the starts of a k-means run at once; scikit-learn is faster on more."""
THREADS = 1
"""Threads of BLAS and OpenMP: matrices of a few dozen rows only wait for further ones (nine times the work)."""


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()  # looks through all loaded libraries: more work than a small k-means


def one_thread() -> AbstractContextManager[object]:
    """A block in which BLAS and OpenMP use THREADS threads."""
    limit: AbstractContextManager[object] = _libraries().limit(limits=THREADS)
    return limit


def partition(X: Floats, k: int, *, seed: int = SEED, weights: Floats | None = None, starts: int = 50) -> Ints:
    """The cluster 0 … k-1 of each row of ``X`` (n x d) by scikit-learn's k-means, best of ``starts``.

    Run until no row moves (every row is then nearest to its own centroid). Clusters are numbered from the highest
    centroid ``@ weights`` (all 1 when None) downwards, so that the numbers do not depend on chance.
    """
    found = _best_of(X, k, seed, starts) if len(X) <= FEW else None
    if found is None:
        with one_thread():
            found = KMeans(k, n_init=starts, tol=0, random_state=seed).fit(X).labels_
    scores = np.array([X[found == j].mean(axis=0) for j in range(k)]) @ (
        np.ones(X.shape[1]) if weights is None else weights
    )
    rank = np.empty(k, np.int8)
    rank[np.argsort(-scores, kind="stable")] = np.arange(k)
    labels: Ints = rank[found]
    return labels


def _best_of(X: Floats, k: int, seed: int, starts: int) -> Ints | None:
    """What scikit-learn's k-means finds, from the same random numbers, all starts at once: a tenth of the work.

    None where a cluster ran empty: scikit-learn then moves its centre to a far row.
    """
    trials = 2 + int(np.log(k))
    drawn = np.random.RandomState(seed).random_sample((starts, 1 + (k - 1) * trials))  # as scikit-learn draws them
    chance = np.empty((k, trials, starts))
    chance[0], chance[1:] = drawn[:, 0], drawn[:, 1:].T.reshape(k - 1, trials, starts)
    everyone = np.ones((starts, len(X)), bool)
    begin = _spread(X, everyone.astype(float), chance)
    found, inertia = _lloyd(X, everyone, X[begin].transpose(1, 0, 2), tolerance=0.0)
    whole = all((found == j).any(axis=1).all() for j in range(k))
    return found[inertia.argmin()] if whole else None


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


def _lloyd(X: Floats, runs: NDArray[np.bool_], centres: Floats, tolerance: float = TOLERANCE) -> tuple[Ints, Floats]:
    """Lloyd's iterations of all runs from ``centres`` (k x runs x d): clusters (runs x n) and inertias (runs)."""
    outside = np.where(runs, np.int8(0), np.int8(-1))
    found, inertia = np.empty(runs.shape, np.int8), np.empty(len(runs))
    active, moved, old = np.arange(len(runs)), np.full(len(runs), np.inf), outside
    limit = tolerance * X.var(axis=0).mean()
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
    distance, closer = np.empty_like(nearest), np.empty(nearest.shape, bool)
    for j in range(1, len(centres)):
        np.matmul(extended[j], across, out=distance)
        np.less(distance, nearest, out=closer)
        # as j grows, the larger number is the later one; assigning where ``closer`` takes four times as long
        np.maximum(labels, closer.view(np.int8) * np.int8(j), out=labels)
        np.minimum(nearest, distance, out=nearest)
    nearest += (X**2).sum(axis=1)
    return labels, nearest


def _means(X: Floats, labels: Ints, centres: Floats) -> tuple[Floats, Floats]:
    """The centres (k x runs x d) of the clusters, and how far each run's centres moved (sum of squares)."""
    extended = np.column_stack([X, np.ones(len(X))])
    sums = np.empty((len(centres), len(labels), extended.shape[1]))
    for j in range(len(centres)):
        np.matmul((labels == j).astype(float), extended, out=sums[j])
    count = sums[..., -1]
    means = sums[..., :-1] / np.maximum(count, 1.0)[..., None]
    means[count == 0] = centres[count == 0]
    moved = means - centres
    return means, np.einsum("krd,krd->r", moved, moved)


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Slices of ``count`` resamples of ``size`` numbers each that together hold about BLOCK numbers."""
    step = max(1, BLOCK // size)
    return (slice(start, start + step) for start in range(0, count, step))
