"""Where the rows of a companion table belong: kabupaten, kecamatan, desa and Kampung KB of the year's exports."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from kkb_eval.intake import regions
from kkb_eval.intake.regions import LEVELS, compact, compact_kabupaten, meant

CODES = tuple(f"kode_{t}" for t in LEVELS)
_KECAMATAN = re.compile(r"^kec(?:amatan)?\b\.? *", re.IGNORECASE)

Key = tuple[str, ...]
Problem = tuple[int, str, str]
"""Row of the file, column, and what is wrong and what to do."""


@dataclass(frozen=True)
class Scope:
    """What the tables of a year may speak of; names are compared compact.

    ``kampung``: place (kabupaten, kecamatan, desa) to name to ``kampung_id``; ``nama``: ``kampung_id`` to the name;
    ``lama``: place and old name to the new one, from alias.csv.
    """

    kabupaten: tuple[str, ...]
    alias: pd.DataFrame
    kampung: dict[Key, dict[str, str]]
    nama: dict[str, str]
    lama: dict[Key, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kampung: pd.DataFrame, alias_wilayah: pd.DataFrame) -> "Scope":
        """Return the scope of a clean year."""
        places: dict[Key, dict[str, str]] = {}
        for *place, nama, kode in zip(*(kampung[c] for c in (*LEVELS, "kampung", "kampung_id")), strict=True):
            places.setdefault(_key(place), {})[compact(nama)] = kode
        names = dict(zip(kampung["kampung_id"], kampung["kampung"], strict=True))
        return cls(tuple(sorted(kampung["kabupaten"].unique())), alias_wilayah, places, names)

    @property
    def provinsi(self) -> tuple[str, ...]:
        """Return the provinces of its kabupaten."""
        known = (regions.kabupaten().get(compact_kabupaten(name)) for name in self.kabupaten)
        return tuple(sorted({regions.province_of(region.kode) for region in known if region}))

    def learn(self, alias: pd.DataFrame) -> None:
        """Remember the names that alias.csv replaces: other tables may still use them."""
        for *place, lama, baru in zip(*(alias[c] for c in (*LEVELS, "nama_lama", "nama_baru")), strict=True):
            self.lama[(*_key(place), compact(lama))] = compact(baru)

    def find(self, place: Key, nama: str) -> str | None:
        """Return the ``kampung_id`` of a Kampung KB by its name or an older one; without one of the only one there."""
        here, key = self.kampung.get(place, {}), compact(nama)
        if not key:
            return next(iter(here.values())) if len(here) == 1 else None
        for _ in self.lama:  # it may have been renamed more than once
            key = self.lama.get((*place, key), key)
        return here.get(key)


def _key(names: Iterable[str]) -> Key:
    return tuple(compact(name) for name in names)


def with_kabupaten(rows: pd.DataFrame, scope: Scope, *, semua: bool) -> pd.DataFrame:
    """``rows`` with ``kabupaten``, ``kecamatan``, ``desa`` and ``provinsi`` as text.

    Without a column ``kabupaten`` it is the scope's only one; of several, ``semua`` repeats every row for each, and
    else it stays blank. A column ``wilayah`` becomes ``tingkat`` ("kabupaten" or "kecamatan") and the names.
    """
    if "kabupaten" not in rows:
        names = scope.kabupaten if semua or len(scope.kabupaten) == 1 else ("",)
        rows = rows.loc[rows.index.repeat(len(names))].assign(kabupaten=list(names) * len(rows))
    if "wilayah" in rows:
        known = {compact_kabupaten(k): k for k in scope.kabupaten}
        named = [regions.find_kabupaten(w, scope.alias) for w in rows["wilayah"]]
        given = [regions.find_kabupaten(k, scope.alias) for k in rows["kabupaten"]]
        own = pd.Series(
            [n in known and g in ("", n) for n, g in zip(named, given, strict=True)], rows.index, dtype=bool
        )
        rows = rows.assign(
            kabupaten=rows["kabupaten"].mask(
                own, pd.Series([known.get(n, "") for n in named], rows.index, dtype="str")
            ),
            kecamatan=rows["wilayah"].str.replace(_KECAMATAN, "", regex=True).mask(own, ""),
            tingkat=own.map({True: "kabupaten", False: "kecamatan"}).astype("str"),
        )
    return rows.assign(provinsi="", **({} if "desa" in rows else {"desa": ""}))


def locate(rows: pd.DataFrame, scope: Scope, *, dalam: int) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the rows within the scope's kabupaten, and the places that neither the reference nor the exports know.

    ``rows`` come from ``with_kabupaten``; ``dalam`` is 2 where they belong to kecamatan, 3 to desa. Names become the
    reference's, ``provinsi`` and ``kode_*`` are added (missing for a place that only the exports know). Of a row
    repeated for several kabupaten those that know it are kept; a row with a problem is kept, for further checks.
    """
    known_as = {name: regions.find_kabupaten(name, scope.alias) for name in rows["kabupaten"].unique()}
    elsewhere = regions.kabupaten().keys() - {compact_kabupaten(name) for name in scope.kabupaten}
    rows = rows[~rows["kabupaten"].map(known_as).isin(elsewhere).to_numpy(bool)]
    found = regions.match(rows[["provinsi", *LEVELS]], scope.alias)
    whole = rows["tingkat"].eq("kabupaten") if "wilayah" in rows else pd.Series(False, rows.index)
    exported = {place[:n] for place in scope.kampung for n in (1, 2, 3)}
    failed: list[str | None] = []
    for is_whole, key, codes in zip(
        whole, *(zip(*(found[c] for c in cs), strict=True) for cs in (LEVELS, CODES)), strict=True
    ):
        levels = range(1 if is_whole else dalam)
        bad = (LEVELS[n] for n in levels if pd.isna(codes[n]) and _key(key[: n + 1]) not in exported)
        failed.append(next(bad, None))
    known = pd.Series([level is None for level in failed], rows.index, dtype=bool)
    lost = ~known.groupby(level=0).transform("any").astype(bool)
    problems: dict[int, Problem] = {}
    # of a repeated row the kabupaten that knows most of its place tells best what is wrong
    for i in sorted(lost.to_numpy().nonzero()[0].tolist(), key=lambda i: LEVELS.index(failed[i] or "")):
        problems[rows.index[i]] = (rows.index[i], *_unknown(failed[i] or "", rows.iloc[i], found.iloc[i], scope))
    columns = ("provinsi", *LEVELS[:dalam], *CODES[1:dalam])
    rows = rows.assign(**{c: found[c] for c in columns})[(known | lost).to_numpy()]
    if "wilayah" in rows:
        whole = rows["tingkat"].eq("kabupaten")
        names = {
            "wilayah": rows["kecamatan"].mask(whole, rows["kabupaten"]),
            "kecamatan": rows["kecamatan"].mask(whole),
        }
        rows = rows.assign(**names)
    return rows, [*problems.values()]


