"""How much the numbers of one Kampung KB shake: couples are few, and a form filled in again differs (METHOD 8).

On the arcsine scale the variance of a rate of n is 1/(4n) + σ². ``fit`` measures σ, an indicator each, on records that
were entered again; its effect is that of fewer people, ``effective_size``. Intervals and draws use these sizes.
"""

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kkb_eval import schema
from kkb_eval.method import freshness, indicators, klasifikasi

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FIRM = 0.8
"""A class that holds in a smaller share of the draws is *dekat batas kelas*."""
SHARED_PUS = ("cpr", "unmet")
"""Rates of one PUS, drawn together so that they never contradict each other."""
OUTPUT = ("cpr", "mkjp", "unmet", *schema.POKTAN_TARGETS)
"""Rates that the official rule reads: without the noise of one of them nothing is said of a class."""
FEWEST_PAIRS = 100
"""Records entered again from which σ is fitted, at least."""
DERAU = ("indikator", "sigma", "keandalan", "pasangan", "asal")
"""Columns of ``data/derau.csv``."""
_CENTRAL = 0.6827  # the share of a normal distribution within one standard deviation
_WINSOR = 0.02
_PARTS = 3  # of the PUS: users, unmet need, the rest
_BLOCK = 64
"""Rows worked on at a time: their draws stay within the processor's cache."""


def effective_size(n: ArrayLike, sigma: ArrayLike) -> Floats:
    """Return the number of people that would shake by counting alone as ``n`` do with re-entry: n / (1 + 4nσ²).

    >>> effective_size([100, 400], 0.05).round(6).tolist()
    [50.0, 80.0]
    """
    n = np.asarray(n, float)
    size: Floats = n / (1 + 4 * n * np.square(sigma))
    return size


def with_intervals(indikator: pd.DataFrame, derau: pd.DataFrame) -> pd.DataFrame:
    """Return the long frame of ``indicators.compute`` with ``bawah95_isi, atas95_isi``: counting and re-entry together.

    Wilson's interval of the same rate at its effective size. NaN where there is no counting interval (not *terisi*, no
    sample) and for an indicator without a row in ``derau``.
    """
    sigma = indikator["indikator"].map(derau.set_index("indikator")["sigma"]).to_numpy(float)
    size = effective_size(indikator["penyebut"].where(indikator["bawah95"].notna()), sigma)
    low, high = indicators.wilson(indikator["nilai"].to_numpy(float) * size, size)
    return indikator.assign(bawah95_isi=low, atas95_isi=high)


@dataclass(frozen=True)
class Draws:
    """Drawn rates; made by ``draw``.

    ``kampung_id`` are the rows of the clean year, ``indikator`` the rates that have noise, ``row`` the position of
    every Kampung KB in ``rates`` (-1 where nothing of it is drawn), ``rates`` (Kampung KB x rates x draws, float32: a
    nation fits into memory); NaN where a rate is not drawn and so stays at its value.
    """

    kampung_id: pd.Index
    indikator: tuple[str, ...]
    row: NDArray[np.intp]
    rates: NDArray[np.float32]

    def __len__(self) -> int:
        return int(self.rates.shape[-1])

    def rate(self, indikator: str, kampung_id: Any = None) -> NDArray[Any]:
        """Return the drawn rates of one indicator: Kampung KB x draws; NaN where it is not *terisi* or has no noise.

        ``kampung_id`` are the rows wanted, all of the clean year where not given; KeyError for one that is not in it.
        """
        rows = self.row if kampung_id is None else self.row[self._position(kampung_id)]
        out = np.full((len(rows), len(self)), np.nan, np.float32)
        if indikator in self.indikator:
            out[rows >= 0] = self.rates[rows[rows >= 0], self.indikator.index(indikator)]
        return out

    def _position(self, kampung_id: Any) -> NDArray[np.intp]:
        found = self.kampung_id.get_indexer(kampung_id)
        if (found < 0).any():
            raise KeyError(list(pd.Index(kampung_id)[found < 0]))
        return found


