"""The meeting of a dataset, ``rujukan/rapat.toml``: when, where, what about, who came as how many; no person's name.

It is checked whole, and every problem is told at once.
"""

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval.errors import DatasetError
from kkb_eval.intake import toml_text
from kkb_eval.intake.people import find_numbers, header_identifies
from kkb_eval.intake.portal import findings
from kkb_eval.intake.regions import compact_kabupaten, meant
from kkb_eval.intake.toml_text import is_plain, short, shown
from kkb_eval.intake.values import day
from kkb_eval.intake.word_template import read_template

FILE, TEMPLATE = "rapat.toml", "berita_acara.docx"
"""The meeting, and the office's own template of its berita acara."""
STATUS = ("draf", "final")
_LONGEST, _MOST, _MAX_PERSONS = 2000, 200, 1_000_000
"""Letters of a text, rows of a list, people of a row."""
_REQUIRED: dict[str, type] = {"tanggal": date, "tempat": str, "acara": str, "agenda": list, "pimpinan": str}
_OPTIONS: dict[str, type] = {"status": str, "kehadiran": list, "penandatangan": list, "kabupaten": str, "tahun": int}
_KEYS = _REQUIRED | _OPTIONS
_ATTENDANCE: dict[str, type] = {"unsur": str, "jabatan": str, "jumlah": int}
_TEXTS = {str: "teks dalam tanda kutip", int: "bilangan bulat", list: 'daftar seperti ["a", "b"]'}
_DEGREES = re.compile(r"\b(Drs|Dra|Hj?|Ir)\. |, ?(S|M|A\.Md)\. ?[A-Z][a-z.]*")
"""Titles that stand before or behind a person's name."""


@dataclass(frozen=True)
class Kehadiran:
    """How many came of a ``jabatan``, and which unsur they belong to."""

    unsur: str
    jabatan: str
    jumlah: int


@dataclass(frozen=True)
class Meeting:
    """The meeting; ``tahun`` is the evaluated year (that of ``tanggal`` unless given), ``kabupaten`` "" unless named.

    ``pimpinan`` and ``penandatangan`` are functions, never persons; the latter are the pimpinan alone unless given.
    """

    tanggal: date
    tempat: str
    acara: str
    agenda: tuple[str, ...]
    pimpinan: str
    penandatangan: tuple[str, ...]
    kehadiran: tuple[Kehadiran, ...]
    tahun: int
    kabupaten: str = ""
    final: bool = False


def findings_of(folder: Path, data: Mapping[int, Collection[str]]) -> pd.DataFrame:
    """Everything wrong with the meeting's files as catatan mutu data (R11), so that it is told before the build.

    ``data``: the years of the dataset with their kabupaten (empty: not known here), which the meeting must be one of.
    """
    name = f"{folder.name}/{FILE}"
    try:
        rapat = read_meeting(folder)
        lines = [] if rapat is None else [*_strange(rapat, data)]
    except DatasetError as error:
        lines = [line.removeprefix(name).lstrip(",: ") for line in error.pesan.splitlines()]
    rows = [("R11", "salah", name, None, None, "", line) for line in lines]
    own = f"{folder.name}/{TEMPLATE}"
    if (folder / TEMPLATE).exists():
        try:
            read_template(folder / TEMPLATE, own)
        except DatasetError as error:
            rows.append(("R11", "salah", own, None, None, "", error.pesan.removeprefix(f"{own}: ")))
    return findings(rows)


def _strange(rapat: Meeting, data: Mapping[int, Collection[str]]) -> Iterator[str]:
    """What the meeting is about that the data do not have, so that nothing would be made of it."""
    akibat = "jadi tidak ada berita acara"
    if rapat.tahun not in data:
        saran = max((t for t in data if t < rapat.tahun), default=max(data))
        ada = ", ".join(map(str, sorted(data)))
        yield f"tahun: {rapat.tahun} tidak ada dalam data (ada: {ada}), {akibat}; tulis tahun = {saran}"
        return
    known = data[rapat.tahun]
    if rapat.kabupaten and known and compact_kabupaten(rapat.kabupaten) not in map(compact_kabupaten, known):
        hint = meant(rapat.kabupaten, known, "tulis namanya seperti di ekspor")
        yield f'kabupaten: "{short(rapat.kabupaten)}" tidak ada dalam data tahun {rapat.tahun}, {akibat}; {hint}'


