"""The road to the next class: the cheapest steps after which the official rule gives that class (METHOD 7).

Institutional items start from the score in use and rise by points. Output items start from the raw numbers, so that
the rule can be applied to the changed numbers; where an exported output score differs from the recomputed one (K16),
the recomputed one counts. Without a rekap row the exported output scores stand and cannot rise.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from babel.numbers import format_decimal
from numpy.typing import NDArray

from kkb_eval import schema
from kkb_eval.method import klasifikasi
from kkb_eval.method.road.steps import NUMBERS, PEOPLE, Lift, changed, fewest, lift, prices
from kkb_eval.method.ties import foremost

COLUMNS = ("kampung_id", "menuju", "tindakan", "item", "dari", "ke", "jumlah", "satuan", "biaya")
INSTITUTIONS = (*schema.ITEMS["input"], *schema.ITEMS["proses"])
ACTIONS = (*(f"naikkan_{item}" for item in INSTITUTIONS), *PEOPLE)
"""Steps of a road in the order in which they are told."""
ONE_STEP = 10
"""People: a road that costs no more (one point of an institution, or so many people) is *selangkah*."""
FIRST = {"lapor_dulu": "lapor", "perbaiki_data_dulu": "perbaiki_data"}
"""States in which one step comes before any road: *isi formulir*, *cocokkan dulu*."""
UNSURE = ("K06", "K09", "K11", "K13")
"""Findings below *salah* on whose numbers no road is built; K11 where the size is implausibly large."""


@dataclass(frozen=True)
class Jalan:
    """``langkah`` (the steps, columns ``COLUMNS``) and ``keadaan`` (``kampung_id, menuju, keadaan, biaya``).

    ``keadaan`` has a row for every Kampung KB and each class above its own, or one with ``menuju`` null where no class
    is sought: "lapor_dulu" (no KB record) and "perbaiki_data_dulu" (``doubtful``), whatever the class; "ada_langkah"
    (``biaya`` is the whole road's); "sudah_cukup" (the numbers already give that class; the exports are of different
    moments); "tidak_cukup" (no set of steps suffices); "kelas_lain" (rising gives another class); "tanpa_rekap";
    "kelas_tertinggi"; "skor_belum_lengkap".
    """

    langkah: pd.DataFrame
    keadaan: pd.DataFrame


def find(
    kampung: pd.DataFrame,
    skor: pd.DataFrame,
    kelas: pd.DataFrame,
    catatan: pd.DataFrame,
    bands: pd.DataFrame,
    langkah: pd.DataFrame,
) -> Jalan:
    """Find the cheapest road of every Kampung KB with twelve known scores to each higher class.

    ``kampung`` is the clean year, ``skor`` (long) and ``kelas`` come from the klasifikasi, ``catatan`` are the
    findings, ``bands`` and ``langkah`` the tables of rule and steps. Least cost (people + ``setara_orang`` x points;
    a person always counts 1), then fewest long-acting users, then fewest different steps; further ties go to the
    item or poktan named first. ``dari`` and ``ke`` are null for steps of people, ``menuju`` and ``item`` for "lapor"
    and "perbaiki_data" (one row a Kampung KB, cost 0). Both frames are sorted by kampung_id, class and step.
    """
    kampung = kampung.sort_values("kampung_id", ignore_index=True)
    used = base_scores(kampung, skor)
    rank = _ranks(kampung, used, kelas)
    lifts = [lift(used[list(schema.ITEMS[n])], bands, langkah) for n in ("input", "proses")]
    first = _first(kampung, catatan)
    output, jumlah = _output(kampung, used, rank, first, bands)
    routes = [_toward(target, rank, lifts, output, first, jumlah, langkah) for target in schema.CLASSES[1:]]
    keadaan = pd.concat([route[0].assign(kampung_id=kampung["kampung_id"]) for route in routes])
    keadaan = keadaan.dropna(subset=["keadaan"])
    rest = pd.DataFrame({"kampung_id": kampung["kampung_id"], "menuju": None, "biaya": np.nan})
    rest["keadaan"] = np.where(rank < 0, "skor_belum_lengkap", "kelas_tertinggi")
    rest = rest[(rank < 0) | (rank == len(schema.CLASSES) - 1)]
    keadaan = _sorted(pd.concat([keadaan, rest]).astype({"menuju": "str"}))
    steps = _long(keadaan, [route[1] for route in routes], kampung, used, langkah)
    return Jalan(steps, keadaan[["kampung_id", "menuju", "keadaan", "biaya"]])


def base_scores(kampung: pd.DataFrame, skor: pd.DataFrame) -> pd.DataFrame:
    """Return the scores from which the road starts (one column an item, rows as ``kampung``); NaN where unknown.

    Institutional items: the score in use; output items: the recomputed score, else the one in use.
    """
    used, counted = (
        skor.pivot(index="kampung_id", columns="item", values=column)
        .reindex(index=kampung["kampung_id"], columns=list(schema.ALL_ITEMS))
        .set_axis(kampung.index)
        for column in ("skor", "hitung")
    )
    output = list(schema.ITEMS["output"])
    return used.assign(**counted[output].fillna(used[output]).where(used[output].notna()))


def _ranks(kampung: pd.DataFrame, used: pd.DataFrame, kelas: pd.DataFrame) -> NDArray[np.int64]:
    """Return the position of the official class, -1 without twelve known scores."""
    names = kampung["kampung_id"].map(kelas.set_index("kampung_id")["klasifikasi"])
    return np.where(used.notna().all(axis=1), names.map({n: i for i, n in enumerate(schema.CLASSES)}).fillna(-1), -1)


def doubtful(catatan: pd.DataFrame) -> frozenset[str]:
    """Return the ``kampung_id`` on whose numbers no road is built: any K-finding of level *salah*, or one of UNSURE."""
    unsure = catatan["kode"].isin(UNSURE) & (catatan["kode"].ne("K11") | catatan["tingkat"].ne("info"))
    salah = catatan["tingkat"].eq("salah") & catatan["kode"].str.startswith("K")
    return frozenset(catatan.loc[unsure | salah, "kampung_id"].dropna())


def _first(kampung: pd.DataFrame, catatan: pd.DataFrame) -> NDArray[np.object_]:
    """Return the state of FIRST that comes before any road, "" where none does."""
    silent = ~kampung["lapor_kb"].fillna(True).to_numpy(bool)
    numbers = kampung[list(NUMBERS)].fillna(0.0)
    # people can only be added to whole numbers, whether or not a finding has named the others
    unusable = ((numbers < 0) | (numbers % 1 > 0)).any(axis=1) | kampung["kampung_id"].isin(doubtful(catatan))
    return np.select([silent, unusable.to_numpy()], [*FIRST], "").astype(object)


def _output(
    kampung: pd.DataFrame, used: pd.DataFrame, rank: NDArray[np.int64], first: NDArray[np.object_], bands: pd.DataFrame
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Tell how the output index can come to pass ("lulus", "ada_langkah" or a state of ``Jalan``), by which people."""
    passes = klasifikasi.indices(used)["index_output"].ge(klasifikasi.PASS).to_numpy()
    without = kampung["lapor_kb"].isna().to_numpy()
    jumlah = np.zeros((len(kampung), len(PEOPLE)), np.int64)
    search = (rank >= 0) & (rank < len(schema.CLASSES) - 1) & ~passes & ~without & (first == "")
    enough = np.zeros(len(kampung), bool)
    raw = kampung.loc[search, list(NUMBERS)].fillna(0.0)
    enough[search], jumlah[search] = fewest(raw, bands)
    state = np.select([passes, without, enough], ["lulus", "tanpa_rekap", "ada_langkah"], "tidak_cukup")
    return state.astype(object), jumlah


