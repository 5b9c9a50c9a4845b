"""Whom to visit first: where most couples with unmet need live beyond the kabupaten's rate (METHOD 13)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkb_eval.method.noise import FIRM

Floats = NDArray[np.float64]

REGION = ["provinsi", "kabupaten"]
POSSIBLE = 0.2
"""Certainty from which a place on the list is worth naming; from ``MANTAP`` it is *mantap*."""
CERTAINTIES = ("mantap", "mungkin", "tidak")
_TYPES = {
    **dict.fromkeys(("kampung_id", "daftar"), "str"),
    **dict.fromkeys(("pus", "unmet", "kelebihan", "bawah95", "atas95", "yakin"), "float64"),
    "terpilih": "boolean",
    **dict.fromkeys(("golongan", "belum"), "str"),
    "tertinggal": "boolean",
}
PRIORITAS = tuple(_TYPES)
"""Columns of ``prioritas.parquet``; ``daftar`` is "kunjungan", "belum_lapor" or "perbaiki_data"."""
_REST = 1e-9
"""Couples that floating point may leave where the difference is zero."""


def compute(
    kampung: pd.DataFrame, indikator: pd.DataFrame, wilayah: pd.DataFrame, *, draws: Floats, jumlah: int = 10
) -> pd.DataFrame:
    """Every Kampung KB once, as ``PRIORITAS``: ``visits``, then ``unjudged``."""
    parts = [visits(kampung, indikator, wilayah, draws=draws, jumlah=jumlah), unjudged(kampung, indikator)]
    return pd.concat(parts, ignore_index=True)


def visits(
    kampung: pd.DataFrame, indikator: pd.DataFrame, wilayah: pd.DataFrame, *, draws: Floats, jumlah: int = 10
) -> pd.DataFrame:
    """Every Kampung KB with a known unmet need, and whether it belongs among the ``jumlah`` visits of its kabupaten.

    ``draws`` are drawn unmet rates (rows of ``kampung`` x draws, finite wherever unmet is ``terisi``). Returns the
    columns ``PRIORITAS``. ``kelebihan`` = unmet couples - PUS x the kabupaten's rate (ratio of sums, ``wilayah``), in
    couples; ``bawah95`` and ``atas95`` are the central 95 % of the same difference in the draws, each draw with its own
    kabupaten rate, widened to hold ``kelebihan``. ``terpilih``: among the ``jumlah`` largest above zero (ties by
    ``kampung_id``); ``yakin``: the share of draws in which it is. No ranks: ``golongan`` is "mantap" (chosen, and
    certain at ``MANTAP``), "mungkin" (chosen, or certain at ``MUNGKIN``) or "tidak"; rows go by kabupaten, golongan
    and name. ValueError when a needed draw is missing.
    """
    rows = _known(kampung, indikator, wilayah)
    rate = draws[rows["baris"].to_numpy(int)]
    if not np.isfinite(rate).all():
        raise ValueError("draws must be finite wherever unmet is terisi")
    if rows.empty:
        return _table(rows)
    judged = [_judge(rows.iloc[at], rate[at], jumlah) for at in rows.groupby(REGION).indices.values()]
    out = pd.concat(judged).assign(daftar="kunjungan")
    out["urutan"] = out["golongan"].map(CERTAINTIES.index)
    return _table(out.sort_values([*REGION, "urutan", "kampung", "kampung_id"]))


def _known(kampung: pd.DataFrame, indikator: pd.DataFrame, wilayah: pd.DataFrame) -> pd.DataFrame:
    """Kampung KB with unmet ``terisi``, sorted by id, with ``baris`` (row in ``kampung``) and ``kelebihan``."""
    unmet = indikator[indikator["indikator"].eq("unmet") & indikator["status"].eq("terisi")]
    unmet = unmet[["kampung_id", "pembilang", "penyebut"]].set_axis(["kampung_id", "unmet", "pus"], axis=1)
    pembanding = wilayah[wilayah["tingkat"].eq("kabupaten") & wilayah["indikator"].eq("unmet")]
    rows = kampung[["kampung_id", "kampung", *REGION, "tertinggal"]].assign(baris=np.arange(len(kampung)))
    rows = rows.merge(unmet, on="kampung_id", validate="one_to_one")
    rows = rows.merge(pembanding[[*REGION, "nilai"]], on=REGION, validate="many_to_one")
    rows["kelebihan"] = rows["unmet"] - rows["pus"] * rows["nilai"]
    return rows.sort_values("kampung_id", ignore_index=True)


def _judge(rows: pd.DataFrame, rate: Floats, jumlah: int) -> pd.DataFrame:
    """The rows of one kabupaten with interval, choice and certainty; ``rate`` (rows x draws) are drawn unmet rates."""
    kelebihan, pus = rows["kelebihan"].to_numpy(float), rows["pus"].to_numpy(float)[:, None]
    drawn = rate * pus
    excess = drawn - pus * drawn.sum(axis=0) / pus.sum()
    bawah, atas = np.quantile(excess, (0.025, 0.975), axis=1)
    terpilih = _among_largest(kelebihan[:, None], jumlah)[:, 0]
    yakin = _among_largest(excess, jumlah).mean(axis=1)
    return rows.assign(
        bawah95=np.minimum(bawah, kelebihan),
        atas95=np.maximum(atas, kelebihan),
        yakin=yakin,
        terpilih=terpilih,
        golongan=np.select(
            [terpilih & (yakin >= FIRM), terpilih | (yakin >= POSSIBLE)], CERTAINTIES[:2], CERTAINTIES[2]
        ),
    )


def _among_largest(excess: Floats, jumlah: int) -> NDArray[np.bool_]:
    """Which entries are among the ``jumlah`` largest of their column and above zero; earlier rows win ties."""
    chosen = np.zeros(excess.shape, bool)
    order = np.argsort(-excess, axis=0, kind="stable")[:jumlah]
    np.put_along_axis(chosen, order, True, axis=0)
    return chosen & (excess > _REST)


def unjudged(kampung: pd.DataFrame, indikator: pd.DataFrame) -> pd.DataFrame:
    """Kampung KB whose unmet need is not known, with their PUS when known: columns ``PRIORITAS``.

    ``daftar`` is "belum_lapor" where a record is missing, and ``belum`` names it ("penduduk", "kb" or "penduduk, kb";
    both without a rekap row); else "perbaiki_data": both are there, but the numbers contradict each other or PUS is 0.
    ``pus`` is NaN without a penduduk record or where it is 0. By list, kabupaten and name.
    """
    terisi = indikator.loc[indikator["indikator"].eq("unmet") & indikator["status"].eq("terisi"), "kampung_id"]
    rows = kampung[~kampung["kampung_id"].isin(terisi)]
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
    """What the chosen visits reach in each kabupaten.

    Returns ``provinsi, kabupaten, kunjungan`` (number chosen), ``unmet`` (couples with unmet need there),
    ``unmet_kabupaten`` (in all Kampung KB with known unmet need), ``pangsa`` (their ratio, NaN without any),
    ``kelebihan`` (couples above the kabupaten's rate there) and ``mantap`` (how many are certain).
    """
    rows = prioritas[prioritas["daftar"].eq("kunjungan")].merge(kampung[["kampung_id", *REGION]], on="kampung_id")
    dipilih = rows["terpilih"].astype(bool)
    table = rows[REGION].assign(
        kunjungan=dipilih.astype("int64"),
        unmet=rows["unmet"].where(dipilih, 0.0),
        unmet_kabupaten=rows["unmet"],
        kelebihan=rows["kelebihan"].where(dipilih, 0.0),
        mantap=rows["golongan"].eq("mantap").astype("int64"),
    )
    out = table.groupby(REGION, as_index=False).sum()
    return out.assign(pangsa=out["unmet"] / out["unmet_kabupaten"].where(out["unmet_kabupaten"].gt(0)))
