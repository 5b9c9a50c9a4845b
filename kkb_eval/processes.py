"""One function for the parts of a nation, each some kabupaten, in as many processes as there are processors.

The parts are the same whatever the number of processes, and so are the results; a single part needs no process.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

import pandas as pd

from kkb_eval.errors import KkbError

T = TypeVar("T")
AT_ONCE = 1000
"""Kampung KB of a part, about: enough to be worth sending, few enough that their draws take little memory."""


def split(frames: Mapping[str, pd.DataFrame], size: int) -> list[dict[str, pd.DataFrame]]:
    """The rows of all frames in parts of whole kabupaten, in order of name, with about ``size`` Kampung KB each.

    Of the frames ``kampung`` gives the kabupaten of every ``kampung_id``; another one has either of the two columns.
    Rows that belong to no kabupaten are in no part.
    """
    kampung = frames["kampung"]
    counts = kampung["kabupaten"].value_counts().sort_index()
    of_kabupaten = (counts.cumsum() - counts) // size
    of_kampung = kampung.set_index("kampung_id")["kabupaten"].map(of_kabupaten)
    split_frames = {}
    for name, frame in frames.items():
        number = frame["kabupaten"].map(of_kabupaten) if "kabupaten" in frame else frame["kampung_id"].map(of_kampung)
        split_frames[name] = dict(iter(frame.groupby(number)))
    return [
        {name: split_frames[name].get(number, frames[name].iloc[:0]) for name in frames}
        for number in sorted(of_kabupaten.unique())
    ]


def run(function: Callable[[dict[str, pd.DataFrame]], T], parts: Sequence[dict[str, pd.DataFrame]]) -> list[T]:
    """The result of ``function`` (importable by name) for each part, in order.

    One process each for the processors that this process may use; LOKY_MAX_CPU_COUNT sets fewer. KkbError where one of
    them is killed; the others are then ended, as they are by Ctrl-C and when this process is killed.
    """
    import joblib

    jobs = min(joblib.cpu_count(), len(parts))
    if jobs < 2:
        return [function(part) for part in parts]
    from joblib.externals.loky import get_reusable_executor

    try:
        with joblib.parallel_config("loky", inner_max_num_threads=1, initializer=_end_with, initargs=(os.getpid(),)):
            found: list[T] = joblib.Parallel(jobs, batch_size=1, max_nbytes=None)(
                joblib.delayed(function)(part) for part in parts
            )
    except BrokenProcessPool as error:
        signals = ", ".join(sorted(set(re.findall(r"SIG[A-Z]+", str(error))))) or "tanpa sinyal"
        raise KkbError(
            f"evaluasi: proses pembantu mati ({signals}), biasanya karena memori habis; tutup program lain lalu ulangi,"
            " atau pakai satu proses dengan LOKY_MAX_CPU_COUNT=1"
        ) from error
    finally:
        get_reusable_executor().shutdown(wait=True, kill_workers=True)
    return found


def _end_with(parent: int) -> None:
    """End this process soon after ``parent``, which started it, is gone; it would wait minutes for more work."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
