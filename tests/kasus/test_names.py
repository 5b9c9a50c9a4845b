"""Files under other names, in other folders, in a zip, of another kind than they say; two snapshots of a year."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from kkb_eval.errors import DatasetError
from kkb_eval.intake.dataset import open_dataset

from . import Files, assert_right, sample, told, write_book


def refused(folder: Path) -> list[str]:
    return [str(error) for error in open_dataset(folder).ditolak]


def test_the_stamp_of_the_portal_is_the_day_though_saved_again_a_year_later(tmp_path: Path) -> None:
    names = ("rekap-kampung-table_20181015093012.xlsx", "classification-table_20181015101500 (1).xlsx")
    Files(tmp_path, names=names, created="2020-01-05").write()
    data = assert_right(tmp_path)
    assert data.year(2018).snapshot_rekap == date(2018, 10, 15)


@pytest.mark.parametrize(
    ("name", "mentioned", "example"),
    [
        ("rekap 2018.xlsx", "2018", "rekap_2018-12-31.xlsx"),
        ("Rekap Oktober 2018.xlsx", "Oktober 2018", "Rekap_2018-10-31.xlsx"),
        ("Rekap Semester 2 2018.xlsx", "Semester 2 2018", "Rekap_2018-12-31.xlsx"),
        ("Rekap TW IV.xlsx", "TW IV", "Rekap_2018-12-31.xlsx"),
    ],
)
def test_a_period_in_the_name_that_the_workbook_was_not_made_in_refuses_it(
    tmp_path: Path, name: str, mentioned: str, example: str
) -> None:
    Files(tmp_path, names=(name, "klasifikasi_2018-10-15.xlsx"), created="2019-01-05").write()
    assert refused(tmp_path) == [
        f'ekspor/{name}: nama berkas menyebut "{mentioned}", tetapi berkasnya dibuat 2019-01-05; tulis tanggal unduhnya'
        f" di nama berkas, misalnya {example}"
    ]


def test_a_period_that_it_was_made_in_is_no_reason(tmp_path: Path) -> None:
    Files(tmp_path, names=("Rekap Oktober 2018.xlsx", "klasifikasi 2018.xlsx")).write()
    assert_right(tmp_path)


def test_an_export_in_a_zip_is_read(tmp_path: Path) -> None:
    files = Files(tmp_path).write()
    for name in files.names:
        path = tmp_path / "ekspor" / name
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as book:
            book.write(path, f"unduhan/{name}")
        path.unlink()
    assert told(assert_right(tmp_path)) == []


def test_a_zip_of_both_is_told(tmp_path: Path) -> None:
    files = Files(tmp_path).write()
    with zipfile.ZipFile(tmp_path / "ekspor" / "kirim.zip", "w") as book:
        for name in files.names:
            book.write(tmp_path / "ekspor" / name, name)
    assert refused(tmp_path) == [
        "ekspor/kirim.zip: zip ini memuat 2 tabel (rekap_2018-10-15.xlsx, klasifikasi_2018-10-15.xlsx); ekstrak dulu,"
        " taruh ekspornya saja di sini"
    ]


@pytest.mark.parametrize("folder", ["Ekspor", "EKSPOR", "."])
def test_exports_are_found_in_any_case(tmp_path: Path, folder: str) -> None:
    Files(tmp_path, into=folder).write()
    assert told(assert_right(tmp_path)) == []


@pytest.mark.parametrize("folder", ["2018", "Tahun 2018", "eksport", "Unduhan/Oktober"])
def test_exports_in_another_folder_are_named(tmp_path: Path, folder: str) -> None:
    Files(tmp_path, into=folder).write()
    with pytest.raises(DatasetError) as caught:
        open_dataset(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: tidak ada ekspor; pindahkan ke sini {folder}/klasifikasi_2018-10-15.xlsx,"
        f" {folder}/rekap_2018-10-15.xlsx"
    )


def test_exports_of_other_years_in_their_folders_are_told(tmp_path: Path) -> None:
    Files(tmp_path).write()
    write_book(tmp_path / "2017" / "Data Juni.xlsx", sample("rekap"))
    assert told(assert_right(tmp_path)) == [("K01", "periksa", "tidak dibaca di sini; pindahkan ke ekspor/")]


def test_dataset_toml_with_a_second_suffix_is_told(tmp_path: Path) -> None:
    Files(tmp_path).write()
    (tmp_path / "dataset.toml.txt").write_text('kabupaten = "Pandeglang"\n')
    assert told(assert_right(tmp_path)) == [("K01", "periksa", "tidak dibaca; ganti namanya menjadi dataset.toml")]


@pytest.mark.parametrize("start", ["sep=;\r\n", '"sep=;"\n', ""])
@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_a_csv_of_any_separator_is_read(tmp_path: Path, start: str, mark: str) -> None:
    if start and mark != ";":
        start = start.replace(";", mark)
    files = Files(tmp_path).write()
    for name, grid in zip(files.names, (files.rekap, files.klasifikasi), strict=True):
        lines = [mark.join("" if cell is None else f'"{cell}"' for cell in row) for row in grid]
        path = tmp_path / "ekspor" / name
        path.with_suffix(".csv").write_text(start + "\n".join(lines), "utf-8-sig", newline="")
        path.unlink()
    assert_right(tmp_path)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            b"<html><table><tr><td>Kampung KB</td></tr></table></html>",
            "berisi halaman web (HTML), bukan buku kerja Excel; buka di Excel dan simpan sebagai .xlsx",
        ),
        (
            b"No;Kampung KB;Desa\n;Mawar;Maja\n",
            "berisi teks, bukan buku kerja Excel; ganti akhiran namanya menjadi .csv",
        ),
    ],
)
def test_a_page_or_a_text_called_a_workbook_says_so(tmp_path: Path, content: bytes, text: str) -> None:
    Files(tmp_path).write()
    (tmp_path / "ekspor" / "rekap_2018-10-15.xlsx").write_bytes(content)
    assert refused(tmp_path) == [f"ekspor/rekap_2018-10-15.xlsx: {text}"]


def test_a_table_of_siga_is_sent_to_its_folder(tmp_path: Path) -> None:
    Files(tmp_path).write()
    (tmp_path / "ekspor" / "data_pus 2018-10.csv").write_text(
        "NO;PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN\n0;BANTEN;LEBAK;MAJA;MAJA;507;59;JANUARI\n"
    )
    assert refused(tmp_path) == [
        "ekspor/data_pus 2018-10.csv: ini tabel SIGA (PUS dan unmet need), bukan ekspor portal; taruh di siga/"
    ]


@pytest.mark.parametrize("titled", [False, True])
@pytest.mark.parametrize("place", ["Provinsi", "Kecamatan", "Kabupaten/Kota"])
def test_a_public_statistik_table_is_told_apart_with_the_menu_of_the_right_export(
    tmp_path: Path, titled: bool, place: str
) -> None:
    Files(tmp_path).write()
    table = [["No", place, "Jumlah", "%", "Jumlah", "%", "Total"], [1, "MAJA", 3, "30.00", 7, "70.00", 10]]
    if titled:
        table.insert(0, ["Klasifikasi Kampung KB"])
    write_book(tmp_path / "ekspor" / "Klasifikasi_20181015101500.xlsx", table)
    assert refused(tmp_path) == [
        "ekspor/Klasifikasi_20181015101500.xlsx: ini tabel Statistik portal (jumlah per wilayah), bukan daftar Kampung"
        ' KB; unduh di menu admin portal "Rekapitulasi", pilih "Kampung KB" (rekap) dan "Klasifikasi"'
    ]


def test_who_fills_the_portal_in_is_never_a_table_of_ours(tmp_path: Path) -> None:
    Files(tmp_path).write()
    table = [
        ["No", "Provinsi", "Kampung KB", "Nama PKB/PLKB/Pendamping", "Kontak Pendamping"],
        [1, "BANTEN", "A", "B", "C"],
    ]
    write_book(tmp_path / "ekspor" / "Rekapitulasi - Pengisi Konten 20181015101500.xlsx", table)
    assert "memuat data pribadi; hapus berkas ini" in refused(tmp_path)[0]


def test_two_snapshots_of_a_year_can_be_compared(tmp_path: Path) -> None:
    files = Files(tmp_path).write()
    files.names = ("rekap_2018-12-03.xlsx", "klasifikasi_2018-12-03.xlsx")
    files.klasifikasi[1][-1] = "Mandiri"
    files.write()
    data = open_dataset(tmp_path)
    assert data.moments(2018) == (date(2018, 10, 15), date(2018, 12, 3))
    assert data.year(2018, date(2018, 10, 15)).snapshot_rekap == date(2018, 10, 15)
    assert data.year(2018).snapshot_rekap == date(2018, 12, 3)
