"""The companion tables: what is read, what is left out, and that every problem is told with its row and value."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import TABLES, Rujukan, read_rujukan
from kkb_eval.intake.dataset import open_dataset

Told = list[tuple[str, str, int | None, str, str]]
RAMAH = {"desa_tertinggal": "2018,Maja,Maja,tertinggal,IDM 2018,Kemendesa", "peta_kotak": "Maja,1,2"} | {
    "alias": "Maja,Maja,Aren,Aren Manis",
    "program": "cpr,Lebak Sehat,pemda,layani PUS",
    "target": "2018,Lebak,cpr,65,Renstra",
    "kesejahteraan": "2018,Maja,Maja,1000,200,Dinsos",
    "krs": "2018,Maja,Maja,300,SIGA",
    "kegiatan": "2018,Maja,Maja,Aren Manis,Dinkes,pemda,Lebak Sehat,posyandu,APBD,12000000,selesai",
    "tenaga": "Maja,Maja,Maja 1,1,1,8",
    "penghargaan": "2018,Maja,Maja,Aren Manis,Juara III,provinsi,berita",
}
"""A good row of every table."""


def clean(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """What the tables need of a clean year: kabupaten, kecamatan, desa, kampung, and an id of their first letters."""
    kampung = pd.DataFrame(rows, columns=["kabupaten", "kecamatan", "desa", "kampung"])
    return kampung.assign(kampung_id=[f"id-{'-'.join(row)}".lower().replace(" ", "") for row in rows])


LEBAK = clean(
    ("Lebak", "Maja", "Maja", "Aren Manis"),
    ("Lebak", "Maja", "Sangiang", "Mawar"),
    ("Lebak", "Maja", "Sangiang", "Melati"),
    ("Lebak", "Maja", "Baru Sekali", "Anggrek"),
)
DUA = clean(("Lebak", "Maja", "Maja", "Aren Manis"), ("Kota Serang", "Serang", "Kaligandu", "Dahlia"))


def read(folder: Path, kampung: pd.DataFrame = LEBAK, tahun: int = 2018, **tables: str) -> Rujukan:
    """The tables of a folder with these rows under their right titles; a text that starts with "!" brings its own."""
    for nama, isi in tables.items():
        judul = "" if isi.startswith("!") else ",".join(TABLES[nama].kolom) + "\n"
        (folder / f"{nama}.csv").write_text(judul + isi.removeprefix("!") + "\n", "utf-8")
    return read_rujukan(folder, kampung, read_catalogue(), tahun)


def told(rujukan: Rujukan) -> Told:
    found = rujukan.catatan[["kode", "tingkat", "baris", "kolom", "pesan"]].astype(object)
    return list(found.where(found.notna(), None).itertuples(index=False, name=None))


def rows(rujukan: Rujukan, nama: str) -> list[dict[str, object]]:
    table = rujukan.tabel[nama].astype(object)
    return table.where(table.notna(), None).to_dict("records")


def test_nothing_given_is_nothing_read(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "rujukan"):
        rujukan = read(folder)
        assert rujukan.tabel == {}
        assert rujukan.catatan.empty
        assert rujukan.catatan.columns.tolist() == list(schema.CATATAN)


def test_every_table_is_read_by_its_name(tmp_path: Path) -> None:
    rujukan = read(tmp_path, **RAMAH)
    assert told(rujukan) == []
    assert rujukan.tabel.keys() == TABLES.keys()
    lebak = {"kabupaten": "Lebak", "provinsi": "Banten", "kode_kecamatan": "36.02.13"}
    maja = {"tahun": 2018, "kecamatan": "Maja", "desa": "Maja"}
    desa = lebak | {"kode_desa": "36.02.13.2006"}
    aren = {"kampung_id": "id-lebak-maja-maja-arenmanis"}
    assert rows(rujukan, "desa_tertinggal") == [
        {**maja, "status": "tertinggal", "indeks": "IDM 2018", "sumber": "Kemendesa", **desa}
    ]
    assert rows(rujukan, "peta_kotak") == [{"kecamatan": "Maja", "baris": 1, "kolom": 2, **lebak}]
    assert rows(rujukan, "program") == [
        {"indikator": "cpr", "program_utama": "Lebak Sehat", "unsur": "pemda", "tindakan": "layani PUS"}
    ]
    assert rows(rujukan, "kesejahteraan") == [
        {**maja, "keluarga": 1000, "keluarga_miskin": 200, "sumber": "Dinsos", **desa}
    ]
    assert rows(rujukan, "kegiatan") == [
        {**maja, "kampung": "Aren Manis", "instansi": "Dinkes", "unsur": "pemda", "program_utama": "Lebak Sehat"}
        | {"kegiatan": "posyandu", "sumber_dana": "APBD", "anggaran": 12_000_000, "status": "selesai", **desa, **aren}
    ]
    assert rows(rujukan, "tenaga") == [
        {"kecamatan": "Maja", "desa": "Maja", "wilayah_binaan": "Maja 1", "plkb": 1, "pos_kb": 1, "sub_pos_kb": 8}
        | desa
    ]


def test_columns_of_numbers_are_numbers_even_in_an_empty_table(tmp_path: Path) -> None:
    tables = read(tmp_path, tahun=2017, **RAMAH).tabel
    kosong = {nama: tables[nama] for nama in ("target", "kesejahteraan", "kegiatan", "desa_tertinggal")}
    assert all(table.empty for table in kosong.values())
    assert kosong["target"]["target"].dtype == "float64"
    assert kosong["kesejahteraan"]["keluarga"].dtype == "Int64"
    assert "kode_desa" in kosong["desa_tertinggal"]
    assert "kampung_id" in kosong["kegiatan"]


def test_a_target_is_for_the_kabupaten_or_a_kecamatan(tmp_path: Path) -> None:
    isi = '2018,KAB. LEBAK,CPR,"65,5",\n2018,Kec. CIGEMLONG,unmet need,5.74 %,\n2018,Lebak,Kampung KB,95,x'
    table = read(tmp_path, target=isi).tabel["target"]
    assert table[["wilayah", "tingkat", "kecamatan", "indikator", "target"]].fillna("-").to_numpy().tolist() == [
        ["Lebak", "kabupaten", "-", "cpr", 65.5],
        ["Cigemblong", "kecamatan", "Cigemblong", "unmet", 5.74],
        ["Lebak", "kabupaten", "-", "kampung_kb", 95.0],
    ]


def test_rows_of_other_years_and_kabupaten_are_left_out_without_a_word(tmp_path: Path) -> None:
    lain = "tahun,kabupaten,kecamatan,desa,status,indeks,sumber\n"
    isi = "2018,Lebak,Maja,Maja,maju,IDM,\n2018,Kabupaten Pandeglang,Maja,Maja,maju,IDM,\n2017,Lebak,Q,Q,maju,IDM,"
    rujukan = read(tmp_path, desa_tertinggal=f"!{lain}{isi}")
    assert told(rujukan) == []
    assert rujukan.tabel["desa_tertinggal"]["kode_desa"].tolist() == ["36.02.13.2006"]


def test_awards_of_earlier_years_stay(tmp_path: Path) -> None:
    isi = "2016,Maja,Maja,,Harapan I,,\n2018,Maja,Maja,,Juara III,,\n2019,Maja,Maja,,Juara I,,"
    assert read(tmp_path, penghargaan=isi).tabel["penghargaan"]["penghargaan"].tolist() == ["Harapan I", "Juara III"]


def test_a_kampung_kb_is_found_by_name_by_old_name_or_as_the_only_one(tmp_path: Path) -> None:
    isi = [
        f"2018,{place},Dinkes,pemda,,posyandu,,," for place in ("Maja,Maja,AREN manis", "Maja,Maja,Lama", "Maja,Maja,")
    ]
    isi += [f"2018,{place},Dinkes,pemda,,imunisasi,,," for place in ("maja,SANGIANG,", "Maja,Mekarsari,")]
    alias = "Maja,Maja,Lama,Agak Lama\nMaja,Maja,Agak Lama,Aren Manis"
    rujukan = read(tmp_path, alias=alias, kegiatan="\n".join(isi))
    assert told(rujukan) == []
    aren = "id-lebak-maja-maja-arenmanis"
    assert rujukan.tabel["kegiatan"]["kampung_id"].fillna("-").tolist() == [aren, aren, aren, "-", "-"]


def test_a_desa_that_only_the_exports_know_is_known(tmp_path: Path) -> None:
    rujukan = read(tmp_path, desa_tertinggal="2018,Maja,DESA BARU SEKALI,maju,IDM,")
    assert told(rujukan) == []
    assert rujukan.tabel["desa_tertinggal"]["kode_desa"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("tabel", "baris", "kolom", "pesan"),
    [
        ("desa_tertinggal", "2018,Maja,Sangiangg,maju,IDM,", "desa",
         'desa "Sangiangg" tidak ada di Maja; maksud Anda "Sangiang"?'),
        ("desa_tertinggal", "2018,Maja,Sumurbandung,maju,IDM,", "desa",
         'desa "Sumurbandung" tidak ada di Maja; ada di kecamatan Cikulur, periksa kecamatannya'),
        ("desa_tertinggal", "2018,Maja,,maju,IDM,", "desa", "desa kosong; isi namanya"),
        ("peta_kotak", "Sajirra,1,1", "kecamatan", 'kecamatan "Sajirra" tidak ada di Lebak; maksud Anda "Sajira"?'),
        ("target", "2018,Qqq,cpr,65,", "wilayah", 'kecamatan "Qqq" tidak ada di Lebak; periksa namanya'),
        ("target", "2018,,cpr,65,", "wilayah", "wilayah kosong; isi kabupaten atau kecamatan"),
        ("penghargaan", "2018,Maja,Sangiang,Mawarr,Juara,,", "kampung",
         'Kampung KB "Mawarr" tidak ada di desa Sangiang; maksud Anda "Mawar"?'),
        ("penghargaan", "2018,Maja,Mekarsari,Mawar,Juara,,", "kampung",
         'Kampung KB "Mawar" tidak ada di desa Mekarsari; tulis namanya seperti di ekspor, atau kosongkan'),
    ],
)  # fmt: skip
def test_r02_a_place_that_does_not_exist(tmp_path: Path, tabel: str, baris: str, kolom: str, pesan: str) -> None:
    rujukan = read(tmp_path, **{tabel: f"{RAMAH[tabel]}\n{baris}"})
    assert told(rujukan) == [("R02", "salah", 3, kolom, pesan)]
    assert len(rujukan.tabel[tabel]) == 1


@pytest.mark.parametrize(
    ("tabel", "baris", "kode", "kolom", "pesan"),
    [
        ("target", "2018,Maja,cpr,enam,", "R03", "target", 'target: "enam" bukan angka; tulis seperti 75 atau 5,74'),
        ("target", "2018,Maja,cpr,,", "R03", "target", "target: kosong; isi sel ini"),
        ("target", "18,Maja,cpr,65,", "R03", "tahun", 'tahun: "18" bukan tahun; tulis seperti 2018'),
        ("kesejahteraan", "2018,Maja,Sangiang,\"1,5\",0,", "R03", "keluarga",
         'keluarga: "1,5" bukan bilangan bulat; tulis angkanya saja, misalnya 12'),
        ("tenaga", "Maja,Sangiang,,Budi Santoso,,", "R03", "plkb",
         "plkb: isinya bukan jumlah; tulis jumlahnya saja, misalnya 2"),
        ("target", "2018,Maja,cepeer,65,", "R05", "indikator", 'indikator: "cepeer" tidak dikenal; maksud Anda "cpr"?'),
        ("program", "cpr,Lebak Sehat,dinas,x", "R05", "unsur",
         'unsur: "dinas" tidak dikenal; pilihannya: pemda, swasta, masyarakat'),
        ("program", "kampung_kb,Lebak Sehat,pemda,x", "R05", "indikator",
         'indikator: "kampung_kb" tidak dikenal; pilihannya: cpr, mkjp, unmet, bkb, bkr, bkl, uppka, pikr, kelembagaan,'
         " pokja_terlatih, operasional"),
        ("desa_tertinggal", "2018,Maja,Sangiang,tertingal,IDM,", "R05", "status",
         'status: "tertingal" tidak dikenal; maksud Anda "tertinggal"?'),
        ("target", "2018,Maja,cpr,650,", "R06", "target", "target: 650 % tidak mungkin; tulis 0 sampai 100"),
        ("target", "2018,Maja,cpr,-1,", "R06", "target", "target: -1 % tidak mungkin; tulis 0 sampai 100"),
        ("target", "2018,Lebak,kampung_kb,\"9,5\",", "R06", "target",
         "target: 9,5 Kampung KB; tulis bilangan bulat di atas nol"),
        ("target", "2018,Lebak,kampung_kb,\"1234567,5\",", "R06", "target",
         "target: 1234567,5 Kampung KB; tulis bilangan bulat di atas nol"),
        ("target", "2018,Lebak,kampung_kb,-9,", "R06", "target",
         "target: -9 Kampung KB; tulis bilangan bulat di atas nol"),
        ("kesejahteraan", "2018,Maja,Sangiang,-5,0,", "R06", "keluarga", "keluarga: -5 negatif; tulis jumlahnya"),
        ("kesejahteraan", "2018,Maja,Sangiang,10,11,", "R06", "keluarga_miskin",
         "keluarga miskin 11 lebih banyak dari keluarga 10; perbaiki"),
        ("peta_kotak", "Sajira,0,1", "R06", "baris", "baris: 0; petak dihitung dari 1"),
    ],
)  # fmt: skip
def test_a_bad_row_is_told_and_stays_out(
    tmp_path: Path, tabel: str, baris: str, kode: str, kolom: str, pesan: str
) -> None:
    rujukan = read(tmp_path, **{tabel: f"{RAMAH[tabel]}\n{baris}"})
    assert told(rujukan) == [(kode, "salah", 3, kolom, pesan)]
    assert len(rujukan.tabel[tabel]) == 1


def test_every_problem_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    found = told(read(tmp_path, target="2018,Qqq,cepeer,enam,"))
    assert [(kode, kolom) for kode, _, _, kolom, _ in found] == [
        ("R02", "wilayah"),
        ("R05", "indikator"),
        ("R03", "target"),
    ]


def test_r06_a_rate_below_one_is_asked_about_and_used(tmp_path: Path) -> None:
    rujukan = read(tmp_path, target="2018,Lebak,cpr,0.65,")
    pesan = "target: 0,65 dibaca sebagai 0,65 %; bila maksudnya 65 %, tulis 65"
    assert told(rujukan) == [("R06", "periksa", 2, "target", pesan)]
    assert rujukan.tabel["target"]["target"].tolist() == [0.65]


@pytest.mark.parametrize("indikator", ["cpr", "kampung_kb"])
def test_r06_a_target_of_zero_is_asked_about_and_used(tmp_path: Path, indikator: str) -> None:
    rujukan = read(tmp_path, target=f"2018,Lebak,{indikator},0,")
    pesan = "target: 0 tidak dapat menjadi pembagi, jadi capaian tidak dihitung; tulis target di atas nol"
    assert told(rujukan) == [("R06", "periksa", 2, "target", pesan)]
    assert rujukan.tabel["target"]["target"].tolist() == [0]


@pytest.mark.parametrize(
    ("teks", "angka"), [("1.500.000", 1_500_000), ("Rp 1.500.000,00", 1_500_000), ("1500000.0", 1_500_000), ("", None)]
)
def test_amounts_are_read_as_indonesians_write_them(tmp_path: Path, teks: str, angka: int | None) -> None:
    isi = f'2018,Maja,Maja,,Dinkes,pemda,,posyandu,,"{teks}",'
    assert rows(read(tmp_path, kegiatan=isi), "kegiatan")[0]["anggaran"] == angka


def test_r07_one_desa_twice(tmp_path: Path) -> None:
    isi = "2018,Maja,Maja,maju,IDM,a\n2018,MAJA,maja,Maju,IDM,b\n2018,Maja,Sangiang,maju,IDM,\n"
    rujukan = read(tmp_path, desa_tertinggal=f"{isi}2018,Maja,Sangiang,mandiri,IDM,")
    beda = "isinya berbeda dengan baris {} tentang hal yang sama; hapus yang salah"
    assert told(rujukan) == [
        ("R07", "periksa", 3, "", "baris ini mengulang baris 2; hapus"),
        ("R07", "salah", 4, "", beda.format(5)),
        ("R07", "salah", 5, "", beda.format(4)),
    ]
    assert rujukan.tabel["desa_tertinggal"]["sumber"].tolist() == ["a"]


def test_r07_numbers_that_differ_in_the_decimal_point_differ(tmp_path: Path) -> None:
    rujukan = read(tmp_path, target="2018,Lebak,cpr,6.5,\n2018,Lebak,cpr,65,")
    assert rujukan.catatan["tingkat"].tolist() == ["salah", "salah"]
    assert rujukan.tabel["target"].empty


def test_r07_two_targets_for_one_area_and_indicator(tmp_path: Path) -> None:
    rujukan = read(tmp_path, target="2018,Lebak,cpr,65,Renstra\n2018,Maja,cpr,60,\n2018,KAB. LEBAK,CPR,66,RPJMD")
    beda = "isinya berbeda dengan baris {} tentang hal yang sama; hapus yang salah"
    assert told(rujukan) == [("R07", "salah", 2, "", beda.format(4)), ("R07", "salah", 4, "", beda.format(2))]
    assert rujukan.tabel["target"]["wilayah"].tolist() == ["Maja"]


def test_a_kecamatan_with_the_name_of_its_kabupaten_has_targets_of_its_own(tmp_path: Path) -> None:
    kampung = clean(("Purwakarta", "Purwakarta", "Nagri Kaler", "Anggrek"))
    rujukan = read(tmp_path, kampung, target="2018,Purwakarta,cpr,65,\n2018,Kec. Purwakarta,cpr,60,")
    assert told(rujukan) == []
    assert rujukan.tabel["target"][["tingkat", "target"]].to_numpy().tolist() == [["kabupaten", 65], ["kecamatan", 60]]


def test_r07_two_kecamatan_on_one_tile(tmp_path: Path) -> None:
    rujukan = read(tmp_path, peta_kotak="Maja,1,2\nSajira,1,2\nCibadak,1,3")
    pesan = "baris 1, kolom 2 dipakai Maja dan Sajira; beri petak lain"
    assert told(rujukan) == [("R07", "salah", 2, "", pesan), ("R07", "salah", 3, "", pesan)]
    assert rujukan.tabel["peta_kotak"]["kecamatan"].tolist() == ["Cibadak"]


@pytest.mark.parametrize(
    ("isi", "kolom", "pesan"),
    [
        ("!tahun,wilayah,indikatr,target,sumber\n2018,Lebak,cpr,65,", "indikator",
         'kolom "indikator" tidak ada; ganti judul "indikatr"; sebelum itu tabel ini tidak dipakai'),
        ("!tahun,wilayah,indikator,target\n2018,Lebak,cpr,65", "sumber",
         'kolom "sumber" tidak ada; judul tabel ini: tahun, wilayah, indikator, target, sumber; sebelum itu tabel ini'
         " tidak dipakai"),
        ("!tahun,wilayah,indikator,target,sumber,Target\n2018,Lebak,cpr,65,,66", "target",
         'kolom "target" ada dua kali; hapus salah satu; sebelum itu tabel ini tidak dipakai'),
        ("2018,Lebak,cpr,65,x,y", "",
         "baris 2 memuat 6 sel, judulnya 5; periksa tanda pemisah kolom; sebelum itu tabel ini tidak dipakai"),
    ],
)  # fmt: skip
def test_r01_a_table_with_wrong_columns_is_left_out(tmp_path: Path, isi: str, kolom: str, pesan: str) -> None:
    rujukan = read(tmp_path, target=isi, program=RAMAH["program"])
    assert told(rujukan) == [("R01", "salah", None, kolom, pesan)]
    assert rujukan.tabel.keys() == {"program"}


def test_r01_an_unknown_column_is_told_and_not_read(tmp_path: Path) -> None:
    isi = "Tahun;WILAYAH;Indikator;Target;Sumber;catatan;\n2018;Lebak;cpr;65,5;;tinggi;\n\n2018;Maja;cpr;60;;;"
    rujukan = read(tmp_path, target=f"!{isi}")
    pesan = 'kolom "catatan" tidak dikenal, jadi tidak dibaca; hapus kolom itu'
    assert told(rujukan) == [("R01", "periksa", None, "catatan", pesan)]
    assert rujukan.tabel["target"]["target"].tolist() == [65.5, 60.0]
    assert "catatan" not in rujukan.tabel["target"]


def test_r04_a_file_that_nothing_reads(tmp_path: Path) -> None:
    for nama in ("targets.csv", "foto.jpg", "~$target.xlsx", ".DS_Store", "rapat.toml", "berita_acara.docx"):
        (tmp_path / nama).write_text("")
    (tmp_path / "rtl").mkdir()
    found = read(tmp_path).catatan
    assert found[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        ["R04", "periksa", "rujukan/foto.jpg", "berkas ini tidak dikenal; yang dikenal: alias.csv, program.csv,"
         " target.csv, desa_tertinggal.csv, kesejahteraan.csv, kegiatan.csv, tenaga.csv, penghargaan.csv,"
         " peta_kotak.csv, rapat.toml, berita_acara.docx, rtl, batas_kecamatan.geojson"],
        ["R04", "periksa", "rujukan/targets.csv", 'berkas ini tidak dikenal; maksud Anda "target.csv"?'],
    ]  # fmt: skip


def test_r08_personal_data_refuse_the_table_and_are_not_repeated(tmp_path: Path) -> None:
    isi = "!kecamatan,desa,wilayah_binaan,plkb,pos_kb,sub_pos_kb,no hp\nMaja,Maja,0812 3456 7890,1,1,8,0812"
    rujukan = read(tmp_path, tenaga=isi)
    assert rujukan.tabel == {}
    assert told(rujukan) == [
        ("R08", "salah", None, "wilayah_binaan",
         'kolom "wilayah_binaan", baris 2: nomor seperti telepon; hapus nomor itu; sebelum itu tabel ini tidak'
         " dipakai"),
        ("R08", "salah", None, "no hp",
         'kolom "no hp" memuat data pribadi; hapus kolom itu; sebelum itu tabel ini tidak dipakai'),
    ]  # fmt: skip


def test_several_kabupaten_need_a_column_that_says_which(tmp_path: Path) -> None:
    rujukan = read(tmp_path, DUA, peta_kotak="Maja,1,1")
    pesan = "data ini memuat 2 kabupaten; tambahkan kolom kabupaten; sebelum itu tabel ini tidak dipakai"
    assert told(rujukan) == [("R01", "salah", None, "kabupaten", pesan)]
    peta = read(tmp_path, DUA, peta_kotak="!kabupaten,kecamatan,baris,kolom\nLebak,Maja,1,1\nKOTA SERANG,serang,1,1")
    assert told(peta) == []
    assert peta.tabel["peta_kotak"][["kabupaten", "kecamatan"]].to_numpy().tolist() == [
        ["Lebak", "Maja"],
        ["Kota Serang", "Serang"],
    ]


def test_alias_and_targets_of_a_kabupaten_do_not_need_it(tmp_path: Path) -> None:
    rujukan = read(
        tmp_path,
        DUA,
        alias="Serang,Kaligandu,Dahlia Lama,Dahlia\nSerang,Kaliganduu,Dahlia,Dahlia",
        target="2018,Kota Serang,cpr,65,\n2018,Maja,cpr,65,\n2018,Lebak,cpr,60,",
    )
    assert told(rujukan) == [
        ("R02", "salah", 3, "desa", 'desa "Kaliganduu" tidak ada di Serang; maksud Anda "Kaligandu"?'),
        (
            *("R02", "salah", 3, "wilayah"),
            '"Maja" bukan kabupaten dalam data ini; untuk kecamatan tambahkan kolom kabupaten',
        ),
    ]
    assert rujukan.tabel["alias"]["kabupaten"].tolist() == ["Kota Serang"]
    assert rujukan.tabel["target"][["kabupaten", "tingkat"]].to_numpy().tolist() == [
        ["Kota Serang", "kabupaten"],
        ["Lebak", "kabupaten"],
    ]


def test_an_unknown_kabupaten_is_told(tmp_path: Path) -> None:
    isi = "!kabupaten,kecamatan,baris,kolom\nLebakk,Maja,1,1"
    pesan = 'kabupaten "Lebakk" tidak ada; maksud Anda "Lebak"?'
    assert told(read(tmp_path, DUA, peta_kotak=isi)) == [("R02", "salah", 2, "kabupaten", pesan)]


def test_the_idm_of_lebak_joins_without_fuzzy_matching(shared: Callable[[str], Path], tmp_path: Path) -> None:
    kampung = open_dataset(shared("portal/lebak")).year(2022).kampung
    idm = pd.read_csv(shared("idm/lebak_idm_2024.csv")).assign(tahun=2022, indeks="IDM 2024", sumber="data.go.id")
    idm[list(TABLES["desa_tertinggal"].kolom)].to_csv(tmp_path / "desa_tertinggal.csv", index=False)
    rujukan = read(tmp_path, kampung, 2022)
    assert told(rujukan) == [
        (
            *("R02", "salah", 208, "desa"),
            'desa "CIKARATUAN" tidak ada di Cijaku; ada di kecamatan Cigemblong, periksa kecamatannya',
        )
    ]
    status = kampung["kode_desa"].map(rujukan.tabel["desa_tertinggal"].set_index("kode_desa")["status"])
    assert status.notna().sum() == 91
    assert status.isin(["tertinggal", "sangat tertinggal"]).sum() == 16


def test_r03_rows_of_a_year_that_the_data_do_not_have_are_counted(tmp_path: Path) -> None:
    isi = {
        "target": "2017,Lebak,cpr,60,\n2018,Lebak,cpr,65,\n2019,Lebak,cpr,70,\n2019,Maja,cpr,70,",
        "penghargaan": "2010,Maja,Maja,,Harapan I,,\n2031,Maja,Maja,,Juara III,,",
    }
    for nama, text in isi.items():
        (tmp_path / f"{nama}.csv").write_text(",".join(TABLES[nama].kolom) + f"\n{text}\n", "utf-8")
    rujukan = read_rujukan(tmp_path, LEBAK, read_catalogue(), 2018, (2017, 2018))
    belum = "belum dipakai, karena data tidak memuat tahun itu (ada: 2017, 2018); periksa tahunnya"
    assert told(rujukan) == [
        ("R03", "info", None, "tahun", f"tahun: 1 baris tahun 2031 {belum}"),
        ("R03", "info", None, "tahun", f"tahun: 2 baris tahun 2019 {belum}"),
    ]
    assert (len(rujukan.tabel["target"]), len(rujukan.tabel["penghargaan"])) == (1, 1)


def test_r03_a_dot_that_may_stand_for_thousands_is_asked_about(tmp_path: Path) -> None:
    rujukan = read(tmp_path, target="2018,Lebak,kampung_kb,1.234,\n2018,Lebak,cpr,0.125,\n2018,Maja,cpr,12.5,")
    pesan = 'target: "1.234" dapat berarti 1234 atau 1,234; tulis salah satu'
    assert told(rujukan)[0] == ("R03", "salah", 2, "target", pesan)
    assert rujukan.tabel["target"]["target"].tolist() == [0.125, 12.5]
