"""The order of the stages of a year: from its clean data to the tables of the stored evaluation.

clean year → freshness → klasifikasi → catatan mutu → indicators → noise → comparison → road → types → priority →
change → target → tertinggal → sector → plan → nomination → follow_up; siga beside the portal, with the catatan mutu
data

From road to priority a kabupaten needs no other: of a nation these stages run part by part (``local``).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from kkb_eval import processes, schema
from kkb_eval.intake import action_plan, completeness, meeting, quality, siga_desa
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import Rujukan, read_rujukan
from kkb_eval.intake.dataset import Dataset, YearData
from kkb_eval.intake.portal import of_origin
from kkb_eval.method import (
    areas,
    change,
    comparison,
    desa,
    follow_up,
    freshness,
    indicators,
    klasifikasi,
    noise,
    nomination,
    plan,
    priority,
    road,
    sector,
    siga,
    target,
    tertinggal,
)
from kkb_eval.method.typology import disagreement, membership
from kkb_eval.method.typology.features import drawn, features
from kkb_eval.method.typology.reference import PROVINSI, Reference, agreement
from kkb_eval.text import tanggal

Tables = Mapping[str, pd.DataFrame]
"""The tables of a year (``store.TABLES``) by name."""
DRAWS = 500
"""Draws of each Kampung KB (METHOD 8)."""
VISITS = 10
"""Places on the visit list of a kabupaten."""


def compute(dataset: Dataset, data: YearData, before: Tables | None, k: int | None = None) -> dict[str, pd.DataFrame]:
    """All tables of a year (``store.TABLES``), each with a ``kabupaten`` and sorted by it.

    ``before`` are those of the dataset's year before, None for its first; ``k`` an analyst's number of types,
    in place of the one that ``dataset.toml`` may give.
    """
    katalog = read_catalogue()
    lama = None if before is None else before["kampung"]
    siap = prepare(dataset, data, lama)
    kampung, hasil, catatan, rujukan, rtl, tabel_siga = siap
    indikator = noise.with_intervals(indicators.compute(kampung, catatan, katalog.indikator), katalog.derau)
    wilayah = areas.pool(indikator, kampung, catatan, katalog.indikator)
    banding = comparison.compare(indikator, wilayah, kampung, catatan, katalog.indikator)
    indikator = indikator.merge(banding.label, on=["kampung_id", "indikator"], how="left", validate="one_to_one")
    parts = {"kampung": kampung, "indikator": indikator, "skor": hasil.skor, "kelas": hasil.kelas, "catatan": catatan}
    parts["wilayah"] = wilayah[wilayah["tingkat"].eq("kabupaten")]
    pilihan = dataset.config.tipologi
    done = processes.run(
        partial(local, k=k or pilihan.k, bobot=pilihan.bobot), processes.split(parts, processes.AT_ONCE)
    )
    lokal = {name: pd.concat([part[name] for part in done], ignore_index=True) for name in done[0]}
    kampung = kampung.drop(columns=list(schema.INDICES))  # the exported ones; those in use come with the classes
    for frame in (hasil.kelas, lokal.pop("peluang"), lokal.pop("anggota")):
        kampung = kampung.merge(frame, on="kampung_id", how="left", validate="one_to_one")
    lama_indikator = None if before is None else before["indikator"]
    tables = {
        "kampung": kampung,
        "indikator": indikator,
        "wilayah": banding.wilayah,
        "skor": hasil.skor,
        "catatan_mutu": catatan,
        **lokal,
        "tipologi": lokal["tipologi"].assign(kesesuaian_acuan=_drift(kampung, indikator)),
        "corong": banding.corong,
        "perubahan": change.compute(kampung, lama, indikator, lama_indikator, katalog.indikator),
        "capaian": target.compute(rujukan.tabel.get("target"), wilayah, kampung, katalog.indikator, katalog.predikat),
        **_meeting(kampung, indikator, wilayah, siap, data.tahun, before, lokal["prioritas"]),
        "rencana": plan.compute(
            plan.Found(kampung, indikator, wilayah, catatan, lokal["prioritas"], lokal["keadaan"], lokal["langkah"]),
            katalog.indikator,
            katalog.langkah,
        ),
        **_companions(rujukan, kampung),
        "rtl": follow_up.compute(
            rtl,
            follow_up.Numbers(kampung, hasil.skor, lokal["langkah"], lokal["keadaan"]),
            None
            if before is None
            else follow_up.Numbers(before["kampung"], before["skor"], before["langkah"], before["keadaan"]),
            katalog.klasifikasi,
        ),
        "siga": tabel_siga,
    }
    return {name: _by_kabupaten(table, kampung, lama) for name, table in tables.items()}


def local(part: Tables, *, k: int | None, bobot: Mapping[str, float]) -> dict[str, pd.DataFrame]:
    """The tables of the stages that need no other kabupaten, for some kabupaten (a part of ``processes.split``).

    Those of ``store.TABLES``, and two with a row a Kampung KB each: ``peluang`` of the classes, ``anggota`` of the
    types.
    """
    katalog = read_catalogue()
    kampung, indikator, skor, kelas = (part[name] for name in ("kampung", "indikator", "skor", "kelas"))
    jalan = road.find(kampung, skor, kelas, part["catatan"], katalog.klasifikasi, katalog.langkah)
    draws = noise.draw(kampung, indikator, katalog.derau, n=DRAWS)
    tipe = group(kampung, indikator, draws, k=k, bobot=bobot)
    grup = kampung[["kampung_id", "kabupaten"]].merge(kelas, on="kampung_id").merge(tipe.anggota, on="kampung_id")
    utama = grup["kabupaten"].map(tipe.tipologi.set_index("kabupaten")["utama"])
    ditampilkan = grup["tipe"].where(utama.eq("lokal"), grup["tipe_acuan"])
    return {
        "langkah": jalan.langkah,
        "keadaan": jalan.keadaan,
        "peluang": noise.class_probabilities(draws, kampung, skor, kelas, katalog.klasifikasi),
        "anggota": tipe.anggota,
        "tipologi": tipe.tipologi,
        "tipe": tipe.tipe,
        "aturan": tipe.aturan,
        "panel": tipe.panel,
        "beda": disagreement.explain(grup, skor, ditampilkan),
        "prioritas": priority.compute(
            kampung,
            indikator,
            part["wilayah"],
            part["catatan"],
            reliability=float(katalog.derau.set_index("indikator")["keandalan"]["unmet"]),
            draws=draws.rate("unmet"),
            places=VISITS,
        ),
    }


def group(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    draws: noise.Draws | None = None,
    *,
    k: int | None = None,
    bobot: Mapping[str, float] | None = None,
    fitur: Collection[str] | None = None,
) -> membership.Membership:
    """The types of every kabupaten, with the frozen reference types; ``draws`` are made when not given.

    ``fitur`` are the indicators of the local types; None is all that the catalogue gives to the typology.
    """
    katalog = read_catalogue()
    draws = draws or noise.draw(kampung, indikator, katalog.derau, n=DRAWS)
    reference = Reference.from_frame(katalog.tipologi_acuan)
    lokal = None if fitur is None else katalog.indikator[katalog.indikator["kode"].isin(fitur)]
    return membership.group(
        indikator, kampung, katalog.indikator, reference, partial(drawn, draws), k=k, bobot=bobot, katalog_lokal=lokal
    )


def _drift(kampung: pd.DataFrame, indikator: pd.DataFrame) -> float:
    """How well the reference types still fit a nation (1: as a fresh fit); NaN where the export holds less."""
    if kampung["provinsi"].nunique() < PROVINSI:
        return np.nan
    katalog = read_catalogue()
    return agreement(features(indikator, katalog.indikator), Reference.from_frame(katalog.tipologi_acuan))


class Prepared(NamedTuple):
    """A clean year with freshness and desa tertinggal, its scores and classes, all findings, the companion tables.

    ``rtl`` is what was agreed on in the year before, ``siga`` the rows of SIGA of the year and the kabupaten.
    """

    kampung: pd.DataFrame
    hasil: klasifikasi.Klasifikasi
    catatan: pd.DataFrame
    rujukan: Rujukan
    rtl: pd.DataFrame
    siga: pd.DataFrame


def prepare(dataset: Dataset, data: YearData, lama: pd.DataFrame | None) -> Prepared:
    """What is known before any indicator; ``lama`` is the clean year before (or its stored kampung table).

    ``catatan`` are all catatan mutu data of the year: of reading, of one snapshot, of the rule, of the year before, of
    the companion tables.
    """
    katalog = dataset.katalog
    folder = dataset.rujukan
    sebelum = max((tahun for tahun in dataset.tahun if tahun < data.tahun), default=None)
    rujukan = read_rujukan(folder, data.kampung, katalog, data.tahun, dataset.tahun)
    kampung = data.kampung.merge(freshness.freshness(data.kampung, lama), on="kampung_id")
    kampung["tertinggal"] = desa.tertinggal(kampung, desa.collect(kampung, rujukan.tabel))
    hasil = klasifikasi.score(klasifikasi.usable(kampung, data.catatan), katalog.klasifikasi)
    rtl = action_plan.read_rtl(
        folder / "rtl",
        data.kampung if lama is None else lama,
        sebelum,
        katalog,
        evaluasi=data.tahun,
        contoh=dataset.tahun[-2:][0],
        alias=rujukan.tabel.get("alias"),
    )
    cut = completeness.compare(data.kampung, lama, sebelum)
    of_last_year = freshness.findings(kampung, lama)
    tabel_siga, catatan_siga = _siga(dataset, data, kampung)
    parts = [
        dataset.catatan_ditolak,
        data.catatan,
        cut.catatan,
        quality.find(kampung),
        klasifikasi.findings(kampung, hasil, data.snapshot_rekap, data.snapshot_klasifikasi),
        of_last_year[~(of_last_year["kode"].eq("K18") & of_last_year["kampung_id"].isin(cut.ids))],
        *_rises_within(dataset, data),
        rujukan.catatan,
        catatan_siga,
        rtl.catatan,
        meeting.findings_of(folder, dict.fromkeys(dataset.tahun, ()) | {data.tahun: set(kampung["kabupaten"])}),
    ]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    found["pesan"] = [
        of_origin(pesan, berkas in dataset.isian) for pesan, berkas in zip(found["pesan"], found["berkas"], strict=True)
    ]
    order = ["kode", "berkas", "baris", "kolom", "pesan"]
    found = found.sort_values(order, kind="stable", ignore_index=True)
    return Prepared(kampung, hasil, found, rujukan, rtl.rows, tabel_siga)


def _siga(dataset: Dataset, data: YearData, kampung: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of SIGA of the year and its kabupaten, and their findings: of reading, and K23."""
    own = siga_desa.of_year(dataset.siga, data.tahun, dataset.tahun)
    rows, outside = siga_desa.within(own.rows, kampung["kabupaten"].unique())
    banding = siga.compare(kampung, rows, data.snapshot_rekap or data.snapshot_klasifikasi)
    parts = [own.catatan[list(schema.CATATAN)], outside, siga.findings(kampung, banding)]
    return rows, pd.concat(parts, ignore_index=True)


