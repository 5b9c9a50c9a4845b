"""The RTL (Rencana Tindak Lanjut) of a kecamatan as a workbook to agree on, fill in and give back (METHOD 13)."""

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import schema, store
from kkb_eval.documents.action_plan_book import Rtl, is_filled, write
from kkb_eval.evaluation import Evaluation
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import road
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import region_name
from kkb_eval.report.sections.road import STATES
from kkb_eval.text import NOT_CERTAIN


def write_rtl(path: Path, evaluasi: Evaluation) -> bool:
    """Write the RTL of a kecamatan's evaluation; False where the workbook there was saved by someone, and is kept.

    The same evaluation gives the same bytes. KkbError where it cannot be written.
    """
    if is_filled(path):
        return False
    with store.written(path, "tutup buku itu di program lain") as temporary:
        write(temporary, content(evaluasi))
    return True


def content(evaluasi: Evaluation) -> Rtl:
    """The RTL of a kecamatan: the nearest road of every Kampung KB, and why the others have none."""
    hari = [evaluasi.manifest[f"snapshot_{jenis}"] for jenis in ("rekap", "klasifikasi")]
    baris, tanpa = steps(evaluasi.kampung, evaluasi.keadaan, evaluasi.langkah)
    return Rtl(
        daerah=region_name(str(evaluasi.kabupaten)),
        kecamatan=str(evaluasi.kecamatan),
        tahun=evaluasi.tahun,
        sintetis=bool(evaluasi.manifest["sintetis"]),
        dibuat=date.fromisoformat(max(filter(None, hari))),
        baris=baris,
        tanpa=tanpa,
    )


def steps(
    kampung: pd.DataFrame, keadaan: pd.DataFrame, langkah: pd.DataFrame
) -> tuple[list[dict[str, Any]], list[tuple[str, str, str, str]]]:
    """``Rtl.baris`` (unsur from the table of steps, status belum) and ``Rtl.tanpa``, by desa and Kampung KB."""
    katalog = read_catalogue()
    terdekat = road.nearest(keadaan)[["kampung_id", "menuju", "keadaan"]]
    dekat = kampung[["kampung_id", "kampung", "desa", "klasifikasi"]].merge(terdekat, on="kampung_id")
    dekat = dekat.sort_values(["desa", "kampung", "kampung_id"], ignore_index=True)
    # a step that comes before any road is toward no class
    dekat["menuju"] = dekat["menuju"].where(dekat["keadaan"].eq("ada_langkah"))
    ada = dekat["keadaan"].isin(["ada_langkah", *road.FIRST])
    kata = road.worded(langkah, katalog.langkah, katalog.klasifikasi)
    unsur = katalog.langkah.set_index("tindakan")["unsur"]
    baris = [
        {
            "id": schema.RTL_ID.format(kampung_id=r.kampung_id, tindakan=r.tindakan),
            "kampung": r.kampung,
            "desa": r.desa,
            "menuju": r.menuju if isinstance(r.menuju, str) else "",
            "langkah": r.kalimat,
            "unsur": unsur[r.tindakan],
            "status": "belum",
        }
        for r in each(dekat[ada].merge(kata, on=["kampung_id", "menuju"]))
    ]
    tanpa = [
        (r.kampung, r.desa, r.klasifikasi if isinstance(r.klasifikasi, str) else NOT_CERTAIN, STATES[r.keadaan])
        for r in each(dekat[~ada])
    ]
    return baris, tanpa
