"""Rows of a frame for a template or a chart."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.text import yes


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows as named tuples, with ``Index`` first; their fields have the types of the columns."""
    return iter(frame.itertuples())


def marks(evaluasi: Evaluation, row: Any) -> dict[str, bool]:
    """What is to be known of a Kampung KB wherever its name stands (``tanda`` of ``tanda.html.j2``).

    ``row`` has its ``kampung_id`` and ``tertinggal``.
    """
    return {
        "tertinggal": yes(row.tertinggal),
        "berpola": row.kampung_id in evaluasi.berpola,
        "meragukan": row.kampung_id in evaluasi.meragukan,
    }


def alone(evaluasi: Evaluation) -> bool:
    """Whether the year has no export of the portal: its pages rest on tables of SIGA."""
    return not (evaluasi.manifest.snapshot_rekap or evaluasi.manifest.snapshot_klasifikasi)
