"""The tile map of the kecamatan."""

import pandas as pd

from kkb_eval.report.charts.map import tile_map

from .frames import KAMPUNG, KECAMATAN, NAKAL, safe, soup

PETA = pd.DataFrame({"kecamatan": ["Sajira", "Maja", "Bayah"], "baris": [1, 2, 3], "kolom": [2, 1, 4]})
UNMET = KECAMATAN[KECAMATAN["indikator"].eq("unmet")]


def drawn(kampung=KAMPUNG, wilayah=UNMET, peta=PETA):
    return tile_map(kampung, wilayah, peta, judul="Peta <i>")


def test_a_tile_has_name_value_sign_and_classes_and_leads_to_its_page() -> None:
    tiles = soup(drawn()).select("li")
    assert [t.get_text("|", strip=True).replace("\xa0", " ") for t in tiles] == ["Sajira|–", "Maja|2,7 % △"]
    assert [t.a["href"] for t in tiles] == ["kecamatan/sajira.html", "kecamatan/maja.html"]
    assert [t.select_one("[role=img]")["aria-label"] for t in tiles] == ["1 belum pasti", "1 Dasar, 1 Mandiri"]
    assert [t["class"] for t in tiles] == [["label", "kosong"], ["label", "lebih-baik"]]


def test_a_kecamatan_without_a_row_of_values_has_an_empty_tile() -> None:
    assert soup(drawn(wilayah=UNMET.iloc[:0])).select("li b")[1].get_text(strip=True) == "–"


def test_names_are_escaped_and_two_drawings_are_the_same_bytes() -> None:
    nakal = [frame.replace("Maja", NAKAL) for frame in (KAMPUNG, UNMET, PETA)]
    assert safe(drawn(*nakal))
    assert drawn(*nakal).html == drawn(*nakal).html
