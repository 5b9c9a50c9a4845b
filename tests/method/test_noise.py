"""Re-entry: its fit, intervals and draws, what they make of a class, and whether 80 % means 80 %."""

import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from kkb_eval import schema
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import indicators, klasifikasi, noise
from kkb_eval.method.typology.features import align, drawn, features

BANDS = read_catalogue().klasifikasi
KATALOG = read_catalogue().indikator
DERAU = read_catalogue().derau
SIGMA = DERAU.set_index("indikator")["sigma"]
NONE = pd.DataFrame(columns=list(schema.CATATAN))
FULL = {"pus": 400.0, "iud": 30.0, "implan": 20.0, "pil": 150.0, "anak_kemudian": 20.0, "tidak_ingin_anak": 30.0}
POKTAN = {
    "bkb": 12.0,
    "memiliki_balita": 60.0,
    "bkr": 0.0,
    "memiliki_remaja": 40.0,
    "bkl": 10.0,
    "memiliki_lansia": 30.0,
}
POKTAN |= {"uppka": 40.0, "keluarga": 300.0, "pikr": 25.0, "remaja": 90.0}
EDGE = {"pus": 401.0, "iud": 170.0, "pil": 150.0, "tidak_ingin_anak": 38.0}
"""4 + 4, nobody in a poktan (1), unmet 9,48 %: 3, which passes, or 2."""
INSTITUTIONS = {f"skor_{item}": 3.0 for name in ("input", "proses") for item in schema.ITEMS[name]}
Shared = Callable[[str], Path]
Floats = NDArray[np.float64]


def places(*rows: dict[str, object]) -> pd.DataFrame:
    base: dict[str, object] = dict.fromkeys(schema.REKAP, 0.0) | dict.fromkeys(
        (*schema.SCORES, *schema.INDICES), np.nan
    )
    base |= {f"lapor_{nama}": True for nama in schema.RECORDS} | {"klasifikasi_ekspor": None} | INSTITUTIONS
    frame = pd.DataFrame([base | {"kampung_id": f"k{i}"} | row for i, row in enumerate(rows)])
    return frame.astype({f"lapor_{nama}": "boolean" for nama in schema.RECORDS})


def draw(kampung: pd.DataFrame, catatan: pd.DataFrame = NONE, n: int = 500, derau: pd.DataFrame = DERAU) -> noise.Draws:
    return noise.draw(kampung, indicators.compute(kampung, catatan, KATALOG), derau, n=n)


def chances(kampung: pd.DataFrame, catatan: pd.DataFrame = NONE, n: int = 500) -> pd.DataFrame:
    hasil = klasifikasi.score(kampung, BANDS)
    return noise.class_probabilities(draw(kampung, catatan, n), kampung, hasil.skor, hasil.kelas, BANDS)


def salah(kolom: str) -> pd.DataFrame:
    return pd.DataFrame([{"kode": "K07", "tingkat": "salah", "kampung_id": "k0", "kolom": kolom}])


def counting(*indikator: str) -> pd.DataFrame:
    """Noise of counting alone, for these indicators (all where none is named)."""
    return DERAU[DERAU["indikator"].isin(indikator or DERAU["indikator"])].assign(sigma=0.0)


@pytest.mark.parametrize(
    ("indikator", "a", "b"),
    [
        # of 400: 200 users, 50 unmet need, 150 the rest, and 1, 1/2, 1/2 more
        ("cpr", 201, 201),
        ("unmet", 50.5, 351.5),
        ("mkjp", 50.5, 150.5),
        ("bkb", 12.5, 48.5),
        ("bkr", 0.5, 40.5),
        ("pikr", 25.5, 65.5),
    ],
)
def test_without_reentry_rates_are_drawn_from_the_posterior_of_counting(indikator, a, b):
    rate = draw(places(FULL | POKTAN), n=4000, derau=counting()).rate(indikator)
    assert rate.shape == (1, 4000)
    assert stats.kstest(rate[0], stats.beta(a, b).cdf).pvalue > 0.01


def test_with_reentry_a_rate_is_drawn_as_of_its_effective_size():
    rate = draw(places(FULL | POKTAN), n=4000).rate
    f = 1 / (1 + 4 * 60 * SIGMA["bkb"] ** 2)
    assert stats.kstest(rate("bkb")[0], stats.beta(12 * f + 0.5, 48 * f + 0.5).cdf).pvalue > 0.01
    f = 1 / (1 + 4 * 400 * (SIGMA["cpr"] ** 2 + SIGMA["unmet"] ** 2) / 2)
    assert stats.kstest(rate("cpr")[0], stats.beta(200 * f + 1, 200 * f + 1).cdf).pvalue > 0.01
    assert stats.kstest(rate("unmet")[0], stats.beta(50 * f + 0.5, 350 * f + 1.5).cdf).pvalue > 0.01


