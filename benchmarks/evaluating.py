"""A year of a kabupaten from its workbooks to the stored tables, and the types in it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Measure, lebak, timed
from kkb_eval import evaluate
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method.features import Features, features
from kkb_eval.method.typology import fit_local

BATAS = 3.0
BATAS_TIPE = 1.5
ULANGAN = 200


def measures() -> Iterator[Measure]:
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
    types = timed(lambda: fit_local(units, resamples=ULANGAN))
    known = BATAS if source.asli else None
    yield Measure(
        f"evaluate, {source.nama}",
        whole.detik,
        whole.prosesor,
        f"{size // 1024} KB tabel",
        "3 detik" if known else "",
        whole.prosesor <= BATAS if known else None,
    )
    k = types.hasil.k
    yield Measure(
        f"di antaranya tipologi, {len(units)} Kampung KB, {ULANGAN} ulangan",
        types.detik,
        types.prosesor,
        f"k = {k}, {types.hasil.mutu}",
        "1,5 detik" if known else "",
        types.prosesor <= BATAS_TIPE if known else None,
    )
