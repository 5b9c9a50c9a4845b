"""Values of areas: ratios of sums over the Kampung KB that reported, what they rest on, what they leave out (METHOD 5).

They are counts and no samples: instead of a sampling interval stand how many reported, how many of these are *tidak
diperbarui*, and the range that the silent ones leave open.
"""

import numpy as np
import pandas as pd

from kkb_eval import schema
from kkb_eval.method import freshness
from kkb_eval.method.indicators import columns_of, with_intervals

REGION = ["provinsi", "kabupaten", "kecamatan"]
LEVELS = {"semua": [], "provinsi": REGION[:1], "kabupaten": REGION[:2], "kecamatan": REGION}
"""The levels of an area and the columns that name it."""
SPREAD = {"terendah": 0.0, "q25": 0.25, "q75": 0.75, "tertinggi": 1.0}
"""Columns of the spread of an area's Kampung KB and their quantiles."""
SILENT = {"bawah_diam": 0.1, "atas_diam": 0.9}
"""Where the silent ones may stand among those that reported, as quantiles."""
FEWEST = 3
"""Fewer Kampung KB do not tell where a silent one may stand."""
ENOUGH = 0.5
"""The share of an area's Kampung KB that must have reported before it has rates."""
DECISIVE = 0.05
"""A Kampung KB without which a value moves by more than this is named."""
DOUBTED = {"K06": schema.METHODS + schema.UNMET, "K12": schema.METHODS + schema.UNMET, "K13": None, "K11": schema.REKAP}
"""Findings on whose numbers no label is printed, and the columns that they put in doubt (None: those they name)."""
WILAYAH = (
    "tingkat", *REGION, "indikator", "pembilang", "penyebut", "nilai", "bawah95", "atas95", "bawah998", "atas998",
    *schema.STATUS, "lapor", "basi", "cukup", *SILENT, "tanpa_k11", "dengan_k11", "penentu", "tanpa_penentu", *SPREAD,
)  # fmt: skip
"""Columns of ``pool``."""
_SUMS = ["x", "n", "x_all", "n_all", "used", "large", "kampung", "lapor", "weight", "unknown", *schema.STATUS]


def oversized(catatan: pd.DataFrame) -> set[str]:
    """Return the ``kampung_id`` that K11 calls implausibly large: they leave sums, benchmarks, labels and visits."""
    return set(catatan.loc[catatan["kode"].eq("K11") & catatan["tingkat"].ne("info"), "kampung_id"].dropna())


def doubtful(catatan: pd.DataFrame, katalog: pd.DataFrame) -> pd.MultiIndex:
    """Return the (``kampung_id``, ``indikator``) whose numbers K06, K11 (large), K12 or K13 put in doubt."""
    rows = catatan[catatan["kode"].isin(DOUBTED) & ~(catatan["kode"].eq("K11") & catatan["tingkat"].eq("info"))]
    over = {kode: {*columns_of(terms)} for kode, terms in zip(katalog["kode"], katalog["pembilang"], strict=True)}
    pairs = []
    for row in rows.itertuples():
        named = DOUBTED[str(row.kode)]
        if named is None:
            own = set(str(row.kolom).split(", "))
            pairs += [(row.kampung_id, kode) for kode, columns in over.items() if columns & own]
        else:
            pairs += [(row.kampung_id, kode) for kode, columns in over.items() if columns <= {*named}]
    return pd.MultiIndex.from_tuples(sorted(set(pairs)), names=["kampung_id", "indikator"])


