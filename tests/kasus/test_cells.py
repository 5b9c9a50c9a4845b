"""Cells as Excel and people change them: Ya and Tidak, a letter in a number, names that became dates; regions."""

import datetime
from pathlib import Path

import numpy as np
import pytest

from kkb_eval.intake import cells
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.portal import TITLES

from . import Files, assert_right, numbers, right_numbers, sample, told

YES_NO = [TITLES[c] for c in cells.YES_NO]


@pytest.mark.parametrize(
    ("yes", "no"), [("Ya", "Tidak"), ("YA", None), ("Ada", "Tidak Ada"), ("BENAR", "SALAH"), ("V", "-")]
)
def test_ya_and_tidak_are_true_and_blank_told_once(tmp_path: Path, yes: str, no: str | None) -> None:
    files = Files(tmp_path)
    for title in YES_NO:
        at = files.column(title)
        for row in files.rekap[1:]:
            row[at] = yes if row[at] else no
    files.write()
    found = told(assert_right(tmp_path))
    assert [(kode, tingkat) for kode, tingkat, _ in found] == [("K17", "info")]
    assert found[0][2].startswith(f"{YES_NO[0]}, {YES_NO[1]} dan {len(YES_NO) - 2} kolom lain berisi ")
    assert f'"{yes}"' in found[0][2]


@pytest.mark.parametrize("cell", ["7.06O", "70 6", "tujuh", "±700", "706 orang", "-", "706?"])
def test_an_unusable_cell_is_told_and_unknown_never_zero(tmp_path: Path, cell: str) -> None:
    files = Files(tmp_path)
    files.rekap[1][files.column("Pus")] = cell
    files.write()
    data = open_dataset(tmp_path)
    kampung = data.year(2018).kampung
    assert np.isnan(kampung.loc[kampung["baris_rekap"].eq(2), "pus"].iat[0])
    assert numbers(data)["pus"].isna().sum() == right_numbers()["pus"].isna().sum() + 1
    assert told(data) == [("K17", "salah", f'PUS: "{cell}" bukan angka; tulis jumlah orang')]


def test_names_that_became_dates_or_numbers_are_asked_about_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    for n, name in enumerate([datetime.datetime(2018, 3, 1), 45, "00012", True, "01-Mar"], 1):
        files.rekap[n][1] = name
    files.write()
    found = [one for one in told(open_dataset(tmp_path)) if one[0] == "K05"]
    assert found == [
        (
            "K05",
            "periksa",
            '5 nama berupa tanggal atau angka: "2018-03-01" (baris 2), "45" (baris 3), "00012" (baris 4), "TRUE" (baris'
            ' 5), "01-Mar" (baris 6), mungkin diubah Excel; cocokkan namanya di portal',
        )
    ]


@pytest.mark.parametrize("export", ["rekap", "klasifikasi"])
@pytest.mark.parametrize(
    ("provinsi", "kabupaten", "kecamatan", "desa"),
    [
        ("PROV. {}", "KAB. {}", "KEC. {}", "DESA {}"),
        ("PROVINSI {}", "KABUPATEN {}", "KECAMATAN {}", "KELURAHAN {}"),
        ("36 - {}", "3602 - {}", "360213 - {}", "3602132006 - {}"),
        ("{}", "36.02 {}", "36.02.13 {}", "36.02.13.2006 {}"),
        ("{}", "[3602] KAB {}", "01. {}", "DS. {}"),
        ("{}", "{} (3602)", "{}", "Desa/Kel. {}"),
        ("{}", "3602{}", "KEC.{}", "{}"),
    ],
)
def test_codes_and_words_for_a_level_in_one_export_make_no_other_kampung_kb(
    tmp_path: Path, export: str, provinsi: str, kabupaten: str, kecamatan: str, desa: str
) -> None:
    files = Files(tmp_path)
    for row in getattr(files, export)[1:]:
        row[2:6] = [
            shape.format(name) if name else name
            for shape, name in zip((provinsi, kabupaten, kecamatan, desa), row[2:6], strict=True)
        ]
    files.write()
    assert told(assert_right(tmp_path)) == []


def test_a_kampung_kb_entered_twice_with_different_numbers_is_told_and_breaks_nothing(tmp_path: Path) -> None:
    from kkb_eval.commands import check, note

    files = Files(tmp_path)
    row = list(files.rekap[1])
    row[files.column("Pus")] = 9
    files.rekap.append(row)
    files.write()
    (tmp_path / "ekspor" / files.names[1]).unlink()
    found = check.findings(tmp_path)
    twice = found[found["kode"].eq("K03") & found["tingkat"].eq("salah")]
    assert twice["baris"].tolist() == [2, 85]
    assert found["berkas"].notna().all()
    assert list(note.lines(tmp_path, found))


def test_a_filtered_second_year_is_told_once_a_file(tmp_path: Path) -> None:
    from kkb_eval.commands import check

    files = Files(tmp_path).write()
    files.names = ("rekap_2019-10-15.xlsx", "klasifikasi_2019-10-15.xlsx")
    for jenis in ("rekap", "klasifikasi"):
        grid = sample(jenis)
        setattr(files, jenis, [grid[0], *(row for row in grid[1:] if row[4] in ("MAJA", "SAJIRA"))])
    files.write()
    found = check.findings(tmp_path)
    cut = found[found["kode"].eq("K21")]
    assert cut["berkas"].tolist() == ["ekspor/klasifikasi_2019-10-15.xlsx", "ekspor/rekap_2019-10-15.xlsx"]
    assert cut["pesan"].str.contains("memuat 2 dari 28 kecamatan").all()
    assert not found["kode"].eq("K18").any()


def test_an_entry_workbook_sends_nobody_to_the_portal(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    from kkb_eval import stages
    from kkb_eval.documents import entry_form

    path = tmp_path / "ekspor" / "rekap-isian-2018-10-15.xlsx"
    path.parent.mkdir()
    entry_form.write_template(path)
    book = load_workbook(path)
    sheet = book["Worksheet"]
    places = ["Banten", "Kab. Lebak", "Kec. Maja", "Desa Entah"]
    for n, row in enumerate(sample("rekap")[1:4], 2):
        for column, cell in enumerate([None, "Mekar", *places, *row[6:]], 1):
            if cell is not None:
                sheet.cell(n, column, cell)
        sheet.cell(n, 19, 1)
    book.save(path)
    data = open_dataset(tmp_path)
    found = stages.prepare(data, data.year(2018), None).catatan
    assert len(found)
    assert not found["pesan"].str.contains("portal").any()
