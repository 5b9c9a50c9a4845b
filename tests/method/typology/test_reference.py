"""Reference types: fitted, frozen, applied with their own numbers."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_eval.errors import KkbError
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import YearData, open_dataset
from kkb_eval.method.typology.features import features
from kkb_eval.method.typology.local import fit_local
from kkb_eval.method.typology.reference import COLUMNS, Reference, agreement, assign, fit_reference, judge
from method.units import KATALOG, grouped, groups, long

from .test_local import real

Shared = Callable[[str], Path]


def frozen(table: pd.DataFrame) -> Reference:
    """The types after a round through a CSV file, as the catalogue reads it."""
    text = table.to_csv(index=False)
    return Reference.from_frame(pd.read_csv(StringIO(text), dtype=str, keep_default_na=False, na_values=[""]))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    found = fit_reference(grouped(60, 50, 40), "tiga kelompok", ks=[2, 3], resamples=10).table
    assert found is not None
    return found


def test_the_largest_number_that_holds_is_frozen_with_its_numbers(table: pd.DataFrame):
    assert table.columns.tolist() == list(COLUMNS)
    types = frozen(table)
    assert types.asal == "tiga kelompok"
    assert types.indikator == ("peserta", "poktan", "unmet")
    assert types.dimensi == ("KB", "kegiatan", "KB")
    assert types.anggota == {1: 60, 2: 50, 3: 40}
    assert types.nama == {
        1: "rata-rata lebih tinggi di semua bidang",
        2: "mendekati rata-rata",
        3: "rata-rata lebih rendah di semua bidang",
    }
    assert types.jaccard == {1: 1.0, 2: 1.0, 3: 1.0}
    assert types.scaling.bobot == pytest.approx([1 / np.sqrt(2), 1, 1 / np.sqrt(2)])


def test_the_units_it_was_fitted_on_get_their_types_back(table: pd.DataFrame):
    units = grouped(60, 50, 40)
    found = assign(units, frozen(table))
    assert found.columns.tolist() == ["kampung_id", "tipe_acuan", "nama_tipe_acuan", "siluet_acuan", "tipe_kedua_acuan"]
    assert found["tipe_acuan"].tolist() == [1] * 60 + [2] * 50 + [3] * 40
    assert found["nama_tipe_acuan"].iat[-1] == "rata-rata lebih rendah di semua bidang"
    assert agreement(units, frozen(table)) == 1.0


def test_new_data_are_never_standardised_again(table: pd.DataFrame):
    types = frozen(table)
    whole = assign(grouped(60, 50, 40), types).set_index("kampung_id")
    for some in (groups(60, 50, 40).head(30), groups(60, 50, 40).tail(3)):
        part = assign(features(some, KATALOG), types).set_index("kampung_id")
        pd.testing.assert_frame_equal(part, whole.loc[part.index])


def test_no_units_get_no_types(table: pd.DataFrame):
    assert len(assign(features(long({}), KATALOG), frozen(table))) == 0


def test_features_other_than_those_of_the_reference_are_an_error(table: pd.DataFrame):
    katalog = KATALOG.assign(tipologi=["ya", "ya", "tidak", "tidak"])
    with pytest.raises(KkbError) as error:
        assign(features(groups(3), katalog), frozen(table))
    assert str(error.value) == (
        "tipologi acuan: dibuat dari indikator peserta, poktan, unmet, katalog memakai peserta, poktan; "
        "buat ulang dengan kkb-eval typology"
    )


def test_a_nation_without_types_that_hold_freezes_none():
    rng = np.random.default_rng(4)
    noise = {f"k{i:03}": [(x, 100) for x in rng.integers(20, 81, 3)] for i in range(200)}
    refit = fit_reference(features(long(noise), KATALOG), "derau", ks=[6, 7], resamples=10)
    assert refit.table is None
    assert refit.panel["k"].tolist() == [6, 7]
    assert refit.p > 0.05


def test_frozen_types_are_a_yardstick_while_their_centroids_lie_where_the_units_are(table: pd.DataFrame):
    types = frozen(table)
    for units, usable in ((grouped(60, 50, 40, seed=5), True), (grouped(90, 1, seed=5), False)):
        refit = fit_reference(units, "lain", ks=[2, 3], resamples=10)
        verdict = judge(units, types, refit.panel)
        assert verdict.usable is usable
        assert verdict.jaccard == refit.panel["jaccard_min"].iat[-1]
    assert verdict.excess > 0.5


def test_a_number_of_types_that_the_panel_lacks_has_no_jaccard(table: pd.DataFrame):
    units = grouped(60, 50, 40)
    verdict = judge(units, frozen(table), fit_reference(units, "sama", ks=[2], resamples=5).panel)
    assert np.isnan(verdict.jaccard)
    assert (verdict.agreement, verdict.excess) == (1.0, pytest.approx(0, abs=1e-9))


def test_the_frozen_national_types_are_five_with_plain_distinct_names():
    types = Reference.from_frame(read_catalogue().tipologi_acuan)
    assert types.asal == "rekap nasional 7 Juni 2022, 6.938 dari 16.786 Kampung KB lengkap"
    assert types.nama == {
        1: "rata-rata lebih tinggi di poktan dan kelembagaan",
        2: "rata-rata lebih tinggi di kelembagaan",
        3: "rata-rata lebih tinggi di poktan, lebih rendah di kelembagaan",
        4: "rata-rata lebih rendah di poktan",
        5: "rata-rata lebih rendah di poktan dan kelembagaan",
    }
    assert types.anggota == {1: 1327, 2: 1641, 3: 955, 4: 1753, 5: 1262}
    assert min(types.jaccard.values()) > 0.91
    katalog = read_catalogue().indikator
    assert types.indikator == tuple(sorted(katalog.loc[katalog["tipologi"].eq("ya"), "kode"]))
    level = types.pusat @ types.scaling.bobot
    assert (np.diff(level) < 0).all()
    sums = pd.Series(types.scaling.bobot**2).groupby(list(types.dimensi)).sum()
    assert sums.to_numpy() == pytest.approx([1, 1, 1, 1])


def test_lebak_in_october_2022_has_the_known_mix_of_reference_types(shared: Shared):
    data = open_dataset(shared("portal/lebak")).year(2022)
    # two more would have a type if the cells that contradict each other (K06, K11, K12) were used
    found = assign(real(data), Reference.from_frame(read_catalogue().tipologi_acuan))
    assert found["tipe_acuan"].value_counts().to_dict() == {5: 49, 1: 10, 4: 9, 2: 7, 3: 5}


def test_half_of_the_nation_finds_the_types_of_the_whole(nasional: YearData):
    units = real(nasional)
    half = units.within(units.kampung_id[::2])
    # 0.70: the frozen types are of the nation before K06, K11 and K12 took cells out; a fit to all of it agrees 0.74
    assert agreement(half, Reference.from_frame(read_catalogue().tipologi_acuan)) == pytest.approx(0.70, abs=0.03)


def test_fitted_on_the_same_units_reference_types_are_the_local_ones():
    units = grouped(12, 12, seed=0)
    table = fit_reference(units, "sama", ks=[2], resamples=5).table
    assert table is not None
    reference = frozen(table)
    assert reference.pusat == pytest.approx(fit_local(units, k=2, resamples=5).pusat, abs=1e-9)
