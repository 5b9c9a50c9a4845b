"""Kampung KB in desa tertinggal beside the others, year by year (METHOD 12).

Two groups are compared as they are; nothing here says why they differ. The unit of a comparison is the Kampung KB: with
the couple 76 to 97 % of the gaps between random groups were called real.
"""

import re

import pandas as pd

from kkb_eval.method import areas
from kkb_eval.method.jackknife import against_the_rest

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
    catatan: pd.DataFrame,
    katalog: pd.DataFrame,
    *,
    tahun: int,
    sebelum: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return desa tertinggal against the others: columns ``TERTINGGAL``, rows of earlier years first.

    ``kampung`` holds ``kampung_id, kabupaten, klasifikasi, tertinggal``, ``indikator`` is long, ``desa`` comes from
    ``desa.collect``; ``sebelum`` is this table of the year before. ``bagian`` "cakupan": desa with a Kampung KB
    (``pembilang``) of all desa (``penyebut``); "kelas": Kampung KB of a ``kelas`` (null: not known) of all whose desa
    has a known status; "angka": an indicator as ratio of sums over the ``jumlah`` Kampung KB *terisi* without the
    ``areas.oversized`` ones. The gap ``selisih`` is tertinggal - lain; of a sample it has the interval and verdict
    ``nyata`` of ``jackknife.between_groups``, null where a group has fewer than ``jackknife.FEWEST``. Without anyone in
    a group the gap is NaN; a kabupaten without any status has no rows.
    """
    named = desa.dropna(subset=["tertinggal"])
    known = kampung.dropna(subset=["tertinggal"])[["kampung_id", "kabupaten", "klasifikasi", "tertinggal"]]
    rates = _rates(known, indikator, catatan)
    parts = {"cakupan": _coverage(named), "kelas": _classes(known), "angka": rates}
    long = pd.concat([part.assign(bagian=bagian) for bagian, part in parts.items()], ignore_index=True)
    long["kelompok"] = _group(long["tertinggal"])
    sums = long.reindex(columns=[*_KEYS, "kelompok", *_NUMBERS]).fillna(dict.fromkeys(_KEYS[2:], ""))
    rows = _gap(_by_group(sums)).merge(_verdicts(rates, katalog), on=["kabupaten", "bagian", "indikator"], how="left")
    indeks = named.groupby("kabupaten")["indeks"].agg(lambda names: ", ".join(sorted(set(names.dropna()))))
    rows = rows.assign(tahun=tahun, indeks=rows["kabupaten"].map(indeks))
    rows = rows.assign(**{name: rows[name].where(rows[name].ne("")) for name in _KEYS[2:]})
    rows = rows[list(TERTINGGAL)].astype(_TYPES)
    return rows if sebelum is None else pd.concat([sebelum[list(TERTINGGAL)], rows], ignore_index=True).astype(_TYPES)


def _group(tertinggal: pd.Series) -> pd.Series:
    """Return the name of every row's group (``GROUPS``)."""
    return tertinggal.astype(bool).map(dict(zip((True, False), GROUPS, strict=True)))


