"""Every page of real exports of the portal, beside the repository; skipped where they are missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kkb_eval.build import plan, run

pytestmark = pytest.mark.slow

LIMIT = {"kecamatan": 400_000, "kabupaten": 1_000_000, "kualitas-data": 1_000_000, "perkembangan": 1_000_000,
         "paparan": 1_000_000}  # fmt: skip
"""Most bytes of a page of each kind."""


@pytest.fixture(scope="module")
def pages(shared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, int]]:
    """Kind and size of every page of the real Lebak, 2022 and 2023."""
    data, out = shared("portal/lebak"), tmp_path_factory.mktemp("lebak")
    results = run.build(plan.plan(plan.evaluated(data, out), data, out), out)
    assert [f"{r.halaman}: {r.sel} {r.galat}" for r in results if r.status == "gagal"] == []
    return {r.halaman: (r.jenis, (out / r.halaman).stat().st_size) for r in results}


def test_every_kecamatan_and_the_kabupaten_have_their_pages_in_both_years(pages: dict[str, tuple[str, int]]) -> None:
    kinds = [(halaman.split("/")[2], jenis) for halaman, (jenis, _) in pages.items()]
    assert {tahun: kinds.count((tahun, "kecamatan")) for tahun in ("2022", "2023")} == {"2022": 28, "2023": 28}
    for tahun in ("2022", "2023"):
        assert {(tahun, "kabupaten"), (tahun, "kualitas-data")} <= set(kinds)
    assert "laporan/lebak/perkembangan.html" in pages


def test_no_page_is_too_big_to_send(pages: dict[str, tuple[str, int]]) -> None:
    assert {halaman: size for halaman, (jenis, size) in pages.items() if size >= LIMIT[jenis]} == {}
