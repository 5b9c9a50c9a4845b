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
    assert (local.alasan, local.main) == ("sedikit", False)
    assert np.isnan(local.p)
    assert len(local.anggota) == len(local.panel) == len(local.profil) == len(local.nama) == 0


def test_equal_units_have_no_types():
    same = features(long({f"k{i:02}": [(5, 10), (5, 10), (5, 10)] for i in range(20)}), KATALOG)
    assert typology.fit_local(same).alasan == "seragam"


def test_clear_groups_become_stable_types_the_best_first():
    units = grouped(12, 12, seed=0)
    local = typology.fit_local(units, resamples=40)
    assert (local.k, local.mutu, local.dipilih, local.alasan, local.main) == (2, "stabil", "panel", "jelas", True)
    assert local.p == 1 / 200
    assert local.anggota["kampung_id"].tolist() == units.kampung_id.tolist()
    assert local.anggota["tipe"].tolist() == [1] * 12 + [2] * 12
    assert local.anggota["tipe_kedua"].tolist() == [2] * 12 + [1] * 12
    X = local.scaling.apply(units.nilai)
    assert local.anggota["siluet"].to_numpy() == pytest.approx(silhouette_samples(X, local.anggota["tipe"]))
    assert local.nama == {1: "rata-rata lebih tinggi di semua bidang", 2: "rata-rata lebih rendah di semua bidang"}
    assert local.pusat == pytest.approx(np.array([X[:12].mean(axis=0), X[12:].mean(axis=0)]))
    assert local.profil["jumlah"].tolist() == [12] * 6


def panel(*rows: tuple[int, int, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["k", "terkecil", "jaccard_min", "siluet"])
    return table.assign(mutu=typology.recurrence(table, 60))


def test_a_candidate_recurs_with_members_and_jaccard():
    table = panel((2, 20, 0.75, 0), (3, 4, 0.99, 0), (4, 5, 0.7499, 0), (5, 5, 0.6, 0), (6, 5, 0.59, 0))
    assert typology.recurrence(table, 60) == ["stabil", None, "indikatif", "indikatif", None]
    assert [typology.smallest_size(n) for n in (20, 100, 200)] == [5, 5, 10]


@pytest.mark.parametrize(
    ("rows", "k"),
    [
        ([(2, 20, 0.9, 0.3), (3, 9, 0.8, 0.4), (4, 9, 0.8, 0.35), (5, 9, 0.7, 0.6)], 3),
        ([(2, 20, 0.9, 0.4), (3, 9, 0.8, 0.4)], 2),
        ([(2, 20, 0.749, 0.2), (3, 9, 0.65, 0.3)], 3),
        ([(2, 20, 0.3, 0.9), (3, 2, 0.9, 0.9)], None),
    ],
)
def test_of_the_candidates_that_recur_best_the_one_with_the_largest_silhouette_is_taken(
    rows: list[tuple[int, int, float, float]], k: int | None
):
    assert typology.choose(panel(*rows)) == k


def test_the_panel_says_what_chance_gives():
    local = typology.fit_local(grouped(12, 12, seed=0), resamples=5, sets=20)
    assert local.panel.columns.tolist() == list(typology.PANEL)
    assert (local.panel["siluet"] > local.panel["siluet_acak"] + 2 * local.panel["simpangan_acak"]).tolist()[0]


def test_an_analysts_choice_that_recurs_is_shown_with_the_same_panel_and_p():
    units = grouped(12, 12, seed=0)
    local, own = typology.fit_local(units, resamples=30), typology.fit_local(units, k=2, resamples=30)
    assert (own.k, own.dipilih, own.diminta, own.alasan, own.main) == (2, "analis", 2, "analis", True)
    assert own.p == local.p
    pd.testing.assert_frame_equal(own.panel, local.panel)


def test_an_analysts_choice_that_does_not_recur_gives_no_types():
    local = typology.fit_local(grouped(12, 12, seed=0), k=3, resamples=30)
    assert (local.k, local.mutu, local.diminta, local.alasan, local.main) == (None, None, 3, "analis", False)
    assert (len(local.anggota), len(local.panel)) == (0, 2)


def test_a_choice_that_these_units_do_not_allow_gives_no_types_and_says_so():
    local = typology.fit_local(grouped(12, 12), k=4, resamples=5)
    assert (local.k, local.dipilih, local.diminta, local.alasan) == (None, "analis", 4, "terlalu_banyak")


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
    with pytest.raises(KkbError, match='dimensi "Kb" tidak ada'):
        typology.fit_local(grouped(3), bobot={"Kb": 1})


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


def test_lebak_in_october_2022_has_two_types_that_recur(shared: Shared):
    units = real(open_dataset(shared("portal/lebak")).year(2022))
    local = typology.fit_local(units)
    assert (local.k, local.mutu) == (2, "stabil")
    by_k = local.panel.set_index("k")
    assert by_k.loc[2, "jaccard_min"] == pytest.approx(1.00, abs=0.03)
    # recurring is not existing: a cloud of these marginals and correlations is nearly as plain
    assert 0.005 < local.p < 0.15
    assert 1.5 < (by_k.loc[2, "siluet"] - by_k.loc[2, "siluet_acak"]) / by_k.loc[2, "simpangan_acak"] < 4
    # types overlap, and the report must not hide that
    assert 0.2 < local.anggota["siluet"].mean() < 0.4


def test_the_order_of_the_catalogue_changes_no_type_of_lebak(shared: Shared):
    data = open_dataset(shared("portal/lebak")).year(2022)
    one, other = (typology.fit_local(real(data, step), k=3, resamples=10) for step in (1, -1))
    pd.testing.assert_frame_equal(one.anggota, other.anggota)
    pd.testing.assert_frame_equal(one.profil, other.profil)
