"""All reports of the sample by this version and by the last one with forked processes, by turns in the same run."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import metadata
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import Measure, number
from kkb_eval import store

COMMIT = "ec11d1c"
"""The last commit whose builds forked a process for each report."""
NEEDS = "pebble~=5.2"
"""What that version needs and this one does not."""
PART = 0.7
"""Of its seconds."""
TURNS = 3


def measures(folder: Path) -> Iterator[Measure]:
    """Seconds of both builds, each the best of its turns; or why they could not be compared on this machine."""
    apa = "semua laporan data/contoh, persiapan termasuk"
    old = folder / "dahulu"
    try:
        if why := checked_out(old, folder / "paket"):
            yield Measure(f"{apa}, dibanding sebelum ada pekerja", lain=f"tidak diukur: {why}")
            return
        versions = {"kini": (store.ROOT, []), "dahulu": (old, [str(folder / "paket")])}
        for name, (root, paths) in versions.items():
            kkb_eval(root, paths, "evaluate", folder / f"out-{name}")
        seconds: dict[str, list[float]] = {name: [] for name in versions}
        for _ in range(TURNS):
            for name, (root, paths) in versions.items():
                seconds[name].append(kkb_eval(root, paths, "build", folder / f"out-{name}", "--force"))
        now, then = (min(seconds[name]) for name in versions)
        reports = len(list((folder / "out-kini/laporan").rglob("*.html")))
        part = now / then
        lain = f"{reports} halaman; {number(part)} kali versi {COMMIT}"
        yield Measure(apa, now, None, lain, f"{number(PART, 1)} kali", part <= PART)
        yield Measure(f"versi {COMMIT}, bergiliran", then, None, f"terbaik dari {TURNS}", pembanding=True)
    finally:
        git("worktree", "remove", "--force", str(old))


def checked_out(old: Path, packages: Path) -> str:
    """Check the commit out and make sure that it can run; "" or why it cannot."""
    if shutil.which("git") is None or git("cat-file", "-e", f"{COMMIT}^{{commit}}"):
        return f"commit {COMMIT} tidak ada di salinan ini"
    if git("worktree", "add", "--detach", str(old), COMMIT):
        return f"commit {COMMIT} tidak dapat dibuka dengan git worktree"
    # what is installed names the engine of this version
    known = old / "kkb_eval-0.1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text(str(metadata("kkb_eval")), "utf-8")
    (known / "entry_points.txt").write_text("[papermill.engine]\nkkb-eval = kkb_eval.report.engine:InProcessEngine\n")
    if find_spec("pebble") is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(packages), NEEDS]
        if subprocess.run(pip, capture_output=True, check=False).returncode:
            return f"{NEEDS} tidak dapat dipasang"
    return ""


def git(*words: str) -> int:
    """The status of a git command in this repository."""
    return subprocess.run(["git", *words], cwd=store.ROOT, capture_output=True, check=False).returncode


def kkb_eval(root: Path, paths: list[str], command: str, out: Path, *words: str) -> float:
    """Seconds that a command of the version in ``root`` takes for the sample."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *paths])}
    line = [sys.executable, "-m", "kkb_eval", command, "--data", "data/contoh", "--out", str(out), *words]
    begin = time.perf_counter()
    done = subprocess.run(line, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(line)}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begin
