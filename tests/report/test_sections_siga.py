"""Portal dan SIGA on the pages: what stands beside what, the silent Kampung KB, and what is said without SIGA."""

from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from kkb_eval import Evaluation, schema
from kkb_eval.intake import siga_desa
from kkb_eval.method import siga as method
from kkb_eval.report.sections import siga, siga_months
from kkb_eval.report.sections.siga import beside

from .datasets import text
from .evaluations import evaluation, kampung

NUMBERS = {c: 0.0 for columns in method.MEASURES.values() for c in columns}
PORTAL = NUMBERS | {"pus": 400.0, "pil": 200.0, "anak_kemudian": 30.0, "bkb": 50.0, "kode_desa": "36.02.13.2006"}
SIGA = {"pus": 500.0, "peserta": 260.0, "unmet": 70.0, "bkb": 60.0, "sasaran_bkb": 90.0}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of SIGA: Maja in June 2023 where nothing else is said."""
    known = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja", "desa_siga": "MAJA"}
    known |= {"kode_desa": "36.02.13.2006", "cocok": "nama"}
    frame = pd.DataFrame([known | {"tahun": 2023, "bulan": 6} | row for row in rows], columns=list(siga_desa.SIGA))
    return frame.astype({c: siga_desa.empty()[c].dtype for c in siga_desa.SIGA})


def year(*rows: dict[str, Any], siga: pd.DataFrame | None = None, **more: Any) -> Evaluation:
    own = kampung(*(PORTAL | row for row in rows))
    found = pd.DataFrame(columns=list(schema.CATATAN))
    return evaluation(own, siga=siga_desa.empty() if siga is None else siga, catatan_mutu=found, **more)


def shown(evaluasi: Evaluation) -> BeautifulSoup:
    return BeautifulSoup(str(siga(evaluasi).html), "html.parser")


def cells(soup: BeautifulSoup, id: str) -> list[list[str]]:
    return [[c.get_text("|", strip=True) for c in tr.find_all(["th", "td"])] for tr in soup.select(f"#{id} tbody tr")]


def test_without_tables_one_line_says_where_they_go() -> None:
    told = "Belum ada tabel SIGA: taruh tabel bulanannya di siga/, dengan tahun di nama berkas."
    assert text(str(siga(year({})).html)) == told
    assert text(str(siga_months((year({}),)).html)) == told


def test_sums_are_of_the_kampung_kb_that_both_know() -> None:
    far = {"desa": "Sajira", "kode_desa": "36.02.20.2001", "kecamatan": "Sajira", "pus": 1000.0}
    rows = table(SIGA, SIGA | {"kecamatan": "Sajira", "desa": "Sajira", "kode_desa": "36.02.20.2001"})
    silent = dict.fromkeys(NUMBERS, float("nan")) | {"desa": "Entah", "kode_desa": None, "lapor_kb": False}
    soup = shown(year({}, far, silent, siga=rows))
    assert cells(soup, "portal-siga")[:4] == [
        ["PUS", "2", "1.400", "1.000", "1,40", "1"],
        ["Peserta KB", "2", "400", "520", "0,77", "0"],
        ["Unmet need", "2", "60", "140", "0,43", "2"],
        ["BKB", "2", "100", "120", "0,83", "0"],
    ]
    assert "Desa dari 1 Kampung KB tidak ada di tabel SIGA." in soup.get_text()
    assert "PUS 1.000, di SIGA 500 (2,00)" in soup.get_text()


def test_where_the_portal_is_silent_sigas_couples_stand_and_are_called_so() -> None:
    silent = dict.fromkeys(NUMBERS, float("nan")) | {"lapor_kb": False}
    evaluasi = year(silent, siga=table(SIGA))
    soup = shown(evaluasi)
    assert cells(soup, "siga-diam") == [["Kampung A|Maja", "500", "70"]]
    assert "SIGA Juni 2023, seluruh desa. Angka ini tidak masuk ke angka portal mana pun." in text(str(soup))
    assert beside(evaluasi) == {"k0": "PUS 500, unmet need 70 (SIGA, Juni 2023)"}


def test_a_month_far_from_the_export_stands_beside_nothing() -> None:
    told = text(str(shown(year({}, siga=table(SIGA | {"bulan": 1}, SIGA | {"bulan": 2})))))
    assert told.startswith(
        "SIGA yang ada: Januari 2023 sampai Februari 2023; bulan ekspor portal (Juni 2023) tidak ada, jadi keduanya"
        " tidak disandingkan."
    )


def test_coverage_says_what_each_source_knows() -> None:
    rows = table(SIGA, {"bulan": None, "kampung_kb": 1.0}, {"bulan": None, "kampung_kb": 1.0, "desa": "Sangiang"})
    soup = shown(year({}, siga=rows))
    assert "Dari 2 desa di SIGA, yang punya Kampung KB: 2 menurut SIGA dan 1 menurut portal" in text(str(soup))
    assert cells(soup, "siga-cakupan") == [["Maja", "2", "2", "1"]]
    assert cells(shown(year({}, siga=table(SIGA))), "siga-cakupan") == [["Maja", "1", "1"]]


def test_a_kecamatan_has_its_own_kampung_kb_only() -> None:
    other = {"kecamatan": "Sajira", "desa": "Sajira", "kode_desa": "36.02.20.2001"}
    evaluasi = year({}, other, siga=table(SIGA, SIGA | other)).for_kecamatan("Maja")
    soup = shown(evaluasi)
    assert cells(soup, "portal-siga") == [
        [
            *("Kampung A", "400|SIGA 500", "200|SIGA 260", "30|jauh|SIGA 70", "50|SIGA 60"),
            *("0|SIGA –", "0|SIGA –"),
        ]
    ]


def test_months_of_all_years_are_one_line() -> None:
    years = tuple(year({}, siga=table(SIGA | {"tahun": t}, SIGA | {"tahun": t, "bulan": 12})) for t in (2022, 2023))
    told = text(str(siga_months(years).html))
    assert "menurut SIGA: 52,0 % pada Desember 2023, 52,0 % pada Juni 2022" in told.replace("\N{NO-BREAK SPACE}", " ")
    assert "Jumlah 1 desa di tabel bulanan SIGA" in told


def test_a_month_that_lacks_desa_is_named_and_not_drawn() -> None:
    desa = [SIGA | {"desa": f"D{i}", "kode_desa": f"d{i}"} for i in range(5)]
    told = text(str(shown(year({}, siga=table(*desa, SIGA | {"bulan": 7})))))
    assert "Tidak digambar karena desanya kurang: Juli 2023." in told
