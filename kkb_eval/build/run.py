"""Makes the planned pages that are not current, goes on when one fails, and ends with the index."""

import contextlib
import json
import os
import platform
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kkb_eval import __version__, store
from kkb_eval.build import make, minutes_plan, workers
from kkb_eval.build.pages import Pages, Result
from kkb_eval.build.plan import Report
from kkb_eval.errors import KkbError

SAVE_EVERY = 5.0
"""Seconds after which the results so far are written: a build that is killed does not begin from nothing."""
SAVE_SHARE = 20
"""They are written again after as many times the seconds that writing takes: a nation's are a lot to write."""


@contextlib.contextmanager
def alone(out: str | Path, wait: Callable[[str], None] = lambda holder: None) -> Iterator[None]:
    """No other build in this folder while the block runs; ``wait`` is told who has it, if it has to be waited for."""
    folder = store.place(out) / "kerja"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "build.lock", is_singleton=True)
    # the lock's own file is emptied by whoever waits for it
    holder = folder / "build.pemakai"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        wait(holder.read_text("utf-8") if holder.exists() else "")
        lock.acquire()
    try:
        if lock.lock_counter == 1:
            holder.write_text(f"proses {os.getpid()} di {platform.node()} sejak {datetime.now():%H.%M}", "utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            holder.unlink(missing_ok=True)
        lock.release()


def build(
    reports: Sequence[Report],
    out: str | Path,
    *,
    jobs: int | None = None,
    force: bool = False,
    bounds: workers.Bounds = workers.BOUNDS,
    scheduler: str | None = None,
    progress: Callable[[int, int, Result | None], None] = lambda done, total, result: None,
) -> list[Result]:
    """Make the pages of ``reports`` that are not current (all with ``force``), then the index of the whole folder.

    A result for each report, in their order. ``jobs`` at once (one a processor that this process may use; a cluster has
    its own number), each within the ``bounds`` of a worker; ``scheduler`` is the address of a cluster that makes them.
    ``progress`` is called before the first page and after each one that is made or failed. KkbError, before any is run,
    for parameters that a notebook does not have and for a cluster that cannot be used.
    """
    out = store.place(out)
    with alone(out):
        pages = Pages(out)
        todo = [report for report in reports if force or not pages.current(report)]
        check_parameters([report for report in todo if report.jenis != minutes_plan.KIND])
        store.sweep(out)
        jobs = max(1, min(jobs or processors(), len(todo)))
        with _log(out) as log:
            log(peristiwa="mulai", versi=__version__, laporan=len(reports), dikerjakan=len(todo),
                serentak=None if scheduler else jobs, penjadwal=scheduler)  # fmt: skip
            for halaman in sorted({report.halaman for report in reports} - {report.halaman for report in todo}):
                pages.record(replace(pages.hasil[halaman], status="tetap", detik=0.0, mb=0))
                log(peristiwa="laporan", **asdict(pages.hasil[halaman]))
            try:
                with contextlib.closing(_made(todo, out, jobs, bounds, scheduler)) as running:
                    _follow(running, len(todo), pages, log, progress)
            finally:
                pages.save()
                store.sweep(out)
            log(peristiwa="selesai")
        write_index(out, [pages.hasil[halaman] for halaman in sorted(pages.hasil)])
        return [pages.hasil[report.halaman] for report in reports]


def _follow(
    running: Iterator[tuple[Report, make.Outcome]],
    total: int,
    pages: Pages,
    log: Callable[..., None],
    progress: Callable[[int, int, Result | None], None],
) -> None:
    due = time.monotonic() + SAVE_EVERY
    progress(0, total, None)
    for done, (report, outcome) in enumerate(running, 1):
        result = _result(report, outcome)
        pages.record(result)
        log(peristiwa="laporan", **asdict(result), jejak=outcome.jejak)
        progress(done, total, result)
        if (begin := time.monotonic()) > due:
            pages.save()
            due = time.monotonic() + max(SAVE_EVERY, SAVE_SHARE * (time.monotonic() - begin))


def write_index(out: Path, results: Sequence[Result], to: Path | None = None) -> None:
    """The index over everything that this build and the earlier ones made or failed to make; ``to``: where it goes."""
    from kkb_eval.build import index  # templates and charts: seconds

    index.write(out, results, to)


def check_parameters(reports: Sequence[Report]) -> None:
    """Refuse parameters that a notebook does not have: papermill would only warn and run the notebook's defaults."""
    wrong = []
    for notebook, wanted in {report.notebook: report.parameter.keys() for report in reports}.items():
        wrong += [
            f'{notebook}: sel "parameters" tidak memuat "{name}"; tambahkan baris {name}: tipe = nilai awal'
            for name in sorted(wanted - _parameters(notebook))
        ]
    if wrong:
        raise KkbError("\n".join(wrong))


def _parameters(notebook: Path) -> set[str]:
    """The names in a notebook's parameters cell, as papermill understands them."""
    import nbformat
    from papermill.translators import PythonTranslator

    try:
        cells = nbformat.read(notebook, as_version=4).cells  # type: ignore[no-untyped-call]
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise KkbError(f"{notebook}: bukan notebook yang utuh ({error}); buka dan simpan lagi di Jupyter") from error
    tagged = [cell for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    return {parameter.name for parameter in PythonTranslator.inspect(tagged[0])} if tagged else set()


def _result(report: Report, outcome: make.Outcome) -> Result:
    good = bool(outcome.sha256)
    return Result(
        halaman=report.halaman,
        kerja=report.kerja,
        jenis=report.jenis,
        tahun=report.tahun,
        kabupaten=report.kabupaten,
        kecamatan=report.kecamatan,
        status="dibuat" if good else "gagal",
        detik=outcome.detik,
        mb=outcome.mb,
        sel=outcome.sel,
        galat=outcome.galat,
        sidik=report.sidik if good else "",
        sha256=outcome.sha256,
        tambahan=report.tambahan if good else (),
        terisi=outcome.terisi,
    )


def _made(
    todo: Sequence[Report], out: Path, jobs: int, bounds: workers.Bounds, scheduler: str | None
) -> Generator[tuple[Report, make.Outcome], None, None]:
    """Make the reports, by a cluster or by workers of this machine, and yield each with its outcome as it ends."""
    if scheduler is not None:
        from kkb_eval.build import cluster

        yield from cluster.run(todo, scheduler, out, bounds)
        return
    for report, answer in workers.run(todo, make.prepare, jobs=jobs, bounds=bounds):
        yield report, make.outcome(answer)


def processors() -> int:
    """The processors that this process may use; of a container its share, LOKY_MAX_CPU_COUNT sets fewer."""
    import joblib

    return int(joblib.cpu_count())


@contextlib.contextmanager
def _log(out: Path) -> Iterator[Callable[..., None]]:
    """Writes events of a build, one JSON object a line, to a new file in ``kerja/log``."""
    folder = out / "kerja" / "log"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{datetime.now():%Y%m%dT%H%M%S-%f}.jsonl").open("w", encoding="utf-8") as file:

        def log(**event: Any) -> None:
            line = {"waktu": datetime.now().isoformat(timespec="milliseconds"), **event}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()

        yield log
