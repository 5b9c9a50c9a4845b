"""Pages: bytes and processor time, and seconds a report beside the command lines of papermill and nbconvert."""

import json
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import before, national
from benchmarks.measure import Measure, Source, lebak, number, timed_commands
from kkb_eval import store
from kkb_eval.build import plan, run
from kkb_eval.build.plan import Report

BATAS_KECAMATAN = 400_000
BATAS_KABUPATEN = 1_000_000
MAX_CELLS = 0.5
PEMBANDING = 3
"""Reports made by the command lines: each takes several seconds."""
KALI = 30
"""How many times as many reports a second as the command lines, one after the other."""
CELL = 1.05
"""The processor seconds of a page, beside those of its bare cells."""
LAGI = 2
"""Seconds of a build with nothing to do, of 90 reports."""
NEGARA = 32_740
TUMBUH = 0.15
"""How much more seconds or memory a page may cost in a nation."""
BIN = Path(sys.executable).parent


def measures() -> Iterator[Measure]:
    """The pages of one year: all kecamatan and the kabupaten."""
    source = lebak()
    with tempfile.TemporaryDirectory() as folder:
        reports = planned(source, Path(folder) / "out")
        kecamatan = [r for r in reports if r.jenis == "kecamatan"]
        found = dict(zip((r.halaman for r in reports), measured(reports, Path(folder))[0], strict=True))
        yield from sizes(source, reports, found)
        yield from speed(source, kecamatan, found, Path(folder))
        yield from unchanged(source, Path(folder) / "lagi")
        yield from before.measures(Path(folder))
        yield from growth(source, kecamatan, Path(folder))


def planned(source: Source, out: Path, kabupaten: Sequence[str] = ()) -> list[Report]:
    """The reports of the year, evaluated before, so that no measure has the evaluation in it."""
    years = plan.evaluated(source.folder, out)
    wanted = plan.Selection(tahun=[source.tahun], kabupaten=kabupaten, jenis=["kabupaten", "kecamatan"])
    return plan.plan(years, source.folder, out, wanted)


def measured(reports: Sequence[Report], folder: Path) -> tuple[list[dict[str, Any]], float]:
    """What ``benchmarks.turns`` measures of every report, in their order, and the most memory that it took, in MB."""
    wanted, told = folder / "laporan.pickle", folder / "hasil.json"
    wanted.write_bytes(pickle.dumps(list(reports)))
    subprocess.run([sys.executable, "-m", "benchmarks.turns", wanted, told], check=True, cwd=store.ROOT)
    found: dict[str, Any] = json.loads(told.read_text())
    return found["laporan"], found["mb"]


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
            size < batas and (cells < MAX_CELLS or not few),
        )


def speed(source: Source, reports: Sequence[Report], found: dict[str, Any], folder: Path) -> Iterator[Measure]:
    """Seconds a kecamatan report: our builds and, beside them, the command lines and the bare cells."""
    name = f"per laporan kecamatan, {source.nama}"
    few = reports[:PEMBANDING]
    clock, processor = timed_commands(lambda: command_lines(few, folder))
    slow = clock / len(few)
    for jobs in (1, None):
        begin = time.perf_counter()
        results = run.build(reports, reports[0].out, jobs=jobs, force=True)
        seconds = (time.perf_counter() - begin) / len(reports)
        if failed := [f"{r.halaman}: {r.sel} {r.galat}" for r in results if r.status == "gagal"]:
            raise SystemExit("\n".join(failed))
        serentak = "satu per satu" if jobs else f"{run.processors()} serentak"
        lain = (
            f"{len(reports)} laporan, persiapan dan daftar isi termasuk: {number(slow / seconds, 1)} kali lebih cepat"
        )
        batas = "" if jobs else f"{KALI} kali papermill + nbconvert"
        yield Measure(
            f"kkb-eval {serentak}, {name}", seconds, None, lain, batas, None if jobs else slow / seconds >= KALI
        )
    lain = f"{len(few)} laporan satu per satu"
    yield Measure("papermill + jupyter nbconvert", slow, processor / len(few), lain, pembanding=True)
    own = [found[r.halaman] for r in reports]
    bare = mean(o["sel"]["prosesor"] for o in own)
    for kind, apa, batas in (("halaman", "halaman saja", CELL), ("laporan", "dengan buku RTL", None)):
        used = mean(o[kind]["prosesor"] for o in own)
        words = f"{number(batas)} kali sel-selnya" if batas else ""
        kept = used <= batas * bare if batas else None
        lain = f"{number(used / bare)} kali sel-selnya"
        yield Measure(f"di satu pekerja, {apa}", mean(o[kind]["detik"] for o in own), used, lain, words, kept)
    for kind, apa in (
        ("sel", "sel-selnya saja, di proses sendiri, bergiliran"),
        ("sel di sini", "sel-selnya saja, di pekerja itu, bergiliran"),
    ):
        detik, used = (mean(o[kind][unit] for o in own) for unit in ("detik", "prosesor"))
        lain = f"halaman {number(mean(o['halaman']['prosesor'] for o in own) / used)} kali"
        yield Measure(apa, detik, used, lain, pembanding=True)


