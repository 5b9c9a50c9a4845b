"""The note of ``check``: one line a cause, what matters before what informs, names, and what to do first."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from kkb_eval.commands import check, note


def findings(*rows: dict[str, object]) -> pd.DataFrame:
    """Findings of 2018 on Kampung KB Mawar in Maja unless told otherwise."""
    base = {"kode": "K09", "tingkat": "periksa", "berkas": "ekspor/rekap.xlsx", "baris": 2, "kampung_id": "a"}
    base |= {"kolom": "keluarga", "pesan": "lebih kecil", "tahun": 2018, "kampung": "Mawar", "kecamatan": "Maja"}
    frame = pd.DataFrame([base | row for row in rows], columns=list(check.COLUMNS))
    return frame.astype({"baris": "Int64", "tahun": "Int64"})


def kampung(number: int, **other: object) -> dict[str, object]:
    return {"kampung_id": f"k{number}", "kampung": f"Mawar {number}", "baris": number + 2} | other


FILE = {"kampung_id": None, "kampung": None, "kecamatan": None, "baris": None, "kolom": None}
K06 = {"kode": "K06", "tingkat": "salah"}
END = ["", "Semua catatan satu per satu: --rinci. Sebagai buku kerja dengan saringan: --out catatan.xlsx"]


def test_a_note_of_all_levels_word_for_word() -> None:
    found = findings(
        kampung(1, kode="K15", tingkat="info", pesan="belum melaporkan data KB"),
        kampung(1, **K06, pesan="PUS 100, tetapi 200"),
        kampung(1, **K06, pesan="PUS 100, tetapi 200", berkas="ekspor/lama.xlsx", tahun=2017),
        *(kampung(n, kode="K13", pesan=f"separuh {n}") for n in range(1, 9)),
        {"kode": "K18", "pesan": 'Kampung KB "Mawar" (Maja) dari tahun sebelumnya tidak ada lagi'},
        FILE | {"kode": "K20", "tingkat": "info", "pesan": "2 baris bukan Kampung KB"},
        kampung(2, kode="K14", tingkat="info", pesan="data KB sama persis; perbarui isian di portal"),
    )
    assert list(note.lines("../lebak", found)) == [
        "Catatan mutu data ../lebak, tahun 2017 dan 2018",
        "",
        "Salah (2 catatan): tidak dihitung sampai diperbaiki",
        "K06 peserta KB dan bukan peserta tidak berjumlah sama dengan PUS: 2 catatan pada 1 Kampung KB",
        "  Mawar 1 (Maja): PUS 100, tetapi 200",
        "      ekspor/rekap.xlsx baris 3; ekspor/lama.xlsx baris 3",
        "",
        "Periksa (9 catatan): masih dihitung, harap dicocokkan",
        "K13 angka berpola: 8 catatan",
        "  misalnya Mawar 1 (Maja): separuh 1",
        "      ekspor/rekap.xlsx baris 3",
        "  juga Mawar 2 (Maja), Mawar 3 (Maja), Mawar 4 (Maja), Mawar 5 (Maja), Mawar 6 (Maja), dan 2 lainnya",
        "K18 Kampung KB tahun lalu tidak ditemukan (mungkin berganti nama): 1 catatan",
        '  Kampung KB "Mawar" (Maja) dari tahun sebelumnya tidak ada lagi',
        "      ekspor/rekap.xlsx baris 2",
        "",
        "Info (3 catatan): sekadar diketahui",
        "K14 data KB sama persis: 1 catatan: Mawar 2 (Maja)",
        "K15 belum lapor data KB: 1 catatan: Mawar 1 (Maja)",
        "K20 ekspor/rekap.xlsx: 2 baris bukan Kampung KB",
        "",
        "Yang pertama perlu dikerjakan",
        "  1. Perbaiki angka yang tidak dapat dihitung: 1 Kampung KB, Mawar 1 (Maja)",
        "  2. Minta data KB dari yang belum melapor: 1 Kampung KB, Mawar 1 (Maja)",
        "  3. Cocokkan angka berpola dengan daftar hadir: 8 Kampung KB, Mawar 1 (Maja), Mawar 2 (Maja), Mawar 3 (Maja),"
        " dan 5 lainnya",
        "  4. Pastikan nama Kampung KB: 1 Kampung KB, Mawar (Maja)",
        *END,
    ]


def test_up_to_five_different_things_are_all_told_and_one_thing_of_many_once() -> None:
    five = list(note.lines("d", findings(*(kampung(n, pesan=f"sebab {n}") for n in range(5)))))
    assert sum("sebab" in line for line in five) == 5
    same = list(note.lines("d", findings(*(kampung(n, kode="K05", kolom="kecamatan") for n in range(40)))))
    assert same[4:6] == [
        "  Mawar 0 (Maja), Mawar 1 (Maja), Mawar 2 (Maja), dan 37 lainnya: lebih kecil",
        "      ekspor/rekap.xlsx baris 2, 3, 4, 5, 6, dan 35 lainnya",
    ]


def test_rows_of_no_kampung_kb_are_told_by_their_places() -> None:
    rows = [FILE | {"kode": "R04", "tingkat": "salah", "baris": n, "pesan": f"sebab {n}"} for n in range(2, 10)]
    assert list(note.lines("d", findings(*rows)))[4:7] == [
        "  misalnya sebab 2",
        "      ekspor/rekap.xlsx baris 2",
        "  juga ekspor/rekap.xlsx baris 3, 4, 5, 6, 7, dan 2 lainnya",
    ]


def first(*rows: dict[str, object]) -> list[str]:
    lines = list(note.lines("d", findings(*rows)))
    return lines[lines.index("Yang pertama perlu dikerjakan") + 1 : -2] if any("pertama" in li for li in lines) else []


def test_what_to_do_first_begins_with_files_and_names_them() -> None:
    file = FILE | {"tingkat": "salah", "kode": "K01", "berkas": "ekspor/a.xlsx", "tahun": None}
    assert first(kampung(1, **K06), file, FILE | {"kode": "K21", "berkas": "ekspor/b.xlsx"}) == [
        "  1. Perbaiki berkas yang ditolak: ekspor/a.xlsx",
        "  2. Ekspor lagi tanpa saringan: ekspor/b.xlsx",
        "  3. Perbaiki angka yang tidak dapat dihitung: 1 Kampung KB, Mawar 1 (Maja)",
    ]


def test_an_export_that_is_lacking_is_asked_for_and_nobody_is_asked_for_data() -> None:
    text = "tahun 2018 tidak memuat ekspor rekap, jadi angka lain tidak diketahui; unduh juga rekap dari portal"
    assert first(FILE | {"kode": "K15", "tingkat": "info", "pesan": text}) == [
        "  1. Unduh juga ekspor yang belum ada: rekap tahun 2018"
    ]
    assert first(FILE | {"kode": "K16", "tingkat": "info", "pesan": "tahun 2018 hanya memuat buku isian"}) == []


def test_what_to_do_first_is_of_the_last_year() -> None:
    assert first(kampung(1, **K06, tahun=2017), kampung(2, tahun=2018, kode="K14", tingkat="info")) == []


def test_at_most_five_things_are_first() -> None:
    codes = ("K11", "K13", "K22", "K18", "K09", "K05")
    assert len(first(kampung(1, **K06), *(kampung(n, kode=kode) for n, kode in enumerate(codes)))) == 5


def test_nothing_found_is_said() -> None:
    assert (
        list(note.lines("d", findings())) == list(note.all_lines("d", findings())) == ["Tidak ada catatan mutu data."]
    )


def test_all_lines_have_place_name_and_message() -> None:
    found = findings(kampung(1, **K06), FILE | {"kode": "K20", "tingkat": "info", "pesan": "2 baris"})
    assert list(note.all_lines("../lebak", found)) == [
        "K20, info (baris yang bukan Kampung KB (jumlah, nomor kolom, judul)): 1 catatan",
        "  ../lebak/ekspor/rekap.xlsx: 2 baris",
        "K06, salah (peserta KB dan bukan peserta tidak berjumlah sama dengan PUS): 1 catatan",
        "  ../lebak/ekspor/rekap.xlsx, baris 3: Mawar 1 (Maja): lebih kecil",
        "1 salah, 0 periksa, 1 info",
    ]


def test_the_note_on_real_lebak_fits_two_screens(shared: Callable[[str], Path]) -> None:
    folder = shared("portal/lebak")
    lines = list(note.lines("lebak", check.findings(folder)))
    # 287 lines before; a screen of 40 lines of 120 characters
    assert sum(1 + len(line) // 120 for line in lines) <= 80
    assert lines[2:5] == [
        "Salah (4 catatan): tidak dihitung sampai diperbaiki",
        "K06 peserta KB dan bukan peserta tidak berjumlah sama dengan PUS: 2 catatan pada 1 Kampung KB",
        "  Cikawah Lebak (Sobang): peserta KB 102 ditambah bukan peserta 19 adalah 121, tetapi PUS 921; perbaiki"
        " isiannya di portal",
    ]
    assert [line.split(":")[0] for line in lines[-7:-2]] == [
        "  1. Perbaiki angka yang tidak dapat dihitung",
        "  2. Minta data KB dari yang belum melapor",
        "  3. Cocokkan angka berpola dengan daftar hadir",
        "  4. Tanyakan kelas yang naik tanpa angka baru",
        "  5. Pastikan nama Kampung KB",
    ]
