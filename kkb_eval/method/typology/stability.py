"""How well clusters recur when the units are drawn again: the panel of candidates (METHOD 9)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import silhouette_score

from kkb_eval.method.typology.kmeans import SEED, Floats, Ints, kmeans, one_thread, partition, starting_points

RESAMPLES = 200
"""How often a panel draws the units again."""
SILHOUETTE_SAMPLE = 2_000
"""Units of which a silhouette is averaged at most: it needs all their distances."""


def panel(
    X: Floats,
    ks: Sequence[int],
    *,
    resamples: int = RESAMPLES,
    starts: int = 10,
    seed: int = SEED,
    weights: Floats | None = None,
) -> pd.DataFrame:
    """Return a row a number of clusters: how good and how stable the partition of ``X`` (n x d) into ``k`` is.

    Columns ``k``, ``siluet`` (mean), ``terkecil`` (members of the smallest cluster), ``inersia``, ``jaccard_min`` and
    ``jaccard`` (list: the mean bootstrap Jaccard of each cluster, in the order of ``partition``). The resamples are
    the same for every ``k``. Every ``k`` must be at least 2 and at most the number of distinct rows.
    """
    drawn = draw(len(X), resamples, np.random.default_rng(seed))
    with one_thread():
        begin = starting_points(X[None], drawn, max(ks), starts=starts, seed=seed)
    rows = []
    for k in ks:
        labels = partition(X, k, seed=seed, weights=weights)
        with one_thread():
            again, _ = kmeans(X[None], drawn, begin[:, :, :k])
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
    """Return the mean silhouette; of a seeded sample where there are more than SILHOUETTE_SAMPLE units."""
    size = SILHOUETTE_SAMPLE if len(X) > SILHOUETTE_SAMPLE else None
    return float(silhouette_score(X, labels, sample_size=size, random_state=seed))


def jaccard(labels: Ints, drawn: NDArray[np.bool_], again: Ints) -> Floats:
    """Return how well each cluster is found again: resamples x clusters, 0 … 1 (clusterboot's rule).

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
    """Draw which of ``n`` units each resample (with replacement, duplicates dropped) holds: resamples x n."""
    drawn = np.zeros((resamples, n), bool)
    drawn[np.arange(resamples)[:, None], rng.integers(0, n, (resamples, n))] = True
    return drawn
