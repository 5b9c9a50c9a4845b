"""A dataset folder: its ``dataset.toml``, its exports, and the clean year that they make (DESIGN 3)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from kkb_eval import schema
from kkb_eval.errors import DatasetError, FileRefused, UnknownName
from kkb_eval.intake import clean_year, lembar, wilayah
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.config import Config, Pin, read_config
from kkb_eval.intake.portal import Export, findings, read_export

_AKHIRAN = (".xlsx", ".csv")
_AKHIRAN_LAIN = (".xls", ".xlsm", ".xlsb", ".ods")
ALIAS_KAMPUNG = ("kecamatan", "desa", "nama_lama", "nama_baru")


@dataclass(frozen=True)
class YearData:
    """One clean year. ``kampung`` has the columns ``clean_year.KOLOM_KAMPUNG``, one row a Kampung KB, sorted by id.

    ``masukan``: every export of that year, ``berkas, jenis, snapshot, sha256, baris, dipakai``. ``catatan``: findings
    of reading (K17, K03). A snapshot is None where the year has no export of that kind.
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
    def berkas(self) -> dict[str, Path]:
        """The export files by their name relative to the dataset, in order of name."""
        return {p.relative_to(self.folder).as_posix(): p for p in _files(self.folder)}

    @property
    def sha256(self) -> dict[str, str]:
        """The hash of every export file, without reading the unchanged ones again."""
        return {name: file_sha256(path) for name, path in self.berkas.items()}

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
        """Every export that could be read."""
        return self._read[0]

    @property
    def ditolak(self) -> tuple[FileRefused, ...]:
        """The files that were refused, with all their K01 and K02."""
        return self._read[1]

    @property
    def catatan_ditolak(self) -> pd.DataFrame:
        """The findings of the refused files (K01, K02)."""
        rows = [(kode, "salah", e.berkas, None, None, "", pesan) for e in self.ditolak for kode, pesan in e.masalah]
        return findings(rows)

    @cached_property
    def tahun(self) -> tuple[int, ...]:
        """The years of the dataset: those of its snapshots, and those that ``dataset.toml`` pins."""
        pinned = {year for year, pin in self.config.tahun.items() if pin.berkas or pin.final}
        return tuple(sorted(pinned | {e.snapshot.year for e in self.ekspor if e.berkas not in self._pinned}))

    @cached_property
    def alias_kampung(self) -> pd.DataFrame:
        """rujukan/alias.csv: Kampung KB that changed their name; empty without the file."""
        return _read_alias(self.folder / "rujukan" / "alias.csv")

    @cached_property
    def _pinned(self) -> dict[str, int]:
        """The files that ``dataset.toml`` gives to a year, by their name here."""
        return {name: year for year in self.config.tahun for names in self._pins(year).values() for name in names}

    @cached_property
    def _years(self) -> dict[int, YearData]:
        return {}

    def year(self, tahun: int) -> YearData:
        """One clean year, computed once. Raises ``UnknownName`` for a year, ``DatasetError`` for a year without use."""
        if tahun not in self.tahun:
            years = [str(y) for y in self.tahun]
            raise UnknownName("tahun", str(tahun), f"{self.folder} (ada: {', '.join(years)})")
        if tahun not in self._years:
            self._years[tahun] = self._build(tahun)
        return self._years[tahun]

    def _build(self, year: int) -> YearData:
        pins, pin = self._pins(year), self.config.tahun.get(year, Pin())
        own = [e for e in self.ekspor if self._pinned.get(e.berkas, e.snapshot.year) == year]
        used = [e for jenis in ("rekap", "klasifikasi") for e in _last(own, jenis, pins.get(jenis, ()))]
        if not used:
            raise DatasetError(f"{self.folder}: tidak ada ekspor tahun {year} yang dapat dibaca; periksa catatan K01")
        used, copies = _without_copies(used)
        rows = clean_year.identify(used, read_catalogue().alias_wilayah, self.alias_kampung)
        rows = self._in_scope(rows, year)
        kampung, catatan = clean_year.merge(rows, pd.concat([e.catatan for e in used]))
        snapshots = {e.jenis: e.snapshot for e in used}
        names = {e.berkas for e in used}
        inputs = [(e.berkas, e.jenis, e.snapshot, e.sha256, len(e.rows), e.berkas in names) for e in own]
        return YearData(
            tahun=year,
            kampung=validate(kampung),
            masukan=pd.DataFrame(inputs, columns=["berkas", "jenis", "snapshot", "sha256", "baris", "dipakai"]),
            catatan=pd.concat([copies, catatan], ignore_index=True),
            snapshot_rekap=snapshots.get("rekap"),
            snapshot_klasifikasi=snapshots.get("klasifikasi"),
            final=pin.final,
            sintetis=self.config.sintetis,
            judul=self.config.judul,
        )

    def _in_scope(self, rows: pd.DataFrame, year: int) -> pd.DataFrame:
        name = self.config.kabupaten
        if not name:
            return rows
        key = wilayah.find_kabupaten(name, read_catalogue().alias_wilayah)
        inside = rows["kabupaten"].map(wilayah.compact_kabupaten) == key
        if not inside.any():
            choices = rows["kabupaten"].unique()
            raise UnknownName("kabupaten", name, f"ekspor tahun {year}", wilayah.suggest(name, choices))
        return rows[inside].reset_index(drop=True)

    def _pins(self, year: int) -> dict[str, tuple[str, ...]]:
        """The files pinned to a year, as named in the dataset. Raises ``DatasetError`` with every unknown one."""
        by_name = {key: name for name in self.berkas for key in (name, Path(name).name)}
        pins = self.config.tahun.get(year, Pin()).berkas
        kinds = {e.berkas: e.jenis for e in self.ekspor}
        wrong = []
        for jenis, names in pins.items():
            for name in names:
                where = f"dataset.toml, tahun.{year}.{jenis}"
                if name not in by_name:
                    near = wilayah.suggest(name, by_name)
                    hint = f'; maksud Anda "{near[0]}"?' if near else "; tulis nama berkas di ekspor/"
                    wrong.append(f'{where}: berkas "{name}" tidak ada{hint}')
                elif kinds.get(by_name[name], jenis) != jenis:
                    wrong.append(f'{where}: "{name}" adalah {kinds[by_name[name]]}, bukan {jenis}; pilih berkas lain')
        if wrong:
            raise DatasetError("\n".join(wrong))
        return {jenis: tuple(by_name[n] for n in names) for jenis, names in pins.items()}


