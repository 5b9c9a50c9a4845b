"""Make the sample dataset beside this file: an invented Lebak, 10, 29 and 82 Kampung KB in 2016, 2017 and 2018.

Kecamatan and desa are real (Kemendagri), everything else is invented. ``bahan/`` holds what goes in: the Kampung KB
with their latent profile, the rates of the profiles, the blemishes that real exports have, the instansi. Running this
file writes ``ekspor/*.xlsx``, four tables of ``rujukan/`` (``tabel.py``), ``rujukan/rtl/`` (``rtl.py``) and ``siga/``
(``siga.py``) beside itself, or below the folder named as argument; the other tables of ``rujukan/`` are written by
hand. Every number comes from a random stream named after its Kampung KB and record, so that two runs are identical bit
for bit, and a Kampung KB added to ``bahan/`` changes no other one's numbers.
"""

import math
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pandas as pd
import tabel
import xlsxwriter
from kampung_kb import KODE_LEBAK, SNAPSHOT, KampungKB, baca, semua_desa, semua_kampung
from rtl import tulis_rtl
from siga import tulis_siga

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import COLUMNS, TITLES
from kkb_eval.method import klasifikasi

EJAAN = {"Cigemblong": "CIGEMLONG", "Curugbitung": "CURUG BITUNG"}
"""The portal's spelling of two kecamatan."""
AKHIR_TAHUN = (0, 1, 3)
"""The last snapshot of each year (index of SNAPSHOT)."""
YA_TIDAK = {"pokja_pengurusan", "pokja_sk", "pokja_pelatihan", "plkb_pendamping", "regulasi", "rkm", "penggunaan_data"}
Angka = dict[str, int]


def penduduk(kb: KampungKB, sampai: int) -> Angka:
    """The record of families; it is updated with that of KB, and sometimes alone (the number of people only)."""
    acak, versi = kb.acak("penduduk"), kb.versi("kb", sampai)
    pus = min(1480, max(100, round(math.exp(acak.gauss(6.25, 0.6))))) + 6 * versi
    keluarga = round(pus * acak.uniform(1.2, 1.6))
    bagian = {"remaja": (0.6, 1.1), "memiliki_balita": (0.14, 0.3), "memiliki_remaja": (0.35, 0.6)}
    bagian |= {"memiliki_lansia": (0.09, 0.2)}
    isi = {nama: round(keluarga * acak.uniform(*batas)) for nama, batas in bagian.items()}
    orang = round(keluarga * acak.uniform(3.1, 3.9)) + 11 * kb.versi("penduduk", sampai)
    return {"pus": pus, "penduduk": orang, "keluarga": keluarga} | isi


def pelayanan(kb: KampungKB, sampai: int, warga: Angka) -> Angka:
    """The record of KB: participants of the poktan, users by method, couples that use none by reason."""
    versi, pus = kb.versi("kb", sampai), warga["pus"]
    acak = kb.acak("metode", versi)
    isi = {p: round(warga[target] * kb.bagian(p, versi)) for p, target in schema.POKTAN_TARGETS.items()}
    isi = {p: n if n >= 5 else 0 for p, n in isi.items()}  # fewer people are no group
    peserta = round(pus * kb.bagian("cpr", versi, ragam=0.2))
    unmet = min(pus - peserta, round(pus * kb.bagian("unmet", versi, ragam=0.28)))
    panjang = round(peserta * kb.bagian("mkjp", versi, ragam=0.28))
    isi |= bagi(panjang, {"iud": 0.15, "mow": 0.06, "mop": 0.03, "implan": 0.76}, acak)
    isi |= bagi(peserta - panjang, {"kondom": 0.03, "pil": 0.18, "suntik": 0.79}, acak)
    isi |= bagi(unmet, {"anak_kemudian": 0.4, "tidak_ingin_anak": 0.6}, acak)
    return isi | bagi(pus - peserta - unmet, {"hamil": 0.33, "anak_segera": 0.67}, acak)


def bagi(jumlah: int, porsi: dict[str, float], acak: Random) -> Angka:
    """A number of people split by shares that shake; the last name takes the rest."""
    isi, sisa = {}, jumlah
    *awal, akhir = porsi
    for nama in awal:
        isi[nama] = min(sisa, round(jumlah * porsi[nama] * acak.uniform(0.5, 1.5)))
        sisa -= isi[nama]
    return isi | {akhir: sisa}


