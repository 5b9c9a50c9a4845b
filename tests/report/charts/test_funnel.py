"""The funnel of one indicator."""

import pandas as pd

from kkb_eval.method.comparison import Funnel
from kkb_eval.report.charts.funnel import funnel_chart

from .frames import INDIKATOR, KAMPUNG, NAKAL, desc, safe, soup

CPR = INDIKATOR[INDIKATOR["indikator"].eq("cpr") & INDIKATOR["label"].notna()]
CORONG = Funnel(center=0.7, phi=20.0, tau2=0.02)


def drawn(data: pd.DataFrame = CPR, corong: Funnel = CORONG) -> object:
    return funnel_chart(KAMPUNG, data, corong, judul="CPR", nama_x="PUS")


def test_it_says_centre_number_and_those_outside_with_their_value() -> None:
    assert desc(drawn()) == f"2 Kampung KB; gabungannya 70,0 %; 1 berbeda jauh dari Kampung KB lain: {NAKAL} 90,0 %"
    assert desc(drawn(CPR.head(1))) == "1 Kampung KB; gabungannya 70,0 %; 0 berbeda jauh dari Kampung KB lain"


def test_every_dot_says_who_it_is_and_only_those_outside_are_named() -> None:
    page = soup(drawn())
    assert [t.get_text().replace("\xa0", " ") for t in page.select("circle title")] == [
        f"{NAKAL}: 90,0 % dari 1.000",
        "Melati: 65,0 % dari 100",
    ]
    assert [t.get_text() for t in page.select("text.nama-kecil")] == [NAKAL]
    assert safe(drawn())


def test_limits_are_drawn_where_they_are_known() -> None:
    assert len(soup(drawn()).select("path")) == 4
    assert soup(drawn(corong=Funnel(0.7, float("nan"), float("nan")))).select("path") == []


def test_a_long_name_is_cut_beside_its_dot_and_whole_in_its_title() -> None:
    page = soup(funnel_chart(KAMPUNG.replace(NAKAL, "A" * 100), CPR, CORONG, judul="", nama_x=""))
    assert [t.get_text() for t in page.select("text.nama-kecil")] == ["A" * 19 + "…"]
    assert "A" * 100 in page.select("circle title")[0].get_text()


def test_two_drawings_are_the_same_bytes() -> None:
    assert drawn().html == drawn().html
