"""What a type is made of: nine aligned rates on the arcsine scale, and how they are made comparable (METHOD 9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kkb_eval.errors import KkbError
from kkb_eval.method.noise import Draws

Floats = NDArray[np.float64]

CLIP = 2.0
"""Standardised values are cut here: else one or two outliers become a type of their own."""
REASONS = {
    "belum_lapor": "belum lapor",
    "tidak_dapat_dihitung": "tidak dapat dihitung",
    "tidak_konsisten": "tidak konsisten",
}
"""The states that keep a Kampung KB out of the typology, in words."""


@dataclass(frozen=True)
class Features:
    """The complete units and their features; columns are sorted by indicator, so the catalogue's order is nothing.

    ``kampung_id`` (n, sorted), ``pembilang`` and ``penyebut`` (n x features), ``nilai`` (n x features, arcsine scale,
    higher is better), ``indikator``, ``singkat``, ``dimensi`` and ``arah`` (a value a feature), ``tidak_lengkap``
    (frame ``kampung_id, alasan``: the units left out, and why).
    """

    kampung_id: NDArray[np.object_]
    pembilang: Floats
    penyebut: Floats
    nilai: Floats
    indikator: tuple[str, ...]
    singkat: tuple[str, ...]
    dimensi: tuple[str, ...]
    arah: Floats
    tidak_lengkap: pd.DataFrame

    def __len__(self) -> int:
        return len(self.kampung_id)

    @property
    def persen(self) -> Floats:
        """Return the rates as they are read, 0 … 100: n x features."""
        return 100 * self.pembilang / self.penyebut

    def within(self, kampung_id: Iterable[str]) -> Self:
        """Keep the units, and those left out, that are among ``kampung_id``."""
        ids = pd.Index(kampung_id)
        kept = pd.Index(self.kampung_id).isin(ids)
        out = self.tidak_lengkap["kampung_id"].isin(ids)
        rows = {name: getattr(self, name)[kept] for name in ("kampung_id", "pembilang", "penyebut", "nilai")}
        return replace(self, **rows, tidak_lengkap=self.tidak_lengkap[out].reset_index(drop=True))


def features(indikator: pd.DataFrame, katalog: pd.DataFrame) -> Features:
    """Return the features of every Kampung KB whose indicators of the typology are all ``terisi``.

    ``indikator`` is the long frame of ``indicators.compute``, ``katalog`` the indicator catalogue (``tipologi`` "ya"
    takes part).
    """
    kept = katalog[katalog["tipologi"].eq("ya")].sort_values("kode")
    long = indikator[indikator["indikator"].isin(kept["kode"])]
    pembilang, penyebut, state = (
        long.pivot(index="kampung_id", columns="indikator", values=c) for c in ("pembilang", "penyebut", "status")
    )
    state = state.reindex(columns=katalog["kode"][katalog["kode"].isin(kept["kode"])])
    complete = (state.isna() | (state == "terisi")).all(axis=1)
    kode = kept["kode"].tolist()
    x, n = (wide[complete].reindex(columns=kode).to_numpy(float) for wide in (pembilang, penyebut))
    arah = kept["arah"].to_numpy(float)
    return Features(
        kampung_id=complete.index[complete].to_numpy(object),
        pembilang=x,
        penyebut=n,
        nilai=align((x + 0.5) / (n + 1), arah),
        indikator=tuple(kode),
        singkat=tuple(kept["singkat"]),
        dimensi=tuple(kept["dimensi"]),
        arah=arah,
        tidak_lengkap=_incomplete(state[~complete], katalog),
    )


def align(rates: Floats, arah: Floats) -> Floats:
    """Bring rates (… x features, within 0 and 1) to the arcsine scale; where ``arah`` is -1 their complement."""
    aligned: Floats = np.arcsin(np.sqrt(np.where(arah > 0, rates, 1 - rates)))
    return aligned


def drawn(draws: Draws, units: Features) -> Floats:
    """Return the drawn features of ``units``: draws x units x features, on the scale of ``align``.

    A feature that does not shake (elements counted, no noise known) has the value of ``units`` in every draw. KeyError
    for a unit that was not drawn from.
    """
    out = np.empty((len(draws), *units.nilai.shape))
    for j, indikator in enumerate(units.indikator):
        rates = draws.rate(indikator, units.kampung_id).T.astype(float)[..., None]
        values = align(rates, units.arah[j : j + 1])[..., 0]
        out[..., j] = np.where(np.isnan(values), units.nilai[:, j], values)
    return out


def _incomplete(state: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """List the units left out: ``kampung_id, alasan`` ("CPR, MKJP belum lapor; BKB tidak dapat dihitung").

    ``state`` has a column an indicator, in the order in which they are told.
    """
    singkat = katalog.set_index("kode")["singkat"].reindex(state.columns).tolist()

    @cache
    def words(*states: object) -> str:
        told: dict[str, list[str]] = {}
        for name, one in zip(singkat, states, strict=True):
            if one in REASONS:
                told.setdefault(REASONS[str(one)], []).append(name)
        return "; ".join(f"{', '.join(names)} {word}" for word, names in told.items())

    alasan = [words(*row) for row in zip(*(state[c].array for c in state), strict=True)]
    return pd.DataFrame({"kampung_id": state.index.to_numpy(object), "alasan": np.array(alasan, object)})


@dataclass(frozen=True)
class Scaling:
    """The numbers that make features comparable, each one a feature; fitted once, then only applied.

    Centred on ``median``, divided by ``skala`` (1.4826 MAD), clipped, centred on ``rata`` and divided by
    ``simpangan``, weighted with ``bobot``. A scale of 0 means a constant feature, whose standardised value is 0.
    """

    median: Floats
    skala: Floats
    rata: Floats
    simpangan: Floats
    bobot: Floats

    @classmethod
    def fit(cls, features: Features, bobot: Mapping[str, float] | None = None) -> Self:
        """Fit the scaling of these units; ``bobot`` gives dimensions an analyst's weights (1 where it names none)."""
        nilai = features.nilai
        median = np.median(nilai, axis=0)
        mad = 1.4826 * np.median(np.abs(nilai - median), axis=0)
        skala = _nonzero(np.where(mad > 0, mad, nilai.std(axis=0)), nilai)
        clipped = _clip(nilai, median, skala)
        share = dimension_weights(features.dimensi, bobot)
        size = np.array([features.dimensi.count(d) for d in features.dimensi])
        weights = np.array([share[d] for d in features.dimensi])
        return cls(
            median,
            skala,
            clipped.mean(axis=0),
            _nonzero(clipped.std(axis=0), clipped),
            np.sqrt(weights / size),
        )

    def z(self, nilai: Floats) -> Floats:
        """Return the clipped and standardised values of ``nilai`` (… x features), unweighted."""
        z: Floats = (_clip(nilai, self.median, self.skala) - self.rata) / np.where(self.simpangan, self.simpangan, 1)
        return np.where(self.simpangan > 0, z, 0.0)

    def apply(self, nilai: Floats) -> Floats:
        """Return the weighted space in which types are formed: ``z`` times ``bobot``."""
        return self.z(nilai) * self.bobot


