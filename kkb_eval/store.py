"""Where a computed year lies on disk: parquet tables and a manifest, which holds its key (``current.key``)."""

import hashlib
import math
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkb_eval.errors import KkbError

if TYPE_CHECKING:
    import pandas as pd

    from kkb_eval.manifest import Manifest  # pydantic: a build without changes does not need it

PACKAGE = Path(__file__).parent
"""Our own code, templates and dictionaries."""
BUNDLED = PACKAGE / "bundled"
"""What an installed wheel carries; a checkout has no such folder."""
ROOT = BUNDLED if BUNDLED.is_dir() else PACKAGE.parent
"""Where ``data/`` (catalogues and sample) and ``notebooks/`` lie: the repository, or what the wheel carries."""
SAMPLE = Path("data", "contoh")
TABLES = (
    "kampung", "indikator", "wilayah", "skor", "langkah", "keadaan", "catatan_mutu", "tipologi", "tipe", "aturan",
    "panel", "beda", "corong", "perubahan", "capaian", "prioritas", "program", "peta_kotak",
    "desa", "tertinggal", "kegiatan", "unggulan", "nominasi", "rencana", "rtl", "siga",
)  # fmt: skip
_ROW, _GROUPS = 2048, 64
"""A parquet row group has at least so many rows, and a table at most so many groups.

A page reads only the groups that hold its kabupaten: small ones are quick to read, many are slow to list.
"""


def place(path: str | Path) -> Path:
    """Return the folder a relative argument means: from here, or from the root when started in ``notebooks/``.

    Below the root also what is not here but there; from elsewhere only the sample, or an office's pages would lie among
    ours.
    """
    path, here = Path(str(path)), Path.cwd()  # papermill gives a folder named 2018 as a number
    if path.is_absolute():
        return path
    below = here.is_relative_to(ROOT) or path == SAMPLE
    ours = below and not path.exists() and (ROOT / path).exists()
    return (ROOT if ours or here == ROOT / "notebooks" else here) / path


def folder(out: str | Path, tahun: int, k: int | None = None) -> Path:
    """The folder of a year's stored evaluation; one with an analyst's number of types has its own."""
    return place(out) / "kerja" / (str(tahun) if k is None else f"{tahun}-k{k}")


def write(where: Path, tables: Mapping[str, "pd.DataFrame"], manifest: "Manifest") -> None:
    """Store a year: no manifest while the tables change, so that a reader never sees a mixture.

    The one before is kept apart until the new one is there: whether a year was final is not lost on the way.
    """
    from kkb_eval import manifest as manifests

    where.mkdir(parents=True, exist_ok=True)
    if (where / manifests.FILE).exists():
        (where / manifests.FILE).replace(where / manifests.FORMER)
    for name, table in tables.items():
        with atomic(where / f"{name}.parquet") as temporary:
            size = max(_ROW, math.ceil(len(table) / _GROUPS))
            table.to_parquet(temporary, index=False, row_group_size=size, compression="zstd")
    with atomic(where / manifests.FILE) as temporary:
        temporary.write_text(manifests.as_json(manifest), "utf-8")
    (where / manifests.FORMER).unlink(missing_ok=True)


def read(where: Path, kabupaten: str | None, kunci: str) -> dict[str, Any]:
    """The tables of a stored year; with ``kabupaten`` only its rows and those that belong to none.

    ``kunci`` is that of the manifest that belongs to them; ``Replaced`` where others were stored meanwhile. A
    kabupaten's last tables are remembered: a page and the workbook beside it show the same ones.
    """
    if kabupaten is None:
        return _whole(where, None, kunci)
    # under copy on write what one reader changes in a shallow copy stays its own
    return {name: table.copy(deep=False) for name, table in _remembered(where, kabupaten, kunci).items()}


@lru_cache(maxsize=1)
def _remembered(where: Path, kabupaten: str, kunci: str) -> dict[str, "pd.DataFrame"]:
    return _whole(where, kabupaten, kunci)


class Replaced(KkbError):
    """A year was stored again while its tables were read: they may be of both."""


def _whole(where: Path, kabupaten: str | None, kunci: str) -> dict[str, Any]:
    from kkb_eval import manifest as manifests

    tables = _read(where, kabupaten)
    manifest = manifests.read(where)
    if manifest is None or manifest.kunci != kunci:
        raise Replaced(f"{where}: dihitung ulang selagi dibaca; ulangi perintah tadi")
    return tables


