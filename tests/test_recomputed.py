"""The same input gives the same evaluation, however its rows, files, headers and catalogues are ordered."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kkb_eval import Evaluation, evaluate, evaluation, stages, store
from kkb_eval.intake.catalogue import DATA, Catalogue
from kkb_eval.manifest import FILE, Manifest

pytestmark = pytest.mark.slow

HARI = "2018-10-15"
NAMES = slice(1, 6)
"""The columns Kampung KB … Desa of an export."""
LENGKAP = 26
"""Kampung KB with numbers in the small dataset: enough for local types."""
LETAK = ["berkas", "baris", "berkas_rekap", "baris_rekap", "berkas_klasifikasi", "baris_klasifikasi"]
"""The columns that say where in the input a row was read."""
MASUKAN = ("kunci", "masukan")
"""What a manifest says of the input itself."""
few = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def export(jenis: str) -> pd.DataFrame:
    """A part of the export of data/contoh, each Kampung KB once; four of them have not reported."""
    path = store.ROOT / "data/contoh/ekspor"
    rekap, own = (pd.read_excel(path / f"{j}-{HARI}.xlsx", engine="calamine") for j in ("rekap", jenis))
    reported = rekap[rekap[["Pus", "Pil"]].notna().all(axis=1)]["Kampung KB"]
    own = own.drop_duplicates(list(own.columns[NAMES])).sort_values(["Desa", "Kampung KB"])
    whole = own["Kampung KB"].isin(reported)
    return pd.concat([own[whole].head(LENGKAP), own[~whole].head(4)], ignore_index=True)


@pytest.fixture(scope="module")
def exports() -> dict[str, pd.DataFrame]:
    return {jenis: export(jenis) for jenis in ("rekap", "klasifikasi")}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Evaluation]:
    """Evaluates a dataset of the exports given by the name of their file."""

    def evaluated(**files: pd.DataFrame) -> Evaluation:
        folder = tmp_path_factory.mktemp("data")
        for name, frame in files.items():
            frame.to_csv(folder / f"{name}_{HARI}.csv", index=False)
        return evaluate(folder, 2018, out=folder / "outputs")

    return evaluated


@pytest.fixture(scope="module")
def semula(exports: dict[str, pd.DataFrame], run: Callable[..., Evaluation]) -> Evaluation:
    return run(**exports)


def assert_same(one: Evaluation, other: Evaluation, *without: str, manifest: Sequence[str] = MASUKAN) -> None:
    """Every table and the manifest are the same, but for the columns and the entries left out."""
    for name in store.TABLES:
        a, b = (getattr(e, name).drop(columns=list(without), errors="ignore") for e in (one, other))
        if without and name == "catatan_mutu":
            a, b = (t.sort_values(list(t.columns), ignore_index=True) for t in (a, b))
        pd.testing.assert_frame_equal(a, b, check_exact=True, obj=name)
    assert said(one.manifest, manifest) == said(other.manifest, manifest)


def said(manifest: Manifest, without: Sequence[str]) -> dict[str, Any]:
    """A manifest without some entries, also those of its kabupaten."""
    parts = {"__all__": set(without)}
    return manifest.model_dump(exclude={**dict.fromkeys(without, True), "kabupaten": parts})


def test_another_process_writes_the_same_bytes(evaluasi: Evaluation, keluaran: Path, tmp_path: Path) -> None:
    code = "import kkb_eval, sys; kkb_eval.evaluate('data/contoh', 2018, out=sys.argv[1])"
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, cwd=store.ROOT)
    names = [f"{name}.parquet" for name in store.TABLES] + [FILE]
    for year in (2017, 2018):
        one, other = (folder / "kerja" / str(year) for folder in (keluaran, tmp_path))
        assert [name for name in names if (one / name).read_bytes() != (other / name).read_bytes()] == []


def test_the_small_dataset_has_types_roads_and_findings(semula: Evaluation) -> None:
    assert semula.tipologi["unit"].tolist() >= [20]
    assert semula.panel["k"].tolist() == [2, 3]
    assert semula.kampung["lapor_kb"].value_counts().to_dict() == {True: LENGKAP, False: 4}
    assert {"K13", "K15"} <= set(semula.catatan_mutu["kode"])
    assert len(semula.langkah) > LENGKAP


@few
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    exports: dict[str, pd.DataFrame], run: Callable[..., Evaluation], semula: Evaluation, random: Random
) -> None:
    shuffled = {jenis: frame.iloc[random.sample(range(len(frame)), len(frame))] for jenis, frame in exports.items()}
    # the fingerprint of pages is of everything, also of the row that a finding names
    assert_same(semula, run(**shuffled), *LETAK, manifest=[*MASUKAN, "sidik"])


@few
@given(st.lists(st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), min_size=41, max_size=41))
def test_the_case_of_headers_changes_nothing(
    exports: dict[str, pd.DataFrame],
    run: Callable[..., Evaluation],
    semula: Evaluation,
    cases: list[Callable[[str], str]],
) -> None:
    retitled = {
        jenis: frame.set_axis([case(title) for case, title in zip(cases, frame.columns, strict=False)], axis=1)
        for jenis, frame in exports.items()
    }
    assert_same(semula, run(**retitled))


@few
@given(st.sets(st.integers(0, LENGKAP + 3), min_size=1, max_size=LENGKAP))
def test_a_rekap_in_two_files_is_the_same_rekap(
    exports: dict[str, pd.DataFrame], run: Callable[..., Evaluation], semula: Evaluation, first: set[int]
) -> None:
    rekap, own = exports["rekap"], list(first)
    parts = {"rekap_a": rekap.iloc[own], "rekap_b": rekap.drop(index=own)}
    split = run(**parts, klasifikasi=exports["klasifikasi"])
    assert_same(semula, split, *LETAK, manifest=[*MASUKAN, "sidik"])
    assert split.manifest.masukan != semula.manifest.masukan


@few
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_catalogue_changes_no_type(
    exports: dict[str, pd.DataFrame],
    run: Callable[..., Evaluation],
    semula: Evaluation,
    tmp_path_factory: pytest.TempPathFactory,
    random: Random,
) -> None:
    folder = tmp_path_factory.mktemp("katalog")
    for path in DATA.glob("*.csv"):
        head, *rows = path.read_text("utf-8").splitlines(keepends=True)
        if path.stem in ("indikator", "tipologi_acuan"):
            random.shuffle(rows)
        (folder / path.name).write_text("".join([head, *rows]), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for module in (stages, evaluation):
            patch.setattr(module, "read_catalogue", lambda: Catalogue(folder))
        shuffled = run(**exports)
    # the sentence on what is missing names the indicators in the order of the catalogue, which is that of the reports
    one, other = (e.kampung.drop(columns="belum_dikelompokkan") for e in (shuffled, semula))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    keys = {"tipe": ["tipologi", "tipe", "indikator"], "aturan": ["tipe", "aturan"], "panel": ["k"]}
    for name, by in keys.items():
        one, other = (getattr(e, name).sort_values(by, ignore_index=True) for e in (shuffled, semula))
        pd.testing.assert_frame_equal(one, other, check_exact=True, obj=name)