def lembaga(kb: KampungKB, sampai: int) -> tuple[Angka, Angka]:
    """The record of institutions, and what the rule counts of them but no rekap holds."""
    versi = kb.versi("profil", sampai)
    kuat = kb.bagian("lembaga", versi, naik=0.6)
    acak = kb.acak("profil")  # one draw for each element in all years: a stronger village loses nothing

    def banyak(paling: int) -> int:
        return max(0, min(paling, round(paling * kuat + acak.gauss(0, 0.12 * paling))))

    ada = {nama: int(acak.random() < kuat) for nama in sorted(YA_TIDAK)}
    ada |= {nama: ada[nama] * ada["pokja_pengurusan"] for nama in ("pokja_sk", "pokja_pelatihan")}
    anggota = ada["pokja_pengurusan"] * acak.randint(5, 19)
    terlatih = ada["pokja_pelatihan"] * min(anggota, round(anggota * acak.uniform(0.2, 0.8)) + versi)
    dana, regulasi = banyak(4), ada["regulasi"] * acak.randint(1, 2)
    isi = ada | {"pokja_jumlah": anggota, "pokja_jumlah_terlatih": terlatih, "jumlah_mekanisme_operasional": banyak(5)}
    isi |= {"jumlah_sumber_dana": max(1, dana), "regulasi_jumlah": max(1, regulasi)}
    sumber_data = ada["penggunaan_data"] * max(1, banyak(5))
    lain = {"dana": dana, "sarana": banyak(3), "sumber_data": sumber_data}
    return isi, lain | {"instansi": banyak(6), "poktan": banyak(5)}


def cemari(kb: KampungKB, sampai: int, isi: Angka) -> Angka:
    """The numbers with the blemishes of this Kampung KB; a record that was not filled in is all zeros."""
    for c in kb.kena("pola", sampai):
        isi |= {p: math.floor(isi[target] * float(c["nilai"])) for p, target in schema.POKTAN_TARGETS.items()}
    for c in kb.kena("lebih", sampai):
        isi[c["kolom"]] = round(isi[schema.POKTAN_TARGETS[c["kolom"]]] * float(c["nilai"]))
    for c in kb.kena("tambah", sampai):
        isi[c["kolom"]] = max(0, isi[c["kolom"]] + int(c["nilai"]))
    isi |= {c["kolom"]: int(c["nilai"]) for c in kb.kena("isi", sampai)}
    for c in kb.kena("tanpa", sampai):
        isi |= {kolom: 0 for rekaman in c["kolom"].split("+") for kolom in schema.RECORDS[rekaman]}
    return isi


def isi_snapshot(daftar: Iterable[KampungKB], sampai: int) -> pd.DataFrame:
    """One row a Kampung KB of a snapshot: names as exported, the rekap's numbers, scores, indices and class."""
    baris = []
    for kb in (kb for kb in daftar if kb.ada(sampai)):
        warga, (profil, lain) = penduduk(kb, sampai), lembaga(kb, sampai)
        isi = cemari(kb, sampai, profil | warga | pelayanan(kb, sampai, warga))
        nama = ([kb.kampung] + [c["nilai"] for c in kb.kena("nama", sampai)])[-1]
        kecamatan = EJAAN.get(kb.kecamatan, kb.kecamatan.upper())
        tempat = {"provinsi": "BANTEN", "kabupaten": "LEBAK", "kecamatan": kecamatan, "desa": kb.desa.upper()}
        salah = {f"ubah_{c['kolom']}": int(c["nilai"]) for c in kb.kena("skor", sampai)}
        baris.append({"kb": kb, "kampung": nama} | tempat | isi | lain | salah)
    return nilai(pd.DataFrame(baris))


