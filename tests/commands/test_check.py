"""What the command ``check`` tells of a dataset as a whole, beyond a single year."""

from pathlib import Path

import pytest
from intake import MAJA, SCORES, write_grid, write_xlsx

from kkb_eval import schema
from kkb_eval.commands import check

DUA = "unduh juga {} dari portal, atau taruh yang lama di ekspor/"


@pytest.mark.parametrize(
    ("jenis", "lain", "kode", "akibat"),
    [
        ("rekap", "klasifikasi", "K16", "kelas resmi tidak diketahui, hanya rentang yang mungkin"),
        ("klasifikasi", "rekap", "K15", "peserta KB, poktan, dan angka lain tidak diketahui"),
    ],
)
def test_a_year_with_one_of_its_two_exports_says_what_is_not_known(
    tmp_path: Path, jenis: str, lain: str, kode: str, akibat: str
) -> None:
    write_xlsx(tmp_path / "ekspor" / "a_2022-10-27.xlsx", jenis, [MAJA | SCORES])
    found = check.findings(tmp_path)
    assert found.loc[
        found["kode"].eq(kode) & found["baris"].isna(), ["tingkat", "berkas", "pesan"]
    ].values.tolist() == [
        [
            *("info", "ekspor/a_2022-10-27.xlsx"),
            f"tahun 2022 tidak memuat ekspor {lain}, jadi {akibat}; {DUA.format(lain)}",
        ]
    ]


def test_a_kabupaten_that_only_one_of_the_exports_has_is_told_once_and_not_row_by_row(tmp_path: Path) -> None:
    write_xlsx(tmp_path / "ekspor" / "rekap_2022-10-27.xlsx", "rekap", [MAJA])
    lain = MAJA | SCORES | {"kabupaten": "PANDEGLANG", "kecamatan": "PANDEGLANG", "desa": "PANDEGLANG"}
    rows = [MAJA | SCORES, lain, lain | {"kampung": "Lain"}]
    write_xlsx(tmp_path / "ekspor" / "klasifikasi_2022-10-27.xlsx", "klasifikasi", rows)
    found = check.findings(tmp_path)
    assert found.loc[found["pesan"].str.contains("unduh|rekap,"), "pesan"].tolist() == [
        "tahun 2022 tidak memuat ekspor rekap untuk Pandeglang, jadi peserta KB, poktan, dan angka lain tidak "
        f"diketahui; {DUA.format('rekap')}"
    ]
    (tmp_path / "dataset.toml").write_text('kabupaten = "Lebak"\n', "utf-8")
    found = check.findings(tmp_path)
    assert found.loc[found["kode"].eq("K05"), ["tingkat", "berkas", "pesan"]].values.tolist() == [
        [
            *("info", "ekspor/klasifikasi_2022-10-27.xlsx"),
            "2 baris dari kabupaten lain (Pandeglang) tidak dihitung; hapus kabupaten dari dataset.toml bila semuanya "
            "perlu dihitung",
        ]
    ]
    assert not found["pesan"].str.contains("unduh").any()


def test_a_year_with_both_says_nothing_of_them(tmp_path: Path) -> None:
    for jenis in ("rekap", "klasifikasi"):
        write_xlsx(tmp_path / "ekspor" / f"{jenis}_2022-10-27.xlsx", jenis, [MAJA | SCORES])
    assert not check.findings(tmp_path)["pesan"].str.startswith("tahun ").any()


def test_an_old_name_that_no_year_has_is_told(tmp_path: Path) -> None:
    for tahun, nama in ((2021, "Raharja"), (2022, "Raharja Mulya")):
        row = MAJA | {"kampung": nama, "kecamatan": "CIKULUR", "desa": "PARAGE"}
        write_xlsx(tmp_path / "ekspor" / f"rekap_{tahun}-10-27.xlsx", "rekap", [row, MAJA])
    (tmp_path / "rujukan").mkdir()
    lines = [
        *("kecamatan,desa,nama_lama,nama_baru", "Cikulur,Parage,Raharjo,Raharja Mulya", ",,,"),
        *("Cikulur,Parage,Raharja,Raharja Baru", "cikulur,parage,raharja baru,Raharja Mulya"),
        *("Maja,Maja,Xyz,Maja Sejahtera", "Majalengka,Maja,Xyz,Maja Sejahtera"),
    ]
    (tmp_path / "rujukan" / "alias.csv").write_text("\n".join(lines), "utf-8")
    found = check.findings(tmp_path)
    assert found.loc[
        found["berkas"].eq("rujukan/alias.csv"), ["kode", "tingkat", "baris", "kolom", "pesan"]
    ].values.tolist() == [
        ["R02", "salah", 7, "kecamatan", 'kecamatan "Majalengka" tidak ada di Lebak; periksa namanya'],
        ["R02", "periksa", 2, "nama_lama", '"Raharjo" tidak ada di Parage di tahun mana pun; maksud Anda "Raharja"?'],
        [
            *("R02", "periksa", 6, "nama_lama"),
            '"Xyz" tidak ada di Maja di tahun mana pun; tulis nama lamanya seperti di ekspor',
        ],
    ]


def test_a_problem_of_an_rtl_is_told_once_with_a_year_that_an_rtl_can_be_of(tmp_path: Path) -> None:
    for tahun in (2020, 2021, 2022):
        write_xlsx(tmp_path / "ekspor" / f"rekap_{tahun}-10-27.xlsx", "rekap", [MAJA])
    head = [list(schema.RTL.values()), ["", "Maja Sejahtera", "", "", "lengkapi pokja", "pemda", "", "", "belum", ""]]
    write_grid(tmp_path / "rujukan" / "rtl" / "maja.xlsx", head)
    found = check.findings(tmp_path)
    assert found.loc[found["kode"].str.startswith("R"), ["kode", "tingkat", "pesan"]].values.tolist() == [
        [
            *("R09", "salah"),
            'RTL mana tidak diketahui; tulis lagi di atas tabel, seperti "Kabupaten Lebak, Kecamatan Maja, hasil '
            'evaluasi 2021"; sebelum itu RTL ini tidak dipakai',
        ]
    ]
