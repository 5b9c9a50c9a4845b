"""The road: small places by hand, a search over all points, every sentence, and the rule applied on real exports."""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import klasifikasi, road

BANDS = read_catalogue().klasifikasi
LANGKAH = read_catalogue().langkah
NONE = pd.DataFrame(columns=list(schema.CATATAN))
FAILS = {"pus": 100, "iud": 12, "pil": 39, "tidak_ingin_anak": 13}
"""51 % (4), 24 % (3), unmet 13 % (1), nobody in a poktan (1): 9 of 12 points."""
PASSES = {"pus": 100, "iud": 20, "pil": 40}
STRONG, WEAK = (dict.fromkeys(schema.ITEMS["input"], score) for score in (3, 1))
RUNNING, IDLE = (dict.fromkeys(schema.ITEMS["proses"], score) for score in (3, 2))


def place(nama: str = "a", *, skor: dict[str, float], lapor: bool | None = True, **columns: object) -> pd.DataFrame:
    """A row of the clean year: exported institutional scores, output scores from the numbers unless exported too."""
    row = dict.fromkeys((*schema.REKAP, *schema.INDICES), 0.0) | dict.fromkeys(schema.SCORES, np.nan)
    row |= dict.fromkeys(schema.INDICES, np.nan) | {f"skor_{item}": float(s) for item, s in skor.items()}
    row |= {"kampung_id": nama, "klasifikasi_ekspor": None, "lapor_profil": lapor, "lapor_penduduk": lapor}
    frame = pd.DataFrame([row | {"lapor_kb": lapor} | columns])
    return frame.astype(dict.fromkeys(("lapor_profil", "lapor_penduduk", "lapor_kb"), "boolean"))


def plan(kampung: pd.DataFrame, catatan: pd.DataFrame = NONE, langkah: pd.DataFrame = LANGKAH) -> road.Jalan:
    hasil = klasifikasi.score(kampung, BANDS)
    return road.find(kampung, hasil.skor, hasil.kelas, catatan, BANDS, langkah)


def states(jalan: road.Jalan) -> dict[object, str]:
    menuju = jalan.keadaan["menuju"].astype(object).where(jalan.keadaan["menuju"].notna(), None)
    return dict(zip(menuju, jalan.keadaan["keadaan"], strict=True))


def test_the_three_roads_of_a_dasar_step_by_step():
    # four couples: 55 users (4), unmet 9 % (3); two of them long-acting: 14 of 55 are 25 % (4)
    kampung = place(skor={**STRONG, "pokja": 2, **IDLE}, **FAILS)
    steps = plan(kampung).langkah
    expected = pd.DataFrame(
        [
            ("a", "Berkembang", "naikkan_pokja", "pokja", 2, 3, 1, "poin", 10.0),
            ("a", "Berkembang", "naikkan_penggunaan_data", "penggunaan_data", 2, 4, 2, "poin", 20.0),
            ("a", "Berkembang", "naikkan_operasional", "operasional", 2, 3, 1, "poin", 10.0),
            ("a", "Mandiri", "naikkan_pokja", "pokja", 2, 3, 1, "poin", 10.0),
            ("a", "Mandiri", "layani_unmet", "unmet", None, None, 2, "pasangan", 2.0),
            ("a", "Mandiri", "layani_unmet_mkjp", "unmet", None, None, 2, "pasangan", 2.0),
            ("a", "Berkelanjutan", "naikkan_pokja", "pokja", 2, 3, 1, "poin", 10.0),
            ("a", "Berkelanjutan", "naikkan_penggunaan_data", "penggunaan_data", 2, 4, 2, "poin", 20.0),
            ("a", "Berkelanjutan", "naikkan_operasional", "operasional", 2, 3, 1, "poin", 10.0),
            ("a", "Berkelanjutan", "layani_unmet", "unmet", None, None, 2, "pasangan", 2.0),
            ("a", "Berkelanjutan", "layani_unmet_mkjp", "unmet", None, None, 2, "pasangan", 2.0),
        ],
        columns=list(road.COLUMNS),
    ).astype({"dari": "Int64", "ke": "Int64"})
    pd.testing.assert_frame_equal(steps, expected)
    assert plan(kampung).keadaan["biaya"].tolist() == [40.0, 14.0, 44.0]