def test_cpr_and_unmet_are_of_one_pus():
    draws = draw(places(FULL | {"anak_kemudian": 170.0}), n=2000, derau=counting())
    cpr, unmet = draws.rate("cpr")[0], draws.rate("unmet")[0]
    # users and unmet need fill the PUS but for half a couple: what one gains the other loses
    assert ((cpr + unmet) <= 1).all()
    assert np.corrcoef(cpr, unmet)[0, 1] < -0.99


def test_a_kampung_kb_has_its_own_seed_so_neither_order_nor_company_matters():
    rows = [FULL | POKTAN | {"kampung_id": f"36.02-{i}", "pus": 400.0 + i} for i in range(150)]
    whole, few = places(*rows), places(*(rows[i] for i in (140, 3, 77)))
    one, other = draw(whole, n=20), draw(few, n=20)
    for indikator in ("cpr", "mkjp", "unmet", "uppka"):
        np.testing.assert_array_equal(one.rate(indikator)[[140, 3, 77]], other.rate(indikator))
    same = draw(places(FULL, FULL), n=20).rate("cpr")
    assert (same[0] != same[1]).all()


def test_the_seed_is_the_crc32_of_the_kampung_id():
    generator = np.random.Generator(np.random.SFC64(zlib.crc32(b"k0")))
    gammas = generator.standard_gamma(np.array([201, 50.5, 150.5])[:, None], size=(3, 30))
    rate = draw(places(FULL), n=30, derau=counting()).rate("unmet")
    np.testing.assert_allclose(rate[0], gammas[1] / gammas.sum(axis=0), rtol=1e-6)


def test_only_terisi_is_drawn_and_all_of_it():
    kampung = places(FULL | POKTAN, FULL | {"lapor_kb": False}, POKTAN, FULL | {"pus": 0.0})
    indikator = indicators.compute(kampung, NONE, KATALOG)
    draws = noise.draw(kampung, indikator, DERAU, n=5)
    for kode in ("cpr", "mkjp", "unmet", "bkb", "pikr"):
        terisi = indikator.loc[indikator["indikator"] == kode, "status"].eq("terisi").to_numpy()
        np.testing.assert_array_equal(np.isfinite(draws.rate(kode)).all(axis=1), terisi)
        np.testing.assert_array_equal(np.isnan(draws.rate(kode)).all(axis=1), ~terisi)
    assert np.isnan(draws.rate("kelembagaan")).all()


def test_one_unusable_part_of_the_pus_leaves_the_others_drawn_each_for_itself():
    draws = draw(places(FULL), salah("anak_kemudian, tidak_ingin_anak"), n=4000, derau=counting())
    assert np.isnan(draws.rate("unmet")).all()
    assert stats.kstest(draws.rate("cpr")[0], stats.beta(200.5, 200.5).cdf).pvalue > 0.01
    assert stats.kstest(draws.rate("mkjp")[0], stats.beta(50.5, 150.5).cdf).pvalue > 0.01
    # together more than the PUS, and no finding that says so
    over = draw(places(FULL | {"anak_kemudian": 320.0}), n=4000, derau=counting())
    assert stats.kstest(over.rate("unmet")[0], stats.beta(350.5, 50.5).cdf).pvalue > 0.01


def test_a_rate_without_noise_is_not_drawn_and_leaves_the_classes_unjudged():
    kampung = places(FULL | POKTAN)
    draws = draw(kampung, derau=counting("unmet", "mkjp"), n=4000)
    assert np.isnan(draws.rate("cpr")).all()
    assert stats.kstest(draws.rate("unmet")[0], stats.beta(50.5, 350.5).cdf).pvalue > 0.01
    hasil = klasifikasi.score(kampung, BANDS)
    for left_out in noise.OUTPUT:
        draws = draw(kampung, derau=DERAU[DERAU["indikator"].ne(left_out)], n=5)
        found = noise.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, BANDS)
        assert found.drop(columns="kampung_id").isna().all(axis=None)


