"""Capaian target kinerja on the page: numbers with their limits, what is certain, and why something is not."""

from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from kkb_eval import Evaluation, schema
from kkb_eval.report.sections import target

from .datasets import calls, text
from .evaluations import evaluation, kampung
from .test_targets import KAMPUNG_KB, plain, row, targets

MANIFEST = {"penyusun": "", "snapshot_klasifikasi": None}
PASTI = {"predikat": "tinggi", "predikat_bkkbn": "hijau"}


def shown(*rows: dict[str, Any], catatan: list[dict[str, Any]] | None = None, **manifest: Any) -> BeautifulSoup:
    found = pd.DataFrame(catatan or [], columns=list(schema.CATATAN))
    evaluasi = evaluation(kampung({}), capaian=targets(*rows), catatan_mutu=found, manifest=MANIFEST | manifest)
    return BeautifulSoup(plain(str(target(evaluasi).html)), "html.parser")


def cells(soup: BeautifulSoup, id: str = "capaian-kabupaten") -> list[list[str]]:
    return [[c.get_text("|", strip=True) for c in tr.find_all(["th", "td"])] for tr in soup.select(f"#{id} tbody tr")]


def bad(baris: int | None) -> dict[str, Any]:
    return {"kode": "R05", "tingkat": "salah", "berkas": "rujukan/target.csv", "baris": baris, "pesan": "x"}


def test_without_targets_the_section_is_one_line() -> None:
    assert text(str(shown())) == "Target kinerja 2023 belum tersedia."


def test_rows_that_could_not_be_used_are_counted() -> None:
    kalimat = "2 baris rujukan/target.csv tidak dapat dipakai; sebabnya ada di laporan kualitas data."
    assert text(str(shown(catatan=[bad(2), bad(3), bad(3)]))).endswith(kalimat)
    assert text(str(shown(row("cpr", False), catatan=[bad(2), bad(3)]))).endswith(kalimat)
    assert text(str(shown(catatan=[bad(None)]))).endswith(
        "rujukan/target.csv tidak dapat dipakai; sebabnya ada di laporan kualitas data."
    )


def test_a_row_has_target_realisasi_capaian_and_predikat_with_their_limits() -> None:
    soup = shown(KAMPUNG_KB | {"capaian_bawah": None, "capaian_atas": None} | PASTI, row("unmet", True, **PASTI))
    assert [th.get_text() for th in soup.select("thead th")] == [
        *("Indikator", "Target", "Realisasi", "Kampung KB dihitung", "Capaian"),
        *("Predikat Permendagri 86/2017", "Predikat BKKBN"),
    ]
    assert cells(soup) == [
        ["Kampung KB terbentuk", "84", "82", "–", "90,9 %|belum tercapai", "tinggi", "hijau"],
        [
            *("Unmet need|makin kecil makin baik", "66 %", "60,0 %|58,5–61,5 %", "4 dari 4"),
            *("90,9 %|88,6–93,2 %, tercapai", "tinggi", "hijau"),
        ],
    ]


def test_what_is_not_certain_says_why() -> None:
    tak = {"capaian": None, "capaian_bawah": None, "capaian_atas": None}
    soup = shown(
        row("cpr", None, predikat_bkkbn="hijau"),
        row("mkjp", None, keadaan="cakupan_kurang", terisi=1),
        row("bkb", None, keadaan="target_nol", target=0.0, **tak),
        row("bkr", None, keadaan="tanpa_realisasi", terisi=0, realisasi=None, bawah95=None, atas95=None, **tak),
    )
    sebab = [
        "belum dapat dipastikan: separuh atau lebih Kampung KB belum melapor",
        "target nol, capaian tidak dapat dihitung",
        "belum ada isian yang dapat dipakai",
    ]
    assert [r[-2:] for r in cells(soup)] == [["belum dapat dipastikan", "hijau"], *([s, s] for s in sebab)]
    assert cells(soup)[2][1:5] == ["0 %", "60,0 %|58,5–61,5 %", "4 dari 4", "–"]
    assert cells(soup)[3][1:5] == ["66 %", "–", "0 dari 4", "–"]


