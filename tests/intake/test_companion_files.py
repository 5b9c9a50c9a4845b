"""The files of companion tables: workbooks, forms, titles as others write them, the ministry's IDM and SIGA's KRS."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from kkb_eval.errors import DatasetError
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import Rujukan, read_rujukan
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.settings import read_alias
from kkb_eval.method import desa

from .test_companions import LEBAK, Told, told

IDM = (
    "KODE PROV;NAMA PROVINSI;KODE KAB;NAMA KABUPATEN;KODE KEC;NAMA KECAMATAN;"
    "KODE DESA;NAMA DESA;IKS 2018;NILAI IDM 2018;STATUS IDM 2018"
)
MAJA = "36;BANTEN;3602;LEBAK;360213;MAJA;3602132006;MAJA;0.7;0.48;SANGAT TERTINGGAL"
LAIN = "36;BANTEN;3601;PANDEGLANG;360101;SUMUR;3601012001;SUMBERJAYA;0.7;0.62;BERKEMBANG"
KRS = "PROVINSI,KABUPATEN,KECAMATAN,KELURAHAN,PUS,TERLALU TUA,KRS\nBANTEN,LEBAK,MAJA,MAJA,581,126,523"


def read(folder: Path, tahun: int = 2018, semua: Sequence[int] = (), **tables: str) -> Rujukan:
    """The companion tables of Lebak from files of these names (with ``__`` for the dot) and contents."""
    for name, text in tables.items():
        (folder / name.replace("__", ".")).write_text(f"{text}\n", "utf-8")
    return read_rujukan(folder, LEBAK, read_catalogue(), tahun, semua)


def workbook(path: Path, *rows: Sequence[object], sheet: str = "Lembar1") -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Petunjuk").write_string(0, 0, "Cara mengisi")
        page = book.add_worksheet(sheet)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)


def one(rujukan: Rujukan, nama: str, *columns: str) -> list[list[object]]:
    rows = rujukan.tabel[nama][list(columns)].astype(object)
    return rows.where(rows.notna(), None).to_numpy().tolist()


def test_a_workbook_reads_like_the_csv(tmp_path: Path) -> None:
    workbook(
        tmp_path / "Target.XLSX",
        ["Target kinerja Kabupaten Lebak"],
        ["tahun", "wilayah", "indikator", "target", "sumber"],
        [2018, "Lebak", "cpr", 65.5, "Renstra"],
        [2018, "Lebak", "unmet", 5.74, ""],
        [2018, "Lebak", "Kampung KB", 95, ""],
    )
    rujukan = read(tmp_path)
    assert told(rujukan) == []
    assert one(rujukan, "target", "indikator", "target") == [["cpr", 65.5], ["unmet", 5.74], ["kampung_kb", 95.0]]


def test_a_number_of_a_workbook_has_one_meaning_where_a_text_has_two(tmp_path: Path) -> None:
    head = ["tahun", "wilayah", "indikator", "target", "sumber"]
    workbook(tmp_path / "target.xlsx", head, [2018, "Lebak", "cpr", 1.234, ""], [2018, "Lebak", "mkjp", "1.234", ""])
    rujukan = read(tmp_path)
    assert one(rujukan, "target", "indikator", "target") == [["cpr", 1.234]]
    assert [(kode, baris) for kode, _, baris, *_ in told(rujukan)] == [("R03", 3)]


def test_the_example_of_a_form_and_rows_not_yet_filled_in_are_no_data(tmp_path: Path) -> None:
    workbook(
        tmp_path / "desa_tertinggal.xlsx",
        ["tahun", "kecamatan", "desa", "status", "indeks", "sumber"],
        ["contoh: 2018", "Maja", "Maja", "tertinggal", "IDM 2018", ""],
        [2018, "Maja", "Maja", "maju", "IDM 2018", ""],
        [2018, "Maja", "Sangiang", "", "", ""],
        [2018, "Maja", "Mekarsari", "", "", ""],
    )
    rujukan = read(tmp_path)
    assert one(rujukan, "desa_tertinggal", "desa", "status") == [["Maja", "maju"]]
    assert told(rujukan) == [("R03", "info", None, "", "2 baris baru berisi tempat, belum diisi; baris itu dilewati")]


def test_totals_column_numbers_and_a_second_header_are_told_once(tmp_path: Path) -> None:
    head = "tahun,kecamatan,desa,keluarga,keluarga_miskin,sumber"
    lines = [head, "1,2,3,4,5,6", "2018,Maja,Maja,100,20,", "2018,JUMLAH,,100,20,", head]
    rujukan = read(tmp_path, kesejahteraan__csv="\n".join(lines))
    assert one(rujukan, "kesejahteraan", "desa", "keluarga") == [["Maja", 100]]
    assert told(rujukan) == [
        ("K20", "info", None, "", f"1 baris bukan isi tabel ({kind}), jadi tidak dibaca: baris {row}")
        for kind, row in (("nomor kolom", 2), ("jumlah", 4), ("judul kolom", 5))
    ]


def test_the_name_of_a_place_is_preferred_to_its_code(tmp_path: Path) -> None:
    head = "tahun,kode kecamatan,nama kecamatan,kode desa,nama desa,status,indeks,sumber"
    rujukan = read(tmp_path, desa_tertinggal__csv=f"{head}\n2018,360213,MAJA,3602132006,MAJA,maju,IDM,")
    assert one(rujukan, "desa_tertinggal", "kecamatan", "desa") == [["Maja", "Maja"]]
    assert [(kode, tingkat, kolom) for kode, tingkat, _, kolom, _ in told(rujukan)] == [
        ("R01", "periksa", "kode kecamatan"),
        ("R01", "periksa", "kode desa"),
    ]


def test_a_code_alone_is_no_hint_for_a_name(tmp_path: Path) -> None:
    found = told(
        read(tmp_path, desa_tertinggal__csv="tahun,kecamatan,kode desa,status,indeks,sumber\n2018,Maja,1,maju,I,")
    )
    assert [pesan.split(";")[1] for *_, pesan in found] == [
        " judul tabel ini: tahun, kecamatan, desa, status, indeks, sumber"
    ]


def test_idm_of_the_ministry_is_read_as_it_is(tmp_path: Path) -> None:
    rujukan = read(tmp_path, desa_tertinggal__csv=f"{IDM}\n{MAJA}\n{LAIN}")
    assert told(rujukan) == []
    assert one(rujukan, "desa_tertinggal", "tahun", "desa", "kode_desa", "status", "indeks", "sumber") == [
        [2018, "Maja", "36.02.13.2006", "sangat tertinggal", "IDM 2018", "tabel IDM"]
    ]


def test_idm_in_a_workbook_with_the_year_in_its_name(tmp_path: Path) -> None:
    head = ["KODE DESA", "KABUPATEN", "KECAMATAN", "DESA", "IDM", "STATUS"]
    workbook(tmp_path / "desa_tertinggal_IDM 2018.xlsx", head, [3602132006, "LEBAK", "MAJA", "MAJA", 0.61, "MAJU"])
    assert one(read(tmp_path), "desa_tertinggal", "status", "indeks") == [["maju", "IDM 2018"]]


def test_indeks_desa_is_not_called_idm(tmp_path: Path) -> None:
    head = "kabupaten,kecamatan,desa,Skor Indeks Desa 2018,Status Indeks Desa 2018"
    rujukan = read(tmp_path, desa_tertinggal__csv=f"{head}\nLebak,Maja,Maja,80,Mandiri")
    assert one(rujukan, "desa_tertinggal", "status", "indeks") == [["mandiri", "Indeks Desa 2018"]]


def test_idm_without_a_year_asks_for_it_in_the_name(tmp_path: Path) -> None:
    head = "kabupaten,kecamatan,desa,idm,status"
    assert told(read(tmp_path, desa_tertinggal__csv=f"{head}\nLebak,Maja,Maja,0.6,Maju")) == [
        (
            *("R01", "salah", None, ""),
            "tahun IDM ini tidak diketahui; tulis di nama berkas, misalnya desa_tertinggal_2024.csv; sebelum itu tabel"
            " ini tidak dipakai",
        )
    ]


@pytest.mark.parametrize(
    ("tahun", "used", "pesan"),
    [
        (2019, 2018, "tahun: angka 2018 dipakai untuk 2019, karena tabel 2019 tidak ada"),
        (2015, 2018, "tahun: angka 2018 dipakai untuk 2015, karena tabel 2015 tidak ada"),
        (2022, None, "tahun: 2018 terlalu jauh dari 2022, jadi belum dipakai; cari tabel yang lebih dekat"),
    ],
)
def test_idm_of_a_near_year_is_used_and_told(tmp_path: Path, tahun: int, used: int | None, pesan: str) -> None:
    rujukan = read(tmp_path, tahun=tahun, desa_tertinggal__csv=f"{IDM}\n{MAJA}")
    assert told(rujukan) == [("R03", "info", None, "tahun", pesan)]
    assert one(rujukan, "desa_tertinggal", "tahun", "indeks") == ([[tahun, f"IDM {used}"]] if used else [])


def test_of_several_years_of_idm_the_nearest_is_used_and_our_own_table_goes_before(tmp_path: Path) -> None:
    head = IDM.replace("2018", "2017")
    files = {"desa_tertinggal_2017__csv": f"{head}\n{MAJA}", "desa_tertinggal_2018__csv": f"{IDM}\n{MAJA}"}
    assert one(read(tmp_path, **files), "desa_tertinggal", "indeks") == [["IDM 2018"]]
    own = "tahun,kecamatan,desa,status,indeks,sumber\n2018,Maja,Maja,maju,Indeks Desa,"
    assert one(read(tmp_path, desa_tertinggal__csv=own), "desa_tertinggal", "indeks") == [["Indeks Desa"]]


def test_rows_of_two_files_that_contradict_each_other_name_both(tmp_path: Path) -> None:
    head = "tahun,wilayah,indikator,target,sumber"
    rujukan = read(
        tmp_path, target__csv=f"{head}\n2018,Lebak,cpr,65,", **{"target_2018__csv": f"{head}\n2018,Lebak,cpr,66,"}
    )
    berkas = rujukan.catatan["berkas"].tolist()
    assert berkas == ["rujukan/target.csv", "rujukan/target_2018.csv"]
    assert told(rujukan)[0][-1] == (
        "isinya berbeda dengan rujukan/target_2018.csv baris 2 tentang hal yang sama; hapus yang salah"
    )


def test_krs_of_siga_is_read_as_families_at_risk_not_as_poor_ones(tmp_path: Path) -> None:
    rujukan = read(tmp_path, **{"kesejahteraan_2018_sem1__csv": KRS})
    assert told(rujukan) == []
    assert "kesejahteraan" not in rujukan.tabel
    assert one(rujukan, "krs", "tahun", "desa", "krs", "sumber") == [[2018, "Maja", 523, "SIGA (KRS)"]]
    tempat = desa.collect(LEBAK.assign(kode_desa=pd.NA), rujukan.tabel)
    assert tempat.set_index("desa")["krs"].dropna().to_dict() == {"Maja": 523}
    assert tempat["keluarga_miskin"].isna().all()


def test_personal_data_in_a_table_of_others_refuse_it(tmp_path: Path) -> None:
    found: Told = told(read(tmp_path, desa_tertinggal__csv=f"{IDM};NAMA KEPALA DESA\n{MAJA};Budi"))
    assert [(kode, kolom) for kode, _, _, kolom, _ in found] == [("R08", "NAMA KEPALA DESA")]


def test_other_names_may_be_in_a_workbook(tmp_path: Path) -> None:
    head = ["kecamatan", "desa", "nama_lama", "nama_baru"]
    workbook(
        tmp_path / "alias.xlsx", head, ["contoh: Maja", "Maja", "Lama", "Baru"], ["Maja", "", "Sukamju", "Sukamulya"]
    )
    assert read_alias(tmp_path).to_numpy().tolist() == [["Maja", "", "Sukamju", "Sukamulya"]]
    (tmp_path / "alias.csv").write_text("kecamatan,desa,nama_lama,nama_baru\n")
    with pytest.raises(DatasetError, match=r"alias.csv dan alias.xlsx ada bersama; satukan isinya, hapus salah satu"):
        read_alias(tmp_path)


def test_real_idm_beside_real_exports_of_another_year(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    dataset = open_dataset(shared("kasus/C01d_idm_csv_header"))
    kampung = dataset.year(2022).kampung
    rujukan = read_rujukan(dataset.rujukan, kampung, dataset.katalog, 2022, dataset.tahun)
    rows = rujukan.tabel["desa_tertinggal"]
    assert rows["indeks"].unique().tolist() == ["IDM 2023"]
    assert len(rows) > 500
    assert not rujukan.catatan["tingkat"].eq("salah").any()


def test_real_idm_of_lebak_joins_the_exports_of_2022(tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """METHOD 12: 91 of 93 Kampung KB join by name, 16 of them lie in desa tertinggal."""
    folder = tmp_path / "rujukan"
    folder.mkdir()
    (tmp_path / "rekap_2022-10-27.xlsx").write_bytes((shared("portal/lebak") / "rekap_2022-10-27.xlsx").read_bytes())
    (folder / "desa_tertinggal.csv").write_bytes(shared("idm/lebak_idm_2024.csv").read_bytes())
    dataset = open_dataset(tmp_path)
    kampung = dataset.year(2022).kampung
    rujukan = read_rujukan(folder, kampung, dataset.katalog, 2022, dataset.tahun)
    assert len(rujukan.tabel["desa_tertinggal"]) == 339  # Cikaratuan is listed under another kecamatan
    known = desa.tertinggal(kampung, desa.collect(kampung, rujukan.tabel))
    assert (len(known), known.notna().sum(), known.sum()) == (93, 91, 16)