def test_the_exported_score_stands_where_a_cell_could_not_be_used():
    exported = dict.fromkeys(schema.SCORES, 4.0) | {"klasifikasi_ekspor": "Berkelanjutan"}
    kampung = places(FULL | POKTAN | exported | {"pus": np.nan})
    k17 = pd.DataFrame([{"kode": "K17", "tingkat": "salah", "kampung_id": "k0", "kolom": "pus"}])
    hasil = klasifikasi.score(klasifikasi.usable(kampung, k17), BANDS)
    draws = noise.Draws(pd.Index(["k0"]), noise.OUTPUT, np.array([-1]), np.empty((0, len(noise.OUTPUT), 10), "f4"))
    found = noise.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, BANDS).iloc[0]
    # cpr and unmet 4 as exported, mkjp 3 and participation 1 by the numbers: 12 of 16 points, an index of 3
    assert hasil.skor.set_index("item")["hitung"][["cpr", "mkjp", "unmet", "partisipasi"]].isna().tolist() == [
        *(True, False, True, False)
    ]
    assert found["peluang_berkelanjutan"] == 1


def test_nothing_to_draw_at_all():
    none = places(*[{f"lapor_{nama}": False for nama in schema.RECORDS}] * 2)
    assert np.isnan(draw(none, n=3).rate("unmet")).all()
    assert chances(none)["mantap"].isna().all()
    assert draw(none.iloc[:0], n=3).rate("unmet").shape == (0, 3)


def test_features_are_the_drawn_rates_aligned_and_elements_counted_do_not_shake():
    lembaga = {"pokja_pengurusan": 1.0, "regulasi": 1.0, "jumlah_sumber_dana": 1.0}
    kampung = places(*(FULL | POKTAN | lembaga | {"kampung_id": name} for name in ("b", "c", "a")))
    indikator = indicators.compute(kampung, NONE, KATALOG)
    draws, units = noise.draw(kampung, indikator, counting(), n=40), features(indikator, KATALOG)
    shaken = drawn(draws, units)
    assert shaken.shape == (40, 3, 9)
    assert units.kampung_id.tolist() == ["a", "b", "c"]
    at = {name: units.indikator.index(name) for name in ("unmet", "bkb", "kelembagaan")}
    unmet = draws.rate("unmet")[[2, 0, 1]].T.astype(float)
    np.testing.assert_array_equal(shaken[:, :, at["unmet"]], align(unmet[..., None], np.array([-1.0]))[..., 0])
    np.testing.assert_array_equal(shaken[:, :, at["kelembagaan"]], np.tile(units.nilai[:, at["kelembagaan"]], (40, 1)))
    # the observed feature is the mean of its draws
    assert shaken.mean(axis=(0, 1))[at["bkb"]] == pytest.approx(units.nilai[0, at["bkb"]], abs=0.03)


def test_a_unit_that_is_not_in_the_year_is_an_error():
    indikator = indicators.compute(places(FULL | POKTAN), NONE, KATALOG)
    with pytest.raises(KeyError, match="k0"):
        drawn(noise.draw(places(FULL | {"kampung_id": "lain"}), indikator, DERAU, n=2), features(indikator, KATALOG))


def test_a_class_far_from_every_edge_is_certain_and_one_on_the_edge_is_not():
    strong = FULL | {"pus": 4000.0, "iud": 1500.0, "pil": 1500.0}  # 4 + 4 + 4
    weak = FULL | {"pus": 4000.0}
    found = chances(places(strong, weak, EDGE))
    assert found.columns.tolist() == ["kampung_id", *schema.CHANCES, "dekat_batas", "mantap"]
    assert found["peluang_berkelanjutan"].tolist()[:2] == [1.0, 0.0]
    assert found["peluang_berkembang"].tolist()[:2] == [0.0, 1.0]
    assert 0.3 < found["peluang_berkelanjutan"][2] < 0.7
    assert found["mantap"].tolist() == [True, True, False]
    assert found["dekat_batas"].tolist() == [False, False, True]
    assert found[list(schema.CHANCES)].sum(axis=1).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("skor", "expected"),
    [
        ({}, ["peluang_berkembang", "peluang_berkelanjutan"]),
        ({"skor_pokja": 1.0}, ["peluang_dasar", "peluang_mandiri"]),
        ({"skor_pokja": 1.0, "skor_operasional": 1.0}, ["peluang_dasar"]),
    ],
)
def test_institutional_scores_decide_between_which_classes_the_output_swings(skor, expected):
    found = chances(places(EDGE | skor)).iloc[0]
    assert [name for name in schema.CHANCES if found[name] > 0] == expected


