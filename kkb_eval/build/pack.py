"""What leaves the office as one zip: pages with their files, or public numbers; the same bytes for the same content."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kkb_eval import __version__, current, manifest, store
from kkb_eval.build import pdf as printing
from kkb_eval.build import run
from kkb_eval.current import FILE, Result, Status, sha256
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.evaluation import Evaluation, pick
from kkb_eval.manifest import Manifest

PRINTED = ("kabupaten", "kualitas-data", "paparan")
"""The kinds of pages that ``pdf`` prints."""
_ABOUT = {"final", "sintetis", "aturan", "versi", "snapshot_rekap", "snapshot_klasifikasi"}
_README = "BACA-SAYA.txt"


@dataclass(frozen=True)
class Pack:
    """What went in: names in the zip. ``dilewati``: every page or file that is not as it should be, and why.

    ``terisi``: files that someone has written in and that were left out, since nobody knows what was written.
    """

    berkas: dict[str, Path]
    dilewati: list[tuple[str, str]] = field(default_factory=list)
    terisi: list[str] = field(default_factory=list)


def write_pack(
    path: Path,
    out: Path,
    kabupaten: Sequence[str] = (),
    tahun: Sequence[int] = (),
    *,
    publik: bool = False,
    pdf: bool = False,
    tell: Callable[[str], None] = lambda nama: None,
) -> Pack:
    """Write the reports of ``out`` that are chosen (all, without a choice) with an index and a manifest.

    A pack that is there is replaced, any other file is kept.

    ``publik``: only numbers of areas, without small counts; ``pdf``: also the main pages as PDF; ``tell`` is called
    with each page that is printed. UnknownName for a kabupaten or year without reports, KkbError where nothing can go
    in, the data have changed since the last build, no browser is there, or the zip cannot be written.
    """
    if path.suffix.lower() != ".zip":
        raise KkbError(f"{path}: bukan nama berkas .zip; pakai nama seperti laporan-2018.zip")
    if path.exists() and not _is_pack(path):
        raise KkbError(f"{path}: sudah ada dan bukan kemasan laporan; pilih nama lain atau pindahkan berkas itu")
    if publik and pdf:
        raise KkbError("--pdf tidak dapat bersama --publik: berkas publik tidak memuat halaman; pilih salah satu")
    browser = printing.find_browser() if pdf else ""
    status = Status(out)
    chosen = _choose(status, kabupaten, tahun)
    _check_data(status)
    with tempfile.TemporaryDirectory() as name:
        sementara = Path(name)
        pack = (_public if publik else _pages)(status, chosen, sementara)
        for halaman in [r.halaman for r in chosen if pdf and r.jenis in PRINTED and r.halaman in pack.berkas]:
            tell(halaman)
            nama = halaman.removesuffix(".html") + ".pdf"
            (sementara / nama).parent.mkdir(parents=True, exist_ok=True)
            printing.print_page(browser, out / halaman, sementara / nama)
            pack.berkas[nama] = sementara / nama
        _write(path, pack, _about(status, chosen))
    return pack


def _is_pack(path: Path) -> bool:
    """Whether a file is what ``write_pack`` writes."""
    try:
        with zipfile.ZipFile(path) as book:
            return "tidak_disertakan" in json.loads(book.read(manifest.FILE))
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        return False


def _choose(status: Status, kabupaten: Sequence[str], tahun: Sequence[int]) -> list[Result]:
    """The recorded pages of these kabupaten and years; those over all years with the last year of the kabupaten."""
    out, known = status.out, [status.pages[halaman] for halaman in sorted(status.pages)]
    if not known:
        raise KkbError(f"{out / FILE}: belum ada laporan; jalankan kkb-eval build lebih dulu")
    daerah, years = {r.kabupaten for r in known}, sorted({r.tahun for r in known if r.tahun is not None})
    for year in tahun:
        if year not in years:
            raise UnknownName("tahun", str(year), f"{out} (ada: {', '.join(map(str, years))})")
    wanted = {pick("kabupaten", nama, daerah, str(out)) for nama in kabupaten} or daerah
    last = {nama: max((r.tahun or 0 for r in known if r.kabupaten == nama), default=0) for nama in wanted}
    chosen = [
        r for r in known if r.kabupaten in wanted and (not tahun or (r.tahun or last[r.kabupaten]) in tahun)
    ]  # fmt: skip
    if not chosen:
        ada = "; ".join(f"{k}: {', '.join(map(str, _years(known, k)))}" for k in sorted(wanted))
        raise KkbError(f"tidak ada laporan yang cocok di {out} (ada: {ada}); longgarkan --year atau --kabupaten")
    return chosen


def _years(results: Sequence[Result], kabupaten: str) -> list[int]:
    return sorted({r.tahun for r in results if r.kabupaten == kabupaten and r.tahun is not None})


def _check_data(status: Status) -> None:
    """Refuse to send pages of data that have changed since the last build (KkbError)."""
    folder = Path(status.data.get("folder", ""))
    if status.data and folder.is_dir() and current.Inputs(folder).digest != status.data["sidik"]:
        raise KkbError(f"{folder}: data berubah sejak laporan dibuat; jalankan kkb-eval build lebih dulu")


def _pages(status: Status, chosen: Sequence[Result], sementara: Path) -> Pack:
    """The pages that are as they were made, the files beside them, and an index of them."""
    pack, shown, out = Pack({}), [], status.out
    for r in chosen:
        sebab, changed = _problem(status, r), status.changed(r)
        if sebab:
            pack.dilewati.append((r.halaman, sebab))
        for nama in dict.fromkeys((r.halaman, *r.tambahan)) if not sebab else ():
            if nama in changed:
                pack.terisi.append(nama)
            elif (out / nama).exists():
                pack.berkas[nama] = out / nama
            else:
                pack.dilewati.append((nama, "tidak ada lagi; jalankan kkb-eval build"))
        if r.halaman not in pack.terisi:
            shown.append(replace(r, sel="", galat=sebab) if sebab else r)
    if not pack.berkas:
        sebab = "; ".join(f"{halaman}: {sebab}" for halaman, sebab in pack.dilewati[:3])
        raise KkbError(f"tidak ada halaman yang dapat dikirim ({sebab}); jalankan kkb-eval build lebih dulu")
    run.write_index(status, shown, sementara)
    pack.berkas.update({p.relative_to(sementara).as_posix(): p for p in sorted(sementara.rglob("index.html"))})
    return pack


def _problem(status: Status, result: Result) -> str:
    """Why a page cannot be sent; "" where it can."""
    if result.status == "gagal":
        return f"gagal: {': '.join(filter(None, (result.sel, result.galat)))}"
    if not (status.out / result.halaman).exists():
        return "tidak ada lagi; jalankan kkb-eval build"
    if not result.document and sha256(status.out / result.halaman) != result.sha256:
        return "berubah sejak dibuat; jalankan kkb-eval build"
    for tahun, sidik in result.angka.items():
        stored = manifest.read(store.folder(status.out, int(tahun)))
        if stored is None or not _is_current(status, stored) or result.kabupaten not in stored.kabupaten:
            return f"data {tahun} berubah atau tidak ada lagi; jalankan kkb-eval build"
        if stored.kabupaten[result.kabupaten].sidik != sidik:
            return f"dibuat dari angka {tahun} yang lama; jalankan kkb-eval build"
    return ""


def _is_current(status: Status, stored: Manifest) -> bool:
    """Whether a stored year is of the data that the last build saw; yes where no build is known."""
    return not status.data or stored.kunci == current.key(status.data["sidik"], stored.tahun)


def _public(status: Status, chosen: Sequence[Result], sementara: Path) -> Pack:
    """The public workbook of every kabupaten and year, and what it leaves out in words."""
    from kkb_eval.documents import public_edition

    pack, out = Pack({}), status.out
    for tahun, stored in _manifests(out, chosen).items():
        for kabupaten in sorted({r.kabupaten for r in chosen if r.tahun == tahun}):
            if not _is_current(status, stored) or kabupaten not in stored.kabupaten:
                sebab = f"data {tahun} berubah atau tidak ada lagi; jalankan kkb-eval build"
                pack.dilewati.append((f"{kabupaten} {tahun}", sebab))
                continue
            tables: dict[str, Any] = dict(store.read(store.folder(out, tahun), kabupaten, stored.kunci))
            nama = f"laporan/{stored.kabupaten[kabupaten].slug}/{tahun}/{public_edition.NAME}"
            (sementara / nama).parent.mkdir(parents=True, exist_ok=True)
            public_edition.write_public(sementara / nama, Evaluation(tahun, stored, **tables, kabupaten=kabupaten))
            pack.berkas[nama] = sementara / nama
    (sementara / _README).write_text("\n\n".join(public_edition.NOTES) + "\n", "utf-8", newline="\n")
    pack.berkas[_README] = sementara / _README
    return pack


def _manifests(out: Path, chosen: Sequence[Result]) -> dict[int, Manifest]:
    """The stored manifests of the years of these pages. KkbError where one is gone."""
    found = {}
    for tahun in sorted({r.tahun for r in chosen if r.tahun is not None}):
        folder = store.folder(out, tahun)
        stored = manifest.read(folder)
        if stored is None:
            raise KkbError(f"{folder / manifest.FILE}: tidak ada atau rusak; jalankan kkb-eval build lebih dulu")
        found[tahun] = stored
    return found


def _about(status: Status, chosen: Sequence[Result]) -> dict[str, Any]:
    """Of the manifest: of what the zip is, from which data, by which versions."""
    return {
        "versi": __version__,
        "kabupaten": sorted({r.kabupaten for r in chosen}),
        "tahun": {
            str(tahun): stored.model_dump(mode="json", include=_ABOUT) | {"masukan": stored.used}
            for tahun, stored in _manifests(status.out, chosen).items()
        },
    }


def _write(path: Path, pack: Pack, about: Mapping[str, Any]) -> None:
    """Write the zip: sorted, without dates, each file as its hash in the manifest says."""
    hashes: dict[str, str] = {}
    said = {**about, "berkas": hashes, "tidak_disertakan": dict(pack.dilewati), "sudah_diisi": pack.terisi}
    with (
        store.written(path, "pilih folder lain") as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for nama in sorted(pack.berkas):
            isi = pack.berkas[nama].read_bytes()
            hashes[nama] = hashlib.sha256(isi).hexdigest()
            book.writestr(_entry(nama), isi)
        book.writestr(_entry(manifest.FILE), json.dumps(said, indent=1, ensure_ascii=False) + "\n")


def _entry(nama: str) -> zipfile.ZipInfo:
    """A file of the zip that says nothing of when and on which system it was made."""
    info = zipfile.ZipInfo(nama)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    return info
