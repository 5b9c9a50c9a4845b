"""Which reports a build makes, where they go, and when their fingerprint changes."""

import json
from pathlib import Path
from typing import Any

import pytest
from manifests import manifest

from kkb_eval.build import plan
from kkb_eval.build.plan import Selection
from kkb_eval.current import Result
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.manifest import Manifest
from kkb_eval.report import kinds

KINDS = {
    "kabupaten": {"judul": "Evaluasi", "berkas": "data.xlsx", "urutan": 1},
    "kualitas-data": {"judul": "Kualitas data", "urutan": 2},
    "kecamatan": {"judul": "Kecamatan", "per": "kecamatan", "berkas": "rtl/{slug}.xlsx", "urutan": 5},
    "perkembangan": {"judul": "Perkembangan", "per": "semua tahun", "urutan": 6},
}


def of_year(tahun: int, before: int | None, **places: list[str]) -> Manifest:
    """A stored year's manifest with the kecamatan of each kabupaten."""
    kabupaten = {
        nama: {"slug": nama.lower(), "sidik": f"{nama}{tahun}", "kecamatan": {kec: kec.lower() for kec in kecamatan}}
        for nama, kecamatan in places.items()
    }
    return manifest(tahun=tahun, tahun_data=[2017, 2018], tahun_sebelumnya=before, kabupaten=kabupaten)


MANIFESTS = {
    2017: of_year(2017, None, Lebak=["Maja"]),
    2018: of_year(2018, 2017, Lebak=["Maja", "Sajira"], Pandeglang=["Maja"]),
}


@pytest.fixture(autouse=True)
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for jenis, said in KINDS.items():
        metadata = {"kkb_eval": said | {"jenis": jenis, "di_indeks": said["judul"]}}
        (folder / f"{jenis}.ipynb").write_text(json.dumps({"metadata": metadata, "cells": []}))
    monkeypatch.setattr(kinds, "NOTEBOOKS", folder)
    monkeypatch.setattr(kinds, "ours", kinds.ours.__wrapped__)  # type: ignore[attr-defined]
    return folder


def pages(tmp_path: Path, **selection: Any) -> list[str]:
    return [r.halaman.removeprefix("laporan/") for r in reports(tmp_path, **selection)]


def reports(tmp_path: Path, manifests: Any = MANIFESTS, **selection: Any) -> list[plan.Report]:
    return plan.plan(manifests, "data/contoh", tmp_path / "out", Selection(**selection))


def test_all_kinds_with_a_notebook_are_planned_at_their_promised_places(tmp_path: Path) -> None:
    assert pages(tmp_path) == [
        "lebak/2017/kabupaten.html",
        "lebak/2017/kualitas-data.html",
        "lebak/2017/kecamatan/maja.html",
        "lebak/2018/kabupaten.html",
        "lebak/2018/kualitas-data.html",
        "lebak/2018/berita-acara.docx",
        "lebak/2018/kecamatan/maja.html",
        "lebak/2018/kecamatan/sajira.html",
        "pandeglang/2018/kabupaten.html",
        "pandeglang/2018/kualitas-data.html",
        "pandeglang/2018/kecamatan/maja.html",
        "lebak/perkembangan.html",
        "pandeglang/perkembangan.html",
    ]


def test_a_report_names_its_notebook_parameters_and_executed_notebook(tmp_path: Path) -> None:
    (report,) = reports(tmp_path, tahun=[2018], kabupaten=["lebak"], kecamatan=["maja"])
    assert (report.notebook and report.notebook.name, report.tahun, report.kabupaten, report.kecamatan) == (
        "kecamatan.ipynb",
        2018,
        "Lebak",
        "Maja",
    )
    assert report.parameter == {
        "kabupaten": "Lebak",
        "data": "data/contoh",
        "out": str(tmp_path / "out"),
        "year": 2018,
        "kecamatan": "Maja",
    }
    assert report.kerja == "kerja/2018/notebooks/lebak/kecamatan-maja.ipynb"


