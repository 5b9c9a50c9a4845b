"""One report: its notebook run, kept and made a page; and many of them, in whatever processes a ``Pool`` starts."""

import contextlib
import itertools
import json
import os
import queue
import signal
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent import futures
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kkb_eval import errors, store
from kkb_eval.build import extras, minutes_plan
from kkb_eval.build.pages import sha256
from kkb_eval.build.plan import Report

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""The variables with the threads of numerical libraries: with one each, the reports of a build do not fight."""


@dataclass(frozen=True)
class Outcome:
    """What became of a report: the page's hash, or the failed cell, the last line of the error and its traceback.

    ``detik`` are its seconds, ``mb`` the peak memory of its process, the template's part included (0 where it is not
    known). ``terisi``: files beside the page that someone had filled in, and that were kept.
    """

    sha256: str = ""
    sel: str = ""
    galat: str = ""
    jejak: str = ""
    detik: float = 0.0
    mb: int = 0
    terisi: tuple[str, ...] = ()


PARENT_DIED = "induk proses laporan mati mendadak; jalankan build lagi"
"""A report that has no part in its failure: what it was, or was to be, forked from is no more."""
Start = Callable[[Report], "futures.Future[Outcome]"]
Pool = contextlib.AbstractContextManager[Start]
"""What runs reports: forked processes (``forks``), kernels, other machines (``cluster``)."""


def run(
    reports: Sequence[Report], pool: Pool, jobs: int, limit: float
) -> Generator[tuple[Report, Outcome], None, None]:
    """Make the pages, ``jobs`` at once; every report with its outcome as it ends. ``limit``: the pool's seconds."""
    if not reports:
        return
    with pool as start:
        running: dict[futures.Future[Outcome], Report] = {}
        ended: queue.SimpleQueue[futures.Future[Outcome]] = queue.SimpleQueue()

        def begin(some: Iterable[Report]) -> None:
            for report in some:
                future = _begun(start, report)
                running[future] = report
                future.add_done_callback(ended.put)

        waiting = iter(reports)
        begin(itertools.islice(waiting, jobs))
        while running:
            future = ended.get()
            begin(itertools.islice(waiting, 1))  # first: what is done with an outcome takes its time
            yield running.pop(future), _outcome(future, limit)


def _begun(start: Start, report: Report) -> "futures.Future[Outcome]":
    try:
        return start(report)
    except RuntimeError as error:  # pebble's: what starts the processes is no more
        broken: futures.Future[Outcome] = futures.Future()
        broken.set_exception(futures.BrokenExecutor(str(error)))
        return broken


def one_thread() -> None:
    """Let numerical libraries that are imported later, here or in processes started from here, take one thread."""
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")


@contextlib.contextmanager
def kernels(jobs: int, limit: float) -> Iterator[Start]:
    """Starts each report in a kernel, driven by a thread: under multiprocessing kernels hang and lose ports."""
    from jupyter_core.utils import ensure_event_loop

    from kkb_eval.build.engine import KERNEL_ARGUMENTS
    from kkb_eval.manifest import PLAN_VARIABLE

    def start(report: Report) -> Outcome:
        os.environ[PLAN_VARIABLE] = json.dumps(dict(report.kunci))  # the same for all reports of a build
        try:
            return make(report, None, None, extra_arguments=KERNEL_ARGUMENTS, execution_timeout=limit)
        finally:
            # the client opens one for the thread and leaves it
            ensure_event_loop().close()

    one_thread()
    pool = futures.ThreadPoolExecutor(jobs)
    try:
        yield lambda report: pool.submit(start, report)
    finally:
        pool.shutdown(cancel_futures=True)
        os.environ.pop(PLAN_VARIABLE, None)


def make(report: Report, cwd: str | None, engine: str | None = "kkb-eval", **arguments: Any) -> Outcome:
    """Run a report's notebook, keep it executed, and write its page; what fails is in the outcome.

    ``cwd``: the folder that relative paths in the parameters start from, None for the process's. ``arguments`` go to
    the engine.
    """
    from kkb_eval.manifest import as_planned

    start = time.perf_counter()
    with as_planned(report.kunci):
        made = _document(report) if report.jenis == minutes_plan.KIND else _notebook(report, cwd, engine, **arguments)
    return replace(made, detik=round(time.perf_counter() - start, 3))


