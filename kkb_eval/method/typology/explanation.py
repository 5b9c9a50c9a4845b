"""Types in words: names from their profile, and a rule tree that says who belongs where (METHOD 9)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from kkb_eval.method.typology.features import Features

Floats = NDArray[np.float64]
Bounds = dict[int, tuple[float, float]]
"""For each feature of a rule: above the first, at most the second (percent)."""

STRIKING = 0.5
"""A dimension is named when its mean standardised value is this far from the average."""
AVERAGE = "mendekati rata-rata"
HIGHER, LOWER = "lebih tinggi", "lebih rendah"
ORDER = ("KB", "ketahanan keluarga", "ekonomi & remaja", "kelembagaan")
"""In which order a name tells dimensions; others after these, by name."""
ONE_WORD = {"poktan": ("ketahanan keluarga", "ekonomi & remaja")}
"""Dimensions that go together by one word."""


def describe(features: Features, types: NDArray[np.integer], z: Floats, nama: Mapping[int, str]) -> pd.DataFrame:
    """Describe what the types (n, 1 …) that have members are like, a row a type and indicator.

    ``tipe, nama, jumlah`` (members), ``indikator``, ``nilai`` (ratio of the members' sums), ``z`` (mean of their
    standardised values, the rows of ``z`` n x features; higher is better).
    """
    tipe = np.unique(types)
    member = (types == tipe[:, None]).astype(float)
    jumlah = member.sum(axis=1).astype("int64")
    width = len(features.indikator)
    return pd.DataFrame(
        {
            "tipe": tipe.astype("int64").repeat(width),
            "nama": np.array([nama[int(t)] for t in tipe], object).repeat(width),
            "jumlah": jumlah.repeat(width),
            "indikator": np.tile(np.array(features.indikator, object), len(tipe)),
            "nilai": (member @ features.pembilang / (member @ features.penyebut)).ravel(),
            "z": (member @ z / jumlah[:, None]).ravel(),
        }
    )


def profile(z: Floats, types: NDArray[np.integer], k: int, dimensi: Sequence[str]) -> Floats:
    """Return the mean of ``z`` (n x features) of each type 0 … k-1 in each dimension (sorted by name): k x d."""
    means = np.array([z[types == j].mean(axis=0) for j in range(k)])
    return np.column_stack([means[:, np.array(dimensi) == d].mean(axis=1) for d in sorted(set(dimensi))])


def names(profil: Floats, dimensi: Sequence[str]) -> list[str]:
    """Return a name for each type (row of ``profil``, types x dimensions), unlike any other's.

    A tendency of its members, not a verdict on each: "rata-rata lebih tinggi di KB, lebih rendah di poktan" tells
    every dimension with |z| of at least STRIKING, in the order ORDER. Types that would share a name are told apart by
    the dimension in which they differ most, and at last by a number.
    """
    plain = [_name(row, dimensi) for row in profil]
    compared = list(plain)
    for name in _shared(plain):
        group = [i for i, other in enumerate(plain) if other == name]
        quiet = np.abs(profil[group]).max(axis=0) < STRIKING
        spread = np.ptp(profil[group], axis=0) * (quiet if quiet.any() else 1)
        d = int(spread.argmax())
        middle = profil[group, d].mean()
        for i in group:
            compared[i] = f"{name}; {dimensi[d]} {HIGHER if profil[i, d] > middle else LOWER}"
    again = _shared(compared)
    return [f"{name} ({compared[: i + 1].count(name)})" if name in again else name for i, name in enumerate(compared)]


def _shared(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _name(row: Floats, dimensi: Sequence[str]) -> str:
    order = sorted(range(len(row)), key=lambda d: (_place(dimensi[d]), dimensi[d]))
    parts = []
    for word, sign in ((HIGHER, 1), (LOWER, -1)):
        if said := [dimensi[d] for d in order if sign * round(float(row[d]), 9) >= STRIKING]:
            everywhere = len(said) == len(row) > 1
            parts.append(f"{word} di {'semua bidang' if everywhere else _enumerate(_together(said))}")
    return f"rata-rata {', '.join(parts)}" if parts else AVERAGE


def _place(dimensi: str) -> int:
    return ORDER.index(dimensi) if dimensi in ORDER else len(ORDER)


def _together(said: list[str]) -> list[str]:
    """Return the dimensions with those of ONE_WORD that are all there in its one word, at the place of the first."""
    for word, dims in ONE_WORD.items():
        if set(dims) <= set(said):
            first = min(map(said.index, dims))
            said = [word if i == first else d for i, d in enumerate(said) if i == first or d not in dims]
    return said


def _enumerate(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} dan {words[-1]}"


@dataclass(frozen=True)
class RuleTree:
    """Rules that tell the types apart, as a reader can apply them to the printed percentages.

    ``aturan``: one row a rule, ``tipe, aturan, anggota`` (units that fulfil it), ``tepat`` (share of them that are of
    the type). ``kecocokan``: share of all units to which the rules give their own type.
    """

    aturan: pd.DataFrame
    kecocokan: float


def rule_tree(features: Features, types: NDArray[np.integer], *, depth: int = 3, leaf: int = 3) -> RuleTree:
    """Grow a decision tree on the percentages of ``features`` that explains ``types`` (n, in their order).

    At most ``depth`` questions, at least ``leaf`` units an answer. Thresholds have the fewest decimals that move no
    unit; the fidelity is that of the rules as they are printed.
    """
    types = np.asarray(types)
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=leaf, random_state=0).fit(features.persen, types)
    exact = _fulfils(_rules(tree, 0, {}, None), features.persen)
    for digits in (0, 1, 2, 3):
        rules = _rules(tree, 0, {}, digits)
        inside = _fulfils(rules, features.persen)
        if np.array_equal(inside, exact):
            break
    told = np.array([kind for _, kind in rules])
    rows = [
        {
            "tipe": kind,
            "aturan": _words(bounds, features.singkat),
            "anggota": int(inside[:, r].sum()),
            "tepat": float((types[inside[:, r]] == kind).mean()),
        }
        for r, (bounds, kind) in enumerate(rules)
        if inside[:, r].any()
    ]
    table = pd.DataFrame(rows).sort_values("tipe", kind="stable", ignore_index=True)
    return RuleTree(table, float((told[inside.argmax(axis=1)] == types).mean()))


def _rules(model: DecisionTreeClassifier, node: int, bounds: Bounds, digits: int | None) -> list[tuple[Bounds, object]]:
    """Return the leaves below ``node`` as (bounds, type); a question whose answers agree is left out."""
    tree = model.tree_
    if tree.children_left[node] < 0:
        return [(bounds, model.classes_[tree.value[node, 0].argmax()])]
    feature, threshold = int(tree.feature[node]), float(tree.threshold[node])
    threshold = threshold if digits is None else round(threshold, digits)
    low, high = bounds.get(feature, (-np.inf, np.inf))
    below = _rules(model, tree.children_left[node], {**bounds, feature: (low, min(high, threshold))}, digits)
    above = _rules(model, tree.children_right[node], {**bounds, feature: (max(low, threshold), high)}, digits)
    if len(below) == len(above) == 1 and below[0][1] == above[0][1]:
        return [(bounds, below[0][1])]
    return below + above


def _fulfils(rules: Sequence[tuple[Bounds, object]], persen: Floats) -> NDArray[np.bool_]:
    """Tell which units (rows of ``persen``) fulfil which rule: units x rules, exactly one a unit."""
    inside = np.ones((len(persen), len(rules)), bool)
    for r, (bounds, _) in enumerate(rules):
        for feature, (low, high) in bounds.items():
            inside[:, r] &= (persen[:, feature] > low) & (persen[:, feature] <= high)
    return inside


def _words(bounds: Bounds, singkat: Sequence[str]) -> str:
    parts = []
    for feature, (low, high) in bounds.items():
        above, most = (f"{limit:g}".replace(".", ",") for limit in (low, high))
        if low == -np.inf:
            parts.append(f"{singkat[feature]} paling tinggi {most} %")
        elif high == np.inf:
            parts.append(f"{singkat[feature]} di atas {above} %")
        else:
            parts.append(f"{singkat[feature]} di atas {above} % sampai {most} %")
    return " dan ".join(parts) or "semua Kampung KB"
