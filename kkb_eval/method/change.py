"""Change between two years: how classes and types flowed, who moved, what is real (METHOD 8 and 10).

Every table keeps *tidak diperbarui* (``freshness``) apart from what was reported anew.
"""

import numpy as np
import pandas as pd
from babel.numbers import format_decimal

from kkb_eval import schema
from kkb_eval.method.freshness import any_updated, freshness, match
from kkb_eval.method.indicators import difference

PLACE = ["provinsi", "kabupaten", "kecamatan"]
REGION = PLACE[:2]
AREAS = {"kecamatan": PLACE, "kabupaten": REGION, "provinsi": PLACE[:1], "semua": []}
"""The levels of an area and the columns that name it."""
_COUNTS = [f"{angka}_{tahun}" for tahun in ("sebelum", "sekarang") for angka in ("pembilang", "penyebut")]
_TOTALS = ["jumlah", "tidak_diperbarui", "tanpa_pasangan"]
_TYPES = {
    **dict.fromkeys(("bagian", "tingkat", *PLACE, "kampung_id", "indikator", "kelas", "dari", "ke", "arah"), "str"),
    **dict.fromkeys(("diperbarui", "nyata"), "boolean"),
    **dict.fromkeys((*_TOTALS, "jumlah_sebelum", "jumlah_sekarang", "jumlah_baru", "jumlah_hilang"), "Int64"),
    **dict.fromkeys((*_COUNTS, "nilai_sebelum", "nilai_sekarang", "selisih", "bawah95", "atas95"), "float64"),
    **dict.fromkeys(("peluang", "bergerak", "baru", "hilang"), "float64"),
}
PERUBAHAN = tuple(_TYPES)
"""Columns of ``perubahan.parquet``; what a ``bagian`` does not use is null."""


BREAKS = (
    (2021, "Sejak 2021 satu Kampung KB mencakup satu desa, sebelumnya RW atau dusun: jumlah PUS dan keluarga tidak"
     " sebanding."),
    (2021, "Pada 2020/21 pencatatan pindah dari SR ke New SIGA: cara mendata peserta KB berbeda."),
    (2021, "Portal Kampung KB dibangun ulang pada 2021: isian lama tidak semuanya ikut pindah."),
    (2021, "Pada 2020/21 UPPKS menjadi UPPKA: peserta kelompoknya tidak sebanding."),
)  # fmt: skip
"""Breaks of comparability in the order of METHOD 10: the first year wholly on the new side, and its sentence."""


def breaks(tahun_dari: int, tahun_ke: int) -> list[str]:
    """The sentences of the breaks that lie between two years (in either order)."""
    awal, akhir = sorted((tahun_dari, tahun_ke))
    return [kalimat for tahun, kalimat in BREAKS if awal < tahun <= akhir]


def transitions(kampung: pd.DataFrame, lama: pd.DataFrame, segar: pd.DataFrame, kolom: str) -> pd.DataFrame:
    """How many Kampung KB of both years went from which class (or ``tipe_acuan``) to which, per kabupaten.

    ``kampung`` and ``lama`` hold ``kampung_id, provinsi, kabupaten`` and ``kolom``; ``segar`` is ``freshness``. Returns
    ``provinsi, kabupaten, dari, ke, diperbarui, jumlah``: ``dari`` and ``ke`` as text, null where not known;
    ``diperbarui`` is True when any record was updated and null when none can be compared.
    """
    pairs = match(kampung[["kampung_id", *REGION, kolom]], lama[["kampung_id", kolom]])
    pairs = pairs.rename(columns={f"{kolom}_sebelum": "dari", f"{kolom}_sekarang": "ke"})
    pairs = pairs.astype({"dari": "str", "ke": "str"})
    pairs["diperbarui"] = pairs["kampung_id"].map(any_updated(segar)).astype("boolean")
    keys = [*REGION, "dari", "ke", "diperbarui"]
    return pairs.groupby(keys, dropna=False).size().reset_index(name="jumlah")