def test_no_probabilities_without_kb_record_twelve_scores_or_rekap():
    gone = dict.fromkeys(schema.REKAP, np.nan) | {f"lapor_{nama}": pd.NA for nama in schema.RECORDS}
    exported = {f"skor_{item}": 3.0 for item in schema.ITEMS["output"]} | {"klasifikasi_ekspor": "Berkelanjutan"}
    kampung = places(FULL | {"lapor_kb": False}, FULL | {"skor_lintas_sektor": np.nan}, gone | exported, FULL)
    found = chances(kampung)
    assert found["mantap"].isna().tolist() == [True, True, True, False]
    assert found[list(schema.CHANCES)].isna().all(axis=1).tolist() == [True, True, True, False]


@pytest.mark.parametrize(("unmet", "expected"), [(25.0, "peluang_berkelanjutan"), (26.0, "peluang_berkembang")])
def test_numbers_called_salah_stay_at_their_value_and_a_zero_denominator_stays_0(unmet, expected):
    # 125 % (4) and 60 % (4); 50 % of one target of five is 10 % (2); unmet 12,5 % is 12 (2), 13 % is one less
    numbers = {"pus": 200.0, "iud": 150.0, "pil": 100.0, "tidak_ingin_anak": unmet, "uppka": 50.0, "keluarga": 100.0}
    columns = ", ".join(("pus", *schema.METHODS, *schema.UNMET, "uppka", "keluarga"))
    assert chances(places(numbers), salah(columns)).iloc[0][expected] == 1.0


def test_where_the_export_says_otherwise_the_drawn_rates_count_and_the_shown_class_is_judged():
    strong = FULL | {"pus": 4000.0, "iud": 1500.0, "pil": 1500.0}
    low = {f"skor_{item}": 1.0 for item in schema.ITEMS["output"]} | {"klasifikasi_ekspor": "Berkembang"}
    found = chances(places(strong | low)).iloc[0]
    assert found["peluang_berkelanjutan"] == 1.0
    assert not found["mantap"]


@pytest.mark.parametrize(("passing", "expected"), [(8, True), (7, False)])
def test_a_class_of_fewer_than_four_fifths_of_the_draws_is_dekat_batas(passing, expected):
    kampung = places(
        FULL | {"klasifikasi_ekspor": "Berkelanjutan"} | {f"skor_{i}": 3.0 for i in schema.ITEMS["output"]}
    )
    rates = {"cpr": [0.9] * 10, "mkjp": [0.9] * passing + [0.1] * (10 - passing), "unmet": [0.01] * 10}
    rates |= dict.fromkeys(schema.POKTAN_TARGETS, [np.nan] * 10)
    values = np.array([list(rates.values())], np.float32)
    draws = noise.Draws(pd.Index(["k0"]), tuple(rates), np.array([0]), values)
    hasil = klasifikasi.score(kampung, BANDS)
    found = noise.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, BANDS).iloc[0]
    assert (found["peluang_berkelanjutan"], found["mantap"]) == (passing / 10, expected)
    assert found["dekat_batas"] == (not expected)


def test_the_rule_is_applied_to_every_draw_as_to_the_numbers():
    kampung = places(FULL | POKTAN | {"pus": 420.0, "anak_kemudian": 0.0, "kampung_id": "x"})
    draws = draw(kampung, n=200)
    passing = 0
    for i in range(200):
        persen = {name: round(100 * float(draws.rate(name)[0, i])) for name in noise.OUTPUT}
        partisipasi = round(sum(persen[poktan] for poktan in schema.POKTAN_TARGETS) / 5)
        score = 1 + sum(partisipasi > edge for edge in (9, 20, 30))
        score += 1 + sum(persen["cpr"] > edge for edge in (29, 40, 50))
        score += 1 + sum(persen["mkjp"] > edge for edge in (19, 22, 24))
        score += 4 - sum(persen["unmet"] > edge for edge in (6, 9, 12))
        passing += score >= 12
    assert 0 < passing < 200
    assert chances(kampung, n=200)["peluang_berkelanjutan"].tolist() == [passing / 200]


def entered(rng: np.random.Generator, true: Floats, indikator: str) -> Floats:
    """What is entered of true rates: off by re-entry on the arcsine scale."""
    return np.sin(np.clip(np.arcsin(np.sqrt(true)) + rng.normal(0, SIGMA[indikator], len(true)), 0, np.pi / 2)) ** 2


