"""What the index says of the stored years, from the few columns that it needs: who is where, in which class."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kkb_eval import schema, store
from kkb_eval.text import NOT_CERTAIN

Manifests = Mapping[int, Mapping[str, Any]]


@dataclass
class Isi:
    """The Kampung KB of an area in a year: how many there are by class, their names, how many reported KB."""

    provinsi: str = ""
    kampung: list[str] = field(default_factory=list)
    jumlah_kelas: Counter[str] = field(default_factory=Counter)
    lapor: int = 0

    @property
    def jumlah(self) -> int:
        """How many there are."""
        return self.jumlah_kelas.total()

    @property
    def nama(self) -> list[str]:
        """The names of the Kampung KB in order."""
        return sorted(self.kampung)

    @property
    def kelas(self) -> dict[str, int]:
        """How many are in each class, in order of the classes; those without a certain class come last."""
        return {nama: self.jumlah_kelas[nama] for nama in (*schema.CLASSES, NOT_CERTAIN)}

    @property
    def tingkat(self) -> float:
        """The mean class as a number from 1 (the lowest), to sort by; 0 where no class is certain."""
        pasti = [(urutan, self.jumlah_kelas[nama]) for urutan, nama in enumerate(schema.CLASSES, 1)]
        jumlah = sum(n for _, n in pasti)
        return round(sum(urutan * n for urutan, n in pasti) / jumlah, 3) if jumlah else 0.0


def read_manifests(out: Path, kabupaten: Collection[str]) -> dict[int, dict[str, Any]]:
    """The manifest of every stored year that has one of these kabupaten, the last year first."""
    found = {}
    for folder in sorted((out / "kerja").glob("*"), reverse=True):
        manifest = store.read_manifest(folder) if folder.name.isdigit() else None
        if manifest is not None and not manifest["kabupaten"].keys().isdisjoint(kabupaten):
            found[int(manifest["tahun"])] = manifest
    return found


def read_kabupaten(out: Path, tahun: int, kabupaten: Collection[str]) -> dict[str, Isi]:
    """Of a stored year these kabupaten by name: province and classes, without the names of the Kampung KB."""
    found: dict[str, Isi] = {}
    for nama, provinsi, kelas in _rows(out, tahun, ("kabupaten", "provinsi", "klasifikasi"), kabupaten):
        isi = found.setdefault(nama, Isi(provinsi))
        isi.jumlah_kelas[kelas or NOT_CERTAIN] += 1
    return found


def read_kecamatan(out: Path, tahun: int, kabupaten: Collection[str]) -> dict[str, dict[str, Isi]]:
    """Of a stored year the kecamatan of these kabupaten: by kabupaten, then by name."""
    found: dict[str, dict[str, Isi]] = defaultdict(dict)
    kolom = ("kabupaten", "kecamatan", "provinsi", "kampung", "klasifikasi", "lapor_kb")
    for daerah, kecamatan, provinsi, kampung, kelas, lapor in _rows(out, tahun, kolom, kabupaten):
        isi = found[daerah].setdefault(kecamatan, Isi(provinsi))
        isi.jumlah_kelas[kelas or NOT_CERTAIN] += 1
        isi.kampung.append(kampung)
        isi.lapor += lapor is True
    return found


def _rows(out: Path, tahun: int, kolom: tuple[str, ...], kabupaten: Collection[str]) -> Iterator[tuple[Any, ...]]:
    from pyarrow import parquet
    from pyarrow.compute import field as column

    table = parquet.read_table(
        store.folder(out, tahun) / "kampung.parquet",
        columns=list(kolom),
        filters=column("kabupaten").isin(list(kabupaten)),
        use_threads=False,
    )
    return zip(*(table[nama].to_pylist() for nama in kolom), strict=True)