def test_mandiri_raises_only_the_cheaper_of_input_and_proses():
    steps = plan(place(skor={**STRONG, "pokja": 1, **IDLE, "operasional": 3, "lintas_sektor": 3}, **PASSES)).langkah
    mandiri = steps[steps["menuju"] == "Mandiri"]
    assert mandiri["tindakan"].tolist() == ["naikkan_penggunaan_data"]
    dear = LANGKAH.assign(setara_orang=LANGKAH["setara_orang"].where(LANGKAH["item"].ne("penggunaan_data"), 50.0))
    dear["setara_orang"] = dear["setara_orang"].where(~dear["item"].isin(["operasional", "lintas_sektor"]), 50.0)
    kampung = place(skor={**STRONG, "pokja": 1, **IDLE, "operasional": 3, "lintas_sektor": 3}, **PASSES)
    steps = plan(kampung, langkah=dear).langkah
    assert steps[steps["menuju"] == "Mandiri"][["tindakan", "jumlah"]].to_numpy().tolist() == [["naikkan_pokja", 2]]


def test_of_two_equally_dear_ways_to_mandiri_the_one_with_fewer_different_steps():
    # two points more of input would be two items with room for one each; of proses, one item with room for two
    skor = {"pokja": 3, "sumber_dana": 3, "poktan": 3, "sarana": 2, "pkb": 2}
    steps = plan(place(skor={**skor, "penggunaan_data": 3, "operasional": 2, "lintas_sektor": 2}, **PASSES)).langkah
    mandiri = steps[steps["menuju"] == "Mandiri"]
    assert mandiri[["tindakan", "jumlah"]].to_numpy().tolist() == [["naikkan_operasional", 2]]


@pytest.mark.parametrize(
    ("skor", "numbers", "expected"),
    [
        # output passes alone: with input and proses it would be Berkelanjutan at once
        ({**WEAK, **IDLE}, PASSES, ["kelas_lain", "ada_langkah", "ada_langkah"]),
        # input and proses pass already: output makes it Berkelanjutan, never Mandiri
        ({**STRONG, **RUNNING}, FAILS, ["kelas_lain", "ada_langkah"]),
        ({**STRONG, **IDLE}, PASSES, ["ada_langkah"]),
        ({**STRONG, **RUNNING}, PASSES, ["kelas_tertinggi"]),
        # one couple with unmet need and no group to join: output cannot pass
        ({**STRONG, **IDLE}, {"pus": 100, "tidak_ingin_anak": 1}, ["ada_langkah", "tidak_cukup", "tidak_cukup"]),
    ],
)
def test_a_road_only_where_rising_gives_exactly_that_class(skor, numbers, expected):
    assert list(states(plan(place(skor=skor, **numbers))).values()) == expected


def test_without_a_kb_record_there_is_one_step_only():
    kampung = place(skor={**STRONG, **IDLE}, lapor_kb=False)
    jalan = plan(kampung)
    assert states(jalan) == dict.fromkeys(schema.CLASSES[1:], "lapor_dulu")
    assert jalan.langkah.astype(object).fillna("").to_numpy().tolist() == [
        ["a", "", "lapor", "", "", "", 1, "langkah", 0.0]
    ]


@pytest.mark.parametrize(
    ("kode", "tingkat", "expected"),
    [
        ("K07", "salah", "perbaiki_data_dulu"),
        ("K12", "salah", "perbaiki_data_dulu"),
        ("K12", "info", "ada_langkah"),
        ("K06", "periksa", "perbaiki_data_dulu"),
        ("K09", "periksa", "perbaiki_data_dulu"),
        ("K11", "periksa", "perbaiki_data_dulu"),
        ("K11", "info", "ada_langkah"),
        ("K13", "periksa", "perbaiki_data_dulu"),
        ("K19", "info", "ada_langkah"),
        ("K05", "periksa", "ada_langkah"),
        ("R03", "salah", "ada_langkah"),
    ],
)
def test_no_road_is_built_on_numbers_that_cannot_be_believed(kode: str, tingkat: str, expected: str):
    catatan = pd.DataFrame([{"kode": kode, "tingkat": tingkat, "kampung_id": "a", "kolom": None}])
    jalan = plan(place(skor={**STRONG, **IDLE}, **FAILS), catatan)
    assert states(jalan) == dict.fromkeys(schema.CLASSES[1:], expected)
    assert ("perbaiki_data" in set(jalan.langkah["tindakan"])) == (expected == "perbaiki_data_dulu")


