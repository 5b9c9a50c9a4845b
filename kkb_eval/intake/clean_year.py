"""From the exports of one snapshot to the clean year: identity, duplicates (K03), the three records (METHOD 2)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kkb_eval import schema
from kkb_eval.intake import wilayah
from kkb_eval.intake.portal import JUDUL, KOLOM, Export, findings
from kkb_eval.intake.wilayah import compact

TEMPAT = ("provinsi", "kabupaten", "kecamatan", "desa")
KODE = ("kode_kabupaten", "kode_kecamatan", "kode_desa")
SLUG = ("slug_kabupaten", "slug_kecamatan")
_UMUM = ("kampung_id", "kampung", *TEMPAT, *KODE, *SLUG)
KOLOM_KAMPUNG = (
    *_UMUM,
    *("berkas_rekap", "baris_rekap", "berkas_klasifikasi", "baris_klasifikasi"),
    *(*schema.REKAP, *schema.SKOR, *schema.INDEKS, "klasifikasi_ekspor"),
    *(f"lapor_{nama}" for nama in schema.REKAMAN),
)
"""The columns of the clean year, in order."""


def identify(exports: Sequence[Export], alias_wilayah: pd.DataFrame, alias_kampung: pd.DataFrame) -> pd.DataFrame:
    """The rows of several exports, rekap and klasifikasi, with regions matched and a ``kampung_id``.

    ``alias_kampung`` is rujukan/alias.csv (kecamatan, desa, nama_lama, nama_baru). Returns ``jenis, berkas, baris``,
    the columns of the clean year up to the slugs, and the values of both kinds (NaN in rows of the other kind). In
    rekap rows a blank is 0.0 and a value that could not be read stays NaN.
    """
    rows = pd.concat([_values(e) for e in exports], ignore_index=True)
    regions = wilayah.match(rows[list(TEMPAT)], alias_wilayah)
    rows[[*TEMPAT, *KODE, *SLUG]] = regions[[*TEMPAT, *KODE, *SLUG]]
    rows["kampung"] = _renamed(rows, alias_kampung, alias_wilayah)
    named = rows[["kabupaten", "kecamatan", "desa"]].map(compact).agg("-".join, axis=1)
    rows["kampung_id"] = rows["kode_desa"].fillna(named) + "-" + rows["kampung"].map(compact)
    return rows


def merge(rows: pd.DataFrame, catatan: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clean year of identified rows, and the findings: those of reading, with ``kampung_id``, and K03."""
    kept, repeated = zip(*(_single(rows[rows["jenis"] == jenis], jenis) for jenis in KOLOM), strict=True)
    keys = rows[["berkas", "baris", "kampung_id"]]
    known = catatan.drop(columns="kampung_id").merge(keys, on=["berkas", "baris"])[list(schema.CATATAN)]
    found = pd.concat([known, *repeated]).sort_values(["berkas", "baris"], kind="stable", ignore_index=True)
    rekap, klasifikasi = (
        part.rename(columns={"berkas": f"berkas_{jenis}", "baris": f"baris_{jenis}"}).set_index("kampung_id")
        for part, jenis in zip(kept, KOLOM, strict=True)
    )
    values = {
        "rekap": ["berkas_rekap", "baris_rekap", *schema.REKAP],
        "klasifikasi": ["berkas_klasifikasi", "baris_klasifikasi", *schema.SKOR, *schema.INDEKS, "klasifikasi"],
    }
    names = pd.concat([rekap, klasifikasi])[list(_UMUM[1:])]
    year = names[~names.index.duplicated()].sort_index()
    year = year.join(rekap[values["rekap"]]).join(klasifikasi[values["klasifikasi"]])
    year = _with_records(year.rename(columns={"klasifikasi": "klasifikasi_ekspor"}).reset_index())
    return year[list(KOLOM_KAMPUNG)].astype({"klasifikasi_ekspor": "str"}), found


