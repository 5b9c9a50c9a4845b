"""On the real nation, where nothing differs but by chance, at most 8 % may be called different, on every indicator."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_eval.commands.national import Cleaned, clean, read_rekap
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import areas, freshness
from kkb_eval.method.jackknife import against_the_rest, between_years

KATALOG = read_catalogue().indikator
SAMPLED = KATALOG.loc[KATALOG["sampel"].eq("ya"), "kode"].tolist()
AREA = ["provinsi", "kabupaten"]
COUNTS = ["pembilang", "penyebut"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def june(shared: Callable[[str], Path]) -> Cleaned:
    return clean(read_rekap([shared("portal/nasional/rekap_2022-06-07.xlsx")], "uji"))


@pytest.fixture(scope="module")
def october(shared: Callable[[str], Path]) -> Cleaned:
    return clean(read_rekap([shared("portal/nasional/rekap_2022-10-27.xlsx")], "uji"))


@pytest.fixture(scope="module")
def units(june: Cleaned) -> pd.DataFrame:
    """Every usable rate of June with its place; kabupaten of six or more."""
    used = june.indikator[june.indikator["status"].eq("terisi")]
    used = used[~used["kampung_id"].isin(areas.oversized(june.catatan))]
    rows = used.merge(june.kampung[["kampung_id", *areas.REGION]], on="kampung_id")
    return rows[rows.groupby([*AREA, "indikator"])["kampung_id"].transform("size").ge(6)]


def called(verdicts: pd.Series) -> float:
    return float(verdicts.dropna().astype(float).mean())


@pytest.mark.parametrize("indikator", SAMPLED)
@pytest.mark.parametrize("grouping", ["kecamatan", "half", "sixth"])
def test_shuffled_groups_are_called_different_in_at_most_8_percent(units: pd.DataFrame, grouping: str, indikator: str):
    rng = np.random.default_rng(20220607)
    own = units[units["indikator"].eq(indikator)].sort_values([*AREA, "kampung_id"])
    found = []
    for _ in range(2):
        shuffled = own.assign(key=rng.random(len(own))).sort_values([*AREA, "key"])
        if grouping == "kecamatan":
            group = own["kecamatan"].to_numpy()  # the same sizes in every kabupaten, other Kampung KB
        else:
            rank = shuffled.groupby(AREA).cumcount().to_numpy()
            size = shuffled.groupby(AREA)["key"].transform("size").to_numpy()
            group = rank < (size // 2 if grouping == "half" else np.maximum(size // 6, 3))
        keys, gap = against_the_rest(shuffled.assign(group=group), AREA, "group")
        told = gap.certain if grouping == "kecamatan" else gap.certain[keys["group"].astype(bool)]
        found.append(told.dropna())
    assert sum(map(len, found)) > 400
    assert called(pd.concat(found)) <= 0.08


@pytest.fixture(scope="module")
def reentered(june: Cleaned, october: Cleaned) -> pd.DataFrame:
    """The rates of records entered again between June and October, of both."""
    fresh = freshness.updated_indicators(freshness.freshness(october.kampung, june.kampung), KATALOG)
    keys = ["kampung_id", "indikator"]
    both = june.indikator.merge(october.indikator, on=keys, suffixes=("_0", "_1")).merge(fresh, on=keys)
    both = both[both["diperbarui"].fillna(False) & both["status_0"].eq("terisi") & both["status_1"].eq("terisi")]
    return both.merge(october.kampung[["kampung_id", *areas.REGION]], on="kampung_id")


@pytest.mark.parametrize("indikator", SAMPLED)
@pytest.mark.parametrize("level", ["kabupaten", "provinsi"])
def test_years_swapped_within_kampung_kb_are_called_changed_in_at_most_8_percent(
    reentered: pd.DataFrame, level: str, indikator: str
):
    rng = np.random.default_rng(20221027)
    own = reentered[reentered["indikator"].eq(indikator)]
    area = own.groupby(areas.LEVELS[level]).ngroup().to_numpy()
    x, n = (own[[f"{name}_0", f"{name}_1"]].to_numpy(float) for name in COUNTS)
    found = []
    for _ in range(20):
        swap = (rng.random(len(own)) < 0.5)[:, None]
        (x0, x1), (n0, n1) = (np.where(swap, values[:, ::-1], values).T for values in (x, n))
        found.append(between_years(x0, n0, x1, n1, area).certain)
    assert pd.concat(found).notna().sum() > 300
    assert called(pd.concat(found)) <= 0.08
