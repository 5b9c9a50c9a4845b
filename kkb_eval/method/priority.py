"""Whom to visit first: where most couples with unmet need are to be expected (METHOD 13).

Of held-out data the largest counts reached more unserved couples a year later than the largest excesses over the
kabupaten's rate, and a rate shrunk towards the kabupaten's told the next one better than the rate itself (METHOD 8).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkb_eval.method.ties import foremost

Floats = NDArray[np.float64]

REGION = ["provinsi", "kabupaten"]
MUCH_WORSE = "kurang_baik_menonjol"
"""The label of an unmet need far above the kabupaten's."""
_TYPES = {
    **dict.fromkeys(("kampung_id", "daftar"), "str"),
    **dict.fromkeys(("pus", "unmet", "harapan", "kelebihan", "bawah95", "atas95"), "float64"),
    **dict.fromkeys(("terpilih", "jauh"), "boolean"),
    "belum": "str",
    "tertinggal": "boolean",
}
PRIORITAS = tuple(_TYPES)
"""Columns of ``prioritas.parquet``; ``daftar`` is "kunjungan", "belum_lapor" or "perbaiki_data"."""


def compute(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    catatan: pd.DataFrame,
    *,
    reliability: float,
    draws: Floats,
    places: int = 10,
) -> pd.DataFrame:
    """Return every Kampung KB once, as PRIORITAS: ``visits``, then ``unjudged``."""
    large = implausible(catatan)
    known = visits(kampung, indikator, wilayah, large, reliability=reliability, draws=draws, places=places)
    return pd.concat([known, unjudged(kampung, indikator, large)], ignore_index=True)


def implausible(catatan: pd.DataFrame) -> frozenset[str]:
    """Return the ``kampung_id`` whose size is implausibly large (K11; where it is small the finding is an info)."""
    return frozenset(catatan.loc[catatan["kode"].eq("K11") & catatan["tingkat"].ne("info"), "kampung_id"].dropna())


def visits(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    large: frozenset[str],
    *,
    reliability: float,
    draws: Floats,
    places: int = 10,
) -> pd.DataFrame:
    """Return every Kampung KB with a usable unmet need, and whether it is one of the ``places`` visits (PRIORITAS).

    ``draws`` are drawn unmet rates (rows of ``kampung`` x draws, finite wherever unmet is ``terisi``). In couples:
    ``unmet`` reported; ``harapan`` to be expected, see ``expected``; ``kelebihan`` = unmet - PUS x the rate of the
    gabungan (``wilayah``), with the central 95 % of the same difference in the draws, widened to hold it.
    ``terpilih``: see ``chosen``. ``jauh``: the unmet need is labelled MUCH_WORSE. By kabupaten and name, in no order
    of size. ValueError when a needed draw is missing.
    """
    usable = kampung.assign(baris=np.arange(len(kampung)))[~kampung["kampung_id"].isin(large)]
    rows = _known(usable, indikator, wilayah)
    rate = draws[rows["baris"].to_numpy(int)]
    if not np.isfinite(rate).all():
        raise ValueError("draws must be finite wherever unmet is terisi")
    if rows.empty:
        return _table(rows)
    parts = [_judge(rows.iloc[at], rate[at], reliability, places) for at in rows.groupby(REGION).indices.values()]
    return _table(pd.concat(parts).assign(daftar="kunjungan").sort_values([*REGION, "kampung", "kampung_id"]))


def _known(kampung: pd.DataFrame, indikator: pd.DataFrame, wilayah: pd.DataFrame) -> pd.DataFrame:
    """Return the Kampung KB with unmet ``terisi``, by id, with ``baris`` kept and ``kelebihan``."""
    unmet = indikator[indikator["indikator"].eq("unmet") & indikator["status"].eq("terisi")]
    unmet = unmet.assign(jauh=unmet["label"].eq(MUCH_WORSE))[["kampung_id", "pembilang", "penyebut", "jauh"]]
    unmet = unmet.set_axis(["kampung_id", "unmet", "pus", "jauh"], axis=1)
    gabungan = wilayah[wilayah["tingkat"].eq("kabupaten") & wilayah["indikator"].eq("unmet")]
    rows = kampung[["kampung_id", "kampung", *REGION, "tertinggal", "baris"]]
    rows = rows.merge(unmet, on="kampung_id", validate="one_to_one")
    rows = rows.merge(gabungan[[*REGION, "nilai"]], on=REGION, validate="many_to_one")
    rows["kelebihan"] = rows["unmet"] - rows["pus"] * rows["nilai"]
    return rows.sort_values("kampung_id", ignore_index=True)


