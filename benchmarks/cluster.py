"""Kecamatan pages on a cluster on this machine: one worker beside two, and without a cluster."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil

from benchmarks.measure import Measure, lebak, number
from benchmarks.pages import planned
from kkb_eval.build import cluster, make, workers
from kkb_eval.build.plan import Report

KALI = 1.8
"""How much faster two workers must be than one."""
HTTP = ("--dashboard-address", "127.0.0.1:0", "--no-dashboard")
TERIKAT = hasattr(psutil.Process, "cpu_affinity")
"""Whether this system can keep a process to one processor (not macOS)."""
PUTARAN = 2
"""Each report this many times: the run is then long beside what happens once."""


def measures() -> Iterator[Measure]:
    """Seconds a report of the clock, and of the processor in all processes; every worker is ready before."""
    source = lebak()
    with tempfile.TemporaryDirectory(prefix="kkb-") as folder:
        reports = [r for r in planned(source, Path(folder) / "out") if r.jenis == "kecamatan"]
        name, satu = f"per laporan kecamatan, {source.nama}", 0.0
        for pekerja in (1, 2):
            with started(Path(folder), pekerja) as address:
                detik, prosesor = timed(lambda some, address=address: on_cluster(address, some), reports, 4 * pekerja)
            satu = satu or detik
            last = pekerja > 1
            yield Measure(
                f"{name}, kluster {pekerja} pekerja" + " dengan satu prosesor" * TERIKAT,
                detik,
                prosesor,
                f"{number(1 / detik)} laporan per detik"
                + (f", {number(satu / detik)} kali satu pekerja" if last else ""),
                f"{number(KALI, 1)} kali satu pekerja" if last else "",
                satu / detik >= KALI if last else None,
            )
        detik, prosesor = timed(one_by_one, reports, 0)
        lain = f"{number(1 / detik)} laporan per detik"
        yield Measure("tanpa kluster, satu per satu, persiapan termasuk", detik, prosesor, lain, pembanding=True)


def on_cluster(address: str, reports: Sequence[Report]) -> None:
    one = reports[0]
    made(cluster.run(reports, address, one.out, workers.BOUNDS))


def one_by_one(reports: Sequence[Report]) -> None:
    made((report, make.outcome(answer)) for report, answer in workers.run(reports, make.prepare, jobs=1))


def made(running: Iterator[tuple[Report, make.Outcome]]) -> None:
    if failed := [f"{report.halaman}: {outcome.sel} {outcome.galat}" for report, outcome in running if outcome.galat]:
        raise SystemExit("\n".join(failed))


def timed(run: Callable[[Sequence[Report]], None], reports: Sequence[Report], before: int) -> tuple[float, float]:
    """Seconds a report by the clock, and of processor time in this process and all below it."""
    run(reports[:before])
    many = list(reports) * PUTARAN
    begin, processor = time.perf_counter(), used()
    run(many)
    return (time.perf_counter() - begin) / len(many), (used() - processor) / len(many)


def used() -> float:
    """Processor seconds of this process, of all that live below it, and of those that these have waited for."""
    this, total = psutil.Process(), 0.0
    for process in (this, *this.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


@contextlib.contextmanager
def started(folder: Path, pekerja: int) -> Iterator[str]:
    """The address of a scheduler with so many workers, each with one thread and one of our processors.

    A worker is a machine: left alone, a single one here would take part of the second's, too (what starts the next
    report runs beside the one that runs).
    """
    processors = itertools.cycle(psutil.Process().cpu_affinity() if TERIKAT else ())
    told = folder / f"penjadwal-{pekerja}.json"
    commands = [["scheduler", "--port", "0", "--scheduler-file", told]]
    commands += [["worker", "--scheduler-file", told, "--nthreads", "1", "--local-directory", folder]] * pekerja
    processes = []
    try:
        with (folder / "log.txt").open("a") as log:
            for command in commands:
                line = [sys.executable, "-m", "dask", *command, "--host", "127.0.0.1", *HTTP]
                env = os.environ | {"TMPDIR": str(folder)}
                processes.append(subprocess.Popen(line, stdout=log, stderr=log, env=env))
                if command[0] == "worker" and TERIKAT:
                    psutil.Process(processes[-1].pid).cpu_affinity([next(processors)])
                while not (told.exists() and told.read_text().endswith("}")):
                    time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        wait_for(address, pekerja)
        yield address
    finally:
        for process in processes[::-1]:
            process.terminate()
            process.wait()


def wait_for(address: str, pekerja: int) -> None:
    """Until all workers are there."""
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(pekerja, timeout=60)
