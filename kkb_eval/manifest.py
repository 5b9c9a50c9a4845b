"""The manifest of a stored year: its inputs, parameters, versions, counts, and a fingerprint of each kabupaten."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

FILE = "manifest.json"
FORMER = "manifest.lama.json"
"""The manifest of the tables before, while new ones are written."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputFile(_Part):
    """An export of the year; ``dipakai``: whether a later one of its kind does not replace it."""

    berkas: str
    jenis: str
    snapshot: date
    sha256: str
    baris: int
    dipakai: bool


class Refused(_Part):
    """An export of the dataset that cannot be used, with the code and the words of each problem."""

    berkas: str
    masalah: tuple[tuple[str, str], ...] = ()


class Parameters(_Part):
    """What the evaluation was computed with: types and their weights, draws and their seed, places of the visit list.

    ``k`` is None and ``bobot`` empty where the method chooses.
    """

    tahun: int
    k: int | None
    bobot: dict[str, float]
    ulangan: int
    benih: int
    kunjungan: int


class Kabupaten(_Part):
    """A kabupaten of the year: the folder of its pages, a hash of what they show of the tables, its kecamatan.

    ``kecamatan``: the file name of each page by the kecamatan's name.
    """

    slug: str
    sidik: str
    kecamatan: dict[str, str]


class Manifest(_Part):
    """What ``manifest.json`` says of the tables beside it.

    ``kunci`` is the key (``current.key``) that they were made by; ``tahun_data`` are all years of the dataset,
    ``aturan`` is the version of the official rule, ``versi`` that of the package, ``jumlah`` the rows of each table. A
    snapshot is None where the year has no export of that kind.
    """

    kunci: str
    judul: str
    penyusun: str
    sintetis: bool
    tahun: int
    tahun_data: tuple[int, ...]
    tahun_sebelumnya: int | None
    final: bool
    aturan: str
    versi: str
    parameter: Parameters
    snapshot_rekap: date | None
    snapshot_klasifikasi: date | None
    masukan: tuple[InputFile, ...]
    ditolak: tuple[Refused, ...]
    jumlah: dict[str, int]
    kabupaten: dict[str, Kabupaten]

    @property
    def snapshot(self) -> date:
        """The day of the data: the later of the two snapshots; without an export the last of the year."""
        days = (self.snapshot_rekap, self.snapshot_klasifikasi)
        return max((day for day in days if day), default=date(self.tahun, 12, 31))

    @property
    def before(self) -> int:
        """The year that it is compared with, where there is one."""
        assert self.tahun_sebelumnya is not None
        return self.tahun_sebelumnya

    @property
    def used(self) -> dict[str, str]:
        """The hash of each file that the year was computed from, by name."""
        return {row.berkas: row.sha256 for row in self.masukan if row.dipakai}


def read(folder: Path, name: str = FILE) -> Manifest | None:
    """Read the manifest of a stored year; None where there is none that is whole and of this version."""
    try:
        state = (folder / name).stat()
        return _read(folder / name, state.st_ino, state.st_mtime_ns, state.st_size)
    except (OSError, ValidationError):
        return None


@lru_cache(maxsize=16)
def _read(path: Path, *state: int) -> Manifest:
    """Read once while the file is the same: a page asks several times, that of a nation takes milliseconds each."""
    return Manifest.model_validate_json(path.read_bytes())


def last(folder: Path) -> Manifest | None:
    """Read the manifest of the last evaluation that was stored whole, even where a later one was cut off."""
    return read(folder) or read(folder, FORMER)


def as_json(manifest: Manifest) -> str:
    """Write a manifest as it is stored."""
    return manifest.model_dump_json(indent=1)


Manifests = Mapping[int, Manifest]
"""The manifests of stored years, by year."""