def _by_group(long: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of every part with a column a figure and group (``_HITUNG``); 0 where a group does not occur."""
    wide = long.pivot_table(index=_KEYS, columns="kelompok", values=list(_NUMBERS), aggfunc="sum", fill_value=0)
    flat = {f"{angka}_{k}": wide.get((angka, k), 0) for angka in _NUMBERS for k in GROUPS}
    return pd.DataFrame(flat, index=wide.index).reset_index()


def _coverage(named: pd.DataFrame) -> pd.DataFrame:
    """Return every desa of known status, and whether it has a Kampung KB."""
    return named[["kabupaten", "tertinggal"]].assign(jumlah=1, pembilang=named["kampung_kb"].gt(0), penyebut=1)


def _classes(known: pd.DataFrame) -> pd.DataFrame:
    """Return every Kampung KB once for every class that occurs in its kabupaten; it counts for its own."""
    rows = known.assign(milik=known["klasifikasi"].fillna("")).drop(columns="klasifikasi")
    kelas = rows[["kabupaten", "milik"]].drop_duplicates().rename(columns={"milik": "kelas"})
    rows = rows.merge(kelas, on="kabupaten")
    return rows.assign(jumlah=1, pembilang=rows["milik"].eq(rows["kelas"]), penyebut=1)


def _rates(known: pd.DataFrame, indikator: pd.DataFrame, catatan: pd.DataFrame) -> pd.DataFrame:
    """Return every usable rate of a Kampung KB of known status, with its group."""
    usable = indikator["status"].eq("terisi") & ~indikator["kampung_id"].isin(areas.oversized(catatan))
    rows = indikator.loc[usable, ["kampung_id", "indikator", "pembilang", "penyebut"]]
    return rows.merge(known, on="kampung_id", validate="many_to_one").assign(jumlah=1)


def _gap(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``rows`` with both values and their difference."""
    values = {
        f"nilai_{k}": rows[f"pembilang_{k}"].astype(float)
        / rows[f"penyebut_{k}"].astype(float).where(rows[f"penyebut_{k}"].gt(0))
        for k in GROUPS
    }
    return rows.assign(**values, selisih=values["nilai_tertinggal"] - values["nilai_lain"])


def _verdicts(rates: pd.DataFrame, katalog: pd.DataFrame) -> pd.DataFrame:
    """Return ``bawah95, atas95, nyata`` of the gap of every kabupaten and sampled indicator."""
    sampled = rates[rates["indikator"].isin(katalog.loc[katalog["sampel"].eq("ya"), "kode"])]
    keys = ["kabupaten", "indikator"]
    sides, gap = against_the_rest(sampled.assign(kelompok=_group(sampled["tertinggal"])), keys, "kelompok")
    low, high = gap.interval
    found = sides.assign(bawah95=low, atas95=high, nyata=gap.certain, bagian="angka")
    return found[found["kelompok"].eq(GROUPS[0])].drop(columns="kelompok")


def index_name(indeks: str) -> str:
    """Return the name of an index without its year, compact: "IDM 2018" → "idm"."""
    name = re.sub(r"[\W_]+", "", _YEAR.sub("", indeks)).lower()
    return _SHORT.get(name, name)


def comparable(indeks: str, lain: str) -> bool:
    """Return whether the desa tertinggal of two years may stand beside each other: only under one index (METHOD 12).

    IDM (until 2024) and Indeks Desa (Permendesa 9/2024) measure differently; a year that mixes indices compares with
    none.
    """
    names = {index_name(nama) for both in (indeks, lain) for nama in both.split(", ")}
    return len(names) == 1


def not_comparable(table: pd.DataFrame) -> list[str]:
    """Return a sentence for every earlier year in ``table`` (one kabupaten's) whose index is not the last year's."""
    years = table.drop_duplicates("tahun").sort_values("tahun")
    *lama, (kini, indeks_kini) = zip(years["tahun"], years["indeks"], strict=True)
    return [
        f"Tahun {tahun} tidak dibandingkan dengan {kini}: dasarnya {indeks}, bukan {indeks_kini}; "
        "kedua ukuran itu berbeda."
        for tahun, indeks in lama
        if not comparable(indeks, indeks_kini)
    ]


def poverty(desa: pd.DataFrame) -> pd.DataFrame:
    """Return poor families in desa with and without a Kampung KB, where the table gives them.

    Returns ``kabupaten, ada`` (a Kampung KB lies there), ``desa`` (how many count), ``keluarga, keluarga_miskin,
    pangsa`` (ratio of sums; NaN without families). No interval: these are counts of all families, not a sample.
    """
    known = desa.dropna(subset=["keluarga", "keluarga_miskin"])
    rows = known.assign(ada=known["kampung_kb"].gt(0), desa=1).groupby(["kabupaten", "ada"], as_index=False)
    out = rows[["desa", "keluarga", "keluarga_miskin"]].sum()
    families = out["keluarga"].astype("float64")
    return out.assign(pangsa=out["keluarga_miskin"].astype("float64") / families.where(families.gt(0)))
