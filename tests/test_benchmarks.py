"""The synthetic national exports on which the benchmarks measure: read like real ones, shaped like them."""

import runpy
from pathlib import Path

import pandas as pd

from kkb_eval import schema
from kkb_eval.commands.check import findings
from kkb_eval.intake.dataset import open_dataset

NATIONAL = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "national.py"))


def test_the_exports_are_read_with_the_numbers_asked_for(tmp_path: Path):
    NATIONAL["main"]([str(tmp_path), "--jumlah", "60", "--kabupaten", "3"])
    year = open_dataset(tmp_path).year(2024)
    assert (len(year.kampung), year.kampung["kabupaten"].nunique(), year.sintetis) == (60, 3, True)
    assert year.masukan["baris"].tolist() == [60, 60]
    assert year.kampung["kode_kecamatan"].notna().all()
    # nothing but the blemishes put in: no file refused, no score that the rule would not give
    assert set(findings(tmp_path)["kode"]) <= {"K05", "K06", "K07", "K08", "K09", "K11", "K12", "K13", "K15", "K17"}


def test_a_nation_has_the_shape_of_the_real_one_and_is_the_same_again():
    rows = NATIONAL["export_rows"](6000)
    assert (len(rows), rows["kabupaten"].nunique()) == (6000, 514)
    assert rows[list(schema.KB)].eq(0).all(axis=1).mean() == 0.5
    shares = rows["klasifikasi"].value_counts(normalize=True)
    real = {"Dasar": 0.661, "Berkembang": 0.160, "Mandiri": 0.060, "Berkelanjutan": 0.118}
    assert (shares - pd.Series(real)).abs().max() < 0.03
    size = rows["kabupaten"].value_counts()
    assert size.quantile(0.9) > 4 * size.quantile(0.1)
    pd.testing.assert_frame_equal(rows, NATIONAL["export_rows"](6000))
