"""Nominations: every criterion alone, better in two records, near misses, who remains, awards."""

from typing import Any

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import nomination

KATALOG = pd.DataFrame({"kode": ["cpr", "pokja_terlatih"], "rekaman": ["kb+penduduk", "profil"]})
VISITS = pd.DataFrame({"kampung_id": ["k9"], "terpilih": pd.array([True], "boolean")})
LENGKAP = dict.fromkeys(nomination.INSTITUTIONS, 1.0) | {"jumlah_mekanisme_operasional": 5.0}
CATATAN = pd.DataFrame(columns=list(schema.CATATAN))
UNGGUL = pd.DataFrame({"kampung_id": ["k0"]})


def kampung(**values: Any) -> pd.DataFrame:
    """One Kampung KB that meets every criterion, but for ``values``."""
    known = {"kampung_id": "k0", "provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja"}
    known |= {"klasifikasi": "Mandiri", "mantap": True, "diperbarui_kb": True, "lapor_profil": True} | LENGKAP
    frame = pd.DataFrame([known | values])
    return frame.astype(dict.fromkeys(("mantap", "diperbarui_kb", "lapor_profil"), "boolean"))


def finding(kode: str, tingkat: str) -> pd.DataFrame:
    return pd.DataFrame([{"kode": kode, "tingkat": tingkat, "kampung_id": "k0"}], columns=list(schema.CATATAN))


def judged(
    rows: pd.DataFrame, catatan: pd.DataFrame = CATATAN, unggulan: pd.DataFrame = UNGGUL, awards: Any = None
) -> pd.Series:
    return nomination.judge(rows, catatan, unggulan, VISITS, awards).iloc[0]


def test_who_meets_every_criterion_is_nominated():
    row = judged(kampung())
    assert row.index.tolist() == list(nomination.NOMINASI)
    assert (row["terpenuhi"], row["usulan"], row[list(nomination.CRITERIA)].all()) == (7, True, True)
    assert row[["kurang", "lembaga_kurang", "penghargaan"]].isna().all()


@pytest.mark.parametrize(
    ("syarat", "values", "met"),
    [
        ("kelas", {"klasifikasi": "Berkembang"}, False),
        ("kelas", {"klasifikasi": None, "mantap": None}, False),
        ("kelas", {"mantap": False}, False),
        ("kelas", {"mantap": None}, pd.NA),
        ("diperbarui", {"diperbarui_kb": False}, False),
        ("diperbarui", {"diperbarui_kb": None}, pd.NA),
        ("lembaga", {"regulasi": 0.0}, False),
        ("lembaga", {"jumlah_mekanisme_operasional": 4.0}, False),
        ("lembaga", dict.fromkeys(LENGKAP) | {"lapor_profil": False}, pd.NA),
    ],
)
def test_who_misses_one_criterion_is_a_near_miss_and_what_is_not_known_is_not_met(
    syarat: str, values: dict[str, Any], met: Any
):
    row = judged(kampung(**values))
    assert row[syarat] is met or row[syarat] == met
    assert (row["terpenuhi"], row["usulan"], row["kurang"]) == (6, False, syarat)


@pytest.mark.parametrize(
    ("kode", "tingkat", "kurang"),
    [
        ("K07", "salah", "tanpa_salah"),
        ("K06", "periksa", "tanpa_tanda"),
        ("K09", "periksa", "tanpa_tanda"),
        ("K11", "periksa", "tanpa_tanda"),
        ("K13", "periksa", "tanpa_tanda"),
        ("K11", "info", None),
        ("K16", "periksa", None),
    ],
)
def test_numbers_that_are_wrong_or_doubted_miss_their_criterion(kode: str, tingkat: str, kurang: str | None):
    found = judged(kampung(), finding(kode, tingkat))
    assert (found["kurang"] if pd.notna(found["kurang"]) else None) == kurang
    assert found["usulan"] == (kurang is None)


def test_who_is_to_be_visited_is_not_put_forward():
    on_list = VISITS.assign(kampung_id="k0")
    row = nomination.judge(kampung(), CATATAN, UNGGUL, on_list, None).iloc[0]
    assert (row["kurang"], row["usulan"]) == ("di_luar_kunjungan", False)


