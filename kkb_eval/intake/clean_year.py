"""From the exports of one snapshot to the clean year: identity, duplicates (K03), the three records (METHOD 2)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kkb_eval import schema
from kkb_eval.errors import UnknownName
from kkb_eval.intake import cells, regions
from kkb_eval.intake.portal import COLUMNS, TITLES, Export, findings
from kkb_eval.intake.regions import compact

PLACE = ("provinsi", "kabupaten", "kecamatan", "desa")
CODES = ("kode_kabupaten", "kode_kecamatan", "kode_desa")
SLUG = ("slug_kabupaten", "slug_kecamatan")
_COMMON = ("kampung_id", "kampung", *PLACE, *CODES, *SLUG)
KAMPUNG_COLUMNS = (
    *_COMMON,
    *("berkas_rekap", "baris_rekap", "berkas_klasifikasi", "baris_klasifikasi"),
    *(*schema.REKAP, *schema.SCORES, *schema.INDICES, "klasifikasi_ekspor"),
    *(f"lapor_{nama}" for nama in schema.RECORDS),
)
"""The columns of the clean year, in order."""


def identify(exports: Sequence[Export], alias_wilayah: pd.DataFrame, alias_kampung: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of several exports, rekap and klasifikasi, with regions matched and a ``kampung_id``.

    ``alias_kampung`` is rujukan/alias.csv (kecamatan, desa, nama_lama, nama_baru). Returns ``jenis, berkas, baris``,
    the columns of the clean year up to the slugs, and the values of both kinds (NaN in rows of the other kind). In
    rekap rows a blank is 0.0 and a value that could not be read stays NaN.
    """
    rows = pd.concat([_values(e) for e in exports], ignore_index=True)
    found = regions.match(rows[list(PLACE)], alias_wilayah)
    rows[[*PLACE, *CODES, *SLUG]] = found[[*PLACE, *CODES, *SLUG]]
    rows["kampung"] = _renamed(rows, alias_kampung, alias_wilayah)
    compacts = zip(*(rows[c].map(compact) for c in (*PLACE[1:], "kampung")), rows["kode_desa"], strict=True)
    rows["kampung_id"] = ["-".join([*([kode] if pd.notna(kode) else place), name]) for *place, name, kode in compacts]
    return rows


