"""Report processes: a template without threads, bounds that hold, and nothing left when the build is gone."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("resource", reason="sistem ini tidak dapat membuat proses dengan fork")

from kkb_eval import store
from kkb_eval.build import forks, plan, worker
from kkb_eval.report.kinds import KINDS

from .test_run import report


def run(*reports: plan.Report, **bounds: Any) -> dict[str, worker.Outcome]:
    """The outcome of each report, in forks two at a time."""
    limit = bounds.pop("limit", 60)
    made = worker.run(reports, forks.forks(2, limit, **bounds), 2, limit)
    return {str(one.kecamatan): outcome for one, outcome in made}


def python(code: str) -> str:
    """What a new interpreter prints that has imported the rehearsal, as the fork server does."""
    code = f"from kkb_eval.report import rehearsal\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_the_template_has_one_thread_one_blas_thread_and_a_frozen_heap() -> None:
    code = (
        "import gc, os, threading, threadpoolctl\n"
        "print(threading.active_count(), gc.get_freeze_count() > 100_000)\n"
        "print({pool['num_threads'] for pool in threadpoolctl.threadpool_info()})\n"
        "print(*sorted(open(f'/proc/self/task/{t}/comm').read().strip() for t in os.listdir('/proc/self/task')))"
    )
    one, pools, threads = python(code).splitlines()
    assert (one, pools) == ("1 True", "{1}")
    # the second one is pyarrow's allocator's own; it holds no lock that a fork would need
    assert threads.split()[:-1] in ([], ["jemalloc_bg_thd"])


def test_the_rehearsal_works_and_runs_no_fit() -> None:
    code = (
        "import sys\n"
        "def see(frame, event, _):\n"
        "    if event == 'call' and 'sklearn' in frame.f_code.co_filename and 'fit' in frame.f_code.co_name:\n"
        "        print(frame.f_code.co_name)\n"
        "sys.setprofile(see)\n"
        "rehearsal.rehearse()\n"
        "print('selesai')"
    )
    assert python(code) == "selesai\n"


def test_the_template_has_imported_all_that_a_page_imports(laporan: Path) -> None:
    code = (
        "import json, sys\n"
        "from kkb_eval.report import plan, worker\n"
        f"out = {str(laporan)!r}\n"
        "reports = plan.plan(plan.evaluated('data/contoh', out), 'data/contoh', out)\n"
        "reports = list({r.jenis: r for r in reports if r.jenis != 'berita-acara'}.values())\n"
        "before = set(sys.modules)\n"
        "from dataclasses import replace\n"
        "from pathlib import Path\n"
        "import tempfile\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    made = [worker.make(replace(r, out=Path(folder)), None) for r in reports]\n"
        "print([m.galat for m in made if m.galat], len(made))\n"
        # pandas imports some of its own modules with the first call that needs them
        "late = {name.split('.')[0] for name in set(sys.modules) - before} - {'pandas', 'encodings'}\n"
        "print(sorted(late))"
    )
    errors, late = python(code).splitlines()
    assert errors == "[] 5"
    assert late == "[]"


def test_a_thousand_forks_of_the_template_end_well() -> None:
    code = (
        "import os, signal, sys\n"
        "import numpy as np, pandas as pd, io\n"
        "from kkb_eval.report.charts.statistical import member_map\n"
        "frame = pd.DataFrame({'kabupaten': list('ab') * 50, 'nilai': np.arange(100.0)})\n"
        "def work():\n"
        "    signal.alarm(30)  # a lock that no thread frees would wait for ever\n"
        "    np.linalg.svd(np.arange(400.0).reshape(20, 20))\n"
        "    stored = frame.to_parquet(None)\n"
        "    back = pd.read_parquet(io.BytesIO(stored), filters=[('kabupaten', '==', 'a')])\n"
        "    return back['nilai'].sum() == 2450\n"
        "bad = 0\n"
        "for _ in range(1000):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        os._exit(0 if work() else 1)\n"
        "    bad += os.waitpid(child, 0)[1] != 0\n"
        "print(bad)"
    )
    assert python(code) == "0\n"


def test_a_killed_report_is_named_with_its_signal_and_the_others_are_made(tmp_path: Path) -> None:
    mati = "import os, signal; os.kill(os.getpid(), signal.SIG"
    outcomes = run(
        report(tmp_path, "baik", "nama"),
        report(tmp_path, "bunuh", f"{mati}KILL)"),
        report(tmp_path, "salah", f"{mati}SEGV)"),
        report(tmp_path, "juga", "nama"),
    )
    assert {nama: outcome.galat for nama, outcome in outcomes.items()} == {
        "baik": "",
        "bunuh": "prosesnya dihentikan sinyal SIGKILL, mungkin kehabisan memori",
        "salah": "prosesnya dihentikan sinyal SIGSEGV",
        "juga": "",
    }
    assert all(outcome.mb > 50 for outcome in outcomes.values() if outcome.sha256)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="sistem ini tidak membatasi memori proses")
def test_a_report_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    lapar = report(tmp_path, "lapar", "isi = bytearray(600_000_000)")
    outcomes = run(lapar, report(tmp_path, "hemat", "isi = bytearray(60_000_000)"), memory=300_000_000)
    assert outcomes["lapar"].galat == "memori yang boleh dipakai satu laporan habis"
    assert (outcomes["lapar"].sel, outcomes["hemat"].galat) == ("In [3]", "")


BUILD = """\
import pickle, sys
from dataclasses import replace
from pathlib import Path
from kkb_eval.build import forks, worker
from kkb_eval.build.plan import Report
reports = pickle.loads(Path(sys.argv[1]).read_bytes())
for one, outcome in worker.run(reports, forks.forks(2, 300), 2, 300):
    print(outcome, flush=True)
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="sistem ini tidak memperlihatkan proses di /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_nothing_is_left_of_a_build_that_is_stopped(tmp_path: Path, how: signal.Signals) -> None:
    tulis = (
        "import os, time\nfrom pathlib import Path\nfrom kkb_eval import store\n"
        "with store.atomic(Path(nama)) as path:\n"
        "    Path(nama).with_suffix('.pid').write_text(str(os.getpid()))\n"
        "    time.sleep(200)"
    )
    reports = [report(tmp_path, nama, tulis, nama=str(tmp_path / f"{nama}.txt")) for nama in ("a", "b", "c")]
    planned = tmp_path / "rencana"
    planned.write_bytes(pickle.dumps(reports))
    # not below tmp_path: the path of a socket may have 107 characters
    socket = Path(tempfile.mkdtemp())
    environment = os.environ | {"TMPDIR": str(socket)}
    build = subprocess.Popen(
        [sys.executable, "-c", BUILD, planned], env=environment, start_new_session=True, stderr=subprocess.DEVNULL
    )
    running = [tmp_path / f"{nama}.pid" for nama in ("a", "b")]
    wait_until(lambda: build.poll() is not None or all(path.exists() and path.read_text() for path in running))
    assert build.poll() is None
    assert list(tmp_path.glob(f"{store.TEMPORARY}*"))
    build.send_signal(how)
    build.wait(timeout=30)
    wait_until(lambda: not members(build.pid))
    wait_until(lambda: not list(socket.iterdir()))
    socket.rmdir()
    assert list(tmp_path.glob(f"{store.TEMPORARY}*")) == []


