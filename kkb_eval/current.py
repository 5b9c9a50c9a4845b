"""The one memory of what is current: which data were seen, which years and pages were made from them, and of what.

A year is current while its key is that of its manifest; a page while its fingerprint is that in the status file of its
folder. Nothing else is remembered anywhere.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from filelock import FileLock, Timeout

from kkb_eval import store
from kkb_eval.intake import files

FILE = "kerja/status.json"
ASIDE = "kerja/lama"
"""Where pages go whose year or place is no longer in the data."""
_VERSION = 1
_READ = (".xlsx", ".csv", ".toml", ".zip", ".geojson")
_SHOWING = ("report", "documents", "build", "commands", "bench.py", "current.py", "__main__.py")
"""What of our package no stored number depends on."""
State = Literal["dibuat", "tetap", "gagal"]


# what a year and a page depend on


class Inputs:
    """The files of a dataset, as they are when their digest is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def digest(self) -> str:
        """A hash of the files that a reading sees; of those that are refused by their name it takes the name.

        OSError for one that cannot be opened, as while Excel holds it: without it its year would seem to be gone.
        """
        self._state = self._look()
        total = hashlib.sha256()
        for path in self._state:
            content = _digest(path) if path.suffix.lower() in _READ else b""
            total.update(path.relative_to(self.folder).as_posix().encode() + b"\0" + content)
        return total.hexdigest()

    @property
    def changed(self) -> bool:
        """Whether a file has been written, added or removed since; nothing is read again."""
        return self._look() != self._state

    def _look(self) -> dict[Path, tuple[int, int]]:
        paths = files.inputs(self.folder) if self.folder.is_dir() else ()
        return {path: (state.st_mtime_ns, state.st_size) for path in paths for state in [path.stat()]}


def key(digest: str, year: int, k: int | None = None) -> str:
    """Return the key of an evaluation: a hash of all that its tables depend on.

    That is: the dataset (``Inputs.digest``), the catalogues, the code that computes, the packages, the year, and an
    analyst's number of types. Seeds and other constants of the method are part of the code.
    """
    return hashlib.sha256(json.dumps([digest, _sources(), year, k]).encode()).hexdigest()


def fingerprint(source: Sequence[Path], parameter: Mapping[str, Any], seen: Iterable[Mapping[str, Any]]) -> str:
    """Return the fingerprint of a page or document: a hash of all that it depends on.

    That is: the files that it is made from (one that does not exist counts as such), its parameters, what the
    manifests say of its kabupaten, and our code.
    """
    text = json.dumps([dict(parameter), list(seen), code()], sort_keys=True)
    content = [hashlib.sha256(_lines(path)).digest() if path.is_file() else b"" for path in source]
    return hashlib.sha256(b"\0".join([text.encode(), *content])).hexdigest()


def start(inputs: Inputs, out: str | Path, notebooks: Sequence[Path], selection: Mapping[str, Any]) -> str:
    """Return a hash of all that a build starts from: dataset, stored years, notebooks, our code, what is selected.

    No workbook is opened for it, so that a build without changes is over in a moment.
    """
    stored = sorted(store.place(out).glob("kerja/*/manifest.json"))
    # a year does not depend on the office's template, a berita acara does
    documents = sorted(files.named(inputs.folder, files.COMPANIONS).glob("*.docx"))
    parts = [f"{path.parent.name}/{path.name} {sha256(path)}" for path in [*stored, *notebooks, *documents]]
    words = [inputs.digest, code(), str(inputs.folder), str(out), dict(selection), parts]
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


@cache
def code() -> str:
    """Return one hash of our package (code, templates, style), of the packages that we need, and of the catalogues."""
    return _hash(path for path in store.PACKAGE.rglob("*") if path.is_file())


@cache
def _sources() -> str:
    """Return one hash of the catalogues, of the code that computes and not of that which shows, and of the packages."""
    return _hash(
        path for path in store.PACKAGE.rglob("*.py") if path.relative_to(store.PACKAGE).parts[0] not in _SHOWING
    )


def _hash(files: Iterable[Path]) -> str:
    own = [path for path in files if "__pycache__" not in path.parts and not path.is_relative_to(store.BUNDLED)]
    texts = [_lines(path) for path in (*sorted(own), *sorted(store.ROOT.glob("data/*.csv")))]
    return hashlib.sha256(b"\0".join([*texts, repr(packages()).encode()])).hexdigest()


@cache
def packages() -> tuple[tuple[str, str], ...]:
    """Return Python and the packages that we need, with their versions: numbers and pages depend on them, too."""
    wanted = [line for line in importlib.metadata.requires("kkb_eval") or () if "extra ==" not in line]
    names = sorted(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted)
    python = ("Python", ".".join(platform.python_version_tuple()[:2]))
    return (python, *((name, importlib.metadata.version(name)) for name in names))


