"""A page is the same bytes whoever makes it, in whatever order: workers, one worker, a kernel of plain papermill."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import papermill
import pytest
from conftest import SAMPLE

from kkb_eval.build import engine, make, plan, workers
from kkb_eval.build.plan import Report
from kkb_eval.report.kinds import ours
from kkb_eval.report.page import to_html

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reports(laporan: Path) -> list[Report]:
    """Of data/contoh every kind of page of 2018 and of all years, three of the kecamatan, as they were planned."""
    planned = [r for r in plan.plan(plan.evaluated(SAMPLE, laporan), SAMPLE, laporan) if r.notebook is not None]
    planned = [r for r in planned if r.tahun in {2018, None}]
    kecamatan = [r for r in planned if r.jenis == "kecamatan"]
    return [r for r in planned if r not in kecamatan[3:]]


def pages(reports: Iterable[Report]) -> dict[str, bytes]:
    return {r.halaman: (r.out / r.halaman).read_bytes() for r in reports}


def test_pages_made_in_another_order_are_the_same(reports: list[Report], tmp_path: Path) -> None:
    for name, order in (("maju", reports), ("mundur", reports[::-1])):
        own = [replace(r, out=tmp_path / name, tambahan=()) for r in order]
        answers = [make.outcome(answer) for _, answer in workers.run(own, make.prepare, jobs=1)]
        assert [o.galat for o in answers] == [""] * len(reports)
        assert pages(own) == pages(reports)


@pytest.mark.parametrize("kind", [name for name, kind in ours().items() if kind.notebook])
def test_a_kernel_gives_the_same_page(reports: list[Report], kind: str) -> None:
    one = next(r for r in reports if r.jenis == kind)
    made = papermill.execute_notebook(
        str(one.notebook), None, dict(one.parameter), progress_bar=False, extra_arguments=engine.KERNEL_ARGUMENTS
    )
    assert to_html(made).encode() == pages([one])[one.halaman]
