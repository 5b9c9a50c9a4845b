"""What became of last year's RTL: the office's word beside what the numbers say, and nothing said that is not known."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.action_plan import COLUMNS as DISEPAKATI
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import follow_up
from kkb_eval.method.follow_up import Numbers

BANDS = read_catalogue().klasifikasi
NUMBERS = {"pus": 100.0, "suntik": 30.0, "tidak_ingin_anak": 40.0, "keluarga": 100.0}


def numbers(
    langkah: Sequence[dict[str, Any]] = (), keadaan: Sequence[dict[str, Any]] = (), **kampung: dict[str, Any]
) -> Numbers:
    """A year with these Kampung KB (``skor``: scores in use, the others 1); its raw numbers are ``ANGKA``."""
    known: dict[str, Any] = {
        "klasifikasi": "Dasar",
        "lapor_kb": True,
        "lapor_profil": True,
        "lapor_penduduk": True,
        "diperbarui_kb": True,
        "diperbarui_profil": True,
    }
    rows = [
        dict.fromkeys(schema.REKAP, 0.0)
        | NUMBERS
        | known
        | {k: v for k, v in isi.items() if k != "skor"}
        | {"kampung_id": nama}
        for nama, isi in kampung.items()
    ]
    skor = [
        {"kampung_id": nama, "item": item, "hitung": float("nan"), "skor": float(isi.get("skor", {}).get(item, 1))}
        for nama, isi in kampung.items()
        for item in schema.ALL_ITEMS
    ]
    flags = {c: "boolean" for c in known if c != "klasifikasi"}
    steps = pd.DataFrame(langkah, columns=["kampung_id", "menuju", "tindakan", "item", "jumlah"])
    states = pd.DataFrame(keadaan, columns=["kampung_id", "keadaan"])
    return Numbers(pd.DataFrame(rows).astype(flags), pd.DataFrame(skor), steps.astype({"menuju": "str"}), states)


def agreed(*rows: dict[str, Any]) -> pd.DataFrame:
    known = {"tahun": 2022, "kabupaten": "Lebak", "kecamatan": "Maja", "status": "belum", "menuju": "Berkembang"}
    frame = pd.DataFrame([known | row for row in rows], columns=list(DISEPAKATI))
    return frame.astype({"kampung_id": "str", "tindakan": "str", "menuju": "str"})


def judged(table: pd.DataFrame, *kolom: str) -> list[list[object]]:
    out = table[list(kolom)].astype(object)
    return out.where(out.notna(), None).to_numpy().tolist()


POKJA = {"kampung_id": "a", "menuju": "Berkembang", "tindakan": "naikkan_pokja", "item": "pokja", "jumlah": 2}


@pytest.mark.parametrize(
    ("skor", "diperbarui", "tercapai"),
    [(3, True, True), (4, False, True), (2, True, False), (2, False, None), (1, None, None)],
)
def test_a_point_step_is_reached_when_its_score_is_there(
    skor: int, diperbarui: bool | None, tercapai: bool | None
) -> None:
    before = numbers([POKJA], a={})
    now = numbers(a={"skor": {"pokja": skor}, "diperbarui_profil": diperbarui})
    out = follow_up.compute(agreed({"kampung_id": "a", "tindakan": "naikkan_pokja"}), now, before, BANDS)
    assert judged(out, "item", "dari", "ke", "kini", "tercapai") == [["pokja", 1, 3, skor, tercapai]]


def test_a_step_of_people_is_judged_by_the_score_that_its_whole_road_gives() -> None:
    # 40 % unmet need of 100 PUS: 35 couples served leave 5 %
    step = {"kampung_id": "a", "menuju": "Berkelanjutan", "tindakan": "layani_unmet", "item": "unmet", "jumlah": 35}
    before = numbers([step], a={})
    baris = {"kampung_id": "a", "tindakan": "layani_unmet", "menuju": "Berkelanjutan"}
    penuh = BANDS.loc[BANDS["item"].eq("unmet"), "skor"].max()
    for skor, tercapai in ((penuh, True), (1, False)):
        now = numbers(a={"skor": {"unmet": skor}})
        out = follow_up.compute(agreed(baris), now, before, BANDS)
        assert judged(out, "item", "ke", "kini", "tercapai") == [["unmet", penuh, skor, tercapai]]


def test_lapor_is_reached_with_the_form_and_perbaiki_data_without_the_contradiction() -> None:
    steps = [{"kampung_id": k, "menuju": None, "tindakan": "lapor", "item": None, "jumlah": 1} for k in "ab"]
    before = numbers(steps, a={}, b={}, c={}, d={})
    now = numbers(
        keadaan=[{"kampung_id": "d", "keadaan": "perbaiki_data_dulu"}], a={}, b={"lapor_kb": False}, c={}, d={}, e={}
    )
    rows = [{"kampung_id": k, "tindakan": "lapor", "menuju": None} for k in "abx"]
    rows += [{"kampung_id": k, "tindakan": "perbaiki_data", "menuju": None} for k in "cdx"]
    out = follow_up.compute(agreed(*rows), now, before, BANDS)
    assert out["tercapai"].tolist() == [True, False, pd.NA, True, False, pd.NA]


def test_the_class_before_and_now_and_of_one_that_is_gone_nothing() -> None:
    before = numbers(a={}, b={"klasifikasi": "Mandiri"})
    now = numbers(a={"klasifikasi": "Berkembang"})
    rows = agreed({"kampung_id": "a"}, {"kampung_id": "b", "tindakan": "naikkan_pokja"}, {"langkah": "rapat"})
    out = follow_up.compute(rows, now, before, BANDS)
    assert judged(out, "kelas_sebelum", "kelas_sekarang", "tercapai") == [
        ["Dasar", "Berkembang", None],
        ["Mandiri", None, None],
        [None, None, None],
    ]


def test_every_agreed_row_is_kept_in_its_order_and_its_columns_are_the_documented_ones() -> None:
    rows = agreed(
        {"kampung_id": "b", "baris": 9}, {"baris": 7}, {"kampung_id": "a", "tindakan": "naikkan_pokja", "baris": 8}
    )
    out = follow_up.compute(rows, numbers(a={}), numbers([POKJA], a={}), BANDS)
    assert out["baris"].tolist() == [9, 7, 8]
    assert out.columns.tolist() == list(follow_up.COLUMNS)


def test_without_a_year_before_there_is_an_empty_table() -> None:
    out = follow_up.compute(agreed(), numbers(a={}), None, BANDS)
    assert (len(out), out.columns.tolist()) == (0, list(follow_up.COLUMNS))
