"""Indicators as proportions with their state and Wilson intervals, and their pooled values (METHOD 3 and 5)."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from kkb_eval import schema

INTERVALS = {"95": 0.05, "998": 0.002}
"""Suffix of the interval columns and the share left outside."""
SPREAD = {"terendah": 0.0, "q25": 0.25, "q75": 0.75, "tertinggi": 1.0}
"""Columns of the spread of an area's Kampung KB and their quantiles."""
_VALUES = ("pembilang", "penyebut", "nilai", "bawah95", "atas95", "bawah998", "atas998")


def wilson(x: ArrayLike, n: ArrayLike, alpha: float = 0.05) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper Wilson limits of the proportions x/n (any shape); NaN where n is not above zero."""
    x, n = np.asarray(x, float), np.asarray(n, float)
    safe = np.where(n > 0, n, np.nan)
    low, high = proportion_confint(x, safe, alpha=alpha, method="wilson")
    # Wilson limits meet 0 and 1 exactly at x = 0 and x = n; floating point leaves a remainder of 1e-17
    return np.where(x == 0, low * 0.0, low), np.where(x == safe, high / high, high)


def difference(x: pd.Series, n: pd.Series, x0: pd.Series, n0: pd.Series, sampel: pd.Series) -> dict[str, pd.Series]:
    """``selisih`` of x/n and x0/n0; where it is a sample, Newcombe's interval and ``nyata``: it excludes zero.

    Newcombe (1998), method 10; NaN where an n is. Both are null where ``sampel`` is False.
    """
    sampel = sampel & n.notna() & n0.notna()
    limits = confint_proportions_2indep(x, n.where(sampel), x0, n0.where(sampel), method="newcomb")
    bawah, atas = (pd.Series(np.asarray(bound), n.index) for bound in limits)
    nyata = ((bawah > 0) | (atas < 0)).astype("boolean").where(sampel)
    return {"selisih": x / n - x0 / n0, "bawah95": bawah, "atas95": atas, "nyata": nyata}


def columns_of(expression: str) -> list[str]:
    """The raw columns of a catalogue expression such as "iud+mow"; none for a constant such as "12"."""
    return [] if expression.isdigit() else expression.split("+")


def compute(kampung: pd.DataFrame, catatan: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """Every indicator of every Kampung KB, long.

    ``kampung`` is the clean year, ``catatan`` its findings, ``katalog`` the indicator catalogue. Returns
    ``kampung_id, indikator, pembilang, penyebut, nilai, bawah95, atas95, bawah998, atas998, status``, sorted by
    kampung_id and catalogue order. ``nilai`` is an unrounded proportion, NaN unless ``status`` is "terisi"; the
    intervals are NaN also where the indicator counts elements and is no sample.
    """
    salah = _inconsistent_columns(kampung, catatan)
    parts = [_one(kampung, row, salah) for row in katalog.itertuples()]
    long = pd.concat(parts, keys=range(len(parts)), names=["urutan"]).reset_index("urutan")
    return long.sort_values(["kampung_id", "urutan"], kind="stable", ignore_index=True).drop(columns="urutan")


def _inconsistent_columns(kampung: pd.DataFrame, catatan: pd.DataFrame) -> dict[str, NDArray[np.bool_]]:
    """For each raw column, the rows in which a finding of level *salah* names it."""
    salah = catatan.loc[catatan["tingkat"].eq("salah") & catatan["kampung_id"].notna(), ["kampung_id", "kolom"]]
    named = salah.assign(kolom=salah["kolom"].fillna("").str.split(", ")).explode("kolom")
    return {
        str(kolom): kampung["kampung_id"].isin(rows["kampung_id"]).to_numpy() for kolom, rows in named.groupby("kolom")
    }


def _one(kampung: pd.DataFrame, row: Any, salah: dict[str, NDArray[np.bool_]]) -> pd.DataFrame:
    over, under = columns_of(row.pembilang), columns_of(row.penyebut)
    x = kampung[over].sum(axis=1, skipna=False).to_numpy(float)
    n = (
        kampung[under].sum(axis=1, skipna=False).to_numpy(float)
        if under
        else np.full(len(kampung), float(row.penyebut))
    )
    lapor = np.logical_and.reduce([kampung[f"lapor_{r}"].fillna(False).to_numpy(bool) for r in row.rekaman.split("+")])
    keliru = np.logical_or.reduce([salah.get(column, np.zeros(len(kampung), bool)) for column in (*over, *under)])
    # a part larger than its whole is no proportion, whether or not a finding has named it
    keliru |= (n != 0) & ~((x >= 0) & (x <= n))
    with np.errstate(divide="ignore", invalid="ignore"):
        nilai = x / n
    status = np.select([~lapor, keliru, n == 0], ["belum_lapor", "tidak_konsisten", "tidak_dapat_dihitung"], "terisi")
    terisi = status == "terisi"
    sampel = terisi & (row.sampel == "ya")
    out = pd.DataFrame(
        {
            "kampung_id": kampung["kampung_id"].to_numpy(),
            "indikator": row.kode,
            "pembilang": np.where(lapor, x, np.nan),
            "penyebut": np.where(lapor, n, np.nan),
            "nilai": np.where(terisi, nilai, np.nan),
        }
    )
    return _with_intervals(out, sampel).assign(status=status)


def _with_intervals(frame: pd.DataFrame, sampel: NDArray[np.bool_]) -> pd.DataFrame:
    n = np.where(sampel, frame["penyebut"], np.nan)
    for suffix, alpha in INTERVALS.items():
        low, high = wilson(frame["pembilang"], n, alpha)
        frame[f"bawah{suffix}"], frame[f"atas{suffix}"] = low, high
    return frame


def pool(indikator: pd.DataFrame, kampung: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """The value of every area: the ratio of sums over its ``terisi`` Kampung KB, with interval and state counts.

    Returns ``tingkat`` ("kecamatan", "kabupaten", "provinsi", "semua"), ``provinsi, kabupaten, kecamatan`` (None above
    the area's level), ``indikator``, the value columns of ``compute`` (NaN where no Kampung KB is ``terisi``), one
    count a state, and the spread of its Kampung KB (``terendah, q25, q75, tertinggi``, proportions). The official
    rule's mean of rounded ratios is another number and is not mixed with this one.
    """
    daerah = ["provinsi", "kabupaten", "kecamatan"]
    joined = indikator.merge(kampung[["kampung_id", *daerah]], on="kampung_id", validate="many_to_one")
    terisi = joined["status"].eq("terisi")
    table = joined[[*daerah, "indikator", "nilai"]].assign(
        pembilang=joined["pembilang"].where(terisi, 0.0),
        penyebut=joined["penyebut"].where(terisi, 0.0),
        **{status: joined["status"].eq(status).astype("int64") for status in schema.STATUS},
    )
    levels = {"kecamatan": daerah, "kabupaten": daerah[:2], "provinsi": daerah[:1], "semua": []}
    parts = [
        _area_sums(table, [*keys, "indikator"]).assign(tingkat=tingkat, **dict.fromkeys(daerah[len(keys) :]))
        for tingkat, keys in levels.items()
    ]
    out = pd.concat([part.astype(dict.fromkeys(daerah, object)) for part in parts], ignore_index=True)
    isi = out["terisi"] > 0
    out[["pembilang", "penyebut"]] = out[["pembilang", "penyebut"]].where(isi)
    out["nilai"] = out["pembilang"] / out["penyebut"]
    sampel = out["indikator"].map(katalog.set_index("kode")["sampel"]).eq("ya")
    out = _with_intervals(out, (isi & sampel).to_numpy())
    return out[["tingkat", *daerah, "indikator", *_VALUES, *schema.STATUS, *SPREAD]]


def _area_sums(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    groups = table.groupby(keys, dropna=False, sort=True)
    spread = groups["nilai"].quantile(np.array(list(SPREAD.values()))).unstack().set_axis(list(SPREAD), axis=1)
    sums = groups[["pembilang", "penyebut", *schema.STATUS]].sum()
    return sums.join(spread).reset_index()
