"""Reports one after the other in this process, as a worker makes them, and by turns their bare cells.

Started by ``benchmarks.pages`` with a file of pickled reports; what it measures goes into a JSON file.
"""

import ast
import gc
import json
import pickle
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
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


def main(wanted: str, told: str) -> None:
    reports: list[Report] = pickle.loads(Path(wanted).read_bytes())
    make.prepare()
    for kind in {report.jenis: report for report in reports}.values():
        for first in (cells, whole, page):  # what the first report of a worker does for all
            first(kind)
    gc.collect()
    gc.freeze()  # as in a worker
    found = [
        {
            "sel": timed(cells, report),
            "halaman": timed(page, report),
            "laporan": timed(whole, report),
            "byte": (report.out / report.halaman).stat().st_size,
        }
        for report in reports
    ]
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    Path(told).write_text(json.dumps({"laporan": found, "mb": mb}))


if __name__ == "__main__":
    main(*sys.argv[1:])
