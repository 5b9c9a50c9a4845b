"""The analyst's bench in JupyterLab: choose a year, kecamatan, number of types and weights, and see what follows."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import ipywidgets as widgets
import pandas as pd
from IPython.display import display
from itables import to_html_datatable

from kkb_eval import store
from kkb_eval.evaluation import Evaluation, open_evaluation, regroup
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.report import sections
from kkb_eval.report.rendering import Fragment
from kkb_eval.report.sections.tipe import main_type

SEMUA = "(semua kecamatan)"
OTOMATIS = 0
"""The number of types is left to the stability panel."""


class Bench:
    """The controls and what they show; ``tampilan`` is the widget for a notebook cell."""

    def __init__(self, data: str = "data/contoh", out: str = "outputs", kabupaten: str = "") -> None:
        self.open = cache(lambda tahun: open_evaluation(data, tahun, out=out).for_kabupaten(kabupaten))
        years = open_dataset(store.place(data)).tahun
        dimensi = self.open(years[-1]).katalog.query("tipologi == 'ya'")["dimensi"].unique()
        self.tahun = widgets.Dropdown(options=list(reversed(years)), description="Tahun")
        self.kecamatan = widgets.Dropdown(options=[SEMUA], description="Kecamatan")
        self.k = widgets.IntSlider(OTOMATIS, OTOMATIS, 7, description="Tipe (0: uji)", continuous_update=False)
        self.bobot = {
            nama: widgets.FloatSlider(1.0, min=0.0, max=3.0, step=0.5, description=nama, continuous_update=False)
            for nama in dimensi
        }
        self.tahun.observe(self._new_year, "value")
        self._new_year()
        kendali = {"tahun": self.tahun, "kecamatan": self.kecamatan, "k": self.k} | self.bobot
        keluaran = widgets.interactive_output(self._show, kendali)
        kolom = [widgets.VBox([self.tahun, self.kecamatan, self.k]), widgets.VBox(list(self.bobot.values()))]
        self.tampilan = widgets.VBox([widgets.HBox(kolom), keluaran])

    def _new_year(self, *_: Any) -> None:
        """The kecamatan of the year that was chosen."""
        self.kecamatan.options = [SEMUA, *sorted(self.open(self.tahun.value).kampung["kecamatan"].unique())]

    def _show(self, tahun: int, kecamatan: str, k: int, **bobot: float) -> None:
        evaluasi = self.evaluation(tahun, kecamatan, k, bobot)
        display(  # type: ignore[no-untyped-call]
            sections.profil(evaluasi) + sections.kestabilan(evaluasi) + sections.anggota(evaluasi),
            members_table(evaluasi),
        )

    def evaluation(self, tahun: int, kecamatan: str, k: int, bobot: Mapping[str, float]) -> Evaluation:
        """The year with the types that these choices give; weights of 1 and k of OTOMATIS are the stored ones."""
        evaluasi = self.open(tahun)
        if k != OTOMATIS or any(b != 1.0 for b in bobot.values()):
            evaluasi = regroup(evaluasi, k=k or None, bobot=bobot)
        return evaluasi if kecamatan == SEMUA else evaluasi.for_kecamatan(kecamatan)


def members_table(evaluasi: Evaluation) -> Fragment:
    """Every Kampung KB with its type and rates in percent; searchable, sortable, works offline."""
    nilai = evaluasi.indikator.pivot(index="kampung_id", columns="indikator", values="nilai")
    nilai = (100 * nilai[evaluasi.katalog["kode"]]).round(1).set_axis(evaluasi.katalog["singkat"], axis=1)
    kolom = ["kecamatan", "kampung", "klasifikasi", "tipe", "nama", "peluang"]
    tabel: pd.DataFrame = main_type(evaluasi).set_index("kampung_id")[kolom].join(nilai)
    return Fragment(to_html_datatable(tabel, connected=False, showIndex=False))
