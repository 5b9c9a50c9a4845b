"""The visit list: one small kabupaten by hand, and what must hold whatever the numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kkb_eval import schema
from kkb_eval.method import priority

Counts = list[tuple[int, int]]
NONE = pd.DataFrame(columns=list(schema.CATATAN))


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
    pooled = pooled.assign(tingkat="kabupaten", indikator="unmet", nilai=pooled["pembilang"] / pooled["penyebut"])
    return long.assign(label="serupa"), pooled


def drawn(counts: Counts, n: int = 400) -> NDArray[np.float64]:
    x, total = np.array(counts, float).T[:, :, None]
    return np.random.default_rng(1).beta(x + 0.5, total - x + 0.5, (len(counts), n))


def listed(kampung: pd.DataFrame, counts: Counts, places: int = 10, catatan: pd.DataFrame = NONE) -> pd.DataFrame:
    return priority.compute(
        kampung, *rates(kampung, counts), catatan, reliability=0.5, draws=drawn(counts), places=places
    )


def test_the_couples_to_be_expected_decide_and_no_order_of_size_is_shown():
    kampung = clean(["Kecil", "Besar", "Sedang"], tertinggal=[True, False, pd.NA])
    visit = listed(kampung, [(10, 20), (150, 1000), (40, 400)], places=1)
    assert visit.columns.tolist() == list(priority.PRIORITAS)
    assert visit["kampung_id"].tolist() == ["besar", "kecil", "sedang"]
    assert visit["terpilih"].tolist() == [True, False, False]
    rate = 200 / 1420
    assert visit["kelebihan"].tolist() == pytest.approx([150 - 1000 * rate, 10 - 20 * rate, 40 - 400 * rate])
    assert visit["tertinggal"].tolist() == [False, True, pd.NA]
    assert set(visit["daftar"]) == {"kunjungan"}


def test_a_rate_is_shrunk_to_the_median_of_the_kabupaten_by_its_reliability():
    counts = np.array([0.0, 20, 90]), np.array([100.0, 100, 100])
    assert priority.expected(*counts, 0.0) == pytest.approx([100 * 20.5 / 101] * 3)
    assert priority.expected(*counts, 1.0) == pytest.approx([50 / 101, 2050 / 101, 9050 / 101])
    low, middle, high = priority.expected(*counts, 0.5)
    assert 0.5 < low < 20 < middle < high < 90


def test_a_small_place_with_an_extreme_rate_does_not_displace_a_large_one():
    kampung = clean(["A", "B", "C", "D"])
    visit = listed(kampung, [(19, 20), (30, 200), (40, 200), (35, 210)], places=3).set_index("kampung_id")
    assert visit.loc[visit["terpilih"]].index.tolist() == ["b", "c", "d"]


def test_the_interval_is_the_central_95_percent_of_the_drawn_difference_and_holds_the_counted_one():
    kampung, counts = clean(["A", "B"]), [(1, 4), (3, 4)]
    # the kabupaten's rate of a draw is the mean of the two: A is half the difference above it, times 4 couples
    rate_a = np.linspace(0.0, 1.0, 1001)
    draws = np.vstack([rate_a, np.full(1001, 0.5)])
    visit = priority.compute(kampung, *rates(kampung, counts), NONE, reliability=0.5, draws=draws)
    expected = np.array([[-1, -1, 0.95], [1, -0.95, 1]])
    assert visit[["kelebihan", "bawah95", "atas95"]].to_numpy() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("harapan", "chosen"),
    [
        ([5, 4, 3], [True, True, False]),
        ([5, 4, 4, 1], [True, True, True, False]),
        ([5.4, 4.4, 3.6, 1], [True, True, True, False]),  # alike as they are printed
        ([5, 4, 4, 4, 4], [True, False, False, False, False]),
        ([4, 4, 4], [True, True, True]),
        ([4, 4, 4, 4, 4], [False] * 5),
        ([7], [True]),
        ([0.4, 0.3], [False, False]),
    ],
)
def test_two_places_never_cut_a_tie(harapan: list[float], chosen: list[bool]):
    assert priority.chosen(np.array(harapan, float), 2).tolist() == chosen


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=40), st.integers(1, 12))
def test_whatever_the_numbers_equal_ones_are_in_or_out_together(harapan: list[float], places: int):
    couples, kept = np.rint(harapan), priority.chosen(np.array(harapan), places)
    assert not set(couples[kept]) & set(couples[~kept])
    assert couples[kept].min(initial=99) > couples[~kept & (couples > 0)].max(initial=0) or not kept.any()


def test_a_far_higher_unmet_need_is_marked():
    kampung, counts = clean(["A", "B"]), [(90, 100), (10, 100)]
    long, pooled = rates(kampung, counts)
    long["label"] = ["kurang_baik_menonjol", None]
    visit = priority.compute(kampung, long, pooled, NONE, reliability=0.5, draws=drawn(counts))
    assert visit["jauh"].tolist() == [True, False]


def test_the_places_are_those_of_each_kabupaten():
    kampung = pd.concat([clean(["A", "B"]), clean(["C", "D"], "Pandeglang")], ignore_index=True)
    visit = listed(kampung, [(90, 100), (80, 100), (20, 100), (10, 100)], places=1)
    assert visit.loc[visit["terpilih"], "kampung_id"].tolist() == ["a", "c"]


def test_a_missing_draw_of_a_known_rate_is_an_error():
    kampung = clean(["A", "B"])
    with pytest.raises(ValueError, match="draws must be finite wherever unmet is terisi"):
        priority.compute(
            kampung, *rates(kampung, [(10, 100), (30, 100)]), NONE, reliability=0.5, draws=np.full((2, 10), np.nan)
        )


def test_without_any_known_rate_nobody_is_visited():
    kampung = clean(["A"])
    unmet, wilayah = rates(kampung, [(0, 0)], "tidak_dapat_dihitung")
    visit = priority.compute(kampung, unmet, wilayah, NONE, reliability=0.5, draws=np.full((1, 10), np.nan))
    assert visit[["kampung_id", "daftar"]].to_numpy().tolist() == [["a", "perbaiki_data"]]


def test_those_not_reporting_come_with_their_pus_when_known():
    kampung = clean(
        ["E", "D", "C", "B", "A"],
        pus=[100.0, 200.0, np.nan, np.nan, 0.0],
        lapor_penduduk=[True, True, False, pd.NA, False],
        lapor_kb=[True, False, True, pd.NA, False],
    )
    unmet, _ = rates(kampung, [(1, 2)] * 5, ["terisi"] + ["belum_lapor"] * 4)
    silent = priority.unjudged(kampung, unmet, frozenset())
    assert silent.columns.tolist() == list(priority.PRIORITAS)
    assert silent[["kampung_id", "daftar", "belum"]].to_numpy().tolist() == [
        ["a", "belum_lapor", "penduduk, kb"],
        ["b", "belum_lapor", "penduduk, kb"],
        ["c", "belum_lapor", "penduduk"],
        ["d", "belum_lapor", "kb"],
    ]
    assert silent["pus"].fillna(-1).tolist() == [-1, -1, -1, 200]
    assert silent[["unmet", "harapan", "kelebihan", "terpilih", "jauh"]].isna().all(axis=None)


def test_those_with_unusable_numbers_are_listed_apart():
    kampung = clean(["A", "B", "C"], pus=[50.0, 0.0, 100.0])
    unmet, _ = rates(kampung, [(60, 50), (3, 0), (5, 100)], ["tidak_konsisten", "tidak_dapat_dihitung", "terisi"])
    apart = priority.unjudged(kampung, unmet, frozenset())
    assert apart[["kampung_id", "daftar"]].to_numpy().tolist() == [["a", "perbaiki_data"], ["b", "perbaiki_data"]]
    assert apart["belum"].isna().all()
    assert apart["pus"].fillna(-1).tolist() == [50, -1]


@pytest.mark.parametrize(("tingkat", "daftar"), [("periksa", "perbaiki_data"), ("info", "kunjungan")])
def test_an_implausibly_large_one_is_checked_not_visited_and_a_small_one_may_be(tingkat: str, daftar: str):
    catatan = pd.DataFrame([{"kode": "K11", "tingkat": tingkat, "kampung_id": "a"}], columns=list(schema.CATATAN))
    kampung = clean(["A", "B"])
    found = listed(kampung, [(9000, 50000), (20, 200)], catatan=catatan).set_index("kampung_id")
    assert (len(found), found.loc["a", "daftar"], found.loc["b", "terpilih"]) == (2, daftar, True)


def test_a_list_says_of_itself_the_sum_of_its_rows():
    kampung = clean(["A", "B", "C"], lapor_kb=[True, True, False])
    counts = [(60, 200), (20, 200), (0, 1)]
    unmet, wilayah = rates(kampung, counts, ["terisi", "terisi", "belum_lapor"])
    table = priority.compute(kampung, unmet, wilayah, NONE, reliability=0.5, draws=drawn(counts), places=1)
    reach = priority.reach(table, kampung).iloc[0]
    rows = table[table["terpilih"].fillna(False)]
    assert (reach["kunjungan"], reach["unmet"], reach["unmet_semua"], reach["pangsa"]) == (1, 60.0, 80.0, 0.75)
    assert (reach["unmet"], reach["harapan"]) == (rows["unmet"].sum(), rows["harapan"].sum())


def test_the_list_is_no_share_where_nobody_has_unmet_need():
    kampung = clean(["A", "B"])
    table = listed(kampung, [(0, 10), (0, 20)])
    reach = priority.reach(table, kampung)
    assert reach["pangsa"].isna().tolist() == [True]
