"""What a dataset says about itself: ``dataset.toml`` and renamed Kampung KB, with every problem told at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.errors import DatasetError
from kkb_eval.intake import companion_files, files, grids, toml_text
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.cells import shown as angka
from kkb_eval.intake.regions import compact, meant
from kkb_eval.intake.toml_text import is_plain, short, shown

_TEXTS = {str: "teks dalam tanda kutip", bool: "true atau false"}
_KEYS: dict[str, type] = {"judul": str, "provinsi": str, "kabupaten": str, "sintetis": bool, "penyusun": str}
ALIAS_COLUMNS = ("kecamatan", "desa", "nama_lama", "nama_baru")
"""The columns of ``rujukan/alias.csv``."""
_PLACES = ("provinsi", "kabupaten")
_YEAR_KEYS = ("rekap", "klasifikasi", "final")
_LONGEST = 400
_MAX_WEIGHT = 1e6
_READABLE = 1e15
"""From here on a number is shown as it was written."""
_PARTS = {"tahun": "bagian seperti [tahun.2022]", "tipologi": "bagian [tipologi]"}
_TYPOLOGY_KEYS = ("k", "bobot")


@dataclass(frozen=True)
class Pin:
    """What ``[tahun.Y]`` fixes: file names by kind, and whether the year is final."""

    berkas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    final: bool = False


@dataclass(frozen=True)
class Tipologi:
    """An analyst's choice for the local types: ``k`` (None: the stability panel's), weights other than 1 by dimension.

    ``bobot`` is empty where all dimensions weigh the same.
    """

    k: int | None = None
    bobot: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Config:
    """The checked content of ``dataset.toml``; empty where a key is not given.

    ``provinsi`` and ``kabupaten`` are the names that the dataset is limited to, none for all of its exports.
    """

    judul: str = ""
    provinsi: tuple[str, ...] = ()
    kabupaten: tuple[str, ...] = ()
    sintetis: bool = False
    penyusun: str = ""
    tahun: dict[int, Pin] = field(default_factory=dict)
    tipologi: Tipologi = field(default_factory=Tipologi)


def with_plain_names(folder: Path) -> Path:
    """The folder of a dataset. Raises ``DatasetError`` for names of files that cannot be shown or stored."""
    inside = (p for name in files.FOLDERS for p in files.named(folder, name).glob("**/*"))
    names = {p.name for p in (*folder.iterdir(), *inside)}
    if wrong := sorted(short(name) for name in names if "\n" in name or not is_plain(name)):
        shown = ", ".join(f'"{name}"' for name in wrong[:3])
        raise DatasetError(f"{folder}: nama berkas {shown} memuat karakter yang tidak terlihat; ganti namanya")
    return folder


def read_config(path: Path) -> Config:
    """``dataset.toml``, or the defaults without it. Raises ``DatasetError`` with every bad key and type."""
    if not path.exists():
        return Config()
    raw = toml_text.parse(path, str(path), 'kabupaten = "Lebak"')
    if wrong := [f"{path}, {text}" for text in _problems(raw)]:
        raise DatasetError("\n".join(wrong))
    pins = {
        int(year): Pin(
            {j: (v,) if isinstance(v := table[j], str) else tuple(v) for j in _YEAR_KEYS[:2] if j in table},
            table.get("final", False),
        )
        for year, table in raw.pop("tahun", {}).items()
    }
    places = {key: _names(raw[key]) for key in _PLACES if key in raw}
    return Config(**raw | places | {"tahun": pins, "tipologi": _tipologi(raw.get("tipologi", {}))})


def _names(value: str | list[str]) -> tuple[str, ...]:
    return tuple(name for name in ([value] if isinstance(value, str) else value) if name)


def _tipologi(table: dict[str, Any]) -> Tipologi:
    bobot = {nama: float(nilai) for nama, nilai in table.get("bobot", {}).items() if nilai != 1}
    return Tipologi(table.get("k", 0) or None, bobot)


def _problems(raw: dict[str, Any]) -> Iterator[str]:
    """Everything wrong with the keys and types of a parsed ``dataset.toml``."""
    for key, value in raw.items():
        if key == "tahun" and isinstance(value, dict):
            for year, table in value.items():
                yield from _year_problems(year, table)
        elif key == "tipologi" and isinstance(value, dict):
            yield from _tipologi_problems(value)
        elif key in _PARTS:
            yield f"{key}: {shown(value)} bukan {_PARTS[key]}; perbaiki isinya"
        elif key not in _KEYS:
            yield f"{short(key)}: kunci tidak dikenal; {_hint(key, (*_KEYS, *_PARTS))}"
        elif key in _PLACES and isinstance(value, list):
            if not all(isinstance(name, str) and is_plain(name) and len(name) <= _LONGEST for name in value):
                yield f"{key}: {shown(value)} bukan daftar nama; tulis satu nama atau daftar nama dalam tanda kutip"
        elif not isinstance(value, _KEYS[key]):
            yield f"{key}: {shown(value)} bukan {_TEXTS[_KEYS[key]]}; perbaiki isinya"
        elif isinstance(value, str) and not (is_plain(value) and len(value) <= _LONGEST):
            yield f"{key}: memuat karakter yang tidak terlihat, atau lebih dari {_LONGEST} huruf; tulis ulang"


def _hint(name: str, known: tuple[str, ...]) -> str:
    return meant(name, known, f"yang dikenal: {', '.join(known)}")


def _tipologi_problems(table: dict[str, Any]) -> Iterator[str]:
    for key in (key for key in table if key not in _TYPOLOGY_KEYS):
        yield f"tipologi.{short(key)}: kunci tidak dikenal; yang dikenal: {', '.join(_TYPOLOGY_KEYS)}"
    k, bobot = table.get("k", 0), table.get("bobot", {})
    if not _is_number(k, int) or k not in (0, *range(2, schema.MAX_K + 1)):
        yield f"tipologi.k: {shown(k)} bukan banyaknya tipe; tulis 2 sampai {schema.MAX_K}, atau 0 menurut uji"
    if not isinstance(bobot, dict):
        yield f"tipologi.bobot: {shown(bobot)} bukan daftar bobot; tulis seperti {{ KB = 2.0 }}"
        return
    katalog = read_catalogue().indikator
    known = tuple(sorted(katalog.loc[katalog["tipologi"].eq("ya"), "dimensi"].unique()))
    for nama, nilai in bobot.items():
        if nama not in known:
            yield f'tipologi.bobot: dimensi "{short(nama)}" tidak dikenal; {_hint(nama, known)}'
        elif not _is_number(nilai, int | float) or not 0 <= nilai <= _MAX_WEIGHT:
            tertulis = angka(nilai) if _is_number(nilai, int | float) and abs(nilai) < _READABLE else shown(nilai)
            yield f"tipologi.bobot.{nama}: {tertulis} bukan bobot; tulis angka 0 sampai {angka(_MAX_WEIGHT)}"
    if all(_is_number(bobot.get(nama, 1), int | float) and bobot.get(nama, 1) == 0 for nama in known):
        yield "tipologi.bobot: semua bobot 0; isi sedikitnya satu di atas 0"


def _is_number(value: object, kind: Any) -> bool:
    # true is an int of Python
    return isinstance(value, kind) and not isinstance(value, bool)


def with_tipologi(raw: bytes, tipologi: Tipologi) -> bytes:
    """A ``dataset.toml`` (UTF-8) with this choice as its ``[tipologi]``; every byte outside that section is kept.

    Comments of the section are kept too. DatasetError where the choice is written in another form (a key with a dot,
    ``[tipologi.bobot]``), which only a person can replace.
    """
    newline = b"\r\n" if b"\r\n" in raw else b"\n"
    lines = raw.splitlines(keepends=True)
    heads = [i for i, line in enumerate(lines) if re.match(rb"(?:\xef\xbb\xbf)?\s*\[", line)]
    own = next((i for i in heads if re.match(rb"(?:\xef\xbb\xbf)?\s*\[\s*tipologi\s*\]", lines[i])), None)
    words = ", ".join(f'"{nama}" = {float(nilai)}' for nama, nilai in sorted(tipologi.bobot.items()))
    isi = [
        f"k = {tipologi.k or 0}".encode() + newline,
        f"bobot = {{ {words} }}".replace("{  }", "{}").encode() + newline,
    ]
    if own is None:
        gap = [] if not raw else [newline] if raw.endswith(b"\n") else [newline, newline]
        new = [*lines, *gap, b"[tipologi]" + newline, *isi]
    else:
        end = next((i for i in heads if i > own), len(lines))
        kept = [line for line in lines[own + 1 : end] if not re.match(rb"\s*(?:k|bobot)\s*=", line)]
        head = lines[own] if lines[own].endswith(b"\n") else lines[own] + newline
        new = [*lines[:own], head, *isi, *kept, *lines[end:]]
    written = b"".join(new)
    try:
        before, after = (tomllib.loads(text.decode("utf-8-sig")) for text in (raw, written))
        same = before | {"tipologi": None} == after | {"tipologi": None} and _tipologi(after["tipologi"]) == tipologi
    except tomllib.TOMLDecodeError:
        same = False
    if same and (wrong := list(_tipologi_problems(after["tipologi"]))):
        raise DatasetError("\n".join(wrong))
    if not same:
        raise DatasetError("dataset.toml: tipologi ditulis dengan cara lain; ganti sendiri menjadi bagian [tipologi]")
    return written


def _year_problems(year: str, table: object) -> Iterator[str]:
    if not re.fullmatch(r"(19|20)\d\d", year) or not isinstance(table, dict):
        yield f"tahun.{short(year)}: bukan tahun; tulis bagian seperti [tahun.2022]"
        return
    for key, value in table.items():
        where = f"tahun.{year}.{short(key)}"
        if key not in _YEAR_KEYS:
            yield f"{where}: kunci tidak dikenal; yang dikenal: {', '.join(_YEAR_KEYS)}"
        elif key == "final":
            if not isinstance(value, bool):
                yield f"{where}: {shown(value)} bukan {_TEXTS[bool]}; perbaiki isinya"
        elif not (
            value and (isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value)))
        ):
            yield f"{where}: {shown(value)} bukan nama berkas; tulis satu nama atau daftar nama dalam tanda kutip"


def region_alias(alias: pd.DataFrame) -> tuple[tuple[str, str, str, str], ...]:
    """The rows of ``read_alias`` that name a region, as ``Catalogue.own_alias``.

    Without a desa ``nama_lama`` is a desa of its kecamatan, without a kecamatan either it is a kecamatan.
    """
    rows = alias[alias["desa"].eq("")]
    return tuple(
        ("desa", f"*/{kecamatan}", lama, baru) if kecamatan else ("kecamatan", "*", lama, baru)
        for kecamatan, lama, baru in zip(rows["kecamatan"], rows["nama_lama"], rows["nama_baru"], strict=True)
    )


def read_alias(folder: Path) -> pd.DataFrame:
    """The other names of Kampung KB and regions (``ALIAS_COLUMNS``, single spaces) by row of the file, none without it.

    ``folder`` is ``rujukan/``, which holds them as alias.csv or alias.xlsx. Raises ``DatasetError``.
    """
    paths = companion_files.find(folder, "alias")
    if not paths:
        return pd.DataFrame(columns=list(ALIAS_COLUMNS), dtype="str")
    if len(paths) > 1:
        names = " dan ".join(path.name for path in paths)
        raise DatasetError(f"{folder}: {names} ada bersama; satukan isinya, hapus salah satu")
    path = paths[0]
    try:
        part = companion_files.read(path, "alias", ALIAS_COLUMNS)
    except grids.Unreadable as error:
        raise DatasetError(f"{path}: {error}") from error
    if lacking := [c for c in ALIAS_COLUMNS if c not in part.rows]:
        raise DatasetError(f"{path}: kolom {', '.join(lacking)} tidak ada; tulis judul {','.join(ALIAS_COLUMNS)}")
    rows = part.rows.drop(index=list(part.left_out or ()))[list(ALIAS_COLUMNS)]
    rows = rows[(rows != "").any(axis=1)]
    if wrong := [f"{path}, {text}" for text in _alias_problems(rows)]:
        raise DatasetError("\n".join(wrong))
    return rows


def _alias_problems(rows: pd.DataFrame) -> Iterator[str]:
    """Rows that say no rename, or one that another row contradicts."""
    new: dict[tuple[str, ...], str] = {}
    for number, kecamatan, desa, lama, baru in rows.itertuples():
        if not (lama and baru):
            yield f"baris {number}: nama_lama atau nama_baru kosong; isi keduanya"
            continue
        if desa and not kecamatan:
            yield f"baris {number}: kecamatan kosong; isi kecamatan dari desa {short(desa)}"
            continue
        place = (compact(kecamatan), compact(desa))
        if new.setdefault((*place, compact(lama)), compact(baru)) != compact(baru):
            yield f'baris {number}: "{short(lama)}" sudah diberi nama baru lain; sisakan satu baris'
            continue
        seen, name = {compact(lama)}, compact(baru)
        while (*place, name) in new and name not in seen:
            seen.add(name)
            name = new[*place, name]
        if name in seen and compact(lama) != compact(baru):
            yield (
                f'baris {number}: "{short(lama)}" menjadi "{short(baru)}", yang menurut baris lain menjadi'
                f' "{short(lama)}" lagi; hapus salah satu baris'
            )
