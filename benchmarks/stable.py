"""Stability panel and null test: our batched k-means beside scikit-learn in a loop and R's fpc::clusterboot."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from benchmarks.measure import Measure, Timed, lebak, number, timed
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import indicators
from kkb_eval.method.typology import kmeans, null, stability
from kkb_eval.method.typology.features import Scaling, features

Floats = NDArray[np.float64]
KS = range(2, 8)
DRAWS = 100
MULAI = 10
NULL_LIMIT = 0.15
R = """
suppressMessages(library(fpc))
argumen <- commandArgs(TRUE)
X <- as.matrix(read.csv(argumen[1]))
mulai <- proc.time()
for (k in 2:7) {
  b <- clusterboot(X, B = 100, bootmethod = "boot", clustermethod = kmeansCBI, k = k, runs = 10,
                   count = FALSE, seed = 1)
  cat("jaccard", k, min(b$bootmean), "\\n")
}
lama <- proc.time() - mulai
cat("lama", lama["elapsed"], lama["user.self"] + lama["sys.self"], "\\n")
"""


@dataclass(frozen=True)
class Panel:
    """For each k the inertia of every resample, and the Jaccard of each cluster (resamples x clusters)."""

    inersia: list[Floats]
    jaccard: list[Floats]

    def lowest(self) -> Floats:
        """The mean Jaccard of the least stable cluster, a value a k."""
        return np.array([held.mean(axis=0).min() for held in self.jaccard])


def measures() -> Iterator[Measure]:
    """Times, and how much the results differ on the same resamples."""
    X = space()
    drawn = stability.draw(len(X), DRAWS, np.random.default_rng(kmeans.SEED))
    whole = [kmeans.partition(X, k) for k in KS]
    with threadpool_limits(1):
        ours, theirs = timed(lambda: batched(X, drawn, whole)), timed(lambda: looped(X, drawn, whole), repeat=1)
        again = looped(X, drawn, whole, seed=DRAWS)
    title = f"panel kestabilan {len(X)} x {X.shape[1]}, k 2-7, {DRAWS} ulangan, {MULAI} awal"
    yield Measure(title, ours.detik, ours.prosesor, f"terhadap scikit-learn: {compared(ours.hasil, theirs.hasil)}")
    # two runs of the peer differ as well, where ten starts do not find the best partition
    lain = f"terhadap benih lain: {compared(again, theirs.hasil)}"
    yield Measure("scikit-learn satu per satu", theirs.detik, theirs.prosesor, lain, pembanding=True)
    yield clusterboot(X, ours)
    yield from null_tests(X)


def null_tests(X: Floats) -> Iterator[Measure]:
    """Time the null test, and its peer: scikit-learn, one k-means and silhouette after the other, on the same sets."""
    test = timed(lambda: null.null_test(X, KS))
    title = f"uji kebetulan {len(X)} x {X.shape[1]}, k 2-7, {null.SETS} data acak, {null.STARTS} awal"
    said = f"p = {number(test.hasil.p, 3)}"
    yield Measure(title, test.detik, test.prosesor, said, "0,15 detik prosesor", test.prosesor <= NULL_LIMIT)
    sets = null.copula(X, null.SETS, np.random.default_rng([kmeans.SEED, 9]))

    def loop() -> Floats:
        models = [[KMeans(k, n_init=null.STARTS, random_state=0).fit(one) for k in KS] for one in sets]
        return np.array(
            [[silhouette_score(one, m.labels_) for m in row] for one, row in zip(sets, models, strict=True)]
        ).mean(axis=0)

    with threadpool_limits(1):
        theirs = timed(loop, repeat=1)
    apart = float(np.abs(theirs.hasil - test.hasil.mean).max())
    lain = f"siluet rata-rata data acak berbeda paling banyak {number(apart, 3)}"
    yield Measure("scikit-learn satu per satu", theirs.detik, theirs.prosesor, lain, pembanding=True)


def space() -> Floats:
    """The units of the real or sample kabupaten in the space in which types are formed: n x features."""
    source, katalog = lebak(), read_catalogue()
    data = open_dataset(source.folder).year(source.tahun)
    catatan = quality.find(data.kampung)
    units = features(indicators.compute(data.kampung, catatan, katalog.indikator), katalog.indikator)
    return Scaling.fit(units).apply(units.nilai)


def batched(X: Floats, drawn: NDArray[np.bool_], whole: list[NDArray[np.int8]]) -> Panel:
    """Every resample and start at once, as ``stability.panel`` does it."""
    begin = kmeans.starting_points(X[None], drawn, max(KS), starts=MULAI)
    panel = Panel([], [])
    for k, labels in zip(KS, whole, strict=True):
        again, inertia = kmeans.kmeans(X[None], drawn, begin[:, :, :k])
        panel.inersia.append(inertia)
        panel.jaccard.append(stability.jaccard(labels, drawn, again))
    return panel


def looped(X: Floats, drawn: NDArray[np.bool_], whole: list[NDArray[np.int8]], seed: int = 0) -> Panel:
    """One scikit-learn fit after the other on the same resamples."""
    panel = Panel([], [])
    for k, labels in zip(KS, whole, strict=True):
        again = np.full(drawn.shape, -1, np.int8)
        inertia = np.empty(len(drawn))
        for b, inside in enumerate(drawn):
            model = KMeans(k, n_init=MULAI, random_state=seed + b).fit(X[inside])
            again[b, inside], inertia[b] = model.labels_, model.inertia_
        panel.inersia.append(inertia)
        panel.jaccard.append(stability.jaccard(labels, drawn, again))
    return panel


def compared(ours: Panel, theirs: Panel) -> str:
    """The differences over all k: of the mean inertia (the first to the second) and of a cluster's mean Jaccard."""
    ratio = [a.mean() / b.mean() - 1 for a, b in zip(ours.inersia, theirs.inersia, strict=True)]
    apart = [np.abs(a.mean(axis=0) - b.mean(axis=0)).max() for a, b in zip(ours.jaccard, theirs.jaccard, strict=True)]
    return (
        f"inersia {number(100 * min(ratio), 2)} sampai {number(100 * max(ratio), 2)} %, "
        f"Jaccard paling jauh {number(float(max(apart)), 3)}"
    )


def clusterboot(X: Floats, ours: Timed[Panel]) -> Measure:
    """R's own, with resamples of its own; only where R and fpc are installed."""
    apa, rscript = "R fpc::clusterboot", shutil.which("Rscript")
    has = rscript and subprocess.run([rscript, "-e", "library(fpc)"], capture_output=True, check=False).returncode == 0
    if not rscript or not has:
        return Measure(apa, lain="tidak terpasang", pembanding=True)
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder) / "X.csv", Path(folder) / "panel.R"
        np.savetxt(table, X, delimiter=",", header=",".join(f"x{j}" for j in range(X.shape[1])), comments="")
        script.write_text(R)
        done = subprocess.run([rscript, script, table], capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    lowest = np.array([float(words[2]) for words in lines if words[:1] == ["jaccard"]])
    (clock, processor), apart = next(w[1:] for w in lines if w[:1] == ["lama"]), np.abs(lowest - ours.hasil.lowest())
    lain = f"ulangan sendiri; Jaccard terendah berbeda paling banyak {number(float(apart.max()), 2)}"
    return Measure(apa, float(clock), float(processor), lain, pembanding=True)