def test_numbers_that_cannot_be_counted_up_are_mended_first_even_without_a_finding():
    for wrong in (-1.0, 12.5):
        jalan = plan(place(skor={**STRONG, **IDLE}, **FAILS | {"iud": wrong}))
        assert states(jalan)["Mandiri"] == "perbaiki_data_dulu"


def test_without_a_rekap_row_exported_output_scores_stand():
    skor = {**STRONG, **IDLE, "partisipasi": 1, "cpr": 4, "mkjp": 4, "unmet": 1}
    jalan = plan(place(skor=skor, lapor=None))
    assert states(jalan) == {"Berkembang": "ada_langkah", "Mandiri": "tanpa_rekap", "Berkelanjutan": "tanpa_rekap"}
    assert plan(place(skor=skor | {"unmet": 3}, lapor=None)).keadaan["keadaan"].tolist() == ["ada_langkah"]


def test_a_score_that_is_not_known_leaves_the_road_open():
    jalan = plan(place(skor={**WEAK, "proses": 1}, **FAILS))
    assert states(jalan) == {None: "skor_belum_lengkap"}
    assert jalan.langkah.empty


def test_recomputed_output_scores_count_where_the_export_says_otherwise():
    # the export says that output passes; the numbers say that it does not
    skor = {**STRONG, **IDLE, "partisipasi": 4, "cpr": 4, "mkjp": 4, "unmet": 4}
    jalan = plan(place(skor=skor, klasifikasi_ekspor="Mandiri", **FAILS))
    assert jalan.langkah["tindakan"].tolist() == [
        "naikkan_penggunaan_data",
        "naikkan_operasional",
        "layani_unmet",
        "layani_unmet_mkjp",
    ]
    # and the other way round: the numbers give the class already, the export is older
    low = skor | {"cpr": 1, "mkjp": 1, "unmet": 1, "partisipasi": 1}
    jalan = plan(place(skor=low, klasifikasi_ekspor="Dasar", **PASSES))
    assert states(jalan)["Mandiri"] == "sudah_cukup"


def test_the_order_of_rows_does_not_matter():
    kampung = pd.concat(
        [place(f"k{i}", skor={**STRONG, **IDLE, "pokja": 1 + i}, **FAILS | {"iud": 5 + i}) for i in range(4)]
    ).reset_index(drop=True)
    one, other = plan(kampung), plan(kampung.iloc[[2, 0, 3, 1]])
    pd.testing.assert_frame_equal(one.langkah, other.langkah)
    pd.testing.assert_frame_equal(one.keadaan, other.keadaan)


INSTITUTIONS = st.tuples(*[st.integers(1, m) for m in (4, 4, 4, 3, 3, 4, 4, 4)])
PRICES = st.tuples(*[st.sampled_from((5, 10, 20))] * 8)


@given(st.lists(INSTITUTIONS, min_size=1, max_size=15), PRICES, st.booleans())
@settings(deadline=None, max_examples=8)
def test_no_other_points_give_the_class_at_less_cost(institutions, harga, passes):
    price = dict(zip(road.INSTITUTIONS, harga, strict=True))
    table = LANGKAH.assign(setara_orang=LANGKAH["item"].map(price).fillna(1.0))
    numbers = PASSES if passes else FAILS
    named = {f"k{i}": skor for i, skor in enumerate(institutions)}
    kampung = pd.concat(
        [place(nama, skor=dict(zip(road.INSTITUTIONS, skor, strict=True)), **numbers) for nama, skor in named.items()]
    )
    # output passes already and never falls, or it passes after the four couples of FAILS
    index_output = {True: 0} if passes else {False: 0, True: 4}
    for row in plan(kampung, langkah=table).keadaan.dropna(subset=["menuju"]).itertuples():
        skor = named[str(row.kampung_id)]
        index_input = _cheapest(skor[:5], harga[:5], (4, 4, 4, 3, 3))
        index_proses = _cheapest(skor[5:], harga[5:], (4, 4, 4))
        found = [
            sum(cost for _, cost in way)
            for way in product(index_input.items(), index_proses.items(), index_output.items())
            if _name(*(passed for passed, _ in way)) == row.menuju
        ]
        assert row.keadaan == ("ada_langkah" if found else "kelas_lain")
        assert not found or row.biaya == min(found)


def _cheapest(skor: tuple[int, ...], harga: tuple[int, ...], most: tuple[int, ...]) -> dict[bool, int]:
    """Least cost after which an index passes, and after which it does not; scores never fall."""
    best: dict[bool, int] = {}
    for ke in product(*(range(s, m + 1) for s, m in zip(skor, most, strict=True))):
        cost = sum(p * (k - s) for p, k, s in zip(harga, ke, skor, strict=True))
        passed = sum(ke) >= 3 * len(ke)
        best[passed] = min(best.get(passed, cost), cost)
    return best


