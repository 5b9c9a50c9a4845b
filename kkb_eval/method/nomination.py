"""Which Kampung KB may be put forward as an example, by printed criteria; the jury decides (METHOD 13)."""

import pandas as pd

from kkb_eval import schema

MUCH_BETTER = "lebih_baik_menonjol"
"""The label of an indicator in which a Kampung KB is far better than the others."""
DOUBTS = ("K06", "K09", "K11", "K13")
"""Findings with which numbers are used and yet nobody is put forward; K11 where the size is implausibly large."""
CRITERIA = ("kelas", "tanpa_salah", "tanpa_tanda", "diperbarui", "unggul", "lembaga", "di_luar_kunjungan")
"""The criteria in their order, as columns of ``nominasi.parquet``."""
_NUMBERS = ("nilai", "pembanding")
UNGGULAN = ("kampung_id", "indikator", *_NUMBERS, *(f"{angka}_sebelum" for angka in _NUMBERS))
"""Columns of ``unggulan.parquet``."""
_TYPES = {
    "kampung_id": "str",
    **dict.fromkeys(CRITERIA, "boolean"),
    "terpenuhi": "int64",
    "usulan": "boolean",
    **dict.fromkeys(("kurang", "lembaga_kurang", "penghargaan"), "str"),
}
NOMINASI = tuple(_TYPES)
"""Columns of ``nominasi.parquet``."""
INSTITUTIONS = {
    "pokja_pengurusan": "pengurus pokja",
    "pokja_sk": "SK pokja",
    "pokja_pelatihan": "pelatihan pokja",
    "plkb_pendamping": "PLKB pendamping",
    "regulasi": "regulasi",
    "rkm": "RKM",
    "penggunaan_data": "penggunaan data",
}
"""The institutions that are there or not; five mechanisms come on top."""
MECHANISMES = 5


def strengths(
    indikator: pd.DataFrame,
    wilayah: pd.DataFrame,
    kampung: pd.DataFrame,
    katalog: pd.DataFrame,
    sebelum: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None,
) -> pd.DataFrame:
    """Return the indicators that are MUCH_BETTER in this year and in the year before, by different records.

    Frames as they are stored; ``sebelum`` are ``indikator, wilayah, kampung`` of the year before. A record that is
    *tidak diperbarui* counts once, not twice: three of four that met the criterion by labels alone had one stale
    record. Returns ``UNGGULAN``, sorted by ``kampung_id`` and in the order of the catalogue; empty without a year
    before.
    """
    if sebelum is None:
        return pd.DataFrame(columns=list(UNGGULAN)).astype(dict.fromkeys(UNGGULAN[2:], "float64"))
    now = _better(indikator, wilayah, kampung)
    both = now.merge(_better(*sebelum), on=["kampung_id", "indikator"], suffixes=("", "_sebelum"))
    renewed = kampung.set_index("kampung_id")[["diperbarui_kb", "diperbarui_profil"]].astype("boolean").fillna(False)
    of_kb = both["indikator"].map(katalog.set_index("kode")["rekaman"]).str.contains("kb")
    kb, profil = (both["kampung_id"].map(renewed[c]).astype(bool) for c in renewed)
    both = both[kb.where(of_kb, profil)]
    both["urutan"] = both["indikator"].map({kode: i for i, kode in enumerate(katalog["kode"])})
    return both.sort_values(["kampung_id", "urutan"], ignore_index=True)[list(UNGGULAN)]


def _better(indikator: pd.DataFrame, wilayah: pd.DataFrame, kampung: pd.DataFrame) -> pd.DataFrame:
    """Return the values of one year with the label MUCH_BETTER: ``kampung_id, indikator`` and ``_NUMBERS``."""
    daerah = ["provinsi", "kabupaten"]
    acuan = wilayah.loc[wilayah["tingkat"].eq("kabupaten"), [*daerah, "indikator", "nilai"]]
    acuan = acuan.rename(columns={"nilai": "pembanding"})
    rows = indikator.loc[indikator["label"].eq(MUCH_BETTER), ["kampung_id", "indikator", "nilai"]]
    rows = rows.merge(kampung[["kampung_id", *daerah]], on="kampung_id", validate="many_to_one")
    rows = rows.merge(acuan, on=[*daerah, "indikator"], validate="many_to_one")
    return rows[["kampung_id", "indikator", *_NUMBERS]]


