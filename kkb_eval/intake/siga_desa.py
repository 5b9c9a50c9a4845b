"""From the tables of SIGA to one row a desa and month: desa matched, duplicates told, users as on the portal."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pandas as pd

from kkb_eval import text
from kkb_eval.errors import FileRefused
from kkb_eval.intake import files, regions
from kkb_eval.intake.clean_year import KAMPUNG_COLUMNS
from kkb_eval.intake.portal import findings
from kkb_eval.intake.regions import LEVELS, compact
from kkb_eval.intake.siga import METHODS, PLACE, POKTAN, TABLES, SigaFile, counted, read_file

COUNTS = {
    "pus": ("pus", "unmet"),
    "metode": ("peserta", *METHODS, "mal", "tradisional"),
    "poktan": (*(f"sasaran_{p}" for p in POKTAN), *POKTAN),
    "kampung_kb": ("kampung_kb",),
    "rumah_dataku": ("rumah_dataku",),
}
"""The counts that each table (``siga.TABLES``) gives; ``peserta`` is KB MODERN - MAL, the portal's seven methods."""
SIGA = (
    *(*PLACE, "kode_desa", "desa_siga", "cocok", "tahun", "bulan"),
    *(column for columns in COUNTS.values() for column in columns),
)
"""Columns of ``siga.parquet``.

``desa_siga`` is the desa as SIGA writes it; ``cocok`` how it was found in the reference: "nama" (or alias), "kode" (the
KODE within its kecamatan), "tidak".
"""
_KEY = ["kunci", "tahun", "bulan"]
_NO_MONTH = 0


@dataclass(frozen=True)
class Siga:
    """All tables of SIGA of a dataset.

    ``rows``: columns ``SIGA``, one row a desa, year and month, sorted by place and month; ``bulan`` is missing in the
    rows of tables that are of no month. A count is NaN where no table gives it. ``catatan``: findings
    (``schema.CATATAN``) with ``tahun``, missing for a refused file.
    """

    rows: pd.DataFrame = field(default_factory=lambda: empty())
    catatan: pd.DataFrame = field(default_factory=lambda: _catatan([]))
    files: tuple[SigaFile, ...] = ()
    ditolak: tuple[FileRefused, ...] = ()


def empty() -> pd.DataFrame:
    """A table without a row."""
    return _typed(pd.DataFrame(columns=list(SIGA)))


def names(folder: Path) -> dict[str, Path]:
    """The files of ``siga/`` by their name within the dataset, in order of name; none where there is no folder."""
    inside = files.named(folder, files.SIGA)
    paths = sorted(p for p in inside.rglob("*") if p.is_file() and p.name[0] not in "~." and p.suffix.lower() != ".md")
    return {p.relative_to(folder).as_posix(): p for p in paths}


def read(folder: Path, alias_wilayah: pd.DataFrame) -> Siga:
    """Every table in ``siga/`` of a dataset; a file that cannot be used is in ``ditolak`` and told in ``catatan``."""
    read, refused = [], []
    for name, path in names(folder).items():
        try:
            read.append(read_file(path, name))
        except FileRefused as error:
            refused.append(error)
    told: list[tuple[object, ...]] = [
        (kode, "salah", e.berkas, None, None, "", pesan, None) for e in refused for kode, pesan in e.masalah
    ]
    told += [(*row, file.tahun) for file in read for row in file.catatan]
    used, copies = _without_copies(read)
    rows, found = join(used, alias_wilayah) if used else (empty(), [])
    return Siga(rows, _catatan([*told, *copies, *found]), tuple(used), tuple(refused))


def join(tables: Sequence[SigaFile], alias_wilayah: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[object, ...]]]:
    """The rows of all tables by desa, year and month (columns ``SIGA``), and the findings with their year."""
    rows = pd.concat([f.rows.assign(berkas=f.berkas, tahun=f.tahun) for f in tables], ignore_index=True)
    places = _places(rows, alias_wilayah)
    rows = rows.merge(places[[*PLACE, "kunci"]], on=list(PLACE), validate="many_to_one")
    rows["bulan"] = rows["bulan"].fillna(_NO_MONTH).astype("int64")
    found = _unknown(places, rows)
    parts = []
    for jenis, spec in TABLES.items():
        if not any(jenis in f.jenis for f in tables):
            continue
        own = rows[rows["berkas"].isin([f.berkas for f in tables if jenis in f.jenis])]
        single, twice = _single(own, [*spec.titles.values()])
        found += twice
        if jenis == "metode":
            single = single.assign(peserta=single["modern"] - single["mal"])
        parts.append(single.set_index(_KEY).reindex(columns=list(COUNTS[jenis])))
    wide = pd.concat(parts, axis=1).reset_index()
    places = places.rename(columns={"desa": "desa_siga"}).drop_duplicates("kunci")
    known = places[["kunci", "kode_desa", "desa_siga", "cocok", *(f"acuan_{p}" for p in PLACE)]]
    wide = wide.merge(known, on="kunci", validate="many_to_one").rename(columns={f"acuan_{p}": p for p in PLACE})
    wide["bulan"] = wide["bulan"].astype("Int64").where(wide["bulan"].ne(_NO_MONTH))
    order = [*PLACE[1:], "tahun", "bulan"]
    return _typed(wide.reindex(columns=list(SIGA)).sort_values(order, ignore_index=True)), found


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    kinds = {**dict.fromkeys((*PLACE, "kode_desa", "desa_siga", "cocok"), "str"), "tahun": "int64", "bulan": "Int64"}
    return rows.astype({c: kinds.get(c, "float64") for c in SIGA})


