"""Titles above the header, a header in two rows, rows that are no Kampung KB, merged and hidden cells."""

from pathlib import Path

import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from kkb_eval import schema
from kkb_eval.intake.dataset import open_dataset

from . import Files, assert_right, numbers, right_numbers, told

Row = list[object]


def sums(files: Files) -> Row:
    """A row of the sums of all columns of the rekap."""
    rows = files.rekap[1:]
    return [None, *([None] * 5), *(sum(float(r[i] or 0) for r in rows) for i in range(6, 41))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("titles", "row"),
    [
        ([["REKAP DATA KAMPUNG KB KABUPATEN LEBAK TAHUN 2018"], []], 3),
        ([["PEMERINTAH KABUPATEN LEBAK"], ["DINAS, PENGENDALIAN PENDUDUK; KB"], [], ["Keadaan 15 Oktober 2018"]], 5),
        ([[None] * 41], 2),
    ],
)
def test_titles_above_the_header_are_not_read_and_told(tmp_path: Path, titles: list[Row], row: int) -> None:
    files = Files(tmp_path)
    files.rekap[:0] = titles
    files.write()
    assert told(assert_right(tmp_path)) == [
        ("K01", "info", f"judul kolom ada di baris {row}; baris di atasnya tidak dibaca")
    ]


def test_a_title_above_the_header_of_a_csv_is_not_read_either(tmp_path: Path) -> None:
    files = Files(tmp_path).write()
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in files.rekap]
    path = tmp_path / "ekspor" / files.names[0]
    path.unlink()
    path.with_suffix(".csv").write_text("Rekap Kampung KB, Kabupaten Lebak\n\n" + "\n".join(lines), "utf-8-sig")
    assert_right(tmp_path)


def test_a_group_row_above_the_header_is_not_read(tmp_path: Path) -> None:
    files = Files(tmp_path)
    groups: Row = [None, "Wilayah", *[None] * 4, "Profil", *[None] * 11, "Penduduk", *[None] * 6, "KB", *[None] * 15]
    files.rekap.insert(0, groups)

    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("G1:R1")

    files.dress = merge
    files.write()
    assert_right(tmp_path)


@pytest.mark.parametrize("merged", [True, False])
def test_a_header_in_two_rows_is_read_together(tmp_path: Path, merged: bool) -> None:
    files = Files(tmp_path)
    groups = {"Pokja Pengurusan": 5, "Memiliki Balita": 3}
    upper: Row = list(files.rekap[0])
    lower: Row = [None] * len(upper)
    for title, width in groups.items():
        at = upper.index(title)
        for i in range(at, at + width):
            first, _, rest = str(upper[i]).partition(" ")
            upper[i], lower[i] = (first if i == at else None), rest
    files.rekap[:1] = [upper, lower]

    def merge(sheet: Worksheet) -> None:
        if merged:
            sheet.merge_cells(start_row=1, start_column=8, end_row=1, end_column=12)
            sheet.merge_cells("B1:B2")

    files.dress = merge
    files.write()
    assert told(assert_right(tmp_path)) == [("K01", "info", "judul kolom ada di dua baris; keduanya dibaca bersama")]


@pytest.mark.parametrize(
    "names",
    [
        ["JUMLAH", None, None, None, None],
        ["TOTAL", "BANTEN", "LEBAK", "MAJA", "MAJA"],
        ["JUMLAH KEC. MAJA", "BANTEN", "LEBAK", "MAJA", None],
        ["Jumlah Maja", "BANTEN", "LEBAK", "MAJA", None],
        ["Grand Total", "BANTEN", "LEBAK", "MAJA", "MAJA"],
        ["REKAP KABUPATEN", "BANTEN", "LEBAK", "MAJA", "MAJA"],
        ["Rata-rata", "BANTEN", "LEBAK", "MAJA", "MAJA"],
        ["SUB TOTAL I", "BANTEN", "LEBAK", "MAJA", "MAJA"],
        ["JML.", None, "LEBAK", "MAJA", None],
        [None, "BANTEN", "LEBAK", "MAJA Total", None],
        [None, None, "Grand Total", None, None],
        ["KECAMATAN MAJA", "BANTEN", "LEBAK", "MAJA", None],
    ],
)
def test_a_total_is_not_counted_and_told(tmp_path: Path, names: Row) -> None:
    files = Files(tmp_path)
    files.rekap.append([None, *names, *sums(files)[6:]])
    files.write()
    assert told(assert_right(tmp_path)) == [
        (
            "K20",
            "info",
            "1 baris bukan Kampung KB, jadi tidak dihitung: jumlah (baris 85); periksa bila ada Kampung KB di"
            " antaranya",
        )
    ]


