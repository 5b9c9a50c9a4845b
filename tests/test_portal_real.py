"""The intake on real exports of the portal, beside the repository; skipped where they are missing."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kkb_eval import schema, stages
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import YearData, open_dataset
from kkb_eval.intake.portal import read_export
from kkb_eval.method import areas, freshness, indicators, klasifikasi

pytestmark = pytest.mark.slow

Shared = Callable[[str], Path]
DAPAT_DIHITUNG = ("pokja", "pkb", "operasional", "partisipasi", "cpr", "mkjp", "unmet")
"""The items that a rekap gives in full (METHOD 6)."""


@pytest.fixture(scope="module")
def lebak(shared: Shared) -> YearData:
    return open_dataset(shared("portal/lebak")).year(2022)


def test_the_national_exports_are_read_whole(nasional: YearData) -> None:
    assert (nasional.snapshot_rekap, nasional.snapshot_klasifikasi) == (date(2022, 6, 7), date(2022, 6, 13))
    assert nasional.masukan.set_index("jenis")["baris"].to_dict() == {"klasifikasi": 16_792, "rekap": 16_786}
    kampung = nasional.kampung
    assert kampung[["baris_rekap", "baris_klasifikasi"]].notna().sum().tolist() == [16_786, 16_792]
    # six days apart: one Kampung KB is in the rekap only, seven are in the klasifikasi only
    assert len(kampung) == 16_793


def test_the_national_records_are_those_of_the_method(nasional: YearData) -> None:
    assert nasional.kampung[["lapor_profil", "lapor_kb"]].sum().tolist() == [16_398, 7_096]


def test_the_findings_of_reading_the_nation(nasional: YearData) -> None:
    catatan = nasional.catatan
    assert catatan.groupby(["kode", "tingkat"]).size().to_dict() == {("K17", "salah"): 16}
    assert catatan["kolom"].value_counts().to_dict() == {
        "pokja_jumlah_terlatih": 13,
        "hamil": 1,
        "iud": 1,
        "penduduk": 1,
    }
    assert catatan.loc[catatan["kolom"] == "penduduk", "pesan"].tolist() == [
        "Penduduk: 2.976.721.712 lebih dari 1 miliar; tulis jumlah orang"
    ]
    assert catatan["kampung_id"].notna().all()


def test_every_kabupaten_of_the_nation_is_known(nasional: YearData) -> None:
    assert nasional.kampung["kode_kabupaten"].notna().all()
    assert nasional.kampung["kode_kecamatan"].notna().mean() > 0.98


def test_national_indices_and_classes_follow_from_the_scores_on_every_row(shared: Shared) -> None:
    path = shared("portal/nasional/klasifikasi_2022-06-13.xlsx")
    rows = read_export(path, path.name).rows
    assert len(rows) == 16_792
    skor = rows[list(schema.SCORES)].set_axis(list(schema.ALL_ITEMS), axis=1)
    dihitung = klasifikasi.indices(skor)
    pd.testing.assert_frame_equal(dihitung, rows[list(schema.INDICES)], rtol=0, atol=1e-9)
    kelas = klasifikasi.classify(*(dihitung[c] for c in schema.INDICES))
    assert (kelas == rows["klasifikasi"].to_numpy()).all()


def test_reading_the_national_rekap_takes_about_a_second_of_processor_time(shared: Shared) -> None:
    path = shared("portal/nasional/rekap_2022-06-07.xlsx")
    start = time.process_time()
    read_export(path, path.name)
    # 0.65 s alone; the limit leaves room for a machine that is busy with other tests
    assert time.process_time() - start < 2


def test_lebak_joins_row_for_row(lebak: YearData) -> None:
    kampung = lebak.kampung
    assert len(kampung) == 93
    assert kampung[["baris_rekap", "baris_klasifikasi", "kode_desa"]].notna().all(axis=None)
    assert kampung[["lapor_profil", "lapor_penduduk", "lapor_kb"]].sum().tolist() == [93, 84, 84]
    assert lebak.catatan.empty


def test_lebak_has_28_kecamatan_under_their_own_names(lebak: YearData) -> None:
    assert lebak.kampung["kabupaten"].unique().tolist() == ["Lebak"]
    kecamatan = set(lebak.kampung["kecamatan"])
    assert len(kecamatan) == 28
    assert {"Cigemblong", "Curugbitung", "Maja", "Sajira"} <= kecamatan


def test_every_item_that_lebaks_rekap_gives_is_scored_as_the_export_scores_it(lebak: YearData) -> None:
    skor = klasifikasi.score(lebak.kampung, read_catalogue().klasifikasi).skor
    given = skor[skor["item"].isin(DAPAT_DIHITUNG)]
    assert given.groupby("item")["hitung"].count().to_dict() == dict.fromkeys(DAPAT_DIHITUNG, 93)
    np.testing.assert_array_equal(given["hitung"], given["ekspor"])
    both = skor.dropna(subset=["hitung", "ekspor"])
    assert (both["hitung"] == both["ekspor"]).all()


def test_lebaks_classes_of_october_2022(lebak: YearData) -> None:
    kelas = klasifikasi.score(lebak.kampung, read_catalogue().klasifikasi).kelas["klasifikasi"]
    assert [int((kelas == k).sum()) for k in schema.CLASSES] == [65, 6, 7, 15]


def test_lebak_keeps_its_kampung_over_the_years(shared: Shared) -> None:
    data = open_dataset(shared("portal/lebak"))
    assert data.tahun == (2022, 2023)
    first, second = (set(data.year(y).kampung["kampung_id"]) for y in data.tahun)
    assert (len(first), len(second), len(first & second)) == (93, 95, 92)


def pooled(data: YearData) -> pd.DataFrame:
    """The values of all areas, by level, kecamatan and indicator."""
    kampung = data.kampung.merge(freshness.freshness(data.kampung, None), on="kampung_id")
    catatan = pd.concat([data.catatan, quality.find(kampung)])
    katalog = read_catalogue().indikator
    return areas.pool(indicators.compute(kampung, catatan, katalog), kampung, catatan, katalog)


def rate(wilayah: pd.DataFrame, tingkat: str, indikator: str, kecamatan: str | None = None) -> float:
    rows = wilayah[wilayah["tingkat"].eq(tingkat) & wilayah["indikator"].eq(indikator)]
    if kecamatan:
        rows = rows[rows["kecamatan"].eq(kecamatan)]
    return round(100 * float(rows["nilai"].item()), 1)


def test_two_kampung_kb_of_lebak_contradict_their_pus_and_leave_its_rates(shared: Shared) -> None:
    data = open_dataset(shared("portal/lebak")).year(2023)
    found = quality.find(data.kampung).query("tingkat == 'salah'")
    names = data.kampung.set_index("kampung_id")["kampung"]
    assert sorted(names[found["kampung_id"]]) == ["Cikawah Lebak", "Sukaraja"]
    wilayah = pooled(data)
    assert rate(wilayah, "kabupaten", "cpr") == 75.3
    assert [rate(wilayah, "kecamatan", kode, "Sobang") for kode in ("cpr", "unmet")] == [59.6, 36.7]


def test_one_absurd_pus_does_not_make_the_nations_rate(nasional: YearData) -> None:
    raw = nasional.kampung
    users = raw[list(schema.METHODS)].sum(axis=1, skipna=False)
    reported = users.notna() & raw["pus"].gt(0)
    assert round(100 * users[reported].sum() / raw.loc[reported, "pus"].sum(), 1) == 1.1
    wilayah = pooled(nasional)
    assert rate(wilayah, "semua", "cpr") == 69.8
    told = wilayah[wilayah["penentu"].notna()]
    assert (told["nilai"] - told["tanpa_penentu"]).abs().gt(0.05).all()
    # a kabupaten of many needs the mark, too: one of its units may be larger than all others together
    assert {"kecamatan", "kabupaten", "provinsi"} == set(told["tingkat"])


def test_no_area_of_the_nation_moves_by_more_than_5_points_through_one_unit_in_silence(nasional: YearData) -> None:
    kampung = nasional.kampung
    catatan = pd.concat([nasional.catatan, quality.find(kampung)])
    long = indicators.compute(kampung, catatan, read_catalogue().indikator)
    rows = long[long["status"].eq("terisi") & ~long["kampung_id"].isin(areas.oversized(catatan))]
    rows = rows.merge(kampung[["kampung_id", "provinsi", "kabupaten"]], on="kampung_id")
    region = ["provinsi", "kabupaten", "indikator"]
    x, n = (rows.groupby(region)[column].transform("sum") for column in ("pembilang", "penyebut"))
    rest = n - rows["penyebut"]
    moved = (x / n - (x - rows["pembilang"]) / rest).abs().where(rest > 0)
    expected = rows.loc[moved.gt(0.05), region].drop_duplicates()
    wilayah = pooled(nasional).query("tingkat == 'kabupaten'")
    told = wilayah.loc[wilayah["penentu"].notna(), region]
    assert set(map(tuple, expected.to_numpy())) == set(map(tuple, told.to_numpy()))
    assert len(told) > 500


def test_an_unusable_cell_of_a_real_export_leaves_its_class_and_moves_no_probability(shared: Shared) -> None:
    whole, spoilt = (open_dataset(shared(name)) for name in ("portal/lebak", "kasus/E02_one_cell_with_klas"))
    tables = [stages.prepare(dataset, dataset.year(2023), None) for dataset in (whole, spoilt)]
    kelas = [table.hasil.kelas.set_index("kampung_id")["klasifikasi"] for table in tables]
    pd.testing.assert_series_equal(*kelas)
    skor = [table.hasil.skor for table in tables]
    pd.testing.assert_series_equal(*(s["skor"] for s in skor))
    lost = skor[0][skor[0]["hitung"].notna() & skor[1]["hitung"].isna()]
    assert sorted(lost["item"]) == ["cpr", "unmet"]
    assert (tables[1].catatan["kode"].eq("K17") & tables[1].catatan["tingkat"].eq("salah")).sum() == 1