def pool(indikator: pd.DataFrame, kampung: pd.DataFrame, catatan: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """Return the value of every area and indicator, as ``WILAYAH``.

    ``nilai`` is the ratio of sums over the *terisi* Kampung KB without the ``oversized`` ones (NaN where there is
    none), with Wilson's interval of counting alone; ``dengan_k11`` is the value with them, NaN where ``tanpa_k11``, how
    many are left out, is 0. One count a state; ``lapor`` have the records of the indicator, ``basi`` of them are *tidak
    diperbarui* (null without a year before); ``cukup``: at least half reported. ``bawah_diam`` and ``atas_diam`` are
    the value if the silent ones stood at the 10th and the 90th percentile of those that reported (of the kabupaten, for
    a kecamatan), each with its own denominator where known, else their median; NaN where fewer than ``FEWEST``
    reported. ``penentu`` is the Kampung KB without which the value moves most, where that is more than ``DECISIVE``,
    and ``tanpa_penentu`` the value then. ``terendah, q25, q75, tertinggi`` are the spread of the Kampung KB.
    The mean of rounded ratios of the official rule is another number and is not mixed with this one.
    """
    units = _units(indikator, kampung, catatan, katalog)
    parts: dict[str, pd.DataFrame] = {}
    for level, region in LEVELS.items():
        area = _summed(units, [*region, "indikator"])
        reference = area if level != "kecamatan" else _of_kabupaten(area, parts["kabupaten"])
        parts[level] = _with_range(area, reference).assign(tingkat=level, **dict.fromkeys(REGION[len(region) :]))
    ordered = [parts[level].astype(dict.fromkeys(REGION, object)) for level in reversed(LEVELS)]
    out = pd.concat(ordered, ignore_index=True)
    sampled = out["indikator"].map(katalog.set_index("kode")["sampel"]).eq("ya") & out["nilai"].notna()
    out = with_intervals(out.rename(columns={"x": "pembilang", "n": "penyebut"}), sampled.to_numpy())
    return out[list(WILAYAH)]


def _units(
    indikator: pd.DataFrame, kampung: pd.DataFrame, catatan: pd.DataFrame, katalog: pd.DataFrame
) -> pd.DataFrame:
    """Return every Kampung KB and indicator with its part in the sums (``_SUMS``), its value and whether it is stale.

    ``value`` is NaN unless it counts, ``stale`` 1 or 0, NaN where unknown; ``weight`` is the denominator of a silent
    one, ``unknown`` 1 where it is not known.
    """
    table = indikator[["kampung_id", "indikator", "pembilang", "penyebut", "nilai", "status"]]
    table = table.merge(kampung[["kampung_id", *REGION]], on="kampung_id", validate="many_to_one")
    flags = kampung[["kampung_id", *(f"diperbarui_{record}" for record in schema.RECORDS)]]
    table = table.merge(freshness.updated_indicators(flags, katalog), on=["kampung_id", "indikator"], how="left")
    filled, silent = table["status"].eq("terisi"), table["status"].eq("belum_lapor")
    large = table["kampung_id"].isin(oversized(catatan)) & filled
    used = filled & ~large
    size = _denominators(kampung, katalog).reindex(pd.MultiIndex.from_frame(table[["kampung_id", "indikator"]]))
    weight = pd.Series(size.to_numpy(float), table.index).where(silent & size.gt(0).to_numpy())
    return table.assign(
        x=table["pembilang"].where(used, 0.0),
        n=table["penyebut"].where(used, 0.0),
        x_all=table["pembilang"].where(filled, 0.0),
        n_all=table["penyebut"].where(filled, 0.0),
        value=table["nilai"].where(used),
        size=table["penyebut"].where(used),
        weight=weight.fillna(0.0),
        stale=(~table["diperbarui"]).where(~silent).astype("Float64"),
        **{
            name: mask.astype("int64")
            for name, mask in {
                "used": used, "large": large, "kampung": silent | True, "lapor": ~silent,
                "unknown": silent & weight.isna(), **{s: table["status"].eq(s) for s in schema.STATUS},
            }.items()
        },
    )  # fmt: skip


def _denominators(kampung: pd.DataFrame, katalog: pd.DataFrame) -> pd.Series:
    """Return the denominator of every Kampung KB and indicator, reported or not; NaN where a column is not known."""
    parts = {}
    for row in katalog.itertuples():
        under = columns_of(str(row.penyebut))
        own = kampung[under].sum(axis=1, skipna=False) if under else pd.Series(float(str(row.penyebut)), kampung.index)
        parts[row.kode] = own.set_axis(kampung["kampung_id"])
    out: pd.Series = pd.concat(parts, names=["indikator", "kampung_id"]).swaplevel()
    return out


def _summed(units: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the sums of every area, its value with and without the oversized, its spread and its decisive unit."""
    groups = units.groupby(keys, dropna=False, sort=True)
    out = groups[_SUMS].sum()
    quantiles = {**SPREAD, **{f"{name}_unit": q for name, q in SILENT.items()}}
    spread = groups["value"].quantile(np.array(list(quantiles.values()))).unstack().set_axis(list(quantiles), axis=1)
    out = out.join(spread).join(groups["size"].median().rename("middle"))
    out["basi"] = groups["stale"].sum(min_count=1).astype("Int64")
    out["nilai"] = out["x"] / out["n"].where(out["used"] > 0)
    out["dengan_k11"] = (out["x_all"] / out["n_all"]).where(out["large"] > 0)
    out["tanpa_k11"] = out["large"]
    out["cukup"] = out["lapor"] >= ENOUGH * out["kampung"]
    out[["x", "n"]] = out[["x", "n"]].where(out["used"] > 0, np.nan)
    number = groups.ngroup().to_numpy()
    without = (out["x"].to_numpy()[number] - units["x"]) / (out["n"].to_numpy()[number] - units["n"]).replace(0, np.nan)
    moves = (without - out["nilai"].to_numpy()[number]).abs().where(units["used"].eq(1))
    # rounded: of two that move it alike the first by name is told, whatever the order of sums
    ranked = units.assign(without=without, moves=moves.round(12), number=number)[moves > DECISIVE]
    first = ranked.sort_values(["moves", "kampung_id"], ascending=[False, True]).drop_duplicates("number")
    named = first.set_index("number")[["kampung_id", "without"]].reindex(range(len(out))).set_axis(out.index)
    return out.assign(penentu=named["kampung_id"], tanpa_penentu=named["without"]).reset_index()


def _of_kabupaten(area: pd.DataFrame, kabupaten: pd.DataFrame) -> pd.DataFrame:
    """Return, for every row of kecamatan, what the silent range needs of its kabupaten."""
    keys = [*REGION[:2], "indikator"]
    own = ["used", "middle", *(f"{name}_unit" for name in SILENT)]
    return area[keys].merge(kabupaten[[*keys, *own]], on=keys, how="left", validate="many_to_one")


def _with_range(area: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Return the areas with the range that their silent Kampung KB leave open, read off ``reference`` (same rows)."""
    silent = area["belum_lapor"].gt(0)
    weight = area["weight"] + area["unknown"] * reference["middle"].fillna(0.0)
    known = reference["used"].ge(FEWEST)
    for name in SILENT:
        shifted = (area["x"] + reference[f"{name}_unit"] * weight) / (area["n"] + weight)
        area[name] = shifted.where(known).where(silent, area["nilai"]).where(area["nilai"].notna())
    return area
