"""Targets in a reader's words, for the section, the sentence and the tiles that speak of them."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.names import each
from kkb_eval.text import Number, as_given, count, enumerate_words, interval, per_sentence, percent

KAMPUNG_KB = "Kampung KB terbentuk"
NOT_CERTAIN = "belum dapat dipastikan"


def own(evaluasi: Evaluation) -> pd.DataFrame:
    """The rows of ``capaian`` for this selection's own area: its kecamatan, else the kabupaten."""
    rows = evaluasi.capaian
    return rows[rows["kecamatan"].eq(evaluasi.kecamatan) if evaluasi.kecamatan else rows["kecamatan"].isna()]


def names(evaluasi: Evaluation) -> dict[str, str]:
    """The short names of all that may have a target, by key."""
    return {schema.KAMPUNG_KB: KAMPUNG_KB} | dict(evaluasi.katalog.set_index("kode")["singkat"])


def goal(row: Any) -> str:
    """The target of a row in its unit: "5,74 %", "84"."""
    return count(row.target) if row.indikator == schema.KAMPUNG_KB else f"{as_given(row.target)}\N{NO-BREAK SPACE}%"


def real(row: Any) -> str:
    """The realisasi of a row in its unit: "62,9 %", "82"."""
    return count(row.realisasi) if row.indikator == schema.KAMPUNG_KB else percent(row.realisasi / 100)


def limits(low: Number, high: Number) -> str:
    """An interval of percentages, empty where there is none."""
    return "" if pd.isna(low) else interval(low / 100, high / 100)


def short_of(row: Any, nama: dict[str, str]) -> str:
    """A target that is not met, in a sentence: "CPR 62,9 persen (target 66 persen)"."""
    return f"{nama[row.indikator]} {real(row)} (target {goal(row)})".replace("%", "persen")


def tally(rows: pd.DataFrame, apa: str) -> str:
    """How many of the targets ``apa`` are met, not met, not certain: "Dari 3 target kabupaten, 1 tercapai dan 2 …"."""
    ya, belum = (int(rows["tercapai"].eq(state).sum()) for state in (True, False))
    parts = {"tercapai": ya, "belum tercapai": belum, NOT_CERTAIN: len(rows) - ya - belum}
    ada = {words: n for words, n in parts.items() if n}
    if len(ada) == 1:
        return f"{f'Semua {len(rows)} {apa}' if len(rows) > 1 else per_sentence(apa)} {next(iter(ada))}"
    return f"Dari {len(rows)} {apa}, " + enumerate_words(f"{n} {words}" for words, n in ada.items())


def tile_line(evaluasi: Evaluation, kode: str) -> str:
    """What the tile of a rate says of its target; empty without a capaian."""
    rows = own(evaluasi)
    for row in each(rows[rows["indikator"].eq(kode) & rows["capaian"].notna()]):
        pasti = f", {NOT_CERTAIN}" if pd.isna(row.tercapai) else ""
        return f"capaian {percent(row.capaian / 100)} (target {goal(row)}){pasti}"
    return ""
