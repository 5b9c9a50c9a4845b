"""Evaluates the years of a dataset: each once, stored with its manifest, and again only when something has changed."""

from contextlib import suppress
from functools import cached_property
from pathlib import Path

import pandas as pd
from filelock import FileLock

from kkb_eval import __version__, current, manifest, stages, store
from kkb_eval.errors import DatasetError
from kkb_eval.intake.dataset import Dataset, YearData, open_dataset
from kkb_eval.manifest import Manifest
from kkb_eval.method.typology.kmeans import SEED

Tables = dict[str, pd.DataFrame]


class Evaluator:
    """The years of one dataset in one out folder. The dataset is hashed, opened and read once, and only when needed."""

    def __init__(self, data_dir: str | Path, out: str | Path, inputs: current.Inputs | None = None) -> None:
        self.inputs, self.out = inputs or current.Inputs(store.place(data_dir)), out
        self._last: tuple[Manifest, Tables] | None = None

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset. Raises as ``open_dataset``."""
        assert self.inputs.digest  # before anything is read: what changes meanwhile is seen the next time
        return open_dataset(self.inputs.folder)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years of the dataset. DatasetError where none of its files can be used."""
        return current.years(self.inputs, self.out) or self.dataset.years()

    def stored(self, year: int, k: int | None = None) -> Manifest | None:
        """Return the manifest of a year that is stored and current; None where it is to be evaluated."""
        found = manifest.read(store.folder(self.out, year, k))
        return found if found is not None and found.kunci == current.key(self.inputs.digest, year, k) else None

    def manifest(self, year: int, k: int | None = None) -> Manifest:
        """Return the manifest of a year, evaluated first where it is not current. Errors as ``evaluate``."""
        return self.stored(year, k) or self.evaluate(year, k, again=False)

    def evaluate(self, year: int, k: int | None = None, *, again: bool = True) -> Manifest:
        """Compute a year and store it; ``k`` is an analyst's number of types, None that of the dataset or the method.

        Unless ``again``, a year that another process computed while this one waited for it is left as it is.
        UnknownName for a year without data, DatasetError for a dataset that cannot be read or a *final* year whose
        files have changed. The year before, if the dataset has one, comes first: freshness and change need it.
        """
        data = self.dataset.year(year)
        before = max((earlier for earlier in self.dataset.tahun if earlier < year), default=None)
        lama = None if before is None else self._tables(before, k)
        where = store.folder(self.out, year, k)
        where.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{where}.lock"):
            if not again and (found := self.stored(year, k)):
                return found
            check_final(data, manifest.last(where))
            tables = stages.compute(self.dataset, data, lama, k)
            found = self._describe(data, before, k, current.key(self.inputs.digest, year, k), tables)
            store.write(where, tables, found)
        self._last = found, tables
        return found

    def outline(self, year: int) -> Manifest:
        """Return what a year's manifest says before it is evaluated: its places, without key, counts and hashes."""
        before = max((earlier for earlier in self.dataset.tahun if earlier < year), default=None)
        return self._describe(self.dataset.year(year), before, None, "", None)

    def _describe(
        self, data: YearData, before: int | None, k: int | None, kunci: str, tables: Tables | None
    ) -> Manifest:
        """Return the manifest of a year of ``data``; ``before`` is the year it is compared with."""
        dataset, pilihan = self.dataset, self.dataset.config.tipologi
        return Manifest(
            kunci=kunci,
            judul=data.judul,
            penyusun=dataset.config.penyusun,
            sintetis=data.sintetis,
            tahun=data.tahun,
            tahun_data=dataset.tahun,
            tahun_sebelumnya=before,
            final=data.final,
            aturan=str(dataset.katalog.klasifikasi["versi"].iat[0]),
            versi=__version__,
            parameter=manifest.Parameters(
                tahun=data.tahun,
                k=k or pilihan.k,
                bobot=dict(pilihan.bobot),
                ulangan=stages.DRAWS,
                benih=SEED,
                kunjungan=stages.VISITS,
            ),
            snapshot_rekap=data.snapshot_rekap,
            snapshot_klasifikasi=data.snapshot_klasifikasi,
            masukan=tuple(manifest.InputFile.model_validate(row) for row in data.masukan.to_dict("records")),
            ditolak=tuple(manifest.Refused(berkas=e.berkas, masalah=e.masalah) for e in dataset.ditolak),
            jumlah={name: len(table) for name, table in (tables or {}).items()},
            kabupaten=places(data.kampung, {} if tables is None else store.fingerprints(as_shown(tables))),
        )

    def _tables(self, year: int, k: int | None) -> Tables:
        """Return the tables of a year, evaluated first where they are not current."""
        while True:
            found = self.manifest(year, k)
            if self._last is not None and self._last[0] is found:
                return self._last[1]
            with suppress(store.Replaced):
                return store.read(store.folder(self.out, year, k), None, found.kunci)


def check_final(data: YearData, stored: Manifest | None) -> None:
    """Refuse a *final* year whose files are not those that were ``stored`` (DatasetError with all that changed)."""
    if not data.final or stored is None or not stored.final:
        return
    used = data.masukan[data.masukan["dipakai"]]
    now: dict[str, str] = dict(zip(used["berkas"], used["sha256"], strict=True))
    changed = sorted(name for name in now.keys() | stored.used.keys() if now.get(name) != stored.used.get(name))
    if changed:
        raise DatasetError(
            f"tahun {data.tahun} sudah final, tetapi masukannya berubah: {', '.join(changed)}; "
            "kembalikan berkas itu, atau hapus final = true di dataset.toml"
        )


def places(kampung: pd.DataFrame, sidik: dict[str, str]) -> dict[str, manifest.Kabupaten]:
    """Return the kabupaten of a clean year with their kecamatan; ``sidik`` are the hashes of what is shown of each."""
    return {
        str(nama): manifest.Kabupaten(
            slug=str(isi["slug_kabupaten"].iat[0]),
            sidik=sidik.get(str(nama), ""),
            kecamatan=dict(sorted(zip(isi["kecamatan"], isi["slug_kecamatan"], strict=True))),
        )
        for nama, isi in kampung.groupby("kabupaten", sort=True)
    }


def as_shown(tables: Tables) -> Tables:
    """Return the tables with what pages of a kabupaten show of the province and the nation: numbers of two decimals.

    So a page is made again where such a number changes as it is printed, not with every Kampung KB of the nation.
    """
    wilayah, perubahan, tipologi = tables["wilayah"], tables["perubahan"], tables["tipologi"]
    luas = wilayah[wilayah["kabupaten"].isna()]
    luas = luas[["tingkat", "provinsi", "indikator", "nilai"]].round({"nilai": 2})
    daerah = tables["kampung"][["provinsi", "kabupaten"]].drop_duplicates()
    # a rate is shown where it is of more than the smaller area
    daerah["se_provinsi"] = daerah.groupby("provinsi")["kabupaten"].transform("size")
    daerah["semua"] = len(daerah)
    provinsi = daerah.merge(luas[luas["tingkat"].eq("provinsi")], on="provinsi")
    semua = daerah.merge(luas[luas["tingkat"].eq("semua")].drop(columns="provinsi"), how="cross")
    return tables | {
        "wilayah": wilayah[wilayah["kabupaten"].notna()],
        "perubahan": perubahan[perubahan["kabupaten"].notna()],  # no page shows that of a larger area
        "pembanding": pd.concat([provinsi, semua], ignore_index=True),
        "tipologi": tipologi.round({"kesesuaian_acuan": 2}),
    }
