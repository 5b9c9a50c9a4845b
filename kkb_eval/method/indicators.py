"""Indicators as proportions with their state and Wilson intervals of counting alone (METHOD 3 and 5)."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from statsmodels.stats.proportion import proportion_confint

INTERVALS = {"95": 0.05, "998": 0.002}
"""Suffix of the interval columns and the share left outside."""


def wilson(x: ArrayLike, n: ArrayLike, alpha: float = 0.05) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lower and upper Wilson limits of the proportions x/n (any shape); NaN where n is not above zero."""
    x, n = np.asarray(x, float), np.asarray(n, float)
    safe = np.where(n > 0, n, np.nan)
    low, high = proportion_confint(x, safe, alpha=alpha, method="wilson")
    # Wilson limits meet 0 and 1 exactly at x = 0 and x = n; floating point leaves a remainder of 1e-17
    return np.where(x == 0, low * 0.0, low), np.where(x == safe, high / high, high)


def columns_of(expression: str) -> list[str]:
    """Return the raw columns of a catalogue expression such as "iud+mow"; none for a constant such as "12"."""
    return [] if expression.isdigit() else expression.split("+")


def compute(kampung: pd.DataFrame, catatan: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """Return every indicator of every Kampung KB, long.

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
    """Return, for each raw column, the rows in which a finding of level *salah* names it."""
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
    return with_intervals(out, sampel).assign(status=status)


def with_intervals(frame: pd.DataFrame, sampel: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the frame (``pembilang, penyebut``) with Wilson limits, NaN where ``sampel`` is False."""
    n = np.where(sampel, frame["penyebut"], np.nan)
    for suffix, alpha in INTERVALS.items():
        low, high = wilson(frame["pembilang"], n, alpha)
        frame[f"bawah{suffix}"], frame[f"atas{suffix}"] = low, high
    return frame
