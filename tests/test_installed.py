"""The wheel is whole: installed somewhere else, it makes pages in an empty folder, without this repository."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import kkb_eval
from kkb_eval import store

pytestmark = pytest.mark.slow

ROOT = store.ROOT
BUNDLED = "kkb_eval/bundled"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by its own backend, which the developers' environment has: no download."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


def test_the_wheel_carries_every_notebook_and_catalogue_and_the_sample_but_not_what_it_is_made_from(
    names: set[str],
) -> None:
    tracked = subprocess.run(["git", "ls-files", "data", "notebooks"], check=True, capture_output=True, cwd=ROOT)
    wanted = {
        f"{BUNDLED}/{name}"
        for name in tracked.stdout.decode().splitlines()
        if not name.startswith("data/contoh/bahan/") and not (name.startswith("data/contoh/") and name.endswith(".py"))
    }
    assert {name for name in names if name.startswith(f"{BUNDLED}/")} == wanted


def test_the_wheel_carries_the_package_and_nothing_beside_it(names: set[str]) -> None:
    package = [path for path in store.PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in package} <= names
    assert {name.split("/")[0] for name in names} == {"kkb_eval", f"kkb_eval-{kkb_eval.__version__}.dist-info"}


def test_the_version_stands_once(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert ("version" in project, project["dynamic"]) == (False, ["version"])
    assert wheel.name == f"kkb_eval-{kkb_eval.__version__}-py3-none-any.whl"


@dataclass(frozen=True)
class Installed:
    """An environment of its own with the wheel, and an empty folder to work in."""

    environment: Path
    folder: Path

    def run(self, *command: str) -> str:
        """Return what a program of the environment prints; it sees neither this checkout nor its settings."""
        programs = self.environment / ("Scripts" if os.name == "nt" else "bin")
        words = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "KKB_EVAL"))}
        done = subprocess.run(
            [str(programs / command[0]), *command[1:]],
            capture_output=True,
            text=True,
            cwd=self.folder,
            timeout=300,
            env=words | {"JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")), "PYTHONUTF8": "1"},
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Warning" not in done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh environment; the packages that it needs are those of this one."""
    environment, folder = tmp_path_factory.mktemp("lingkungan"), tmp_path_factory.mktemp("kosong")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    made = Installed(environment, folder)
    site = made.run("python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    # the folders themselves: their own .pth files, one of which leads to this checkout, are not read
    others = [path for path in sys.path if path.endswith("site-packages")]
    Path(site, "others.pth").write_text("\n".join(others))
    pip = ["-m", "pip", "--python", str(environment), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, *pip, "--ignore-installed", str(wheel)], check=True)
    return made


def test_what_runs_is_the_installed_package(installed: Installed) -> None:
    code = "import kkb_eval; from kkb_eval import store; print(kkb_eval.__file__); print(store.ROOT)"
    package, root = map(Path, installed.run("python", "-c", code).splitlines())
    assert package.is_relative_to(installed.environment)
    assert root == package.parent / "bundled"


def test_the_installed_command_makes_three_pages_in_an_empty_folder(installed: Installed) -> None:
    shutil.copytree(ROOT / "data" / "contoh" / "ekspor", installed.folder / "D" / "ekspor")
    three = ("--year", "2018", "--kecamatan", "Maja", "--kecamatan", "Sajira", "--kecamatan", "Cimarga")
    told = installed.run("kkb-eval", "build", "--data", "D", "--out", "O", "--jobs", "1", *three)
    assert "3 laporan: 3 dibuat" in told
    pages = sorted((installed.folder / "O" / "laporan").glob("*/2018/kecamatan/*.html"))
    assert [page.stem for page in pages] == ["cimarga", "maja", "sajira"]
    for page in pages:
        text = page.read_text("utf-8")
        assert "</html>" in text and str(ROOT) not in text and str(installed.environment) not in text
    assert {path.name for path in installed.folder.iterdir()} == {"D", "O"}


def test_without_data_the_installed_command_shows_the_sample(installed: Installed) -> None:
    told = installed.run("kkb-eval", "list", "--year", "2018", "--jenis", "kabupaten")
    assert told.split() == ["laporan/lebak/2018/kabupaten.html", "(akan", "dibuat)"]
