"""From national rekap exports to the reference types, with a verdict on the frozen ones: ``kkb-eval typology``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kkb_eval import text
from kkb_eval.commands.national import clean, read_rekap
from kkb_eval.errors import DatasetError, KkbError
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import Export
from kkb_eval.method.typology.features import Features, features
from kkb_eval.method.typology.local import RECURS
from kkb_eval.method.typology.null import PLAIN
from kkb_eval.method.typology.reference import PROVINSI, Reference, Refit, Verdict, fit_reference, judge


@dataclass(frozen=True)
class Fitted:
    """What ``fit_typology`` finds: the types anew, what becomes of the frozen ones, and how many units tell it."""

    refit: Refit
    verdict: Verdict
    frozen: Reference
    units: int

    @property
    def types(self) -> pd.DataFrame:
        """The table ``data/tipologi_acuan.csv`` of the new types; KkbError where no number of types holds."""
        if self.refit.table is None:
            jumlah = text.count(self.units)
            raise KkbError(
                f"tipologi acuan: tidak ada jumlah tipe yang stabil pada {jumlah} Kampung KB; pakai data lain"
            )
        return self.refit.table


def fit_typology(files: Sequence[str | Path]) -> Fitted:
    """Fit the reference types of the rekap exports ``files`` of one day, and judge the frozen ones by them.

    Several files are joined, as in a dataset. DatasetError with every file that cannot be used, for exports of
    several days and for data of too few provinces.
    """
    exports = read_rekap(files, "tipologi acuan")
    if len(days := sorted({export.snapshot.isoformat() for export in exports})) > 1:
        raise DatasetError(f"rekap dari beberapa hari ({', '.join(days)}); pakai ekspor dari satu hari")
    units, kampung = complete_units(exports)
    provinsi = kampung["provinsi"].nunique()
    if provinsi < PROVINSI:
        raise DatasetError(
            f"tipologi acuan: rekap memuat {provinsi} provinsi; pakai ekspor nasional (sedikitnya {PROVINSI} provinsi)"
        )
    lengkap, semua = text.count(len(units)), text.count(len(kampung))
    hari = text.tanggal(exports[0].snapshot)
    refit = fit_reference(units, f"rekap nasional {hari}, {lengkap} dari {semua} Kampung KB lengkap")
    frozen = Reference.from_frame(read_catalogue().tipologi_acuan)
    return Fitted(refit, judge(units, frozen, refit.panel), frozen, len(units))


def told(fitted: Fitted) -> list[str]:
    """Return the lines that the command prints: the panel, the null test, and the verdict on the frozen types."""
    refit, verdict, k = fitted.refit, fitted.verdict, len(fitted.frozen.pusat)
    lebih = "lebih jelas" if refit.p <= PLAIN else "tidak lebih jelas"
    ulang = "" if np.isnan(verdict.jaccard) else f"; {k} tipe {_recurs(verdict.jaccard)}"
    layak = "masih layak" if verdict.usable else "tidak layak lagi"
    return [
        f"{text.count(fitted.units)} Kampung KB lengkap",
        *(_candidate(row) for row in refit.panel.itertuples()),
        f"Dibandingkan dengan data acak tanpa tipe: {lebih} daripada kebetulan (p = {text.decimal(refit.p, 3)})",
        f"Tipe acuan yang dibekukan ({fitted.frozen.asal}): kesesuaian dengan tipe baru "
        f"{text.decimal(verdict.agreement, 2)}{ulang}; jarak ke pusatnya {text.percent(verdict.excess)} di atas yang "
        "terkecil",
        f"Putusan: tipe acuan {layak} dipakai sebagai penggaris",
    ]


def _candidate(row: Any) -> str:
    return (
        f"{row.k} tipe: siluet {text.decimal(row.siluet, 2)}, kemiripan terendah (Jaccard) "
        f"{text.decimal(row.jaccard_min, 2)}, anggota tipe terkecil {text.count(row.terkecil)}"
    )


def _recurs(jaccard: float) -> str:
    kata = "muncul lagi bila datanya diambil ulang" if jaccard >= RECURS["stabil"] else "tidak selalu muncul lagi"
    return f"{kata} (Jaccard {text.decimal(jaccard, 2)})"


def write_typology(table: pd.DataFrame, out: str | Path) -> None:
    """Write a table of types as the CSV that the catalogue reads, the same bytes everywhere."""
    csv = table.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    Path(out).write_text(csv, encoding="utf-8", newline="\n")


def complete_units(exports: Sequence[Export]) -> tuple[Features, pd.DataFrame]:
    """Return the features of all complete Kampung KB in these rekap exports, and their clean year."""
    cleaned = clean(exports)
    return features(cleaned.indikator, read_catalogue().indikator), cleaned.kampung