def test_the_figure_tells_its_message_and_its_numbers() -> None:
    soup = shown(KAMPUNG_KB, row("cpr", None), row("bkb", True, target=0.0, capaian=None))
    assert soup.select_one("figcaption h3").get_text() == (  # type: ignore[union-attr]
        "Dari 3 target kabupaten, 1 tercapai, 1 belum tercapai dan 1 belum dapat dipastikan"
    )
    assert soup.select_one("svg > desc").get_text() == (  # type: ignore[union-attr]
        "Kampung KB terbentuk: realisasi 82, target 84, capaian 90,9 %, belum tercapai; "
        "CPR: realisasi 60,0 % (58,5–61,5 %), target 66 %, capaian 90,9 %, belum dapat dipastikan"
    )


def test_the_worst_stands_first_and_a_range_of_nothing_is_not_told() -> None:
    same = {"bawah95": 60.0, "atas95": 60.0, "capaian_bawah": 90.9, "capaian_atas": 90.9}
    rows = cells(shown(row("cpr", True, capaian=120.0), row("mkjp", False, capaian=40.0, **same)))
    assert [r[0] for r in rows] == ["MKJP", "CPR"]
    assert rows[0][2] == "60,0 %"


def test_without_any_capaian_there_is_no_figure() -> None:
    assert shown(row("cpr", None, keadaan="target_nol", capaian=None)).select("figure, svg") == []


def test_kecamatan_stand_collapsed_below_and_alone_explain_themselves() -> None:
    maja = row("cpr", True, kecamatan="Maja", **PASTI)
    both = shown(row("cpr", False), maja)
    assert both.select_one("details > summary").get_text() == "Target kecamatan tercapai"  # type: ignore[union-attr]
    assert cells(both, "capaian-kecamatan")[0][:3] == ["Maja", "CPR", "66 %"]
    assert len(both.select("figure")) == 1
    assert str(both).count("Capaian: realisasi dibagi target") == 1
    alone = shown(maja)
    assert alone.select_one("p.tanpa-isi").get_text() == (  # type: ignore[union-attr]
        "Target kabupaten 2023 belum tersedia."
    )
    assert str(alone).count("Capaian: realisasi dibagi target") == 1


def test_the_document_is_told_once_or_where_there_are_several_beside_each_target() -> None:
    assert shown(row("cpr", False), row("bkb", False)).select_one("#capaian-kabupaten ~ *") is None
    assert text(str(shown(row("cpr", False)))).count("Target: Renstra.") == 1
    soup = shown(row("cpr", False, sumber="Renja"), row("bkb", False, sumber=None))
    assert [r[1] for r in cells(soup)] == ["66 %|Renja", "66 %|dokumen tidak disebut"]
    assert "Target: " not in text(str(soup.select_one("p.sumber:last-of-type")))


def test_words_of_the_office_are_escaped() -> None:
    assert "<b>x</b>" not in str(shown(row("cpr", False, sumber="<b>x</b>")))


def test_the_notebook_of_the_kabupaten_shows_it_between_classes_and_road() -> None:
    order = [call.partition("(")[0] for call in calls("kabupaten")]
    assert (
        order.index("sections.score_differences") < order.index("sections.target") < order.index("sections.obstacles")
    )


def test_data_contoh_has_its_targets_and_those_of_three_kecamatan(evaluasi: Evaluation) -> None:
    soup = BeautifulSoup(plain(str(target(evaluasi).html)), "html.parser")
    assert soup.h3 is not None and soup.h3.get_text() == (
        "Dari 10 target kabupaten, 9 belum tercapai dan 1 belum dapat dipastikan"
    )
    assert soup.summary is not None and soup.summary.get_text() == (
        "Dari 6 target kecamatan, 4 tercapai dan 2 belum tercapai"
    )
    # the worst first
    assert cells(soup)[0] == [
        *("Unmet need|makin kecil makin baik", "10 %", "12,9 %|12,4–13,5 %", "73 dari 82"),
        *("70,6 %|65,2–76,3 %, belum tercapai", "belum dapat dipastikan", "belum dapat dipastikan"),
    ]
