"""Type beside class: who differs from the usual class of its type, and by which scores."""

import pandas as pd

from kkb_eval import schema
from kkb_eval.method.typology.disagreement import DISAGREEMENT, explain


def year(*rows: tuple[str, str | None, float, float, float]) -> pd.DataFrame:
    """``kampung_id, klasifikasi`` and the three indices of each Kampung KB."""
    frame = pd.DataFrame(rows, columns=["kampung_id", "klasifikasi", *schema.INDICES])
    return frame.assign(kabupaten="Lebak")


def scores(**per_kampung: dict[str, int]) -> pd.DataFrame:
    """Scores of 3 in every item but the named ones."""
    return pd.DataFrame(
        [(k, item, own.get(item, 3)) for k, own in per_kampung.items() for item in schema.ALL_ITEMS],
        columns=["kampung_id", "item", "skor"],
    )


BERKELANJUTAN = ("Berkelanjutan", 3.2, 3.33, 3.5)


def test_a_lower_class_is_explained_by_the_items_that_hold_its_index_back():
    kampung = year(("a", *BERKELANJUTAN), ("b", *BERKELANJUTAN), ("c", "Mandiri", 3.2, 2.33, 3.5))
    skor = scores(a={}, b={}, c={"lintas_sektor": 1})
    assert explain(kampung, skor, pd.Series([1, 1, 1])).to_dict("records") == [
        {"kampung_id": "c", "kabupaten": "Lebak", "tipe": 1, "klasifikasi": "Mandiri", "kelas_lazim": "Berkelanjutan",
         "bagian_lazim": 2 / 3, "indeks": "proses", "lulus": False, "butir": "lintas_sektor"},
    ]  # fmt: skip


def test_a_higher_class_is_explained_by_the_items_that_carry_its_index():
    kampung = year(("a", "Dasar", 2, 2, 2), ("b", "Dasar", 2, 2, 2), ("c", "Berkembang", 3.0, 3.0, 1.0))
    skor = scores(a={}, b={}, c={"pokja": 2, "sarana": 2, "penggunaan_data": 2})
    found = explain(kampung, skor, pd.Series([2, 2, 2]))
    assert found[["indeks", "lulus", "butir"]].to_numpy().tolist() == [
        ["input", True, "sumber_dana, poktan, pkb"],
        ["proses", True, "operasional, lintas_sektor"],
    ]


def test_nobody_disagrees_with_a_type_without_a_usual_class():
    kampung = year(("a", "Dasar", 2, 2, 2), ("b", "Mandiri", 2, 3, 3), ("c", *BERKELANJUTAN))
    assert explain(kampung, scores(a={}, b={}, c={}), pd.Series([1, 1, 1])).empty


def test_of_two_classes_with_half_each_the_higher_is_the_usual_one():
    kampung = year(("a", "Dasar", 2, 3, 2), ("b", *BERKELANJUTAN))
    found = explain(kampung, scores(a={"pokja": 1}, b={}), pd.Series([1, 1]))
    assert found["kampung_id"].unique().tolist() == ["a"]
    assert found["kelas_lazim"].unique().tolist() == ["Berkelanjutan"]


def test_types_are_those_of_one_kabupaten():
    kampung = year(("a", "Dasar", 2, 2, 2), ("b", *BERKELANJUTAN))
    kampung["kabupaten"] = ["Lebak", "Serang"]
    assert explain(kampung, scores(a={}, b={}), pd.Series([1, 1])).empty


def test_without_type_or_class_there_is_nothing_to_explain_and_the_columns_stay():
    kampung = year(("a", None, 2, 2, 2), ("b", "Dasar", 2, 2, 2))
    found = explain(kampung, scores(a={}, b={}), pd.Series([1, pd.NA], dtype="Int64"))
    assert found.columns.tolist() == list(DISAGREEMENT)
    assert found.empty
