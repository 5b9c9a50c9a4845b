"""Nominations: every criterion alone, the probability of being better, near misses, awards."""

from typing import Any

import pandas as pd
import pytest
from scipy.stats import beta

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import nomination

KATALOG = pd.DataFrame({"kode": ["cpr", "unmet"], "arah": [1, -1]})
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
    return nomination.judge(rows, catatan, unggulan, awards).iloc[0]


def test_who_meets_every_criterion_is_nominated():
    row = judged(kampung())
    assert row.index.tolist() == list(nomination.NOMINASI)
    assert (row["terpenuhi"], row["usulan"], row[list(nomination.CRITERIA)].all()) == (6, True, True)
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
    assert (row["terpenuhi"], row["usulan"], row["kurang"]) == (5, False, syarat)


def test_findings_of_level_salah_and_angka_berpola_each_miss_their_criterion():
    assert judged(kampung(), finding("K07", "salah"))["kurang"] == "tanpa_salah"
    assert judged(kampung(), finding("K13", "periksa"))["kurang"] == "tanpa_berpola"
    assert judged(kampung(), finding("K06", "periksa"))["usulan"]


def test_who_is_better_in_nothing_misses_that():
    assert judged(kampung(), unggulan=UNGGUL.head(0))["kurang"] == "unggul"


def test_two_missed_criteria_are_no_near_miss():
    row = judged(kampung(mantap=False, regulasi=0.0))
    assert (row["terpenuhi"], row["usulan"], pd.isna(row["kurang"])) == (4, False, True)


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


def year(*counts: tuple[str, int, int], nilai: float = 0.5) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """indikator, wilayah and kampung of a year in which k0 has these (indicator, numerator, denominator)."""
    long = pd.DataFrame(counts, columns=["indikator", "pembilang", "penyebut"]).assign(kampung_id="k0", status="terisi")
    long = long.assign(nilai=long["pembilang"] / long["penyebut"], bawah95=0.0)
    area = pd.DataFrame({"indikator": ["cpr", "unmet"], "tingkat": "kabupaten", "provinsi": "Banten", "nilai": nilai})
    return long, area.assign(kabupaten="Lebak"), kampung()[["kampung_id", "provinsi", "kabupaten"]]


def strengths(now: tuple[Any, ...], before: Any) -> pd.DataFrame:
    return nomination.strengths(*now, KATALOG, before)


def test_better_is_judged_in_the_good_direction_and_in_both_years():
    found = strengths(year(("unmet", 10, 100), ("cpr", 70, 100)), year(("cpr", 65, 100), ("unmet", 20, 100)))
    assert found.columns.tolist() == list(nomination.UNGGULAN)
    assert found["indikator"].tolist() == ["cpr", "unmet"]
    row = found.iloc[0]
    assert row[["nilai", "pembanding", "nilai_sebelum", "pembanding_sebelum"]].tolist() == [0.7, 0.5, 0.65, 0.5]
    assert row["peluang"] == pytest.approx(beta.sf(0.5, 70.5, 30.5))


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (("cpr", 70, 100), ("cpr", 50, 100)),
        (("cpr", 52, 100), ("cpr", 70, 100)),
        (("unmet", 70, 100), ("unmet", 70, 100)),
        (("cpr", 70, 100), ("unmet", 10, 100)),
        (("cpr", 7, 10), ("cpr", 6, 10)),
    ],
)
def test_one_year_the_wrong_direction_or_too_few_people_do_not_suffice(now: Any, before: Any):
    assert strengths(year(now), year(before)).empty


def test_nine_tenths_is_enough_and_less_is_not():
    x = next(x for x in range(50, 100) if beta.sf(0.5, x + 0.5, 100 - x + 0.5) >= 0.9)
    assert len(strengths(year(("cpr", x, 100)), year(("cpr", x, 100)))) == 1
    assert strengths(year(("cpr", x - 1, 100)), year(("cpr", x, 100))).empty


def test_counts_of_elements_and_values_that_are_not_terisi_are_left_out():
    now, area, rows = year(("cpr", 90, 100), ("unmet", 1, 100))
    now.loc[0, "bawah95"], now.loc[1, "status"] = None, "tidak_konsisten"
    assert strengths((now, area, rows), year(("cpr", 90, 100), ("unmet", 1, 100))).empty


def test_without_a_year_before_nobody_is_known_to_be_better():
    found = strengths(year(("cpr", 90, 100)), None)
    assert (len(found), found.columns.tolist()) == (0, list(nomination.UNGGULAN))


def test_the_institutions_are_the_elements_that_the_catalogue_counts():
    katalog = read_catalogue().indikator.set_index("kode")[["pembilang", "penyebut"]]
    elemen = "+".join([*nomination.INSTITUTIONS, "jumlah_mekanisme_operasional"])
    assert katalog.loc["kelembagaan"].tolist() == [elemen, str(len(nomination.INSTITUTIONS) + nomination.MECHANISMES)]
    assert katalog.loc["operasional", "penyebut"] == str(nomination.MECHANISMES)
