"""The cheapest steps that make an index pass, in points and in people: the search behind the road (METHOD 7)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kkb_eval import schema
from kkb_eval.method import klasifikasi

Ints = NDArray[np.int64]

COUPLES = ("layani_unmet", "layani_unmet_mkjp", "alih_mkjp")
PARTICIPANTS = tuple(f"tambah_{poktan}" for poktan in schema.POKTAN_TARGETS)
PEOPLE = (*COUPLES, *PARTICIPANTS)
"""The eight steps of people, in the order in which they are told."""
NUMBERS = ("pus", *schema.POKTAN_TARGETS, *schema.POKTAN_TARGETS.values(), *schema.METHODS, *schema.UNMET)
"""The raw numbers on which the output items rest."""
NEW_GROUP = 0.9
"""The largest share of a target group that a poktan without participants is asked to win."""
_FAR = 10**12
"""More people than any count allows; far enough from 2^63 to be multiplied by 200."""
_STEP = 8
"""In a participant's key ``people * 8 + steps`` the steps (at most 5) never reach the people."""
_BLOCK = 2048


@dataclass(frozen=True)
class _Thresholds:
    """Percentages that a score asks for; position s - 1 holds those of "score s or better"."""

    cpr: Ints
    mkjp: Ints
    unmet: Ints  # at most this percentage
    peserta: Ints  # sum of the five rounded percentages
    kombinasi: Ints  # (combinations, 4): positions of partisipasi, cpr, mkjp, unmet


@dataclass(frozen=True)
class Lift:
    """Cheapest points that make an index pass: points of each item, their cost, and the number of items."""

    poin: NDArray[np.float64]
    biaya: NDArray[np.float64]
    item: NDArray[np.int64]


def prices(langkah: pd.DataFrame, items: Iterable[str]) -> NDArray[np.float64]:
    """Return the people that one point of each item is worth."""
    return langkah.set_index("tindakan")["setara_orang"].reindex([f"naikkan_{item}" for item in items]).to_numpy(float)


def lift(scores: pd.DataFrame, bands: pd.DataFrame, langkah: pd.DataFrame) -> Lift:
    """Take points from the cheapest items first, among equals from those with most room: least cost, fewest items."""
    price = prices(langkah, scores.columns)
    room = bands.groupby("item")["skor"].max().reindex(scores.columns).to_numpy(float) - scores.to_numpy(float)
    need = np.ceil(klasifikasi.PASS * scores.shape[1]) - scores.sum(axis=1, skipna=False).to_numpy(float)
    order = np.lexsort((-room, np.broadcast_to(price, room.shape)), axis=1)
    sorted_room = np.take_along_axis(room, order, axis=1)
    taken = np.clip(need[:, None] - (sorted_room.cumsum(axis=1) - sorted_room), 0, sorted_room)
    poin = np.zeros_like(room)
    np.put_along_axis(poin, order, taken, axis=1)
    return Lift(poin, (poin * price).sum(axis=1), (poin > 0).sum(axis=1))


def fewest(raw: pd.DataFrame, bands: pd.DataFrame) -> tuple[NDArray[np.bool_], Ints]:
    """Find the cheapest steps of people after which the output index passes.

    ``raw`` holds the numbers ``NUMBERS`` (whole, not negative), one row a Kampung KB with a KB record. Returns whether
    any set of steps suffices, and how many people each step of ``PEOPLE`` asks for (rows x 8; zeros where none
    suffices or none is needed). Exact: fewest people, then fewest long-acting users, then fewest different steps,
    then the first of the combinations (higher participation first).
    """
    limits = _thresholds(bands)
    numbers = raw[list(NUMBERS)].astype("int64")
    blocks = [_block(numbers.iloc[start : start + _BLOCK], limits) for start in range(0, len(numbers), _BLOCK)]
    if not blocks:
        return np.zeros(0, bool), np.zeros((0, len(PEOPLE)), np.int64)
    enough, steps = zip(*blocks, strict=True)
    return np.concatenate(enough), np.concatenate(steps)


