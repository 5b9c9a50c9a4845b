"""The in-process engine gives the outputs that a kernel gives."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import IPython
import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from kkb_eval.build import engine

# matplotlib_inline's own trait handlers
pytestmark = [pytest.mark.filterwarnings("ignore:InlineBackend:DeprecationWarning"), pytest.mark.slow]


def write(path: Path, *cells: Any) -> Path:
    """A notebook of the texts as code cells, without the random cell ids."""
    made = [new_code_cell(cell, id=f"c{i}") if isinstance(cell, str) else cell for i, cell in enumerate(cells)]
    nb = new_notebook(
        cells=made, metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    )
    nbformat.write(nb, path)
    return path


def parameters(source: str) -> Any:
    return new_code_cell(source, id="p", metadata={"tags": ["parameters"]})


def run(folder: Path, *cells: Any, **kwargs: Any) -> list[Any]:
    """The executed code cells of a notebook."""
    nb = papermill.execute_notebook(
        write(folder / "in.ipynb", *cells), folder / "out.ipynb", engine_name="kkb-eval", progress_bar=False, **kwargs
    )
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def outputs(folder: Path, source: str) -> list[Any]:
    return list(run(folder, source)[0].outputs)


def test_the_engine_module_may_be_imported_before_papermill_and_after() -> None:
    for order in ("kkb_eval.build.engine, papermill", "papermill, kkb_eval.build.engine"):
        code = (
            f"import {order}; from papermill.engines import papermill_engines as e; "
            "assert e.get_engine('kkb-eval') is kkb_eval.build.engine.InProcessEngine"
        )
        subprocess.run([sys.executable, "-c", code], check=True)


def test_a_value_a_display_and_the_streams_become_outputs_in_order(tmp_path: Path) -> None:
    source = "import sys\nprint('a'); print('b')\nprint('c', file=sys.stderr)\ndisplay('d')\n'e'"
    shown = [(o.output_type, o.get("name"), o.get("text"), o.get("data")) for o in outputs(tmp_path, source)]
    assert shown == [
        ("stream", "stdout", "a\nb\n", None),
        ("stream", "stderr", "c\n", None),
        ("display_data", None, None, {"text/plain": "'d'"}),
        ("execute_result", None, None, {"text/plain": "'e'"}),
    ]


def test_a_value_before_a_semicolon_is_not_shown(tmp_path: Path) -> None:
    assert outputs(tmp_path, "1 + 1;") == []


def test_a_parameter_replaces_the_default_and_cells_share_names(tmp_path: Path) -> None:
    cells = run(tmp_path, parameters("year: int = 2018  # tahun"), "y = year + 1", "y", parameters={"year": 2022})
    assert cells[-1].outputs[0].data == {"text/plain": "2023"}
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4]


def test_a_display_can_be_updated_and_outputs_cleared(tmp_path: Path) -> None:
    source = "display('a', display_id='x'); from IPython.display import update_display, clear_output\n"
    assert outputs(tmp_path, source + "update_display('b', display_id='x')")[0].data == {"text/plain": "'b'"}
    assert [o.text for o in outputs(tmp_path, "print('a'); " + source + "clear_output(wait=True); print('b')")] == [
        "b\n"
    ]
    assert outputs(tmp_path, source + "clear_output()") == []


def test_images_are_base64_and_top_level_await_works(tmp_path: Path) -> None:
    source = "class P:\n    def _repr_png_(self): return b'\\x89PNG'\nimport asyncio\nawait asyncio.sleep(0)\nP()"
    assert outputs(tmp_path, source)[0].data["image/png"] == "iVBORw=="


def test_a_figure_of_pyplot_is_svg_with_text_and_the_same_in_every_run(tmp_path: Path) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('Kampung KB');"
    first, second = (outputs(tmp_path, source)[0].data["image/svg+xml"] for _ in range(2))
    assert first == second
    assert ">Kampung KB</text>" in first


def test_config_changes_the_figures_of_its_notebook_only(tmp_path: Path) -> None:
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    assert "image/png" in outputs(tmp_path, f"%config InlineBackend.figure_formats = ['png']\n{plot}")[0].data
    assert "image/svg+xml" in outputs(tmp_path, plot)[0].data


def test_a_failing_cell_is_saved_and_raised_and_the_rest_not_run(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError) as raised:
        run(tmp_path, "1", "1 / 0", "print('no')")
    assert (raised.value.exec_count, raised.value.ename, raised.value.evalue) == (
        2,
        "ZeroDivisionError",
        "division by zero",
    )
    saved = [cell for cell in nbformat.read(tmp_path / "out.ipynb", 4).cells if cell.cell_type == "code"]
    assert [[o.output_type for o in cell.outputs] for cell in saved] == [["execute_result"], ["error"], []]
    assert [cell.metadata.papermill.status for cell in saved] == ["completed", "failed", "pending"]


@pytest.mark.parametrize(("source", "ename"), [("x = (", "SyntaxError"), ("import sys; sys.exit(3)", "SystemExit")])
def test_a_cell_that_cannot_be_parsed_or_exits_fails(tmp_path: Path, source: str, ename: str) -> None:
    with pytest.raises(PapermillExecutionError) as raised:
        run(tmp_path, source)
    assert raised.value.ename == ename


def test_blank_cells_text_and_skipped_cells_are_not_run(tmp_path: Path) -> None:
    skipped = new_code_cell("1 / 0", id="s", metadata={"tags": ["skip-execution"]})
    cells = run(tmp_path, " ", new_markdown_cell("1 / 0", id="m"), skipped, "1")
    assert [cell.execution_count for cell in cells] == [None, None, 1]


def test_the_process_is_as_before(tmp_path: Path) -> None:
    before = IPython.get_ipython(), sys.displayhook, sys.stdout, sys.modules["__main__"]
    run(tmp_path, "get_ipython()", "import sys; sys.stdout is sys.__stdout__")
    assert (IPython.get_ipython(), sys.displayhook, sys.stdout, sys.modules["__main__"]) == before


def test_a_kernel_gives_the_same_outputs(tmp_path: Path) -> None:
    cells = (
        parameters('nama: str = ""'),
        "import pandas as pd\nfrom IPython.display import HTML\nprint(nama)",
        "display(HTML('<b>1</b>'))\npd.DataFrame({'a': [1]})",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('Kampung KB')",
        "%config InlineBackend.figure_formats = ['png']\nplt.plot([1, 2]);",
    )
    own = run(tmp_path, *cells, parameters={"nama": "Maja"})
    kernel = papermill.execute_notebook(
        tmp_path / "in.ipynb", None, {"nama": "Maja"}, progress_bar=False, extra_arguments=engine.KERNEL_ARGUMENTS
    ).cells
    assert [(cell.execution_count, cell.outputs) for cell in own] == [(c.execution_count, c.outputs) for c in kernel]
