"""The sentences of a page, made from the numbers, each only where interval and coverage carry it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pandas as pd
from markupsafe import Markup

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method import road, target
from kkb_eval.report import targets as goals
from kkb_eval.report.names import each
from kkb_eval.text import count, enumerate_words, interval, percent

IN_KECAMATAN = {
    "cakupan-kebaruan-mutu-data": "data-untuk-diperbaiki-bulan-ini",
    "klasifikasi-resmi": "kampung-kb",
    "jalan-naik-kelas": "kartu-kampung-kb",
    "indikator": "posisi-di-kabupaten",
}
"""Where the kecamatan page holds what a section of the kabupaten page does."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of the Ringkasan: its text, the section it leads to, and whether it asks for attention."""

    teks: Markup
    bagian: str
    perhatian: bool = False


def summary(evaluasi: Evaluation) -> list[Sentence]:
    """The Ringkasan of a kabupaten or, for a narrowed evaluation, of a kecamatan: at most seven sentences."""
    kalimat = [kalimat for bagian in _PARTS for kalimat in bagian(evaluasi)][:7]
    if evaluasi.kecamatan is None:
        return kalimat
    return [replace(k, bagian=IN_KECAMATAN[k.bagian]) for k in kalimat]


def _coverage(evaluasi: Evaluation) -> Iterator[Sentence]:
    kampung = evaluasi.kampung
    if evaluasi.manifest["snapshot_rekap"] is None:
        ditolak = enumerate_words(d["berkas"] for d in evaluasi.manifest["ditolak"])
        sebab = f" (ditolak: {ditolak}; lihat Kualitas data)" if ditolak else ""
        teks = Markup("Ekspor rekap tidak ada{}: siapa yang melapor dan semua angka KB belum diketahui.").format(sebab)
        yield Sentence(teks, "cakupan-kebaruan-mutu-data", perhatian=True)
        return
    lapor = kampung["lapor_kb"].fillna(False).astype(bool)
    belum = kampung[~lapor]
    teks = Markup("<b>{} dari {}</b> Kampung KB melaporkan data KB").format(count(lapor.sum()), count(len(kampung)))
    if len(belum):
        teks += Markup("; {} belum").format(len(belum))
        if evaluasi.kecamatan is None:
            per = belum["kecamatan"].value_counts()
            terbanyak = sorted(per[per == per.max()].index)
            if len(terbanyak) <= 2:
                teks += Markup(", terbanyak di {}").format(enumerate_words(terbanyak))
        else:
            teks += Markup(" ({})").format(enumerate_words(sorted(belum["kampung"])))
    basi = int(kampung["diperbarui_kb"].eq(False).sum())
    if basi:
        teks += Markup(". Dari yang melapor, data KB <b>{}</b> tidak diperbarui sejak laporan {}").format(
            basi, evaluasi.manifest["tahun_sebelumnya"]
        )
    yield Sentence(teks + ".", "cakupan-kebaruan-mutu-data", perhatian=bool(len(belum) or basi))


def _classes(evaluasi: Evaluation) -> Iterator[Sentence]:
    jumlah = evaluasi.kampung["klasifikasi"].value_counts()
    if not len(jumlah):
        yield Sentence(
            Markup(
                "Kelas belum dapat dipastikan: ekspor klasifikasi tidak ada, "
                "dan sebagian butir tidak termuat dalam rekap."
            ),
            "klasifikasi-resmi",
            perhatian=True,
        )
        return
    bagian = enumerate_words((f"{jumlah[k]} {k}" for k in schema.CLASSES if jumlah.get(k, 0)), most=4)
    teks = Markup("Klasifikasi resmi: <b>{}</b>").format(bagian)
    if belum := len(evaluasi.kampung) - int(jumlah.sum()):
        teks += Markup("; kelas {} Kampung KB belum dapat dipastikan").format(belum)
    dekat = road.one_step_away(evaluasi.keadaan)
    if dekat:
        teks += Markup(
            "; {} Kampung KB tinggal <b>selangkah</b> (setara {} orang atau kurang) untuk naik kelas"
        ).format(dekat, road.ONE_STEP)
    yield Sentence(teks + ".", "jalan-naik-kelas" if dekat else "klasifikasi-resmi")


def pattern(evaluasi: Evaluation) -> Iterator[Sentence]:
    """How many of the higher classes rest on angka berpola."""
    tinggi = evaluasi.kampung[evaluasi.kampung["klasifikasi"].isin(schema.HIGH_CLASSES)]
    berpola = tinggi["kampung_id"].isin(evaluasi.berpola)
    if berpola.any():
        teks = Markup(
            "Pada <b>{} dari {}</b> Kampung KB Mandiri dan Berkelanjutan, peserta tiga poktan (kelompok kegiatan) atau "
            "lebih persis satu pecahan sasarannya: angka berpola, periksa di lapangan."
        ).format(int(berpola.sum()), len(tinggi))
        yield Sentence(teks, "klasifikasi-resmi", perhatian=True)