def _notebook(report: Report, cwd: str | None, engine: str | None, **arguments: Any) -> Outcome:
    import papermill
    from nbclient.exceptions import DeadKernelError

    kerja = report.out / report.kerja
    try:
        kerja.parent.mkdir(parents=True, exist_ok=True)
        kerja.unlink(missing_ok=True)
        nb = papermill.execute_notebook(
            unformatted(report.notebook),
            unformatted(kerja),
            dict(report.parameter),
            engine_name=engine,
            kernel_name="python3",
            language="python",
            cwd=cwd,
            progress_bar=False,
            request_save_on_cell_execute=False,
            **arguments,
        )
        with contextlib.chdir(cwd or Path.cwd()):
            terisi = tuple(extras.write(report))
        digest = _write_page(report, nb)
    except papermill.PapermillExecutionError as error:
        return Outcome(sel=f"In [{error.exec_count}]", galat=_last_line(error.ename, error.evalue), jejak=str(error))
    except (TimeoutError, DeadKernelError):
        raise
    except Exception as error:
        return failed(error)
    return Outcome(sha256=digest, terisi=terisi)


def _document(report: Report) -> Outcome:
    """Write a berita acara; one that someone has written in is kept."""
    from kkb_eval.documents.minutes import make_minutes

    path = report.out / report.halaman
    try:
        made = make_minutes(report.notebook.parents[1], report.out, path, int(report.tahun or 0), report.kabupaten)
        return Outcome(sha256=sha256(path), terisi=() if made else (report.halaman,))
    except errors.KkbError as error:
        return Outcome(galat="; ".join(error.pesan.splitlines()))
    except Exception as error:
        return failed(error)


def failed(error: Exception) -> Outcome:
    """A full disk, or a bug: one report's failure too; the log keeps the traceback."""
    told = errors.of_system(error) if isinstance(error, OSError) else None
    return Outcome(galat=told or _last_line(type(error).__name__, str(error)), jejak=traceback.format_exc())


def _write_page(report: Report, nb: Any) -> str:
    from kkb_eval.report.page import to_html

    page = report.out / report.halaman
    with store.atomic(page) as temporary:
        temporary.write_text(to_html(nb), "utf-8", newline="\n")
    return sha256(page)


def unformatted(path: Path) -> str:
    """The path for papermill, which would replace {names} in it by parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _outcome(future: "futures.Future[Outcome]", limit: float) -> Outcome:
    from nbclient.exceptions import DeadKernelError
    from pebble import ProcessExpired

    try:
        return future.result()
    except TimeoutError:
        return Outcome(galat=f"belum selesai setelah {limit:g} detik, dihentikan", detik=limit)
    except ProcessExpired as error:
        return Outcome(galat=_ended(error.exitcode))
    except DeadKernelError:
        return Outcome(galat="kernelnya mati mendadak, mungkin kehabisan memori")
    except futures.BrokenExecutor as error:
        return Outcome(galat=PARENT_DIED, jejak=str(error))
    except Exception as error:
        return failed(error)


def _ended(kode: int) -> str:
    """How a process ended, in words: by which signal, or with which status."""
    if kode == 255:  # multiprocessing's, where the fork server was killed
        return PARENT_DIED
    if kode >= 0:
        return f"prosesnya berakhir mendadak dengan status {kode}"
    sinyal = signal.Signals(-kode)
    sebab = ", mungkin kehabisan memori" if sinyal.name in {"SIGKILL", "SIGABRT"} else ""
    return f"prosesnya dihentikan sinyal {sinyal.name}{sebab}"


def _last_line(name: str, text: str) -> str:
    """The last line of an error as Python prints it; of a user's problem its words only."""
    if name == "MemoryError":
        return "memori yang boleh dipakai satu laporan habis"
    line = (text.strip().splitlines() or [""])[-1]
    return line if hasattr(errors, name) else f"{name}: {line}".removesuffix(": ")
