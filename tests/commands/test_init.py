"""A dataset folder that starts itself: what is written, what is left alone, and that the forms are read back."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from kkb_eval import store
from kkb_eval.commands.cli import main
from kkb_eval.commands.init import start
from kkb_eval.documents import companion_book
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.intake.companions import TABLES, read_rujukan
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.settings import read_config

SAMPLE = store.ROOT / "data" / "contoh"
PUS = "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN\nBANTEN;LEBAK;MAJA;MAJA;507;59;MEI\n"


def with_exports(folder: Path) -> Path:
    """A folder that holds the sample's exports of 2018 and nothing else."""
    (folder / "ekspor").mkdir(parents=True)
    for jenis in ("rekap", "klasifikasi"):
        shutil.copy(SAMPLE / "ekspor" / f"{jenis}-2018-10-15.xlsx", folder / "ekspor")
    return folder


def form(folder: Path, nama: str) -> pd.DataFrame:
    return pd.read_excel(
        folder / "rujukan" / f"{nama}.xlsx", sheet_name=nama, dtype="object", engine="calamine"
    ).fillna("")


def test_an_empty_folder_gets_its_parts_and_is_told_what_comes_next(tmp_path: Path) -> None:
    folder = tmp_path / "baru"
    told = list(start(folder))
    names = ["dataset.toml", "ekspor", "rujukan", "rujukan/rtl", "siga"]
    assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*")) == names
    assert told[-1] == (
        f"{folder}/ekspor/: belum ada ekspor, jadi tabel pendamping belum ditulis; taruh ekspor rekap dan klasifikasi"
        " di sana, lalu ulangi perintah ini"
    )
    assert read_config(folder / "dataset.toml").kabupaten == ()


def test_beside_exports_every_table_is_written_with_their_places(tmp_path: Path) -> None:
    folder = with_exports(tmp_path / "lebak")
    list(start(folder))
    assert sorted(p.stem for p in (folder / "rujukan").glob("*.xlsx")) == sorted(TABLES)
    assert read_config(folder / "dataset.toml").kabupaten == ("Lebak",)
    desa = form(folder, "desa_tertinggal")
    assert desa.columns.tolist() == list(TABLES["desa_tertinggal"].kolom)
    assert desa.iloc[0]["tahun"] == "contoh: 2024"
    assert set(desa["tahun"][1:]) == {2018}
    assert len(desa) == 1 + 345
    assert form(folder, "peta_kotak")["kecamatan"][1:].nunique() == 28
    target = form(folder, "target")[1:]
    assert set(target["wilayah"]) == {"Lebak"}
    assert {"CPR", "kampung_kb"} <= set(target["indikator"])


def test_what_is_there_is_never_changed(tmp_path: Path) -> None:
    folder = with_exports(tmp_path / "lebak")
    (folder / "Rujukan").mkdir()
    own = {"Dataset.toml": 'judul = "Punya kami"\n', "Rujukan/Target.csv": "tahun,wilayah,indikator,target,sumber\n"}
    for name, text in own.items():
        (folder / name).write_text(text)
    told = list(start(folder, ["target", "tenaga"]))
    assert {name: (folder / name).read_text() for name in own} == own
    assert [line for line in told if line.endswith("sudah ada, tidak diubah")] == [
        f"{folder}/Dataset.toml: sudah ada, tidak diubah",
        f"{folder}/Rujukan/Target.csv: sudah ada, tidak diubah",
    ]
    before = (folder / "Rujukan/tenaga.xlsx").read_bytes()
    list(start(folder, ["tenaga"]))
    assert (folder / "Rujukan/tenaga.xlsx").read_bytes() == before


def test_exports_in_the_folder_itself_are_still_read_afterwards(tmp_path: Path) -> None:
    for path in (SAMPLE / "ekspor").glob("*-2018-10-15.xlsx"):
        shutil.copy(path, tmp_path)
    list(start(tmp_path, ["alias"]))
    assert not (tmp_path / "ekspor").exists()
    assert open_dataset(tmp_path).tahun == (2018,)


