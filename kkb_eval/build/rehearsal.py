"""What every report's process has done before it is forked: this module is only imported by the fork server.

Its import imports all that the notebooks and the report package import and does once, on nothing, what reports do: a
notebook run, a figure drawn, a page rendered, a table read. No fit and no second Python thread: a fork would have
their locks without the threads that free them.
"""

import ast
import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import shutil
from datetime import date
from typing import Any

from kkb_eval.build import forks
from kkb_eval.build.worker import one_thread

one_thread()  # before numpy is imported
gc.disable()

CELL = """\
import pandas as pd
from kkb_eval.report.charts.statistical import member_map
anggota = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [0.0, 1, 1, 0], "tipe": [1, 1, 1, 2]})
member_map(anggota, {1: "a", 2: "b"}, judul="", keterangan="", sumber="")"""


def _code(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "metadata": {"tags": tags}, "outputs": [], "execution_count": None}


NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 4,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "cells": [
        _code("nama: str = ''", "parameters"),
        {"cell_type": "markdown", "source": "## Bagian\n\nPengantar.", "metadata": {}},
        _code(CELL),
    ],
}


def rehearse() -> None:
    """Import what reports import and run a small report to its page, which is thrown away."""
    import nbformat
    import papermill

    from kkb_eval import report
    from kkb_eval.build import engine
    from kkb_eval.documents import action_plan_book
    from kkb_eval.report.page import to_html

    for module in pkgutil.walk_packages(report.__path__, f"{report.__name__}."):
        if module.name != __name__:
            importlib.import_module(module.name)
    import_of_notebooks()
    nb = papermill.execute_notebook(
        nbformat.from_dict(NOTEBOOK),  # type: ignore[no-untyped-call]
        None,
        {"nama": "a"},
        engine_name=engine.NAME,
        progress_bar=False,
    )
    to_html(nb)
    nb.cells[-1].metadata["slideshow"] = {"slide_type": "slide"}
    to_html(nb)
    action_plan_book.write(io.BytesIO(), action_plan_book.Rtl("a", "a", 2018, True, date(2018, 1, 1), []))
    read_what_all_read()
    engine.prepare()


def import_of_notebooks() -> None:
    """Run the import lines of every report's notebook."""
    from kkb_eval.build.plan import NOTEBOOKS
    from kkb_eval.report.kinds import KINDS

    for jenis in KINDS.values():
        for cell in json.loads((NOTEBOOKS / jenis.notebook).read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                tree = ast.parse("".join(cell["source"]))
                tree.body = [line for line in tree.body if isinstance(line, ast.Import | ast.ImportFrom)]
                exec(compile(tree, jenis.notebook, "exec"), {})


def read_what_all_read() -> None:
    """The catalogues, every template and, from memory, a table as they are stored."""
    import jinja2
    import pandas as pd
    import pyarrow.compute  # noqa: F401  (what the store reads with)
    from pyarrow import parquet

    from kkb_eval.intake import catalogue
    from kkb_eval.report.html import environment

    for name in catalogue.TABLES:
        getattr(catalogue.read_catalogue(), name)
    stored = pd.DataFrame({"kabupaten": ["a"], "nilai": [1.0]}).to_parquet(None)
    parquet.ParquetFile(io.BytesIO(stored), pre_buffer=False).read_row_groups([0], use_threads=False)
    templates = environment()
    for name in templates.list_templates(extensions=["j2"]):
        # those of nbconvert use filters that only its own environment has
        with contextlib.suppress(jinja2.TemplateError):
            templates.get_template(name)


@atexit.register
def _forget_the_socket() -> None:
    """Remove the build's socket, which a killed build leaves; this server ends when the build does."""
    if folder := os.environ.get(forks.SOCKET):
        shutil.rmtree(folder, ignore_errors=True)


with contextlib.suppress(Exception):
    # what fails here fails again in the reports that use it, and is told there
    rehearse()
forks.bind_forks()
gc.freeze()
gc.enable()
