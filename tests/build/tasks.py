"""Tasks for the tests of workers; a worker imports them by name, and nothing else."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kkb_eval import store


def prepare() -> Callable[[str], str]:
    return do


def prepare_badly() -> Callable[[str], str]:
    raise RuntimeError("tidak bisa")


def prepare_slowly() -> Callable[[str], str]:
    time.sleep(1)
    return do


def prepare_to_die() -> Callable[[str], str]:
    os._exit(5)


def do(task: str) -> str:
    """Do what the task's first word says with the others."""
    what, *words = task.split()
    return DO[what](*words)


def echo(*words: str) -> str:
    return " ".join(words)


def sleep_and_echo(seconds: str, word: str) -> str:
    time.sleep(float(seconds))
    return word


def hang(told: str) -> str:
    """Stand still in the middle of writing a file, after this process's id is told in another."""
    with store.atomic(Path(told)) as path:
        path.with_suffix(".new").write_text(str(os.getpid()))
        path.with_suffix(".new").replace(f"{told}.pid")
        time.sleep(600)
    return ""


def grow(mb: str) -> str:
    """Take more and more memory, and give it back."""
    taken = []
    for _ in range(int(mb) // 10):
        taken.append(b"x" * 10 * 1024**2)
        time.sleep(0.005)
    return "tumbuh"


def keep(mb: str) -> str:
    """Take memory and keep it."""
    KEPT.append(b"x" * int(mb) * 1024**2)
    return str(os.getpid())


def die_once(mark: str) -> str:
    """Die by SIGKILL the first time, and say this process's id the second."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return str(os.getpid())


def leave_a_thread() -> str:
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    return str(os.getpid())


KEPT: list[bytes] = []
DO: dict[str, Callable[..., str]] = {
    "echo": echo,
    "pid": lambda *_: str(os.getpid()),
    "fail": lambda text: (_ for _ in ()).throw(ValueError(text)),
    "exit": lambda status: os._exit(int(status)),
    "die": lambda name: os.kill(os.getpid(), getattr(signal, name)),  # type: ignore[return-value,func-returns-value]
    "sleep": lambda seconds: time.sleep(float(seconds)) or "",
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP) or "",  # type: ignore[func-returns-value]
    "sleep-and-echo": sleep_and_echo,
    "hang": hang,
    "grow": grow,
    "keep": keep,
    "die-once": die_once,
    "leave-a-thread": leave_a_thread,
}
