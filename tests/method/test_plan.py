"""The plan: who is asked for what, block by block, and what is never asked."""

from typing import Any

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import plan

KATALOG = read_catalogue()
NONE = pd.DataFrame(columns=list(schema.CATATAN))
FLAGS = [f"{kind}_{name}" for kind in ("lapor", "diperbarui") for name in schema.RECORDS]


def kampung(*rows: dict[str, Any]) -> pd.DataFrame:
    """Kampung KB k0, k1 … whose forms are all there and renewed, but for what is said."""
    known = {"provinsi": "Banten", "kabupaten": "Lebak"} | dict.fromkeys(FLAGS, True)
    frame = pd.DataFrame([known | {"kampung_id": f"k{i}"} | row for i, row in enumerate(rows)])
    return frame.astype(dict.fromkeys(FLAGS, "boolean"))


def numbers(*rows: tuple[str, str, int, int, str]) -> pd.DataFrame:
    """Indicator rows: kampung_id, indikator, pembilang, penyebut, label."""
    columns = ["kampung_id", "indikator", "pembilang", "penyebut", "label"]
    return pd.DataFrame(list(rows), columns=columns).assign(status="terisi", nilai=0.0)


def pooled(**rates: float) -> pd.DataFrame:
    rows = [("kabupaten", "Banten", "Lebak", kode, nilai) for kode, nilai in rates.items()]
    frame = pd.DataFrame(rows, columns=["tingkat", "provinsi", "kabupaten", "indikator", "nilai"])
    return frame.astype(dict.fromkeys(frame.columns[:4], "str") | {"nilai": float})


def visits(**chosen: bool) -> pd.DataFrame:
    rows = [{"kampung_id": k, "daftar": "kunjungan", "harapan": 33.4, "terpilih": v} for k, v in chosen.items()]
    frame = pd.DataFrame(rows, columns=["kampung_id", "daftar", "harapan", "terpilih"])
    return frame.astype({"terpilih": "boolean", "harapan": float})


