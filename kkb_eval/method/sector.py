"""Who works in which Kampung KB beside the OPD-KB, what the pokja has, how far the staff reaches (METHOD 13)."""

import re

import pandas as pd

OPD_KB = re.compile(
    r"\bD[A-Z0-9]*KB[A-Z0-9]*\b|\bOPD[- ]?KB\b|\b(?:PLKB|PKB)\b|\bBKKBN\b|\bKEMENDUKBANGGA\b"
    r"|KELUARGA BERENCANA|PENGENDALIAN PENDUDUK|PENYULUH(?:AN)? KB\b",
    re.IGNORECASE,
)
"""Names of the office that runs the programme, where its unsur is pemda: a word that starts with D and holds KB
(DP2KBP3A, DPPKB, DALDUKKB), OPD-KB, PLKB, PKB, BKKBN, Kemendukbangga, or its name in full. Dinas Kependudukan dan
Pencatatan Sipil is none of them."""
_TEXTS = ("kabupaten", "kecamatan", "desa", "instansi", "unsur", "program_utama", "kegiatan", "sumber_dana", "status")
_TYPES = {"nomor": "int64", "kampung_id": "str", **dict.fromkeys(_TEXTS, "str"), "anggaran": "Int64", "opd": "boolean"}
KEGIATAN = tuple(_TYPES)
"""Columns of ``kegiatan.parquet``."""
SOME = 2
"""Sectors from which a lintas sektor score of 1 (none) contradicts the activities."""
HIGH = 3
"""Lintas sektor score (four instansi and more) that contradicts a Kampung KB where no sector is noted."""
CONTRADICTIONS = ("tanpa_kegiatan", "tanpa_skor")
POKJA = {
    "pokja_pengurusan": "punya pengurus",
    "pokja_sk": "punya SK",
    "pokja_pelatihan": "pernah dilatih",
    "pokja_jumlah": "jumlah anggota diisi",
    "pokja_jumlah_terlatih": "punya anggota terlatih",
}
"""The checklist of a pokja: columns of the profil, and what a value above zero means."""


def activities(kegiatan: pd.DataFrame | None, kampung: pd.DataFrame) -> pd.DataFrame:
    """The activities of the year by Kampung KB: columns ``KEGIATAN``, empty without the table.

    ``kegiatan`` is the companion table in the order of its file; ``nomor`` counts its rows from 1. A row that names a
    desa only holds for every Kampung KB there (one row each, with the same ``nomor``); where there is none
    ``kampung_id`` is null. Of spellings of an instansi that differ in case, spaces and punctuation only the most
    frequent is used (of equals the first in the alphabet). ``opd``: it is the OPD-KB itself (``OPD_KB``).
    """
    if kegiatan is None:
        return pd.DataFrame(columns=list(KEGIATAN)).astype(_TYPES)
    rows = kegiatan.assign(nomor=range(1, len(kegiatan) + 1), instansi=_one_spelling(kegiatan["instansi"]))
    own, whole = rows[rows["kampung_id"].notna()], rows[rows["kampung_id"].isna()].drop(columns="kampung_id")
    places = ["kabupaten", "kecamatan", "desa"]
    whole = whole.merge(kampung[[*places, "kampung_id"]], on=places, how="left")
    out = pd.concat([own, whole], ignore_index=True).sort_values(["nomor", "kampung_id"], ignore_index=True)
    opd = out["unsur"].eq("pemda") & out["instansi"].str.contains(OPD_KB)
    return out.assign(opd=opd)[list(KEGIATAN)].astype(_TYPES)


def _one_spelling(names: pd.Series) -> pd.Series:
    compact = names.str.lower().str.replace(r"[\W_]+", "", regex=True)
    counts = pd.DataFrame({"compact": compact, "nama": names}).value_counts().reset_index()
    counts = counts.sort_values(["count", "nama"], ascending=[False, True]).drop_duplicates("compact")
    return compact.map(counts.set_index("compact")["nama"])