def judge(
    kampung: pd.DataFrame,
    catatan: pd.DataFrame,
    unggulan: pd.DataFrame,
    prioritas: pd.DataFrame,
    penghargaan: pd.DataFrame | None,
) -> pd.DataFrame:
    """Judge every Kampung KB by every criterion: columns ``NOMINASI``, rows as ``kampung``; no order among them.

    ``kelas``: the class is Mandiri or Berkelanjutan and not *dekat batas kelas*; ``tanpa_salah``: no finding of level
    *salah*; ``tanpa_tanda``: none of DOUBTS; ``diperbarui``: the KB record differs from the year before's;
    ``unggul``: an indicator in ``strengths``; ``lembaga``: all of ``INSTITUTIONS`` and ``MECHANISMES`` mechanisms;
    ``di_luar_kunjungan``: not among the visits. Null where it cannot be known; what is null is not met. ``usulan``:
    all are met; ``kurang``: the one criterion missed by a near miss; ``lembaga_kurang``: what is missing of the
    institutions, in words; ``penghargaan``: past awards, joined by "; ".
    """
    ids = kampung["kampung_id"]
    kelas = kampung["klasifikasi"].isin(schema.HIGH_CLASSES).astype("boolean") & kampung["mantap"].astype("boolean")
    salah = catatan.loc[catatan["tingkat"].eq("salah"), "kampung_id"].dropna()
    large_or_other = catatan["tingkat"].ne("info") | catatan["kode"].ne("K11")
    doubtful = catatan.loc[catatan["kode"].isin(DOUBTS) & large_or_other, "kampung_id"].dropna()
    lembaga, lembaga_kurang = _institutions(kampung)
    out = pd.DataFrame(
        {
            "kampung_id": ids,
            "kelas": kelas,
            "tanpa_salah": ~ids.isin(salah),
            "tanpa_tanda": ~ids.isin(doubtful),
            "diperbarui": kampung["diperbarui_kb"],
            "unggul": ids.isin(unggulan["kampung_id"]),
            "lembaga": lembaga,
            "di_luar_kunjungan": ~ids.isin(prioritas.loc[prioritas["terpilih"].fillna(False), "kampung_id"]),
            "lembaga_kurang": lembaga_kurang,
            "penghargaan": _awards(kampung, penghargaan),
        }
    )
    met = out[list(CRITERIA)].astype("boolean").fillna(False).astype(bool)
    terpenuhi = met.sum(axis=1)
    kurang = pd.Series(met.to_numpy().argmin(axis=1), out.index).map(CRITERIA.__getitem__)
    out = out.assign(
        terpenuhi=terpenuhi,
        usulan=terpenuhi.eq(len(CRITERIA)),
        kurang=kurang.where(terpenuhi.eq(len(CRITERIA) - 1)),
    )
    return out[list(NOMINASI)].astype(_TYPES).reset_index(drop=True)


def remaining(nominasi: pd.DataFrame) -> dict[str, int]:
    """Count who is left after each criterion and all before it, in the order of CRITERIA."""
    met = nominasi[list(CRITERIA)].astype("boolean").fillna(False).astype(bool)
    return {str(name): int(left) for name, left in met.cumprod(axis=1).sum().items()}


def _institutions(kampung: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Tell whether all institutions are there (null without a profil), and what is missing in words."""
    lapor = kampung["lapor_profil"].astype("boolean").fillna(False).astype(bool)
    ada = kampung[list(INSTITUTIONS)].gt(0)
    mekanisme = kampung["jumlah_mekanisme_operasional"]
    words = [
        [*(kata for kata, there in zip(INSTITUTIONS.values(), row, strict=True) if not there)]
        + ([f"mekanisme operasional ({n:.0f} dari {MECHANISMES})"] if n < MECHANISMES else [])
        for row, n in zip(ada.to_numpy(), mekanisme.fillna(0), strict=True)
    ]
    lengkap = ada.all(axis=1) & mekanisme.ge(MECHANISMES)
    kurang = pd.Series([", ".join(missing) for missing in words], kampung.index, dtype="str")
    return lengkap.astype("boolean").where(lapor), kurang.where(lapor & kurang.ne(""))


def _awards(kampung: pd.DataFrame, penghargaan: pd.DataFrame | None) -> pd.Series:
    """Return the awards of every Kampung KB, its own and those of its desa, latest first; null without any."""
    if penghargaan is None or not len(penghargaan):
        return pd.Series(pd.NA, kampung.index, dtype="str")
    tempat = ["kabupaten", "kecamatan", "desa"]
    own = penghargaan[penghargaan["kampung_id"].notna()]
    whole = penghargaan[penghargaan["kampung_id"].isna()].drop(columns="kampung_id")
    rows = pd.concat([own, whole.merge(kampung[[*tempat, "kampung_id"]], on=tempat)], ignore_index=True)
    rows = rows.sort_values(["tahun", "penghargaan"], ascending=[False, True], kind="stable")
    where = (rows["tingkat"] + ", ").fillna("") + rows["tahun"].astype("str")
    rows["teks"] = rows["penghargaan"] + " (" + where + ")"
    return kampung["kampung_id"].map(rows.groupby("kampung_id", sort=False)["teks"].agg("; ".join))
