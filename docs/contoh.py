"""Works one Kampung KB of the sample through, from export row to plan, and writes it as the last part of method.md.

Run it when a number of the method changes: ``python docs/contoh.py``. A test compares the page with what it says.
"""

import textwrap
from pathlib import Path
from typing import Any

import pandas as pd

from kkb_eval import Evaluation, open_evaluation, schema, store
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import klasifikasi, noise

ID, YEAR = "36.02.27.2003-kartika", 2018
HEAD = "## 15. One Kampung KB, from export row to plan\n"
PAGE = Path(__file__).with_name("method.md")


def percent(value: float) -> str:
    """Return a proportion as percent with one decimal."""
    return f"{100 * value:.1f} %"


def own(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the Kampung KB."""
    return table[table["kampung_id"].eq(ID)]


def listed(names: Any, row: pd.Series) -> str:
    """Return columns of the row with their numbers."""
    return ", ".join(f"{name} {row[name]:.0f}" for name in names)


def of_export(evaluasi: Evaluation, row: pd.Series) -> str:
    """Return where the numbers come from, and which records they are."""
    reported = [nama for nama in schema.RECORDS if row[f"lapor_{nama}"]]
    renewed = [nama for nama in reported if row[f"diperbarui_{nama}"] in (True,)]
    codes = ", ".join(sorted(set(own(evaluasi.catatan_mutu)["kode"]))) or "none"
    return (
        f"**Export row** (parts 2-4). {row['kampung']}, desa {row['desa']}, kecamatan {row['kecamatan']}: row "
        f"{row['baris_rekap']:.0f} of `{row['berkas_rekap']}`, row {row['baris_klasifikasi']:.0f} of "
        f"`{row['berkas_klasifikasi']}`; `kampung_id` is `{ID}`. Records: {', '.join(reported)}; *diperbarui*: "
        f"{', '.join(renewed) or 'none'}. Findings: {codes}. The KB record says {listed(('pus',), row)}; "
        f"{listed(schema.METHODS, row)}; {listed(schema.UNMET, row)}."
    )


def of_indicator(evaluasi: Evaluation, kode: str) -> str:
    """Return an indicator's value with both intervals, the kabupaten's value and the label."""
    row = own(evaluasi.indikator).set_index("indikator").loc[kode]
    area = evaluasi.wilayah.query("tingkat == 'kabupaten'").set_index("indikator").loc[kode]
    sigma = read_catalogue().derau.set_index("indikator").loc[kode, "sigma"]
    size, label = float(noise.effective_size(row["penyebut"], sigma)), row["label"].replace("_", " ")
    return (
        f"{kode} = {row['pembilang']:.0f} / {row['penyebut']:.0f} = {percent(row['nilai'])}; counting alone "
        f"{percent(row['bawah95'])} to {percent(row['atas95'])}; with re-entry (σ {sigma:.3f}) as {size:.0f} people, "
        f"{percent(row['bawah95_isi'])} to {percent(row['atas95_isi'])}. The "
        f"{area['terisi'] - area['tanpa_k11']:.0f} that reported together have {percent(area['nilai'])}: *{label}*."
    )


def of_class(evaluasi: Evaluation, row: pd.Series) -> str:
    """Return the twelve scores, the three indices, the class and how firm it is."""
    skor = own(evaluasi.skor).set_index("item")["skor"]
    values = klasifikasi.measures(own(evaluasi.kampung)).iloc[0]
    output = ", ".join(f"{item} {values['persen_' + item]:.0f} % → {skor[item]:.0f}" for item in schema.ITEMS["output"])
    groups = "; ".join(
        f"{nama} ({' + '.join(f'{skor[item]:.0f}' for item in items)}) / {len(items)} = {row[f'index_{nama}']:g}"
        for nama, items in schema.ITEMS.items()
    )
    chances = {name: row[name] for name in schema.CHANCES if row[name] > 0}
    told = ", ".join(f"{name.removeprefix('peluang_').capitalize()} in {percent(p)}" for name, p in chances.items())
    near = "*dekat batas kelas*" if row["dekat_batas"] else "not near a border"
    return (
        f"**Class** (part 6). Output scores, from whole percentages: {output}. Indices, which pass from "
        f"{klasifikasi.PASS:g}: {groups}. That is **{row['klasifikasi']}**; in the draws (part 8) {told}: {near}."
    )


def of_type(evaluasi: Evaluation, row: pd.Series) -> str:
    """Return the local type and the national one."""
    typology = evaluasi.tipologi.iloc[0]
    return (
        f"**Type** (part 9). {typology['unit']} complete Kampung KB make {typology['k']} types that recur "
        f"(*{typology['mutu']}*), p = {typology['p']:.3f}; shown are the {typology['utama']} ones. This one is of type "
        f'{row["tipe"]} ("{row["nama_tipe"]}"), silhouette {row["siluet"]:.2f}; nationally {row["tipe_acuan"]}.'
    )


def of_road(evaluasi: Evaluation, row: pd.Series) -> str:
    """Return the steps to the nearest class, and what they cost."""
    states = own(evaluasi.keadaan).query("keadaan == 'ada_langkah'").sort_values("biaya")
    aim = states.iloc[0]
    steps = own(evaluasi.langkah).query("menuju == @aim.menuju")
    told = ", ".join(f"`{step.tindakan}` {step.jumlah} {step.satuan}" for step in steps.itertuples())
    nearest = f"the cheapest is to {aim['menuju']}, cost {aim['biaya']:.0f}"
    return f"**Road** (part 7). From {row['klasifikasi']} {nearest}: {told}."


def of_plan(evaluasi: Evaluation) -> str:
    """Return the plan's blocks with who is responsible."""
    rows = own(evaluasi.rencana)
    blocks = [
        f"{blok}: "
        + ", ".join(
            f"`{step.langkah}`"
            + (f" {step.jumlah} {step.satuan}" if pd.notna(step.jumlah) else f" {step.rincian}")
            + f" ({step.penanggung_jawab}, {step.tenggat})"
            for step in part.itertuples()
        )
        for blok, part in rows.groupby("blok")
    ]
    return f"**Plan** (part 13). {'. '.join(blocks)}."


def part(evaluasi: Evaluation) -> str:
    """Return the part of the page, heading included, for the kabupaten of the sample in ``YEAR``."""
    row = own(evaluasi.kampung).iloc[0]
    paragraphs = [
        "Written by `docs/contoh.py` from the sample (synthetic), which a test runs again.",
        of_export(evaluasi, row),
        "**Indicators and labels** (parts 5 and 8). "
        + " ".join(of_indicator(evaluasi, kode) for kode in ("cpr", "unmet")),
        of_class(evaluasi, row),
        of_type(evaluasi, row),
        of_road(evaluasi, row),
        of_plan(evaluasi),
    ]
    fill = textwrap.TextWrapper(120, break_on_hyphens=False, break_long_words=False).fill
    return HEAD + "\n\n".join(map(fill, paragraphs)) + "\n"


def main() -> None:
    """Write the part into the page in place of the former."""
    evaluasi = open_evaluation(store.SAMPLE, YEAR).for_kabupaten()
    before = PAGE.read_text("utf-8").partition(HEAD)[0].rstrip("\n")
    PAGE.write_text(f"{before}\n\n{part(evaluasi)}", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
