"""K21: an export that was filtered or cut, found by what the year before, or its other export, holds besides."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from kkb_eval.intake.portal import findings
from kkb_eval.intake.regions import LEVELS

SHARE = 0.1
"""More than this share of its Kampung KB missing makes an export incomplete; a whole kecamatan always does."""
_NAMED = 5


class Cut(NamedTuple):
    """``catatan`` has a finding (K21) for each kind of export that is incomplete.

    ``ids`` are the Kampung KB of the year before that it speaks of; no other finding repeats them one by one.
    """

    catatan: pd.DataFrame
    ids: frozenset[str]


def compare(kampung: pd.DataFrame, lama: pd.DataFrame | None, tahun_lama: int | None) -> Cut:
    """Return what the exports of a clean year lack of the year before (``lama``, None for none), and of each other.

    Counted by desa, so that a new name is no loss. Of the other export of the same year only a share of more than
    ``SHARE`` counts: each may hold rows that the other lacks.
    """
    found: list[tuple[object, ...]] = []
    ids: set[str] = set()
    has = {jenis: kampung[f"baris_{jenis}"].notna() for jenis in ("rekap", "klasifikasi")}
    for jenis, other in (("rekap", "klasifikasi"), ("klasifikasi", "rekap")):
        now = kampung[has[jenis]]
        if now.empty:
            continue
        berkas = now[f"berkas_{jenis}"].mode().iat[0]
        before = None if lama is None else lama[lama[f"baris_{jenis}"].notna()]
        told = "" if before is None or before.empty else _told(now, before, f"tahun {tahun_lama}", jenis, whole=True)
        if told and before is not None:
            ids |= _lost(now, before)
        elif has[other].any():
            # a kabupaten that only the other has is another matter: it was never asked for
            both = kampung[has[other] & kampung["kabupaten"].isin(now["kabupaten"])]
            told = _told(now, both, f"di {other} tahun ini", jenis, whole=False)
        if told:
            found.append(("K21", "periksa", berkas, None, None, "", told))
    return Cut(findings(found), frozenset(ids))


def _missing(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Return how many Kampung KB each desa of ``before`` has more than now; index kabupaten, kecamatan, desa."""
    then = before.groupby(list(LEVELS), dropna=False).size()
    return (then - now.groupby(list(LEVELS), dropna=False).size().reindex(then.index, fill_value=0)).clip(lower=0)


def _lost(now: pd.DataFrame, before: pd.DataFrame) -> set[str]:
    """Return the Kampung KB of ``before`` in desa that have none now."""
    there = set(zip(*(now[level] for level in LEVELS), strict=True))
    places = zip(*(before[level] for level in LEVELS), strict=True)
    return {kode for kode, place in zip(before["kampung_id"], places, strict=True) if place not in there}


def _told(now: pd.DataFrame, before: pd.DataFrame, when: str, jenis: str, *, whole: bool) -> str:
    """Say what of ``before`` is not there now, "" where that is little; a ``whole`` kecamatan is not little."""
    missing = _missing(now, before)
    total, count = len(before), int(missing.sum())
    areas = {level: _gone(now, before, level) for level in LEVELS[:2]}
    if not count or (count <= SHARE * total and not (whole and areas["kecamatan"])):
        return ""
    level = next((level for level, gone in areas.items() if gone), None)
    advice = "bila disaring atau terpotong, unduh ulang dari portal tanpa saringan"
    if level is None:
        most = missing[missing > 0].groupby("kecamatan").sum().sort_values(ascending=False, kind="stable")
        shown = _enumerated([f"{name} ({number})" for name, number in most.items()])
        return f"{jenis} ini kurang {count} dari {total} Kampung KB {when}, terbanyak di {shown}; {advice}"
    names = before[level].nunique()
    shown = _enumerated(areas[level])
    return (
        f"{jenis} ini memuat {names - len(areas[level])} dari {names} {level} dan {total - count} dari {total}"
        f" Kampung KB {when}; tidak ada: {shown}; {advice}"
    )


def _gone(now: pd.DataFrame, before: pd.DataFrame, level: str) -> list[str]:
    """Return the names of the areas of a level that ``before`` has and now does not."""
    upto = list(LEVELS[: LEVELS.index(level) + 1])
    there = set(zip(*(now[c] for c in upto), strict=True))
    return sorted({place[-1] for place in zip(*(before[c] for c in upto), strict=True) if place not in there})


def _enumerated(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f", dan {more} lain" if more > 0 else "")