def dimension_weights(dimensi: Iterable[str], bobot: Mapping[str, float] | None) -> dict[str, float]:
    """Return a weight for each dimension, 1 on average; KkbError where ``bobot`` is not about them."""
    names = sorted(set(dimensi))
    given = dict(bobot or {})
    if unknown := sorted(set(given) - set(names)):
        raise KkbError(f'bobot tipologi: dimensi "{unknown[0]}" tidak ada; yang ada: {", ".join(names)}')
    raw = {name: float(given.get(name, 1.0)) for name in names}
    if not all(np.isfinite(v) and v >= 0 for v in raw.values()) or not sum(raw.values()):
        words = ", ".join(f"{name} {v:g}" for name, v in raw.items())
        raise KkbError(f"bobot tipologi: {words} bukan bobot; isi angka 0 atau lebih, sedikitnya satu di atas 0")
    return {name: v * len(raw) / sum(raw.values()) for name, v in raw.items()}


def probabilities(draws: Floats | Iterable[Floats], scaling: Scaling, pusat: ArrayLike) -> Floats:
    """Return the share of draws in which each unit is nearest to each type: units x types.

    ``draws`` are features (draws x units x features, as ``align`` gives them), whole or in chunks of draws; ``pusat``
    are the types' centroids (types x features) in the weighted space of ``scaling``.
    """
    chunks = [draws] if isinstance(draws, np.ndarray) else draws
    counts, total = np.zeros(()), 0
    for chunk in chunks:
        for some in np.array_split(chunk, max(1, chunk.size // 2_000_000)):
            types = nearest(scaling.apply(some), np.asarray(pusat, float))[0]
            counts = counts + (types[..., None] == np.arange(len(np.asarray(pusat)))).sum(axis=0)
            total += len(some)
    share: Floats = counts / total
    return share


def nearest(weighted: Floats, pusat: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the nearest and second-nearest centroid of each point (… x features), and the simplified silhouette.

    The simplified silhouette, (b - a) / b, compares the distances a and b to these two instead of those to all other
    units: it costs nothing on a nation. 0 where both distances are 0.
    """
    square = (pusat**2).sum(axis=1) - 2 * weighted @ pusat.T + (weighted**2).sum(axis=-1, keepdims=True)
    order = np.argsort(square, axis=-1, kind="stable")[..., :2]
    a, b = np.moveaxis(np.sqrt(np.maximum(np.take_along_axis(square, order, -1), 0.0)), -1, 0)
    return order[..., 0], order[..., 1], np.where(b > 0, (b - a) / np.where(b > 0, b, 1.0), 0.0)


def _clip(nilai: Floats, median: Floats, skala: Floats) -> Floats:
    z = (nilai - median) / np.where(skala > 0, skala, 1.0)
    return np.where(skala > 0, np.clip(z, -CLIP, CLIP), 0.0)


def _nonzero(scale: Floats, values: Floats) -> Floats:
    """Return ``scale``, exactly 0 where a column of ``values`` is constant (its sd may be a rounding remainder)."""
    return np.where(np.ptp(values, axis=0) > 0, scale, 0.0)