def members(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:  # it has ended
            continue
        if int(its) == session and state != "Z":
            found.append(int(stat.parent.name))
    return found


def wait_until(true: Any, seconds: float = 120) -> None:
    """Wait for something that other processes do."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "terlalu lama"
        time.sleep(0.05)


def test_an_outcome_says_how_its_process_ended(tmp_path: Path) -> None:
    outcome = run(report(tmp_path, "keluar", "import os; os._exit(7)"))["keluar"]
    assert outcome.galat == "prosesnya berakhir mendadak dengan status 7"


def test_every_notebook_gives_the_same_page_in_a_kernel(laporan: Path, tmp_path: Path) -> None:
    years = {year: store.read_manifest(store.folder(laporan, year)) or {} for year in (2016, 2017, 2018)}
    reports = {r.jenis: r for r in plan.plan(years, "data/contoh", laporan) if r.jenis in KINDS}
    elsewhere = [replace(r, out=tmp_path, tambahan=()) for r in reports.values()]
    outcomes = [o for _, o in worker.run(elsewhere, worker.kernels(2, 300), 2, 300)]
    assert [o.galat for o in outcomes] == [""] * len(KINDS)
    made = {name: (tmp_path / r.halaman).read_bytes() for name, r in reports.items()}
    assert made == {name: (laporan / r.halaman).read_bytes() for name, r in reports.items()}
