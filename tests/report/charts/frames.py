"""A small kabupaten for the figures: three Kampung KB in two kecamatan, one with a name that looks like a tag."""

import pandas as pd
from bs4 import BeautifulSoup

from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.report.html import Fragment

NAKAL = "<b>x</b>"
KATALOG = read_catalogue().indikator[lambda k: k["kode"].isin(["cpr", "unmet", "operasional"])]
KAMPUNG = pd.DataFrame(
    {
        "kampung_id": ["a", "b", "c"],
        "kampung": ["Melati", NAKAL, "Cempaka"],
        "kecamatan": ["Maja", "Maja", "Sajira"],
        "slug_kecamatan": ["maja", "maja", "sajira"],
        "klasifikasi": ["Dasar", "Mandiri", None],
        "klasifikasi_terendah": ["Dasar", "Mandiri", "Dasar"],
        "klasifikasi_tertinggi": ["Dasar", "Mandiri", "Berkembang"],
        "tertinggal": pd.array([True, None, False], dtype="boolean"),
        "index_input": [3.0, 2.2, None],
        "index_proses": [2.67, 3.0, None],
        "index_output": [1.0, 3.25, None],
    }
)
INDIKATOR = pd.DataFrame(
    [
        ("a", "cpr", 65, 100, 0.65, 0.552544, 0.736358, "terisi", "serupa"),
        ("b", "cpr", 900, 1000, 0.9, 0.8799, 0.9171, "terisi", "lebih_baik_menonjol"),
        ("c", "cpr", None, None, None, None, None, "belum_lapor", None),
        ("a", "unmet", 20, 100, 0.2, 0.1334, 0.2888, "terisi", "kurang_baik"),
        ("b", "unmet", 10, 1000, 0.01, 0.0054, 0.0183, "terisi", "lebih_baik"),
        ("c", "unmet", None, None, None, None, None, "tidak_konsisten", None),
        ("a", "operasional", 2, 5, 0.4, None, None, "terisi", None),
        ("b", "operasional", 5, 5, 1.0, None, None, "terisi", None),
        ("c", "operasional", None, None, None, None, None, "belum_lapor", None),
    ],
    columns=["kampung_id", "indikator", "pembilang", "penyebut", "nilai", "bawah95", "atas95", "status", "label"],
).astype({"nilai": "float64", "bawah95": "float64", "atas95": "float64"})
INDIKATOR = INDIKATOR.assign(bawah95_isi=INDIKATOR["bawah95"], atas95_isi=INDIKATOR["atas95"], diperbarui=True)
KABUPATEN = pd.DataFrame(
    [
        ("cpr", 0.7, 0.65, 0.5, 0.8, 0.9),
        ("unmet", 0.1, 0.01, 0.05, 0.15, 0.2),
        ("operasional", 0.6, 0.4, 0.4, 1.0, 1.0),
    ],
    columns=["indikator", "nilai", "terendah", "q25", "q75", "tertinggi"],
)
KECAMATAN = pd.DataFrame(
    [
        ("Maja", "cpr", 0.877, 0.857, 0.895, "lebih_baik", 3),
        ("Maja", "unmet", 0.027, 0.019, 0.038, "lebih_baik", 2),
        ("Sajira", "cpr", None, None, None, None, 0),
        ("Sajira", "unmet", None, None, None, None, 0),
    ],
    columns=["kecamatan", "indikator", "nilai", "bawah_diam", "atas_diam", "label", "terisi"],
).astype({"nilai": "float64", "bawah_diam": "float64", "atas_diam": "float64"})


def soup(fragment: Fragment) -> BeautifulSoup:
    return BeautifulSoup(str(fragment.html), "html.parser")


def desc(fragment: Fragment) -> str:
    """The description of the figure's SVG, with plain spaces."""
    found = soup(fragment).select_one("svg > desc")
    assert found is not None
    return found.get_text().replace("\N{NO-BREAK SPACE}", " ")


def safe(fragment: Fragment) -> bool:
    """Whether the naughty name is nowhere a tag and no number is missing in an attribute."""
    html = str(fragment.html)
    return NAKAL not in html and "nan" not in html.lower().replace("peringan", "")
