"""The analyst's bench in JupyterLab: choose year, kecamatan, number of types, weights, indicators; see what follows."""

from functools import cache
from typing import Any, NamedTuple

import ipywidgets as widgets
import pandas as pd
from itables import init_notebook_mode, to_html_datatable

from kkb_eval import schema, store
from kkb_eval.errors import KkbError
from kkb_eval.evaluation import Evaluation, open_evaluation
from kkb_eval.intake.choice import write_choice
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.report import html, sections
from kkb_eval.report.html import Fragment, nothing
from kkb_eval.report.moves import moves
from kkb_eval.report.sections.typology import main_type
from kkb_eval.text import as_given

ALL = "(semua kecamatan)"
AUTOMATIC = 0
"""The number of types is left to the stability panel."""
AT_LEAST = 2
"""Indicators that a map of types needs."""
WORDS = {
    "search": "Cari:",
    "info": "_START_–_END_ dari _TOTAL_",
    "infoEmpty": "kosong",
    "infoFiltered": "(disaring dari _MAX_)",
    "lengthMenu": "_MENU_ baris",
    "zeroRecords": "tidak ada yang cocok",
}
"""The words of a searchable table."""
WIDTHS = {"style": {"description_width": "140px"}, "layout": {"width": "390px"}}


class Choice(NamedTuple):
    """What an analyst sets: number of types, weights other than 1 by dimension, indicators (None: all)."""

    k: int | None
    bobot: dict[str, float]
    fitur: tuple[str, ...] | None


class Bench:
    """The controls and what they show; ``tampilan`` is the widget for a notebook cell.

    The types are those of the kabupaten; a kecamatan only filters what is shown. Nothing is stored until ``tulis``.
    """

    def __init__(self, data: str = "data/contoh", out: str = "outputs", kabupaten: str = "") -> None:
        self.data, self.sibuk = data, False
        self.open = cache(lambda tahun: open_evaluation(data, tahun, out=out).for_kabupaten(kabupaten))
        dataset = open_dataset(store.place(data))
        years, self.tersimpan = dataset.years(), dataset.config.tipologi
        katalog = self.open(years[-1]).katalog.query("tipologi == 'ya'")
        self.dimensi = katalog.set_index("kode")["dimensi"].to_dict()
        self.tahun = widgets.Dropdown(options=list(reversed(years)), description="Tahun", **WIDTHS)
        self.kecamatan = widgets.Dropdown(options=[ALL], description="Kecamatan", **WIDTHS)
        self.k = widgets.SelectionSlider(
            options=[("menurut uji", AUTOMATIC), *((str(k), k) for k in range(2, schema.MAX_K + 1))],
            value=self.tersimpan.k or AUTOMATIC,
            description="Banyak tipe",
            continuous_update=False,
            **WIDTHS,
        )
        self.bobot = {nama: self._weight(nama) for nama in dict.fromkeys(self.dimensi.values())}
        self.fitur = {
            kode: widgets.Checkbox(True, description=singkat, indent=False, layout={"width": "130px"})
            for kode, singkat in zip(katalog["kode"], katalog["singkat"], strict=True)
        }
        self.izin = widgets.Checkbox(False, description="Boleh mengubah data contoh", indent=False)
        self.tulis = widgets.Button(description="Tulis pilihan ini ke dataset.toml", layout={"width": "300px"})
        self.pesan, self.keluaran = widgets.HTML(), widgets.Output()
        self.tampilan = self._layout(dataset.config.sintetis)
        self._new_year()
        for kendali in (self.kecamatan, self.k, *self.bobot.values(), *self.fitur.values()):
            kendali.observe(self._refresh, "value")
        self.tahun.observe(self._new_year, "value")
        self.tulis.on_click(self._write)

    def _weight(self, nama: str) -> widgets.FloatSlider:
        awal = self.tersimpan.bobot.get(nama, 1.0)
        return widgets.FloatSlider(
            awal, min=0.0, max=max(3.0, awal), step=0.1, readout_format=".1f", description=nama,
            continuous_update=False, **WIDTHS,
        )  # fmt: skip

    def _layout(self, sintetis: bool) -> widgets.VBox:
        kiri = widgets.VBox([self.tahun, self.kecamatan, self.k])
        bobot = widgets.VBox([widgets.HTML("<b>Bobot bidang</b>"), *self.bobot.values()])
        kotak = widgets.HBox(list(self.fitur.values()), layout={"flex_flow": "row wrap"})
        fitur = widgets.VBox([widgets.HTML("<b>Indikator yang dipakai tipe lokal</b>"), kotak])
        tombol = widgets.HBox([self.tulis, *([self.izin] if sintetis else [])])
        atas = widgets.HBox([kiri, bobot], layout={"flex_flow": "row wrap"})
        return widgets.VBox([atas, fitur, tombol, self.pesan, self.keluaran])

    def _new_year(self, *_: Any) -> None:
        """The kecamatan of the year that was chosen; the one shown before where that year has it."""
        pilihan = [ALL, *sorted(self.open(self.tahun.value).kampung["kecamatan"].unique())]
        lama = self.kecamatan.value
        self.sibuk = True  # the list and its value change together: one refresh
        self.kecamatan.options = pilihan
        self.kecamatan.value = lama if lama in pilihan else ALL
        self.sibuk = False
        self._refresh()

    def choice(self) -> Choice:
        """What the controls say."""
        dipakai = tuple(kode for kode, kotak in self.fitur.items() if kotak.value)
        ada = {self.dimensi[kode] for kode in dipakai}
        bobot = {nama: nilai for nama, nilai in self._weights().items() if nama in ada}
        return Choice(self.k.value or None, bobot, None if len(dipakai) == len(self.fitur) else dipakai)

    def evaluation(self) -> Evaluation:
        """The year with the types that the controls give, for the whole kabupaten; the stored one where they say so.

        KkbError for a choice from which no types can be made.
        """
        evaluasi, pilihan = self.open(self.tahun.value), self.choice()
        if pilihan.fitur is not None and len(pilihan.fitur) < AT_LEAST:
            raise KkbError(f"Indikator: {len(pilihan.fitur)} dipilih; pilih sedikitnya {AT_LEAST}")
        if pilihan == (self.tersimpan.k, self.tersimpan.bobot, None):
            return evaluasi
        return evaluasi.regroup(k=pilihan.k, bobot=pilihan.bobot, fitur=pilihan.fitur)

    def _refresh(self, *_: Any) -> None:
        if self.sibuk:
            return
        self.keluaran.outputs = tuple(
            {"output_type": "display_data", "data": {"text/html": isi}, "metadata": {}} for isi in self.pages()
        )

    def pages(self) -> list[str]:
        """What is shown, as HTML: what the choice gives and who moves, types, stability, members, the table."""
        try:
            evaluasi = self.evaluation()
        except KkbError as error:
            return [nothing(str(error))._repr_html_()]
        tampil = _narrow(evaluasi, self.kecamatan.value)
        pindah = moves(self.open(self.tahun.value), evaluasi, tampil)
        bagian = (
            pindah + sections.type_profile(tampil) + sections.type_stability(tampil) + sections.type_members(tampil)
        )
        return [bagian._repr_html_(), str(members_table(tampil).html)]

    def _write(self, *_: Any) -> None:
        """Write the choice; the stored types are from then on those of the choice."""
        pilihan = self.choice()
        try:
            self.evaluation()  # refuses what cannot be evaluated
            path = write_choice(store.place(self.data), pilihan.k, self._weights(), sintetis=self.izin.value)
        except KkbError as error:
            self._say(str(error))
            return
        self.tersimpan = open_dataset(store.place(self.data)).config.tipologi
        self.open.cache_clear()
        fitur = " Pilihan indikator tidak ikut ditulis." if pilihan.fitur else ""
        self._say(f"Ditulis ke {path}.{fitur} Jalankan kkb-eval build agar halaman memakainya.")
        self._refresh()

    def _weights(self) -> dict[str, float]:
        # a browser counts in steps of 0.1: 1.2000000000000002
        return {nama: round(s.value, 4) for nama, s in self.bobot.items() if round(s.value, 4) != 1}

    def _say(self, teks: str) -> None:
        self.pesan.value = str(nothing(teks).html)


