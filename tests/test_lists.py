"""Lists and plans of the sample and of real Lebak hold what they say, and nobody who has no place on them."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval import Evaluation, open_evaluation
from kkb_eval.intake.catalogue import DATA
from kkb_eval.method import nomination, priority, road

Shared = Callable[[str], Path]


@pytest.fixture(scope="module", params=["contoh", "lebak 2022", "lebak 2023"])
def year(request: pytest.FixtureRequest, shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    name, _, tahun = request.param.partition(" ")
    folder = DATA / "contoh" if name == "contoh" else shared("portal/lebak")
    # both years of Lebak are stored in one place: the later one needs the earlier
    out = tmp_path_factory.getbasetemp() / f"lists-{name}"
    return open_evaluation(folder, int(tahun or 2018), out=out).for_kabupaten()


def chosen(year: Evaluation) -> pd.DataFrame:
    rows = year.prioritas
    return rows[rows["terpilih"].fillna(False).astype(bool)]


def silent(year: Evaluation) -> set[str]:
    return set(year.kampung.loc[year.kampung["lapor_kb"].eq(False).fillna(False), "kampung_id"])


def doubted(year: Evaluation) -> set[str]:
    """Kampung KB whose numbers are wrong, doubted or patterned."""
    catatan = year.catatan_mutu
    large_or_other = catatan["kode"].ne("K11") | catatan["tingkat"].ne("info")
    marked = catatan["kode"].isin(["K06", "K09", "K11", "K13"]) & large_or_other
    return set(catatan.loc[marked | catatan["tingkat"].eq("salah"), "kampung_id"].dropna())


def test_what_the_visit_list_says_of_itself_is_the_sum_of_its_rows(year: Evaluation) -> None:
    sum_ = priority.reach(year.prioritas.drop(columns="kabupaten"), year.kampung).iloc[0]
    rows = chosen(year)
    assert (sum_["kunjungan"], sum_["unmet"]) == (len(rows), rows["unmet"].sum())
    assert sum_["unmet_semua"] == year.prioritas.loc[year.prioritas["daftar"].eq("kunjungan"), "unmet"].sum()
    assert len(rows) >= 5


def test_no_list_is_cut_inside_a_tie(year: Evaluation) -> None:
    known = year.prioritas[year.prioritas["daftar"].eq("kunjungan")]
    couples, on = known["harapan"].round(), known["terpilih"].astype(bool)
    assert couples[on].min() > couples[~on].max()
    near = road.nearest(year.keadaan).set_index("kampung_id")["biaya"].dropna()
    closest = near.index.isin(road.closest(year.keadaan, 10))
    assert near[closest].max() < near[~closest].min()


def test_nobody_with_wrong_doubted_or_patterned_numbers_is_closest_or_nominated(year: Evaluation) -> None:
    bad = doubted(year)
    assert bad
    assert not road.closest(year.keadaan, 10) & bad
    assert not set(year.langkah.dropna(subset=["menuju"])["kampung_id"]) & bad
    assert not set(year.nominasi.loc[year.nominasi["usulan"], "kampung_id"]) & bad
    left = nomination.remaining(year.nominasi)
    assert list(left.values()) == sorted(left.values(), reverse=True)


def test_nobody_implausibly_large_or_silent_is_visited(year: Evaluation) -> None:
    visited = set(chosen(year)["kampung_id"])
    assert not visited & priority.implausible(year.catatan_mutu)
    assert not visited & silent(year)


def test_a_silent_one_has_no_label_of_its_people_no_type_and_no_road(year: Evaluation) -> None:
    quiet = silent(year)
    assert quiet
    of_people = year.indikator["indikator"].isin(["cpr", "mkjp", "unmet", "bkb", "bkr", "bkl", "uppka", "pikr"])
    labels = year.indikator[of_people & year.indikator["kampung_id"].isin(quiet)]["label"]
    assert labels.isna().all()
    assert year.kampung.loc[year.kampung["kampung_id"].isin(quiet), ["tipe", "tipe_acuan"]].isna().all(axis=None)
    assert set(year.langkah.loc[year.langkah["kampung_id"].isin(quiet), "tindakan"]) <= {"lapor"}


def test_a_visit_has_block_b_a_silent_one_only_a_and_a_stale_one_is_asked_to_renew(year: Evaluation) -> None:
    blocks = year.rencana.groupby("kampung_id")["blok"].agg(set)
    assert all("B" in blocks[kampung_id] for kampung_id in chosen(year)["kampung_id"])
    assert all(blocks[kampung_id] == {"A"} for kampung_id in silent(year))
    stale = year.kampung[year.kampung["diperbarui_kb"].eq(False) & year.kampung["lapor_kb"].eq(True)]["kampung_id"]
    asked = year.rencana[year.rencana["langkah"].eq("perbarui") & year.rencana["rincian"].str.contains("kb")]
    assert set(stale) == set(asked["kampung_id"])


def test_the_plan_of_lebak_serves_most_couples(year: Evaluation) -> None:
    if year.kabupaten != "Lebak" or year.manifest.sintetis:
        pytest.skip("only of real Lebak")
    served = year.rencana[year.rencana["langkah"].isin(["kunjungi", "layani_pasangan"])]["kini"].sum()
    known = year.prioritas.loc[year.prioritas["daftar"].eq("kunjungan"), "unmet"].sum()
    assert 0.7 < served / known <= 1
