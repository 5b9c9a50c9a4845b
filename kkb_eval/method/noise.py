"""How much the numbers of a small place shake: one set of seeded draws per Kampung KB, used everywhere (METHOD 8)."""

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkb_eval import schema
from kkb_eval.method import klasifikasi
from kkb_eval.method.typology.features import Features, align

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FIRM = 0.8
"""What holds in at least this share of the draws is *mantap*: a class, a place among the visits, a type."""
COMPOSITION = ("cpr", "mkjp", "unmet")
"""Rates that are read off one composition of the PUS, so that they never contradict each other."""
_PARTS = 4  # of the PUS: MKJP users, other users, unmet need, the rest
_BLOCK = 64
"""Rows worked on at a time: their draws stay within the processor's cache."""


@dataclass(frozen=True)
class Draws:
    """Drawn rates; made by ``draw``.

    ``kampung_id`` are the rows of the clean year, ``indikator`` the rates, ``baris`` the position of every Kampung KB
    in ``nilai`` (-1 where nothing of it is drawn), ``nilai`` (Kampung KB x rates x draws, float32: a nation fits into
    memory); NaN where a rate is not drawn and so stays at its value.
    """

    kampung_id: pd.Index
    indikator: tuple[str, ...]
    baris: NDArray[np.intp]
    nilai: NDArray[np.float32]

    def __len__(self) -> int:
        return int(self.nilai.shape[-1])

    def rate(self, indikator: str) -> NDArray[Any]:
        """Drawn rates of one indicator: rows of the clean year x draws; NaN where it is not ``terisi``."""
        return self._rows(indikator, np.arange(len(self.kampung_id)))

    def features(self, units: Features) -> Floats:
        """Drawn features of ``units``: draws x units x features, on the scale of ``features.align``.

        A feature that does not shake (elements counted) has the value of ``units`` in every draw. KeyError for a unit
        that is not in the clean year.
        """
        rows = self._position(units.kampung_id)
        out = np.empty((len(self), *units.nilai.shape))
        for j, indikator in enumerate(units.indikator):
            drawn = align(self._rows(indikator, rows).T.astype(float)[..., None], units.arah[j : j + 1])[..., 0]
            out[..., j] = np.where(np.isnan(drawn), units.nilai[:, j], drawn)
        return out

    def _position(self, kampung_id: Any) -> NDArray[np.intp]:
        rows = self.kampung_id.get_indexer(kampung_id)
        if (rows < 0).any():
            raise KeyError(list(pd.Index(kampung_id)[rows < 0]))
        return rows

    def _rows(self, indikator: str, rows: NDArray[np.intp]) -> NDArray[Any]:
        out = np.full((len(rows), len(self)), np.nan, np.float32)
        if indikator in self.indikator:
            at = self.baris[rows]
            out[at >= 0] = self.nilai[at[at >= 0], self.indikator.index(indikator)]
        return out


def draw(kampung: pd.DataFrame, indikator: pd.DataFrame, *, n: int) -> Draws:
    """``n`` draws of every rate that is ``terisi`` and a sample, each Kampung KB with a generator of its own.

    ``kampung`` is the clean year, ``indikator`` the long frame of ``indicators.compute``. The PUS composition comes
    from a Dirichlet, other rates x of n from Beta(x + 1/2, n - x + 1/2): Jeffreys' prior. CPR and unmet need that are
    not both usable, or together more than the PUS, are drawn each for itself. Seeds are ``zlib.crc32`` of the
    kampung_id: neither the order nor the number of rows matters.
    """
    ids = pd.Index(kampung["kampung_id"])
    sampel = indikator.loc[indikator["bawah95"].notna(), "indikator"]
    rates = tuple(sorted({*sampel, *COMPOSITION}))
    wide = {
        column: indikator.pivot(index="kampung_id", columns="indikator", values=column).reindex(ids, columns=rates)
        for column in ("pembilang", "penyebut", "status")
    }
    terisi = wide["status"].to_numpy(object) == "terisi"
    drawn = np.flatnonzero(terisi.any(axis=1))
    baris = np.full(len(ids), -1, np.intp)
    baris[drawn] = np.arange(len(drawn))
    x, total = (wide[c].iloc[drawn].astype(float) for c in ("pembilang", "penyebut"))
    at = [rates.index(rate) for rate in COMPOSITION]
    shapes, composed = _shapes(x, total, terisi[drawn], at)
    seeds = [zlib.crc32(str(key).encode()) for key in ids[drawn]]
    nilai = np.empty((len(drawn), len(rates), n), np.float32)
    for start in range(0, len(drawn), _BLOCK):
        block = slice(start, start + _BLOCK)
        gammas = np.stack([_gammas(*row, n) for row in zip(seeds[block], shapes[block], strict=True)])
        nilai[block] = _betas(gammas[:, _PARTS:])
        whole = np.flatnonzero(composed[block])
        nilai[np.ix_(start + whole, np.array(at))] = _composition(gammas[whole, :_PARTS])
    nilai[~terisi[drawn]] = np.nan
    return Draws(ids, rates, baris, nilai)


