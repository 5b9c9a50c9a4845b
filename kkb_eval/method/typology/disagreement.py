"""Where type and official class disagree, and by which scores (METHOD 9).

A type describes rates, a class counts scores; they may differ. A Kampung KB disagrees when its class is not the usual
one of its type; what explains it are the indices that pass here and not there (or the other way round) and the items
in them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.method.klasifikasi import PASS

DISAGREEMENT = (
    "kampung_id",
    "kabupaten",
    "tipe",
    "klasifikasi",
    "kelas_lazim",
    "bagian_lazim",
    "indeks",
    "lulus",
    "butir",
)
"""Columns of ``beda.parquet``."""
USUAL = 0.5
"""A class is usual for a type when at least this share of its members is in it."""
PASSING_INDICES: Mapping[str, Mapping[str, bool]] = {
    "Dasar": {},
    "Berkembang": {"input": True, "proses": True, "output": False},
    "Mandiri": {"output": True},
    "Berkelanjutan": {"input": True, "proses": True, "output": True},
}
"""Which indices a class asks for; a Dasar passes at most one, a Mandiri output and one other."""


def explain(kampung: pd.DataFrame, skor: pd.DataFrame, tipe: pd.Series) -> pd.DataFrame:
    """Return a row a Kampung KB and index that sets it apart from the usual class of its type (DISAGREEMENT).

    ``kampung`` holds ``kampung_id, kabupaten, klasifikasi, index_*``, ``tipe`` the type to compare with (same index,
    null: none). ``bagian_lazim`` is the share of the type's members in ``kelas_lazim``; types without a usual class
    disagree with nobody. ``lulus`` says whether the index passes here; ``butir`` names the items (joined by ", ") that
    hold it back (scores below 3) or that carry it (scores of 3 and more). Sorted by kampung_id and index.
    """
    rows = kampung[["kampung_id", "kabupaten", "klasifikasi", *schema.INDICES]].assign(tipe=tipe)
    rows = rows.dropna(subset=["tipe", "klasifikasi"])
    usual = _usual(rows)
    rows = rows.merge(usual, on=["kabupaten", "tipe"], how="inner")
    rows = rows[rows["klasifikasi"].ne(rows["kelas_lazim"])].sort_values("kampung_id")
    own = skor[skor["kampung_id"].isin(rows["kampung_id"])]
    scores = own.pivot(index="kampung_id", columns="item", values="skor").to_dict("index")
    found = [part for row in rows.to_dict("records") for part in _indices(row, scores[row["kampung_id"]])]
    out = pd.DataFrame(found, columns=list(DISAGREEMENT))
    teks = dict.fromkeys(("kampung_id", "kabupaten", "klasifikasi", "kelas_lazim", "indeks", "butir"), "str")
    return out.astype(teks | {"tipe": "Int64", "bagian_lazim": "float64", "lulus": "boolean"})


def _usual(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the class of at least half of each type's members: ``kabupaten, tipe, kelas_lazim, bagian_lazim``."""
    keys = ["kabupaten", "tipe"]
    share = rows.groupby(keys)["klasifikasi"].value_counts(normalize=True).rename("bagian_lazim").reset_index()
    share = share[share["bagian_lazim"] >= USUAL].rename(columns={"klasifikasi": "kelas_lazim"})
    # two classes of exactly half each: the higher one, so that the others are asked what they lack
    share["urutan"] = share["kelas_lazim"].map(schema.CLASSES.index)
    return share.sort_values("urutan").drop_duplicates(keys, keep="last").drop(columns="urutan")


def _indices(row: Mapping[Any, Any], scores: Mapping[Any, float]) -> Iterator[dict[str, Any]]:
    passes = {nama: row[f"index_{nama}"] >= PASS for nama in schema.ITEMS}
    naik = schema.CLASSES.index(row["klasifikasi"]) > schema.CLASSES.index(row["kelas_lazim"])
    asked = PASSING_INDICES[row["klasifikasi"] if naik else row["kelas_lazim"]]
    for nama, lulus in passes.items():
        if nama in asked and lulus == naik:
            items = [i for i in schema.ITEMS[nama] if (scores[i] >= PASS if lulus else scores[i] < PASS)]
            kolom = {k: row[k] for k in DISAGREEMENT if k in row}
            yield kolom | {"indeks": nama, "lulus": lulus, "butir": ", ".join(items)}
