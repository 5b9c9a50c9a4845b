"""A year's evaluation is computed once, also when two processes want it at the same time."""

import time
from collections import Counter
from concurrent import futures
from pathlib import Path
from typing import Any

import pytest
from report import datasets

from kkb_eval import current, evaluate, evaluator, open_evaluation, stages
from kkb_eval.build import plan
from kkb_eval.errors import UnknownName
from kkb_eval.intake import dataset


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


def test_a_dataset_of_several_years_is_hashed_opened_and_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[str] = Counter()

    def counted(module: Any, name: str) -> None:
        function = getattr(module, name)

        def count(*given: Any, **named: Any) -> Any:
            seen[name] += 1
            return function(*given, **named)

        monkeypatch.setattr(module, name, count)

    rows = datasets.export("rekap").head(6)
    for day in ("2016-10-15", "2017-10-15", "2018-10-15"):
        datasets.write(tmp_path / "data", day, rekap=rows)
    counted(evaluator, "open_dataset")
    counted(dataset, "read_export")
    counted(current.files, "inputs")
    manifests = plan.evaluated(tmp_path / "data", tmp_path / "out")
    assert list(manifests) == [2016, 2017, 2018]
    assert (seen["open_dataset"], seen["read_export"], seen["inputs"]) == (1, 3, 1)
    # and when it is built again, only its hash is asked for
    seen.clear()
    assert plan.evaluated(tmp_path / "data", tmp_path / "out") == manifests
    assert seen == {"inputs": 1}
