"""From a national export to the frozen types, and what is no national export."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval.commands import typology
from kkb_eval.commands.typology import fit_typology, write_typology
from kkb_eval.errors import DatasetError
from kkb_eval.intake.catalogue import DATA, read_catalogue

Shared = Callable[[str], Path]


@pytest.fixture(scope="module")
def national(shared: Shared) -> pd.DataFrame:
    path = shared("portal/nasional/rekap_2022-06-07.xlsx")
    # the largest number of types that holds is frozen: fewer than five are not looked at
    from_five = partial(typology.fit_reference, ks=range(5, 8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typology, "fit_reference", from_five)
        return fit_typology([path])


def test_the_committed_types_are_those_of_june_2022(national: pd.DataFrame, tmp_path: Path):
    write_typology(national, tmp_path / "acuan.csv")
    fresh, committed = (pd.read_csv(folder) for folder in (tmp_path / "acuan.csv", DATA / "tipologi_acuan.csv"))
    keys = ["bagian", "tipe", "indikator", "dimensi", "teks"]
    pd.testing.assert_frame_equal(fresh[keys], committed[keys])
    jaccard = fresh["bagian"].eq("jaccard")
    assert fresh["nilai"][~jaccard].to_numpy() == pytest.approx(
        committed["nilai"][~jaccard].to_numpy(), nan_ok=True, abs=1e-6
    )
    # a resample may end elsewhere where sums are rounded differently
    assert fresh["nilai"][jaccard].to_numpy() == pytest.approx(committed["nilai"][jaccard].to_numpy(), abs=0.01)


def test_one_complete_unit_less_than_without_k17(national: pd.DataFrame):
    # 6,939 have all nine indicators; one of them reports IUD -4, which METHOD 4 calls salah
    assert national.loc[national["bagian"].eq("asal"), "nilai"].tolist() == [6938]


def test_the_csv_is_the_same_bytes_after_reading_it_again(tmp_path: Path):
    write_typology(read_catalogue().tipologi_acuan.astype({"tipe": "Int64"}), tmp_path / "acuan.csv")
    assert (tmp_path / "acuan.csv").read_bytes() == (DATA / "tipologi_acuan.csv").read_bytes()


def test_no_file():
    with pytest.raises(DatasetError) as error:
        fit_typology([])
    assert str(error.value) == "tipologi acuan: tidak ada rekap; sebutkan berkasnya dengan --rekap"


def test_every_file_that_cannot_be_used_is_named_at_once(shared: Shared, tmp_path: Path):
    lebak = shared("portal/lebak")
    wrong = tmp_path / "salah_2022-10-27.csv"
    wrong.write_text("No,Nama\n1,Maja\n", "utf-8")
    files = [tmp_path / "tidak_ada.xlsx", wrong, lebak / "klasifikasi_2022-10-27.xlsx", lebak / "rekap_2023-06-12.xlsx"]
    with pytest.raises(DatasetError) as error:
        fit_typology(files)
    lines = sorted(str(error.value).splitlines())
    assert lines == sorted(
        [
            f"{tmp_path}/tidak_ada.xlsx: berkas tidak ada; periksa nama dan foldernya",
            next(line for line in lines if line.startswith("salah_2022-10-27.csv: ")),
            "klasifikasi_2022-10-27.xlsx: berkas ini klasifikasi; tipe acuan dibuat dari rekap",
            "rekap dari beberapa hari (2022-10-27, 2023-06-12); pakai ekspor dari satu hari",
        ]
    )


def test_one_kabupaten_is_no_nation(shared: Shared):
    with pytest.raises(DatasetError) as error:
        fit_typology([shared("portal/lebak/rekap_2022-10-27.xlsx")])
    assert str(error.value) == (
        "tipologi acuan: rekap memuat 1 provinsi; pakai ekspor nasional (sedikitnya 10 provinsi)"
    )
