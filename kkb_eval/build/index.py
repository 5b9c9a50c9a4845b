"""The index: every report of every year, with the class mix of each area, and what failed.

Of a few kabupaten it is one page. With more, the first page is that of the nation, a line a kabupaten, and each
kabupaten has a page of its own, which is made again only when something on it may have changed.
"""

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kkb_eval import current, store
from kkb_eval.build.index_data import Isi, read_kabupaten, read_kecamatan, read_manifests
from kkb_eval.current import IndexPage, Result, Status, sha256
from kkb_eval.manifest import Manifests

MANY = 3
"""With more kabupaten each gets an index of its own."""
FRONT = "index.html"
Laporan = Mapping[str, Sequence[Result]]
"""Results by kabupaten."""


def write(status: Status, results: Iterable[Result], to: Path | None = None) -> Path:
    """Write the index over ``results`` into the out folder and return its path; ``to``: into another one, all of it.

    In the out folder a page that would not change is left as it is, and the page of a kabupaten without results is
    removed if an earlier build made it and nobody has changed it since.
    """
    out, laporan = status.out, dict[str, list[Result]]()
    for r in sorted(results, key=lambda r: (r.kabupaten, r.halaman)):
        laporan.setdefault(r.kabupaten, []).append(r)
    manifests = read_manifests(out, laporan.keys())
    made = _Made(status, to)
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
    judul = next((m.judul for m in manifests.values()), "") or SITE_TITLE
    sintetis = any(m.sintetis for m in manifests.values())
    page = render("index.html.j2", **page_frame(), judul=judul, sintetis=sintetis, **known)
    return isolated(page.html).encode()


def _good(results: Iterable[Result]) -> int:
    from kkb_eval.build.index_views import reason

    return sum(not reason(r) for r in results)


def _fingerprint(nama: str, own: Sequence[Result], manifests: Manifests) -> str:
    """A hash of all that a kabupaten's page shows, or of more."""
    years = [
        m.model_dump(mode="json", include={"tahun", "judul", "sintetis", "snapshot_rekap", "snapshot_klasifikasi"})
        | {"isi": isi and isi.model_dump()}
        for m in manifests.values()
        for isi in [m.kabupaten.get(nama)]
    ]
    pages = [(r.jenis, r.tahun, r.kecamatan, r.halaman, r.status == "gagal", r.sel, r.galat) for r in own]
    return hashlib.sha256(json.dumps([current.code(), nama, years, pages]).encode()).hexdigest()


class _Made:
    """The pages of the index in a folder; those of the out folder are remembered from build to build."""

    def __init__(self, status: Status, to: Path | None) -> None:
        self.status, self.folder, self.kept = status, to or status.out, to is None
        self.former = status.index if self.kept else {}
        self.now: dict[str, IndexPage] = {}

    def current(self, alamat: str, sidik: str) -> bool:
        """Return whether a page was made from the same and is still as it was made; if so it stays."""
        page = self.former.get(alamat)
        if page is None or page.sidik != sidik or not self._whole(alamat, page):
            return False
        self.now[alamat] = page
        return True

    def _whole(self, alamat: str, page: IndexPage) -> bool:
        return sha256(self.folder / alamat) == page.sha256

    def put(self, alamat: str, html: bytes, sidik: str = "") -> None:
        """Write a page, unless it is already what it is to be."""
        page = self.now[alamat] = IndexPage(sidik, hashlib.sha256(html).hexdigest())
        if not self._whole(alamat, page):
            with store.atomic(self.folder / alamat) as temporary:
                temporary.write_bytes(html)

    def close(self) -> None:
        """Remember what was made; after a whole index, remove what an earlier one made and this one does not have."""
        if not self.kept:
            return
        whole = FRONT in self.now  # the front page comes last
        for alamat in sorted(self.former.keys() - self.now.keys()) if whole else ():
            if self._whole(alamat, self.former[alamat]):
                (self.folder / alamat).unlink()
        self.status.index = self.now if whole else self.former | self.now
        self.status.save()
