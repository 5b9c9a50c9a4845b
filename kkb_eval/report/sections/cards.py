"""The kecamatan page: its Kampung KB in one table, on the spine, and one card each."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.method.klasifikasi import PASS
from kkb_eval.report import sentences
from kkb_eval.report.charts.spine import spine
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each, marks
from kkb_eval.report.plan_words import BLOCKS, blocks
from kkb_eval.report.sections.head import has_rekap, region_name, source, without_rekap
from kkb_eval.report.sections.klasifikasi import class_words
from kkb_eval.report.sections.quality import need_mending
from kkb_eval.report.sections.road import STATES, nearest
from kkb_eval.report.sections.typology import main_type
from kkb_eval.text import BETTER, FORMS, LABELS, STATUS, WORSE, count, counted, decimal, interval, percent, yes


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
    if pd.isna(row.bawah95_isi):
        return {"gaya": "unsur", "angka": f"{count(row.pembilang)} dari {count(row.penyebut)}", "kecil": ""}
    kecil = interval(row.bawah95_isi, row.atas95_isi)
    if not isinstance(row.label, str):
        return {"gaya": "unsur", "angka": percent(row.nilai), "kecil": kecil}
    gaya = row.label.replace("_", "-")
    return {"gaya": gaya, "angka": f"{percent(row.nilai)} {LABELS[row.label][0]}", "kecil": kecil}


def _pooled(area: pd.DataFrame, kode: str) -> dict[str, str]:
    """The value of an area over those that reported; "–" where fewer than half did."""
    row = area.loc[kode]
    return {"angka": percent(row["nilai"]) if row["cukup"] else "–", "kecil": ""}


def positions(evaluasi: Evaluation) -> Fragment:
    """The spine chart: where the Kampung KB lie in the spread of the whole kabupaten, better to the right."""
    urut = evaluasi.kampung.sort_values("kampung")
    if not evaluasi.indikator["status"].eq("terisi").any():
        return nothing("Posisi belum dapat digambar: belum ada isian yang terisi.")
    return spine(
        urut,
        evaluasi.indikator,
        evaluasi.area("kabupaten").reset_index(),
        evaluasi.katalog,
        judul=_positions_title(evaluasi),
        keterangan=f"Makin ke kanan makin baik; garis tegak menandai {sentences.combined(evaluasi)}; pita gelap: "
        "separuh Kampung KB sekabupaten; pita terang: semuanya. Nomor: Kampung KB di bawah gambar.",
        sumber=source(evaluasi),
    )


def _positions_title(evaluasi: Evaluation) -> str:
    """How many are behind on three indicators or more; how many cannot be judged where that is most of them."""
    n = len(evaluasi.kampung)
    dinilai = evaluasi.indikator.dropna(subset=["label"])
    tidak = n - dinilai["kampung_id"].nunique()
    if tidak > n / 2:
        return f"{counted(tidak)} dari {n} Kampung KB belum dapat dinilai"
    kurang = dinilai[dinilai["label"].isin(WORSE)].groupby("kampung_id").size()
    if tertinggal := int((kurang >= 3).sum()):
        return f"{counted(tertinggal)} dari {n} Kampung KB kurang baik pada tiga indikator atau lebih"
    return "Tidak ada Kampung KB yang kurang baik pada tiga indikator atau lebih"


def cards(evaluasi: Evaluation) -> Fragment:
    """One card a Kampung KB: its class and what fails, its couples, how it stands, its plan."""
    plans, states = blocks(evaluasi), nearest(evaluasi).set_index("kampung_id")["keadaan"]
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
                "dekat_batas": yes(r["dekat_batas"]),
                "gagal": [
                    f"{n} ({decimal(r[f'index_{n}'], 2)} dari 3)"
                    for n in schema.ITEMS
                    if pd.notna(r[f"index_{n}"]) and r[f"index_{n}"] < PASS
                ],
                "angka": _couples(r),
                "tipe": _type_words(tipe.loc[r["kampung_id"]]),
                "dinilai": yes(r["lapor_kb"]),
                "kuat": _labelled(evaluasi.indikator, r["kampung_id"], BETTER, nama),
                "lemah": _labelled(evaluasi.indikator, r["kampung_id"], WORSE, nama),
                "belum": [FORMS[n] for n in schema.RECORDS if has_rekap(evaluasi) and not yes(r[f"lapor_{n}"])],
                "basi": pd.notna(r["diperbarui_kb"]) and not r["diperbarui_kb"],
                "rencana": _plan(plans.get(r["kampung_id"], {}), states[r["kampung_id"]]),
            }
            for _, r in urut.iterrows()
        ],
        tahun_lalu=evaluasi.manifest.tahun_sebelumnya,
    )


def _couples(row: "pd.Series[Any]") -> str:
    """The couples of a Kampung KB that reported: "PUS 630 · ber-KB 418 · belum terlayani 187"; "" where it did not."""
    if not yes(row["lapor_kb"]) or pd.isna(row[["pus", *schema.METHODS, *schema.UNMET]]).any():
        return ""
    ber_kb, belum = row[list(schema.METHODS)].sum(), row[list(schema.UNMET)].sum()
    return f"PUS {count(row['pus'])} · ber-KB {count(ber_kb)} · belum terlayani {count(belum)}"


def _type_words(row: "pd.Series[Any]") -> str:
    """The type of a Kampung KB, and the second one where it lies between two; "" where it has none."""
    if pd.isna(row["tipe"]):
        return ""
    di_perbatasan = f", di perbatasan tipe {int(row['kedua'])}" if yes(row["di_perbatasan"]) else ""
    return f"tipe {int(row['tipe'])}, {row['nama']}{di_perbatasan}"


def _labelled(indikator: pd.DataFrame, kampung_id: str, labels: tuple[str, ...], nama: "pd.Series[str]") -> list[str]:
    """The indicators of a Kampung KB with one of these labels, the strongest first."""
    rows = indikator[indikator["kampung_id"].eq(kampung_id) & indikator["label"].isin(labels)]
    rows = rows.assign(jauh=rows["label"].str.endswith("menonjol")).sort_values("jauh", ascending=False, kind="stable")
    return [f"{nama[r.indikator]} {percent(r.nilai)}" + (" (jauh)" if r.jauh else "") for r in each(rows)]


def _plan(steps: dict[str, list[dict[str, Any]]], state: str) -> list[dict[str, Any]]:
    """The blocks of a plan that have steps, and what is to be said where no step leads to a higher class."""
    out = [
        {"judul": f"{block} {title}", "langkah": [step["kalimat"] for step in steps[block]], "keadaan": ""}
        for block, title in BLOCKS.items()
        if block in steps
    ]
    if state in STATES and "C" not in steps:
        out.append({"judul": f"C {BLOCKS['C']}", "langkah": [], "keadaan": STATES[state]})
    return out


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
