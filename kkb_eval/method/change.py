"""Change between two snapshots: how classes and types flowed, who moved, what is certain (METHOD 8 and 10).

Every table keeps *tidak diperbarui* (``freshness``) apart from what was reported anew; one word and one number for
"updated": that of the KB record.
"""

import numpy as np
import pandas as pd

from kkb_eval import schema
from kkb_eval.method import jackknife
from kkb_eval.method.freshness import freshness, match, moved, updated_indicators

PLACE = ["provinsi", "kabupaten", "kecamatan"]
REGION = PLACE[:2]
AREAS = {"kecamatan": PLACE, "kabupaten": REGION, "provinsi": PLACE[:1], "semua": []}
"""The levels of an area and the columns that name it."""
_COUNTS = [f"{angka}_{tahun}" for tahun in ("sebelum", "sekarang") for angka in ("pembilang", "penyebut")]
_TOTALS = ["jumlah", "tidak_diperbarui", "tanpa_pasangan"]
_TYPES = {
    **dict.fromkeys(("bagian", "tingkat", *PLACE, "kampung_id", "indikator", "kelas", "dari", "ke", "arah"), "str"),
    "dukungan": "str",
    **dict.fromkeys(("diperbarui", "nyata"), "boolean"),
    **dict.fromkeys((*_TOTALS, "jumlah_sebelum", "jumlah_sekarang", "jumlah_baru", "jumlah_hilang"), "Int64"),
    **dict.fromkeys((*_COUNTS, "nilai_sebelum", "nilai_sekarang", "selisih", "bawah95", "atas95"), "float64"),
    **dict.fromkeys(("bergerak", "baru", "hilang"), "float64"),
}
PERUBAHAN = tuple(_TYPES)
"""Columns of ``perubahan.parquet``; what a ``bagian`` does not use is null."""
SUPPORT = ("data_baru", "dekat_batas", "tanpa_angka")
"""What stands behind a class that moved: new data, a value on the edge of a class, no number of the rekap (K22)."""

BREAKS = (
    (2021, "Sejak 2021 satu Kampung KB mencakup satu desa, sebelumnya RW atau dusun: jumlah PUS dan keluarga tidak"
     " sebanding."),
    (2021, "Pada 2020/21 pencatatan pindah dari SR ke New SIGA: cara mendata peserta KB berbeda."),
    (2021, "Portal Kampung KB dibangun ulang pada 2021: isian lama tidak semuanya ikut pindah."),
    (2021, "Pada 2020/21 UPPKS menjadi UPPKA: peserta kelompoknya tidak sebanding."),
)  # fmt: skip
"""Breaks of comparability in the order of METHOD 10: the first year wholly on the new side, and its sentence."""


def breaks(tahun_dari: int, tahun_ke: int) -> list[str]:
    """Return the sentences of the breaks that lie between two years (in either order)."""
    awal, akhir = sorted((tahun_dari, tahun_ke))
    return [kalimat for tahun, kalimat in BREAKS if awal < tahun <= akhir]


def transitions(kampung: pd.DataFrame, lama: pd.DataFrame, segar: pd.DataFrame, kolom: str) -> pd.DataFrame:
    """Return how many Kampung KB of both years went from which class (or ``tipe_acuan``) to which, per kabupaten.

    ``kampung`` and ``lama`` hold ``kampung_id, provinsi, kabupaten`` and ``kolom``; ``segar`` is ``freshness``. Returns
    ``provinsi, kabupaten, dari, ke, diperbarui, jumlah``: ``dari`` and ``ke`` as text, null where not known;
    ``diperbarui`` is that of the KB record, null where it cannot be compared.
    """
    pairs = match(kampung[["kampung_id", *REGION, kolom]], lama[["kampung_id", kolom]])
    pairs = pairs.rename(columns={f"{kolom}_sebelum": "dari", f"{kolom}_sekarang": "ke"})
    pairs = pairs.astype({"dari": "str", "ke": "str"})
    pairs["diperbarui"] = pairs["kampung_id"].map(segar.set_index("kampung_id")["diperbarui_kb"]).astype("boolean")
    keys = [*REGION, "dari", "ke", "diperbarui"]
    return pairs.groupby(keys, dropna=False).size().reset_index(name="jumlah")


