"""The RTL workbook: what it holds, what may be changed in it, and that a filled one comes back."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from report.datasets import text
from report.evaluations import evaluation, kampung

from kkb_eval import Evaluation, open_evaluation, schema, store
from kkb_eval.documents import action_plan, action_plan_book
from kkb_eval.documents.action_plan_book import Rtl, write
from kkb_eval.intake.action_plan import read_rtl
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.report.sections import follow_up

ID = "36.02.13.2006-arenmanis/naikkan_pokja"
ROWS = {"id": ID, "kampung": "Aren Manis", "desa": "Maja", "menuju": "Mandiri", "langkah": "lengkapi pokja"}
ROWS |= {"unsur": "pemda", "status": "disepakati"}


def book(path: Path, *baris: dict[str, Any], **kwargs: Any) -> Worksheet:
    """The table of a workbook of Maja 2017 with these rows, as a program that opens it sees it."""
    write(
        path, Rtl("Kabupaten Lebak", "Maja", 2017, kwargs.pop("sintetis", False), date(2017, 11, 20), baris, **kwargs)
    )
    return openpyxl.load_workbook(path)[action_plan_book.SHEET]


def row(sheet: Worksheet, number: int) -> list[object]:
    return [cell.value for cell in sheet[number]]


@pytest.fixture(scope="module")
def maja(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    out = tmp_path_factory.mktemp("out")
    return open_evaluation(store.ROOT / "data/contoh", 2017, out=out).for_kecamatan("Maja")


def test_a_kecamatan_has_a_row_for_every_step_of_its_plan(maja: Evaluation, tmp_path: Path) -> None:
    action_plan.write_rtl(tmp_path / "maja.xlsx", maja)
    sheet = openpyxl.load_workbook(tmp_path / "maja.xlsx")["RTL"]
    assert [sheet.cell(n, 2).value for n in (1, 2, 3)] == [
        "RTL 2018 Kecamatan Maja (hasil evaluasi 2017)",
        "Kabupaten Lebak, Kecamatan Maja, hasil evaluasi 2017",
        "DATA CONTOH – BUKAN DATA SEBENARNYA",
    ]
    assert row(sheet, 5) == list(schema.RTL.values())
    rows = {r[0]: r for r in (row(sheet, n) for n in range(6, sheet.max_row + 1)) if r[0]}
    assert len(rows) == len(maja.rencana)
    pokja = (
        "lengkapi pokja sampai 1 dari 3 hal ini ada: pengurus (lebih dulu), anggota, dan pelatihan (skor 1 menjadi 2)"
    )
    own = rows[ID]
    assert own[1:3] + own[5:10] == [
        "Aren Manis", "Maja", "C Naik kelas", "Berkelanjutan", pokja, "pemda", "Kepala Desa"
    ]  # fmt: skip
    assert (own[10].date(), own[11:]) == (date(2018, 3, 31), [None, None])
    blank = [row(sheet, n) for n in range(6 + len(rows), sheet.max_row + 1)]
    assert blank == [[None] * len(schema.RTL)] * action_plan_book.EXTRA_ROWS


def test_only_input_cells_are_open_and_they_are_guided(tmp_path: Path) -> None:
    sheet = book(tmp_path / "maja.xlsx", ROWS)
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    terbuka = {cell.column_letter for cell in sheet[6] if not cell.protection.locked}
    lain = {cell.column_letter for cell in sheet[7] if not cell.protection.locked}
    assert (terbuka, lain) == (set("IJKLM"), set("BCDEFGHIJKLM"))
    assert sheet["B4"].protection.locked
    aturan = {str(v.sqref): (v.type, v.formula1, v.prompt) for v in sheet.data_validations.dataValidation}
    assert aturan["I6:I16"] == (
        "list",
        '"pemda,swasta,masyarakat"',
        "Siapa yang bertindak: pemda, swasta, atau masyarakat.",
    )
    assert aturan["J6:J16"] == (None, None, "Instansi atau jabatan, bukan nama orang.")
    assert aturan["K6:K16"][0] == "date"
    assert aturan["L6:L16"][:2] == ("list", '"disepakati,berjalan,selesai,tidak disepakati,batal"')


def test_it_prints_on_a4_across_with_a_head_that_stays(tmp_path: Path) -> None:
    sheet = book(tmp_path / "maja.xlsx", ROWS)
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.print_area) == ("C6", "$5:$5", "'RTL'!$B$1:$M$16")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )


def test_the_summary_counts_with_formulas_and_shows_its_value_at_once(tmp_path: Path) -> None:
    sheet = book(tmp_path / "maja.xlsx", ROWS, ROWS | {"status": "selesai"})
    assert str(sheet["B4"].value).startswith(
        '="langkah: "&COUNTIF($H$6:$H$17,"?*")&"     "&"disepakati: "&COUNTIF($L$6:$L$17,'
    )
    shown = openpyxl.load_workbook(tmp_path / "maja.xlsx", data_only=True)["RTL"]["B4"].value
    assert shown == "langkah: 2     disepakati: 1     berjalan: 0     selesai: 1     tidak disepakati: 0     batal: 0"


def test_text_that_looks_like_a_formula_or_link_stays_text(tmp_path: Path) -> None:
    sheet = book(tmp_path / "maja.xlsx", ROWS | {"kampung": "=1+1", "langkah": "https://contoh.id", "catatan": "+62"})
    assert [(sheet[c].value, sheet[c].data_type) for c in ("B6", "H6", "M6")] == [
        ("=1+1", "s"),
        ("https://contoh.id", "s"),
        ("+62", "s"),
    ]
    assert sheet["H6"].hyperlink is None


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        book(tmp_path / f"{name}.xlsx", ROWS, tanpa=[("Mawar", "Maja", "Mandiri")])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_what_is_filled_in_comes_back(maja: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "rtl" / "maja.xlsx"
    action_plan.write_rtl(path, maja)
    opened = openpyxl.load_workbook(path)
    sheet = opened["RTL"]
    for cell, value in {
        "I6": "masyarakat",
        "J6": "Pokja",
        "K6": date(2018, 3, 31),
        "L6": "selesai",
        "M6": "=1",
    }.items():
        sheet[cell] = value
    sheet["M6"].data_type = "s"
    steps = len(action_plan.steps(maja))
    sheet[f"H{7 + steps}"], sheet[f"L{7 + steps}"] = "rapat pokja", "berjalan"
    opened.save(path)
    read = read_rtl(path.parent, maja.kampung, 2017, read_catalogue(), evaluasi=2018)
    assert read.catatan["pesan"].tolist() == [
        f"{steps - 1} langkah rencana tanpa status, jadi tidak dihitung sebagai disepakati; pilih statusnya"
    ]
    kolom = ["kampung_id", "tindakan", "unsur", "penanggung_jawab", "tenggat", "status", "catatan", "baris"]
    assert read.rows[kolom].astype(object).fillna("").to_numpy().tolist() == [
        [
            "36.02.13.2006-arenmanis",
            "perbarui",
            "masyarakat",
            "Pokja",
            pd.Timestamp(2018, 3, 31),
            "selesai",
            "=1",
            6,
        ],
        ["", "", "", "", "", "berjalan", "", 7 + steps],
    ]


# the section


def year(*rtl_rows: dict[str, Any]) -> Evaluation:
    known = {
        "kecamatan": "Maja",
        "kampung": "Kampung A",
        "kampung_id": "k0",
        "tindakan": "naikkan_pokja",
        "menuju": "x",
    }
    known |= {"langkah": "lengkapi pokja", "unsur": "pemda", "tenggat": pd.Timestamp(2022, 12, 31), "berkas": "a.xlsx"}
    known |= {"status": "selesai", "ke": 3, "kini": 3, "tercapai": True, "kelas_sebelum": "Dasar", "baris": 6}
    rows = pd.DataFrame([known | {"kelas_sekarang": "Mandiri"} | r for r in rtl_rows])
    tables = {"rtl": rows.astype({"tercapai": "boolean"})} if len(rows) else {}
    return evaluation(kampung({}), perubahan=[{"bagian": "x"}], **tables)


def test_without_a_workbook_the_section_is_one_line_that_says_where_to_put_it() -> None:
    assert text(str(follow_up([year(), year()]).html)) == (
        "RTL 2022 belum ada: taruh buku RTL yang sudah diisi di rujukan/rtl/ (dibuat di 2022/rtl/)."
    )


def test_the_section_tells_agreed_done_reached_and_changed() -> None:
    rows = [{}, {"status": "disepakati", "tercapai": False, "kini": 1}, {"status": None, "tercapai": None}]
    rows.append({"kampung": None, "kampung_id": None, "tindakan": None, "tercapai": None, "status": "batal"})
    rows[-1] |= {"kelas_sebelum": None, "kelas_sekarang": None}
    shown = text(str(follow_up([year(), year(*rows)]).html))
    assert "RTL 2022: 1 dari 4 langkah yang disepakati selesai" in shown
    assert (
        "RTL 2022: disepakati 4 langkah di 1 Kampung KB; selesai 1, berjalan 0, belum dimulai 1, batal 1, status tidak "
        "diisi 1. Dari 4 langkah itu, dua dapat dicek dengan angka 2023: satu tercapai, satu belum. Kelasnya berubah: "
        "Kampung A (Dasar → Mandiri)."
    ) in shown
    for words in ("tercapai (skor 3, perlu 3)", "belum tercapai (skor 1, perlu 3)", "belum diketahui", "di luar angka"):
        assert words in shown
    assert "Kecamatan Maja" in shown
