"""The table of the kinds of reports."""

import pytest
from build.test_plan import MANIFESTS

from kkb_eval.build import plan
from kkb_eval.commands import options
from kkb_eval.report import kinds


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=lambda kind: kind.nama)
def test_every_kind_has_a_title_a_name_in_the_index_and_a_notebook(kind: kinds.Jenis) -> None:
    assert (kind.judul > "", kind.di_indeks > "", (plan.NOTEBOOKS / kind.notebook).exists()) == (True, True, True)


def test_a_second_kind_of_the_kecamatan_has_pages_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    kartu = kinds.Jenis("kartu", "Kartu", "Kartu", "kecamatan.ipynb", per="kecamatan")
    monkeypatch.setitem(kinds.KINDS, "kartu", kartu)
    chosen = plan.Selection(jenis=["kecamatan", "kartu"], tahun=[2017])
    assert [r.halaman for r in plan.plan(MANIFESTS, "data/contoh", "outputs", chosen)] == [
        "laporan/lebak/2017/kecamatan/maja.html",
        "laporan/lebak/2017/kartu/maja.html",
    ]


def test_the_help_names_every_kind() -> None:
    (option,) = (o for o in options.Jenis.__metadata__ if hasattr(o, "help"))
    assert option.help == "kabupaten, kualitas-data, paparan, kecamatan atau perkembangan; boleh diulang."
