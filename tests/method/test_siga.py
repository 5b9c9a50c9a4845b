"""Portal beside SIGA: found by code or name, ratios judged with care, months of a kabupaten, coverage by desa."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.method import siga

MEI = date(2024, 5, 20)
PORTAL = {c: 0.0 for columns in siga.MEASURES.values() for c in columns}


def kampung(*rows: tuple[str, str | None, dict[str, float]]) -> pd.DataFrame:
    """Kampung KB of Maja, Lebak: desa, its code, and the portal's numbers other than 0."""
    return pd.DataFrame(
        [
            {"kampung_id": f"id{i}", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": desa, "kode_desa": kode}
            | {"berkas_rekap": "rekap.xlsx", "baris_rekap": i + 2}
            | PORTAL
            | numbers
            for i, (desa, kode, numbers) in enumerate(rows)
        ]
    )


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Rows of SIGA, of Maja in Maja (code "m") in May 2024 where nothing else is said."""
    place = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja", "kode_desa": "m"}
    known = place | {"desa_siga": "MAJA", "cocok": "nama", "tahun": 2024, "bulan": 5, "kampung_kb": None}
    counts = dict.fromkeys([*siga.MEASURES, "sasaran_bkb", "sasaran_bkr", "sasaran_bkl"])
    frame = pd.DataFrame([known | counts | row for row in rows])
    return frame.astype({"bulan": "Int64"} | dict.fromkeys([*counts, "kampung_kb"], "float64"))


@pytest.mark.parametrize(
    ("months", "nearest"),
    [
        ([(2024, 5)], (2024, 5)),
        ([(2024, 4), (2024, 6)], (2024, 4)),
        ([(2024, 1), (2024, 7)], (2024, 7)),
        ([(2024, 2)], (2024, 2)),
        ([(2024, 1), (2023, 5)], None),
        ([], None),
    ],
)
def test_the_month_beside_an_export_is_the_nearest_within_three(
    months: list[tuple[int, int]], nearest: tuple[int, int] | None
) -> None:
    rows = table({}).iloc[:0] if not months else table(*({"tahun": y, "bulan": m} for y, m in months))
    assert siga.month(rows, MEI) == nearest
    assert siga.month(rows, None) is None


def test_a_desa_is_found_by_code_else_by_its_name_in_siga() -> None:
    rows = table({"pus": 500.0}, {"desa": "Madatte", "desa_siga": "MADATE", "kode_desa": "d", "pus": 70.0})
    found = siga.beside(kampung(("Maja Baru", "m", {}), ("Madate", None, {}), ("Entah", None, {})), rows, MEI)
    assert found[["kampung_id", "pus", "tahun", "bulan"]].to_numpy().tolist() == [
        ["id0", 500.0, 2024, 5],
        ["id1", 70.0, 2024, 5],
    ]


def test_users_and_unmet_are_the_sums_that_both_sources_count() -> None:
    ours = kampung(
        ("Maja", "m", {"pus": 400.0, "iud": 10.0, "pil": 30.0, "anak_kemudian": 8.0, "tidak_ingin_anak": 2.0})
    )
    rows = table({"pus": 500.0, "peserta": 50.0, "unmet": 20.0, "bkb": 0.0})
    banding = siga.compare(ours, rows, MEI).set_index("ukuran")
    assert banding["portal"].to_dict() == {"pus": 400, "peserta": 40, "unmet": 10, "bkb": 0, "bkr": 0, "bkl": 0}
    assert banding["rasio"].dropna().to_dict() == {"pus": 0.8, "peserta": 0.8, "unmet": 0.5}
    assert not banding["luar"].any()


def test_what_the_portal_does_not_know_has_no_ratio() -> None:
    ours = kampung(("Maja", "m", {"pus": float("nan"), "iud": float("nan")}))
    banding = siga.compare(ours, table({"pus": 500.0, "peserta": 50.0}), MEI).set_index("ukuran")
    assert banding.loc[["pus", "peserta"], ["portal", "rasio"]].isna().all(axis=None)
    assert not banding["luar"].any()


@pytest.mark.parametrize(
    ("portal", "desa", "luar"),
    [(49, 100, True), (50, 100, False), (150, 100, False), (151, 100, True), (1, 19, False), (0, 20, True)],
)
def test_a_number_far_from_sigas_is_outside_but_not_of_a_few_people(portal: int, desa: int, luar: bool) -> None:
    banding = siga.compare(kampung(("Maja", "m", {"pus": portal})), table({"pus": float(desa)}), MEI)
    assert banding.set_index("ukuran").at["pus", "luar"] == luar


def test_of_several_kampung_kb_in_a_desa_each_may_hold_a_part() -> None:
    two = kampung(("Maja", "m", {"pus": 40.0}), ("Maja", "m", {"pus": 160.0}))
    banding = siga.compare(two, table({"pus": 100.0}), MEI)
    assert banding[banding["ukuran"].eq("pus")]["luar"].tolist() == [False, True]


def test_far_couples_are_to_be_checked_and_far_poktan_are_told() -> None:
    ours = kampung(("Maja", "m", {"pus": 900.0, "bkb": 10.0}), ("Sajira", "s", {"pus": 100.0, "bkb": 10.0}))
    rows = table(
        {"pus": 500.0, "bkb": 100.0},
        {"desa": "Sajira", "desa_siga": "SAJIRA", "kode_desa": "s", "pus": 100.0, "bkb": 100.0},
    )
    found = siga.findings(ours, siga.compare(ours, rows, MEI))
    assert found.columns.tolist() == list(schema.CATATAN)
    akhir = "(Mei 2024, seluruh desa); Kampung KB dapat lebih kecil dari desanya, cocokkan keduanya"
    assert found[["kode", "tingkat", "berkas", "baris", "kampung_id", "kolom", "pesan"]].to_numpy().tolist() == [
        ["K23", "periksa", "rekap.xlsx", 2, "id0", "pus, bkb", f"PUS 900, di SIGA 500, BKB 10, di SIGA 100 {akhir}"],
        ["K23", "info", "rekap.xlsx", 3, "id1", "bkb", f"BKB 10, di SIGA 100 {akhir}"],
    ]


def test_without_siga_there_is_nothing_to_compare() -> None:
    ours = kampung(("Maja", "m", {"pus": 900.0}))
    banding = siga.compare(ours, table({}).iloc[:0], MEI)
    assert banding.empty
    assert siga.findings(ours, banding).empty


def test_coverage_counts_desa_once() -> None:
    rows = table(
        {"bulan": None, "kampung_kb": 2.0},
        {"bulan": None, "kampung_kb": 0.0, "desa": "Sangiang", "desa_siga": "SANGIANG"},
        {"pus": 5.0},
        {"kecamatan": "Sajira", "desa": "Sajira", "pus": 5.0},
    )
    found = siga.coverage(kampung(("Maja", "m", {}), ("Maja", "m", {}), ("", None, {})), rows)
    assert found[["kecamatan", "desa", "siga", "portal"]].to_numpy().tolist() == [
        ["Maja", 2, 1, 1],
        ["Sajira", 1, 0, 0],
    ]
    assert siga.coverage(kampung(("Maja", "m", {})), table({"pus": 5.0}))["siga"].isna().all()


def test_a_month_sums_its_desa_and_says_when_many_are_missing() -> None:
    desa = [{"desa": f"D{i}", "pus": 100.0, "peserta": 60.0} for i in range(10)]
    rows = table(*({"bulan": 1} | d for d in desa), *({"bulan": 2} | d for d in desa[:8]), {"bulan": None, "pus": 7.0})
    found = siga.monthly(rows)
    assert found[["bulan", "desa", "pus", "lengkap"]].to_numpy().tolist() == [
        [1, 10, 1000.0, True],
        [2, 8, 800.0, False],
    ]
    assert found["unmet"].isna().all()


def test_totals_of_poktan_count_only_where_they_are_new() -> None:
    totals = [(100, 40), (100, 40), (100, 45), (100, 45), (110, 45), (None, None), (110, 45)]
    rows = siga.monthly(table(*({"bulan": i + 1, "sasaran_bkb": s, "bkb": n} for i, (s, n) in enumerate(totals))))
    assert siga.renewed(rows, "bkb")["bulan"].tolist() == [1, 3, 5]


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_rows_changes_nothing(order: list[int]) -> None:
    rows = table(
        {"pus": 500.0, "bulan": 4},
        {"pus": 501.0, "bulan": 6},
        {"desa": "Sajira", "desa_siga": "SAJIRA", "kode_desa": "s", "pus": 70.0, "bulan": 4},
        {"bulan": None, "kampung_kb": 1.0},
    )
    ours = kampung(("Maja", "m", {"pus": 900.0}), ("Sajira", "s", {"pus": 100.0}))
    mixed = rows.iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(siga.compare(ours, mixed, MEI), siga.compare(ours, rows, MEI))
    pd.testing.assert_frame_equal(siga.coverage(ours, mixed), siga.coverage(ours, rows))
    pd.testing.assert_frame_equal(siga.monthly(mixed), siga.monthly(rows))
