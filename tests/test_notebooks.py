"""The notebooks are plain: parameters, imports, one call a cell; committed without a run."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from kkb_eval import store
from kkb_eval.report import kinds, sections
from kkb_eval.report.kinds import ours

NOTEBOOKS = sorted((store.ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While, ast.Try,
    ast.TryStar, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.With,
)  # fmt: skip
LOOPS = (ast.For, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
MAY_LOOP = {"jelajah"}
PALING_BANYAK = 6
"""Lines of a cell."""

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
LAPORAN = [
    p for p in NOTEBOOKS if p.name in {k.notebook.name for k in ours().values() if k.notebook} - {"paparan.ipynb"}
]


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


def code(path: Path) -> list[tuple[dict[str, Any], str]]:
    """The code cells with their source."""
    return [(c, "".join(c["source"])) for c in read(path)["cells"] if c["cell_type"] == "code"]


def tags(cell: dict[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def parameters(path: Path) -> str:
    (source,) = (source for cell, source in code(path) if "parameters" in tags(cell))
    return source


@each_notebook
def test_one_cell_has_the_parameters_and_it_is_the_first_with_code(path: Path) -> None:
    assert [i for i, (cell, _) in enumerate(code(path)) if "parameters" in tags(cell)] == [0]


@each_notebook
def test_every_parameter_is_a_name_a_type_a_default_and_a_help(path: Path) -> None:
    for line in parameters(path).splitlines():
        assert re.fullmatch(r'[a-z_]+: (?:int|str|float|bool) = (?:"[^"]*"|\d+)  # \S.*', line), line


@each_notebook
def test_the_parameters_are_those_that_the_plan_gives(path: Path) -> None:
    kinds = {kind.notebook.name: kind for kind in ours().values() if kind.notebook}
    wanted = {"kabupaten", "data", "out"}
    if path.name in kinds:
        kind = kinds[path.name]
        wanted |= {"kabupaten": {"year"}, "kecamatan": {"year", "kecamatan"}}.get(kind.per, set())
    assert {line.partition(":")[0] for line in parameters(path).splitlines()} == wanted


@each_notebook
def test_no_cell_programs(path: Path) -> None:
    allowed = LOOPS if path.stem in MAY_LOOP else ()
    found = [
        f"{cell['id']}: {type(node).__name__}"
        for cell, source in code(path)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, FORBIDDEN) and not isinstance(node, allowed)
    ]
    assert found == []


@each_notebook
def test_no_cell_is_long(path: Path) -> None:
    assert [c["id"] for c, source in code(path) if len(source.splitlines()) > PALING_BANYAK] == []


@each_notebook
def test_the_notebook_is_committed_without_a_run(path: Path) -> None:
    assert [c["id"] for c, _ in code(path) if c["outputs"] or c["execution_count"] is not None] == []


@each_notebook
def test_cell_ids_are_names_of_this_notebook_and_unique(path: Path) -> None:
    ids = [c["id"] for c in read(path)["cells"]]
    assert [i for i in ids if not re.fullmatch(rf"{path.stem}-\w+", i)] == []
    assert len(set(ids)) == len(ids)


@each_notebook
def test_the_metadata_name_a_kernel_and_no_machine(path: Path) -> None:
    metadata = {name: value for name, value in read(path)["metadata"].items() if name != kinds.METADATA}
    assert metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


@each_notebook
def test_every_section_that_is_called_exists(path: Path) -> None:
    called = {name for _, source in code(path) for name in re.findall(r"\bsections\.(\w+)", source)}
    assert called <= set(sections.__all__)


@pytest.mark.parametrize("path", LAPORAN, ids=lambda path: path.stem)
def test_a_report_has_one_head_and_its_sections_have_headings(path: Path) -> None:
    cells = read(path)["cells"]
    assert sum("kepala" in tags(c) for c in cells) == 1
    headings = ["".join(c["source"]).splitlines()[0] for c in cells if c["cell_type"] == "markdown"]
    assert [h for h in headings if not h.startswith("## ")] == []
    assert len(set(headings)) == len(headings) > 0
