"""From a national export to the frozen types, and what is no national export."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kkb_eval.commands import typology
from kkb_eval.commands.typology import Fitted, fit_typology, told, write_typology
from kkb_eval.errors import DatasetError, KkbError
from kkb_eval.intake.catalogue import DATA, read_catalogue

Shared = Callable[[str], Path]


@pytest.fixture(scope="module")
def national(shared: Shared) -> Fitted:
    path = shared("portal/nasional/rekap_2022-06-07.xlsx")
    # fewer than five types are not looked at: the largest number that holds is frozen
    from_five = partial(typology.fit_reference, ks=range(5, 7), resamples=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typology, "fit_reference", from_five)
        return fit_typology([path])


def test_the_frozen_types_fit_the_nation_that_they_are_of(national: Fitted):
    verdict = national.verdict
    # frozen on 6,938 complete units; K06, K11 and K12 leave 6,517, whose own types differ but fit hardly better
    assert verdict.agreement == pytest.approx(0.74, abs=0.03)
    assert verdict.jaccard > 0.85
    assert (verdict.excess < 0.005, verdict.usable) == (True, True)
    assert national.types["tipe"].max() == 5


def test_the_command_tells_candidates_chance_and_a_verdict_on_the_frozen_types(national: Fitted):
    lines = told(national)
    assert [line.partition(":")[0] for line in lines[1:3]] == ["5 tipe", "6 tipe"]
    assert lines[3].startswith("Dibandingkan dengan data acak tanpa tipe: ")
    assert lines[4].startswith(
        "Tipe acuan yang dibekukan (rekap nasional 7 Juni 2022, 6.938 dari 16.786 Kampung KB lengkap): kesesuaian "
        "dengan tipe baru 0,7"
    )
    assert "; 5 tipe muncul lagi bila datanya diambil ulang (Jaccard 0,9" in lines[4]
    assert lines[5] == "Putusan: tipe acuan masih layak dipakai sebagai penggaris"


def test_types_that_do_not_hold_are_not_written_after_the_verdict(national: Fitted):
    poor = replace(national.verdict, jaccard=0.5, excess=0.2, usable=False)
    found = replace(national, refit=replace(national.refit, table=None), verdict=poor, units=7000)
    assert told(found)[-1] == "Putusan: tipe acuan tidak layak lagi dipakai sebagai penggaris"
    assert "; 5 tipe tidak selalu muncul lagi (Jaccard 0,50); jarak ke pusatnya 20,0 % di" in told(found)[-2]
    with pytest.raises(KkbError) as error:
        _ = found.types
    assert str(error.value) == (
        "tipologi acuan: tidak ada jumlah tipe yang stabil pada 7.000 Kampung KB; pakai data lain"
    )


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
            "klasifikasi_2022-10-27.xlsx: berkas ini klasifikasi; tipologi acuan dibuat dari rekap",
        ]
    )


def test_exports_of_several_days_are_no_nation(shared: Shared):
    with pytest.raises(DatasetError) as error:
        fit_typology([shared(f"portal/lebak/rekap_{day}.xlsx") for day in ("2022-10-27", "2023-06-12")])
    assert str(error.value) == "rekap dari beberapa hari (2022-10-27, 2023-06-12); pakai ekspor dari satu hari"


def test_one_kabupaten_is_no_nation(shared: Shared):
    with pytest.raises(DatasetError) as error:
        fit_typology([shared("portal/lebak/rekap_2022-10-27.xlsx")])
    assert str(error.value) == (
        "tipologi acuan: rekap memuat 1 provinsi; pakai ekspor nasional (sedikitnya 10 provinsi)"
    )
