"""Which rows of a year's exports count: for each kabupaten those of its last rekap and its last klasifikasi."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from kkb_eval.intake.portal import Export, findings


def without_copies(exports: Sequence[Export]) -> tuple[list[Export], pd.DataFrame]:
    """Return the exports without those whose file is another's of that day, each told in one finding (K03)."""
    first: dict[tuple[str, date], Export] = {}
    copies = []
    for export in exports:
        same = first.setdefault((export.sha256, export.snapshot), export)
        if same is not export:
            text = f"isinya sama persis dengan {same.berkas}; satu yang dipakai, hapus salinannya"
            copies.append(("K03", "info", export.berkas, None, None, "", text))
    return list(first.values()), findings(copies)


def select(
    rows: pd.DataFrame, days: Mapping[str, date], pinned: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of each kabupaten's last export of a kind, and K18 for older exports that hold more.

    ``rows`` are identified (``clean_year.identify``); ``days`` gives the snapshot of every file. Of the kinds in
    ``pinned`` all rows count. An older export with a Kampung KB that the last one lacks may be a part of one that was
    exported in several files.
    """
    day = rows["berkas"].map(days)
    last = day.groupby([rows["jenis"], rows["kabupaten"]]).transform("max")
    counts = day.eq(last) | rows["jenis"].isin(pinned)
    there = set(zip(rows.loc[counts, "jenis"], rows.loc[counts, "kampung_id"], strict=True))
    found = []
    for (jenis, berkas), older in rows[~counts].groupby(["jenis", "berkas"]):
        lacking = older[[(jenis, kode) not in there for kode in older["kampung_id"]]]
        if len(lacking):
            text = (
                f"memuat {lacking['kampung_id'].nunique()} Kampung KB yang tidak ada di {jenis} terakhir tahun itu,"
                f' misalnya "{lacking["kampung"].iat[0]}"; bila satu {jenis} terbagi dalam beberapa berkas, sebut semua'
                " di dataset.toml"
            )
            found.append(("K18", "periksa", berkas, None, None, "", text))
    return rows[counts].reset_index(drop=True), findings(found)


def moments(exports: Sequence[Export]) -> tuple[date, ...]:
    """Return the days on which a year stood as its exports show it, in order; the last is that of the whole year.

    Exports follow each other until one of a kind comes that is there already, on another day: a rekap and the
    klasifikasi a week after it are one moment, on the day of the later.
    """
    days: list[date] = []
    there: dict[str, date] = {}
    for export in sorted(exports, key=lambda e: (e.snapshot, e.jenis)):
        if there.get(export.jenis, export.snapshot) != export.snapshot:
            days.append(max(there.values()))
            there = {}
        there[export.jenis] = export.snapshot
    return (*days, *([max(there.values())] if there else []))
