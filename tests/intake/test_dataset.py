"""A dataset folder: which files a year uses, what is refused, pinned and final years, and what is told."""

import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval.errors import DatasetError, UnknownName
from kkb_eval.intake import dataset
from kkb_eval.intake.dataset import Dataset, open_dataset

from . import MAJA, SCORES, Baris, write_csv, write_xlsx

PENUH: Baris = MAJA | {"jumlah_sumber_dana": 2, "pus": 398, "keluarga": 900, "suntik": 120}
SAJIRA: Baris = PENUH | {"kampung": "Sajira Makmur", "kecamatan": "SAJIRA", "desa": "SAJIRA"}


@pytest.fixture
def ekspor(tmp_path: Path) -> Path:
    (tmp_path / "ekspor").mkdir()
    return tmp_path / "ekspor"


def rekap(folder: Path, day: str, *rows: Baris, name: str = "rekap") -> Path:
    return write_xlsx(folder / f"{name}_{day}.xlsx", "rekap", rows or [PENUH])


def error(data: Dataset | Path, year: int = 2022) -> str:
    with pytest.raises((DatasetError, UnknownName)) as caught:
        (data if isinstance(data, Dataset) else open_dataset(data)).year(year)
    return str(caught.value)


def used(data: Dataset, year: int) -> list[str]:
    masukan = data.year(year).masukan
    return masukan.loc[masukan["dipakai"], "berkas"].tolist()


