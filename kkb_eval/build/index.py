"""The index: every report of every year, with the class mix of each area, and what failed.

Of a few kabupaten it is one page. With more, the first page is that of the nation, a line a kabupaten, and each
kabupaten has a page of its own, which is made again only when something on it may have changed.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kkb_eval import store
from kkb_eval.build import fingerprint
from kkb_eval.build.index_data import Isi, Manifests, read_kabupaten, read_kecamatan, read_manifests
from kkb_eval.build.pages import INDEX_STATE, Result, sha256

MANY = 3
"""With more kabupaten each gets an index of its own."""
FRONT = "index.html"
Laporan = Mapping[str, Sequence[Result]]
"""Results by kabupaten."""


def write(out: Path, results: Iterable[Result], to: Path | None = None) -> Path:
    """Write the index over ``results`` into ``out`` and return its path; ``to``: into another folder, all of it.

    In ``out`` a page that would not change is left as it is, and the page of a kabupaten without results is removed
    if an earlier build made it and nobody has changed it since.
    """
    laporan: dict[str, list[Result]] = {}
    for r in sorted(results, key=lambda r: (r.kabupaten, r.halaman)):
        laporan.setdefault(r.kabupaten, []).append(r)
    manifests = read_manifests(out, laporan.keys())
    made = _Made(to or out, kept=to is None)
    with contextlib.closing(made):
        if len(laporan) > MANY:
            _kabupaten_pages(out, laporan, manifests, made)
            _front_of_nation(out, laporan, manifests, made)
        else:
            _front_of_few(out, laporan, manifests, made)
    return (to or out) / FRONT


def _kabupaten_pages(out: Path, laporan: Laporan, manifests: Manifests, made: "_Made") -> None:
    """Make those pages of kabupaten that are not current."""
    from kkb_eval.build.index_views import failures, kabupaten_view, slug

    alamat = {nama: f"laporan/{slug(own)}/{FRONT}" for nama, own in laporan.items()}
    sidik = {nama: _fingerprint(nama, own, manifests) for nama, own in laporan.items()}
    changed = [nama for nama in laporan if not made.current(alamat[nama], sidik[nama])]
    data = {tahun: read_kecamatan(out, tahun, changed) for tahun in manifests} if changed else {}
    for nama in changed:
        own = laporan[nama]
        html = _render(
            manifests,
            kabupaten=[kabupaten_view(nama, own, manifests, data)],
            gagal=failures(own, banyak=False),
            naik="../../",
            jumlah=_good(own),
        )
        made.put(alamat[nama], html, sidik[nama])


def _front_of_nation(out: Path, laporan: Laporan, manifests: Manifests, made: "_Made") -> None:
    from kkb_eval.build.index_views import failures, nation_view

    last: dict[str, tuple[int, Isi]] = {}
    for tahun in manifests:
        if lacking := laporan.keys() - last.keys():
            last |= {nama: (tahun, isi) for nama, isi in read_kabupaten(out, tahun, lacking).items()}
    semua = [r for own in laporan.values() for r in own]
    html = _render(
        manifests,
        provinsi=nation_view(laporan, manifests, last),
        gagal=failures(semua, banyak=True),
        jumlah=_good(semua),
        kabupaten_kota=len(laporan),
        kampung_kb=sum(isi.jumlah for _, isi in last.values()),
    )
    made.put(FRONT, html)


def _front_of_few(out: Path, laporan: Laporan, manifests: Manifests, made: "_Made") -> None:
    from kkb_eval.build.index_views import failures, kabupaten_view

    data = {tahun: read_kecamatan(out, tahun, laporan.keys()) for tahun in manifests}
    semua = [r for own in laporan.values() for r in own]
    html = _render(
        manifests,
        kabupaten=[kabupaten_view(nama, own, manifests, data) for nama, own in laporan.items()],
        gagal=failures(semua, banyak=False),
        jumlah=_good(semua),
    )
    made.put(FRONT, html)


def _render(manifests: Manifests, **shown: Any) -> bytes:
    from kkb_eval.report.html import SITE_TITLE, isolated, page_frame, render

    known = {"naik": "", "kabupaten": (), "provinsi": (), **shown}
    judul = next((m["judul"] for m in manifests.values()), "") or SITE_TITLE
    sintetis = any(m["sintetis"] for m in manifests.values())
    page = render("index.html.j2", **page_frame(), judul=judul, sintetis=sintetis, **known)
    return isolated(page.html).encode()


def _good(results: Iterable[Result]) -> int:
    from kkb_eval.build.index_views import reason

    return sum(not reason(r) for r in results)


def _fingerprint(nama: str, own: Sequence[Result], manifests: Manifests) -> str:
    """A hash of all that a kabupaten's page shows, or of more."""
    years = [
        (tahun, m["judul"], m["sintetis"], m["snapshot_rekap"], m["snapshot_klasifikasi"], m["kabupaten"].get(nama))
        for tahun, m in manifests.items()
    ]
    pages = [(r.jenis, r.tahun, r.kecamatan, r.halaman, r.status == "gagal", r.sel, r.galat) for r in own]
    return hashlib.sha256(json.dumps([fingerprint.code(), nama, years, pages]).encode()).hexdigest()


@dataclass(frozen=True)
class _Page:
    sidik: str
    sha256: str


class _Made:
    """The pages of the index in a folder; those of an out folder (``kept``) are remembered from build to build."""

    def __init__(self, folder: Path, *, kept: bool) -> None:
        self.folder, self.kept = folder, kept
        self.lama: dict[str, _Page] = {}
        self.baru: dict[str, _Page] = {}
        # none yet, or of another version: everything is made again
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            if kept:
                stored = json.loads((folder / INDEX_STATE).read_text("utf-8"))
                self.lama = {alamat: _Page(**page) for alamat, page in stored.items()}

    def current(self, alamat: str, sidik: str) -> bool:
        """Whether a page was made from the same and is still as it was made; if so it stays."""
        page = self.lama.get(alamat)
        if page is None or page.sidik != sidik or not self._whole(alamat, page):
            return False
        self.baru[alamat] = page
        return True

    def _whole(self, alamat: str, page: _Page) -> bool:
        return sha256(self.folder / alamat) == page.sha256

    def put(self, alamat: str, html: bytes, sidik: str = "") -> None:
        """Write a page, unless it is already what it is to be."""
        page = self.baru[alamat] = _Page(sidik, hashlib.sha256(html).hexdigest())
        if not self._whole(alamat, page):
            with store.atomic(self.folder / alamat) as temporary:
                temporary.write_bytes(html)

    def close(self) -> None:
        """Remember what was made; after a whole index, remove what an earlier one made and this one does not have."""
        if not self.kept:
            return
        whole = FRONT in self.baru  # the front page comes last
        for path in self.folder.glob(f"laporan/*/{FRONT}") if whole else ():
            alamat = path.relative_to(self.folder).as_posix()
            if alamat in self.lama.keys() - self.baru.keys() and self._whole(alamat, self.lama[alamat]):
                path.unlink()
        pages = self.baru if whole else self.lama | self.baru
        text = json.dumps({alamat: vars(pages[alamat]) for alamat in sorted(pages)}, indent=0)
        with store.atomic(self.folder / INDEX_STATE) as temporary:
            temporary.write_text(text, "utf-8")
