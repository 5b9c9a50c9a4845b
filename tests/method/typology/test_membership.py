"""Who belongs to which type, kabupaten by kabupaten: tiny nations by hand."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval.errors import KkbError
from kkb_eval.method.typology import membership
from kkb_eval.method.typology.features import Features
from kkb_eval.method.typology.membership import Membership
from kkb_eval.method.typology.reference import Reference, fit_reference
from method.units import KATALOG, grouped, groups, long

ACUAN = Reference.from_frame(
    pd.read_csv(StringIO(fit_reference(grouped(60, 50, 40), "contoh", ks=[3], resamples=5).table.to_csv(index=False)))
)
BIASA = {"provinsi": "Banten", "kabupaten": "Lebak"}


def places(indikator: pd.DataFrame, **place: str) -> pd.DataFrame:
    ids = indikator["kampung_id"].drop_duplicates()
    return pd.DataFrame({"kampung_id": ids}).assign(**(BIASA | place)).reset_index(drop=True)


def still(units: Features) -> np.ndarray:
    """Draws that never move a unit."""
    return np.repeat(units.nilai[None], 4, axis=0)


def group(indikator: pd.DataFrame, kampung: pd.DataFrame | None = None, draws=still, **choice: object) -> Membership:
    kampung = places(indikator) if kampung is None else kampung
    return membership.group(indikator, kampung, KATALOG, ACUAN, draws, **choice)


def test_ten_units_have_reference_types_only_and_the_page_is_told_why():
    found = group(groups(4, 3, 3))
    assert found.tipologi.to_dict("records") == [
        {
            "provinsi": "Banten",
            "kabupaten": "Lebak",
            "unit": 10,
            "k": None,
            "mutu": pytest.approx(np.nan, nan_ok=True),
            "p": pytest.approx(np.nan, nan_ok=True),
            "dipilih": "panel",
            "diminta": None,
            "bobot": pytest.approx(np.nan, nan_ok=True),
            "alasan": "sedikit",
            "utama": "acuan",
            "kecocokan": 1.0,
        }
    ]
    anggota = found.anggota
    assert list(anggota.columns) == list(membership.MEMBERS)
    assert anggota["tipe_acuan"].tolist() == [1] * 4 + [2] * 3 + [3] * 3
    assert anggota["nama_tipe_acuan"].iat[4] == "mendekati rata-rata"
    assert anggota["peluang_tipe_acuan"].tolist() == [1.0] * 10
    lokal = ["tipe", "mutu_tipe", "nama_tipe", "siluet", "tipe_kedua", "peluang_tipe", "belum_dikelompokkan"]
    assert anggota[lokal].isna().all(axis=None)
    assert len(found.panel) == 0
    assert found.tipe["tipologi"].unique().tolist() == ["acuan"]
    assert found.tipe["jumlah"].tolist() == [4] * 3 + [3] * 6


def test_rules_name_the_types_as_the_members_do():
    found = group(groups(4, 3, 3))
    assert found.aturan["tipologi"].unique().tolist() == ["acuan"]
    assert found.aturan[["tipe", "anggota", "tepat"]].to_numpy().tolist() == [[1, 4, 1], [2, 3, 1], [3, 3, 1]]


def test_stable_local_types_are_shown_first_and_reference_types_beside_them():
    found = group(groups(12, 12, seed=0))
    row = found.tipologi.iloc[0]
    assert row[["k", "mutu", "p", "alasan", "utama", "kecocokan"]].tolist() == [
        2,
        "stabil",
        0.005,
        "jelas",
        "lokal",
        1.0,
    ]
    anggota = found.anggota
    assert anggota["tipe"].tolist() == [1] * 12 + [2] * 12
    assert set(anggota["mutu_tipe"]) == {"stabil"}
    assert set(anggota["nama_tipe"]) == {
        "rata-rata lebih tinggi di semua bidang",
        "rata-rata lebih rendah di semua bidang",
    }
    assert anggota["tipe_acuan"].tolist() == [1] * 12 + [2] * 12
    assert anggota["peluang_tipe"].tolist() == [1.0] * 24
    assert anggota["siluet"].between(0.5, 1).all()
    assert found.panel[["k", "mutu"]].to_dict("list")["k"] == [2, 3]
    assert found.tipe.groupby("tipologi")["jumlah"].sum().to_dict() == {"acuan": 72, "lokal": 72}
    assert found.aturan["tipologi"].unique().tolist() == ["lokal"]


def test_an_analysts_number_is_recorded_and_what_does_not_recur_is_not_shown():
    found = group(groups(12, 12, seed=0), k=3)
    row = found.tipologi.iloc[0]
    assert row[["dipilih", "diminta", "alasan", "utama"]].tolist() == ["analis", 3, "analis", "acuan"]
    assert row[["k", "mutu", "bobot"]].isna().all()
    assert found.anggota[["tipe", "mutu_tipe", "nama_tipe", "peluang_tipe"]].isna().all(axis=None)
    assert found.panel["k"].tolist() == [2, 3]
    kept = group(groups(12, 12, seed=0), k=2).tipologi.iloc[0]
    assert (kept["dipilih"], kept["utama"], kept["k"]) == ("analis", "lokal", 2)
    with pytest.raises(KkbError):
        group(groups(4), k=1)


def test_an_analysts_weights_reach_the_local_types():
    found = group(groups(12, 12, seed=0), bobot={"kegiatan": 0.5, "KB": 2})
    assert found.tipologi["bobot"].tolist() == ["KB=2;kegiatan=0.5"]
    with pytest.raises(KkbError, match='dimensi "KBB" tidak ada'):
        group(groups(4), bobot={"KBB": 2})


def test_types_that_recur_but_are_no_plainer_than_chance_leave_the_yardstick_the_main_one():
    rng = np.random.default_rng(1)
    counts = {f"k{i:02}": [(x, 100) for x in rng.integers(20, 81, 3)] for i in range(40)}
    found = group(long(counts))
    row = found.tipologi.iloc[0]
    assert (row["utama"], row["p"] > 0.05) == ("acuan", True)
    assert row["alasan"] in ("kebetulan", "tidak_berulang")


def test_members_at_the_border_of_their_main_type_are_marked():
    found = group(groups(12, 12, seed=0))
    assert not found.anggota["di_perbatasan"].any()
    few = group(groups(4, 3, 3)).anggota
    assert few["di_perbatasan"].tolist() == (few["siluet_acuan"] < 0.1).tolist()


def test_those_left_out_are_listed_with_the_reason_and_nothing_else():
    counts = {"a": [(80, 100)] * 2 + [(20, 100)], "b": [(1, 2)] * 3}
    found = group(long(counts, {("b", "poktan"): "belum_lapor"}))
    assert found.anggota["kampung_id"].tolist() == ["a", "b"]
    assert found.anggota["belum_dikelompokkan"].tolist() == [pytest.approx(np.nan, nan_ok=True), "Poktan belum lapor"]
    assert found.anggota.iloc[1].drop(["kampung_id", "belum_dikelompokkan"]).isna().all()
    assert found.tipologi["unit"].tolist() == [1]


def test_a_kabupaten_in_which_nobody_is_complete_is_no_error():
    found = group(long({"a": [(1, 2)] * 3}, {("a", "unmet"): "belum_lapor"}))
    assert found.anggota["belum_dikelompokkan"].tolist() == ["Unmet need belum lapor"]
    assert (found.tipologi["unit"].iat[0], found.tipologi["utama"].iat[0]) == (0, "acuan")
    assert [len(frame) for frame in (found.tipe, found.aturan, found.panel)] == [0, 0, 0]
    assert found.tipe.dtypes.to_dict() == group(groups(4)).tipe.dtypes.to_dict()


def test_a_probability_is_the_share_of_draws_in_the_type_given():
    indikator = groups(1, 1, 1)
    seen = []

    def draws(units: Features) -> np.ndarray:
        seen.append(units.kampung_id.tolist())
        drawn = still(units)
        drawn[0, 0] = drawn[0, 2]  # in one draw of four the first unit looks like the last
        return drawn

    found = group(indikator, draws=draws)
    assert seen == [["k000", "k001", "k002"]]
    assert found.anggota["peluang_tipe_acuan"].tolist() == [0.75, 1.0, 1.0]
    chunks = group(indikator, draws=lambda units: iter([draws(units)[:1], draws(units)[1:]]))
    pd.testing.assert_frame_equal(chunks.anggota, found.anggota)


def test_chunks_of_draws_serve_both_typologies():
    found = group(groups(12, 12, seed=0), draws=lambda units: (still(units)[:1] for _ in range(3)))
    assert found.anggota["peluang_tipe"].tolist() == found.anggota["peluang_tipe_acuan"].tolist() == [1.0] * 24


def test_equal_units_lie_on_one_point_of_the_map():
    found = group(long({f"k{i}": [(1, 2)] * 3 for i in range(5)}))
    assert found.anggota[["sumbu1", "sumbu2"]].to_numpy().tolist() == [[0, 0]] * 5
    assert np.isnan(found.tipologi["kecocokan"].iat[0])
    assert len(found.aturan) == 0


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_another_kabupaten_changes_a_type(random):
    own, other = groups(12, 12, seed=0), groups(9, 3, prefix="z")
    alone = group(own)
    kampung = pd.concat([places(own), places(other, kabupaten="Serang")])
    indikator = pd.concat([other, own])
    rows, units = list(range(len(indikator))), list(range(len(kampung)))
    random.shuffle(rows)
    random.shuffle(units)
    both = group(indikator.iloc[rows], kampung.iloc[units])
    mine = both.anggota["kampung_id"].str.startswith("k")
    pd.testing.assert_frame_equal(both.anggota[mine].reset_index(drop=True), alone.anggota)
    for name in ("tipologi", "tipe", "aturan", "panel"):
        table = getattr(both, name)
        pd.testing.assert_frame_equal(
            table[table["kabupaten"].eq("Lebak")].reset_index(drop=True), getattr(alone, name).reset_index(drop=True)
        )
    assert both.tipologi["kabupaten"].tolist() == ["Lebak", "Serang"]


def test_local_types_of_fewer_indicators_leave_the_reference_types_and_group_those_that_lack_only_the_others():
    indikator = groups(12, 12, seed=0)
    lokal, lain = KATALOG.iloc[1:], KATALOG["kode"].iat[0]
    eleventh = indikator["kampung_id"].unique()[10]
    gap = indikator["kampung_id"].eq(eleventh) & indikator["indikator"].eq(lain)
    indikator.loc[gap, "status"] = "belum_lapor"
    whole, found = group(indikator), group(indikator, katalog_lokal=lokal)
    assert (len(found.anggota), found.tipologi["unit"].iat[0], whole.tipologi["unit"].iat[0]) == (24, 24, 23)
    acuan = ["kampung_id", "tipe_acuan", "siluet_acuan", "peluang_tipe_acuan"]
    pd.testing.assert_frame_equal(found.anggota[acuan], whole.anggota[acuan])
    row = found.anggota.set_index("kampung_id").loc[eleventh]
    assert pd.notna(row["tipe"])
    assert row[["tipe_acuan", "belum_dikelompokkan"]].isna().all()
