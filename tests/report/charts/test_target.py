"""Targets as dots against the line where they are met."""

from typing import Any

import pytest

from kkb_eval.report.charts.target import achievement_dots

from .frames import NAKAL, desc, safe, soup


def target(nama: str, capaian: float, tercapai: bool | None, **values: Any) -> dict[str, Any]:
    known = {"bawah": capaian - 2, "atas": capaian + 2, "realisasi": "60,0 %", "selang": "58,5–61,5 %"}
    return known | {"nama": nama, "capaian": capaian, "tercapai": tercapai, "target": "66 %"} | values


def drawn(*targets: dict[str, Any]) -> Any:
    return achievement_dots(targets, judul="Target")


def test_it_says_of_every_target_its_numbers_and_whether_it_is_met() -> None:
    figure = drawn(target("CPR", 90.9, False), target("Kampung KB", 100, True, realisasi="9", selang="", target="9"))
    assert desc(figure) == (
        "CPR: realisasi 60,0 % (58,5–61,5 %), target 66 %, capaian 90,9 %, belum tercapai; "
        "Kampung KB: realisasi 9, target 9, capaian 100,0 %, tercapai"
    )


def test_a_target_that_is_met_stands_right_of_the_line_and_the_interval_reaches_around_the_dot() -> None:
    page = soup(drawn(target("CPR", 90, False), target("BKB", 110, True)))
    (line,) = page.select('svg > line[stroke="#1f2933"]')
    dots = [float(str(c["cx"])) for c in page.select("g > circle")]
    assert dots[0] < float(str(line["x1"])) < dots[1]
    for dot, interval in zip(dots, page.select("g > line"), strict=True):
        assert float(str(interval["x1"])) < dot < float(str(interval["x2"]))


@pytest.mark.parametrize(("capaian", "panah"), [(-140, "◂"), (0, ""), (200, ""), (1500, "▸")])
def test_what_lies_far_off_is_drawn_at_the_edge_with_an_arrow(capaian: float, panah: str) -> None:
    page = soup(drawn(target("CPR", capaian, capaian > 100)))
    assert 178 < float(str(page.select("g > circle")[0]["cx"])) < 500
    assert [t.get_text() for t in page.select("g > text")] == [
        "CPR",
        *([panah] if panah else []),
        "60,0 % dari target 66 %",
    ]


def test_only_the_states_that_occur_are_in_the_legend_and_the_uncertain_are_hollow() -> None:
    page = soup(drawn(target("CPR", 99, None)))
    assert [li.get_text() for li in page.select("ul.keterangan li")] == ["belum dapat dipastikan"]
    assert page.select("g > circle")[0]["fill"] == "#ffffff"


def test_names_are_escaped_and_two_drawings_are_the_same_bytes() -> None:
    assert safe(drawn(target(NAKAL, 99, None)))
    assert drawn(target(NAKAL, 99, None)).html == drawn(target(NAKAL, 99, None)).html