def test_a_total_named_in_the_column_of_numbers_is_not_counted(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.rekap.append(["JUMLAH", *sums(files)[1:]])
    files.write()
    assert [kode for kode, *_ in told(assert_right(tmp_path))] == ["K20"]


def test_totals_of_every_kecamatan_are_told_in_one_line(tmp_path: Path) -> None:
    files = Files(tmp_path)
    at = files.column("Kecamatan")
    rows = sorted(files.rekap[1:], key=lambda row: str(row[at]))
    out: list[Row] = [files.rekap[0]]
    for row, following in zip(rows, [*rows[1:], [None] * 41], strict=True):
        out.append(row)
        if row[at] != following[at]:
            out.append([None, f"JUMLAH KEC. {row[at]}", "BANTEN", "LEBAK", row[at], None, *sums(files)[6:]])
    files.rekap = out
    files.write()
    found = told(assert_right(tmp_path))
    assert len(found) == 1
    kode, tingkat, pesan = found[0]
    assert (kode, tingkat) == ("K20", "info")
    assert pesan.startswith("28 baris bukan Kampung KB, jadi tidak dihitung: jumlah (baris ")


@pytest.mark.parametrize("name", ["Jumlah Mulya", "Total Persada", "Rekap Asri", "Seluruh Warga", "Maja Total"])
def test_a_kampung_kb_whose_name_begins_or_ends_so_is_one(tmp_path: Path, name: str) -> None:
    files = Files(tmp_path)
    files.rekap[1][1] = name
    files.write()
    kampung = open_dataset(tmp_path).year(2018).kampung
    assert kampung.loc[kampung["kampung"].eq(name), "baris_rekap"].tolist() == [2]


@pytest.mark.parametrize("shape", ["{}", "({})", "[{}]", "{}.", "({}=3+4)"])
@pytest.mark.parametrize("first", [0, 1])
def test_column_numbers_are_not_counted(tmp_path: Path, shape: str, first: int) -> None:
    files = Files(tmp_path)
    numbers = [shape.format(n) if shape != "{}" else n for n in range(1, 42)]
    files.rekap.insert(1, [None] * first + [*numbers[: 41 - first]])
    files.write()
    assert told(assert_right(tmp_path)) == [
        (
            "K20",
            "info",
            "1 baris bukan Kampung KB, jadi tidak dihitung: nomor kolom (baris 2); periksa bila ada Kampung KB di"
            " antaranya",
        )
    ]


def test_letters_of_columns_are_not_counted_either(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.rekap.insert(1, [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ", *(f"A{letter}" for letter in "ABCDEFGHIJKLMNO")])
    files.write()
    assert [kode for kode, *_ in told(assert_right(tmp_path))] == ["K20"]


def test_the_header_again_on_each_printed_page_is_not_counted(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for at in (60, 30):
        files.rekap.insert(at, list(files.rekap[0]))
        files.klasifikasi.insert(at, [str(t).upper() for t in files.klasifikasi[0]])
    files.write()
    found = told(assert_right(tmp_path))
    assert [(kode, tingkat) for kode, tingkat, _ in found] == [("K20", "info")] * 2
    assert all("judul kolom (baris 31, 62)" in pesan for *_, pesan in found)


def test_a_heading_and_a_note_below_are_not_counted(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.rekap.insert(1, [None, "KEC. MAJA"])
    files.rekap += [[], [None, "Sumber: portal kampungkb"], [None, None, None, None, None, "Mengetahui, Kepala Dinas"]]
    files.write()
    assert told(assert_right(tmp_path)) == [
        (
            "K20",
            "info",
            "3 baris bukan Kampung KB, jadi tidak dihitung: keterangan (baris 2, 87, 88); periksa bila ada Kampung KB"
            " di antaranya",
        )
    ]


def test_merged_places_stand_for_each_of_their_rows(tmp_path: Path) -> None:
    files = Files(tmp_path)
    head, rows = files.rekap[0], sorted(files.rekap[1:], key=lambda row: (str(row[4]), str(row[5])))
    runs: list[tuple[int, int, int]] = []
    for column in (2, 3, 4):
        start = 0
        for n in range(1, len(rows) + 1):
            if n == len(rows) or rows[n][4] != rows[start][4]:
                if n - start > 1:
                    runs.append((column, start + 2, n + 1))
                start = n
    for column, first, last in runs:
        for n in range(first - 1, last - 1):
            rows[n] = [*rows[n][:column], None, *rows[n][column + 1 :]]
    files.rekap = [head, *rows]

    def merge(sheet: Worksheet) -> None:
        for column, first, last in runs:
            sheet.merge_cells(start_row=first, start_column=column + 1, end_row=last, end_column=column + 1)

    files.dress = merge
    files.write()
    count = sum(last - first for _, first, last in runs)
    assert told(assert_right(tmp_path)) == [
        ("K01", "info", f"{count} sel gabungan nama wilayah dibaca sebagai isi tiap barisnya")
    ]


def test_a_merged_count_is_not_repeated(tmp_path: Path) -> None:
    files = Files(tmp_path)
    at = files.column("Pus")
    files.rekap[2][at] = files.rekap[3][at] = None

    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells(start_row=2, start_column=at + 1, end_row=4, end_column=at + 1)

    files.dress = merge
    files.write()
    pus = open_dataset(tmp_path).year(2018).kampung.set_index("baris_rekap")["pus"]
    assert pus.loc[[3, 4]].tolist() == [0, 0]


def test_hidden_rows_are_counted_and_told(tmp_path: Path) -> None:
    files = Files(tmp_path)

    def hide(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:AO84"
        for n in range(3, 60):
            sheet.row_dimensions[n].hidden = True

    files.dress = hide
    files.write()
    assert told(assert_right(tmp_path)) == [
        ("K01", "info", "57 baris tersembunyi ikut dihitung; hapus baris itu bila tidak dimaksud")
    ]


def test_hidden_sheets_are_told(tmp_path: Path) -> None:
    files = Files(tmp_path)

    def hide(sheet: Worksheet) -> None:
        sheet.parent.create_sheet("Kerja").sheet_state = "hidden"

    files.dress = hide
    files.write()
    assert told(assert_right(tmp_path)) == [("K01", "info", '1 lembar tersembunyi ("Kerja") tidak dibaca')]


def test_a_hidden_copy_of_the_sheet_is_not_read(tmp_path: Path) -> None:
    files = Files(tmp_path)

    def copy(sheet: Worksheet) -> None:
        twin = sheet.parent.copy_worksheet(sheet)
        twin.title, twin.sheet_state = "lama", "hidden"

    files.dress = copy
    files.write()
    assert told(assert_right(tmp_path)) == [("K01", "info", '1 lembar tersembunyi ("lama") tidak dibaca')]


def test_the_unmet_couples_are_counted_once_with_and_without_a_total(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.rekap.append([None, "JUMLAH KEC. MAJA", "BANTEN", "LEBAK", "MAJA", None, *sums(files)[6:]])
    files.write()
    unmet = numbers(open_dataset(tmp_path))[list(schema.UNMET)].sum().sum()
    assert unmet == right_numbers()[list(schema.UNMET)].sum().sum()
    pd.testing.assert_frame_equal(numbers(open_dataset(tmp_path)), right_numbers())
