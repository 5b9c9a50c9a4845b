"""What the scheduler and the workers of a cluster run for a build elsewhere (``cluster``).

A worker reads the stored evaluation and makes each report as a build on one machine does, in the folder that all share.
"""

import contextlib
import multiprocessing
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kkb_eval import __version__, current, manifest, store
from kkb_eval.build import make
from kkb_eval.build.make import Outcome
from kkb_eval.build.plan import Report
from kkb_eval.build.workers import Bounds, Worker

OUT_VARIABLE = "KKB_EVAL_OUT"
"""The environment variable of a worker that sees the out folder under another path than the build."""
SEE = "baca docs/kluster.md"


@dataclass(frozen=True)
class Common:
    """What a worker must have in common with the build: versions by package, and the years that it reads in ``out``."""

    versi: tuple[tuple[str, str], ...]
    out: str
    evaluasi: tuple[tuple[int, str], ...]

    @property
    def here(self) -> Path:
        """The out folder as this process sees it."""
        return Path(os.environ.get(OUT_VARIABLE) or self.out)


def versions() -> tuple[tuple[str, str], ...]:
    """What the bytes of a page depend on here: our version and code, Python, the packages that we need."""
    # the packages first: where one differs, the hash of all differs, too
    return (*current.packages(), ("kkb_eval", f"{__version__} (kode {current.code()[:12]})"))


def stored(out: Path, years: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """Those of the years that are stored below an out folder, each with the key of what it was computed from."""
    found = ((year, manifest.read(store.folder(out, year))) for year in years)
    return tuple((year, stored.kunci) for year, stored in found if stored)


def unfit(common: Common) -> str:
    """What this process does not have in common with a build, and what to do; "" where it has all."""
    own = dict(versions())
    if other := [f"{name} {own.get(name)}, di sini {v}" for name, v in common.versi if own.get(name) != v]:
        return f"{'; '.join(other)}; pasang versi yang sama di semua mesin, lalu mulai lagi penjadwal dan pekerja"
    if stored(common.here, dict(common.evaluasi)) != common.evaluasi:
        return f"{common.here} tidak memuat evaluasi yang sama; bagikan folder hasil atau isi {OUT_VARIABLE}, {SEE}"
    return ""


def prepare(common: Common, wait: float, dask_scheduler: Any) -> str:
    """On the scheduler: do not repeat the report of a worker that died (the build does), nor wait for ever for one."""
    dask_scheduler.allowed_failures = 0
    dask_scheduler.no_workers_timeout = wait
    return unfit(replace(common, evaluasi=()))


_fit: set[Common] = set()
_idle: defaultdict[Bounds, list[Worker[Report, Outcome]]] = defaultdict(list)


def made(report: Report, notebook: bytes, common: Common, bounds: Bounds, topic: str, name: str) -> Outcome:
    """On a worker of the cluster: make a report of a notebook that holds this, in a process of our own.

    ``topic`` is told the ``name`` of the task that begins.
    """
    from distributed import get_worker

    here = get_worker()
    here.log_event(topic, name)
    if common not in _fit:
        if wrong := unfit(common):  # a worker that came after the build had begun
            return Outcome(galat=f"pekerja {here.address}: {wrong}")
        _fit.add(common)
    parameter = dict(report.parameter)
    if "out" in parameter:
        parameter["out"] = str(common.here)
    with tempfile.TemporaryDirectory(dir=here.local_directory) as folder:
        copy = Path(folder, Path(str(report.notebook)).name)
        copy.write_bytes(notebook)
        with _worker(bounds) as worker:
            return make.outcome(worker.do(replace(report, notebook=copy, parameter=parameter, out=common.here)))


@contextlib.contextmanager
def _worker(bounds: Bounds) -> Iterator[Worker[Report, Outcome]]:
    """A worker of ours for the time of a report; it is kept for the next one and ends with this process."""
    # a nanny's worker is a daemon, which may have no children
    multiprocessing.current_process().daemon = False
    idle = _idle[bounds]
    try:
        worker = idle.pop()
    except IndexError:
        worker = Worker(make.prepare, bounds)
    yield worker
    idle.append(worker)