def unchanged(source: Source, out: Path) -> Iterator[Measure]:
    """The command of a build whose pages are all current, beside the one that made them; every year of the dataset."""
    command = [str(BIN / "kkb-eval"), "build", "--data", str(source.folder), "--out", str(out)]

    def build() -> None:
        subprocess.run(command, check=True, capture_output=True, cwd=store.ROOT)

    first, _ = timed_commands(build)
    laporan = len(plan.plan(plan.evaluated(source.folder, out), source.folder, out, plan.Selection()))
    again = min(timed_commands(build) for _ in range(3))
    nama = f"{laporan} laporan {'Lebak' if source.asli else 'data/contoh'}, semua tahun"
    yield Measure(
        f"kkb-eval build lagi, tidak ada yang berubah: {nama}",
        *again,
        batas=f"{LAGI} detik untuk 90 laporan",
        baik=again[0] <= LAGI * laporan / 90,
    )
    yield Measure(f"kkb-eval build yang pertama: {nama}", first, None, "evaluasi termasuk", pembanding=True)


def growth(source: Source, reports: Sequence[Report], folder: Path) -> Iterator[Measure]:
    """The same kecamatan pages where the kabupaten is one of a nation: they must cost what they cost alone."""
    among = in_a_nation(source, folder / "nasional")
    (nama,) = {r.kabupaten for r in reports}
    same = [r for r in planned(among, folder / "out-nasional", [nama]) if r.jenis == "kecamatan"]
    # by turns: what else the machine does meanwhile falls on both
    found, _ = measured([report for both in zip(reports, same, strict=True) for report in both], folder)
    alone, within = found[::2], found[1::2]
    memory = [measured(some[:PEMBANDING], folder)[1] for some in (reports, same)]
    base = mean(o["laporan"]["prosesor"] for o in alone)
    for apa, own, mb, pembanding in (
        ("di dalam satu negara", within, memory[1], False),
        ("kabupaten itu saja", alone, memory[0], True),
    ):
        used = mean(o["laporan"]["prosesor"] for o in own)
        more = max(used / base, mb / memory[0]) - 1
        lain = f"puncak memori {number(mb, 0)} MB" + ("" if pembanding else f"; {number(100 * more, 0)} % lebih")
        yield Measure(
            f"per laporan kecamatan, {source.nama}, {apa}"
            + ("" if pembanding else f" ({number(NEGARA, 0)} Kampung KB)"),
            mean(o["laporan"]["detik"] for o in own),
            used,
            lain,
            "" if pembanding else f"{number(100 * TUMBUH, 0)} % lebih",
            None if pembanding else more <= TUMBUH,
            pembanding=pembanding,
        )


def in_a_nation(source: Source, folder: Path) -> Source:
    """The dataset's exports of its year, and beside them those of the same day of the rest of a synthetic nation."""
    (folder / "ekspor").mkdir(parents=True)
    rows = national.export_rows(NEGARA)
    rest = rows[~rows["kabupaten"].str.upper().str.contains("LEBAK")]
    for jenis in national.COLUMNS:
        last = max(p for p in source.folder.rglob(f"{jenis}*{source.tahun}-*.xlsx"))
        shutil.copy(last, folder / "ekspor" / last.name)
        national.write_export(folder / "ekspor" / f"lain_{last.name}", jenis, rest)
    return replace(source, folder=folder)


def command_lines(reports: Sequence[Report], folder: Path) -> None:
    """The notebooks of the reports by the usual tools, from the command line, one after the other."""
    for report in reports:
        done = str(folder / f"{Path(report.halaman).stem}.ipynb")
        names = [word for name, value in report.parameter.items() for word in ("-p", name, str(value))]
        papermill = [str(BIN / "papermill"), str(report.notebook), done, *names, "--no-progress-bar"]
        nbconvert = [str(BIN / "jupyter"), "nbconvert", "--to", "html", "--no-input", done]
        for command in (papermill, nbconvert):
            subprocess.run(command, check=True, capture_output=True, cwd=store.ROOT)