@lru_cache(maxsize=1)
def simulated() -> tuple[pd.DataFrame, dict[str, Floats], NDArray[np.object_]]:
    """Return 2,000 Kampung KB entered and counted once from known true rates: the clean year, the rates, the classes.

    True rates lie where the bands of the rule are, sizes are those of real Kampung KB.
    """
    rng, size = np.random.default_rng(20181018), 2000
    pus = np.exp(rng.uniform(np.log(100), np.log(1500), size)).astype(int)
    true = {"cpr": rng.uniform(0.3, 0.7, size), "mkjp": rng.uniform(0.12, 0.35, size)}
    true["unmet"] = np.minimum(rng.uniform(0.02, 0.18, size), 0.9 - true["cpr"])
    cpr, mkjp, unmet = (entered(rng, true[rate], rate) for rate in ("cpr", "mkjp", "unmet"))
    parts = np.column_stack([cpr * mkjp, cpr * (1 - mkjp), unmet, np.maximum(1 - cpr - unmet, 0)])
    long_acting, other, waiting, _ = rng.multinomial(pus, parts / parts.sum(axis=1, keepdims=True)).T
    numbers = {"pus": pus, "implan": long_acting, "suntik": other, "tidak_ingin_anak": waiting}
    for poktan, target in schema.POKTAN_TARGETS.items():
        group, true[poktan] = rng.integers(40, 600, size), rng.uniform(0.05, 0.6, size)
        numbers |= {target: group, poktan: rng.binomial(group, entered(rng, true[poktan], poktan))}
    row = places({}).iloc[[0] * size].reset_index(drop=True)
    kampung = row.assign(**numbers, kampung_id=[f"simulasi-{i}" for i in range(size)])
    partisipasi = klasifikasi.mean_participation(
        np.column_stack([np.rint(100 * true[p]) for p in schema.POKTAN_TARGETS])
    )
    persen = {"partisipasi": partisipasi} | {name: np.rint(100 * true[name]) for name in ("cpr", "mkjp", "unmet")}
    score = sum(klasifikasi.points(values, BANDS[BANDS["item"] == item]) for item, values in persen.items())
    return kampung, true, klasifikasi.classify(3.0, 3.0, np.asarray(score) / 4)


@pytest.mark.parametrize("indikator", noise.OUTPUT)
def test_the_interval_with_reentry_holds_the_true_rate_90_to_98_times_in_100(indikator):
    kampung, true, _ = simulated()
    long = noise.with_intervals(indicators.compute(kampung, NONE, KATALOG), DERAU)
    own = long[long["indikator"].eq(indikator)].set_index("kampung_id").loc[kampung["kampung_id"]]
    held = own["bawah95_isi"].le(true[indikator]) & own["atas95_isi"].ge(true[indikator])
    assert 0.90 <= held.mean() <= 0.98
    # and what counting alone would say holds it less often
    assert (own["bawah95"].le(true[indikator]) & own["atas95"].ge(true[indikator])).mean() < held.mean()


@pytest.mark.parametrize("indikator", noise.OUTPUT)
def test_the_middle_80_percent_of_the_draws_hold_the_true_rate_75_to_85_times_in_100(indikator):
    kampung, true, _ = simulated()
    low, high = np.quantile(draw(kampung).rate(indikator), (0.1, 0.9), axis=1)
    assert 0.75 <= np.mean((low <= true[indikator]) & (true[indikator] <= high)) <= 0.85


def test_a_class_said_to_be_80_percent_certain_is_the_true_one_75_to_85_times_in_100():
    kampung, _, kelas = simulated()
    found = chances(kampung)
    own = klasifikasi.score(kampung, BANDS).kelas["klasifikasi"].to_numpy(object)
    chance = np.concatenate([found[name] for name in schema.CHANCES])
    right = np.concatenate([kelas == name for name in schema.CLASSES])
    about = (chance >= 0.72) & (chance <= 0.88)
    assert about.sum() > 200
    assert 0.75 <= right[about].mean() <= 0.85
    # and a class that is not dekat batas holds more often than one that is
    near = found["dekat_batas"].to_numpy(bool)
    assert (own == kelas)[~near].mean() > 0.9 > (own == kelas)[near].mean()


