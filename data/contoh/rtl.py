"""The returned RTL workbooks of the sample dataset: the roads of 2017, filled in as ``bahan/rtl.csv`` says."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval.documents.action_plan_book import Rtl, write
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import YearData, open_dataset
from kkb_eval.method import klasifikasi, road

TAHUN = 2017
Isian = dict[str, str]


def tulis_rtl(folder: Path, isian: Iterable[Isian]) -> None:
    """Write ``rujukan/rtl/<kecamatan>.xlsx`` from the exports below ``folder``; ValueError for a step of no road.

    Only what the meeting dealt with: the office has deleted the other rows.
    """
    data, isian = open_dataset(folder).year(TAHUN), list(isian)
    langkah = _langkah(data)
    for kecamatan in dict.fromkeys(row["kecamatan"] for row in isian):
        sini = langkah[langkah["kecamatan"].eq(kecamatan)]
        baris = _terisi(sini.to_dict("records"), [row for row in isian if row["kecamatan"] == kecamatan])
        dibuat = max(d for d in (data.snapshot_rekap, data.snapshot_klasifikasi) if d)
        slug = data.kampung.loc[data.kampung["kecamatan"].eq(kecamatan), "slug_kecamatan"].iat[0]
        tujuan = folder / "rujukan" / "rtl" / f"{slug}.xlsx"
        tujuan.parent.mkdir(parents=True, exist_ok=True)
        write(tujuan, Rtl("Kabupaten Lebak", kecamatan, TAHUN, True, dibuat, baris))


def _langkah(data: YearData) -> pd.DataFrame:
    """The steps of the nearest roads as rows of a workbook, with their kecamatan."""
    katalog = read_catalogue()
    hasil = klasifikasi.score(data.kampung, katalog.klasifikasi)
    catatan = pd.concat([data.catatan, quality.find(data.kampung)], ignore_index=True)
    jalan = road.find(data.kampung, hasil.skor, hasil.kelas, catatan, katalog.klasifikasi, katalog.langkah)
    rows = jalan.langkah.merge(road.nearest(jalan.keadaan)[["kampung_id", "menuju"]], on=["kampung_id", "menuju"])
    rows = road.worded(rows, katalog.langkah, katalog.klasifikasi)
    kampung = data.kampung.merge(hasil.kelas[["kampung_id", "klasifikasi"]], on="kampung_id")
    rows = rows.merge(kampung[["kampung_id", "kampung", "desa", "kecamatan", "klasifikasi"]], on="kampung_id")
    table = katalog.langkah.set_index("tindakan")
    return pd.DataFrame(
        {
            "id": rows["kampung_id"] + "/" + rows["tindakan"],
            "kampung": rows["kampung"],
            "desa": rows["desa"],
            "kecamatan": rows["kecamatan"],
            "kelas": rows["klasifikasi"],
            "bagian": "C Naik kelas",
            "menuju": rows["menuju"],
            "langkah": rows["kalimat"],
            "unsur": rows["tindakan"].map(table["unsur"]),
        }
    ).sort_values(["desa", "kampung"], kind="stable")


def _terisi(baris: list[dict[Any, Any]], isian: list[Isian]) -> list[dict[str, Any]]:
    """The rows that were agreed on, filled in, and the meeting's own steps below them."""
    dari = {(row["kampung"], row["id"].rpartition("/")[2]): row for row in baris}
    dibahas: dict[str, dict[str, Any]] = {}
    lain = []
    for row in isian:
        isi: dict[str, Any] = {k: v for k, v in row.items() if v and k not in ("kecamatan", "tindakan", "tenggat")}
        if row["tenggat"]:
            isi["tenggat"] = date.fromisoformat(row["tenggat"])
        if not row["tindakan"]:
            lain.append(isi)
        elif (kunci := (row["kampung"], row["tindakan"])) in dari:
            dibahas[dari[kunci]["id"]] = dari[kunci] | isi
        else:
            raise ValueError(f"bahan/rtl.csv: {kunci} is no step of {TAHUN}")
    return [*(dibahas[row["id"]] for row in baris if row["id"] in dibahas), *lain]
