"""Each sentence of the Ringkasan: whole, and only where interval and coverage carry it."""

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


def move(arah: str, dukungan: str | None) -> dict[str, Any]:
    return {"bagian": "gerak_kelas", "arah": arah, "dukungan": dukungan, "kampung_id": "k0"}


def moves(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def label(kampung_id: str, nilai: float, words: str) -> dict[str, Any]:
    return {"kampung_id": kampung_id, "indikator": "unmet", "nilai": nilai, "status": "terisi", "label": words}


def test_all_that_is_known_of_a_plain_kabupaten_is_coverage_and_class() -> None:
    assert told(evaluation(kampung(*EMPAT))) == [
        "4 dari 4 Kampung KB melaporkan data KB.",
        "Klasifikasi resmi: 4 Dasar.",
    ]


def test_those_who_have_not_reported_are_counted_and_the_kecamatan_with_most_is_named() -> None:
    rows = kampung(
        {"lapor_kb": False}, {"lapor_kb": False}, {"lapor_kb": False, "kecamatan": "Sajira"}, {"lapor_kb": None}
    )
    assert told(evaluation(rows))[0] == "0 dari 4 Kampung KB melaporkan data KB; 4 belum, terbanyak di Maja."


def test_no_kecamatan_is_named_where_several_have_as_many() -> None:
    rows = kampung(*({"lapor_kb": False, "kecamatan": k} for k in ("Maja", "Sajira", "Bayah")))
    assert told(evaluation(rows))[0] == "0 dari 3 Kampung KB melaporkan data KB; 3 belum."


def test_a_kecamatan_names_those_who_have_not_reported_in_order() -> None:
    rows = kampung({"lapor_kb": False, "kampung": "Rasamala"}, {}, {"lapor_kb": False, "kampung": "Cempaka"})
    wilayah = [area("kabupaten", terisi=0, bawah95=None), area("kecamatan", "Maja", terisi=0, bawah95=None)]
    evaluasi = evaluation(rows, kecamatan="Maja", wilayah=wilayah)
    assert told(evaluasi)[0] == "1 dari 3 Kampung KB melaporkan data KB; 2 belum (Cempaka dan Rasamala)."


def test_what_is_not_updated_is_told_with_the_year_it_is_from() -> None:
    rows = kampung({"diperbarui_kb": False}, {"diperbarui_kb": None}, {})
    assert told(evaluation(rows))[0] == (
        "3 dari 3 Kampung KB melaporkan data KB. Dari yang melapor, data KB 1 tidak diperbarui sejak laporan 2022."
    )


def test_without_a_rekap_nothing_is_said_of_reports() -> None:
    rows = kampung({"lapor_kb": None, "mantap": None})
    assert told(evaluation(rows, manifest={"snapshot_rekap": None})) == [
        "Ekspor rekap tidak ada: siapa yang melapor dan semua angka KB belum diketahui.",
        "Klasifikasi resmi: 1 Dasar.",
    ]
    ditolak = {"snapshot_rekap": None, "ditolak": [{"berkas": "rekap-2023.xlsx", "masalah": []}]}
    assert told(evaluation(rows, manifest=ditolak))[0] == (
        "Ekspor rekap tidak ada (ditolak: rekap-2023.xlsx; lihat Kualitas data): siapa yang melapor dan semua angka KB "
        "belum diketahui."
    )


def test_classes_that_are_not_certain_are_counted_and_without_any_that_is_said() -> None:
    some = kampung({"klasifikasi": None}, {}, {"klasifikasi": "Mandiri"})
    assert told(evaluation(some))[1] == (
        "Klasifikasi resmi: 1 Dasar dan 1 Mandiri; kelas 1 Kampung KB belum dapat dipastikan."
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
        "Klasifikasi resmi: 4 Dasar; 1 Kampung KB tinggal selangkah (setara 10 orang atau kurang) untuk naik kelas."
    )
    assert told(evaluation(kampung(*EMPAT), keadaan=keadaan[2:]))[1] == "Klasifikasi resmi: 4 Dasar."


def test_a_pattern_is_told_of_the_upper_classes_only() -> None:
    catatan = [{"kode": "K13", "tingkat": "periksa", "kampung_id": i} for i in ("k0", "k1")]
    rows = kampung({"klasifikasi": "Mandiri"}, {}, {"klasifikasi": "Berkelanjutan"})
    assert only("Pada", evaluation(rows, catatan_mutu=catatan)) == [
        "Pada 1 dari 2 Kampung KB Mandiri dan Berkelanjutan, peserta tiga poktan (kelompok kegiatan) atau lebih persis "
        "satu pecahan sasarannya: angka berpola, periksa di lapangan."
    ]
    assert only("Pada", evaluation(rows, catatan_mutu=catatan[1:])) == []


def test_unmet_need_is_told_with_interval_and_couples() -> None:
    assert only("Unmet", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", pembilang=8275.0)])) == [
        "Unmet need 16,0 % (13,9–18,4 %): 8.275 pasangan ingin menunda atau berhenti punya anak tetapi belum ber-KB."
    ]


def test_unmet_need_is_not_told_of_a_kabupaten_where_less_than_half_can_be_used() -> None:
    assert len(only("Unmet", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", terisi=2)]))) == 1
    assert only("Unmet", evaluation(kampung(*EMPAT), wilayah=[area("kabupaten", terisi=1)])) == []


def compared(**values: float) -> str:
    wilayah = [area("kabupaten"), area("kecamatan", "Maja", **values)]
    (kalimat,) = only("Unmet", evaluation(kampung(*EMPAT), kecamatan="Maja", wilayah=wilayah))
    return kalimat.partition("ber-KB. ")[2]


def test_a_kecamatan_is_better_or_worse_only_when_its_interval_leaves_the_kabupaten_out() -> None:
    assert compared(nilai=0.12, bawah95=0.1, atas95=0.159) == "Ini lebih baik daripada kabupaten (kabupaten 16,0 %)."
    assert compared(nilai=0.12, bawah95=0.1, atas95=0.16) == "Ini serupa dengan kabupaten (kabupaten 16,0 %)."
    assert compared(nilai=0.2, bawah95=0.16, atas95=0.25) == "Ini serupa dengan kabupaten (kabupaten 16,0 %)."
    assert compared(nilai=0.2, bawah95=0.161, atas95=0.25) == "Ini kurang baik daripada kabupaten (kabupaten 16,0 %)."


def test_where_more_is_better_the_words_turn() -> None:
    row = pd.Series({"nilai": 0.7, "bawah95": 0.65, "atas95": 0.75})
    assert sentences.compare_words(row, 0.6, arah=1) == "lebih baik daripada kabupaten"
    assert sentences.compare_words(row, 0.8, arah=1) == "kurang baik daripada kabupaten"


def test_only_those_outside_the_spread_of_their_peers_are_named() -> None:
    rows = [label("k1", 0.3, "kurang_baik_menonjol"), label("k0", 0.25, "kurang_baik_menonjol")]
    lain = [label("k2", 0.2, "kurang_baik"), label("k3", 0.01, "lebih_baik_menonjol")]
    assert only("Unmet", evaluation(kampung(*EMPAT), indikator=[*rows, *lain])) == [
        "Unmet need menonjol kurang baik, juga di antara sesama Kampung KB, di Kampung A (25,0 %) dan Kampung B "
        "(30,0 %)."
    ]
    assert only("Unmet", evaluation(kampung(*EMPAT), indikator=lain)) == []


def test_moves_are_told_with_how_many_new_data_support() -> None:
    rows = moves(
        move("naik", "data_baru"), move("naik", "dekat_batas"), move("turun", "tanpa_angka"), move("naik", None)
    )
    assert only("Sejak", evaluation(kampung(*EMPAT), perubahan=rows)) == [
        "Sejak 2022, 3 naik kelas dan 1 turun; 1 dari 4 perpindahan itu didukung data baru."
    ]
    assert only("Sejak", evaluation(kampung(*EMPAT), perubahan=moves(move("tetap", "data_baru")))) == []


def test_only_local_types_are_told_and_never_of_a_kecamatan() -> None:
    tipe = [
        {"tipologi": t, "tipe": n, "nama": nama, "jumlah": 20 * n, "indikator": i}
        for t, n, nama in (("lokal", 1, "poktan kuat"), ("lokal", 2, "lemah"), ("acuan", 1, "nasional"))
        for i in ("cpr", "unmet")
    ]
    lokal = {"tipe": tipe, "tipologi": [{"utama": "lokal", "alasan": ""}]}
    assert only("Kampung KB terbagi", evaluation(kampung(*EMPAT), **lokal)) == [
        "Kampung KB terbagi dalam 2 tipe: 20 “poktan kuat” dan 40 “lemah”."
    ]
    acuan = lokal | {"tipologi": [{"utama": "acuan", "alasan": ""}]}
    assert only("Kampung KB terbagi", evaluation(kampung(*EMPAT), **acuan)) == []
    wilayah = [area("kabupaten"), area("kecamatan", "Maja")]
    assert only("Kampung KB terbagi", evaluation(kampung(*EMPAT), kecamatan="Maja", wilayah=wilayah, **lokal)) == []


def test_classes_near_an_edge_are_counted_among_those_that_are_known() -> None:
    rows = kampung({"mantap": False}, {"mantap": None}, {})
    assert only("Kelas", evaluation(rows)) == [
        "Kelas 1 dari 2 Kampung KB rawan berubah: nilainya sangat dekat dengan batas kelas."
    ]
    assert only("Kelas", evaluation(kampung({}, {"mantap": None}))) == []


def test_at_most_seven_sentences_are_told_and_names_are_escaped() -> None:
    rows = kampung({"kampung": "<b>x</b>", "klasifikasi": "Mandiri", "mantap": False, "lapor_kb": False})
    full = evaluation(
        rows,
        wilayah=[area("kabupaten")],
        indikator=[label("k0", 0.3, "kurang_baik_menonjol")],
        catatan_mutu=[{"kode": "K13", "kampung_id": "k0"}],
        perubahan=moves(move("naik", "data_baru")),
        tipologi=[{"utama": "lokal", "alasan": ""}],
        tipe=[{"tipologi": "lokal", "tipe": 1, "nama": "kuat", "jumlah": 1}],
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
