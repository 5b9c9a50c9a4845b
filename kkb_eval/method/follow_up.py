"""What became of last year's RTL: agreed, done by the office's word, reached by the numbers, class changed (METHOD 13).

The office's status and the numbers are kept apart: a step that is *selesai* may not show in the portal yet, and a score
may rise without anyone having acted.
"""

from typing import NamedTuple

import pandas as pd

from kkb_eval import schema
from kkb_eval.method import road

COLUMNS = (
    *("tahun", "kecamatan", "kampung_id", "kampung", "tindakan", "menuju", "langkah", "unsur", "penanggung_jawab"),
    *("tenggat", "status", "catatan", "berkas", "baris", "item", "dari", "ke", "kini", "tercapai"),
    *("kelas_sebelum", "kelas_sekarang", "kabupaten"),
)
"""Columns of ``rtl.parquet``."""
_KEYS = ["kampung_id", "menuju", "tindakan"]


class Numbers(NamedTuple):
    """A year's tables: ``kampung`` with its class, ``skor`` (long), the steps and states of its roads."""

    kampung: pd.DataFrame
    skor: pd.DataFrame
    langkah: pd.DataFrame
    keadaan: pd.DataFrame


def compute(agreed: pd.DataFrame, now: Numbers, before: Numbers | None, bands: pd.DataFrame) -> pd.DataFrame:
    """Every agreed step with what the numbers say of it, columns ``KOLOM``, in the order of ``agreed``.

    ``agreed``: rows as ``intake.action_plan.KOLOM``, of the year of ``before`` (None: no year before, and no rows);
    ``bands`` the table of the rule. ``dari`` and ``ke`` are the scores of the step's ``item`` before and after its road
    in ``before``, ``kini`` the score now. ``tercapai`` (nullable boolean): true where ``kini`` is at least ``ke``,
    false where it is less although the form was updated, else null: not updated, gone, a step of the meeting's own. Of
    *lapor* it is whether the KB form is there now, of *perbarui* whether it was renewed, of *perbaiki_data* whether the
    contradiction is gone.
    """
    if before is None:
        agreed, before = agreed.iloc[:0], now
    own = before.langkah[before.langkah["kampung_id"].isin(agreed["kampung_id"])]
    out = agreed.merge(_targets(own, before, bands), on=_KEYS, how="left", validate="many_to_one")
    scores = _long(road.base_scores(now.kampung, now.skor), now.kampung)
    out["kini"] = _look_up(scores, out["kampung_id"], out["item"]).astype("Int64")
    out["tercapai"] = _reached(out, now)
    for kolom, year in (("kelas_sebelum", before), ("kelas_sekarang", now)):
        out[kolom] = out["kampung_id"].map(year.kampung.set_index("kampung_id")["klasifikasi"]).astype("str")
    return out[list(COLUMNS)]


def _targets(steps: pd.DataFrame, before: Numbers, bands: pd.DataFrame) -> pd.DataFrame:
    """``dari`` and ``ke`` of every step: the scores of its item before and after the whole road."""
    parts = [pd.DataFrame({c: pd.Series(dtype="str") for c in (*_KEYS, "item")} | {"dari": [], "ke": []})]
    for _, road_steps in steps.dropna(subset="menuju").groupby("menuju"):
        kampung = before.kampung[before.kampung["kampung_id"].isin(road_steps["kampung_id"])]
        _, after = road.apply(kampung, before.skor, road_steps, bands)
        base = road.base_scores(kampung, before.skor)
        part = road_steps[[*_KEYS, "item"]].copy()
        part["dari"], part["ke"] = (
            _look_up(_long(scores, kampung), part["kampung_id"], part["item"]) for scores in (base, after)
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True).astype({"dari": "Int64", "ke": "Int64"})


def _long(scores: pd.DataFrame, kampung: pd.DataFrame) -> pd.Series:
    """Scores (one column an item, rows as ``kampung``) by kampung_id and item."""
    rows = scores[list(schema.ALL_ITEMS)].assign(kampung_id=kampung["kampung_id"])
    return rows.melt("kampung_id", var_name="item").set_index(["kampung_id", "item"])["value"]


def _look_up(scores: pd.Series, kampung_id: pd.Series, item: pd.Series) -> pd.Series:
    """The scores of pairs of Kampung KB and item; NaN where there is none."""
    found = scores.reindex(pd.MultiIndex.from_arrays([kampung_id, item]))
    return pd.Series(found.to_numpy(float), index=kampung_id.index)


def _reached(steps: pd.DataFrame, now: Numbers) -> pd.Series:
    kampung = now.kampung.set_index("kampung_id")

    def of(kolom: str) -> pd.Series:
        return steps["kampung_id"].map(kampung[kolom]).astype("boolean")

    enough = (steps["kini"] >= steps["ke"]).astype("boolean")
    people = steps["item"].isin(schema.ITEMS["output"])
    updated = of("diperbarui_kb").where(people, of("diperbarui_profil")).fillna(False)
    out = enough.where(enough.fillna(False) | updated)
    out = out.mask(steps["tindakan"].eq("perbarui"), of("diperbarui_kb"))
    lapor = of("lapor_kb")
    rusak = now.keadaan.loc[now.keadaan["keadaan"].eq("perbaiki_data_dulu"), "kampung_id"]
    benar = (~steps["kampung_id"].isin(rusak)).astype("boolean").where(lapor.fillna(False))
    return out.mask(steps["tindakan"].eq("lapor"), lapor).mask(steps["tindakan"].eq("perbaiki_data"), benar)
