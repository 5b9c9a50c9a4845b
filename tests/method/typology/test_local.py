"""Local types: how many, why, and what must not matter."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_samples

from kkb_eval.errors import KkbError
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import YearData, open_dataset
from kkb_eval.method import indicators
from kkb_eval.method.typology import local as typology
from kkb_eval.method.typology.features import Features, features
from method.units import KATALOG, grouped, groups, long

Shared = Callable[[str], Path]


def test_fewer_than_twenty_complete_units_have_no_types_of_their_own():
    local = typology.fit_local(grouped(10, 9))
    assert (local.k, local.mutu, local.dipilih, local.scaling) == (None, None, "panel", None)
    assert local.alasan == "Hanya 19 Kampung KB lengkap; tipe lokal perlu sedikitnya 20."
    assert len(local.anggota) == len(local.panel) == len(local.profil) == len(local.nama) == 0


def test_equal_units_have_no_types():
    same = features(long({f"k{i:02}": [(5, 10), (5, 10), (5, 10)] for i in range(20)}), KATALOG)
    expected = "Semua 20 Kampung KB lengkap mempunyai angka yang sama; tidak ada tipe yang dapat dibedakan."
    assert typology.fit_local(same).alasan == expected


def test_clear_groups_become_stable_types_the_best_first():
    units = grouped(12, 12, seed=0)
    local = typology.fit_local(units, resamples=40)
    assert (local.k, local.mutu, local.dipilih) == (2, "stabil", "panel")
    assert local.alasan == (
        "Pembagian menjadi 2 tipe stabil: setiap tipe ditemukan lagi bila datanya diambil ulang (kemiripan terendah "
        "1,00, tipe terkecil 12 Kampung KB; syarat 0,75 dan 5 Kampung KB). Pembagian yang lebih rinci tidak bertahan."
    )
    assert local.anggota["kampung_id"].tolist() == units.kampung_id.tolist()
    assert local.anggota["tipe"].tolist() == [1] * 12 + [2] * 12
    assert local.anggota["tipe_kedua"].tolist() == [2] * 12 + [1] * 12
    X = local.scaling.apply(units.nilai)
    assert local.anggota["siluet"].to_numpy() == pytest.approx(silhouette_samples(X, local.anggota["tipe"]))
    assert local.nama == {1: "kuat di semua bidang", 2: "lemah di semua bidang"}
    assert local.pusat == pytest.approx(np.array([X[:12].mean(axis=0), X[12:].mean(axis=0)]))
    assert local.profil["jumlah"].tolist() == [12] * 6


def panel(*rows: tuple[int, int, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["k", "terkecil", "jaccard_min"])
    return table.assign(mutu=typology.quality(table, 60))


def test_quality_needs_members_and_jaccard():
    table = panel((2, 20, 0.75), (3, 4, 0.99), (4, 5, 0.7499), (5, 5, 0.6), (6, 5, 0.59))
    assert typology.quality(table, 60) == ["stabil", None, "indikatif", "indikatif", None]
    assert [typology.smallest_size(n) for n in (20, 100, 200)] == [5, 5, 10]


@pytest.mark.parametrize(
    ("rows", "k", "alasan"),
    [
        (
            [(2, 20, 0.9), (3, 9, 0.8), (4, 9, 0.7)],
            3,
            "Pembagian menjadi 3 tipe stabil: setiap tipe ditemukan lagi bila datanya diambil ulang (kemiripan "
            "terendah 0,80, tipe terkecil 9 Kampung KB; syarat 0,75 dan 5 Kampung KB). Pembagian yang lebih rinci "
            "tidak bertahan.",
        ),
        (
            [(2, 20, 0.749), (3, 9, 0.65)],
            3,
            "Tidak ada pembagian yang stabil. Pembagian menjadi 3 tipe indikatif: setiap tipe ditemukan lagi bila "
            "datanya diambil ulang (kemiripan terendah 0,65, tipe terkecil 9 Kampung KB; syarat 0,60 dan 5 Kampung "
            "KB).",
        ),
        (
            [(2, 20, 0.3), (3, 2, 0.9)],
            None,
            "Tidak ada tipe lokal yang bertahan: pada pembagian menjadi 2 sampai 3 tipe selalu ada yang tidak "
            "ditemukan lagi bila datanya diambil ulang (kemiripan di bawah 0,60) atau beranggota kurang dari 5.",
        ),
        (
            [(2, 20, 0.3)],
            None,
            "Tidak ada tipe lokal yang bertahan: pada pembagian menjadi 2 tipe selalu ada yang tidak ditemukan lagi "
            "bila datanya diambil ulang (kemiripan di bawah 0,60) atau beranggota kurang dari 5.",
        ),
    ],
)
def test_the_largest_stable_number_is_taken_and_said(rows: list[tuple[int, int, float]], k: int | None, alasan: str):
    table = panel(*rows)
    assert typology.choose(table) == k
    assert typology._reason(table, 60, k, "panel") == alasan


def test_an_analysts_choice_is_recorded_with_what_the_panel_says_of_it():
    local = typology.fit_local(grouped(12, 12, seed=0), k=3, resamples=30)
    assert (local.k, local.dipilih) == (3, "analis")
    assert local.alasan.startswith(
        "Pembagian menjadi 3 tipe ditetapkan analis; menurut ujinya tidak stabil (kemiripan terendah 0,"
    )
    assert sorted(local.anggota["tipe"].unique()) == [1, 2, 3]


def test_a_choice_that_these_units_do_not_allow_gives_no_types_and_says_so():
    local = typology.fit_local(grouped(12, 12), k=4, resamples=5)
    assert (local.k, local.dipilih) == (None, "analis")
    assert local.alasan == "Analis meminta 4 tipe, tetapi 24 Kampung KB lengkap cukup untuk paling banyak 3 tipe."


@pytest.mark.parametrize("k", [0, 1, 8])
def test_a_number_of_types_that_is_none(k: int):
    with pytest.raises(KkbError) as error:
        typology.fit_local(grouped(5), k=k)
    assert str(error.value) == f"tipologi, k = {k}: bukan jumlah tipe; pilih k dari 2 sampai 7"


def test_an_analysts_weights_decide_which_groups_are_found_and_are_recorded():
    rng = np.random.default_rng(2)
    level = {"k": (80, 20), "p": (20, 80)}
    counts = {}
    for i in range(40):
        kb, kegiatan = level["kp"[i % 2]][0], level["kp"[i // 20]][1]
        a, b, c = rng.integers(-6, 7, 3)
        counts[f"k{i:02}"] = [(kb + a, 100), (kegiatan + b, 100), (100 - kb - c, 100)]
    units = features(long(counts), KATALOG)
    kb = typology.fit_local(units, k=2, bobot={"KB": 1, "kegiatan": 0.1}, resamples=20)
    kegiatan = typology.fit_local(units, k=2, bobot={"kegiatan": 2.5}, resamples=20)
    assert kb.anggota["tipe"].tolist() == [1, 2] * 20
    assert kegiatan.anggota["tipe"].tolist() == [2] * 20 + [1] * 20
    assert kb.alasan.endswith(" Bobot bidang ditetapkan analis: KB 1, kegiatan 0,1; lainnya 1.")
    with pytest.raises(KkbError, match='dimensi "Kb" tidak ada'):
        typology.fit_local(grouped(3), bobot={"Kb": 1})


def test_types_taken_back_say_why():
    local = typology.fit_local(grouped(12, 12, seed=0), k=3, resamples=30)
    back = typology.withheld(local, grouped(12, 12, seed=0))
    assert (back.k, back.mutu, len(back.anggota), back.dipilih) == (None, None, 0, "analis")
    assert back.alasan == f"{local.alasan} Karena itu tipe lokal tidak ditampilkan."
    assert back.panel is local.panel


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_the_catalogue_changes_no_type(random):
    frame = groups(11, 10, 9)
    rows, entries = list(range(len(frame))), list(range(len(KATALOG)))
    random.shuffle(rows)
    random.shuffle(entries)
    one = typology.fit_local(features(frame, KATALOG), resamples=10)
    other = typology.fit_local(features(frame.iloc[rows], KATALOG.iloc[entries]), resamples=10)
    pd.testing.assert_frame_equal(one.anggota, other.anggota)
    pd.testing.assert_frame_equal(one.panel, other.panel)
    assert one.nama == other.nama


def real(data: YearData, step: int = 1) -> Features:
    """The features of a real year; with ``step`` -1 from a catalogue and rows turned upside down."""
    katalog = read_catalogue().indikator[::step]
    catatan = pd.concat([data.catatan, quality.find(data.kampung)], ignore_index=True)
    return features(indicators.compute(data.kampung[::step], catatan, katalog)[::step], katalog)


def test_lebak_in_october_2022_has_two_stable_types_and_three_indicative_ones(shared: Shared):
    units = real(open_dataset(shared("portal/lebak")).year(2022))
    assert (len(units), len(units.tidak_lengkap)) == (82, 11)
    local = typology.fit_local(units)
    assert (local.k, local.mutu) == (2, "stabil")
    quality_of = local.panel.set_index("k")
    assert quality_of.loc[2, "jaccard_min"] == pytest.approx(1.00, abs=0.02)
    assert quality_of.loc[3, "jaccard_min"] == pytest.approx(0.73, abs=0.03)
    assert quality_of.loc[3, "mutu"] == "indikatif"
    # types overlap, and the report must not hide that
    assert 0.2 < local.anggota["siluet"].mean() < 0.4


def test_the_order_of_the_catalogue_changes_no_type_of_lebak(shared: Shared):
    data = open_dataset(shared("portal/lebak")).year(2022)
    one, other = (typology.fit_local(real(data, step), k=3, resamples=10) for step in (1, -1))
    pd.testing.assert_frame_equal(one.anggota, other.anggota)
    pd.testing.assert_frame_equal(one.profil, other.profil)
