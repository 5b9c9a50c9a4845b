"""What a dataset says about itself: ``dataset.toml`` and renamed Kampung KB, with every problem told at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval.errors import DatasetError
from kkb_eval.intake import lembar
from kkb_eval.intake.wilayah import compact, suggest

_TEKS = {str: "teks dalam tanda kutip", bool: "true atau false", dict: "bagian seperti [tahun.2022]"}
_KUNCI: dict[str, type] = {"judul": str, "provinsi": str, "kabupaten": str, "sintetis": bool, "penyusun": str}
ALIAS_KAMPUNG = ("kecamatan", "desa", "nama_lama", "nama_baru")
"""The columns of ``rujukan/alias.csv``."""
_KUNCI_TAHUN = ("rekap", "klasifikasi", "final")


@dataclass(frozen=True)
class Pin:
    """What ``[tahun.Y]`` fixes: file names by kind, and whether the year is final."""

    berkas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    final: bool = False


@dataclass(frozen=True)
class Config:
    """The checked content of ``dataset.toml``; empty text where a key is not given."""

    judul: str = ""
    provinsi: str = ""
    kabupaten: str = ""
    sintetis: bool = False
    penyusun: str = ""
    tahun: dict[int, Pin] = field(default_factory=dict)


def read_config(path: Path) -> Config:
    """``dataset.toml``, or the defaults without it. Raises ``DatasetError`` with every bad key and type."""
    if not path.exists():
        return Config()
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DatasetError(f"{path}: bukan teks UTF-8; simpan ulang sebagai UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"baris {line[1]}" if line else "akhir berkas"
        raise DatasetError(f'{path}, {where}: bukan TOML yang benar; tulis seperti kabupaten = "Lebak"') from error
    if wrong := [f"{path}, {text}" for text in _problems(raw)]:
        raise DatasetError("\n".join(wrong))
    pins = {
        int(year): Pin(
            {j: (v,) if isinstance(v := table[j], str) else tuple(v) for j in _KUNCI_TAHUN[:2] if j in table},
            table.get("final", False),
        )
        for year, table in raw.pop("tahun", {}).items()
    }
    return Config(**raw, tahun=pins)


def _problems(raw: dict[str, Any]) -> Iterator[str]:
    """Everything wrong with the keys and types of a parsed ``dataset.toml``."""
    for key, value in raw.items():
        if key == "tahun" and isinstance(value, dict):
            for year, table in value.items():
                yield from _year_problems(year, table)
        elif key not in _KUNCI and key != "tahun":
            near = suggest(key, (*_KUNCI, "tahun"), limit=1)
            hint = f'maksud Anda "{near[0]}"?' if near else f"yang dikenal: {', '.join((*_KUNCI, 'tahun'))}"
            yield f"{key}: kunci tidak dikenal; {hint}"
        elif not isinstance(value, kind := _KUNCI.get(key, dict)):
            yield f"{key}: {value!r} bukan {_TEKS[kind]}; perbaiki isinya"


def _year_problems(year: str, table: object) -> Iterator[str]:
    if not re.fullmatch(r"(19|20)\d\d", year) or not isinstance(table, dict):
        yield f"tahun.{year}: bukan tahun; tulis bagian seperti [tahun.2022]"
        return
    for key, value in table.items():
        where = f"tahun.{year}.{key}"
        if key not in _KUNCI_TAHUN:
            yield f"{where}: kunci tidak dikenal; yang dikenal: {', '.join(_KUNCI_TAHUN)}"
        elif key == "final":
            if not isinstance(value, bool):
                yield f"{where}: {value!r} bukan {_TEKS[bool]}; perbaiki isinya"
        elif not (
            value and (isinstance(value, str) or (isinstance(value, list) and all(isinstance(v, str) for v in value)))
        ):
            yield f"{where}: {value!r} bukan nama berkas; tulis satu nama atau daftar nama dalam tanda kutip"


def read_alias(path: Path) -> pd.DataFrame:
    """The renamed Kampung KB (``ALIAS_KAMPUNG``, single spaces), empty without the file. Raises ``DatasetError``."""
    if not path.exists():
        return pd.DataFrame(columns=list(ALIAS_KAMPUNG), dtype="str")
    try:
        grid = lembar.read_csv(lembar.read_bytes(path))
    except lembar.Unreadable as error:
        raise DatasetError(f"{path}: {error}") from error
    head = [str(c).strip().lower() for c in grid[0]] if grid else []
    if lacking := [c for c in ALIAS_KAMPUNG if c not in head]:
        raise DatasetError(f"{path}: kolom {', '.join(lacking)} tidak ada; tulis judul {','.join(ALIAS_KAMPUNG)}")
    cells = [[" ".join(str(row[head.index(c)]).split()) for c in ALIAS_KAMPUNG] for row in grid[1:]]
    if wrong := [f"{path}, {text}" for text in _alias_problems(cells)]:
        raise DatasetError("\n".join(wrong))
    return pd.DataFrame([row for row in cells if any(row)], columns=list(ALIAS_KAMPUNG), dtype="str")


def _alias_problems(cells: list[list[str]]) -> Iterator[str]:
    """Rows that say no rename, or one that another row contradicts."""
    new: dict[tuple[str, ...], str] = {}
    for number, (kecamatan, desa, lama, baru) in enumerate(cells, 2):
        if not any((kecamatan, desa, lama, baru)):
            continue
        if not (kecamatan and lama and baru):
            yield f"baris {number}: kecamatan, nama_lama, atau nama_baru kosong; isi ketiganya"
            continue
        place = (compact(kecamatan), compact(desa))
        if new.setdefault((*place, compact(lama)), compact(baru)) != compact(baru):
            yield f'baris {number}: "{lama}" sudah diberi nama baru lain; sisakan satu baris'
            continue
        seen, name = {compact(lama)}, compact(baru)
        while (*place, name) in new and name not in seen:
            seen.add(name)
            name = new[*place, name]
        if name in seen and compact(lama) != compact(baru):
            yield f'baris {number}: "{lama}" berganti nama kembali ke "{lama}"; hapus salah satu baris'
