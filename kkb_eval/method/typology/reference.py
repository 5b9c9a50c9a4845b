"""The reference types: fitted once on the nation, frozen as a table, applied with their own numbers (METHOD 9).

They make types comparable between kabupaten and years, and give a type to a kabupaten that is too small for its own.
New data are never restandardised: that would change most labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from kkb_eval.errors import KkbError
from kkb_eval.method.typology.explanation import names, profile
from kkb_eval.method.typology.features import Features, Scaling, nearest
from kkb_eval.method.typology.kmeans import SEED, partition
from kkb_eval.method.typology.null import null_test
from kkb_eval.method.typology.stability import panel

COLUMNS = ("bagian", "tipe", "indikator", "dimensi", "nilai", "teks")
"""Columns of the frozen table; ``bagian`` says what a row holds."""
SCALES = ("median", "skala", "rata", "simpangan", "bobot")
DIGIT = 10
"""Decimals kept: a rerun elsewhere, whose sums end differently, gives the same table."""
JACCARD = 0.85
"""Every reference type is found again at least this well: clusterboot's bound for "highly stable", as these types are
frozen. At 0.75 chance would choose between five types (0.92 at least) and six (0.73 to 0.77, by seed)."""
SMALLEST = 0.05
"""The share of all units that a reference type has at least."""
YARDSTICK = 0.05
"""Frozen centroids that cost more than this beyond the best are no yardstick any more; of June 2023 it is 0.004."""
Row = tuple[str, int | None, str | None, str | None, float | None, str | None]
PROVINSI = 10
"""Fewer provinces are no nation: reference types of one region would be its local types under another name."""


@dataclass(frozen=True)
class Reference:
    """Frozen types: a value a feature in ``scaling``, ``pusat`` (types x features, weighted space), names, origin.

    ``nama`` maps type 1 … k to its name, ``anggota`` and ``jaccard`` to what the type was when it was fitted;
    ``indikator`` and ``dimensi`` name the features, ``asal`` where the numbers come from.
    """

    scaling: Scaling
    pusat: NDArray[np.float64]
    indikator: tuple[str, ...]
    dimensi: tuple[str, ...]
    nama: dict[int, str]
    anggota: dict[int, int]
    jaccard: dict[int, float]
    asal: str

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Read the types of a frozen table (columns COLUMNS, as ``fit_reference`` gives it and a CSV keeps it)."""
        frame = frame.assign(nilai=pd.to_numeric(frame["nilai"]), tipe=pd.to_numeric(frame["tipe"]))
        part = {str(bagian): rows for bagian, rows in frame.groupby("bagian")}
        indikator = sorted(set(part["median"]["indikator"]))
        per_feature = {b: part[b].set_index("indikator").loc[indikator] for b in SCALES}
        pusat = part["pusat"].pivot(index="tipe", columns="indikator", values="nilai").sort_index()[indikator]
        return cls(
            scaling=Scaling(*(rows["nilai"].to_numpy(float) for rows in per_feature.values())),
            pusat=pusat.to_numpy(float),
            indikator=tuple(indikator),
            dimensi=tuple(per_feature["median"]["dimensi"]),
            nama={int(t): str(v) for t, v in zip(part["nama"]["tipe"], part["nama"]["teks"], strict=True)},
            anggota={t: int(v) for t, v in _per_type(part["anggota"])},
            jaccard=dict(_per_type(part["jaccard"])),
            asal=str(part["asal"]["teks"].iloc[0]),
        )


def _per_type(rows: pd.DataFrame) -> list[tuple[int, float]]:
    return [(int(tipe), float(nilai)) for tipe, nilai in zip(rows["tipe"], rows["nilai"], strict=True)]


def assign(features: Features, reference: Reference) -> pd.DataFrame:
    """Give every complete unit a reference type, that of the nearest centroid.

    ``kampung_id, tipe_acuan, nama_tipe_acuan, siluet_acuan`` (simplified silhouette), ``tipe_kedua_acuan``. KkbError
    where the features are not those of the reference.
    """
    if features.indikator != reference.indikator:
        raise KkbError(
            f"tipologi acuan: dibuat dari indikator {', '.join(reference.indikator)}, katalog memakai "
            f"{', '.join(features.indikator)}; buat ulang dengan kkb-eval typology"
        )
    first, second, siluet = nearest(reference.scaling.apply(features.nilai), reference.pusat)
    return pd.DataFrame(
        {
            "kampung_id": features.kampung_id,
            "tipe_acuan": first + 1,
            "nama_tipe_acuan": pd.Series(first + 1).map(reference.nama).astype(object),
            "siluet_acuan": siluet,
            "tipe_kedua_acuan": second + 1,
        }
    )


