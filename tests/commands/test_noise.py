"""From two national exports to the table of noise, and what cannot be used."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval.commands import noise
from kkb_eval.errors import DatasetError
from kkb_eval.intake.catalogue import DATA, read_catalogue
from kkb_eval.method.noise import DERAU

Shared = Callable[[str], Path]


def test_the_committed_noise_is_that_of_june_to_october_2022(shared: Shared, tmp_path: Path):
    files = [shared(f"portal/nasional/rekap_2022-{day}.xlsx") for day in ("10-27", "06-07")]
    noise.write_noise(noise.fit_noise(files), tmp_path / "derau.csv")
    fresh, committed = (pd.read_csv(folder / "derau.csv") for folder in (tmp_path, DATA))
    assert fresh.columns.tolist() == list(DERAU)
    pd.testing.assert_frame_equal(fresh, committed, rtol=1e-3)


def test_the_csv_is_the_same_bytes_after_reading_it_again(tmp_path: Path):
    noise.write_noise(read_catalogue().derau, tmp_path / "derau.csv")
    assert (tmp_path / "derau.csv").read_bytes() == (DATA / "derau.csv").read_bytes()


def test_exports_of_one_day_say_nothing_of_entering_again(shared: Shared):
    with pytest.raises(DatasetError) as error:
        noise.fit_noise([shared("portal/lebak/rekap_2022-10-27.xlsx")])
    assert str(error.value) == ("derau: rekap dari 1 hari (27 Oktober 2022); sebutkan rekap dari dua hari yang berbeda")


def test_one_kabupaten_is_too_little(shared: Shared):
    files = [shared(f"portal/lebak/rekap_{day}.xlsx") for day in ("2022-10-27", "2023-06-12")]
    with pytest.raises(DatasetError) as error:
        noise.fit_noise(files)
    assert str(error.value) == (
        "derau: terlalu sedikit formulir yang diisi ulang antara 27 Oktober 2022 dan 12 Juni 2023; perlu sedikitnya "
        "100 Kampung KB, pakai ekspor nasional"
    )


def test_a_klasifikasi_and_a_missing_file_are_named_at_once(shared: Shared, tmp_path: Path):
    with pytest.raises(DatasetError) as error:
        noise.fit_noise([tmp_path / "tidak_ada.xlsx", shared("portal/lebak/klasifikasi_2022-10-27.xlsx")])
    assert sorted(str(error.value).splitlines()) == [
        f"{tmp_path}/tidak_ada.xlsx: berkas tidak ada; periksa nama dan foldernya",
        "klasifikasi_2022-10-27.xlsx: berkas ini klasifikasi; derau dibuat dari rekap",
    ]
