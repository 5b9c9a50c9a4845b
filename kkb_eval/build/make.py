"""Makes one report in this process: its notebook run and kept, its page and the file beside it written."""

import os
import random
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kkb_eval import errors, store
from kkb_eval.build import makers
from kkb_eval.build.plan import Report
from kkb_eval.build.workers import Answer
from kkb_eval.current import as_planned, sha256

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""The variables with the threads of numerical libraries: with one each, the reports of a build do not fight."""


@dataclass(frozen=True)
class Outcome:
    """What became of a report: the page's hash, or the failed cell, the last line of the error and its traceback.

    ``detik`` are its seconds, ``mb`` the most memory that its worker was seen to take. ``tambahan`` are the hashes of
    the files that people may write in, as they were made; ``terisi`` are those that someone has written in.
    """

    sha256: str = ""
    sel: str = ""
    galat: str = ""
    jejak: str = ""
    detik: float = 0.0
    mb: int = 0
    tambahan: Mapping[str, str] = field(default_factory=dict)
    terisi: tuple[str, ...] = ()


def prepare() -> Callable[[Report], Outcome]:
    """Import what reports import, once for all reports of this process, and return ``make``."""
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, "1")
    import numpy as np
    import papermill  # noqa: F401

    from kkb_eval import evaluation  # noqa: F401
    from kkb_eval.build import leftovers  # noqa: F401
    from kkb_eval.report import page, sections  # noqa: F401

    # the same in every worker, for a notebook that draws without a seed
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    return make


def make(report: Report) -> Outcome:
    """Run a report's notebook, keep it executed, and write its page; what fails is in the outcome.

    Relative paths in its parameters start from the folder of this process, which is afterwards as it was before.
    """
    start = time.perf_counter()
    with as_planned(report.kunci):
        made = _page(report, report.notebook) if report.notebook else _document(report)
    kept = tuple(name for name, digest in made.tambahan.items() if sha256(report.out / name) != digest)
    return replace(made, terisi=kept, detik=round(time.perf_counter() - start, 3))


def outcome(answer: Answer[Outcome]) -> Outcome:
    """The outcome that a worker gave for a report, or what is to be said of one that gave none."""
    if answer.result is None:
        return Outcome(galat=answer.reason, jejak=answer.trace, mb=answer.mb)
    return replace(answer.result, mb=answer.mb)


def _page(report: Report, notebook: Path) -> Outcome:
    import papermill

    from kkb_eval.report.page import to_html

    page = report.out / report.halaman
    try:
        nb = _run(report, notebook)
        beside = makers.beside(report)
        with store.atomic(page) as temporary:
            temporary.write_text(to_html(nb), "utf-8", newline="\n")
    except papermill.PapermillExecutionError as error:
        return Outcome(sel=f"In [{error.exec_count}]", galat=_last_line(error.ename, error.evalue), jejak=str(error))
    except Exception as error:
        return failed(error)
    return Outcome(sha256=sha256(page), tambahan=beside)


def _run(report: Report, notebook: Path) -> Any:
    """Run the notebook and keep it executed, also where a cell failed."""
    import papermill

    from kkb_eval.build import engine, leftovers

    kept = report.out / report.kerja
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.unlink(missing_ok=True)
    with leftovers.put_back():
        return papermill.execute_notebook(
            unformatted(notebook),
            unformatted(kept),
            dict(report.parameter),
            engine_name=engine.NAME,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
        )


def _document(report: Report) -> Outcome:
    """Write a document; one that someone has written in is kept."""
    try:
        made = makers.document(report)
        return Outcome(sha256=made[report.halaman], tambahan=made)
    except errors.KkbError as error:
        return Outcome(galat="; ".join(error.pesan.splitlines()))
    except Exception as error:
        return failed(error)


def failed(error: Exception) -> Outcome:
    """A full disk, or a bug: one report's failure too; the log keeps the traceback."""
    told = errors.of_system(error) if isinstance(error, OSError) else None
    return Outcome(galat=told or _last_line(type(error).__name__, str(error)), jejak=traceback.format_exc())


def unformatted(path: Path) -> str:
    """The path for papermill, which would replace {names} in it by parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _last_line(name: str, text: str) -> str:
    """The last line of an error as Python prints it; of a user's problem its words only."""
    if name == "MemoryError":
        return "memori habis"
    line = (text.strip().splitlines() or [""])[-1]
    return line if hasattr(errors, name) else f"{name}: {line}".removesuffix(": ")
