"""From two national rekap exports to the noise of each indicator: what ``kkb-eval noise`` does (METHOD 8)."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from babel.dates import format_date

from kkb_eval.commands.national import clean, read_rekap
from kkb_eval.errors import DatasetError
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import noise

ENTERED_BADLY = ("K06", "K12")
"""Numbers that contradict themselves as they were entered: a form entered again may hold such, so σ counts them."""


def fit_noise(files: Sequence[str | Path]) -> pd.DataFrame:
    """Return what changes between the rekap exports ``files`` of two days, as the table ``data/derau.csv``.

    Several files of one day are joined. DatasetError with every file that cannot be used, for exports of another
    number of days and where too few records were entered again.
    """
    exports = read_rekap(files, "derau")
    days = sorted({export.snapshot for export in exports})
    told = [format_date(day, "long", locale="id") for day in days]
    if len(days) != 2:
        raise DatasetError(
            f"derau: rekap dari {len(days)} hari ({', '.join(told)}); sebutkan rekap dari dua hari yang berbeda"
        )
    before, after = (
        clean([export for export in exports if export.snapshot == day], without=ENTERED_BADLY) for day in days
    )
    katalog = read_catalogue().indikator
    asal = f"rekap {told[0]} dan {told[1]}"
    table = noise.fit(after.kampung, after.indikator, before.kampung, before.indikator, katalog, asal=asal)
    if table.empty:
        raise DatasetError(
            f"derau: terlalu sedikit formulir yang diisi ulang antara {told[0]} dan {told[1]}; perlu sedikitnya "
            f"{noise.FEWEST_PAIRS} Kampung KB, pakai ekspor nasional"
        )
    return table


def write_noise(table: pd.DataFrame, out: str | Path) -> None:
    """Write the table of ``fit_noise`` as the CSV that the catalogue reads, the same bytes everywhere."""
    text = table.to_csv(index=False, float_format="%.4g", lineterminator="\n")
    Path(out).write_text(text, encoding="utf-8", newline="\n")
