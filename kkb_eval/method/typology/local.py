"""Which Kampung KB are alike: local types of a kabupaten, as far as they are stable (METHOD 9).

Types are descriptions, not verdicts. The steps around this one: ``features`` (what a type is made of), ``stability``
(the panel that decides), ``reference`` (types fixed for the nation), ``explanation`` (names and rules).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import silhouette_samples

from kkb_eval.errors import KkbError
from kkb_eval.method.typology.explanation import describe, names, profile
from kkb_eval.method.typology.features import Features, Scaling, dimension_weights, nearest
from kkb_eval.method.typology.kmeans import SEED, partition
from kkb_eval.method.typology.stability import RESAMPLES, SILHOUETTE_SAMPLE, panel
from kkb_eval.schema import MAX_K

AT_LEAST = 20
"""Complete Kampung KB from which on local types are tried."""
PER_TYPE = 8
"""Complete Kampung KB for each type, at least: k goes up to n / 8."""
LIMIT = {"stabil": 0.75, "indikatif": 0.60}
"""The mean bootstrap Jaccard that every type of a partition of each quality has, at least."""
PANEL = ("k", "siluet", "terkecil", "inersia", "jaccard_min", "jaccard", "mutu")


@dataclass(frozen=True)
class LocalTypes:
    """The local types of a kabupaten and year, or why there are none (then ``k`` is None and frames are empty).

    ``anggota``: ``kampung_id, tipe`` (1 … k), ``siluet, tipe_kedua``. ``panel``: see ``stability.panel``, with
    ``mutu``. ``mutu`` is "stabil", "indikatif" or None; ``dipilih`` says who chose k ("panel" or "analis"), ``alasan``
    what decided. ``pusat`` (k x features) are centroids in the weighted space of ``scaling`` (None without types);
    ``profil`` is what ``explanation.describe`` says of them, ``nama`` their names.
    """

    anggota: pd.DataFrame
    panel: pd.DataFrame
    k: int | None
    mutu: str | None
    dipilih: str
    alasan: str
    scaling: Scaling | None
    pusat: NDArray[np.float64]
    profil: pd.DataFrame
    nama: dict[int, str]


def fit_local(
    features: Features,
    *,
    k: int | None = None,
    bobot: Mapping[str, float] | None = None,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> LocalTypes:
    """The local types of these units: as many as the panel allows, or ``k`` when an analyst sets it.

    ``bobot`` weighs dimensions (1 each). Where the units do not allow ``k`` there are no types, and ``alasan`` says
    so. KkbError for a ``k`` or ``bobot`` that no units would allow.
    """
    if k is not None and not 2 <= k <= MAX_K:
        raise KkbError(f"tipologi, k = {k}: bukan jumlah tipe; pilih k dari 2 sampai {MAX_K}")
    dimension_weights(features.dimensi, bobot)
    dipilih = "panel" if k is None else "analis"
    n = len(features)
    if n < AT_LEAST:
        alasan = f"Hanya {n} Kampung KB lengkap; tipe lokal perlu sedikitnya {AT_LEAST}."
        return _none(features, _no_panel(), dipilih, alasan)
    scaling = Scaling.fit(features, bobot)
    X = scaling.apply(features.nilai)
    most = min(MAX_K, n // PER_TYPE, len(np.unique(X, axis=0)))
    if most < 2:
        alasan = f"Semua {n} Kampung KB lengkap mempunyai angka yang sama; tidak ada tipe yang dapat dibedakan."
        return _none(features, _no_panel(), dipilih, alasan)
    table = panel(X, range(2, most + 1), resamples=resamples, seed=seed, weights=scaling.bobot)
    table = table.assign(mutu=pd.Series(quality(table, n), dtype=object))[list(PANEL)]
    if k is not None and k > most:
        alasan = f"Analis meminta {k} tipe, tetapi {n} Kampung KB lengkap cukup untuk paling banyak {most} tipe."
        return _none(features, table, dipilih, alasan)
    chosen = choose(table) if k is None else k
    alasan = _reason(table, n, chosen, dipilih) + _weights_said(bobot)
    if chosen is None:
        return _none(features, table, dipilih, alasan)
    types = partition(X, chosen, seed=seed, weights=scaling.bobot)
    return _described(features, scaling, types, chosen, table, dipilih, alasan)


def withheld(local: LocalTypes, features: Features) -> LocalTypes:
    """These types taken back, because a page shows only those that hold; ``alasan`` says so."""
    return _none(features, local.panel, local.dipilih, f"{local.alasan} Karena itu tipe lokal tidak ditampilkan.")


def smallest_size(n: int) -> float:
    """The members every type must have among ``n`` units: 5, or 5 % of them."""
    return max(5, 0.05 * n)


def quality(panel: pd.DataFrame, n: int) -> list[str | None]:
    """The quality of each partition of the panel over ``n`` units: "stabil", "indikatif" or None."""
    fits = panel["terkecil"] >= smallest_size(n)
    return [
        next((mutu for mutu, least in LIMIT.items() if enough and held >= least), None)
        for enough, held in zip(fits, panel["jaccard_min"], strict=True)
    ]


def choose(panel: pd.DataFrame) -> int | None:
    """The largest stable k, else the largest indicative one, else None."""
    for mutu in LIMIT:
        if (fits := panel.loc[panel["mutu"].eq(mutu), "k"]).size:
            return int(fits.max())
    return None


def _reason(panel: pd.DataFrame, n: int, k: int | None, dipilih: str) -> str:
    """One or two sentences on what decided, for the reader of a report."""
    least = int(np.ceil(smallest_size(n)))
    if k is None:
        tried = f"2 sampai {panel['k'].max()}" if len(panel) > 1 else "2"
        least_alike = _number(LIMIT["indikatif"])
        return (
            f"Tidak ada tipe lokal yang bertahan: pada pembagian menjadi {tried} tipe selalu ada yang tidak ditemukan "
            f"lagi bila datanya diambil ulang (kemiripan di bawah {least_alike}) atau beranggota kurang dari {least}."
        )
    row = panel[panel["k"].eq(k)].iloc[0]
    mutu = str(row["mutu"] or "tidak stabil")
    facts = f"kemiripan terendah {_number(float(row['jaccard_min']))}, tipe terkecil {row['terkecil']} Kampung KB"
    if dipilih == "analis":
        return f"Pembagian menjadi {k} tipe ditetapkan analis; menurut ujinya {mutu} ({facts})."
    more = " Pembagian yang lebih rinci tidak bertahan." if k < panel["k"].max() else ""
    start = "" if mutu == "stabil" else "Tidak ada pembagian yang stabil. "
    return (
        f"{start}Pembagian menjadi {k} tipe {mutu}: setiap tipe ditemukan lagi bila datanya diambil ulang ({facts}; "
        f"syarat {_number(LIMIT[mutu])} dan {least} Kampung KB).{more}"
    )


def _weights_said(bobot: Mapping[str, float] | None) -> str:
    if not bobot:
        return ""
    words = ", ".join(f"{dimensi} {bobot[dimensi]:g}".replace(".", ",") for dimensi in sorted(bobot))
    return f" Bobot bidang ditetapkan analis: {words}; lainnya 1."


def _number(value: float) -> str:
    # cut, not rounded: 0.749 must not read as the bound it has missed
    return f"{np.floor(value * 100 + 1e-9) / 100:.2f}".replace(".", ",")


def _described(
    features: Features,
    scaling: Scaling,
    types: NDArray[np.int8],
    k: int,
    panel: pd.DataFrame,
    dipilih: str,
    alasan: str,
) -> LocalTypes:
    X, z = scaling.apply(features.nilai), scaling.z(features.nilai)
    pusat = np.array([X[types == j].mean(axis=0) for j in range(k)])
    nama = dict(enumerate(names(profile(z, types, k, features.dimensi), sorted(set(features.dimensi))), 1))
    return LocalTypes(
        anggota=_members(features, X, types, pusat),
        panel=panel,
        k=k,
        mutu=panel["mutu"][panel["k"].eq(k)].iloc[0],
        dipilih=dipilih,
        alasan=alasan,
        scaling=scaling,
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
    counts, rates = ("k", "terkecil"), ("siluet", "inersia", "jaccard_min")
    empty = pd.DataFrame(columns=list(PANEL), dtype=object)
    return empty.astype(dict.fromkeys(counts, "int64") | dict.fromkeys(rates, "float64"))


@cache
def _no_profile() -> pd.DataFrame:
    no_one = np.empty(0, object)
    frame = pd.DataFrame(dict.fromkeys(("tipe", "nama", "jumlah", "indikator", "nilai", "z"), no_one))
    return frame.astype({"tipe": "int64", "jumlah": "int64", "nilai": "float64", "z": "float64"})


def _none(features: Features, panel: pd.DataFrame, dipilih: str, alasan: str) -> LocalTypes:
    no_one = np.empty(0, "int64")
    pusat = np.empty((0, len(features.indikator)))
    ids = np.empty(0, object)
    return LocalTypes(
        anggota=pd.DataFrame({"kampung_id": ids, "tipe": no_one, "siluet": np.empty(0), "tipe_kedua": no_one}),
        panel=panel,
        k=None,
        mutu=None,
        dipilih=dipilih,
        alasan=alasan,
        scaling=None,
        pusat=pusat,
        profil=_no_profile(),
        nama={},
    )