def involvement(kegiatan: pd.DataFrame, kampung: pd.DataFrame, skor: pd.DataFrame) -> pd.DataFrame:
    """How many sectors work in every Kampung KB, beside its score lintas sektor.

    Returns ``kampung_id`` (rows as ``kampung``), ``instansi`` (sectors beside the OPD-KB), ``kegiatan`` (their
    activities), ``opd`` (the OPD-KB is noted), ``skor`` (in use; NaN when not known) and ``pertentangan``:
    "tanpa_kegiatan" where the score is ``TINGGI`` or more and no sector is noted, "tanpa_skor" where it is 1 and
    sectors are ``BEBERAPA`` or more, else null.
    """
    rows = kegiatan.dropna(subset=["kampung_id"])
    lain = rows[~rows["opd"].astype(bool)].groupby("kampung_id")
    ids = kampung["kampung_id"]
    used = skor[skor["item"].eq("lintas_sektor")].set_index("kampung_id")["skor"]
    out = pd.DataFrame(
        {
            "kampung_id": ids,
            "instansi": ids.map(lain["instansi"].nunique()).fillna(0).astype("int64"),
            "kegiatan": ids.map(lain["nomor"].nunique()).fillna(0).astype("int64"),
            "opd": ids.isin(rows.loc[rows["opd"].astype(bool), "kampung_id"]),
            "skor": ids.map(used).astype("float64"),
        }
    )
    masks = (out["skor"].ge(HIGH) & out["instansi"].eq(0), out["skor"].eq(1) & out["instansi"].ge(SOME))
    pertentangan = pd.Series(pd.NA, out.index, dtype="str")
    for nama, mask in zip(CONTRADICTIONS, masks, strict=True):
        pertentangan = pertentangan.mask(mask, nama)
    return out.assign(pertentangan=pertentangan)


def pokja(kampung: pd.DataFrame) -> pd.DataFrame:
    """The checklist of the pokja over the Kampung KB that reported a profil.

    Returns ``butir`` (a column of ``POKJA``), ``ada``, ``belum`` and ``tidak_diketahui`` (the cell held no number).
    """
    profil = kampung[kampung["lapor_profil"].fillna(False).astype(bool)]
    isi = [profil[nama].astype("float64") for nama in POKJA]
    return pd.DataFrame(
        {
            "butir": list(POKJA),
            "ada": [int(values.gt(0).sum()) for values in isi],
            "belum": [int(values.le(0).sum()) for values in isi],
            "tidak_diketahui": [int(values.isna().sum()) for values in isi],
        }
    )


def staff(desa: pd.DataFrame) -> pd.DataFrame:
    """Field staff and posts by kecamatan, over the desa that the table of staff names.

    ``desa`` comes from ``desa.collect``. Returns ``kabupaten, kecamatan, desa`` (with a known number of PLKB),
    ``plkb, desa_per_plkb`` (NaN without any PLKB), and of the desa with a known number of posts ``tanpa_pos`` and
    ``tanpa_sub_pos`` (none is active), each with those where a Kampung KB lies: ``tanpa_pos_kampung_kb``,
    ``tanpa_sub_pos_kampung_kb``. A PLKB who serves several desa counts once, so the table is to name each at one.
    """
    rows = desa[desa[["plkb", "pos_kb", "sub_pos_kb"]].notna().any(axis=1)]
    ada = rows["kampung_kb"].gt(0)
    table = rows[["kabupaten", "kecamatan"]].assign(desa=rows["plkb"].notna(), plkb=rows["plkb"].fillna(0))
    for nama, kolom in (("tanpa_pos", "pos_kb"), ("tanpa_sub_pos", "sub_pos_kb")):
        none = rows[kolom].eq(0).fillna(False).astype(bool)
        table = table.assign(**{nama: none, f"{nama}_kampung_kb": none & ada})
    out = table.groupby(["kabupaten", "kecamatan"], as_index=False).sum()
    plkb = out["plkb"].astype("float64")
    return out.assign(desa_per_plkb=out["desa"] / plkb.where(plkb.gt(0)))
