"""The Kampung KB of the sample dataset: the word lists of ``bahan/``, and the random streams that numbers come from."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lokal import wilayah as acuan

KODE_LEBAK = "36.02"
SNAPSHOT = ("2016-12-05", "2017-11-20", "2018-10-01", "2018-10-15")
LAJU = {"kb": (1, 0.5, 0.45, 0.1), "profil": (1, 0.5, 0.4, 0.1), "penduduk": (1, 0.2, 0.15, 0.05)}
"""The share of the records that exist which is filled in anew before each snapshot; penduduk also with every kb."""


@dataclass(frozen=True)
class KampungKB:
    """One Kampung KB of ``bahan/kampung.csv`` with the rates of its profile and its blemishes."""

    kecamatan: str
    desa: str
    kampung: str
    mulai: int
    laju: dict[str, float]
    cacat: tuple[dict[str, str], ...]

    def acak(self, *hal: object) -> Random:
        """The random stream of one matter of this Kampung KB."""
        return Random("|".join(map(str, (self.kecamatan, self.desa, self.kampung, *hal))))

    def ada(self, sampai: int) -> bool:
        """Whether an export of that snapshot holds this Kampung KB: begun, not yet gone, and entered in time."""
        terlambat = any(c["cacat"] == "terlambat" and c["dari"] > SNAPSHOT[sampai] for c in self.cacat)
        return self.mulai <= int(SNAPSHOT[sampai][:4]) and not terlambat and not self.kena("hilang", sampai)

    def versi(self, rekaman: str, sampai: int) -> int:
        """How often a record was filled in anew until a snapshot (index of SNAPSHOT) since its first year."""
        sejak = next(i for i, hari in enumerate(SNAPSHOT) if int(hari[:4]) == self.mulai)
        return sum(self.acak(rekaman, i).random() < LAJU[rekaman][i] for i in range(sejak + 1, sampai + 1))

    def bagian(self, nama: str, versi: int, *, ragam: float = 0.5, naik: float = 0.15) -> float:
        """A rate near that of the profile: noise of the place, a little of the update, progress on the logit scale.

        A Kampung KB that began earlier began lower, and rises by ``naik`` whenever the record is filled in anew.
        """
        p = self.laju[nama]
        geser = self.acak(nama).gauss(0, ragam) + self.acak(nama, versi).gauss(0, 0.1) * (versi > 0)
        maju = naik * (versi - 0.7 * (2018 - self.mulai)) * (-1 if nama == "unmet" else 1)
        return 1 / (1 + math.exp(-math.log(p / (1 - p)) - geser - maju))

    def kena(self, cacat: str, sampai: int) -> list[dict[str, str]]:
        """The blemishes of one kind (rows of ``bahan/cacat.csv``) that hold at a snapshot."""
        return [c for c in self.cacat if c["cacat"] == cacat and c["dari"] <= SNAPSHOT[sampai]]


def baca(nama: str) -> list[dict[str, str]]:
    """The rows of a word list in ``bahan/``."""
    with (Path(__file__).parent / "bahan" / f"{nama}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def semua_kampung() -> list[KampungKB]:
    """The Kampung KB of ``bahan/``; ``ValueError`` where a desa is not in the region reference."""
    dikenal = set(semua_desa())
    profil = {p.pop("profil"): {nama: float(v) for nama, v in p.items()} for p in baca("profil")}
    cacat = baca("cacat")
    daftar = []
    for baris in baca("kampung"):
        if (baris["kecamatan"], baris["desa"]) not in dikenal:
            raise ValueError(f"bahan/kampung.csv: {baris['kecamatan']}, {baris['desa']} is no desa of Lebak")
        milik = tuple(c for c in cacat if c["kampung"] == baris["kampung"])
        tempat = (baris["kecamatan"], baris["desa"], baris["kampung"], int(baris["mulai"]))
        daftar.append(KampungKB(*tempat, profil[baris["profil"]], milik))
    return daftar


def semua_desa() -> list[tuple[str, str]]:
    """Kecamatan and name of every desa of Lebak; kelurahan, whose number begins with 1, are no desa."""
    kecamatan = acuan.list_wilayah(KODE_LEBAK)
    return [(k.name, d.name) for k in kecamatan for d in acuan.list_wilayah(k.code) if d.code[9] == "2"]