def _name(index_input: bool, index_proses: bool, index_output: bool) -> str:
    passed = index_input + index_proses + index_output
    if passed < 2:
        return "Dasar"
    if not index_output:
        return "Berkembang"
    return "Berkelanjutan" if passed == 3 else "Mandiri"


KALIMAT = {
    ("lapor", None, None, 1): (
        "isi formulir KB di portal; sebelum terisi, keadaannya tidak dapat dinilai",
        "isi formulir KB",
    ),
    ("perbaiki_data", None, None, 1): (
        "cocokkan dulu angka yang meragukan dengan catatan di lapangan, lalu perbaiki di portal",
        "cocokkan angka",
    ),
    ("naikkan_pokja", 1, 3, 2): (
        "lengkapi pokja sampai 2 dari 3 hal ini ada: pengurus (lebih dulu), anggota, dan pelatihan (skor 1 menjadi 3)",
        "lengkapi pokja: 2 dari pengurus, anggota, dan pelatihan",
    ),
    ("naikkan_sumber_dana", 2, 3, 1): (
        "tambah sumber dana sampai ada sedikitnya 2 (skor 2 menjadi 3)",
        "sumber dana: sedikitnya 2",
    ),
    ("naikkan_poktan", 2, 3, 1): (
        "bentuk kelompok kegiatan (poktan) sampai ada 3 dari 5 jenis (BKB, BKR, BKL, UPPKA, dan PIK-R)"
        " (skor 2 menjadi 3)",
        "lengkapi poktan menjadi 3 jenis",
    ),
    ("naikkan_sarana", 1, 3, 2): (
        "lengkapi sarana sampai ada sedikitnya 2 jenis (skor 1 menjadi 3)",
        "lengkapi sarana menjadi 2 jenis",
    ),
    ("naikkan_pkb", 2, 3, 1): (
        "lengkapi PLKB pendamping dan regulasi sampai 2 dari 2 hal itu ada (skor 2 menjadi 3)",
        "PLKB pendamping dan regulasi desa: 2 dari 2",
    ),
    ("naikkan_penggunaan_data", 1, 4, 3): (
        "pakai sedikitnya 4 sumber data saat menyusun rencana kerja, lalu isi di portal (skor 1 menjadi 4)",
        "pakai 4 sumber data untuk rencana kerja",
    ),
    ("naikkan_operasional", 2, 3, 1): (
        "jalankan 3 dari 5 mekanisme operasional (skor 2 menjadi 3)",
        "jalankan sedikitnya 3 dari 5 mekanisme",
    ),
    ("naikkan_lintas_sektor", 3, 4, 1): (
        "libatkan sedikitnya 7 instansi dalam kegiatan lintas sektor (skor 3 menjadi 4)",
        "libatkan sedikitnya 7 instansi",
    ),
    ("layani_unmet", None, None, 1234): (
        "layani 1.234 pasangan yang belum terlayani, dengan metode pilihan mereka",
        "layani 1.234 pasangan",
    ),
    ("layani_unmet_mkjp", None, None, 2): (
        "tawarkan metode kontrasepsi jangka panjang (MKJP) kepada pasangan yang belum terlayani; skor naik bila 2 "
        "pasangan memilihnya",
        "MKJP untuk 2 pasangan yang belum terlayani",
    ),
    ("alih_mkjp", None, None, 3): (
        "tawarkan metode kontrasepsi jangka panjang (MKJP) kepada peserta KB; skor naik bila 3 peserta beralih atas "
        "pilihan sendiri",
        "3 peserta KB beralih ke MKJP",
    ),
    ("tambah_bkb", None, None, 5): ("ajak 5 keluarga lagi yang memiliki balita ikut BKB", "+5 peserta BKB"),
    ("tambah_bkr", None, None, 5): ("ajak 5 keluarga lagi yang memiliki remaja ikut BKR", "+5 peserta BKR"),
    ("tambah_bkl", None, None, 5): ("ajak 5 keluarga lagi yang memiliki lansia ikut BKL", "+5 peserta BKL"),
    ("tambah_uppka", None, None, 5): ("ajak 5 keluarga lagi ikut UPPKA", "+5 peserta UPPKA"),
    ("tambah_pikr", None, None, 5): ("ajak 5 remaja lagi ikut PIK-R", "+5 peserta PIK-R"),
}


