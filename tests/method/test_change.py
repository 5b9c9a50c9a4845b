"""Change between two years: hand-made years of a few Kampung KB, and the two real years of Lebak."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from kkb_eval import schema
from kkb_eval.intake import portal, wilayah
from kkb_eval.method import change

KATALOG = pd.DataFrame(
    {
        "kode": ["cpr", "unmet", "kelembagaan"],
        "singkat": ["CPR", "Unmet need", "Kelembagaan"],
        "arah": [1, -1, 1],
        "rekaman": ["kb+penduduk", "kb+penduduk", "profil"],
        "sampel": ["ya", "ya", "tidak"],
    }
)
NILAI = {"jumlah_sumber_dana": 1.0, "pus": 100.0, "iud": 20.0}


def row(kampung: str, *, desa: str = "Maja", lapor: str = "profil penduduk kb", **angka: object) -> dict[str, object]:
    records = lapor.split()
    numbers = {
        kolom: NILAI.get(kolom, 0.0) if rekaman in records else np.nan
        for rekaman, columns in schema.REKAMAN.items()
        for kolom in columns
    }
    text = {"provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja", "desa": desa, "kampung": kampung}
    files = {"berkas_rekap": "rekap.xlsx", "baris_rekap": 7, "berkas_klasifikasi": None, "baris_klasifikasi": pd.NA}
    return {
        "kampung_id": kampung.lower(),
        **text,
        "slug_kabupaten": "lebak",
        "slug_kecamatan": "maja",
        **files,
        **numbers,
        **{f"lapor_{rekaman}": rekaman in records for rekaman in schema.REKAMAN},
        "klasifikasi": "Dasar",
        "mantap": pd.NA,
        "tipe_acuan": pd.NA,
        **dict.fromkeys(change.PELUANG, np.nan),
    } | angka


def year(*rows: dict[str, object]) -> pd.DataFrame:
    ints = dict.fromkeys(("baris_rekap", "baris_klasifikasi", "tipe_acuan"), "Int64")
    flags = dict.fromkeys((*(f"lapor_{r}" for r in schema.REKAMAN), "mantap"), "boolean")
    return pd.DataFrame(rows).astype(ints | flags).sort_values("kampung_id", ignore_index=True)


def flags(frame: pd.DataFrame, kampung_id: str) -> list[object]:
    return frame.set_index("kampung_id").loc[kampung_id].tolist()


def test_breaks_are_named_only_when_the_years_cross_them():
    assert change.breaks(2018, 2020) == change.breaks(2021, 2023) == change.breaks(2022, 2022) == []
    assert change.breaks(2018, 2022) == change.breaks(2021, 2020) == [patahan.kalimat for patahan in change.PATAHAN]


def test_a_record_is_fresh_when_any_of_its_columns_differs():
    before = year(row("A"), row("B"), row("C", lapor="profil"))
    now = year(row("A"), row("B", iud=21.0, regulasi=1.0), row("C"), row("D"))
    segar = change.freshness(now, before)
    assert segar.columns.tolist() == ["kampung_id", "diperbarui_profil", "diperbarui_penduduk", "diperbarui_kb"]
    assert flags(segar, "a") == [False, False, False]
    assert flags(segar, "b") == [True, False, True]
    assert flags(segar, "c") == [False, pd.NA, pd.NA]
    assert flags(segar, "d") == [pd.NA] * 3


def test_without_a_year_before_nothing_is_known_and_nothing_is_found():
    now = year(row("A"))
    assert change.freshness(now, None).iloc[0, 1:].isna().all()
    empty = change.findings(now, None)
    assert empty.columns.tolist() == list(schema.CATATAN) and empty.empty
    table = change.compute(now, None, pd.DataFrame(), None, KATALOG)
    assert table.columns.tolist() == list(change.PERUBAHAN) and table.empty


def test_an_identical_record_is_reported_once_a_record():
    found = change.findings(year(row("A", iud=21.0)), year(row("A")))
    assert found[["kode", "tingkat", "berkas", "baris", "kampung_id", "kolom"]].to_numpy().tolist() == [
        ["K14", "info", "rekap.xlsx", 7, "a", "diperbarui_profil"],
        ["K14", "info", "rekap.xlsx", 7, "a", "diperbarui_penduduk"],
    ]
    assert found["pesan"].tolist() == [
        "profil sama persis dengan tahun sebelumnya di semua 12 kolom; perbarui isian di portal",
        "data penduduk sama persis dengan tahun sebelumnya di semua 7 kolom; perbarui isian di portal",
    ]


def missing(now: pd.DataFrame, before: pd.DataFrame) -> list[str]:
    found = change.findings(now, before)
    return found.loc[found["kode"] == "K18", "pesan"].tolist()


def test_a_missing_kampung_kb_with_identical_numbers_names_the_candidate_and_the_alias_line():
    before = year(row("Melati", pus=321.0))
    now = year(row("Mawar", pus=321.0), row("Kampung KB Melatih", pus=5.0))
    assert missing(now, before) == [
        'Kampung KB "Melati" ada tahun sebelumnya, tidak ada tahun ini; mungkin kini bernama "Mawar" (angka penduduk'
        " dan KB sama persis): bila benar, tambahkan ke rujukan/alias.csv baris Maja,Maja,Melati,Mawar"
    ]


def test_a_missing_kampung_kb_with_a_similar_name_is_quoted_for_the_csv():
    before, now = year(row("Kampung KB Melati, RW 2")), year(row("Kp. KB Melati RW 02", pus=5.0))
    assert missing(now, before) == [
        'Kampung KB "Kampung KB Melati, RW 2" ada tahun sebelumnya, tidak ada tahun ini; mungkin kini bernama'
        ' "Kp. KB Melati RW 02" (nama mirip 96 dari 100): bila benar, tambahkan ke rujukan/alias.csv baris'
        ' Maja,Maja,"Kampung KB Melati, RW 2",Kp. KB Melati RW 02'
    ]


@pytest.mark.parametrize(
    "now",
    [
        row("Kampung KB Mawar", pus=5.0),  # the generic words do not make names alike
        row("Melati Baru", desa="Pasirkembang"),  # another desa
        row("Mawar", lapor="profil"),  # identical emptiness is no likeness
    ],
)
def test_no_candidate_is_said_so(now: dict[str, object]):
    before = year(row("Kampung KB Melati", lapor="profil" if now["kampung"] == "Mawar" else "profil penduduk kb"))
    assert missing(year(now), before) == [
        'Kampung KB "Kampung KB Melati" ada tahun sebelumnya, tidak ada tahun ini; periksa di portal apakah dihapus,'
        " atau tulis nama barunya di rujukan/alias.csv"
    ]


def test_a_kabupaten_that_this_year_does_not_hold_is_not_missing():
    assert missing(year(row("A")), year(row("A"), row("B", slug_kabupaten="pandeglang"))) == []


def test_transitions_keep_updated_unchanged_and_unknown_apart():
    before = year(row("A"), row("B"), row("C", lapor=""), row("D", klasifikasi=None))
    now = year(
        row("A", klasifikasi="Mandiri", iud=9.0),
        row("B"),
        row("C", lapor=""),
        row("D", klasifikasi="Mandiri"),
        row("E"),
    )
    flow = change.transitions(now, before, change.freshness(now, before), "klasifikasi")
    assert flow.columns.tolist() == ["provinsi", "kabupaten", "dari", "ke", "diperbarui", "jumlah"]
    got = {tuple(None if pd.isna(v) else v for v in r) for r in flow.iloc[:, 2:].itertuples(index=False)}
    assert got == {
        ("Dasar", "Dasar", False, 1),
        ("Dasar", "Dasar", None, 1),
        ("Dasar", "Mandiri", True, 1),
        (None, "Mandiri", False, 1),
    }


def test_new_dasar_lower_shares_by_composition_although_the_old_rise():
    before = year(row("A", klasifikasi="Mandiri"), row("B"), row("C"), row("D"))
    now = year(*(row(k, klasifikasi="Mandiri") for k in "AB"), row("C"), row("D"), *(row(k) for k in "EFGH"))
    share = change.share_change(now, before).set_index("kelas")
    assert share.loc["Mandiri", ["pangsa_sebelum", "pangsa_sekarang", "bergerak", "baru", "hilang"]].tolist() == [
        0.25, 0.25, 0.25, -0.25, 0.0,
    ]  # fmt: skip
    assert share["jumlah_baru"].tolist() == [4, 0, 0, 0]


KELAS = st.sampled_from([*schema.KELAS, None])


@given(
    before=st.dictionaries(st.sampled_from("abcdefghij"), KELAS, min_size=1),
    now=st.dictionaries(st.sampled_from("abcdefghij"), KELAS, min_size=1),
)
def test_moved_new_and_gone_add_up_exactly(before: dict[str, str | None], now: dict[str, str | None]):
    def frame(classes: dict[str, str | None]) -> pd.DataFrame:
        ids, values = list(classes), pd.Series(list(classes.values()), dtype=object)
        return pd.DataFrame({"kampung_id": ids, "provinsi": "Banten", "kabupaten": "Lebak", "klasifikasi": values})

    share = change.share_change(frame(now), frame(before))
    assert share["pangsa_sebelum"].sum() == pytest.approx(1) == share["pangsa_sekarang"].sum()
    gerak = share["bergerak"] + share["baru"] + share["hilang"]
    np.testing.assert_allclose(gerak, share["pangsa_sekarang"] - share["pangsa_sebelum"], atol=1e-15)
    assert share["jumlah_sekarang"].sum() == len(now) and share["jumlah_sebelum"].sum() == len(before)
    np.testing.assert_allclose(
        share[["bergerak", "baru", "hilang"]].sum() * (len(now.keys() & before) > 0), 0, atol=1e-15
    )
    if now.keys() == before.keys():
        assert (share[["baru", "hilang"]] == 0).all(axis=None)


def rates(**values: tuple[float, float, str]) -> pd.DataFrame:
    rows = [
        (kampung_id, kode, x, n, x / n if n else np.nan, status)
        for kampung_id, (x, n, status) in values.items()
        for kode in ("cpr", "kelembagaan")
    ]
    return pd.DataFrame(rows, columns=["kampung_id", "indikator", "pembilang", "penyebut", "nilai", "status"])


def test_rates_change_only_over_updated_records_and_say_how_many_were_not():
    before = rates(a=(20, 100, "terisi"), b=(30, 100, "terisi"), c=(50, 100, "tidak_konsisten"), d=(10, 100, "terisi"))
    now = rates(a=(45, 100, "terisi"), b=(33, 110, "terisi"), c=(50, 100, "terisi"), d=(10, 100, "terisi"),
                e=(1, 10, "terisi"))  # fmt: skip
    segar = pd.DataFrame({"kampung_id": list("abcde")}).assign(
        diperbarui_profil=pd.array([False, True, False, False, pd.NA], dtype="boolean"),
        diperbarui_penduduk=pd.array([False] * 4 + [pd.NA], dtype="boolean"),
        diperbarui_kb=pd.array([True, True, True, False, pd.NA], dtype="boolean"),
    )
    kampung = pd.DataFrame(
        {"kampung_id": list("abcde"), "provinsi": "Banten", "kabupaten": "Lebak", "kecamatan": "Maja"}
    )
    laju = change.rate_change(now, before, segar, KATALOG, kampung)
    cpr = laju[laju["indikator"] == "cpr"]
    assert cpr.loc[cpr["tingkat"] == "kampung", "kampung_id"].tolist() == ["a", "b"]
    a, b = cpr.iloc[0], cpr.iloc[1]
    low, high = confint_proportions_2indep(45, 100, 20, 100, method="newcomb")
    assert (a["selisih"], a["bawah95"], a["atas95"]) == pytest.approx((0.25, low, high))
    assert (a["nyata"], b["nyata"]) == (True, False)
    area = cpr[cpr["tingkat"] == "kabupaten"].iloc[0]
    assert area[["jumlah", "tidak_diperbarui", "tanpa_pasangan"]].tolist() == [2, 1, 2]
    assert area[["nilai_sebelum", "nilai_sekarang"]].tolist() == [50 / 200, 78 / 210]
    kelembagaan = laju[(laju["indikator"] == "kelembagaan") & (laju["tingkat"] == "semua")].iloc[0]
    assert kelembagaan[["jumlah", "kabupaten"]].tolist() == [1, None]
    assert pd.isna(kelembagaan["nyata"]) and np.isnan(kelembagaan["bawah95"])


def test_newcombe_matches_the_published_example():
    # Newcombe 1998, table II (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339
    table = pd.DataFrame([["cpr", 48.0, 80.0, 56.0, 70.0, 1]], columns=["indikator", *change._HITUNG, "jumlah"])
    row_ = change._with_difference(table, KATALOG).iloc[0]
    assert (row_["bawah95"], row_["atas95"]) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_an_area_without_updated_records_has_a_row_that_says_so():
    one = rates(a=(20, 100, "terisi"))
    segar = change.freshness(year(row("A")), year(row("A")))
    laju = change.rate_change(one, one, segar, KATALOG, year(row("A")))
    assert set(laju["tingkat"]) == {"kecamatan", "kabupaten", "provinsi", "semua"}
    assert laju[["jumlah", "tidak_diperbarui", "tanpa_pasangan"]].drop_duplicates().to_numpy().tolist() == [[0, 1, 0]]
    assert laju[["nilai_sebelum", "selisih", "bawah95", "nyata"]].isna().all(axis=None)


def probabilities(*values: float) -> dict[str, float]:
    return dict(zip(change.PELUANG, values, strict=True))


def test_a_move_is_real_when_the_class_was_firm_in_both_years():
    before = year(
        row("A", mantap=True, **probabilities(1, 0, 0, 0)),
        row("B", mantap=False, klasifikasi="Mandiri", **probabilities(0.5, 0, 0.5, 0)),
        row("C"),
        row("D", klasifikasi=None),
        row("E"),
    )
    now = year(
        row("A", mantap=True, klasifikasi="Mandiri", **probabilities(0.1, 0, 0.9, 0)),
        row("B", mantap=True, **probabilities(1, 0, 0, 0)),
        row("C", klasifikasi="Berkelanjutan", iud=3.0),
        row("D"),
        row("E"),
    )
    moves = change.class_moves(now, before, change.freshness(now, before))
    assert moves["kampung_id"].tolist() == ["a", "b", "c"]
    assert moves["arah"].tolist() == ["naik", "turun", "naik"]
    assert moves["nyata"].tolist() == [True, False, pd.NA]
    assert moves["diperbarui"].tolist() == [False, False, True]
    assert moves["peluang"].iloc[:2].tolist() == pytest.approx([0.9, 0.5]) and np.isnan(moves["peluang"].iloc[2])


def one_indicator(before: list[float], gain: list[float]) -> pd.DataFrame:
    ids = [f"k{i}" for i in range(len(before))]
    return pd.DataFrame({"tingkat": "kampung", "kampung_id": ids, "indikator": "unmet"}).assign(
        nilai_sebelum=before, selisih=gain
    )


def test_regression_to_the_mean_is_named_when_the_worst_third_improved_more():
    before = [0.3, 0.3, 0.3, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    unmet = KATALOG.iloc[1]
    assert change.regression_to_mean(one_indicator(before, [-0.1] * 3 + [0.01] * 6), unmet) == (
        "Unmet need: sepertiga Kampung KB yang tahun lalu terburuk membaik rata-rata 10,0 poin persen, lainnya −1,0."
        " Sebagian perbaikan itu lazim terjadi dengan sendirinya (regresi ke rata-rata), sebab Kampung KB dipilih di"
        " tempat yang miskin dan rendah ber-KB."
    )
    assert change.regression_to_mean(one_indicator(before, [-0.01] * 3 + [-0.1] * 6), unmet) is None
    assert change.regression_to_mean(one_indicator(before, [0.01] * 3 + [0.1] * 6), unmet) is None
    assert change.regression_to_mean(one_indicator(before[:8], [-0.1] * 3 + [0.01] * 5), unmet) is None


def test_the_stored_table_holds_every_part():
    before = year(row("A", tipe_acuan=1), row("B", tipe_acuan=2))
    now = year(row("A", tipe_acuan=2, klasifikasi="Mandiri", iud=30.0), row("B", tipe_acuan=2), row("C"))
    table = change.compute(
        now, before, rates(a=(30, 100, "terisi")), rates(a=(20, 100, "terisi")), KATALOG
    )  # fmt: skip
    assert table["bagian"].unique().tolist() == [
        "alir_klasifikasi", "alir_tipe_acuan", "pangsa", "angka", "gerak_kelas",
    ]  # fmt: skip
    types = table[table["bagian"] == "alir_tipe_acuan"]
    assert types[["dari", "ke", "jumlah"]].to_numpy().tolist() == [["1", "2", 1], ["2", "2", 1]]
    assert table.columns.tolist() == list(change.PERUBAHAN)
    assert table["nyata"].dtype == "boolean" and table["jumlah"].dtype == "Int64" and table["selisih"].dtype == float


def clean(rekap: Path, klasifikasi: Path) -> pd.DataFrame:
    """A clean year as far as change needs it, keyed by the compact names."""
    a, b = (portal.read_export(path, path.name).rows for path in (rekap, klasifikasi))
    for frame in (a, b):
        names = [frame[nama].map(wilayah.compact) for nama in ("kecamatan", "desa", "kampung")]
        frame["kampung_id"] = names[0] + "-" + names[1] + "-" + names[2]
        frame["slug_kecamatan"], frame["slug_kabupaten"] = names[0], "lebak"
    for rekaman, columns in schema.REKAMAN.items():
        kolom = list(columns)
        a[f"lapor_{rekaman}"] = a[kolom].fillna(0).gt(0).any(axis=1)
        a[kolom] = a[kolom].fillna(0.0).where(a[f"lapor_{rekaman}"])
    out = a.merge(b[["kampung_id", "klasifikasi"]], on="kampung_id", how="outer", validate="one_to_one")
    return out.assign(
        berkas_rekap="rekap.xlsx", baris_rekap=out["baris"], berkas_klasifikasi=None, baris_klasifikasi=pd.NA
    )


def test_lebak_adds_up_from_2022_to_2023(shared: Callable[[str], Path]):
    folder = shared("portal/lebak")
    before = clean(folder / "rekap_2022-10-27.xlsx", folder / "klasifikasi_2022-10-27.xlsx")
    now = clean(folder / "rekap_2023-06-12.xlsx", folder / "klasifikasi_2023-06-19.xlsx")
    share = change.share_change(now, before)
    total = share[["jumlah_sebelum", "jumlah_baru", "jumlah_hilang", "jumlah_sekarang"]].sum()
    assert total.tolist() == [93, 3, 1, 95]
    gerak = share["bergerak"] + share["baru"] + share["hilang"]
    np.testing.assert_allclose(gerak, share["pangsa_sekarang"] - share["pangsa_sebelum"], atol=1e-15)
    segar = change.freshness(now, before)
    flow = change.transitions(now, before, segar, "klasifikasi")
    assert flow["jumlah"].sum() == 92
    known = segar.drop(columns="kampung_id")
    assert (~known.any(axis=1) & known.notna().any(axis=1)).sum() == 72
    assert known["diperbarui_kb"].eq(False).sum() == 71 and known["diperbarui_kb"].notna().sum() == 83
    assert (known.any(axis=1) & known["diperbarui_kb"].eq(False).fillna(False)).sum() == 7
    assert (change.findings(now, before)["kode"] == "K18").sum() == 1
