"""What is made again when data change: the pages that show it, and no other."""

from pathlib import Path

import pandas as pd
import pytest
from report import datasets

from kkb_eval import store
from kkb_eval.build import plan, run
from kkb_eval.commands import cli
from kkb_eval.current import Result

pytestmark = pytest.mark.slow


@pytest.fixture
def ekspor() -> dict[str, pd.DataFrame]:
    """Both exports with six Kampung KB of Lebak and six that are said to lie in Pandeglang."""
    frames = {jenis: datasets.export(jenis).head(12) for jenis in ("rekap", "klasifikasi")}
    for frame in frames.values():
        frame.loc[6:, "Kabupaten"] = "PANDEGLANG"
    return frames


def build(data: Path, *, force: bool = False) -> dict[str, Result]:
    out = data / "outputs"
    results = run.build(plan.plan(plan.evaluated(data, out), data, out), out, force=force)
    assert [f"{r.halaman}: {r.galat}" for r in results if r.status == "gagal"] == []
    return {r.halaman: r for r in results}


def made(results: dict[str, Result]) -> set[str]:
    """The kabupaten whose pages were made."""
    return {halaman.split("/")[1] for halaman, result in results.items() if result.status == "dibuat"}


def pages(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in (data / "outputs").rglob("*.html")}


def test_one_changed_kampung_kb_makes_the_pages_of_its_kabupaten_again(
    tmp_path: Path, ekspor: dict[str, pd.DataFrame]
) -> None:
    data = datasets.write(tmp_path / "data", **ekspor)
    # with a year before, so that there is change, which a larger area has, too
    datasets.write(data, "2017-10-15", rekap=ekspor["rekap"].assign(Suntik=ekspor["rekap"]["Suntik"] + 2))
    assert made(build(data)) == {"lebak", "pandeglang"}
    ekspor["rekap"].loc[9, "Suntik"] += 1
    datasets.write(data, **ekspor)
    again = build(data)
    assert made(again) == {"pandeglang"}
    assert {r.status for r in again.values() if r.kabupaten == "Pandeglang" and r.tahun != 2017} == {"dibuat"}
    assert {r.status for r in again.values() if r.tahun == 2017} == {"tetap"}
    kept = pages(data)
    assert made(build(data, force=True)) == {"lebak", "pandeglang"}
    assert pages(data) == kept


def test_pages_stay_while_the_file_that_may_hold_their_data_is_refused(
    tmp_path: Path, ekspor: dict[str, pd.DataFrame]
) -> None:
    data = datasets.write(tmp_path / "data", rekap=ekspor["rekap"].head(6))
    own = ekspor["rekap"].tail(6)
    other = data / f"pandeglang_rekap_{datasets.HARI}.csv"
    own.to_csv(other, index=False)
    arguments = ["build", "--data", str(data), "--out", str(tmp_path / "out"), "--jenis", "kualitas-data"]
    page = tmp_path / "out/laporan/pandeglang/2018/kualitas-data.html"
    assert (cli.main(arguments), page.exists()) == (0, True)
    other.write_bytes(b"\0")
    assert (cli.main(arguments), page.exists()) == (1, True)
    other.unlink()
    assert (cli.main(arguments), page.exists()) == (0, False)


def test_what_a_killed_build_left_half_written_is_swept(tmp_path: Path, ekspor: dict[str, pd.DataFrame]) -> None:
    data = datasets.write(tmp_path / "data", rekap=ekspor["rekap"].head(6))
    left = [data / "outputs" / folder / f"{store.TEMPORARY}x.html" for folder in ("kerja/2018", "laporan/lebak/2018")]
    for path in left:
        path.parent.mkdir(parents=True)
        path.write_text("separuh")
    build(data)
    assert [path.exists() for path in left] == [False, False]
