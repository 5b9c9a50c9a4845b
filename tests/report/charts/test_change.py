"""The flows between two years."""

import pandas as pd

from kkb_eval.report.charts.change import flow_chart

from .frames import NAKAL, desc, safe, soup

ALIRAN = pd.DataFrame({"dari": ["Dasar", "Dasar", NAKAL], "ke": ["Dasar", NAKAL, NAKAL], "jumlah": [6, 3, 1]})
COLOURS = {"Dasar": "#ccc", NAKAL: "#333"}


def drawn(aliran: pd.DataFrame = ALIRAN) -> object:
    return flow_chart(
        aliran, [NAKAL, "Dasar", "Mandiri"], COLOURS | {"Mandiri": "#000"}, tahun=(2022, 2023), judul="Alir"
    )


def test_every_flow_is_told_the_best_first() -> None:
    figure = drawn()
    assert (
        desc(figure) == f"{NAKAL} → {NAKAL}: 1 Kampung KB; Dasar → {NAKAL}: 3 Kampung KB; Dasar → Dasar: 6 Kampung KB"
    )
    assert safe(figure)


def test_a_node_has_the_height_of_its_number_and_an_empty_one_is_not_drawn() -> None:
    heights = [float(r["height"]) for r in soup(drawn()).select("rect")]
    assert len(heights) == 4
    scale = heights[1] / 9  # Dasar in the first year
    assert [round(h / scale) for h in heights] == [1, 9, 4, 6]


def test_no_flow_gives_an_empty_figure_and_two_drawings_are_the_same() -> None:
    assert soup(drawn(ALIRAN.iloc[:0])).select("path, rect") == []
    assert drawn().html == drawn().html
