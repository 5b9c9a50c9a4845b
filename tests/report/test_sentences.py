"""Each sentence of the Ringkasan: whole, and only where its numbers carry it."""

from dataclasses import replace
from typing import Any

import pandas as pd

from kkb_eval import Evaluation
from kkb_eval.report import sentences

from .evaluations import area, evaluation, kampung

EMPAT = ({}, {}, {}, {})


def told(evaluasi: Evaluation) -> list[str]:
    """The sentences without their bold, with plain spaces."""
    return [k.teks.striptags().replace("\N{NO-BREAK SPACE}", " ") for k in sentences.summary(evaluasi)]


def only(begin: str, evaluasi: Evaluation) -> list[str]:
    """The sentences with this word at their start."""
    return [s for s in told(evaluasi) if s.startswith(begin)]


def move(kampung_id: str, arah: str, dukungan: str | None = "data_baru") -> dict[str, Any]:
    return {"bagian": "gerak_kelas", "arah": arah, "dukungan": dukungan, "kampung_id": kampung_id}


def moves(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).astype({"dukungan": "string"})


def none(tingkat: str, kecamatan: str | None = None) -> dict[str, Any]:
    """An area of which nothing is known."""
    return area(tingkat, kecamatan, terisi=0, nilai=None, cukup=False)


def label(kampung_id: str, nilai: float, words: str) -> dict[str, Any]:
    return {"kampung_id": kampung_id, "indikator": "unmet", "nilai": nilai, "status": "terisi", "label": words}


def test_all_that_is_known_of_a_plain_kabupaten_is_coverage_and_class() -> None:
    assert told(evaluation(kampung(*EMPAT))) == [
        "Semua 4 Kampung KB sudah mengisi data KB.",
        "Menurut klasifikasi portal ada 4 Dasar.",
    ]


def test_a_filtered_export_is_the_first_that_is_said_of_data_of_one_kabupaten() -> None:
    pesan = (
        "{} ini memuat 2 dari 28 kecamatan dan 8 dari 93 Kampung KB tahun 2022; tidak ada: Bayah, Maja; bila disaring"
    )
    found = pd.DataFrame(
        [{"kode": "K21", "kampung_id": None, "pesan": pesan.format(jenis)} for jenis in ("klasifikasi", "rekap")]
    )
    whole = evaluation(kampung(*EMPAT), catatan_mutu=found)
    one = replace(whole, manifest=whole.manifest.model_copy(update={"kabupaten": {"Lebak": None}}))
    assert told(one)[0] == (
        "Ekspor tahun ini tampaknya tersaring atau terpotong: rekap ini memuat 2 dari 28 kecamatan dan 8 dari 93"
        " Kampung KB tahun 2022; tidak ada: Bayah, Maja."
    )
    several = replace(whole, manifest=whole.manifest.model_copy(update={"kabupaten": {"Lebak": None, "Serang": None}}))
    assert only("Ekspor", several) == []


def test_none_and_the_only_one_have_their_own_words() -> None:
    diam = kampung({"lapor_kb": False}, {"lapor_kb": None})
    assert told(evaluation(diam))[0] == "Belum satu pun dari 2 Kampung KB mengisi data KB."
    assert told(evaluation(kampung({})))[0] == "Satu-satunya Kampung KB sudah mengisi data KB."


def test_those_who_have_not_reported_are_counted_and_the_kecamatan_with_most_is_named() -> None:
    sajira = {"lapor_kb": False, "kecamatan": "Sajira"}
    maja = {"lapor_kb": False}
    bayah = {"lapor_kb": False, "kecamatan": "Bayah"}

    def after(*rows: dict[str, Any]) -> str:
        return told(evaluation(kampung({}, *rows)))[0].partition("; ")[2]

    assert told(evaluation(kampung({}, maja, maja, sajira)))[0] == (
        "Sebanyak 1 dari 4 Kampung KB sudah mengisi data KB; tiga belum (terbanyak di Maja, 2)."
    )
    assert after(sajira) == "satu belum (di Sajira)."
    assert after(maja, sajira) == "dua belum (terbanyak di Maja dan Sajira, masing-masing 1)."
    assert after(maja, sajira, bayah) == "tiga belum."


def test_a_kecamatan_names_those_who_have_not_reported_in_order() -> None:
    rows = kampung({"lapor_kb": False, "kampung": "Rasamala"}, {}, {"lapor_kb": False, "kampung": "Cempaka"})
    evaluasi = evaluation(rows, kecamatan="Maja", wilayah=[none("kabupaten"), none("kecamatan", "Maja")])
    assert told(evaluasi)[0] == (
        "Sebanyak 1 dari 3 Kampung KB sudah mengisi data KB; dua belum (Cempaka dan Rasamala)."
    )


def test_what_is_not_updated_is_told_of_those_that_can_be_compared() -> None:
    rows = kampung({"diperbarui_kb": False}, {"diperbarui_kb": None}, {})
    assert told(evaluation(rows))[0] == (
        "Semua 3 Kampung KB sudah mengisi data KB. Dari 2 yang dapat dibandingkan, 1 masih memakai isian tahun 2022."
    )
    semua = kampung({"diperbarui_kb": False}, {"diperbarui_kb": False})
    assert told(evaluation(semua))[0].endswith(
        "Dari 2 yang dapat dibandingkan, semuanya masih memakai isian tahun 2022."
    )


