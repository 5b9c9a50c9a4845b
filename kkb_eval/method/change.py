"""Change between two years: what was updated, who moved, and what is real (METHOD 2, 4 and 10).

A record identical to last year's is *tidak diperbarui*, which is not *tetap*: every table here keeps the two apart.
"""

import csv
import io
import re
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz
from statsmodels.stats.proportion import confint_proportions_2indep

from kkb_eval import schema

DAERAH = ["provinsi", "kabupaten"]
NAMA_REKAMAN = {"profil": "profil", "penduduk": "data penduduk", "kb": "data KB"}
MIRIP = 80.0
"""Names at least this alike (0-100, generic words left out) suggest a rename."""
PELUANG = [f"peluang_{kelas.lower()}" for kelas in schema.KELAS]
KELOMPOK = ("tetap_sebelum", "hilang", "tetap_sekarang", "baru")
_TINGKAT = {"kecamatan": [*DAERAH, "kecamatan"], "kabupaten": DAERAH, "provinsi": DAERAH[:1], "semua": []}
_JUMLAH = ("jumlah", "tidak_diperbarui", "tanpa_pasangan")
_HITUNG = [f"{angka}_{tahun}" for tahun in ("sebelum", "sekarang") for angka in ("pembilang", "penyebut")]


class Patahan(NamedTuple):
    """A break of comparability: the first year on its new side, and the sentence that names it."""

    tahun: int
    kalimat: str


PATAHAN = (
    Patahan(2021, "Sejak 2021 satu Kampung KB mencakup satu desa, sebelumnya RW atau dusun: jumlah PUS dan keluarga"
            " tidak sebanding."),
    Patahan(2021, "Pada 2020/21 pencatatan pindah dari SR ke New SIGA: cara pendataan peserta KB berbeda."),
    Patahan(2021, "Portal Kampung KB dibangun ulang pada 2021: isian lama tidak semuanya ikut pindah."),
    Patahan(2021, "UPPKS menjadi UPPKA (Peraturan BKKBN 17/2020, dipakai penuh sejak 2021): sasaran kelompoknya"
            " berbeda."),
)  # fmt: skip
"""METHOD 10, in its order. Sources give no exact day: a year counts as new once it is wholly on the new side."""


def breaks(tahun_dari: int, tahun_ke: int) -> list[str]:
    """The sentences of the breaks that lie between two years (in either order)."""
    awal, akhir = sorted((tahun_dari, tahun_ke))
    return [patahan.kalimat for patahan in PATAHAN if awal < patahan.tahun <= akhir]


