"""Comparison with the gabungan of the kabupaten: labels by interval, and what is far from its peers (METHOD 8).

Two strengths, because Kampung KB differ far more than chance allows: an interval with re-entry that misses the
benchmark gives the label, and only a value outside the overdispersion-adjusted limits is *jauh* (stored as *menonjol*).
Funnel and overdispersion: Spiegelhalter (2005) on the arcsine scale of FunnelPlotR, with φ made consistent. A
kecamatan is judged by the jackknife over Kampung KB.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from kkb_eval.method import areas
from kkb_eval.method.jackknife import against_the_rest

LABELS = ("lebih_baik_menonjol", "lebih_baik", "serupa", "kurang_baik", "kurang_baik_menonjol")
CORONG = ("provinsi", "kabupaten", "indikator", "unit", "pusat", "phi", "tau2", "n_luar95", "n_luar95_od")
"""Columns of ``corong.parquet``."""
MIN_FUNNEL = 5
"""Fewer units have no funnel."""
MIN_STRIKING = 10
"""Fewer units have no *menonjol*."""
WINSOR = 0.1
CONSISTENCY = 0.6787
"""The mean square of a standard normal winsorised at 10 %: without dividing φ by it 9 to 12 % of Kampung KB lie outside
the "95 %" limits where they differ by nothing but one spread, with it 4 to 5 %."""
_CHUNK = 256
"""Groups fitted at a time: of like size, so that little is padded."""
_Z95, _Z998 = (float(norm.isf(alpha / 2)) for alpha in (0.05, 0.002))
Floats = NDArray[np.float64]
_REGION = ["provinsi", "kabupaten"]
_KEYS = [*_REGION, "indikator"]


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` finds.

    ``label``: ``kampung_id, indikator, label``, a row for every row of the indicators. ``wilayah``: the given frame and
    its ``label``, null but for kecamatan, never *menonjol*. ``corong``: the columns ``CORONG``, a row a kabupaten and
    sampled indicator.
    """

    label: pd.DataFrame
    wilayah: pd.DataFrame
    corong: pd.DataFrame


@dataclass(frozen=True)
class Funnel:
    """Limits around ``center`` (a proportion); ``phi`` and ``tau2`` are NaN where there are too few units to know."""

    center: float
    phi: float
    tau2: float

    @classmethod
    def fit(cls, x: ArrayLike, n: ArrayLike, center: float | None = None) -> "Funnel":
        """Return the funnel of units with x of n (n above zero) about ``center``, by default their ratio of sums."""
        units = pd.DataFrame({"penyebut": np.asarray(n, float), "kelompok": 0})
        units["nilai"] = np.asarray(x, float) / units["penyebut"]
        units["pusat"] = np.sum(x) / np.sum(n) if center is None else center
        return cls.from_row(_overdispersion(units, ["kelompok"]).assign(pusat=units["pusat"]).iloc[0])

    @classmethod
    def from_row(cls, row: pd.Series) -> "Funnel":
        """Return the funnel of a row of ``Comparison.corong``."""
        pusat, phi, tau2 = row[["pusat", "phi", "tau2"]].to_numpy(float)
        return cls(float(pusat), float(phi), float(tau2))

    def limits(self, n: ArrayLike) -> pd.DataFrame:
        """Return the limits for units of the sizes ``n``, as proportions within 0 and 1.

        Columns ``bawah95, atas95, bawah998, atas998`` (chance alone) and ``bawah95_od, atas95_od`` (chance and the
        variety among the units); all NaN without a funnel.
        """
        sizes = np.asarray(n, float)
        plain = np.where(np.isnan(self.tau2), np.nan, 0.25 / sizes)
        angle = float(np.arcsin(np.sqrt(self.center)))
        out = {}
        for suffix, z, variance in (("95", _Z95, plain), ("998", _Z998, plain), ("95_od", _Z95, plain + self.tau2)):
            reach = z * np.sqrt(variance)
            out[f"bawah{suffix}"] = np.sin(np.maximum(angle - reach, 0.0)) ** 2
            out[f"atas{suffix}"] = np.sin(np.minimum(angle + reach, np.pi / 2)) ** 2
        return pd.DataFrame(out)


