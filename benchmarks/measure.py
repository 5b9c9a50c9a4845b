"""What a measure is, how time is taken, and the data that is measured on."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from babel.numbers import format_decimal

from kkb_eval import store

T = TypeVar("T")
PORTAL = store.ROOT.parent / "shared" / "portal"
SAMPLE = store.ROOT / "data" / "contoh"


@dataclass(frozen=True)
class Measure:
    """One line of the table: ours (``pembanding`` False) or, below it, a peer's.

    ``detik`` by the clock and ``prosesor`` seconds of processor time, ``lain`` what else is to be said, ``batas`` the
    promise in words and ``baik`` whether it was kept (None where there is none).
    """

    apa: str
    detik: float | None = None
    prosesor: float | None = None
    lain: str = ""
    batas: str = ""
    baik: bool | None = None
    pembanding: bool = False


@dataclass(frozen=True)
class Timed(Generic[T]):
    """The best of several runs: seconds by the clock, seconds of processor time, and what the run gave."""

    detik: float
    prosesor: float
    hasil: T


@dataclass(frozen=True)
class Source:
    """A dataset to measure on, and what to say of it."""

    folder: Path
    tahun: int
    nama: str
    asli: bool


def timed(run: Callable[[], T], repeat: int = 3) -> Timed[T]:
    """The best of ``repeat`` runs in this process; clock and processor time may be of different runs."""
    clock, processor = [], []
    for _ in range(repeat):
        begin = time.perf_counter(), time.process_time()
        result = run()
        clock.append(time.perf_counter() - begin[0])
        processor.append(time.process_time() - begin[1])
    return Timed(min(clock), min(processor), result)


def timed_commands(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time in the commands that ``run`` starts and waits for."""
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, used


def lebak() -> Source:
    """The real Lebak of October 2022, else the sample dataset."""
    if (PORTAL / "lebak").exists():
        return Source(PORTAL / "lebak", 2022, "Lebak 2022", asli=True)
    return Source(SAMPLE, 2018, "data/contoh 2018 (portal/lebak tidak ada)", asli=False)


def nation() -> Source:
    """The real nation of June 2022, else the sample dataset."""
    if (PORTAL / "nasional").exists():
        return Source(PORTAL / "nasional", 2022, "nasional 2022", asli=True)
    return Source(SAMPLE, 2018, "data/contoh 2018 (portal/nasional tidak ada)", asli=False)


def number(value: float, decimals: int = 2) -> str:
    """A number as Indonesian readers write it."""
    return str(format_decimal(round(value, decimals), format=f"#,##0.{'0' * decimals}", locale="id"))
