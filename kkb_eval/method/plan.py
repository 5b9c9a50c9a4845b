"""One plan for every Kampung KB: what to put right in the data, what is most urgent, what lifts its class (METHOD 13).

The same plan is on the card, in the RTL and in the berita acara. Block A: forms to fill or to renew, numbers to check.
Block B: couples with unmet need, and indicators far below the others. Block C: the road to the next class.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kkb_eval import schema
from kkb_eval.method import road
from kkb_eval.method.road.steps import NEW_GROUP

MUCH_WORSE = "kurang_baik_menonjol"
CHECKED = ("K06", "K07", "K08", "K09", "K10", "K11", "K12", "K13", "K17")
"""Findings that ask an office to look at the numbers of a form again; of these not the infos."""
OF_COUPLES = ("cpr", "unmet")
"""Indicators that are mended by serving couples with unmet need."""
CLOSER = "dekati_{}"
"""The step that brings an indicator to the gabungan's rate."""
_TYPES = {
    **dict.fromkeys(("kampung_id", "blok", "langkah", "rincian", "menuju", "item"), "str"),
    **dict.fromkeys(("dari", "ke", "kini", "sasaran", "harapan", "jumlah"), "Int64"),
    **dict.fromkeys(("satuan", "unsur", "penanggung_jawab", "tenggat"), "str"),
}
RENCANA = tuple(_TYPES)
"""Columns of ``rencana.parquet``."""


class Found(NamedTuple):
    """A year's tables that a plan is made from, as they are stored (``catatan`` the findings, ``wilayah`` pooled)."""

    kampung: pd.DataFrame
    indikator: pd.DataFrame
    wilayah: pd.DataFrame
    catatan: pd.DataFrame
    prioritas: pd.DataFrame
    keadaan: pd.DataFrame
    langkah: pd.DataFrame


