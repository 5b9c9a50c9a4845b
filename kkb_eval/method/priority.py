"""Whom to visit first: where most couples with unmet need live beyond the kabupaten's rate (METHOD 13)."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DAERAH = ["provinsi", "kabupaten"]
MANTAP, MUNGKIN = 0.8, 0.2
"""Certainty from which a place on the list is *mantap* (the 80 % of METHOD 8), and from which it is worth naming."""
GOLONGAN = ("mantap", "mungkin", "tidak")
PRIORITAS = (
    "kampung_id", "daftar", "pus", "unmet", "kelebihan", "bawah95", "atas95", "yakin", "terpilih", "golongan", "belum",
    "tertinggal",
)  # fmt: skip
"""Columns of ``prioritas.parquet``; ``daftar`` is "kunjungan" or "belum_lapor"."""
_SISA = 1e-9


def visits(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    *,
    draws: NDArray[np.float64],
    jumlah: int = 10,
) -> pd.DataFrame:
    """Every Kampung KB with a known unmet need, and whether it belongs among the ``jumlah`` visits of its kabupaten.

    ``draws`` are drawn unmet rates (rows of ``kampung`` x draws, finite wherever unmet is ``terisi``). Returns the
    columns ``PRIORITAS``. ``kelebihan`` = unmet couples - PUS x the kabupaten's rate (ratio of sums, ``wilayah``), in
    couples; ``bawah95`` and ``atas95`` are the central 95 % of the same difference in the draws, each draw with its own
    kabupaten rate, widened to hold ``kelebihan``. ``terpilih``: among the ``jumlah`` largest above zero (ties by
    ``kampung_id``); ``yakin``: the share of draws in which it is. No ranks: ``golongan`` is "mantap" (chosen, and
    certain at 0.8), "mungkin" (chosen, or certain at 0.2) or "tidak"; rows go by kabupaten, golongan and name.
    ValueError when a needed draw is missing.
    """
    rows = _candidates(kampung, indikator, wilayah)
    rate = draws[rows["baris"].to_numpy(int)]
    if not np.isfinite(rate).all():
        raise ValueError("draws must be finite wherever unmet is terisi")
    yakin, bawah, atas = np.zeros((3, len(rows)))
    terpilih = np.zeros(len(rows), bool)
    kelebihan, pus = rows["kelebihan"].to_numpy(float), rows["pus"].to_numpy(float)
    for at in rows.groupby(DAERAH, dropna=False).indices.values():
        excess = _drawn_excess(rate[at], pus[at])
        yakin[at] = _among_largest(excess, jumlah).mean(axis=1)
        bawah[at], atas[at] = np.quantile(excess, (0.025, 0.975), axis=1)
        terpilih[at] = _among_largest(kelebihan[at, None], jumlah)[:, 0]
    golongan = np.select([terpilih & (yakin >= MANTAP), terpilih | (yakin >= MUNGKIN)], GOLONGAN[:2], GOLONGAN[2])
    out = rows.assign(
        daftar="kunjungan",
        bawah95=np.minimum(bawah, kelebihan),
        atas95=np.maximum(atas, kelebihan),
        yakin=yakin,
        terpilih=terpilih,
        golongan=pd.Categorical(golongan, GOLONGAN),
        belum=None,
    )
    return _finish(out.sort_values([*DAERAH, "golongan", "kampung", "kampung_id"]))


def _candidates(kampung: pd.DataFrame, indikator: pd.DataFrame, wilayah: pd.DataFrame) -> pd.DataFrame:
    """Kampung KB with unmet ``terisi``, sorted by id, with ``baris`` (row in ``kampung``) and ``kelebihan``."""
    unmet = indikator[indikator["indikator"].eq("unmet") & indikator["status"].eq("terisi")]
    unmet = unmet[["kampung_id", "pembilang", "penyebut"]].set_axis(["kampung_id", "unmet", "pus"], axis=1)
    pembanding = wilayah[wilayah["tingkat"].eq("kabupaten") & wilayah["indikator"].eq("unmet")]
    nama = kampung[["kampung_id", "kampung", *DAERAH, "tertinggal"]].assign(baris=np.arange(len(kampung)))
    rows = nama.merge(unmet, on="kampung_id", validate="one_to_one")
    rows = rows.merge(pembanding[[*DAERAH, "nilai"]], on=DAERAH, how="left", validate="many_to_one")
    rows = rows.sort_values("kampung_id", ignore_index=True)
    return rows.assign(kelebihan=rows["unmet"] - rows["pus"] * rows["nilai"])


def _drawn_excess(rate: NDArray[np.float64], pus: NDArray[np.float64]) -> NDArray[np.float64]:
    """Couples above the kabupaten's rate of each draw (Kampung KB x draws); a column sums to zero."""
    unmet = rate * pus[:, None]
    excess: NDArray[np.float64] = unmet - pus[:, None] * (unmet.sum(axis=0) / pus.sum())
    return excess


