"""The workbook of ``check``: its two sheets, their filters, and what a cell is."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from kkb_eval.commands import check
from kkb_eval.documents import findings_book
from kkb_eval.errors import KkbError
from kkb_eval.text import SAMPLE_BANNER

FOUND = pd.DataFrame(
    [
        ("K06", "salah", "rekap.xlsx", 3, "a", "pus, iud", "=PUS 100, tetapi 200", 2018, "Mawar", "Maja"),
        ("K20", "info", "rekap.xlsx", None, None, None, "2 baris bukan Kampung KB", 2018, None, None),
    ],
    columns=list(check.COLUMNS),
).astype({"baris": "Int64", "tahun": "Int64"})


def sheets(path: Path) -> dict[str, list[list[object]]]:
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(path)
    }


def test_a_row_a_cause_and_a_row_a_finding(tmp_path: Path) -> None:
    findings_book.write(tmp_path / "c.xlsx", FOUND, sample=False)
    arti = "peserta KB dan bukan peserta tidak berjumlah sama dengan PUS"
    baris = "baris yang bukan Kampung KB (jumlah, nomor kolom, judul)"
    assert sheets(tmp_path / "c.xlsx") == {
        "Sebab": [
            ["Tingkat", "Kode", "Arti", "Catatan", "Kampung KB", "Misalnya"],
            ["salah", "K06", arti, 1, 1, "=PUS 100, tetapi 200"],
            ["info", "K20", baris, 1, 0, "2 baris bukan Kampung KB"],
        ],
        "Catatan": [
            [
                *("Tingkat", "Kode", "Arti", "Tahun", "Kecamatan", "Kampung KB", "Catatan", "Kolom", "Berkas"),
                "Baris",
            ],
            ["salah", "K06", arti, 2018, "Maja", "Mawar", "=PUS 100, tetapi 200", "PUS, IUD", "rekap.xlsx", 3],
            ["info", "K20", baris, 2018, None, None, "2 baris bukan Kampung KB", None, "rekap.xlsx", None],
        ],
    }
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    assert [sheet.auto_filter.ref for sheet in book] == ["A1:F3", "A1:J3"]
    assert book["Catatan"]["G2"].data_type == "s"


def test_a_sample_says_so_on_both_sheets(tmp_path: Path) -> None:
    findings_book.write(tmp_path / "c.xlsx", FOUND, sample=True)
    assert {rows[0][0] for rows in sheets(tmp_path / "c.xlsx").values()} == {SAMPLE_BANNER}


def test_nothing_found_leaves_the_heads(tmp_path: Path) -> None:
    findings_book.write(tmp_path / "c.xlsx", FOUND.iloc[:0], sample=False)
    assert [len(rows) for rows in sheets(tmp_path / "c.xlsx").values()] == [1, 1]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KkbError, match=r"bukan nama berkas [.]xlsx; pakai nama seperti catatan"):
        findings_book.write(tmp_path / "c.csv", FOUND, sample=False)
