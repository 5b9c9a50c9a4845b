"""What sentence and tiles say of the targets: only what is certain, with its limits."""

from typing import Any

import pandas as pd
import pytest

from kkb_eval import Evaluation
from kkb_eval.method.target import CAPAIAN
from kkb_eval.report import sentences
from kkb_eval.report import targets as goals
from kkb_eval.report.sections import tiles

from .datasets import text
from .evaluations import area, evaluation, kampung

EMPAT = ({}, {}, {}, {})


def row(indikator: str, tercapai: bool | None, *, kecamatan: str | None = None, **values: Any) -> dict[str, Any]:
    """A target of 66 percent of which 60 (58.5-61.5) are reached."""
    known = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": kecamatan, "wilayah": kecamatan or "Lebak"}
    known |= {"target": 66.0, "realisasi": 60.0, "bawah95": 58.5, "atas95": 61.5, "terisi": 4, "kampung": 4}
    known |= {"capaian": 90.909, "capaian_bawah": 88.6, "capaian_atas": 93.2, "keadaan": "terhitung"}
    return known | {"sumber": "Renstra", "indikator": indikator, "tercapai": tercapai} | values


def targets(*rows: dict[str, Any]) -> pd.DataFrame:
    numbers = ("realisasi", "bawah95", "atas95", "capaian", "capaian_bawah", "capaian_atas")
    types = {"tercapai": "boolean", "kecamatan": "str"} | dict.fromkeys(numbers, "float64")
    return pd.DataFrame(rows, columns=list(CAPAIAN)).astype(types)


def told(*rows: dict[str, Any], kecamatan: str | None = None) -> list[str]:
    wilayah = [area("kabupaten", terisi=0, bawah95=None), area("kecamatan", "Maja", terisi=0, bawah95=None)]
    evaluasi = evaluation(kampung(*EMPAT), kecamatan=kecamatan, wilayah=wilayah, capaian=targets(*rows))
    return [plain(k.teks.striptags()) for k in sentences.summary(evaluasi) if "target" in k.teks]


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


KAMPUNG_KB = row("kampung_kb", False, target=84.0, realisasi=82.0, bawah95=None, atas95=None)


def test_what_is_met_and_what_is_not_is_told_with_its_limits() -> None:
    assert told(row("bkb", True), row("pikr", True), row("cpr", False, target=65.25), row("unmet", None)) == [
        "Dari 4 target 2023, dua tercapai (BKB dan PIK-R) dan satu belum; satu belum dapat dipastikan. Yang terjauh: "
        "CPR 60,0 persen (target 65,25 persen)."
    ]


def test_of_many_that_are_not_met_the_first_two_are_named() -> None:
    assert told(KAMPUNG_KB, row("cpr", False), row("mkjp", False)) == [
        "Belum satu pun dari 3 target 2023 tercapai. Yang terjauh: Kampung KB terbentuk 82 (target 84) dan CPR 60,0 "
        "persen (target 66 persen)."
    ]


def test_without_a_certain_target_nothing_is_told() -> None:
    assert told() == []
    assert told(row("cpr", None), row("unmet", None)) == []


def test_a_target_that_is_not_met_asks_for_attention_and_leads_to_its_section() -> None:
    def sentence(tercapai: bool) -> sentences.Sentence:
        (found,) = sentences.targets(evaluation(kampung(*EMPAT), capaian=targets(row("cpr", tercapai))))
        return found

    assert [(s.bagian, s.perhatian) for s in (sentence(True), sentence(False))] == [
        ("capaian-target-kinerja", False),
        ("capaian-target-kinerja", True),
    ]


def test_targets_of_a_kecamatan_are_told_neither_of_the_kabupaten_nor_on_its_own_page() -> None:
    assert told(row("cpr", False, kecamatan="Maja")) == []
    assert told(row("cpr", False, kecamatan="Maja"), row("cpr", False), kecamatan="Maja") == []


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (
            (True, False, False, None),
            "Dari 4 target kabupaten, 1 tercapai, 2 belum tercapai dan 1 belum dapat dipastikan",
        ),
        ((True, True), "Semua 2 target kabupaten tercapai"),
        ((None,), "Target kabupaten belum dapat dipastikan"),
    ],
)
def test_targets_are_counted_by_what_is_known_of_them(states: tuple[bool | None, ...], words: str) -> None:
    assert goals.tally(targets(*(row("cpr", state) for state in states)), "target kabupaten") == words


def tiles_told(kecamatan: str | None, *rows: dict[str, Any]) -> str:
    wilayah = [area(t, k, indikator=i) for t, k in (("kabupaten", None), ("kecamatan", "Maja"))
               for i in ("cpr", "mkjp", "unmet")]  # fmt: skip
    evaluasi = evaluation(
        kampung(*EMPAT),
        kecamatan=kecamatan,
        wilayah=wilayah,
        capaian=targets(*rows),
        perubahan=pd.DataFrame(columns=["bagian", "tingkat", "indikator", "jumlah"]),
    )
    return plain(text(str(tiles(evaluasi).html)))


def test_a_tile_carries_the_capaian_of_its_own_area_when_there_is_one() -> None:
    rows = (row("cpr", False), row("cpr", None, kecamatan="Maja", target=70.0, capaian=98.6))
    assert "capaian 90,9 % (target 66 %)" in tiles_told(None, *rows)
    assert "capaian 98,6 % (target 70 %), belum dapat dipastikan" in tiles_told("Maja", *rows)
    assert "capaian" not in tiles_told(None, rows[1], row("mkjp", None, target=0.0, capaian=None))


def test_the_targets_of_data_contoh_are_in_the_summary(evaluasi: Evaluation) -> None:
    assert [plain(k.teks.striptags()) for k in sentences.targets(evaluasi)] == [
        "Belum satu pun dari 10 target 2018 tercapai; satu belum dapat dipastikan. Yang terjauh: "
        "Unmet need 12,9 persen (target 10 persen) dan PIK-R 14,7 persen (target 20 persen)."
    ]
    assert "capaian-target-kinerja" in [k.bagian for k in sentences.summary(evaluasi)]
