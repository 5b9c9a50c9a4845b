"""What becomes of the pages when a build is killed, the disk is full or read-only, or the data change under it.

Every kind of fault is tried on the same small dataset in two versions: after each, every visible page must be a whole
page of one of the two; after one more build all files must be those of a build that nothing disturbed.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from benchmarks.measure import SAMPLE, Measure
from kkb_eval import store

HARI = "2018-10-15"
KALI = 50
"""Times that a build is killed."""
SISA = (0, 10, 40, 100, 200)
"""Kilobytes that are left on the disk when a build begins."""
BENIH = 20181015
TRACEBACK = "Traceback"
BIN = Path(sys.executable).parent
Files = dict[str, bytes]


@dataclass(frozen=True)
class Faults:
    """What went wrong each time that a fault was tried: nothing, or some lines."""

    apa: str
    salah: tuple[tuple[str, ...], ...]

    @property
    def measure(self) -> Measure:
        """The same as a row of the table of measures."""
        selamat = f"{sum(not lines for lines in self.salah)} dari {len(self.salah)} selamat"
        kata = [line for lines in self.salah for line in lines]
        return Measure(self.apa, lain="; ".join((selamat, *kata)), batas="semua", baik=not kata)


class Office:
    """A folder with a dataset in two versions and what an undisturbed build makes of each."""

    def __init__(self, folder: Path) -> None:
        self.data, self.out = folder / "data", folder / "out"
        self.data.mkdir()
        self.whole: list[Files] = []
        for version in (0, 1):
            begin = time.monotonic()
            self.write(version)
            told = self.build()
            if told.returncode:
                raise SystemExit(told.stderr)
            self.whole.append(shown(self.out))
            self.detik = time.monotonic() - begin  # of one build

    def write(self, version: int) -> None:
        """The exports of twelve Kampung KB of the sample, with one more user of contraceptives in version 1."""
        for jenis in ("rekap", "klasifikasi"):
            frame = pd.read_excel(SAMPLE / "ekspor" / f"{jenis}-{HARI}.xlsx", engine="calamine").head(12)
            if jenis == "rekap":
                frame["Suntik"] += version
            path = self.data / f"{jenis}_{HARI}.csv"
            frame.to_csv(path.with_suffix(".baru"), index=False)
            path.with_suffix(".baru").replace(path)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A build as a user starts it."""
        command = [str(BIN / "kkb-eval"), "build", "--data", str(self.data), "--out", str(self.out)]
        return subprocess.Popen(
            [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def build(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A build to its end."""
        running = self.start(*arguments)
        out, err = running.communicate()
        return subprocess.CompletedProcess(arguments, running.returncode, out, err)

    def torn(self) -> list[str]:
        """Pages that are not whole pages of one of the two versions; an index may also name what failed."""
        return [
            name
            for name, content in shown(self.out).items()
            if name.endswith(".html") and content not in [w.get(name) for w in self.whole]
            if name != "index.html" or not content.rstrip().endswith(b"</html>")
        ]

    def mended(self) -> list[str]:
        """What is wrong after one more build of version 1."""
        self.write(1)
        told = self.build()
        wrong = [told.stderr.strip()] if told.returncode else []
        found = shown(self.out)
        wrong += [f"lain: {name}" for name in sorted(found.keys() | self.whole[1].keys())
                  if found.get(name) != self.whole[1].get(name)]  # fmt: skip
        return wrong + [f"sisa: {path.name}" for path in self.out.rglob(f"{store.TEMPORARY}*")]


def shown(out: Path) -> Files:
    """All that is shared, and the stored tables: what must be the same bytes again."""
    paths = [p for p in out.rglob("*") if p.is_file() and not p.name.startswith(store.TEMPORARY)]
    wanted = [p for p in paths if p.suffix in {".html", ".xlsx", ".parquet"}]
    return {str(path.relative_to(out)): path.read_bytes() for path in wanted}


def killed(office: Office, times: int = KALI) -> Faults:
    """Builds that are killed at random moments, alone or with all their processes, and then one that is not."""
    chance = random.Random(BENIH)
    wrong: list[tuple[str, ...]] = []
    while len(wrong) < times:
        turn = len(wrong)
        office.write(turn % 2)
        running = office.start("--force")
        time.sleep(chance.uniform(0.05, office.detik))
        (os.killpg if turn % 4 > 1 else os.kill)(running.pid, signal.SIGKILL)
        running.communicate()
        wait_for_nobody(running.pid)
        if running.returncode == -signal.SIGKILL:  # else it had ended before, and does not count
            wrong.append(tuple(f"ke-{turn + 1}: {name}" for name in office.torn()))
    wrong[-1] += tuple(office.mended())
    return Faults("build dibunuh (kill -9) pada saat acak", tuple(wrong))


def wait_for_nobody(session: int, seconds: float = 60) -> None:
    """Wait until no process of the session is left."""
    end = time.monotonic() + seconds
    while any(belongs(stat, session) for stat in Path("/proc").glob("[0-9]*/stat")):
        if time.monotonic() > end:
            raise SystemExit(f"proses dari sesi {session} masih berjalan")
        time.sleep(0.05)


def belongs(stat: Path, session: int) -> bool:
    """Whether a process is of the session and runs."""
    try:
        state, _, _, its, *_ = stat.read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return False
    return int(its) == session and state != "Z"


def changed(office: Office) -> Faults:
    """Data that change while the pages are made: the build says so, and the next one makes them again."""
    wrong = []
    office.write(0)
    running = office.start("--force")
    assert running.stdout is not None
    lines = [running.stdout.readline()]
    while lines[-1] and "kabupaten.html" not in lines[-1]:
        lines.append(running.stdout.readline())
    office.write(1)
    out, err = running.communicate()
    if "Data berubah selagi laporan dibuat" not in out or err:
        wrong.append(f"tidak disebut: {out}{err}")
    if found := [name for name, content in shown(office.out).items() if content != office.whole[0][name]]:
        wrong.append(f"bukan dari satu data: {', '.join(found)}")
    return Faults("data berubah selagi laporan dibuat", ((*wrong, *office.mended()),))


def final(office: Office) -> Faults:
    """A year that is marked final, and then other data: refused, and the pages stay."""
    office.write(1)
    office.build()
    toml = office.data / "dataset.toml"
    toml.write_text("[tahun.2018]\nfinal = true\n")
    office.build()
    before = shown(office.out)
    office.write(0)
    told = office.build()
    wrong = [] if told.returncode == 1 and "sudah final" in told.stderr else [f"diterima: {told.stderr}"]
    wrong += [] if shown(office.out) == before else ["halaman lama berubah"]
    toml.unlink()
    return Faults("tahun final yang masukannya berubah", ((*wrong, *office.mended()),))


def full(office: Office) -> Faults:
    """A disk that becomes full: told, and the pages stay whole."""
    salah = []
    for left in SISA:
        wrong = []
        office.write(0)
        office.build()
        filler = office.out / "penuh"
        free = shutil.disk_usage(office.out).free - left * 1024
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free, 1))
        office.write(1)
        told = office.build("--force")
        enough = told.returncode == 0  # what is replaced gives its place back
        if not enough and ("ruang disk habis" not in told.stderr or TRACEBACK in told.stderr):
            wrong.append(f"{left} KB: {told.stderr.strip() or told.stdout}")
        if torn := office.torn():
            wrong.append(f"{left} KB: {', '.join(torn)}")
        filler.unlink()
        salah.append((*wrong, *office.mended()))
    return Faults("disk penuh", tuple(salah))


def read_only(office: Office) -> Faults:
    """Outputs that cannot be written: told, and the pages stay."""
    office.write(0)
    office.build()
    before = shown(office.out)
    subprocess.run(["mount", "-o", "remount,ro", office.out], check=True)
    office.write(1)
    told = office.build()
    wrong = []
    if told.returncode != 1 or "hanya dapat dibaca" not in told.stderr or TRACEBACK in told.stderr:
        wrong.append(told.stderr.strip() or told.stdout)
    wrong += [] if shown(office.out) == before else ["halaman lama berubah"]
    subprocess.run(["mount", "-o", "remount,rw", office.out], check=True)
    return Faults("folder hasil hanya dapat dibaca", ((*wrong, *office.mended()),))


def on_a_small_disk() -> None:
    """The faults of a disk, in this process, which has mounts of its own; told on standard output."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        out.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", out], check=True)
        try:
            office = Office(Path(folder))
            for faults in (full(office), read_only(office)):
                print(json.dumps(asdict(faults)))
        finally:
            subprocess.run(["umount", out], check=True)


def measures() -> Iterator[Measure]:
    """Every kind of fault: how often it was tried, and how often the pages survived it."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        for fault in (killed, changed, final):
            yield fault(office).measure
    own = [*(["unshare", "--map-root-user"] if os.geteuid() else ["unshare"]), "--mount"]
    done = subprocess.run([*own, sys.executable, "-m", "benchmarks.faults", "disk"], capture_output=True, text=True,
                          check=False)  # fmt: skip
    if done.returncode:
        yield Measure("disk penuh, folder hanya dapat dibaca", lain="tidak dicoba: sistem ini tidak mengizinkan mount")
        print(done.stderr, file=sys.stderr)
    for line in done.stdout.splitlines():
        yield Faults(**json.loads(line)).measure


if __name__ == "__main__":
    if sys.argv[1:] == ["disk"]:
        on_a_small_disk()
    else:
        for measure in measures():
            print(f"{measure.apa}: {measure.lain}", flush=True)