def changed(numbers: pd.DataFrame, steps: pd.DataFrame) -> pd.DataFrame:
    """Return the raw numbers after steps of people; ``steps`` has a column for each of ``PEOPLE``, rows as ``numbers``.

    The rule sees sums only, so a new user counts as suntik or implan, who changes leaves suntik, pil or kondom, and
    couples leave tidak ingin anak before anak kemudian.
    """
    out = numbers.copy()
    out["suntik"] += steps["layani_unmet"]
    out["implan"] += steps["layani_unmet_mkjp"] + steps["alih_mkjp"]
    leaving = {
        ("tidak_ingin_anak", "anak_kemudian"): steps["layani_unmet"] + steps["layani_unmet_mkjp"],
        ("suntik", "pil", "kondom"): steps["alih_mkjp"],
    }
    for columns, left in leaving.items():
        for column in columns:
            gone = np.minimum(out[column], left)
            out[column], left = out[column] - gone, left - gone
    for poktan in schema.POKTAN_TARGETS:
        out[poktan] += steps[f"tambah_{poktan}"]
    return out


def _thresholds(bands: pd.DataFrame) -> _Thresholds:
    items = {str(item): rows for item, rows in bands[bands["indeks"] == "output"].groupby("item")}
    scores = np.sort(items["cpr"]["skor"].unique())

    def least(item: str) -> Ints:
        rows = items[item].fillna({"dari": 0})
        return np.array([rows.loc[rows["skor"] >= s, "dari"].min() for s in scores], np.int64)

    unmet = items["unmet"].fillna({"sampai": 100})
    total = np.arange(100.0 * len(PARTICIPANTS) + 1)
    of_total = klasifikasi.points(klasifikasi.mean_participation(total[:, None]), items["partisipasi"])
    grid = np.stack(np.meshgrid(*[np.arange(len(scores))] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
    # a sum above the least that passes asks for at least as much as one of these
    exact = scores[grid].sum(axis=1) == np.ceil(klasifikasi.PASS * len(schema.ITEMS["output"]))
    return _Thresholds(
        cpr=least("cpr"),
        mkjp=least("mkjp"),
        unmet=np.array([unmet.loc[unmet["skor"] >= s, "sampai"].max() for s in scores], np.int64),
        peserta=np.searchsorted(of_total, scores).astype(np.int64),
        kombinasi=grid[exact][::-1],
    )


def _least_part(percent: Ints, whole: Ints) -> Ints:
    """Return the smallest part whose percentage of ``whole``, rounded half to even, is at least ``percent``."""
    twice = (2 * percent - 1) * whole
    part = np.where(percent % 2 == 0, -(-twice // 200), twice // 200 + 1)
    least: Ints = np.where(percent <= 0, 0, np.where(whole == 0, _FAR, part))
    return least


def _block(raw: pd.DataFrame, limits: _Thresholds) -> tuple[NDArray[np.bool_], Ints]:
    couples = _couples(raw, limits)
    table = _Participants(raw, int(limits.peserta.max()))
    more = table.missing(limits.peserta)
    part, cpr, mkjp, unmet = limits.kombinasi.T
    key = np.take_along_axis(table.best[-1], more, axis=0).T[:, part]
    pair = couples[:, cpr, mkjp, unmet]
    people = key // _STEP + pair[..., 0] + pair[..., 2]
    people = np.where(pair[..., 0] >= _FAR, _FAR, people)
    chosen = _first_best(people, pair[..., 1], key % _STEP + (_parts(pair) > 0).sum(axis=-1))
    rows = np.arange(len(raw))
    enough = people[rows, chosen] < _FAR
    steps = np.concatenate([_parts(pair[rows, chosen]), table.trace(more[part[chosen], rows])], axis=1)
    return enough, np.where(enough[:, None], steps, 0)


def _first_best(*keys: Ints) -> NDArray[np.intp]:
    """Return the column of each row that is least by the first key, among equals by the second, and so on."""
    alive = np.ones(keys[0].shape, bool)
    for key in keys:
        value = np.where(alive, key, np.iinfo(np.int64).max)
        alive &= value == value.min(axis=1, keepdims=True)
    first: NDArray[np.intp] = alive.argmax(axis=1)
    return first


def _parts(pair: Ints) -> Ints:
    """Return the three steps of couples from (new users, more long-acting users, those of them who change)."""
    new, long_acting, change = pair[..., 0], pair[..., 1], pair[..., 2]
    return np.stack([new - (long_acting - change), long_acting - change, change], axis=-1)


def _couples(raw: pd.DataFrame, limits: _Thresholds) -> Ints:
    """Return new users, more long-acting users and changes for every least score of cpr, mkjp, unmet (n x 4³ x 3).

    The fewest new users are enough: more of them only raise the long-acting users needed (METHOD 7). One larger
    number can save a step at no cost: when every further long-acting user can be a new one.
    """

    def total(columns: tuple[str, ...]) -> Ints:
        summed: Ints = raw[list(columns)].sum(axis=1).to_numpy(np.int64)
        return summed[:, None, None, None]

    pus, users, long_acting = total(("pus",)), total(schema.METHODS), total(schema.MKJP_METHODS)
    waiting = total(schema.UNMET)
    cpr, mkjp, unmet = limits.cpr[:, None, None], limits.mkjp[:, None], limits.unmet
    # an unmet percentage of at most t is one that is not t + 1
    new = np.maximum(_least_part(cpr, pus) - users, waiting - (_least_part(unmet + 1, pus) - 1))
    new = np.maximum(new, (users == 0) & (mkjp > 0))
    more = np.maximum(_least_part(mkjp, users + new) - long_acting, 0)
    wider = np.maximum(_least_part(mkjp, users + more) - long_acting, 0)
    new = np.where((new > 0) & (more > new) & (more <= waiting) & (wider == more), more, new)
    possible = new <= waiting
    out = np.stack([np.where(possible, new, _FAR), more, np.maximum(more - new, 0)], axis=-1)
    return np.where(possible[..., None], out, [_FAR, 0, 0])


class _Participants:
    """Fewest further participants for every rise of the sum of the five rounded percentages.

    ``best[j][d]`` is the key (people * 8 + steps) of a rise of at least d by the first j poktan; arrays are rise x
    Kampung KB. A group without members cannot rise, nobody beyond the target group is counted, and no group that now
    has none is asked for more than NEW_GROUP of its target.
    """

    def __init__(self, raw: pd.DataFrame, most: int) -> None:
        now, target = (raw[list(c)].to_numpy() for c in (schema.POKTAN_TARGETS, schema.POKTAN_TARGETS.values()))
        self.percent = klasifikasi.percent(now, target).astype(np.int64)
        rise = np.arange(most + 1)[:, None, None]
        people = np.maximum(_least_part(self.percent + rise, target) - now, 0)
        whole = (now == 0) & (people > NEW_GROUP * target)
        people = np.where((self.percent + rise > 100) | (target == 0) | whole, _FAR, people)
        people[0] = 0
        self.people = people
        self.keys = people * _STEP + (people > 0)
        self.best = [np.where(rise[..., 0] == 0, 0, np.full_like(people[..., 0], _FAR * _STEP))]
        for j in range(len(PARTICIPANTS)):
            self.best.append(self._with(self.best[-1], self.keys[:, :, j]))

    @staticmethod
    def _with(before: Ints, keys: Ints) -> Ints:
        after = before.copy()
        for k in range(1, len(keys)):
            np.minimum(after[k:], before[: len(keys) - k] + keys[k], out=after[k:])
        capped: Ints = np.minimum(after, _FAR * _STEP)
        return capped

    def missing(self, totals: Ints) -> Ints:
        """Return the rise that each total still asks for (scores x Kampung KB)."""
        rise: Ints = np.maximum(totals[:, None] - self.percent.sum(axis=1), 0)
        return rise

    def trace(self, rise: Ints) -> Ints:
        """Return the participants of each poktan that make up ``rise`` (Kampung KB x 5), earlier poktan first."""
        left, rows = rise.copy(), np.arange(len(rise))
        out = np.zeros((len(rise), len(PARTICIPANTS)), np.int64)
        k = np.arange(len(self.keys))[:, None]
        for j in reversed(range(len(PARTICIPANTS))):
            rest = np.where(k <= left, np.take_along_axis(self.best[j], np.maximum(left - k, 0), axis=0), _FAR * _STEP)
            chosen = (rest + self.keys[:, :, j] == self.best[j + 1][left, rows]).argmax(axis=0)
            out[:, j] = self.people[chosen, rows, j]
            left -= chosen
        return out
