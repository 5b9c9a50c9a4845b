"""The index of a nation: 514 kabupaten and 7,285 kecamatan with their real names, whose pages are only said to be."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lokal import wilayah as acuan

from benchmarks.measure import Measure, timed
from kkb_eval import schema, store
from kkb_eval.build import index
from kkb_eval.current import Result, Status
from kkb_eval.intake import regions
from kkb_eval.manifest import FILE, Manifest, as_json
from kkb_eval.report import html
from kkb_eval.report.kinds import ours
from kkb_eval.text import count

LIMIT, BATAS_SATU, BATAS_BESAR = 5.0, 1.0, 1_000_000
KAMPUNG = 32_740
CLASSES = (0.62, 0.19, 0.12, 0.07)
"""Share of the Kampung KB in each class."""
TAHUN = 2024


def all_regions() -> pd.DataFrame:
    """Every kecamatan of the reference, with the slugs of its pages."""
    rows = [
        (acuan.wilayah_name(kab.kode[:2]), kab.nama, kec.nama)
        for kab in sorted(regions.kabupaten().values(), key=lambda region: region.kode)
        for kec in regions.children(kab.kode).values()
    ]
    frame = pd.DataFrame(rows, columns=["provinsi", "kabupaten", "kecamatan"])
    slugs = regions.unique_slugs(frame["kabupaten"])
    return frame.assign(slug=frame["kabupaten"].map(slugs), slug_kecamatan=frame["kecamatan"].map(regions.slug))


def kampung(daerah: pd.DataFrame, jumlah: int = KAMPUNG) -> pd.DataFrame:
    """So many Kampung KB, in every kecamatan one or more, with the columns of the stored table that the index needs."""
    acak = np.random.default_rng([jumlah, len(daerah)])
    more = acak.integers(len(daerah), size=max(0, jumlah - len(daerah)))
    rows = daerah.iloc[np.sort(np.concatenate([np.arange(len(daerah)), more]))].reset_index(drop=True)
    return rows.assign(
        kampung=[f"Kampung KB {nama} {n % 9 + 1}" for n, nama in enumerate(rows["kecamatan"])],
        klasifikasi=acak.choice(schema.CLASSES, len(rows), p=CLASSES),
        lapor_kb=pd.array(acak.random(len(rows)) < 0.5, dtype="boolean"),
    )


def store_year(out: Path, daerah: pd.DataFrame, tahun: int = TAHUN, sidik: dict[str, str] | None = None) -> None:
    """A stored year as the index finds it; ``sidik`` are the fingerprints of kabupaten, "1" where not said."""
    where = store.folder(out, tahun)
    where.mkdir(parents=True, exist_ok=True)
    rows = kampung(daerah).drop(columns=["slug", "slug_kecamatan"])
    rows.to_parquet(where / "kampung.parquet", index=False, row_group_size=4096, compression="zstd")
    kabupaten = {
        str(nama): {
            "slug": isi["slug"].iat[0],
            "sidik": (sidik or {}).get(str(nama), "1"),
            "kecamatan": dict(zip(isi["kecamatan"], isi["slug_kecamatan"], strict=True)),
        }
        for nama, isi in daerah.groupby("kabupaten")
    }
    parameter = {"tahun": tahun, "k": None, "bobot": {}, "ulangan": 500, "benih": 1, "kunjungan": 10}
    said = {"kunci": "1", "judul": "Evaluasi Kampung KB, Indonesia", "penyusun": "", "sintetis": True, "tahun": tahun,
            "tahun_data": [tahun], "tahun_sebelumnya": None, "final": False, "aturan": "", "versi": "",
            "snapshot_rekap": f"{tahun}-06-07", "snapshot_klasifikasi": f"{tahun}-06-07", "masukan": [],
            "ditolak": [], "jumlah": {}, "parameter": parameter, "kabupaten": kabupaten}  # fmt: skip
    (where / FILE).write_text(as_json(Manifest.model_validate(said)), "utf-8")


def results(daerah: pd.DataFrame, tahun: int = TAHUN) -> list[Result]:
    """The pages of a year: of every kabupaten four kinds, and one a kecamatan."""

    def page(jenis: str, kabupaten: str, kecamatan: str | None, folder: str, name: str) -> Result:
        place: dict[str, Any] = {"kabupaten": kabupaten, "kecamatan": kecamatan}
        year = None if jenis == "perkembangan" else tahun
        parts = filter(None, ("laporan", folder, str(year or ""), name))
        return Result(halaman=f"{'/'.join(parts)}.html", kerja="", jenis=jenis, tahun=year, status="dibuat", **place)

    kinds = [nama for nama, jenis in ours().items() if jenis.per != "kecamatan"]
    whole = daerah.drop_duplicates("kabupaten")[["kabupaten", "slug"]].to_numpy().tolist()
    pages = [page(jenis, kabupaten, None, folder, jenis) for kabupaten, folder in whole for jenis in kinds]
    each = daerah[["kabupaten", "kecamatan", "slug", "slug_kecamatan"]].to_numpy().tolist()
    return pages + [page("kecamatan", kab, kec, folder, f"kecamatan/{name}") for kab, kec, folder, name in each]


def measures() -> Iterator[Measure]:
    """The whole index, then after the build of one kabupaten, then after a build of nothing."""
    daerah = all_regions()
    pages = results(daerah)
    html.environment()
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        store_year(out, daerah)
        first = timed(lambda: index.write(Status(out), pages), repeat=1)
        yield Measure(
            f"indeks, {count(len(daerah))} kecamatan di {daerah['kabupaten'].nunique()} kabupaten",
            first.detik,
            first.prosesor,
            _sizes(out),
            f"{LIMIT:.0f} detik, halaman depan 1 MB",
            first.prosesor <= LIMIT and first.hasil.stat().st_size < BATAS_BESAR,
        )
        for apa, sidik in (("satu kabupaten dibuat ulang", "2"), ("tanpa perubahan", "2")):
            store_year(out, daerah, sidik={"Lebak": sidik})
            # one of its pages fails: both its index and the front page say so
            given = [replace(r, galat="x") if r.kabupaten == "Lebak" and r.jenis == "paparan" else r for r in pages]
            before = _times(out)
            run = timed(partial(index.write, Status(out), given), repeat=1)
            told = f"{sum(_times(out)[path] != time for path, time in before.items())} halaman ditulis"
            yield Measure(f"indeks, {apa}", run.detik, run.prosesor, told, "1 detik", run.prosesor <= BATAS_SATU)


def _sizes(out: Path) -> str:
    front, *others = (path.stat().st_size / 1e3 for path in (out / index.FRONT, *out.glob(f"laporan/*/{index.FRONT}")))
    return f"halaman depan {front:.0f} kB, kabupaten sampai {max(others):.0f} kB"


def _times(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in out.rglob(index.FRONT)}
