"""The data dictionary and the tables say the same."""

import re
from pathlib import Path

import pandas as pd
import pytest

import kkb_eval
from kkb_eval import schema, store
from kkb_eval.intake import clean_year, rujukan
from kkb_eval.intake.catalogue import TABEL as KATALOG
from kkb_eval.intake.portal import JUDUL, KOLOM

DATA = store.AKAR / "data"


def dictionary() -> dict[str, list[str]]:
    """Documented columns by heading of the data dictionary."""
    parts = re.split(r"^#+ (.+)$", (DATA / "README.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    rows = {
        head: re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE)
        for head, body in zip(parts[::2], parts[1::2], strict=True)
    }
    return {head: names for head, names in rows.items() if names}


def export(path: Path, jenis: str, **columns: list[object]) -> None:
    names = {JUDUL[c]: columns.get(c, [None, None]) for c in (*schema.NAMA, *KOLOM[jenis])}
    pd.DataFrame({"No": None, **names}).to_csv(path, index=False)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> kkb_eval.Evaluation:
    """Two Kampung KB in two years, with both exports."""
    root = tmp_path_factory.mktemp("dataset")
    place = {"provinsi": ["BANTEN"] * 2, "kabupaten": ["LEBAK"] * 2, "kecamatan": ["MAJA", "SAJIRA"]}
    place |= {"desa": ["MAJA", "SAJIRA"], "kampung": ["Melati", "Mawar"]}
    for year, iud in ((2022, 20), (2023, 30)):
        numbers = {"jumlah_sumber_dana": [1, 1], "pus": [100, 90], "iud": [iud, 9]}
        export(root / f"rekap_{year}-10-01.csv", "rekap", **place, **numbers)
        scores = {skor: [1, 2] for skor in (*schema.SKOR, *schema.INDEKS)} | {"klasifikasi": ["Dasar", "Dasar"]}
        export(root / f"klasifikasi_{year}-10-01.csv", "klasifikasi", **place, **scores)
    return kkb_eval.open_evaluation(root, 2023, out=root / "outputs")


@pytest.mark.parametrize("nama", KATALOG)
def test_every_column_of_a_catalogue_is_documented(nama: str):
    head = (DATA / f"{nama}.csv").read_text("utf-8").split("\n", 1)[0].strip()
    assert dictionary()[f"{nama}.csv"] == head.split(",")


def test_every_column_of_the_clean_year_is_documented():
    assert dictionary()["The clean year"] == list(clean_year.KOLOM_KAMPUNG)


@pytest.mark.parametrize("nama", store.TABEL)
def test_every_column_of_a_stored_table_is_documented(nama: str, tiny: kkb_eval.Evaluation):
    documented = set(dictionary()[f"{nama}.parquet"])
    if nama == "kampung":
        documented |= set(clean_year.KOLOM_KAMPUNG)
    assert documented == set(getattr(tiny, nama).columns)


@pytest.mark.parametrize("nama", rujukan.TABEL)
def test_every_column_of_a_companion_table_is_documented(nama: str):
    assert dictionary()[f"rujukan/{nama}.csv"] == list(rujukan.TABEL[nama].kolom)


def test_no_table_is_documented_that_does_not_exist():
    stored, companions = (f"{nama}.parquet" for nama in store.TABEL), (f"rujukan/{nama}.csv" for nama in rujukan.TABEL)
    known = {*(f"{nama}.csv" for nama in KATALOG), "The clean year", *stored, *companions}
    assert dictionary().keys() == known


def test_every_row_says_meaning_unit_and_source():
    lines = (DATA / "README.md").read_text("utf-8").splitlines()
    rows = [line.strip("|").split(" | ") for line in lines if line.startswith("| `")]
    assert [row for row in rows if len(row) != 4 or not all(cell.strip() for cell in row)] == []