def draw(kampung: pd.DataFrame, indikator: pd.DataFrame, derau: pd.DataFrame, *, n: int) -> Draws:
    """Return ``n`` draws of every rate that is *terisi*, a sample and in ``derau``.

    ``kampung`` is the clean year, ``indikator`` the long frame of ``indicators.compute``. Users, unmet need and the
    rest of the PUS come from a Dirichlet of counts x f + (1, 1/2, 1/2), where f = 1 / (1 + 4 PUS s) and s is the mean
    of the σ² of cpr and unmet; other rates x of n from Beta(x f + 1/2, (n - x) f + 1/2) with f = 1 / (1 + 4nσ²). CPR
    and unmet need that are not both usable, or together more than the PUS, are drawn each for itself. Every Kampung KB
    has a generator of its own, seeded with ``zlib.crc32`` of the kampung_id: neither the order nor the number of rows
    matters.
    """
    ids = pd.Index(kampung["kampung_id"])
    sigma = derau.set_index("indikator")["sigma"]
    rates = tuple(sorted({*indikator["indikator"]} & {*sigma.index}))
    wide = {
        column: indikator.pivot(index="kampung_id", columns="indikator", values=column).reindex(ids, columns=rates)
        for column in ("pembilang", "penyebut", "bawah95")
    }
    usable = wide["bawah95"].notna().to_numpy(bool)
    drawn = np.flatnonzero(usable.any(axis=1))
    row = np.full(len(ids), -1, np.intp)
    row[drawn] = np.arange(len(drawn))
    x, total = (wide[c].iloc[drawn].to_numpy(float) for c in ("pembilang", "penyebut"))
    at = [rates.index(rate) for rate in SHARED_PUS if rate in rates]
    shapes, together = _shapes(x, total, usable[drawn], sigma.reindex(list(rates)).to_numpy(float), at)
    seeds = [zlib.crc32(str(key).encode()) for key in ids[drawn]]
    out = np.empty((len(drawn), len(rates), n), np.float32)
    for start in range(0, len(drawn), _BLOCK):
        block = slice(start, start + _BLOCK)
        gammas = np.stack([_gammas(*row, n) for row in zip(seeds[block], shapes[block], strict=True)])
        out[block] = _betas(gammas[:, _PARTS:])
        whole = np.flatnonzero(together[block])
        if len(whole):
            parts = gammas[whole, :_PARTS]
            out[np.ix_(start + whole, np.array(at))] = parts[:, :2] / parts.sum(axis=1, keepdims=True)
    out[~usable[drawn]] = np.nan
    return Draws(ids, rates, row, out)


def _shapes(x: Floats, total: Floats, usable: Mask, sigma: Floats, at: list[int]) -> tuple[Floats, Mask]:
    """Return the gamma shapes of every row (parts of the PUS, then two of each rate), and where the parts are drawn.

    ``x``, ``total`` and ``usable`` are rows x rates, ``at`` the columns of ``SHARED_PUS``. A shape of 0 is not drawn.
    """
    shrunk = (effective_size(np.where(usable, total, 1.0), sigma) / np.where(usable, total, 1.0))[..., None]
    of_pairs = np.stack([x, total - x], axis=-1) * shrunk + 0.5
    alone, of_parts = usable.copy(), np.zeros((len(x), _PARTS))
    together = np.full(len(x), len(at) == len(SHARED_PUS))
    if together.any():
        pus = total[:, at[0]]
        parts = np.column_stack([x[:, at], pus - x[:, at].sum(axis=1)])
        together &= usable[:, at].all(axis=1) & (parts >= 0).all(axis=1)
        f = 1 / (1 + 4 * pus * np.mean(sigma[at] ** 2))
        of_parts = np.where(together[:, None], parts * f[:, None] + (1.0, 0.5, 0.5), 0.0)
        alone[:, at] &= ~together[:, None]
    of_pairs = np.where(alone[..., None], of_pairs, 0.0).reshape(len(x), 2 * x.shape[1])
    return np.hstack([of_parts, of_pairs]), together


def _gammas(seed: int, shapes: Floats, n: int) -> Floats:
    generator = np.random.Generator(np.random.SFC64(seed))
    gammas: Floats = generator.standard_gamma(shapes[:, None], size=(len(shapes), n))
    return gammas