def match(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Kampung KB of both years, by ``kampung_id`` and sorted by it.

    Every other column comes twice, with the suffix ``_sekarang`` and ``_sebelum``.
    """
    sekarang, sebelum = now.set_index("kampung_id"), before.set_index("kampung_id")
    joined = sekarang.add_suffix("_sekarang").join(sebelum.add_suffix("_sebelum"), how="inner")
    return joined.sort_index().reset_index()


def freshness(kampung_now: pd.DataFrame, kampung_before: pd.DataFrame | None) -> pd.DataFrame:
    """Which records were updated since the year before (METHOD 2).

    One row a row of ``kampung_now``, in its order: ``kampung_id, diperbarui_profil, diperbarui_penduduk,
    diperbarui_kb`` (nullable boolean): null without that record in both years, False when every column is identical.
    """
    before = kampung_now.iloc[:0] if kampung_before is None else kampung_before
    lama = before.set_index("kampung_id").reindex(kampung_now["kampung_id"])
    out = kampung_now[["kampung_id"]].reset_index(drop=True)
    for rekaman, kolom in schema.REKAMAN.items():
        a, b = kampung_now[list(kolom)].to_numpy(float), lama[list(kolom)].to_numpy(float)
        beda = ~((a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1)
        ada = [year[f"lapor_{rekaman}"].astype("boolean").fillna(False).to_numpy(bool) for year in (kampung_now, lama)]
        out[f"diperbarui_{rekaman}"] = pd.Series(beda, dtype="boolean").where(ada[0] & ada[1])
    return out


def _any_updated(segar: pd.DataFrame) -> pd.DataFrame:
    """``kampung_id, diperbarui``: True when any record was updated, null when none can be compared."""
    flags = segar.drop(columns="kampung_id").astype("boolean")
    return segar[["kampung_id"]].assign(diperbarui=flags.any(axis=1).astype("boolean").where(flags.notna().any(axis=1)))


def findings(kampung_now: pd.DataFrame, kampung_before: pd.DataFrame | None) -> pd.DataFrame:
    """K14 (a record identical to last year's) and K18 (a Kampung KB of last year missing), as ``schema.CATATAN``.

    K14 names ``diperbarui_<rekaman>`` in ``kolom``. K18 carries file, row and ``kampung_id`` of last year, and looks
    only in kabupaten that this year's exports hold. Empty without a year before.
    """
    if kampung_before is None:
        return pd.DataFrame(columns=list(schema.CATATAN)).astype({"baris": "Int64"})
    segar = freshness(kampung_now, kampung_before)
    parts = [_unchanged(kampung_now, segar, rekaman) for rekaman in schema.REKAMAN]
    out = pd.concat([*parts, _missing(kampung_now, kampung_before)], ignore_index=True)
    return out.astype({"baris": "Int64"}).sort_values("kampung_id", kind="stable", ignore_index=True)


def _catatan(rows: pd.DataFrame, kode: str, tingkat: str, kolom: str, pesan: list[str] | str) -> pd.DataFrame:
    asal = {nama: rows[f"{nama}_rekap"].fillna(rows[f"{nama}_klasifikasi"]) for nama in ("berkas", "baris")}
    out = rows[["kampung_id"]].assign(kode=kode, tingkat=tingkat, kolom=kolom, pesan=pesan, **asal)
    return out[list(schema.CATATAN)]


def _unchanged(now: pd.DataFrame, segar: pd.DataFrame, rekaman: str) -> pd.DataFrame:
    kolom = f"diperbarui_{rekaman}"
    rows = now[segar[kolom].eq(False).fillna(False).to_numpy(bool)]
    pesan = (
        f"{NAMA_REKAMAN[rekaman]} sama persis dengan tahun sebelumnya di semua {len(schema.REKAMAN[rekaman])} kolom;"
        " perbarui isian di portal"
    )
    return _catatan(rows, "K14", "info", kolom, pesan)


def _missing(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    hilang = before[
        ~before["kampung_id"].isin(now["kampung_id"]) & before["slug_kabupaten"].isin(now["slug_kabupaten"])
    ]
    calon = _candidates(hilang, now[~now["kampung_id"].isin(before["kampung_id"])])
    rows = hilang.merge(calon, on="kampung_id", how="left", validate="one_to_one")
    return _catatan(rows, "K18", "periksa", "kampung", [_missing_message(row) for row in rows.itertuples()])


def _candidates(hilang: pd.DataFrame, baru: pd.DataFrame) -> pd.DataFrame:
    """The likeliest new name of each missing Kampung KB: ``kampung_id, kampung_baru, mirip, sama``.

    Same desa, and a similar name or all numbers of penduduk and KB identical (and not all zero). Identical numbers
    come first, then the more similar name, then the alphabet.
    """
    kolom = [*schema.PENDUDUK, *schema.KB]
    pairs = _with_desa(hilang).merge(_with_desa(baru), on="kunci", suffixes=("", "_baru"))
    a, b = pairs[kolom].to_numpy(float), pairs[[f"{nama}_baru" for nama in kolom]].to_numpy(float)
    names = zip(pairs["kampung"], pairs["kampung_baru"], strict=True)
    mirip = [float(fuzz.token_sort_ratio(_core(lama), _core(baru_))) for lama, baru_ in names]
    pairs = pairs.assign(mirip=mirip, sama=((a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1) & (a > 0).any(axis=1))
    pairs = pairs[pairs["sama"] | (pairs["mirip"] >= MIRIP)]
    pairs = pairs.sort_values(["sama", "mirip", "kampung_baru"], ascending=[False, False, True])
    return pairs.drop_duplicates("kampung_id")[["kampung_id", "kampung_baru", "mirip", "sama"]]


def _with_desa(kampung: pd.DataFrame) -> pd.DataFrame:
    desa = kampung["desa"].fillna("").str.casefold().str.replace(r"[^a-z0-9]", "", regex=True)
    return kampung.assign(kunci=kampung["slug_kabupaten"] + "/" + kampung["slug_kecamatan"] + "/" + desa)


def _core(nama: str) -> str:
    """The words of a name that tell it from others, lower case; the whole name when none is left."""
    words = re.sub(r"[^a-z0-9]+", " ", nama.casefold())
    return re.sub(r"\b(kampung|kp|kb|keluarga|berencana|berkualitas)\b", "", words).strip() or words


def _missing_message(row: object) -> str:
    lama, kandidat = row.kampung, row.kampung_baru  # type: ignore[attr-defined]
    awal = f'Kampung KB "{lama}" ada tahun sebelumnya, tidak ada tahun ini'
    if pd.isna(kandidat):
        return f"{awal}; periksa di portal apakah dihapus, atau tulis nama barunya di rujukan/alias.csv"
    kemiripan = f"nama mirip {row.mirip:.0f} dari 100"  # type: ignore[attr-defined]
    alasan = "angka penduduk dan KB sama persis" if row.sama else kemiripan  # type: ignore[attr-defined]
    baris = io.StringIO()
    desa: str = "" if pd.isna(row.desa) else row.desa  # type: ignore[attr-defined]
    csv.writer(baris, lineterminator="").writerow([row.kecamatan, desa, lama, kandidat])  # type: ignore[attr-defined]
    return (
        f'{awal}; mungkin kini bernama "{kandidat}" ({alasan}): bila benar, tambahkan ke rujukan/alias.csv baris'
        f" {baris.getvalue()}"
    )


def transitions(now: pd.DataFrame, before: pd.DataFrame, segar: pd.DataFrame, kolom: str) -> pd.DataFrame:
    """How many Kampung KB went from which class (or ``tipe_acuan``) to which, per kabupaten.

    ``now`` and ``before`` hold ``kampung_id, provinsi, kabupaten`` and ``kolom``; ``segar`` is ``freshness``. Returns
    ``provinsi, kabupaten, dari, ke, diperbarui, jumlah`` over the matched Kampung KB: ``dari`` and ``ke`` are null
    where the value is not known, ``diperbarui`` is True when any record was updated and null when none can be compared.
    """
    pairs = match(now[["kampung_id", *DAERAH, kolom]], before[["kampung_id", kolom]])
    pairs = pairs.merge(_any_updated(segar), on="kampung_id", how="left")
    pairs = pairs.rename(columns={f"{kolom}_sebelum": "dari", f"{kolom}_sekarang": "ke"})
    pairs = pairs.rename(columns={f"{nama}_sekarang": nama for nama in DAERAH})
    order = schema.KELAS if kolom == "klasifikasi" else sorted({*pairs["dari"].dropna(), *pairs["ke"].dropna()})
    urut = pairs.assign(**{sisi: pd.Categorical(pairs[sisi], order) for sisi in ("dari", "ke")})
    keys = [*DAERAH, "dari", "ke", "diperbarui"]
    table = urut.groupby(keys, dropna=False, observed=True).size().reset_index(name="jumlah")
    return table.astype({"dari": object, "ke": object})


def share_change(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The change of each class's share, split exactly into moved, new and gone, per kabupaten of both years.

    ``now`` and ``before`` hold ``kampung_id, provinsi, kabupaten, klasifikasi``. With shares p over all Kampung KB of
    a year and q over those of both years (the survivors' decomposition of Melitz and Polanec 2015):
    ``bergerak`` = q_now - q_before; ``baru`` = p_now - q_now, what the newcomers do to the share; ``hilang`` =
    q_before - p_before, what the departed do. Their sum is p_now - p_before. Where no Kampung KB is in both years
    q is 0. Returns ``provinsi, kabupaten, kelas`` (null: not known, only where it occurs), ``jumlah_sebelum,
    jumlah_sekarang, jumlah_baru, jumlah_hilang, pangsa_sebelum, pangsa_sekarang, bergerak, baru, hilang``.
    """
    grup = pd.concat([_grouped(before, now, KELOMPOK[:2]), _grouped(now, before, KELOMPOK[2:])])
    kelas = [*schema.KELAS, ""] if grup["kelas"].eq("").any() else list(schema.KELAS)
    counts = grup.groupby([*DAERAH, "kelas", "kelompok"]).size().unstack(["kelompok", "kelas"], fill_value=0)
    counts = counts.reindex(columns=pd.MultiIndex.from_tuples(product(KELOMPOK, kelas)), fill_value=0)
    n = {nama: counts[nama][kelas].to_numpy(float) for nama in KELOMPOK}
    jumlah = {"sebelum": n["tetap_sebelum"] + n["hilang"], "sekarang": n["tetap_sekarang"] + n["baru"]}
    tetap = {tahun: _shares(n[f"tetap_{tahun}"]) for tahun in jumlah}
    pangsa = {tahun: _shares(values) for tahun, values in jumlah.items()}
    columns = {
        **{f"jumlah_{nama}": values for nama, values in (jumlah | {k: n[k] for k in ("baru", "hilang")}).items()},
        **{f"pangsa_{tahun}": values for tahun, values in pangsa.items()},
        "bergerak": tetap["sekarang"] - tetap["sebelum"],
        "baru": pangsa["sekarang"] - tetap["sekarang"],
        "hilang": tetap["sebelum"] - pangsa["sebelum"],
    }
    out: pd.DataFrame = counts.index.repeat(len(kelas)).to_frame(index=False).assign(kelas=np.tile(kelas, len(counts)))
    out = out.assign(**{nama: values.ravel() for nama, values in columns.items()})
    two_ended = np.logical_and(*(np.repeat(values.sum(axis=1) > 0, len(kelas)) for values in jumlah.values()))
    out = out[two_ended].reset_index(drop=True)
    return out.assign(kelas=out["kelas"].where(out["kelas"] != "")).astype(dict.fromkeys(list(columns)[:4], "int64"))


def _grouped(year: pd.DataFrame, other: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    kelompok = np.where(year["kampung_id"].isin(other["kampung_id"]), *names)
    return year[DAERAH].assign(kelas=year["klasifikasi"].astype(object).fillna(""), kelompok=kelompok)


def _shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    return shares


def rate_change(
    indikator_now: pd.DataFrame,
    indikator_before: pd.DataFrame,
    segar: pd.DataFrame,
    katalog: pd.DataFrame,
    kampung_now: pd.DataFrame,
) -> pd.DataFrame:
    """How each indicator changed, a Kampung KB and an area, over updated records that are ``terisi`` in both years.

    An indicator is updated when the record of its numerator is: KB where ``katalog.rekaman`` names it, else the first
    named. Returns ``tingkat`` ("kampung", "kecamatan", "kabupaten", "provinsi", "semua"), ``provinsi, kabupaten,
    kecamatan, kampung_id`` (None above the row's level), ``indikator``, counts and ``nilai_sebelum, nilai_sekarang``
    (ratios of sums for an area), ``selisih, bawah95, atas95`` (Newcombe's hybrid score interval, 1998, method 10),
    ``nyata`` (the interval excludes zero; null where the indicator is no sample), and how many Kampung KB of this year
    are in the row: ``jumlah``, against those identical to last year (``tidak_diperbarui``) and those new, silent
    or unusable in either year (``tanpa_pasangan``). Areas have a row also where ``jumlah`` is 0.
    """
    pairs = _rate_pairs(indikator_now, indikator_before, segar, katalog)
    tempat = kampung_now[["kampung_id", *_TINGKAT["kecamatan"]]]
    pairs = pairs.merge(tempat, on="kampung_id", how="inner", validate="many_to_one")
    parts = [pairs[pairs["jumlah"] == 1].assign(tingkat="kampung")]
    for tingkat, daerah in _TINGKAT.items():
        sums = pairs.groupby([*daerah, "indikator"], dropna=False, as_index=False)[[*_HITUNG, *_JUMLAH]].sum()
        kosong = {nama: None for nama in ("kampung_id", *_TINGKAT["kecamatan"]) if nama not in daerah}
        parts.append(sums.assign(tingkat=tingkat, **kosong))
    nama = ["tingkat", *_TINGKAT["kecamatan"], "kampung_id", "indikator"]
    out = pd.concat([part.astype(dict.fromkeys(nama, object)) for part in parts], ignore_index=True)
    return _with_difference(out[[*nama, *_HITUNG, *_JUMLAH]], katalog)


def _rate_pairs(now: pd.DataFrame, before: pd.DataFrame, segar: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """One row a Kampung KB of now and indicator; counts are 0 unless comparable, of the last three exactly one is 1."""
    kolom = ["kampung_id", "indikator", "pembilang", "penyebut", "status"]
    pairs = now[kolom].merge(before[kolom], on=kolom[:2], how="left", suffixes=("_sekarang", "_sebelum"))
    rekaman = {row.kode: _numerator_record(str(row.rekaman)) for row in katalog.itertuples()}
    flags = segar.melt("kampung_id", var_name="rekaman", value_name="diperbarui")
    flags["rekaman"] = flags["rekaman"].str.removeprefix("diperbarui_")
    pairs = pairs.assign(rekaman=pairs["indikator"].map(rekaman)).merge(flags, on=["kampung_id", "rekaman"], how="left")
    sah = (pairs["status_sekarang"].eq("terisi") & pairs["status_sebelum"].eq("terisi")).to_numpy(bool)
    segar_ = pairs["diperbarui"].astype("boolean")
    pakai = sah & segar_.fillna(False).to_numpy(bool)
    sama = sah & segar_.eq(False).fillna(False).to_numpy(bool)
    pairs = pairs.astype(dict.fromkeys(_HITUNG, float))
    pairs.loc[~pakai, _HITUNG] = 0.0
    jumlah = zip(_JUMLAH, (pakai, sama, ~(pakai | sama)), strict=True)
    return pairs.assign(**{nama: mask.astype("int64") for nama, mask in jumlah})


def _numerator_record(rekaman: str) -> str:
    parts = rekaman.split("+")
    return "kb" if "kb" in parts else parts[0]


def _with_difference(table: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    x0, n0, x1, n1 = (table[nama].to_numpy(float) for nama in _HITUNG)
    ada = table["jumlah"].to_numpy() > 0
    sampel = ada & table["indikator"].map(katalog.set_index("kode")["sampel"]).eq("ya").to_numpy(bool)
    bawah, atas = np.full((2, len(table)), np.nan)
    if sampel.any():
        bawah[sampel], atas[sampel] = confint_proportions_2indep(
            x1[sampel], n1[sampel], x0[sampel], n0[sampel], method="newcomb", compare="diff", alpha=0.05
        )
    nilai = {tahun: np.divide(x, n, out=np.full(len(x), np.nan), where=ada)
             for tahun, x, n in (("sebelum", x0, n0), ("sekarang", x1, n1))}  # fmt: skip
    out = table.assign(
        **{f"nilai_{tahun}": values for tahun, values in nilai.items()},
        selisih=nilai["sekarang"] - nilai["sebelum"],
        bawah95=bawah,
        atas95=atas,
        nyata=pd.Series((bawah > 0) | (atas < 0), index=table.index, dtype="boolean").where(sampel),
    )
    out.loc[~ada, _HITUNG] = np.nan
    return out


def class_moves(now: pd.DataFrame, before: pd.DataFrame, segar: pd.DataFrame) -> pd.DataFrame:
    """Who rose and who fell, and whether it is more than noise (METHOD 8 and 10).

    ``now`` and ``before`` hold ``kampung_id, provinsi, kabupaten, kecamatan, klasifikasi, mantap, peluang_*``. Returns
    the matched Kampung KB whose class is known in both years and differs: ``provinsi, kabupaten, kecamatan,
    kampung_id, dari, ke, arah`` ("naik", "turun"), ``diperbarui`` (any record), ``nyata``: True when the class was
    *mantap* in both years, False when it was not in one of them, null when that is not known; and ``peluang``, the
    probability that the class of a draw of now lies beyond that of a draw of before in this direction (the years'
    draws taken as independent; NaN without probabilities).
    """
    daerah = _TINGKAT["kecamatan"]
    ikut = ["kampung_id", "klasifikasi", "mantap", *PELUANG]
    pairs = match(now[[*ikut, *daerah]], before[ikut]).merge(_any_updated(segar), on="kampung_id", how="left")
    pairs = pairs.rename(columns={f"{nama}_sekarang": nama for nama in daerah})
    pairs = pairs.rename(columns={"klasifikasi_sebelum": "dari", "klasifikasi_sekarang": "ke"})
    pairs = pairs[pairs["dari"].notna() & pairs["ke"].notna() & (pairs["dari"] != pairs["ke"])].reset_index(drop=True)
    rank = {kelas: i for i, kelas in enumerate(schema.KELAS)}
    naik = (pairs["ke"].map(rank) > pairs["dari"].map(rank)).to_numpy(bool)
    p0, p1 = (pairs[[f"{nama}_{tahun}" for nama in PELUANG]].to_numpy(float) for tahun in ("sebelum", "sekarang"))
    peluang_naik = (p1 * (p0.cumsum(axis=1) - p0)).sum(axis=1)
    peluang_turun = (p0 * (p1.cumsum(axis=1) - p1)).sum(axis=1)
    mantap = [pairs[f"mantap_{tahun}"].astype("boolean") for tahun in ("sebelum", "sekarang")]
    return pairs[[*daerah, "kampung_id", "dari", "ke", "diperbarui"]].assign(
        arah=np.where(naik, "naik", "turun"),
        nyata=mantap[0] & mantap[1],
        peluang=np.where(naik, peluang_naik, peluang_turun),
    )


def regression_to_mean(laju: pd.DataFrame, indikator: pd.Series) -> str | None:
    """The sentence on regression to the mean, where the worst third improved more than the others; else None.

    ``laju`` is ``rate_change``, of which only the Kampung KB rows of this indicator count, ``indikator`` its row of
    the catalogue (``kode, singkat, arah``). Thirds by last year's value, ties by ``kampung_id``; fewer than 9 Kampung
    KB say nothing. Improvements are means over Kampung KB, in percentage points.
    """
    rows = laju[(laju["tingkat"] == "kampung") & (laju["indikator"] == indikator["kode"])]
    sepertiga = len(rows) // 3
    if sepertiga < 3:
        return None
    arah = float(indikator["arah"])
    membaik = rows.assign(urut=rows["nilai_sebelum"] * arah).sort_values(["urut", "kampung_id"])["selisih"] * arah * 100
    terburuk, lainnya = membaik.iloc[:sepertiga].mean(), membaik.iloc[sepertiga:].mean()
    if not terburuk > max(lainnya, 0):
        return None
    return (
        f"{indikator['singkat']}: sepertiga Kampung KB yang tahun lalu terburuk membaik rata-rata {_points(terburuk)}"
        f" poin persen, lainnya {_points(lainnya)}. Sebagian perbaikan itu lazim terjadi dengan sendirinya (regresi ke"
        " rata-rata), sebab Kampung KB dipilih di tempat yang miskin dan rendah ber-KB."
    )


def _points(value: float) -> str:
    return f"{value:+.1f}".replace("+", "").replace("-", "−").replace(".", ",")


PERUBAHAN = (
    "bagian", "tingkat", *_TINGKAT["kecamatan"], "kampung_id", "indikator", "kelas", "dari", "ke", "arah", "diperbarui",
    "jumlah", "tidak_diperbarui", "tanpa_pasangan", "jumlah_sebelum", "jumlah_sekarang", "jumlah_baru", "jumlah_hilang",
    *_HITUNG, "nilai_sebelum", "nilai_sekarang", "selisih", "bawah95", "atas95", "nyata", "peluang", "bergerak", "baru",
    "hilang",
)  # fmt: skip
"""Columns of ``perubahan.parquet``; what a ``bagian`` does not use is null."""
_TEKS = (*PERUBAHAN[:11],)
_BOOL = ("diperbarui", "nyata")
_BULAT = tuple(nama for nama in PERUBAHAN if nama.startswith("jumlah") or nama in _JUMLAH)


def compute(
    kampung_now: pd.DataFrame,
    kampung_before: pd.DataFrame | None,
    indikator_now: pd.DataFrame,
    indikator_before: pd.DataFrame | None,
    katalog: pd.DataFrame,
) -> pd.DataFrame:
    """All change between two years as one tidy table (``PERUBAHAN``); empty without a year before.

    The ``kampung`` frames are those that are stored (with ``klasifikasi``, ``mantap``, ``peluang_*``, ``tipe_acuan``).
    ``bagian``: "alir_klasifikasi" and "alir_tipe_acuan" (``transitions``), "pangsa" (``share_change``; shares in
    ``nilai_*``), "angka" (``rate_change``), "gerak_kelas" (``class_moves``, one row a Kampung KB that rose or fell).
    """
    parts: dict[str, pd.DataFrame] = {}
    if kampung_before is not None and indikator_before is not None:
        segar = freshness(kampung_now, kampung_before)
        for kolom in ("klasifikasi", "tipe_acuan"):
            flow = transitions(kampung_now, kampung_before, segar, kolom)
            teks = {sisi: flow[sisi].convert_dtypes().astype("string") for sisi in ("dari", "ke")}
            parts[f"alir_{kolom}"] = flow.assign(tingkat="kabupaten", **teks)
        share = share_change(kampung_now, kampung_before).assign(tingkat="kabupaten")
        share["selisih"] = share["pangsa_sekarang"] - share["pangsa_sebelum"]
        parts["pangsa"] = share.rename(columns=lambda nama: nama.replace("pangsa_", "nilai_"))
        parts["angka"] = rate_change(indikator_now, indikator_before, segar, katalog, kampung_now)
        parts["gerak_kelas"] = class_moves(kampung_now, kampung_before, segar).assign(tingkat="kampung")
    tables = [table.assign(bagian=nama).reindex(columns=list(PERUBAHAN)) for nama, table in parts.items()]
    jenis = dict.fromkeys(PERUBAHAN, "float64") | dict.fromkeys(_TEKS, "str") | dict.fromkeys(_BOOL, "boolean")
    jenis |= dict.fromkeys(_BULAT, "Int64")
    kosong = pd.DataFrame(columns=list(PERUBAHAN))
    return pd.concat([table.astype(jenis) for table in (tables or [kosong])], ignore_index=True)