def share_change(kampung: pd.DataFrame, lama: pd.DataFrame) -> pd.DataFrame:
    """Return the change of each class's share, split exactly into moved, new and gone, per kabupaten of both years.

    ``kampung`` and ``lama`` hold ``kampung_id, provinsi, kabupaten, klasifikasi``. With shares p over all Kampung KB of
    a year and q over those of both years (the survivors' decomposition of Melitz and Polanec 2015):
    ``bergerak`` = q_now - q_before; ``baru`` = p_now - q_now, what the newcomers do to the share; ``hilang`` =
    q_before - p_before, what the departed do. Their sum is p_now - p_before. Where no Kampung KB is in both years
    q is 0. Returns ``provinsi, kabupaten, kelas`` (the four, and null for *not known* where it occurs),
    ``jumlah_sebelum, jumlah_sekarang, jumlah_baru, jumlah_hilang, pangsa_sebelum, pangsa_sekarang, bergerak, baru,
    hilang``.
    """
    tetap = set(kampung["kampung_id"]) & set(lama["kampung_id"])
    rows = {"sebelum": lama, "sekarang": kampung}
    rows |= {f"tetap_{tahun}": year[year["kampung_id"].isin(tetap)] for tahun, year in rows.items()}
    n = {nama: _class_counts(part) for nama, part in rows.items()}
    daerah = n["sebelum"].index.intersection(n["sekarang"].index)
    kelas = pd.Index([*schema.CLASSES, ""], name="kelas")
    n = {nama: counts.reindex(index=daerah, columns=kelas, fill_value=0) for nama, counts in n.items()}
    pangsa = {nama: counts.div(counts.sum(axis=1).clip(lower=1), axis=0) for nama, counts in n.items()}
    columns = {
        "jumlah_sebelum": n["sebelum"],
        "jumlah_sekarang": n["sekarang"],
        "jumlah_baru": n["sekarang"] - n["tetap_sekarang"],
        "jumlah_hilang": n["sebelum"] - n["tetap_sebelum"],
        "pangsa_sebelum": pangsa["sebelum"],
        "pangsa_sekarang": pangsa["sekarang"],
        "bergerak": pangsa["tetap_sekarang"] - pangsa["tetap_sebelum"],
        "baru": pangsa["sekarang"] - pangsa["tetap_sekarang"],
        "hilang": pangsa["tetap_sebelum"] - pangsa["sebelum"],
    }
    out = pd.DataFrame({nama: table.T.unstack() for nama, table in columns.items()}).reset_index()
    known, occurs = out["kelas"].ne(""), out[["jumlah_sebelum", "jumlah_sekarang"]].gt(0).any(axis=1)
    return out.assign(kelas=out["kelas"].where(known))[known | occurs].reset_index(drop=True)


