"""Reports one after the other, each in a fork of this rehearsed process, measured as the system counts them.

Started by ``benchmarks.pages`` with a file of pickled reports; what it measures goes into a JSON file.
"""

# first of all, as in the fork server: it sets the threads before numpy is imported
from kkb_eval.build import rehearsal  # noqa: F401  # isort: skip

import ast
import json
import os
import pickle
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from kkb_eval.build import worker
from kkb_eval.build.plan import Report
from kkb_eval.manifest import as_planned


def page(report: Report) -> None:
    """The page alone, without the workbook beside it."""
    whole(replace(report, tambahan=()))


def whole(report: Report) -> None:
    """The report as a build makes it: the notebook run and kept, the page and the workbook beside it written."""
    outcome = worker.make(report, None)
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


def forked(run: Callable[[Report], None], report: Report) -> dict[str, float]:
    """Clock and processor seconds of a fork that runs one report, and its peak memory in MB."""
    begin = time.perf_counter()
    child = os.fork()
    if not child:
        run(report)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{report.halaman}: proses berakhir dengan status {status}")
    return {
        "detik": time.perf_counter() - begin,
        "prosesor": used.ru_utime + used.ru_stime,
        "mb": used.ru_maxrss / 1024,
    }


def main(wanted: str, told: str) -> None:
    reports: list[Report] = pickle.loads(Path(wanted).read_bytes())
    found = [
        {
            "laporan": forked(whole, report),
            "halaman": forked(page, report),
            "sel": forked(cells, report),
            "byte": size(report),
        }
        for report in reports
    ]
    Path(told).write_text(json.dumps(found))


def size(report: Report) -> int:
    """The bytes of the page."""
    return (report.out / report.halaman).stat().st_size


if __name__ == "__main__":
    main(*sys.argv[1:])
