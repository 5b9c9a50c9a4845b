"""Which Kampung KB are alike: local types of a kabupaten, and whether they are plainer than chance (METHOD 9).

Types are descriptions, not verdicts. The steps around this one: ``features`` (what a type is made of), ``stability``
(which candidates recur), ``null`` (what chance makes), ``reference`` (types fixed for the nation), ``explanation``
(names and rules).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import silhouette_samples

from kkb_eval.errors import KkbError
from kkb_eval.method.typology.explanation import describe, names, profile
from kkb_eval.method.typology.features import Features, Scaling, dimension_weights, nearest
from kkb_eval.method.typology.kmeans import SEED, partition
from kkb_eval.method.typology.null import PLAIN, SETS, null_test
from kkb_eval.method.typology.stability import RESAMPLES, SILHOUETTE_SAMPLE, panel
from kkb_eval.schema import MAX_K

AT_LEAST = 20
"""Complete Kampung KB from which on local types are tried."""
PER_TYPE = 8
"""Complete Kampung KB for each type, at least: k goes up to n / 8."""
RECURS = {"stabil": 0.75, "indikatif": 0.60}
"""The mean bootstrap Jaccard that every type of a partition has, at least, by how well it recurs."""
PANEL = {
    "k": "int64",
    "siluet": "float64",
    "siluet_acak": "float64",
    "simpangan_acak": "float64",
    "terkecil": "int64",
    "inersia": "float64",
    "jaccard_min": "float64",
    "jaccard": "object",
    "mutu": "object",
}
"""Columns of a panel: those of ``stability.panel``, mean and sd of the silhouettes of chance, and how it recurs."""
REASONS = ("sedikit", "seragam", "tidak_berulang", "kebetulan", "jelas", "analis", "terlalu_banyak")
"""What decided: too few units; all alike; no candidate recurs; one recurs, but no plainer than chance makes them; one
recurs and is plainer; an analyst chose k; an analyst asked for more types than the units allow."""


@dataclass(frozen=True)
class LocalTypes:
    """The local types of a kabupaten and year, or why there are none (then ``k`` is None and frames are empty).

    ``anggota``: ``kampung_id, tipe`` (1 … k), ``siluet, tipe_kedua``. ``panel``: PANEL, a row a candidate. ``mutu`` is
    "stabil", "indikatif" or None, ``p`` that of the null test (NaN without a panel), ``dipilih`` who chose k ("panel"
    or "analis"), ``diminta`` the k that an analyst asked for, ``alasan`` one of REASONS. ``pusat`` (k x features) are
    centroids in the weighted space of ``scaling`` (None without types); ``profil`` is what ``explanation.describe``
    says of them, ``nama`` their names.
    """

    anggota: pd.DataFrame
    panel: pd.DataFrame
    k: int | None
    mutu: str | None
    p: float
    dipilih: str
    diminta: int | None
    alasan: str
    scaling: Scaling | None
    pusat: NDArray[np.float64]
    profil: pd.DataFrame
    nama: dict[int, str]

    @property
    def main(self) -> bool:
        """Whether a page shows these types as the main ones: they recur and are plainer than chance, or were chosen."""
        return self.alasan == "jelas" or (self.alasan == "analis" and self.k is not None)


def fit_local(
    features: Features,
    *,
    k: int | None = None,
    bobot: Mapping[str, float] | None = None,
    seed: int = SEED,
    resamples: int = RESAMPLES,
    sets: int = SETS,
) -> LocalTypes:
    """Find the local types of these units: as many as the panel tells, or ``k`` when an analyst sets it.

    ``bobot`` weighs dimensions (1 each). Types that do not recur at all are taken back, whoever chose their number.
    KkbError for a ``k`` or ``bobot`` that no units would allow.
    """
    if k is not None and not 2 <= k <= MAX_K:
        raise KkbError(f"tipologi, k = {k}: bukan jumlah tipe; pilih k dari 2 sampai {MAX_K}")
    dimension_weights(features.dimensi, bobot)
    none = _none(features, "panel" if k is None else "analis", k)
    n = len(features)
    if n < AT_LEAST:
        return replace(none, alasan="sedikit")
    scaling = Scaling.fit(features, bobot)
    X = scaling.apply(features.nilai)
    most = min(MAX_K, n // PER_TYPE, len(np.unique(X, axis=0)))
    if most < 2:
        return replace(none, alasan="seragam")
    table, p = _candidates(X, most, scaling.bobot, resamples=resamples, sets=sets, seed=seed)
    none = replace(none, panel=table, p=p)
    if k is not None and k > most:
        return replace(none, alasan="terlalu_banyak")
    chosen = choose(table) if k is None else k
    mutu = dict(zip(table["k"], recurrence(table, n), strict=True)).get(chosen)
    alasan = "analis" if k is not None else _verdict(mutu, p)
    if mutu is None or chosen is None:
        return replace(none, alasan=alasan)
    types = partition(X, chosen, seed=seed, weights=scaling.bobot)
    return _described(replace(none, k=chosen, mutu=mutu, alasan=alasan), features, scaling, types)


def _candidates(
    X: NDArray[np.float64], most: int, weights: NDArray[np.float64], *, resamples: int, sets: int, seed: int
) -> tuple[pd.DataFrame, float]:
    """Return the panel of the partitions into 2 … ``most`` types, and the p of the null test over all of them."""
    ks = range(2, most + 1)
    table = panel(X, ks, resamples=resamples, seed=seed, weights=weights)
    null = null_test(X, ks, sets=sets, seed=seed)
    table = table.assign(
        siluet_acak=null.mean, simpangan_acak=null.sd, mutu=pd.Series(recurrence(table, len(X)), dtype=object)
    )
    return table[list(PANEL)].astype(PANEL), null.p


def _verdict(mutu: str | None, p: float) -> str:
    if mutu != "stabil":
        return "tidak_berulang"
    return "jelas" if p <= PLAIN else "kebetulan"


def smallest_size(n: int) -> float:
    """Return the members every type must have among ``n`` units: 5, or 5 % of them."""
    return max(5, 0.05 * n)


def recurrence(panel: pd.DataFrame, n: int) -> list[str | None]:
    """Return how each partition of the panel over ``n`` units recurs: "stabil", "indikatif" or None."""
    fits = panel["terkecil"] >= smallest_size(n)
    return [
        next((mutu for mutu, least in RECURS.items() if enough and held >= least), None)
        for enough, held in zip(fits, panel["jaccard_min"], strict=True)
    ]


def choose(panel: pd.DataFrame) -> int | None:
    """Return, of the candidates that recur best, the k with the largest mean silhouette (of equals the smaller one).

    The largest k that recurs would over-split: three planted groups were found in a third of 200 simulations.
    """
    for mutu in RECURS:
        if len(fits := panel[panel["mutu"].eq(mutu)]):
            return int(fits["k"].to_numpy()[fits["siluet"].to_numpy(float).argmax()])
    return None


def _described(local: LocalTypes, features: Features, scaling: Scaling, types: NDArray[np.int8]) -> LocalTypes:
    """Return ``local`` with members, centroids, profile and names of ``types`` (n, 0 … k-1)."""
    X, z, k = scaling.apply(features.nilai), scaling.z(features.nilai), int(types.max()) + 1
    pusat = np.array([X[types == j].mean(axis=0) for j in range(k)])
    nama = dict(enumerate(names(profile(z, types, k, features.dimensi), sorted(set(features.dimensi))), 1))
    return replace(
        local,
        scaling=scaling,
        anggota=_members(features, X, types, pusat),
        pusat=pusat,
        profil=describe(features, types + 1, z, nama),
        nama=nama,
    )


def _members(
    features: Features, X: NDArray[np.float64], types: NDArray[np.int8], pusat: NDArray[np.float64]
) -> pd.DataFrame:
    first, second, simplified = nearest(X, pusat)
    return pd.DataFrame(
        {
            "kampung_id": features.kampung_id,
            "tipe": types.astype("int64") + 1,
            # all distances of a nation would not fit into memory
            "siluet": silhouette_samples(X, types) if len(X) <= SILHOUETTE_SAMPLE else simplified,
            "tipe_kedua": np.where(first == types, second, first) + 1,
        }
    )


@cache
def _no_panel() -> pd.DataFrame:
    return pd.DataFrame(columns=list(PANEL), dtype=object).astype(PANEL)


@cache
def _no_profile() -> pd.DataFrame:
    no_one = np.empty(0, object)
    frame = pd.DataFrame(dict.fromkeys(("tipe", "nama", "jumlah", "indikator", "nilai", "z"), no_one))
    return frame.astype({"tipe": "int64", "jumlah": "int64", "nilai": "float64", "z": "float64"})


def _none(features: Features, dipilih: str, diminta: int | None) -> LocalTypes:
    no_one = np.empty(0, "int64")
    ids = np.empty(0, object)
    return LocalTypes(
        anggota=pd.DataFrame({"kampung_id": ids, "tipe": no_one, "siluet": np.empty(0), "tipe_kedua": no_one}),
        panel=_no_panel(),
        k=None,
        mutu=None,
        p=np.nan,
        dipilih=dipilih,
        diminta=diminta,
        alasan="",
        scaling=None,
        pusat=np.empty((0, len(features.indikator))),
        profil=_no_profile(),
        nama={},
    )
