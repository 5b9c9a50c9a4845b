"""Kecamatan as dots with intervals."""

from kkb_eval.report.charts.intervals import interval_dots

from .frames import KABUPATEN, KATALOG, KECAMATAN, NAKAL, desc, safe, soup

SAMPEL = KATALOG[KATALOG["sampel"].eq("ya")]
ACUAN = KABUPATEN.set_index("indikator")


def drawn(kecamatan=KECAMATAN, acuan=ACUAN):
    return interval_dots(kecamatan, acuan, SAMPEL, judul="Kecamatan")


def test_it_says_the_kabupaten_and_how_many_kecamatan_are_worse() -> None:
    assert (
        desc(drawn())
        == "CPR: kabupaten 70,0 %, 0 kecamatan kurang baik; Unmet need: kabupaten 10,0 %, 0 kecamatan kurang baik"
    )


def test_a_dot_says_place_value_interval_and_label_and_a_missing_value_has_none() -> None:
    assert [t.get_text().replace("\xa0", " ") for t in soup(drawn()).select("g > title")] == [
        "Maja, CPR: 87,7 % (85,7–89,5 %), lebih baik, dari 3 Kampung KB",
        "Maja, Unmet need: 2,7 % (1,9–3,8 %), lebih baik, dari 2 Kampung KB",
    ]


def test_a_dot_of_one_or_two_kampung_kb_is_hollow() -> None:
    assert [c.get("class") for c in soup(drawn()).select("circle")] == [None, ["kosong"]]


def test_kecamatan_stand_in_the_order_of_their_names() -> None:
    page = soup(drawn(KECAMATAN.iloc[::-1]))
    assert [t.get_text() for t in page.select("svg > text.nama-kecil")][:2] == ["Maja", "Sajira"]


def test_an_indicator_without_a_kabupaten_value_has_no_column() -> None:
    tanpa = ACUAN.assign(nilai=ACUAN["nilai"].where(ACUAN.index != "cpr"))
    assert desc(drawn(acuan=tanpa)) == "Unmet need: kabupaten 10,0 %, 0 kecamatan kurang baik"


def test_names_are_escaped_and_two_drawings_are_the_same_bytes() -> None:
    figure = drawn(KECAMATAN.replace("Maja", NAKAL))
    assert safe(figure)
    assert figure.html == drawn(KECAMATAN.replace("Maja", NAKAL)).html
