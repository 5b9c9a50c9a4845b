"""great_tables' tables in our dress."""

import pandas as pd
from bs4 import BeautifulSoup, Tag

from kkb_eval.report.tables import table

NAN = float("nan")


def made(**options: object) -> BeautifulSoup:
    frame = pd.DataFrame(
        {
            "nama": ['<b>Maja</b> & "co"', "Sajira"],
            "jumlah": [8275, pd.NA],
            "p": [0.1635, NAN],
            "beda": [1.27, -0.5],
            "siluet": [0.305, NAN],
        }
    ).astype({"jumlah": "Int64"})
    kolom = {"nama": "Kampung KB", "jumlah": "Jumlah", "p": "CPR", "beda": "Selisih", "siluet": "Siluet"}
    known = {"bilangan": ["jumlah"], "persen": ["p"], "poin": ["beda"], "desimal": ["siluet"]} | options
    return BeautifulSoup(
        str(table(frame, id="coba", judul="Judul <i>", stub="nama", kolom=kolom, **known).html), "html.parser"
    )


def cells(soup: BeautifulSoup) -> list[list[str]]:
    return [[c.get_text("|", strip=True) for c in tr.find_all(["th", "td"])] for tr in soup.select("tbody tr")]


def test_numbers_are_written_the_indonesian_way_and_what_is_missing_is_a_dash() -> None:
    assert cells(made()) == [
        ['<b>Maja</b> & "co"', "8.275", "16,4\xa0%", "+1,3", "0,30"],
        ["Sajira", "–", "–", "−0,5", "–"],
    ]


def test_names_and_titles_are_escaped() -> None:
    soup = made()
    assert (soup.find("b"), soup.find("i")) == (None, None)
    assert soup.caption is not None and soup.caption.get_text() == "Judul <i>"


def test_nothing_of_great_tables_own_style_is_left() -> None:
    soup = made(sumber="Portal")
    assert soup.find("style") is None
    assert [t.name for t in soup.find_all(True) if {"headers", "data-quarto-processed"} & t.attrs.keys()] == []
    assert len(str(soup)) < 3000


def test_the_table_has_a_frame_that_scrolls_a_caption_and_scopes() -> None:
    frame = made().div
    assert isinstance(frame, Tag)
    assert {k: frame[k] for k in ("class", "tabindex", "role", "aria-label")} == {
        "class": ["bingkai"],
        "tabindex": "0",
        "role": "region",
        "aria-label": "Judul <i>",
    }
    assert [th.get("scope") for th in frame.find_all("th")] == ["col"] * 5 + ["row"] * 2


def test_only_a_table_that_is_to_be_sorted_says_so() -> None:
    assert [made(urut=u).find("table")["class"] for u in (False, True)] == [["gt_table"], ["gt_table", "urut"]]  # type: ignore[index]


def test_a_source_stands_below() -> None:
    assert made(sumber="Portal <b>")("tfoot")[0].get_text(strip=True) == "Portal <b>"
    assert made()("tfoot") == []


def test_two_tables_of_the_same_frame_are_the_same_bytes() -> None:
    assert str(made()) == str(made())
