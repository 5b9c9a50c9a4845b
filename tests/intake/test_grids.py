"""Unreadable files, each told apart; CSV dialects; the day of an export."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kkb_eval.intake import grids

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
TERKUNCI = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
BUKAN_BUKU = "bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx"


def workbook(fill: Callable[[Workbook], None] = lambda book: None) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].append(["a", 1])
    fill(book)
    book.save(out)
    return out.getvalue()


def archive(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name in names:
            book.writestr(name, content)
    return out.getvalue()


TEKS = "berisi teks, bukan buku kerja Excel; ganti akhiran namanya menjadi .csv"
HTML = "berisi halaman web (HTML), bukan buku kerja Excel; buka di Excel dan simpan sebagai .xlsx"
ODS = "berformat OpenDocument (.ods); buka di Excel dan simpan sebagai .xlsx"
XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'


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
        ("a.csv", b"Kampung\0KB\n", "bukan teks CSV; simpan ulang sebagai CSV UTF-8"),
        ("a.csv", b'a,b\n"x,1\n', "CSV tidak utuh di baris 2; simpan ulang dari Excel"),
        ("a.csv", workbook(), "berisi buku kerja Excel, bukan teks CSV; ganti akhiran namanya menjadi .xlsx"),
        ("a.xlsx", b"No;Kampung KB;Desa\n1;Mawar;Maja\n", TEKS),
        ("a.xlsx", b"No\tKampung KB\tDesa\r\n1\tMawar\tMaja", TEKS),
        ("a.xlsx", b"<html><body><table><tr><td>No</td></tr></table></body></html>", HTML),
        ("a.xls", b"\xef\xbb\xbf\n<!DOCTYPE html><html>", HTML),
        ("a.csv", b"<table border=1><tr><td>No", HTML),
        (
            "a.xls",
            XML_2003,
            "berisi XML Spreadsheet 2003, bukan buku kerja Excel; buka di Excel dan simpan sebagai .xlsx",
        ),
        ("a.xlsx", b"%PDF-1.7", "berisi PDF, bukan tabel; minta berkas Excel-nya, atau unduh dari portal"),
        ("a.xlsx", archive("content.xml", "mimetype"), ODS),
        ("a.ods", archive("content.xml", "mimetype"), "bukan .xlsx atau .csv; buka di Excel dan simpan sebagai .xlsx"),
        ("a.xlsx", archive("xl/workbook.bin"), "berformat .xlsb; buka di Excel dan simpan sebagai .xlsx"),
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
        for sheet in grids.open_sheets("a.xlsx", bytes(data)).sheets.values():
            assert sheet.grid is not None
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
    assert grids.open_sheets("a.xlsx", out.getvalue()).sheets["Sheet"].grid == [["a", 1.0, ""]]


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


def test_a_workbook_that_is_open_in_excel_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    for name in ("rekap.xlsx", "~$rekap.xlsx"):
        (tmp_path / name).write_bytes(b"PK")
    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(grids.Unreadable) as caught:
        grids.read_bytes(tmp_path / "rekap.xlsx")
    assert str(caught.value) == "sedang dibuka di Excel; tutup berkas itu, lalu ulangi"


def test_the_sheet_of_the_portal_comes_first() -> None:
    def fill(book: Workbook) -> None:
        book.create_sheet("Worksheet")

    sheets = grids.open_sheets("a.xlsx", workbook(fill))
    assert list(sheets.sheets) == ["Worksheet", "Sheet"]
    assert sheets.sheets["Sheet"].grid == [["a", 1.0]]


@pytest.mark.parametrize(
    "data",
    [
        b"desa,pus\nCigemblong,398\n",
        b"desa;pus\r\nCigemblong;398\r\n",
        b"desa\tpus\nCigemblong\t398",
        b"\xef\xbb\xbfdesa;pus\nCigemblong;398\n",
        b'"desa","pus"\n"Cigemblong","398"\n',
        b"desa|pus\nCigemblong|398\n",
        b"sep=;\r\ndesa;pus\r\nCigemblong;398\r\n",
        b'\xef\xbb\xbf"sep=|"\ndesa|pus\nCigemblong|398\n',
        "desa\tpus\nCigemblong\t398\n".encode("utf-16"),
    ],
)
def test_csv_dialects_read_alike(data: bytes) -> None:
    assert grids.read_csv(data) == [["desa", "pus"], ["Cigemblong", "398"]]


def test_the_separator_is_the_one_that_the_lines_share() -> None:
    titled = "Rekap, Lebak, Banten, 2023\ndesa;pus;kata\nMaja;1,5;satu, dua, tiga\nSajira;2,5;x\n"
    assert grids.read_csv(titled.encode())[1:3] == [
        ["desa", "pus", "kata"],
        ["Maja", "1,5", "satu, dua, tiga"],
    ]


def test_a_row_beyond_its_titles_is_told() -> None:
    with pytest.raises(grids.Unreadable) as caught:
        grids.check_widths(grids.read_csv(b"a,b\n1,2\n1,2,3\n"), 1)
    assert str(caught.value) == "baris 3 memuat 3 sel, judulnya 2; periksa tanda pemisah kolom"


def test_hidden_rows_hidden_sheets_and_merged_cells_are_known() -> None:
    def fill(book: Workbook) -> None:
        sheet = book.worksheets[0]
        for n in range(2, 6):
            sheet.append([f"b{n}", n])
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[5].hidden = True
        sheet.merge_cells("A2:A3")
        book.create_sheet("Salinan").sheet_state = "hidden"

    sheets = grids.open_sheets("a.xlsx", workbook(fill)).sheets
    assert sheets["Sheet"].hidden_rows == {3, 5}
    assert sheets["Sheet"].merged == [(1, 0, 2, 0)]
    assert {name: sheet.hidden for name, sheet in sheets.items()} == {"Sheet": False, "Salinan": True}


def test_a_zip_gives_its_one_table() -> None:
    data = archive("ekspor/rekap_2023-06-12.csv", "__MACOSX/._rekap.csv", "baca.txt", content=b"a;b\n")
    assert grids.from_zip(data) == ("rekap_2023-06-12.csv", b"a;b\n")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (archive("baca.txt"), "zip ini tidak memuat .xlsx atau .csv; ekstrak dulu, taruh ekspornya saja di sini"),
        (
            archive("a.xlsx", "b.csv"),
            "zip ini memuat 2 tabel (a.xlsx, b.csv); ekstrak dulu, taruh ekspornya saja di sini",
        ),
        (b"PK\x03\x04x", "zip rusak atau terkunci kata sandi; ekstrak dulu, taruh berkas .xlsx-nya di sini"),
    ],
)
def test_another_zip_is_told(data: bytes, text: str) -> None:
    with pytest.raises(grids.Unreadable) as caught:
        grids.from_zip(data)
    assert str(caught.value) == text


def test_csv_of_windows_keeps_its_accents() -> None:
    assert grids.read_csv("desa;pus\nCafé;1\n".encode("cp1252")) == [["desa", "pus"], ["Café", "1"]]


def test_short_csv_rows_are_padded_and_empty_ones_kept_in_place() -> None:
    assert grids.read_csv(b"a,b,c\n1\n\n1,2,3,,\n") == [["a", "b", "c"], ["1", "", ""], ["", "", ""], ["1", "2", "3"]]