def _class_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the number of Kampung KB by kabupaten (rows) and class (columns; "" is not known)."""
    grouped = rows[REGION].assign(kelas=rows["klasifikasi"].astype("str").fillna("")).groupby([*REGION, "kelas"])
    return grouped.size().unstack("kelas", fill_value=0)


def rate_change(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    lama_indikator: pd.DataFrame,
    segar: pd.DataFrame,
    katalog: pd.DataFrame,
) -> pd.DataFrame:
    """Return how each indicator changed, a Kampung KB and an area, over updated records *terisi* in both years.

    An indicator is updated when its record is (``freshness.updated_indicators``). Returns ``tingkat`` ("kampung",
    "kecamatan", "kabupaten", "provinsi", "semua"), ``provinsi, kabupaten, kecamatan, kampung_id`` (null above the row's
    level), ``indikator``, counts and ``nilai_sebelum, nilai_sekarang`` (ratios of sums for an area), ``selisih``, and
    how many Kampung KB of this year are in the row: ``jumlah``, against those identical to last year
    (``tidak_diperbarui``) and those new, silent or unusable in either year (``tanpa_pasangan``). ``bawah95, atas95,
    nyata`` are the verdict of ``jackknife.between_years`` on an area; null for one Kampung KB, below
    ``jackknife.FEWEST`` and for counts of elements. Areas have a row also where ``jumlah`` is 0.
    """
    pairs = _rate_pairs(indikator, lama_indikator, segar, katalog)
    pairs = pairs.merge(kampung[["kampung_id", *PLACE]], on="kampung_id", validate="many_to_one")
    sampled = set(katalog.loc[katalog["sampel"].eq("ya"), "kode"])
    parts = [pairs[pairs["jumlah"].eq(1)].assign(tingkat="kampung")]
    parts += [_area_change(pairs, [*region, "indikator"], sampled).assign(tingkat=t) for t, region in AREAS.items()]
    out = pd.concat(parts, ignore_index=True).reindex(
        columns=["tingkat", *PLACE, "kampung_id", "indikator", *_COUNTS, *_TOTALS, "bawah95", "atas95", "nyata"]
    )
    out[_COUNTS] = out[_COUNTS].where(out["jumlah"].gt(0))
    x0, n0, x1, n1 = (out[name] for name in _COUNTS)
    return out.astype({"nyata": "boolean"}).assign(
        nilai_sebelum=x0 / n0, nilai_sekarang=x1 / n1, selisih=x1 / n1 - x0 / n0
    )


def _rate_pairs(
    indikator: pd.DataFrame, lama_indikator: pd.DataFrame, segar: pd.DataFrame, katalog: pd.DataFrame
) -> pd.DataFrame:
    """Return a row a Kampung KB of now and indicator; counts are 0 unless compared, of ``_TOTALS`` exactly one is 1."""
    columns = ["kampung_id", "indikator", "pembilang", "penyebut", "status"]
    pairs = indikator[columns].merge(
        lama_indikator[columns], on=columns[:2], how="left", suffixes=("_sekarang", "_sebelum")
    )
    pairs = pairs.merge(updated_indicators(segar, katalog), on=columns[:2], how="left", validate="one_to_one")
    usable = pairs["status_sekarang"].eq("terisi") & pairs["status_sebelum"].eq("terisi")
    used = usable & pairs["diperbarui"].astype("boolean").fillna(False).astype(bool)
    pairs[_COUNTS] = pairs[_COUNTS].astype(float).where(used, 0.0)
    masks = zip(_TOTALS, (used, usable & ~used, ~usable), strict=True)
    return pairs.assign(**{name: mask.astype("int64") for name, mask in masks})


def _area_change(pairs: pd.DataFrame, keys: list[str], sampled: set[str]) -> pd.DataFrame:
    """Return the sums of every area and indicator (``keys``) and the verdict on its change."""
    groups = pairs.groupby(keys)
    sums = groups[[*_COUNTS, *_TOTALS]].sum().reset_index()
    number = groups.ngroup().to_numpy()
    judged = (pairs["jumlah"].eq(1) & pairs["indikator"].isin(sampled)).to_numpy()
    codes, area = np.unique(number[judged], return_inverse=True)
    x0, n0, x1, n1 = (pairs.loc[judged, name] for name in _COUNTS)
    change = jackknife.between_years(x0, n0, x1, n1, area)
    low, high = change.interval
    found = pd.DataFrame({"bawah95": low, "atas95": high, "nyata": change.certain.array}, index=codes)
    return sums.join(found.reindex(sums.index))


def class_moves(kampung: pd.DataFrame, lama: pd.DataFrame, segar: pd.DataFrame) -> pd.DataFrame:
    """Return who rose and who fell, and what supports it (METHOD 10).

    ``kampung`` and ``lama`` are clean years with ``klasifikasi`` and ``dekat_batas``. Returns the Kampung KB whose
    class is known in both years and differs: ``provinsi, kabupaten, kecamatan, kampung_id, dari, ke, arah`` ("naik",
    "turun"), ``diperbarui`` (the KB record) and ``dukungan``: "tanpa_angka" where no number of the rekap moved (K22),
    else "dekat_batas" where the class of a year holds in too few draws, else "data_baru"; null where a year has no
    rekap row.
    """
    own = ["kampung_id", "klasifikasi", "dekat_batas"]
    pairs = match(kampung[[*own, *PLACE]], lama[own])
    pairs = pairs.rename(columns={"klasifikasi_sebelum": "dari", "klasifikasi_sekarang": "ke"})
    pairs = pairs[pairs["dari"].notna() & pairs["ke"].notna() & pairs["dari"].ne(pairs["ke"])].reset_index(drop=True)
    before, now = (pairs[side].map(schema.CLASSES.index).astype(int) for side in ("dari", "ke"))
    numbers = pairs["kampung_id"].map(moved(kampung, lama)).astype("boolean")
    near = pairs[["dekat_batas_sebelum", "dekat_batas_sekarang"]].eq(True).fillna(False).any(axis=1)
    support = np.select([numbers.isna(), ~numbers.fillna(True), near], ["", SUPPORT[2], SUPPORT[1]], SUPPORT[0])
    return pairs[[*PLACE, "kampung_id", "dari", "ke"]].assign(
        arah=np.where(now > before, "naik", "turun"),
        diperbarui=pairs["kampung_id"].map(segar.set_index("kampung_id")["diperbarui_kb"]).astype("boolean"),
        dukungan=pd.Series(support, dtype="str").where(numbers.notna()),
    )


def compute(
    kampung: pd.DataFrame,
    lama: pd.DataFrame | None,
    indikator: pd.DataFrame,
    lama_indikator: pd.DataFrame | None,
    katalog: pd.DataFrame,
) -> pd.DataFrame:
    """Return all change since the snapshot before as one tidy table (``PERUBAHAN``); empty without one.

    The ``kampung`` frames are those that are stored (with ``klasifikasi``, ``dekat_batas``, ``tipe_acuan``), of two
    years or of two snapshots within a year.
    ``bagian``: "alir_klasifikasi" and "alir_tipe_acuan" (``transitions``), "pangsa" (``share_change``; shares in
    ``nilai_*``), "angka" (``rate_change``), "gerak_kelas" (``class_moves``, one row a Kampung KB that rose or fell).
    """
    if lama is None or lama_indikator is None:
        return pd.DataFrame(columns=list(PERUBAHAN)).astype(_TYPES)
    segar = freshness(kampung, lama)
    parts = {
        f"alir_{kolom}": transitions(kampung, lama, segar, kolom).assign(tingkat="kabupaten")
        for kolom in ("klasifikasi", "tipe_acuan")
    }
    share = share_change(kampung, lama).rename(columns=lambda nama: nama.replace("pangsa_", "nilai_"))
    parts["pangsa"] = share.assign(tingkat="kabupaten", selisih=share["nilai_sekarang"] - share["nilai_sebelum"])
    parts["angka"] = rate_change(kampung, indikator, lama_indikator, segar, katalog)
    parts["gerak_kelas"] = class_moves(kampung, lama, segar).assign(tingkat="kampung")
    tables = [table.assign(bagian=nama).reindex(columns=list(PERUBAHAN)) for nama, table in parts.items()]
    return pd.concat([table.astype(_TYPES) for table in tables], ignore_index=True)
