"""SIGA beside the portal (METHOD 14): the same numbers of a Kampung KB's desa, coverage, the months of a kabupaten.

SIGA counts the whole desa, the portal the Kampung KB: where these differ, nobody has made a mistake.
"""

import re
from datetime import date

import pandas as pd

from kkb_eval import schema, text

MEASURES = {
    "pus": ("pus",),
    "peserta": schema.METHODS,
    "unmet": schema.UNMET,
    **{poktan: (poktan,) for poktan in ("bkb", "bkr", "bkl")},
}
"""The numbers that both sources have: column of SIGA, and the portal's columns that add up to it."""
COUPLES = tuple(MEASURES)[:3]
"""Those that make K23 *periksa*: where these agree the poktan of a Kampung KB still reach but a part of its desa."""
LOW, HIGH = 0.5, 1.5
FEW = 20
"""A ratio of fewer people in SIGA is not judged."""
NEAR = 3
"""Months that SIGA may lie from the export to stand beside it."""
WHOLE = 0.9
"""Share of the desa that a month must have to be of the kabupaten."""
_WORDS = {"pus": "PUS", "peserta": "peserta KB", "unmet": "unmet need"} | {p: p.upper() for p in ("bkb", "bkr", "bkl")}


def month(siga: pd.DataFrame, day: date | None) -> tuple[int, int] | None:
    """The year and month of SIGA nearest to a day, at most ``NEAR`` months from it; of two the earlier."""
    known = siga.dropna(subset=["bulan"])[["tahun", "bulan"]].drop_duplicates()
    if day is None or known.empty:
        return None
    months = 12 * known["tahun"] + known["bulan"]
    away = (months - (12 * day.year + day.month)).abs()
    nearest = known.assign(away=away, months=months).sort_values(["away", "months"]).iloc[0]
    return (int(nearest["tahun"]), int(nearest["bulan"])) if nearest["away"] <= NEAR else None


def newest(siga: pd.DataFrame) -> date | None:
    """The first day of the last month that SIGA has; None where its tables are of no month."""
    known = siga.dropna(subset=["bulan"]).sort_values(["tahun", "bulan"])
    return None if known.empty else date(int(known["tahun"].to_numpy()[-1]), int(known["bulan"].to_numpy()[-1]), 1)


def beside(kampung: pd.DataFrame, siga: pd.DataFrame, day: date | None) -> pd.DataFrame:
    """The numbers of SIGA for the desa of every Kampung KB, in the month nearest to ``day``.

    Columns ``kampung_id, tahun, bulan``, the keys of ``MEASURES`` and ``sekampung``, how many Kampung KB the desa has.
    A Kampung KB is found by the code of its desa, else by its desa's name as SIGA writes it; one whose desa SIGA does
    not have is left out.
    """
    found = month(siga, day)
    rows = siga.iloc[:0] if found is None else siga[siga["tahun"].eq(found[0]) & siga["bulan"].eq(found[1])]
    columns = ["tahun", "bulan", *MEASURES]
    by_code = rows.dropna(subset=["kode_desa"]).set_index("kode_desa")[columns]
    by_name = rows.set_index(_place(rows, "desa_siga"))[columns]
    by_name = by_name[~by_name.index.duplicated(keep=False)]
    own = _place(kampung, "desa")
    known = kampung["kode_desa"].isin(by_code.index)
    parts = [by_code.reindex(kampung["kode_desa"][known]), by_name.reindex(own[~known])]
    out = pd.concat([part.set_axis(own.index[own_part]) for part, own_part in zip(parts, (known, ~known), strict=True)])
    out = out.sort_index().assign(kampung_id=kampung["kampung_id"], sekampung=own.map(own.value_counts()))
    return out.dropna(subset=["tahun"]).astype({"tahun": "int64", "bulan": "int64"}).reset_index(drop=True)


def _place(rows: pd.DataFrame, desa: str) -> pd.Series:
    """Kabupaten, kecamatan and desa without case, spaces and punctuation."""
    words = rows[["kabupaten", "kecamatan"]].astype("str").fillna("").assign(desa=rows[desa].astype("str").fillna(""))
    joined = words["kabupaten"].str.cat(words[["kecamatan", "desa"]], sep="/")
    return joined.map(lambda name: re.sub(r"[^a-z0-9/]+", "", name.lower())).astype("str")