def test_without_a_rekap_nothing_is_said_of_reports() -> None:
    rows = kampung({"lapor_kb": None, "dekat_batas": None})
    assert told(evaluation(rows, manifest={"snapshot_rekap": None})) == [
        "Ekspor rekap tidak ada: siapa yang melapor dan semua angka KB belum diketahui.",
        "Menurut klasifikasi portal ada 1 Dasar.",
    ]
    ditolak = {"snapshot_rekap": None, "ditolak": [{"berkas": "rekap-2023.xlsx", "masalah": []}]}
    assert told(evaluation(rows, manifest=ditolak))[0] == (
        "Ekspor rekap tidak ada (ditolak: rekap-2023.xlsx; lihat Kualitas data): siapa yang melapor dan semua angka KB "
        "belum diketahui."
    )


def test_dasar_for_want_of_a_report_are_told_apart() -> None:
    rows = kampung({"lapor_kb": False}, {}, {"klasifikasi": "Mandiri", "lapor_kb": False})
    assert told(evaluation(rows))[1] == (
        "Menurut klasifikasi portal ada 2 Dasar (1 di antaranya karena belum melapor) dan 1 Mandiri."
    )
    assert told(evaluation(kampung({"lapor_kb": False})))[1] == (
        "Menurut klasifikasi portal ada 1 Dasar (semuanya karena belum melapor)."
    )


def test_classes_that_are_not_certain_are_counted_and_without_any_that_is_said() -> None:
    some = kampung({"klasifikasi": None}, {}, {"klasifikasi": "Mandiri"})
    assert told(evaluation(some))[1] == (
        "Menurut klasifikasi portal ada 1 Dasar dan 1 Mandiri; kelas satu Kampung KB belum dapat dipastikan."
    )
    assert told(evaluation(kampung({"klasifikasi": None})))[1] == (
        "Kelas belum dapat dipastikan: ekspor klasifikasi tidak ada, dan sebagian butir tidak termuat dalam rekap."
    )


def test_a_kampung_kb_is_one_step_away_when_its_nearest_road_costs_a_point_or_ten_people() -> None:
    keadaan = [
        {"kampung_id": "k0", "menuju": "Mandiri", "keadaan": "ada_langkah", "biaya": 10.0},
        {"kampung_id": "k0", "menuju": "Berkelanjutan", "keadaan": "ada_langkah", "biaya": 60.0},
        {"kampung_id": "k1", "menuju": "Mandiri", "keadaan": "ada_langkah", "biaya": 11.0},
        {"kampung_id": "k2", "menuju": "Mandiri", "keadaan": "lapor_dulu", "biaya": 0.0},
    ]
    assert told(evaluation(kampung(*EMPAT), keadaan=keadaan))[1] == (
        "Menurut klasifikasi portal ada 4 Dasar. Satu Kampung KB tinggal satu langkah (setara 10 orang atau kurang) "
        "untuk naik kelas."
    )
    assert told(evaluation(kampung(*EMPAT), keadaan=keadaan[2:]))[1] == "Menurut klasifikasi portal ada 4 Dasar."


def test_a_pattern_is_told_of_the_upper_classes_only() -> None:
    catatan = [{"kode": "K13", "tingkat": "periksa", "kampung_id": i} for i in ("k0", "k1")]
    rows = kampung({"klasifikasi": "Mandiri"}, {}, {"klasifikasi": "Berkelanjutan"})
    assert only("Pada", evaluation(rows, catatan_mutu=catatan)) == [
        "Pada 1 dari 2 Kampung KB Mandiri dan Berkelanjutan, jumlah peserta di tiga poktan (kelompok kegiatan) atau "
        "lebih tepat satu pecahan yang sama dari sasarannya, misalnya separuh. Angka seperti ini perlu dicek di "
        "lapangan."
    ]
    assert only("Pada", evaluation(rows, catatan_mutu=catatan[1:])) == []


def test_unmet_need_is_told_in_couples_of_those_that_reported() -> None:
    assert only("Di", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", pembilang=8275.0, terisi=85)])) == [
        "Di 85 Kampung KB yang melapor, 8.275 pasangan (16,0 persen) ingin menunda kelahiran atau tidak ingin anak "
        "lagi, tetapi belum ber-KB."
    ]