def nilai(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with scores, indices and class by the official rule (METHOD 6), from what the rekap holds and hides."""
    raw = rows.astype(dict.fromkeys(schema.REKAP, float)).fillna(dict.fromkeys(schema.REKAP, 0.0))
    ukuran = klasifikasi.measures(raw.assign(**{f"lapor_{nama}": True for nama in schema.RECORDS}))
    punya = (rows[list(schema.POKTAN_TARGETS)] > 0).sum(axis=1)
    ukuran["jenis_poktan_dimiliki"] = punya.where(punya > 0, rows["poktan"])
    ukuran["jumlah_sumber_dana"], ukuran["sarana_dimiliki"] = rows["dana"], rows["sarana"]
    ukuran["sumber_data_dipakai"], ukuran["instansi_terlibat"] = rows["sumber_data"], rows["instansi"]
    tanpa = {r: rows[list(kolom)].eq(0).all(axis=1) for r, kolom in schema.RECORDS.items()}
    pita = {str(item): bagian for item, bagian in read_catalogue().klasifikasi.groupby("item", sort=False)}
    skor = pd.DataFrame({i: klasifikasi.points(ukuran[b["ukuran"].iat[0]], b) for i, b in pita.items()}, rows.index)
    skor.loc[tanpa["profil"], ["sumber_dana", "poktan", "sarana", "penggunaan_data"]] = 1.0
    skor.loc[tanpa["kb"], "unmet"] = 1.0
    for item in (item for item in pita if f"ubah_skor_{item}" in rows):
        skor[item] = rows[f"ubah_skor_{item}"].fillna(skor[item])
    indeks = klasifikasi.indices(skor)
    rows["klasifikasi"] = klasifikasi.classify(*(indeks[c] for c in schema.INDICES))
    return rows.join(skor.add_prefix("skor_")).join(indeks)


def tulis_ekspor(path: Path, jenis: str, rows: pd.DataFrame, sampai: int) -> None:
    """One export as the portal writes it: zero, FALSE and NULL are blank, the rows in an order of their own."""
    urut = rows.loc[Random(f"{jenis} {SNAPSHOT[sampai]}").sample(list(rows.index), len(rows))]
    ganda = [bool(kb.kena("ganda", sampai)) and jenis == "rekap" for kb in urut["kb"]]
    urut = pd.concat([urut, urut[ganda]])
    kolom = (*schema.NAMES, *COLUMNS[jenis])
    with xlsxwriter.Workbook(path) as buku:
        buku.set_properties({"created": datetime.fromisoformat(f"{SNAPSHOT[sampai]} 14:05:09")})
        lembar = buku.add_worksheet("Worksheet")
        lembar.write_row(0, 0, ["No", *("Pus" if c == "pus" else TITLES[c] for c in kolom)])
        for i, baris in enumerate(urut[list(kolom)].to_dict("records"), 1):
            for j, c in enumerate(kolom, 1):
                if baris[c]:
                    lembar.write(i, j, True if c in YA_TIDAK else baris[c])


def tulis_rujukan(folder: Path, daftar: Iterable[KampungKB], tahunan: dict[int, pd.DataFrame]) -> None:
    """The generated companion tables, in the names that the year's export gives to the Kampung KB."""
    desa = semua_desa()
    kegiatan = [
        tabel.Kegiatan(tahun, kb.kecamatan, kb.desa, " ".join(nama.split()), instansi, kb.acak("kegiatan", tahun))
        for tahun, rows in tahunan.items()
        for kb, nama, instansi in zip(rows["kb"], rows["kampung"], rows["instansi"], strict=True)
    ]
    for nama, isi in {
        "desa_tertinggal": tabel.desa_tertinggal(desa, {(kb.kecamatan, kb.desa) for kb in daftar}),
        "kegiatan": tabel.kegiatan(kegiatan, baca("instansi")),
        "kesejahteraan": tabel.kesejahteraan(desa),
        "tenaga": tabel.tenaga(desa),
    }.items():
        isi.to_csv(folder / f"{nama}.csv", index=False, lineterminator="\n")


def isi_siga(daftar: Iterable[KampungKB]) -> dict[tuple[str, str], list[Angka]]:
    """The numbers of every Kampung KB's desa at the end of 2016, 2017 and 2018, whether it reported or not.

    In each kecamatan one desa more, with the numbers of a Kampung KB that there is none.
    """
    daftar = list(daftar)
    ada = {(kb.kecamatan, kb.desa) for kb in daftar}
    contoh = {kb.kecamatan: kb for kb in daftar}
    tambahan = dict(reversed([d for d in semua_desa() if d not in ada and d[0] in contoh]))
    daftar += [replace(contoh[kec], desa=desa, kampung=desa, cacat=()) for kec, desa in tambahan.items()]
    isi = {}
    for kb in daftar:
        warga = [penduduk(kb, sampai) for sampai in AKHIR_TAHUN]
        isi[kb.kecamatan, kb.desa] = [w | pelayanan(kb, s, w) for s, w in zip(AKHIR_TAHUN, warga, strict=True)]
    return isi


def main(tujuan: Path = Path(__file__).parent) -> None:
    """Write every export and generated table below ``tujuan``."""
    for folder in ("ekspor", "rujukan"):
        (tujuan / folder).mkdir(parents=True, exist_ok=True)
    daftar, tahunan = semua_kampung(), {}
    for sampai, hari in enumerate(SNAPSHOT):
        tahunan[int(hari[:4])] = rows = isi_snapshot(daftar, sampai)
        for jenis in COLUMNS:
            tulis_ekspor(tujuan / "ekspor" / f"{jenis}-{hari}.xlsx", jenis, rows, sampai)
    tulis_rujukan(tujuan / "rujukan", daftar, tahunan)
    tulis_rtl(tujuan, baca("rtl"))
    isi = isi_siga(daftar)
    for i, tahun in enumerate((2017, 2018), 1):
        punya = Counter((kb.kecamatan, kb.desa) for kb in daftar if kb.mulai <= tahun)
        dua = {desa: angka[i - 1 : i + 1] for desa, angka in isi.items()}
        tulis_siga(tujuan / "siga", tahun, KODE_LEBAK, punya, dua)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
