"""Lintas sektor: who works where, what contradicts the score, the pokja's checklist, the reach of the staff."""

import pandas as pd
import pytest

from kkb_eval.method import sector

KAMPUNG = pd.DataFrame(
    {
        "kampung_id": ["a", "b", "c"],
        "kabupaten": "Lebak",
        "kecamatan": "Maja",
        "desa": ["Maja", "Binong", "Binong"],
    }
)


def table(*rows: tuple[str | None, str, str, str]) -> pd.DataFrame:
    """The table of activities as (kampung_id, desa, instansi, unsur)."""
    frame = pd.DataFrame(rows, columns=["kampung_id", "desa", "instansi", "unsur"]).astype("str")
    teks = {"program_utama": "Lebak Sehat", "kegiatan": "Posyandu", "sumber_dana": "APBD", "status": "selesai"}
    return frame.assign(kabupaten="Lebak", kecamatan="Maja", anggaran=pd.array([None] * len(frame), "Int64"), **teks)


def test_a_row_for_a_desa_holds_for_every_kampung_kb_there_and_counts_once():
    found = sector.activities(
        table(
            (None, "Binong", "Puskesmas", "pemda"), ("a", "Maja", "Puskesmas", "pemda"), (None, "Buyut", "PKK", "pemda")
        ),
        KAMPUNG,
    )
    assert found.columns.tolist() == list(sector.KEGIATAN)
    assert found[["nomor", "kampung_id"]].fillna("").to_numpy(object).tolist() == [
        [1, "b"], [1, "c"], [2, "a"], [3, ""],
    ]  # fmt: skip


def test_without_the_table_there_are_no_activities():
    found = sector.activities(None, KAMPUNG)
    assert (len(found), found.columns.tolist()) == (0, list(sector.KEGIATAN))


def test_spellings_of_an_instansi_that_differ_in_punctuation_only_are_one():
    names = ["Dinas Kesehatan", "DINAS  KESEHATAN", "Dinas Kesehatan", "Dinas-Sosial", "Dinas Sosial"]
    found = sector.activities(table(*(("a", "Maja", nama, "pemda") for nama in names)), KAMPUNG)
    assert found["instansi"].tolist() == ["Dinas Kesehatan"] * 3 + ["Dinas Sosial"] * 2


@pytest.mark.parametrize(
    "nama",
    [
        "DP2KBP3A", "DP3AP2KB", "DPPKB Kabupaten Lebak", "Disdalduk KB / DISDALDUKKB", "OPD KB", "OPD-KB",
        "Dinas Pengendalian Penduduk dan Keluarga Berencana", "Perwakilan BKKBN Banten", "PLKB Kecamatan Maja",
        "Balai Penyuluhan KB", "Kemendukbangga",
    ],
)  # fmt: skip
def test_the_office_of_the_programme_is_known_by_its_name(nama: str):
    assert sector.activities(table(("a", "Maja", nama, "pemda")), KAMPUNG)["opd"].tolist() == [True]


@pytest.mark.parametrize(
    ("nama", "unsur"),
    [
        ("Dinas Kependudukan dan Pencatatan Sipil", "pemda"),
        ("Dinas Kesehatan", "pemda"),
        ("DPRKP", "pemda"),
        ("Perkumpulan Keluarga Berencana Indonesia", "masyarakat"),
        ("Pos KB Desa Maja", "masyarakat"),
    ],
)
def test_other_offices_and_parties_are_not(nama: str, unsur: str):
    assert sector.activities(table(("a", "Maja", nama, unsur)), KAMPUNG)["opd"].tolist() == [False]


def test_sectors_are_counted_beside_the_opd_and_a_score_that_says_otherwise_is_named():
    rows = table(
        ("a", "Maja", "DPPKB", "pemda"), ("b", "Binong", "Bank", "swasta"), ("b", "Binong", "PKK", "masyarakat"),
        ("b", "Binong", "PKK", "masyarakat"),
    )  # fmt: skip
    skor = pd.DataFrame({"kampung_id": ["a", "b", "c"], "item": "lintas_sektor", "skor": [3.0, 1.0, 2.0]})
    found = sector.involvement(sector.activities(rows, KAMPUNG), KAMPUNG, skor)
    assert found.fillna("").to_dict("list") == {
        "kampung_id": ["a", "b", "c"],
        "instansi": [0, 2, 0],
        "kegiatan": [0, 3, 0],
        "opd": [True, False, False],
        "skor": [3.0, 1.0, 2.0],
        "pertentangan": ["tanpa_kegiatan", "tanpa_skor", ""],
    }


@pytest.mark.parametrize(("skor", "banyak"), [(2.0, 0), (2.0, 5), (1.0, 1), (3.0, 1), (None, 0), (None, 5)])
def test_a_score_that_may_be_right_or_is_not_known_contradicts_nothing(skor: float | None, banyak: int):
    rows = table(*(("a", "Maja", f"Instansi {i}", "swasta") for i in range(banyak)))
    scores = pd.DataFrame({"kampung_id": ["a"], "item": ["lintas_sektor"], "skor": [skor]}).astype({"skor": float})
    found = sector.involvement(sector.activities(rows, KAMPUNG), KAMPUNG.head(1), scores)
    assert found["pertentangan"].isna().all()


def test_the_checklist_counts_only_those_that_reported_a_profil():
    rows = pd.DataFrame({butir: [1.0, 0.0, 5.0, None] for butir in sector.POKJA})
    rows["lapor_profil"] = pd.array([True, True, False, True], "boolean")
    found = sector.pokja(rows)
    assert found["butir"].tolist() == list(sector.POKJA)
    assert found.drop(columns="butir").drop_duplicates().to_numpy().tolist() == [[1, 1, 1]]


def test_staff_is_counted_by_kecamatan_over_the_desa_that_are_named():
    desa = pd.DataFrame(
        {
            "kabupaten": "Lebak",
            "kecamatan": ["Maja", "Maja", "Maja", "Maja", "Bayah"],
            "kampung_kb": [1, 0, 1, 2, 1],
            "plkb": pd.array([1, 0, 0, None, 0], "Int64"),
            "pos_kb": pd.array([1, 0, 0, None, 1], "Int64"),
            "sub_pos_kb": pd.array([0, 0, None, None, 3], "Int64"),
        }
    )
    found = sector.staff(desa).set_index("kecamatan").drop(columns="kabupaten")
    assert found.fillna(-1).astype(float).to_dict("index") == {
        "Bayah": {"desa": 1, "plkb": 0, "tanpa_pos": 0, "tanpa_pos_kampung_kb": 0, "tanpa_sub_pos": 0,
                  "tanpa_sub_pos_kampung_kb": 0, "desa_per_plkb": -1},
        "Maja": {"desa": 3, "plkb": 1, "tanpa_pos": 2, "tanpa_pos_kampung_kb": 1, "tanpa_sub_pos": 2,
                 "tanpa_sub_pos_kampung_kb": 1, "desa_per_plkb": 3},
    }  # fmt: skip