def _betas(gammas: Floats) -> Floats:
    """Return rates from pairs of gammas (rows x 2 rates x draws); NaN where both are 0: not drawn."""
    with np.errstate(invalid="ignore"):
        rates: Floats = gammas[:, ::2] / (gammas[:, ::2] + gammas[:, 1::2])
    return rates


def class_probabilities(
    draws: Draws, kampung: pd.DataFrame, skor: pd.DataFrame, kelas: pd.DataFrame, bands: pd.DataFrame
) -> pd.DataFrame:
    """Return the probability of each official class, and whether the class that is shown is *dekat batas*.

    ``skor`` (long) and ``kelas`` come from the klasifikasi, ``bands`` is the rule. Returns ``kampung_id``, those of
    ``schema.CHANCES``, ``dekat_batas`` (boolean: it holds in fewer than ``FIRM`` of the draws) and ``mantap``, its
    opposite; rows as ``kampung``, null together without a KB record, without twelve known scores, without a class or
    where a rate of the rule has no noise. Institutional scores do not shake. The output scores are those of the drawn
    rates, also where the export says otherwise (K16): an exported class that the numbers do not give has a probability
    near 0 and is *dekat batas*. A score that the numbers do not give, for a cell that could not be used, stands.
    """
    ids = kampung["kampung_id"]
    used = skor.pivot(index="kampung_id", columns="item", values="skor").reindex(ids, columns=list(schema.ALL_ITEMS))
    shown = ids.map(kelas.set_index("kampung_id")["klasifikasi"]).to_numpy(object)
    kb = kampung["lapor_kb"].fillna(False).to_numpy(bool)
    known = used.notna().all(axis=1).to_numpy() & kb & np.isin(shown.astype(str), schema.CLASSES)
    known &= {*OUTPUT} <= {*draws.indikator}
    counted = skor.pivot(index="kampung_id", columns="item", values="hitung").reindex(ids, columns=used.columns)
    fixed = used.where(counted.isna())[known]
    passes = _output_passes(draws, kampung[known], fixed, bands) / max(len(draws), 1)
    index = klasifikasi.indices(used[known])
    chance = np.full((len(kampung), len(schema.CLASSES)), np.nan)
    chance[known] = 0.0
    for share, output in ((passes, klasifikasi.PASS), (1 - passes, 0.0)):
        names = klasifikasi.classify(index["index_input"], index["index_proses"], output)
        chance[known] += (names[:, None] == np.array(schema.CLASSES, object)) * share[:, None]
    own = np.where(shown[:, None] == np.array(schema.CLASSES, object), chance, 0.0).sum(axis=1)
    # shares are multiples of 1 / draws: a rounding remainder must not decide at the edge
    firm = pd.Series(own >= FIRM - 1e-9, dtype="boolean").where(known)
    return pd.DataFrame(chance, columns=list(schema.CHANCES)).assign(
        kampung_id=ids.to_numpy(), dekat_batas=~firm, mantap=firm
    )[["kampung_id", *schema.CHANCES, "dekat_batas", "mantap"]]


def _output_passes(draws: Draws, kampung: pd.DataFrame, fixed: pd.DataFrame, bands: pd.DataFrame) -> Floats:
    """Return the number of draws in which the output index passes, a value each Kampung KB.

    ``fixed`` (rows as ``kampung``, a column an item) are the scores that stand; NaN where the draws decide.
    """
    raw = kampung[list(schema.REKAP)].fillna(0.0)
    pairs = {
        "cpr": (raw[list(schema.METHODS)].sum(axis=1), raw["pus"]),
        "mkjp": (raw[list(schema.MKJP_METHODS)].sum(axis=1), raw[list(schema.METHODS)].sum(axis=1)),
        "unmet": (raw[list(schema.UNMET)].sum(axis=1), raw["pus"]),
        **{poktan: (raw[poktan], raw[target]) for poktan, target in schema.POKTAN_TARGETS.items()},
    }
    kept = {rate: klasifikasi.percent(*pair)[:, None] for rate, pair in pairs.items()}
    items = {str(item): rows for item, rows in bands[bands["indeks"] == "output"].groupby("item")}
    ids, least = kampung["kampung_id"].to_numpy(object), np.ceil(klasifikasi.PASS * len(items))
    out = np.zeros(len(kampung))
    for start in range(0, len(kampung), _BLOCK):
        block = slice(start, start + _BLOCK)
        persen = {}
        for rate, value in kept.items():
            drawn = np.rint(100 * draws.rate(rate, ids[block]))
            persen[rate] = np.where(np.isnan(drawn), value[block], drawn)
        poktan = np.stack([persen.pop(name) for name in schema.POKTAN_TARGETS], axis=-1)
        persen["partisipasi"] = klasifikasi.mean_participation(poktan)
        total = np.zeros(())
        for item, values in persen.items():
            score = fixed[item].to_numpy(float)[block, None]
            total = total + np.where(np.isnan(score), klasifikasi.points(values, items[item]), score)
        out[block] = (total >= least).sum(axis=1)
    return out


