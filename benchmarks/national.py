"""Synthetic exports of a whole nation, as large as wanted: rekap and klasifikasi in the portal's format.

Run as ``python -m benchmarks.national FOLDER --jumlah 32740``. Regions are real (Kemendagri), everything else is
invented, with the shape of real exports: a desa mostly holds one Kampung KB, some kabupaten have 300 and many 15, half
of the rows have no KB record, most classes are Dasar, and the blemishes that exports have occur in a few rows. The same
seed gives the same numbers.
"""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from lokal import wilayah as acuan
from numpy.typing import ArrayLike, NDArray

from kkb_eval import schema
from kkb_eval.intake import regions
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import COLUMNS, TITLES
from kkb_eval.method import klasifikasi

Floats = NDArray[np.float64]
HARI = "2024-06-07"
"""The day of both exports."""
YA_TIDAK = ("pokja_pengurusan", "pokja_sk", "pokja_pelatihan", "plkb_pendamping", "regulasi", "rkm", "penggunaan_data")
LAPOR = {"profil": 0.977, "penduduk": 0.62, "kb": 0.5}
"""Share of the rows that have each record; who has that of KB has that of penduduk."""
SASARAN = {"remaja": 0.55, "memiliki_balita": 0.22, "memiliki_remaja": 0.33, "memiliki_lansia": 0.2}
"""Members of the target groups, for each family."""
POKTAN = {"bkb": (0.55, 0.06), "bkr": (0.35, 0.12), "bkl": (0.5, 0.1), "uppka": (0.08, 0.2), "pikr": (0.22, 0.28)}
"""Of each poktan the usual share of its target, and the share of Kampung KB that have none."""
NAMES = ("Mekar", "Sejahtera", "Harapan", "Bina", "Maju", "Sehati", "Cempaka", "Sumber", "Tunas", "Karya", "Indah")


def all_regions() -> pd.DataFrame:
    """Every desa of the reference: ``provinsi, kabupaten, kecamatan, desa`` as the portal spells them."""
    rows = [
        (acuan.wilayah_name(kab.kode[:2]), kab.nama, kec.nama, desa.nama)
        for kab in sorted(regions.kabupaten().values(), key=lambda region: region.kode)
        for kec in regions.children(kab.kode).values()
        for desa in regions.children(kec.kode).values()
    ]
    return pd.DataFrame(rows, columns=["provinsi", "kabupaten", "kecamatan", "desa"]).apply(lambda c: c.str.upper())


