"""What earlier builds made, kept in ``kerja/halaman.json``, so that only what changed is made again."""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from kkb_eval import store
from kkb_eval.build import extras
from kkb_eval.build.plan import Report

FILE = "kerja/halaman.json"
INDEX_STATE = "kerja/indeks.json"
"""What the index pages were made from, and their hashes."""
Status = Literal["dibuat", "tetap", "gagal"]


@dataclass(frozen=True)
class Result:
    """How a report went, in this build or an earlier one. Of a failed one ``halaman`` may be an older page, or none.

    ``halaman`` and ``kerja`` (executed notebook) are relative to the out folder; ``detik`` are seconds, ``mb`` is the
    peak memory of its process; ``sel`` is the failed cell ("In [4]", empty when it was not a cell) and ``galat`` the
    last line of its error; ``sidik`` is the plan's fingerprint and ``sha256`` the page's, both empty when it failed.
    ``tambahan`` are the files beside the page, ``terisi`` those of them that someone had filled in and that were kept.
    """

    halaman: str
    kerja: str
    jenis: str
    tahun: int | None
    kabupaten: str
    kecamatan: str | None
    status: Status
    detik: float = 0.0
    mb: int = 0
    sel: str = ""
    galat: str = ""
    sidik: str = ""
    sha256: str = ""
    tambahan: Sequence[str] = ()
    terisi: Sequence[str] = ()


class Pages:
    """The pages of an out folder, by their path in it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.hasil: dict[str, Result] = {}
        self.terakhir: dict[str, list[str]] = {}
        # none yet, or of another version: everything is made again
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            stored = json.loads((out / FILE).read_text("utf-8"))
            self.hasil = {row["halaman"]: Result(**row) for row in stored["halaman"]}
            self.terakhir = stored["terakhir"]

    def current(self, report: Report) -> bool:
        """Whether the page was made from the same things and is still as it was made."""
        known = self.hasil.get(report.halaman)
        return known is not None and known.sidik == report.sidik and self._whole(known)

    def _whole(self, result: Result) -> bool:
        """Whether a page is as it was made and the files beside it are there; an RTL workbook may be filled in."""
        there = all(extras.whole(self.out / name) for name in result.tambahan)
        return there and result.sha256 == sha256(self.out / result.halaman)

    def record(self, result: Result) -> None:
        """Remember a result; ``save`` writes it."""
        self.hasil[result.halaman] = result
        self.terakhir = {}

    def save(self) -> None:
        """Write all results."""
        rows = [asdict(self.hasil[halaman]) for halaman in sorted(self.hasil)]
        text = json.dumps({"halaman": rows, "terakhir": self.terakhir}, indent=0, ensure_ascii=False)
        with store.atomic(self.out / FILE) as temporary:
            temporary.write_text(text, "utf-8")

    def remember(self, kunci: str, results: Iterable[Result]) -> None:
        """Remember that a build that started from ``kunci`` has just ended well with these results."""
        self.terakhir = {kunci: [result.halaman for result in results]}
        self.save()

    def unchanged(self, kunci: str) -> list[Result] | None:
        """The results of the last build, if it started from the same and every page is as it was made; else None."""
        results = [self.hasil[halaman] for halaman in self.terakhir.get(kunci, ())]
        whole = all(map(self._whole, results)) and self._indices_whole()
        return [replace(r, status="tetap") for r in results] if results and whole else None

    def _indices_whole(self) -> bool:
        """Whether every index is there as it was made."""
        try:
            made = json.loads((self.out / INDEX_STATE).read_text("utf-8"))
            return all(sha256(self.out / alamat) == page["sha256"] for alamat, page in made.items())
        except (OSError, ValueError, TypeError, KeyError):
            return False

    @property
    def index(self) -> Path:
        """The index of all pages."""
        return self.out / "index.html"

    def remove_orphans(self, reports: Iterable[Report], years: Iterable[int | None]) -> list[str]:
        """Remove the pages (and notebooks) of ``years`` that are none of ``reports``, and name them.

        Only what a build made and recorded is ever removed.
        """
        planned, years = {report.halaman for report in reports}, set(years)
        orphans = [r for r in self.hasil.values() if r.tahun in years and r.halaman not in planned]
        for result in orphans:
            (self.out / result.kerja).unlink(missing_ok=True)
            files = [result.halaman, *result.tambahan]
            if result.halaman.endswith(".html"):
                (self.out / files.pop(0)).unlink(missing_ok=True)
            extras.remove([self.out / name for name in files])
            del self.hasil[result.halaman]
        self.terakhir = {}
        return sorted(result.halaman for result in orphans)


def sha256(path: Path) -> str:
    """The hash of a file; another text than any hash where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "tidak ada"
