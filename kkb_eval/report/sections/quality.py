"""Coverage, freshness and catatan mutu data: who reported, what is fresh, what is to be mended."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.evaluation import Evaluation
from kkb_eval.intake.causes import MEANING
from kkb_eval.intake.portal import TITLES
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import has_rekap, source, without_rekap
from kkb_eval.report.sections.siga import beside
from kkb_eval.report.tables import table
from kkb_eval.text import FORMS, STATUS, spelled, yes

TO_MEND = ("salah", "periksa")


def coverage(evaluasi: Evaluation, *, ringkas: bool = False) -> Fragment:
    """Per kecamatan: Kampung KB, how many filled in each of the three forms, how many KB forms are fresh.

    ``ringkas`` puts the kecamatan without any gap into one row.
    """
    if not has_rekap(evaluasi):
        return without_rekap("Cakupan laporan belum diketahui")
    kampung = evaluasi.kampung
    data = kampung[["kecamatan"]].assign(
        n=1,
        **{r: kampung[f"lapor_{r}"].fillna(False).astype(int) for r in FORMS},
        segar=kampung["diperbarui_kb"].eq(True).fillna(False).astype(int),
        basi=kampung["diperbarui_kb"].eq(False).fillna(False).astype(int),
    )
    per = data.groupby("kecamatan").sum()
    semua = per.sum().rename("Jumlah")
    lengkap = per["n"].eq(per[list(FORMS)].min(axis=1)) & per["basi"].eq(0)
    if ringkas and lengkap.sum() > 1:
        baru = " dan mutakhir" if semua["segar"] else ""
        siapa = f"Kecamatan lain ({spelled(int(lengkap.sum()))})" if not lengkap.all() else "Semua kecamatan"
        sisa = per[lengkap].sum().rename(f"{siapa}: lengkap{baru}")
        per = pd.concat([per[~lengkap], sisa.to_frame().T])
    per = pd.concat([per, semua.to_frame().T]).rename_axis("kecamatan").reset_index()
    lama = evaluasi.manifest.tahun_sebelumnya
    kolom = {"kecamatan": "Kecamatan", "n": "Kampung KB"} | {r: f"Mengisi {t}" for r, t in FORMS.items()}
    kolom |= {"segar": "KB diperbarui", "basi": "KB belum diperbarui"} if semua["segar"] + semua["basi"] else {}
    return table(
        per,
        id="cakupan",
        judul="Berapa Kampung KB yang sudah mengisi setiap formulir di portal"
        + (f", dan memperbarui data KB sejak {lama}" if "segar" in kolom else ""),
        stub="kecamatan",
        kolom=kolom,
        bilangan=[c for c in kolom if c != "kecamatan"],
        sumber=source(evaluasi),
        urut=not ringkas,
    )


def _meaning(kode: str) -> str:
    return MEANING.get(kode, "berkas pendamping (rujukan/)")


def _counts(evaluasi: Evaluation) -> pd.DataFrame:
    catatan = evaluasi.catatan_mutu
    per = catatan.groupby(["kode", "tingkat"]).agg(catatan=("pesan", "size"), kampung=("kampung_id", "nunique"))
    per = per.reset_index()
    return per.assign(
        arti=per["kode"].map(_meaning),
        urutan=pd.Categorical(per["tingkat"], schema.LEVELS, ordered=True),
    ).sort_values(["urutan", "kode"])


def findings_by_kind(evaluasi: Evaluation) -> Fragment:
    """How many catatan mutu data there are of each kind, and how many Kampung KB they touch."""
    per = _counts(evaluasi)
    if not len(per):
        return nothing("Tidak ada catatan mutu data.")
    per["nama"] = per["kode"] + " " + per["arti"]
    return table(
        per[["nama", "tingkat", "catatan", "kampung"]],
        id="catatan-jenis",
        judul="Catatan mutu data menurut jenisnya",
        stub="nama",
        kolom={"nama": "Jenis", "tingkat": "Tingkat", "catatan": "Catatan", "kampung": "Kampung KB"},
        bilangan=["catatan", "kampung"],
        sumber="Salah: tidak dihitung sampai diperbaiki. Periksa: masih dihitung, harap dicocokkan. "
        "Info: sekadar diketahui.",
    )


def data_request(evaluasi: Evaluation) -> Fragment:
    """The sheet that can be sent as it is: by kecamatan who has not reported and what to mend, with where."""
    if not has_rekap(evaluasi):
        return without_rekap("Tagihan belum dapat dibuat")
    nama = evaluasi.kampung.set_index("kampung_id")[["kecamatan", "kampung", "desa"]]
    rows: list[dict[str, Any]] = []
    siga = beside(evaluasi)
    for row in each(evaluasi.kampung):
        belum = [t for r, t in FORMS.items() if not yes(getattr(row, f"lapor_{r}"))]
        if belum:
            known = siga.get(row.kampung_id)
            desanya = f"; desanya menurut SIGA: {known.rpartition(' (SIGA')[0]}" if known and "KB" in belum else ""
            rows.append(
                {"kampung_id": row.kampung_id, "isi": f"isi formulir {', '.join(belum)}{desanya}", "belum": True}
            )
    salah = evaluasi.catatan_mutu[evaluasi.catatan_mutu["tingkat"].eq("salah")].dropna(subset=["kampung_id"])
    rows += [{"kampung_id": c.kampung_id, "isi": c.pesan, "belum": False} for c in each(salah)]
    data = pd.DataFrame(rows, columns=["kampung_id", "isi", "belum"]).join(nama, on="kampung_id")
    data = data.sort_values(["kecamatan", "kampung", "belum", "isi"], ascending=[True, True, False, True])
    per = [
        {
            "kecamatan": kecamatan,
            "butir": isi.groupby(["kampung", "desa"], sort=False)["isi"].apply(list).reset_index().to_dict("records"),
        }
        for kecamatan, isi in data.groupby("kecamatan")
    ]
    return render(
        "sections/quality_request.html.j2",
        per=per,
        belum=int(data["belum"].sum()),
        diperbaiki=len(salah),
        periksa=_to_be_checked(evaluasi),
        basi=_stale(evaluasi),
        tahun_lalu=evaluasi.manifest.tahun_sebelumnya,
        sumber=source(evaluasi),
    )


def _to_be_checked(evaluasi: Evaluation) -> dict[str, list[str]]:
    """The Kampung KB whose numbers are used but to be looked at, by what is odd about them."""
    catatan = evaluasi.catatan_mutu[evaluasi.catatan_mutu["tingkat"].eq("periksa")]
    nama = evaluasi.kampung.set_index("kampung_id")[["kampung", "kecamatan"]]
    rows = catatan.drop_duplicates(["kode", "kampung_id"]).join(nama, on="kampung_id", how="inner")
    rows = rows.sort_values(["kode", "kecamatan", "kampung"])
    return {
        _meaning(str(kode)): [f"{r.kampung} ({r.kecamatan})" for r in each(isi)] for kode, isi in rows.groupby("kode")
    }


def _stale(evaluasi: Evaluation) -> dict[str, list[str]]:
    """The Kampung KB whose KB form is the year before's, by kecamatan."""
    basi = evaluasi.kampung[evaluasi.kampung["diperbarui_kb"].eq(False).fillna(False)].sort_values("kampung")
    return {str(kecamatan): list(isi["kampung"]) for kecamatan, isi in basi.groupby("kecamatan")}