def compare(kampung: pd.DataFrame, siga: pd.DataFrame, day: date | None) -> pd.DataFrame:
    """Portal beside SIGA, one row a Kampung KB whose desa SIGA has, and measure that either has.

    ``kampung_id, tahun, bulan, ukuran`` (a key of ``MEASURES``), ``portal`` (NaN: not reported), ``siga``, ``rasio``
    (portal / SIGA; NaN where either is not known, or SIGA has 0), ``luar``: below ``LOW`` or above ``HIGH`` where SIGA
    has at least ``FEW``. In a desa of several Kampung KB each holds a part, so only above.
    """
    sums = {ukuran: kampung[list(columns)].sum(axis=1, skipna=False) for ukuran, columns in MEASURES.items()}
    portal = pd.DataFrame(sums).assign(kampung_id=kampung["kampung_id"])
    keys = ["kampung_id", "tahun", "bulan", "sekampung"]
    ours = portal.melt("kampung_id", var_name="ukuran", value_name="portal")
    long = beside(kampung, siga, day).melt(keys, list(MEASURES), var_name="ukuran", value_name="siga")
    long = long.merge(ours, on=["kampung_id", "ukuran"], validate="one_to_one")
    long = long[long["siga"].notna() | long["portal"].notna()]
    rasio = long["portal"] / long["siga"].where(long["siga"].gt(0))
    judged = long["siga"].ge(FEW)
    luar = judged & (rasio.gt(HIGH) | (rasio.lt(LOW) & long["sekampung"].eq(1)))
    return long.assign(rasio=rasio, luar=luar)[
        ["kampung_id", "tahun", "bulan", "ukuran", "portal", "siga", "rasio", "luar"]
    ]


def findings(kampung: pd.DataFrame, banding: pd.DataFrame) -> pd.DataFrame:
    """K23, one a Kampung KB with numbers far from SIGA's (``banding`` comes from ``compare``); ``schema.CATATAN``.

    *periksa* where couples are far apart, *info* where only poktan are.
    """
    where = kampung.set_index("kampung_id")[["berkas_rekap", "baris_rekap"]]
    rows = []
    for kampung_id, same in banding[banding["luar"]].groupby("kampung_id", sort=True):
        isi = ", ".join(
            f"{_WORDS[ukuran]} {text.count(portal)}, di SIGA {text.count(siga)}"
            for ukuran, portal, siga in zip(same["ukuran"], same["portal"], same["siga"], strict=True)
        )
        kapan = text.month(int(same["tahun"].to_numpy()[0]), int(same["bulan"].to_numpy()[0]))
        pesan = f"{isi} ({kapan}, seluruh desa); Kampung KB dapat lebih kecil dari desanya, cocokkan keduanya"
        tingkat = "periksa" if same["ukuran"].isin(COUPLES).any() else "info"
        berkas, baris = where.loc[str(kampung_id)]
        rows.append(("K23", tingkat, berkas, baris, kampung_id, ", ".join(same["ukuran"]), pesan))
    frame = pd.DataFrame(rows, columns=list(schema.CATATAN), dtype=object)
    return frame.astype({c: "Int64" if c == "baris" else "str" for c in schema.CATATAN})


def coverage(kampung: pd.DataFrame, siga: pd.DataFrame) -> pd.DataFrame:
    """How many desa have a Kampung KB, by kabupaten and kecamatan: ``desa`` that SIGA knows, ``siga``, ``portal``.

    ``siga``: desa with a Kampung KB by its newest table of those formed (null without one); ``portal``: desa in which a
    Kampung KB of the exports lies.
    """
    desa = siga.drop_duplicates(["kabupaten", "kecamatan", "desa"])
    formed = (
        siga.dropna(subset=["kampung_kb"])
        .sort_values("tahun")
        .drop_duplicates(["kabupaten", "kecamatan", "desa"], keep="last")
    )
    keys = ["kabupaten", "kecamatan"]
    out = desa.groupby(keys).size().rename("desa").to_frame()
    out["siga"] = formed[formed["kampung_kb"].gt(0)].groupby(keys).size().reindex(out.index).astype("Int64")
    out["siga"] = out["siga"].fillna(0) if len(formed) else out["siga"]
    places = kampung[kampung["desa"].fillna("").ne("")].assign(kunci=lambda frame: _place(frame, "desa"))
    out["portal"] = places.drop_duplicates("kunci").groupby(keys).size()
    return out.astype({"desa": "int64"}).assign(portal=out["portal"].fillna(0).astype("int64")).reset_index()


def monthly(siga: pd.DataFrame) -> pd.DataFrame:
    """The sums of every kabupaten and month: ``kabupaten, tahun, bulan, desa`` (how many), counts, ``lengkap``.

    A count is NaN where no desa gives it. ``lengkap``: at least ``WHOLE`` of the desa that any month has.
    """
    counts = [*MEASURES, "sasaran_bkb", "sasaran_bkr", "sasaran_bkl"]
    keys = ["kabupaten", "tahun", "bulan"]
    rows = siga.dropna(subset=["bulan"]).astype({"bulan": "int64"})
    out = rows.groupby(keys)[counts].sum(min_count=1)
    out.insert(0, "desa", rows.groupby(keys).size())
    most = out["desa"].groupby(level="kabupaten").transform("max")
    return out.assign(lengkap=out["desa"].ge(WHOLE * most)).reset_index()


def renewed(months: pd.DataFrame, poktan: str) -> pd.DataFrame:
    """The months of one kabupaten (of ``monthly``, in order) in which the totals of a poktan are new.

    SIGA repeats them from month to month until they are counted again.
    """
    known = months.dropna(subset=[poktan, f"sasaran_{poktan}"])
    moved = known[[poktan, f"sasaran_{poktan}"]].diff().ne(0).any(axis=1)
    return known[moved]