def label(
    bawah: ArrayLike, atas: ArrayLike, pembanding: ArrayLike, arah: ArrayLike, menonjol: ArrayLike = False
) -> NDArray[np.object_]:
    """Return the label of values with the interval ``bawah`` to ``atas`` against a benchmark.

    All are of one shape, or scalars. ``arah`` is 1 where more is better, -1 where less is. An interval that touches the
    benchmark is "serupa". None where the interval or the benchmark is NaN. The rule is that of FingertipsNext.
    """
    bawah, atas, pembanding, arah, menonjol = np.broadcast_arrays(bawah, atas, pembanding, arah, menonjol)
    sisi = arah * ((bawah > pembanding).astype(int) - (atas < pembanding).astype(int))
    tahu = ~(np.isnan(bawah) | np.isnan(atas) | np.isnan(pembanding))
    cases = [~tahu, (sisi > 0) & menonjol, sisi > 0, sisi == 0, menonjol]
    names = np.array([None, *LABELS[:3], LABELS[4], LABELS[3]], dtype=object)
    out: NDArray[np.object_] = names[np.select(cases, range(len(cases)), len(cases))]
    return out


def compare(
    indikator: pd.DataFrame, wilayah: pd.DataFrame, kampung: pd.DataFrame, catatan: pd.DataFrame, katalog: pd.DataFrame
) -> Comparison:
    """Return labels of every Kampung KB and kecamatan against their kabupaten, and the funnels of the kabupaten.

    ``indikator`` comes from ``noise.with_intervals`` and ``wilayah`` from ``areas.pool``, ``kampung`` gives the place,
    ``katalog`` says ``arah`` and ``sampel``. A label is null unless the indicator is *terisi*, a sample and has an
    interval with re-entry, and on numbers that ``areas.doubtful`` names. The *oversized* are in no funnel. A kecamatan
    is compared with the other Kampung KB of its kabupaten; null where either are fewer than ``jackknife.FEWEST``.
    """
    sampled = katalog.loc[katalog["sampel"].eq("ya"), "kode"]
    kabupaten = wilayah[wilayah["tingkat"].eq("kabupaten") & wilayah["indikator"].isin(sampled)]
    centers = (
        kabupaten[[*_KEYS, "nilai"]]
        .rename(columns={"nilai": "pusat"})
        .merge(katalog[["kode", "arah"]], left_on="indikator", right_on="kode")
    )
    places = kampung[["kampung_id", *_REGION, "kecamatan"]]
    units = indikator.merge(places, on="kampung_id", how="left", validate="many_to_one")
    units["counts"] = units["nilai"].notna() & ~units["kampung_id"].isin(areas.oversized(catatan))
    names, corong = _judge(units, centers)
    pairs = indikator[["kampung_id", "indikator"]]
    doubted = pd.MultiIndex.from_frame(pairs).isin(areas.doubtful(catatan, katalog))
    return Comparison(
        label=pairs.assign(label=pd.Series(names, pairs.index, dtype="str").mask(doubted)),
        wilayah=wilayah.assign(label=_kecamatan(units, wilayah, centers)),
        corong=corong,
    )


def _judge(units: pd.DataFrame, centers: pd.DataFrame) -> tuple[NDArray[np.object_], pd.DataFrame]:
    """Return the label of every unit, in their order, and the funnels of the kabupaten (``CORONG``).

    ``centers`` has ``provinsi, kabupaten, indikator, pusat, arah``: what is not there gets no label.
    """
    own = [*_KEYS, "penyebut", "nilai", "bawah95_isi", "atas95_isi", "counts"]
    rows = units[own].merge(centers, on=_KEYS, how="left", validate="many_to_one")
    used = (rows["counts"] & rows["pusat"].notna()).to_numpy(bool)
    fitted = _overdispersion(rows[used], _KEYS)
    inside = rows[used].merge(fitted, on=_KEYS, how="left")
    gap = np.abs(_angle(inside["nilai"]) - _angle(inside["pusat"]))
    variance = 0.25 / inside["penyebut"]
    # NaN where there is no funnel: nothing is outside
    inside["n_luar95"] = gap > _Z95 * np.sqrt(variance + 0 * inside["tau2"])
    inside["n_luar95_od"] = gap > _Z95 * np.sqrt(variance + inside["tau2"])
    striking = np.zeros(len(rows), bool)
    striking[used] = inside["n_luar95_od"] & (inside["unit"] >= MIN_STRIKING)
    names = label(rows["bawah95_isi"].where(used), rows["atas95_isi"], rows["pusat"], rows["arah"], striking)
    outside = inside.groupby(_KEYS)[["n_luar95", "n_luar95_od"]].sum().reset_index()
    corong = centers.merge(fitted, on=_KEYS, how="left").merge(outside, on=_KEYS, how="left")
    corong["unit"] = corong["unit"].fillna(0).astype("int64")
    for column in ("n_luar95", "n_luar95_od"):
        corong[column] = corong[column].astype("Int64").where(corong["phi"].notna())
    return names, corong[list(CORONG)]


