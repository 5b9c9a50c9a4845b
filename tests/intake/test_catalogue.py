"""The catalogues of data/: complete, consistent with the words of the data, and a clear error where one is missing."""

from pathlib import Path

import numpy as np
import pytest

from kkb_eval import schema
from kkb_eval.errors import KkbError
from kkb_eval.intake import regions
from kkb_eval.intake.catalogue import Catalogue, read_catalogue

DIMENSI = {"KB", "ketahanan keluarga", "ekonomi & remaja", "kelembagaan"}


def test_the_indicators_are_those_of_the_method_in_report_order() -> None:
    table = read_catalogue().indikator
    assert ",".join(table["kode"]) == "cpr,mkjp,unmet,bkb,bkr,bkl,uppka,pikr,kelembagaan,pokja_terlatih,operasional"
    assert set(table.loc[table["tipologi"] == "ya", "kode"]) == set(table["kode"]) - {"pokja_terlatih", "operasional"}
    assert table.set_index("kode")["arah"].to_dict() == dict.fromkeys(table["kode"], 1) | {"unmet": -1}
    assert set(table["dimensi"]) == DIMENSI


def test_every_term_of_an_indicator_is_a_column_or_a_number_and_its_record_is_named() -> None:
    for row in read_catalogue().indikator.itertuples():
        terms = {t for side in (row.pembilang, row.penyebut) for t in side.split("+") if not t.isdigit()}
        assert terms <= set(schema.REKAP)
        assert {r for r, columns in schema.RECORDS.items() if terms & set(columns)} == set(row.rekaman.split("+"))


def test_an_explanation_is_never_missing() -> None:
    assert read_catalogue().indikator.notna().all(axis=None)


@pytest.mark.parametrize("item", schema.ALL_ITEMS)
def test_the_bands_of_an_item_meet_without_gap_or_overlap(item: str) -> None:
    bands = read_catalogue().klasifikasi.query("item == @item")
    assert bands["skor"].is_unique
    rising = bands.sort_values("dari", na_position="first")
    np.testing.assert_equal(rising["dari"].iloc[1:].to_numpy(), rising["sampai"].iloc[:-1].to_numpy() + 1)
    assert bands["skor"].max() == (3 if item in {"sarana", "pkb"} else 4)


def test_the_bands_of_a_predikat_rise_from_an_open_end_to_an_open_end_without_overlap() -> None:
    for _, bands in read_catalogue().predikat.groupby("sumber"):
        dari, sampai = bands["dari"].to_numpy(), bands["sampai"].to_numpy()
        assert np.isnan([dari[0], sampai[-1]]).all()
        assert (np.diff(dari[1:]) > 0).all()
        assert not (sampai[:-1] > dari[1:]).any()
        assert bands["predikat"].is_unique


def test_every_institutional_item_has_a_step_that_costs_ten_people() -> None:
    steps = read_catalogue().langkah.set_index("tindakan")["setara_orang"]
    for item in (*schema.ITEMS["input"], *schema.ITEMS["proses"]):
        assert steps[f"naikkan_{item}"] == 10
    assert {f"tambah_{p}" for p in schema.POKTAN_TARGETS} <= set(steps.index)


def test_every_region_alias_leads_to_a_region_of_the_reference_and_none_hides_one() -> None:
    aliases = read_catalogue().alias_wilayah
    for row in aliases[aliases["tingkat"].ne("kata")].itertuples():
        if row.tingkat == "kabupaten":
            choices = regions.kabupaten()
        else:
            choices = regions.children(regions.kabupaten()[regions.compact_kabupaten(row.dalam)].kode)
        assert regions.compact_kabupaten(row.nama) in choices
        assert regions.compact(row.alias) not in choices


def test_every_region_alias_names_its_source() -> None:
    aliases = read_catalogue().alias_wilayah
    assert aliases["sumber"].notna().all()
    assert not aliases.duplicated(["tingkat", "dalam", "alias", "nama"]).any()


def test_a_missing_catalogue_says_so_when_it_is_asked_for(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    with pytest.raises(KkbError) as caught:
        catalogue.indikator  # noqa: B018
    assert str(caught.value) == (
        f"{tmp_path / 'indikator.csv'}: katalog indikator tidak ada; pulihkan berkas itu dari repositori kkb_eval"
    )


def test_bands_of_two_versions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "klasifikasi.csv").write_text("versi,dari\nportal-2023,1\nportal-2025,1\n", "utf-8")
    with pytest.raises(KkbError) as caught:
        Catalogue(tmp_path).klasifikasi  # noqa: B018
    assert str(caught.value) == (
        f"{tmp_path / 'klasifikasi.csv'}: kolom versi memuat portal-2023, portal-2025; sisakan pita satu versi aturan"
    )


def test_a_step_of_people_has_no_other_price(tmp_path: Path) -> None:
    (tmp_path / "langkah.csv").write_text("setara_orang,tindakan\n9,naikkan_pokja\n1,lapor\n2,tambah_bkb\n", "utf-8")
    with pytest.raises(KkbError) as caught:
        Catalogue(tmp_path).langkah  # noqa: B018
    assert str(caught.value) == (
        f"{tmp_path / 'langkah.csv'}: setara_orang tambah_bkb: bukan 1; hanya langkah naikkan_… boleh diubah"
    )


def test_a_column_of_numbers_is_numbers_and_a_mixed_one_is_text(tmp_path: Path) -> None:
    (tmp_path / "tipologi_acuan.csv").write_text("sumber,dari,nama\nbkkbn,,merah\nbkkbn,75,2\n", "utf-8")
    table = Catalogue(tmp_path).tipologi_acuan
    np.testing.assert_equal(table["dari"].to_numpy(), [np.nan, 75])
    assert table["nama"].tolist() == ["merah", "2"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("cpr,0.04,0.3,9,x\ncpr,0.05,0.3,9,x\n", "indikator cpr ada dua kali; sisakan satu baris"),
        ("cpr,-1,0.3,9,x\n", "cpr: sigma -1, keandalan 0,3; sigma sedikitnya 0 dan keandalan 0 sampai 1"),
        ("cpr,0.1,1.3,9,x\n", "cpr: sigma 0,1, keandalan 1,3; sigma sedikitnya 0 dan keandalan 0 sampai 1"),
    ],
)
def test_noise_that_cannot_be_is_refused(tmp_path: Path, rows: str, told: str) -> None:
    (tmp_path / "derau.csv").write_text(f"indikator,sigma,keandalan,pasangan,asal\n{rows}", "utf-8")
    with pytest.raises(KkbError) as error:
        Catalogue(tmp_path).derau  # noqa: B018
    assert str(error.value) == f"{tmp_path / 'derau.csv'}: {told}"


def test_the_noise_is_of_every_sample() -> None:
    katalog = read_catalogue()
    assert katalog.derau["indikator"].tolist() == katalog.indikator.query("sampel == 'ya'")["kode"].tolist()
