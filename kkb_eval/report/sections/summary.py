"""The Ringkasan: the sentences that open the meeting, and the key figures as tiles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report import sentences, targets
from kkb_eval.report.html import Fragment, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import has_rekap
from kkb_eval.text import NOT_CERTAIN, count, interval, percent, yes

NUMBERS = ("cpr", "mkjp", "unmet")


@dataclass(frozen=True)
class Tile:
    """A key figure: the number, what it counts, a line below, and whether it asks for attention."""

    angka: str
    nama: str
    kecil: str
    perhatian: bool = False


def summary(evaluasi: Evaluation) -> Fragment:
    """The sentences made from the numbers, each with a link to its section."""
    return render("sections/summary.html.j2", kalimat=sentences.summary(evaluasi))


def tiles(evaluasi: Evaluation) -> Fragment:
    """Key figures as tiles: Kampung KB, coverage, freshness, classes, pooled rates with interval and change."""
    return render("sections/summary_tiles.html.j2", ubin=tile_rows(evaluasi), lembar=not evaluasi.kecamatan)


def tile_rows(evaluasi: Evaluation) -> list[Tile]:
    """The key figures, the counts before the rates."""
    return [*_counts(evaluasi), *_rates(evaluasi)]


def _counts(evaluasi: Evaluation) -> Iterator[Tile]:
    kampung = evaluasi.kampung
    n = len(kampung)
    lapor = int(kampung["lapor_kb"].fillna(False).sum())
    yield Tile(count(n), "Kampung KB", f"di {len(kampung[['kecamatan', 'desa']].drop_duplicates())} desa")
    if has_rekap(evaluasi):
        yield Tile(f"{lapor} dari {n}", "mengisi data KB", "formulir KB di portal", lapor < n)
    else:
        yield Tile("belum diketahui", "mengisi data KB", "perlu ekspor rekap", True)
    segar = kampung["diperbarui_kb"].dropna().astype(bool)
    if len(segar):
        lama, basi = evaluasi.manifest.tahun_sebelumnya, int((~segar).sum())
        kecil = f"{count(basi) if basi else 'tidak ada'} yang sama persis dengan {lama}"
        yield Tile(f"{int(segar.sum())} dari {len(segar)}", f"memperbarui data KB sejak {lama}", kecil, not segar.all())
    naik = int(kampung["klasifikasi"].isin(schema.HIGH_CLASSES).sum())
    pasti = int(kampung["klasifikasi"].notna().sum())
    kecil = "klasifikasi portal" if pasti == n else f"kelas {n - pasti} Kampung KB belum dapat dipastikan"
    yield Tile(f"{naik} dari {pasti}" if pasti else NOT_CERTAIN, "Mandiri atau Berkelanjutan", kecil)


def _rates(evaluasi: Evaluation) -> Iterator[Tile]:
    tingkat = "kecamatan" if evaluasi.kecamatan else "kabupaten"
    area, acuan = evaluasi.area(tingkat), evaluasi.area("kabupaten")
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    for kode in NUMBERS:
        row = area.loc[kode]
        if pd.isna(row["nilai"]) or not row["cukup"]:
            yield Tile("belum ada", nama[kode], _why_none(row))
            continue
        kecil = [f"gabungan {count(row['terisi'])} Kampung KB yang {sentences.base(row)}"]
        if row["lapor"] < len(evaluasi.kampung) and pd.notna(row["bawah_diam"]):
            kecil.append(f"{interval(row['bawah_diam'], row['atas_diam'])} bila yang lain ikut melapor")
        kecil += _moved_by(row, evaluasi)
        if evaluasi.kecamatan:
            kecil.append(f"{sentences.combined(evaluasi)} {percent(acuan.at[kode, 'nilai'])}")
        elif perubahan := _change(evaluasi, kode):
            kecil.append(perubahan)
        if capaian := targets.tile_line(evaluasi, kode):
            kecil.append(capaian)
        yield Tile(percent(row["nilai"]), nama[kode], "; ".join(kecil))


def _moved_by(row: Any, evaluasi: Evaluation) -> list[str]:
    """The value with what is left out for its size, and without the one Kampung KB that moves it by five points."""
    out = []
    if pd.notna(row["dengan_k11"]):
        janggal = f"{count(row['tanpa_k11'])} Kampung KB yang ukurannya janggal"
        out.append(f"dengan {janggal}: {percent(row['dengan_k11'])}")
    if isinstance(row["penentu"], str):
        nama = evaluasi.kampung.set_index("kampung_id")["kampung"].get(row["penentu"], "satu Kampung KB")
        out.append(f"tanpa {nama}: {percent(row['tanpa_penentu'])}")
    return out


def _why_none(row: Any) -> str:
    """Why an area has no rate: nothing usable, or too few that reported."""
    return "kurang dari separuh yang melapor" if pd.notna(row["nilai"]) else "tidak ada isian yang dapat dipakai"


def _change(evaluasi: Evaluation, kode: str) -> str:
    """The value of both years over updated records, whether or not it really changed."""
    rows = evaluasi.perubahan
    rows = rows[rows["bagian"].eq("angka") & rows["tingkat"].eq("kabupaten") & rows["indikator"].eq(kode)]
    for row in each(rows[rows["jumlah"].gt(0)]):
        sebelum, sekarang = (n / d for n, d in _pairs(row))
        kata = "" if yes(row.nyata) else ", belum tentu berubah"
        return f"pada {count(row.jumlah)} yang memperbarui data {percent(sebelum)} → {percent(sekarang)}{kata}"
    return ""


def _pairs(row: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """Numerator and denominator of a change, of the year before and of this one."""
    return (row.pembilang_sebelum, row.penyebut_sebelum), (row.pembilang_sekarang, row.penyebut_sekarang)
