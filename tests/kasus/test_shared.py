"""The cases of ../shared/kasus themselves, each with its right outcome; skipped where the folder is missing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval import schema, stages
from kkb_eval.errors import DatasetError
from kkb_eval.intake.dataset import Dataset, open_dataset

Find = Callable[[str], Path]
LEBAK_2023 = 95
UNMET_2023 = 8183


def told(data: Dataset, kode: str, year: int = 2023) -> list[str]:
    """The texts of the findings of reading with this code."""
    found = pd.concat([data.catatan_ditolak, *([data.year(year).catatan] if year in data.tahun else [])])
    return found.loc[found["kode"].eq(kode), "pesan"].tolist()


@pytest.mark.parametrize(
    ("case", "kode", "text"),
    [
        ("A01_title_rows", "K01", "judul kolom ada di baris 3"),
        ("A02_two_row_header", "K01", "judul kolom ada di baris 2"),
        ("A03e_perkec", "K20", "jumlah (baris 97)"),
        ("A12_bool_ya", "K17", 'berisi "Ya" dan "Tidak"'),
        ("A15_sep_line", "", ""),
        ("A19_hidden_rows", "K01", "91 baris tersembunyi ikut dihitung"),
        ("A46_klas_zip", "", ""),
        ("A48_Ekspor", "", ""),
        ("B08_col_numbers", "K20", "nomor kolom (baris 2)"),
        ("B09_header_repeated", "K20", "judul kolom (baris 51"),
        ("B11_prefixes", "", ""),
        ("B12_codes", "", ""),
        ("D01b_default_resaved", "", ""),
        ("D04_merged_real", "K01", "198 sel gabungan"),
        ("H01_toml_txt", "K01", "ganti namanya menjadi dataset.toml"),
    ],
)
def test_a_dressed_up_export_gives_lebak_as_it_is(shared: Find, case: str, kode: str, text: str) -> None:
    data = open_dataset(shared(f"kasus/{case}"))
    kampung = data.year(2023).kampung
    assert len(kampung) == LEBAK_2023
    assert kampung[list(schema.UNMET)].sum().sum() == UNMET_2023
    assert kampung["kode_kecamatan"].notna().all()
    assert kampung["klasifikasi_ekspor"].notna().sum() >= LEBAK_2023 - 1
    assert not kode or any(text in pesan for pesan in told(data, kode))


def test_ya_and_tidak_of_a_rekap_alone_are_told_once(shared: Find) -> None:
    assert len(told(open_dataset(shared("kasus/E01c_rekap_only_ya")), "K17")) == 1


def test_one_cell_that_cannot_be_read_is_unknown(shared: Find) -> None:
    data = open_dataset(shared("kasus/E02_one_cell_with_klas"))
    assert told(data, "K17") == ['PUS: "7.06O" bukan angka; tulis jumlah orang']
    kampung = data.year(2023).kampung
    assert kampung.loc[kampung["baris_rekap"].eq(2), "pus"].isna().all()


@pytest.mark.parametrize("case", ["A25_rekap_2023", "A25_Rekap_Juni_2023"])
def test_a_period_in_the_name_refuses_the_file(shared: Find, case: str) -> None:
    assert (
        "tetapi berkasnya dibuat 2024-01-05; tulis tanggal unduhnya"
        in told(open_dataset(shared(f"kasus/{case}")), "K01")[0]
    )


def test_year_folders_are_named(shared: Find) -> None:
    with pytest.raises(DatasetError, match=r"pindahkan ke sini 2023/klasifikasi_2023-06-19\.xlsx"):
        open_dataset(shared("kasus/B03_year_folders"))


def test_names_as_dates_are_asked_about_once(shared: Find) -> None:
    assert len([t for t in told(open_dataset(shared("kasus/B01_date_names")), "K05") if "tanggal atau angka" in t]) == 1


def test_tables_of_others_are_named(shared: Find) -> None:
    assert "ini tabel SIGA (PUS dan unmet need)" in told(open_dataset(shared("kasus/C04_data_pus")), "K01", 2022)[0]
    assert "ini tabel Statistik portal" in told(open_dataset(shared("kasus/D11_statistik_klasifikasi")), "K01")[0]


def test_rujukan_is_found_in_any_case(shared: Find) -> None:
    assert (open_dataset(shared("kasus/C05g_rujukan_case")).rujukan / "kesejahteraan.csv").is_file()


@pytest.mark.parametrize("case", ["C05b_title", "C05g_rujukan_case", "C06_pdf_names", "C01d_idm_csv_header"])
def test_companion_tables_as_people_have_them_are_read(shared: Find, case: str) -> None:
    data = open_dataset(shared(f"kasus/{case}"))
    found = stages.prepare(data, data.year(2022), None).catatan
    assert found[found["kode"].isin(["R01", "R02"]) & found["tingkat"].eq("salah")]["pesan"].tolist() == []


def test_two_snapshots_of_a_year_are_two_moments(shared: Find) -> None:
    assert open_dataset(shared("kasus/I02_within_year")).moments(2023) == (date(2023, 6, 19), date(2023, 8, 22))