def road(*rows: tuple[str, str, str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """States and steps of roads: kampung_id, menuju, tindakan, biaya."""
    states = pd.DataFrame(list(rows), columns=["kampung_id", "menuju", "tindakan", "biaya"]).assign(
        keadaan="ada_langkah"
    )
    steps = states.assign(item="pokja", dari=2, ke=3, jumlah=1, satuan="poin")
    return states[["kampung_id", "menuju", "keadaan", "biaya"]], steps.drop(columns=["keadaan"])


def found(rows: pd.DataFrame, **tables: Any) -> plan.Found:
    states, steps = tables.pop("roads", road())
    known = {"indikator": numbers(), "wilayah": pooled(), "catatan": NONE, "prioritas": visits()} | tables
    return plan.Found(kampung=rows, keadaan=states, langkah=steps, **known)


def planned(rows: pd.DataFrame, **tables: Any) -> pd.DataFrame:
    return plan.compute(found(rows, **tables), KATALOG.indikator, KATALOG.langkah)


def told(table: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return table[list(columns)].astype(object).where(table[list(columns)].notna(), None).to_numpy().tolist()


def test_forms_to_fill_come_before_forms_to_renew_and_numbers_to_check():
    catatan = pd.DataFrame(
        [("K13", "periksa", "k1"), ("K06", "periksa", "k1"), ("K06", "periksa", "k1"), ("K11", "info", "k2"),
         ("K05", "periksa", "k2"), ("K07", "salah", "lain")],
        columns=["kode", "tingkat", "kampung_id"],
    )  # fmt: skip
    rows = kampung(
        {"lapor_kb": False, "lapor_profil": False, "diperbarui_kb": pd.NA},
        {"diperbarui_kb": False, "diperbarui_penduduk": False},
        {},
    )
    table = planned(rows, catatan=catatan)
    assert table.columns.tolist() == list(plan.RENCANA)
    assert told(table, "kampung_id", "blok", "langkah", "rincian") == [
        ["k0", "A", "lapor", "profil, kb"],
        ["k1", "A", "perbarui", "penduduk, kb"],
        ["k1", "A", "perbaiki_data", "K06, K13"],
    ]
    assert told(table.head(1), "unsur", "penanggung_jawab", "tenggat") == [["pemda", "Koordinator PLKB", "triwulan I"]]


def test_a_form_that_cannot_be_compared_or_is_not_there_is_not_asked_to_be_renewed():
    rows = kampung({"diperbarui_kb": pd.NA}, {"lapor_kb": False, "diperbarui_kb": False})
    assert told(planned(rows), "kampung_id", "langkah") == [["k1", "lapor"]]


def test_a_visit_has_its_couples_now_expected_and_at_the_rate_of_the_others():
    rows = numbers(("k0", "unmet", 30, 200, "serupa"), ("k1", "unmet", 60, 200, "serupa"), ("k2", "unmet", 5, 200, ""))
    table = planned(
        kampung({}, {}, {}), indikator=rows, wilayah=pooled(unmet=0.2), prioritas=visits(k0=True, k1=False, k2=False)
    )
    assert told(table, "kampung_id", "blok", "langkah", "kini", "sasaran", "harapan", "jumlah", "satuan") == [
        ["k0", "B", "kunjungi", 30, 40, 33, 30, "pasangan"],
        ["k1", "B", "layani_pasangan", 60, 40, 33, 60, "pasangan"],
    ]


def test_a_far_lower_cpr_is_mended_by_serving_couples_with_unmet_need():
    rows = numbers(("k0", "unmet", 30, 200, "serupa"), ("k0", "cpr", 60, 200, plan.MUCH_WORSE))
    table = planned(kampung({}), indikator=rows, wilayah=pooled(unmet=0.2, cpr=0.7), prioritas=visits(k0=False))
    assert told(table, "langkah", "jumlah") == [["layani_pasangan", 30]]


def test_what_is_far_below_the_others_is_brought_to_their_rate():
    rows = numbers(
        ("k0", "bkb", 10, 99, plan.MUCH_WORSE),
        ("k0", "bkr", 10, 100, "kurang_baik"),
        ("k1", "bkb", 0, 10, plan.MUCH_WORSE),
    )
    table = planned(kampung({}, {}), indikator=rows, wilayah=pooled(bkb=0.5, bkr=0.5))
    assert told(table, "kampung_id", "langkah", "kini", "sasaran", "jumlah", "satuan") == [
        ["k0", "dekati_bkb", 10, 50, 40, "keluarga dengan balita"],
        ["k1", "dekati_bkb", 0, 5, 5, "keluarga dengan balita"],
    ]
    # never nearly a whole group that now has none
    assert planned(kampung({}, {}), indikator=rows[rows["kampung_id"].eq("k1")], wilayah=pooled(bkb=0.95)).empty


def test_a_silent_one_has_block_a_only_whatever_else_is_known():
    rows = numbers(("k0", "pokja_terlatih", 1, 20, plan.MUCH_WORSE))
    table = planned(kampung({"lapor_kb": False}), indikator=rows, wilayah=pooled(pokja_terlatih=0.5))
    assert told(table, "blok", "langkah") == [["A", "lapor"]]


def test_the_nearest_road_is_block_c():
    roads = road(("k0", "Berkembang", "naikkan_pokja", 10.0), ("k0", "Mandiri", "naikkan_sarana", 30.0))
    table = planned(kampung({}), roads=roads)
    assert told(table, "blok", "langkah", "menuju", "dari", "ke", "penanggung_jawab") == [
        ["C", "naikkan_pokja", "Berkembang", 2, 3, "Kepala Desa"]
    ]


def test_who_is_asked_for_nothing_has_no_row():
    assert planned(kampung({})).empty


def test_numbers_that_are_not_usable_ask_nothing_of_people():
    rows = numbers(("k0", "unmet", 150, 200, "kurang_baik_menonjol")).assign(status="tidak_konsisten")
    assert planned(kampung({}), indikator=rows, wilayah=pooled(unmet=0.2), prioritas=visits()).empty


@pytest.mark.parametrize("kode", ["mkjp", "bkb", "bkr", "bkl", "uppka", "pikr", "pokja_terlatih"])
def test_every_sampled_indicator_has_its_step(kode: str):
    sampled = set(KATALOG.indikator.loc[KATALOG.indikator["sampel"].eq("ya"), "kode"])
    assert kode in sampled - set(plan.OF_COUPLES)
    assert plan.CLOSER.format(kode) in set(KATALOG.langkah["tindakan"])
    assert len(sampled) == 9


def test_every_step_says_who_is_responsible_and_by_when():
    assert KATALOG.langkah[["unsur", "penanggung_jawab", "tenggat"]].notna().all(axis=None)
    assert set(KATALOG.langkah["tenggat"]) <= {f"triwulan {n}" for n in ("I", "II", "III", "IV")}