def test_the_interval_with_reentry_is_wilsons_of_the_effective_size():
    long = indicators.compute(places(FULL | POKTAN), NONE, KATALOG)
    found = noise.with_intervals(long, DERAU).set_index("indikator")
    size = 60 / (1 + 4 * 60 * SIGMA["bkb"] ** 2)
    expected = [float(bound) for bound in indicators.wilson(0.2 * size, size)]
    assert found.loc["bkb", ["bawah95_isi", "atas95_isi"]].tolist() == pytest.approx(expected)
    assert found.loc["kelembagaan", ["bawah95_isi", "atas95_isi"]].isna().all()
    without = noise.with_intervals(long, DERAU[DERAU["indikator"].ne("bkb")]).set_index("indikator")
    assert without.loc["bkb", ["bawah95_isi", "atas95_isi"]].isna().all()


def reentered(rng: np.random.Generator, sigma: float, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The clean years of Kampung KB that were all entered again, their CPR off by ``sigma`` each time."""
    true, years = rng.uniform(0.3, 0.7, size), []
    for year in range(2):
        angle = np.arcsin(np.sqrt(true)) + rng.normal(0, sigma, size)
        frame = places(FULL).iloc[[0] * size].reset_index(drop=True)
        pus = np.full(size, 400 + year)
        frame = frame.assign(pus=pus, iud=0.0, implan=0.0, hamil=float(year), pil=rng.binomial(pus, np.sin(angle) ** 2))
        years.append(frame.assign(kampung_id=[f"k{i}" for i in range(size)], slug_kabupaten="lebak"))
    return years[0], years[1]


@pytest.mark.parametrize("sigma", [0.0, 0.05, 0.15])
def test_the_fit_finds_the_noise_that_was_put_in_and_a_few_absurd_entries_do_not_move_it(sigma):
    before, after = reentered(np.random.default_rng(7), sigma, 2000)
    absurd = after.assign(pil=after["pil"].where(np.arange(len(after)) % 50 > 0, 0.0))
    for year in (after, absurd):
        fitted = noise.fit(*both(year), *both(before), KATALOG, asal="simulasi").set_index("indikator")
        assert fitted.loc["cpr", "sigma"] == pytest.approx(sigma, abs=0.012)
        assert fitted.loc["cpr", ["pasangan", "asal"]].tolist() == [2000, "simulasi"]


def both(year: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A clean year and its indicators."""
    return year, indicators.compute(year, NONE, KATALOG)


def test_the_reliability_is_the_share_of_a_deviation_that_comes_back():
    # true rates vary as much as entries do: half of a deviation is of the Kampung KB itself
    rng = np.random.default_rng(8)
    before, after = reentered(rng, 0.115, 3000)
    fitted = noise.fit(*both(after), *both(before), KATALOG, asal="simulasi").set_index("indikator")
    assert fitted.loc["cpr", "keandalan"] == pytest.approx(0.5, abs=0.06)


def test_records_that_were_not_entered_again_and_few_pairs_say_nothing():
    before, after = reentered(np.random.default_rng(9), 0.05, 150)
    same = pd.concat([after.iloc[:60], before.iloc[60:]], ignore_index=True)
    assert noise.fit(*both(same), *both(before), KATALOG, asal="simulasi").empty


def test_the_committed_noise_is_that_of_the_method():
    about = {"cpr": 0.045, "unmet": 0.045, "mkjp": 0.02, "bkb": 0.137, "bkr": 0.105, "bkl": 0.134, "uppka": 0.02}
    for indikator, sigma in (about | {"pikr": 0.05}).items():
        assert SIGMA[indikator] == pytest.approx(sigma, abs=0.001), indikator
    assert DERAU["keandalan"].between(0.3, 0.8).all()


def test_real_lebak_is_drawn_whole(shared: Shared):
    data = open_dataset(shared("portal/lebak")).year(2022)
    kampung = data.kampung
    catatan = pd.concat([data.catatan, quality.find(kampung)])
    indikator = indicators.compute(kampung, catatan, KATALOG)
    hasil, units = klasifikasi.score(kampung, BANDS), features(indikator, KATALOG)
    draws = noise.draw(kampung, indikator, DERAU, n=500)
    found = noise.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, BANDS)
    shaken = drawn(draws, units)
    assert shaken.shape == (500, len(units), 9)
    assert np.isfinite(shaken).all()
    assert found["dekat_batas"].notna().sum() == 84
    assert found["kampung_id"].tolist() == kampung["kampung_id"].tolist()
