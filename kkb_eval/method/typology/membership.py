"""Which type every Kampung KB belongs to, kabupaten by kabupaten, with all that a page says of it (METHOD 9).

The main typology is the local one where its types recur and are plainer than chance, else the reference types: a
yardstick, not a finding.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from kkb_eval.method.typology.explanation import describe, rule_tree
from kkb_eval.method.typology.features import Features, Scaling, features, probabilities
from kkb_eval.method.typology.kmeans import one_thread
from kkb_eval.method.typology.local import LocalTypes, fit_local
from kkb_eval.method.typology.reference import Reference, assign

Floats = NDArray[np.float64]
Draws = Callable[[Features], Floats | Iterable[Floats]]
"""Gives the drawn features of some units: draws x units x features, whole or in chunks of draws."""
REGION = ("provinsi", "kabupaten")
MEMBERS = {
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
    "di_perbatasan": "boolean",
    "sumbu1": "float64",
    "sumbu2": "float64",
    "belum_dikelompokkan": "str",
}
TIPOLOGI = {
    "unit": "int64",
    "k": "Int64",
    "mutu": "str",
    "p": "float64",
    "dipilih": "str",
    "diminta": "Int64",
    "bobot": "str",
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
RULES = {"tipologi": "str", "tipe": "int64", "aturan": "str", "anggota": "int64", "tepat": "float64"}
PANEL = {
    "k": "int64",
    "siluet": "float64",
    "siluet_acak": "float64",
    "simpangan_acak": "float64",
    "terkecil": "int64",
    "inersia": "float64",
    "jaccard_min": "float64",
    "mutu": "str",
}
BORDER = 0.1
"""Members with a silhouette below this lie at the border of their type: often a type away when entered again."""


@dataclass(frozen=True)
class Membership:
    """The types of every kabupaten; but for ``anggota`` every frame begins with ``provinsi, kabupaten``.

    ``anggota`` (MEMBERS, one row a Kampung KB, sorted; null where it has no type, with the reason in
    ``belum_dikelompokkan``), ``tipologi`` (TIPOLOGI, one row a kabupaten: ``utama`` "lokal" or "acuan" is the one to
    show, ``p`` that of the null test, ``alasan`` one of ``local.REASONS``, ``bobot`` an analyst's weights as
    "KB=2;kelembagaan=0.5", ``kecocokan`` the share of these very members that its rules place right), ``tipe`` (TIPE,
    one row a typology, type and indicator: members, pooled value, mean standardised value), ``aturan`` (RULES, the
    rules of the main typology) and ``panel`` (PANEL, the candidates).
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
    katalog_lokal: pd.DataFrame | None = None,
) -> Membership:
    """Find local types of each kabupaten where they recur, reference types always.

    ``indikator`` is the long frame, ``kampung`` gives the kabupaten of every ``kampung_id``. ``k`` and ``bobot``
    (weights of dimensions) are an analyst's, for the local types of every kabupaten; so is ``katalog_lokal``, part of
    the catalogue: local types of fewer indicators, which more Kampung KB may have. KkbError as ``fit_local``.
    """
    units = features(indikator, katalog)
    chosen = units if katalog_lokal is None else features(indikator, katalog_lokal)
    found: dict[tuple[str, str], dict[str, pd.DataFrame]] = {}
    for (provinsi, kabupaten), rows in kampung.groupby(list(REGION), sort=True)["kampung_id"]:
        own = units.within(rows)
        mine = own if chosen is units else chosen.within(rows)
        with one_thread():
            local = fit_local(mine, k=k, bobot=bobot)
            frames = _kabupaten(own, mine, local, reference, draws)
        frames["tipologi"]["bobot"] = _weights(bobot)
        found[str(provinsi), str(kabupaten)] = frames
    anggota = _joined(found, "acuan")
    for nama in ("lokal", "sumbu", "belum"):
        anggota = anggota.merge(_joined(found, nama), on="kampung_id", how="outer", validate="one_to_one")
    place = dict.fromkeys(REGION, "str")
    return Membership(
        anggota=anggota.reindex(columns=list(MEMBERS)).astype(MEMBERS).sort_values("kampung_id", ignore_index=True),
        tipologi=_joined(found, "tipologi", place | TIPOLOGI),
        tipe=_joined(found, "tipe", place | TIPE),
        aturan=_joined(found, "aturan", place | RULES),
        panel=_joined(found, "panel", place | PANEL),
    )


