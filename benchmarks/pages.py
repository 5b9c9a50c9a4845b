"""Pages: bytes and processor time, and seconds a report beside the command lines of papermill and nbconvert."""

import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.measure import Measure, Source, lebak, number, timed_commands
from kkb_eval import store
from kkb_eval.report import batch, plan
from kkb_eval.report.plan import Report

BATAS_KECAMATAN = 400_000
BATAS_KABUPATEN = 1_000_000
BATAS_SEL = 0.5
PEMBANDING = 3
"""Reports made by the command lines: each takes several seconds."""
BIN = Path(sys.executable).parent


def measures() -> Iterator[Measure]:
    """The pages of one year: all kecamatan and the kabupaten."""
    source = lebak()
    with tempfile.TemporaryDirectory() as folder:
        reports = planned(source, Path(folder) / "out")
        kecamatan = [r for r in reports if r.jenis == "kecamatan"]
        found = measured(reports, Path(folder))
        yield from sizes(source, reports, found)
        yield from speed(source, kecamatan, found, Path(folder))


def planned(source: Source, out: Path) -> list[Report]:
    """The reports of the year, evaluated before, so that no measure has the evaluation in it."""
    years = plan.evaluated(source.folder, out)
    wanted = plan.Selection(tahun=[source.tahun], jenis=["kabupaten", "kecamatan"])
    return plan.plan(years, source.folder, out, wanted)


def measured(reports: Sequence[Report], folder: Path) -> dict[str, Any]:
    """What ``benchmarks.rehearsed`` measures of every report, by its page."""
    wanted, told = folder / "laporan.pickle", folder / "hasil.json"
    wanted.write_bytes(pickle.dumps(list(reports)))
    subprocess.run([sys.executable, "-m", "benchmarks.rehearsed", wanted, told], check=True, cwd=store.AKAR)
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def sizes(source: Source, reports: Sequence[Report], found: dict[str, Any]) -> Iterator[Measure]:
    """Each kind of page: its bytes and the processor time of its cells, the largest of all pages."""
    for jenis, batas in (("kecamatan", BATAS_KECAMATAN), ("kabupaten", BATAS_KABUPATEN)):
        own = [found[r.halaman] for r in reports if r.jenis == jenis]
        size, cells = max(o["byte"] for o in own), max(o["sel"]["prosesor"] for o in own)
        few = jenis == "kecamatan"
        yield Measure(
            f"halaman {jenis} terbesar dari {len(own)}, {source.nama}: sel-selnya",
            max(o["sel"]["detik"] for o in own),
            cells,
            f"{number(size / 1000, 0)} KB",
            f"{number(batas / 1000, 0)} KB" + (" dan 0,5 detik prosesor" if few else ""),
            size < batas and (cells < BATAS_SEL or not few),
        )


def speed(source: Source, reports: Sequence[Report], found: dict[str, Any], folder: Path) -> Iterator[Measure]:
    """Seconds a kecamatan report: our batch, a single fork, the bare cells, the command lines."""
    name = f"per laporan kecamatan, {source.nama}"
    for jobs in (1, None):
        begin = time.perf_counter()
        results = batch.build(reports, reports[0].out, jobs=jobs, force=True)
        seconds = (time.perf_counter() - begin) / len(reports)
        if failed := [f"{r.halaman}: {r.sel} {r.galat}" for r in results if r.status == "gagal"]:
            raise SystemExit("\n".join(failed))
        serentak = "satu per satu" if jobs else "serentak"
        lain = f"{len(reports)} laporan, persiapan dan daftar isi termasuk"
        yield Measure(f"kkb-eval {serentak}, {name}", seconds, lain=lain)
    for kind, apa in (("laporan", "satu proses hasil fork"), ("sel", "sel-selnya saja")):
        own = [found[r.halaman][kind] for r in reports]
        lain = f"puncak memori {number(max(o['mb'] for o in own), 0)} MB"
        yield Measure(apa, mean(o["detik"] for o in own), mean(o["prosesor"] for o in own), lain, pembanding=True)
    few = reports[:PEMBANDING]
    clock, processor = timed_commands(lambda: command_lines(few, folder))
    lain = f"{len(few)} laporan satu per satu"
    yield Measure("papermill + jupyter nbconvert", clock / len(few), processor / len(few), lain, pembanding=True)


def command_lines(reports: Sequence[Report], folder: Path) -> None:
    """The notebooks of the reports by the usual tools, from the command line, one after the other."""
    for report in reports:
        done = str(folder / f"{Path(report.halaman).stem}.ipynb")
        names = [word for name, value in report.parameter.items() for word in ("-p", name, str(value))]
        papermill = [str(BIN / "papermill"), str(report.notebook), done, *names, "--no-progress-bar"]
        nbconvert = [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", done]
        for command in (papermill, nbconvert):
            subprocess.run(command, check=True, capture_output=True, cwd=store.AKAR)
