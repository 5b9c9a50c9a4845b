"""What was updated since the year before, who is missing, whose class rose on the same numbers (K14, K18, K22).

A record identical to last year's is *tidak diperbarui*, which is not *tetap*.
"""

import csv
import io
import re
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from kkb_eval import schema

RECORD_NAMES = {"profil": "profil", "penduduk": "data penduduk", "kb": "data KB"}
SIMILAR = 80.0
"""Names at least this alike (0-100, generic words left out) suggest a rename."""
_COMMON = re.compile(r"\b(kampung|kp|kb|keluarga|berencana|berkualitas)\b")

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def match(kampung: pd.DataFrame, lama: pd.DataFrame) -> pd.DataFrame:
    """Return the Kampung KB of both years, sorted by ``kampung_id``.

    Columns that both frames hold come twice, with the suffixes ``_sekarang`` and ``_sebelum``.
    """
    both = kampung.merge(lama, on="kampung_id", suffixes=("_sekarang", "_sebelum"), validate="one_to_one")
    return both.sort_values("kampung_id", ignore_index=True)


def freshness(kampung: pd.DataFrame, lama: pd.DataFrame | None) -> pd.DataFrame:
    """Return which records differ from those of the year before (``lama``, None without one).

    One row a row of ``kampung``, in its order: ``kampung_id, diperbarui_profil, diperbarui_penduduk, diperbarui_kb``
    (nullable boolean): null without that record in both years, False when every column of it is identical. A Kampung KB
    that is new by its name only (K18 with identical numbers) is compared with the one that it was.
    """
    now = kampung.reset_index(drop=True)
    before = now.iloc[:0] if lama is None else lama
    before = before.set_index("kampung_id").reindex(_former_id(now, before)).reset_index()
    out = now[["kampung_id"]].copy()
    for rekaman, columns in schema.RECORDS.items():
        a, b = (year[list(columns)] for year in (now, before))
        same = ((a == b) | (a.isna() & b.isna())).all(axis=1)
        exists = [year[f"lapor_{rekaman}"].astype("boolean").fillna(False) for year in (now, before)]
        out[f"diperbarui_{rekaman}"] = (~same).astype("boolean").where(exists[0] & exists[1])
    return out