def test_the_page_over_all_years_has_no_year(tmp_path: Path) -> None:
    (report,) = reports(tmp_path, jenis=["perkembangan"], kabupaten=["Lebak"])
    assert (report.tahun, "year" in report.parameter) == (None, False)
    assert report.kerja == "kerja/2018/notebooks/lebak/perkembangan.ipynb"


def test_kecamatan_alone_means_those_kecamatan_pages_only(tmp_path: Path) -> None:
    assert pages(tmp_path, kecamatan=["SAJIRA"]) == ["lebak/2018/kecamatan/sajira.html"]


def test_a_kecamatan_of_the_same_name_is_made_in_every_kabupaten(tmp_path: Path) -> None:
    assert pages(tmp_path, tahun=[2018], kecamatan=["Maja"]) == [
        "lebak/2018/kecamatan/maja.html",
        "pandeglang/2018/kecamatan/maja.html",
    ]


def test_names_are_compared_without_case_spaces_and_punctuation(tmp_path: Path) -> None:
    assert pages(tmp_path, kabupaten=["Kab. PANDEG-LANG"], jenis=["kabupaten"]) == ["pandeglang/2018/kabupaten.html"]


def test_a_year_leaves_out_the_page_over_all_years_unless_it_is_asked_for(tmp_path: Path) -> None:
    assert pages(tmp_path, tahun=[2017]) == [
        "lebak/2017/kabupaten.html",
        "lebak/2017/kualitas-data.html",
        "lebak/2017/kecamatan/maja.html",
    ]
    asked = Selection(tahun=[2017], jenis=["perkembangan", "kualitas-data"])
    assert (asked.evaluasi, Selection(tahun=[2017]).evaluasi) == ((), [2017])
    assert pages(tmp_path, tahun=[2017], kabupaten=["Lebak"], jenis=asked.jenis) == [
        "lebak/2017/kualitas-data.html",
        "lebak/perkembangan.html",
    ]


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (
            {"jenis": ["kecamatn"]},
            'jenis "kecamatn" tidak ada di daftar jenis laporan (kabupaten, kualitas-data, berita-acara, kecamatan, '
            'perkembangan); maksud Anda "kecamatan"?',
        ),
        ({"kabupaten": ["Lebk"]}, 'kabupaten "Lebk" tidak ada di data 2017, 2018; maksud Anda "Lebak"?'),
        (
            {"kabupaten": ["Lebak"], "tahun": [2018], "kecamatan": ["Majja"]},
            'kecamatan "Majja" tidak ada di Lebak 2018; maksud Anda "Maja"?',
        ),
    ],
)
def test_an_unknown_name_is_refused_with_a_suggestion(tmp_path: Path, selection: Any, message: str) -> None:
    with pytest.raises(UnknownName) as raised:
        reports(tmp_path, **selection)
    assert str(raised.value) == message


def test_all_unknown_names_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(KkbError) as raised:
        reports(tmp_path, kabupaten=["Bogor", "Tuban"], tahun=[2018])
    assert str(raised.value).splitlines() == [
        'kabupaten "Bogor" tidak ada di data 2018',
        'kabupaten "Tuban" tidak ada di data 2018',
    ]


def fingerprints(tmp_path: Path, manifests: Any = MANIFESTS) -> dict[str, str]:
    return {r.halaman.removeprefix("laporan/"): r.sidik for r in reports(tmp_path, manifests)}


def changed(tmp_path: Path, manifests: Any, before: dict[str, str]) -> list[str]:
    return [page for page, sidik in fingerprints(tmp_path, manifests).items() if before[page] != sidik]


def other(tahun: int, nama: str = "", **fields: Any) -> dict[int, Manifest]:
    """The manifests, one year with other fields, or with other numbers of a kabupaten."""
    was = MANIFESTS[tahun]
    if nama:
        fields["kabupaten"] = was.kabupaten | {nama: was.kabupaten[nama].model_copy(update={"sidik": "x"})}
    return MANIFESTS | {tahun: was.model_copy(update=fields)}


