"""Reports one after the other in this process, as a worker makes them, and by turns their bare cells.

The cells run in this process, and in one of their own that has imported all and done nothing, as a kernel would run
them.

Started by ``benchmarks.pages`` with a file of pickled reports; what it measures goes into a JSON file.
"""

import ast
import contextlib
import gc
import json
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from kkb_eval.build import make
from kkb_eval.build.plan import Report
from kkb_eval.current import as_planned


def page(report: Report) -> None:
    """The page alone, without the workbook beside it."""
    whole(replace(report, tambahan=()))


def whole(report: Report) -> None:
    """The report as a build makes it: the notebook run and kept, the page and the workbook beside it written."""
    outcome = make.make(report)
    if not outcome.sha256:
        raise SystemExit(f"{report.halaman}: {outcome.sel} {outcome.galat}")


def cells(report: Report) -> None:
    """The bare cells: their code and the HTML of what each shows, without engine, notebook or page."""
    names: dict[str, object] = {}
    with as_planned(report.kunci):
        run(report, names)


def run(report: Report, names: dict[str, object]) -> None:
    """Run the code cells one after the other with the report's parameters."""
    for cell in json.loads(report.notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), "sel", "exec"), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= report.parameter
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), "sel", "eval"), names)
            getattr(shown, "_repr_html_", str)()


def timed(run: Callable[[Report], None], report: Report) -> dict[str, float]:
    """Clock and processor seconds of one report."""
    begin = time.perf_counter(), time.process_time()
    run(report)
    return {"detik": time.perf_counter() - begin[0], "prosesor": time.process_time() - begin[1]}


def forked(run: Callable[[Report], None], report: Report) -> dict[str, float]:
    """Clock and processor seconds of a fork of this process that runs one report."""
    begin = time.perf_counter()
    child = os.fork()
    if not child:
        run(report)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{report.halaman}: proses berakhir dengan status {status}")
    return {"detik": time.perf_counter() - begin, "prosesor": used.ru_utime + used.ru_stime}


def apart(reports: Sequence[Report]) -> Connection:
    """A process as this one is now; given the number of a report it runs its cells in a fork and gives the seconds."""
    ours, theirs = Pipe()
    if os.fork():
        theirs.close()
        return ours
    ours.close()
    with contextlib.suppress(EOFError):
        while True:
            theirs.send(forked(cells, reports[theirs.recv()]))
    os._exit(0)


def ask(process: Connection, number: int) -> dict[str, float]:
    """The seconds of the cells of a report in a process of its own."""
    process.send(number)
    seconds: dict[str, float] = process.recv()
    return seconds


def main(wanted: str, told: str) -> None:
    reports: list[Report] = pickle.loads(Path(wanted).read_bytes())
    make.prepare()
    fresh = apart(reports)
    for kind in {report.jenis: report for report in reports}.values():
        for first in (cells, whole, page):  # what the first report of a worker does for all
            first(kind)
    gc.collect()
    gc.freeze()  # as in a worker
    found = [
        {
            "sel": ask(fresh, number),
            "sel di sini": timed(cells, report),
            "halaman": timed(page, report),
            "laporan": timed(whole, report),
            "byte": (report.out / report.halaman).stat().st_size,
        }
        for number, report in enumerate(reports)
    ]
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    Path(told).write_text(json.dumps({"laporan": found, "mb": mb}))


if __name__ == "__main__":
    main(*sys.argv[1:])
