"""Small sets of units for the tests of the typology: two dimensions, three features, one of them better when low."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from kkb_eval.method.typology.features import Features, features

KATALOG = pd.DataFrame(
    {
        "kode": ["peserta", "poktan", "unmet", "hadir"],
        "singkat": ["Peserta", "Poktan", "Unmet need", "Hadir"],
        "arah": [1, 1, -1, 1],
        "dimensi": ["KB", "kegiatan", "KB", "kegiatan"],
        "tipologi": ["ya", "ya", "ya", "tidak"],
    }
)
INDIKATOR = ("peserta", "poktan", "unmet")


def long(
    counts: Mapping[str, Sequence[tuple[float, float]]], status: Mapping[tuple[str, str], str] | None = None
) -> pd.DataFrame:
    """The indicator frame of Kampung KB given as (numerator, denominator) of INDIKATOR, terisi but for ``status``."""
    rows = [
        (kampung, kode, x, n, (status or {}).get((kampung, kode), "terisi"))
        for kampung, pairs in counts.items()
        for kode, (x, n) in zip(INDIKATOR, pairs, strict=True)
    ]
    return pd.DataFrame(rows, columns=["kampung_id", "indikator", "pembilang", "penyebut", "status"])


def groups(*sizes: int, seed: int = 1, prefix: str = "k") -> pd.DataFrame:
    """The indicator frame of clearly different groups: 85, 50, 15 … of 100 everywhere (unmet need the other way)."""
    rng = np.random.default_rng(seed)
    counts = {}
    for g, size in enumerate(sizes):
        for _ in range(size):
            x = 85 - 35 * g + rng.integers(-8, 9, 3)
            counts[f"{prefix}{len(counts):03}"] = [(x[0], 100), (x[1], 100), (100 - x[2], 100)]
    return long(counts)


def grouped(*sizes: int, seed: int = 1) -> Features:
    """The features of ``groups``."""
    return features(groups(*sizes, seed=seed), KATALOG)


def inertia(X: np.ndarray, labels: np.ndarray) -> float:
    """The squared distances of all rows to the centroids of their clusters; rows with a label below 0 are left out."""
    return sum(float(((X[labels == j] - X[labels == j].mean(axis=0)) ** 2).sum()) for j in np.unique(labels) if j >= 0)
