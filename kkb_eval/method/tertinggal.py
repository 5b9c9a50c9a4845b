"""Kampung KB in desa tertinggal beside the others, year by year (METHOD 12).

Two groups are compared as they are; nothing here says why they differ.
"""

import re

import pandas as pd

from kkb_eval.method.indicators import difference

GROUPS = ("tertinggal", "lain")
_NUMBERS = ("jumlah", "pembilang", "penyebut")
_COUNTS = tuple(f"{angka}_{kelompok}" for angka in _NUMBERS for kelompok in GROUPS)
_TYPES = {
    "kabupaten": "str",
    "tahun": "int64",
    **dict.fromkeys(("indeks", "bagian", "kelas", "indikator"), "str"),
    **dict.fromkeys((*_COUNTS, "nilai_tertinggal", "nilai_lain", "selisih", "bawah95", "atas95"), "float64"),
    **dict.fromkeys(_COUNTS[:2], "Int64"),
    "nyata": "boolean",
}
TERTINGGAL = tuple(_TYPES)
"""Columns of ``tertinggal.parquet``; ``bagian`` is "cakupan", "kelas" or "angka"."""
_KEYS = ["kabupaten", "bagian", "kelas", "indikator"]
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SHORT = {"indeksdesamembangun": "idm"}
"""The full name of an index and its abbreviation mean one index."""


