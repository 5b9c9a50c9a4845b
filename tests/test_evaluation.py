"""A year's evaluation is computed once, also when two processes want it at the same time."""

import time
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest
from report import datasets

from kkb_eval import evaluate, open_evaluation, stages
from kkb_eval.errors import UnknownName


def test_what_papermill_gives_as_text_or_as_a_number_is_a_year_and_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets.write(tmp_path / "2018", rekap=datasets.export("rekap"))
    monkeypatch.chdir(tmp_path)
    year: Any = "2018"
    folder: Any = 2018
    assert open_evaluation(folder, year, out=tmp_path / "out").tahun == 2018
    with pytest.raises(UnknownName, match='tahun "dua" tidak ada di'):
        open_evaluation(folder, "dua", out=tmp_path / "out")  # type: ignore[arg-type]


def test_who_waits_for_another_that_computes_the_year_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []
    compute = stages.compute

    def slowly(*given: Any) -> Any:
        computed.append(given)
        time.sleep(0.5)
        return compute(*given)

    monkeypatch.setattr(stages, "compute", slowly)
    folder = datasets.write(tmp_path / "data", rekap=datasets.export("rekap"))
    with futures.ThreadPoolExecutor(2) as both:
        one, other = both.map(lambda _: open_evaluation(folder, 2018, out=tmp_path / "out"), range(2))
    assert len(computed) == 1
    assert one.manifest == other.manifest
    evaluate(folder, 2018, out=tmp_path / "out")
    assert len(computed) == 2
