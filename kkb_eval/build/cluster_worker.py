"""What the scheduler and the workers of a cluster run for a build elsewhere (``cluster``).

A worker reads the stored evaluation, makes each report in a process of its own as a build on one machine does, and
gives back the bytes of its files.
"""

import contextlib
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kkb_eval import __version__, keys, store
from kkb_eval.build import fingerprint, worker
from kkb_eval.build.plan import Report
from kkb_eval.build.worker import Outcome

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


@dataclass(frozen=True)
class Order:
    """A report as it is sent: with what its notebook holds, and with whole paths for the parameters."""

    report: Report
    notebook: bytes
    common: Common
    limit: float


@dataclass(frozen=True)
class Reply:
    """What a worker made of a report: its files by their path in the out folder, the page last."""

    outcome: Outcome
    berkas: tuple[tuple[str, bytes], ...] = ()


def versions() -> tuple[tuple[str, str], ...]:
    """What the bytes of a page depend on here: our version and code, Python, the packages that we need."""
    # the packages first: where one differs, the hash of all differs, too
    return (*keys.packages(), ("kkb_eval", f"{__version__} (kode {fingerprint.code()[:12]})"))


def stored(out: Path, years: Iterable[int]) -> tuple[tuple[int, str], ...]:
    """Those of the years that are stored below an out folder, each with the key of what it was computed from."""
    found = ((year, store.read_manifest(store.folder(out, year))) for year in years)
    return tuple((year, str(manifest["kunci"])) for year, manifest in found if manifest)


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


_lock = threading.Lock()
_fit: set[Common] = set()
_started: dict[float, worker.Start] = {}


def made(order: Order, topik: str, name: str) -> Reply:
    """On a worker: make a report and give back its files."""
    from distributed import get_worker

    here = get_worker()
    here.log_event(topik, name)
    if order.common not in _fit:
        if wrong := unfit(order.common):  # a worker that came after the build had begun
            return Reply(Outcome(galat=f"pekerja {here.address}: {wrong}"))
        _fit.add(order.common)
    with tempfile.TemporaryDirectory(dir=here.local_directory) as folder:
        notebook = Path(folder, order.report.notebook.name)
        notebook.write_bytes(order.notebook)
        parameter = dict(order.report.parameter)
        if "out" in parameter:
            parameter["out"] = str(order.common.here)
        report = replace(order.report, notebook=notebook, parameter=parameter, out=Path(folder, "hasil"))
        start = _processes(here, order.limit)
        [(_, outcome)] = worker.run([report], contextlib.nullcontext(start), 1, order.limit)
        if outcome.galat == worker.PARENT_DIED:
            with _lock:  # the template is no more: the next report opens another
                if _started.get(order.limit) is start:
                    del _started[order.limit]
            raise RuntimeError(outcome.jejak)  # retried
        names = (report.kerja, *report.tambahan, report.halaman)
        return Reply(outcome, tuple((n, (report.out / n).read_bytes()) for n in names if (report.out / n).exists()))


def _processes(here: Any, limit: float) -> worker.Start:
    """What starts report processes on this worker, from its first report until it ends."""
    from kkb_eval.build import run  # which knows the cluster that knows this module

    with _lock:
        if limit not in _started:
            # a nanny's worker is a daemon, which may have no children; ours end with it by themselves
            multiprocessing.current_process().daemon = False
            # dask's command line, which each of them would read again
            vars(sys.modules["__main__"]).update(__file__=None, __spec__=None)
            pool = run.pool(here.state.nthreads, limit)
            _started[limit] = pool.__enter__()
            here.loop.add_callback(here.plugin_add, _ending(pool), f"kkb-eval-{limit:g}")
        return _started[limit]


def _ending(pool: worker.Pool) -> Any:
    """A plugin that ends the report processes, and the reports under way, with the worker."""
    from distributed import WorkerPlugin

    class Ending(WorkerPlugin):
        def teardown(self, worker: Any) -> None:
            end = SystemExit()
            pool.__exit__(type(end), end, None)

    return Ending()