def _toward(
    target: str,
    rank: NDArray[np.int64],
    lifts: list[Lift],
    output: NDArray[np.object_],
    first: NDArray[np.object_],
    jumlah: NDArray[np.int64],
    langkah: pd.DataFrame,
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return state and cost of the road to one class, and its steps (rows x ``ACTIONS``)."""
    (one, two), asks_output = lifts, target != "Berkembang"
    # Mandiri wants exactly one of input and proses: the one that passes, else the cheaper, else the one in fewer steps
    passing = (one.item == 0).astype(int) + (two.item == 0)
    prefer_one = (one.biaya < two.biaya) | ((one.biaya == two.biaya) & (one.item <= two.item))
    take = [np.ones(len(rank), bool)] * 2 if target != "Mandiri" else [prefer_one, ~prefer_one]
    other = (passing == 2) if target == "Mandiri" else (output == "lulus") & (not asks_output)
    points = np.hstack([index.poin * chosen[:, None] for index, chosen in zip(lifts, take, strict=True)])
    steps = np.hstack([points, jumlah * asks_output]).astype(float)
    state = np.where(asks_output & (output != "lulus"), output, "ada_langkah").astype(object)
    state = np.where((state == "ada_langkah") & ~steps.any(axis=1), "sudah_cukup", state)
    sought = (rank >= 0) & (rank < schema.CLASSES.index(target))
    # a Berkembang that rises keeps input and proses passing, so it never becomes Mandiri
    state = np.where(other | ((target == "Mandiri") & (rank == 1)), "kelas_lain", state)
    state = np.where(first != "", first, state)
    frame = pd.DataFrame({"menuju": target, "keadaan": pd.Series(state).where(sought)})
    cost = points @ prices(langkah, INSTITUTIONS) + steps[:, len(INSTITUTIONS) :].sum(axis=1)
    return frame.assign(biaya=np.where(frame["keadaan"] == "ada_langkah", cost, np.nan)), steps


def one_step_away(keadaan: pd.DataFrame) -> int:
    """Count the Kampung KB whose nearest road costs at most ``ONE_STEP``."""
    dekat = nearest(keadaan)
    return int((dekat["keadaan"].eq("ada_langkah") & dekat["biaya"].le(ONE_STEP)).sum())


def closest(keadaan: pd.DataFrame, places: int) -> frozenset[str]:
    """Return the ``kampung_id`` of the ``places`` cheapest nearest roads; a tie is not cut (``foremost``)."""
    near = nearest(keadaan)
    return frozenset(near.loc[foremost(-near["biaya"].to_numpy(float), places), "kampung_id"])


def nearest(keadaan: pd.DataFrame) -> pd.DataFrame:
    """Return the row of ``keadaan`` that a Kampung KB is told: one each.

    The cheapest road, of equals the one to the highest class; without a road the state of the nearest class.
    """
    urutan = {kelas: i for i, kelas in enumerate(schema.CLASSES)}
    rows = keadaan.assign(tingkat=keadaan["menuju"].map(urutan), tanpa=keadaan["keadaan"].ne("ada_langkah"))
    rows = rows.sort_values(["tanpa", "biaya", "tingkat"], ascending=[True, True, False], na_position="last")
    return rows.drop_duplicates("kampung_id").drop(columns=["tingkat", "tanpa"])


def _sorted(frame: pd.DataFrame, *then: str) -> pd.DataFrame:
    order = frame["menuju"].map({n: i for i, n in enumerate(schema.CLASSES)}).fillna(len(schema.CLASSES))
    return frame.assign(urutan=order).sort_values(["kampung_id", "urutan", *then], kind="stable", ignore_index=True)


def _long(
    keadaan: pd.DataFrame,
    steps: list[NDArray[np.float64]],
    kampung: pd.DataFrame,
    used: pd.DataFrame,
    langkah: pd.DataFrame,
) -> pd.DataFrame:
    """Return the steps of the roads that exist, and one row where something comes first, as ``COLUMNS``."""
    index = pd.Index(kampung["kampung_id"])
    parts = []
    for target, counts in zip(schema.CLASSES[1:], steps, strict=True):
        exists = keadaan.loc[(keadaan["menuju"] == target) & (keadaan["keadaan"] == "ada_langkah"), "kampung_id"]
        rows = index.get_indexer(exists)
        at, step = np.nonzero(counts[rows])
        parts.append(
            pd.DataFrame({"baris": rows[at], "menuju": target, "langkah": step, "jumlah": counts[rows][at, step]})
        )
    roads = pd.concat(parts)
    scores = np.hstack([used[list(INSTITUTIONS)].to_numpy(float), np.full((len(used), len(PEOPLE)), np.nan)])
    roads = roads.assign(
        kampung_id=index[roads["baris"]],
        tindakan=np.array(ACTIONS, object)[roads["langkah"]],
        dari=scores[roads["baris"], roads["langkah"]],
        ke=scores[roads["baris"], roads["langkah"]] + roads["jumlah"],
    )
    first = keadaan[keadaan["keadaan"].isin(FIRST)].drop_duplicates("kampung_id")
    first = first.assign(
        menuju=None, tindakan=first["keadaan"].map(FIRST), langkah=0, jumlah=1.0, dari=np.nan, ke=np.nan
    )
    out = _sorted(pd.concat([roads, first.drop(columns=["keadaan", "biaya"])]), "langkah")
    table = langkah.set_index("tindakan").reindex(out["tindakan"])
    point, one = out["ke"].notna().to_numpy(), out["tindakan"].isin(FIRST.values()).to_numpy()
    couple = out["tindakan"].str.startswith("layani").to_numpy()
    out["item"] = table["item"].to_numpy(object)
    out["satuan"] = np.select([point, one, couple], ["poin", "langkah", "pasangan"], "orang")
    out["biaya"] = np.select([point, one], [out["jumlah"] * table["setara_orang"].to_numpy(float), 0.0], out["jumlah"])
    return out.astype({"menuju": "str", "dari": "Int64", "ke": "Int64", "jumlah": "int64"})[list(COLUMNS)]


def apply(
    kampung: pd.DataFrame, skor: pd.DataFrame, steps: pd.DataFrame, bands: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the raw numbers and the twelve scores (one column an item) after the steps of one road a Kampung KB.

    ``steps`` are rows of ``Jalan.langkah``, of one ``menuju`` for each kampung_id; the result has the rows of
    ``kampung``. The output scores are recomputed from the changed numbers, whatever the road believed.
    """
    wide = steps.pivot_table(index="kampung_id", columns="tindakan", values="jumlah", aggfunc="sum")
    wide = wide.reindex(index=kampung["kampung_id"], columns=list(ACTIONS)).fillna(0.0).set_axis(kampung.index)
    numbers = changed(kampung, wide)
    scores = base_scores(kampung, skor)
    for item in INSTITUTIONS:
        scores[item] += wide[f"naikkan_{item}"]
    recomputed, _ = klasifikasi.score_range(numbers, bands)
    for item in schema.ITEMS["output"]:
        scores[item] = recomputed[item].where(kampung["lapor_kb"].notna(), scores[item])
    return numbers, scores


def worded(steps: pd.DataFrame, langkah: pd.DataFrame, bands: pd.DataFrame) -> pd.DataFrame:
    """Return the steps with what a PLKB reads of each: ``kalimat``, and ``singkat``, the same in a few words.

    ``steps`` are rows of ``Jalan.langkah`` or, with their step in ``tindakan``, of ``rencana.parquet``. The texts of
    the table ``langkah`` may name {jumlah}, {dari}, {ke}, {minimal} (the least of what the item counts that gives the
    score ``ke``), {kini}, {sasaran}, {harapan} and {rincian} (forms).
    """
    least = bands.set_index(["item", "skor"])["dari"].to_dict()
    numbers = [c for c in ("dari", "ke", "jumlah", "kini", "sasaran", "harapan") if c in steps]
    filled = []
    for step in steps.reindex(columns=["tindakan", "item", "rincian", *numbers]).to_dict("records"):
        words = {c: format_decimal(step[c], locale="id") for c in numbers if pd.notna(step[c])}
        if "ke" in words:
            words["minimal"] = f"{least[step['item'], step['ke']]:.0f}"
        words["rincian"] = forms(step["rincian"])
        filled.append(words)
    out = steps.copy()
    for kolom in ("kalimat", "singkat"):
        texts = steps["tindakan"].map(langkah.set_index("tindakan")[kolom])
        out[kolom] = [text.format(**words) for text, words in zip(texts, filled, strict=True)]
    return out


def forms(names: object) -> str:
    """Return names of forms as they are read; a step of the road that names none is about the KB form.

    >>> forms("profil, penduduk, kb")
    'profil, penduduk dan KB'
    """
    words = [{"kb": "KB"}.get(name, name) for name in (names if isinstance(names, str) else "kb").split(", ")]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} dan {words[-1]}"