def test_every_step_has_its_words():
    own = [*(road.FIRST.values()), *road.ACTIONS]
    assert [tindakan for tindakan, *_ in KALIMAT] == own
    assert [tindakan for tindakan in LANGKAH["tindakan"] if tindakan in own] == own


@pytest.mark.parametrize(("step", "words"), KALIMAT.items(), ids=[tindakan for tindakan, *_ in KALIMAT])
def test_what_is_read_of_a_step(step, words):
    tindakan, dari, ke, jumlah = step
    item = LANGKAH.set_index("tindakan")["item"][tindakan]
    steps = pd.DataFrame([{"tindakan": tindakan, "item": item, "dari": dari, "ke": ke, "jumlah": jumlah}])
    assert road.worded(steps, LANGKAH, BANDS)[["kalimat", "singkat"]].iloc[0].tolist() == list(words)


def test_what_is_read_of_a_step_of_the_plan():
    steps = pd.DataFrame(
        [
            {"tindakan": "lapor", "rincian": "profil, kb"},
            {"tindakan": "perbarui", "rincian": "kb"},
            {"tindakan": "kunjungi", "kini": 1187, "sasaran": 96, "harapan": 143, "jumlah": 1187},
            {"tindakan": "dekati_bkb", "kini": 4, "sasaran": 40, "jumlah": 36},
        ]
    )
    assert road.worded(steps, LANGKAH, BANDS)["kalimat"].tolist() == [
        "isi formulir profil dan KB di portal; sebelum terisi, keadaannya tidak dapat dinilai",
        "perbarui formulir KB di portal: isinya masih sama dengan tahun sebelumnya",
        "kunjungi dan layani pasangan yang ingin menunda atau tidak ingin anak lagi tetapi belum ber-KB: 1.187 "
        "dilaporkan, sekitar 143 diperkirakan (bila seperti gabungan Kampung KB: 96)",
        "tambah keluarga yang ikut BKB dari 4 menjadi 40, setara gabungan Kampung KB",
    ]


def test_a_list_of_the_closest_cuts_no_tie():
    states = pd.DataFrame(
        {"kampung_id": list("abcde"), "menuju": "Mandiri", "keadaan": "ada_langkah", "biaya": [1.0, 3, 3, 9, np.nan]}
    )
    states.loc[4, "keadaan"] = "tidak_cukup"
    assert road.closest(states, 1) == {"a"}
    assert road.closest(states, 2) == {"a", "b", "c"}
    assert road.closest(states, 9) == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    ("folder", "year", "sample"),
    [("portal/lebak", 2022, None), ("portal/lebak", 2023, None), ("portal/nasional", 2022, 3000)],
)
def test_on_real_exports_the_rule_applied_after_the_road_gives_exactly_that_class(
    shared: Callable[[str], Path], request: pytest.FixtureRequest, folder: str, year: int, sample: int | None
):
    data = open_dataset(shared(folder)).year(year) if sample is None else request.getfixturevalue("nasional")
    kampung = data.kampung if sample is None else data.kampung.sample(sample, random_state=1)
    hasil = klasifikasi.score(kampung, BANDS)
    catatan = pd.concat([data.catatan, quality.find(kampung)])
    jalan = road.find(kampung, hasil.skor, hasil.kelas, catatan, BANDS, LANGKAH)
    for target, steps in jalan.langkah.dropna(subset=["menuju"]).groupby("menuju"):
        before = kampung[kampung["kampung_id"].isin(steps["kampung_id"])]
        numbers, scores = road.apply(before, hasil.skor, steps, BANDS)
        index = klasifikasi.indices(scores)
        assert set(klasifikasi.classify(*(index[column] for column in schema.INDICES))) == {target}
        gained = numbers[list(schema.METHODS)].sum(axis=1) - before[list(schema.METHODS)].sum(axis=1)
        lost = before[list(schema.UNMET)].sum(axis=1) - numbers[list(schema.UNMET)].sum(axis=1)
        assert gained.eq(lost).all()
    roads = jalan.keadaan[jalan.keadaan["keadaan"] == "ada_langkah"]
    paid = jalan.langkah.groupby(["kampung_id", "menuju"])["biaya"].sum().rename("dibayar").reset_index()
    assert roads.merge(paid, how="left").eval("biaya == dibayar").all()
    assert set(roads["menuju"]) == set(schema.CLASSES[1:])