def _former_id(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Return the ``kampung_id`` of the year before of every row of ``now``: its own, but for a mere change of name."""
    ids = now["kampung_id"]
    gone, new = before[~before["kampung_id"].isin(ids)], now[~ids.isin(before["kampung_id"])]
    if gone.empty or new.empty:
        return ids
    same = candidates(gone, new).query("sama").drop_duplicates("kampung_id_baru")
    former = dict(zip(same["kampung_id_baru"], same["kampung_id"], strict=True))
    return ids.map(lambda own: former.get(own, own))


def updated_indicators(segar: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """Return whether the record that speaks for an indicator was updated: ``kampung_id, indikator, diperbarui``.

    ``segar`` is ``freshness``; null as there. The record is KB where ``katalog.rekaman`` names it, else its first.
    """
    names = katalog.set_index("kode")["rekaman"].str.split("+")
    record = names.map(lambda own: f"diperbarui_{'kb' if 'kb' in own else own[0]}")
    flags = segar.melt("kampung_id", var_name="rekaman", value_name="diperbarui").astype({"diperbarui": "boolean"})
    records = record.rename("rekaman").rename_axis("indikator").reset_index()
    return flags.merge(records, on="rekaman")[["kampung_id", "indikator", "diperbarui"]]


def moved(kampung: pd.DataFrame, lama: pd.DataFrame) -> pd.Series:
    """Return, by ``kampung_id`` of both years, whether any number of its rekap differs (nullable boolean).

    A record that appeared or vanished is a difference; null where a year has no rekap row.
    """
    both = match(kampung, lama).set_index("kampung_id")
    a, b = (
        both[[f"{c}_{year}" for c in schema.REKAP]].set_axis(list(schema.REKAP), axis=1)
        for year in ("sekarang", "sebelum")
    )
    same = ((a == b) | (a.isna() & b.isna())).all(axis=1)
    rekap = both[["lapor_kb_sekarang", "lapor_kb_sebelum"]].notna().all(axis=1)
    return (~same).astype("boolean").where(rekap)


def findings(kampung: pd.DataFrame, lama: pd.DataFrame | None) -> pd.DataFrame:
    """Return K14 (a record identical to last year's), K18 (one of last year missing) and K22 of ``rises``.

    Columns of ``schema.CATATAN``. K14 names ``diperbarui_<rekaman>`` in ``kolom``. K18 carries file, row and
    ``kampung_id`` of last year, and looks only in kabupaten that this year's exports hold. Sorted by ``kampung_id``;
    empty without a year before.
    """
    dulu = kampung.iloc[:0] if lama is None else lama
    segar = freshness(kampung, dulu)
    parts = [_unchanged(kampung, segar, rekaman) for rekaman in schema.RECORDS]
    found = pd.concat([*parts, _missing(kampung, dulu), rises(kampung, dulu, "tahun sebelumnya")], ignore_index=True)
    return found.astype({"baris": "Int64"}).sort_values("kampung_id", kind="stable", ignore_index=True)


def rises(kampung: pd.DataFrame, lama: pd.DataFrame, since: str) -> pd.DataFrame:
    """Return K22: an exported class above that of ``lama`` while no number of the rekap moved (``schema.CATATAN``).

    What the rule reads beside the rekap may have been filled in: it is to be looked at, not wrong. ``since`` says in
    words of what moment ``lama`` is. Told at the row of the klasifikasi.
    """
    rank = {kelas: number for number, kelas in enumerate(schema.CLASSES)}
    before = kampung["kampung_id"].map(lama.set_index("kampung_id")["klasifikasi_ekspor"])
    rose = kampung["klasifikasi_ekspor"].map(rank) > before.map(rank)
    still = kampung["kampung_id"].map(moved(kampung, lama)).eq(False).fillna(False)
    rows = kampung[(rose & still).to_numpy(bool)]
    pesan = [
        f"kelas naik dari {old} ({since}) ke {new}, tetapi tidak satu angka pun di rekap berubah; cocokkan isian sumber"
        " dana, poktan, sarana, penggunaan data, dan lintas sektor di portal"
        for old, new in zip(before[rows.index], rows["klasifikasi_ekspor"], strict=True)
    ]
    at = rows.assign(berkas_rekap=rows["berkas_klasifikasi"], baris_rekap=rows["baris_klasifikasi"])
    return _catatan(at, "K22", "periksa", "klasifikasi", pesan)


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
    # one whose rows contradicted each other (K03) had no row that could be named
    hilang = hilang[hilang["berkas_rekap"].notna() | hilang["berkas_klasifikasi"].notna()]
    rows = hilang.merge(candidates(hilang, baru), on="kampung_id", how="left", validate="one_to_one")
    return _catatan(rows, "K18", "periksa", "kampung", [_missing_message(row) for row in rows.itertuples()])


def _catatan(rows: pd.DataFrame, kode: str, tingkat: str, kolom: str, pesan: list[str]) -> pd.DataFrame:
    asal = {nama: rows[f"{nama}_rekap"].fillna(rows[f"{nama}_klasifikasi"]) for nama in ("berkas", "baris")}
    out = rows[["kampung_id"]].assign(kode=kode, tingkat=tingkat, kolom=kolom, pesan=pesan, **asal)
    return out[list(schema.CATATAN)]


def candidates(hilang: pd.DataFrame, baru: pd.DataFrame) -> pd.DataFrame:
    """Return the likeliest new name of each missing Kampung KB.

    ``hilang`` are Kampung KB of last year only, ``baru`` of this year only. Returns ``kampung_id, kampung_id_baru,
    kampung_baru, mirip`` (0-100), ``sama``: of the same desa, with a similar name that has the same numbering, or with
    identical numbers of penduduk and KB (``sama``; not all zero or blank). Identical numbers come first, then the more
    similar name, then the alphabet; a Kampung KB without a candidate has no row.
    """
    kolom = [*schema.PENDUDUK, *schema.KB]
    own = ["kampung_id", "kampung", "kunci", *kolom]
    pairs = _with_desa(hilang)[own].merge(_with_desa(baru)[own], on="kunci", suffixes=("", "_baru")).copy()
    a, b = pairs[kolom], pairs[[f"{nama}_baru" for nama in kolom]].set_axis(kolom, axis=1)
    names = list(zip(pairs["kampung"], pairs["kampung_baru"], strict=True))
    pairs["mirip"] = [fuzz.token_sort_ratio(_core(old), _core(new)) for old, new in names]
    pairs["sama"] = ((a == b) | (a.isna() & b.isna())).all(axis=1) & (a > 0).any(axis=1)
    numbered = np.array([_numbering(old) == _numbering(new) for old, new in names], bool)
    pairs = pairs[pairs["sama"] | (pairs["mirip"].ge(SIMILAR) & numbered)]
    pairs = pairs.sort_values(["sama", "mirip", "kampung_baru"], ascending=[False, False, True])
    return pairs.drop_duplicates("kampung_id")[["kampung_id", "kampung_id_baru", "kampung_baru", "mirip", "sama"]]


def _with_desa(kampung: pd.DataFrame) -> pd.DataFrame:
    desa = kampung["desa"].str.casefold().str.replace(r"[^a-z0-9]", "", regex=True)
    return kampung.assign(kunci=kampung["slug_kabupaten"] + "/" + kampung["slug_kecamatan"] + "/" + desa)


def _core(nama: str) -> str:
    """Return the words of a name that tell it from others, lower case; the whole name when none is left."""
    words = re.sub(r"[^a-z0-9]+", " ", nama.casefold())
    return _COMMON.sub("", words).strip() or words


def _numbering(nama: str) -> list[str]:
    """Return the numerals and single letters of a name in their order, Roman ones (I … X) as digits.

    >>> _numbering("Melati II"), _numbering("Melati 02"), _numbering("Melati B")
    (['2'], ['2'], ['b'])
    """
    words = re.findall(r"\d+|[a-z]+", nama.casefold())
    roman = {word: str(number) for number, word in enumerate(_ROMAN, 1)}
    return [
        str(int(word)) if word.isdigit() else roman.get(word, word)
        for word in words
        if word.isdigit() or word in roman or len(word) == 1
    ]


def _missing_message(row: Any) -> str:
    awal = f'Kampung KB "{row.kampung}" ({row.kecamatan}) dari tahun sebelumnya tidak ada lagi'
    if pd.isna(row.kampung_baru):
        return f"{awal}; periksa di portal apakah dihapus, atau tulis nama barunya di rujukan/alias.csv"
    sebab = "semua angkanya sama" if row.sama else "namanya mirip"
    baris = io.StringIO()
    csv.writer(baris, lineterminator="").writerow([row.kecamatan, row.desa, row.kampung, row.kampung_baru])
    return (
        f'{awal}; kemungkinan kini bernama "{row.kampung_baru}" karena {sebab}. Mohon dipastikan; bila benar, tambahkan'
        f" ke rujukan/alias.csv baris {baris.getvalue()}"
    )
