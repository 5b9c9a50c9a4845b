"""Which type every Kampung KB belongs to, kabupaten by kabupaten, with all that a page says of it (METHOD 9)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from kkb_eval.method.explanation import describe, rule_tree
from kkb_eval.method.features import Features, Scaling, features, probabilities
from kkb_eval.method.reference import Reference, assign
from kkb_eval.method.typology import LocalTypes, fit_local, withheld

Floats = NDArray[np.float64]
Draws = Callable[[Features], Floats | Iterable[Floats]]
"""Gives the drawn features of some units: draws x units x features, whole or in chunks of draws."""
DAERAH = ("provinsi", "kabupaten")
ANGGOTA = {
    "kampung_id": "str",
    "tipe": "Int64",
    "mutu_tipe": "str",
    "nama_tipe": "str",
    "siluet": "float64",
    "tipe_kedua": "Int64",
    "peluang_tipe": "float64",
    "tipe_acuan": "Int64",
    "nama_tipe_acuan": "str",
    "siluet_acuan": "float64",
    "tipe_kedua_acuan": "Int64",
    "peluang_tipe_acuan": "float64",
    "sumbu1": "float64",
    "sumbu2": "float64",
    "belum_dikelompokkan": "str",
}
TIPOLOGI = {
    "unit": "int64",
    "k": "Int64",
    "mutu": "str",
    "dipilih": "str",
    "alasan": "str",
    "utama": "str",
    "kecocokan": "float64",
}
TIPE = {
    "tipologi": "str",
    "tipe": "int64",
    "nama": "str",
    "jumlah": "int64",
    "indikator": "str",
    "nilai": "float64",
    "z": "float64",
}
ATURAN = {"tipologi": "str", "tipe": "int64", "aturan": "str", "anggota": "int64", "tepat": "float64"}
PANEL = {
    "k": "int64",
    "siluet": "float64",
    "terkecil": "int64",
    "inersia": "float64",
    "jaccard_min": "float64",
    "mutu": "str",
}


@dataclass(frozen=True)
class Membership:
    """The types of every kabupaten; but for ``anggota`` every frame begins with ``provinsi, kabupaten``.

    ``anggota`` (ANGGOTA, one row a Kampung KB, sorted; null where it has no type, with the reason in
    ``belum_dikelompokkan``), ``tipologi`` (TIPOLOGI, one row a kabupaten: ``utama`` "lokal" or "acuan" is the one to
    show, ``kecocokan`` the fidelity of its rules), ``tipe`` (TIPE, one row a typology, type and indicator: members,
    pooled value, mean standardised value), ``aturan`` (ATURAN, the rules of the main typology) and ``panel`` (PANEL,
    the stability panel).
    """

    anggota: pd.DataFrame
    tipologi: pd.DataFrame
    tipe: pd.DataFrame
    aturan: pd.DataFrame
    panel: pd.DataFrame


def group(
    indikator: pd.DataFrame,
    kampung: pd.DataFrame,
    katalog: pd.DataFrame,
    reference: Reference,
    draws: Draws,
    *,
    k: int | None = None,
    bobot: Mapping[str, float] | None = None,
) -> Membership:
    """Local types of each kabupaten where they hold, reference types always.

    ``indikator`` is the long frame, ``kampung`` gives the kabupaten of every ``kampung_id``. ``k`` and ``bobot``
    (weights of dimensions) are an analyst's, for the local types of every kabupaten. KkbError as ``fit_local``.
    """
    units = features(indikator, katalog)
    parts: dict[str, list[pd.DataFrame]] = {"anggota": [], "tipologi": [], "tipe": [], "aturan": [], "panel": []}
    for (provinsi, kabupaten), rows in kampung.groupby(list(DAERAH), sort=True):
        own = units.within(rows["kampung_id"])
        local = fit_local(own, k=k, bobot=bobot)
        if local.k is not None and local.mutu is None:
            local = withheld(local, own)
        for nama, frame in _kabupaten(own, local, reference, draws).items():
            parts[nama].append(frame.assign(provinsi=str(provinsi), kabupaten=str(kabupaten)))
    place = dict.fromkeys(DAERAH, "str")
    return Membership(
        anggota=_joined(parts["anggota"], ANGGOTA).sort_values("kampung_id", ignore_index=True),
        tipologi=_joined(parts["tipologi"], place | TIPOLOGI),
        tipe=_joined(parts["tipe"], place | TIPE),
        aturan=_joined(parts["aturan"], place | ATURAN),
        panel=_joined(parts["panel"], place | PANEL),
    )


def _joined(parts: list[pd.DataFrame], kinds: Mapping[str, str]) -> pd.DataFrame:
    """The frames below each other with the columns and types of ``kinds``; also where all of them are empty."""
    filled = [part for part in parts if len(part)]
    frame = pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(kinds))
    return frame.reindex(columns=list(kinds)).astype(kinds)


def _kabupaten(units: Features, local: LocalTypes, reference: Reference, draws: Draws) -> dict[str, pd.DataFrame]:
    """The frames of ``Membership`` for one kabupaten, without its name."""
    anggota = assign(units, reference).merge(local.anggota, on="kampung_id", how="left", validate="one_to_one")
    anggota = anggota.assign(mutu_tipe=local.mutu, nama_tipe=anggota["tipe"].map(local.nama))
    acuan = anggota["tipe_acuan"].to_numpy("int64")
    if len(units):
        drawn = draws(units)
        drawn = drawn if isinstance(drawn, np.ndarray) else list(drawn)  # chunks are read once more for local types
        anggota["peluang_tipe_acuan"] = _own_share(drawn, reference.scaling, reference.pusat, acuan)
        if local.scaling is not None:
            tipe = anggota["tipe"].to_numpy("int64")
            anggota["peluang_tipe"] = _own_share(drawn, local.scaling, local.pusat, tipe)
    shown = local.scaling if local.mutu == "stabil" else None
    utama, kolom = ("acuan", "tipe_acuan") if shown is None else ("lokal", "tipe")
    anggota[["sumbu1", "sumbu2"]] = _axes((shown or reference.scaling).apply(units.nilai))
    aturan, kecocokan = _rules(units, anggota[kolom].to_numpy("int64"))
    profil = describe(units, acuan, reference.scaling.z(units.nilai), reference.nama)
    tipologi = {"unit": len(units), "k": local.k, "mutu": local.mutu, "dipilih": local.dipilih, "alasan": local.alasan,
                "utama": utama, "kecocokan": kecocokan}  # fmt: skip
    belum = units.tidak_lengkap.rename(columns={"alasan": "belum_dikelompokkan"})
    return {
        "anggota": pd.concat([part for part in (anggota, belum) if len(part)] or [anggota], ignore_index=True),
        "tipologi": pd.DataFrame([tipologi]),
        "tipe": pd.concat([profil.assign(tipologi="acuan"), local.profil.assign(tipologi="lokal")]),
        "aturan": aturan.assign(tipologi=utama),
        "panel": local.panel,
    }


def _own_share(drawn: Floats | Iterable[Floats], scaling: Scaling, pusat: Floats, tipe: NDArray[np.int64]) -> Floats:
    """The share of draws in which each unit is of the type (1 …) that it was given."""
    share: Floats = probabilities(drawn, scaling, pusat)[np.arange(len(tipe)), tipe - 1]
    return share


def _axes(space: Floats) -> Floats:
    """The first two principal axes of the units, for the map; 0 where there are fewer than three different ones."""
    if len(np.unique(space, axis=0)) < 3:
        return np.zeros((len(space), 2))
    axes: Floats = PCA(2, svd_solver="full").fit_transform(space)
    return axes


def _rules(units: Features, tipe: NDArray[np.int64]) -> tuple[pd.DataFrame, float]:
    """The rules that tell the types (1 …) apart, and their fidelity; none and NaN where there is one type only."""
    if len(np.unique(tipe)) < 2:
        return pd.DataFrame(columns=list(ATURAN)), np.nan
    tree = rule_tree(units, tipe)
    return tree.aturan, tree.kecocokan
