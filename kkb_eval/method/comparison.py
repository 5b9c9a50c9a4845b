"""Comparison with the kabupaten: labels by interval, and what stands out among its peers (METHOD 8).

Two strengths, because areas differ far more than chance allows: an interval that misses the benchmark gives the label,
and only a value outside the overdispersion-adjusted limits is *menonjol*. Funnel and overdispersion: Spiegelhalter
(2005), as FunnelPlotR computes them for proportions.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

LABELS = ("lebih_baik_menonjol", "lebih_baik", "serupa", "kurang_baik", "kurang_baik_menonjol")
CORONG = ("provinsi", "kabupaten", "indikator", "unit", "pusat", "phi", "tau2", "n_luar95", "n_luar95_od")
"""Columns of ``corong.parquet``."""
MIN_FUNNEL = 5
"""Fewer units have no funnel."""
MIN_STRIKING = 10
"""Fewer units have no *menonjol*."""
WINSOR = 0.1
_Z95, _Z998 = (float(norm.isf(alpha / 2)) for alpha in (0.05, 0.002))
_REGION = ["provinsi", "kabupaten"]
_KEYS = [*_REGION, "indikator"]


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` found.

    ``label``: ``kampung_id, indikator, label``, a row for every row of the indicators. ``wilayah``: the given frame and
    its ``label``, null but for kecamatan. ``corong``: the columns ``CORONG``, a row a kabupaten and sampled indicator.
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
        """The funnel of at least one unit with x of n (n above zero); ``center`` is the ratio of sums unless given."""
        units = pd.DataFrame({"penyebut": np.asarray(n, float), "kelompok": 0})
        units["nilai"] = np.asarray(x, float) / units["penyebut"]
        units["pusat"] = np.sum(x) / np.sum(n) if center is None else center
        return cls.from_row(_overdispersion(units, ["kelompok"]).assign(pusat=units["pusat"]).iloc[0])

    @classmethod
    def from_row(cls, row: pd.Series) -> "Funnel":
        """The funnel of a row of ``Comparison.corong``."""
        pusat, phi, tau2 = row[["pusat", "phi", "tau2"]].to_numpy(float)
        return cls(float(pusat), float(phi), float(tau2))

    def limits(self, n: ArrayLike) -> pd.DataFrame:
        """The limits for units of the sizes ``n``, as proportions within 0 and 1.

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
    """The label of values with the interval ``bawah`` to ``atas`` against a benchmark (all of one shape, or scalars).

    ``arah`` is 1 where more is better, -1 where less is. An interval that touches the benchmark is "serupa". None
    where the interval or the benchmark is NaN. The rule is that of FingertipsNext.
    """
    bawah, atas, pembanding, arah, menonjol = np.broadcast_arrays(bawah, atas, pembanding, arah, menonjol)
    sisi = arah * ((bawah > pembanding).astype(int) - (atas < pembanding).astype(int))
    tahu = ~(np.isnan(bawah) | np.isnan(atas) | np.isnan(pembanding))
    cases = [~tahu, (sisi > 0) & menonjol, sisi > 0, sisi == 0, menonjol]
    names = np.array([None, *LABELS[:3], LABELS[4], LABELS[3]], dtype=object)
    out: NDArray[np.object_] = names[np.select(cases, range(len(cases)), len(cases))]
    return out


def compare(indikator: pd.DataFrame, wilayah: pd.DataFrame, kampung: pd.DataFrame, katalog: pd.DataFrame) -> Comparison:
    """Labels of every Kampung KB and every kecamatan against their kabupaten, and the kabupaten's funnels.

    ``indikator`` and ``wilayah`` come from ``indicators``, ``kampung`` gives the place, ``katalog`` says ``arah`` and
    ``sampel``. A label is null unless the indicator is ``terisi`` and a sample. Kecamatan are judged by the same rule
    among the kecamatan of their kabupaten, so *menonjol* needs 10 kecamatan there.
    """
    sampel = katalog.loc[katalog["sampel"].eq("ya"), "kode"]
    kabupaten = wilayah[wilayah["tingkat"].eq("kabupaten") & wilayah["indikator"].isin(sampel)]
    pusat = (
        kabupaten[[*_KEYS, "nilai"]]
        .rename(columns={"nilai": "pusat"})
        .merge(katalog[["kode", "arah"]], left_on="indikator", right_on="kode")
    )
    units = indikator.merge(kampung[["kampung_id", *_REGION]], on="kampung_id", how="left", validate="many_to_one")
    per_kampung, corong = _judge(units, pusat)
    kecamatan = wilayah["tingkat"].eq("kecamatan")
    per_wilayah = pd.Series(None, index=wilayah.index, dtype="str")
    per_wilayah[kecamatan] = _judge(wilayah[kecamatan], pusat)[0]
    return Comparison(
        label=indikator[["kampung_id", "indikator"]].assign(label=pd.array(per_kampung, dtype="str")),
        wilayah=wilayah.assign(label=per_wilayah),
        corong=corong,
    )


