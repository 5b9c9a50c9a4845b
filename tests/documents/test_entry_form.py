"""The entry workbook: it explains every column, and what is filled in comes back through the intake."""

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kkb_eval import schema
from kkb_eval.documents import entry_form
from kkb_eval.errors import FileRefused, KkbError, of_system
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.portal import TITLES, read_export

PLACE = {"provinsi": "BANTEN", "kabupaten": "LEBAK"}
MAJA = PLACE | {"kampung": "Melati", "kecamatan": "MAJA", "desa": "MAJA", "jumlah_sumber_dana": 2, "regulasi": 1}
MAJA |= {"pus": 120, "iud": 30, "tidak_ingin_anak": 7}
SAJIRA = PLACE | {"kampung": "Mawar", "kecamatan": "SAJIRA", "desa": "SAJIRA", "pus": 80}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "ekspor" / "rekap_2024-12-31.xlsx"
    entry_form.write_template(path)
    return path


def fill(path: Path, *rows: dict[str, object]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Worksheet"]
    place = {cell.value: cell.column for cell in sheet[1]}
    for number, row in enumerate(rows, 2):
        for kolom, value in row.items():
            sheet.cell(number, place[TITLES[kolom]], value)
    book.save(path)


def test_the_form_has_the_columns_of_the_portal_in_its_order(template: Path):
    book = openpyxl.load_workbook(template)
    titles = [cell.value for cell in book["Worksheet"][1]]
    assert book.sheetnames == ["Worksheet", "Petunjuk", "Kamus data"]
    assert titles == ["No", *(TITLES[kolom] for kolom in (*schema.NAMES, *schema.REKAP))]
    assert len(titles) == 41
    assert book["Worksheet"].freeze_panes == "C2"


def test_what_is_filled_in_comes_back_as_a_rekap(template: Path):
    fill(template, MAJA, SAJIRA)
    export = read_export(template, template.name)
    assert (export.jenis, export.snapshot.isoformat(), len(export.catatan)) == ("rekap", "2024-12-31", 0)
    kolom = ["baris", "kampung", "desa", "jumlah_sumber_dana", "regulasi", "pus", "iud", "tidak_ingin_anak", "pil"]
    assert export.rows[kolom].fillna(-1).to_numpy().tolist() == [
        [2, "Melati", "MAJA", 2, 1, 120, 30, 7, -1],
        [3, "Mawar", "SAJIRA", -1, -1, 80, -1, -1, -1],
    ]


def test_a_filled_form_is_a_year_of_a_dataset(template: Path):
    fill(template, MAJA, SAJIRA)
    year = open_dataset(template.parents[1]).year(2024).kampung.set_index("kampung")
    lapor = ["lapor_profil", "lapor_penduduk", "lapor_kb"]
    assert year.loc["Melati", ["kecamatan", "pus", "iud", "pil", *lapor]].tolist() == ["Maja", 120, 30, 0, *[True] * 3]
    assert year.loc["Mawar", lapor].tolist() == [False, True, False]


def test_an_empty_form_is_refused(template: Path):
    with pytest.raises(FileRefused) as refused:
        read_export(template, "rekap.xlsx")
    assert str(refused.value) == "rekap.xlsx: hanya judul kolom, tanpa satu baris Kampung KB pun; lengkapi buku isian"


def test_a_form_without_a_date_in_its_name_is_asked_for_it(tmp_path: Path):
    entry_form.write_template(tmp_path / "isian.xlsx")
    with pytest.raises(FileRefused) as refused:
        read_export(tmp_path / "isian.xlsx", "isian.xlsx")
    assert refused.value.masalah[1] == (
        "K01",
        "tanggal ekspor tidak diketahui; tulis di nama berkas, misalnya isian_2022-10-27.xlsx",
    )


def test_every_column_has_a_message_and_a_rule(template: Path):
    sheet = openpyxl.load_workbook(template)["Worksheet"]
    rules = {
        sheet[str(rule.sqref).split(":")[0][:-1] + "1"].value: rule for rule in sheet.data_validations.dataValidation
    }
    assert list(rules) == [cell.value for cell in sheet[1]][1:]
    pus, regulasi, mekanisme = rules["PUS"], rules["Regulasi"], rules["Jumlah Mekanisme Operasional"]
    assert (pus.type, pus.operator, pus.formula1) == ("whole", "greaterThanOrEqual", "0")
    assert (regulasi.type, regulasi.formula1) == ("list", '"1"')
    assert (mekanisme.type, mekanisme.formula1, mekanisme.formula2) == ("whole", "0", "5")
    assert rules["Jumlah Sumber Dana"].formula1 == "1"
    assert pus.prompt == "Pasangan usia subur (PUS): istri berumur 15-49 tahun.\nIsian: bilangan bulat, paling kecil 0."
    assert regulasi.error == "Regulasi: 1 bila ya, kosong bila tidak."
    assert str(pus.sqref) == "S2:S2001"


def test_the_dictionary_explains_every_column(template: Path):
    rows = list(openpyxl.load_workbook(template)["Kamus data"].values)
    assert rows[0] == ("Kolom", "Arti", "Satuan", "Formulir", "Isian yang sah")
    assert [row[0] for row in rows[1:]] == [TITLES[kolom] for kolom in (*schema.NAMES, *schema.REKAP)]
    assert rows[7] == (
        "Pokja Pengurusan",
        "Pokja Kampung KB sudah mempunyai kepengurusan",
        "ya/tidak",
        "Profil",
        "1 bila ya, kosong bila tidak",
    )
    assert all(cell for row in rows[6:] for cell in row)


def test_messages_fit_into_excel():
    kamus = entry_form.dictionary()
    assert kamus["judul"].str.len().max() <= 32
    assert (kamus["arti"] + kamus["isian"]).str.len().max() <= 255 - len(".\nIsian: .")


def test_two_forms_are_the_same_file(tmp_path: Path):
    for name in ("a.xlsx", "b.xlsx"):
        entry_form.write_template(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert not re.search(rb"created|modified", book.read("docProps/core.xml"))


def test_a_form_that_may_have_been_filled_in_is_kept(template: Path):
    content = template.read_bytes()
    with pytest.raises(KkbError) as error:
        entry_form.write_template(template)
    assert str(error.value) == (
        f"{template}: sudah ada dan mungkin sudah diisi; pilih nama lain atau pindahkan berkas itu"
    )
    assert template.read_bytes() == content


def test_only_an_xlsx_can_be_written(tmp_path: Path):
    with pytest.raises(KkbError) as error:
        entry_form.write_template(tmp_path / "isian.xls")
    assert str(error.value) == f"{tmp_path / 'isian.xls'}: bukan nama berkas .xlsx; pakai nama seperti isian-rekap.xlsx"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "berkas").write_text("")
    with pytest.raises(OSError) as error:
        entry_form.write_template(tmp_path / "berkas" / "isian.xlsx")
    assert of_system(error.value) == f"{tmp_path / 'berkas'}: bukan folder; sebut folder lain, lalu ulangi"
