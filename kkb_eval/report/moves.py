"""Who changes type between two typologies of the same Kampung KB, whose numbers and names need not be the same."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from kkb_eval.evaluation import Evaluation
from kkb_eval.report.html import Fragment, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.typology import main_type
from kkb_eval.report.type_words import reason


def moved(lama: pd.Series, baru: pd.Series) -> pd.Series:
    """Whether each Kampung KB leaves its type: boolean with the index of ``lama``, NA where it lacks one of the types.

    ``lama`` and ``baru`` are type numbers of the same index. Types are paired one to one so that as few as possible
    move (Hungarian method on shared members); a type without partner is new, and all its members have moved.
    """
    both = lama.notna() & baru.notna()
    silang = pd.crosstab(lama[both], baru[both])
    rows, columns = linear_sum_assignment(silang.to_numpy(), maximize=True)
    pasangan = dict(zip(silang.index[rows], silang.columns[columns], strict=True))
    leaves = lama[both].map(pasangan).astype("Int64").ne(baru[both].astype("Int64")).fillna(True)
    return leaves.reindex(lama.index).astype("boolean")


def moves(lama: Evaluation, baru: Evaluation, tampil: Evaluation) -> Fragment:
    """What the types of ``baru`` are, and who of ``tampil`` (a part of them) has another type than in ``lama``."""
    tipe = main_type(lama).merge(main_type(baru)[["kampung_id", "tipe", "nama"]], on="kampung_id", suffixes=("", "_b"))
    pindah = moved(tipe["tipe"], tipe["tipe_b"])
    isi = tipe.assign(pindah=pindah)[tipe["kampung_id"].isin(tampil.kampung["kampung_id"])]
    rows = isi[isi["pindah"].fillna(False)].sort_values(["kecamatan", "kampung"])
    tipologi = baru.tipologi.iloc[0]
    return render(
        "sections/typology_moves.html.j2",
        lokal=tipologi["utama"] == "lokal",
        k=tipologi["k"],
        alasan=reason(tipologi, baru.panel),
        tempat=tampil.kecamatan,
        banding=int(isi["pindah"].notna().sum()),
        baru=int((isi["tipe"].isna() & isi["tipe_b"].notna()).sum()),
        lepas=int((isi["tipe"].notna() & isi["tipe_b"].isna()).sum()),
        baris=[_row(r) for r in each(rows)],
        silang=_crossed(isi),
    )


def _row(r: Any) -> dict[str, Any]:
    return {
        "kampung": r.kampung,
        "kecamatan": r.kecamatan,
        "dari": int(r.tipe),
        "nama_dari": r.nama,
        "ke": int(r.tipe_b),
        "nama_ke": r.nama_b,
    }


def _crossed(isi: pd.DataFrame) -> dict[str, Any]:
    """Stored types (rows) by types of the choice (columns): numbers, names and counts; empty without any pair."""
    isi = isi.dropna(subset=["tipe", "tipe_b"])
    silang = pd.crosstab(isi["tipe"], isi["tipe_b"])
    nama = {k: dict(isi.drop_duplicates(k)[[k, n]].to_numpy()) for k, n in (("tipe", "nama"), ("tipe_b", "nama_b"))}
    return {
        "kolom": [(int(t), nama["tipe_b"][t]) for t in silang.columns],
        "baris": [
            (int(t), nama["tipe"][t], np.asarray(v).tolist())
            for t, v in zip(silang.index, silang.to_numpy(), strict=True)
        ],
    }