def _judge(rows: pd.DataFrame, rate: Floats, reliability: float, places: int) -> pd.DataFrame:
    """Return the rows of one kabupaten with what ``visits`` adds; ``rate`` (rows x draws) are drawn unmet rates."""
    unmet, pus, kelebihan = (rows[c].to_numpy(float) for c in ("unmet", "pus", "kelebihan"))
    harapan = expected(unmet, pus, reliability)
    drawn = rate * pus[:, None]
    excess = drawn - pus[:, None] * drawn.sum(axis=0) / pus.sum()
    bawah, atas = np.quantile(excess, (0.025, 0.975), axis=1)
    return rows.assign(
        harapan=harapan,
        bawah95=np.minimum(bawah, kelebihan),
        atas95=np.maximum(atas, kelebihan),
        terpilih=chosen(harapan, places),
    )


def expected(unmet: Floats, pus: Floats, reliability: float) -> Floats:
    """Return the couples with unmet need to be expected in each Kampung KB of one kabupaten.

    PUS x the rate shrunk to the median of all by the test-retest ``reliability`` (``keandalan`` of ``data/derau.csv``:
    how much of a deviation from that median is there again when a record is entered anew), on the arcsine scale of
    (x + 1/2) / (n + 1).

    >>> expected(np.array([0.0, 20, 90]), np.array([100.0, 100, 100]), 0.5).round(1).tolist()
    [7.1, 20.3, 56.9]
    """
    own = np.arcsin(np.sqrt((unmet + 0.5) / (pus + 1)))
    middle = np.median(own)
    couples: Floats = pus * np.sin(middle + reliability * (own - middle)) ** 2
    return couples


def chosen(harapan: Floats, places: int) -> NDArray[np.bool_]:
    """Tell who is among the ``places`` largest, in whole couples as a page prints them; ties: ``foremost``."""
    couples = np.rint(harapan)
    return foremost(couples, places) & (couples > 0)


def unjudged(kampung: pd.DataFrame, indikator: pd.DataFrame, large: frozenset[str]) -> pd.DataFrame:
    """Return the Kampung KB that are on no visit list for their numbers, with their PUS when known: PRIORITAS.

    ``daftar`` is "belum_lapor" (*isi formulir*) where a record is missing, and ``belum`` names it ("penduduk", "kb" or
    "penduduk, kb"; both without a rekap row); else "perbaiki_data" (*cocokkan dulu*): both are there, but the numbers
    contradict each other, PUS is 0, or the size is implausible (``large``). ``pus`` is NaN without a penduduk record
    or where it is 0. By list, kabupaten and name.
    """
    terisi = indikator.loc[indikator["indikator"].eq("unmet") & indikator["status"].eq("terisi"), "kampung_id"]
    rows = kampung[~kampung["kampung_id"].isin(terisi) | kampung["kampung_id"].isin(large)]
    penduduk, kb = (~rows[f"lapor_{nama}"].astype("boolean").fillna(False).astype(bool) for nama in ("penduduk", "kb"))
    belum = np.select([penduduk & kb, penduduk, kb], ["penduduk, kb", "penduduk", "kb"], "")
    out = rows.assign(
        daftar=np.where(belum == "", "perbaiki_data", "belum_lapor"),
        belum=pd.Series(belum, rows.index, "str").where(belum != ""),
        pus=rows["pus"].where(rows["pus"].gt(0) & ~penduduk),
    )
    return _table(out.sort_values(["daftar", *REGION, "kampung", "kampung_id"]))


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reindex(columns=list(PRIORITAS)).reset_index(drop=True).astype(_TYPES)


def reach(prioritas: pd.DataFrame, kampung: pd.DataFrame) -> pd.DataFrame:
    """Sum up the visits of each kabupaten: what a list says of itself is the sum of its rows.

    Returns ``provinsi, kabupaten, kunjungan`` (how many), ``unmet`` and ``harapan`` (couples there), ``unmet_semua``
    (couples in all Kampung KB with usable numbers) and ``pangsa`` (unmet / unmet_semua, NaN without any).
    """
    rows = prioritas[prioritas["daftar"].eq("kunjungan")].merge(kampung[["kampung_id", *REGION]], on="kampung_id")
    dipilih = rows["terpilih"].astype(bool)
    table = rows[REGION].assign(
        kunjungan=dipilih.astype("int64"),
        unmet=rows["unmet"].where(dipilih, 0.0),
        harapan=rows["harapan"].where(dipilih, 0.0),
        unmet_semua=rows["unmet"],
    )
    out = table.groupby(REGION, as_index=False).sum()
    return out.assign(pangsa=out["unmet"] / out["unmet_semua"].where(out["unmet_semua"].gt(0)))
