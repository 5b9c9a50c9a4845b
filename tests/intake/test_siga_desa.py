"""Rows of SIGA by desa and month: joined to the reference by name or KODE, duplicates told, users as on the portal."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval.intake import clean_year, siga_desa
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import read_export
from kkb_eval.intake.settings import ALIAS_COLUMNS
from kkb_eval.method import siga

PUS = "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN"
KKB = "PROVINSI;KABUPATEN;KECAMATAN;KODE;KELURAHAN;JUMLAH KAMPUNG KB"
METODE = (
    "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PA;SUNTIK;PIL;KONDOM;IMPLAN;IUD;VASEKTOMI;TUBEKTOMI;MAL;KB MODERN;"
    "KB TRADISIONAL;BULAN"
)
MAJA = "BANTEN;LEBAK;MAJA;MAJA"


def read(folder: Path, **tables: str) -> siga_desa.Siga:
    """The tables of a folder, by the name of their file (year 2024) and their lines."""
    (folder / "siga").mkdir(exist_ok=True)
    for name, lines in tables.items():
        (folder / "siga" / f"{name}_2024.csv").write_text(f"{lines}\n", "utf-8")
    return siga_desa.read(folder, read_catalogue().alias_wilayah)


def told(found: siga_desa.Siga) -> list[tuple[object, ...]]:
    rows = found.catatan[["kode", "tingkat", "berkas", "baris", "pesan"]].astype(object)
    return list(rows.where(rows.notna(), None).itertuples(index=False, name=None))


def cells(found: siga_desa.Siga, *columns: str) -> list[list[object]]:
    rows = found.rows[list(columns)].astype(object)
    return rows.where(rows.notna(), None).to_numpy().tolist()


def test_without_a_folder_there_is_nothing(tmp_path: Path) -> None:
    found = siga_desa.read(tmp_path, read_catalogue().alias_wilayah)
    assert (len(found.rows), len(found.catatan)) == (0, 0)
    assert found.rows.columns.tolist() == list(siga_desa.SIGA)


def test_tables_of_a_month_are_one_row_a_desa(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        pus=f"{PUS}\n{MAJA};507;59;MEI",
        kb=f"{METODE}\n{MAJA};275;81;50;7;113;9;1;12;2;275;0;MEI",
        kkb=f"{KKB}\nBANTEN;LEBAK;MAJA;2006;MAJA;2",
    )
    assert told(found) == []
    assert cells(
        found, "kabupaten", "desa", "kode_desa", "cocok", "tahun", "bulan", "pus", "peserta", "kampung_kb"
    ) == [
        ["Lebak", "Maja", "36.02.13.2006", "nama", 2024, 5, 507.0, 273.0, None],
        ["Lebak", "Maja", "36.02.13.2006", "nama", 2024, None, None, None, 2.0],
    ]


def test_a_desa_unknown_by_name_is_found_by_the_code_that_another_table_gives(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        pus=f"{PUS}\nBANTEN;LEBAK;MAJA;MAJAH BARU;507;59;MEI",
        kkb=f"{KKB}\nBANTEN;LEBAK;KEC. MAJA;2006;MAJAHBARU;1",
    )
    assert cells(found, "desa", "cocok", "pus", "kampung_kb") == [
        ["Maja", "kode", 507.0, None],
        ["Maja", "kode", None, 1.0],
    ]
    assert told(found)[0] == (
        *("K05", "info", "siga/kkb_2024.csv", 2),
        "ditemukan lewat KODE, bukan nama: MAJAHBARU = Maja",
    )


def test_a_code_that_another_desa_has_by_its_name_is_not_believed(tmp_path: Path) -> None:
    found = read(tmp_path, kkb=f"{KKB}\nBANTEN;LEBAK;MAJA;2006;MAJA;1\nBANTEN;LEBAK;MAJA;2006;ENTAH;1")
    assert cells(found, "desa", "kode_desa", "cocok") == [["Entah", None, "tidak"], ["Maja", "36.02.13.2006", "nama"]]
    [(kode, tingkat, berkas, baris, pesan)] = told(found)
    assert (kode, tingkat, berkas, baris) == ("K05", "periksa", "siga/kkb_2024.csv", 3)
    assert str(pesan).startswith('desa "ENTAH" tidak ada di MAJA menurut acuan; ')


def test_an_unknown_desa_names_the_nearest_and_the_row_to_add(tmp_path: Path) -> None:
    found = read(tmp_path, pus=f"{PUS}\nBANTEN;LEBAK;MAJA;SANGGIANGG;507;59;MEI\nBANTEN;LEBAK;MAJA;SANGGIANGG;5;1;JUNI")
    assert told(found) == [
        (
            *("K05", "periksa", "siga/pus_2024.csv", 2),
            'desa "SANGGIANGG" tidak ada di MAJA menurut acuan; maksud Anda "Sangiang"? Perbaiki di tabel ini, atau'
            " tambahkan ke rujukan/alias.csv baris MAJA,,SANGGIANGG,Sangiang",
        )
    ]
    assert cells(found, "desa", "cocok", "bulan") == [["Sanggiangg", "tidak", 5], ["Sanggiangg", "tidak", 6]]


def test_a_month_given_twice_with_other_numbers_is_not_used(tmp_path: Path) -> None:
    found = read(
        tmp_path, a=f"{PUS}\n{MAJA};507;59;MEI\n{MAJA};507;59;JUNI", b=f"{PUS}\n{MAJA};500;59;MEI\n{MAJA};507;59;JUNI"
    )
    di = "desa MAJA, Mei 2024, ada lebih dari sekali di siga/a_2024.csv dan siga/b_2024.csv dengan angka berbeda"
    sama = "desa MAJA, Juni 2024, ada lebih dari sekali di siga/a_2024.csv dan siga/b_2024.csv dengan angka yang sama"
    pesan = f"{di}; semuanya tidak dipakai, hapus yang salah"
    assert told(found) == [
        ("K03", "salah", "siga/a_2024.csv", 2, pesan),
        ("K03", "salah", "siga/b_2024.csv", 2, pesan),
        ("K03", "info", "siga/b_2024.csv", 3, f"{sama}; satu yang dipakai"),
    ]
    assert cells(found, "bulan", "pus") == [[6, 507.0]]


def test_a_copy_of_a_file_is_told_once(tmp_path: Path) -> None:
    found = read(tmp_path, a=f"{PUS}\n{MAJA};507;59;MEI", b=f"{PUS}\n{MAJA};507;59;MEI")
    pesan = "isinya sama persis dengan siga/a_2024.csv; satu yang dipakai, hapus salinannya"
    assert told(found) == [("K03", "info", "siga/b_2024.csv", None, pesan)]
    assert cells(found, "pus") == [[507.0]]


def test_a_refused_file_does_not_stop_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, pus=f"{PUS}\n{MAJA};507;59;MEI", lain="a;b\n1;2")
    assert [(e.berkas, len(e.masalah)) for e in found.ditolak] == [("siga/lain_2024.csv", 1)]
    assert [(kode, tingkat, berkas) for kode, tingkat, berkas, *_ in told(found)] == [
        ("K01", "salah", "siga/lain_2024.csv")
    ]
    assert found.catatan["tahun"].isna().all()
    assert len(found.rows) == 1


@pytest.fixture(scope="module")
def sulbar(tmp_path_factory: pytest.TempPathFactory, shared: Callable[[str], Path]) -> siga_desa.Siga:
    """The real tables of Sulawesi Barat, 2025."""
    tables = shared("siga").glob("*.csv")
    folder = tmp_path_factory.mktemp("sulbar")
    (folder / "siga").mkdir()
    for path in tables:
        shutil.copy(path, folder / "siga" / f"{path.stem}_2025.csv")
    return siga_desa.read(folder, read_catalogue().alias_wilayah)


def test_every_real_desa_is_found_by_name_or_by_its_code(sulbar: siga_desa.Siga) -> None:
    desa = sulbar.rows.drop_duplicates(["kabupaten", "kecamatan", "desa"])
    cocok = desa["cocok"].value_counts()
    assert len(desa) == 648
    assert cocok["nama"] >= 636  # the reference knows two more since their kecamatan's short name is known
    assert cocok.sum() - cocok.get("tidak", 0) == 648
    assert len(sulbar.rows) == 648 * 9 + 648


def test_every_real_kampung_kb_of_2022_finds_its_desa(sulbar: siga_desa.Siga, shared: Callable[[str], Path]) -> None:
    """By name and code alone 169 did; spellings known since, and names as SIGA writes them, find the rest."""
    path = shared("portal/nasional/rekap_2022-10-27.xlsx")
    export = read_export(path, path.name)
    there = replace(export, rows=export.rows[export.rows["provinsi"].eq("SULAWESI BARAT")])
    alias = pd.DataFrame(columns=list(ALIAS_COLUMNS), dtype="str")
    rows = clean_year.identify([there], read_catalogue().alias_wilayah, alias)
    both = siga.beside(rows, sulbar.rows, date(2025, 1, 15)).merge(rows, on="kampung_id", suffixes=("_siga", ""))
    assert len(both) == len(rows) == 177
    filled = both[both["pus"].gt(0) & both["kode_desa"].notna()]
    assert (filled["pus"] / filled["pus_siga"]).median() == pytest.approx(0.98, abs=0.01)