def fit(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    lama: pd.DataFrame,
    lama_indikator: pd.DataFrame,
    katalog: pd.DataFrame,
    *,
    asal: str,
) -> pd.DataFrame:
    """Return what changes when a record is entered again, as ``DERAU``: a row for each sample in the catalogue's order.

    ``kampung`` and ``lama`` are the clean years of a later and an earlier export, the others their indicators. Pairs
    are the rates *terisi* in both whose record was updated in between; an indicator with fewer than ``FEWEST_PAIRS``
    has no row. With d the change of arcsin √((x + ½)/(n + 1)), ``sigma`` is √((q² - c)/2), never below 0: q the 68 %
    point of |d|, one standard deviation that a few absurd entries cannot move, c the median of 1/(4n) + 1/(4n'), what
    counting explains, and 2 for the two entries. ``keandalan`` is the slope of the new deviation from the median of
    the kabupaten on the old one, both winsorised at 2 %, within 0 and 1. ``pasangan`` counts the pairs, ``asal`` says
    where they come from.
    """
    updated = freshness.updated_indicators(freshness.freshness(kampung, lama), katalog)
    years = [_angles(*year, katalog) for year in ((lama, lama_indikator), (kampung, indikator))]
    pairs = years[0].merge(years[1], on=["kampung_id", "indikator"], suffixes=("_0", "_1")).merge(updated)
    pairs = pairs[pairs["diperbarui"].fillna(False)]
    rows = []
    for kode, own in pairs.groupby("indikator"):
        if len(own) >= FEWEST_PAIRS:
            rows.append((kode, _sigma(own), _reliability(own), len(own), asal))
    order = katalog["kode"].tolist()
    return pd.DataFrame(rows, columns=list(DERAU)).sort_values("indikator", key=lambda k: k.map(order.index))


def _angles(kampung: pd.DataFrame, indikator: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """Return every usable sample: ``kampung_id, indikator, penyebut, sudut`` and ``simpang``, from its kabupaten."""
    samples = katalog.loc[katalog["sampel"].eq("ya"), "kode"]
    rows = indikator[indikator["status"].eq("terisi") & indikator["indikator"].isin(samples)]
    rows = rows.assign(sudut=np.arcsin(np.sqrt((rows["pembilang"] + 0.5) / (rows["penyebut"] + 1))))
    rows["kabupaten"] = rows["kampung_id"].map(kampung.set_index("kampung_id")["slug_kabupaten"])
    middle = rows.groupby(["kabupaten", "indikator"])["sudut"].transform("median")
    return rows.assign(simpang=rows["sudut"] - middle)[["kampung_id", "indikator", "penyebut", "sudut", "simpang"]]


def _sigma(pairs: pd.DataFrame) -> float:
    change = float((pairs["sudut_1"] - pairs["sudut_0"]).abs().quantile(_CENTRAL))
    counting = float((0.25 / pairs["penyebut_0"] + 0.25 / pairs["penyebut_1"]).median())
    return float(np.sqrt(max(change**2 - counting, 0.0) / 2))


def _reliability(pairs: pd.DataFrame) -> float:
    old, new = (pairs[c].clip(*pairs[c].quantile([_WINSOR, 1 - _WINSOR])) for c in ("simpang_0", "simpang_1"))
    varied = float(old.var())
    return float(np.clip(old.cov(new) / varied, 0.0, 1.0)) if varied > 0 else 0.0