def _values(export: Export) -> pd.DataFrame:
    rows = export.rows.assign(jenis=export.jenis, berkas=export.berkas, baris=export.rows["baris"].astype("Int64"))
    if export.jenis == "rekap":
        blank = rows[list(schema.REKAP)].isna()
        # a cell with a finding was not blank: what could not be read stays unknown
        for column, baris in export.catatan.groupby("kolom")["baris"]:
            blank.loc[rows["baris"].isin(baris), str(column)] = False
        rows[list(schema.REKAP)] = rows[list(schema.REKAP)].mask(blank, 0.0)
    lacking = [c for columns in KOLOM.values() for c in columns if c not in rows]
    empty = {
        c: pd.Series(None if c == "klasifikasi" else np.nan, rows.index, "str" if c == "klasifikasi" else "float64")
        for c in lacking
    }
    return pd.concat([rows, pd.DataFrame(empty)], axis=1)


def _renamed(rows: pd.DataFrame, alias: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.Series:
    """The names of the Kampung KB after rujukan/alias.csv, whose regions pass through the same matching."""
    if alias.empty:
        return rows["kampung"]
    places = rows[["provinsi", "kabupaten"]].drop_duplicates().merge(alias, how="cross")
    places[["kecamatan", "desa"]] = wilayah.match(places[list(TEMPAT)], alias_wilayah)[["kecamatan", "desa"]]
    place = ["kabupaten", "kecamatan", "desa"]
    keys = (tuple(map(compact, key)) for key in places[[*place, "nama_lama"]].itertuples(index=False))
    new = dict(zip(keys, places["nama_baru"], strict=True))
    names = []
    for *where, name in rows[[*place, "kampung"]].itertuples(index=False):
        at = tuple(map(compact, where))
        for _ in range(len(alias)):  # a Kampung KB may have been renamed more than once
            name = new.get((*at, compact(name)), name)
        names.append(name)
    return pd.Series(names, index=rows.index, dtype="str")


def _single(rows: pd.DataFrame, jenis: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of one kind with every key once, and the K03 findings: repeated rows, contradicting rows."""
    values = list(KOLOM[jenis])
    again = rows.duplicated(["kampung_id", *values])
    once = rows[~again]
    clash = once.duplicated("kampung_id", keep=False)
    found = []
    for key, group in rows[again].groupby("kampung_id"):
        first = once[once["kampung_id"] == key].iloc[0]
        found += [
            _k03("info", r, "", f"Kampung KB ini sudah ada di {_at(first)} dengan angka yang sama; satu yang dipakai")
            for _, r in group.iterrows()
        ]
    for _, group in once[clash].groupby("kampung_id"):
        differ = [c for c in values if group[c].drop_duplicates().size > 1]
        titles = ", ".join(JUDUL[c] for c in differ)
        for i, row in group.iterrows():
            others = " dan ".join(_at(r) for _, r in group.drop(index=i).iterrows())
            text = f"Kampung KB ini ada lagi di {others} dengan angka berbeda ({titles})"
            found.append(
                _k03("salah", row, ", ".join(differ), f"{text}; semuanya tidak dipakai, hapus yang salah di portal")
            )
    return once[~clash], findings(found)


def _at(row: pd.Series) -> str:
    return f"{row['berkas']} baris {row['baris']}"


def _k03(tingkat: str, row: pd.Series, kolom: str, pesan: str) -> tuple[object, ...]:
    return ("K03", tingkat, row["berkas"], row["baris"], row["kampung_id"], kolom, pesan)


def _with_records(year: pd.DataFrame) -> pd.DataFrame:
    """``lapor_*`` (NA without a rekap row), and NaN in the columns of a record that does not exist."""
    has_rekap = year["baris_rekap"].notna()
    for nama, columns in schema.REKAMAN.items():
        if nama == "profil":
            sumber = year["jumlah_sumber_dana"]
            exists = (sumber >= 1) | (sumber.isna() & has_rekap)
        else:
            # what could not be read was filled in by someone, so NaN counts as well
            exists = (year[list(columns)] != 0).any(axis=1) & has_rekap
        year[f"lapor_{nama}"] = exists.astype("boolean").where(has_rekap)
        year.loc[~exists, list(columns)] = np.nan
    return year
