"""The figures of matplotlib and seaborn."""

import numpy as np
import pandas as pd

from kkb_eval.report.charts.statistical import member_map, strips, year_lines

from .frames import INDIKATOR, KABUPATEN, KATALOG, NAKAL, desc, soup

TEKS = {"keterangan": "", "sumber": "Portal"}
MEMBERS = pd.DataFrame({"x": [0.0, 1, 2, 5], "y": [0.0, 1, 1, 5], "tipe": [1, 1, 1, 2]})
TAHUN = pd.DataFrame(
    [(t, i, v, v - 0.02, v + 0.02) for t, v in ((2022, 0.6), (2023, 0.65)) for i in ("cpr", "unmet")],
    columns=["tahun", "indikator", "nilai", "bawah_diam", "atas_diam"],
)


def test_the_strips_say_the_kabupaten_and_how_many_are_worse() -> None:
    assert desc(strips(INDIKATOR, KABUPATEN, KATALOG, judul="Strip", **TEKS)) == (
        "CPR: gabungan 70,0 %, 0 Kampung KB kurang baik; Unmet need: gabungan 10,0 %, 1 Kampung KB kurang baik"
    )


def test_the_map_names_every_type_with_its_number_and_escapes_the_name() -> None:
    figure = member_map(MEMBERS, {1: "kuat", 2: NAKAL}, judul="Peta", **TEKS)
    assert desc(figure) == f"tipe 1 (kuat): 3 Kampung KB; tipe 2 ({NAKAL}): 1 Kampung KB"
    assert NAKAL not in str(figure.html)


def test_members_that_lie_on_one_point_have_a_map() -> None:
    assert desc(member_map(MEMBERS.assign(x=1.0, y=1.0, tipe=1), {1: "sama"}, judul="", **TEKS)) == (
        "tipe 1 (sama): 4 Kampung KB"
    )


def test_the_lines_say_every_year_and_a_missing_value_is_a_dash() -> None:
    kosong = TAHUN.assign(nilai=TAHUN["nilai"].where(TAHUN["indikator"].ne("unmet") | TAHUN["tahun"].ne(2022), np.nan))
    figure = year_lines(kosong, KATALOG, putus=[2023], judul="Tahun", **TEKS)
    assert desc(figure) == "CPR: 2022 60,0 %, 2023 65,0 %; Unmet need: 2022 –, 2023 65,0 %"


def test_the_figure_is_inline_svg_with_real_text_and_without_a_size_a_date_or_an_address() -> None:
    figure = strips(INDIKATOR, KABUPATEN, KATALOG, judul="Strip", **TEKS)
    svg = soup(figure).svg
    assert {t.get_text() for t in svg.select("text")} >= {"CPR", "Unmet need", "persen"}
    assert [a for a in ("width", "height") if svg.get(a)] == []
    assert (svg["role"], [c.name for c in svg.find_all(True, recursive=False)][:2]) == ("img", ["title", "desc"])
    assert "<metadata" not in str(figure.html)
    assert svg.select("image, script, [href^=http]") == []


def test_two_drawings_are_the_same_bytes() -> None:
    def draw() -> list[str]:
        figures = (
            strips(INDIKATOR, KABUPATEN, KATALOG, judul="", **TEKS),
            member_map(MEMBERS, {1: "a", 2: "b"}, judul="", **TEKS),
            year_lines(TAHUN, KATALOG, putus=[], judul="", **TEKS),
        )
        return [str(f.html) for f in figures]

    assert draw() == draw()


def test_two_figures_on_one_page_do_not_share_an_id() -> None:
    figures = [
        member_map(MEMBERS, {1: "a", 2: "b"}, judul="", **TEKS),
        strips(INDIKATOR, KABUPATEN, KATALOG, judul="", **TEKS),
    ]
    first, second = ({t["id"] for t in soup(f).find_all(id=True)} for f in figures)
    assert first & second == set()
