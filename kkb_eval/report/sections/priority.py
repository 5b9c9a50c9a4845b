"""Prioritas: whom to visit first, who has not reported, and what to do about each indicator."""

from typing import Any

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.method import priority
from kkb_eval.method.noise import FIRM
from kkb_eval.report.charts.priority import excess_dots
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each, marks
from kkb_eval.report.sections.head import has_rekap, source, without_rekap
from kkb_eval.text import count, percent, yes


def visits(evaluasi: Evaluation, *, gambar_saja: bool = False) -> Fragment:
    """The visit list with reach, interval and how sure each is to belong on it; its table unless ``gambar_saja``."""
    rows = _listed(evaluasi, "kunjungan")
    terpilih = int(rows["terpilih"].fillna(False).sum())
    if len(rows) and not terpilih:
        return nothing("Tidak ada Kampung KB yang unmet need-nya melebihi angka kabupaten.")
    jangkauan = priority.reach(evaluasi.prioritas.drop(columns="kabupaten"), evaluasi.kampung)
    unmet = count(jangkauan["unmet"].iat[0]) if len(jangkauan) else "0"
    pangsa = percent(jangkauan["pangsa"].iat[0], 0) if len(jangkauan) else "–"
    daftar = rows[rows["golongan"].isin(["mantap", "mungkin"])]
    baris = [_visit(row, evaluasi) for row in each(daftar)]
    isi = render(
        "sections/priority.html.j2",
        tempat=evaluasi.manifest["parameter"]["kunjungan"],
        mantap=FIRM,
        terpilih=terpilih,
        unmet=unmet,
        pangsa=pangsa,
        baris=baris,
    )
    if not baris:
        return isi
    gambar = excess_dots(
        baris,
        judul=f"{terpilih} kunjungan menjangkau {unmet} pasangan unmet need, {pangsa} dari seluruh kabupaten",
        keterangan="Pasangan unmet need di atas yang akan ada bila angkanya sama dengan kabupaten, dengan selang 95 %. "
        "Urutan menurut kepastian lalu nama, bukan peringkat.",
        sumber=source(evaluasi),
    )
    return gambar if gambar_saja else gambar + isi


def _visit(row: Any, evaluasi: Evaluation) -> dict[str, Any]:
    sama = ("kampung", "kecamatan", "unmet", "pus", "kelebihan", "bawah95", "atas95", "yakin", "golongan")
    return {nama: getattr(row, nama) for nama in sama} | {
        "tautan": f"kecamatan/{row.slug_kecamatan}.html",
        "terpilih": yes(row.terpilih),
        **marks(evaluasi, row),
    }


def silent(evaluasi: Evaluation) -> Fragment:
    """Kampung KB whose need cannot be known because they have not reported, with their PUS when known."""
    if not has_rekap(evaluasi):
        return without_rekap("Siapa yang belum lapor belum diketahui")
    rows = pd.concat([_listed(evaluasi, daftar) for daftar in ("belum_lapor", "perbaiki_data")])
    return render(
        "sections/priority_silent.html.j2",
        baris=[
            {
                "kampung": r.kampung,
                "kecamatan": r.kecamatan,
                "belum": r.belum.replace("kb", "KB") if r.daftar == "belum_lapor" else "",
                "pus": count(r.pus) if pd.notna(r.pus) else "belum diketahui",
                "tertinggal": yes(r.tertinggal),
            }
            for r in each(rows)
        ],
    )


def _listed(evaluasi: Evaluation, daftar: str) -> pd.DataFrame:
    """The rows of one list with the names of the Kampung KB."""
    nama = evaluasi.kampung[["kampung_id", "kampung", "kecamatan", "slug_kecamatan"]]
    return evaluasi.prioritas[evaluasi.prioritas["daftar"].eq(daftar)].merge(nama, on="kampung_id")


def actions(evaluasi: Evaluation) -> Fragment:
    """What to do about each indicator, by program utama and unsur, with how many Kampung KB need it."""
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
