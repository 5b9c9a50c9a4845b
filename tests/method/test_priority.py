"""The visit list: one small kabupaten by hand, and what must hold whatever the numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kkb_eval.method import priority

Counts = list[tuple[int, int]]


def clean(names: list[str], kabupaten: str = "Lebak", **columns: object) -> pd.DataFrame:
    base = {"kampung_id": [n.lower() for n in names], "kampung": names, "provinsi": "Banten", "kabupaten": kabupaten}
    flags = {"lapor_penduduk": True, "lapor_kb": True, "tertinggal": pd.NA}
    return pd.DataFrame({**base, "pus": 100.0, **flags, **columns}).astype(dict.fromkeys(flags, "boolean"))


def rates(
    kampung: pd.DataFrame, counts: Counts, status: str | list[str] = "terisi"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indicator rows of unmet, and the pooled value of the kabupaten over those that are terisi."""
    x, n = np.array(counts, float).T
    ids = kampung["kampung_id"]
    long = pd.DataFrame({"kampung_id": ids, "indikator": "unmet", "pembilang": x, "penyebut": n, "status": status})
    used = long.assign(provinsi="Banten", kabupaten=kampung["kabupaten"])[long["status"].eq("terisi")]
    pooled = used.groupby(["provinsi", "kabupaten"])[["pembilang", "penyebut"]].sum().reset_index()
    return long, pooled.assign(tingkat="kabupaten", indikator="unmet", nilai=pooled["pembilang"] / pooled["penyebut"])


def drawn(counts: Counts, n: int = 400) -> NDArray[np.float64]:
    x, total = np.array(counts, float).T[:, :, None]
    return np.random.default_rng(1).beta(x + 0.5, total - x + 0.5, (len(counts), n))


def listed(kampung: pd.DataFrame, counts: Counts, jumlah: int = 10) -> pd.DataFrame:
    return priority.visits(kampung, *rates(kampung, counts), draws=drawn(counts), jumlah=jumlah)


def test_couples_above_the_kabupaten_decide_not_the_rate():
    kampung = clean(["Kecil", "Besar", "Rendah"], tertinggal=[True, False, pd.NA])
    visit = listed(kampung, [(10, 20), (300, 1000), (40, 980)], jumlah=1)
    assert visit.columns.tolist() == list(priority.PRIORITAS)
    assert visit["kampung_id"].tolist() == ["besar", "kecil", "rendah"]
    assert visit["kelebihan"].tolist() == [300 - 1000 * 0.175, 10 - 20 * 0.175, 40 - 980 * 0.175]
    assert visit["terpilih"].tolist() == [True, False, False]
    assert visit["golongan"].tolist() == ["mantap", "tidak", "tidak"]
    assert visit["yakin"].tolist() == [1.0, 0.0, 0.0]
    assert visit["tertinggal"].tolist() == [False, True, pd.NA]


def test_the_interval_is_the_central_95_percent_of_the_drawn_difference():
    kampung, counts = clean(["A", "B"]), [(1, 4), (3, 4)]
    # the kabupaten's rate of a draw is the mean of the two: A is half the difference above it, times 4 couples
    rate_a = np.linspace(0.0, 1.0, 1001)
    visit = priority.visits(kampung, *rates(kampung, counts), draws=np.vstack([rate_a, np.full(1001, 0.5)]))
    assert visit["kampung_id"].tolist() == ["a", "b"]
    # and it always holds the difference that was counted
    expected = np.array([[-1, -1, 0.95], [1, -0.95, 1]])
    assert visit[["kelebihan", "bawah95", "atas95"]].to_numpy() == pytest.approx(expected)


def test_what_chance_could_swap_is_mungkin_and_sorted_by_name_not_by_size():
    visit = listed(clean(["C", "B", "A", "Z"]), [(52, 200), (50, 200), (51, 200), (10, 200)], jumlah=2)
    assert visit["kampung_id"].tolist() == ["a", "b", "c", "z"]
    assert visit["golongan"].tolist() == ["mungkin", "mungkin", "mungkin", "tidak"]
    assert visit["terpilih"].tolist() == [True, False, True, False]
    assert visit["yakin"].sum() == pytest.approx(2)


