"""Whether clusters are plainer than chance makes them: a test against units without any (METHOD 9).

Resampling calls partitions of pure noise stable: a cloud is cut along the same line again and again. So the same
k-means runs on data sets that have the units' own marginals and rank correlations but no clusters: a Gaussian copula.
What a copula shows as mean silhouette is what chance gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from kkb_eval.method.typology.kmeans import SEED, Floats, Ints, kmeans, one_thread, starting_points

SETS = 199
"""Data sets without clusters; p is a multiple of 1 / (SETS + 1)."""
STARTS = 5
"""Starts of a k-means here, for the units as for the sets: fewer find the largest k a little less well, in both."""
SAMPLE = 2_000
"""Units on which the test is made at most: it needs all their distances, and these are plenty."""
PLAIN = 0.05
"""The largest p with which clusters are called plainer than chance."""
_FLAT = 1e-6
"""The least eigenvalue of a correlation matrix, and the least spread of silhouettes that is divided by."""
_BLOCK = 4_000_000
"""Distances held at once."""


@dataclass(frozen=True)
class NullTest:
    """What chance gives: ``p`` (0 … 1), and for each k the ``mean`` and ``sd`` of the silhouettes without clusters."""

    p: float
    mean: Floats
    sd: Floats


def null_test(X: Floats, ks: Sequence[int], *, sets: int = SETS, starts: int = STARTS, seed: int = SEED) -> NullTest:
    """Test the partitions of ``X`` (n x d, at least two different rows) into each k against units without clusters.

    The statistic is the largest over k of (mean silhouette - its null mean) / its null sd; p is the share of the null
    sets and ``X`` itself that reach that of ``X`` (Davison and Hinkley 1997, eq. 4.11). Of more than SAMPLE units a
    seeded sample is tested.
    """
    rng = np.random.default_rng([seed, 9])
    if len(X) > SAMPLE:
        X = X[np.sort(rng.choice(len(X), SAMPLE, replace=False))]
    every = np.concatenate([X[None], copula(X, sets, rng)])
    with one_thread():
        inside = np.ones(every.shape[:2], bool)
        begin = starting_points(every, inside, max(ks), starts=starts, seed=seed)
        found = silhouettes(every, [kmeans(every, inside, begin[..., :k])[0] for k in ks])
    mean, sd = found[1:].mean(axis=0), found[1:].std(axis=0, ddof=1)
    statistic = ((found - mean) / np.maximum(sd, _FLAT)).max(axis=1)
    return NullTest(float((statistic >= statistic[0]).mean()), mean, sd)


def copula(X: Floats, sets: int, rng: np.random.Generator) -> Floats:
    """Draw data sets (sets x n x d) with the values of each column of ``X``, its rank correlations, and no clusters.

    Normal scores with the correlation 2 sin(pi rho / 6) of Spearman's rho give the order in which each column's own
    values stand.
    """
    root = np.linalg.cholesky(_correlation(X))
    order = (rng.standard_normal((sets, *X.shape)) @ root.T).argsort(axis=1)
    drawn = np.empty(order.shape)
    np.put_along_axis(drawn, order, np.broadcast_to(np.sort(X, axis=0), order.shape), axis=1)
    return drawn


def _correlation(X: Floats) -> Floats:
    """Return the normal correlation of Spearman's rho between the columns, made positive definite (d x d)."""
    ranks = rankdata(X, axis=0)
    varies = np.ptp(ranks, axis=0) > 0
    normal = np.eye(X.shape[1])
    if varies.sum() > 1:
        rho = np.corrcoef(ranks[:, varies], rowvar=False)
        normal[np.ix_(varies, varies)] = 2 * np.sin(np.pi * rho / 6)
    np.fill_diagonal(normal, 1.0)
    values, vectors = np.linalg.eigh(normal)
    normal = (vectors * np.maximum(values, _FLAT)) @ vectors.T
    scale = np.sqrt(np.diag(normal))
    positive: Floats = normal / np.outer(scale, scale)
    return positive


def silhouettes(X: Floats, labels: Sequence[Ints]) -> Floats:
    """Return the mean silhouette of partitions of data sets: sets x partitions; a lone member counts 0.

    ``X`` is sets x n x d; each of ``labels`` (sets x n) gives one partition of every set.
    """
    step = max(1, _BLOCK // X.shape[1] ** 2)
    found = np.empty((len(X), len(labels)))
    for start in range(0, len(X), step):
        part = slice(start, start + step)
        apart = _distances(X[part].astype(np.float32))
        for j, partition in enumerate(labels):
            found[part, j] = _silhouettes(apart, partition[part])
    return found


def _distances(X: Floats) -> Floats:
    """Return the distances between the units of each set: sets x n x n, exactly 0 to themselves."""
    square = (X**2).sum(axis=-1)
    apart = X @ (-2 * X.swapaxes(1, 2))
    apart += square[:, :, None]
    apart += square[:, None, :]
    each = np.arange(X.shape[1])
    apart[:, each, each] = 0
    distances: Floats = np.sqrt(np.maximum(apart, 0, out=apart), out=apart)
    return distances


def _silhouettes(apart: Floats, labels: Ints) -> Floats:
    member = (labels[:, :, None] == np.arange(labels.max() + 1)).astype(apart.dtype)
    count, own = member.sum(axis=1, keepdims=True), labels[..., None].astype(np.intp)
    sums = apart @ member
    size = np.take_along_axis(count[:, 0], labels.astype(np.intp), axis=-1)
    within = np.take_along_axis(sums, own, axis=-1)[..., 0] / np.maximum(size - 1, 1)
    others = np.where(count > 0, sums / np.maximum(count, 1), np.inf)
    np.put_along_axis(others, own, np.inf, axis=-1)
    nearest = others.min(axis=-1)
    nearest = np.where((size == 1) | np.isinf(nearest), within, nearest)
    mean: Floats = ((nearest - within) / np.maximum(np.maximum(within, nearest), _FLAT)).mean(axis=-1)
    return mean
