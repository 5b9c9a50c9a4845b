"""The tables of SIGA of the sample: two years by month, near the portal's numbers, for the whole desa.

They hold the desa with a Kampung KB and one more in each kecamatan, so that the files stay small; the tables of Kampung
KB formed hold every desa.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from babel.dates import get_month_names
from lokal import wilayah as acuan

METODE = ("suntik", "pil", "kondom", "implan", "iud", "mop", "mow")
POKTAN = {"bkb": "memiliki_balita", "bkr": "memiliki_remaja", "bkl": "memiliki_lansia"}
BULAN = [nama.upper() for nama in get_month_names("wide", locale="id").values()]
EJAAN = {("Maja", "Sangiang"): "SANGGIANG"}
"""A desa that SIGA writes otherwise; its KODE tells which it is."""
Desa = tuple[str, str]
Angka = Mapping[str, int]


def tulis_siga(
    folder: Path, tahun: int, kode: str, punya: Mapping[Desa, int], isi: Mapping[Desa, Sequence[Angka]]
) -> None:
    """The four tables of a year: ``isi`` are the numbers of a desa's Kampung KB a year before and this year.

    ``punya``: how many Kampung KB every desa has; ``kode`` is that of the kabupaten.
    """
    folder.mkdir(exist_ok=True)
    pus, metode, poktan = ["NO;PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN"], [], []
    metode.append(
        "NO;PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PA;SUNTIK;PIL;KONDOM;IMPLAN;IUD;VASEKTOMI;TUBEKTOMI;MAL;KB MODERN;"
        "KB TRADISIONAL;BULAN"
    )
    metode.append(";".join(map(str, range(1, 18))))
    judul = [f"{kata} {p.upper()}" for p in POKTAN for kata in ("SASARAN", "KESERTAAN")]
    poktan.append(";".join(["PROVINSI", "KABUPATEN", "KECAMATAN", "KELURAHAN", *judul, "BULAN"]))
    for bulan, nama in enumerate(BULAN, 1):
        jumlah = [0, 0]
        for i, (desa, angka) in enumerate(sorted(isi.items())):
            pasangan, cara, kelompok = sebulan(desa, angka, tahun, bulan)
            tempat = f"BANTEN;LEBAK;{desa[0].upper()};{EJAAN.get(desa, desa[1]).upper()}"
            pus.append(f"{i};{tempat};{_baris(pasangan)};{nama}")
            metode.append(f"{i};{tempat};{_baris(cara)};{nama}")
            poktan.append(f"{tempat};{_baris(kelompok)};{nama}")
            jumlah = [lama + baru for lama, baru in zip(jumlah, pasangan, strict=True)]
        pus.append(f";JUMLAH;;;;{_baris(jumlah)};{nama}")
    kkb = ["PROVINSI;KABUPATEN;KECAMATAN;KODE;KELURAHAN;JUMLAH KELURAHAN/DESA;JUMLAH KAMPUNG KB"]
    kkb += [f"BANTEN;LEBAK;{k.upper()};{no};{d.upper()};1;{punya.get((k, nama), 0)}" for k, nama, d, no in _desa(kode)]
    for berkas, baris in {
        "data_pus": pus,
        "data_mix_kontra": metode,
        "sasaran_poktan": poktan,
        "data_kkb": kkb,
    }.items():
        (folder / f"{berkas}_{tahun}.csv").write_text("\n".join(baris) + "\n", "utf-8", newline="\n")


def sebulan(desa: Desa, angka: Sequence[Angka], tahun: int, bulan: int) -> tuple[list[int], list[int], list[int]]:
    """PUS and unmet need; PA, methods, MAL, KB modern and tradisional; targets and participants of a desa in a month.

    Between the numbers of two years in even steps, with a shake of about 2 percent. A Kampung KB holds 80 to 100
    percent of its desa, now and then less than half. Poktan are counted in March and September only.
    """
    tetap = Random(f"siga|{'|'.join(desa)}")
    luas = 1 / (tetap.uniform(0.3, 0.45) if tetap.random() < 0.04 else tetap.uniform(0.8, 1.0))
    acak = Random(f"siga|{'|'.join(desa)}|{tahun}|{bulan}")

    def nilai(nama: str, langkah: int, aliran: Random) -> int:
        dulu, kini = (a[nama] for a in angka)
        return round((dulu + (kini - dulu) * langkah / 12) * luas * aliran.uniform(0.98, 1.02))

    cara = [nilai(m, bulan, acak) for m in METODE]
    mal, tradisional = (round(sum(cara) * acak.uniform(0, bagian)) for bagian in (0.01, 0.02))
    unmet = nilai("anak_kemudian", bulan, acak) + nilai("tidak_ingin_anak", bulan, acak)
    modern = sum(cara) + mal
    pasangan = [max(nilai("pus", bulan, acak), modern + tradisional + unmet), unmet]
    hitung = 9 if bulan >= 9 else 3 if bulan >= 3 else -3
    sejak = Random(f"siga|{'|'.join(desa)}|{12 * tahun + hitung}")
    kelompok = [nilai(nama, max(hitung, 0), sejak) for p, sasaran in POKTAN.items() for nama in (sasaran, p)]
    return pasangan, [modern + tradisional, *cara, mal, modern, tradisional], kelompok


def _baris(angka: Sequence[int]) -> str:
    return ";".join(map(str, angka))


def _desa(kode: str) -> Iterator[tuple[str, str, str, str]]:
    """Kecamatan, desa, the desa as SIGA writes it, and its number within the kecamatan."""
    for kecamatan in acuan.list_wilayah(kode):
        for desa in acuan.list_wilayah(kecamatan.code):
            tertulis = EJAAN.get((kecamatan.name, desa.name), desa.name)
            yield kecamatan.name, desa.name, tertulis, desa.code.rsplit(".", 1)[1]
