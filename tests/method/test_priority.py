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
    return pd.DataFrame({**base, "pus": np.nan, **flags, **columns}).astype(dict.fromkeys(flags, "boolean"))


def rates(kampung: pd.DataFrame, counts: Counts, status: str = "terisi") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indicator rows of unmet, and the pooled value of the kabupaten."""
    x, n = np.array(counts, float).T
    ids = kampung["kampung_id"]
    long = pd.DataFrame(
        {"kampung_id": ids, "indikator": "unmet", "pembilang": x, "penyebut": n, "nilai": x / n, "status": status}
    )
    sums = long.assign(provinsi="Banten", kabupaten=kampung["kabupaten"]).groupby(["provinsi", "kabupaten"])
    pooled = sums[["pembilang", "penyebut"]].sum().reset_index()
    return long, pooled.assign(tingkat="kabupaten", indikator="unmet", nilai=pooled["pembilang"] / pooled["penyebut"])


def drawn(counts: Counts, n: int = 400) -> NDArray[np.float64]:
    x, total = np.array(counts, float).T[:, :, None]
    return np.random.default_rng(1).beta(x + 0.5, total - x + 0.5, (len(counts), n))


def test_couples_above_the_kabupaten_decide_not_the_rate():
    kampung = clean(["Kecil", "Besar", "Rendah"], tertinggal=[True, False, pd.NA])
    counts = [(10, 20), (300, 1000), (40, 980)]
    unmet, wilayah = rates(kampung, counts)
    visit = priority.visits(kampung, unmet, wilayah, draws=drawn(counts), jumlah=1)
    assert visit["kampung_id"].tolist() == ["besar", "kecil", "rendah"]
    assert visit["kelebihan"].tolist() == [300 - 1000 * 0.175, 10 - 20 * 0.175, 40 - 980 * 0.175]
    assert visit["terpilih"].tolist() == [True, False, False]
    assert visit["golongan"].tolist() == ["mantap", "tidak", "tidak"]
    assert visit["yakin"].tolist() == [1.0, 0.0, 0.0]
    assert visit["tertinggal"].tolist() == [False, True, pd.NA]
    assert visit.columns.tolist() == list(priority.PRIORITAS)


def test_what_chance_could_swap_is_mungkin_and_sorted_by_name_not_by_size():
    kampung = clean(["C", "B", "A", "Z"])
    counts = [(52, 200), (50, 200), (51, 200), (10, 200)]
    unmet, wilayah = rates(kampung, counts)
    visit = priority.visits(kampung, unmet, wilayah, draws=drawn(counts), jumlah=2)
    assert visit["kampung_id"].tolist() == ["a", "b", "c", "z"]
    assert visit["golongan"].tolist() == ["mungkin"] * 3 + ["tidak"]
    assert visit["terpilih"].tolist() == [True, False, True, False]
    assert visit["yakin"].sum() == pytest.approx(2)


def test_nobody_is_chosen_who_is_not_above_the_kabupaten():
    alone = clean(["A"])
    unmet, wilayah = rates(alone, [(7, 31)])
    visit = priority.visits(alone, unmet, wilayah, draws=drawn([(7, 31)]))
    assert visit[["kelebihan", "bawah95", "atas95", "yakin"]].to_numpy() == pytest.approx(0, abs=1e-9)
    assert not visit["terpilih"].any()
    same = clean(list("ABC"))
    unmet, wilayah = rates(same, [(10, 100)] * 3)
    assert not priority.visits(same, unmet, wilayah, draws=drawn([(10, 100)] * 3))["terpilih"].any()


def test_unusable_numbers_are_on_no_visit_list_and_missing_draws_are_an_error():
    kampung = clean(list("AB"))
    unmet, wilayah = rates(kampung, [(10, 100), (30, 100)])
    unmet["status"] = ["tidak_konsisten", "terisi"]
    draws = drawn([(10, 100), (30, 100)])
    draws[0] = np.nan
    assert priority.visits(kampung, unmet, wilayah, draws=draws)["kampung_id"].tolist() == ["b"]
    with pytest.raises(ValueError, match="draws must be finite wherever unmet is terisi"):
        priority.visits(kampung, unmet, wilayah, draws=np.full((2, 10), np.nan))


def test_those_not_reporting_come_with_their_pus_when_known():
    kampung = clean(
        list("EDCBA"),
        pus=[100.0, 200.0, np.nan, np.nan, 0.0],
        lapor_penduduk=[True, True, False, pd.NA, True],
        lapor_kb=[True, False, True, pd.NA, False],
    )
    silent = priority.not_reporting(kampung)
    assert silent["kampung_id"].tolist() == ["a", "b", "c", "d"]
    assert silent["belum"].tolist() == ["kb", "penduduk, kb", "penduduk", "kb"]
    assert silent["pus"].fillna(-1).tolist() == [-1, -1, -1, 200]
    assert set(silent["daftar"]) == {"belum_lapor"}
    assert silent[["kelebihan", "yakin", "terpilih", "golongan"]].isna().all(axis=None)


def test_one_table_holds_both_lists_and_tells_the_reach():
    kampung = clean(list("ABC"), lapor_kb=[True, True, False])
    counts = [(60, 200), (20, 200), (0, 1)]
    unmet, wilayah = rates(kampung, counts)
    unmet["status"] = ["terisi", "terisi", "belum_lapor"]
    wilayah["nilai"] = 0.2
    table = priority.compute(kampung, unmet, wilayah, draws=drawn(counts), jumlah=1)
    assert table[["kampung_id", "daftar"]].to_numpy().tolist() == [
        ["a", "kunjungan"], ["b", "kunjungan"], ["c", "belum_lapor"],
    ]  # fmt: skip
    assert priority.reach(table, kampung).to_dict("records") == [
        {"provinsi": "Banten", "kabupaten": "Lebak", "kunjungan": 1, "unmet": 60.0, "unmet_kabupaten": 80.0,
         "kelebihan": 20.0, "mantap": 1, "pangsa": 0.75}
    ]  # fmt: skip


counts = st.lists(
    st.integers(1, 900).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(counts=counts, jumlah=st.integers(1, 5), other=counts)
def test_a_list_never_depends_on_row_order_or_on_another_kabupaten(counts: Counts, jumlah: int, other: Counts):
    kampung = clean([f"K{i:02}" for i in range(len(counts))])
    unmet, wilayah = rates(kampung, counts)
    draws = drawn(counts, 50)
    visit = priority.visits(kampung, unmet, wilayah, draws=draws, jumlah=jumlah)
    assert visit["terpilih"].sum() <= jumlah and visit["yakin"].sum() <= jumlah + 1e-9
    assert (visit["bawah95"] <= visit["kelebihan"]).all() and (visit["kelebihan"] <= visit["atas95"]).all()
    assert visit["kelebihan"].sum() == pytest.approx(0, abs=1e-6)

    both = pd.concat([clean([f"P{i:02}" for i in range(len(other))], "Pandeglang"), kampung[::-1]], ignore_index=True)
    unmet, wilayah = rates(both, other + counts[::-1])
    again = priority.visits(both, unmet, wilayah, draws=np.vstack([drawn(other, 50), draws[::-1]]), jumlah=jumlah)
    again = again[again["kampung_id"].str.startswith("k")].reset_index(drop=True)
    pd.testing.assert_frame_equal(visit, again)
