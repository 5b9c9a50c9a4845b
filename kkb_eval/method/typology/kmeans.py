"""Many small k-means at once: every start of every data set is worked on in the same arrays (METHOD 9).

A stability panel and a null test need thousands of k-means runs on a few dozen units. Here a Lloyd iteration of all of
them is two matrix products a data set; sets whose runs have all converged leave. A data set is either a sample of the
same units (``X`` 1 x n x d, ``inside`` says which units it holds) or has units of its own (``X`` sets x n x d).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import ThreadpoolController

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int8]
Mask = NDArray[np.bool_]

SEED = 20221027
TRIALS = 3
"""Candidates tried for each further starting centre (greedy k-means++)."""
MAX_ITERATIONS = 300
TOLERANCE = 1e-4
"""A run has converged when its centres move less than this share of the mean variance (scikit-learn's rule)."""
BLOCK = 60_000
"""Starts times units worked on at once; arrays of this size stay in a processor's cache."""
FEW = 2_000
"""Rows up to which the starts of a partition run at once; scikit-learn is faster on more."""
THREADS = 1
"""Threads of BLAS and OpenMP: matrices of a few dozen rows only wait for further ones (nine times the work)."""


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()  # looks through all loaded libraries: more work than a small k-means


def one_thread() -> AbstractContextManager[object]:
    """Give a block in which BLAS and OpenMP use THREADS threads."""
    limit: AbstractContextManager[object] = _libraries().limit(limits=THREADS)
    return limit


def partition(X: Floats, k: int, *, seed: int = SEED, weights: Floats | None = None, starts: int = 50) -> Ints:
    """Return the cluster 0 … k-1 of each row of ``X`` (n x d) by scikit-learn's k-means, best of ``starts``.

    Runs until no row moves (every row is then nearest to its own centroid). Clusters are numbered from the highest
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
    """Return what scikit-learn's k-means finds, from the same random numbers, all starts at once: a tenth of the work.

    None where a cluster ran empty: scikit-learn then moves its centre to a far row.
    """
    trials = 2 + int(np.log(k))
    drawn = np.random.RandomState(seed).random_sample((starts, 1 + (k - 1) * trials))  # as scikit-learn draws them
    chance = np.empty((k, trials, 1, starts))
    chance[0], chance[1:] = drawn[:, 0], drawn[:, 1:].T.reshape(k - 1, trials, 1, starts)
    everyone = np.ones((1, len(X)), bool)
    found, inertia = _lloyd(X[None], everyone, _spread(X[None], everyone, chance), tolerance=0.0)
    best = found[0, inertia[0].argmin()]
    return best if all((found[0] == j).any(axis=1).all() for j in range(k)) else None


def starting_points(X: Floats, inside: Mask, k: int, *, starts: int, seed: int = SEED) -> NDArray[np.intp]:
    """Return rows of ``X`` (1 or sets x n x d) from which to start: sets x starts x k, by greedy k-means++.

    Only rows that are ``inside`` (sets x n) their set are taken. The first j of the k are a start for j clusters, so
    one call serves a whole range of k.
    """
    X = X.astype(np.float32)
    chance = np.random.default_rng([seed, k]).random((k, TRIALS, len(inside), starts), np.float32)
    found = np.empty((len(inside), starts, k), np.intp)
    for part in _blocks(len(inside), starts * X.shape[1]):
        found[part] = _spread(_of(X, part), inside[part], chance[:, :, part])
    return found


def kmeans(X: Floats, inside: Mask, begin: NDArray[np.intp]) -> tuple[Ints, Floats]:
    """Return the best k-means of each data set: clusters (sets x n, -1 where not ``inside``) and inertias (sets).

    ``X`` is 1 or sets x n x d, ``begin`` (sets x starts x k) are rows of it to start from. A cluster that runs empty
    keeps its centre. Worked out in single precision: what is compared are labels.
    """
    X = X.astype(np.float32)
    labels, inertia = np.empty(inside.shape, np.int8), np.empty(len(inside))
    for part in _blocks(len(inside), begin.shape[1] * X.shape[1]):
        found, costs = _lloyd(_of(X, part), inside[part], begin[part])
        row, best = np.arange(len(costs)), costs.argmin(axis=1)
        labels[part], inertia[part] = found[row, best], costs[row, best]
    return labels, inertia


def _spread(X: Floats, inside: Mask, chance: Floats) -> NDArray[np.intp]:
    """Return rows by greedy k-means++, sets x starts x k; ``chance`` (k x trials x sets x starts) are 0 … 1."""
    k, trials, sets, starts = chance.shape
    space, drawn = _Space.of(X), inside[:, None].astype(X.dtype)
    picks = np.empty((sets, starts, k), np.intp)
    near: Floats = np.broadcast_to(drawn, (sets, starts, X.shape[1]))
    for j in range(k):
        cumulated = near.cumsum(axis=-1)
        best, after = np.full((sets, starts), np.inf), np.empty_like(near)
        for t in range(trials if j else 1):
            target = chance[j, t] * cumulated[..., -1]
            pick = np.minimum((cumulated <= target[..., None]).sum(axis=-1), X.shape[1] - 1)
            left = np.maximum(space.distances(_rows(X, pick)), 0)
            left = np.minimum(near, left) if j else left * drawn
            potential = left.sum(axis=-1)
            better = potential < best
            picks[better, j], best[better], after[better] = pick[better], potential[better], left[better]
        near = after
    return picks


def _lloyd(X: Floats, inside: Mask, begin: NDArray[np.intp], tolerance: float = TOLERANCE) -> tuple[Ints, Floats]:
    """Return clusters (sets x starts x n) and inertias (sets x starts) of Lloyd's iterations from ``begin``."""
    space, outside = _Space.of(X), np.where(inside, np.int8(0), np.int8(-1))[:, None]
    found, inertia = np.empty((*begin.shape[:2], X.shape[1]), np.int8), np.empty(begin.shape[:2])
    active, centres = np.arange(len(begin)), _rows(X, begin)
    limit = tolerance * float(X.var(axis=1).mean())
    old, moved = np.full_like(found, -2), np.full(inertia.shape, np.inf)
    for iteration in range(MAX_ITERATIONS):
        labels, nearest = _nearest(space, centres)
        labels |= outside[active]
        done = ((moved <= limit) | (labels == old).all(axis=-1)).all(axis=-1)
        done |= iteration == MAX_ITERATIONS - 1
        if done.any():
            left = active[done]
            found[left] = labels[done]
            inertia[left] = (nearest[done] * inside[left][:, None]).sum(axis=-1)
            active, labels, centres, space = active[~done], labels[~done], centres[~done], space.keep(~done)
        if not len(active):
            break
        centres, moved = _means(space, labels, centres)
        old = labels
    return found, inertia


@dataclass(frozen=True)
class _Space:
    """The units as matrices that give distances and means in one product each; first axis 1 or sets."""

    across: Floats  # d + 1 x n: -2 times the units, then 1
    extended: Floats  # n x d + 1: the units, then 1
    square: Floats  # n: squared lengths

    @classmethod
    def of(cls, X: Floats) -> Self:
        ones = np.ones((*X.shape[:2], 1), X.dtype)
        across = np.ascontiguousarray(np.concatenate([-2 * X, ones], axis=-1).swapaxes(1, 2))
        return cls(across, np.concatenate([X, ones], axis=-1), (X**2).sum(axis=-1))

    def keep(self, sets: Mask) -> Self:
        if len(self.square) == 1:
            return self
        return type(self)(self.across[sets], self.extended[sets], self.square[sets])

    def distances(self, points: Floats) -> Floats:
        """Return squared distances of points (sets x m x d) to all units: sets x m x n."""
        length = (points**2).sum(axis=-1, keepdims=True)
        apart: Floats = np.concatenate([points, length], axis=-1) @ self.across
        apart += self.square[:, None]
        return apart


def _nearest(space: _Space, centres: Floats) -> tuple[Ints, Floats]:
    """Return the nearest of the centres (sets x starts x k x d) of every unit and its squared distance."""
    sets, starts, k, d = centres.shape
    distance = space.distances(centres.reshape(sets, starts * k, d)).reshape(sets, starts, k, -1)
    nearest = distance[:, :, 0].copy()
    labels = np.zeros(nearest.shape, np.int8)
    for j in range(1, k):
        closer = distance[:, :, j] < nearest
        # as j grows, the larger number is the later one; assigning where ``closer`` takes four times as long
        np.maximum(labels, closer.view(np.int8) * np.int8(j), out=labels)
        np.minimum(nearest, distance[:, :, j], out=nearest)
    return labels, nearest


def _means(space: _Space, labels: Ints, centres: Floats) -> tuple[Floats, Floats]:
    """Return the centres of the clusters, and how far each run's centres moved (sum of squares, sets x starts)."""
    sets, starts, k, _ = centres.shape
    member = (labels[:, :, None] == np.arange(k, dtype=np.int8)[:, None]).astype(centres.dtype)
    sums = (member.reshape(sets, starts * k, -1) @ space.extended).reshape(sets, starts, k, -1)
    count = sums[..., -1:]
    means = np.where(count > 0, sums[..., :-1] / np.maximum(count, 1), centres)
    moved = means - centres
    return means, np.einsum("srkd,srkd->sr", moved, moved)


def _rows(X: Floats, at: NDArray[np.intp]) -> Floats:
    """Return the units of each set that ``at`` (sets x …) names: sets x … x d."""
    rows: Floats = X[0][at] if len(X) == 1 else X[np.arange(len(X)).reshape(-1, *[1] * (at.ndim - 1)), at]
    return rows


def _of(X: Floats, part: slice) -> Floats:
    return X if len(X) == 1 else X[part]


def _blocks(count: int, size: int) -> Iterator[slice]:
    """Give slices of ``count`` data sets of ``size`` numbers each that together hold about BLOCK numbers."""
    step = max(1, BLOCK // size)
    return (slice(start, start + step) for start in range(0, count, step))