@pytest.mark.parametrize(
    ("share", "golongan"), [(0.81, "mantap"), (0.79, "mungkin"), (0.21, "mungkin"), (0.19, "mungkin")]
)
def test_a_chosen_one_is_mantap_from_80_percent(share: float, golongan: str):
    kampung, counts = clean(["A", "B"]), [(60, 100), (40, 100)]
    above = np.where(np.arange(100) < 100 * share, 0.6, 0.2)
    visit = priority.visits(kampung, *rates(kampung, counts), draws=np.vstack([above, np.full(100, 0.4)]), jumlah=1)
    a = visit.set_index("kampung_id").loc["a"]
    assert (a["terpilih"], a["golongan"], a["yakin"]) == (True, golongan, pytest.approx(share))


@pytest.mark.parametrize(("share", "golongan"), [(0.21, "mungkin"), (0.19, "tidak")])
def test_one_not_chosen_is_named_from_20_percent(share: float, golongan: str):
    kampung, counts = clean(["A", "B"]), [(40, 100), (60, 100)]
    above = np.where(np.arange(100) < 100 * share, 0.6, 0.2)
    visit = priority.visits(kampung, *rates(kampung, counts), draws=np.vstack([above, np.full(100, 0.4)]), jumlah=1)
    a = visit.set_index("kampung_id").loc["a"]
    assert (a["terpilih"], a["golongan"], a["yakin"]) == (False, golongan, pytest.approx(share))


def test_a_tie_goes_to_the_smaller_id():
    kampung = clean(["C", "A", "B"])
    counts = [(50, 100), (10, 100), (50, 100)]
    visit = listed(kampung, counts, jumlah=1)
    assert visit.loc[visit["terpilih"], "kampung_id"].tolist() == ["b"]


@pytest.mark.parametrize("names", [["A"], ["A", "B", "C"]])
def test_nobody_is_chosen_who_is_not_above_the_kabupaten(names: list[str]):
    visit = listed(clean(names), [(10, 100)] * len(names))
    assert visit["kelebihan"].tolist() == pytest.approx([0.0] * len(names))
    assert not visit["terpilih"].any()


def test_the_places_are_those_of_each_kabupaten():
    kampung = pd.concat([clean(["A", "B"]), clean(["C", "D"], "Pandeglang")], ignore_index=True)
    visit = listed(kampung, [(90, 100), (80, 100), (20, 100), (10, 100)], jumlah=1)
    assert visit.loc[visit["terpilih"], "kampung_id"].tolist() == ["a", "c"]


def test_a_missing_draw_of_a_known_rate_is_an_error():
    kampung = clean(["A", "B"])
    with pytest.raises(ValueError, match="draws must be finite wherever unmet is terisi"):
        priority.visits(kampung, *rates(kampung, [(10, 100), (30, 100)]), draws=np.full((2, 10), np.nan))


def test_without_any_known_rate_the_visit_list_is_empty():
    kampung = clean(["A"])
    unmet, wilayah = rates(kampung, [(0, 0)], "tidak_dapat_dihitung")
    visit = priority.visits(kampung, unmet, wilayah, draws=np.full((1, 10), np.nan))
    assert (visit.columns.tolist(), len(visit)) == (list(priority.PRIORITAS), 0)


def test_those_not_reporting_come_with_their_pus_when_known():
    kampung = clean(
        ["E", "D", "C", "B", "A"],
        pus=[100.0, 200.0, np.nan, np.nan, 0.0],
        lapor_penduduk=[True, True, False, pd.NA, False],
        lapor_kb=[True, False, True, pd.NA, False],
    )
    unmet, _ = rates(kampung, [(1, 2)] * 5, ["terisi"] + ["belum_lapor"] * 4)
    silent = priority.unjudged(kampung, unmet)
    assert silent.columns.tolist() == list(priority.PRIORITAS)
    assert silent[["kampung_id", "daftar", "belum"]].to_numpy().tolist() == [
        ["a", "belum_lapor", "penduduk, kb"],
        ["b", "belum_lapor", "penduduk, kb"],
        ["c", "belum_lapor", "penduduk"],
        ["d", "belum_lapor", "kb"],
    ]
    assert silent["pus"].fillna(-1).tolist() == [-1, -1, -1, 200]
    assert silent[["unmet", "kelebihan", "yakin", "terpilih", "golongan"]].isna().all(axis=None)


