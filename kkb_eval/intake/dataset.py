"""A dataset folder: its ``dataset.toml``, its exports, and the clean year that they make."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from kkb_eval import schema
from kkb_eval.errors import DatasetError, FileRefused, UnknownName
from kkb_eval.intake import clean_year, files, newest, regions, siga_desa
from kkb_eval.intake.catalogue import DATA, Catalogue
from kkb_eval.intake.portal import Export, findings, read_export
from kkb_eval.intake.settings import Config, Pin, read_alias, read_config, region_alias, with_plain_names


@dataclass(frozen=True)
class YearData:
    """One clean year. ``kampung`` has the columns ``clean_year.KOLOM_KAMPUNG``, one row a Kampung KB, sorted by id.

    ``masukan``: every export of that year, ``berkas, jenis, snapshot, sha256, baris, dipakai``. ``catatan``: findings
    of reading (K03, K05, K17, K18). A snapshot is None where the year has no export of that kind.
    """

    tahun: int
    kampung: pd.DataFrame
    masukan: pd.DataFrame
    catatan: pd.DataFrame
    snapshot_rekap: date | None
    snapshot_klasifikasi: date | None
    final: bool
    sintetis: bool
    judul: str


@dataclass(frozen=True)
class Dataset:
    """A dataset folder. Every export is read once, when first needed; a refused one is kept in ``ditolak``."""

    folder: Path
    config: Config

    @cached_property
    def rujukan(self) -> Path:
        """Return the folder of the companion tables, whether it is there or not."""
        return files.named(self.folder, files.COMPANIONS)

    @cached_property
    def isian(self) -> frozenset[str]:
        """Return the exports that are entry workbooks of ours, of an office that may have no portal."""
        return frozenset(e.berkas for e in self.ekspor if e.isian)

    @cached_property
    def berkas(self) -> dict[str, Path]:
        """Return the export files by their name relative to the dataset, in order of name."""
        return {p.relative_to(self.folder).as_posix(): p for p in files.exports(self.folder)}

    @cached_property
    def _read(self) -> tuple[tuple[Export, ...], tuple[FileRefused, ...]]:
        exports, refused = [], []
        for name, path in self.berkas.items():
            try:
                exports.append(read_export(path, name))
            except FileRefused as error:
                refused.append(error)
        return tuple(exports), tuple(refused)

    @property
    def ekspor(self) -> tuple[Export, ...]:
        """Return every export that could be read."""
        return self._read[0]

    @property
    def ditolak(self) -> tuple[FileRefused, ...]:
        """Return the files that were refused, with all their K01 and K02."""
        return self._read[1]

    @property
    def catatan_ditolak(self) -> pd.DataFrame:
        """Return the findings of the refused files (K01, K02), and of those that lie where none is read (K01)."""
        rows = [(kode, "salah", e.berkas, None, None, "", pesan) for e in self.ditolak for kode, pesan in e.masalah]
        unread = files.unread(self.folder).items()
        return findings([*rows, *(("K01", "periksa", nama, None, None, "", told) for nama, told in unread)])

    @cached_property
    def tahun(self) -> tuple[int, ...]:
        """Return the years of the dataset: those of its snapshots, and those that ``dataset.toml`` pins.

        Without a single export those of its tables of SIGA.
        """
        if not self.berkas:
            return tuple(sorted(set(self.siga.rows["tahun"])))
        pinned = {year for year, pin in self.config.tahun.items() if pin.berkas or pin.final}
        return tuple(sorted(pinned | {e.snapshot.year for e in self.ekspor if e.berkas not in self._pinned}))

    def years(self) -> tuple[int, ...]:
        """``tahun``; raises ``DatasetError``, with all that is wrong with the files, where none of them can be used."""
        if not self.tahun:
            raise DatasetError("\n".join(map(str, (*self.ditolak, *self.siga.ditolak))))
        return self.tahun

    @cached_property
    def katalog(self) -> Catalogue:
        """Return the catalogues of the package, with this dataset's own spellings of regions."""
        return Catalogue(DATA, region_alias(self.alias_kampung))

    @cached_property
    def alias_kampung(self) -> pd.DataFrame:
        """rujukan/alias.csv: other names of Kampung KB and regions; empty without the file."""
        return read_alias(self.rujukan)

    @cached_property
    def siga(self) -> siga_desa.Siga:
        """Return the tables of SIGA in siga/."""
        return siga_desa.read(self.folder, self.katalog.alias_wilayah)

    @cached_property
    def _pinned(self) -> dict[str, int]:
        """Return the files that ``dataset.toml`` gives to a year, by their name here."""
        return {name: year for year in self.config.tahun for names in self._pins(year).values() for name in names}

    @cached_property
    def _years(self) -> dict[tuple[int, date | None], YearData]:
        return {}

    def moments(self, tahun: int) -> tuple[date, ...]:
        """Return the days on which a year stood as its exports show it (``newest.moments``); one where it is pinned."""
        found = newest.moments(self._of_year(tahun))
        return found[-1:] if self._pins(tahun) else found

    def year(self, tahun: int, until: date | None = None) -> YearData:
        """Return one clean year, computed once; with ``until`` as its exports up to that day show it.

        Raises ``UnknownName`` for a year, ``DatasetError`` for a year without use.
        """
        if tahun not in self.years():
            raise UnknownName("tahun", str(tahun), f"{self.folder} (ada: {', '.join(map(str, self.tahun))})")
        if (tahun, until) not in self._years:
            self._years[tahun, until] = self._build(tahun, until) if self.berkas else self._of_siga(tahun)
        return self._years[tahun, until]

    def _of_year(self, year: int) -> list[Export]:
        return [e for e in self.ekspor if self._pinned.get(e.berkas, e.snapshot.year) == year]

    def _build(self, year: int, until: date | None) -> YearData:
        pins, pin = self._pins(year), self.config.tahun.get(year, Pin())
        self._check_pinned(year, pins)
        own = [e for e in self._of_year(year) if until is None or e.snapshot <= until]
        wanted = [e for e in own if e.berkas in pins.get(e.jenis, (e.berkas,))]
        if not wanted:
            raise DatasetError(
                f"{self.folder}: tidak ada ekspor tahun {year}; taruh ekspornya, atau hapus [tahun.{year}]"
            )
        read, copies = newest.without_copies(wanted)
        rows = clean_year.identify(read, self.katalog.alias_wilayah, self.alias_kampung)
        rows, outside = self._in_scope(rows, year)
        rows, older = newest.select(rows, {e.berkas: e.snapshot for e in read}, list(pins))
        used = [e for e in read if e.berkas in set(rows["berkas"])]
        kampung, catatan = clean_year.merge(rows, pd.concat([e.catatan for e in used]))
        inputs = [(e.berkas, e.jenis, e.snapshot, e.sha256, len(e.rows), e in used) for e in own]
        return YearData(
            tahun=year,
            kampung=validate(kampung),
            masukan=pd.DataFrame(inputs, columns=["berkas", "jenis", "snapshot", "sha256", "baris", "dipakai"]),
            catatan=pd.concat([copies, older, outside, catatan], ignore_index=True),
            snapshot_rekap=max((e.snapshot for e in used if e.jenis == "rekap"), default=None),
            snapshot_klasifikasi=max((e.snapshot for e in used if e.jenis == "klasifikasi"), default=None),
            final=pin.final,
            sintetis=self.config.sintetis,
            judul=self.config.judul,
        )

    def _of_siga(self, year: int) -> YearData:
        """A year of an office that has tables of SIGA alone: its Kampung KB are known, and nothing of them."""
        kampung = siga_desa.kampung(self.siga.rows, year, self.katalog.alias_wilayah)
        if kampung.empty:
            raise DatasetError(
                f"{files.named(self.folder, files.SIGA)}: tanpa ekspor portal, Kampung KB hanya diketahui dari tabel"
                " SIGA Kampung KB yang dibentuk (JUMLAH KAMPUNG KB); unduh tabel itu, atau taruh ekspor di ekspor/"
            )
        kampung, outside = self._in_scope(kampung.assign(berkas=f"{files.SIGA}/", baris=None), year)
        return YearData(
            tahun=year,
            kampung=validate(kampung[list(clean_year.KAMPUNG_COLUMNS)].reset_index(drop=True)),
            masukan=pd.DataFrame(columns=["berkas", "jenis", "snapshot", "sha256", "baris", "dipakai"]),
            catatan=outside,
            snapshot_rekap=None,
            snapshot_klasifikasi=None,
            final=False,
            sintetis=self.config.sintetis,
            judul=self.config.judul,
        )

    def _check_pinned(self, year: int, pins: dict[str, tuple[str, ...]]) -> None:
        """Raise ``DatasetError`` for pinned files that were refused: without them the year would be another one."""
        named = {name for names in pins.values() for name in names}
        if refused := [str(error) for error in self.ditolak if error.berkas in named]:
            raise DatasetError(
                "\n".join([*refused, f"dataset.toml, tahun.{year}: berkas itu ditolak; ganti atau perbaiki"])
            )

    def _in_scope(self, rows: pd.DataFrame, year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the rows of the provinces and kabupaten that dataset.toml names; UnknownName for a name of none."""
        alias = self.katalog.alias_wilayah
        inside, found = clean_year.within(
            rows, self.config.provinsi, self.config.kabupaten, alias, tempat=f"ekspor tahun {year}"
        )
        if inside.empty:
            jenis = "kabupaten" if self.config.kabupaten else "provinsi"
            name = (self.config.kabupaten or self.config.provinsi)[0]
            raise UnknownName(jenis, name, f"ekspor tahun {year}", regions.suggest(name, rows[jenis].unique()))
        return inside, found

    def _pins(self, year: int) -> dict[str, tuple[str, ...]]:
        """Return the files pinned to a year, as they are named here. Raises ``DatasetError`` with each unknown one."""
        by_name = {key: name for name in self.berkas for key in (name, Path(name).name)}
        pins = self.config.tahun.get(year, Pin()).berkas
        kinds = {e.berkas: e.jenis for e in self.ekspor}
        wrong = []
        for jenis, names in pins.items():
            for name in names:
                where = f"dataset.toml, tahun.{year}.{jenis}"
                if name not in by_name:
                    hint = regions.meant(name, by_name, "tulis nama berkas di ekspor/")
                    wrong.append(f'{where}: berkas "{name}" tidak ada; {hint}')
                elif kinds.get(by_name[name], jenis) != jenis:
                    wrong.append(f'{where}: "{name}" adalah {kinds[by_name[name]]}, bukan {jenis}; pilih berkas lain')
        if wrong:
            raise DatasetError("\n".join(wrong))
        return {jenis: tuple(by_name[n] for n in names) for jenis, names in pins.items()}


def open_dataset(data_dir: str | Path) -> Dataset:
    """Open a dataset folder; its exports are not read yet. Raises ``DatasetError`` with every problem at once."""
    folder = Path(data_dir)
    if folder.is_file():
        raise DatasetError(
            f"{folder}: ini berkas, bukan folder dataset; sebut folder yang memuat ekspor/ atau ekspornya"
        )
    if not folder.is_dir():
        raise DatasetError(f"{folder}: folder dataset tidak ada; buat folder itu dengan ekspor portal di ekspor/")
    dataset = Dataset(folder, read_config(files.named(with_plain_names(folder), files.SETTINGS)))
    if not dataset.berkas and not siga_desa.names(folder):
        looked = files.named(folder, files.EXPORTS)
        hint = "taruh di sini berkas .xlsx rekap dan klasifikasi dari portal"
        if elsewhere := [name for name in files.unread(folder) if Path(name).suffix.lower() in files.READ]:
            hint = f"pindahkan ke sini {', '.join(elsewhere[:3])}{' …' if len(elsewhere) > 3 else ''}"
        raise DatasetError(f"{looked if looked.is_dir() else folder}: tidak ada ekspor; {hint}")
    return dataset


def validate(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return the clean year, checked against its schema; a failure is a bug of the reader, not of the user's file."""
    import pandera.pandas as pa  # half a second: only when a year is really read

    text, optional, numbers = pa.Column(str), pa.Column(str, nullable=True), pa.Column(float, nullable=True)
    kinds = {
        **dict.fromkeys(clean_year.KAMPUNG_COLUMNS, numbers),
        **dict.fromkeys(("kampung", *clean_year.PLACE, *clean_year.SLUG), text),
        **dict.fromkeys((*clean_year.CODES, "berkas_rekap", "berkas_klasifikasi"), optional),
        **dict.fromkeys(("baris_rekap", "baris_klasifikasi"), pa.Column("Int64", pa.Check.ge(2), nullable=True)),
        **dict.fromkeys((f"lapor_{nama}" for nama in schema.RECORDS), pa.Column("boolean", nullable=True)),
        "klasifikasi_ekspor": pa.Column(str, pa.Check.isin(schema.CLASSES), nullable=True),
        "kampung_id": pa.Column(str, unique=True),
    }
    return pa.DataFrameSchema(kinds, strict=True, ordered=True).validate(kampung, lazy=True)
