"""One report: its notebook run, kept and made a page, in a forked process of its own or, without fork, in a kernel."""

import contextlib
import multiprocessing
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent import futures
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kkb_eval import errors, store
from kkb_eval.report import extras, minutes_plan
from kkb_eval.report.pages import sha256
from kkb_eval.report.plan import Report

GELADI = ("kkb_eval.report.rehearsal", "kkb_eval.cli")
"""What the fork server imports before it forks: the rehearsal, and the command line, which each fork reads again."""


@dataclass(frozen=True)
class Outcome:
    """What became of a report: the page's hash, or the failed cell, the last line of the error and its traceback.

    ``terisi``: files beside the page that someone had filled in, and that were kept.
    """

    sha256: str = ""
    sel: str = ""
    galat: str = ""
    jejak: str = ""
    detik: float = 0.0
    terisi: tuple[str, ...] = ()


Start = Callable[[Report], "futures.Future[Outcome]"]


def can_fork() -> bool:
    """Whether this system can fork report processes from a template (not on Windows)."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def run(
    reports: Sequence[Report], jobs: int, limit: float, fork: bool
) -> Generator[tuple[Report, Outcome], None, None]:
    """Make the pages, ``jobs`` at once and in ``limit`` seconds each; every report with its outcome as it ends."""
    if not reports:
        return
    with (_forks if fork else _kernels)(jobs, limit) as start:
        running = {start(report): report for report in reports}
        for future in futures.as_completed(running):
            yield running[future], _outcome(future, limit)


@contextlib.contextmanager
def _forks(jobs: int, limit: float) -> Iterator[Start]:
    """Starts each report in a process of its own, forked from the rehearsed template."""
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(GELADI))
    pool: Any = ProcessPool(max_workers=jobs, max_tasks=1, context=context)
    try:
        yield lambda report: pool.schedule(make, args=(report, str(Path.cwd())), timeout=limit)
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()


@contextlib.contextmanager
def _kernels(jobs: int, limit: float) -> Iterator[Start]:
    """Starts each report in a kernel, driven by a thread: under multiprocessing kernels hang and lose ports."""
    from jupyter_core.utils import ensure_event_loop

    from kkb_eval.report.engine import ARGUMEN_KERNEL

    def start(report: Report) -> Outcome:
        try:
            return make(report, None, None, extra_arguments=ARGUMEN_KERNEL, execution_timeout=limit)
        finally:
            # the client opens one for the thread and leaves it
            ensure_event_loop().close()

    pool = futures.ThreadPoolExecutor(jobs)
    try:
        yield lambda report: pool.submit(start, report)
    finally:
        pool.shutdown(cancel_futures=True)


def make(report: Report, cwd: str | None, engine: str | None = "kkb-eval", **arguments: Any) -> Outcome:
    """Run a report's notebook, keep it executed, and write its page; what fails is in the outcome.

    ``cwd``: the folder that relative paths in the parameters start from, None for the process's. ``arguments`` go to
    the engine.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError

    start = time.perf_counter()
    if report.jenis == minutes_plan.JENIS:
        return replace(_document(report), detik=round(time.perf_counter() - start, 3))
    kerja = report.out / report.kerja
    kerja.parent.mkdir(parents=True, exist_ok=True)
    kerja.unlink(missing_ok=True)
    try:
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
        outcome = Outcome(sel=f"In [{error.exec_count}]", galat=_last_line(error.ename, error.evalue), jejak=str(error))
    except (TimeoutError, DeadKernelError):
        raise
    except Exception as error:
        # a bug, a full disk: this report's failure too; the log keeps the traceback
        outcome = Outcome(galat=_last_line(type(error).__name__, str(error)), jejak=traceback.format_exc())
    else:
        outcome = Outcome(sha256=digest, terisi=terisi)
    return replace(outcome, detik=round(time.perf_counter() - start, 3))


def _document(report: Report) -> Outcome:
    """Write a berita acara; one that someone has written in is kept."""
    from kkb_eval.report.minutes import make_minutes

    path = report.out / report.halaman
    try:
        made = make_minutes(report.notebook.parents[1], report.out, path, int(report.tahun or 0), report.kabupaten)
        return Outcome(sha256=sha256(path), terisi=() if made else (report.halaman,))
    except errors.KkbError as error:
        return Outcome(galat="; ".join(error.pesan.splitlines()))
    except Exception as error:
        return Outcome(galat=_last_line(type(error).__name__, str(error)), jejak=traceback.format_exc())


def _write_page(report: Report, nb: Any) -> str:
    from kkb_eval.report.rendering import to_html

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
    except (ProcessExpired, DeadKernelError) as error:
        kode = f" (kode {error.exitcode})" if isinstance(error, ProcessExpired) else ""
        return Outcome(galat=f"prosesnya mati mendadak{kode}, mungkin kehabisan memori")
    except futures.BrokenExecutor as error:
        return Outcome(galat="proses laporan tidak dapat dimulai", jejak=str(error))


def _last_line(name: str, text: str) -> str:
    """The last line of an error as Python prints it; of a user's problem its words only."""
    line = (text.strip().splitlines() or [""])[-1]
    return line if hasattr(errors, name) else f"{name}: {line}".removesuffix(": ")
