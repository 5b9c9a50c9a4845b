"""The kinds of reports: ours say it in their metadata, an office's own by what they hold."""

import json
from pathlib import Path
from typing import Any

import pytest
from build.test_plan import MANIFESTS

from kkb_eval.build import plan
from kkb_eval.commands import options
from kkb_eval.errors import KkbError
from kkb_eval.report import kinds
from kkb_eval.report.kinds import Kind


@pytest.mark.parametrize("kind", kinds.ours().values(), ids=lambda kind: kind.jenis)
def test_every_kind_has_a_title_a_name_in_the_index_and_a_notebook_unless_it_is_a_document(kind: Kind) -> None:
    assert (kind.judul > "", kind.di_indeks > "", kind.per in kinds.PER) == (True, True, True)
    assert (kind.notebook is None) == (kind in kinds.DOCUMENTS)


def test_ours_come_in_the_order_of_their_metadata() -> None:
    assert list(kinds.ours()) == [
        "kabupaten", "kualitas-data", "paparan", "berita-acara", "kecamatan", "perkembangan",
    ]  # fmt: skip


def test_the_help_names_every_kind() -> None:
    (option,) = (o for o in options.Jenis.__metadata__ if hasattr(o, "help"))
    assert option.help == "kabupaten, kualitas-data, paparan, berita-acara, kecamatan atau perkembangan; boleh diulang."


# an office's own


def notebook(path: Path, parameters: str, text: str = "", **metadata: Any) -> Path:
    """A notebook with these parameters and this markdown."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)},
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": parameters},
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"metadata": metadata, "cells": cells}))
    return path


@pytest.mark.parametrize(
    ("parameters", "per"),
    [
        ('year: int = 2018\nkecamatan: str = "Maja"', "kecamatan"),
        ('year = 2018\nkabupaten: str = ""', "kabupaten"),
        ('kabupaten: str = ""', "semua tahun"),
    ],
)
def test_a_new_notebook_is_a_new_report_that_is_per_what_its_parameters_say(
    tmp_path: Path, parameters: str, per: str
) -> None:
    path = notebook(tmp_path / "buku" / "Kartu_Posyandu.ipynb", parameters, "# Kartu Posyandu\n\nteks")
    assert kinds.known(tmp_path / "buku")["kartu-posyandu"] == Kind(
        "kartu-posyandu", "Kartu Posyandu", "Kartu Posyandu", per=per, notebook=path
    )


def test_metadata_of_an_own_notebook_say_more_and_those_of_a_copy_give_no_file_away(tmp_path: Path) -> None:
    said = {"jenis": "kecamatan", "judul": "A", "di_indeks": "B", "per": "kecamatan", "berkas": "rtl/{slug}.xlsx"}
    path = notebook(tmp_path / "buku" / "kartu.ipynb", "x = 1", kkb_eval=said)
    assert kinds.known(tmp_path / "buku")["kartu"] == Kind("kartu", "A", "B", per="kecamatan", notebook=path)


def test_without_a_heading_it_is_called_as_its_file(tmp_path: Path) -> None:
    notebook(tmp_path / "buku" / "kartu_desa.ipynb", "x = 1")
    assert kinds.known(tmp_path / "buku")["kartu-desa"].judul == "Kartu desa"


def test_its_pages_have_a_place_of_their_own(tmp_path: Path) -> None:
    notebook(tmp_path / "buku" / "kartu.ipynb", "year = 1\nkecamatan = 1", "# Kartu")
    chosen = plan.Selection(jenis=["kartu", "kecamatan"], tahun=[2017], notebooks=str(tmp_path / "buku"))
    assert [r.halaman for r in plan.plan(MANIFESTS, "data/contoh", "outputs", chosen)] == [
        "laporan/lebak/2017/kecamatan/maja.html",
        "laporan/lebak/2017/kartu/maja.html",
    ]


def test_all_that_is_wrong_with_a_folder_is_told_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "buku"
    notebook(folder / "kecamatan.ipynb", "x = 1")
    notebook(folder / "kartu.ipynb", "x = 1", kkb_eval={"per": "desa"})
    (folder / "rusak.ipynb").write_text("{")
    with pytest.raises(KkbError) as raised:
        kinds.known(folder)
    assert str(raised.value).splitlines() == [
        f'{folder}/kartu.ipynb: metadata kkb_eval.per "desa" tidak dikenal; tulis kabupaten, kecamatan, semua tahun',
        f"{folder}/kecamatan.ipynb: jenis kecamatan sudah dipakai {kinds.NOTEBOOKS}/kecamatan.ipynb; ganti nama"
        " berkasnya",
        f"{folder}/rusak.ipynb: bukan notebook yang utuh; buka dan simpan lagi di Jupyter",
    ]


def test_a_folder_without_notebooks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KkbError) as raised:
        kinds.known(tmp_path)
    assert str(raised.value) == f"{tmp_path}: tidak memuat notebook (.ipynb); sebut folder lain dengan --notebooks"
