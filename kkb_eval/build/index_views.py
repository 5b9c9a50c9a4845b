"""What the pages of the index show, as plain data for their templates: the nation, a kabupaten, what failed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kkb_eval.build.index_data import Isi
from kkb_eval.current import Result
from kkb_eval.intake.regions import unique_slugs
from kkb_eval.manifest import Manifests
from kkb_eval.report import kinds
from kkb_eval.report.sections.head import region_name, source_of_year

CAUSES, SAMPLE = 5, 3
"""On the page of the nation: most reasons of failures, and most reports of each, that are told."""
Kecamatan = Mapping[int, Mapping[str, Mapping[str, Isi]]]
"""By year, kabupaten and name."""


def reason(result: Result) -> str:
    """Why a report failed; "" for one that did not."""
    text = ": ".join(filter(None, (result.sel, result.galat)))
    return text or ("tanpa keterangan; lihat kerja/log" if result.status == "gagal" else "")


def slug(results: Sequence[Result]) -> str:
    """The folder of a kabupaten's pages."""
    return results[0].halaman.split("/")[1]


def kabupaten_view(nama: str, own: Sequence[Result], manifests: Manifests, data: Kecamatan) -> dict[str, Any]:
    """A kabupaten: its years, the last first, with their reports and kecamatan."""
    years = sorted({r.tahun for r in own if r.tahun is not None}, reverse=True)
    return {
        "nama": region_name(nama),
        "slug": slug(own),
        "tahun": [_year(tahun, nama, own, manifests, data) for tahun in years],
        "lintas": [r.halaman for r in own if r.tahun is None and not reason(r)],
    }


def _year(tahun: int, nama: str, own: Sequence[Result], manifests: Manifests, data: Kecamatan) -> dict[str, Any]:
    """Of a year that is no longer stored only the reports."""
    areas = data.get(tahun, {}).get(nama, {})
    manifest, pages = manifests.get(tahun), [r for r in own if r.tahun == tahun]
    sumber = source_of_year(manifest) if manifest else "evaluasi tahun ini tidak tersimpan lagi"
    return {
        "tahun": tahun,
        "sumber": sumber,
        "jumlah": sum(isi.jumlah for isi in areas.values()),
        "laporan": [
            {"nama": judul, "halaman": r.halaman, "gagal": bool(reason(r))}
            for jenis, judul in _names(pages).items()
            for r in pages
            if r.jenis == jenis and r.kecamatan is None
        ],
        "kecamatan": [
            {"nama": r.kecamatan, "halaman": r.halaman, "gagal": bool(reason(r)), "isi": isi, "lain": other}
            for r in sorted((r for r in pages if r.jenis == "kecamatan"), key=lambda r: str(r.kecamatan))
            for isi in [areas.get(str(r.kecamatan), Isi())]
            for other in [[o for o in pages if o.kecamatan == r.kecamatan and o is not r and not reason(o)]]
        ],
    }


def _names(results: Iterable[Result]) -> dict[str, str]:
    """The kinds of reports as the index calls them, in its order: ours, then those of the office's own among these."""
    ours = {jenis: kind.di_indeks for jenis, kind in kinds.ours().items()}
    return ours | {r.jenis: r.nama for r in sorted(results, key=lambda r: r.nama) if r.jenis not in ours}


def failures(results: Iterable[Result], banyak: bool) -> dict[str, Any]:
    """The failed reports by their reason, the most frequent first; of the nation's not more than can be read.

    ``lain`` are the reports that no reason that is told speaks of, ``daerah`` how many failed in each kabupaten: with
    its link nothing is hidden.
    """
    sebab: dict[str, list[Result]] = defaultdict(list)
    daerah: dict[str, list[Result]] = defaultdict(list)
    for r in results:
        if teks := reason(r):
            sebab[teks].append(r)
            daerah[r.kabupaten].append(r)
    urut = sorted(sebab.items(), key=lambda isi: (-len(isi[1]), isi[0]))
    told = urut[:CAUSES] if banyak else urut
    return {
        "jumlah": sum(map(len, sebab.values())),
        "sebab": [
            {
                "teks": teks,
                "jumlah": len(isi),
                "laporan": [{"nama": _name(r, banyak), "slug": slug([r])} for r in isi[: SAMPLE if banyak else None]],
            }
            for teks, isi in told
        ],
        "lain": sum(len(isi) for _, isi in urut[len(told) :]),
        "daerah": [{"nama": nama, "slug": slug(isi), "jumlah": len(isi)} for nama, isi in sorted(daerah.items())],
    }


def _name(result: Result, banyak: bool) -> str:
    jenis = _names([result])[result.jenis]
    tempat = result.kecamatan or result.kabupaten
    if banyak and result.kecamatan:
        tempat += f" ({result.kabupaten})"
    return " ".join(filter(None, (jenis, tempat, str(result.tahun or ""))))


def nation_view(
    laporan: Mapping[str, Sequence[Result]], manifests: Manifests, data: Mapping[str, tuple[int, Isi]]
) -> list[dict[str, Any]]:
    """The provinces, each with its kabupaten; ``data`` is the last stored year of every kabupaten."""
    provinsi: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for nama, own in laporan.items():
        tahun, isi = data.get(nama, (None, Isi()))
        years = sorted({r.tahun for r in own if r.tahun is not None})
        known = manifests[tahun].kabupaten[nama].kecamatan if tahun is not None else ()
        pages = [r for r in own if r.jenis == "kabupaten" and r.tahun == max(years, default=None) and not reason(r)]
        provinsi[isi.provinsi or "Provinsi tidak diketahui"].append(
            {
                "nama": nama,
                "slug": slug(own),
                "isi": isi,
                "kecamatan": ", ".join(sorted(known)),
                "akhir": max(years, default=None),
                "halaman": pages[0].halaman if pages else "",
                "lama": spans(years[:-1]),
                "gagal": sum(bool(reason(r)) for r in own),
            }
        )
    slugs = unique_slugs(provinsi)
    return [_province(nama, slugs[nama], rows) for nama, rows in sorted(provinsi.items())]


def _province(nama: str, slug: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    isi = Isi(nama)
    for row in rows:
        isi.jumlah_kelas.update(row["isi"].jumlah_kelas)
    # as in lists of the government: kabupaten first
    rows.sort(key=lambda row: (row["nama"].startswith("Kota "), row["nama"]))
    return {"nama": nama, "slug": slug, "isi": isi, "gagal": sum(r["gagal"] for r in rows), "kabupaten": rows}


def spans(years: Sequence[int]) -> str:
    """Years in order, the last first, those that follow each other as one: 2022, 2016–2018."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(f"{a}–{b}" if a < b else str(a) for a, b in reversed(runs))