def _rises_within(dataset: Dataset, data: YearData) -> Iterator[pd.DataFrame]:
    """Yield K22 between the moments of a year, in which offices export several times."""
    for before, after in pairwise(dataset.moments(data.tahun)):
        old, new = (dataset.year(data.tahun, until=day).kampung for day in (before, after))
        yield freshness.rises(new, old, tanggal(before))


def _meeting(
    kampung: pd.DataFrame,
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    hasil: Prepared,
    tahun: int,
    before: Tables | None,
    prioritas: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """What the meeting asks of desa, sectors and nominations: mostly from the companion tables."""
    katalog, tabel = read_catalogue().indikator, hasil.rujukan.tabel
    tempat = desa.collect(kampung, tabel)
    lama = None if before is None else (before["indikator"], before["wilayah"], before["kampung"])
    unggulan = nomination.strengths(indikator, wilayah, kampung, katalog, lama)
    return {
        "desa": tempat,
        "tertinggal": tertinggal.compute(
            kampung,
            indikator,
            tempat,
            hasil.catatan,
            katalog,
            tahun=tahun,
            sebelum=None if before is None else before["tertinggal"],
        ),
        "kegiatan": sector.activities(tabel.get("kegiatan"), kampung),
        "unggulan": unggulan,
        "nominasi": nomination.judge(kampung, hasil.catatan, unggulan, prioritas, tabel.get("penghargaan")),
    }


def _companions(rujukan: Rujukan, kampung: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The companion tables that pages show as they are: program for every kabupaten, peta_kotak of each its own."""
    program, peta = (rujukan.tabel.get(name) for name in ("program", "peta_kotak"))
    if program is None:
        program = pd.DataFrame(columns=["indikator", "program_utama", "unsur", "tindakan"])
    if peta is None:
        peta = pd.DataFrame(columns=["kabupaten", "kecamatan", "baris", "kolom"])
    return {
        "program": program.merge(kampung[["kabupaten"]].drop_duplicates(), how="cross"),
        "peta_kotak": peta[["kabupaten", "kecamatan", "baris", "kolom"]],
    }


def _by_kabupaten(table: pd.DataFrame, kampung: pd.DataFrame, lama: pd.DataFrame | None) -> pd.DataFrame:
    """The table with the kabupaten of every row, sorted so that a kabupaten lies together on disk."""
    if "kabupaten" not in table:
        known: Iterable[pd.DataFrame] = [kampung] if lama is None else [kampung, lama]
        names = pd.concat([k[["kampung_id", "kabupaten"]] for k in known]).drop_duplicates("kampung_id")
        table = table.assign(kabupaten=table["kampung_id"].map(names.set_index("kampung_id")["kabupaten"]))
    return table.sort_values("kabupaten", kind="stable", ignore_index=True)