def merge(rows: pd.DataFrame, catatan: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the clean year of identified rows, and its findings: those of reading, with ``kampung_id``, and K03.

    ``rows`` are those in scope. A Kampung KB whose rows contradict each other stays, as one without such a row.
    """
    kept, repeated = zip(*(_single(rows[rows["jenis"] == jenis], jenis) for jenis in COLUMNS), strict=True)
    rekap, klasifikasi = (
        part.rename(columns={"berkas": f"berkas_{jenis}", "baris": f"baris_{jenis}"}).set_index("kampung_id")
        for part, jenis in zip(kept, COLUMNS, strict=True)
    )
    values = {
        "rekap": ["berkas_rekap", "baris_rekap", *schema.REKAP],
        "klasifikasi": ["berkas_klasifikasi", "baris_klasifikasi", *schema.SCORES, *schema.INDICES, "klasifikasi"],
    }
    # a Kampung KB is named as in the rekap, and in every order of files and rows alike
    order = rows.assign(urutan=rows["jenis"].map(list(COLUMNS).index))
    year = order.sort_values(["kampung_id", "urutan", "berkas", "baris"]).drop_duplicates("kampung_id")
    year = year.set_index("kampung_id")[list(_COMMON[1:])]
    year = year.join(rekap[values["rekap"]]).join(klasifikasi[values["klasifikasi"]])
    year, lost = _with_records(year.rename(columns={"klasifikasi": "klasifikasi_ekspor"}).reset_index())
    found = pd.concat([_located(catatan, rows), *repeated, lost])
    found = found.sort_values(["berkas", "baris"], kind="stable", ignore_index=True)
    return year[list(KAMPUNG_COLUMNS)].astype({"klasifikasi_ekspor": "str"}), found


def _located(catatan: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of reading with their ``kampung_id``; those on rows out of scope are left out."""
    keys = rows[["berkas", "baris", "kampung_id"]]
    known = catatan.drop(columns="kampung_id").merge(keys, on=["berkas", "baris"], how="left")
    # a row without name or place never came so far, whatever the scope; nor did one that is no Kampung KB
    kept = known["kolom"].isin(schema.NAMES) | known["baris"].isna() | known["kode"].eq("K20")
    return known.loc[known["kampung_id"].notna() | kept, list(schema.CATATAN)].astype({"kampung_id": "str"})


def within(
    rows: pd.DataFrame,
    provinsi: Sequence[str],
    kabupaten: Sequence[str],
    alias_wilayah: pd.DataFrame,
    *,
    tempat: str = "ekspor",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the identified rows of the provinces and kabupaten of these names (none: all), and K05 for those left out.

    ``tempat`` is where a name was looked for, for a message.

    A finding for each row whose kabupaten nobody knows, one a file that counts the rows of others, and one for a
    kabupaten that has no row. Raises ``UnknownName`` for a province or kabupaten of no reference and no row.
    """
    if not provinsi and not kabupaten:
        return rows, findings([])
    wanted = {regions.find_kabupaten(name, alias_wilayah): name for name in kabupaten}
    own = rows["kabupaten"].map(regions.compact_kabupaten)
    there = set(own)
    if strange := [name for key, name in wanted.items() if key not in there and key not in regions.kabupaten()]:
        raise UnknownName("kabupaten", strange[0], tempat, regions.suggest(strange[0], rows["kabupaten"].unique()))
    inside = own.isin(wanted) if wanted else pd.Series(True, rows.index)
    if provinsi:
        inside &= _in_provinces(rows, provinsi, tempat)
    found: list[tuple[object, ...]] = [
        ("K05", "periksa", "dataset.toml", None, None, "kabupaten", f'kabupaten "{name}" tidak ada di ekspor tahun ini')
        for key, name in wanted.items()
        if key not in there
    ]
    for row in rows[~inside & rows["kode_kabupaten"].isna()].itertuples():
        near = regions.nearest("kabupaten", str(row.kabupaten), provinsi=(str(row.provinsi),))
        hint = f'maksudnya "{near}"?' if near else "perbaiki namanya"
        text = f'{TITLES["kabupaten"]}: "{row.kabupaten}" tidak dikenal, baris ini tidak dihitung; {hint}'
        # no Kampung KB of the year: its id belongs to none
        found.append(("K05", "salah", row.berkas, row.baris, None, "kabupaten", text))
    for berkas, lain in rows[~inside & rows["kode_kabupaten"].notna()].groupby("berkas"):
        names = sorted(lain["kabupaten"].unique())
        nama = ", ".join(names[:3]) + (", …" if names[3:] else "")
        text = (
            f"{cells.shown(len(lain))} baris dari kabupaten lain ({nama}) tidak dihitung; hapus"
            f" {'kabupaten' if kabupaten else 'provinsi'} dari dataset.toml bila semuanya perlu dihitung"
        )
        found.append(("K05", "info", berkas, None, None, "", text))
    return rows[inside].reset_index(drop=True), findings(found)


def _in_provinces(rows: pd.DataFrame, provinsi: Sequence[str], tempat: str) -> pd.Series:
    """Return which rows lie in provinces of these names, by code, else by name. Raises ``UnknownName``."""
    names = {regions.compact(regions.plain(name, "provinsi")): name for name in provinsi}
    own = rows["provinsi"].map(regions.compact)
    for key, name in names.items():
        if key not in regions.provinces() and key not in set(own):
            known = [regions.province_of(codes[0]) for codes in regions.provinces().values()]
            raise UnknownName("provinsi", name, tempat, regions.suggest(name, known))
    codes = {code for key in names for code in regions.provinces().get(key, ())}
    return rows["kode_kabupaten"].str[:2].isin(codes) | (rows["kode_kabupaten"].isna() & own.isin(names))


def _values(export: Export) -> pd.DataFrame:
    rows = export.rows.assign(jenis=export.jenis, berkas=export.berkas, baris=export.rows["baris"].astype("Int64"))
    if export.jenis == "rekap":
        blank = rows[list(schema.REKAP)].isna()
        # a cell with a finding was not blank: what could not be read stays unknown
        for column, baris in export.catatan.groupby("kolom")["baris"]:
            if column in blank:
                blank.loc[rows["baris"].isin(baris), str(column)] = False
        rows[list(schema.REKAP)] = rows[list(schema.REKAP)].mask(blank, 0.0)
    lacking = [c for columns in COLUMNS.values() for c in columns if c not in rows]
    empty = {
        c: pd.Series(None if c == "klasifikasi" else np.nan, rows.index, "str" if c == "klasifikasi" else "float64")
        for c in lacking
    }
    return pd.concat([rows, pd.DataFrame(empty)], axis=1)


def _renamed(rows: pd.DataFrame, alias: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.Series:
    """Return the names of the Kampung KB after rujukan/alias.csv, whose regions pass through the same matching."""
    if alias.empty:
        return rows["kampung"]
    places = _places(rows, alias, alias_wilayah)
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


def _places(rows: pd.DataFrame, alias: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of rujukan/alias.csv in every kabupaten of ``rows``, their regions matched as exports' are."""
    places = rows[["provinsi", "kabupaten"]].drop_duplicates().merge(alias, how="cross")
    matched = ["kecamatan", "desa", "kode_desa"]
    places[matched] = regions.match(places[list(PLACE)], alias_wilayah)[matched]
    return places


def stray_alias(exports: Sequence[Export], alias: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.DataFrame:
    """Return R02 for rows of rujukan/alias.csv (index: row of the file) whose old name none of the exports has.

    It may also be the new name of another row. An unknown place is told where the table is read.
    """
    if alias.empty:
        return findings([])
    rows = identify(exports, alias_wilayah, alias.iloc[:0])
    ada: dict[tuple[str, ...], dict[str, str]] = {}
    for *place, nama in rows[[*PLACE[1:], "kampung"]].drop_duplicates().itertuples(index=False):
        ada.setdefault(tuple(map(compact, place)), {})[compact(nama)] = nama
    found = []
    for baris, same in _places(rows, alias.rename_axis("nomor").reset_index(), alias_wilayah).groupby("nomor"):
        keys = zip(*(same[c].map(compact) for c in PLACE[1:]), strict=True)
        known = [
            ada.get(key, {}) for key, kode in zip(keys, same["kode_desa"], strict=True) if key in ada or pd.notna(kode)
        ]
        names = {key: nama for here in known for key, nama in here.items()}
        lama, desa = str(same["nama_lama"].iat[0]), str(same["desa"].iat[0] or same["kecamatan"].iat[0])
        if known and compact(lama) not in {*names, *alias["nama_baru"].map(compact)}:
            hint = regions.meant(lama, names.values(), "tulis nama lamanya seperti di ekspor")
            text = f'"{lama[:60]}" tidak ada di {desa} di tahun mana pun; {hint}'
            found.append(("R02", "periksa", "rujukan/alias.csv", baris, None, "nama_lama", text))
    return findings(found)


def _single(rows: pd.DataFrame, jenis: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of one kind with every key once, and the K03 findings: repeated rows, contradicting rows."""
    values = list(COLUMNS[jenis])
    rows = rows.sort_values(["berkas", "baris"], kind="stable")
    many = rows[rows.duplicated("kampung_id", keep=False)]
    own = many.set_index("kampung_id")[values]
    first = own[~own.index.duplicated()].reindex(own.index)
    differ = (own.ne(first) & (own.notna() | first.notna())).groupby(level=0).any()
    clash = set(differ.index[differ.any(axis=1)])
    places: dict[str, list[str]] = {}
    for key, berkas, baris in zip(many["kampung_id"], many["berkas"], many["baris"], strict=True):
        places.setdefault(key, []).append(f"{berkas} baris {baris}")
    found = []
    for key, berkas, baris in zip(many["kampung_id"], many["berkas"], many["baris"], strict=True):
        here = f"{berkas} baris {baris}"
        if key in clash:
            columns = [c for c in values if differ.at[key, c]]
            text = (
                f"Kampung KB ini ada lagi di {' dan '.join(p for p in places[key] if p != here)} dengan isi berbeda "
                f"({', '.join(TITLES[c] for c in columns)}); semuanya tidak dipakai, hapus yang salah"
            )
            found.append(("K03", "salah", berkas, baris, key, ", ".join(columns), text))
        elif here != places[key][0]:
            text = f"Kampung KB ini sudah ada di {places[key][0]} dengan isi yang sama; satu yang dipakai"
            found.append(("K03", "info", berkas, baris, key, "", text))
    return rows[~rows["kampung_id"].isin(clash)].drop_duplicates("kampung_id"), findings(found)


def _with_records(year: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``lapor_*`` (NA without a rekap row), NaN in the columns of a record that does not exist, and what that loses."""
    has_rekap = year["baris_rekap"].notna()
    # what could not be read was filled in by someone, so NaN counts as well
    filled = {nama: (year[list(columns)] != 0).any(axis=1) & has_rekap for nama, columns in schema.RECORDS.items()}
    sumber = year["jumlah_sumber_dana"]
    exists = filled | {"profil": ((sumber >= 1) | sumber.isna()) & has_rekap}
    lost = year[filled["profil"] & (sumber == 0)]
    text = (
        f"{TITLES['jumlah_sumber_dana']}: kosong, tetapi isian profil lain ada; tulis jumlahnya, paling sedikit 1, "
        "supaya profil dihitung"
    )
    for nama, columns in schema.RECORDS.items():
        year[f"lapor_{nama}"] = exists[nama].astype("boolean").where(has_rekap)
        year.loc[~exists[nama], list(columns)] = np.nan
    places = zip(lost["berkas_rekap"], lost["baris_rekap"], lost["kampung_id"], strict=True)
    return year, findings([("K17", "salah", *place, "jumlah_sumber_dana", text) for place in places])
