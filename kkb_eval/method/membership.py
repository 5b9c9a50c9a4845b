"""Which type every Kampung KB belongs to, kabupaten by kabupaten, with all that a page says of it (METHOD 9)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from kkb_eval.method.features import Features, Scaling, features, probabilities
from kkb_eval.method.reference import Reference, assign
from kkb_eval.method.typology import LocalTypes, fit_local, rule_tree

Floats = NDArray[np.float64]
DAERAH = ("provinsi", "kabupaten")
ANGGOTA = (
    "kampung_id", "tipe", "mutu_tipe", "nama_tipe", "siluet", "tipe_kedua", "peluang_tipe", "tipe_acuan",
    "nama_tipe_acuan", "siluet_acuan", "tipe_kedua_acuan", "peluang_tipe_acuan", "sumbu1", "sumbu2", "belum_dikelompokkan",
)  # fmt: skip
_BULAT = ("tipe", "tipe_kedua", "tipe_acuan", "tipe_kedua_acuan")


@dataclass(frozen=True)
class Membership:
    """The types of every kabupaten.

    ``anggota`` (columns ANGGOTA, one row a Kampung KB; null where it has no type, with the reason in
    ``belum_dikelompokkan``), ``tipologi`` (one row a kabupaten: ``unit, k, mutu, dipilih, alasan, utama, kecocokan``),
    ``tipe`` (one row a kabupaten, typology, type and indicator: ``nama, jumlah, nilai`` pooled, ``z``), ``aturan``
    (rules of the main typology) and ``panel`` (the stability panels).
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
    draws: Callable[[Features], Floats | Iterable[Floats]],
    *,
    k: int | None = None,
) -> Membership:
    """Local types of each kabupaten where they hold, reference types always.

    ``indikator`` is the long frame, ``kampung`` gives the kabupaten, ``draws`` the drawn features (draws x units x
    features) of some units. ``k`` is an analyst's choice for every kabupaten.
    """
    daerah = kampung.set_index("kampung_id")[list(DAERAH)]
    joined = indikator.join(daerah, on="kampung_id")
    parts: dict[str, list[pd.DataFrame]] = {"anggota": [], "tipologi": [], "tipe": [], "aturan": [], "panel": []}
    for keys, long in joined.groupby(list(DAERAH), dropna=False, sort=True):
        tempat = dict(zip(DAERAH, keys, strict=True))
        for nama, frame in _kabupaten(long, katalog, reference, draws, k).items():
            parts[nama].append(frame.assign(**tempat) if nama != "anggota" else frame)
    frames = {nama: pd.concat(frames, ignore_index=True) for nama, frames in parts.items()}
    anggota = frames["anggota"].reindex(columns=list(ANGGOTA)).astype(dict.fromkeys(_BULAT, "Int64"))
    return Membership(**frames | {"anggota": anggota.sort_values("kampung_id", ignore_index=True)})


def _kabupaten(
    long: pd.DataFrame,
    katalog: pd.DataFrame,
    reference: Reference,
    draws: Callable[[Features], Floats | Iterable[Floats]],
    k: int | None,
) -> dict[str, pd.DataFrame]:
    units = features(long, katalog)
    local = fit_local(units, k=k)
    acuan = assign(units, reference)
    utama = "lokal" if local.mutu == "stabil" else "acuan"
    anggota = acuan.merge(local.anggota, on="kampung_id", how="left")
    anggota["mutu_tipe"] = local.mutu if local.mutu else None
    anggota["nama_tipe"] = anggota["tipe"].map(local.nama).astype(object)
    drawn = draws(units) if len(units) else None
    _probability(anggota, "tipe_acuan", drawn, reference.scaling, reference.pusat)
    if local.scaling is not None:
        _probability(anggota, "tipe", drawn, local.scaling, local.pusat)
    ruang = local.scaling if utama == "lokal" and local.scaling else reference.scaling
    anggota[["sumbu1", "sumbu2"]] = _axes(ruang.apply(units.nilai))
    belum = units.tidak_lengkap.rename(columns={"alasan": "belum_dikelompokkan"})
    kolom = "tipe" if utama == "lokal" else "tipe_acuan"
    aturan, kecocokan = _rules(units, anggota[kolom])
    tipologi = {"unit": len(units), "k": local.k, "mutu": local.mutu, "dipilih": local.dipilih, "alasan": local.alasan,
                "utama": utama, "kecocokan": kecocokan}  # fmt: skip
    return {
        "anggota": pd.concat([anggota, belum], ignore_index=True),
        "tipologi": pd.DataFrame([tipologi]).astype({"k": "Int64", "mutu": object}),
        "tipe": _describe(long, units, anggota, local, reference),
        "aturan": aturan.assign(tipologi=utama),
        "panel": local.panel.drop(columns="jaccard"),
    }


def _probability(anggota: pd.DataFrame, kolom: str, drawn: Any, scaling: Scaling, pusat: Floats) -> None:
    """Adds ``peluang_<kolom>``: the share of draws in which a unit is of the type it was given."""
    if drawn is None:
        anggota[f"peluang_{kolom}"] = np.nan
        return
    share = probabilities(drawn, scaling, pusat)
    anggota[f"peluang_{kolom}"] = share[np.arange(len(share)), anggota[kolom].to_numpy(int) - 1]


def _axes(space: Floats) -> Floats:
    """The first two principal axes of the units, for the map; 0 where there are fewer than three units."""
    if len(space) < 3:
        return np.zeros((len(space), 2))
    axes: Floats = PCA(2, svd_solver="full").fit_transform(space)
    return axes


def _rules(units: Features, tipe: pd.Series) -> tuple[pd.DataFrame, float]:
    if tipe.nunique() < 2:
        return pd.DataFrame(columns=["tipe", "aturan", "anggota", "tepat"]), np.nan
    tree = rule_tree(units, tipe.to_numpy(int) - 1)
    return tree.aturan, tree.kecocokan


def _describe(
    long: pd.DataFrame, units: Features, anggota: pd.DataFrame, local: LocalTypes, reference: Reference
) -> pd.DataFrame:
    """Members, pooled value and mean standardised value of each type and indicator, of both typologies."""
    counts = long[long["indikator"].isin(units.indikator)].merge(anggota[["kampung_id", "tipe", "tipe_acuan"]])
    parts = []
    for tipologi, kolom, scaling, nama in (
        ("lokal", "tipe", local.scaling, local.nama),
        ("acuan", "tipe_acuan", reference.scaling, reference.nama),
    ):
        if scaling is None or not len(units):
            continue
        z = pd.DataFrame(scaling.z(units.nilai), columns=list(units.indikator)).groupby(anggota[kolom].to_numpy(int)).mean()
        table = z.rename_axis(index="tipe", columns="indikator").stack().rename("z").reset_index()
        sums = counts.groupby([kolom, "indikator"])[["pembilang", "penyebut"]].sum().rename_axis(["tipe", "indikator"])
        pooled = (sums["pembilang"] / sums["penyebut"]).rename("nilai").reset_index()
        jumlah = anggota[kolom].value_counts()
        table = table.merge(pooled, on=["tipe", "indikator"])
        parts.append(
            table.assign(tipologi=tipologi, nama=table["tipe"].map(nama), jumlah=table["tipe"].map(jumlah).astype("int64"))
        )
    kolom_tipe = ["tipologi", "tipe", "nama", "jumlah", "indikator", "nilai", "z"]
    return pd.concat(parts)[kolom_tipe] if parts else pd.DataFrame(columns=kolom_tipe)
