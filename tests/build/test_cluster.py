"""A build on a cluster: the same pages, a lost worker costs nothing but time, and what is wrong is told at once."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from conftest import SAMPLE
from filelock import FileLock
from manifests import manifest, store_manifest
from openpyxl import load_workbook

from kkb_eval import Evaluation, current
from kkb_eval.build import cluster, cluster_worker, make, plan, workers
from kkb_eval.build.plan import Report
from kkb_eval.build.workers import BOUNDS, Bounds
from kkb_eval.errors import KkbError

from .test_run import report

pytestmark = pytest.mark.slow

MATI = "import multiprocessing, os, signal\nos.kill(multiprocessing.parent_process().pid, signal.SIGKILL)"
"""A cell that kills the worker for which its process works."""
HTTP = ("--dashboard-address", "127.0.0.1:0", "--no-dashboard")
LIMIT = 60.0
Made = dict[str, make.Outcome]


@dataclass
class Cluster:
    """A scheduler and workers on this machine, each worker with its nanny; all that they leave is below ``folder``."""

    folder: Path
    alamat: str = ""
    proses: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of dask's commands."""
        command = [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", *HTTP]
        env = os.environ | {"TMPDIR": str(self.folder)}
        with (self.folder / "log.txt").open("ab") as log:
            self.proses.append(subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True))
        return self.proses[-1]

    def scheduler(self) -> None:
        told = self.folder / "penjadwal.json"
        self.start("scheduler", "--port", "0", "--scheduler-file", str(told))
        until(lambda: told.exists() and told.read_text().endswith("}"))
        self.alamat = json.loads(told.read_text())["address"]

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("worker", self.alamat, "--nthreads", "1", "--local-directory", str(self.folder))

    def stop(self) -> None:
        """Stop the workers, then the scheduler: a worker that cannot take its leave waits for eight seconds."""
        for some in (self.proses[1:], self.proses[:1]):
            for process in some:
                process.terminate()
            for process in some:
                process.wait(30)
        until(lambda: not alive(self.folder))


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(folder: Path) -> list[str]:
    """The command lines of all processes that a cluster has started, and of those that they have."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(folder):
                found.append(" ".join(process.cmdline()))
    return found


def kill(nanny: subprocess.Popen[bytes]) -> None:
    """Kill a worker together with its nanny, which would start another."""
    process = psutil.Process(nanny.pid)
    for one in (*process.children(), process):
        one.send_signal(signal.SIGKILL)


@pytest.fixture(scope="module")
def dask() -> Iterator[Cluster]:
    """A cluster of two workers, which leaves no process and no file. Its path is short: sockets lie in it."""
    kluster = Cluster(Path(tempfile.mkdtemp(prefix="kkb-")))
    try:
        kluster.scheduler()
        kluster.worker()
        kluster.worker()
        yield kluster
    finally:
        kluster.stop()
    left = sorted(path.name for path in kluster.folder.rglob("*") if path.suffix not in {".lock", ".dirlock"})
    assert left == ["dask-scratch-space", "log.txt"]
    shutil.rmtree(kluster.folder)


def run(alamat: str, out: Path, reports: Sequence[Report], seconds: float = LIMIT) -> Made:
    made = cluster.run(reports, alamat, out, Bounds(seconds=seconds))
    return {str(r.kecamatan or r.jenis): outcome for r, outcome in made}


def told(made: Made) -> dict[str, tuple[bool, str, str]]:
    return {name: (bool(outcome.sha256), outcome.sel, outcome.galat) for name, outcome in made.items()}


def refused(alamat: str, out: Path = Path("outputs"), *reports: Report) -> str:
    with pytest.raises(KkbError) as raised:
        next(cluster.run(reports, alamat, out, BOUNDS))
    return str(raised.value)


@pytest.mark.parametrize("alamat", ["10.0.0.1:8786", "tcp://10.0.0.1", "http://10.0.0.1:80", "tcp://10.0.0.1:x", ""])
def test_what_is_no_address_is_refused(alamat: str) -> None:
    hint = "bukan alamat penjadwal; tulis seperti tcp://10.0.0.1:8786"
    assert refused(alamat) == f"--scheduler {alamat}: {hint}"


def test_an_address_where_no_scheduler_is() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        alamat = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        hint = "jalankan dask scheduler di mesin itu, atau periksa alamat dan portnya"
        assert refused(alamat) == f"--scheduler {alamat}: penjadwal tidak menjawab; {hint}"


def test_without_the_extra_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    hint = 'jalankan pip install -e ".[cluster]" di folder kkb_eval'
    assert refused("tcp://a:1") == f"--scheduler tcp://a:1: paket distributed belum terpasang; {hint}"


def test_a_failure_a_crash_and_a_hang_are_each_one_reports_failure(tmp_path: Path, dask: Cluster) -> None:
    reports = [
        report(tmp_path, "baik", "nama"),
        report(tmp_path, "salah", "1", "raise ValueError('satu\\ndua ' + nama)"),
        report(tmp_path, "mati", "import os; os._exit(3)"),
        report(tmp_path, "lama", "import time; time.sleep(100)"),
    ]
    assert told(run(dask.alamat, tmp_path / "out", reports, seconds=10)) == {
        "baik": (True, "", ""),
        "salah": (False, "In [4]", "ValueError: dua salah"),
        "mati": (False, "", "prosesnya berakhir mendadak dengan status 3, dua kali"),
        "lama": (False, "", "belum selesai setelah 10 detik, dihentikan"),
    }
    assert "satu" in (tmp_path / "out" / reports[1].kerja).read_text("utf-8")
    assert not (tmp_path / "out" / reports[1].halaman).exists()


def test_a_report_that_kills_its_worker_twice_is_named_and_the_others_are_made(tmp_path: Path, dask: Cluster) -> None:
    others = [report(tmp_path, f"baik{i}", "import time; time.sleep(0.2)") for i in range(5)]
    made = run(dask.alamat, tmp_path / "out", [report(tmp_path, "racun", MATI), *others])
    assert all(made.pop(other.kecamatan).sha256 for other in others if other.kecamatan)
    before, after = (
        r"hilang bersama pekerjanya, dua kali \(tcp://\S+, lalu tcp://\S+\)",
        "periksa log dan memori di sana",
    )
    with pytest.raises(AssertionError, match=f"^{before}; {after}$"):
        raise AssertionError(made["racun"].galat)


@pytest.fixture(scope="module")
def contoh(evaluasi: Evaluation, keluaran: Path) -> list[Report]:
    """Some reports of data/contoh of every kind."""
    with FileLock(f"{keluaran}.lock"):
        reports = [r for r in plan.plan(plan.evaluated(SAMPLE, keluaran), SAMPLE, keluaran) if r.tahun in {2018, None}]
    kinds = sorted({r.jenis for r in reports})
    return [r for jenis in kinds for r in [r for r in reports if r.jenis == jenis][:2]]


def moved(reports: Sequence[Report], out: Path) -> list[Report]:
    """The reports in a folder of ours, into which the stored evaluation is copied."""
    shutil.copytree(
        reports[0].out / "kerja", out / "kerja", ignore=shutil.ignore_patterns("notebooks", "log", "*.json")
    )
    for path in (reports[0].out / "kerja").glob("*/manifest.json"):
        shutil.copy(path, out / "kerja" / path.parent.name)
    return [replace(r, out=out, parameter={**r.parameter, "out": str(out)}) for r in reports]


def content(reports: Sequence[Report]) -> dict[str, bytes]:
    return {name: (r.out / name).read_bytes() for r in reports for name in (r.halaman, *r.tambahan)}


def test_with_a_worker_killed_in_the_middle_every_page_is_as_without_a_cluster(
    dask: Cluster, contoh: list[Report], tmp_path: Path
) -> None:
    here, there = moved(contoh, tmp_path / "sini"), moved(contoh, tmp_path / "sana")
    local = {r.halaman: make.outcome(answer) for r, answer in workers.run(here, make.prepare, jobs=2)}
    assert [o.galat for o in local.values() if o.galat] == []
    running = cluster.run(there, dask.alamat, there[0].out, BOUNDS)
    made = {}
    for r, outcome in running:
        if len(made) == 2:
            kill(dask.proses[1])
            dask.worker()
        made[r.halaman] = outcome
    hashes = {halaman: outcome.sha256 for halaman, outcome in made.items()}
    assert hashes == {halaman: outcome.sha256 for halaman, outcome in local.items()}
    assert content(there) == content(here)


def test_a_filled_rtl_workbook_is_kept_and_named(dask: Cluster, contoh: list[Report], tmp_path: Path) -> None:
    [one] = moved([next(r for r in contoh if r.jenis == "kecamatan")], tmp_path / "out")
    path = one.out / one.tambahan[0]
    assert run(dask.alamat, one.out, [one])[str(one.kecamatan)].terisi == ()
    book = load_workbook(path)
    book.save(path)
    filled = path.read_bytes()
    made = run(dask.alamat, one.out, [one])
    assert made[str(one.kecamatan)].terisi == one.tambahan
    assert path.read_bytes() == filled


def test_a_worker_with_other_code_is_refused(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    version = dict(cluster_worker.versions())["kkb_eval"]
    monkeypatch.setattr(current, "code", lambda: "lain")
    hint = "pasang versi yang sama di semua mesin, lalu mulai lagi penjadwal dan pekerja"
    lines = refused(dask.alamat).splitlines()
    assert lines[0] == f"penjadwal {dask.alamat}: kkb_eval {version}, di sini 0.1.0 (kode lain); {hint}"
    assert [line.split(": ", 1)[1] for line in lines] == [lines[0].split(": ", 1)[1]] * 3
    assert [line.split(" ", 1)[0] for line in lines] == ["penjadwal", "pekerja", "pekerja"]


def test_workers_that_do_not_see_the_evaluation_are_named(dask: Cluster, keluaran: Path, contoh: list[Report]) -> None:
    hint = "bagikan folder hasil atau isi KKB_EVAL_OUT, baca docs/kluster.md"
    lines = refused(dask.alamat, keluaran, replace(contoh[0], kunci={2018: "lain"})).splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == [f"{keluaran} tidak memuat evaluasi yang sama; {hint}"] * 2
    assert all(line.startswith("pekerja tcp://127.0.0.1:") for line in lines)


def test_a_worker_needs_the_years_of_the_build_and_may_have_others(tmp_path: Path) -> None:
    for tahun, kunci in ((2017, "a"), (2018, "b")):
        store_manifest(tmp_path, manifest(tahun=tahun, kunci=kunci))
    common = cluster_worker.Common((), str(tmp_path), ((2018, "b"),))
    hint = "bagikan folder hasil atau isi KKB_EVAL_OUT, baca docs/kluster.md"
    assert cluster_worker.unfit(common) == ""
    for other in ((2018, "x"), (2019, "b")):
        told = cluster_worker.unfit(replace(common, evaluasi=(other,)))
        assert told == f"{tmp_path} tidak memuat evaluasi yang sama; {hint}"


def test_the_folder_of_a_worker_may_have_another_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    common = cluster_worker.Common((), "/hasil", ())
    assert common.here == Path("/hasil")
    monkeypatch.setenv(cluster_worker.OUT_VARIABLE, str(tmp_path))
    assert common.here == tmp_path


def test_without_workers_or_scheduler_a_build_ends_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def go(kluster: Cluster, lost: Callable[[], Any]) -> str:
        begun = tmp_path / "begun"
        one = report(tmp_path, "lama", f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(100)")
        with futures.ThreadPoolExecutor(1) as pool:
            future = pool.submit(run, kluster.alamat, one.out, [one])
            until(begun.exists)
            begun.unlink()
            lost()
            return future.result(30)["lama"].galat

    monkeypatch.setattr(cluster, "NO_WORKERS", 1.0)
    kluster = Cluster(Path(tempfile.mkdtemp(prefix="kkb-")))
    try:
        kluster.scheduler()
        monkeypatch.setattr(cluster, "CONNECT", 1.0)
        hint = f"jalankan dask worker {kluster.alamat} di setiap mesin"
        assert refused(kluster.alamat) == f"--scheduler {kluster.alamat}: belum ada pekerja setelah 1 detik; {hint}"
        monkeypatch.setattr(cluster, "CONNECT", 10.0)
        pekerja = kluster.worker()
        told = f"tidak ada pekerja lagi di {kluster.alamat} selama 1 detik; mulai pekerja dan ulangi"
        assert go(kluster, lambda: kill(pekerja)) == told
        kluster.worker()
        told = f"sambungan ke penjadwal {kluster.alamat} putus; periksa penjadwal dan ulangi"
        assert go(kluster, kluster.proses[0].kill) == told
    finally:
        kluster.stop()
        shutil.rmtree(kluster.folder)