def _weights(bobot: Mapping[str, float] | None) -> str | None:
    return ";".join(f"{dimensi}={bobot[dimensi]:g}" for dimensi in sorted(bobot)) if bobot else None


def _joined(
    found: Mapping[tuple[str, str], Mapping[str, pd.DataFrame]], nama: str, kinds: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Join the frames of this name; with ``kinds`` also their place, with these columns and types."""
    filled = {place: frames[nama] for place, frames in found.items() if len(frames[nama])}
    if kinds is None:
        return pd.concat([*filled.values()] or [next(iter(found.values()))[nama]], ignore_index=True)
    frame = (
        pd.concat(filled, names=list(REGION)).reset_index(list(REGION)) if filled else pd.DataFrame(columns=list(kinds))
    )
    return frame.reindex(columns=list(kinds)).reset_index(drop=True).astype(kinds)


def _kabupaten(
    units: Features, mine: Features, local: LocalTypes, reference: Reference, draws: Draws
) -> dict[str, pd.DataFrame]:
    """Return the frames of ``Membership`` for one kabupaten, without its name; ``anggota`` in pieces.

    ``units`` have the features of the reference types, ``mine`` those of the local ones: the same, or fewer features
    of at least the same Kampung KB.
    """
    acuan = assign(units, reference)
    nomor = acuan["tipe_acuan"].to_numpy("int64")
    lokal = local.anggota.assign(mutu_tipe=local.mutu, nama_tipe=local.anggota["tipe"].map(local.nama))
    if len(units):
        drawn = draws(units)
        drawn = drawn if isinstance(drawn, np.ndarray) else list(drawn)  # chunks are read once more for local types
        acuan["peluang_tipe_acuan"] = _own_share(drawn, reference.scaling, reference.pusat, nomor)
    if local.scaling is not None:
        again = drawn if mine is units else draws(mine)
        lokal["peluang_tipe"] = _own_share(again, local.scaling, local.pusat, lokal["tipe"].to_numpy("int64"))
    shown = local.scaling if local.main else None
    utama, tampil, tipe = ("acuan", units, nomor) if shown is None else ("lokal", mine, lokal["tipe"].to_numpy("int64"))
    siluet = (acuan["siluet_acuan"] if shown is None else lokal["siluet"]).to_numpy(float)
    sumbu = _axes((shown or reference.scaling).apply(tampil.nilai))
    own = {"kampung_id": tampil.kampung_id, "sumbu1": sumbu[:, 0], "sumbu2": sumbu[:, 1]}
    aturan, kecocokan = _rules(tampil, tipe)
    profil = describe(units, nomor, reference.scaling.z(units.nilai), reference.nama).assign(tipologi="acuan")
    tipologi = {"unit": len(tampil), "utama": utama, "kecocokan": kecocokan}
    tipologi |= {nama: getattr(local, nama) for nama in ("k", "mutu", "p", "dipilih", "diminta", "alasan")}
    return {
        "acuan": acuan,
        "lokal": lokal,
        "sumbu": pd.DataFrame(own | {"di_perbatasan": siluet < BORDER}),
        "belum": tampil.tidak_lengkap.rename(columns={"alasan": "belum_dikelompokkan"}),
        "tipologi": pd.DataFrame([tipologi]),
        "tipe": profil if local.k is None else pd.concat([profil, local.profil.assign(tipologi="lokal")]),
        "aturan": aturan.assign(tipologi=utama),
        "panel": local.panel,
    }


def _own_share(drawn: Floats | Iterable[Floats], scaling: Scaling, pusat: Floats, tipe: NDArray[np.int64]) -> Floats:
    """Return the share of draws in which each unit is of the type (1 …) that it was given."""
    share: Floats = probabilities(drawn, scaling, pusat)[np.arange(len(tipe)), tipe - 1]
    return share


def _axes(space: Floats) -> Floats:
    """Return the first two principal axes of the units, for the map; 0 with fewer than three different units."""
    if len(np.unique(space, axis=0)) < 3:
        return np.zeros((len(space), 2))
    axes: Floats = PCA(2, svd_solver="full").fit_transform(space)
    return axes


def _rules(units: Features, tipe: NDArray[np.int64]) -> tuple[pd.DataFrame, float]:
    """Return the rules that tell the types (1 …) apart, and their fidelity; none and NaN of one type only."""
    if len(np.unique(tipe)) < 2:
        return pd.DataFrame(columns=list(RULES)), np.nan
    tree = rule_tree(units, tipe)
    return tree.aturan, tree.kecocokan