def _among_largest(excess: NDArray[np.float64], jumlah: int) -> NDArray[np.bool_]:
    """Which entries are among the ``jumlah`` largest of their column and above zero; earlier rows win ties."""
    chosen = np.zeros(excess.shape, bool)
    order = np.argsort(-excess, axis=0, kind="stable")[:jumlah]
    np.put_along_axis(chosen, order, True, axis=0)
    return chosen & (excess > _SISA)


def not_reporting(kampung: pd.DataFrame) -> pd.DataFrame:
    """Kampung KB whose unmet need cannot be known because a record is missing, with their PUS when known.

    Columns ``PRIORITAS``: ``belum`` names the missing records ("penduduk", "kb" or "penduduk, kb"; both without a
    rekap row), ``pus`` is NaN without a penduduk record or where it is 0. By kabupaten and name.
    """
    ada = {nama: kampung[f"lapor_{nama}"].astype("boolean").fillna(False).to_numpy(bool) for nama in ("penduduk", "kb")}
    belum = np.select(
        [~ada["penduduk"] & ~ada["kb"], ~ada["penduduk"], ~ada["kb"]], ["penduduk, kb", "penduduk", "kb"], ""
    )
    rows = kampung.assign(
        daftar="belum_lapor",
        belum=belum,
        pus=kampung["pus"].where(ada["penduduk"] & kampung["pus"].gt(0)),
        terpilih=None,
        golongan=None,
        **dict.fromkeys(("unmet", "kelebihan", "bawah95", "atas95", "yakin"), np.nan),
    )
    return _finish(rows[belum != ""].sort_values([*DAERAH, "kampung", "kampung_id"]))


def _finish(rows: pd.DataFrame) -> pd.DataFrame:
    teks = dict.fromkeys(("kampung_id", "daftar", "golongan", "belum"), "str")
    angka = dict.fromkeys(("pus", "unmet", "kelebihan", "bawah95", "atas95", "yakin"), "float64")
    jenis = teks | angka | dict.fromkeys(("terpilih", "tertinggal"), "boolean")
    return rows[list(PRIORITAS)].reset_index(drop=True).astype(jenis)


def compute(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    *,
    draws: NDArray[np.float64],
    jumlah: int = 10,
) -> pd.DataFrame:
    """Both lists as one table (``PRIORITAS``): ``visits``, then ``not_reporting``."""
    parts = [visits(kampung, indikator, wilayah, draws=draws, jumlah=jumlah), not_reporting(kampung)]
    return pd.concat(parts, ignore_index=True)


def reach(prioritas: pd.DataFrame, kampung: pd.DataFrame) -> pd.DataFrame:
    """What the chosen visits reach in each kabupaten.

    Returns ``provinsi, kabupaten, kunjungan`` (number chosen), ``unmet`` (couples with unmet need there),
    ``unmet_kabupaten`` (in all Kampung KB with known unmet need), ``pangsa`` (their ratio, NaN without any),
    ``kelebihan`` (couples above the kabupaten's rate there) and ``mantap`` (how many are certain).
    """
    rows = prioritas[prioritas["daftar"] == "kunjungan"].merge(kampung[["kampung_id", *DAERAH]], on="kampung_id")
    dipilih = rows["terpilih"].astype(bool)
    table = rows[DAERAH].assign(
        kunjungan=dipilih.astype("int64"),
        unmet=rows["unmet"].where(dipilih, 0.0),
        unmet_kabupaten=rows["unmet"],
        kelebihan=rows["kelebihan"].where(dipilih, 0.0),
        mantap=rows["golongan"].eq("mantap").astype("int64"),
    )
    out = table.groupby(DAERAH, dropna=False, as_index=False).sum()
    return out.assign(pangsa=out["unmet"] / out["unmet_kabupaten"].where(out["unmet_kabupaten"] > 0))
