"""Exports recognised by their header, typed, and refused with every reason at once (K01, K02)."""

import hashlib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval.errors import FileRefused
from kkb_eval.intake.portal import COLUMNS, TITLES, read_export

from . import MAJA, SCORES, Baris, cells, columns, write_csv, write_grid, write_xlsx

LUHUR: Baris = MAJA | {"kampung": "Luhur  Jaya", "desa": "SUKAMAJU"}


def refused(path: Path) -> list[str]:
    with pytest.raises(FileRefused) as caught:
        read_export(path, path.name)
    return str(caught.value).splitlines()


def test_the_titles_are_those_of_the_portal() -> None:
    assert ",".join(TITLES[c] for c in columns("rekap")) == (
        "Kampung KB,Provinsi,Kabupaten,Kecamatan,Desa,Jumlah Sumber Dana,Pokja Pengurusan,Pokja SK,Pokja Pelatihan,"
        "Pokja Jumlah,Pokja Jumlah Terlatih,PLKB Pendamping,Regulasi,Regulasi Jumlah,RKM,Penggunaan Data,"
        "Jumlah Mekanisme Operasional,PUS,Penduduk,Keluarga,Remaja,Memiliki Balita,Memiliki Remaja,Memiliki Lansia,"
        "BKB,BKR,BKL,UPPKA,PIKR,IUD,MOW,MOP,Kondom,Implan,Suntik,Pil,Hamil,Anak Segera,Anak Kemudian,Tidak Ingin Anak"
    )
    assert ",".join(TITLES[c] for c in COLUMNS["klasifikasi"]) == (
        "Input Pokja,Input Sumber Dana,Input Poktan,Input Sarana,Input PKB/PLKB,Proses Penggunaan Data,"
        "Proses Operasional,Proses Lintas Sektor,Output Poktan,Output CPR,Output MKJP,Output Unmet Need,"
        "Index Input,Index Proses,Index Output,Klasifikasi"
    )


def test_a_rekap_is_read_with_row_names_numbers_and_day(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "unduhan.xlsx", "rekap", [MAJA | {"pus": 398, "pokja_sk": 1}, {}, LUHUR])
    export = read_export(path, "ekspor/unduhan.xlsx")
    assert (export.berkas, export.jenis, export.snapshot) == ("ekspor/unduhan.xlsx", "rekap", date(2022, 10, 27))
    assert export.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert export.rows[["baris", "kampung", "desa"]].to_numpy().tolist() == [
        [2, "Maja Sejahtera", "MAJA"],
        [4, "Luhur Jaya", "SUKAMAJU"],
    ]
    assert export.rows["pus"].tolist()[0] == 398
    assert export.rows[["iud"]].isna().all(axis=None)
    assert export.catatan.empty


def test_a_klasifikasi_is_read(tmp_path: Path) -> None:
    export = read_export(write_xlsx(tmp_path / "k.xlsx", "klasifikasi", [MAJA | SCORES]), "k.xlsx")
    assert export.jenis == "klasifikasi"
    assert export.rows.iloc[0][["skor_cpr", "index_output", "klasifikasi"]].tolist() == [3, 3, "Berkelanjutan"]


