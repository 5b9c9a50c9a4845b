"""What the index says of the stored years, from the few columns that it needs: who is where, in which class."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from kkb_eval import manifest, schema, store
from kkb_eval.manifest import Manifest
from kkb_eval.text import NOT_CERTAIN


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


def read_manifests(out: Path, kabupaten: Collection[str]) -> dict[int, Manifest]:
    """The manifest of every stored year that has one of these kabupaten, the last year first."""
    found = {}
    for folder in sorted((out / "kerja").glob("*"), reverse=True):
        stored = manifest.read(folder) if folder.name.isdigit() else None
        if stored is not None and not stored.kabupaten.keys().isdisjoint(kabupaten):
            found[stored.tahun] = stored
    return found


def read_kabupaten(out: Path, tahun: int, kabupaten: Collection[str]) -> dict[str, Isi]:
    """Of a stored year these kabupaten by name: province and classes, without the names of the Kampung KB."""
    found: dict[str, Isi] = {}
    for nama, provinsi, kelas in store.cells(
        store.folder(out, tahun), "kampung", ("kabupaten", "provinsi", "klasifikasi"), kabupaten
    ):
        isi = found.setdefault(nama, Isi(provinsi))
        isi.jumlah_kelas[kelas or NOT_CERTAIN] += 1
    return found


def read_kecamatan(out: Path, tahun: int, kabupaten: Collection[str]) -> dict[str, dict[str, Isi]]:
    """Of a stored year the kecamatan of these kabupaten: by kabupaten, then by name."""
    found: dict[str, dict[str, Isi]] = defaultdict(dict)
    kolom = ("kabupaten", "kecamatan", "provinsi", "kampung", "klasifikasi", "lapor_kb")
    for daerah, kecamatan, provinsi, kampung, kelas, lapor in store.cells(
        store.folder(out, tahun), "kampung", kolom, kabupaten
    ):
        isi = found[daerah].setdefault(kecamatan, Isi(provinsi))
        isi.jumlah_kelas[kelas or NOT_CERTAIN] += 1
        isi.kampung.append(kampung)
        isi.lapor += lapor is True
    return found
