"""The draws of a kabupaten and of two nations, beside one call of scipy for each distribution."""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks.measure import Measure, Source, lebak, nation, number, timed
from kkb_eval import store
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import indicators, klasifikasi, noise

DRAWS = 500
MANY = 32_740
"""Kampung KB in the country, the most there will be in one evaluation."""
LIMIT = 1.0
BATAS_BANYAK = 20.0
BATAS_GB = 1.5


def measures() -> Iterator[Measure]:
    """A kabupaten here; the nation in a process of its own, whose memory is then its own too."""
    source = lebak()
    kampung, indikator = year(source)
    ours = timed(lambda: drawn(kampung, indikator))
    yield Measure(
        f"{DRAWS} undian dan peluang kelas, {source.nama}",
        ours.detik,
        ours.prosesor,
        f"{len(kampung)} Kampung KB",
        "1 detik",
        ours.prosesor < LIMIT,
    )
    theirs = timed(lambda: one_by_one(indikator), repeat=1)
    lain = "hanya undian, tanpa peluang kelas"
    yield Measure("scipy.stats satu per satu", theirs.detik, theirs.prosesor, lain, pembanding=True)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "hasil.json"
        subprocess.run([sys.executable, "-m", "benchmarks.drawing", told], check=True, cwd=store.ROOT)
        found = json.loads(told.read_text())
    yield Measure(
        f"sama, {number(MANY, 0)} Kampung KB ({nation().nama} diulang)",
        found["detik"],
        found["prosesor"],
        f"puncak memori {number(found['gb'])} GB, {number(found['sebelum'])} GB sebelum undian",
        "20 detik dan 1,5 GB",
        found["prosesor"] < BATAS_BANYAK and found["gb"] < BATAS_GB,
    )


def year(source: Source) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clean year and its indicators."""
    kampung = open_dataset(source.folder).year(source.tahun).kampung
    return kampung, indicators.compute(kampung, quality.find(kampung), read_catalogue().indikator)


def drawn(kampung: pd.DataFrame, indikator: pd.DataFrame) -> pd.DataFrame:
    """What an evaluation makes of the draws but for the types: probabilities of the classes."""
    katalog = read_catalogue()
    hasil = klasifikasi.score(kampung, katalog.klasifikasi)
    draws = noise.draw(kampung, indikator, katalog.derau, n=DRAWS)
    return noise.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, katalog.klasifikasi)


def one_by_one(indikator: pd.DataFrame) -> list[object]:
    """The same distributions by a call of scipy each: one Dirichlet a Kampung KB, a Beta for each other rate."""
    sigma = read_catalogue().derau.set_index("indikator")["sigma"]
    terisi = indikator[indikator["status"].eq("terisi") & indikator["bawah95"].notna()]
    size = noise.effective_size(terisi["penyebut"], terisi["indikator"].map(sigma))
    terisi = terisi.assign(x=terisi["nilai"] * size, n=size)
    spread = float((sigma[list(noise.SHARED_PUS)] ** 2).mean() ** 0.5)
    out: list[object] = []
    for _, rows in terisi.groupby("kampung_id"):
        own = rows.set_index("indikator")
        alone = own.drop(index=list(noise.SHARED_PUS), errors="ignore")
        shapes = zip(alone["x"] + 0.5, alone["n"] - alone["x"] + 0.5, strict=True)
        out += [stats.beta.rvs(*pair, size=DRAWS, random_state=1) for pair in shapes]
        if set(noise.SHARED_PUS) <= set(own.index):
            pus = float(own.at["cpr", "penyebut"])
            shares = own.loc[list(noise.SHARED_PUS), "nilai"].to_numpy(float)
            parts = np.append(shares, 1 - shares.sum()) * noise.effective_size(pus, spread) + (1, 0.5, 0.5)
            out.append(stats.dirichlet.rvs(parts, size=DRAWS, random_state=1))
    return out


def replicated() -> pd.DataFrame:
    """The nation's clean year again and again, each Kampung KB with an id of its own."""
    kampung = open_dataset(nation().folder).year(nation().tahun).kampung
    copies = -(-MANY // len(kampung))
    many = pd.concat([kampung] * copies, ignore_index=True).head(MANY)
    return many.assign(kampung_id=many["kampung_id"] + "-" + (many.index // len(kampung)).astype(str))


def peak() -> float:
    """The most memory this process has used, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**3 if sys.platform == "darwin" else 1024**2)


def main(told: str) -> None:
    """Draw the nation and write times and memory to the file ``told``."""
    kampung = replicated()
    catatan = pd.DataFrame(columns=["kode", "tingkat", "kampung_id", "kolom"])
    indikator = indicators.compute(kampung, catatan, read_catalogue().indikator)
    before = peak()
    ours = timed(lambda: drawn(kampung, indikator), repeat=1)
    found = {"detik": ours.detik, "prosesor": ours.prosesor, "gb": peak(), "sebelum": before}
    Path(told).write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
