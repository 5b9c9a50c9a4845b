"""Prioritas: whom to visit first, whose form or numbers come first, and what to do about each indicator."""

from typing import Any

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.method import priority, road
from kkb_eval.report.charts.priority import couples_dots
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each, marks
from kkb_eval.report.sections.head import has_rekap, source, without_rekap
from kkb_eval.report.sections.siga import beside
from kkb_eval.text import count, percent, spelled, yes


def visits(evaluasi: Evaluation, *, gambar_saja: bool = False) -> Fragment:
    """Show whom to visit first: couples reported, to be expected and at the gabungan's rate; its table unless asked."""
    known = listed(evaluasi, "kunjungan")
    rows = known[known["terpilih"].fillna(False).astype(bool)].sort_values(["kecamatan", "kampung"])
    if not len(known):
        return nothing("Daftar kunjungan belum dapat dibuat: tidak ada pasangan belum terlayani yang dapat dihitung.")
    if not len(rows):
        return nothing(
            "Daftar kunjungan tidak dapat dipilih: terlalu banyak Kampung KB sama banyak pasangan belum terlayaninya."
        )
    baris = [_visit(row, evaluasi) for row in each(rows)]
    sum_ = priority.reach(evaluasi.prioritas.drop(columns="kabupaten"), evaluasi.kampung).iloc[0]
    judul = (
        f"Di {spelled(len(rows))} Kampung KB ini tinggal {count(sum_['unmet'])} dari {count(sum_['unmet_semua'])} "
        f"pasangan yang belum terlayani ({percent(sum_['pangsa'], 0)})"
    )
    gambar = couples_dots(
        baris,
        judul=judul,
        keterangan=f"Pasangan yang ingin menunda atau tidak ingin anak lagi tetapi belum ber-KB, di {len(known)} "
        "Kampung KB yang angkanya dapat dipakai. Lingkaran: yang dilaporkan; garis tegak: bila seperti "
        "gabungan Kampung KB.",
        sumber=source(evaluasi),
    )
    if gambar_saja:
        return gambar
    tempat = evaluasi.manifest.parameter.kunjungan
    return gambar + render("sections/priority.html.j2", tempat=tempat, ada=len(rows), baris=baris)


def _visit(row: Any, evaluasi: Evaluation) -> dict[str, Any]:
    return {nama: getattr(row, nama) for nama in ("kampung", "kecamatan", "unmet", "pus", "harapan")} | {
        "setara": row.unmet - row.kelebihan,
        "jauh": yes(row.jauh),
        "lama": pd.notna(row.diperbarui_kb) and not row.diperbarui_kb,
        "lalu": evaluasi.manifest.tahun_sebelumnya,
        "tautan": f"kecamatan/{row.slug_kecamatan}.html",
        **marks(evaluasi, row),
    }


def silent(evaluasi: Evaluation) -> Fragment:
    """List who must first fill in a form, with PUS when known, and whose numbers must first be checked."""
    if not has_rekap(evaluasi):
        return without_rekap("Siapa yang belum lapor belum diketahui")
    known = beside(evaluasi)
    return render(
        "sections/priority_silent.html.j2",
        isi=[
            _unjudged(row, evaluasi) | {"siga": known.get(row.kampung_id, "")}
            for row in each(listed(evaluasi, "belum_lapor"))
        ],
        cocokkan=[_unjudged(row, evaluasi) for row in each(listed(evaluasi, "perbaiki_data"))],
    )


def _unjudged(row: Any, evaluasi: Evaluation) -> dict[str, Any]:
    return {
        "kampung": row.kampung,
        "kecamatan": row.kecamatan,
        "formulir": road.forms(row.belum),
        "pus": count(row.pus) if pd.notna(row.pus) else "tidak diketahui",
        **marks(evaluasi, row),
    }


def listed(evaluasi: Evaluation, daftar: str) -> pd.DataFrame:
    """Return the rows of one list with the names of the Kampung KB, by kecamatan and name."""
    nama = evaluasi.kampung[["kampung_id", "kampung", "kecamatan", "slug_kecamatan", "diperbarui_kb"]]
    rows = evaluasi.prioritas[evaluasi.prioritas["daftar"].eq(daftar)].merge(nama, on="kampung_id")
    return rows.sort_values(["kecamatan", "kampung"])


def actions(evaluasi: Evaluation) -> Fragment:
    """Show what to do about each indicator, by program utama and unsur, with how many Kampung KB need it."""
    if not len(evaluasi.program):
        return nothing("Tindakan belum ada: isi rujukan/program.csv (indikator, program_utama, unsur, tindakan).")
    # those that count elements have no label: that is not the same as nobody behind
    berlabel = evaluasi.indikator.dropna(subset=["label"])
    jumlah = berlabel["label"].str.startswith("kurang_baik").groupby(berlabel["indikator"]).sum().to_dict()
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    rows = evaluasi.program.assign(
        nama=evaluasi.program["indikator"].map(nama),
        kurang=[jumlah.get(kode, "–") for kode in evaluasi.program["indikator"]],
    )
    rows = rows.assign(urutan=rows["indikator"].map({kode: i for i, kode in enumerate(nama.index)}))
    rows = rows.sort_values(["program_utama", "urutan", "unsur"])
    return render(
        "sections/priority_actions.html.j2",
        program=[
            {"nama": program, "baris": isi[["nama", "kurang", "unsur", "tindakan"]].to_dict("records")}
            for program, isi in rows.groupby("program_utama", sort=True)
        ],
    )
