"""The analyst's bench: what its controls mean, without a browser."""

from pathlib import Path

import pytest

from kkb_eval import Evaluation
from kkb_eval.report.explore import OTOMATIS, SEMUA, Bench, members_table

SATU = {"KB": 1.0, "ketahanan keluarga": 1.0, "ekonomi & remaja": 1.0, "kelembagaan": 1.0}


@pytest.fixture(scope="module")
def bench(keluaran: Path, evaluasi: Evaluation) -> Bench:
    return Bench("data/contoh", str(keluaran))


def test_the_controls_offer_years_kecamatan_and_the_weights_of_every_dimension(bench: Bench) -> None:
    assert list(bench.tahun.options) == [2018, 2017, 2016]
    assert bench.kecamatan.options[:2] == (SEMUA, "Banjarsari")
    assert {nama: slider.value for nama, slider in bench.bobot.items()} == SATU
    assert (bench.k.value, bench.k.max) == (OTOMATIS, 7)


def test_the_kecamatan_are_those_of_the_year(bench: Bench) -> None:
    bench.tahun.value = 2016
    assert len(bench.kecamatan.options) == 11
    bench.tahun.value = 2018
    assert len(bench.kecamatan.options) == 29


def test_equal_weights_and_the_panels_own_number_are_the_stored_types(bench: Bench, evaluasi: Evaluation) -> None:
    found = bench.evaluation(2018, SEMUA, OTOMATIS, SATU)
    assert found.kampung["tipe"].equals(evaluasi.kampung["tipe"])


def test_an_analysts_number_of_types_is_used_and_said(bench: Bench) -> None:
    found = bench.evaluation(2018, SEMUA, 3, SATU)
    assert sorted(found.kampung["tipe"].dropna().unique()) == [1, 2, 3]
    assert found.tipologi["dipilih"].tolist() == ["analis"]


def test_weights_change_the_types_and_a_kecamatan_only_filters(bench: Bench) -> None:
    bobot = SATU | {"kelembagaan": 0.0}
    semua, maja = (bench.evaluation(2018, kecamatan, 4, bobot) for kecamatan in (SEMUA, "Maja"))
    assert not semua.kampung["tipe"].equals(bench.evaluation(2018, SEMUA, 4, SATU).kampung["tipe"])
    tipe = semua.kampung.set_index("kampung_id")["tipe"]
    assert len(maja.kampung) == 4
    assert maja.kampung["tipe"].tolist() == tipe[maja.kampung["kampung_id"]].tolist()


def test_nothing_is_stored(bench: Bench, keluaran: Path) -> None:
    before = sorted(p.name for p in (keluaran / "kerja").iterdir())
    bench.evaluation(2018, SEMUA, 2, SATU)
    assert sorted(p.name for p in (keluaran / "kerja").iterdir()) == before


def test_the_table_of_members_works_offline_and_escapes_names(evaluasi: Evaluation) -> None:
    from dataclasses import replace

    nakal = evaluasi.kampung.assign(kampung="<b>x</b>")
    html = str(members_table(replace(evaluasi, kampung=nakal)).html)
    assert "<b>x</b>" not in html
    assert [
        word for word in ('src="http', "import 'http", 'import "http', 'from "http', "from 'http") if word in html
    ] == []
