"""What was updated and who is missing: hand-made years of a few Kampung KB, and the two real years of Lebak."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import freshness

NILAI = {"jumlah_sumber_dana": 1.0, "pus": 100.0, "iud": 20.0}


def row(kampung: str, *, lapor: str = "profil penduduk kb", **other: object) -> dict[str, object]:
    records = lapor.split()
    numbers = {
        kolom: NILAI.get(kolom, 0.0) if rekaman in records else np.nan
        for rekaman, columns in schema.RECORDS.items()
        for kolom in columns
    }
    return {
        "kampung_id": kampung.lower(),
        "kampung": kampung,
        "kecamatan": "Maja",
        "desa": "Maja",
        "slug_kabupaten": "lebak",
        "slug_kecamatan": "maja",
        "berkas_rekap": "rekap.xlsx",
        "baris_rekap": 7,
        "berkas_klasifikasi": None,
        "baris_klasifikasi": pd.NA,
        "klasifikasi_ekspor": None,
        **numbers,
        **{f"lapor_{rekaman}": rekaman in records for rekaman in schema.RECORDS},
    } | other


def year(*rows: dict[str, object]) -> pd.DataFrame:
    kinds = dict.fromkeys(("berkas_rekap", "berkas_klasifikasi", "klasifikasi_ekspor"), "str")
    kinds |= dict.fromkeys(("baris_rekap", "baris_klasifikasi"), "Int64")
    kinds |= {f"lapor_{rekaman}": "boolean" for rekaman in schema.RECORDS}
    return pd.DataFrame(rows).astype(kinds)


def flags(now: pd.DataFrame, before: pd.DataFrame | None) -> dict[str, list[object]]:
    table = freshness.freshness(now, before)
    assert table.columns.tolist() == ["kampung_id", "diperbarui_profil", "diperbarui_penduduk", "diperbarui_kb"]
    return {kampung_id: values for kampung_id, *values in table.to_numpy(object).tolist()}


def test_years_are_matched_by_id_in_order_of_id():
    now = pd.DataFrame({"kampung_id": ["c", "b", "a"], "pus": [3, 2, 1], "kecamatan": "Maja"})
    before = pd.DataFrame({"kampung_id": ["b", "d", "a"], "pus": [20, 40, 10]})
    assert freshness.match(now, before).to_dict("list") == {
        "kampung_id": ["a", "b"],
        "pus_sekarang": [1, 2],
        "kecamatan": ["Maja", "Maja"],
        "pus_sebelum": [10, 20],
    }


def test_a_record_is_fresh_when_any_of_its_columns_differs():
    now = year(row("B", iud=21.0, regulasi=1.0), row("A"))
    before = year(row("A"), row("B"))
    assert flags(now, before) == {"b": [True, False, True], "a": [False, False, False]}


def test_nothing_is_said_of_a_record_that_one_of_the_years_lacks():
    now = year(row("A"), row("B", lapor=""), row("C"))
    before = year(row("A", lapor="profil"), row("B"))
    assert flags(now, before) == {"a": [False, pd.NA, pd.NA], "b": [pd.NA] * 3, "c": [pd.NA] * 3}


def test_a_number_that_could_be_read_in_neither_year_is_the_same():
    unread, read = year(row("A", iud=np.nan)), year(row("A"))
    assert flags(unread, unread)["a"] == [False, False, False]
    assert flags(unread, read)["a"] == [False, False, True]


def test_without_a_year_before_nothing_is_known_and_nothing_is_found():
    now = year(row("A"))
    assert flags(now, None) == {"a": [pd.NA] * 3}
    found = freshness.findings(now, None)
    assert (found.columns.tolist(), len(found)) == (list(schema.CATATAN), 0)


def test_the_record_of_an_indicator_is_kb_where_it_is_one_of_several():
    katalog = pd.DataFrame({"kode": ["cpr", "mkjp", "lembaga"], "rekaman": ["kb+penduduk", "kb", "profil"]})
    segar = pd.DataFrame({"kampung_id": ["a"]}).assign(
        diperbarui_profil=pd.array([True], dtype="boolean"),
        diperbarui_penduduk=pd.array([True], dtype="boolean"),
        diperbarui_kb=pd.array([False], dtype="boolean"),
    )
    found = freshness.updated_indicators(segar, katalog).set_index("indikator")["diperbarui"]
    assert found.to_dict() == {"cpr": False, "mkjp": False, "lembaga": True}


def test_a_new_name_with_the_numbers_of_one_that_is_gone_is_not_updated():
    before, now = year(row("Melati", pus=321.0), row("Anggrek")), year(row("Mawar", pus=321.0), row("Anggrek"))
    assert flags(now, before) == {"mawar": [False] * 3, "anggrek": [False] * 3}


def test_a_similar_new_name_is_a_suggestion_and_compared_with_nobody():
    before, now = year(row("Melati")), year(row("Melatih", pus=5.0))
    assert flags(now, before) == {"melatih": [pd.NA] * 3}


def test_any_number_that_differs_appears_or_vanishes_has_moved():
    before = year(row("A"), row("B"), row("C", lapor="profil"), row("D"), row("E"))
    now = year(row("A"), row("B", regulasi=1.0), row("C"), row("D", lapor="profil"), row("F"))
    gone = dict.fromkeys((f"lapor_{rekaman}" for rekaman in schema.RECORDS), pd.NA)
    assert freshness.moved(now, before).to_dict() == {"a": False, "b": True, "c": True, "d": True}
    assert freshness.moved(year(row("A") | gone), year(row("A"))).tolist() == [pd.NA]


def test_an_identical_record_is_reported_once_a_record():
    found = freshness.findings(year(row("A", iud=21.0)), year(row("A")))
    assert found.to_dict("records") == [
        {
            "kode": "K14",
            "tingkat": "info",
            "berkas": "rekap.xlsx",
            "baris": 7,
            "kampung_id": "a",
            "kolom": kolom,
            "pesan": f"{pesan} kolom; perbarui isian di portal",
        }
        for kolom, pesan in (
            ("diperbarui_profil", "profil sama persis dengan tahun sebelumnya di semua 12"),
            ("diperbarui_penduduk", "data penduduk sama persis dengan tahun sebelumnya di semua 7"),
        )
    ]


def missing(now: pd.DataFrame, before: pd.DataFrame) -> list[str]:
    found = freshness.findings(now, before)
    return found.loc[found["kode"].eq("K18"), "pesan"].tolist()


def test_a_missing_kampung_kb_is_named_with_the_file_and_row_of_last_year():
    gone = row("B", berkas_rekap=None, baris_rekap=pd.NA, berkas_klasifikasi="kelas.xlsx", baris_klasifikasi=9)
    found = freshness.findings(year(row("A", lapor="")), year(row("A", lapor=""), gone))
    assert found.to_dict("records") == [
        {
            "kode": "K18",
            "tingkat": "periksa",
            "berkas": "kelas.xlsx",
            "baris": 9,
            "kampung_id": "b",
            "kolom": "kampung",
            "pesan": 'Kampung KB "B" (Maja) dari tahun sebelumnya tidak ada lagi; periksa di portal apakah dihapus,'
            " atau tulis nama barunya di rujukan/alias.csv",
        }
    ]


def test_identical_numbers_name_the_candidate_before_a_similar_name_does():
    before = year(row("Melati", pus=321.0))
    now = year(row("Kampung KB Melatih", pus=5.0), row("Mawar", pus=321.0))
    assert missing(now, before) == [
        'Kampung KB "Melati" (Maja) dari tahun sebelumnya tidak ada lagi; kemungkinan kini bernama "Mawar" karena semua'
        " angkanya sama. Mohon dipastikan; bila benar, tambahkan ke rujukan/alias.csv baris Maja,Maja,Melati,Mawar"
    ]


def test_a_similar_name_names_the_candidate_and_is_quoted_for_the_csv():
    before, now = year(row("Kampung KB Melati, RW 2")), year(row("Kp. KB Melati RW 02", pus=5.0))
    assert missing(now, before) == [
        'Kampung KB "Kampung KB Melati, RW 2" (Maja) dari tahun sebelumnya tidak ada lagi; kemungkinan kini bernama'
        ' "Kp. KB Melati RW 02" karena namanya mirip. Mohon dipastikan; bila benar, tambahkan ke rujukan/alias.csv'
        ' baris Maja,Maja,"Kampung KB Melati, RW 2",Kp. KB Melati RW 02'
    ]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param(row("Kampung KB Melati"), row("Kampung KB Mawar", pus=5.0), id="only the generic words agree"),
        pytest.param(row("Melati"), row("Melati", kampung_id="x", desa="Ciwalen"), id="another desa"),
        pytest.param(row("Melati II"), row("Melati 3", pus=5.0), id="another number"),
        pytest.param(row("Melati"), row("Melati 1", pus=5.0), id="a number and none"),
        pytest.param(row("Melati Indah A"), row("Melati Indah B", pus=5.0), id="another letter"),
        pytest.param(row("Melati", lapor="profil"), row("Mawar", lapor="profil"), id="both without numbers"),
        pytest.param(row("Melati", pus=0.0, iud=0.0), row("Mawar", pus=0.0, iud=0.0), id="both all zero"),
    ],
)
def test_what_is_no_likeness(before: dict[str, object], now: dict[str, object]):
    assert freshness.candidates(year(before), year(now)).empty


def classed(name: str, kelas: str | None, **other: object) -> dict[str, object]:
    return row(name, klasifikasi_ekspor=kelas, berkas_klasifikasi="kelas.xlsx", baris_klasifikasi=9, **other)


def test_a_class_that_rose_while_no_number_moved_is_told_at_the_klasifikasi():
    before = year(classed("A", "Dasar"), classed("B", "Dasar"), classed("C", "Mandiri"), classed("D", "Dasar"))
    now = year(
        *(classed("A", "Mandiri"), classed("B", "Mandiri", iud=21.0), classed("C", "Dasar"), classed("D", "Dasar"))
    )
    assert freshness.rises(now, before, "12 Juni 2023").to_dict("records") == [
        {
            "kode": "K22",
            "tingkat": "periksa",
            "berkas": "kelas.xlsx",
            "baris": 9,
            "kampung_id": "a",
            "kolom": "klasifikasi",
            "pesan": "kelas naik dari Dasar (12 Juni 2023) ke Mandiri, tetapi tidak satu angka pun di rekap berubah;"
            " cocokkan isian sumber dana, poktan, sarana, penggunaan data, dan lintas sektor di portal",
        }
    ]


@pytest.mark.parametrize(("old", "new"), [(None, "Mandiri"), ("Dasar", None), ("Mandiri", "Mandiri")])
def test_no_rise_where_a_class_is_not_known_or_the_same(old: str | None, new: str | None):
    assert freshness.rises(year(classed("A", new)), year(classed("A", old)), "2022").empty


def test_nothing_is_said_of_a_rise_without_both_rekap():
    gone = dict.fromkeys((f"lapor_{rekaman}" for rekaman in schema.RECORDS), pd.NA)
    assert freshness.rises(year(classed("A", "Mandiri")), year(classed("A", "Dasar") | gone), "2022").empty


def test_two_classes_of_lebak_rose_on_the_numbers_of_the_year_before(shared: Callable[[str], Path]):
    dataset = open_dataset(shared("portal/lebak"))
    before, now = (dataset.year(tahun).kampung for tahun in (2022, 2023))
    assert freshness.findings(now, before)["kode"].value_counts().to_dict() == {"K14": 218, "K22": 2, "K18": 1}


def test_desa_are_compared_without_case_spaces_and_punctuation():
    before, now = year(row("Melati", desa="PASIR KEMBANG")), year(row("Melatih", desa="Pasirkembang"))
    assert freshness.candidates(before, now).to_dict("records") == [
        {"kampung_id": "melati", "kampung_id_baru": "melatih", "kampung_baru": "Melatih"}
        | {"mirip": pytest.approx(92.3, abs=0.05), "sama": True}
    ]


def test_a_kabupaten_that_this_year_does_not_hold_is_not_missing():
    assert missing(year(row("A")), year(row("A"), row("B", slug_kabupaten="pandeglang"))) == []


@settings(deadline=None, max_examples=10)
@given(pus=st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=4, max_size=4), order=st.permutations(range(4)))
def test_order_of_rows_never_matters(pus: list[float], order: list[int]):
    before = year(*(row(k) for k in "ABC"), row("Melati"))
    now = year(*(row(k, pus=n) for k, n in zip(["A", "B", "Mekar", "Melatih"], pus, strict=True)))
    shuffled = now.iloc[list(order)].reset_index(drop=True)
    pd.testing.assert_frame_equal(freshness.findings(now, before), freshness.findings(shuffled, before[::-1]))


def test_lebak_from_2022_to_2023_is_mostly_not_updated(shared: Callable[[str], Path]):
    dataset = open_dataset(shared("portal/lebak"))
    before, now = (dataset.year(tahun).kampung for tahun in (2022, 2023))
    segar = freshness.freshness(now, before)
    assert segar["diperbarui_kb"].value_counts(dropna=False).to_dict() == {False: 72, True: 12, pd.NA: 11}
    # of the 20 updated ones 7 kept their KB numbers: six with the same record, one without a record in either year
    updated = segar[segar["diperbarui_profil"]].merge(now[["kampung_id", "lapor_kb"]], on="kampung_id")
    assert (len(updated), updated["diperbarui_kb"].eq(False).sum(), (~updated["lapor_kb"]).sum()) == (20, 6, 1)


def test_lebak_lost_one_kampung_kb_by_a_new_name(shared: Callable[[str], Path]):
    dataset = open_dataset(shared("portal/lebak"))
    before, now = (dataset.year(tahun).kampung for tahun in (2022, 2023))
    assert missing(now, before) == [
        'Kampung KB "Bojongasem" (Rangkasbitung) dari tahun sebelumnya tidak ada lagi; kemungkinan kini bernama'
        ' "KAMPUNG KB RANGKAS BERDIKARI" karena semua angkanya sama. Mohon dipastikan; bila benar, tambahkan ke'
        " rujukan/alias.csv baris Rangkasbitung,Rangkasbitung Barat,Bojongasem,KAMPUNG KB RANGKAS BERDIKARI"
    ]