def all_findings(evaluasi: Evaluation) -> Fragment:
    """Every catatan mutu data with file, row and what it asks for, and what it left out; searchable."""
    nama = evaluasi.kampung.set_index("kampung_id")[["kampung", "kecamatan"]]
    rows = evaluasi.catatan_mutu[evaluasi.catatan_mutu["kode"].ne("K14")].join(nama, on="kampung_id")
    rows = rows.assign(urutan=pd.Categorical(rows["tingkat"], schema.LEVELS, ordered=True))
    rows = rows.sort_values(["urutan", "kode", "kecamatan", "kampung"], kind="stable")
    return render(
        "sections/quality_findings.html.j2",
        catatan=[
            {
                "tingkat": r.tingkat,
                "kode": r.kode,
                "kampung": r.kampung if isinstance(r.kampung, str) else "",
                "kecamatan": r.kecamatan if isinstance(r.kecamatan, str) else "",
                "tempat": _place(r),
                "kolom": ", ".join(TITLES.get(k, k) for k in str(r.kolom or "").split(", "))
                if pd.notna(r.kolom)
                else "",
                "pesan": r.pesan,
            }
            for r in each(rows)
        ],
        diam=int(evaluasi.catatan_mutu["kode"].eq("K14").sum()),
        keluar=_excluded(evaluasi),
    )


def _place(row: Any) -> str:
    berkas = row.berkas.rsplit("/", 1)[-1] if isinstance(row.berkas, str) else ""
    return f"{berkas}, baris {row.baris}" if pd.notna(row.baris) else berkas


def _excluded(evaluasi: Evaluation) -> list[dict[str, Any]]:
    """How many values of each indicator are in each state."""
    per = evaluasi.indikator.groupby(["indikator", "status"]).size().to_dict()
    nama = evaluasi.katalog.set_index("kode")["singkat"]
    return [{"nama": nama[kode], "isi": [int(per.get((kode, s), 0)) for s in STATUS]} for kode in nama.index]


def need_mending(evaluasi: Evaluation) -> pd.DataFrame:
    """The catatan mutu data of this selection that ask for work: ``kampung_id, kampung, kode, tingkat, pesan``."""
    catatan = evaluasi.catatan_mutu[evaluasi.catatan_mutu["tingkat"].isin(TO_MEND)]
    nama = evaluasi.kampung.set_index("kampung_id")["kampung"]
    return (
        catatan.assign(kampung=catatan["kampung_id"].map(nama))
        .dropna(subset=["kampung"])
        .sort_values(["kampung", "tingkat", "kode"], ascending=[True, False, True])[
            ["kampung_id", "kampung", "kode", "tingkat", "pesan"]
        ]
    )
