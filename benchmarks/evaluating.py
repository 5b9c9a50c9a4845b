"""A year from its workbooks to the stored tables: a kabupaten with the types in it, and two nations."""

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks import national
from benchmarks.measure import Measure, lebak, number, timed
from kkb_eval import evaluate, store
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method.typology.features import Features, features
from kkb_eval.method.typology.local import fit_local

LIMIT = 3.0
BATAS_TIPE = 1.5
DRAWS = 200
BATAS_NASIONAL = {32_740: (60.0, 1.5), 84_000: (200.0, None)}
"""Seconds by the clock, and GB of all processes together, by the number of Kampung KB."""
BIN = Path(sys.executable).parent
JEDA = 0.2
"""Seconds between two looks at the memory."""


def measures() -> Iterator[Measure]:
    """A kabupaten, then the nations."""
    yield from kabupaten()
    for jumlah, (detik, gb) in BATAS_NASIONAL.items():
        yield from nation(jumlah, detik, gb)


def kabupaten() -> Iterator[Measure]:
    """The whole of it and its dearest part; the peers of the latter are those of the stability panel."""
    source = lebak()
    with tempfile.TemporaryDirectory() as out:

        def run() -> Features:
            # a folder of its own: the year before, where there is one, is computed too
            evaluasi = evaluate(source.folder, source.tahun, out=tempfile.mkdtemp(dir=out))
            return features(evaluasi.indikator, read_catalogue().indikator)

        whole = timed(run)
        size = sum(path.stat().st_size for path in next(Path(out).iterdir()).rglob("*.parquet"))
    units = whole.hasil
    types = timed(lambda: fit_local(units, resamples=DRAWS))
    known = LIMIT if source.asli else None
    yield Measure(
        f"evaluate, {source.nama}",
        whole.detik,
        whole.prosesor,
        f"{size // 1024} KB tabel",
        "3 detik" if known else "",
        whole.prosesor <= LIMIT if known else None,
    )
    k = types.hasil.k
    yield Measure(
        f"di antaranya tipologi, {len(units)} Kampung KB, {DRAWS} ulangan",
        types.detik,
        types.prosesor,
        f"k = {k}, {types.hasil.mutu}",
        "1,5 detik" if known else "",
        types.prosesor <= BATAS_TIPE if known else None,
    )


def nation(jumlah: int, batas: float, batas_gb: float | None) -> Iterator[Measure]:
    """A synthetic nation on all processors; its peer is the same on one, with the same tables."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        rows = national.write(data, jumlah)
        name = f"evaluate, {number(jumlah, 0)} Kampung KB rekaan di {rows['kabupaten'].nunique()} kabupaten"
        (detik, prosesor, gb), sidik = evaluated(data, Path(folder) / "serentak")
        yield Measure(
            name,
            detik,
            prosesor,
            f"puncak memori {number(gb)} GB",
            f"{number(batas, 0)} detik" + (f" dan {number(batas_gb, 1)} GB" if batas_gb else ""),
            detik <= batas and (batas_gb is None or gb <= batas_gb),
        )
        (detik, prosesor, gb), satu = evaluated(data, Path(folder) / "satu", LOKY_MAX_CPU_COUNT="1")
        lain = f"puncak memori {number(gb)} GB, tabel {'sama' if satu == sidik else 'BERBEDA'}"
        yield Measure("satu proses saja", detik, prosesor, lain, pembanding=True)


def evaluated(data: Path, out: Path, **environment: str) -> tuple[tuple[float, float, float], str]:
    """Seconds by the clock and of all its processes, and most memory of them together in GB; a hash of the tables."""
    before, begin, most = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0
    command = [str(BIN / "kkb-eval"), "evaluate", "--data", str(data), "--out", str(out)]
    with subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL, cwd=store.ROOT) as process:
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(JEDA)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
    seconds, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    tables = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(out.rglob("*.parquet"))))
    return (seconds, used, most / 1e9), tables.hexdigest()


def memory(pid: int) -> int:
    """Bytes of a process and all those that it started, shared pages counted once."""
    total = 0
    try:
        for process in (top := psutil.Process(pid), *top.children(recursive=True)):
            used = process.memory_full_info()
            total += getattr(used, "pss", used.uss)
    except psutil.Error:  # ended meanwhile
        return 0
    return total