def of_year(siga: Siga, tahun: int, semua: Collection[int]) -> Siga:
    """What belongs to a year of the dataset's (``semua``): its own rows, and those of years that have no exports.

    Those go to the next year that has, or the last; so each row is in one year. Findings alike; those of refused files
    are in every year.
    """
    years = sorted(semua)
    later = {
        y: next((e for e in years if e >= y), years[-1]) for y in {*siga.rows["tahun"], *siga.catatan["tahun"].dropna()}
    }
    own = siga.rows["tahun"].map(later).eq(tahun)
    told = siga.catatan["tahun"].isna() | siga.catatan["tahun"].map(later).eq(tahun).fillna(False)
    return replace(siga, rows=siga.rows[own].reset_index(drop=True), catatan=siga.catatan[told].reset_index(drop=True))


def kampung(rows: pd.DataFrame, tahun: int, alias_wilayah: pd.DataFrame) -> pd.DataFrame:
    """The clean year of the Kampung KB that SIGA counts, one a desa and named after it, without a single number.

    Columns ``clean_year.KAMPUNG_COLUMNS``. Its newest table of those formed until ``tahun`` is used, else the next one.
    """
    formed = rows[rows["kampung_kb"].gt(0)]
    years = sorted(set(formed["tahun"]), key=lambda year: (year > tahun, abs(year - tahun)))
    formed = formed[formed["tahun"].eq(years[0])] if years else formed
    found = regions.match(formed[list(PLACE)], alias_wilayah)
    numbers = dict.fromkeys((c for c in KAMPUNG_COLUMNS if c not in found), "float64")
    out = found.reindex(columns=list(KAMPUNG_COLUMNS)).astype(numbers)
    out["kampung"] = "Kampung KB " + found["desa"]
    places = [*PLACE[1:], "kampung"]
    words = zip(*(out[c].map(compact) for c in places), found["kode_desa"], strict=True)
    out["kampung_id"] = ["-".join([*([kode] if pd.notna(kode) else place), name]) for *place, name, kode in words]
    optional = dict.fromkeys(("berkas_rekap", "berkas_klasifikasi", "klasifikasi_ekspor"), "str")
    optional |= dict.fromkeys(("baris_rekap", "baris_klasifikasi"), "Int64")
    optional |= dict.fromkeys((c for c in KAMPUNG_COLUMNS if c.startswith("lapor_")), "boolean")
    return out.astype(optional).sort_values("kampung_id", ignore_index=True)


