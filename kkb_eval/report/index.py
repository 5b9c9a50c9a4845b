"""The index: every report of every year, with the class mix of each kecamatan, and what failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kkb_eval import store
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.charts.classes import counts
from kkb_eval.report.rendering import page_frame, render
from kkb_eval.report.sections.kepala import nama_daerah, sumber_data
from kkb_eval.report.wording import count

NAMA_JENIS = {
    "kabupaten": "Evaluasi",
    "kualitas-data": "Kualitas data",
    "perkembangan": "Perkembangan",
    "paparan": "Paparan",
    "berita-acara": "Berita acara (Word)",
}
"""The kinds of reports of a whole kabupaten as the index calls them, in its order."""
BANYAK = 3
"""With more kabupaten each gets an index of its own, and the first page only links them."""


@dataclass(frozen=True)
class Page:
    """A report as the index shows it: ``alamat`` is relative to the output folder, ``galat`` says why it failed."""

    jenis: str
    tahun: int | None
    kabupaten: str
    kecamatan: str | None
    alamat: str
    galat: str = ""


def write(out: Path, pages: Iterable[Page], years: Iterable[Evaluation]) -> Path:
    """Write ``index.html`` (and one index a kabupaten when there are many) and return its path."""
    pages, years = list(pages), sorted(years, key=lambda e: -e.tahun)
    daerah = sorted({p.kabupaten for p in pages})
    isi = [_kabupaten(nama, pages, years) for nama in daerah]
    target = out / "index.html"
    banyak = len(daerah) > BANYAK
    for k in isi if banyak else []:
        _save(out / "laporan" / k["slug"] / "index.html", [k], pages, years, naik="../../", induk="../../index.html")
    _save(target, isi, pages, years, ringkas=banyak)
    return target


def _save(
    target: Path,
    isi: list[dict[str, Any]],
    pages: list[Page],
    years: list[Evaluation],
    *,
    naik: str = "",
    induk: str = "",
    ringkas: bool = False,
) -> None:
    nama = {k["kabupaten"] for k in isi}
    gagal = [p for p in pages if p.galat and p.kabupaten in nama]
    html = render(
        "index.html.j2",
        **page_frame(),
        judul=years[0].manifest["judul"] if years and years[0].manifest["judul"] else "Evaluasi Kampung KB",
        sintetis=any(e.manifest["sintetis"] for e in years),
        kabupaten=isi,
        ringkas=ringkas,
        gagal=gagal,
        naik=naik,
        induk=induk,
        jumlah=count(sum(p.kabupaten in nama and not p.galat for p in pages)),
    )
    with store.atomic(target) as temporary:
        temporary.write_text(str(html.html), "utf-8")


def _kabupaten(nama: str, pages: list[Page], years: list[Evaluation]) -> dict[str, Any]:
    own = [p for p in pages if p.kabupaten == nama]
    tahun = [_year(nama, e, own) for e in years if nama in e.manifest["kabupaten"]]
    return {
        "nama": nama_daerah(nama),
        "kabupaten": nama,
        "slug": next(e.manifest["kabupaten"][nama]["slug"] for e in years if nama in e.manifest["kabupaten"]),
        "tahun": [t for t in tahun if t["kecamatan"] or t["laporan"]],
        "lintas": [p for p in own if p.tahun is None],
    }


def _year(nama: str, evaluasi: Evaluation, own: list[Page]) -> dict[str, Any]:
    kampung = evaluasi.kampung[evaluasi.kampung["kabupaten"].eq(nama)]
    pages = [p for p in own if p.tahun == evaluasi.tahun]
    return {
        "tahun": evaluasi.tahun,
        "sumber": sumber_data(evaluasi),
        "jumlah": len(kampung),
        "kelas": counts(kampung),
        "laporan": [
            {"nama": nama, "page": p}
            for jenis, nama in NAMA_JENIS.items()
            for p in pages
            if p.jenis == jenis and p.kecamatan is None
        ],
        "kecamatan": [
            {
                "page": p,
                "jumlah": len(isi),
                "kampung": sorted(isi["kampung"]),
                "kelas": counts(isi),
                "lapor": int(isi["lapor_kb"].fillna(False).sum()),
            }
            for p in sorted((p for p in pages if p.kecamatan), key=lambda p: str(p.kecamatan))
            for isi in [kampung[kampung["kecamatan"].eq(str(p.kecamatan))]]
        ],
    }
