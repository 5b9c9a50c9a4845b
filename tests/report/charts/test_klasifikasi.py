"""The bar of classes and the dots of the indices."""

from kkb_eval.report.charts.klasifikasi import class_bar, counts, index_dots

from .frames import KAMPUNG, desc, safe, soup


def test_classes_are_counted_in_their_order_and_what_is_not_certain_comes_last() -> None:
    assert list(counts(KAMPUNG).items()) == [
        ("Dasar", 1),
        ("Berkembang", 0),
        ("Mandiri", 1),
        ("Berkelanjutan", 0),
        ("belum pasti", 1),
    ]


def test_the_bar_says_its_numbers_and_draws_no_empty_part() -> None:
    lama = dict.fromkeys(counts(KAMPUNG), 0) | {"Dasar": 2}
    page = soup(class_bar({2023: counts(KAMPUNG), 2022: lama}, judul="Judul <i>"))
    bar = page.select_one("[role=img]")
    assert bar is not None
    assert bar["aria-label"] == "2023: 1 Dasar, 1 Mandiri, 1 belum pasti; 2022: 2 Dasar"
    assert [s["title"] for s in page.select(".ruas")] == ["Dasar: 1", "Mandiri: 1", "belum pasti: 1", "Dasar: 2"]
    assert [li.get_text() for li in page.select(".keterangan li")] == ["Dasar", "Mandiri", "belum pasti"]
    assert page.h3 is not None and page.h3.get_text() == "Judul <i>"


def test_a_kabupaten_without_any_certain_class_still_has_a_bar() -> None:
    kampung = KAMPUNG.assign(klasifikasi=None)
    assert [s["title"] for s in soup(class_bar({2023: counts(kampung)}, judul="")).select(".ruas")] == [
        "belum pasti: 3"
    ]


def test_a_dot_is_a_value_of_the_index_and_says_how_many_have_it() -> None:
    figure = index_dots(KAMPUNG, judul="Indeks")
    assert desc(figure) == "input: 1 dari 2 mencapai 3; proses: 1 dari 2 mencapai 3; output: 1 dari 2 mencapai 3"
    assert [t.get_text() for t in soup(figure).select("circle title")] == [
        "input 2,20: 1 Kampung KB",
        "input 3,00: 1 Kampung KB",
        "proses 2,67: 1 Kampung KB",
        "proses 3,00: 1 Kampung KB",
        "output 1,00: 1 Kampung KB",
        "output 3,25: 1 Kampung KB",
    ]
    assert safe(figure)


def test_two_drawings_are_the_same_bytes() -> None:
    assert index_dots(KAMPUNG, judul="a").html == index_dots(KAMPUNG, judul="a").html
