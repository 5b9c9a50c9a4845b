"""The spine chart of a kecamatan."""

from kkb_eval.report.charts.spine import spine

from .frames import INDIKATOR, KABUPATEN, KAMPUNG, KATALOG, desc, safe, soup


def drawn(indikator=INDIKATOR, wilayah=KABUPATEN):
    return spine(KAMPUNG, indikator, wilayah, KATALOG, judul="Posisi")


def test_it_says_for_each_indicator_how_many_are_better_and_worse() -> None:
    assert desc(drawn()) == (
        "CPR: kabupaten 70,0 %, 1 lebih baik, 0 kurang baik; "
        "Unmet need: kabupaten 10,0 %, 1 lebih baik, 1 kurang baik; "
        "Operasional: kabupaten 60,0 %, 0 lebih baik, 0 kurang baik"
    )


def test_a_dot_says_who_it_is_and_those_without_a_value_have_none() -> None:
    assert [t.get_text().replace("\xa0", " ") for t in soup(drawn()).select("circle title")] == [
        "Melati: 65,0 % (55,3–73,6 %)",
        "<b>x</b>: 90,0 % (88,0–91,7 %)",
        "Melati: 20,0 % (13,3–28,9 %)",
        "<b>x</b>: 1,0 % (0,5–1,8 %)",
        "Melati: 40,0 %",
        "<b>x</b>: 100,0 %",
    ]
    assert safe(drawn())


def test_better_is_to_the_right_also_where_less_is_better() -> None:
    x = [float(c["cx"]) for c in soup(drawn()).select("circle")]
    middle = float(soup(drawn()).select("line")[0]["x1"])
    assert [v > middle for v in x] == [False, True, False, True, False, True]


def test_an_indicator_without_a_value_or_without_any_spread_is_no_error() -> None:
    tanpa = KABUPATEN.assign(nilai=KABUPATEN["nilai"].where(KABUPATEN["indikator"].ne("cpr")))
    assert desc(drawn(wilayah=tanpa)).startswith("Unmet need: ")
    sama = KABUPATEN.assign(
        terendah=KABUPATEN["nilai"], q25=KABUPATEN["nilai"], q75=KABUPATEN["nilai"], tertinggi=KABUPATEN["nilai"]
    )
    assert safe(drawn(wilayah=sama))


def test_the_numbers_of_the_dots_are_those_of_the_list_below() -> None:
    page = soup(drawn())
    assert [li.get_text() for li in page.select("ol li")] == ["1. Melati", "2. <b>x</b>", "3. Cempaka"]
    assert [t.get_text() for t in page.select("text.nomor")] == ["1", "2"] * 3


def test_dots_that_would_lie_on_each_other_lie_in_lanes() -> None:
    rapat = INDIKATOR.assign(nilai=INDIKATOR["nilai"].where(INDIKATOR["indikator"].ne("operasional"), 0.4))
    dots = [(float(c["cx"]), float(c["cy"])) for c in soup(drawn(rapat)).select("circle")]
    assert dots[0][1] == dots[1][1]
    assert (dots[4][0], dots[5][1] - dots[4][1]) == (dots[5][0], 16)


def test_two_drawings_are_the_same_bytes() -> None:
    assert drawn().html == drawn().html
