"""Runs tasks in worker processes that cannot hold each other up: they share no queue and no lock.

A worker is a spawned process at the other end of a pipe of its own. One thread here owns it: it sends a task and waits
for the answer, for the end of the process, or for a bound. So whatever a dying worker holds, only its thread notices.
"""

import contextlib
import gc
import multiprocessing
import os
import queue
import signal
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

import psutil

from kkb_eval import store

Task = TypeVar("Task")
T = TypeVar("T")
Prepare = Callable[[], Callable[[Task], T]]
"""Imports, in the worker, what the tasks need, and returns the function that does one. It is importable by name."""
MB = 1024**2
START = 120.0
"""Seconds that a worker may take until it is ready."""
STARTS = 10
"""Starts in a row that may be cut off until no more are tried."""
PAUSE = 0.1
"""Seconds between two looks at a worker that is busy."""
GRACE = 2.0
"""Seconds that a worker has to end by itself."""
TRACE = 10_000
"""Characters of a traceback that are kept, its last ones."""
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Bounds:
    """What a worker may take: seconds for a task, MB of memory; after so many tasks or half of the MB it retires."""

    seconds: float = 300.0
    memory: int = 2048
    tasks: int = 500


BOUNDS = Bounds()
"""The usual ones: many times what a page of 188 Kampung KB takes."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What became of a task: its ``result``, or None with the ``reason`` in words and the ``trace`` of an error.

    ``mb`` is the most memory that its worker was seen to take, in MB.
    """

    result: T | None = None
    reason: str = ""
    trace: str = ""
    mb: int = 0


class CannotStart(Exception):
    """No worker can be started; the text says why, ``trace`` where."""

    def __init__(self, reason: str, trace: str = "") -> None:
        super().__init__(f"pekerja tidak dapat dimulai: {reason}")
        self.trace = trace


class _Died(Exception):
    """The worker ended before it answered; the text says how."""


class _Exceeded(Exception):
    """The worker exceeds a bound; the text says which."""


class _Stopped(Exception):
    """Nobody waits for the answer any more."""


def run(
    tasks: Sequence[Task], prepare: Prepare[Task, T], *, jobs: int, bounds: Bounds = BOUNDS
) -> Generator[tuple[Task, Answer[T]], None, None]:
    """Do the tasks with ``jobs`` workers and yield each with its answer, as they end.

    Closed early (as by Ctrl-C), it ends all workers within seconds.
    """
    waiting, ended, stop = queue.SimpleQueue[Task](), queue.SimpleQueue[Any](), threading.Event()
    for task in tasks:
        waiting.put(task)
    owners = [
        threading.Thread(target=_own, args=(Worker(prepare, bounds, stop), waiting, ended), daemon=True)
        for _ in range(min(jobs, len(tasks)))
    ]
    working, failed = len(owners), Answer[T]()
    try:
        for owner in owners:
            owner.start()
        while working:
            match next_item(ended):
                case None:
                    working -= 1
                case CannotStart() as error:
                    working, failed = working - 1, Answer(reason=str(error), trace=error.trace)
                case BaseException() as error:
                    raise error
                case pair:
                    yield pair
    finally:
        stop.set()
        for owner in owners:
            owner.join(5 * GRACE)
    while not waiting.empty():
        yield waiting.get(), failed


def next_item(ended: "queue.SimpleQueue[Any]") -> Any:
    """Wait for the next item, in steps: on some systems Ctrl-C is only noticed between two."""
    while True:
        with contextlib.suppress(queue.Empty):
            return ended.get(timeout=1)


def _own(worker: "Worker[Task, T]", waiting: "queue.SimpleQueue[Task]", ended: "queue.SimpleQueue[Any]") -> None:
    """Give what waits to one worker, answers to ``ended``; there the last item is None, or what ended this early."""
    end: BaseException | None = None
    try:
        while True:
            task = waiting.get_nowait()
            try:
                ended.put((task, worker.do(task)))
            except BaseException:
                waiting.put(task)
                raise
    except queue.Empty:
        pass
    except BaseException as error:
        end = error
    worker.close()
    ended.put(end)


