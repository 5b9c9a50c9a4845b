"""Region names: compared without case, spaces and punctuation, matched exactly or by alias, never by likeness."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval.intake import regions
from kkb_eval.intake.catalogue import read_catalogue

ALIAS = pd.DataFrame(
    [("kecamatan", "Lebak", "Cigemlong", "Cigemblong"), ("desa", "Lebak/Maja", "Maja Lama", "Maja")],
    columns=["tingkat", "dalam", "alias", "nama"],
)


def matched(*places: str, alias: pd.DataFrame = ALIAS) -> pd.DataFrame:
    """The match of places written "kabupaten/kecamatan/desa"."""
    rows = [("BANTEN", *place.split("/")) for place in places]
    return regions.match(pd.DataFrame(rows, columns=["provinsi", "kabupaten", "kecamatan", "desa"]), alias)


@pytest.mark.parametrize("place", ["LEBAK/MAJA/MAJA", "Kab. Lebak/ maja/Ma-ja", "KABUPATEN LEBAK/Maja/maja."])
def test_a_spelling_of_case_spaces_and_punctuation_is_the_same_region(place: str) -> None:
    row = matched(place).iloc[0]
    assert row.to_dict() == {
        "kode_kabupaten": "36.02",
        "kode_kecamatan": "36.02.13",
        "kode_desa": "36.02.13.2006",
        "provinsi": "Banten",
        "kabupaten": "Lebak",
        "kecamatan": "Maja",
        "desa": "Maja",
        "cocok_kabupaten": "persis",
        "cocok_kecamatan": "persis",
        "cocok_desa": "persis",
        "slug_kabupaten": "lebak",
        "slug_kecamatan": "maja",
    }


def test_an_alias_is_matched_and_named_as_one() -> None:
    row = matched("LEBAK/CIGEMLONG/CIGEMBLONG").iloc[0]
    assert row[["kecamatan", "cocok_kecamatan", "cocok_desa"]].tolist() == ["Cigemblong", "alias", "persis"]


def test_an_alias_of_a_desa_holds_in_its_kecamatan_only() -> None:
    rows = matched("LEBAK/MAJA/MAJA LAMA", "LEBAK/SAJIRA/MAJA LAMA")
    assert rows["cocok_desa"].tolist() == ["alias", "tidak"]


def test_a_likeness_is_no_match() -> None:
    row = matched("LEBAK/MAJAA/MAJA").iloc[0]
    assert row[["kecamatan", "cocok_kecamatan", "cocok_desa"]].tolist() == ["Majaa", "tidak", "tidak"]
    assert row[["kode_kecamatan", "kode_desa"]].isna().all()
    assert row["kode_kabupaten"] == "36.02"


def test_kota_is_part_of_the_name_and_its_code_gives_the_province() -> None:
    rows = matched("BOGOR/x/x", "KOTA BOGOR/x/x")
    assert rows[["kode_kabupaten", "kabupaten", "slug_kabupaten", "provinsi"]].to_numpy().tolist() == [
        ["32.01", "Bogor", "bogor", "Jawa Barat"],
        ["32.71", "Kota Bogor", "kota-bogor", "Jawa Barat"],
    ]


def test_unmatched_names_that_differ_in_punctuation_make_one_page() -> None:
    rows = matched("LEBAK/RW-SATU/x", "LEBAK/RW SATU/x")
    assert rows["slug_kecamatan"].tolist() == ["rw-satu", "rw-satu"]
    assert len(set(rows["kecamatan"])) == 1


def test_the_order_of_rows_does_not_matter() -> None:
    places = ["LEBAK/MAJA/MAJA", "LEBAK/RW-SATU/x", "LEBAK/RW SATU/x", "PANDEGLANG/x/y"]
    forward, backward = matched(*places), matched(*places[::-1])
    pd.testing.assert_frame_equal(forward, backward[::-1].reset_index(drop=True))


def test_the_index_of_the_frame_is_kept() -> None:
    frame = pd.DataFrame([("BANTEN", "LEBAK", "MAJA", None)], columns=["provinsi", *regions.LEVELS], index=[7])
    out = regions.match(frame, ALIAS)
    assert out.index.tolist() == [7]
    assert tuple(out) == regions.RESULT
    assert out["desa"].tolist() == [""]


def test_the_names_of_the_old_exports_of_jakarta_are_known() -> None:
    rows = matched("KOTA ADM. JAKARTA BARAT/x/x", "ADM. KEP. SERIBU/x/x", alias=read_catalogue().alias_wilayah)
    assert rows["kabupaten"].tolist() == ["Kota Administrasi Jakarta Barat", "Kepulauan Seribu"]


def test_a_kabupaten_is_found_by_any_spelling() -> None:
    alias = read_catalogue().alias_wilayah
    assert [regions.find_kabupaten(n, alias) for n in ("Kab. Lebak", "lebak", "PAHUWATO", "Majaa")] == [
        "lebak",
        "lebak",
        "pohuwato",
        "majaa",
    ]


def test_kabupaten_names_are_unique_in_the_nation() -> None:
    assert len(regions.kabupaten()) == 514


@pytest.mark.parametrize(
    ("name", "shown"),
    [("CIGEMBLONG", "Cigemblong"), ("iv  KOTO", "Iv Koto"), ("IV KOTO", "IV Koto"), ("SUKA MAJU", "Suka Maju")],
)
def test_a_name_is_shown_in_title_case(name: str, shown: str) -> None:
    assert regions.tidy(name) == shown


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Kota Bogor", "kota-bogor"),
        ("Sangalla' Utara", "sangalla-utara"),
        ("Café È", "cafe-e"),
        ("2 x 11 Kayu Tanam", "2-x-11-kayu-tanam"),
        ("CON", "x-con"),
        ("…", "tanpa-nama"),
        ("a" * 80, "a" * 60),
    ],
)
def test_a_slug(name: str, slug: str) -> None:
    assert regions.slug(name) == slug


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_slugs_are_safe_and_unique(names: list[str]) -> None:
    slugs = regions.unique_slugs(names)
    assert set(slugs) == set(names)
    assert len(set(slugs.values())) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]{1,60}", s) for s in slugs.values())
    assert regions.unique_slugs(names[::-1]) == slugs


@settings(deadline=None)
@given(st.text(max_size=30))
def test_the_compared_form_holds_letters_and_digits_only_and_is_stable(name: str) -> None:
    form = regions.compact(name)
    assert regions.compact(f" {name.upper().lower()}- ") == regions.compact(name.upper().lower())
    assert not re.search(r"[\s_\-.,'’]", form)


def test_suggestions_come_nearest_first_and_only_when_alike() -> None:
    assert regions.suggest("Sukamju", ["Maja", "Sukamulya", "Sukamaju"]) == ["Sukamaju", "Sukamulya"]
    assert regions.suggest("xyz", ["Maja"]) == []


@pytest.mark.parametrize(
    "place",
    [
        *("KAB. LEBAK/KEC. MAJA/DESA MAJA", "KABUPATEN LEBAK/KECAMATAN MAJA/KEL. MAJA", "Kab.Lebak/Kec.Maja/Ds. Maja"),
        *("3602 - LEBAK/360213 - MAJA/3602132006 - MAJA", "36.02 LEBAK/36.02.13 MAJA/36.02.13.2006 MAJA"),
        *("[3602] KAB. LEBAK/01. MAJA/2006 MAJA", "LEBAK (3602)/MAJA [360213]/MAJA - 3602132006"),
        *("KAB/KOTA: LEBAK/KEC: MAJA/DESA/KEL. MAJA".replace("KAB/KOTA: ", "KAB "), "lebak/maja/Kelurahan  Maja"),
    ],
)
def test_a_code_and_the_word_for_its_level_are_no_part_of_a_name(place: str) -> None:
    kabupaten, kecamatan, desa = place.split("/", 2)
    frame = pd.DataFrame([("Banten", kabupaten, kecamatan, desa)], columns=["provinsi", *regions.LEVELS])
    assert regions.match(frame, ALIAS)[["kode_desa", "cocok_desa"]].to_numpy().tolist() == [["36.02.13.2006", "persis"]]


def test_an_unknown_name_is_the_same_with_and_without_them() -> None:
    rows = matched("LEBAK/KEC. ENTAH/DESA ITU", "LEBAK/ENTAH/ITU", "3602 LEBAK/99 - ENTAH/KEL ITU")
    assert rows[["kecamatan", "desa"]].drop_duplicates().to_numpy().tolist() == [["Entah", "Itu"]]


@pytest.mark.parametrize(
    ("level", "name"),
    [
        *(("desa", "13 Ulu"), ("kecamatan", "2 x 11 Kayu Tanam"), ("desa", "Kampung Baru"), ("desa", "Kelapa Dua")),
        *(("kecamatan", "Kecil"), ("desa", "Desaku"), ("kabupaten", "Kota Bogor"), ("desa", "Rawa 12")),
    ],
)
def test_what_only_looks_like_them_stays(level: str, name: str) -> None:
    assert regions.plain(name, level) == name


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(
            ("MAMUJU UTARA", "Pasangkayu"),
            ("Kab. Maluku Tenggara Barat", "Kepulauan Tanimbar"),
            ("POLMAN", "Polewali Mandar"),
        ),
        *(("KAB. PONTIANAK", "Mempawah"), ("KOTA PONTIANAK", "Kota Pontianak")),
        *(
            ("SURABAYA", "Kota Surabaya"),
            ("KODYA BOGOR", "Kota Bogor"),
            ("BOGOR", "Bogor"),
            ("JAKARTA BARAT", "Kota Administrasi Jakarta Barat"),
        ),
        *(
            ("KEP. MENTAWAI", "Kepulauan Mentawai"),
            ("TJ. JABUNG BARAT", "Tanjung Jabung Barat"),
            ("50 KOTA", "Lima Puluh Kota"),
        ),
    ],
)
def test_former_short_and_city_names_are_known(name: str, meant: str) -> None:
    rows = matched(f"{name}/x/x", alias=read_catalogue().alias_wilayah)
    assert rows["kabupaten"].tolist() == [meant]


def test_what_may_be_a_city_or_a_former_kabupaten_is_neither() -> None:
    rows = matched("KAB. SURABAYA/x/x", "PONTIANAK/x/x", alias=read_catalogue().alias_wilayah)
    assert rows["cocok_kabupaten"].tolist() == ["tidak", "tidak"]


def test_the_own_rows_of_a_dataset_hold_in_every_kabupaten() -> None:
    own = [("kecamatan", "*", "Majja", "Maja"), ("desa", "*/Maja", "Sukamju", "Sukamulya")]
    rows = matched("LEBAK/MAJJA/MAJA", alias=pd.DataFrame(own, columns=["tingkat", "dalam", "alias", "nama"]))
    assert rows["kode_desa"].tolist() == ["36.02.13.2006"]


@pytest.mark.parametrize(
    ("level", "name", "above", "provinsi", "near"),
    [
        ("kabupaten", "Mamuju Utra", None, ("SULAWESI BARAT",), "Mamuju"),
        ("kabupaten", "Polmn", None, ("Banten",), None),
        ("kabupaten", "Lebakk", None, ("PROV. BANTEN",), "Lebak"),
        ("kabupaten", "Lebakk", None, (), None),
        ("kabupaten", "Meraukee", None, ("Papua",), "Merauke"),
        ("kecamatan", "KEC. MAJAA", "36.02", (), "Maja"),
        ("kecamatan", "KEC. MAJAA", None, (), None),
    ],
)
def test_a_hint_is_never_far_away(
    level: str, name: str, above: str | None, provinsi: tuple[str, ...], near: str | None
) -> None:
    assert regions.nearest(level, name, above=above, provinsi=provinsi) == near


def test_advice_gives_the_row_of_a_near_name_and_none_that_moves_a_kampung_kb_to_another_kabupaten() -> None:
    assert regions.advice("kabupaten", ["Lebakk"], provinsi=["Banten"]) == 'maksud Anda "Lebak"? Perbaiki di portal'
    assert regions.advice("kecamatan", ["Lebak", "Majaa"], above="36.02") == (
        'maksud Anda "Maja"? Perbaiki di portal, atau tambahkan ke rujukan/alias.csv baris ,,Majaa,Maja'
    )
    assert regions.advice("desa", ["Lebak", "Maja", "Xq"], above="36.02.13") == (
        "perbaiki di portal, atau tulis nama menurut acuan di rujukan/alias.csv"
    )