def test_a_header_is_known_in_any_case_order_and_spacing_and_among_other_columns(tmp_path: Path) -> None:
    head, row = cells("rekap", [MAJA | {"pus": 398, "pil": 12}])
    odd = [str(title).upper().replace(" ", "_") for title in head]
    path = write_grid(tmp_path / "a.xlsx", [[*odd[::-1], "Tahun Bentuk"], [*row[::-1], 2018]])
    rows = read_export(path, "a.xlsx").rows
    assert rows.iloc[0][["kampung", "pus", "pil"]].tolist() == ["Maja Sejahtera", 398, 12]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_reads_as_the_workbook_does(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [MAJA | {"kampung": "Café “Maja”", "pus": 398, "keluarga": "1.250"}]
    csv = write_csv(tmp_path / "rekap_2022-10-27.csv", "rekap", rows, delimiter, encoding)
    xlsx = write_xlsx(tmp_path / "rekap.xlsx", "rekap", rows)
    a, b = read_export(csv, "a"), read_export(xlsx, "a")
    pd.testing.assert_frame_equal(a.rows, b.rows)
    pd.testing.assert_frame_equal(a.catatan, b.catatan)


def test_a_bad_value_is_told_with_row_and_column_and_does_not_stop_the_rest(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", "rekap", [MAJA | {"pus": "banyak", "iud": 2.5}, LUHUR | {"hamil": -5}])
    found = read_export(path, "rekap.xlsx").catatan
    assert found[["kode", "tingkat", "berkas", "baris", "kolom", "pesan"]].to_numpy().tolist() == [
        ["K17", "salah", "rekap.xlsx", 2, "pus", 'PUS: "banyak" bukan angka; tulis jumlah orang'],
        ["K17", "salah", "rekap.xlsx", 2, "iud", "IUD: 2,5 pecahan; tulis jumlah orang"],
        ["K17", "salah", "rekap.xlsx", 3, "hamil", "Hamil: -5 negatif; tulis jumlah orang"],
    ]


def test_a_row_without_name_or_place_is_told_and_not_counted(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", "rekap", [MAJA, {"kampung": "Mawar", "pus": 398}, MAJA | {"kampung": "-"}])
    export = read_export(path, "a.xlsx")
    assert export.rows["baris"].tolist() == [2]
    advice = "kosong, baris ini tidak dihitung; isi namanya, atau hapus baris itu bila bukan Kampung KB"
    assert export.catatan[["kode", "tingkat", "baris", "pesan"]].to_numpy().tolist() == [
        ["K05", "salah", 3, f"Kabupaten: {advice}"],
        ["K05", "salah", 3, f"Kecamatan: {advice}"],
        ["K05", "salah", 4, f"Kampung KB: {advice}"],
    ]


def test_a_name_of_signs_only_is_told_as_it_is(tmp_path: Path) -> None:
    export = read_export(write_xlsx(tmp_path / "a.xlsx", "rekap", [MAJA, MAJA | {"kampung": "🌴"}]), "a.xlsx")
    assert export.catatan["pesan"].tolist() == [
        'Kampung KB: "🌴" tanpa huruf dan angka, baris ini tidak dihitung; isi namanya, atau hapus baris itu bila '
        "bukan Kampung KB"
    ]


def test_a_file_is_refused_with_every_missing_column_and_the_nearest_found(tmp_path: Path) -> None:
    head, row = cells("rekap", [MAJA])
    head[head.index("PUS")] = "PUSS"
    head[head.index("Tidak Ingin Anak")] = "Tdk Ingin Anak"
    head[head.index("Desa")] = "Gampong"
    assert refused(write_grid(tmp_path / "a.xlsx", [head, row])) == [
        'a.xlsx: bukan rekap yang lengkap; kolom yang tidak ada: "Desa", "PUS" (mungkin maksudnya "PUSS"), '
        '"Tidak Ingin Anak" (mungkin maksudnya "Tdk Ingin Anak"); pakai judul kolom ekspor portal'
    ]


def test_a_file_of_something_else_is_refused_with_what_it_holds(tmp_path: Path) -> None:
    assert refused(write_grid(tmp_path / "a.xlsx", [["Laporan", "Bulan"], [1, 2]])) == [
        'a.xlsx: judul kolom tidak dikenali sebagai rekap atau klasifikasi; baris 1 berisi "Laporan", "Bulan"; '
        'pakai ekspor portal, di menu admin portal "Rekapitulasi", pilih "Kampung KB" (rekap) dan "Klasifikasi"'
    ]


@pytest.mark.parametrize(
    ("grid", "text"),
    [
        ([], "kosong, tanpa judul kolom; unduh ulang dari portal"),
        ([[], [" "]], "kosong, tanpa judul kolom; unduh ulang dari portal"),
        (cells("rekap", []), "hanya judul kolom, tanpa satu baris Kampung KB pun; unduh ulang dari portal"),
        (
            cells("rekap", [{}, {"desa": "  "}]),
            "hanya judul kolom, tanpa satu baris Kampung KB pun; unduh ulang dari portal",
        ),
        (
            cells("rekap", [{"pus": 398}]),
            "tidak satu baris pun memuat Kampung KB, Kabupaten, dan Kecamatan; unduh ulang dari portal",
        ),
        (
            [[*cells("rekap", [])[0], "pus"], *cells("rekap", [MAJA])[1:]],
            "kolom PUS ada dua kali; hapus salah satu",
        ),
    ],
)
def test_an_empty_or_doubled_table_is_refused(tmp_path: Path, grid: list[list[object]], text: str) -> None:
    assert refused(write_grid(tmp_path / "a.xlsx", grid)) == [f"a.xlsx: {text}"]


def test_two_exports_in_one_workbook_are_refused_so_that_none_is_overlooked(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.xlsx", cells("rekap", [MAJA]), cells("klasifikasi", [MAJA | SCORES]))
    assert refused(path) == [
        'a.xlsx: memuat rekap di lembar "Worksheet" dan klasifikasi di lembar "Lembar2"; '
        "simpan masing-masing sebagai berkas sendiri"
    ]


def test_an_export_on_another_sheet_is_found(tmp_path: Path) -> None:
    path = write_grid(tmp_path / "a.xlsx", [["Catatan kami"]], cells("rekap", [MAJA]))
    assert read_export(path, "a.xlsx").rows["kampung"].tolist() == ["Maja Sejahtera"]


def test_an_export_of_an_unknown_day_is_refused(tmp_path: Path) -> None:
    assert refused(write_csv(tmp_path / "rekap.csv", "rekap", [MAJA])) == [
        "rekap.csv: tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya rekap_2022-10-27.csv"
    ]


def test_columns_and_cells_that_identify_people_are_refused_without_their_values(tmp_path: Path) -> None:
    head, row = cells("rekap", [MAJA | {"kampung": "Maja 081234567890"}])
    path = write_grid(tmp_path / "a.xlsx", [[*head, "NIK Ketua", "Ket"], [*row, "x", "3602011507800001"]])
    assert refused(path) == [
        'a.xlsx: kolom "Kampung KB", baris 2: nomor seperti telepon; hapus data pribadi itu, lalu simpan ulang',
        'a.xlsx: kolom "NIK Ketua" memuat data pribadi; hapus kolom itu, lalu simpan ulang',
        'a.xlsx: kolom "Ket", baris 2: nomor seperti NIK atau nomor KK; hapus data pribadi itu, lalu simpan ulang',
    ]


def test_a_nik_kept_as_a_number_is_found_too(tmp_path: Path) -> None:
    head, row = cells("rekap", [MAJA])
    path = write_grid(tmp_path / "a.xlsx", [[*head, "Ket"], [*row, 3602011507800001]])
    assert refused(path)[0].startswith('a.xlsx: kolom "Ket", baris 2: nomor seperti NIK')


def test_a_count_that_looks_like_a_telephone_is_a_count(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", "rekap", [MAJA | {"penduduk": 81234567890}])
    assert read_export(path, "a.xlsx").catatan["kode"].tolist() == ["K17"]


def test_reading_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", "rekap", [MAJA])
    path.chmod(0o444)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    read_export(path, "a.xlsx")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(tmp_path.iterdir()) == [path]
