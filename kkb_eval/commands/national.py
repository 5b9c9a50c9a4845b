"""Rekap exports given by name, read and cleaned: what the commands that fit the catalogues begin with."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from kkb_eval.errors import DatasetError, FileRefused
from kkb_eval.intake import clean_year, quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.portal import Export, read_export
from kkb_eval.method import indicators


class Cleaned(NamedTuple):
    """The clean year of some exports, its indicators (``indicators.compute``) and the findings of one snapshot."""

    kampung: pd.DataFrame
    indikator: pd.DataFrame
    catatan: pd.DataFrame


def read_rekap(files: Sequence[str | Path], purpose: str) -> list[Export]:
    """Return the rekap exports ``files``, by path; DatasetError names every file that cannot be used, ``purpose``."""
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
            wrong.append(f"{path.name}: berkas ini {export.jenis}; {purpose} dibuat dari rekap")
        exports.append(export)
    if wrong or not exports:
        raise DatasetError("\n".join(wrong) or f"{purpose}: tidak ada rekap; sebutkan berkasnya dengan --rekap")
    return exports


def clean(exports: Sequence[Export], *, without: Sequence[str] = ()) -> Cleaned:
    """Return the clean year of exports of one day, its indicators and its findings.

    Findings of the codes ``without`` are told, but their numbers stay *terisi*.
    """
    katalog = read_catalogue()
    no_alias = pd.DataFrame()  # a dataset's renamed Kampung KB; these exports belong to none
    rows = clean_year.identify(exports, katalog.alias_wilayah, no_alias)
    kampung, catatan = clean_year.merge(rows, pd.concat([e.catatan for e in exports]))
    catatan = pd.concat([catatan, quality.find(kampung)], ignore_index=True)
    counted = catatan[~catatan["kode"].isin(without)]
    return Cleaned(kampung, indicators.compute(kampung, counted, katalog.indikator), catatan)
