"""Names and rules of types, as a reader sees them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval.method.typology.explanation import describe, names, profile, rule_tree
from kkb_eval.method.typology.features import features
from method.units import KATALOG, grouped, long

BIDANG = ("KB", "ekonomi & remaja", "kelembagaan", "ketahanan keluarga")


@pytest.mark.parametrize(
    ("z", "nama"),
    [
        ((0.1, 0.2, -0.4, 0.0), "mendekati rata-rata"),
        ((0.5, -0.5, 0.1, 0.0), "rata-rata lebih tinggi di KB, lebih rendah di ekonomi & remaja"),
        ((0.6, 0.0, 0.9, -0.8), "rata-rata lebih tinggi di KB dan kelembagaan, lebih rendah di ketahanan keluarga"),
        ((0.1, 0.7, -1.1, 0.8), "rata-rata lebih tinggi di poktan, lebih rendah di kelembagaan"),
        ((0.1, -0.6, -0.7, -0.8), "rata-rata lebih rendah di poktan dan kelembagaan"),
        ((0.1, -0.6, -1.3, 0.0), "rata-rata lebih rendah di ekonomi & remaja dan kelembagaan"),
        ((0.6, 0.7, 0.8, 0.9), "rata-rata lebih tinggi di semua bidang"),
        ((-0.6, -0.7, -0.8, -0.9), "rata-rata lebih rendah di semua bidang"),
    ],
)
def test_a_name_says_what_stands_out(z: tuple[float, ...], nama: str):
    assert names(np.array([z]), BIDANG) == [nama]


def test_types_of_one_name_are_told_apart_by_what_separates_them():
    profil = np.array([[0.9, 0.1, 0.0, 0.3], [0.8, 0.0, 0.1, -0.3], [-0.9, 0, 0, 0]])
    assert names(profil, BIDANG) == [
        "rata-rata lebih tinggi di KB; ketahanan keluarga lebih tinggi",
        "rata-rata lebih tinggi di KB; ketahanan keluarga lebih rendah",
        "rata-rata lebih rendah di KB",
    ]
    assert names(np.zeros((2, 4)) + 0.1, BIDANG) == [
        "mendekati rata-rata; KB lebih rendah (1)",
        "mendekati rata-rata; KB lebih rendah (2)",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([-1.0, -0.4, 0.0, 0.3, 0.6, 2.0]), min_size=4, max_size=4), min_size=2, max_size=7
    )
)
def test_names_never_repeat(profil: list[list[float]]):
    found = names(np.array(profil), BIDANG)
    assert len(set(found)) == len(profil)


def test_a_profile_averages_the_features_of_each_dimension():
    z = np.array([[1.0, 3.0, 5.0], [3.0, 5.0, 7.0], [-1.0, 0.0, 1.0]])
    assert profile(z, np.array([0, 0, 1]), 2, ("KB", "kegiatan", "KB")).tolist() == [[4.0, 4.0], [0.0, 0.0]]


def test_a_type_is_described_by_its_sums():
    units = features(
        long({"a": [(1, 10), (1, 2), (0, 5)], "b": [(30, 90), (1, 2), (5, 5)], "c": [(4, 8), (0, 9), (1, 4)]}), KATALOG
    )
    z = np.array([[1.0, 0.0, 2.0], [3.0, 0.0, 0.0], [-1.0, 0.5, 0.0]])
    table = describe(units, np.array([1, 1, 3]), z, {1: "KB kuat", 2: "tak berisi", 3: "KB lemah"})
    assert table.to_dict("list") == {
        "tipe": [1, 1, 1, 3, 3, 3],
        "nama": ["KB kuat"] * 3 + ["KB lemah"] * 3,
        "jumlah": [2, 2, 2, 1, 1, 1],
        "indikator": ["peserta", "poktan", "unmet"] * 2,
        "nilai": [0.31, 0.5, 0.5, 0.5, 0.0, 0.25],
        "z": [2.0, 0.0, 1.0, -1.0, 0.5, 0.0],
    }


def test_rules_are_words_a_reader_can_apply():
    counts = {f"k{i:02}": [(x, 100), (50, 100), (20, 100)] for i, x in enumerate([10, 12, 14, 40, 42, 44, 80, 82, 85])}
    units = features(long(counts), KATALOG)
    tree = rule_tree(units, np.array([3, 3, 3, 2, 2, 2, 1, 1, 2]))
    assert tree.aturan.to_dict("records") == [
        {"tipe": 1, "aturan": "Peserta di atas 62 %", "anggota": 3, "tepat": pytest.approx(2 / 3)},
        {"tipe": 2, "aturan": "Peserta di atas 27 % sampai 62 %", "anggota": 3, "tepat": 1.0},
        {"tipe": 3, "aturan": "Peserta paling tinggi 27 %", "anggota": 3, "tepat": 1.0},
    ]
    assert tree.kecocokan == pytest.approx(8 / 9)


def test_thresholds_have_only_the_decimals_they_need():
    counts = {f"k{i}": [(x, 1000), (1, 2), (1, 2)] for i, x in enumerate([301, 302, 303, 306, 307, 308])}
    tree = rule_tree(features(long(counts), KATALOG), np.array([2, 2, 2, 1, 1, 1]))
    assert tree.aturan["aturan"].tolist() == ["Peserta di atas 30,4 %", "Peserta paling tinggi 30,4 %"]
    assert tree.kecocokan == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.integers(8, 20), st.integers(8, 20))
def test_every_unit_fulfils_exactly_one_rule(seed: int, one: int, other: int):
    units = grouped(one, other, seed=seed)
    types = np.random.default_rng(seed).integers(1, 4, len(units))
    tree = rule_tree(units, types)
    assert tree.aturan["anggota"].sum() == len(units)
    right = (tree.aturan["anggota"] * tree.aturan["tepat"]).sum() / len(units)
    assert tree.kecocokan == pytest.approx(right)