def places(jumlah: int, kabupaten: int, acak: np.random.Generator) -> pd.DataFrame:
    """The names of ``jumlah`` Kampung KB in ``kabupaten`` kabupaten, each with at least one, in no order."""
    semua = all_regions()
    dipilih = np.sort(acak.permutation(semua["kabupaten"].unique())[:kabupaten])
    semua = semua[semua["kabupaten"].isin(dipilih)]
    padat = pd.Series(acak.lognormal(0, 0.7, len(dipilih)), dipilih)
    # a desa has a second Kampung KB when all have one; the least of these keys are a sample without replacement
    urutan = acak.exponential(size=len(semua)) / semua["kabupaten"].map(padat).to_numpy()
    semua = pd.concat([semua.assign(ke=ke, urutan=urutan + ke * 1e6) for ke in range(-(-jumlah // len(semua)))])
    semua = semua.sort_values("urutan", kind="stable")
    pertama = ~semua["kabupaten"].duplicated()
    rows = pd.concat([semua[pertama], semua[~pertama]])[:jumlah].sample(frac=1, random_state=acak)
    kata = [" ".join(pair) for pair in acak.choice(NAMES, (jumlah, 2))]
    sama = acak.random(jumlah) < 0.3  # many are named after their desa
    nama = np.where(sama, "Kampung KB " + rows["desa"].str.title(), kata)
    rows.insert(0, "kampung", [f"{n} {ke + 1}" if ke else n for n, ke in zip(nama, rows["ke"], strict=True)])
    return rows.drop(columns=["ke", "urutan"]).reset_index(drop=True)


def strengths(kabupaten: pd.Series, acak: np.random.Generator) -> dict[str, Floats]:
    """How strong each Kampung KB is in each field: of its kabupaten, of its type there, and its own."""
    kode, nama = pd.factorize(kabupaten)
    tipe = (acak.random(len(kode)) < 0.4).astype(int)
    apart = acak.gamma(1.5, 0.9, len(nama))[kode]  # in some kabupaten types are plain, in some there are none
    return {
        bidang: acak.normal(0, 0.5, len(nama))[kode]
        + apart * (tipe - 0.4) * acak.choice((-0.4, 1.0), len(nama))[kode]
        + acak.normal(0, 0.7, len(kode))
        for bidang in ("lembaga", "kb", "poktan", "ekonomi")
    }


def share(usual: ArrayLike, kuat: Floats, acak: np.random.Generator, *, sebar: float = 0.5) -> Floats:
    """A proportion about ``usual`` for every Kampung KB of strength ``kuat``."""
    odds = np.log(np.asarray(usual) / (1 - np.asarray(usual))) + kuat + acak.normal(0, sebar, len(kuat))
    proportion: Floats = 1 / (1 + np.exp(-odds))
    return proportion


def profil(kuat: Floats, acak: np.random.Generator) -> pd.DataFrame:
    """The record of institutions, and what the rule counts of them but no rekap holds."""
    n = len(kuat)
    ada = {c: acak.random(n) < share(0.6, 2.2 * kuat, acak, sebar=0.3) for c in YA_TIDAK}
    for c in ("pokja_sk", "pokja_pelatihan"):
        ada[c] &= ada["pokja_pengurusan"]
    anggota = np.where(ada["pokja_pengurusan"], acak.integers(1, 20, n), 0)
    isi = pd.DataFrame(ada).astype(int)
    isi["pokja_jumlah"] = anggota
    isi["pokja_jumlah_terlatih"] = np.where(ada["pokja_pelatihan"], acak.binomial(anggota, 0.4), 0)
    dana, sarana, data, instansi, poktan = (
        acak.binomial(most, share(p, 2.0 * kuat, acak, sebar=0.3))
        for most, p in ((4, 0.45), (3, 0.6), (5, 0.5), (6, 0.4), (5, 0.7))
    )
    isi["jumlah_mekanisme_operasional"] = np.where(acak.random(n) < share(0.62, 2.4 * kuat, acak), 5, 0)
    isi["jumlah_sumber_dana"] = np.maximum(dana, 1)
    isi["regulasi_jumlah"] = np.maximum(isi["regulasi"], 1)
    data = np.where(ada["penggunaan_data"], np.maximum(data, 1), 0)
    return isi.assign(dana=dana, sarana=sarana, data=data, instansi=instansi, punya_poktan=poktan)


def penduduk(n: int, acak: np.random.Generator) -> pd.DataFrame:
    """The record of families."""
    pus = np.maximum(8, acak.lognormal(np.log(235), 1.05, n)).astype("int64")
    keluarga = np.rint(pus * acak.uniform(1.3, 2.1, n))
    isi = {"pus": pus, "penduduk": np.rint(keluarga * acak.uniform(2.8, 4.0, n)), "keluarga": keluarga}
    isi |= {c: np.rint(keluarga * part * acak.uniform(0.5, 1.5, n)) for c, part in SASARAN.items()}
    return pd.DataFrame(isi).astype("int64")


def pelayanan(warga: pd.DataFrame, kuat: dict[str, Floats], acak: np.random.Generator) -> pd.DataFrame:
    """The record of KB: participants, users by method, couples that use none by reason; these add up to the PUS."""
    isi = {}
    for poktan, target in schema.POKTAN_TARGETS.items():
        bidang = kuat["ekonomi" if poktan in ("uppka", "pikr") else "poktan"]
        usual, tanpa = POKTAN[poktan]
        orang = acak.binomial(warga[target], share(usual, 1.2 * bidang, acak, sebar=1.4))
        isi[poktan] = np.where(acak.random(len(orang)) < tanpa, 0, orang)
    peserta = acak.binomial(warga["pus"], share(0.66, 0.5 * kuat["kb"], acak))
    panjang = acak.binomial(peserta, share(0.22, 0.6 * kuat["kb"], acak, sebar=0.6))
    unmet = acak.binomial(warga["pus"] - peserta, share(0.45, -0.4 * kuat["kb"], acak))
    for jumlah, bagian in (
        (panjang, {"iud": 0.3, "mow": 0.14, "mop": 0.04, "implan": 0.52}),
        (peserta - panjang, {"kondom": 0.05, "suntik": 0.65, "pil": 0.3}),
        (unmet, {"anak_kemudian": 0.46, "tidak_ingin_anak": 0.54}),
        (warga["pus"] - peserta - unmet, {"hamil": 0.35, "anak_segera": 0.65}),
    ):
        isi |= dict(zip(bagian, acak.multinomial(jumlah, list(bagian.values())).T, strict=True))
    return pd.DataFrame(isi).astype("int64")


def blemished(rows: pd.DataFrame, acak: np.random.Generator) -> pd.DataFrame:
    """The rows with what goes wrong in real exports: sums, patterns, absurd and negative numbers, odd regions."""

    def few(part: float) -> NDArray[np.bool_]:
        return acak.random(len(rows)) < part

    def put(mask: NDArray[np.bool_], column: str, values: ArrayLike) -> None:
        rows[column] = np.where(mask, values, rows[column])

    put(few(0.08), "hamil", rows["hamil"] + 7)  # the sum is not the PUS
    put(few(0.015), "suntik", rows["pus"] + 20)
    pola = few(0.004)
    for poktan, target in schema.POKTAN_TARGETS.items():
        put(pola, poktan, rows[target] // 2)
    put(few(0.001), "pus", rows["pus"] * 1000)
    put(few(0.0005), "iud", -4)
    put(few(0.03), "desa", rows["desa"] + " BARU")
    put(few(0.001), "desa", "")
    return rows


def export_rows(jumlah: int, kabupaten: int = 514, benih: int = 1) -> pd.DataFrame:
    """One row a Kampung KB: the five names, the numbers of the rekap, the scores, the indices and the class."""
    acak = np.random.default_rng([benih, jumlah, kabupaten])
    rows = places(jumlah, kabupaten, acak)
    kuat = strengths(rows["kabupaten"], acak)
    warga = penduduk(jumlah, acak)
    rows = pd.concat([rows, profil(kuat["lembaga"], acak), warga, pelayanan(warga, kuat, acak)], axis=1)
    rows = blemished(rows, acak)
    # those that report are the stronger ones, and of some kabupaten nearly all
    nomor = acak.normal(0, 0.6, jumlah) + 0.5 * kuat["lembaga"] + 0.3 * kuat["kb"]
    urutan = nomor.argsort().argsort() / jumlah
    for rekaman, bagian in LAPOR.items():
        tanpa = urutan < 1 - bagian if rekaman != "profil" else acak.random(jumlah) > bagian
        rows.loc[tanpa, list(schema.RECORDS[rekaman])] = 0
    return scored(rows)


def scored(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with scores, indices and class by the official rule (METHOD 6), from what a rekap holds and hides."""
    ukuran = klasifikasi.measures(
        rows.astype(dict.fromkeys(schema.REKAP, float)).assign(**{f"lapor_{record}": True for record in schema.RECORDS})
    )
    ukuran["jumlah_sumber_dana"], ukuran["sarana_dimiliki"] = rows["dana"], rows["sarana"]
    ukuran["sumber_data_dipakai"], ukuran["instansi_terlibat"] = rows["data"], rows["instansi"]
    ukuran["jenis_poktan_dimiliki"] = rows["punya_poktan"]
    tanpa = {r: rows[list(kolom)].eq(0).all(axis=1) for r, kolom in schema.RECORDS.items()}
    pita = {str(item): bagian for item, bagian in read_catalogue().klasifikasi.groupby("item", sort=False)}
    skor = pd.DataFrame({i: klasifikasi.points(ukuran[b["ukuran"].iat[0]], b) for i, b in pita.items()}, rows.index)
    skor.loc[tanpa["profil"], ["sumber_dana", "poktan", "sarana", "penggunaan_data"]] = 1.0
    skor.loc[tanpa["kb"], "unmet"] = 1.0
    indeks = klasifikasi.indices(skor)
    kelas = klasifikasi.classify(*(indeks[c] for c in schema.INDICES))
    return pd.concat([rows, skor.add_prefix("skor_"), indeks], axis=1).assign(klasifikasi=kelas)


def write_export(path: Path, jenis: str, rows: pd.DataFrame) -> None:
    """One export as the portal writes it: zero, FALSE and NULL are blank."""
    kolom = (*schema.NAMES, *COLUMNS[jenis])
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as buku:
        buku.set_properties({"created": datetime.fromisoformat(f"{HARI} 14:05:09")})
        lembar = buku.add_worksheet("Worksheet")
        lembar.write_row(0, 0, ["No", *("Pus" if c == "pus" else TITLES[c] for c in kolom)])
        for i, baris in enumerate(zip(*(rows[c].tolist() for c in kolom), strict=True), 1):
            for j, (c, isi) in enumerate(zip(kolom, baris, strict=True), 1):
                if not isi:
                    continue
                if c in YA_TIDAK:
                    lembar.write_boolean(i, j, True)
                elif isinstance(isi, str):
                    lembar.write_string(i, j, isi)
                else:
                    lembar.write_number(i, j, isi)


def write(folder: Path, jumlah: int, kabupaten: int = 514, benih: int = 1) -> pd.DataFrame:
    """A dataset with both exports of one day in ``folder``; the rows that they hold."""
    (folder / "ekspor").mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text('judul = "Nasional, data rekaan"\nsintetis = true\n', "utf-8")
    rows = export_rows(jumlah, kabupaten, benih)
    for jenis in COLUMNS:
        write_export(folder / "ekspor" / f"{jenis}_{HARI}.xlsx", jenis, rows)
    return rows


def main(words: Sequence[str] | None = None) -> None:
    """Write a dataset from the command line."""
    asked = argparse.ArgumentParser(description="Ekspor rekaan senasional dalam bentuk portal")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--jumlah", type=int, default=32_740, help="banyaknya Kampung KB")
    asked.add_argument("--kabupaten", type=int, default=514, help="banyaknya kabupaten")
    asked.add_argument("--benih", type=int, default=1)
    wanted = asked.parse_args(words)
    rows = write(wanted.folder, wanted.jumlah, wanted.kabupaten, wanted.benih)
    print(f"{wanted.folder}: {len(rows)} Kampung KB di {rows['kabupaten'].nunique()} kabupaten")


if __name__ == "__main__":
    main()
