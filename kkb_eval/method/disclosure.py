"""Hides small counts of people, and whatever they could be found from, in numbers of areas (OpenSAFELY's redaction)."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

LIMIT = 4
"""Counts of 1 to this many people are hidden."""
HIDDEN = "disembunyikan"
_NUMBERS = ["pembilang", "penyebut", "nilai", "bawah95", "atas95"]


def numbers(kabupaten: pd.DataFrame, kecamatan: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """The pooled rows of a kabupaten and its kecamatan (``wilayah``), by indicator, with ``RAHASIA`` in what is hidden.

    ``kecamatan`` is "(kabupaten)" in the kabupaten's own; ``singkat`` is the indicator's short name.
    """
    rows = pd.concat([kabupaten.assign(kecamatan="(kabupaten)"), kecamatan], ignore_index=True)
    rows = rows[rows["indikator"].isin(katalog["kode"])].astype(dict.fromkeys(_NUMBERS, "object"))
    for kode in groups(katalog):
        whole, part = (_counts(table, kode) for table in (kabupaten, kecamatan))
        secret = {*part.index[hidden(part)], *(["(kabupaten)"] if is_small(whole).any(axis=None) else [])}
        rows.loc[rows["indikator"].isin(kode) & rows["kecamatan"].isin(secret), _NUMBERS] = HIDDEN
    urutan = {kode: at for at, kode in enumerate(katalog["kode"])}
    rows["singkat"] = rows["indikator"].map(katalog.set_index("kode")["singkat"])
    rows = rows.assign(urutan=rows["indikator"].map(urutan))
    return rows.sort_values(["urutan", "kecamatan"], ignore_index=True).drop(columns="urutan")


def groups(katalog: pd.DataFrame) -> list[list[str]]:
    """The indicators of people, in groups that are tied by a raw number they share: one tells of the other."""
    orang = katalog[katalog["sampel"].eq("ya")]
    mentah = (orang["pembilang"] + "+" + orang["penyebut"]).str.get_dummies("+").to_numpy()
    _, label = connected_components(mentah @ mentah.T, directed=False)
    return [orang["kode"][label == number].tolist() for number in np.unique(label)]


def _counts(rows: pd.DataFrame, kode: list[str]) -> pd.DataFrame:
    """Numerators, denominators and their differences of some indicators, an area a row (NaN: none is ``terisi``)."""
    own = rows[rows["indikator"].isin(kode) & rows["penyebut"].gt(0)]
    own = own.assign(sisa=own["penyebut"] - own["pembilang"], kecamatan=own["kecamatan"].fillna("(kabupaten)"))
    return own.pivot(index="kecamatan", columns="indikator", values=["pembilang", "penyebut", "sisa"]).astype("float64")


def is_small(counts: pd.DataFrame) -> pd.DataFrame:
    """Where a count is one of few people."""
    return counts.gt(0) & counts.le(LIMIT)


def hidden(counts: pd.DataFrame, most: int = LIMIT) -> "pd.Series[bool]":
    """Which rows are hidden, so that no count of 1 to ``most`` can be read or found from the sum of its column.

    Of a column with such a count all rows up to ``most`` are hidden, then the smallest of the others, until what is
    hidden of it is more than ``most`` (the rule of OpenSAFELY's redaction). A row is hidden whole. Equal rows go by
    their name. NaN counts for nothing.
    """
    counts = counts.sort_index()
    out = pd.Series(False, index=counts.index)
    while more := [row for _, column in counts.items() for row in _more(column, out, most)]:
        out[more] = True
    return out


def _more(column: "pd.Series[float]", out: "pd.Series[bool]", most: int) -> list[Any]:
    """The rows that must be hidden beside those of ``out``, of one column."""
    small = column.le(most)
    if column[small].sum() > 0 and (small & ~out).any():
        return list(column.index[small & ~out])
    others = column[~out].dropna()
    if 0 < column[out].sum() <= most and len(others):
        return [others.idxmin()]
    return []