def test_new_data_of_a_kabupaten_changes_its_pages_of_that_year_and_the_next(tmp_path: Path) -> None:
    before = fingerprints(tmp_path)
    assert changed(tmp_path, other(2018, "Pandeglang"), before) == [
        "pandeglang/2018/kabupaten.html",
        "pandeglang/2018/kualitas-data.html",
        "pandeglang/2018/kecamatan/maja.html",
        "pandeglang/perkembangan.html",
    ]
    lebak = [page for page in before if page.startswith("lebak")]
    assert changed(tmp_path, other(2017, "Lebak"), before) == lebak


def test_keys_and_counts_of_an_evaluation_change_no_page_but_its_title_does(tmp_path: Path) -> None:
    before = fingerprints(tmp_path)
    assert changed(tmp_path, other(2018, kunci="x", jumlah={"kampung": 4}), before) == []
    assert changed(tmp_path, other(2018, judul="Lain"), before) == [page for page in before if "2017" not in page]


def test_a_changed_notebook_changes_the_pages_made_from_it(tmp_path: Path) -> None:
    before = fingerprints(tmp_path)
    with (tmp_path / "notebooks" / "perkembangan.ipynb").open("a") as file:
        file.write(" ")
    assert changed(tmp_path, MANIFESTS, before) == ["lebak/perkembangan.html", "pandeglang/perkembangan.html"]


# what the data no longer have


def page(jenis: str, tahun: int | None, kabupaten: str = "Lebak", kecamatan: str | None = None) -> Result:
    folder = "/".join(filter(None, ("laporan", kabupaten.lower(), str(tahun or ""))))
    name = f"{jenis}/{kecamatan.lower()}" if kecamatan else jenis
    suffix = "docx" if jenis == "berita-acara" else "html"
    return Result(f"{folder}/{name}.{suffix}", "", jenis, tahun, kabupaten, kecamatan, "dibuat")


def gone(tmp_path: Path, *pages: Result, manifests: Any = MANIFESTS) -> list[str]:
    found = plan.gone(pages, manifests, "data/contoh", tmp_path, Selection())
    return [result.halaman.removeprefix("laporan/") for result in found]


def test_a_year_or_a_place_that_the_data_no_longer_have_is_gone(tmp_path: Path) -> None:
    there = [page("kabupaten", 2018), page("kecamatan", 2018, kecamatan="Sajira"), page("perkembangan", None)]
    lost = [
        page("kabupaten", 2016),
        page("kecamatan", 2017, kecamatan="Sajira"),
        page("kabupaten", 2018, "Bogor"),
        page("perkembangan", None, "Bogor"),
        page("berita-acara", 2017),  # the meeting is of 2018
    ]
    assert gone(tmp_path, *there, *lost) == [result.halaman.removeprefix("laporan/") for result in lost]


def test_of_a_year_that_is_not_evaluated_now_nothing_is_gone_but_of_one_without_data_all_is(tmp_path: Path) -> None:
    pages = [page("kabupaten", 2017, "Bogor"), page("perkembangan", None, "Bogor"), page("kabupaten", 2016)]
    assert gone(tmp_path, *pages, manifests={2018: MANIFESTS[2018]}) == ["lebak/2016/kabupaten.html"]


def test_a_page_of_an_offices_own_notebook_stays_while_its_place_does(tmp_path: Path) -> None:
    assert gone(tmp_path, page("kartu", 2018), page("kartu", 2016)) == ["lebak/2016/kartu.html"]


def test_while_a_file_is_refused_nothing_is_gone(tmp_path: Path) -> None:
    refused = other(2018, ditolak=({"berkas": "a.xlsx"},))
    assert gone(tmp_path, page("kabupaten", 2016), manifests=refused) == []
    assert plan.stored_gone(refused, tmp_path) == []


def test_the_stored_years_that_the_data_no_longer_have_are_gone_with_their_trials(tmp_path: Path) -> None:
    for name in ("2016", "2016-k3", "2017", "log"):
        (tmp_path / "kerja" / name).mkdir(parents=True)
    assert [folder.name for folder in plan.stored_gone(MANIFESTS, tmp_path)] == ["2016", "2016-k3"]
