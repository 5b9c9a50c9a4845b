"""The plan of every Kampung KB in a reader's words, the same on card, RTL and berita acara (METHOD 13)."""

from typing import Any

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import road

BLOCKS = {"A": "Data", "B": "Paling mendesak", "C": "Naik kelas"}
"""The blocks of a plan in their order."""


def worded(rencana: pd.DataFrame) -> pd.DataFrame:
    """Return the plan with ``kalimat`` and ``singkat`` of every step; rows and order as given."""
    katalog = read_catalogue()
    rows = rencana.rename(columns={"langkah": "tindakan"})
    return road.worded(rows, katalog.langkah, katalog.klasifikasi).rename(columns={"tindakan": "langkah"})


def blocks(evaluasi: Evaluation) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the steps of each Kampung KB by ``kampung_id`` and block, as ``worded``."""
    out: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in worded(evaluasi.rencana).to_dict("records"):
        out.setdefault(row["kampung_id"], {}).setdefault(row["blok"], []).append({str(k): v for k, v in row.items()})
    return out
