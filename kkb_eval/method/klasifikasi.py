"""The official klasifikasi: raw numbers to twelve scores, three indices and a class (METHOD 6).

Rounding happens here and nowhere else: percentages half to even, indices to two decimals, as the portal does.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from kkb_eval import schema

PASS = 3.0
"""An index passes at this value."""
FROM_REKAP = "dari angka rekap; periksa tanggal kedua ekspor atau isian portal"
FROM_SCORES = "dari skornya; unduh ulang ekspor klasifikasi"
"""Where the other number of a difference (K16) comes from, and what to do."""
_INSTITUTIONS = ("pokja_pengurusan", "pokja_jumlah", "pokja_pelatihan", "plkb_pendamping", "regulasi")
"""The columns of the profil that the rule reads as yes or no."""


@dataclass(frozen=True)
class Klasifikasi:
    """Scores (``kampung_id, item, hitung, ekspor, skor``) and classes, one row a Kampung KB (``kampung_id`` …)."""

    skor: pd.DataFrame
    kelas: pd.DataFrame


def percent(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Return whole percentages, rounded half to even; 0 where ``whole`` is 0 (as the portal computes them)."""
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    safe = np.where(whole == 0, 1.0, whole)
    rounded: NDArray[np.float64] = np.where(whole == 0, 0.0, np.rint(100 * part / safe))
    return rounded


