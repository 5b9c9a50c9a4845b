"""Makes the planned pages that are not current, goes on when one fails, and ends with the index."""

import contextlib
import json
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kkb_eval import __version__, store
from kkb_eval.build import make, workers
from kkb_eval.build.plan import Report
from kkb_eval.current import Result, Status, alone
from kkb_eval.errors import KkbError

SAVE_EVERY = 5.0
"""Seconds after which the results so far are written: a build that is killed does not begin from nothing."""
SAVE_SHARE = 20
"""They are written again after as many times the seconds that writing takes: a nation's are a lot to write."""


def build(
    reports: Sequence[Report],
    out: str | Path,
    *,
    status: Status | None = None,
    jobs: int | None = None,
    force: bool = False,
    bounds: workers.Bounds = workers.BOUNDS,
    scheduler: str | None = None,
    progress: Callable[[int, int, Result | None], None] = lambda done, total, result: None,
) -> list[Result]:
    """Make the pages of ``reports`` that are not current (all with ``force``), then the index of the whole folder.

    A result for each report, in their order. ``status`` is what is known of ``out``, read where it is not given.
    ``jobs`` at once (one a processor that this process may use; a cluster has its own number), each within the
    ``bounds`` of a worker; ``scheduler`` is the address of a cluster that makes them.
    ``progress`` is called before the first page and after each one that is made or failed. KkbError, before any is run,
    for parameters that a notebook does not have and for a cluster that cannot be used.
    """
    out = store.place(out)
    with alone(out):
        status = status or Status(out)
        todo = [report for report in reports if force or not status.current(report.halaman, report.sidik)]
        todo = [replace(report, dibuat=status.made(report.held)) for report in todo]
        check_parameters(todo)
        store.sweep(out)
        jobs = max(1, min(jobs or processors(), len(todo)))
        with _log(out) as log:
            log(peristiwa="mulai", versi=__version__, laporan=len(reports), dikerjakan=len(todo),
                serentak=None if scheduler else jobs, penjadwal=scheduler)  # fmt: skip
            for halaman in sorted({report.halaman for report in reports} - {report.halaman for report in todo}):
                status.record(status.kept(halaman))
                log(peristiwa="laporan", **asdict(status.pages[halaman]))
            try:
                with contextlib.closing(_made(todo, out, jobs, bounds, scheduler)) as running:
                    _follow(running, len(todo), status, log, progress)
            finally:
                status.save()
                store.sweep(out)
            log(peristiwa="selesai")
        write_index(status, [status.pages[halaman] for halaman in sorted(status.pages)])
        return [status.pages[report.halaman] for report in reports]


def _follow(
    running: Iterator[tuple[Report, make.Outcome]],
    total: int,
    status: Status,
    log: Callable[..., None],
    progress: Callable[[int, int, Result | None], None],
) -> None:
    due = time.monotonic() + SAVE_EVERY
    progress(0, total, None)
    for done, (report, outcome) in enumerate(running, 1):
        result = _result(report, outcome)
        status.record(result, outcome.tambahan)
        log(peristiwa="laporan", **asdict(result), jejak=outcome.jejak)
        progress(done, total, result)
        if (begin := time.monotonic()) > due:
            status.save()
            due = time.monotonic() + max(SAVE_EVERY, SAVE_SHARE * (time.monotonic() - begin))


def write_index(status: Status, results: Iterable[Result], to: Path | None = None) -> None:
    """Write the index over ``results``; ``to``: into another folder."""
    from kkb_eval.build import index  # templates and charts: seconds

    index.write(status, results, to)


def check_parameters(reports: Sequence[Report]) -> None:
    """Refuse parameters that a notebook does not have: papermill would only warn and run the notebook's defaults."""
    wrong = []
    for notebook, wanted in {r.notebook: r.parameter.keys() for r in reports if r.notebook}.items():
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
    good = not outcome.galat
    return Result(
        halaman=report.halaman,
        kerja=report.kerja,
        jenis=report.jenis,
        tahun=report.tahun,
        kabupaten=report.kabupaten,
        kecamatan=report.kecamatan,
        status="dibuat" if good else "gagal",
        nama=report.nama,
        detik=outcome.detik,
        mb=outcome.mb,
        sel=outcome.sel,
        galat=outcome.galat,
        sidik=report.sidik if good else "",
        sha256=outcome.sha256,
        angka=report.angka if good else {},
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