class Worker(Generic[Task, T]):
    """A process that does one task after the other, started when there is one; it belongs to one thread at a time."""

    def __init__(self, prepare: Prepare[Task, T], bounds: Bounds = BOUNDS, stop: threading.Event | None = None) -> None:
        self._prepare, self._bounds, self._stop = prepare, bounds, stop or threading.Event()
        self._process: Any = None
        self._pipe: Any = None
        self._done = self._peak = 0

    def do(self, task: Task) -> Answer[T]:
        """Return the answer to a task; one whose process died is done once more, by a new one.

        CannotStart where there is no new one.
        """
        died = ""
        for _ in range(2):
            self._started()
            try:
                return self._answer(task)
            except _Died as error:
                died = str(error)
            except _Exceeded as error:
                return Answer(reason=str(error), mb=self._peak)
        return Answer(reason=f"{died}, dua kali", mb=self._peak)

    def close(self) -> None:
        """End the process: by itself, which leaves nothing half written, or else by force."""
        if self._process is None:
            return
        self._pipe.close()
        self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(GRACE)
        self._process = None

    def _started(self) -> None:
        """Start a process where there is none, and wait until it is ready."""
        for _ in range(STARTS):
            if self._process is not None:
                return
            try:
                self._start()
            except _Died as error:
                died = str(error)
            except _Exceeded as error:
                raise CannotStart(str(error)) from error
        if self._process is None:
            raise CannotStart(died)

    def _start(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=serve, args=(theirs, self._prepare), daemon=True)
        try:
            with _ctrl_c_later():
                process.start()
        except OSError as error:
            self._pipe.close()
            raise _Died(str(error)) from error
        finally:
            theirs.close()
        self._process, self._done, self._peak = process, 0, 0
        with self._closed_on_error():
            broken: Answer[T] | None = self._received(START)
        if broken is not None:
            self.close()
            raise CannotStart(broken.reason, broken.trace)

    def _answer(self, task: Task) -> Answer[T]:
        with self._closed_on_error():
            try:
                self._pipe.send(task)
            except OSError:
                raise _Died(self._how()) from None
            answer, spent = self._received(self._bounds.seconds)
        self._done += 1
        self._peak = max(self._peak, answer.mb)
        if spent or self._done >= self._bounds.tasks or answer.mb > self._bounds.memory / 2:
            self.close()
        return replace(answer, mb=self._peak)

    @contextlib.contextmanager
    def _closed_on_error(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.close()
            raise

    def _received(self, seconds: float) -> Any:
        """Return what the process sends within the seconds."""
        end = time.monotonic() + seconds
        while True:
            wait([self._pipe, self._process.sentinel], PAUSE)
            try:
                if self._pipe.poll():
                    return self._pipe.recv()
            except (EOFError, OSError):
                raise _Died(self._how()) from None
            if not self._process.is_alive():
                raise _Died(self._how())
            if self._stop.is_set():
                raise _Stopped
            if time.monotonic() > end:
                self._process.kill()
                raise _Exceeded(f"belum selesai setelah {seconds:g} detik, dihentikan")
            self._watch_memory()

    def _watch_memory(self) -> None:
        with contextlib.suppress(psutil.Error):
            self._peak = max(self._peak, psutil.Process(self._process.pid).memory_info().rss // MB)
            if self._peak > self._bounds.memory:
                self._process.kill()
                raise _Exceeded(f"memakai lebih dari {self._bounds.memory} MB memori, dihentikan")

    def _how(self) -> str:
        """Say how the process ended: by which signal, or with which status."""
        self._process.join(GRACE)
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"prosesnya berakhir mendadak dengan status {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        cause = ", mungkin kehabisan memori" if name in {"SIGKILL", "SIGABRT"} else ""
        return f"prosesnya dihentikan sinyal {name}{cause}"


@contextlib.contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Let a process that is started meanwhile not be hit by Ctrl-C before it can ignore it, where a system can."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(pipe: Connection, prepare: Prepare[Task, T]) -> None:
    """In the worker: answer None when ready, then each task with (its Answer, whether this process is spent).

    It ends, at once, when the pipe does: when its owner closes it or is no more, however that ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the owner's
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, tasks), daemon=True).start()
    try:
        do = prepare()
    except BaseException as error:
        pipe.send(_failed(error))
        return
    # what is imported stays: it need not be looked at for what may be freed
    gc.collect()
    gc.freeze()
    threads, process = threading.active_count(), psutil.Process()
    pipe.send(None)
    while True:
        task = tasks.get()
        try:
            answer = Answer(do(task))
        except BaseException as error:
            answer = _failed(error)
        answer = replace(answer, mb=process.memory_info().rss // MB)
        with contextlib.suppress(OSError):  # nobody is there any more
            pipe.send((answer, threading.active_count() > threads))


def _failed(error: BaseException) -> Answer[Any]:
    return Answer(reason=f"{type(error).__name__}: {error}", trace="".join(traceback.format_exception(error))[-TRACE:])


def _listen(pipe: Connection, tasks: "queue.SimpleQueue[Any]") -> None:
    try:
        while True:
            tasks.put(pipe.recv())
    finally:
        store.discard()
        os._exit(0)
