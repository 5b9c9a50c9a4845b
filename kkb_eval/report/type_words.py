"""Why a page shows the types that it shows, in a reader's words (METHOD 9)."""

from typing import Any

import pandas as pd

from kkb_eval.method.typology.local import AT_LEAST
from kkb_eval.method.typology.null import PLAIN
from kkb_eval.text import count, decimal, enumerate_words

YARDSTICK = "sebagai penggaris dipakai tipe acuan nasional"
NO_PLAINER = f"Kampung KB di sini tidak terbagi lebih jelas daripada kebetulan; {YARDSTICK}."
RECUR = {
    "stabil": "setiap tipe muncul lagi bila datanya diambil ulang",
    "indikatif": "tidak setiap tipe muncul lagi dengan baik bila datanya diambil ulang",
}


def reason(tipologi: "pd.Series[Any]", panel: pd.DataFrame) -> str:
    """Return one or two sentences on what decided; ``tipologi`` is a row of that table, ``panel`` its panel."""
    n, k, asked = int(tipologi["unit"]), tipologi["k"], tipologi["diminta"]
    match tipologi["alasan"]:
        case "sedikit":
            said = f"Hanya {count(n)} Kampung KB lengkap; tipe lokal perlu sedikitnya {AT_LEAST}."
        case "seragam":
            same = "mempunyai angka yang sama; tidak ada tipe yang dapat dibedakan."
            said = f"Semua {count(n)} Kampung KB lengkap {same}"
        case "tidak_berulang":
            said = f"Tidak ada pembagian yang setiap tipenya muncul lagi bila datanya diambil ulang; {YARDSTICK}."
        case "kebetulan":
            said = f"{NO_PLAINER[:-1]} (p = {decimal(tipologi['p'], 3)})."
        case "jelas":
            said = (
                f"Pembagian menjadi {k} tipe lebih jelas daripada kebetulan (p = {decimal(tipologi['p'], 3)}), dan "
                f"{RECUR['stabil']}."
            )
        case "terlalu_banyak":
            most = int(panel["k"].max())
            said = f"Analis meminta {asked} tipe, tetapi {count(n)} Kampung KB cukup untuk paling banyak {most} tipe."
        case _:
            said = _chosen(tipologi)
    return said + _weights(tipologi["bobot"])


def _chosen(tipologi: "pd.Series[Any]") -> str:
    """Return what is said of a number of types that an analyst chose."""
    said = f"Jumlah tipe ({tipologi['diminta']}) ditetapkan analis."
    if pd.isna(tipologi["k"]):
        return f"{said} Tipe sebanyak itu tidak muncul lagi bila datanya diambil ulang, jadi {YARDSTICK}."
    plain = "" if tipologi["p"] <= PLAIN else "tidak "
    return (
        f"{said} Menurut uji, Kampung KB di sini {plain}terbagi lebih jelas daripada kebetulan "
        f"(p = {decimal(tipologi['p'], 3)}); {RECUR[tipologi['mutu']]}."
    )


def _weights(bobot: Any) -> str:
    if not isinstance(bobot, str):
        return ""
    pairs = (pair.partition("=") for pair in bobot.split(";"))
    words = enumerate_words((f"{nama} {nilai.replace('.', ',')}" for nama, _, nilai in pairs), most=6)
    return f" Bobot bidang ditetapkan analis: {words}; lainnya 1."