def unmet(evaluasi: Evaluation) -> Iterator[Sentence]:
    """The area's unmet need, where enough have reported to speak of it."""
    row = evaluasi.area("kecamatan" if evaluasi.kecamatan else "kabupaten").loc["unmet"]
    if row["terisi"] < target.ENOUGH * len(evaluasi.kampung) or pd.isna(row["bawah95"]):
        return
    teks = Markup(
        "Unmet need <b>{}</b> ({}): {} pasangan ingin menunda atau berhenti punya anak tetapi belum ber-KB."
    ).format(percent(row["nilai"]), interval(row["bawah95"], row["atas95"]), count(row["pembilang"]))
    acuan = evaluasi.area("kabupaten").loc["unmet"]
    banding = ""
    if evaluasi.kecamatan is not None:
        banding = compare_words(row, acuan["nilai"], arah=-1)
        teks += Markup(" Ini {} (kabupaten {}).").format(banding, percent(acuan["nilai"]))
    yield Sentence(teks, "indikator", perhatian=not banding.startswith("lebih baik"))


def compare_words(row: pd.Series, acuan: float, *, arah: int) -> str:
    """How an area stands against a benchmark: only an interval that leaves it out supports "lebih" or "kurang"."""
    if row["bawah95"] <= acuan <= row["atas95"]:
        return "serupa dengan kabupaten"
    return "lebih baik daripada kabupaten" if (row["nilai"] - acuan) * arah > 0 else "kurang baik daripada kabupaten"


def targets(evaluasi: Evaluation) -> Iterator[Sentence]:
    """Which targets of the kabupaten are met and which are not, the first two of these with their limits."""
    rows = goals.own(evaluasi)
    ya, belum = rows[rows["tercapai"].eq(True)], rows[rows["tercapai"].eq(False)]
    if evaluasi.kecamatan is not None or not len(ya) + len(belum):
        return
    nama = goals.names(evaluasi)
    bagian = []
    if len(ya):
        sebut = enumerate_words(nama[kode] for kode in ya["indikator"])
        bagian.append(Markup("<b>{} tercapai</b> ({})").format(count(len(ya)), sebut))
    if len(belum):
        sebut = enumerate_words(goals.short_of(row, nama) for row in each(belum.head(2)))
        antara = "antara lain " if len(belum) > 2 else ""
        bagian.append(Markup("<b>{} belum</b>: {}{}").format(count(len(belum)), antara, sebut))
    teks = Markup("Dari {} target {}, ").format(len(rows), evaluasi.tahun) + Markup(" dan ").join(bagian)
    if tak := len(rows) - len(ya) - len(belum):
        teks += Markup("; {} {}").format(tak, goals.NOT_CERTAIN)
    yield Sentence(teks + ".", "capaian-target-kinerja", perhatian=bool(len(belum)))


def _outstanding(evaluasi: Evaluation) -> Iterator[Sentence]:
    rows = evaluasi.indikator[evaluasi.indikator["indikator"].eq("unmet")]
    kurang = rows[rows["label"].eq("kurang_baik_menonjol")].merge(evaluasi.kampung[["kampung_id", "kampung"]])
    if len(kurang):
        nama = enumerate_words(f"{r.kampung} ({percent(r.nilai)})" for r in each(kurang.sort_values("kampung")))
        teks = Markup("Unmet need <b>menonjol kurang baik</b>, juga di antara sesama Kampung KB, di {}.").format(nama)
        yield Sentence(teks, "indikator", perhatian=True)


def _certainty(evaluasi: Evaluation) -> Iterator[Sentence]:
    dekat = evaluasi.kampung["dekat_batas"].dropna().astype(bool)
    if dekat.any():
        teks = Markup(
            "Kelas <b>{} dari {}</b> Kampung KB rawan berubah: nilainya sangat dekat dengan batas kelas."
        ).format(int(dekat.sum()), len(dekat))
        yield Sentence(teks, "klasifikasi-resmi")


def moves(evaluasi: Evaluation) -> Iterator[Sentence]:
    """Who rose and fell since the year before, and how much of it is more than chance."""
    pindah = evaluasi.perubahan[evaluasi.perubahan["bagian"].eq("gerak_kelas")]
    naik, turun = (int(pindah["arah"].eq(arah).sum()) for arah in ("naik", "turun"))
    if naik or turun:
        baru = int(pindah["dukungan"].eq("data_baru").sum())
        teks = Markup(
            "Sejak {}, <b>{} naik kelas dan {} turun</b>; {} dari {} perpindahan itu didukung data baru."
        ).format(evaluasi.manifest["tahun_sebelumnya"], naik, turun, baru, naik + turun)
        yield Sentence(teks, "klasifikasi-resmi")


def _types(evaluasi: Evaluation) -> Iterator[Sentence]:
    if evaluasi.kecamatan is not None or not evaluasi.tipologi["utama"].eq("lokal").any():
        return
    tipe = evaluasi.tipe[evaluasi.tipe["tipologi"].eq("lokal")].drop_duplicates("tipe")
    rincian = enumerate_words((f"{r.jumlah} “{r.nama}”" for r in each(tipe)), most=4)
    teks = Markup("Kampung KB terbagi dalam <b>{} tipe</b>: {}.").format(len(tipe), rincian)
    yield Sentence(teks, "tipe-kampung-kb")


_PARTS: tuple[Callable[[Evaluation], Iterator[Sentence]], ...] = (
    _coverage, _classes, pattern, unmet, targets, moves, _types, _outstanding, _certainty,
)  # fmt: skip