def _shapes(x: pd.DataFrame, total: pd.DataFrame, terisi: Mask, at: list[int]) -> tuple[Floats, Mask]:
    """Gamma shapes of every row (four parts of the PUS, then two of each rate), and where a composition is drawn.

    ``at`` are the columns of ``SUSUNAN``. A shape of 0 is a part that is not drawn.
    """
    users, long_acting, unmet = (x[rate].to_numpy(float) for rate in COMPOSITION)
    long_acting = np.nan_to_num(long_acting)
    parts = np.column_stack([long_acting, users - long_acting, unmet, total["cpr"].to_numpy(float) - users - unmet])
    composed: Mask = terisi[:, at[0]] & terisi[:, at[2]] & (parts >= 0).all(axis=1)
    alone = terisi.copy()
    alone[:, at] &= ~composed[:, None]
    pairs = np.stack([x.to_numpy(float), total.to_numpy(float) - x.to_numpy(float)], axis=-1)
    of_parts = np.where(composed[:, None], parts + 0.5, 0.0)
    of_pairs = np.where(alone[..., None], pairs + 0.5, 0.0).reshape(len(x), 2 * x.shape[1])
    return np.hstack([of_parts, of_pairs]), composed


def _gammas(seed: int, shapes: Floats, n: int) -> Floats:
    generator = np.random.Generator(np.random.SFC64(seed))
    gammas: Floats = generator.standard_gamma(shapes[:, None], size=(len(shapes), n))
    return gammas


def _betas(gammas: Floats) -> Floats:
    """Rates from pairs of gammas (rows x 2 rates x draws); NaN where both are 0: not drawn."""
    with np.errstate(invalid="ignore"):
        rates: Floats = gammas[:, ::2] / (gammas[:, ::2] + gammas[:, 1::2])
    return rates


def _composition(gammas: Floats) -> Floats:
    """The rates ``SUSUNAN`` from the four parts of the PUS (rows x 4 x draws)."""
    long_acting, other, unmet, rest = np.moveaxis(gammas, 1, 0)
    users = long_acting + other
    pus = users + unmet + rest
    return np.stack([users / pus, long_acting / users, unmet / pus], axis=1)


def class_probabilities(
    draws: Draws, kampung: pd.DataFrame, skor: pd.DataFrame, kelas: pd.DataFrame, bands: pd.DataFrame
) -> pd.DataFrame:
    """The probability of each official class, and whether the class that is shown is *mantap*.

    ``skor`` (long) and ``kelas`` come from the klasifikasi, ``bands`` is the rule. Returns ``kampung_id``, those of
    ``schema.PELUANG`` and ``mantap`` (boolean), rows as ``kampung``; null together without a KB record, without
    twelve known scores or without a class. Institutional scores are those in use and do not shake. The output scores
    are always those of the drawn rates, also where the export says otherwise (K16); the class shown is the one in
    ``kelas``, so an exported class that the numbers do not give has a probability near 0 and is *belum mantap*.
    """
    ids = kampung["kampung_id"]
    used = skor.pivot(index="kampung_id", columns="item", values="skor").reindex(ids, columns=list(schema.ALL_ITEMS))
    shown = ids.map(kelas.set_index("kampung_id")["klasifikasi"]).to_numpy(object)
    kb = kampung["lapor_kb"].fillna(False).to_numpy(bool)
    known = used.notna().all(axis=1).to_numpy() & kb & np.isin(shown.astype(str), schema.CLASSES)
    passes = _output_passes(draws, kampung[known], bands) / max(len(draws), 1)
    index = klasifikasi.indices(used[known])
    chance = np.full((len(kampung), len(schema.CLASSES)), np.nan)
    chance[known] = 0.0
    for share, output in ((passes, klasifikasi.PASS), (1 - passes, 0.0)):
        names = klasifikasi.classify(index["index_input"], index["index_proses"], output)
        chance[known] += (names[:, None] == np.array(schema.CLASSES, object)) * share[:, None]
    own = np.where(shown[:, None] == np.array(schema.CLASSES, object), chance, 0.0).sum(axis=1)
    # shares are multiples of 1 / draws: a rounding remainder must not decide at the edge
    mantap = pd.Series(own >= FIRM - 1e-9, dtype="boolean").where(known)
    return pd.DataFrame(chance, columns=list(schema.CHANCES)).assign(kampung_id=ids.to_numpy(), mantap=mantap)[
        ["kampung_id", *schema.CHANCES, "mantap"]
    ]


def _output_passes(draws: Draws, kampung: pd.DataFrame, bands: pd.DataFrame) -> Floats:
    """The number of draws in which the output index passes, a row each."""
    raw = kampung[list(schema.REKAP)].fillna(0.0)
    pairs = {
        "cpr": (raw[list(schema.METHODS)].sum(axis=1), raw["pus"]),
        "mkjp": (raw[list(schema.MKJP_METHODS)].sum(axis=1), raw[list(schema.METHODS)].sum(axis=1)),
        "unmet": (raw[list(schema.UNMET)].sum(axis=1), raw["pus"]),
        **{poktan: (raw[poktan], raw[target]) for poktan, target in schema.POKTAN_TARGETS.items()},
    }
    kept = {rate: klasifikasi.percent(*pair)[:, None] for rate, pair in pairs.items()}
    items = {str(item): rows for item, rows in bands[bands["indeks"] == "output"].groupby("item")}
    rows, least = draws._position(kampung["kampung_id"]), np.ceil(klasifikasi.PASS * len(items))
    out = np.zeros(len(kampung))
    for start in range(0, len(kampung), _BLOCK):
        block = slice(start, start + _BLOCK)
        persen = {}
        for rate, value in kept.items():
            drawn = np.rint(100 * draws._rows(rate, rows[block]))
            persen[rate] = np.where(np.isnan(drawn), value[block], drawn)
        poktan = np.stack([persen.pop(name) for name in schema.POKTAN_TARGETS], axis=-1)
        persen["partisipasi"] = klasifikasi.mean_participation(poktan)
        total = sum(klasifikasi.points(values, items[item]) for item, values in persen.items())
        out[block] = (total >= least).sum(axis=1)
    return out