def within(rows: pd.DataFrame, kabupaten: Collection[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of these kabupaten, and one finding (K05, info) that counts the desa of others."""
    names = {compact(name) for name in kabupaten}
    inside = rows["kabupaten"].map(compact).isin(names)
    lain = rows[~inside].drop_duplicates(list(PLACE))
    if lain.empty:
        return rows, findings([])
    nama = text.enumerate_words(sorted(lain["kabupaten"].unique()))
    pesan = (
        f"{text.count(len(lain))} desa dari kabupaten lain ({nama}) tidak dihitung, karena tidak ada di ekspor portal"
    )
    return rows[inside].reset_index(drop=True), findings([("K05", "info", f"{files.SIGA}/", None, None, "", pesan)])


def _places(rows: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.DataFrame:
    """Every place once: as written (``PLACE``), in the reference (``acuan_*``), ``kode_desa``, ``cocok``, ``kunci``.

    A desa that is not found by name is that of its KODE within its kecamatan, which any of the tables may give, unless
    another desa there has this code by its name. ``kode_kabupaten`` and ``kode_kecamatan`` come with it.
    """
    places = rows.sort_values("kode", ascending=False, kind="stable").drop_duplicates(list(PLACE))
    places = places[[*PLACE, "kode", "berkas", "baris", "tahun"]].reset_index(drop=True)
    match = regions.match(places[list(PLACE)], alias_wilayah)
    places = places.assign(**{f"acuan_{p}": match[p] for p in PLACE})
    for code in ("kode_kabupaten", "kode_kecamatan", "kode_desa"):
        places[code] = match[code]
    cocok = pd.Series("nama", places.index).where(places["kode_desa"].notna(), "tidak")
    taken = set(places["kode_desa"].dropna())
    # one table gives the KODE, the others the same name without it
    alike = places[["kode_kecamatan"]].assign(desa=places["desa"].map(compact))
    kode = (
        places["kode"].where(places["kode"].ne("")).groupby([alike["kode_kecamatan"], alike["desa"]]).transform("first")
    )
    for i in places.index[places["kode_desa"].isna() & places["kode_kecamatan"].notna() & kode.notna()]:
        above = str(places["kode_kecamatan"][i])
        within = {r.kode: r.nama for r in regions.children(above).values()}
        code = f"{above}.{kode[i]!s}"
        if code in within and code not in taken:
            places.loc[i, ["kode_desa", "acuan_desa"]] = code, within[code]
            cocok[i] = "kode"
    words = places[[f"acuan_{p}" for p in PLACE[1:]]].map(compact).agg("/".join, axis=1)
    return places.assign(cocok=cocok.astype("str"), kunci=places["kode_desa"].fillna(words))


def _unknown(places: pd.DataFrame, rows: pd.DataFrame) -> list[tuple[object, ...]]:
    """K05: desa found by their KODE only (info), and those not found (periksa), once a name and year."""
    found: list[tuple[object, ...]] = []
    by_code = places[places["cocok"].eq("kode")]
    for (berkas, tahun), same in by_code.groupby(["berkas", "tahun"]):
        ganti = [f"{lama} = {baru}" for lama, baru in zip(same["desa"], same["acuan_desa"], strict=True)]
        pesan = f"ditemukan lewat KODE, bukan nama: {', '.join(ganti[:5])}{' …' if ganti[5:] else ''}"
        found.append(("K05", "info", berkas, same["baris"].iat[0], None, "desa", counted(same["baris"], pesan), tahun))
    lost = places[places["cocok"].eq("tidak")]
    columns = ("provinsi", *LEVELS, *(f"kode_{level}" for level in LEVELS), "berkas", "baris", "tahun")
    for provinsi, *cells in zip(*(lost[c] for c in columns), strict=True):
        names, codes, (berkas, baris, tahun) = cells[:3], cells[3:6], cells[6:]
        n = next(n for n, code in enumerate(codes) if pd.isna(code))
        saran = regions.advice(LEVELS[n], names[: n + 1], above=codes[n - 1] if n else None, provinsi=(provinsi,))
        pesan = f'{LEVELS[n]} "{names[n][:60]}" tidak ada{f" di {names[n - 1]}" if n else ""} menurut acuan; '
        pesan += saran.replace("di portal", "di tabel ini")
        found.append(("K05", "periksa", berkas, baris, None, LEVELS[n], pesan, tahun))
    return found


def _single(rows: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.DataFrame, list[tuple[object, ...]]]:
    """The rows of one table with every desa and month once, and K03: contradicting rows (none used), repeated ones."""
    many = rows[rows.duplicated(_KEY, keep=False)]
    if many.empty:
        return rows, []
    values = many[list(columns)].fillna(-1)
    first = values.groupby([many[c] for c in _KEY]).transform("first")
    clash = values.ne(first).any(axis=1).groupby([many[c] for c in _KEY]).transform("any")
    found: list[tuple[object, ...]] = []
    for lain, tingkat, apa in (
        (many[clash], "salah", "dengan angka berbeda; semuanya tidak dipakai, hapus yang salah"),
        (many[~clash & many.duplicated(_KEY)], "info", "dengan angka yang sama; satu yang dipakai"),
    ):
        for group, same in lain.groupby(["berkas", "tahun", "bulan"]):
            berkas, tahun, bulan = cast("tuple[str, int, int]", group)
            alike = many["kunci"].isin(same["kunci"]) & many["bulan"].eq(bulan)
            where = sorted(set(many["berkas"][alike]))
            kapan = str(tahun) if bulan == _NO_MONTH else text.month(tahun, bulan)
            di = " dan ".join(where) if len(where) > 1 else "berkas ini"
            pesan = counted(same["baris"], f"desa {same['desa'].iat[0]}, {kapan}, ada lebih dari sekali di {di} {apa}")
            found.append(("K03", tingkat, berkas, same["baris"].iat[0], None, "", pesan, tahun))
    return rows.drop(index=many.index[clash]).drop_duplicates(_KEY), found


def _without_copies(files: Sequence[SigaFile]) -> tuple[list[SigaFile], list[tuple[object, ...]]]:
    """The files without those of the same content and year as another, each told once (K03)."""
    first: dict[tuple[str, int], SigaFile] = {}
    found: list[tuple[object, ...]] = []
    for file in files:
        same = first.setdefault((file.sha256, file.tahun), file)
        if same is not file:
            pesan = f"isinya sama persis dengan {same.berkas}; satu yang dipakai, hapus salinannya"
            found.append(("K03", "info", file.berkas, None, None, "", pesan, file.tahun))
    return list(first.values()), found


def _catatan(rows: Iterable[tuple[object, ...]]) -> pd.DataFrame:
    rows = list(rows)
    return findings([row[:-1] for row in rows]).assign(tahun=pd.Series([row[-1] for row in rows], dtype="Int64"))
