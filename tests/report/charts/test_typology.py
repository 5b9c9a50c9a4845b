"""The profile of the types."""

import pandas as pd

from kkb_eval.report.charts import palette
from kkb_eval.report.charts.typology import type_profile

from .frames import KATALOG, NAKAL, safe, soup

PROFIL = pd.DataFrame(
    [
        (2, NAKAL, 7, "cpr", 0.5, -1.0),
        (2, NAKAL, 7, "unmet", 0.2, -2.5),
        (1, "kuat", 30, "cpr", 0.8, 0.5),
        (1, "kuat", 30, "unmet", 0.05, 0.75),
    ],
    columns=["tipe", "nama", "jumlah", "indikator", "nilai", "z"],
)


def drawn():
    return type_profile(PROFIL, KATALOG, judul="Profil")


def test_a_row_is_a_type_with_its_number_name_and_members() -> None:
    rows = [[c.get_text(" ", strip=True) for c in tr.find_all(["th", "td"])] for tr in soup(drawn()).select("tbody tr")]
    assert rows == [["1 kuat 30 Kampung KB", "80", "5"], [f"2 {NAKAL} 7 Kampung KB", "50", "20"]]


def test_a_cell_says_value_and_distance_in_words() -> None:
    assert [td["title"].replace("\xa0", " ") for td in soup(drawn()).select("td.sel")][:2] == [
        "CPR 80,0 %, 0,50 simpangan baku",
        "Unmet need 5,0 %, 0,75 simpangan baku",
    ]


def test_the_caption_counts_the_members_and_names_are_escaped() -> None:
    assert soup(drawn()).caption.get_text() == f"tipe 1 (kuat): 30 Kampung KB; tipe 2 ({NAKAL}): 7 Kampung KB"
    assert safe(drawn())


def test_colours_go_from_orange_over_white_to_blue_and_end_at_the_reach() -> None:
    assert [palette.diverging(z) for z in (-9, -2, 0, 2, 9)] == ["#f4a582", "#f4a582", "#ffffff", "#92c5de", "#92c5de"]
    assert [palette.ink_on(label) for label in ("kurang_baik_menonjol", "serupa", None)] == [
        "#ffffff",
        "#1f2933",
        "#1f2933",
    ]


def test_two_drawings_are_the_same_bytes() -> None:
    assert drawn().html == drawn().html
