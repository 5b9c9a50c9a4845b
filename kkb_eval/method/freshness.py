"""What was updated since the year before, and which Kampung KB are missing now (METHOD 2, findings K14 and K18).

A record identical to last year's is *tidak diperbarui*, which is not *tetap*.
"""

import csv
import io
import re
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

from kkb_eval import schema

RECORD_NAMES = {"profil": "profil", "penduduk": "data penduduk", "kb": "data KB"}
SIMILAR = 80.0
"""Names at least this alike (0-100, generic words left out) suggest a rename."""
_COMMON = re.compile(r"\b(kampung|kp|kb|keluarga|berencana|berkualitas)\b")


def match(kampung: pd.DataFrame, lama: pd.DataFrame) -> pd.DataFrame:
    """The Kampung KB of both years, sorted by ``kampung_id``.

    Columns that both frames hold come twice, with the suffixes ``_sekarang`` and ``_sebelum``.
    """
    both = kampung.merge(lama, on="kampung_id", suffixes=("_sekarang", "_sebelum"), validate="one_to_one")
    return both.sort_values("kampung_id", ignore_index=True)


def freshness(kampung: pd.DataFrame, lama: pd.DataFrame | None) -> pd.DataFrame:
    """Which records differ from those of the year before (``lama``, None without one).

    One row a row of ``kampung``, in its order: ``kampung_id, diperbarui_profil, diperbarui_penduduk, diperbarui_kb``
    (nullable boolean): null without that record in both years, False when every column of it is identical.
    """
    kini = kampung.reset_index(drop=True)
    dulu = kini.iloc[:0] if lama is None else lama
    dulu = dulu.set_index("kampung_id").reindex(kini["kampung_id"]).reset_index()
    out = kini[["kampung_id"]].copy()
    for rekaman, columns in schema.RECORDS.items():
        a, b = (year[list(columns)] for year in (kini, dulu))
        sama = ((a == b) | (a.isna() & b.isna())).all(axis=1)
        ada = [year[f"lapor_{rekaman}"].astype("boolean").fillna(False) for year in (kini, dulu)]
        out[f"diperbarui_{rekaman}"] = (~sama).astype("boolean").where(ada[0] & ada[1])
    return out


def any_updated(segar: pd.DataFrame) -> pd.Series:
    """Whether any record was updated, by ``kampung_id`` (nullable boolean; null where none can be compared)."""
    flags = segar.set_index("kampung_id").astype("boolean")
    return flags.any(axis=1).astype("boolean").where(flags.notna().any(axis=1))


def findings(kampung: pd.DataFrame, lama: pd.DataFrame | None) -> pd.DataFrame:
    """K14 (a record identical to last year's) and K18 (a Kampung KB of last year missing), as ``schema.CATATAN``.

    K14 names ``diperbarui_<rekaman>`` in ``kolom``. K18 carries file, row and ``kampung_id`` of last year, and looks
    only in kabupaten that this year's exports hold. Sorted by ``kampung_id``; empty without a year before.
    """
    dulu = kampung.iloc[:0] if lama is None else lama
    segar = freshness(kampung, dulu)
    parts = [_unchanged(kampung, segar, rekaman) for rekaman in schema.RECORDS]
    found = pd.concat([*parts, _missing(kampung, dulu)], ignore_index=True)
    return found.astype({"baris": "Int64"}).sort_values("kampung_id", kind="stable", ignore_index=True)


def _unchanged(kampung: pd.DataFrame, segar: pd.DataFrame, rekaman: str) -> pd.DataFrame:
    kolom = f"diperbarui_{rekaman}"
    rows = kampung[segar[kolom].eq(False).fillna(False).to_numpy(bool)]
    pesan = (
        f"{RECORD_NAMES[rekaman]} sama persis dengan tahun sebelumnya di semua {len(schema.RECORDS[rekaman])} kolom;"
        " perbarui isian di portal"
    )
    return _catatan(rows, "K14", "info", kolom, [pesan] * len(rows))