def agreement(features: Features, reference: Reference, *, seed: int = SEED) -> float:
    """Return the adjusted Rand index of the reference's types and of a fresh fit of these units (1 = the same)."""
    scaling = Scaling.fit(features)
    fresh = partition(scaling.apply(features.nilai), len(reference.pusat), seed=seed, weights=scaling.bobot)
    return float(adjusted_rand_score(assign(features, reference)["tipe_acuan"], fresh))


@dataclass(frozen=True)
class Refit:
    """What a nation's units say anew: ``panel`` (a row a k, as ``stability.panel``), ``p`` of the null test, ``table``.

    ``table`` (columns COLUMNS) are the types of the largest k that holds, None where none does. Its rows of
    ``bagian``: "asal" (text, units), "median", "skala", "rata", "simpangan", "bobot" (a feature each), and a type each
    "pusat" (a feature each), "nama" (text), "anggota", "jaccard".
    """

    panel: pd.DataFrame
    p: float
    table: pd.DataFrame | None


def fit_reference(
    features: Features,
    asal: str,
    *,
    ks: Sequence[int] = range(2, 8),
    resamples: int = 50,
    starts: int = 10,
    seed: int = SEED,
) -> Refit:
    """Fit reference types to a nation's complete units; ``asal`` says where the units come from.

    A k holds where every type is found again with a mean Jaccard of JACCARD and has SMALLEST of the units.
    """
    scaling = Scaling.fit(features)
    X = scaling.apply(features.nilai)
    table = panel(X, ks, resamples=resamples, starts=starts, seed=seed, weights=scaling.bobot)
    holds = table[(table["jaccard_min"] >= JACCARD) & (table["terkecil"] >= SMALLEST * len(X))]
    types = None
    if len(holds):
        k, held = holds[["k", "jaccard"]].iloc[-1]
        types = _frozen(features, scaling, partition(X, k, seed=seed, weights=scaling.bobot), held, asal)
    return Refit(table, null_test(X, ks, sets=99, seed=seed).p, types)


def _frozen(
    features: Features, scaling: Scaling, types: NDArray[np.int8], jaccard: Sequence[float], asal: str
) -> pd.DataFrame:
    """Return the table (columns COLUMNS) of ``types`` (n, 0 … k-1) with the Jaccard of each."""
    X, k = scaling.apply(features.nilai), len(jaccard)
    named = list(zip(features.indikator, features.dimensi, strict=True))
    rows: list[Row] = [("asal", None, None, None, len(X), asal)]
    for bagian in SCALES:
        rows += [(bagian, None, *f, v, None) for f, v in zip(named, getattr(scaling, bagian), strict=True)]
    profil = profile(scaling.z(features.nilai), types, k, features.dimensi)
    for j, name in enumerate(names(profil, sorted(set(features.dimensi)))):
        members = X[types == j]
        rows.append(("nama", j + 1, None, None, None, name))
        rows.append(("anggota", j + 1, None, None, len(members), None))
        rows.append(("jaccard", j + 1, None, None, jaccard[j], None))
        rows += [("pusat", j + 1, *f, v, None) for f, v in zip(named, members.mean(axis=0), strict=True)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"tipe": "Int64", "nilai": float})
    return frame.round({"nilai": DIGIT})


@dataclass(frozen=True)
class Verdict:
    """How frozen types fare on other units.

    ``agreement`` (adjusted Rand index with a fresh fit of as many types), ``jaccard`` (of the least stable of these;
    NaN where the panel has no such k), ``excess`` (how much larger than the least possible the squared distances to
    the frozen centroids are, a proportion) and ``usable``, whether that is at most YARDSTICK: types need not recur to
    be a yardstick, but their centroids must lie where the units are.
    """

    agreement: float
    jaccard: float
    excess: float
    usable: bool


def judge(features: Features, reference: Reference, panel: pd.DataFrame, *, seed: int = SEED) -> Verdict:
    """Judge the frozen types by these units; ``panel`` is that of ``fit_reference`` on them."""
    k, Y = len(reference.pusat), reference.scaling.apply(features.nilai)
    best = partition(Y, k, seed=seed, starts=10)
    least = sum(float(Y[best == j].var(axis=0).sum()) * int((best == j).sum()) for j in range(k))
    first = nearest(Y, reference.pusat)[0]
    excess = max(float(((Y - reference.pusat[first]) ** 2).sum()) / least - 1, 0.0)
    held = panel.loc[panel["k"].eq(k), "jaccard_min"].to_numpy(float)
    return Verdict(
        agreement=agreement(features, reference, seed=seed),
        jaccard=float(held[0]) if len(held) else np.nan,
        excess=excess,
        usable=excess <= YARDSTICK,
    )
