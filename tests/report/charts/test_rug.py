"""The tartan rug."""

from kkb_eval.report.charts.rug import rug

from .frames import INDIKATOR, KABUPATEN, KAMPUNG, KATALOG, NAKAL, safe, soup

ACUAN = KABUPATEN.set_index("indikator")["nilai"]


def drawn(kampung=KAMPUNG, **pembanding):
    rows = {"Kota Serang": ACUAN} | {nama.capitalize(): nilai for nama, nilai in pembanding.items()}
    return rug(kampung, INDIKATOR, rows, KATALOG, judul="Rug")


def cells(fragment) -> list[list[str]]:
    return [
        [c.get_text(" ", strip=True) for c in tr.find_all(["th", "td"])] for tr in soup(fragment).select("tbody tr")
    ]


def test_rows_go_by_kecamatan_and_name_below_the_kabupaten() -> None:
    assert [[c.replace("\xa0", " ") for c in row] for row in cells(drawn(KAMPUNG.iloc[::-1]))] == [
        ["Kota Serang (pembanding)", "70 %", "10 %", "60 %"],
        ["Maja", NAKAL, "Mandiri", "90 ▲", "1 △", "5/5"],
        ["Maja", "Melati DT desa tertinggal", "Dasar", "65 ·", "20 ▽", "2/5"],
        ["Sajira", "Cempaka", "Dasar – Berkembang", "belum lapor", "tidak konsisten", "belum lapor"],
    ]


def test_a_cell_says_value_interval_fraction_and_label_in_words() -> None:
    page = soup(drawn())
    assert [td["title"].replace("\xa0", " ") for td in page.select("td.sel[title]")] == [
        "90,0 % (88,0–91,7 %), 900 dari 1.000, jauh lebih baik",
        "1,0 % (0,5–1,8 %), 10 dari 1.000, lebih baik",
        "5 dari 5",
        "65,0 % (55,3–73,6 %), 65 dari 100, setara",
        "20,0 % (13,3–28,9 %), 20 dari 100, kurang baik",
        "2 dari 5",
    ]


def test_the_table_says_what_it_is_and_names_are_escaped() -> None:
    assert soup(drawn()).caption.get_text() == ("3 Kampung KB menurut 3 indikator, dibandingkan dengan Kota Serang")
    assert safe(drawn())


def test_further_comparisons_follow_and_a_missing_value_is_a_dash() -> None:
    rows = cells(drawn(banten=ACUAN.where(ACUAN.index != "cpr"), nasional=ACUAN.iloc[1:]))[:3]
    assert [[c.replace("\xa0", " ") for c in row] for row in rows] == [
        ["Kota Serang (pembanding)", "70 %", "10 %", "60 %"],
        ["Banten", "–", "10 %", "60 %"],
        ["Nasional", "–", "10 %", "60 %"],
    ]


def test_two_drawings_are_the_same_bytes() -> None:
    assert drawn().html == drawn().html
