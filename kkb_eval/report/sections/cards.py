"""The kecamatan page: its Kampung KB in one table, on the spine, and one card each."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.report.charts.spine import spine
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each, marks
from kkb_eval.report.sections.head import has_rekap, region_name, source, without_rekap
from kkb_eval.report.sections.klasifikasi import class_words
from kkb_eval.report.sections.quality import need_mending
from kkb_eval.report.sections.road import STATES, nearest, steps
from kkb_eval.report.sections.typology import main_type
from kkb_eval.text import BETTER, LABELS, STATUS, WORSE, count, interval, percent, yes


def kampung_table(evaluasi: Evaluation) -> Fragment:
    """Class, type and every indicator of each Kampung KB, with the kecamatan and the kabupaten below."""
    sel = {
        kampung_id: [_cell(row) for row in each(rows)] for kampung_id, rows in evaluasi.indikator.groupby("kampung_id")
    }
    area = [(f"Kecamatan {evaluasi.kecamatan}", "kecamatan"), (region_name(str(evaluasi.kabupaten)), "kabupaten")]
    return render(
        "sections/cards_table.html.j2",
        indikator=evaluasi.katalog[["nama", "singkat"]].to_dict("records"),
        baris=[
            {
                "kampung": r["kampung"],
                "desa": r["desa"],
                "kelas": class_words(r),
                "kelas_gaya": str(r["klasifikasi"]).lower() if isinstance(r["klasifikasi"], str) else "",
                **marks(evaluasi, r),
                "sel": sel[r["kampung_id"]],
            }
            for _, r in evaluasi.kampung.sort_values("kampung").iterrows()
        ],
        gabungan=[
            {"nama": nama, "sel": [_pooled(evaluasi.area(tingkat), kode) for kode in evaluasi.katalog["kode"]]}
            for nama, tingkat in area
        ],
        sumber=source(evaluasi),
    )


def _cell(row: Any) -> dict[str, str]:
    if row.status != "terisi":
        return {"gaya": "kosong", "angka": STATUS[row.status], "kecil": ""}
    if not isinstance(row.label, str):
        return {"gaya": "unsur", "angka": f"{count(row.pembilang)} dari {count(row.penyebut)}", "kecil": ""}
    return {
        "gaya": row.label.replace("_", "-"),
        "angka": f"{percent(row.nilai)} {LABELS[row.label][0]}",
        "kecil": interval(row.bawah95, row.atas95),
    }


def _pooled(area: pd.DataFrame, kode: str) -> dict[str, str]:
    row = area.loc[kode]
    return {"angka": percent(row["nilai"]), "kecil": interval(row["bawah95"], row["atas95"])}


def positions(evaluasi: Evaluation) -> Fragment:
    """The spine chart: where the Kampung KB lie in the spread of the whole kabupaten, better to the right."""
    urut = evaluasi.kampung.sort_values("kampung")
    if not evaluasi.indikator["status"].eq("terisi").any():
        return nothing("Posisi belum dapat digambar: belum ada isian yang terisi.")
    kurang = evaluasi.indikator[evaluasi.indikator["label"].isin(WORSE)]
    n = int((kurang.groupby("kampung_id").size() >= 3).sum())
    return spine(
        urut,
        evaluasi.indikator,
        evaluasi.area("kabupaten").reset_index(),
        evaluasi.katalog,
        judul=f"{f'{n} dari {len(urut)}' if n else 'Tidak ada'} Kampung KB kurang baik pada tiga indikator atau lebih",
        keterangan="Makin ke kanan makin baik. Garis tegak: kabupaten; pita gelap: separuh Kampung KB sekabupaten; "
        "pita terang: semuanya. Nomor: Kampung KB di bawah gambar.",
        sumber=source(evaluasi),
    )


def cards(evaluasi: Evaluation) -> Fragment:
    """One card a Kampung KB: what is strong, what holds it back, the next step and whom it takes."""
    langkah, dekat = steps(evaluasi), nearest(evaluasi).set_index("kampung_id")
    tipe = main_type(evaluasi).set_index("kampung_id")
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    urut = evaluasi.kampung.sort_values("kampung")
    return render(
        "sections/cards.html.j2",
        kartu=[
            {
                "kampung": r["kampung"],
                "desa": r["desa"],
                **marks(evaluasi, r),
                "kelas": class_words(r),
                "kelas_gaya": str(r["klasifikasi"]).lower() if isinstance(r["klasifikasi"], str) else "",
                "mantap": _firmness(r),
                "indeks": [(n, r[f"index_{n}"]) for n in schema.ITEMS if pd.notna(r[f"index_{n}"])],
                "tipe": _type_words(tipe.loc[r["kampung_id"]]),
                "kuat": _labelled(evaluasi.indikator, r["kampung_id"], BETTER, nama),
                "lemah": _labelled(evaluasi.indikator, r["kampung_id"], WORSE, nama),
                "belum": [n for n in schema.RECORDS if has_rekap(evaluasi) and not yes(r[f"lapor_{n}"])],
                "basi": pd.notna(r["diperbarui_kb"]) and not r["diperbarui_kb"],
                **_next_step(dekat.loc[r["kampung_id"]], langkah, r["kampung_id"]),
            }
            for _, r in urut.iterrows()
        ],
        tahun_lalu=evaluasi.manifest["tahun_sebelumnya"],
    )


def _firmness(row: pd.Series) -> str:
    """How sure the class is, in words; empty where that is not known."""
    if pd.isna(row["mantap"]):
        return ""
    peluang = row[f"peluang_{str(row['klasifikasi']).lower()}"]
    return f"{'mantap' if row['mantap'] else 'belum mantap'} ({percent(peluang, 0)})"


def _type_words(row: pd.Series) -> str:
    if pd.isna(row["tipe"]):
        return f"belum dikelompokkan: {row['belum_dikelompokkan']}"
    border = " (di perbatasan tipe {})".format(int(row["kedua"])) if yes(row["di_perbatasan"]) else ""
    return f"tipe {int(row['tipe'])}, {row['nama']}{border}"


def _labelled(indikator: pd.DataFrame, kampung_id: str, labels: tuple[str, ...], nama: pd.Series) -> list[str]:
    rows = indikator[indikator["kampung_id"].eq(kampung_id) & indikator["label"].isin(labels)]
    rows = rows.assign(menonjol=rows["label"].str.endswith("menonjol")).sort_values(
        "menonjol", ascending=False, kind="stable"
    )
    return [f"{nama[r.indikator]} {percent(r.nilai)}" + (" (menonjol)" if r.menonjol else "") for r in each(rows)]


def _next_step(row: pd.Series, langkah: dict[tuple[str, str], list[dict[str, Any]]], kampung_id: str) -> dict[str, Any]:
    if row["keadaan"] == "ada_langkah":
        return {
            "menuju": row["menuju"],
            "langkah": [s["kalimat"] for s in langkah[kampung_id, row["menuju"]]],
            "keadaan": "",
        }
    dulu = [s["kalimat"] for s in langkah.get((kampung_id, ""), [])]
    return {"menuju": "", "langkah": dulu, "keadaan": "" if dulu else STATES[row["keadaan"]]}


def to_renew(evaluasi: Evaluation) -> Fragment:
    """What to mend in the portal before next month, Kampung KB by Kampung KB."""
    if not has_rekap(evaluasi):
        return without_rekap("Isian yang perlu diperbaiki belum diketahui")
    pesan = need_mending(evaluasi).groupby("kampung_id")["pesan"].apply(list)
    per = []
    for r in each(evaluasi.kampung.sort_values(["kampung", "desa"])):
        belum = [] if yes(r.lapor_kb) else ["isi formulir KB di portal"]
        if isi := [*belum, *pesan.get(r.kampung_id, [])]:
            per.append((r.kampung, isi))
    return render("sections/cards_renew.html.j2", per=per)
