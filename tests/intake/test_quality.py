"""Catatan mutu data of one snapshot: each rule at its edge, and the counts on the real exports."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.clean_year import KAMPUNG_COLUMNS
from kkb_eval.intake.dataset import YearData, open_dataset
from kkb_eval.method import indicators, klasifikasi

CODES = ("kode_kabupaten", "kode_kecamatan", "kode_desa")
SEHAT = {"jumlah_sumber_dana": 2.0, "pokja_jumlah": 10.0, "pokja_jumlah_terlatih": 5.0} | {
    "pus": 100.0, "penduduk": 900.0, "keluarga": 250.0, "remaja": 120.0, "memiliki_balita": 60.0,
    "memiliki_remaja": 80.0, "memiliki_lansia": 40.0, "bkb": 23.0, "bkr": 31.0, "bkl": 11.0, "uppka": 19.0,
    "pikr": 26.0, "iud": 10.0, "suntik": 40.0, "pil": 15.0, "hamil": 5.0, "anak_segera": 10.0, "anak_kemudian": 8.0,
    "tidak_ingin_anak": 12.0,
}  # fmt: skip


def clean(*rows: dict[str, object]) -> pd.DataFrame:
    """A clean year of Kampung KB without findings, each with what its dictionary changes."""
    out = []
    for i, changes in enumerate(rows):
        tempat = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": f"Desa {i}"}
        kode = {"kode_kabupaten": "36.02", "kode_kecamatan": "36.02.13", "kode_desa": f"36.02.13.{2001 + i}"}
        asal = {"berkas_rekap": "rekap.xlsx", "baris_rekap": i + 2, "berkas_klasifikasi": "klas.xlsx"}
        angka = dict.fromkeys(schema.REKAP, 0.0) | SEHAT
        lapor = {f"lapor_{nama}": True for nama in schema.RECORDS}
        nama = {"kampung_id": f"id-{i}", "kampung": f"Mawar {i}", "baris_klasifikasi": i + 52}
        out.append(tempat | kode | asal | angka | lapor | nama | changes)
    frame = pd.DataFrame(out).reindex(columns=list(KAMPUNG_COLUMNS))
    teks = ["kampung_id", "kampung", "provinsi", "kabupaten", "kecamatan", "desa", *CODES, "berkas_rekap"]
    jenis = dict.fromkeys(teks, "str") | {"baris_rekap": "Int64", "baris_klasifikasi": "Int64"}
    return frame.astype(jenis | dict.fromkeys((f"lapor_{n}" for n in schema.RECORDS), "boolean"))


def told(frame: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """The findings as (kode, tingkat, kolom, pesan)."""
    found = quality.find(frame)[["kode", "tingkat", "kolom", "pesan"]]
    return list(found.itertuples(index=False, name=None))


def states(frame: pd.DataFrame) -> dict[str, str]:
    """The state of every indicator of the first Kampung KB."""
    long = indicators.compute(frame, quality.find(frame), read_catalogue().indikator)
    first = long[long["kampung_id"] == frame["kampung_id"].iat[0]]
    return dict(zip(first["indikator"], first["status"], strict=True))


def inconsistent(frame: pd.DataFrame) -> set[str]:
    return {kode for kode, status in states(frame).items() if status == "tidak_konsisten"}


def test_a_sound_row_has_no_finding_and_the_frame_its_columns() -> None:
    found = quality.find(clean({}))
    assert found.empty
    assert found.columns.tolist() == list(schema.CATATAN)
    assert found.dtypes.astype(str).to_dict() == dict.fromkeys(schema.CATATAN, "str") | {"baris": "Int64"}


def test_file_and_row_are_the_rekap_s_else_the_klasifikasi_s() -> None:
    kosong = {"berkas_rekap": None, "baris_rekap": None, "lapor_kb": None} | dict.fromkeys(schema.REKAP, np.nan)
    found = quality.find(clean({"lapor_kb": False, **dict.fromkeys(schema.KB, np.nan)}, kosong))
    assert found[["kode", "berkas", "baris", "kampung_id"]].to_dict("list") == {
        "kode": ["K15", "K15"],
        "berkas": ["rekap.xlsx", "klas.xlsx"],
        "baris": [2, 53],
        "kampung_id": ["id-0", "id-1"],
    }


def test_k04_names_that_differ_in_spelling_are_told_for_both() -> None:
    desa = {"desa": "Caringin", "kode_desa": "36.03.20.2002"}
    frame = clean({"kampung": "BUNGAOK", **desa}, {"kampung": "Kampung KB Bunga Ok (Desa Caringin)", **desa})
    assert told(frame) == [
        (
            "K04",
            "periksa",
            "kampung",
            'nama "BUNGAOK" mirip "Kampung KB Bunga Ok (Desa Caringin)" di desa yang sama; bila Kampung KB yang sama,'
            " hapus salah satunya di portal",
        ),
        (
            "K04",
            "periksa",
            "kampung",
            'nama "Kampung KB Bunga Ok (Desa Caringin)" mirip "BUNGAOK" di desa yang sama; bila Kampung KB yang sama,'
            " hapus salah satunya di portal",
        ),
    ]


@pytest.mark.parametrize(
    ("satu", "lain", "mirip"),
    [
        ("Sukamaju", "Sukamju", True),
        ("Indah Permai", "Permai Indah", True),
        ("DS Maja", "Kelurahan Maja", True),
        ("Maja", "Maja Baru", False),
        ("RW 01", "RW 02", False),
        ("RW 01", "RW 1", True),
        ("Mawar II", "Mawar III", False),
        ("Mawar A", "Mawar B", False),
        ("Mawar", "Melati", False),
        ("Mekar Sari", "Mékar Sari", True),
    ],
)
def test_k04_numbers_tell_names_apart_and_generic_words_do_not(satu: str, lain: str, mirip: bool) -> None:
    desa = {"desa": "Maja", "kode_desa": "36.02.13.2006"}
    found = quality.find(clean({"kampung": satu, **desa}, {"kampung": lain, **desa}))
    assert found["kode"].tolist() == ["K04", "K04"] * mirip


def test_k04_does_not_compare_across_desa() -> None:
    assert told(clean({"kampung": "Mawar"}, {"kampung": "Mawar"})) == []


@pytest.mark.parametrize(
    ("changes", "kolom", "pesan"),
    [
        (
            {"desa": "Sangiangg", "kode_desa": None},
            "desa",
            'desa "Sangiangg" tidak ada di Maja menurut acuan wilayah; maksud Anda "Sangiang"? Perbaiki di portal, atau'
            " tambahkan ke rujukan/alias.csv baris Maja,,Sangiangg,Sangiang",
        ),
        (
            {"kecamatan": "Qqq", "desa": "Maja", "kode_kecamatan": None, "kode_desa": None},
            "kecamatan",
            'kecamatan "Qqq" tidak ada di Lebak menurut acuan wilayah; perbaiki di portal, atau tulis nama menurut'
            " acuan di rujukan/alias.csv",
        ),
        (
            {"kabupaten": "Lebakk", **dict.fromkeys(CODES)},
            "kabupaten",
            'kabupaten "Lebakk" tidak ada menurut acuan wilayah; maksud Anda "Lebak"? Perbaiki di portal',
        ),
        ({"desa": "", "kode_desa": None}, "desa", "nama desa kosong; isi di portal"),
    ],
)
def test_k05_names_the_first_level_that_is_unknown(changes: dict[str, object], kolom: str, pesan: str) -> None:
    assert told(clean(changes)) == [("K05", "periksa", kolom, pesan)]


COUPLES = "pus, iud, mow, mop, kondom, implan, suntik, pil, hamil, anak_segera, anak_kemudian, tidak_ingin_anak"


def test_k06_methods_and_non_users_must_make_the_pus() -> None:
    pesan = "peserta KB 65 ditambah bukan peserta 35 adalah 100, tetapi PUS {}; {} isiannya di portal"
    near, far = clean({"pus": 111.0}), clean({"pus": 1040.0, "keluarga": 1250.0})
    assert told(near) == [("K06", "periksa", COUPLES, pesan.format("111", "cocokkan"))]
    assert inconsistent(near) == set()
    assert told(far) == [("K06", "salah", COUPLES, pesan.format("1.040", "perbaiki"))]
    assert inconsistent(far) == {"cpr", "mkjp", "unmet"}


@pytest.mark.parametrize(
    ("pus", "tingkat"), [(91.0, "periksa"), (90.0, "salah"), (111.0, "periksa"), (112.0, "salah"), (100.0, None)]
)
def test_k06_is_salah_by_more_than_a_tenth_of_the_pus(pus: float, tingkat: str | None) -> None:
    # 100 people are told of: 9 too many are less than a tenth of 91, 10 more than one of 90
    found = quality.find(clean({"pus": pus}))
    assert found.loc[found["kode"] == "K06", "tingkat"].tolist() == ([tingkat] if tingkat else [])


def test_k06_and_k07_say_nothing_without_a_pus() -> None:
    assert told(clean(dict.fromkeys(schema.PENDUDUK, np.nan) | {"lapor_penduduk": False})) == []
    assert told(clean({"pus": np.nan})) == []


def test_k07_more_users_than_pus_excludes_cpr_mkjp_and_unmet() -> None:
    frame = clean({"pus": 398.0, "suntik": 387.0, "keluarga": 500.0})
    assert [row for row in told(frame) if row[0] == "K07"] == [
        (
            "K07",
            "salah",
            "pus, iud, mow, mop, kondom, implan, suntik, pil, anak_kemudian, tidak_ingin_anak",
            "PUS 398 lebih kecil daripada peserta KB 412; perbaiki isiannya di portal",
        )
    ]
    assert inconsistent(frame) == {"cpr", "mkjp", "unmet"}


def test_k07_users_and_unmet_beyond_pus_exclude_the_same() -> None:
    frame = clean({"pus": 84.0})
    assert [row[3] for row in told(frame) if row[0] == "K07"] == [
        "PUS 84 lebih kecil daripada peserta KB 65 ditambah unmet need 20; perbaiki isiannya di portal"
    ]
    assert inconsistent(frame) == {"cpr", "mkjp", "unmet"}
    assert [row[0] for row in told(clean({"pus": 85.0}))] == ["K06"]


def test_k08_excludes_its_own_poktan_only() -> None:
    frame = clean({"bkb": 61.0, "uppka": 251.0})
    assert told(frame) == [
        (
            "K08",
            "salah",
            "bkb, memiliki_balita",
            "peserta BKB 61 lebih banyak daripada Memiliki Balita 60; perbaiki isiannya di portal",
        ),
        (
            "K08",
            "salah",
            "uppka, keluarga",
            "peserta UPPKA 251 lebih banyak daripada Keluarga 250; perbaiki isiannya di portal",
        ),
    ]
    assert inconsistent(frame) == {"bkb", "uppka"}


def test_k08_and_k10_need_a_whole_above_zero() -> None:
    assert told(clean({"memiliki_balita": 0.0, "pokja_jumlah": 0.0})) == []


def test_k09_tells_all_that_exceeds_the_families_at_once() -> None:
    frame = clean({"keluarga": 70.0, "uppka": 0.0})
    assert told(frame) == [
        (
            "K09",
            "periksa",
            "keluarga, pus, memiliki_remaja",
            "jumlah keluarga (70) lebih kecil daripada PUS (100) dan Memiliki Remaja (80); mohon dicek di portal",
        )
    ]
    assert inconsistent(frame) == set()
    assert told(clean({"keluarga": 0.0, "uppka": 0.0})) == []


def test_k10_excludes_pokja_terlatih_only() -> None:
    frame = clean({"pokja_jumlah_terlatih": 11.0})
    assert told(frame) == [
        (
            "K10",
            "salah",
            "pokja_jumlah_terlatih, pokja_jumlah",
            "Pokja Jumlah Terlatih 11 lebih banyak daripada Pokja Jumlah 10; perbaiki isiannya di portal",
        )
    ]
    assert inconsistent(frame) == {"pokja_terlatih"}


def test_k11_a_population_above_the_ceiling() -> None:
    assert told(clean({"penduduk": 8_848_452_391.0})) == [
        (
            *("K11", "periksa", "penduduk"),
            "Penduduk 8.848.452.391 lebih dari 50.000; tidak ikut dijumlahkan sebelum dicek di portal",
        )
    ]
    assert told(clean({"penduduk": 50_000.0})) == []


def test_k11_no_more_couples_or_families_than_people_under_the_ceiling() -> None:
    found = quality.find(clean({"pus": 253_066_083.0, "keluarga": 60_000.0}))
    assert found.loc[found["kode"] == "K11", ["tingkat", "kolom"]].to_numpy().tolist() == [["periksa", "pus, keluarga"]]


def test_k11_a_size_far_above_its_own_kabupaten() -> None:
    sizes = [300.0, 240.0, 260.0, 250.0, 20_000.0]
    rows = [{"keluarga": size, "penduduk": 900.0 + size} for size in sizes]
    assert told(clean(*rows)) == [
        (
            "K11",
            "periksa",
            "penduduk, keluarga",
            "Penduduk 20.900 jauh di atas nilai tengah Lebak (1.160) dan Keluarga 20.000 jauh di atas nilai tengah"
            " Lebak (260); tidak ikut dijumlahkan sebelum dicek di portal",
        )
    ]
    lain = {"kabupaten": "Serang", "kode_kabupaten": "36.04"}
    assert told(clean(*rows[:4], rows[4] | lain)) == []


def test_k11_a_size_far_below_is_only_told() -> None:
    rows = [{"penduduk": size} for size in (900.0, 1000.0, 1100.0, 950.0, 50.0)]
    assert told(clean(*rows)) == [
        ("K11", "info", "penduduk", "Penduduk 50 jauh di bawah nilai tengah Lebak (950); cek di portal")
    ]
    both = told(clean(*rows[:4], {"penduduk": 50.0, "pus": 60_000.0, "keluarga": 0.0}))
    assert [row[:3] for row in both if row[0] == "K11"] == [("K11", "periksa", "penduduk, pus")]


def test_k12_hamil_and_anak_segera_alike() -> None:
    # 65 users, 20 with unmet need, 83 and 82 of 1.040: less than a tenth of the PUS
    many = {"pus": 1040.0, "suntik": 830.0, "keluarga": 1250.0}
    assert told(clean({**many, "hamil": 83.0, "anak_segera": 82.0})) == [
        (
            "K12",
            "info",
            "hamil, anak_segera",
            "Hamil 83 dan Anak Segera 82 hampir sama, seperti terisi otomatis; cocokkan dengan catatan kader",
        )
    ]
    assert told(clean({**many, "hamil": 84.0, "anak_segera": 81.0})) == []
    assert told(clean({"pus": 185.0, "hamil": 50.0, "anak_segera": 50.0})) == []


def test_k12_with_more_than_a_tenth_of_the_pus_pregnant_excludes_cpr_mkjp_and_unmet() -> None:
    frame = clean({"pus": 250.0, "hamil": 83.0, "anak_segera": 82.0})
    assert told(frame) == [
        (
            "K12",
            "salah",
            "hamil, anak_segera, pus, iud, mow, mop, kondom, implan, suntik, pil, anak_kemudian, tidak_ingin_anak",
            "Hamil 83 dan Anak Segera 82 hampir sama, seperti terisi otomatis, padahal PUS hanya 250; cocokkan dengan"
            " catatan kader",
        )
    ]
    assert inconsistent(frame) == {"cpr", "mkjp", "unmet"}


@pytest.mark.parametrize(
    ("changes", "kode", "kolom", "pesan"),
    [
        (
            {"bkb": 30.0, "bkr": 40.0, "uppka": 125.0},
            *("K13", "bkb, bkr, uppka"),
            "angka berpola: peserta BKB 30 dari 60, BKR 40 dari 80 dan UPPKA 125 dari 250, semuanya tepat separuh;"
            " mohon dicocokkan dengan daftar hadir",
        ),
        (
            {"memiliki_balita": 61.0, "bkb": 31.0, "memiliki_remaja": 81.0, "bkr": 40.0, "bkl": 20.0},
            *("K13", "bkb, bkr, bkl"),
            "angka berpola: peserta BKB 31 dari 61, BKR 40 dari 81 dan BKL 20 dari 40, semuanya tepat separuh;"
            " mohon dicocokkan dengan daftar hadir",
        ),
        (
            {"bkb": 60.0, "bkr": 80.0, "pikr": 120.0},
            *("K19", "bkb, bkr, pikr"),
            "peserta BKB 60 dari 60, BKR 80 dari 80 dan PIK-R 120 dari 120, semuanya sama dengan sasarannya;"
            " mohon dicocokkan dengan daftar hadir",
        ),
    ],
)
def test_k13_and_k19_the_same_simple_fraction_in_three_poktan(
    changes: dict[str, object], kode: str, kolom: str, pesan: str
) -> None:
    assert told(clean(changes)) == [(kode, {"K13": "periksa", "K19": "info"}[kode], kolom, pesan)]


@pytest.mark.parametrize(
    "changes",
    [
        {"bkb": 30.0, "bkr": 40.0},
        {"bkb": 30.0, "bkr": 27.0, "bkl": 40.0},
        {"bkb": 31.0, "bkr": 40.0, "bkl": 20.0},
        {"bkb": 30.0, "bkr": 40.0, "memiliki_lansia": 19.0, "bkl": 9.0},
    ],
    ids=["two poktan", "three fractions", "a whole person off", "a target below 20"],
)
def test_k13_needs_three_poktan_of_one_fraction_and_large_targets(changes: dict[str, object]) -> None:
    assert told(clean(changes)) == []


def test_k13_is_within_half_a_person_of_the_exact_fraction() -> None:
    cases = [
        (n, max(0, round(n * p / q) + geser))
        for n in (*range(20, 60), 997, 1000)
        for p, q in (*quality.FRACTIONS.values(), (1, 1))
        for geser in (-1, 0, 1)
    ]
    row = {"pus": 100.0, "uppka": 0.0, "pikr": 0.0}
    rows = [{**row, **dict.fromkeys(schema.POKTAN_TARGETS.values(), n), "bkb": x, "bkr": x, "bkl": x} for n, x in cases]
    found = quality.find(clean(*rows))
    expected = {
        f"id-{i}"
        for i, (n, x) in enumerate(cases)
        if any(abs(x - n * p / q) <= 0.5 + 1e-9 for p, q in quality.FRACTIONS.values())
    }
    assert set(found.loc[found["kode"] == "K13", "kampung_id"]) == expected
    assert set(found.loc[found["kode"] == "K19", "kampung_id"]) == {
        f"id-{i}" for i, (n, x) in enumerate(cases) if x == n
    }


def test_k15_a_missing_record_and_a_missing_row_are_told_apart() -> None:
    kosong = {"berkas_rekap": None, "baris_rekap": None, "lapor_kb": None} | dict.fromkeys(schema.REKAP, np.nan)
    tanpa_kb = {"lapor_kb": False, **dict.fromkeys(schema.KB, np.nan)}
    assert told(clean(tanpa_kb, kosong)) == [
        (
            "K15",
            "info",
            "lapor_kb",
            "belum melaporkan data KB: peserta poktan, peserta KB, dan bukan peserta KB kosong; lengkapi di portal",
        ),
        (
            "K15",
            "info",
            "lapor_kb",
            "tidak ada di ekspor rekap, jadi angka KB-nya tidak diketahui; unduh ulang rekap dari portal",
        ),
    ]
    assert told(clean(kosong)) == []


def test_the_order_of_rows_does_not_matter() -> None:
    frame = clean({"bkb": 61.0}, {"pus": 50.0}, {"keluarga": 30.0}, {"lapor_kb": False})
    pd.testing.assert_frame_equal(quality.find(frame), quality.find(frame.iloc[::-1]))


def test_the_national_rekap_of_june_2022(nasional: YearData) -> None:
    found = quality.find(nasional.kampung)
    assert found.groupby(["kode", "tingkat"]).size().to_dict() == {
        **{("K04", "periksa"): 4, ("K05", "periksa"): 450, ("K06", "periksa"): 52, ("K06", "salah"): 53},
        **{("K07", "salah"): 16, ("K08", "salah"): 28, ("K09", "periksa"): 119, ("K10", "salah"): 61},
        **{("K11", "periksa"): 128, ("K11", "info"): 73, ("K12", "salah"): 395, ("K12", "info"): 112},
        **{("K13", "periksa"): 8, ("K15", "info"): 9697, ("K19", "info"): 717},
    }
    k13 = found[found["kode"] == "K13"]
    assert k13["pesan"].str.extract("tepat (.*);")[0].value_counts().to_dict() == {
        "sepertiga": 5,
        "separuh": 2,
        "seperlima": 1,
    }
    # METHOD 9: complete units, that is those with all nine features terisi
    katalog = read_catalogue().indikator
    long = indicators.compute(nasional.kampung, found, katalog)
    fitur = katalog.loc[katalog["tipologi"] == "ya", "kode"]
    terisi = long["indikator"].isin(fitur) & (long["status"] == "terisi")
    assert (terisi.groupby(long["kampung_id"]).sum() == len(fitur)).sum() == 6517


def test_angka_berpola_in_lebak_in_october_2022(shared: Callable[[str], Path], nasional: YearData) -> None:
    kampung = open_dataset(shared("portal/lebak")).year(2022).kampung
    found = quality.find(kampung)
    assert found["kode"].value_counts().sort_index().to_dict() == {
        **{"K06": 2, "K09": 4, "K11": 1, "K12": 1, "K13": 10, "K15": 9, "K19": 2}
    }
    k13 = found[found["kode"].isin(["K13", "K19"])]
    assert k13["pesan"].str.contains("tepat separuh").sum() == 10
    kelas = klasifikasi.score(kampung, read_catalogue().klasifikasi).kelas.set_index("kampung_id")["klasifikasi"]
    assert kelas.isin(["Mandiri", "Berkelanjutan"]).sum() == 22
    assert kelas[k13["kampung_id"]].isin(["Mandiri", "Berkelanjutan"]).all()
    lama = klasifikasi.score(nasional.kampung, read_catalogue().klasifikasi).kelas
    semula = lama.set_index("kampung_id")["klasifikasi"]
    assert set(semula.reindex(k13["kampung_id"]).dropna()) <= {"Dasar", "Berkembang"}