def _kecamatan(units: pd.DataFrame, wilayah: pd.DataFrame, centers: pd.DataFrame) -> pd.Series:
    """Return the label of every row of ``wilayah``, null but for kecamatan: they against the rest of the kabupaten."""
    used = units[units["counts"]].merge(centers[[*_KEYS, "arah"]], on=_KEYS)
    places, gap = against_the_rest(used, _KEYS, "kecamatan")
    better = gap.value * places.merge(centers, on=_KEYS, how="left")["arah"].to_numpy(float) > 0
    told = pd.Series(np.where(better, LABELS[1], LABELS[3]), dtype="str").where(gap.certain.fillna(False), LABELS[2])
    table = places.assign(label=told.where(gap.certain.notna()), tingkat="kecamatan")
    keys = ["tingkat", *_KEYS, "kecamatan"]
    return wilayah[keys].merge(table, on=keys, how="left", validate="one_to_one")["label"].set_axis(wilayah.index)


def _overdispersion(units: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return of every group the number of its units, φ and τ².

    Columns ``keys, unit, phi, tau2``; NaN below ``MIN_FUNNEL`` units. ``units`` has ``keys, penyebut, nilai, pusat``.
    On the arcsine scale the variance of a unit is 1/(4n). φ is the mean square of the z scores, winsorised at their
    10 % and 90 % quantiles, divided by ``CONSISTENCY``. τ² is what must be added to every variance to bring φ down to
    (m - 1)/m (Paule and Mandel 1982), 0 where φ is no larger. The moment estimate of DerSimonian and Laird, which
    FunnelPlotR takes, is too small where sizes differ much: up to 8 % of Kampung KB of one spread were outside.
    """
    groups = units.groupby(keys)
    number, gap = groups.ngroup().to_numpy(), _angle(units["nilai"]) - _angle(units["pusat"])
    order = np.argsort(number, kind="stable")
    size = np.bincount(number)
    first = np.cumsum(size) - size
    phi, tau2 = np.full(len(size), np.nan), np.full(len(size), np.nan)
    known = np.flatnonzero(size >= MIN_FUNNEL)
    by_size = known[np.argsort(size[known], kind="stable")]
    for part in np.split(by_size, range(_CHUNK, len(by_size), _CHUNK)):
        many = size[part][:, None]
        rows = np.arange(many.max(initial=0))
        at = order[np.minimum(first[part][:, None] + rows, len(order) - 1)] if len(order) else order
        inside = rows < many
        part_gap = np.where(inside, gap[at], np.nan)
        part_variance = np.where(inside, 0.25 / units["penyebut"].to_numpy(float)[at], np.nan)
        phi[part], tau2[part] = _paule_mandel(part_gap, part_variance, many)
    names = units.loc[~units.duplicated(keys), keys].sort_values(keys, ignore_index=True)
    return names.assign(unit=size, phi=phi, tau2=tau2)


def _paule_mandel(gap: Floats, variance: Floats, many: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return φ and τ² of groups (rows; columns are their units, NaN beyond ``many``, a column of counts)."""

    def phi(extra: Floats) -> Floats:
        z = gap / np.sqrt(variance + extra[:, None])
        low, high = (_quantile(np.sort(z, axis=1), many, q) for q in (WINSOR, 1 - WINSOR))
        mean: Floats = np.nanmean(np.clip(z, low, high) ** 2, axis=1)
        return mean / CONSISTENCY

    fair = ((many - 1) / many)[:, 0]
    below, above = np.zeros(len(gap)), np.full(len(gap), (np.pi / 2) ** 2 * 4)
    for _ in range(45):
        middle = (below + above) / 2
        more = phi(middle) > fair
        below, above = np.where(more, middle, below), np.where(more, above, middle)
    plain = phi(np.zeros(len(gap)))
    return plain, np.where(plain > fair, (below + above) / 2, 0.0)


def _quantile(ordered: Floats, many: NDArray[np.intp], q: float) -> Floats:
    """Return the linear quantile ``q`` of the first ``many`` of every ordered row, as a column."""
    position = q * (many - 1)
    lower = np.floor(position).astype(np.intp)
    a, b = (np.take_along_axis(ordered, np.minimum(at, many - 1), axis=1) for at in (lower, lower + 1))
    out: Floats = a + (b - a) * (position - lower)
    return out


def _angle(proportion: pd.Series) -> Floats:
    angle: Floats = np.arcsin(np.sqrt(proportion.to_numpy(float)))
    return angle
