"""Change between two years: hand-made frames of a few Kampung KB, and the two real years of Lebak."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import change, freshness, indicators, klasifikasi

KATALOG = pd.DataFrame(
    {
        "kode": ["cpr", "unmet", "kelembagaan"],
        "singkat": ["CPR", "Unmet need", "Kelembagaan"],
        "arah": [1, -1, 1],
        "rekaman": ["kb+penduduk", "kb+penduduk", "profil"],
        "sampel": ["ya", "ya", "tidak"],
    }
)
HITUNG = ["pembilang_sebelum", "penyebut_sebelum", "pembilang_sekarang", "penyebut_sekarang"]
JUMLAH = ["jumlah", "tidak_diperbarui", "tanpa_pasangan"]


def kampung(ids: str, **columns: object) -> pd.DataFrame:
    places = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja"}
    frame = pd.DataFrame({"kampung_id": list(ids), **places, "klasifikasi": "Dasar", "tipe_acuan": 1})
    return frame.assign(**{"dekat_batas": False} | columns).astype(
        {"dekat_batas": "boolean", "tipe_acuan": "Int64", "klasifikasi": "str"}
    )


def fresh(ids: str, profil: str, kb: str) -> pd.DataFrame:
    """Freshness by letter: "+" updated, "-" not updated, "?" not known."""
    words = {"+": True, "-": False, "?": pd.NA}
    columns = {"diperbarui_profil": profil, "diperbarui_penduduk": kb, "diperbarui_kb": kb}
    flags = {
        nama: pd.array([words[letter] for letter in letters], dtype="boolean") for nama, letters in columns.items()
    }
    return pd.DataFrame({"kampung_id": list(ids), **flags})


def plain(frame: pd.DataFrame) -> list[list[object]]:
    """The cells, every null as None."""
    return frame.astype(object).where(frame.notna(), None).to_numpy().tolist()


def test_breaks_are_named_in_the_pair_of_years_that_crosses_them():
    assert change.breaks(2020, 2021) == [
        "Sejak 2021 satu Kampung KB mencakup satu desa, sebelumnya RW atau dusun: jumlah PUS dan keluarga tidak"
        " sebanding.",
        "Pada 2020/21 pencatatan pindah dari SR ke New SIGA: cara mendata peserta KB berbeda.",
        "Portal Kampung KB dibangun ulang pada 2021: isian lama tidak semuanya ikut pindah.",
        "Pada 2020/21 UPPKS menjadi UPPKA: peserta kelompoknya tidak sebanding.",
    ]


def test_years_on_one_side_cross_no_break_and_their_order_does_not_matter():
    assert change.breaks(2018, 2020) == change.breaks(2021, 2023) == change.breaks(2022, 2022) == []
    assert change.breaks(2022, 2018) == change.breaks(2018, 2022) == change.breaks(2020, 2021)


def test_transitions_keep_updated_unchanged_and_unknown_apart():
    before = kampung("abcd", klasifikasi=["Dasar", "Dasar", "Dasar", None])
    now = kampung("edcba", klasifikasi=["Dasar", "Mandiri", "Dasar", "Dasar", "Mandiri"])
    # an updated profil alone is not an updated KB record
    flow = change.transitions(now, before, fresh("abcde", "-+?+?", "+-?-?"), "klasifikasi")
    assert flow.columns.tolist() == ["provinsi", "kabupaten", "dari", "ke", "diperbarui", "jumlah"]
    assert plain(flow[["dari", "ke", "diperbarui", "jumlah"]]) == [
        ["Dasar", "Dasar", False, 1],
        ["Dasar", "Dasar", None, 1],
        ["Dasar", "Mandiri", True, 1],
        [None, "Mandiri", False, 1],
    ]


def test_transitions_of_types_name_them_as_text():
    before, now = kampung("ab", tipe_acuan=[1, pd.NA]), kampung("ab", tipe_acuan=[2, 2])
    flow = change.transitions(now, before, fresh("ab", "++", "++"), "tipe_acuan")
    assert plain(flow[["dari", "ke", "jumlah"]]) == [["1", "2", 1], [None, "2", 1]]


def test_new_dasar_lower_shares_by_composition_although_the_old_rise():
    before = kampung("abcd", klasifikasi=["Mandiri", "Dasar", "Dasar", "Dasar"])
    now = kampung("abcdefgh", klasifikasi=["Mandiri", "Mandiri", *["Dasar"] * 6])
    share = change.share_change(now, before)
    assert plain(share.drop(columns=["provinsi", "kabupaten"])) == [
        # class, n before, now, new, gone, share before, now, moved, new, gone
        ["Dasar", 3, 6, 4, 0, 0.75, 0.75, -0.25, 0.25, 0.0],
        ["Berkembang", 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ["Mandiri", 1, 2, 0, 0, 0.25, 0.25, 0.25, -0.25, 0.0],
        ["Berkelanjutan", 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0],
    ]


def test_a_class_that_is_not_known_has_its_own_share():
    share = change.share_change(kampung("ab"), kampung("ab", klasifikasi=["Dasar", None]))
    assert plain(share.loc[share["kelas"].isin(["Dasar"]) | share["kelas"].isna(), ["kelas", "bergerak"]]) == [
        ["Dasar", 0.5],
        [None, -0.5],
    ]


def test_only_a_kabupaten_of_both_years_has_a_change():
    now = pd.concat([kampung("ab"), kampung("c", kabupaten="Pandeglang")])
    before = pd.concat([kampung("ab"), kampung("d", kabupaten="Serang")])
    assert change.share_change(now, before)["kabupaten"].unique().tolist() == ["Lebak"]


CLASSES = st.dictionaries(st.sampled_from("abcdefghij"), st.sampled_from([*schema.CLASSES, None]), min_size=1)


@settings(deadline=None, max_examples=25)
@given(before=CLASSES, now=CLASSES)
def test_moved_new_and_gone_add_up_exactly(before: dict[str, str | None], now: dict[str, str | None]):
    years = [kampung("".join(year), klasifikasi=list(year.values())) for year in (now, before)]
    share = change.share_change(*years)
    moved = share["bergerak"] + share["baru"] + share["hilang"]
    np.testing.assert_allclose(moved, share["pangsa_sekarang"] - share["pangsa_sebelum"], rtol=0, atol=1e-15)
    assert share[["jumlah_sebelum", "jumlah_sekarang"]].sum().tolist() == [len(before), len(now)]
    assert share[["jumlah_baru", "jumlah_hilang"]].sum().tolist() == [
        len(now.keys() - before),
        len(before.keys() - now),
    ]
    assert share[["pangsa_sebelum", "pangsa_sekarang"]].sum().tolist() == pytest.approx([1, 1])
    if now.keys() == before.keys():
        assert share[["baru", "hilang"]].eq(0).all(axis=None)


def rates(indikator: str = "cpr", **values: tuple[float, float, str]) -> pd.DataFrame:
    rows = [(kampung_id, indikator, *value) for kampung_id, value in values.items()]
    return pd.DataFrame(rows, columns=["kampung_id", "indikator", "pembilang", "penyebut", "status"])


def test_rates_change_over_updated_records_only_and_say_how_many_were_not():
    before = rates(a=(20, 100, "terisi"), b=(30, 100, "terisi"), c=(50, 100, "tidak_konsisten"), d=(10, 100, "terisi"))
    now = rates(
        a=(45, 100, "terisi"),
        b=(33, 110, "terisi"),
        c=(50, 100, "terisi"),
        d=(10, 100, "terisi"),
        e=(1, 10, "terisi"),
    )
    laju = change.rate_change(kampung("abcde"), now, before, fresh("abcde", "-----", "+++-?"), KATALOG)
    assert plain(laju[["tingkat", "kabupaten", "kecamatan", "kampung_id", *HITUNG, *JUMLAH]]) == [
        ["kampung", "Lebak", "Maja", "a", 20, 100, 45, 100, 1, 0, 0],
        ["kampung", "Lebak", "Maja", "b", 30, 100, 33, 110, 1, 0, 0],
        ["kecamatan", "Lebak", "Maja", None, 50, 200, 78, 210, 2, 1, 2],
        ["kabupaten", "Lebak", None, None, 50, 200, 78, 210, 2, 1, 2],
        ["provinsi", None, None, None, 50, 200, 78, 210, 2, 1, 2],
        ["semua", None, None, None, 50, 200, 78, 210, 2, 1, 2],
    ]
    assert laju["nilai_sekarang"].tolist() == [0.45, 0.3, *[78 / 210] * 4]
    # one Kampung KB, and an area of two, have values and no verdict
    assert laju[["bawah95", "atas95", "nyata"]].isna().all(axis=None)


def test_an_area_of_three_is_judged_by_its_kampung_kb():
    before = rates(**dict.fromkeys("abc", (20, 100, "terisi")))
    now = rates(a=(30, 100, "terisi"), b=(25, 100, "terisi"), c=(28, 100, "terisi"))
    laju = change.rate_change(kampung("abc"), now, before, fresh("abc", "+++", "+++"), KATALOG)
    area = laju[laju["tingkat"].eq("kabupaten")].iloc[0]
    # mean 7.667 points, standard deviation 2.517; t of 2 degrees of freedom is 4.3027
    reach = 4.302653 * 0.02516611 / 3**0.5
    assert (area["bawah95"], area["atas95"]) == pytest.approx((0.0766667 - reach, 0.0766667 + reach), rel=1e-5)
    assert area["nyata"]


def test_an_indicator_of_institutions_follows_its_own_record_and_has_no_interval():
    before, now = (rates("kelembagaan", a=(x, 12, "terisi"), b=(x, 12, "terisi")) for x in (6, 9))
    laju = change.rate_change(kampung("ab"), now, before, fresh("ab", "-+", "+-"), KATALOG)
    row = laju[laju["tingkat"].eq("kampung")]
    assert plain(row[["kampung_id", "selisih", "bawah95", "atas95", "nyata"]]) == [["b", 0.25, None, None, None]]


def test_an_area_without_updated_records_has_a_row_that_says_so():
    one = rates(a=(20, 100, "terisi"))
    laju = change.rate_change(kampung("a"), one, one, fresh("a", "-", "-"), KATALOG)
    assert plain(laju[["tingkat", "nilai_sebelum", "selisih", "bawah95", "nyata", *JUMLAH]]) == [
        [tingkat, None, None, None, None, 0, 1, 0] for tingkat in ("kecamatan", "kabupaten", "provinsi", "semua")
    ]


def numbered(ids: str, letters: str, **columns: object) -> pd.DataFrame:
    """A year with rekap rows whose one number is ``letters``; "?" is no rekap row."""
    frame = records(kampung(ids, **columns), [float(ord(letter)) for letter in letters])
    lapor = pd.array([letter != "?" or pd.NA for letter in letters], dtype="boolean")
    return frame.assign(**{f"lapor_{rekaman}": lapor for rekaman in schema.RECORDS})


def test_what_supports_a_move():
    ids, before_class = "abcdef", ["Dasar", "Mandiri", "Dasar", "Dasar", "Dasar", "Dasar"]
    now_class = ["Mandiri", "Dasar", "Mandiri", "Mandiri", "Mandiri", "Mandiri"]
    before = numbered(ids, "112111", klasifikasi=before_class, dekat_batas=[False, False, True, pd.NA, True, False])
    now = numbered(ids, "22321?", klasifikasi=now_class, dekat_batas=[False, True, False, False, False, False])
    moves = change.class_moves(now, before, fresh(ids, "++++--", "+-+?--"))
    assert plain(moves.drop(columns=change.PLACE)) == [
        ["a", "Dasar", "Mandiri", "naik", True, "data_baru"],
        ["b", "Mandiri", "Dasar", "turun", False, "dekat_batas"],
        ["c", "Dasar", "Mandiri", "naik", True, "dekat_batas"],
        # institutions do not shake: a class without a KB record is on no edge
        ["d", "Dasar", "Mandiri", "naik", None, "data_baru"],
        # no number moved: nothing else counts
        ["e", "Dasar", "Mandiri", "naik", False, "tanpa_angka"],
        ["f", "Dasar", "Mandiri", "naik", False, None],
    ]


def test_no_move_without_a_class_in_both_years_or_with_the_same():
    before = numbered("abc", "111", klasifikasi=["Dasar", None, "Mandiri"])
    now = numbered("abcd", "1111", klasifikasi=["Dasar", "Mandiri", None, "Mandiri"])
    assert change.class_moves(now, before, fresh("abcd", "++++", "++++")).empty


def records(year: pd.DataFrame, iud: list[float]) -> pd.DataFrame:
    """The year with all three records, alike but for the number of IUD users."""
    raw = pd.DataFrame(1.0, year.index, list(schema.REKAP)).assign(iud=iud)
    lapor = dict.fromkeys((f"lapor_{rekaman}" for rekaman in schema.RECORDS), pd.array([True] * len(year), "boolean"))
    return pd.concat([year, raw], axis=1).assign(**lapor)


def test_the_stored_table_holds_every_part():
    before = records(kampung("ab", tipe_acuan=[1, 2]), [20, 0])
    now = records(kampung("abc", tipe_acuan=[2, 2, 2], klasifikasi=["Mandiri", "Dasar", "Dasar"]), [30, 0, 0])
    table = change.compute(now, before, rates(a=(30, 100, "terisi")), rates(a=(20, 100, "terisi")), KATALOG)
    assert table.columns.tolist() == list(change.PERUBAHAN)
    assert plain(table.groupby(["bagian", "tingkat"], sort=False).size().reset_index()) == [
        ["alir_klasifikasi", "kabupaten", 2],
        ["alir_tipe_acuan", "kabupaten", 2],
        ["pangsa", "kabupaten", 4],
        ["angka", "kampung", 1],
        ["angka", "kecamatan", 1],
        ["angka", "kabupaten", 1],
        ["angka", "provinsi", 1],
        ["angka", "semua", 1],
        ["gerak_kelas", "kampung", 1],
    ]
    pangsa = table[table["bagian"].eq("pangsa")]
    assert plain(pangsa[["kelas", "nilai_sebelum", "nilai_sekarang", "selisih"]])[2] == ["Mandiri", 0, 1 / 3, 1 / 3]


def test_without_a_year_before_the_stored_table_is_empty_with_the_same_types():
    year = records(kampung("a"), [1])
    one = rates(a=(1, 2, "terisi"))
    empty = change.compute(year, None, one, None, KATALOG)
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, change.compute(year, year, one, one, KATALOG).dtypes)


@pytest.fixture(scope="module")
def lebak(shared: Callable[[str], Path]) -> list[pd.DataFrame]:
    """The clean years 2023 and 2022 of Lebak with their official classes."""
    dataset, bands = open_dataset(shared("portal/lebak")), read_catalogue().klasifikasi
    years = [dataset.year(tahun).kampung for tahun in (2023, 2022)]
    return [year.merge(klasifikasi.score(year, bands).kelas, on="kampung_id") for year in years]


def test_lebak_adds_up_from_93_to_95(lebak: list[pd.DataFrame]):
    share = change.share_change(*lebak)
    counts = share[["kelas", "jumlah_sebelum", "jumlah_sekarang", "jumlah_baru", "jumlah_hilang"]]
    assert plain(counts) == [
        ["Dasar", 65, 64, 2, 0],
        ["Berkembang", 6, 7, 0, 0],
        ["Mandiri", 7, 6, 0, 0],
        ["Berkelanjutan", 15, 18, 1, 1],
    ]
    assert counts.iloc[:, 1:].sum().tolist() == [93, 95, 3, 1]
    moved = share["bergerak"] + share["baru"] + share["hilang"]
    np.testing.assert_allclose(moved, share["pangsa_sekarang"] - share["pangsa_sebelum"], rtol=0, atol=1e-15)


def test_lebak_flows_hold_the_92_of_both_years(lebak: list[pd.DataFrame]):
    flow = change.transitions(*lebak, freshness.freshness(*lebak), "klasifikasi")
    assert flow.groupby("diperbarui")["jumlah"].sum().to_dict() == {False: 71, True: 12}


def test_lebak_rates_rest_on_the_twelve_updated_kb_records(lebak: list[pd.DataFrame]):
    katalog = read_catalogue().indikator
    nothing = pd.DataFrame(columns=list(schema.CATATAN))
    now, before = (indicators.compute(year, nothing, katalog) for year in lebak)
    laju = change.rate_change(lebak[0], now, before, freshness.freshness(*lebak), katalog)
    cpr = laju[laju["indikator"].eq("cpr") & laju["tingkat"].eq("kabupaten")]
    assert plain(cpr[[*HITUNG, *JUMLAH]]) == [[4439, 6621, 5368, 7380, 12, 71, 12]]
    assert plain(cpr[["selisih", "bawah95", "atas95"]].round(4)) == [[0.0569, 0.0049, 0.109]]
