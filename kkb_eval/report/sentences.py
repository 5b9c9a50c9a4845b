"""The sentences of a page, made from the numbers, each only where these carry it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from markupsafe import Markup

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method import road, target
from kkb_eval.report import targets as goals
from kkb_eval.report.names import alone, each
from kkb_eval.text import count, counted, enumerate_words, persen, spelled

IN_KECAMATAN = {
    "portal-dan-siga": "portal-dan-siga",
    "siapa-yang-melapor-dan-seberapa-mutakhir-datanya": "data-yang-perlu-dilengkapi-atau-diperbarui",
    "klasifikasi-resmi": "kampung-kb",
    "langkah-menuju-kelas-berikutnya": "kartu-kampung-kb",
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


def combined(evaluasi: Evaluation) -> str:
    """What an area is compared with: "gabungan Kampung KB di Lebak"."""
    return f"gabungan Kampung KB di {evaluasi.kabupaten}"


def _incomplete(evaluasi: Evaluation) -> Iterator[Sentence]:
    """What a filtered or cut export lacks (K21): all that follows is of a part only.

    Of data of several kabupaten the finding is of the whole file, and not of this one: those have it in the index of
    findings only.
    """
    found = evaluasi.catatan_mutu[evaluasi.catatan_mutu["kode"].eq("K21")]
    if len(found) and evaluasi.kecamatan is None and len(evaluasi.manifest.kabupaten) == 1:
        # the rekap's finding says what the klasifikasi's says, of the export that most numbers come from
        pesan = max(found["pesan"], key=lambda text: text.startswith("rekap")).rpartition("; ")[0]
        teks = Markup("<b>Ekspor tahun ini tampaknya tersaring atau terpotong</b>: {}.").format(pesan)
        yield Sentence(teks, "siapa-yang-melapor-dan-seberapa-mutakhir-datanya", perhatian=True)


def _coverage(evaluasi: Evaluation) -> Iterator[Sentence]:
    kampung = evaluasi.kampung
    if alone(evaluasi):
        teks = Markup(
            "Ekspor portal belum ada: halaman ini hanya memakai tabel SIGA. Siapa yang melapor, kelas, dan angka "
            "Kampung KB belum diketahui."
        )
        yield Sentence(teks, "portal-dan-siga", perhatian=True)
        return
    if evaluasi.manifest.snapshot_rekap is None:
        ditolak = enumerate_words(d.berkas for d in evaluasi.manifest.ditolak)
        sebab = f" (ditolak: {ditolak}; lihat Kualitas data)" if ditolak else ""
        teks = Markup("Ekspor rekap tidak ada{}: siapa yang melapor dan semua angka KB belum diketahui.").format(sebab)
        yield Sentence(teks, "siapa-yang-melapor-dan-seberapa-mutakhir-datanya", perhatian=True)
        return
    lapor = kampung["lapor_kb"].fillna(False).astype(bool)
    belum = kampung[~lapor]
    teks = Markup("{}.").format(_reported(int(lapor.sum()), len(kampung)) + _missing(belum, evaluasi))
    segar = kampung["diperbarui_kb"].dropna().astype(bool)
    if basi := int((~segar).sum()):
        lama = evaluasi.manifest.tahun_sebelumnya
        semua = "semuanya" if basi == len(segar) else f"{count(basi)}"
        teks += Markup(" Dari {} yang dapat dibandingkan, <b>{}</b> masih memakai isian tahun {}.").format(
            count(len(segar)), semua, lama
        )
    yield Sentence(teks, "siapa-yang-melapor-dan-seberapa-mutakhir-datanya", perhatian=bool(len(belum) or basi))


def _reported(lapor: int, semua: int) -> Markup:
    """How many have filled in the KB form: "Sebanyak 85 dari 95 …", "Semua 82 …", "Belum satu pun dari 9 …"."""
    if lapor == semua:
        teks = Markup("<b>{}</b> sudah mengisi data KB")
        return teks.format(f"Semua {count(semua)} Kampung KB" if semua > 1 else "Satu-satunya Kampung KB")
    if not lapor:
        return Markup("<b>Belum satu pun</b> dari {} Kampung KB mengisi data KB").format(count(semua))
    return Markup("{} <b>{} dari {}</b> Kampung KB sudah mengisi data KB").format(
        "Sebanyak", count(lapor), count(semua)
    )


def _missing(belum: pd.DataFrame, evaluasi: Evaluation) -> Markup:
    """How many have not, and where most of them are; in a kecamatan who they are."""
    if not len(belum) or len(belum) == len(evaluasi.kampung):
        return Markup("")
    if evaluasi.kecamatan is not None:
        return Markup("; {} belum ({})").format(
            spelled(len(belum)), enumerate_words(sorted(belum["kampung"], key=str.casefold), most=9)
        )
    per = belum["kecamatan"].value_counts()
    terbanyak = sorted(per[per == per.max()].index)
    tempat = enumerate_words(terbanyak, most=2)
    if len(belum) == per.max():
        return Markup("; {} belum (di {})").format(spelled(len(belum)), tempat)
    if len(terbanyak) > 2:
        return Markup("; {} belum").format(spelled(len(belum)))
    masing = "masing-masing " if len(terbanyak) > 1 else ""
    return Markup("; {} belum (terbanyak di {}, {}{})").format(spelled(len(belum)), tempat, masing, per.max())


def _classes(evaluasi: Evaluation) -> Iterator[Sentence]:
    kampung = evaluasi.kampung
    jumlah = kampung["klasifikasi"].value_counts()
    if not len(jumlah):
        if alone(evaluasi):  # said already
            return
        yield Sentence(
            Markup(
                "Kelas belum dapat dipastikan: ekspor klasifikasi tidak ada, "
                "dan sebagian butir tidak termuat dalam rekap."
            ),
            "klasifikasi-resmi",
            perhatian=True,
        )
        return
    diam = int((kampung["klasifikasi"].eq("Dasar") & kampung["lapor_kb"].eq(False)).fillna(False).sum())
    sebab = f" ({_of_these(diam, int(jumlah.get('Dasar', 0)))} karena belum melapor)" if diam else ""
    bagian = enumerate_words(
        (f"{count(jumlah[k])} {k}{sebab if k == 'Dasar' else ''}" for k in schema.CLASSES if jumlah.get(k, 0)), most=4
    )
    teks = Markup("Menurut klasifikasi portal ada <b>{}</b>").format(bagian)
    if belum := len(kampung) - int(jumlah.sum()):
        teks += Markup("; kelas {} Kampung KB belum dapat dipastikan").format(spelled(belum))
    dekat = road.one_step_away(evaluasi.keadaan)
    if dekat:
        teks += Markup(
            ". {} Kampung KB tinggal <b>satu langkah</b> (setara {} orang atau kurang) untuk naik kelas"
        ).format(counted(dekat), road.ONE_STEP)
    yield Sentence(teks + ".", "langkah-menuju-kelas-berikutnya" if dekat else "klasifikasi-resmi")


def _of_these(part: int, whole: int) -> str:
    """A part of a count just named: "9 di antaranya", "semuanya"."""
    return "semuanya" if part == whole else f"{count(part)} di antaranya"


def pattern(evaluasi: Evaluation) -> Iterator[Sentence]:
    """How many of the higher classes have *angka berpola*."""
    tinggi = evaluasi.kampung[evaluasi.kampung["klasifikasi"].isin(schema.HIGH_CLASSES)]
    berpola = tinggi["kampung_id"].isin(evaluasi.berpola)
    if berpola.any():
        teks = Markup(
            "Pada <b>{} dari {}</b> Kampung KB Mandiri dan Berkelanjutan, jumlah peserta di tiga poktan (kelompok "
            "kegiatan) atau lebih tepat satu pecahan yang sama dari sasarannya, misalnya separuh. Angka seperti ini "
            "perlu dicek di lapangan."
        ).format(int(berpola.sum()), len(tinggi))
        yield Sentence(teks, "klasifikasi-resmi", perhatian=True)


def unmet(evaluasi: Evaluation) -> Iterator[Sentence]:
    """The couples with unmet need of the Kampung KB that reported, where at least half of them did."""
    row = evaluasi.area("kecamatan" if evaluasi.kecamatan else "kabupaten").loc["unmet"]
    if row["terisi"] < target.ENOUGH * len(evaluasi.kampung) or pd.isna(row["nilai"]):
        return
    teks = Markup(
        "Di {} Kampung KB yang {}, <b>{} pasangan</b> ({}) ingin menunda kelahiran atau tidak ingin anak lagi, "
        "tetapi belum ber-KB."
    ).format(spelled(row["terisi"]), base(row), count(row["pembilang"]), persen(row["nilai"]))
    if evaluasi.kecamatan is not None:
        acuan = evaluasi.area("kabupaten").loc["unmet"]
        teks += Markup(" {}").format(compared(row, acuan["nilai"], combined(evaluasi), better="lebih rendah"))
    yield Sentence(teks, "indikator", perhatian=row["label"] not in ("lebih_baik", "serupa"))


def base(row: Any) -> str:
    """Which Kampung KB the value of an area is of: all that reported, or those of them whose numbers can be used."""
    return "melapor" if row["terisi"] == row["lapor"] else "angkanya dapat dipakai"


def compared(row: "pd.Series[Any]", acuan: float, dengan: str, *, better: str) -> str:
    """How an area stands against ``dengan``, whose value is ``acuan``; without a certain difference both values only.

    ``better`` says in the indicator's own direction what is better ("lebih rendah" of unmet need).
    """
    worse = {"lebih rendah": "lebih tinggi", "lebih tinggi": "lebih rendah"}[better]
    kata = {"lebih_baik": better, "kurang_baik": worse}
    if row["label"] in kata:
        return f"Angka ini {kata[row['label']]} daripada {dengan} ({persen(acuan)})."
    return f"Angka {dengan} {persen(acuan)}; perbedaannya belum dapat dipastikan."


def targets(evaluasi: Evaluation) -> Iterator[Sentence]:
    """Which targets of the kabupaten are met and which are not, the two furthest from theirs with their numbers."""
    rows = goals.own(evaluasi)
    ya, belum = rows[rows["tercapai"].eq(True)], rows[rows["tercapai"].eq(False)]
    if evaluasi.kecamatan is not None or not len(ya) + len(belum):
        return
    nama = goals.names(evaluasi)
    terjauh = enumerate_words(goals.short_of(row, nama) for row in each(belum.sort_values("capaian").head(2)))
    semua, tahun = count(len(rows)), evaluasi.tahun
    if not len(belum):
        teks = Markup("<b>{} target {} tercapai</b>").format(
            f"Semua {semua}" if len(ya) == len(rows) else f"Sebanyak {count(len(ya))} dari {semua}", tahun
        )
    elif not len(ya):
        teks = Markup("<b>Belum satu pun</b> dari {} target {} tercapai").format(semua, tahun)
    else:
        sebut = enumerate_words((nama[kode] for kode in ya["indikator"]), most=9)
        teks = Markup("Dari {} target {}, <b>{} tercapai</b> ({}) dan <b>{} belum</b>").format(
            semua, tahun, spelled(len(ya)), sebut, spelled(len(belum))
        )
    if tak := len(rows) - len(ya) - len(belum):
        teks += Markup("; {} {}").format(spelled(tak), goals.NOT_CERTAIN)
    teks += Markup(". Yang terjauh: {}.").format(terjauh) if len(belum) else Markup(".")
    yield Sentence(teks, "capaian-target-kinerja", perhatian=bool(len(belum)))


def _outstanding(evaluasi: Evaluation) -> Iterator[Sentence]:
    rows = evaluasi.indikator[evaluasi.indikator["indikator"].eq("unmet")]
    kurang = rows[rows["label"].eq("kurang_baik_menonjol")].merge(
        evaluasi.kampung[["kampung_id", "kampung", "kecamatan"]], on="kampung_id"
    )
    if not len(kurang):
        return
    urut = kurang.sort_values(["nilai", "kampung"], ascending=[False, True])
    di_sini = evaluasi.kecamatan is not None
    nama = enumerate_words(
        (f"{r.kampung} ({persen(r.nilai)}{'' if di_sini else f', {r.kecamatan}'})" for r in each(urut)), most=9
    )
    teks = Markup("Unmet need <b>jauh lebih tinggi</b> daripada Kampung KB lain di {}.").format(nama)
    yield Sentence(teks, "indikator", perhatian=True)


def _certainty(evaluasi: Evaluation) -> Iterator[Sentence]:
    dekat = int(evaluasi.kampung["dekat_batas"].eq(True).fillna(False).sum())
    if dekat:
        teks = Markup("Kelas <b>{} Kampung KB</b> rawan berubah: nilainya sangat dekat dengan batas kelas.").format(
            spelled(dekat)
        )
        yield Sentence(teks, "klasifikasi-resmi")


def moves(evaluasi: Evaluation) -> Iterator[Sentence]:
    """Who rose and fell since the year before, and how many of these are supported by new data."""
    pindah = evaluasi.perubahan[evaluasi.perubahan["bagian"].eq("gerak_kelas")]
    naik, turun = (pindah[pindah["arah"].eq(arah)] for arah in ("naik", "turun"))
    if not len(pindah):
        return
    nama = pindah[["kampung_id"]].merge(evaluasi.kampung[["kampung_id", "kampung"]], on="kampung_id")
    of = nama.set_index("kampung_id")["kampung"].to_dict()
    jatuh = enumerate_words(sorted((of.get(i, i) for i in turun["kampung_id"]), key=str.casefold), most=9)
    bagian = f"{spelled(len(naik))} Kampung KB naik kelas" if len(naik) else "tidak ada yang naik kelas"
    hubung = " dan" if len(naik) else ";"
    bagian += f"{hubung} {spelled(len(turun))} turun ({jatuh})" if len(turun) else "; tidak ada yang turun"
    teks = Markup("Sejak {} <b>{}</b>. ").format(evaluasi.manifest.tahun_sebelumnya, bagian)
    didukung = int(pindah["dukungan"].eq("data_baru").fillna(False).sum())
    yield Sentence(teks + _supported(didukung, len(pindah)), "klasifikasi-resmi")


def _supported(didukung: int, semua: int) -> str:
    """How many of the moves are supported by new data: "Empat perubahan didukung data baru; tiga belum …"."""
    if didukung == semua:
        return "Perubahan itu didukung data baru." if semua == 1 else "Semua perubahan didukung data baru."
    if not didukung:
        return "Perubahan itu belum dapat dipastikan." if semua == 1 else "Semuanya belum dapat dipastikan."
    return f"{counted(didukung)} perubahan didukung data baru; {spelled(semua - didukung)} belum dapat dipastikan."


_PARTS: tuple[Callable[[Evaluation], Iterator[Sentence]], ...] = (
    _incomplete, _coverage, _classes, pattern, unmet, targets, moves, _outstanding, _certainty,
)  # fmt: skip
