"""Report processes: each forked from one rehearsed template, bounded in time and memory, and gone when the build is."""

import contextlib
import multiprocessing
import multiprocessing.util
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from kkb_eval import store
from kkb_eval.build import worker
from kkb_eval.build.plan import Report

REHEARSAL = ("kkb_eval.build.rehearsal", "kkb_eval.commands.cli")
"""What the fork server imports before it forks: the rehearsal, and the command line, which each fork reads again."""
SOCKET = "KKB_EVAL_SOKET"
"""The environment variable that tells the fork server in which folder the build made its socket."""
MEMORY = 2 * 1024**3
"""Bytes that a report may take beyond the template's: many times a page of 188 Kampung KB."""


@contextlib.contextmanager
def forks(jobs: int, limit: float, memory: int = MEMORY) -> Iterator[worker.Start]:
    """Starts each report in a process of its own, forked from the rehearsed template.

    At most ``jobs`` may run at once (``worker.run`` sees to it), ``limit`` seconds each and with ``memory`` bytes.
    """
    from pebble import ProcessPool

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(REHEARSAL))
    os.environ[SOCKET] = multiprocessing.util.get_temp_dir()
    forkserver.ensure_running()
    del os.environ[SOCKET]  # it is no other process's business
    # the next process waits, forked, while a report still runs: pebble makes a new one only every tenth of a second
    pool: Any = ProcessPool(max_workers=2 * jobs, max_tasks=1, context=context)
    try:
        yield lambda report: pool.schedule(_alone, args=(report, str(Path.cwd()), memory), timeout=limit)
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()


def _alone(report: Report, cwd: str, memory: int) -> worker.Outcome:
    """Make a report in this process, which is nobody else's."""
    threading.Thread(target=_end_with_the_build, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: _end())  # how pebble ends a report that takes too long
    bound_memory(memory)
    outcome = worker.make(report, cwd)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    return replace(outcome, mb=round(peak))


def _end_with_the_build() -> None:
    """End this process when the one that runs the build is no more, however it ended, and leave nothing half written.

    pebble would only notice when the report is done, and a report that hangs never is.
    """
    build = multiprocessing.parent_process()
    if build is not None:
        build.join()
        _end()


def bind_forks() -> None:
    """In the template: let its forks end when it does, however it ends.

    The build takes those for dead, and one that goes on would take a report that nobody waits for.
    """
    read, write = os.pipe()
    mine = [write]

    def wait() -> None:
        os.read(read, 1)  # nothing ever comes; it returns when nobody can write any more
        _end()

    def bound() -> None:
        if mine:  # not in a fork that a report makes
            os.close(mine.pop())
            threading.Thread(target=wait, daemon=True).start()

    os.register_at_fork(after_in_child=bound)


def _end() -> None:
    """End this process at once, without what it has half written."""
    store.discard()
    os._exit(1)


def bound_memory(more: int) -> None:
    """Let this process have ``more`` bytes than it has now; beyond it Python raises MemoryError."""
    statm = Path("/proc/self/statm")
    if not statm.exists():  # macOS does not keep such a bound
        return
    now = int(statm.read_text().split()[0]) * resource.getpagesize()
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = now + more if most == resource.RLIM_INFINITY else min(now + more, most)
    resource.setrlimit(resource.RLIMIT_AS, (bound, most))