def compute(found: Found, katalog: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Return the plan of every Kampung KB, columns ``RENCANA``, by kampung_id, block and the order of ``actions``.

    ``katalog`` are the indicators, ``actions`` the table ``data/langkah.csv``, which also names unsur, who is
    responsible and the quarter by which. ``langkah`` is its ``tindakan``; ``rincian`` names forms or finding codes;
    ``kini``, ``sasaran`` (at the gabungan's rate) and ``harapan`` (to be expected) count ``satuan``, ``jumlah`` how
    many the step asks for. A silent Kampung KB has block A only, a visit always B; where nothing is known or asked
    there is no row.
    """
    blocks = pd.concat([_data(found), _urgent(found, katalog), _class(found)], ignore_index=True)
    order = {tindakan: i for i, tindakan in enumerate(actions["tindakan"])}
    table = actions.set_index("tindakan")[["unsur", "penanggung_jawab", "tenggat"]]
    blocks = blocks.merge(table, left_on="langkah", right_index=True, how="left", validate="many_to_one")
    blocks["urutan"] = blocks["langkah"].map(order)
    blocks = blocks.sort_values(["kampung_id", "blok", "urutan"], kind="stable", ignore_index=True)
    return blocks.reindex(columns=list(RENCANA)).astype(_TYPES)


def _data(found: Found) -> pd.DataFrame:
    """Return block A: ``lapor``, ``perbarui`` and ``perbaiki_data`` with the forms or codes in ``rincian``."""
    kampung = found.kampung
    silent = _forms(kampung, {name: kampung[f"lapor_{name}"].eq(False) for name in schema.RECORDS})
    stale = _forms(
        kampung,
        {name: kampung[f"diperbarui_{name}"].eq(False) & kampung[f"lapor_{name}"].eq(True) for name in schema.RECORDS},
    )
    asked = found.catatan[found.catatan["kode"].isin(CHECKED) & found.catatan["tingkat"].ne("info")]
    codes = (
        asked.dropna(subset=["kampung_id"]).groupby("kampung_id")["kode"].agg(lambda kode: ", ".join(sorted({*kode})))
    )
    codes = codes[codes.index.isin(kampung["kampung_id"])]
    parts = {"lapor": silent, "perbarui": stale, "perbaiki_data": codes}
    rows = [
        pd.DataFrame({"kampung_id": part.index, "langkah": langkah, "rincian": part.to_numpy(object)})
        for langkah, part in parts.items()
    ]
    return pd.concat(rows, ignore_index=True).assign(blok="A")


def _forms(kampung: pd.DataFrame, asked: dict[str, "pd.Series[Any]"]) -> "pd.Series[Any]":
    """Return the names of the forms asked of each Kampung KB, joined by ", ", by kampung_id; only who has any."""
    flags = np.column_stack([flag.fillna(False).to_numpy(bool) for flag in asked.values()])
    forms = np.array(list(asked), object)
    words = [", ".join(forms[row]) for row in flags]
    named = pd.Series(words, index=kampung["kampung_id"], dtype="str")
    return named[named.ne("")]


def _urgent(found: Found, katalog: pd.DataFrame) -> pd.DataFrame:
    """Return block B: ``kunjungi`` or ``layani_pasangan``, and ``dekati_…`` of what is far below the others."""
    reported = found.kampung.loc[found.kampung["lapor_kb"].eq(True).fillna(False).astype(bool), "kampung_id"]
    numbers = _compared(found)
    numbers = numbers[numbers["kampung_id"].isin(reported)]
    couples = numbers[numbers["indikator"].eq("unmet")].merge(
        found.prioritas.loc[found.prioritas["daftar"].eq("kunjungan"), ["kampung_id", "harapan", "terpilih"]],
        on="kampung_id",
        validate="one_to_one",
    )
    far = numbers.loc[numbers["label"].eq(MUCH_WORSE)]
    in_need = far.loc[far["indikator"].isin(OF_COUPLES), "kampung_id"]
    visit = couples["terpilih"].astype(bool)
    more = couples["kini"].gt(couples["sasaran"]) | couples["kampung_id"].isin(in_need)
    couples = couples.assign(langkah=np.where(visit, "kunjungi", "layani_pasangan"), satuan="pasangan")
    serve = couples[visit | (more & couples["kini"].gt(0))].assign(jumlah=lambda rows: rows["kini"])
    closer = far[~far["indikator"].isin(OF_COUPLES)].copy()
    closer["jumlah"] = closer["sasaran"] - closer["kini"]
    closer = closer[closer["jumlah"].gt(0) & ~_nearly_all(closer)]
    units = dict(zip(katalog["kode"], katalog["nama_penyebut"], strict=True))
    closer["langkah"], closer["satuan"] = closer["indikator"].map(CLOSER.format), closer["indikator"].map(units)
    kept = ["kampung_id", "langkah", "kini", "sasaran", "harapan", "jumlah", "satuan"]
    serve["harapan"] = serve["harapan"].round()
    return pd.concat([part.reindex(columns=kept) for part in (serve, closer)], ignore_index=True).assign(blok="B")


def _compared(found: Found) -> pd.DataFrame:
    """Return the usable numbers with ``kini`` (people now) and ``sasaran`` (people at the gabungan's rate)."""
    region = ["provinsi", "kabupaten"]
    pooled = found.wilayah.loc[found.wilayah["tingkat"].eq("kabupaten"), [*region, "indikator", "nilai"]]
    rows = found.indikator[found.indikator["status"].eq("terisi")].drop(columns=["nilai", *region], errors="ignore")
    rows = rows.merge(found.kampung[["kampung_id", *region]], on="kampung_id", validate="many_to_one")
    rows = rows.merge(pooled, on=[*region, "indikator"], validate="many_to_one")
    level = rows["penyebut"] * rows["nilai"]
    # fewer are better of unmet need: it is rounded, the others reach the rate with the next whole person
    sasaran = level.round().where(rows["indikator"].eq("unmet"), np.ceil(level - 1e-9))
    return rows.assign(kini=rows["pembilang"], sasaran=sasaran).dropna(subset=["sasaran"])


def _nearly_all(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which rows ask a group without anybody for nearly all of its target."""
    return rows["kini"].eq(0) & rows["jumlah"].gt(NEW_GROUP * rows["penyebut"])


def _class(found: Found) -> pd.DataFrame:
    """Return block C: the steps of the nearest road."""
    near = road.nearest(found.keadaan)
    near = near.loc[near["keadaan"].eq("ada_langkah"), ["kampung_id", "menuju"]]
    steps = found.langkah.merge(near, on=["kampung_id", "menuju"], validate="many_to_one")
    kept = ["kampung_id", "langkah", "menuju", "item", "dari", "ke", "jumlah", "satuan"]
    return steps.rename(columns={"tindakan": "langkah"})[kept].assign(blok="C")