def test_a_year_joins_its_rekap_and_klasifikasi(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27", PENUH, SAJIRA)
    write_xlsx(ekspor / "unduhan (1).xlsx", "klasifikasi", [MAJA | SCORES], created="2022-10-28")
    data = open_dataset(ekspor.parent).year(2022)
    assert data.kampung["kampung"].tolist() == ["Sajira Makmur", "Maja Sejahtera"]
    assert data.kampung["klasifikasi_ekspor"].tolist()[1] == "Berkelanjutan"
    assert (data.snapshot_rekap, data.snapshot_klasifikasi) == (date(2022, 10, 27), date(2022, 10, 28))
    assert data.masukan.drop(columns="sha256").to_numpy().tolist() == [
        ["ekspor/rekap_2022-10-27.xlsx", "rekap", date(2022, 10, 27), 2, True],
        ["ekspor/unduhan (1).xlsx", "klasifikasi", date(2022, 10, 28), 1, True],
    ]
    assert data.catatan.empty
    assert (data.final, data.sintetis, data.judul) == (False, False, "")


def test_the_clean_year_is_sorted_by_id(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27", PENUH, SAJIRA)
    kampung = open_dataset(ekspor.parent).year(2022).kampung
    assert kampung["kampung_id"].is_monotonic_increasing


def test_a_folder_without_ekspor_holds_its_exports_itself(tmp_path: Path) -> None:
    rekap(tmp_path, "2022-10-27")
    assert used(open_dataset(tmp_path), 2022) == ["rekap_2022-10-27.xlsx"]


def test_files_that_excel_and_systems_leave_behind_are_no_exports(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    for name in ("~$rekap_2022-10-27.xlsx", ".rekap.xlsx", "catatan.txt"):
        (ekspor / name).write_bytes(b"x")
    assert list(open_dataset(ekspor.parent).berkas) == ["ekspor/rekap_2022-10-27.xlsx"]


def told(folder: Path) -> dict[str, str]:
    found = open_dataset(folder).catatan_ditolak
    assert found[["kode", "tingkat"]].drop_duplicates().to_numpy().tolist() == [["K01", "periksa"]]
    return dict(zip(found["berkas"], found["pesan"], strict=True))


def test_exports_that_lie_where_none_is_read_are_told(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    rekap(ekspor / "2021" / "lama", "2021-10-27", name="unduhan")
    rekap(ekspor.parent, "2020-10-27", name="REKAP lebak")
    rekap(ekspor.parent, "2020-10-27", name="catatan")
    rekap(ekspor.parent / "rujukan", "2020-10-27")
    rekap(ekspor.parent / "2019", "2019-10-27", name="juni")
    rekap(ekspor.parent / "arsip" / "2019", "2019-10-27", name="rekap-kampung-table")
    text = "tidak dibaca di sini; pindahkan ke ekspor/"
    assert told(ekspor.parent) == dict.fromkeys(
        [
            "2019/juni_2019-10-27.xlsx",
            "REKAP lebak_2020-10-27.xlsx",
            "arsip/2019/rekap-kampung-table_2019-10-27.xlsx",
            "ekspor/2021/lama/unduhan_2021-10-27.xlsx",
        ],
        text,
    )


def test_what_lies_in_ekspor_and_is_no_table_is_told(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    for name in ("rekap.txt", "rekap.html", "rekap.rar", "surat.docx", "Thumbs.db"):
        (ekspor / name).write_bytes(b"x")
    assert told(ekspor.parent) == {
        "ekspor/rekap.html": "tidak dibaca: halaman web; buka di Excel dan simpan sebagai .xlsx",
        "ekspor/rekap.rar": "tidak dibaca: arsip; ekstrak dulu",
        "ekspor/rekap.txt": "tidak dibaca: teks; bila ini ekspor, simpan sebagai .csv",
        "ekspor/surat.docx": "tidak dibaca: bukan tabel; pindahkan dari sini",
    }


def test_dataset_toml_and_folders_are_found_in_any_case(tmp_path: Path) -> None:
    rekap(tmp_path / "EKSPOR", "2022-10-27", PENUH, SAJIRA | {"kabupaten": "KOTA BOGOR"})
    (tmp_path / "Dataset.TOML").write_text('kabupaten = "Lebak"\n')
    (tmp_path / "Rujukan").mkdir()
    (tmp_path / "Rujukan" / "Alias.csv").write_text(
        "kecamatan,desa,nama_lama,nama_baru\nMaja,Maja,Maja Sejahtera,Maja Emas\n"
    )
    data = open_dataset(tmp_path)
    assert data.year(2022).kampung["kampung"].tolist() == ["Maja Emas"]
    assert data.catatan_ditolak.empty


def test_what_only_looks_like_dataset_toml_or_a_folder_is_told(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    for name in ("dataset.toml.txt", "datasets.toml", "ekspor/dataset.toml", "lain.toml"):
        (ekspor.parent / name).write_text("")
    for name in ("rujukkan", "Sigaa", "outputs"):
        (ekspor.parent / name).mkdir()
    assert told(ekspor.parent) == {
        "Sigaa": "tidak dibaca; bila isinya tabel SIGA, ganti namanya menjadi siga",
        "dataset.toml.txt": "tidak dibaca; ganti namanya menjadi dataset.toml",
        "datasets.toml": "tidak dibaca; ganti namanya menjadi dataset.toml",
        "ekspor/dataset.toml": "tidak dibaca; pindahkan ke folder dataset ini",
        "rujukkan": "tidak dibaca; bila isinya tabel pendamping, ganti namanya menjadi rujukan",
    }


def test_a_second_folder_of_the_same_name_is_told(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    rekap(ekspor.parent / "Ekspor", "2021-10-27")
    if len(list(ekspor.parent.iterdir())) < 2:
        pytest.skip("sistem berkas ini tidak membedakan huruf besar dan kecil")
    assert told(ekspor.parent)["Ekspor"] == "tidak dibaca, yang dibaca ekspor/; pindahkan isinya ke sana"


def test_an_export_in_a_zip_counts_as_one(ekspor: Path) -> None:
    path = rekap(ekspor, "2022-10-27")
    with zipfile.ZipFile(ekspor / "unduhan.zip", "w") as book:
        book.write(path, "unduhan/rekap-kampung-table_20221027101500.xlsx")
    path.unlink()
    data = open_dataset(ekspor.parent)
    assert used(data, 2022) == ["ekspor/unduhan.zip"]
    assert data.year(2022).snapshot_rekap == date(2022, 10, 27)


def test_a_zip_that_is_no_export_lies_beside_them(tmp_path: Path) -> None:
    rekap(tmp_path, "2022-10-27")
    (tmp_path / "kiriman.zip").write_bytes(b"x")
    (tmp_path / "klasifikasi.zip").write_bytes(b"x")
    assert [error.berkas for error in open_dataset(tmp_path).ditolak] == ["klasifikasi.zip"]


def test_without_any_export_those_elsewhere_are_named(ekspor: Path) -> None:
    rekap(ekspor / "2021", "2021-10-27")
    with pytest.raises(DatasetError) as caught:
        open_dataset(ekspor.parent)
    assert str(caught.value) == f"{ekspor}: tidak ada ekspor; pindahkan ke sini ekspor/2021/rekap_2021-10-27.xlsx"


def test_the_years_are_those_of_the_snapshots(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    rekap(ekspor, "2018-10-18")
    assert open_dataset(ekspor.parent).tahun == (2018, 2022)


def test_the_last_snapshot_of_a_year_counts(ekspor: Path) -> None:
    rekap(ekspor, "2022-06-07", PENUH | {"pus": 1})
    rekap(ekspor, "2022-10-27")
    data = open_dataset(ekspor.parent)
    assert used(data, 2022) == ["ekspor/rekap_2022-10-27.xlsx"]
    assert data.year(2022).kampung["pus"].tolist() == [398]
    assert data.year(2022).catatan.empty


def test_a_rekap_in_several_files_of_a_day_is_joined(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27", PENUH, name="maja")
    write_csv(ekspor / "sajira_2022-10-27.csv", "rekap", [SAJIRA])
    data = open_dataset(ekspor.parent)
    assert used(data, 2022) == ["ekspor/maja_2022-10-27.xlsx", "ekspor/sajira_2022-10-27.csv"]
    assert sorted(data.year(2022).kampung["kampung"]) == ["Maja Sejahtera", "Sajira Makmur"]


def test_two_files_of_one_snapshot_that_contradict_each_other_are_both_named(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27", name="a")
    rekap(ekspor, "2022-10-27", PENUH | {"pus": 400}, name="b")
    data = open_dataset(ekspor.parent).year(2022)
    assert data.catatan[["kode", "tingkat", "berkas", "baris", "pesan"]].to_numpy().tolist() == [
        [
            *("K03", "salah", f"ekspor/{own}_2022-10-27.xlsx", 2),
            f"Kampung KB ini ada lagi di ekspor/{other}_2022-10-27.xlsx baris 2 dengan isi berbeda (PUS); "
            "semuanya tidak dipakai, hapus yang salah",
        ]
        for own, other in ("ab", "ba")
    ]
    assert data.kampung["pus"].isna().tolist() == [True]


def test_a_copy_of_a_file_is_told_once_and_counted_once(ekspor: Path) -> None:
    path = rekap(ekspor, "2022-10-27", name="a")
    (ekspor / "b_2022-10-27.xlsx").write_bytes(path.read_bytes())
    data = open_dataset(ekspor.parent).year(2022)
    assert data.catatan[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        [
            *("K03", "info", "ekspor/b_2022-10-27.xlsx"),
            "isinya sama persis dengan ekspor/a_2022-10-27.xlsx; satu yang dipakai, hapus salinannya",
        ]
    ]
    assert data.masukan["dipakai"].tolist() == [True, False]


def test_an_older_export_with_a_kampung_that_the_last_one_lacks_is_told(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-26", SAJIRA, name="sajira")
    rekap(ekspor, "2022-10-27", PENUH, name="maja")
    data = open_dataset(ekspor.parent).year(2022)
    assert data.catatan[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        [
            *("K18", "periksa", "ekspor/sajira_2022-10-26.xlsx"),
            'memuat 1 Kampung KB yang tidak ada di rekap terakhir tahun itu, misalnya "Sajira Makmur"; '
            "bila satu rekap terbagi dalam beberapa berkas, sebut semua di dataset.toml",
        ]
    ]


def test_a_pinned_year_uses_the_files_it_names_whatever_their_day(ekspor: Path) -> None:
    rekap(ekspor, "2022-06-07", PENUH, name="a")
    rekap(ekspor, "2023-01-05", SAJIRA, name="b")
    rekap(ekspor, "2022-12-31", PENUH | {"pus": 1}, name="c")
    toml = '[tahun.2022]\nrekap = ["a_2022-06-07.xlsx", "ekspor/b_2023-01-05.xlsx"]\nfinal = true\n'
    (ekspor.parent / "dataset.toml").write_text(toml, "utf-8")
    data = open_dataset(ekspor.parent)
    assert data.tahun == (2022,)
    assert used(data, 2022) == ["ekspor/a_2022-06-07.xlsx", "ekspor/b_2023-01-05.xlsx"]
    assert data.year(2022).snapshot_rekap == date(2023, 1, 5)
    assert data.year(2022).final
    assert data.year(2022).catatan.empty


def test_every_wrong_pin_is_told_at_once(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    toml = '[tahun.2022]\nrekap = ["rekap_2022-10-72.xlsx", "x"]\nklasifikasi = "rekap_2022-10-27.xlsx"\n'
    (ekspor.parent / "dataset.toml").write_text(toml, "utf-8")
    assert error(ekspor.parent).splitlines() == [
        'dataset.toml, tahun.2022.rekap: berkas "rekap_2022-10-72.xlsx" tidak ada; '
        'maksud Anda "rekap_2022-10-27.xlsx"?',
        'dataset.toml, tahun.2022.rekap: berkas "x" tidak ada; tulis nama berkas di ekspor/',
        'dataset.toml, tahun.2022.klasifikasi: "rekap_2022-10-27.xlsx" adalah rekap, bukan klasifikasi; '
        "pilih berkas lain",
    ]


def test_a_pinned_file_that_was_refused_stops_its_year(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    (ekspor / "foto.xlsx").write_bytes(b"\x89PNG")
    (ekspor.parent / "dataset.toml").write_text('[tahun.2022]\nrekap = "foto.xlsx"\n', "utf-8")
    assert error(ekspor.parent).splitlines() == [
        "ekspor/foto.xlsx: bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx",
        "dataset.toml, tahun.2022: berkas itu ditolak; ganti atau perbaiki",
    ]


def test_a_refused_file_does_not_stop_the_rest_and_is_a_finding(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    (ekspor / "lama.xls").write_bytes(b"x")
    data = open_dataset(ekspor.parent)
    assert data.tahun == (2022,)
    assert data.catatan_ditolak[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        ["K01", "salah", "ekspor/lama.xls", "bukan .xlsx atau .csv; buka di Excel dan simpan sebagai .xlsx"]
    ]
    assert [e.berkas for e in data.ditolak] == ["ekspor/lama.xls"]


def test_when_every_file_is_refused_the_error_says_why(ekspor: Path) -> None:
    (ekspor / "a.xlsx").write_bytes(b"")
    (ekspor / "b.xlsx").write_bytes(b"\xd0\xcf\x11\xe0")
    assert error(ekspor.parent).splitlines() == [
        "ekspor/a.xlsx: berkas kosong; unduh ulang dari portal",
        "ekspor/b.xlsx: terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa",
    ]


def test_a_year_that_is_not_there_names_those_that_are(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    rekap(ekspor, "2018-10-18")
    assert error(ekspor.parent, 2019) == f'tahun "2019" tidak ada di {ekspor.parent} (ada: 2018, 2022)'


def test_a_final_year_without_exports_says_so(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    (ekspor.parent / "dataset.toml").write_text("[tahun.2021]\nfinal = true\n", "utf-8")
    assert error(ekspor.parent, 2021) == (
        f"{ekspor.parent}: tidak ada ekspor tahun 2021; taruh ekspornya, atau hapus [tahun.2021]"
    )


def test_a_missing_folder_and_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"x")
    for folder, text in [
        (tmp_path / "a.zip", "ini berkas, bukan folder dataset; sebut folder yang memuat ekspor/ atau ekspornya"),
        (tmp_path / "x", "folder dataset tidak ada; buat folder itu dengan ekspor portal di ekspor/"),
        (tmp_path, "tidak ada ekspor; taruh di sini berkas .xlsx rekap dan klasifikasi dari portal"),
    ]:
        with pytest.raises(DatasetError) as caught:
            open_dataset(folder)
        assert str(caught.value) == f"{folder}: {text}"


def test_the_kabupaten_of_the_dataset_is_the_scope_in_any_spelling(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27", PENUH, SAJIRA | {"kabupaten": "KOTA BOGOR"}, SAJIRA | {"kabupaten": "LEBAKK"})
    (ekspor.parent / "dataset.toml").write_text('kabupaten = "kab. lebak"\n', "utf-8")
    data = open_dataset(ekspor.parent).year(2022)
    assert data.kampung["kampung"].tolist() == ["Maja Sejahtera"]
    assert data.catatan["pesan"].tolist() == [
        'Kabupaten: "Lebakk" tidak dikenal, baris ini tidak dihitung; maksudnya "Lebak"?',
        "1 baris dari kabupaten lain (Kota Bogor) tidak dihitung; hapus kabupaten dari dataset.toml bila semuanya "
        "perlu dihitung",
    ]


def test_a_kabupaten_without_rows_is_an_error_with_a_suggestion(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    (ekspor.parent / "dataset.toml").write_text('kabupaten = "Lebaak"\n', "utf-8")
    assert error(ekspor.parent) == 'kabupaten "Lebaak" tidak ada di ekspor tahun 2022; maksud Anda "Lebak"?'


def test_several_kabupaten_and_provinces_are_the_scope(ekspor: Path) -> None:
    places = ("LEBAK", "KOTA BOGOR", "BOGOR", "PANDEGLANG")
    rekap(ekspor, "2022-10-27", *(PENUH | {"kabupaten": name, "kampung": name} for name in places))
    toml = ekspor.parent / "dataset.toml"

    def inside(text: str) -> list[str]:
        toml.write_text(text)
        return sorted(open_dataset(ekspor.parent).year(2022).kampung["kabupaten"])

    assert inside('kabupaten = ["kab. lebak", "Kota Bogor"]') == ["Kota Bogor", "Lebak"]
    assert inside('provinsi = "PROV. BANTEN"') == ["Lebak", "Pandeglang"]
    assert inside('provinsi = ["Banten", "Jawa Barat"]\nkabupaten = "Bogor"') == ["Bogor"]
    toml.write_text('provinsi = "Bantten"\n')
    assert error(ekspor.parent) == 'provinsi "Bantten" tidak ada di ekspor tahun 2022; maksud Anda "Banten"?'
    toml.write_text('kabupaten = ["Lebak", "Lebaak"]\n')
    assert error(ekspor.parent) == 'kabupaten "Lebaak" tidak ada di ekspor tahun 2022; maksud Anda "Lebak"?'
    toml.write_text('kabupaten = ["Lebak", "Serang"]\n')
    found = open_dataset(ekspor.parent).year(2022).catatan
    assert 'kabupaten "Serang" tidak ada di ekspor tahun ini' in found["pesan"].tolist()


def test_for_each_kabupaten_its_newest_export_counts(ekspor: Path) -> None:
    bogor = PENUH | {"kabupaten": "BOGOR"}
    rekap(ekspor, "2022-06-07", PENUH | {"pus": 1}, bogor | {"pus": 2}, name="nasional")
    rekap(ekspor, "2022-10-27", PENUH | {"pus": 3}, name="lebak")
    data = open_dataset(ekspor.parent)
    assert data.year(2022).kampung.set_index("kabupaten")["pus"].to_dict() == {"Lebak": 3, "Bogor": 2}
    assert used(data, 2022) == ["ekspor/lebak_2022-10-27.xlsx", "ekspor/nasional_2022-06-07.xlsx"]


def test_a_year_can_be_seen_as_it_stood_at_each_of_its_moments(ekspor: Path) -> None:
    rekap(ekspor, "2022-06-07", PENUH | {"pus": 100})
    write_xlsx(ekspor / "k_2022-06-14.xlsx", "klasifikasi", [MAJA | SCORES])
    rekap(ekspor, "2022-10-27", PENUH | {"pus": 200})
    data = open_dataset(ekspor.parent)
    assert data.moments(2022) == (date(2022, 6, 14), date(2022, 10, 27))
    earlier = data.year(2022, date(2022, 6, 14))
    assert (earlier.kampung["pus"].tolist(), earlier.snapshot_rekap) == ([100], date(2022, 6, 7))
    assert data.year(2022).kampung["pus"].tolist() == [200]


def test_renamed_kampung_are_read_from_rujukan(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    alias = ekspor.parent / "rujukan" / "alias.csv"
    alias.parent.mkdir()
    alias.write_text("kecamatan,desa,nama_lama,nama_baru\nMaja,Maja,maja sejahtera,Maja Emas\n", "utf-8")
    assert open_dataset(ekspor.parent).year(2022).kampung["kampung"].tolist() == ["Maja Emas"]


def test_what_dataset_toml_says_is_carried_along(ekspor: Path) -> None:
    rekap(ekspor, "2022-10-27")
    (ekspor.parent / "dataset.toml").write_text('judul = "Contoh"\nsintetis = true\n', "utf-8")
    data = open_dataset(ekspor.parent).year(2022)
    assert (data.judul, data.sintetis) == ("Contoh", True)


def test_exports_are_left_as_they_were(ekspor: Path) -> None:
    path = rekap(ekspor, "2022-10-27")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    open_dataset(ekspor.parent).year(2022)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [p.name for p in ekspor.parent.rglob("*")] == ["ekspor", path.name]


def test_the_schema_refuses_a_clean_year_with_a_column_too_many(ekspor: Path) -> None:
    import pandera.errors

    rekap(ekspor, "2022-10-27")
    kampung = open_dataset(ekspor.parent).year(2022).kampung
    pd.testing.assert_frame_equal(dataset.validate(kampung), kampung)
    with pytest.raises(pandera.errors.SchemaErrors):
        dataset.validate(kampung.assign(nik="x"))
