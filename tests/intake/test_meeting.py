"""The meeting: read whole, every problem told at once with what to write, and no person in it."""

from datetime import date
from pathlib import Path

import pytest

from kkb_eval import store
from kkb_eval.errors import DatasetError
from kkb_eval.intake.meeting import Kehadiran, Meeting, findings_of, read_meeting

BETTER = """\
tanggal = 2018-10-18
tempat = "Gedung PKK"
acara = "Rapat"
agenda = ["Evaluasi", "RTL"]
pimpinan = "Sekretaris Daerah"
"""
DATA = {2017: ["Lebak"], 2018: ["Lebak", "Pandeglang"]}
HADIR = """
[[kehadiran]]
unsur = "pemda"
jabatan = "Camat"
jumlah = 3
"""


def read(tmp_path: Path, text: str) -> Meeting | None:
    folder = tmp_path / "rujukan"
    folder.mkdir()
    (folder / "rapat.toml").write_text(text, "utf-8")
    return read_meeting(folder)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(DatasetError) as raised:
        read(tmp_path, text)
    return [line.removeprefix("rujukan/rapat.toml, ") for line in str(raised.value).splitlines()]


def test_without_the_file_there_is_no_meeting(tmp_path: Path) -> None:
    assert read_meeting(tmp_path) is None


def test_a_meeting_is_a_draft_of_its_own_year_signed_by_who_led_it_unless_it_says_more(tmp_path: Path) -> None:
    assert read(tmp_path, BETTER + HADIR) == Meeting(
        tanggal=date(2018, 10, 18),
        tempat="Gedung PKK",
        acara="Rapat",
        agenda=("Evaluasi", "RTL"),
        pimpinan="Sekretaris Daerah",
        penandatangan=("Sekretaris Daerah",),
        kehadiran=(Kehadiran("pemda", "Camat", 3),),
        tahun=2018,
        kabupaten="",
        final=False,
    )


def test_what_a_meeting_may_say_more(tmp_path: Path) -> None:
    lain = 'status = "final"\ntahun = 2017\nkabupaten = "Lebak"\npenandatangan = ["Kepala Dinas", "Camat"]\n'
    rapat = read(tmp_path, BETTER + lain)
    assert rapat is not None
    assert (rapat.final, rapat.tahun, rapat.kabupaten, rapat.penandatangan, rapat.kehadiran) == (
        True,
        2017,
        "Lebak",
        ("Kepala Dinas", "Camat"),
        (),
    )


def test_the_sample_is_the_meeting_of_18_october_2018() -> None:
    rapat = read_meeting(store.ROOT / "data" / "contoh" / "rujukan")
    assert rapat is not None
    assert (rapat.tanggal, rapat.tempat, rapat.tahun, rapat.final) == (
        date(2018, 10, 18),
        "Gedung PKK, Rangkasbitung",
        2018,
        False,
    )
    assert {k.unsur for k in rapat.kehadiran} == {"pemda", "swasta", "masyarakat"}


@pytest.mark.parametrize(
    ("written", "where", "shown", "meant"),
    [
        ('"18 Oktober 2018"', "", "18 Oktober 2018", "2018-10-18"),
        ('"18-10-2018"', "", "18-10-2018", "2018-10-18"),
        ("18 Agustus 2019", "baris 1, ", "18 Agustus 2019", "2019-08-18"),
        ('"Jumat, 8 Nop. 2019"', "", "Jumat, 8 Nop. 2019", "2019-11-08"),
        ('"kemarin"', "", "kemarin", "2018-10-18"),
        ('"31/02/2019"', "", "31/02/2019", "2018-10-18"),
        ("2019-03-05T09:00:00", "", "2019-03-05 09:00:00", "2019-03-05"),
    ],
)
def test_a_date_in_words_is_told_how_to_be_written(
    tmp_path: Path, written: str, where: str, shown: str, meant: str
) -> None:
    assert problems(tmp_path, BETTER.replace("2018-10-18", written)) == [
        f'{where}tanggal: "{shown}" bukan tanggal TOML; tulis tanggal = {meant}, tanpa tanda kutip'
    ]


@pytest.mark.parametrize("key", ["nama", "nip", "nik", "telepon", "no_hp"])
def test_a_key_for_persons_is_refused_and_its_value_not_shown(tmp_path: Path, key: str) -> None:
    assert problems(tmp_path, f'{BETTER}{HADIR}{key} = "rahasia"') == [
        f"kehadiran ke-1, {key}: data orang tidak disimpan di sini; hapus, dan tulis jabatannya saja"
    ]


def test_numbers_and_titles_of_persons_in_texts_are_refused_and_not_shown(tmp_path: Path) -> None:
    text = BETTER.replace("Gedung PKK", "Gedung PKK 0812-3456-7890").replace("Sekretaris Daerah", "Drs. Contoh, M.Si")
    assert problems(tmp_path, text + HADIR.replace("Camat", "3602010101800001")) == [
        "tempat: memuat telepon; hapus",
        "pimpinan: tampaknya nama orang; tulis jabatannya saja",
        "kehadiran ke-1, jabatan: memuat NIK atau nomor KK; hapus",
    ]


