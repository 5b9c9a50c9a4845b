"""What several tests share."""

import pickle
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from kkb_eval import Evaluation
    from kkb_eval.intake.dataset import YearData

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SAMPLE = "data/contoh"
NATION = ("rekap_2022-06-07.xlsx", "klasifikasi_2022-06-13.xlsx")
"""The exports of the nation that METHOD counts on."""
SLOW = {"evaluasi", "laporan", "nasional", "browser", "wheel"}
"""Fixtures that take seconds: `make quick` leaves out what asks for one, and what its module marks ``slow``."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a slow fixture, itself or through another one."""
    for item in items:
        if SLOW & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A file or folder of the reference data beside the repository; skips, with the reason, where it is missing."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"data rujukan ../shared/{name} tidak ada di mesin ini")
        return path

    return find


@pytest.fixture(scope="session")
def keluaran(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The out folder of data/contoh that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker_id == "master" else base.parent) / "contoh"


@pytest.fixture(scope="session")
def nasional(shared: Callable[[str], Path], keluaran: Path) -> "YearData":
    """The clean year of the real nation of June 2022; the first worker that needs it reads it, the others load it."""
    from kkb_eval.intake.dataset import open_dataset

    exports = [shared(f"portal/nasional/{name}") for name in NATION]
    path = keluaran.with_name("nasional.pickle")
    with FileLock(f"{path}.lock"):
        if not path.exists():
            # the folder of the nation holds later exports of that year, too
            folder = keluaran.with_name("nasional") / "ekspor"
            folder.mkdir(parents=True)
            for export in exports:
                shutil.copy(export, folder)
            path.write_bytes(pickle.dumps(open_dataset(folder.parent).year(2022)))
    year: YearData = pickle.loads(path.read_bytes())
    return year


@pytest.fixture(scope="session")
def evaluasi(keluaran: Path) -> "Evaluation":
    """data/contoh in 2018, the whole kabupaten; the first worker that needs it computes it, the others read it."""
    from kkb_eval import open_evaluation

    with FileLock(f"{keluaran}.lock"):
        return open_evaluation(SAMPLE, 2018, out=keluaran).for_kabupaten()


@pytest.fixture(scope="session")
def laporan(keluaran: Path, evaluasi: "Evaluation") -> Path:
    """The out folder with every page of data/contoh, built by the project's own batch; made once as ``evaluasi``."""
    from kkb_eval.build import plan, run

    with FileLock(f"{keluaran}.lock"):
        reports = plan.plan(plan.evaluated(SAMPLE, keluaran), SAMPLE, keluaran)
        results = run.build(reports, keluaran)
    assert [f"{r.halaman}: {r.sel} {r.galat}" for r in results if r.status == "gagal"] == []
    return keluaran


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Chromium; a machine without it fails, with what to do, and does not skip."""
    from chromium import find
    from playwright.sync_api import sync_playwright

    path = find()
    assert path, "Chromium belum terpasang: jalankan `make test`, atau `python tests/chromium.py`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