def compute(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    desa: pd.DataFrame,
    katalog: pd.DataFrame,
    *,
    tahun: int,
    sebelum: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Desa tertinggal against the others: columns ``TERTINGGAL``, this year's rows after those of earlier years.

    ``kampung`` holds ``kampung_id, kabupaten, klasifikasi, tertinggal``, ``indikator`` is long, ``desa`` comes from
    ``desa.collect``; ``sebelum`` is this table of the year before. ``bagian`` "cakupan": desa with a Kampung KB
    (``pembilang``) of all desa (``penyebut``); "kelas": Kampung KB of a ``kelas`` (null: not known) of all whose desa
    has a known status; "angka": an indicator as ratio of sums over the ``jumlah`` Kampung KB ``terisi``. The gap
    ``selisih`` is tertinggal - lain, with Newcombe's interval (1998, method 10) where the indicator is a sample;
    ``nyata``: the interval excludes zero. Without anyone in a group the gap is NaN; a kabupaten without any status
    has no rows.
    """
    named = desa.dropna(subset=["tertinggal"])
    known = kampung.dropna(subset=["tertinggal"])[["kampung_id", "kabupaten", "klasifikasi", "tertinggal"]]
    parts = {"cakupan": _coverage(named), "kelas": _classes(known), "angka": _rates(known, indikator)}
    long = pd.concat([part.assign(bagian=bagian) for bagian, part in parts.items()], ignore_index=True)
    long["kelompok"] = long["tertinggal"].astype(bool).map(dict(zip((True, False), GROUPS, strict=True)))
    sums = long.reindex(columns=[*_KEYS, "kelompok", *_NUMBERS]).fillna(dict.fromkeys(_KEYS[2:], ""))
    rows = _gap(_by_group(sums), katalog)
    indeks = named.groupby("kabupaten")["indeks"].agg(lambda names: ", ".join(sorted(set(names.dropna()))))
    rows = rows.assign(tahun=tahun, indeks=rows["kabupaten"].map(indeks))
    rows = rows.assign(**{nama: rows[nama].where(rows[nama].ne("")) for nama in _KEYS[2:]})
    rows = rows[list(TERTINGGAL)].astype(_TYPES)
    return rows if sebelum is None else pd.concat([sebelum[list(TERTINGGAL)], rows], ignore_index=True).astype(_TYPES)


def _by_group(long: pd.DataFrame) -> pd.DataFrame:
    """The sums of every part with a column a figure and group (``_HITUNG``); 0 where a group does not occur."""
    wide = long.pivot_table(index=_KEYS, columns="kelompok", values=list(_NUMBERS), aggfunc="sum", fill_value=0)
    flat = {f"{angka}_{k}": wide.get((angka, k), 0) for angka in _NUMBERS for k in GROUPS}
    return pd.DataFrame(flat, index=wide.index).reset_index()


def _coverage(named: pd.DataFrame) -> pd.DataFrame:
    """Every desa of known status, and whether it has a Kampung KB."""
    return named[["kabupaten", "tertinggal"]].assign(jumlah=1, pembilang=named["kampung_kb"].gt(0), penyebut=1)


def _classes(known: pd.DataFrame) -> pd.DataFrame:
    """Every Kampung KB once for every class that occurs in its kabupaten; it counts for its own."""
    rows = known.assign(milik=known["klasifikasi"].fillna("")).drop(columns="klasifikasi")
    kelas = rows[["kabupaten", "milik"]].drop_duplicates().rename(columns={"milik": "kelas"})
    rows = rows.merge(kelas, on="kabupaten")
    return rows.assign(jumlah=1, pembilang=rows["milik"].eq(rows["kelas"]), penyebut=1)


def _rates(known: pd.DataFrame, indikator: pd.DataFrame) -> pd.DataFrame:
    terisi = indikator.loc[indikator["status"].eq("terisi"), ["kampung_id", "indikator", "pembilang", "penyebut"]]
    return terisi.merge(known, on="kampung_id", validate="many_to_one").assign(jumlah=1)


def _gap(rows: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with both values, their difference and its interval."""
    x, n = ({k: rows[f"{angka}_{k}"].astype(float) for k in GROUPS} for angka in _NUMBERS[1:])
    n = {k: total.where(total.gt(0)) for k, total in n.items()}
    sampel = rows["indikator"].map(katalog.set_index("kode")["sampel"]).eq("ya")
    nilai = {f"nilai_{k}": x[k] / n[k] for k in GROUPS}
    return rows.assign(**nilai, **difference(x["tertinggal"], n["tertinggal"], x["lain"], n["lain"], sampel))


def index_name(indeks: str) -> str:
    """The name of an index without its year, compact: "IDM 2018" → "idm"."""
    name = re.sub(r"[\W_]+", "", _YEAR.sub("", indeks)).lower()
    return _SHORT.get(name, name)


def comparable(indeks: str, lain: str) -> bool:
    """Whether the desa tertinggal of two years may stand beside each other: only under one index (METHOD 12).

    IDM (until 2024) and Indeks Desa (Permendesa 9/2024) measure differently; a year that mixes indices compares with
    none.
    """
    names = {index_name(nama) for both in (indeks, lain) for nama in both.split(", ")}
    return len(names) == 1


def not_comparable(table: pd.DataFrame) -> list[str]:
    """A sentence for every earlier year in ``table`` (one kabupaten's) whose index is not the last year's."""
    years = table.drop_duplicates("tahun").sort_values("tahun")
    *lama, (kini, indeks_kini) = zip(years["tahun"], years["indeks"], strict=True)
    return [
        f"Tahun {tahun} tidak dibandingkan dengan {kini}: dasarnya {indeks}, bukan {indeks_kini}; "
        "kedua ukuran itu berbeda."
        for tahun, indeks in lama
        if not comparable(indeks, indeks_kini)
    ]


def poverty(desa: pd.DataFrame) -> pd.DataFrame:
    """Poor families in desa with and without a Kampung KB, where the table gives them.

    Returns ``kabupaten, ada`` (a Kampung KB lies there), ``desa`` (how many count), ``keluarga, keluarga_miskin,
    pangsa`` (ratio of sums; NaN without families). No interval: these are counts of all families, not a sample.
    """
    known = desa.dropna(subset=["keluarga", "keluarga_miskin"])
    rows = known.assign(ada=known["kampung_kb"].gt(0), desa=1).groupby(["kabupaten", "ada"], as_index=False)
    out = rows[["desa", "keluarga", "keluarga_miskin"]].sum()
    families = out["keluarga"].astype("float64")
    return out.assign(pangsa=out["keluarga_miskin"].astype("float64") / families.where(families.gt(0)))