def _lines(path: Path) -> bytes:
    """Return a text file's bytes, the same after a checkout with other line ends."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def sha256(path: Path) -> str:
    """Return the hash of a file; "" where there is none."""
    try:
        return _digest(path).hex()
    except OSError:
        return ""


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def years(inputs: Inputs, out: str | Path) -> tuple[int, ...] | None:
    """Return the years of a dataset as a stored year that is current tells them; None where none is."""
    from kkb_eval import manifest  # pydantic: a build without changes does not need it

    for path in sorted(store.place(out).glob(f"kerja/*/{manifest.FILE}")):
        stored = manifest.read(path.parent)
        if stored is not None and stored.kunci == key(inputs.digest, stored.tahun):
            return stored.tahun_data
    return None


planned: ContextVar[Mapping[int, str]] = ContextVar("planned", default=MappingProxyType({}))
"""The ``kunci`` of every year that a build has evaluated for the report that is being made."""


@contextlib.contextmanager
def as_planned(kunci: Mapping[int, str]) -> Iterator[None]:
    """Open the stored years that a build planned with, by their ``kunci``, without asking whether data have changed.

    So that all pages of a build show the same data, and none costs more where there are more data.
    """
    token = planned.set(kunci)
    try:
        yield
    finally:
        planned.reset(token)


@contextlib.contextmanager
def alone(out: str | Path, wait: Callable[[str], None] = lambda holder: None) -> Iterator[None]:
    """Keep other builds out of this folder while the block runs; ``wait`` is told who has it, if one must wait."""
    folder = store.place(out) / "kerja"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "build.lock", is_singleton=True)
    # the lock's own file is emptied by whoever waits for it
    holder = folder / "build.pemakai"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        wait(holder.read_text("utf-8") if holder.exists() else "")
        lock.acquire()
    try:
        if lock.lock_counter == 1:
            holder.write_text(f"proses {os.getpid()} di {platform.node()} sejak {datetime.now():%H.%M}", "utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            holder.unlink(missing_ok=True)
        lock.release()


# what builds have made


@dataclass(frozen=True)
class Result:
    """How a report went, in this build or an earlier one. Of a failed one ``halaman`` may be an older page, or none.

    ``halaman`` and ``kerja`` (executed notebook) are relative to the out folder; ``nama`` is what the index calls its
    kind; ``detik`` are seconds, ``mb`` is the
    peak memory of its process; ``sel`` is the failed cell ("In [4]", empty when it was not a cell) and ``galat`` the
    last line of its error; ``sidik`` is the plan's fingerprint and ``sha256`` the page's, both empty when it failed.
    ``angka`` are the hashes of the kabupaten's numbers that it shows, by year. ``tambahan`` are the files beside the
    page, ``terisi`` those of them, or the document, that someone has changed and that were kept.
    """

    halaman: str
    kerja: str
    jenis: str
    tahun: int | None
    kabupaten: str
    kecamatan: str | None
    status: State
    nama: str = ""
    detik: float = 0.0
    mb: int = 0
    sel: str = ""
    galat: str = ""
    sidik: str = ""
    sha256: str = ""
    angka: Mapping[str, str] = field(default_factory=dict)
    tambahan: Sequence[str] = ()
    terisi: Sequence[str] = ()

    @property
    def document(self) -> bool:
        """Whether it is no page but a document that people may write in."""
        return not self.halaman.endswith(".html")

    @property
    def held(self) -> tuple[str, ...]:
        """The files that people may write in: those beside the page, or the document itself."""
        return ((self.halaman,) if self.document else ()) + tuple(self.tambahan)


@dataclass(frozen=True)
class IndexPage:
    """A page of the index: the fingerprint of what it was made from, and its own hash."""

    sidik: str
    sha256: str


class Status:
    """What builds have made in an out folder, kept in its ``kerja/status.json``.

    The file is one JSON object, written whole or not at all:

    * ``versi``: of this format. Of another version only ``berkas`` is read: everything else is made anew.
    * ``data``: the dataset's ``folder`` and the ``sidik`` (digest) of the last build.
    * ``halaman``: a ``Result`` for each page and document, in order of their paths.
    * ``berkas``: the hash of each file that people may write in, by its path, as it was made.
    * ``indeks``: an ``IndexPage`` for each page of the index, by its path.
    * ``terakhir``: what the last build that ended well started from (``start``), with the paths of its results.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.data: dict[str, str] = {}
        self.pages: dict[str, Result] = {}
        self.files: dict[str, str] = {}
        self.index: dict[str, IndexPage] = {}
        self.last: dict[str, list[str]] = {}
        # none yet, or damaged: everything is made again
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            stored = json.loads((out / FILE).read_text("utf-8"))
            self.files = {str(name): str(made) for name, made in stored["berkas"].items()}
            if stored["versi"] == _VERSION:
                pages = {row["halaman"]: Result(**row) for row in stored["halaman"]}
                index = {name: IndexPage(**page) for name, page in stored["indeks"].items()}
                self.pages, self.index, self.data, self.last = pages, index, stored["data"], stored["terakhir"]

    def save(self) -> None:
        """Write all that is known."""
        known = {
            "versi": _VERSION,
            "data": self.data,
            "halaman": [asdict(self.pages[name]) for name in sorted(self.pages)],
            "berkas": dict(sorted(self.files.items())),
            "indeks": {name: vars(self.index[name]) for name in sorted(self.index)},
            "terakhir": self.last,
        }
        with store.atomic(self.out / FILE) as temporary:
            temporary.write_text(json.dumps(known, indent=0, ensure_ascii=False), "utf-8")

    def current(self, halaman: str, sidik: str) -> bool:
        """Return whether a page was made from the same things and is still as it was made."""
        known = self.pages.get(halaman)
        return known is not None and known.sidik == sidik and self._whole(known)

    def _whole(self, result: Result) -> bool:
        """Return whether a page is as it was made and the files that people may write in are there, as they like."""
        there = all((self.out / name).exists() for name in result.held)
        return there and (result.document or result.sha256 == sha256(self.out / result.halaman))

    def record(self, result: Result, files: Mapping[str, str] = MappingProxyType({})) -> None:
        """Remember a result and the hashes of what was made beside it; ``save`` writes them."""
        self.pages[result.halaman] = result
        self.files |= files
        self.last = {}

    def made(self, names: Iterable[str]) -> dict[str, str]:
        """Return the hashes of those of the files that are known, as they were made."""
        return {name: self.files[name] for name in names if name in self.files}

    def changed(self, result: Result) -> tuple[str, ...]:
        """Return the files of a report that are there and not as they were made: someone has written in them."""
        there = {name: sha256(self.out / name) for name in result.held}
        return tuple(name for name, now in there.items() if now and now != self.files.get(name))

    def kept(self, halaman: str) -> Result:
        """Return the result of a page that stays as it is."""
        known = self.pages[halaman]
        return replace(known, status="tetap", detik=0.0, mb=0, terisi=self.changed(known))

    @property
    def front(self) -> Path:
        """The first page of the index."""
        return self.out / "index.html"

    def seen(self, inputs: Inputs) -> None:
        """Remember which data a build has just seen."""
        self.data = {"folder": str(inputs.folder.resolve()), "sidik": inputs.digest}
        self.save()

    def remember(self, started: str, results: Iterable[Result]) -> None:
        """Remember that a build that started from ``started`` has just ended well with these results."""
        self.last = {started: [result.halaman for result in results]}
        self.save()

    def unchanged(self, started: str) -> list[Result] | None:
        """Return the results of the last build, if it started from the same and all is as it was made; else None."""
        names = self.last.get(started)
        if names is None or not all(name in self.pages and self._whole(self.pages[name]) for name in names):
            return None
        if not all(sha256(self.out / name) == page.sha256 for name, page in self.index.items()):
            return None
        return [self.kept(name) for name in names]

    def set_aside(self, results: Sequence[Result], folders: Sequence[Path] = ()) -> dict[str, str]:
        """Move pages with all that lies beside them, and ``folders``, out of the reports and of this memory.

        Returns where each page now is, by its path before. Nothing is ever removed.
        """
        to = f"{ASIDE}/{datetime.now():%Y-%m-%d-%H%M%S-%f}"
        for result in results:
            for name in dict.fromkeys((result.halaman, *result.tambahan, result.kerja)):
                if (self.out / name).is_file():
                    _move(self.out / name, self.out / to / name)
                self.files.pop(name, None)
            del self.pages[result.halaman]
            self.last = {}
        for folder in folders:
            _move(folder, self.out / to / folder.relative_to(self.out))
        return {result.halaman: f"{to}/{result.halaman}" for result in results}


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    path.replace(to)
    with contextlib.suppress(OSError):  # a folder with something else in it stays
        for folder in path.parents:
            folder.rmdir()


def put(target: Path, made: str, write: Callable[[Path], None]) -> str:
    """Write a file that people may write in, unless someone has; return its hash as it was made.

    ``made`` is that hash of an earlier build, "" where it is not known. A target that is neither that nor what is
    written now is kept, and ``made`` is returned: it still differs. OSError for one that
    cannot be read.
    """
    now = _digest(target).hex() if target.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder, target.name)
        write(fresh)
        digest = sha256(fresh)
        if now and now not in {made, digest}:
            return made
        if now != digest:
            with store.written(target, "tutup berkas itu di program lain") as temporary:
                shutil.copyfile(fresh, temporary)
    return digest
