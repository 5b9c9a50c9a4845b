"""The companion tables of the sample dataset that are made, not written by hand."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from random import Random
from typing import NamedTuple

import pandas as pd

TERTINGGAL = {2016: 216, 2017: 209, 2018: 201}
"""How many desa are tertinggal. Only the 201 of 2018 were ever published; which desa they are is invented."""
DEKAT_KOTA = {"Rangkasbitung", "Kalanganyar", "Cibadak", "Warunggunung", "Maja"}
SOURCES = "contoh, bukan data resmi"
Desa = tuple[str, str]
"""Kecamatan and desa."""


class Kegiatan(NamedTuple):
    """What the table of activities needs to know of one Kampung KB in one year."""

    tahun: int
    kecamatan: str
    desa: str
    kampung: str
    instansi: int
    acak: Random


def desa_tertinggal(desa: Sequence[Desa], punya: set[Desa]) -> pd.DataFrame:
    """Every desa in every year; those with a Kampung KB (``punya``) lie mostly among the tertinggal."""
    skor = {d: Random("|".join(d)).random() + 0.25 * (d in punya) - 0.45 * (d[0] in DEKAT_KOTA) for d in desa}
    urut = sorted(desa, key=lambda d: -skor[d])
    baris = []
    for tahun, batas in TERTINGGAL.items():
        sampai = {"sangat tertinggal": batas // 7, "tertinggal": batas, "berkembang": 315, "maju": 336, "mandiri": 999}
        for i, (kecamatan, nama) in enumerate(urut):
            status = next(s for s, akhir in sampai.items() if i < akhir)
            baris.append((tahun, kecamatan, nama, status, f"IDM {tahun}", SOURCES))
    kolom = ["tahun", "kecamatan", "desa", "status", "indeks", "sumber"]
    return pd.DataFrame(baris, columns=kolom).sort_values(kolom[:3], ignore_index=True)


def kesejahteraan(desa: Sequence[Desa]) -> pd.DataFrame:
    """Families and poor families of every desa in every year; fewer poor ones near the town and as time goes on."""
    baris = []
    for tahun in TERTINGGAL:
        for kecamatan, nama in desa:
            acak = Random(f"miskin|{kecamatan}|{nama}")
            keluarga = acak.randint(500, 2200) + 12 * (tahun - 2016)
            bagian = acak.uniform(0.08, 0.2) if kecamatan in DEKAT_KOTA else acak.uniform(0.15, 0.4)
            baris.append((tahun, kecamatan, nama, keluarga, round(keluarga * bagian * 0.97 ** (tahun - 2016)), SOURCES))
    return pd.DataFrame(baris, columns=["tahun", "kecamatan", "desa", "keluarga", "keluarga_miskin", "sumber"])


def kegiatan(daftar: Iterable[Kegiatan], instansi: Sequence[dict[str, str]]) -> pd.DataFrame:
    """As many instansi as the score lintas_sektor counted, beside the OPD-KB; a few Kampung KB noted none at all."""
    baris = []
    for *tempat, jumlah, acak in daftar:
        if acak.random() < 0.06:
            continue
        for i in [instansi[0], *acak.sample(instansi[1:], jumlah)]:
            rupiah = int(i["juta"]) * acak.choice((500_000, 750_000, 1_000_000, 1_500_000))
            status = acak.choices(("selesai", "berjalan", "rencana"), (6, 3, 1))[0]
            isi = (i["instansi"], i["unsur"], i["program_utama"], i["kegiatan"], i["sumber_dana"])
            baris.append((*tempat, *isi, rupiah, status))
    kolom = ["tahun", "kecamatan", "desa", "kampung", "instansi", "unsur", "program_utama", "kegiatan", "sumber_dana"]
    return pd.DataFrame(baris, columns=[*kolom, "anggaran", "status"])


def tenaga(desa: Sequence[Desa]) -> pd.DataFrame:
    """One row a desa; a PLKB is counted once, at the first desa of the wilayah binaan, and some are vacant."""
    baris = []
    for kecamatan, isi in groupby(desa, key=lambda d: d[0]):
        acak = Random(f"tenaga|{kecamatan}")
        lebar = acak.choice((3, 4, 5, 6))
        for i, (_, nama) in enumerate(isi):
            plkb = int(i % lebar == 0 and acak.random() < 0.9)
            pos = int(acak.random() < 0.9)
            baris.append((kecamatan, nama, f"{kecamatan} {i // lebar + 1}", plkb, pos, pos * acak.randint(0, 8)))
    return pd.DataFrame(baris, columns=["kecamatan", "desa", "wilayah_binaan", "plkb", "pos_kb", "sub_pos_kb"])
