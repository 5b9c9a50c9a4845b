"""A build: failures recorded, only what changed made again, pages that do not depend on where they are made."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from kkb_eval import current
from kkb_eval.build import engine, make, plan, run, workers
from kkb_eval.current import IndexPage, Result, Status, sha256
from kkb_eval.errors import KkbError
from kkb_eval.report.page import to_html

pytestmark = pytest.mark.slow

FIGURE = """\
import pandas as pd
from kkb_eval.report.charts.statistical import member_map
anggota = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [0.0, 1, 1, 0], "tipe": [1, 1, 1, 2]})
member_map(anggota, {1: nama, 2: "b"}, judul=nama, keterangan="", sumber="")"""


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> list[list[Result]]:
    """What the index is given; it needs stored evaluations, which these builds do not have."""
    given: list[list[Result]] = []

    def write_index(status: Status, results: list[Result]) -> None:
        given.append(results)
        status.front.write_text("")
        status.index = {"index.html": IndexPage("", sha256(status.front))}
        status.save()

    monkeypatch.setattr(run, "write_index", write_index)
    return given


def report(folder: Path, name: str, *cells: Any, sidik: str = "1", **parameter: Any) -> plan.Report:
    """A planned report whose notebook, with the parameter ``nama``, is written here."""
    first = new_code_cell('nama: str = ""  # nama', id="p", metadata={"tags": ["parameters"]})
    made = [new_code_cell(cell, id=f"c{i}") if isinstance(cell, str) else cell for i, cell in enumerate(cells)]
    nb = new_notebook(cells=[first, *made], metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    path = folder / f"{name}.ipynb"
    nbformat.write(nb, path)
    return plan.Report(
        jenis="kecamatan",
        tahun=2018,
        kabupaten="Lebak",
        kecamatan=name,
        notebook=path,
        parameter=parameter or {"nama": name},
        out=folder / "out",
        halaman=f"laporan/lebak/2018/kecamatan/{name}.html",
        kerja=f"kerja/2018/notebooks/lebak/kecamatan-{name}.ipynb",
        sidik=sidik,
        kunci={},
    )


def build(folder: Path, *reports: plan.Report, jobs: int = 2, **kwargs: Any) -> dict[str, Result]:
    results = run.build(reports, folder / "out", jobs=jobs, **kwargs)
    return {str(result.kecamatan): result for result in results}


def told(result: Result) -> tuple[str, str, str]:
    return result.status, result.sel, result.galat


def test_a_failure_a_crash_and_a_hang_are_each_one_reports_failure(tmp_path: Path, index: Any) -> None:
    results = build(
        tmp_path,
        report(tmp_path, "baik", "nama"),
        report(tmp_path, "salah", "1", "raise ValueError('satu\\ndua ' + nama)"),
        report(tmp_path, "tolak", "from kkb_eval.errors import KkbError\nraise KkbError('a: b; c')"),
        report(tmp_path, "mati", "import os; os._exit(3)"),
        report(tmp_path, "lama", "import time; time.sleep(100)"),
        bounds=workers.Bounds(seconds=20),
    )
    assert {name: told(result) for name, result in results.items()} == {
        "baik": ("dibuat", "", ""),
        "salah": ("gagal", "In [4]", "ValueError: dua salah"),
        "tolak": ("gagal", "In [3]", "a: b; c"),
        "mati": ("gagal", "", "prosesnya berakhir mendadak dengan status 3, dua kali"),
        "lama": ("gagal", "", "belum selesai setelah 20 detik, dihentikan"),
    }
    assert [{str(r.kecamatan): told(r) for r in given} for given in index] == [
        {name: told(result) for name, result in results.items()}
    ]
    saved = nbformat.read(tmp_path / "out/kerja/2018/notebooks/lebak/kecamatan-salah.ipynb", 4)
    assert [o.ename for cell in saved.cells for o in cell.get("outputs", []) if o.output_type == "error"] == [
        "ValueError"
    ]
    assert not (tmp_path / "out/laporan/lebak/2018/kecamatan/salah.html").exists()
    assert not list((tmp_path / "out").rglob(".*"))


def test_a_kernel_of_plain_papermill_gives_the_same_page(tmp_path: Path) -> None:
    one = report(tmp_path, "maja", new_markdown_cell("## Gambar", id="m"), FIGURE, "print(nama)", "nama")
    assert told(build(tmp_path, one)["maja"]) == ("dibuat", "", "")
    page = (tmp_path / "out" / one.halaman).read_text("utf-8")
    assert "<title>maja</title>" in page
    assert in_a_kernel(one) == page


def in_a_kernel(one: plan.Report) -> str:
    """The page of a report whose notebook plain papermill runs."""
    arguments = {"progress_bar": False, "extra_arguments": engine.KERNEL_ARGUMENTS}
    nb = papermill.execute_notebook(one.notebook, None, dict(one.parameter), language="python", **arguments)
    return to_html(nb)


def test_a_report_knows_the_evaluations_that_the_build_planned_with(tmp_path: Path) -> None:
    look = "from kkb_eval import current\nassert current.planned.get() == {2018: 'a'}, current.planned.get()"
    result = build(tmp_path, replace(report(tmp_path, "maja", look), kunci={2018: "a"}))["maja"]
    assert told(result) == ("dibuat", "", "")


def test_what_a_notebook_leaves_behind_is_not_on_the_next_page(tmp_path: Path) -> None:
    untidy = (
        "import pandas as pd\nimport seaborn\nseaborn.set_theme(font_scale=3)\npd.set_option('display.precision', 1)"
    )
    see = "import random\nimport pandas as pd\nprint(random.random())\npd.Series([1 / 3])"
    same = [report(tmp_path, name, FIGURE, see, nama="Maja") for name in ("a", "b")]
    results = build(tmp_path, same[0], report(tmp_path, "x", untidy), same[1], jobs=1)
    assert {name: told(result) for name, result in results.items()} == dict.fromkeys("axb", ("dibuat", "", ""))
    first, second = ((tmp_path / "out" / one.halaman).read_bytes() for one in same)
    assert b"0.333333" in first
    assert first == second


def test_only_what_changed_or_failed_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(reports: Any, *_: Any) -> Any:
        made.extend(r.kecamatan for r in reports)
        for r in reports:
            page = r.out / r.halaman
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(r.sidik)
            yield r, make.Outcome(galat="x") if r.kecamatan == "gagal" else make.Outcome(sha256=sha256(page))

    made: list[Any] = []
    monkeypatch.setattr(run, "_made", fake)
    a, b, gagal = (report(tmp_path, name) for name in ("a", "b", "gagal"))
    assert [r.status for r in build(tmp_path, a, b, gagal).values()] == ["dibuat", "dibuat", "gagal"]
    made.clear()
    assert [r.status for r in build(tmp_path, a, b, gagal).values()] == ["tetap", "tetap", "gagal"]
    assert made == ["gagal"]
    made.clear()
    (tmp_path / "out" / a.halaman).write_text("diubah tangan")
    build(tmp_path, a, report(tmp_path, "b", sidik="2"))
    assert made == ["a", "b"]
    made.clear()
    assert {r.status for r in build(tmp_path, a, force=True).values()} == {"dibuat"}
    assert made == ["a"]


def test_the_index_keeps_the_failures_of_earlier_builds(tmp_path: Path, index: Any) -> None:
    salah, baik = report(tmp_path, "salah", "1 / 0"), report(tmp_path, "baik", "1")
    build(tmp_path, salah)
    build(tmp_path, baik)
    assert {str(r.kecamatan): told(r) for r in index[-1]} == {
        "baik": ("dibuat", "", ""),
        "salah": ("gagal", "In [3]", "ZeroDivisionError: division by zero"),
    }


def test_parameters_that_a_notebook_does_not_have_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(KkbError) as raised:
        build(tmp_path, report(tmp_path, "a", "1", nama="a", tahun=2018, k=3))
    assert str(raised.value).splitlines() == [
        f'{tmp_path / "a.ipynb"}: sel "parameters" tidak memuat "k"; tambahkan baris k: tipe = nilai awal',
        f'{tmp_path / "a.ipynb"}: sel "parameters" tidak memuat "tahun"; tambahkan baris tahun: tipe = nilai awal',
    ]


def test_a_notebook_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    one = report(tmp_path, "a")
    one.notebook.write_text("{")
    with pytest.raises(KkbError, match=r"a\.ipynb: bukan notebook yang utuh \(.*\); buka dan simpan lagi di Jupyter"):
        build(tmp_path, one)


def test_paths_with_braces_are_taken_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "{nama}"
    folder.mkdir()
    assert told(build(folder, report(folder, "a", "nama"))["a"]) == ("dibuat", "", "")


def test_relative_paths_of_a_notebook_start_where_the_build_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("satu", "dua"):
        here = tmp_path / name
        here.mkdir()
        monkeypatch.chdir(here)
        build(tmp_path, report(tmp_path, name, "from pathlib import Path\nPath('ditulis').write_text(nama)"))
        assert (here / "ditulis").read_text() == name


def test_the_log_has_a_line_an_event(tmp_path: Path) -> None:
    build(tmp_path, report(tmp_path, "salah", "1 / 0"))
    (log,) = (tmp_path / "out/kerja/log").glob("*.jsonl")
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert [event["peristiwa"] for event in events] == ["mulai", "laporan", "selesai"]
    assert events[1]["detik"] > 0
    assert events[1]["mb"] > 50
    assert (events[0]["laporan"], events[0]["dikerjakan"]) == (1, 1)
    assert (events[1]["status"], events[1]["sel"]) == ("gagal", "In [3]")
    assert "ZeroDivisionError" in events[1]["jejak"]


def test_a_build_that_ended_well_is_remembered_until_a_page_changes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    results = build(tmp_path, report(tmp_path, "a", "1")).values()
    Status(out).remember("kunci", results)
    same = Status(out).unchanged("kunci")
    assert same is not None
    assert [r.status for r in same] == ["tetap"]
    assert Status(out).unchanged("lain") is None
    (out / "index.html").unlink()
    assert Status(out).unchanged("kunci") is None
    (out / "index.html").write_text("")
    (out / same[0].halaman).write_text("diubah tangan")
    assert Status(out).unchanged("kunci") is None


def test_a_second_build_waits_for_the_first_and_is_told_which(tmp_path: Path) -> None:
    code = "import sys; from kkb_eval.current import alone\n"
    code += "with alone(sys.argv[1], lambda holder: print(holder, flush=True)): print('jalan')"
    with current.alone(tmp_path):
        other = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        told = other.stdout.readline()
        assert told.startswith(f"proses {os.getpid()} di {platform.node()} sejak ")
        with current.alone(tmp_path):  # the build inside the command
            pass
    assert other.communicate(timeout=120)[0] == "jalan\n"
    assert not (tmp_path / "kerja/build.pemakai").exists()
