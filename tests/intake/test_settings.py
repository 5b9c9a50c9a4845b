"""dataset.toml and alias.csv: what they may say, and every problem told at once."""

from pathlib import Path

import pytest

from kkb_eval.errors import DatasetError
from kkb_eval.intake.settings import Config, Pin, Tipologi, read_alias, read_config, region_alias, with_tipologi


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "dataset.toml"


@pytest.fixture
def alias(tmp_path: Path) -> Path:
    return tmp_path / "alias.csv"


def problems(path: Path, text: str | bytes) -> list[str]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DatasetError) as caught:
        read_config(path) if path.suffix == ".toml" else read_alias(path.parent)
    return str(caught.value).replace(f"{path}, ", "").replace(f"{path}: ", "").splitlines()


def test_without_the_file_there_are_defaults(toml: Path) -> None:
    assert read_config(toml) == Config()


def test_a_whole_file(toml: Path) -> None:
    text = """
        judul = "Evaluasi Lebak"
        provinsi = ["Banten", "Jawa Barat"]
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
        provinsi=("Banten", "Jawa Barat"),
        kabupaten=("Lebak",),
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
        "warna: kunci tidak dikenal; yang dikenal: judul, provinsi, kabupaten, sintetis, penyusun, tahun, tipologi",
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
        ("tipologi = 3", "tipologi: 3 bukan bagian [tipologi]; perbaiki isinya"),
        ("[tipologi]\nbobot = 2", "tipologi.bobot: 2 bukan daftar bobot; tulis seperti { KB = 2.0 }"),
        ("tahun = 2022", "tahun: 2022 bukan bagian seperti [tahun.2022]; perbaiki isinya"),
        ("[tahun]\n2022 = 5", "tahun.2022: bukan tahun; tulis bagian seperti [tahun.2022]"),
        ("judul = 'a'\nkabupaten = Lebak", 'baris 2: bukan TOML yang benar; tulis seperti kabupaten = "Lebak"'),
        ("judul = '", 'akhir berkas: bukan TOML yang benar; tulis seperti kabupaten = "Lebak"'),
        (b"judul = '\xe9'", "bukan teks UTF-8; simpan ulang sebagai UTF-8"),
    ],
)
def test_a_bad_file(toml: Path, text: str | bytes, message: str) -> None:
    assert problems(toml, text) == [message]


def test_an_analysts_types(toml: Path) -> None:
    toml.write_text('[tipologi]\nk = 3\nbobot = { KB = 2, "ketahanan keluarga" = 0.5, kelembagaan = 1 }\n', "utf-8")
    assert read_config(toml).tipologi == Tipologi(3, {"KB": 2.0, "ketahanan keluarga": 0.5})


def test_no_choice_leaves_the_types_to_the_panel(toml: Path) -> None:
    toml.write_text("[tipologi]\nk = 0\nbobot = {}\n", "utf-8")
    assert read_config(toml) == Config()


def test_every_problem_of_the_types_is_told_at_once(toml: Path) -> None:
    text = """
        [tipologi]
        jumlah = 3
        k = 8
        bobot = { KBB = 1, ekonomi = 1, KB = -1, kelembagaan = true, "ketahanan keluarga" = inf }
    """
    assert problems(toml, text) == [
        "tipologi.jumlah: kunci tidak dikenal; yang dikenal: k, bobot",
        "tipologi.k: 8 bukan banyaknya tipe; tulis 2 sampai 7, atau 0 menurut uji",
        'tipologi.bobot: dimensi "KBB" tidak dikenal; maksud Anda "KB"?',
        'tipologi.bobot: dimensi "ekonomi" tidak dikenal; maksud Anda "ekonomi & remaja"?',
        "tipologi.bobot.KB: -1 bukan bobot; tulis angka 0 sampai 1.000.000",
        "tipologi.bobot.kelembagaan: True bukan bobot; tulis angka 0 sampai 1.000.000",
        "tipologi.bobot.ketahanan keluarga: inf bukan bobot; tulis angka 0 sampai 1.000.000",
    ]


@pytest.mark.parametrize("k", ["1", "true", "2.0", '"3"'])
def test_a_number_of_types_that_cannot_be(toml: Path, k: str) -> None:
    (message,) = problems(toml, f"[tipologi]\nk = {k}")
    assert message.endswith(" bukan banyaknya tipe; tulis 2 sampai 7, atau 0 menurut uji")


def test_weights_that_are_all_zero(toml: Path) -> None:
    text = '[tipologi]\nbobot = { KB = 0, "ketahanan keluarga" = 0, "ekonomi & remaja" = 0, kelembagaan = 0 }'
    assert problems(toml, text) == ["tipologi.bobot: semua bobot 0; isi sedikitnya satu di atas 0"]


PILIHAN = Tipologi(3, {"ekonomi & remaja": 1.5})


@pytest.mark.parametrize(
    ("bobot", "shown"), [("1e7", "10.000.000"), ("2_000_000.5", "2.000.000,5"), ("1e300", "1e+300")]
)
def test_a_weight_above_the_limit_is_told_with_the_limit(toml: Path, bobot: str, shown: str) -> None:
    assert problems(toml, f"[tipologi]\nbobot = {{ KB = {bobot} }}\n") == [
        f"tipologi.bobot.KB: {shown} bukan bobot; tulis angka 0 sampai 1.000.000"
    ]


BAGIAN = '[tipologi]\nk = 3\nbobot = { "ekonomi & remaja" = 1.5 }\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", BAGIAN),
        ("judul = 'a'  # x\n", f"judul = 'a'  # x\n\n{BAGIAN}"),
        ("judul = 'a'", f"judul = 'a'\n\n{BAGIAN}"),
        ("[tipologi]", BAGIAN),
        ("[tahun.2022]\nfinal = true\n", f"[tahun.2022]\nfinal = true\n\n{BAGIAN}"),
        (
            "judul = 'é'\n\n[tipologi]\n# rapat 3 Mei\nk=5\nbobot = {KB = 2}\n\n# akhir\n[tahun.2022]\nfinal=true",
            f"judul = 'é'\n\n{BAGIAN}# rapat 3 Mei\n\n# akhir\n[tahun.2022]\nfinal=true",
        ),
        ("\ufeff[tipologi]\r\nk = 2\r\n", "\ufeff" + BAGIAN.replace("\n", "\r\n")),
    ],
)
def test_a_choice_is_written_and_every_other_byte_is_kept(before: str, after: str, toml: Path) -> None:
    written = with_tipologi(before.encode(), PILIHAN)
    assert written == after.encode()
    assert with_tipologi(written, PILIHAN) == written
    toml.write_bytes(written)
    assert read_config(toml).tipologi == PILIHAN


def test_no_choice_is_written_as_such() -> None:
    assert with_tipologi(b"[tipologi]\nk = 3\n", Tipologi()) == b"[tipologi]\nk = 0\nbobot = {}\n"


@pytest.mark.parametrize(
    "text", ["tipologi.k = 3\n", "tipologi = { k = 3 }\n", "[tipologi.bobot]\nKB = 2\n", 'judul = """\n[tipologi]\n"""']
)
def test_a_choice_written_in_another_form_is_left_to_a_person(text: str) -> None:
    with pytest.raises(DatasetError) as caught:
        with_tipologi(text.encode(), PILIHAN)
    assert (
        str(caught.value) == "dataset.toml: tipologi ditulis dengan cara lain; ganti sendiri menjadi bagian [tipologi]"
    )


def test_a_choice_that_cannot_be_is_not_written() -> None:
    with pytest.raises(DatasetError) as caught:
        with_tipologi(b"", Tipologi(9))
    assert str(caught.value) == "tipologi.k: 9 bukan banyaknya tipe; tulis 2 sampai 7, atau 0 menurut uji"


def test_without_alias_csv_nothing_is_renamed(alias: Path) -> None:
    table = read_alias(alias.parent)
    assert table.empty
    assert list(table) == ["kecamatan", "desa", "nama_lama", "nama_baru"]


def test_alias_csv_in_any_column_order_with_stray_spaces_and_empty_lines(alias: Path) -> None:
    alias.write_text("Nama_Lama;nama_baru;kecamatan;desa\n Maja  Jaya;Maja Sejahtera;MAJA;\n;;;\n", "utf-8-sig")
    assert read_alias(alias.parent).to_numpy().tolist() == [["MAJA", "", "Maja Jaya", "Maja Sejahtera"]]


def test_every_problem_of_alias_csv_is_told_at_once(alias: Path) -> None:
    text = """kecamatan,desa,nama_lama,nama_baru
Maja,Maja,Satu,Dua
MAJA,maja,satu,Tiga
Maja,Maja,Dua,
Maja,Maja,Dua,Satu
,Maja,Dua,Tiga
,,Majja,Maja
Maja,,Sukamju,Sukamulya
"""
    assert problems(alias, text) == [
        'baris 3: "satu" sudah diberi nama baru lain; sisakan satu baris',
        "baris 4: nama_lama atau nama_baru kosong; isi keduanya",
        'baris 5: "Dua" menjadi "Satu", yang menurut baris lain menjadi "Dua" lagi; hapus salah satu baris',
        "baris 6: kecamatan kosong; isi kecamatan dari desa Maja",
    ]


def test_rows_without_a_desa_or_kecamatan_name_regions(alias: Path) -> None:
    alias.write_text("kecamatan,desa,nama_lama,nama_baru\n,,Majja,Maja\nMaja,,Sukamju,Sukamulya\nMaja,Maja,A,B\n")
    assert region_alias(read_alias(alias.parent)) == (
        ("kecamatan", "*", "Majja", "Maja"),
        ("desa", "*/Maja", "Sukamju", "Sukamulya"),
    )


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