def _read(where: Path, kabupaten: str | None) -> dict[str, Any]:
    import pandas as pd

    paths = {name: where / f"{name}.parquet" for name in TABLES}
    return {name: pd.read_parquet(p) if kabupaten is None else _rows(p, kabupaten) for name, p in paths.items()}


def _rows(path: Path, kabupaten: str) -> "pd.DataFrame":
    """The rows of a kabupaten and those of none, from the row groups that may hold one.

    pyarrow's own filters read as much, but start a scanner and its threads: a third more of a page's time.
    """
    import pyarrow.compute as pc
    from pyarrow import parquet

    with parquet.ParquetFile(path, pre_buffer=False) as file:
        place = file.schema_arrow.get_field_index("kabupaten")
        facts = [file.metadata.row_group(i).column(place).statistics for i in range(file.num_row_groups)]
        near = [i for i, s in enumerate(facts) if s is None or s.null_count or s.min <= kabupaten <= s.max]
        rows = file.read_row_groups(near, use_threads=False)
    kolom = rows["kabupaten"]
    rows = rows.filter(pc.or_kleene(pc.equal(kolom, kabupaten), pc.is_null(kolom)))
    frame: pd.DataFrame = rows.to_pandas(use_threads=False)
    return frame


def cells(where: Path, name: str, columns: Sequence[str], kabupaten: Collection[str]) -> Iterator[tuple[Any, ...]]:
    """Read a few columns of a stored table, row by row, of these kabupaten only."""
    from pyarrow import parquet
    from pyarrow.compute import field

    table = parquet.read_table(
        where / f"{name}.parquet",
        columns=list(columns),
        filters=field("kabupaten").isin(list(kabupaten)),
        use_threads=False,
    )
    return zip(*(table[column].to_pylist() for column in columns), strict=True)


def fingerprints(tables: Mapping[str, "pd.DataFrame"]) -> dict[str, str]:
    """A hash of all rows of each kabupaten (and of those of none): its pages are made again only when it changes."""
    import pandas as pd

    hashes = pd.concat(
        {
            name: pd.util.hash_pandas_object(table, index=False).groupby(table["kabupaten"].fillna("").to_numpy()).sum()
            for name, table in tables.items()
        }
    )
    by_kabupaten = {str(nama): sums.droplevel(1).to_dict() for nama, sums in hashes.groupby(level=1)}
    bersama = by_kabupaten.pop("", {})
    return {
        nama: hashlib.sha256(repr((sums, bersama)).encode()).hexdigest()[:16] for nama, sums in by_kabupaten.items()
    }


TEMPORARY = ".kkb_eval-"
"""How the name of every file begins that is not yet what it is to be; then comes the process that writes it."""
_unfinished: set[Path] = set()


def discard() -> None:
    """Remove what this process has half written."""
    for path in tuple(_unfinished):
        path.unlink(missing_ok=True)


def sweep(out: Path) -> None:
    """Remove what processes that are no more have left half written under ``out``."""
    import psutil

    own = {path.name for path in _unfinished}
    for path in out.rglob(f"{TEMPORARY}*"):
        process = path.name.removeprefix(TEMPORARY).partition("-")[0]
        others = process.isdigit() and int(process) != os.getpid() and psutil.pid_exists(int(process))
        if path.name not in own and not others:
            path.unlink(missing_ok=True)


class atomic:
    """A temporary path beside ``target`` that replaces it when the block ends without an error."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __enter__(self) -> Path:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(self.target.suffix, f"{TEMPORARY}{os.getpid()}-", self.target.parent)
        os.close(handle)
        self.temporary = Path(name)
        _unfinished.add(self.temporary)
        return self.temporary

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self._put()
        finally:
            self.temporary.unlink(missing_ok=True)
            _unfinished.discard(self.temporary)

    def _put(self) -> None:
        with self.temporary.open("r+b") as file:  # Windows refuses to flush what is open for reading
            os.fsync(file.fileno())
        # mkstemp makes files for the owner only; a shared report is for everyone
        self.temporary.chmod(0o644)
        self.temporary.replace(self.target)


@contextmanager
def written(target: Path, saran: str) -> Iterator[Path]:
    """As ``atomic``, for a file that a user may have open or has named: KkbError with ``saran`` where it is refused.

    What else the system refuses stays an OSError, of ``target``.
    """
    try:
        with atomic(target) as temporary:
            yield temporary
    except PermissionError as error:
        raise KkbError(f"{target}: tidak boleh ditulis; {saran}") from error
    except OSError as error:
        if error.filename is None or TEMPORARY in str(error.filename):  # not of a folder above it
            error.filename = str(target)
        raise
