"""What every report's process has done before it is forked: this module is only imported by the fork server.

Its import imports all that reports need and does once, on nothing, what they do: a notebook run, a figure drawn, a
page rendered. No fit and no second Python thread: a fork would have their locks without the threads that free them.
"""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import tempfile
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    # before numpy is imported: one report, one thread
    os.environ.setdefault(_name, "1")
gc.disable()

SEL = """\
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
        {"cell_type": "markdown", "source": "## Bagian", "metadata": {}},
        _code(SEL),
    ],
}


def rehearse() -> None:
    """Import what reports import and run a small report to its page, which is thrown away."""
    import jinja2
    import papermill
    import pyarrow.dataset  # noqa: F401  (pandas imports it with the first parquet file)

    from kkb_eval import report
    from kkb_eval.report import engine
    from kkb_eval.report.rendering import environment, to_html

    for module in pkgutil.walk_packages(report.__path__, f"{report.__name__}."):
        if module.name != __name__:
            importlib.import_module(module.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "geladi.ipynb"
        path.write_text(json.dumps(NOTEBOOK))
        nb = papermill.execute_notebook(path, None, {"nama": "a"}, engine_name=engine.NAMA, progress_bar=False)
    to_html(nb)
    nb.cells[-1].metadata["slideshow"] = {"slide_type": "slide"}
    to_html(nb)
    templates = environment()
    for name in templates.list_templates(extensions=["j2"]):
        # those of nbconvert use filters that only its own environment has
        with contextlib.suppress(jinja2.TemplateError):
            templates.get_template(name)


with contextlib.suppress(Exception):
    # what fails here fails again in the reports that use it, and is told there
    rehearse()
gc.freeze()
gc.enable()