def share_change(kampung: pd.DataFrame, lama: pd.DataFrame) -> pd.DataFrame:
    """The change of each class's share, split exactly into moved, new and gone, per kabupaten of both years.

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
    """Kampung KB by kabupaten (rows) and class (columns; "" is not known)."""
    grouped = rows[REGION].assign(kelas=rows["klasifikasi"].astype("str").fillna("")).groupby([*REGION, "kelas"])
    return grouped.size().unstack("kelas", fill_value=0)


def rate_change(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    lama_indikator: pd.DataFrame,
    segar: pd.DataFrame,
    katalog: pd.DataFrame,
) -> pd.DataFrame:
    """How each indicator changed, a Kampung KB and an area, over updated records that are ``terisi`` in both years.

    An indicator is updated when the record of its numerator is: KB where ``katalog.rekaman`` names it, else the first
    named. Returns ``tingkat`` ("kampung", "kecamatan", "kabupaten", "provinsi", "semua"), ``provinsi, kabupaten,
    kecamatan, kampung_id`` (null above the row's level), ``indikator``, counts and ``nilai_sebelum, nilai_sekarang``
    (ratios of sums for an area), ``selisih, bawah95, atas95`` (Newcombe's hybrid score interval, 1998, method 10),
    ``nyata`` (the interval excludes zero; null where the indicator is no sample), and how many Kampung KB of this year
    are in the row: ``jumlah``, against those identical to last year (``tidak_diperbarui``) and those new, silent
    or unusable in either year (``tanpa_pasangan``). Areas have a row also where ``jumlah`` is 0.
    """
    pairs = _rate_pairs(indikator, lama_indikator, segar, katalog)
    pairs = pairs.merge(kampung[["kampung_id", *PLACE]], on="kampung_id", validate="many_to_one")
    parts = [pairs[pairs["jumlah"].eq(1)].assign(tingkat="kampung")]
    for tingkat, daerah in AREAS.items():
        sums = pairs.groupby([*daerah, "indikator"], as_index=False)[[*_COUNTS, *_TOTALS]].sum()
        parts.append(sums.assign(tingkat=tingkat))
    out = pd.concat(parts, ignore_index=True)[["tingkat", *PLACE, "kampung_id", "indikator", *_COUNTS, *_TOTALS]]
    out[_COUNTS] = out[_COUNTS].where(out["jumlah"].gt(0))
    return with_difference(out, katalog)


def _rate_pairs(
    indikator: pd.DataFrame, lama_indikator: pd.DataFrame, segar: pd.DataFrame, katalog: pd.DataFrame
) -> pd.DataFrame:
    """One row a Kampung KB of now and indicator; counts are 0 unless compared, of ``_JUMLAH`` exactly one is 1."""
    kolom = ["kampung_id", "indikator", "pembilang", "penyebut", "status"]
    pairs = indikator[kolom].merge(lama_indikator[kolom], on=kolom[:2], how="left", suffixes=("_sekarang", "_sebelum"))
    rekaman = katalog.set_index("kode")["rekaman"].str.split("+")
    rekaman = rekaman.map(lambda records: "diperbarui_kb" if "kb" in records else f"diperbarui_{records[0]}")
    flags = segar.melt("kampung_id", var_name="rekaman", value_name="diperbarui")
    pairs = pairs.assign(rekaman=pairs["indikator"].map(rekaman)).merge(flags, on=["kampung_id", "rekaman"], how="left")
    sah = pairs["status_sekarang"].eq("terisi") & pairs["status_sebelum"].eq("terisi")
    pakai = sah & pairs["diperbarui"].astype("boolean").fillna(False).astype(bool)
    pairs[_COUNTS] = pairs[_COUNTS].astype(float).where(pakai, 0.0)
    masks = zip(_TOTALS, (pakai, sah & ~pakai, ~sah), strict=True)
    return pairs.assign(**{nama: mask.astype("int64") for nama, mask in masks})


def with_difference(table: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """``table`` (``indikator`` and the counts of both years, NaN where none) with values, difference and interval."""
    x0, n0, x1, n1 = (table[nama] for nama in _COUNTS)
    sampel = table["indikator"].map(katalog.set_index("kode")["sampel"]).eq("ya")
    return table.assign(nilai_sebelum=x0 / n0, nilai_sekarang=x1 / n1, **difference(x1, n1, x0, n0, sampel))


def class_moves(kampung: pd.DataFrame, lama: pd.DataFrame, segar: pd.DataFrame) -> pd.DataFrame:
    """Who rose and who fell, and whether it is more than noise (METHOD 8 and 10).

    ``kampung`` and ``lama`` hold ``kampung_id, provinsi, kabupaten, kecamatan, klasifikasi, mantap, peluang_*``.
    Returns the Kampung KB whose class is known in both years and differs: ``provinsi, kabupaten, kecamatan,
    kampung_id, dari, ke, arah`` ("naik", "turun"), ``diperbarui`` (any record), ``nyata``: True when the class was
    *mantap* in both years, False when it was not in one of them, null when that is not known; and ``peluang``, the
    probability that the class of a draw of now lies beyond that of a draw of before in this direction (the years'
    draws taken as independent; NaN without probabilities).
    """
    ikut = ["kampung_id", "klasifikasi", "mantap", *schema.CHANCES]
    pairs = match(kampung[[*ikut, *PLACE]], lama[ikut])
    pairs = pairs.rename(columns={"klasifikasi_sebelum": "dari", "klasifikasi_sekarang": "ke"})
    pairs = pairs[pairs["dari"].notna() & pairs["ke"].notna() & pairs["dari"].ne(pairs["ke"])].reset_index(drop=True)
    dari, ke = (pairs[sisi].map(schema.CLASSES.index).astype(int) for sisi in ("dari", "ke"))
    p0, p1 = (
        pairs[[f"{nama}_{tahun}" for nama in schema.CHANCES]].to_numpy(float) for tahun in ("sebelum", "sekarang")
    )
    naik = (p1 * (p0.cumsum(axis=1) - p0)).sum(axis=1)
    turun = (p0 * (p1.cumsum(axis=1) - p1)).sum(axis=1)
    return pairs[[*PLACE, "kampung_id", "dari", "ke"]].assign(
        arah=np.where(ke > dari, "naik", "turun"),
        diperbarui=pairs["kampung_id"].map(any_updated(segar)).astype("boolean"),
        nyata=pairs["mantap_sebelum"].astype("boolean") & pairs["mantap_sekarang"].astype("boolean"),
        peluang=np.where(ke > dari, naik, turun),
    )


def regression_to_mean(laju: pd.DataFrame, indikator: pd.Series) -> str | None:
    """How the worst third of last year fared beside the others, whichever improved more.

    ``laju`` is ``rate_change``, of which only the Kampung KB rows of this indicator count, ``indikator`` its row of
    the catalogue (``kode, singkat, arah``). Thirds by last year's value, ties by ``kampung_id``; None of fewer than
    9 Kampung KB. Improvements are means over Kampung KB, in percentage points.
    """
    rows = laju[laju["tingkat"].eq("kampung") & laju["indikator"].eq(indikator["kode"])]
    sepertiga = len(rows) // 3
    if sepertiga < 3:
        return None
    arah = float(indikator["arah"])
    membaik = rows.assign(urut=rows["nilai_sebelum"] * arah).sort_values(["urut", "kampung_id"])["selisih"] * arah * 100
    terburuk, lainnya = (_fared(part.mean()) for part in (membaik.iloc[:sepertiga], membaik.iloc[sepertiga:]))
    return (
        f"{indikator['singkat']}: {sepertiga} yang terburuk rata-rata {terburuk}, "
        f"{len(rows) - sepertiga} lainnya {lainnya}."
    )


def _fared(poin: float) -> str:
    """A mean improvement, in percentage points, in words."""
    return f"{'membaik' if poin >= 0 else 'memburuk'} {format_decimal(abs(poin), '0.0', locale='id')} poin"


def compute(
    kampung: pd.DataFrame,
    lama: pd.DataFrame | None,
    indikator: pd.DataFrame,
    lama_indikator: pd.DataFrame | None,
    katalog: pd.DataFrame,
) -> pd.DataFrame:
    """All change since the year before as one tidy table (``PERUBAHAN``); empty without a year before.

    The ``kampung`` frames are those that are stored (with ``klasifikasi``, ``mantap``, ``peluang_*``, ``tipe_acuan``).
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