def test_a_street_named_after_a_person_is_a_place(tmp_path: Path) -> None:
    assert read(tmp_path, BETTER.replace("Gedung PKK", "Aula, Jl. Ir. H. Juanda 5"))


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = """\
tempat = ""
acara = 5
agenda = []
pimpinan = "Bupati"
statsu = "final"
status = "selesai"
[[kehadiran]]
unsur = "pemda"
jumlah = -1
"""
    assert problems(tmp_path, text) == [
        "tanggal: tidak ada; tambahkan tanggal = 2018-10-18",
        "tempat: kosong; isi",
        "acara: 5 bukan teks dalam tanda kutip; perbaiki isinya",
        'statsu: kunci tidak dikenal; maksud Anda "status"?',
        'status: "selesai" bukan status; tulis "draf" atau "final"',
        'agenda: bukan daftar teks; tulis agenda = ["...", "..."]',
        "kehadiran ke-1, jabatan: tidak ada; isi unsur, jabatan, dan jumlah",
        "kehadiran ke-1, jumlah: -1 orang; tulis 0 atau lebih",
    ]


def test_a_count_is_a_whole_number(tmp_path: Path) -> None:
    assert problems(tmp_path, BETTER + HADIR.replace("= 3", "= true")) == [
        "kehadiran ke-1, jumlah: True bukan bilangan bulat; perbaiki isinya"
    ]


def test_attendance_that_is_no_table_says_how(tmp_path: Path) -> None:
    assert problems(tmp_path, BETTER + "kehadiran = [12]") == [
        "kehadiran ke-1: bukan bagian [[kehadiran]]; tulis unsur, jabatan, dan jumlah di bawah [[kehadiran]]"
    ]


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    assert problems(tmp_path, BETTER + "tempat Gedung\n") == [
        'baris 6: bukan TOML yang benar; tulis seperti tempat = "Gedung PKK"'
    ]


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "rujukan"
    folder.mkdir()
    (folder / "rapat.toml").write_bytes('tempat = "Gedung É"'.encode("latin-1"))
    with pytest.raises(DatasetError) as raised:
        read_meeting(folder)
    assert str(raised.value) == "rujukan/rapat.toml: bukan teks UTF-8; simpan ulang sebagai UTF-8"


def test_what_is_wrong_is_found_before_the_build_too(tmp_path: Path) -> None:
    folder = tmp_path / "rujukan"
    folder.mkdir()
    (folder / "rapat.toml").write_text(BETTER.replace("2018-10-18", '"18 Oktober 2018"'), "utf-8")
    found = findings_of(folder, DATA)
    assert found[["kode", "tingkat", "berkas"]].to_numpy().tolist() == [["R11", "salah", "rujukan/rapat.toml"]]
    with pytest.raises(DatasetError) as raised:
        read_meeting(folder)
    assert str(raised.value) == f"rujukan/rapat.toml, {found['pesan'].iat[0]}"


def test_a_good_meeting_or_none_has_no_findings(tmp_path: Path) -> None:
    assert findings_of(tmp_path, DATA).empty
    read(tmp_path, BETTER + 'kabupaten = "KAB. LEBAK"\n')
    assert findings_of(tmp_path / "rujukan", DATA).empty
    # another year is looked at
    assert findings_of(tmp_path / "rujukan", {2018: ()}).empty


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "tahun = 2019",
            "tahun: 2019 tidak ada dalam data (ada: 2017, 2018), jadi tidak ada berita acara; tulis tahun = 2018",
        ),
        (
            "tahun = 2001",
            "tahun: 2001 tidak ada dalam data (ada: 2017, 2018), jadi tidak ada berita acara; tulis tahun = 2018",
        ),
        (
            'kabupaten = "Lebag"',
            'kabupaten: "Lebag" tidak ada dalam data tahun 2018, jadi tidak ada berita acara; maksud Anda "Lebak"?',
        ),
        (
            'kabupaten = "Kupang"',
            'kabupaten: "Kupang" tidak ada dalam data tahun 2018, jadi tidak ada berita acara; tulis namanya seperti '
            "di ekspor",
        ),
    ],
)
def test_a_meeting_on_what_the_data_do_not_have_is_told(tmp_path: Path, line: str, text: str) -> None:
    read(tmp_path, f"{BETTER}{line}\n")
    found = findings_of(tmp_path / "rujukan", DATA)
    assert found[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        ["R11", "salah", "rujukan/rapat.toml", text]
    ]


def test_a_broken_template_of_the_office_is_told_before_the_build(tmp_path: Path) -> None:
    (tmp_path / "rujukan").mkdir()
    (tmp_path / "rujukan" / "berita_acara.docx").write_text("x")
    found = findings_of(tmp_path / "rujukan", DATA)
    assert found[["kode", "tingkat", "berkas", "pesan"]].to_numpy().tolist() == [
        [
            "R11",
            "salah",
            "rujukan/berita_acara.docx",
            "bukan dokumen Word (.docx) yang utuh; simpan ulang di Word",
        ]
    ]
