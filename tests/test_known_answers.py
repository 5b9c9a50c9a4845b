"""The method against numbers from elsewhere that lie in the repository (``known_answers/README.md`` has their sources).

Where a whole file of a source is beside the repository, the tests of the module hold the method against all of it.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import indicators, klasifikasi, target
from kkb_eval.method.comparison import CONSISTENCY, Funnel
from kkb_eval.method.typology import stability

FOLDER = Path(__file__).parent / "known_answers"


def answers(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / f"{name}.csv")


def test_wilson_intervals_are_those_of_public_health_england() -> None:
    table = answers("wilson")
    for tingkat, rows in table.groupby("tingkat"):
        bawah, atas = indicators.wilson(rows["x"], rows["n"], 1 - tingkat / 100)
        assert bawah == pytest.approx(rows["bawah"].to_numpy(), abs=1e-12)
        assert atas == pytest.approx(rows["atas"].to_numpy(), abs=1e-12)
    assert sorted(table["tingkat"].unique()) == [95, 99.8]


def funnel() -> Funnel:
    """The funnel of the 82 units with FunnelPlotR's φ and τ²; ours divides φ by its consistency factor first."""
    units = answers("corong_unit")
    return Funnel(units["x"].sum() / units["n"].sum(), 4.350294976552835, 0.005318034048397875)


def test_phi_before_it_is_made_consistent_is_that_of_funnelplotr() -> None:
    units = answers("corong_unit")
    assert Funnel.fit(units["x"], units["n"]).phi * CONSISTENCY == pytest.approx(4.350295, rel=1e-6)


def test_what_lies_outside_a_funnel_is_what_funnelplotr_finds() -> None:
    units = answers("corong_unit")
    limits, value = funnel().limits(units["n"]), units["x"] / units["n"]
    for kind in ("95", "998", "95_od"):
        outside = (value < limits[f"bawah{kind}"]) | (value > limits[f"atas{kind}"])
        assert outside.astype(int).tolist() == units[f"luar{kind}"].tolist()


def test_limits_of_a_funnel_are_those_of_funnelplotr() -> None:
    expected = answers("corong_batas")
    found = funnel().limits(expected["n"]) * 100
    for column in expected.columns.drop("n"):
        assert found[column].tolist() == pytest.approx(expected[column].tolist(), rel=1e-6)


def test_capaian_is_what_bkkbn_published() -> None:
    table = answers("capaian")
    found = target.achievement(table["realisasi"], table["target"], table["arah"].map({"naik": 1, "turun": -1}))
    assert found.round(2).tolist() == table["capaian"].tolist()


def test_classes_at_the_pass_marks_are_those_of_the_portals_query() -> None:
    table = answers("kelas")
    found = klasifikasi.classify(*(table[column] for column in schema.INDICES))
    assert found.tolist() == table["klasifikasi"].tolist()
    assert set(found) == set(schema.CLASSES)


def test_output_scores_at_the_ends_of_every_band_are_those_of_the_portals_query() -> None:
    bands = read_catalogue().klasifikasi
    for item, rows in answers("skor_output").groupby("item"):
        assert klasifikasi.points(rows["persen"], bands[bands["item"] == item]).tolist() == rows["skor"].tolist()


@pytest.mark.parametrize("ulangan", [1, 16])
def test_bootstrap_jaccard_is_that_of_clusterboot(ulangan: int) -> None:
    rows = answers("jaccard").query("ulangan == @ulangan")
    counts = rows.filter(like="baru").to_numpy()
    old, new = np.indices(counts.shape).reshape(2, -1).repeat(counts.ravel(), axis=1)
    (found,) = stability.jaccard(old, np.ones((1, len(old)), bool), new[None])
    assert found == pytest.approx(rows["jaccard"].to_numpy(), abs=1e-12)