def test_the_base_of_a_rate_is_named() -> None:
    (kalimat,) = only("Di", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", terisi=3, lapor=4)]))
    assert kalimat.startswith("Di tiga Kampung KB yang angkanya dapat dipakai, 160 pasangan")


def test_unmet_need_is_not_told_of_a_kabupaten_where_less_than_half_can_be_used() -> None:
    assert len(only("Di", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", terisi=2)]))) == 1
    assert only("Di", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", terisi=1)])) == []


def compared(label: str | None) -> str:
    wilayah = [area("kabupaten"), area("kecamatan", "Maja", label=label)]
    (kalimat,) = only("Di", evaluation(kampung(*EMPAT), kecamatan="Maja", wilayah=wilayah))
    return kalimat.partition("ber-KB. ")[2]


def test_a_kecamatan_is_compared_only_by_its_verdict() -> None:
    assert compared("lebih_baik") == "Angka ini lebih rendah daripada gabungan Kampung KB di Lebak (16,0 persen)."
    assert compared("kurang_baik") == "Angka ini lebih tinggi daripada gabungan Kampung KB di Lebak (16,0 persen)."
    assert compared("serupa") == compared(None)
    assert compared(None) == "Angka gabungan Kampung KB di Lebak 16,0 persen; perbedaannya belum dapat dipastikan."


def test_where_more_is_better_the_words_turn() -> None:
    row = pd.Series({"label": "lebih_baik"})
    assert sentences.compared(row, 0.6, "X", better="lebih tinggi") == (
        "Angka ini lebih tinggi daripada X (60,0\N{NO-BREAK SPACE}persen)."
    )


def test_only_those_outside_the_spread_of_their_peers_are_named() -> None:
    rows = [label("k1", 0.3, "kurang_baik_menonjol"), label("k0", 0.25, "kurang_baik_menonjol")]
    lain = [label("k2", 0.2, "kurang_baik"), label("k3", 0.01, "lebih_baik_menonjol")]
    assert only("Unmet", evaluation(kampung(*EMPAT), indikator=[*rows, *lain])) == [
        "Unmet need jauh lebih tinggi daripada Kampung KB lain di Kampung B (30,0 persen, Maja) dan Kampung A (25,0 "
        "persen, Maja)."
    ]
    assert only("Unmet", evaluation(kampung(*EMPAT), indikator=lain)) == []


def since(*rows: dict[str, Any]) -> list[str]:
    return only("Sejak", evaluation(kampung(*EMPAT), perubahan=moves(*rows)))


def test_moves_are_told_with_who_fell_and_how_many_new_data_support() -> None:
    rows = (move("k0", "naik"), move("k1", "naik", "tanpa_angka"), move("k2", "turun"), move("k3", "naik", None))
    assert since(*rows) == [
        "Sejak 2022 tiga Kampung KB naik kelas dan satu turun (Kampung C). Dua perubahan didukung data baru; dua belum "
        "dapat dipastikan."
    ]


def test_no_move_a_single_one_and_all_have_their_own_words() -> None:
    assert only("Sejak", evaluation(kampung(*EMPAT))) == []
    assert since(move("k0", "turun")) == [
        "Sejak 2022 tidak ada yang naik kelas; satu turun (Kampung A). Perubahan itu didukung data baru."
    ]
    assert since(move("k0", "naik", "dekat_batas")) == [
        "Sejak 2022 satu Kampung KB naik kelas; tidak ada yang turun. Perubahan itu belum dapat dipastikan."
    ]
    assert since(move("k0", "naik"), move("k1", "naik")) == [
        "Sejak 2022 dua Kampung KB naik kelas; tidak ada yang turun. Semua perubahan didukung data baru."
    ]


def test_classes_near_their_limit_are_counted() -> None:
    rows = kampung({"dekat_batas": True}, {"dekat_batas": None}, {})
    assert only("Kelas", evaluation(rows)) == [
        "Kelas satu Kampung KB rawan berubah: nilainya sangat dekat dengan batas kelas."
    ]
    assert only("Kelas", evaluation(kampung({}, {"dekat_batas": None}))) == []


def test_at_most_seven_sentences_are_told_and_names_are_escaped() -> None:
    rows = kampung({"kampung": "<b>x</b>", "klasifikasi": "Mandiri", "dekat_batas": True, "diperbarui_kb": False})
    full = evaluation(
        rows,
        wilayah=[area("kabupaten")],
        indikator=[label("k0", 0.3, "kurang_baik_menonjol")],
        catatan_mutu=[{"kode": "K13", "kampung_id": "k0"}],
        perubahan=moves(move("k0", "naik")),
    )
    assert len(told(full)) == 7
    assert "di &lt;b&gt;x&lt;/b&gt; (30,0" in "".join(k.teks for k in sentences.summary(full))


def test_sentences_lead_to_the_sections_of_their_own_page() -> None:
    wilayah = [area("kabupaten"), area("kecamatan", "Maja")]
    dekat = {"kampung_id": "k0", "menuju": "Mandiri", "keadaan": "ada_langkah", "biaya": 10.0}
    parts = {"wilayah": wilayah, "keadaan": [dekat]}
    assert [k.bagian for k in sentences.summary(evaluation(kampung(*EMPAT), **parts))] == [
        "siapa-yang-melapor-dan-seberapa-mutakhir-datanya",
        "langkah-menuju-kelas-berikutnya",
        "indikator",
    ]
    assert [k.bagian for k in sentences.summary(evaluation(kampung(*EMPAT), kecamatan="Maja", **parts))] == [
        "data-yang-perlu-dilengkapi-atau-diperbarui",
        "kartu-kampung-kb",
        "posisi-di-kabupaten",
    ]
