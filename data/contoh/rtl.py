"""The returned RTL workbooks of the sample dataset: the roads of 2017, filled in as ``bahan/rtl.csv`` says."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval.documents.action_plan import steps
from kkb_eval.documents.action_plan_book import Rtl, write
from kkb_eval.intake import quality
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.method import klasifikasi, road

TAHUN = 2017
Isian = dict[str, str]


def tulis_rtl(folder: Path, isian: Iterable[Isian]) -> None:
    """Write ``rujukan/rtl/<kecamatan>.xlsx`` from the exports below ``folder``; ValueError for a step of no road."""
    data, katalog, isian = open_dataset(folder).year(TAHUN), read_catalogue(), list(isian)
    hasil = klasifikasi.score(data.kampung, katalog.klasifikasi)
    catatan = pd.concat([data.catatan, quality.find(data.kampung)], ignore_index=True)
    jalan = road.plan(data.kampung, hasil.skor, hasil.kelas, catatan, katalog.klasifikasi, katalog.langkah)
    kampung = data.kampung.merge(hasil.kelas[["kampung_id", "klasifikasi"]], on="kampung_id")
    for kecamatan in dict.fromkeys(row["kecamatan"] for row in isian):
        sini = kampung[kampung["kecamatan"].eq(kecamatan)]
        baris, tanpa = steps(sini, jalan.keadaan, jalan.langkah)
        baris = _terisi(baris, [row for row in isian if row["kecamatan"] == kecamatan])
        dibuat = max(d for d in (data.snapshot_rekap, data.snapshot_klasifikasi) if d)
        tujuan = folder / "rujukan" / "rtl" / f"{sini['slug_kecamatan'].iat[0]}.xlsx"
        tujuan.parent.mkdir(parents=True, exist_ok=True)
        write(tujuan, Rtl("Kabupaten Lebak", kecamatan, TAHUN, True, dibuat, baris, tanpa))


def _terisi(baris: list[dict[str, Any]], isian: list[Isian]) -> list[dict[str, Any]]:
    """The rows with what was agreed on, and the meeting's own steps below them."""
    dari = {(row["kampung"], row["id"].rpartition("/")[2]): row for row in baris}
    lain = []
    for row in isian:
        isi: dict[str, Any] = {k: v for k, v in row.items() if v and k not in ("kecamatan", "tindakan", "tenggat")}
        if row["tenggat"]:
            isi["tenggat"] = date.fromisoformat(row["tenggat"])
        if not row["tindakan"]:
            lain.append(isi)
        elif (kunci := (row["kampung"], row["tindakan"])) in dari:
            dari[kunci] |= isi
        else:
            raise ValueError(f"bahan/rtl.csv: {kunci} is no step of {TAHUN}")
    return [*baris, *lain]
