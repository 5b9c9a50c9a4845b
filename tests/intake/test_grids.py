"""Unreadable files, each told apart; CSV dialects; the day of an export."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kkb_eval.intake import grids

from . import write_grid

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TERKUNCI = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
BUKAN_BUKU = "bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx"


def workbook(fill: Callable[[Workbook], None] = lambda book: None) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].append(["a", 1])
    fill(book)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("a.xlsx", b"", "berkas kosong; unduh ulang dari portal"),
        ("a.xls", b"x", "bukan .xlsx atau .csv; buka di Excel dan simpan sebagai .xlsx"),
        ("foto.xlsx", PNG, BUKAN_BUKU),
        ("a.xlsx", b"Kampung KB,Desa\n", BUKAN_BUKU),
        ("a.xlsx", workbook()[:-200], BUKAN_BUKU),
        ("a.xlsx", workbook()[:3000], BUKAN_BUKU),
        (
            "a.xlsx",
            TERKUNCI,
            "terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa",
        ),
        ("a.csv", "Kampung KB\n".encode("utf-16"), "bukan teks CSV; simpan ulang sebagai CSV UTF-8"),
        ("a.csv", b'a,b\n"x,1\n', "CSV tidak utuh di baris 2; simpan ulang dari Excel"),
        ("a.csv", b"a,b\n1,2\n1,2,3\n", "baris 3 memuat 3 sel, judulnya 2; periksa tanda pemisah kolom"),
    ],
)
def test_an_unreadable_file_says_why_and_what_to_do(name: str, data: bytes, text: str) -> None:
    with pytest.raises(grids.Unreadable) as caught:
        grids.open_sheets(name, data)
    assert str(caught.value) == text


def test_a_zip_without_a_workbook_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("foto.png", PNG)
    with pytest.raises(grids.Unreadable, match="bukan buku kerja Excel yang utuh"):
        grids.open_sheets("a.xlsx", out.getvalue())


UTUH = workbook()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(UTUH) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_damaged_bytes_are_never_more_than_unreadable(damage: list[tuple[int, int]]) -> None:
    data = bytearray(UTUH)
    for place, byte in damage:
        data[place] = byte
    try:
        for read in grids.open_sheets("a.xlsx", bytes(data)).lembar.values():
            read(None)
    except grids.Unreadable:
        pass


def test_an_error_cell_is_not_taken_for_a_blank() -> None:
    def fill(book: Workbook) -> None:
        book.worksheets[0]["B3"] = "#DIV/0!"
        book.worksheets[0]["B3"].data_type = "e"

    with pytest.raises(grids.Unreadable) as caught:
        grids.open_sheets("a.xlsx", workbook(fill))
    assert str(caught.value) == "sel B3 berisi galat atau rumus tanpa hasil; perbaiki di Excel, lalu simpan ulang"


def test_a_formula_without_a_result_is_not_taken_for_a_blank() -> None:
    def fill(book: Workbook) -> None:
        for n in range(2, 9):
            book.worksheets[0][f"C{n}"] = "=1+1"

    with pytest.raises(grids.Unreadable) as caught:
        grids.open_sheets("a.xlsx", workbook(fill))
    assert str(caught.value) == (
        "sel C2, C3, C4, C5, C6 … berisi galat atau rumus tanpa hasil; perbaiki di Excel, lalu simpan ulang"
    )


def test_a_formula_whose_result_is_an_empty_text_is_a_blank() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            cell = b'<c r="C1" t="str"><f>IF(TRUE,"","")</f><v></v></c></row>'
            new.writestr(name, old.read(name).replace(b"</row>", cell))
    assert grids.open_sheets("a.xlsx", out.getvalue()).lembar["Sheet"](None) == [["a", 1.0, ""]]


@pytest.mark.parametrize("place", ["XFD5", "A1048576", "CW2"])
def test_a_stray_cell_far_outside_is_told_instead_of_filling_memory(place: str) -> None:
    def fill(book: Workbook) -> None:
        book.worksheets[0][place] = 1

    with pytest.raises(grids.Unreadable) as caught:
        grids.open_sheets("a.xlsx", workbook(fill))
    assert str(caught.value) == (
        "ada sel di luar 100 kolom atau 120.000 baris pertama; hapus kolom dan baris sesudah data"
    )


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(grids.Unreadable) as caught:
        grids.read_bytes(tmp_path / "tidak-ada.xlsx")
    assert str(caught.value) == "tidak dapat dibuka; tutup berkas itu di program lain dan periksa izinnya"


def test_the_sheet_of_the_portal_comes_first() -> None:
    def fill(book: Workbook) -> None:
        book.create_sheet("Worksheet")

    sheets = grids.open_sheets("a.xlsx", workbook(fill))
    assert list(sheets.lembar) == ["Worksheet", "Sheet"]
    assert sheets.lembar["Sheet"](None) == [["a", 1.0]]


@pytest.mark.parametrize(
    "data",
    [
        b"desa,pus\nCigemblong,398\n",
        b"desa;pus\r\nCigemblong;398\r\n",
        b"desa\tpus\nCigemblong\t398",
        b"\xef\xbb\xbfdesa;pus\nCigemblong;398\n",
        b'"desa","pus"\n"Cigemblong","398"\n',
    ],
)
def test_csv_dialects_read_alike(data: bytes) -> None:
    assert grids.read_csv(data) == [["desa", "pus"], ["Cigemblong", "398"]]


def test_csv_of_windows_keeps_its_accents() -> None:
    assert grids.read_csv("desa;pus\nCafé;1\n".encode("cp1252")) == [["desa", "pus"], ["Café", "1"]]


def test_short_csv_rows_are_padded_and_empty_ones_kept_in_place() -> None:
    assert grids.read_csv(b"a,b,c\n1\n\n1,2,3,,\n") == [["a", "b", "c"], ["1", "", ""], ["", "", ""], ["1", "2", "3"]]


@pytest.mark.parametrize(
    "name",
    [
        "rekap_2022-06-07.xlsx",
        "2022-06-07 rekap 7 Juni 2022.xlsx",
        "rekap_07-06-2022.xlsx",
        "rekap 7.6.2022 (1).xlsx",
        "rekap_20220607.xlsx",
        "rekap_20220607_103012.xlsx",
        "rekap_2022_06_07.xlsx",
        "rekap-lebak-7-juni-2022.xlsx",
        "REKAP 2 LEBAK_7_JUN_2022.xlsx",
        "rekap 3 kecamatan 2022-06-07.xlsx",
    ],
)
def test_the_day_is_the_one_in_the_name_however_it_is_written(name: str) -> None:
    assert grids.snapshot(name, grids.Sheets(date(2022, 10, 27), {})) == date(2022, 6, 7)


@pytest.mark.parametrize("name", ["rekap.xlsx", "rekap 2022.xlsx", "Juni 2022.xlsx", "rekap_12022-06-071.xlsx"])
def test_without_a_date_in_the_name_the_day_is_when_the_workbook_was_created(tmp_path: Path, name: str) -> None:
    path = write_grid(tmp_path / name, [["a"]], created="2022-10-27")
    assert grids.snapshot(name, grids.open_sheets(name, path.read_bytes())) == date(2022, 10, 27)


@pytest.mark.parametrize(
    ("name", "dibuat", "text"),
    [
        ("rekap.csv", None, "tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya rekap_2022-10-27.csv"),
        (
            "rekap_2022-13-40.xlsx",
            date(2022, 10, 27),
            'tanggal "2022-13-40" di nama berkas tidak ada di kalender; perbaiki nama berkas',
        ),
        (
            "rekap_31-02-2022.xlsx",
            None,
            'tanggal "31-02-2022" di nama berkas tidak ada di kalender; perbaiki nama berkas',
        ),
        (
            "2023-01-02 rekap 7 Juni 2022.xlsx",
            None,
            "nama berkas memuat tanggal 2022-06-07 dan 2023-01-02; sisakan tanggal ekspornya saja",
        ),
        (
            "rekap_3_4_2022-10-27.xlsx",
            None,
            "nama berkas memuat tanggal 2022-04-03 dan 2022-10-27; sisakan tanggal ekspornya saja",
        ),
        (
            "rekap_20221103.xlsx",
            None,
            "tanggal ekspor 2022-11-03 belum tiba; tulis tanggal yang benar di nama berkas",
        ),
        (
            "rekap.xlsx",
            date(2022, 11, 3),
            "tanggal ekspor 2022-11-03 belum tiba; tulis tanggal yang benar di nama berkas",
        ),
    ],
)
def test_a_day_that_cannot_be_is_told(name: str, dibuat: date | None, text: str) -> None:
    with pytest.raises(grids.Unreadable) as caught:
        grids.snapshot(name, grids.Sheets(dibuat, {}), hari_ini=date(2022, 11, 1))
    assert str(caught.value) == text


def test_tomorrow_may_be_today_in_the_east() -> None:
    sheets = grids.Sheets(None, {})
    assert grids.snapshot("a_2022-11-02.csv", sheets, hari_ini=date(2022, 11, 1)) == date(2022, 11, 2)
