"""What identifies a person, and what only looks like it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval.intake import people
from kkb_eval.intake.portal import TITLES


@pytest.mark.parametrize(
    "title",
    [
        *("NIK", "Nik Ketua", "No KK", "No. KK", "Nomor KK", "KTP", "NIP"),
        *("No HP", "no_hp", "No. HP Ketua", "Telepon", "Nomor Telepon", "Telp/HP", "WA", "WhatsApp", "Kontak", "Email"),
        *("Alamat", "Alamat Rumah", "Tanggal Lahir", "Tempat Lahir"),
        *(
            "Nama",
            "Nama Ketua Pokja",
            "Ketua Pokja",
            "Nama Kepala Desa",
            "Nama PLKB",
            "Kades",
            "Petugas",
            "Dibuat Oleh",
        ),
    ],
)
def test_a_title_that_identifies_people(title: str) -> None:
    assert people.header_identifies(title)


@pytest.mark.parametrize(
    "title",
    [
        *("No", "No.", "ID", "Kode Desa", "Nama Desa", "Nama Kampung KB", "Nama Dusun", "Nama Poktan", "Nama Sekolah"),
        *("Keterangan", "Tahun", "Latitude", "Tanggal Dibentuk", "Jumlah KK", "Jumlah Anggota", ""),
        *(TITLES[c] for c in ("kampung", "provinsi", "kabupaten", "kecamatan", "desa", "klasifikasi", "hamil")),
    ],
)
def test_a_title_that_does_not(title: str) -> None:
    assert not people.header_identifies(title)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("3602011507800001", "NIK atau nomor KK"),
        ("36020115 07800001", "NIK atau nomor KK"),
        ("Maja (NIK 3602011507800001)", "NIK atau nomor KK"),
        ("081234567890", "telepon"),
        ("0812-3456-7890", "telepon"),
        ("+62 812 3456 7890", "telepon"),
        ("81234567890", "telepon"),
        ("021-5551234", "telepon"),
        ("(0252) 201234", "telepon"),
    ],
)
def test_a_number_of_a_person(cell: str, kind: str) -> None:
    assert people.find_numbers(["Maja", cell]) == {kind: [1]}


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "3602012001",
            "36.02.01.2001",
            "2022-10-27 08:00:00",
            "140/036.02.01/2018",
            "106.12345678901",
            "-6.563112345",
        ),
        *("RW 02", "Kampung KB 2018", "1.234.567"),
    ],
)
def test_a_number_of_no_person(cell: str) -> None:
    assert people.find_numbers([cell]) == {}


@settings(deadline=None)
@given(st.integers(10**15, 10**16 - 1), st.text("abc ", max_size=5))
def test_sixteen_digits_are_always_found(number: int, before: str) -> None:
    assert people.find_numbers([f"{before}{number}"]) == {"NIK atau nomor KK": [0]}
