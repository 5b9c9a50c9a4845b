"""The Ringkasan: the sentences that open the meeting, and the key figures as tiles."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report import sentences, targets
from kkb_eval.report.html import Fragment, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import has_rekap
from kkb_eval.text import NOT_CERTAIN, count, decimal, interval, percent, yes

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
        yield Tile(f"{lapor} dari {n}", "melaporkan data KB", f"{percent(lapor / n)} cakupan laporan", lapor < n)
    else:
        yield Tile("belum diketahui", "melaporkan data KB", "perlu ekspor rekap dari portal", True)
    segar = kampung["diperbarui_kb"].dropna().astype(bool)
    if len(segar):
        kecil = f"dibandingkan dengan {evaluasi.manifest['tahun_sebelumnya']}; sisanya isian lama"
        yield Tile(f"{int(segar.sum())} dari {len(segar)}", "data KB diperbarui", kecil, not segar.all())
    naik = int(kampung["klasifikasi"].isin(schema.HIGH_CLASSES).sum())
    pasti = int(kampung["klasifikasi"].notna().sum())
    kecil = "klasifikasi resmi" if pasti == n else f"kelas {n - pasti} Kampung KB belum dapat dipastikan"
    yield Tile(f"{naik} dari {pasti}" if pasti else NOT_CERTAIN, "Mandiri atau Berkelanjutan", kecil)


def _rates(evaluasi: Evaluation) -> Iterator[Tile]:
    tingkat = "kecamatan" if evaluasi.kecamatan else "kabupaten"
    area, acuan = evaluasi.area(tingkat), evaluasi.area("kabupaten")
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    for kode in NUMBERS:
        row = area.loc[kode]
        kecil = [f"selang {interval(row['bawah95'], row['atas95'])}", f"dari {row['terisi']} Kampung KB terisi"]
        if evaluasi.kecamatan:
            kecil.append(f"kabupaten {percent(acuan.at[kode, 'nilai'])}")
        elif perubahan := _change(evaluasi, kode):
            kecil.append(perubahan)
        if capaian := targets.tile_line(evaluasi, kode):
            kecil.append(capaian)
        if pd.notna(row["nilai"]):
            yield Tile(percent(row["nilai"]), nama[kode], "; ".join(kecil))
        else:
            yield Tile("belum ada", nama[kode], "tidak ada isian yang dapat dipakai")


def _change(evaluasi: Evaluation, kode: str) -> str:
    """How the kabupaten's value moved over updated records; only an interval without zero gives a direction."""
    rows = evaluasi.perubahan
    rows = rows[rows["bagian"].eq("angka") & rows["tingkat"].eq("kabupaten") & rows["indikator"].eq(kode)]
    for row in each(rows[rows["jumlah"].gt(0)]):
        if yes(row.nyata):
            arah = "naik" if row.selisih > 0 else "turun"
            return f"{arah} {decimal(100 * abs(row.selisih))} poin pada {row.jumlah} yang diperbarui"
        return f"perubahan pada {row.jumlah} yang diperbarui belum dapat dipastikan"
    return ""
