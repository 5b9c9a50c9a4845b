"""The catatan mutu data of a whole dataset, for the command ``check``; nothing is stored."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from kkb_eval import schema, stages, store
from kkb_eval.errors import UnknownName
from kkb_eval.intake import clean_year
from kkb_eval.intake.dataset import Dataset, YearData, open_dataset
from kkb_eval.intake.portal import findings as frame

COLUMNS = (*schema.CATATAN, "tahun", "kampung", "kecamatan")
"""What ``findings`` returns: year, name and kecamatan are null where a finding is of no year or Kampung KB."""


def findings(data: str | Path, years: Sequence[int] = ()) -> pd.DataFrame:
    """Return all catatan (``COLUMNS``) of every year or of ``years``, each once: salah, periksa, info.

    Of an export that its year does not use, what reading it found. UnknownName for a year without data.
    """
    dataset = open_dataset(store.place(data))
    if years and (unknown := sorted(set(years) - set(dataset.years()))):
        raise UnknownName("tahun", str(unknown[0]), f"{data} (ada: {', '.join(map(str, dataset.tahun))})")
    chosen = sorted(set(years) or dataset.tahun)
    # what several years find is told of the last; what reading finds is no year's where a year does not find it
    parts = [_year(dataset, tahun).assign(tahun=tahun) for tahun in reversed(chosen)]
    parts += [_lone(dataset, dataset.year(tahun)).assign(tahun=tahun) for tahun in chosen]
    parts += [dataset.catatan_ditolak, *_unused(dataset, years)]
    alias_wilayah = dataset.katalog.alias_wilayah
    parts.append(clean_year.stray_alias(dataset.ekspor, dataset.alias_kampung, alias_wilayah))
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    found = found.reindex(columns=list(COLUMNS[:-2])).astype({"tahun": "Int64"})
    found = found.drop_duplicates(list(schema.CATATAN)).join(_names(dataset, chosen), on="kampung_id")
    tingkat = pd.Categorical(found["tingkat"], schema.LEVELS, ordered=True)
    order = ["tingkat", "kode", "berkas", "baris", "kolom", "pesan"]
    return found.assign(tingkat=tingkat).sort_values(order, kind="stable", ignore_index=True)


def is_sample(data: str | Path) -> bool:
    """Return whether a dataset says of itself that it is synthetic."""
    return open_dataset(store.place(data)).config.sintetis


def _names(dataset: Dataset, years: Sequence[int]) -> pd.DataFrame:
    """Return ``kampung`` and ``kecamatan`` by ``kampung_id``, as in the last year that has it.

    Of the year before the first one, too: who is missing since then (K18) is in no other.
    """
    before = [tahun for tahun in dataset.tahun if years and tahun < years[0]][-1:]
    columns = ["kampung_id", "kampung", "kecamatan"]
    known = [dataset.year(tahun).kampung[columns] for tahun in reversed([*before, *years])]
    every = pd.concat(known) if known else pd.DataFrame(columns=columns, dtype="str")
    return every.drop_duplicates("kampung_id").set_index("kampung_id")


def _year(dataset: Dataset, tahun: int) -> pd.DataFrame:
    """Return all catatan of one year; the year before is read for what is missing or not updated."""
    earlier = [t for t in dataset.years() if t < tahun]
    lama = dataset.year(earlier[-1]).kampung if earlier else None
    return stages.prepare(dataset, dataset.year(tahun), lama).catatan


def _lone(dataset: Dataset, data: YearData) -> pd.DataFrame:
    """Return what is not known of kabupaten that have one of the two exports (K15, K16), at the first file used."""
    used = data.masukan.loc[data.masukan["dipakai"], "berkas"]
    berkas = used.min() if len(used) else "siga/"
    rows: list[tuple[object, ...]] = []
    for kode, jenis, akibat in (
        ("K15", "rekap", "peserta KB, poktan, dan angka lain tidak diketahui"),
        ("K16", "klasifikasi", "kelas resmi tidak diketahui, hanya rentang yang mungkin"),
    ):
        ada = data.kampung[f"baris_{jenis}"].notna().groupby(data.kampung["kabupaten"]).any()
        if not ada.all():
            tanpa = ada.index[~ada]
            nama = f" untuk {', '.join(tanpa[:3])}{', …' if len(tanpa) > 3 else ''}" if ada.any() else ""
            text = (
                f"tahun {data.tahun} tidak memuat ekspor {jenis}{nama}, jadi {akibat}; unduh juga {jenis} dari portal,"
                " atau taruh yang lama di ekspor/"
            )
            if not len(used):
                text = f"tahun {data.tahun} hanya memuat tabel SIGA, jadi {akibat}; taruh ekspor portal di ekspor/"
            elif set(used) <= dataset.isian:
                text = f"tahun {data.tahun} hanya memuat buku isian, jadi {akibat}"
            rows.append((kode, "info", berkas, None, None, "", text))
    return frame(rows)


def _unused(dataset: Dataset, years: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Yield what reading found in the exports that a later one of their year replaces."""
    for tahun in set(years) or dataset.tahun:
        masukan = dataset.year(tahun).masukan
        names = set(masukan.loc[~masukan["dipakai"], "berkas"])
        yield from (export.catatan for export in dataset.ekspor if export.berkas in names)
