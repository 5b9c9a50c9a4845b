"""dataset.toml and alias.csv: what they may say, and every problem told at once."""

from pathlib import Path

import pytest

from kkb_eval.errors import DatasetError
from kkb_eval.intake.config import Config, Pin, read_alias, read_config


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "dataset.toml"


@pytest.fixture
def alias(tmp_path: Path) -> Path:
    return tmp_path / "alias.csv"


def problems(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DatasetError) as caught:
        (read_config if path.suffix == ".toml" else read_alias)(path)
    return str(caught.value).replace(f"{path}, ", "").replace(f"{path}: ", "").splitlines()


def test_without_the_file_there_are_defaults(toml: Path) -> None:
    assert read_config(toml) == Config()


def test_a_whole_file(toml: Path) -> None:
    text = """
        judul = "Evaluasi Lebak"
        kabupaten = "Lebak"
        sintetis = true
        penyusun = "DP2KBP3A"
        [tahun.2022]
        rekap = ["rekap_a.xlsx", "rekap_b.xlsx"]
        klasifikasi = "klasifikasi.xlsx"
        final = true
        [tahun.2023]
        rekap = "r.xlsx"
    """
    toml.write_text("\ufeff" + text, "utf-8")
    assert read_config(toml) == Config(
        judul="Evaluasi Lebak",
        kabupaten="Lebak",
        sintetis=True,
        penyusun="DP2KBP3A",
        tahun={
            2022: Pin({"rekap": ("rekap_a.xlsx", "rekap_b.xlsx"), "klasifikasi": ("klasifikasi.xlsx",)}, final=True),
            2023: Pin({"rekap": ("r.xlsx",)}),
        },
    )


def test_every_problem_is_told_at_once(toml: Path) -> None:
    text = """
        judull = "x"
        warna = "merah"
        kabupaten = 3602
        sintetis = "ya"
        [tahun.22]
        [tahun.2022]
        final = 1
        rekap = 5
        klasifikasi = []
        catatan = "x"
    """
    assert problems(toml, text) == [
        'judull: kunci tidak dikenal; maksud Anda "judul"?',
        "warna: kunci tidak dikenal; yang dikenal: judul, provinsi, kabupaten, sintetis, penyusun, tahun",
        "kabupaten: 3602 bukan teks dalam tanda kutip; perbaiki isinya",
        "sintetis: 'ya' bukan true atau false; perbaiki isinya",
        "tahun.22: bukan tahun; tulis bagian seperti [tahun.2022]",
        "tahun.2022.final: 1 bukan true atau false; perbaiki isinya",
        "tahun.2022.rekap: 5 bukan nama berkas; tulis satu nama atau daftar nama dalam tanda kutip",
        "tahun.2022.klasifikasi: [] bukan nama berkas; tulis satu nama atau daftar nama dalam tanda kutip",
        "tahun.2022.catatan: kunci tidak dikenal; yang dikenal: rekap, klasifikasi, final",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tahun = 2022", "tahun: 2022 bukan bagian seperti [tahun.2022]; perbaiki isinya"),
        ("[tahun]\n2022 = 5", "tahun.2022: bukan tahun; tulis bagian seperti [tahun.2022]"),
        ("judul = 'a'\nkabupaten = Lebak", 'baris 2: bukan TOML yang benar; tulis seperti kabupaten = "Lebak"'),
        ("judul = '", 'akhir berkas: bukan TOML yang benar; tulis seperti kabupaten = "Lebak"'),
        (b"judul = '\xe9'", "bukan teks UTF-8; simpan ulang sebagai UTF-8"),
    ],
)
def test_a_bad_file(toml: Path, text: str | bytes, message: str) -> None:
    assert problems(toml, text) == [message]


def test_without_alias_csv_nothing_is_renamed(alias: Path) -> None:
    table = read_alias(alias)
    assert table.empty
    assert list(table) == ["kecamatan", "desa", "nama_lama", "nama_baru"]


def test_alias_csv_in_any_column_order_with_stray_spaces_and_empty_lines(alias: Path) -> None:
    alias.write_text("Nama_Lama;nama_baru;kecamatan;desa\n Maja  Jaya;Maja Sejahtera;MAJA;\n;;;\n", "utf-8-sig")
    assert read_alias(alias).to_numpy().tolist() == [["MAJA", "", "Maja Jaya", "Maja Sejahtera"]]


def test_every_problem_of_alias_csv_is_told_at_once(alias: Path) -> None:
    text = """kecamatan,desa,nama_lama,nama_baru
Maja,Maja,Satu,Dua
MAJA,maja,satu,Tiga
Maja,Maja,Dua,
Maja,Maja,Dua,Satu
"""
    assert problems(alias, text) == [
        'baris 3: "satu" sudah diberi nama baru lain; sisakan satu baris',
        "baris 4: kecamatan, nama_lama, atau nama_baru kosong; isi ketiganya",
        'baris 5: "Dua" berganti nama kembali ke "Dua"; hapus salah satu baris',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "kolom kecamatan, desa, nama_lama, nama_baru tidak ada; tulis judul kecamatan,desa,nama_lama,nama_baru"),
        ("kecamatan,desa,lama,nama_baru", "kolom nama_lama tidak ada; tulis judul kecamatan,desa,nama_lama,nama_baru"),
        (b"a\0b", "bukan teks CSV; simpan ulang sebagai CSV UTF-8"),
    ],
)
def test_an_alias_csv_of_another_form(alias: Path, text: str | bytes, message: str) -> None:
    assert problems(alias, text) == [message]