def test_those_with_unusable_numbers_are_listed_apart():
    kampung = clean(["A", "B", "C"], pus=[50.0, 0.0, 100.0])
    unmet, _ = rates(kampung, [(60, 50), (3, 0), (5, 100)], ["tidak_konsisten", "tidak_dapat_dihitung", "terisi"])
    apart = priority.unjudged(kampung, unmet)
    assert apart[["kampung_id", "daftar"]].to_numpy().tolist() == [["a", "perbaiki_data"], ["b", "perbaiki_data"]]
    assert apart["belum"].isna().all()
    assert apart["pus"].fillna(-1).tolist() == [50, -1]


def test_one_table_holds_every_kampung_kb_once():
    kampung = clean(["D", "C", "B", "A"], lapor_kb=[True, False, True, True])
    counts = [(60, 200), (0, 1), (20, 200), (9, 8)]
    unmet, wilayah = rates(kampung, counts, ["terisi", "belum_lapor", "terisi", "tidak_konsisten"])
    draws = drawn([(60, 200), (0, 1), (20, 200), (8, 8)])
    draws[1] = np.nan
    table = priority.compute(kampung, unmet, wilayah, draws=draws, jumlah=1)
    assert table[["kampung_id", "daftar"]].to_numpy().tolist() == [
        ["d", "kunjungan"],
        ["b", "kunjungan"],
        ["c", "belum_lapor"],
        ["a", "perbaiki_data"],
    ]


def test_the_reach_is_what_the_chosen_visits_hold_of_the_kabupaten():
    kampung = clean(["A", "B", "C"], lapor_kb=[True, True, False])
    counts = [(60, 200), (20, 200), (0, 1)]
    unmet, wilayah = rates(kampung, counts, ["terisi", "terisi", "belum_lapor"])
    table = priority.compute(kampung, unmet, wilayah, draws=drawn(counts), jumlah=1)
    assert priority.reach(table, kampung).to_dict("records") == [
        {
            "provinsi": "Banten",
            "kabupaten": "Lebak",
            "kunjungan": 1,
            "unmet": 60.0,
            "unmet_kabupaten": 80.0,
            "kelebihan": 20.0,
            "mantap": 1,
            "pangsa": 0.75,
        }
    ]


def test_the_reach_is_no_share_where_nobody_has_unmet_need():
    kampung = clean(["A", "B"])
    table = priority.compute(kampung, *rates(kampung, [(0, 10), (0, 20)]), draws=drawn([(0, 10), (0, 20)]))
    reach = priority.reach(table, kampung)
    assert (reach["kunjungan"].tolist(), reach["pangsa"].isna().tolist()) == ([0], [True])


counts = st.lists(
    st.integers(1, 900).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None)
@given(counts=counts, jumlah=st.integers(1, 5), other=counts)
def test_a_list_never_depends_on_row_order_or_on_another_kabupaten(counts: Counts, jumlah: int, other: Counts):
    kampung = clean([f"K{i:02}" for i in range(len(counts))])
    draws = drawn(counts, 50)
    visit = priority.visits(kampung, *rates(kampung, counts), draws=draws, jumlah=jumlah)
    assert visit["terpilih"].sum() <= jumlah and visit["yakin"].sum() <= jumlah + 1e-9
    assert (visit["bawah95"] <= visit["kelebihan"]).all() and (visit["kelebihan"] <= visit["atas95"]).all()
    assert visit["kelebihan"].sum() == pytest.approx(0, abs=1e-6)

    both = pd.concat([clean([f"P{i:02}" for i in range(len(other))], "Pandeglang"), kampung[::-1]], ignore_index=True)
    everything = np.vstack([drawn(other, 50), draws[::-1]])
    again = priority.visits(both, *rates(both, other + counts[::-1]), draws=everything, jumlah=jumlah)
    pd.testing.assert_frame_equal(visit, again[again["kampung_id"].str.startswith("k")].reset_index(drop=True))
