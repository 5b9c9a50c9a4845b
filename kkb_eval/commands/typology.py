"""From national rekap exports to the frozen reference types: what ``kkb-eval typology`` does (METHOD 9)."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

from kkb_eval.errors import DatasetError, FileRefused
from kkb_eval.intake import clean_year, quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import Export, read_export
from kkb_eval.method import indicators
from kkb_eval.method.typology.features import Features, features
from kkb_eval.method.typology.reference import PROVINSI, fit_reference


def fit_typology(files: Sequence[str | Path]) -> pd.DataFrame:
    """The reference types of the rekap exports ``files`` of one day, as the table ``data/tipologi_acuan.csv``.

    Several files are joined, as in a dataset. DatasetError with every file that cannot be used, for exports of
    several days and for data of too few provinces; KkbError where no number of types holds.
    """
    exports = _read(files)
    units, kampung = complete_units(exports)
    provinsi = kampung["provinsi"].nunique()
    if provinsi < PROVINSI:
        raise DatasetError(
            f"tipologi acuan: rekap memuat {provinsi} provinsi; pakai ekspor nasional (sedikitnya {PROVINSI} provinsi)"
        )
    hari = format_date(exports[0].snapshot, "long", locale="id")
    lengkap, semua = (format_decimal(n, locale="id") for n in (len(units), len(kampung)))
    return fit_reference(units, f"rekap nasional {hari}, {lengkap} dari {semua} Kampung KB lengkap")


def write_typology(table: pd.DataFrame, out: str | Path) -> None:
    """Write the table of ``fit_typology`` as the CSV that the catalogue reads, the same bytes everywhere."""
    text = table.to_csv(index=False, float_format="%.10g", lineterminator="\n")
    Path(out).write_text(text, encoding="utf-8", newline="\n")


def complete_units(exports: Sequence[Export]) -> tuple[Features, pd.DataFrame]:
    """The features of all complete Kampung KB in these rekap exports, and their clean year."""
    katalog = read_catalogue()
    no_alias = pd.DataFrame()  # a dataset's renamed Kampung KB; nothing is compared over years here
    rows = clean_year.identify(exports, katalog.alias_wilayah, no_alias)
    kampung, catatan = clean_year.merge(rows, pd.concat([e.catatan for e in exports]))
    catatan = pd.concat([catatan, quality.find(kampung)], ignore_index=True)
    return features(indicators.compute(kampung, catatan, katalog.indikator), katalog.indikator), kampung


def _read(files: Sequence[str | Path]) -> list[Export]:
    exports, wrong = [], []
    for path in sorted({Path(file) for file in files}):
        if not path.is_file():
            wrong.append(f"{path}: berkas tidak ada; periksa nama dan foldernya")
            continue
        try:
            export = read_export(path, path.name)
        except FileRefused as error:
            wrong.append(str(error))
            continue
        if export.jenis != "rekap":
            wrong.append(f"{path.name}: berkas ini {export.jenis}; tipe acuan dibuat dari rekap")
        exports.append(export)
    if len(days := sorted({export.snapshot.isoformat() for export in exports})) > 1:
        wrong.append(f"rekap dari beberapa hari ({', '.join(days)}); pakai ekspor dari satu hari")
    if wrong or not exports:
        raise DatasetError("\n".join(wrong) or "tipologi acuan: tidak ada rekap; sebutkan berkasnya dengan --rekap")
    return exports
