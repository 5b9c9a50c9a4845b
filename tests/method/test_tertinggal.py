"""Desa tertinggal: the join by desa, two groups side by side, and which years may be compared."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import read_rujukan
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import desa, indicators, tertinggal
from kkb_eval.method.jackknife import between_groups

KATALOG = pd.DataFrame({"kode": ["cpr", "rkm"], "sampel": ["ya", "tidak"]})
NONE = pd.DataFrame(columns=list(schema.CATATAN))


def kampung(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    """Kampung KB as (desa, class, code of the desa) in Maja, Lebak."""
    ids = [f"k{i}" for i in range(len(rows))]
    frame = pd.DataFrame(rows, columns=["desa", "klasifikasi", "kode_desa"]).astype("str")
    return frame.assign(kampung_id=ids, kabupaten="Lebak", kecamatan="Maja")


def listed(*rows: tuple[str, str, str | None], indeks: str = "IDM 2018") -> pd.DataFrame:
    """The table of status as (desa, status, code)."""
    frame = pd.DataFrame(rows, columns=["desa", "status", "kode_desa"]).astype("str")
    return frame.assign(kabupaten="Lebak", kecamatan="Maja", indeks=indeks, sumber="Kemendesa")


KB = kampung(("Maja", "Mandiri", "1"), ("Sangiang", "Dasar", "2"), ("Pasir", "Dasar", "3"), ("Buyut", "Dasar", None))
DAFTAR = listed(
    ("Maja", "tertinggal", "1"), ("Sangiang", "berkembang", "2"), ("BUYUT!", "sangat tertinggal", None),
    ("Binong", "tertinggal", "9"),
)  # fmt: skip


def test_desa_join_by_code_and_without_one_by_their_compact_names():
    found = desa.collect(KB, {"desa_tertinggal": DAFTAR})
    assert found.columns.tolist() == list(desa.DESA)
    assert found[["desa", "kampung_kb", "status", "tertinggal"]].to_numpy(object).tolist() == [
        ["Binong", 0, "tertinggal", True],
        ["Buyut", 1, "sangat tertinggal", True],
        ["Maja", 1, "tertinggal", True],
        ["Pasir", 1, found["status"].iloc[3], pd.NA],
        ["Sangiang", 1, "berkembang", False],
    ]
    assert pd.isna(found["status"].iloc[3])
    assert desa.tertinggal(KB, found).tolist() == [True, False, pd.NA, True]


def test_every_table_of_a_desa_is_joined_and_each_may_be_missing():
    place = {"kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja", "kode_desa": "1"}
    miskin = pd.DataFrame([place | {"keluarga": 100, "keluarga_miskin": 30, "sumber": "BPS"}])
    tenaga = pd.DataFrame([place | {"wilayah_binaan": "Maja 1", "plkb": 1, "pos_kb": 1, "sub_pos_kb": 4}])
    row = desa.collect(KB, {"kesejahteraan": miskin, "tenaga": tenaga}).set_index("desa").loc["Maja"]
    shown = ["kampung_kb", "tertinggal", "keluarga", "keluarga_miskin", "sumber_kesejahteraan", "plkb", "sub_pos_kb"]
    assert row[shown].tolist() == [1, pd.NA, 100, 30, "BPS", 1, 4]
    assert desa.collect(KB, {})["kampung_kb"].tolist() == [1, 1, 1, 1]


def test_a_kampung_kb_whose_desa_is_blank_belongs_to_none():
    blank = kampung(("", "Dasar", None))
    found = desa.collect(blank, {"desa_tertinggal": DAFTAR})
    assert found["kampung_kb"].sum() == 0
    assert desa.tertinggal(blank, found).tolist() == [pd.NA]


def compared(tahun: int = 2018, sebelum: pd.DataFrame | None = None, **daftar: str) -> pd.DataFrame:
    tempat = desa.collect(KB, {"desa_tertinggal": DAFTAR.assign(**daftar)})
    rows = KB.assign(tertinggal=desa.tertinggal(KB, tempat))
    counts = [("k0", "cpr", 60, 100), ("k1", "cpr", 30, 100), ("k3", "cpr", 30, 50), ("k2", "cpr", 9, 9)]
    counts += [(k, "rkm", 1, 12) for k in ("k0", "k1")]
    long = pd.DataFrame(counts, columns=["kampung_id", "indikator", "pembilang", "penyebut"]).assign(status="terisi")
    long.loc[3, "status"] = "belum_lapor"
    return tertinggal.compute(rows, long, tempat, NONE, KATALOG, tahun=tahun, sebelum=sebelum)


def test_coverage_counts_desa_and_the_class_mix_kampung_kb_of_known_status():
    rows = compared()
    assert rows.columns.tolist() == list(tertinggal.TERTINGGAL)
    cakupan = rows[rows["bagian"].eq("cakupan")].iloc[0]
    assert cakupan[["pembilang_tertinggal", "penyebut_tertinggal"]].tolist() == [2, 3]
    assert cakupan[["pembilang_lain", "penyebut_lain"]].tolist() == [1, 1]
    kelas = rows[rows["bagian"].eq("kelas")].set_index("kelas")
    assert kelas[["pembilang_tertinggal", "jumlah_tertinggal", "pembilang_lain", "jumlah_lain"]].to_dict("index") == {
        "Dasar": {"pembilang_tertinggal": 1, "jumlah_tertinggal": 2, "pembilang_lain": 1, "jumlah_lain": 1},
        "Mandiri": {"pembilang_tertinggal": 1, "jumlah_tertinggal": 2, "pembilang_lain": 0, "jumlah_lain": 1},
    }


def test_a_rate_is_a_ratio_of_sums_and_two_kampung_kb_give_no_verdict():
    row = compared().set_index("indikator").loc["cpr"]
    assert row[["jumlah_tertinggal", "nilai_tertinggal", "nilai_lain", "selisih"]].tolist() == pytest.approx(
        [2, 0.6, 0.3, 0.3]
    )
    assert row[["bawah95", "atas95", "nyata"]].isna().all()


def several(*x: float, catatan: pd.DataFrame = NONE) -> pd.Series:
    """The gap of CPR where the first four of Kampung KB with x of 100 lie in desa tertinggal."""
    ids = [f"k{i}" for i in range(len(x))]
    rows = pd.DataFrame({"kampung_id": ids, "kabupaten": "Lebak", "klasifikasi": "Dasar"})
    rows["tertinggal"] = pd.array([i < 4 for i in range(len(x))], dtype="boolean")
    long = pd.DataFrame({"kampung_id": ids, "indikator": "cpr", "pembilang": x, "penyebut": 100.0, "status": "terisi"})
    tempat = desa.collect(KB, {"desa_tertinggal": DAFTAR})
    found = tertinggal.compute(rows, long, tempat, catatan, KATALOG, tahun=2018)
    return found.set_index("indikator").loc["cpr"]


def test_groups_of_kampung_kb_are_compared_by_their_kampung_kb():
    x = [20.0, 30.0, 25.0, 22.0, 60.0, 70.0, 65.0, 58.0, 72.0]
    row, gap = several(*x), between_groups(x, [100.0] * 9, [[True] * 4 + [False] * 5])
    assert row[["bawah95", "atas95"]].tolist() == pytest.approx([bound[0] for bound in gap.interval])
    assert (row["selisih"] < -0.3, row["nyata"]) == (True, True)
    assert not several(20.0, 70.0, 30.0, 60.0, 25.0, 66.0, 31.0, 55.0, 40.0)["nyata"]


def test_the_oversized_are_in_no_group():
    catatan = pd.DataFrame([{"kode": "K11", "tingkat": "periksa", "kampung_id": "k8", "kolom": "pus"}])
    row = several(20.0, 30.0, 25.0, 22.0, 60.0, 70.0, 65.0, 58.0, 72.0, catatan=catatan)
    assert row["jumlah_lain"] == 4


def test_counts_of_elements_have_a_gap_and_no_interval():
    row = compared().set_index("indikator").loc["rkm"]
    assert (row["selisih"], pd.isna(row["bawah95"]), pd.isna(row["nyata"])) == (0, True, True)


def test_without_anyone_in_a_group_there_is_no_gap():
    row = compared(status="tertinggal").set_index("indikator").loc["cpr"]
    assert row[["nilai_tertinggal", "jumlah_lain"]].tolist() == pytest.approx([120 / 250, 0])
    assert row[["nilai_lain", "selisih", "bawah95", "nyata"]].isna().all()


def test_without_any_status_there_are_no_rows():
    tempat = desa.collect(KB, {})
    rows = KB.assign(tertinggal=desa.tertinggal(KB, tempat))
    long = pd.DataFrame(
        [("k0", "cpr", 1, 2, "terisi")], columns=["kampung_id", "indikator", "pembilang", "penyebut", "status"]
    )
    found = tertinggal.compute(rows, long, tempat, NONE, KATALOG, tahun=2018)
    assert (len(found), found.columns.tolist()) == (0, list(tertinggal.TERTINGGAL))


def test_the_rows_of_earlier_years_are_kept_and_those_of_another_index_are_not_compared():
    both = compared(2025, sebelum=compared(2024, indeks="IDM 2024"), indeks="Indeks Desa 2025")
    assert both.groupby("tahun").size().tolist() == [5, 5]
    assert tertinggal.not_comparable(both) == [
        "Tahun 2024 tidak dibandingkan dengan 2025: dasarnya IDM 2024, bukan Indeks Desa 2025; "
        "kedua ukuran itu berbeda."
    ]


@pytest.mark.parametrize(
    ("indeks", "lain", "sama"),
    [
        ("IDM 2017", "IDM 2018", True),
        ("Indeks Desa Membangun 2023", "idm 2024", True),
        ("IDM 2024", "Indeks Desa 2025", False),
        ("IDM 2024, Indeks Desa 2025", "Indeks Desa 2025", False),
    ],
)
def test_only_years_of_one_index_are_comparable(indeks: str, lain: str, sama: bool):
    assert tertinggal.comparable(indeks, lain) is tertinggal.comparable(lain, indeks) is sama


def test_poverty_is_a_ratio_of_sums_with_and_without_kampung_kb():
    place = pd.DataFrame({"kabupaten": "Lebak", "kecamatan": "Maja", "desa": list("ABC"), "kode_desa": list("123")})
    miskin = place.assign(keluarga=[100, 300, 50], keluarga_miskin=[50, 30, 10], sumber="BPS")
    here = kampung(("A", "Dasar", "1"), ("B", "Dasar", "2"), ("D", "Dasar", "4"))
    rows = tertinggal.poverty(desa.collect(here, {"kesejahteraan": miskin}))
    assert rows[["ada", "desa", "keluarga", "keluarga_miskin", "pangsa"]].to_numpy(object).tolist() == [
        [False, 1, 50, 10, 0.2],
        [True, 2, 400, 80, 0.2],
    ]


# the real IDM 2024 of Lebak, beside the Kampung KB of October 2022


AMBANG = [0.4907, 0.5989, 0.7072, 0.8155]
STATUS = ["sangat tertinggal", "tertinggal", "berkembang", "maju", "mandiri"]


def test_the_status_of_every_desa_follows_from_the_cut_offs_of_the_index(shared: Callable[[str], Path]):
    idm = pd.read_csv(shared("idm") / "lebak_idm_2024.csv")
    status = pd.cut(idm["idm"], [0, *AMBANG, 1], labels=STATUS).astype("str")
    assert (status == idm["status"].str.lower()).sum() == len(idm) == 340


def test_real_kampung_kb_join_the_real_index(shared: Callable[[str], Path], tmp_path: Path):
    idm = pd.read_csv(shared("idm") / "lebak_idm_2024.csv").assign(tahun=2022, indeks="IDM 2024", sumber="data.go.id")
    kolom = ["tahun", "kecamatan", "desa", "status", "indeks", "sumber"]
    idm[kolom].to_csv(tmp_path / "desa_tertinggal.csv", index=False)
    kb = open_dataset(shared("portal/lebak")).year(2022).kampung
    rujukan = read_rujukan(tmp_path, kb, read_catalogue(), 2022)
    found = desa.collect(kb, rujukan.tabel)
    flag = desa.tertinggal(kb, found)
    assert (len(kb), int(flag.notna().sum()), int(flag.sum())) == (93, 91, 16)
    # one desa of the list stands under the kecamatan that it belonged to before: told, and not guessed
    assert (int(found["status"].notna().sum()), int(found["tertinggal"].sum())) == (339, 49)
    assert rujukan.catatan[["kode", "pesan"]].to_numpy().tolist() == [
        ["R02", 'desa "CIKARATUAN" tidak ada di Cijaku; ada di kecamatan Cigemblong, periksa kecamatannya']
    ]


def test_in_real_lebak_no_gap_is_certain_where_couples_would_call_eight_of_nine(
    shared: Callable[[str], Path], tmp_path: Path
):
    idm = pd.read_csv(shared("idm") / "lebak_idm_2024.csv").assign(tahun=2022, indeks="IDM 2024", sumber="data.go.id")
    kolom = ["tahun", "kecamatan", "desa", "status", "indeks", "sumber"]
    idm[kolom].to_csv(tmp_path / "desa_tertinggal.csv", index=False)
    kb, katalog = open_dataset(shared("portal/lebak")).year(2022).kampung, read_catalogue()
    tempat = desa.collect(kb, read_rujukan(tmp_path, kb, katalog, 2022).tabel)
    kb = kb.assign(tertinggal=desa.tertinggal(kb, tempat), klasifikasi="Dasar")
    long = indicators.compute(kb, NONE, katalog.indikator)
    rows = tertinggal.compute(kb, long, tempat, NONE, katalog.indikator, tahun=2022)
    nyata = rows.loc[rows["bagian"].eq("angka"), "nyata"].dropna()
    assert (len(nyata), int(nyata.sum())) == (9, 0)