def _missing(kampung: pd.DataFrame, lama: pd.DataFrame) -> pd.DataFrame:
    tidak_ada = ~lama["kampung_id"].isin(kampung["kampung_id"])
    hilang = lama[tidak_ada & lama["slug_kabupaten"].isin(kampung["slug_kabupaten"])]
    baru = kampung[~kampung["kampung_id"].isin(lama["kampung_id"])]
    rows = hilang.merge(candidates(hilang, baru), on="kampung_id", how="left", validate="one_to_one")
    return _catatan(rows, "K18", "periksa", "kampung", [_missing_message(row) for row in rows.itertuples()])


def _catatan(rows: pd.DataFrame, kode: str, tingkat: str, kolom: str, pesan: list[str]) -> pd.DataFrame:
    asal = {nama: rows[f"{nama}_rekap"].fillna(rows[f"{nama}_klasifikasi"]) for nama in ("berkas", "baris")}
    out = rows[["kampung_id"]].assign(kode=kode, tingkat=tingkat, kolom=kolom, pesan=pesan, **asal)
    return out[list(schema.CATATAN)]


def candidates(hilang: pd.DataFrame, baru: pd.DataFrame) -> pd.DataFrame:
    """The likeliest new name of each missing Kampung KB: ``kampung_id, kampung_baru, mirip`` (0-100), ``sama``.

    ``hilang`` are Kampung KB of last year only, ``baru`` of this year only. Same desa, and a similar name or identical
    numbers of penduduk and KB (``sama``; not all zero or blank). Identical numbers come first, then the more similar
    name, then the alphabet; a Kampung KB without a candidate has no row.
    """
    kolom = [*schema.PENDUDUK, *schema.KB]
    pairs = _with_desa(hilang).merge(_with_desa(baru), on="kunci", suffixes=("", "_baru"))
    a, b = pairs[kolom], pairs[[f"{nama}_baru" for nama in kolom]].set_axis(kolom, axis=1)
    names = zip(pairs["kampung"], pairs["kampung_baru"], strict=True)
    pairs["mirip"] = [fuzz.token_sort_ratio(_core(old), _core(new)) for old, new in names]
    pairs["sama"] = ((a == b) | (a.isna() & b.isna())).all(axis=1) & (a > 0).any(axis=1)
    pairs = pairs[pairs["sama"] | pairs["mirip"].ge(SIMILAR)]
    pairs = pairs.sort_values(["sama", "mirip", "kampung_baru"], ascending=[False, False, True])
    return pairs.drop_duplicates("kampung_id")[["kampung_id", "kampung_baru", "mirip", "sama"]]


def _with_desa(kampung: pd.DataFrame) -> pd.DataFrame:
    desa = kampung["desa"].str.casefold().str.replace(r"[^a-z0-9]", "", regex=True)
    return kampung.assign(kunci=kampung["slug_kabupaten"] + "/" + kampung["slug_kecamatan"] + "/" + desa)


def _core(nama: str) -> str:
    """The words of a name that tell it from others, lower case; the whole name when none is left."""
    words = re.sub(r"[^a-z0-9]+", " ", nama.casefold())
    return _COMMON.sub("", words).strip() or words


def _missing_message(row: Any) -> str:
    awal = f'Kampung KB "{row.kampung}" ada tahun sebelumnya, tidak ada tahun ini'
    if pd.isna(row.kampung_baru):
        return f"{awal}; periksa di portal apakah dihapus, atau tulis nama barunya di rujukan/alias.csv"
    alasan = "angka penduduk dan KB sama persis" if row.sama else f"nama mirip {row.mirip:.0f} dari 100"
    baris = io.StringIO()
    csv.writer(baris, lineterminator="").writerow([row.kecamatan, row.desa, row.kampung, row.kampung_baru])
    return (
        f'{awal}; mungkin kini bernama "{row.kampung_baru}" ({alasan}): bila benar, tambahkan ke rujukan/alias.csv'
        f" baris {baris.getvalue()}"
    )
