"""Which reports a build makes, where they go, and when their fingerprint changes."""

import copy
from pathlib import Path
from typing import Any

import pytest

from kkb_eval.build import plan
from kkb_eval.build.plan import Selection
from kkb_eval.errors import KkbError, UnknownName

ALL = ("kabupaten", "kualitas_data", "kecamatan", "perkembangan")


def manifest(tahun: int, before: int | None, **kabupaten: list[str]) -> dict[str, Any]:
    """A stored year's manifest with the kecamatan of each kabupaten."""
    return {
        "kunci": "k",
        "tahun": tahun,
        "tahun_sebelumnya": before,
        "judul": "Contoh",
        "jumlah": {"kampung": 3},
        "kabupaten": {
            nama: {
                "slug": nama.lower(),
                "sidik": f"{nama}{tahun}",
                "kecamatan": {kec: kec.lower() for kec in kecamatan},
            }
            for nama, kecamatan in kabupaten.items()
        },
    }


MANIFESTS = {
    2017: manifest(2017, None, Lebak=["Maja"]),
    2018: manifest(2018, 2017, Lebak=["Maja", "Sajira"], Pandeglang=["Maja"]),
}


@pytest.fixture(autouse=True)
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ALL:
        (folder / f"{name}.ipynb").write_text(name)
    monkeypatch.setattr(plan, "NOTEBOOKS", folder)
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
    assert (report.notebook.name, report.tahun, report.kabupaten, report.kecamatan) == (
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


def test_a_kind_without_notebook_is_not_planned_and_asking_for_it_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KkbError) as raised:
        reports(tmp_path, jenis=["paparan"])
    assert str(raised.value) == (
        f"jenis paparan: {tmp_path / 'notebooks' / 'paparan.ipynb'} tidak ada; "
        "pilih kabupaten, kualitas-data, kecamatan, perkembangan"
    )


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (
            {"jenis": ["kecamatn"]},
            'jenis "kecamatn" tidak ada di daftar jenis laporan (kabupaten, kualitas-data, kecamatan, perkembangan); '
            'maksud Anda "kecamatan"?',
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


def test_new_data_of_a_kabupaten_changes_its_pages_of_that_year_and_the_next(tmp_path: Path) -> None:
    before, other = fingerprints(tmp_path), copy.deepcopy(MANIFESTS)
    other[2018]["kabupaten"]["Pandeglang"]["sidik"] = "x"
    assert changed(tmp_path, other, before) == [
        "pandeglang/2018/kabupaten.html",
        "pandeglang/2018/kualitas-data.html",
        "pandeglang/2018/kecamatan/maja.html",
        "pandeglang/perkembangan.html",
    ]
    other = copy.deepcopy(MANIFESTS)
    other[2017]["kabupaten"]["Lebak"]["sidik"] = "x"
    assert changed(tmp_path, other, before) == [page for page in before if page.startswith("lebak")]


def test_keys_and_counts_of_an_evaluation_change_no_page_but_its_title_does(tmp_path: Path) -> None:
    before, other = fingerprints(tmp_path), copy.deepcopy(MANIFESTS)
    other[2018] |= {"kunci": "x", "jumlah": {"kampung": 4}}
    assert changed(tmp_path, other, before) == []
    other[2018]["judul"] = "Lain"
    assert changed(tmp_path, other, before) == [page for page in before if "2017" not in page]


def test_a_changed_notebook_changes_the_pages_made_from_it(tmp_path: Path) -> None:
    before = fingerprints(tmp_path)
    (tmp_path / "notebooks" / "perkembangan.ipynb").write_text("lain")
    assert changed(tmp_path, MANIFESTS, before) == ["lebak/perkembangan.html", "pandeglang/perkembangan.html"]