def _judge(units: pd.DataFrame, pusat: pd.DataFrame) -> tuple[NDArray[np.object_], pd.DataFrame]:
    """The label of every unit, in their order, and the funnels of the kabupaten (``CORONG``).

    ``pusat`` has ``provinsi, kabupaten, indikator, pusat, arah``: what is not there gets no label.
    """
    rows = units[[*_KEYS, "penyebut", "nilai", "bawah95", "atas95"]].merge(
        pusat, on=_KEYS, how="left", validate="many_to_one"
    )
    ada = (rows["nilai"].notna() & rows["pusat"].notna()).to_numpy()
    fitted = _overdispersion(rows[ada], _KEYS)
    terisi = rows[ada].merge(fitted, on=_KEYS, how="left")
    gap = np.abs(_angle(terisi["nilai"]) - _angle(terisi["pusat"]))
    variance = 0.25 / terisi["penyebut"]
    # NaN where there is no funnel: nothing is outside
    terisi["n_luar95"] = gap > _Z95 * np.sqrt(variance + 0 * terisi["tau2"])
    terisi["n_luar95_od"] = gap > _Z95 * np.sqrt(variance + terisi["tau2"])
    menonjol = np.zeros(len(rows), bool)
    menonjol[ada] = terisi["n_luar95_od"] & (terisi["unit"] >= MIN_STRIKING)
    names = label(rows["bawah95"].where(ada), rows["atas95"], rows["pusat"], rows["arah"], menonjol)
    luar = terisi.groupby(_KEYS)[["n_luar95", "n_luar95_od"]].sum().reset_index()
    corong = pusat.merge(fitted, on=_KEYS, how="left").merge(luar, on=_KEYS, how="left")
    corong["unit"] = corong["unit"].fillna(0).astype("int64")
    for column in ("n_luar95", "n_luar95_od"):
        corong[column] = corong[column].astype("Int64").where(corong["phi"].notna())
    return names, corong[list(CORONG)]


def _overdispersion(units: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Of every group the number of its units, φ and τ² (``keys, unit, phi, tau2``; NaN below ``MIN_CORONG`` units).

    ``units`` has ``keys, penyebut, nilai, pusat``. On the arcsine scale the standard error of a unit is 1/(2√n). The z
    scores are winsorised at their 10 % and 90 % quantiles, φ is their mean square, and τ² is the moment estimate of
    what φ leaves over chance (DerSimonian and Laird), never below 0.
    """
    weight = 4.0 * units["penyebut"]
    z = np.sqrt(weight) * (_angle(units["nilai"]) - _angle(units["pusat"]))
    table = units[keys].assign(z=z, w=weight, w2=weight**2)
    groups = table.groupby(keys)
    low, high = (groups["z"].transform("quantile", q) for q in (WINSOR, 1 - WINSOR))
    table["z2"] = z.clip(low, high) ** 2
    out = table.groupby(keys).agg(unit=("z", "size"), phi=("z2", "mean"), w=("w", "sum"), w2=("w2", "sum"))
    out["phi"] = out["phi"].where(out["unit"] >= MIN_FUNNEL)
    excess = out["unit"] * out["phi"] - (out["unit"] - 1)
    out["tau2"] = (excess / (out["w"] - out["w2"] / out["w"])).clip(lower=0.0)
    return out.reset_index()[[*keys, "unit", "phi", "tau2"]]


def _angle(proportion: pd.Series) -> NDArray[np.float64]:
    angle: NDArray[np.float64] = np.arcsin(np.sqrt(proportion.to_numpy(float)))
    return angle