def mean_participation(percents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``persen_partisipasi`` from the five rounded poktan percentages (… x 5)."""
    rounded: NDArray[np.float64] = np.rint(percents.sum(axis=-1) / len(schema.POKTAN_TARGETS))
    return rounded


def usable(kampung: pd.DataFrame, catatan: pd.DataFrame) -> pd.DataFrame:
    """Return the clean year with NaN in the cells that K17 calls unusable (``catatan``: findings of reading).

    The portal never held them, so what the rule would make of them is unknown. Rows and index are kept.
    """
    out = kampung.copy()
    for kolom, rows in catatan[catatan["kode"].eq("K17")].groupby("kolom"):
        if kolom in schema.REKAP:
            out.loc[out["kampung_id"].isin(rows["kampung_id"]), str(kolom)] = np.nan
    return out


def measures(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return every measure (``ukuran``) of the band table, from the raw numbers, contradictions and all.

    ``kampung`` is the clean year; rows and index are kept. Without a record its numbers count as 0, as in the portal;
    NaN within a record is a cell that could not be used, and so is every measure that needs it. Measures that no rekap
    holds (poktan, sarana, lintas sektor, data sources in use) are NaN, and so is a row without rekap.
    """
    raw = kampung[list(schema.REKAP)].copy()
    for rekaman, columns in schema.RECORDS.items():
        ada = kampung[f"lapor_{rekaman}"].fillna(False).to_numpy(bool)
        raw.loc[~ada, list(columns)] = 0.0
    yes = {kolom: _more_than_zero(raw[kolom]) for kolom in _INSTITUTIONS}
    pokja = yes["pokja_pengurusan"] * (1 + yes["pokja_jumlah"] + yes["pokja_pelatihan"])
    poktan = np.column_stack([percent(raw[p], raw[target]) for p, target in schema.POKTAN_TARGETS.items()])
    peserta, mkjp, unmet = (
        raw[list(columns)].sum(axis=1, skipna=False) for columns in (schema.METHODS, schema.MKJP_METHODS, schema.UNMET)
    )
    out = pd.DataFrame(
        {
            "tingkat_pokja": pokja.where(yes["pokja_pengurusan"].ne(0), 0.0),
            "jumlah_sumber_dana": raw["jumlah_sumber_dana"],
            "jenis_poktan_dimiliki": np.nan,
            "sarana_dimiliki": np.nan,
            "pendamping_dan_regulasi": yes["plkb_pendamping"] + yes["regulasi"],
            "sumber_data_dipakai": np.nan,
            "mekanisme_berjalan": raw["jumlah_mekanisme_operasional"],
            "instansi_terlibat": np.nan,
            "persen_partisipasi": mean_participation(poktan),
            "persen_cpr": percent(peserta, raw["pus"]),
            "persen_mkjp": percent(mkjp, peserta),
            "persen_unmet": percent(unmet, raw["pus"]),
        },
        index=kampung.index,
        dtype=float,
    )
    out.loc[kampung["lapor_profil"].isna().to_numpy()] = np.nan
    return out


def _more_than_zero(values: pd.Series) -> pd.Series:
    return values.gt(0).astype(float).where(values.notna())


def points(values: ArrayLike, bands: pd.DataFrame) -> NDArray[np.float64]:
    """Return scores of one item's ``values`` (any shape); ``bands`` are its rows of the table. NaN stays NaN."""
    values = np.asarray(values, float)
    out = np.full(values.shape, np.nan)
    lower = bands["dari"].fillna(-np.inf).to_numpy()
    upper = bands["sampai"].fillna(np.inf).to_numpy()
    for low, high, score in zip(lower, upper, bands["skor"].to_numpy(), strict=True):
        out[(values >= low) & (values <= high)] = score
    return out


def score_range(kampung: pd.DataFrame, bands: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the lowest and highest score of each item that the rekap allows; equal where it can be derived.

    Two frames, one column an item, index as ``kampung``; an item spans its whole band without a rekap row, and where
    it needs a cell that could not be used.
    """
    ukuran = measures(kampung)
    ada_rekap = kampung["lapor_profil"].notna().to_numpy()
    profil, kb = (kampung[f"lapor_{r}"].fillna(False).to_numpy(bool) for r in ("profil", "kb"))
    low, high = {}, {}
    for item, rows in bands.groupby("item", sort=False):
        dapat = points(ukuran[rows["ukuran"].iat[0]], rows)
        low[item] = np.where(np.isnan(dapat), rows["skor"].min(), dapat)
        high[item] = np.where(np.isnan(dapat), rows["skor"].max(), dapat)
    # METHOD 6: a count of 1 means "0 or 1"; a blank use of data is 1; nothing institutional without a profil
    low["sumber_dana"] = np.where(ukuran["jumlah_sumber_dana"] == 1, 1, low["sumber_dana"])
    memakai = kampung["penggunaan_data"].to_numpy(float)
    low["penggunaan_data"] = np.where(ada_rekap & (memakai > 0), 2, low["penggunaan_data"])
    high["penggunaan_data"] = np.where(ada_rekap & (memakai <= 0), 1, high["penggunaan_data"])
    for item in ("sumber_dana", "poktan", "sarana", "penggunaan_data"):
        low[item], high[item] = (np.where(ada_rekap & ~profil, 1, bound[item]) for bound in (low, high))
    for bound in (low, high):
        bound["unmet"] = np.where(ada_rekap & ~kb, 1, bound["unmet"])
    columns = list(schema.ALL_ITEMS)
    return pd.DataFrame(low, kampung.index)[columns], pd.DataFrame(high, kampung.index)[columns]


def indices(skor: pd.DataFrame) -> pd.DataFrame:
    """Return the three indices, rounded to two decimals, from scores (one column an item); NaN where one is unknown."""
    return pd.DataFrame(
        {
            f"index_{nama}": (skor[list(items)].sum(axis=1, skipna=False) / len(items)).round(2)
            for nama, items in schema.ITEMS.items()
        }
    )


def classify(index_input: ArrayLike, index_proses: ArrayLike, index_output: ArrayLike) -> NDArray[np.object_]:
    """Return class names (any shape) from the three indices; None where one is NaN.

    At most one passes: Dasar; input and proses only: Berkembang; output and one other: Mandiri; all: Berkelanjutan.
    """
    values = np.stack(np.broadcast_arrays(*(np.asarray(i, float) for i in (index_input, index_proses, index_output))))
    passed = values >= PASS
    rank = np.where(passed.sum(axis=0) < 2, 0, np.where(~passed[2], 1, np.where(passed.all(axis=0), 3, 2)))
    names = np.array((*schema.CLASSES, None), dtype=object)
    return np.asarray(names[np.where(np.isnan(values).any(axis=0), -1, rank)], dtype=object)


def score(kampung: pd.DataFrame, bands: pd.DataFrame) -> Klasifikasi:
    """Return scores and classes of the clean year (``usable``).

    ``skor`` is the exported score where there is an export, else the recomputed one. The class is the exported one
    (``asal_klasifikasi`` "ekspor"), else what the possible scores leave ("hitung": one class, or None with
    ``klasifikasi_terendah`` and ``klasifikasi_tertinggi`` apart; a class never falls when a score rises).
    """
    low, high = score_range(kampung, bands)
    ekspor = kampung[list(schema.SCORES)].set_axis(list(schema.ALL_ITEMS), axis=1)
    derived = low.where((low == high).mul(kampung["lapor_profil"].notna(), axis=0).astype(bool))
    used = ekspor.fillna(derived)
    ids = kampung["kampung_id"].to_numpy()
    long = pd.DataFrame(
        {
            "kampung_id": np.repeat(ids, len(schema.ALL_ITEMS)),
            "item": np.tile(schema.ALL_ITEMS, len(ids)),
            "hitung": derived.to_numpy(float).ravel(),
            "ekspor": ekspor.to_numpy(float).ravel(),
            "skor": used.to_numpy(float).ravel(),
        }
    )
    return Klasifikasi(skor=long, kelas=_classes(kampung, used, used.fillna(low), used.fillna(high)))


def _classes(kampung: pd.DataFrame, used: pd.DataFrame, low: pd.DataFrame, high: pd.DataFrame) -> pd.DataFrame:
    exported = kampung["klasifikasi_ekspor"].to_numpy(object)
    ada_ekspor = np.isin(exported.astype(str), schema.CLASSES)
    bounds = [classify(*(indices(bound)[column] for column in schema.INDICES)) for bound in (low, high)]
    terendah, tertinggi = (np.where(ada_ekspor, exported, bound) for bound in bounds)
    index = kampung[list(schema.INDICES)].fillna(indices(used))
    return pd.DataFrame(
        {
            "kampung_id": kampung["kampung_id"],
            **{column: index[column] for column in schema.INDICES},
            "klasifikasi": pd.Series(terendah, kampung.index, object).where(terendah == tertinggi, None),
            "klasifikasi_terendah": terendah,
            "klasifikasi_tertinggi": tertinggi,
            "asal_klasifikasi": np.where(ada_ekspor, "ekspor", "hitung"),
        }
    )


def counts(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return how many Kampung KB each class has, and how many of them only for want of a KB record.

    ``kampung`` has ``klasifikasi`` and ``lapor_kb``. One row a class in their order: ``klasifikasi, semua,
    belum_lapor``. The portal scores the output of a Kampung KB without a KB record as the lowest: it is counted in its
    class, as officially, and shown apart.
    """
    silent = kampung["lapor_kb"].eq(False).fillna(False)
    classes = pd.Index(schema.CLASSES, name="klasifikasi")
    per = {"semua": kampung["klasifikasi"], "belum_lapor": kampung.loc[silent, "klasifikasi"]}
    found = {name: names.value_counts().reindex(classes, fill_value=0) for name, names in per.items()}
    return pd.DataFrame(found).reset_index()


def findings(
    kampung: pd.DataFrame,
    hasil: Klasifikasi,
    snapshot_rekap: date | None,
    snapshot_klasifikasi: date | None,
) -> pd.DataFrame:
    """Return K16: where a recomputed score, index or class is not the exported one (columns ``schema.CATATAN``).

    *periksa* when the two exports are at most one day apart, or when the export contradicts its own scores;
    else *info*, since the numbers may have changed in between. Indices are compared as they are printed.
    """
    days = (snapshot_rekap, snapshot_klasifikasi)
    dekat = days[0] is not None and days[1] is not None and abs((days[0] - days[1]).days) <= 1
    ekspor = kampung[list(schema.SCORES)].set_axis(list(schema.ALL_ITEMS), axis=1)
    own = indices(ekspor)
    own["klasifikasi_ekspor"] = classify(*(own[column] for column in schema.INDICES))
    skor = pd.DataFrame(
        {
            "kampung_id": hasil.skor["kampung_id"],
            "kolom": "skor_" + hasil.skor["item"],
            "ekspor": _text(hasil.skor["ekspor"], 0),
            "hitung": _text(hasil.skor["hitung"], 0),
        }
    ).assign(tingkat="periksa" if dekat else "info", dari=FROM_REKAP)
    parts = [
        pd.DataFrame(
            {"kampung_id": kampung["kampung_id"], "ekspor": _text(kampung[c]), "hitung": _text(own[c])}
        ).assign(kolom=c.removesuffix("_ekspor"), tingkat="periksa", dari=FROM_SCORES)
        for c in (*schema.INDICES, "klasifikasi_ekspor")
    ]
    found = pd.concat([skor, *parts]).dropna(subset=["ekspor", "hitung"]).query("ekspor != hitung")
    nama = found["kolom"].str.replace("_", " ")
    found["pesan"] = nama + " " + found["ekspor"] + " di ekspor, " + found["hitung"] + " " + found["dari"]
    asal = kampung.set_index("kampung_id")[["berkas_klasifikasi", "baris_klasifikasi"]].set_axis(
        ["berkas", "baris"], axis=1
    )
    return found.join(asal, on="kampung_id").assign(kode="K16")[list(schema.CATATAN)].reset_index(drop=True)


def _text(values: pd.Series, decimals: int = 2) -> pd.Series:
    """Return numbers as they are printed, names as they are; null where there is none."""
    if pd.api.types.is_numeric_dtype(values):
        return values.map(lambda v: f"{v:.{decimals}f}".replace(".", ","), na_action="ignore").astype("str")
    return values.astype("str")
