"""One cause is told once: what is counted together, in which order, and with which places."""

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake import causes

COLUMNS = (*schema.CATATAN, "kampung", "kecamatan")


def findings(*rows: dict[str, object]) -> pd.DataFrame:
    """Findings of Kampung KB a in Maja unless told otherwise."""
    base = {"kode": "K09", "tingkat": "periksa", "berkas": "rekap.xlsx", "baris": 2, "kampung_id": "a"}
    base |= {"kolom": "keluarga", "pesan": "lebih kecil", "kampung": "Mawar", "kecamatan": "Maja"}
    return pd.DataFrame([base | row for row in rows], columns=list(COLUMNS)).astype({"baris": "Int64"})


def grouped(*rows: dict[str, object]) -> list[tuple[str, str, int, int]]:
    return [(c.tingkat, c.kode, c.catatan, c.kampung) for c in causes.group(findings(*rows))]


def test_causes_come_by_level_and_code_with_their_counts() -> None:
    assert grouped(
        {"kode": "K15", "tingkat": "info"},
        {},
        {"kampung_id": "b"},
        {"kode": "K06", "tingkat": "salah"},
        {"kode": "K06"},
        {"baris": 9},
    ) == [("salah", "K06", 1, 1), ("periksa", "K06", 1, 1), ("periksa", "K09", 3, 2), ("info", "K15", 1, 1)]


@pytest.mark.parametrize(
    ("kode", "kolom", "apart"),
    [("K17", ("pus", "iud"), True), ("K05", ("desa", "kecamatan"), True), ("K16", ("skor_cpr", "skor_mkjp"), False)],
)
def test_the_same_slip_down_a_column_is_a_cause(kode: str, kolom: tuple[str, str], apart: bool) -> None:
    rows = [{"kode": kode, "kolom": name, "kampung_id": who} for who in "ab" for name in kolom]
    assert [row[2] for row in grouped(*rows)] == ([2, 2] if apart else [4])


def test_a_companion_table_and_a_whole_file_are_causes_of_their_own() -> None:
    table = {"kode": "R02", "kampung_id": None, "kolom": "desa"}
    of_tables = grouped(
        *(table | {"berkas": "rujukan/a.csv", "baris": n} for n in (2, 3)), table | {"berkas": "rujukan/b.csv"}
    )
    assert [row[2] for row in of_tables] == [2, 1]
    file = {"kode": "K20", "kampung_id": None, "baris": None}
    assert [row[2] for row in grouped(*(file | {"berkas": name} for name in ("a.xlsx", "b.xlsx")))] == [1, 1]


def test_what_is_said_of_a_kampung_kb_in_two_years_is_told_once_with_both_places() -> None:
    (cause,) = causes.group(findings({"berkas": "2022.xlsx"}, {"berkas": "2023.xlsx", "baris": 7}))
    assert (cause.catatan, cause.kampung, len(cause.rows)) == (2, 1, 1)
    assert causes.places(cause.rows) == {"2022.xlsx": [2], "2023.xlsx": [7]}


def test_what_is_said_of_most_comes_first() -> None:
    rows = [{"kampung_id": who, "pesan": pesan, "baris": n} for n, (who, pesan) in enumerate(["ax", "by", "cy", "dz"])]
    (cause,) = causes.group(findings(*rows))
    assert cause.rows["pesan"].tolist() == ["y", "y", "x", "z"]
    assert causes.places(cause.rows.head(2)) == {"rekap.xlsx": [1, 2]}


def test_rows_without_a_kampung_kb_are_told_by_their_place() -> None:
    file = {"kampung_id": None, "kampung": None, "kecamatan": None}
    (cause,) = causes.group(findings(file, file | {"baris": 3}, file | {"baris": 3}))
    assert (cause.catatan, len(cause.rows), cause.kampung) == (3, 2, 0)


def test_a_code_means_something_at_every_level() -> None:
    assert causes.meaning("K01") == "berkas tidak dapat dibaca"
    assert causes.meaning("K01", "periksa") == "berkas yang tidak dibaca"
    assert causes.meaning("K17", "info") == "cara isian dibaca"
    assert causes.meaning("R04", "salah") == "tabel pendamping (rujukan/)"
