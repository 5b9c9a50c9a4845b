"""Target kinerja: what an area reached of its target, and which predikat is certain (METHOD 11).

Capaian: PermenPANRB 8/2021, as in the LKIP of BKKBN DIY 2020; the bands are data/predikat.csv.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kkb_eval import schema

REACHED = 100.0
"""The capaian, in percent, from which a target is met."""
ENOUGH = 0.5
"""An area of which no more than this share of the Kampung KB reported has no certain achievement."""
STATES = ("terhitung", "target_nol", "tanpa_realisasi", "cakupan_kurang")
SOURCES = {"predikat": "permendagri-86-2017", "predikat_bkkbn": "bkkbn"}
"""Columns with a predikat and the band table of each (``predikat.csv``)."""
_TYPES = {
    **dict.fromkeys(("provinsi", "kabupaten", "kecamatan", "wilayah", "indikator"), "str"),
    **dict.fromkeys(("target", "realisasi", "bawah95", "atas95"), "float64"),
    **dict.fromkeys(("terisi", "kampung"), "int64"),
    **dict.fromkeys(("capaian", "capaian_bawah", "capaian_atas"), "float64"),
    "tercapai": "boolean",
    **dict.fromkeys((*SOURCES, "keadaan", "sumber"), "str"),
}
CAPAIAN = tuple(_TYPES)
"""Columns of ``capaian.parquet``."""
_REGION = ["kabupaten", "kecamatan"]
_VALUES = ["realisasi", "bawah95", "atas95"]


def compute(
    target: pd.DataFrame | None,
    wilayah: pd.DataFrame,
    kampung: pd.DataFrame,
    katalog: pd.DataFrame,
    predikat: pd.DataFrame,
) -> pd.DataFrame:
    """Return every target with what was reached, as ``CAPAIAN``: the kabupaten first, then its kecamatan.

    ``target`` is the table of ``rujukan/target.csv`` (None: not given), ``wilayah`` comes from ``areas.pool``,
    ``predikat`` is the catalogue of bands. ``target, realisasi, bawah95, atas95`` are in percent, for
    ``schema.KAMPUNG_KB`` numbers of Kampung KB. The limits are the range that the silent Kampung KB leave open; NaN for
    ``schema.KAMPUNG_KB`` and where too few reported to know it. ``capaian`` and its limits are in percent, NaN unless
    target and realisasi are known and the target is above zero. ``tercapai`` and the predikat are null unless
    ``keadaan`` is "terhitung" and the whole range agrees: it spans neither the target nor, for a predikat, an edge of
    its bands.
    """
    if target is None or target.empty:
        return pd.DataFrame(columns=list(CAPAIAN)).astype(_TYPES)
    rows = target.assign(kecamatan=target["kecamatan"].fillna(""))
    rows = rows.merge(_realised(wilayah, kampung), on=[*_REGION, "indikator"], how="left", validate="one_to_one")
    rows["kampung"] = [_size(kampung, *place) for place in zip(rows["kabupaten"], rows["kecamatan"], strict=True)]
    formed = rows["indikator"].eq(schema.KAMPUNG_KB)
    rows["realisasi"] = rows["realisasi"].mask(formed, rows["kampung"].astype(float))
    for count in ("terisi", "lapor"):
        rows[count] = rows[count].fillna(0).mask(formed, rows["kampung"])
    arah = rows["indikator"].map(katalog.set_index("kode")["arah"]).fillna(1)
    reached = [achievement(rows[column], rows["target"], arah) for column in _VALUES]
    rows["capaian"], rows["capaian_bawah"], rows["capaian_atas"] = reached[0], *np.sort(reached[1:], axis=0)
    rows["keadaan"] = _state(rows)
    rows = _judged(rows, predikat)
    order = rows["indikator"].map({kode: i for i, kode in enumerate((schema.KAMPUNG_KB, *katalog["kode"]))})
    rows = rows.assign(order=order).sort_values([*_REGION, "order"], ignore_index=True)
    return rows.assign(kecamatan=rows["kecamatan"].replace("", None))[list(CAPAIAN)].astype(_TYPES)


def achievement(realisasi: ArrayLike, target: ArrayLike, arah: ArrayLike) -> NDArray[np.float64]:
    """Return the capaian in percent: realisasi / target, where less is better (2 target - realisasi) / target.

    NaN where one is missing or the target is not above zero. What floating point leaves beyond nine decimals is cut
    off, so that a realisasi equal to its target is exactly 100.
    """
    real, goal = np.asarray(realisasi, float), np.asarray(target, float)
    goal = np.where(goal > 0, goal, np.nan)
    capaian: NDArray[np.float64] = np.where(np.asarray(arah) > 0, real, 2 * goal - real) / goal * 100
    return capaian.round(9)


def classify(capaian: ArrayLike, bands: pd.DataFrame) -> NDArray[np.object_]:
    """Return the predikat of each capaian in one band table (``predikat, dari, sampai``); None where it is NaN.

    A band begins at ``dari``, and what lies between ``sampai`` of one band and ``dari`` of the next belongs to the
    lower. Where these two are the same number it is the lower band's, and the upper one begins above it.
    """
    bands = bands.sort_values("dari", na_position="first")
    begin, end = bands["dari"].to_numpy(float)[1:], bands["sampai"].to_numpy(float)[:-1]
    edges = np.where(begin == end, np.nextafter(begin, np.inf), begin)
    x = np.asarray(capaian, float)
    names: NDArray[np.object_] = bands["predikat"].to_numpy(object)[np.searchsorted(edges, x, side="right")]
    names[np.isnan(x)] = None
    return names


def _realised(wilayah: pd.DataFrame, kampung: pd.DataFrame) -> pd.DataFrame:
    """Return the rates of the kabupaten (``kecamatan`` "") and kecamatan in percent, and how many they rest on."""
    rows = wilayah[wilayah["tingkat"].isin(_REGION) & wilayah["kabupaten"].isin(kampung["kabupaten"])]
    stored = dict(zip(_VALUES, ("nilai", "bawah_diam", "atas_diam"), strict=True))
    percent = {name: 100 * rows[column].astype(float) for name, column in stored.items()}
    own = rows[["kabupaten", "indikator", "terisi", "lapor"]]
    return own.assign(kecamatan=rows["kecamatan"].fillna(""), **percent)


def _size(kampung: pd.DataFrame, kabupaten: str, kecamatan: str) -> int:
    """Return the number of Kampung KB of an area."""
    inside = kampung["kabupaten"].eq(kabupaten)
    return int((inside & kampung["kecamatan"].eq(kecamatan) if kecamatan else inside).sum())


def _state(rows: pd.DataFrame) -> NDArray[np.str_]:
    """Return the ``STATES`` of every target."""
    little = (rows["lapor"] <= ENOUGH * rows["kampung"]).to_numpy() & rows["indikator"].ne(schema.KAMPUNG_KB).to_numpy()
    nothing = rows["realisasi"].isna().to_numpy()
    known = np.where(nothing, "tanpa_realisasi", np.where(little, "cakupan_kurang", "terhitung"))
    return np.where((rows["target"] > 0).to_numpy(), known, "target_nol")


def _judged(rows: pd.DataFrame, predikat: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with ``tercapai`` and the predikat of every band table, null where the range leaves them open."""
    exact = rows["indikator"].eq(schema.KAMPUNG_KB)
    low, high = (rows[f"capaian_{side}"].mask(exact, rows["capaian"]).to_numpy() for side in ("bawah", "atas"))
    settled = rows["keadaan"].eq("terhitung").to_numpy() & ~np.isnan(low) & ((low >= REACHED) == (high >= REACHED))
    reached = pd.Series(low >= REACHED, rows.index, dtype="boolean").where(settled)
    named: dict[str, NDArray[np.object_]] = {}
    for column, sumber in SOURCES.items():
        below, above = (classify(x, predikat[predikat["sumber"].eq(sumber)]) for x in (low, high))
        below[~settled | (below != above)] = None
        named[column] = below
    return rows.assign(tercapai=reached, **named)