def test_who_remains_is_counted_criterion_by_criterion():
    rows = pd.concat([kampung(), kampung(kampung_id="k1", klasifikasi="Dasar"), kampung(kampung_id="k2", rkm=0.0)])
    everyone = pd.DataFrame({"kampung_id": ["k0", "k1", "k2"]})
    found = nomination.judge(rows.reset_index(drop=True), finding("K13", "periksa"), everyone, VISITS, None)
    left = nomination.remaining(found)
    assert list(left) == list(nomination.CRITERIA)
    assert list(left.values()) == [2, 2, 1, 1, 1, 0, 0]


def test_who_is_better_in_nothing_misses_that():
    assert judged(kampung(), unggulan=UNGGUL.head(0))["kurang"] == "unggul"


def test_two_missed_criteria_are_no_near_miss():
    row = judged(kampung(mantap=False, regulasi=0.0))
    assert (row["terpenuhi"], row["usulan"], pd.isna(row["kurang"])) == (5, False, True)


def test_the_missing_institutions_are_named():
    row = judged(kampung(pokja_sk=0.0, rkm=0.0, jumlah_mekanisme_operasional=3.0))
    assert row["lembaga_kurang"] == "SK pokja, RKM, mekanisme operasional (3 dari 5)"


def test_awards_of_the_kampung_kb_and_of_its_desa_stand_beside_latest_first():
    place = {"kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja"}
    awards = pd.DataFrame(
        [
            place | {"kampung_id": "k0", "tahun": 2016, "penghargaan": "Harapan I", "tingkat": "Kabupaten Lebak"},
            place | {"kampung_id": None, "tahun": 2018, "penghargaan": "Juara III", "tingkat": None},
            place | {"kampung_id": None, "desa": "Buyut", "tahun": 2018, "penghargaan": "Juara I", "tingkat": None},
        ]
    ).astype({"kampung_id": "str", "tingkat": "str"})
    assert judged(kampung(), awards=awards)["penghargaan"] == "Juara III (2018); Harapan I (Kabupaten Lebak, 2016)"


def year(indikator: str, label: str | None, **renewed: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """indikator, wilayah and kampung of a year in which k0 has this label."""
    long = pd.DataFrame({"kampung_id": ["k0"], "indikator": indikator, "nilai": 0.7, "label": label})
    area = pd.DataFrame({"indikator": [indikator], "tingkat": "kabupaten", "provinsi": "Banten", "nilai": 0.5})
    own = kampung(**({"diperbarui_kb": True, "diperbarui_profil": True} | renewed))
    return long, area.assign(kabupaten="Lebak"), own


def strengths(now: tuple[Any, ...], before: Any) -> pd.DataFrame:
    return nomination.strengths(*now, KATALOG, before)


FAR = nomination.MUCH_BETTER


def test_far_better_in_both_years_is_a_strength_with_its_numbers():
    found = strengths(year("cpr", FAR), year("cpr", FAR))
    assert found.columns.tolist() == list(nomination.UNGGULAN)
    assert found.to_numpy().tolist() == [["k0", "cpr", 0.7, 0.5, 0.7, 0.5]]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (year("cpr", FAR), year("cpr", "lebih_baik")),
        (year("cpr", "lebih_baik"), year("cpr", FAR)),
        (year("cpr", None), year("cpr", FAR)),
        (year("cpr", FAR), year("pokja_terlatih", FAR)),
        (year("cpr", FAR, diperbarui_kb=False), year("cpr", FAR)),
        (year("pokja_terlatih", FAR, diperbarui_profil=False), year("pokja_terlatih", FAR)),
    ],
)
def test_one_year_a_smaller_lead_or_one_record_counted_twice_do_not_suffice(now: Any, before: Any):
    assert strengths(now, before).empty


def test_each_indicator_asks_for_its_own_record():
    assert len(strengths(year("pokja_terlatih", FAR, diperbarui_kb=False), year("pokja_terlatih", FAR))) == 1


def test_without_a_year_before_nobody_is_known_to_be_better():
    found = strengths(year("cpr", FAR), None)
    assert (len(found), found.columns.tolist()) == (0, list(nomination.UNGGULAN))


def test_the_institutions_are_the_elements_that_the_catalogue_counts():
    katalog = read_catalogue().indikator.set_index("kode")[["pembilang", "penyebut"]]
    elemen = "+".join([*nomination.INSTITUTIONS, "jumlah_mekanisme_operasional"])
    assert katalog.loc["kelembagaan"].tolist() == [elemen, str(len(nomination.INSTITUTIONS) + nomination.MECHANISMES)]
    assert katalog.loc["operasional", "penyebut"] == str(nomination.MECHANISMES)