@pytest.mark.parametrize(("name", "text"), [("dataset.toml", 'kabupaten = "KAB. LEBAK"\n'), ("siga/pus_2024.csv", PUS)])
def test_without_exports_the_places_are_those_of_siga_or_of_dataset_toml(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    list(start(tmp_path, ["tenaga"]))
    assert len(form(tmp_path, "tenaga")) == 1 + 345


def test_tables_of_several_kabupaten_have_a_column_for_them(tmp_path: Path) -> None:
    (tmp_path / "dataset.toml").write_text('kabupaten = ["Lebak", "Kota Serang"]\n')
    list(start(tmp_path, ["tenaga.csv", "Peta Kotak"]))
    assert form(tmp_path, "tenaga").columns[0] == "kabupaten"
    assert set(form(tmp_path, "peta_kotak")["kabupaten"][1:]) == {"Kota Serang", "Lebak"}


def test_an_unknown_table_and_a_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownName, match=r'tabel "targett" tidak ada di daftar tabel pendamping .*maksud Anda "target"'
    ):
        list(start(tmp_path / "baru", ["targett"]))
    assert not (tmp_path / "baru").exists()
    path = tmp_path / "berkas"
    path.touch()
    with pytest.raises(KkbError, match="ini berkas, bukan folder; sebut folder lain"):
        list(start(path))


def test_forms_that_are_not_filled_in_are_as_good_as_not_there(tmp_path: Path) -> None:
    folder = with_exports(tmp_path / "lebak")
    list(start(folder))
    dataset = open_dataset(folder)
    rujukan = read_rujukan(folder / "rujukan", dataset.year(2018).kampung, dataset.katalog, 2018, dataset.tahun)
    assert rujukan.tabel == {}
    assert rujukan.catatan["kode"].unique().tolist() == ["R03"]
    assert rujukan.catatan["tingkat"].unique().tolist() == ["info"]


def test_a_form_that_is_filled_in_is_read(tmp_path: Path) -> None:
    folder = with_exports(tmp_path / "lebak")
    list(start(folder, ["desa_tertinggal"]))
    path = folder / "rujukan" / "desa_tertinggal.xlsx"
    book = load_workbook(path)
    sheet = book["desa_tertinggal"]
    row = next(row for row in sheet.iter_rows(min_row=3) if (row[1].value, row[2].value) == ("Maja", "Maja"))
    row[3].value, row[4].value = "Tertinggal", "IDM 2018"
    book.save(path)
    dataset = open_dataset(folder)
    rujukan = read_rujukan(folder / "rujukan", dataset.year(2018).kampung, dataset.katalog, 2018, dataset.tahun)
    rows = rujukan.tabel["desa_tertinggal"]
    assert rows[["kecamatan", "desa", "status", "tahun"]].to_numpy().tolist() == [["Maja", "Maja", "tertinggal", 2018]]


def test_drop_downs_offer_the_places_and_words(tmp_path: Path) -> None:
    folder = with_exports(tmp_path / "lebak")
    list(start(folder, ["kegiatan"]))
    book = load_workbook(folder / "rujukan" / "kegiatan.xlsx")
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book["kegiatan"].data_validations.dataValidation}
    assert rules["A3"].type == "whole"
    for at in ("B3", "C3", "D3", "F3"):
        sheet, cells = rules[at].formula1.split("!")
        assert sheet == "Pilihan"
        words = [cell.value for (cell,) in book["Pilihan"][cells.replace("$", "")]]
        assert {"B3": "Maja", "C3": "Maja", "D3": "Aren Manis", "F3": "pemda"}[at] in words
    assert book["Pilihan"].sheet_state == "hidden"


def test_every_column_of_every_table_is_explained_with_an_example() -> None:
    kamus = companion_book.dictionary()
    assert {nama: rows["kolom"].tolist() for nama, rows in kamus.groupby("tabel", sort=False)} == {
        nama: list(spec.kolom) for nama, spec in TABLES.items()
    }
    assert kamus["arti"].ne("").all()
    assert kamus["contoh"].ne("").all()


def test_the_command_tells_a_line_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "baru")]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{tmp_path / 'baru'}/dataset.toml: ditulis"
    assert main(["init", str(tmp_path / "lain"), "targett"]) == 1
    assert "maksud Anda" in capsys.readouterr().err
