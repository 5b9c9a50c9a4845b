"""What is known of every desa: its Kampung KB, its status, its poor families, its field staff (METHOD 12 and 13)."""

from functools import reduce

import pandas as pd

PLACE = ("kabupaten", "kecamatan", "desa")
FACTS = {
    "desa_tertinggal": {"status": "status", "indeks": "indeks", "sumber": "sumber"},
    "kesejahteraan": {"keluarga": "keluarga", "keluarga_miskin": "keluarga_miskin", "sumber": "sumber_kesejahteraan"},
    "krs": {"krs": "krs"},
    "tenaga": {nama: nama for nama in ("wilayah_binaan", "plkb", "pos_kb", "sub_pos_kb")},
}
"""The companion tables of a desa, and the names of their columns here."""
_TYPES = {
    **dict.fromkeys((*PLACE, "kode_desa"), "str"),
    "kampung_kb": "int64",
    "status": "str",
    "tertinggal": "boolean",
    **dict.fromkeys(("indeks", "sumber"), "str"),
    **dict.fromkeys(("keluarga", "keluarga_miskin"), "Int64"),
    "sumber_kesejahteraan": "str",
    "krs": "Int64",
    "wilayah_binaan": "str",
    **dict.fromkeys(("plkb", "pos_kb", "sub_pos_kb"), "Int64"),
}
DESA = tuple(_TYPES)
"""Columns of ``desa.parquet``."""


def collect(kampung: pd.DataFrame, tabel: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a desa that a companion table names or in which a Kampung KB lies: columns ``DESA``, sorted by place.

    ``kampung`` is the clean year, ``tabel`` the companion tables of the year by name (``ISI``; each may be missing, and
    names a desa once). They are joined by ``kode_desa``, which normalised names and aliases have given; a desa without
    a code by its three names. A Kampung KB whose desa is blank belongs to none. ``tertinggal`` counts *sangat
    tertinggal* as well and is null where the status is not known.
    """
    places = kampung[kampung["desa"].fillna("").ne("")]
    parts = [places, *(tabel[nama] for nama in FACTS if nama in tabel)]
    names = pd.concat([part[[*PLACE, "kode_desa"]].assign(kunci=key(part)) for part in parts])
    out = names.drop_duplicates("kunci")
    out = out.assign(kampung_kb=out["kunci"].map(key(places).value_counts()))
    found = [tabel[nama].assign(kunci=key(tabel[nama])) for nama in FACTS if nama in tabel]
    columns = [isi for nama, isi in FACTS.items() if nama in tabel]
    joins = [rows[["kunci", *isi]].rename(columns=isi) for rows, isi in zip(found, columns, strict=True)]
    out = reduce(lambda left, right: left.merge(right, on="kunci", how="left", validate="one_to_one"), joins, out)
    out = out.reindex(columns=list(DESA))
    out["kampung_kb"] = out["kampung_kb"].fillna(0)
    out["tertinggal"] = out["status"].astype("str").str.contains("tertinggal").where(out["status"].notna())
    return out.sort_values(list(PLACE), ignore_index=True).astype(_TYPES)


def key(places: pd.DataFrame) -> pd.Series:
    """What tells a desa from others: its Kemendagri code, or where that is not known its names without punctuation."""
    words = places[list(PLACE)].astype("str").fillna("")
    names = words["kabupaten"].str.cat(words[["kecamatan", "desa"]], sep="/")
    return places["kode_desa"].fillna(names.str.lower().str.replace(r"[^a-z0-9/]+", "", regex=True)).astype("str")


def tertinggal(kampung: pd.DataFrame, desa: pd.DataFrame) -> pd.Series:
    """Whether the desa of every Kampung KB is tertinggal (index of ``kampung``); null where that is not known."""
    return key(kampung).map(desa.set_index(key(desa))["tertinggal"]).astype("boolean")