def open_dataset(data_dir: str | Path) -> Dataset:
    """Open a dataset folder; its exports are not read yet. Raises ``DatasetError`` with every problem at once."""
    folder = Path(data_dir)
    if not folder.is_dir():
        raise DatasetError(f"{folder}: folder dataset tidak ada; buat folder itu dengan ekspor portal di ekspor/")
    dataset = Dataset(folder, read_config(folder / "dataset.toml"))
    if not dataset.berkas:
        looked = folder / "ekspor" if (folder / "ekspor").is_dir() else folder
        raise DatasetError(f"{looked}: tidak ada ekspor; taruh di sini berkas .xlsx rekap dan klasifikasi dari portal")
    return dataset


def validate(kampung: pd.DataFrame) -> pd.DataFrame:
    """The clean year, checked against its schema; a failure is a bug of the reader, not of the user's file."""
    import pandera.pandas as pa  # half a second: only when a year is really read

    text, optional = pa.Column(str), pa.Column(str, nullable=True)
    numbers = pa.Column(float, nullable=True)
    kinds = {
        **dict.fromkeys(clean_year.KOLOM_KAMPUNG, numbers),
        **dict.fromkeys(("kampung", *clean_year.TEMPAT, *clean_year.SLUG), text),
        **dict.fromkeys((*clean_year.KODE, "berkas_rekap", "berkas_klasifikasi"), optional),
        **dict.fromkeys(("baris_rekap", "baris_klasifikasi"), pa.Column("Int64", pa.Check.ge(2), nullable=True)),
        **dict.fromkeys((f"lapor_{nama}" for nama in schema.REKAMAN), pa.Column("boolean", nullable=True)),
        "klasifikasi_ekspor": pa.Column(str, pa.Check.isin(schema.KELAS), nullable=True),
        "kampung_id": pa.Column(str, unique=True),
    }
    return pa.DataFrameSchema(kinds, strict=True, ordered=True).validate(kampung, lazy=True)


def file_sha256(path: Path) -> str:
    """The hash of a file's content; an unchanged file (size and time) is not read twice."""
    status = path.stat()
    return _sha256(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4096)
def _sha256(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    """The files that are meant as exports: those of ekspor/, or of the folder itself when there is none."""
    inside = folder / "ekspor"
    suffixes = (*_AKHIRAN, *_AKHIRAN_LAIN) if inside.is_dir() else _AKHIRAN
    found = (inside if inside.is_dir() else folder).iterdir()
    # "~$…" is what Excel leaves beside an open workbook
    return sorted(p for p in found if p.is_file() and p.suffix.lower() in suffixes and p.name[0] not in "~.")


def _last(exports: Sequence[Export], jenis: str, pinned: Sequence[str]) -> list[Export]:
    """The exports of one kind that a year uses: the pinned ones, else all of the last day."""
    own = [e for e in exports if e.jenis == jenis and (not pinned or e.berkas in pinned)]
    return [e for e in own if pinned or e.snapshot == max(o.snapshot for o in own)]


def _without_copies(exports: Sequence[Export]) -> tuple[list[Export], pd.DataFrame]:
    """The exports without those whose file is the same as another's, each told in one finding (K03)."""
    first: dict[str, Export] = {}
    copies = []
    for export in exports:
        same = first.setdefault(export.sha256, export)
        if same is not export:
            text = f"isinya sama persis dengan {same.berkas}; satu yang dipakai, hapus salinannya"
            copies.append(("K03", "info", export.berkas, None, None, "", text))
    return list(first.values()), findings(copies)


def _read_alias(path: Path) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame(columns=list(ALIAS_KAMPUNG), dtype="str")
    try:
        grid = lembar.read_csv(lembar.read_bytes(path))
    except lembar.Unreadable as error:
        raise DatasetError(f"{path}: {error}") from error
    head = [str(c).strip().lower() for c in grid[0]] if grid else []
    if lacking := [c for c in ALIAS_KAMPUNG if c not in head]:
        raise DatasetError(f"{path}: kolom {', '.join(lacking)} tidak ada; judulnya {','.join(ALIAS_KAMPUNG)}")
    table = pd.DataFrame(grid[1:], columns=head, dtype="str")[list(ALIAS_KAMPUNG)]
    return table[table["nama_baru"].str.strip() != ""].map(lambda cell: " ".join(cell.split()))
