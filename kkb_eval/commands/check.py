"""The catatan mutu data of a whole dataset, for the command ``check``; nothing is stored."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from kkb_eval import schema, stages, store
from kkb_eval.errors import UnknownName
from kkb_eval.intake import clean_year
from kkb_eval.intake.dataset import Dataset, YearData, open_dataset
from kkb_eval.intake.portal import findings as frame


def findings(data: str | Path, years: Sequence[int] = ()) -> pd.DataFrame:
    """All catatan (columns ``schema.CATATAN``) of every year or of ``years``, each once: salah, periksa, info.

    Of an export that its year does not use, what reading it found. UnknownName for a year without data.
    """
    dataset = open_dataset(store.place(data))
    if years and (unknown := sorted(set(years) - set(dataset.years()))):
        raise UnknownName("tahun", str(unknown[0]), f"{data} (ada: {', '.join(map(str, dataset.tahun))})")
    parts = [_year(dataset, tahun) for tahun in sorted(set(years) or dataset.tahun)]
    parts += [_lone(dataset.year(tahun)) for tahun in sorted(set(years) or dataset.tahun)]
    parts += [dataset.catatan_ditolak, *_unused(dataset, years)]
    alias_wilayah = dataset.katalog.alias_wilayah
    parts.append(clean_year.stray_alias(dataset.ekspor, dataset.alias_kampung, alias_wilayah))
    found = pd.concat([part[list(schema.CATATAN)] for part in parts if len(part)] or parts[:1], ignore_index=True)
    tingkat = pd.Categorical(found["tingkat"], schema.LEVELS, ordered=True)
    order = ["tingkat", "kode", "berkas", "baris", "kolom", "pesan"]
    return found.assign(tingkat=tingkat).drop_duplicates().sort_values(order, kind="stable", ignore_index=True)


def _year(dataset: Dataset, tahun: int) -> pd.DataFrame:
    """All catatan of one year; the year before is read for what is missing or not updated."""
    earlier = [t for t in dataset.years() if t < tahun]
    lama = dataset.year(earlier[-1]).kampung if earlier else None
    return stages.prepare(dataset, dataset.year(tahun), lama).catatan


def _lone(data: YearData) -> pd.DataFrame:
    """What is not known of kabupaten that only one of the two exports has (K15, K16), told at the first file in use."""
    berkas = data.masukan.loc[data.masukan["dipakai"], "berkas"].min()
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
            rows.append((kode, "info", berkas, None, None, "", text))
    return frame(rows)


def _unused(dataset: Dataset, years: Sequence[int]) -> Iterator[pd.DataFrame]:
    """What reading found in the exports that a later one of their year replaces."""
    for tahun in set(years) or dataset.tahun:
        masukan = dataset.year(tahun).masukan
        names = set(masukan.loc[~masukan["dipakai"], "berkas"])
        yield from (export.catatan for export in dataset.ekspor if export.berkas in names)


def lines(data: str | Path, found: pd.DataFrame) -> Iterator[str]:
    """The findings as lines: a heading a kind with its count, then file, row and message; last the counts."""
    for (tingkat, kode), rows in found.groupby(["tingkat", "kode"], observed=True, sort=True):
        yield f"{kode}, {tingkat}: {len(rows)} catatan"
        for berkas, baris, pesan in zip(rows["berkas"], rows["baris"], rows["pesan"], strict=True):
            where = str(Path(data) / berkas) + ("" if pd.isna(baris) else f", baris {baris}")
            yield f"  {where}: {pesan}"
    jumlah = found["tingkat"].value_counts()
    yield ", ".join(f"{jumlah.get(tingkat, 0)} {tingkat}" for tingkat in schema.LEVELS)