def _unknown(level: str, row: pd.Series, found: pd.Series, scope: Scope) -> tuple[str, str]:
    """Return the column, and what is wrong with the name of one level, with the nearest name that exists."""
    nama, n = str(row[level]), LEVELS.index(level)
    kolom = "wilayah" if "wilayah" in row and not (level == "kabupaten" and nama) else level
    if level == "kabupaten" and not nama and kolom == "wilayah":
        return (
            kolom,
            f'"{row["wilayah"][:60]}" bukan kabupaten dalam data ini; untuk kecamatan tambahkan kolom kabupaten',
        )
    if not nama:
        return kolom, f"{kolom} kosong; isi {'kabupaten atau kecamatan' if kolom == 'wilayah' else 'namanya'}"
    above = found[CODES[n - 1]] if n else None
    other = _elsewhere(compact(regions.plain(nama, level)), str(found["kode_kabupaten"])) if level == "desa" else []
    near = regions.nearest(level, nama, above=above if isinstance(above, str) else None, provinsi=scope.provinsi)
    if other:
        hint = f"ada di kecamatan {' dan '.join(other)}, periksa kecamatannya"
    else:
        hint = f'maksud Anda "{near}"?' if near else "periksa namanya"
    return kolom, f'{level} "{nama[:60]}" tidak ada{f" di {found[LEVELS[n - 1]]}" if n else ""}; {hint}'


def _elsewhere(desa: str, kabupaten: str) -> list[str]:
    """Return the kecamatan of a kabupaten that have a desa of this name."""
    return sorted(k.nama for k in regions.children(kabupaten).values() if desa in regions.children(k.kode))


def identify(rows: pd.DataFrame, scope: Scope) -> tuple[pd.DataFrame, list[Problem]]:
    """Located rows with a column ``kampung``: with ``kampung_id``, and the names that their desa does not have."""
    ids: list[str | None] = []
    problems: list[Problem] = []
    for baris, *place, nama in zip(rows.index, *(rows[c] for c in (*LEVELS, "kampung")), strict=True):
        key = _key(place)
        ids.append(scope.find(key, nama))
        if nama and ids[-1] is None:
            names = [scope.nama[kode] for kode in scope.kampung.get(key, {}).values()]
            hint = meant(nama, names, "tulis namanya seperti di ekspor, atau kosongkan")
            problems.append((baris, "kampung", f'Kampung KB "{nama[:60]}" tidak ada di desa {place[-1]}; {hint}'))
    return rows.assign(kampung_id=pd.Series(ids, index=rows.index, dtype="str")), problems