def _narrow(evaluasi: Evaluation, kecamatan: str) -> Evaluation:
    return evaluasi if kecamatan == ALL else evaluasi.for_kecamatan(kecamatan)


def prepare() -> Fragment:
    """Make an open notebook ready: searchable tables without the internet, and our stylesheet (returned)."""
    init_notebook_mode(all_interactive=False, connected=False)
    return html.style()


def members_table(evaluasi: Evaluation) -> Fragment:
    """Every Kampung KB with its type and rates in percent; searchable, sortable, works offline."""
    nilai = evaluasi.indikator.pivot(index="kampung_id", columns="indikator", values="nilai")
    nilai = (100 * nilai[evaluasi.katalog["kode"]]).round(1).set_axis(evaluasi.katalog["singkat"], axis=1)
    teks = ["kecamatan", "kampung", "klasifikasi", "tipe", "nama"]
    tabel: pd.DataFrame = main_type(evaluasi).set_index("kampung_id")[[*teks, "siluet"]].join(nilai)
    tabel = tabel.sort_values(["kecamatan", "kampung"]).astype(dict.fromkeys(teks, object))
    tabel[teks], tabel["siluet"] = tabel[teks].fillna("–"), tabel["siluet"].round(2)
    kiri = {"className": "dt-left", "targets": list(range(len(teks)))}
    with pd.option_context("display.float_format", as_given):
        html = to_html_datatable(
            tabel.set_axis([*map(str.capitalize, [*teks, "siluet"]), *nilai], axis=1),
            connected=False,
            showIndex=False,
            scrollX=True,
            display_logo_when_loading=False,
            columnDefs=[kiri],
            language=WORDS,
        )
    return Fragment(html.replace(r"[\"NaN\", ", r"[\"–\", "))  # itables has no word of its own for a missing number