def read_meeting(folder: Path) -> Meeting | None:
    """The meeting in ``folder`` (a dataset's ``rujukan/``), None without the file.

    DatasetError with every problem: no TOML, an unknown or missing key, a value of another kind, data of persons.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    name = f"{folder.name}/{FILE}"
    raw = _parsed(path, name)
    if wrong := [f"{name}, {text}" for text in _problems(raw)]:
        raise DatasetError("\n".join(wrong))
    return Meeting(
        tanggal=raw["tanggal"],
        tempat=raw["tempat"],
        acara=raw["acara"],
        agenda=tuple(raw["agenda"]),
        pimpinan=raw["pimpinan"],
        penandatangan=tuple(raw.get("penandatangan", [raw["pimpinan"]])),
        kehadiran=tuple(Kehadiran(**row) for row in raw.get("kehadiran", [])),
        tahun=raw.get("tahun", raw["tanggal"].year),
        kabupaten=raw.get("kabupaten", ""),
        final=raw.get("status", STATUS[0]) == "final",
    )


def _parsed(path: Path, name: str) -> dict[str, Any]:
    def hint(line: str) -> str:
        found = re.match(r"\s*tanggal\s*=\s*(.*)", line)
        return _date_problem(found[1].strip()) if found else ""

    return toml_text.parse(path, name, 'tempat = "Gedung PKK"', hint)


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """Everything wrong with a parsed ``rapat.toml``."""
    yield from (f"{key}: tidak ada; tambahkan {key} = {_example(key)}" for key in _REQUIRED if key not in raw)
    yield from _of(raw, _KEYS, "")
    if isinstance(raw.get("status"), str) and raw["status"] not in STATUS:
        yield f'status: "{short(raw["status"])}" bukan status; tulis "draf" atau "final"'
    for key in ("agenda", "penandatangan"):
        if isinstance(raw.get(key), list) and not (
            raw[key] and all(isinstance(v, str) and v.strip() for v in raw[key])
        ):
            yield f'{key}: bukan daftar teks; tulis {key} = ["...", "..."]'
    for key, value in raw.items():
        if isinstance(value, list) and len(value) > _MOST:
            yield f"{short(key)}: {len(value)} baris; paling banyak {_MOST}"
    rows = raw.get("kehadiran", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        where = f"kehadiran ke-{number}"
        if not isinstance(row, dict):
            yield f"{where}: bukan bagian [[kehadiran]]; tulis unsur, jabatan, dan jumlah di bawah [[kehadiran]]"
            continue
        yield from (
            f"{where}, {key}: tidak ada; isi unsur, jabatan, dan jumlah" for key in _ATTENDANCE if key not in row
        )
        yield from _of(row, _ATTENDANCE, f"{where}, ")
        if type(row.get("jumlah")) is int and not 0 <= row["jumlah"] <= _MAX_PERSONS:
            yield f"{where}, jumlah: {shown(row['jumlah'])} orang; tulis 0 atau lebih"


def _of(table: Mapping[str, Any], known: Mapping[str, type], where: str) -> Iterator[str]:
    """Keys that are not known and values that are not of their kind."""
    for key, value in table.items():
        if key not in known:
            yield f"{where}{short(key)}: {_unknown(key, known)}"
        elif key == "tanggal":
            if type(value) is not date:
                yield _date_problem(short(str(value)))
        elif type(value) is not known[key]:
            yield f"{where}{key}: {shown(value)} bukan {_TEXTS[known[key]]}; perbaiki isinya"
        elif isinstance(value, str) and not value.strip():
            yield f"{where}{key}: kosong; isi"
        else:
            yield from _of_persons(key, value, where)


def _unknown(key: str, known: Mapping[str, type]) -> str:
    if header_identifies(key):
        return "data orang tidak disimpan di sini; hapus, dan tulis jabatannya saja"
    known_ones = f"yang dikenal: {', '.join(known)}"
    return f"kunci tidak dikenal; {meant(key, known, known_ones)}"


def _of_persons(key: str, value: Any, where: str) -> Iterator[str]:
    """Numbers or titles of persons in a text; the value itself is not shown."""
    texts = (
        [value]
        if isinstance(value, str)
        else [v for v in value if isinstance(v, str)]
        if isinstance(value, list)
        else []
    )
    if not all(is_plain(text) and len(text) <= _LONGEST for text in texts):
        yield f"{where}{key}: memuat karakter yang tidak terlihat, atau lebih dari {_LONGEST} huruf; tulis ulang"
    for kind in find_numbers(texts):
        yield f"{where}{key}: memuat {kind}; hapus"
    if key in ("pimpinan", "jabatan", "penandatangan") and any(_DEGREES.search(text) for text in texts):
        yield f"{where}{key}: tampaknya nama orang; tulis jabatannya saja"


def _date_problem(text: str) -> str:
    """What to write instead of a date in words."""
    text = text.strip("\"' ")
    saran = "2018-10-18"
    with contextlib.suppress(ValueError):  # with an hour
        saran = date.fromisoformat(text[:10]).isoformat()
    with contextlib.suppress(ValueError):
        saran = day(re.sub(r"^[A-Za-z']+, *", "", text)).isoformat()
    return f'tanggal: "{short(text)}" bukan tanggal TOML; tulis tanggal = {saran}, tanpa tanda kutip'


def _example(key: str) -> str:
    return {date: "2018-10-18", list: '["Paparan hasil evaluasi"]'}.get(_REQUIRED[key], '"..."')
