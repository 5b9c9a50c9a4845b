"""Portal dan SIGA: the same numbers of two sources side by side, SIGA where the portal is silent, coverage, months.

SIGA counts the whole desa, in the month of the export; its numbers enter no rate of the portal.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.method import siga as method
from kkb_eval.report.charts.siga import Line, month_lines, year_and_month
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import alone, each, marks
from kkb_eval.report.sections.head import region_name, source
from kkb_eval.report.sections.years import Tahun
from kkb_eval.text import count, decimal, enumerate_words, month, percent

FOLDER = "siga/"
NAMES = {"pus": "PUS", "peserta": "Peserta KB", "unmet": "Unmet need"} | {p: p.upper() for p in ("bkb", "bkr", "bkl")}
"""The measures in a reader's words."""
WITHOUT = f"Belum ada tabel SIGA: taruh tabel bulanannya di {FOLDER}, dengan tahun di nama berkas."


def siga(evaluasi: Evaluation) -> Fragment:
    """Portal beside SIGA: of the kabupaten sums, the Kampung KB far apart, the silent ones, coverage and months.

    Of a kecamatan every Kampung KB of its own.
    """
    if not len(evaluasi.siga):
        return nothing(WITHOUT)
    banding = compared(evaluasi)
    if alone(evaluasi) and evaluasi.kecamatan is None:
        return _alone(evaluasi, banding) + _coverage(evaluasi) + _months(evaluasi.siga, str(evaluasi.kabupaten))
    if evaluasi.kecamatan is not None:
        return _kecamatan(evaluasi, banding)
    parts = [_sums(evaluasi, banding) if len(banding) else nothing(_no_month(evaluasi))]
    parts += [part(evaluasi, banding) for part in (_far, _silent) if len(banding)]
    parts += [_coverage(evaluasi), _months(evaluasi.siga, str(evaluasi.kabupaten))]
    return sum(parts[1:], parts[0])


def siga_months(tahun: Tahun) -> Fragment:
    """The months of the kabupaten in SIGA over all years."""
    rows = [t.siga for t in tahun if len(t.siga)]
    if not rows:
        return nothing(WITHOUT)
    return _months(pd.concat(rows, ignore_index=True), str(tahun[-1].kabupaten))


def day(evaluasi: Evaluation) -> date | None:
    """The day beside whose month SIGA stands: that of the rekap, else of the klasifikasi, else its own last month."""
    found = evaluasi.manifest.snapshot_rekap or evaluasi.manifest.snapshot_klasifikasi
    if not found:
        return method.newest(evaluasi.siga)
    return found


def compared(evaluasi: Evaluation) -> pd.DataFrame:
    """Portal beside SIGA (``method.siga.compare``) of the Kampung KB of the selection."""
    return method.compare(evaluasi.kampung, evaluasi.siga, day(evaluasi))


def beside(evaluasi: Evaluation) -> dict[str, str]:
    """What SIGA says of the couples of every Kampung KB: "PUS 507, unmet need 59 (SIGA, Mei 2024)"."""
    rows = method.beside(evaluasi.kampung, evaluasi.siga, day(evaluasi)).dropna(subset=["pus"])
    out = {}
    for row in each(rows):
        unmet = f", unmet need {count(row.unmet)}" if pd.notna(row.unmet) else ""
        out[row.kampung_id] = f"PUS {count(row.pus)}{unmet} (SIGA, {month(row.tahun, row.bulan)})"
    return out


def _no_month(evaluasi: Evaluation) -> str:
    """Why no number of SIGA stands beside the portal's."""
    months = evaluasi.siga.dropna(subset=["bulan"])
    own = day(evaluasi)
    if own is None or months.empty:
        return (
            f"Tabel SIGA di {FOLDER} tidak memuat angka bulanan, jadi tidak ada yang dapat disandingkan dengan portal."
        )
    known = (12 * months["tahun"] + months["bulan"]).astype(int)
    first, last = (month(*year_and_month(int(n))) for n in (known.min(), known.max()))
    ada = first if first == last else f"{first} sampai {last}"
    if method.month(evaluasi.siga, own):
        return "Tidak satu pun Kampung KB di portal desanya ada di tabel SIGA."
    return (
        f"SIGA yang ada: {ada}; bulan ekspor portal ({month(own.year, own.month)}) tidak ada, jadi keduanya tidak "
        "disandingkan."
    )


def _kapan(banding: pd.DataFrame) -> str:
    return month(int(banding["tahun"].to_numpy()[0]), int(banding["bulan"].to_numpy()[0]))


def _source(evaluasi: Evaluation, banding: pd.DataFrame) -> str:
    return f"{source(evaluasi)}; SIGA {_kapan(banding)}"


def _alone(evaluasi: Evaluation, banding: pd.DataFrame) -> Fragment:
    """What SIGA alone knows: couples, users and unmet need of the desa with a Kampung KB, by kecamatan."""
    wide = banding.pivot(index="kampung_id", columns="ukuran", values="siga").reindex(columns=list(method.COUPLES))
    nama = evaluasi.kampung.set_index("kampung_id")["kecamatan"]
    per = (
        wide.groupby(nama.reindex(wide.index))
        .sum(min_count=1)
        .assign(desa=wide.groupby(nama.reindex(wide.index)).size())
    )
    if per["pus"].isna().all():
        return nothing(f"Tabel SIGA di {FOLDER} belum memuat PUS dan peserta KB per bulan.")
    per.loc["Semua"] = per.sum(min_count=1)
    baris = [
        {
            "kecamatan": row.Index,
            "desa": count(row.desa),
            "pus": _count(row.pus),
            "peserta": percent(row.peserta / row.pus),
            "unmet": percent(row.unmet / row.pus),
            "pasangan": _count(row.unmet),
        }
        for row in each(per)
    ]
    judul = f"Pasangan di desa yang punya Kampung KB menurut SIGA, {_kapan(banding)}"
    return render(
        "sections/siga_alone.html.j2", judul=judul, baris=baris, sumber=f"SIGA {_kapan(banding)}, seluruh desa"
    )


def _sums(evaluasi: Evaluation, banding: pd.DataFrame) -> Fragment:
    """The sums of both sources over the Kampung KB that both know, and how many are far apart."""
    both = banding.dropna(subset=["portal", "siga"])
    baris = [
        {
            "nama": NAMES[ukuran],
            "kampung": len(same),
            "portal": count(same["portal"].sum()),
            "siga": count(same["siga"].sum()),
            "rasio": decimal(same["portal"].sum() / same["siga"].sum(), 2) if same["siga"].sum() else "–",
            "jauh": int(same["luar"].sum()),
        }
        for ukuran in NAMES
        if len(same := both[both["ukuran"].eq(ukuran)])
    ]
    lain = evaluasi.kampung["kampung_id"].nunique() - banding["kampung_id"].nunique()
    return render(
        "sections/siga.html.j2",
        judul=f"Portal dan SIGA pada Kampung KB yang angkanya ada di keduanya, {_kapan(banding)}",
        baris=baris,
        tanpa_desa=lain,
        rendah=decimal(method.LOW),
        tinggi=decimal(method.HIGH),
        sumber=_source(evaluasi, banding),
    )


def _far(evaluasi: Evaluation, banding: pd.DataFrame) -> Fragment:
    """The Kampung KB whose couples are far from SIGA's, folded."""
    luar = banding[banding["luar"] & banding["ukuran"].isin(method.COUPLES)]
    if luar.empty:
        return nothing("PUS, peserta KB, dan unmet need tidak satu pun jauh dari SIGA.")
    jumlah = luar["kampung_id"].nunique()
    isi = render(
        "sections/siga_far.html.j2",
        baris=[
            {**_place(evaluasi, row), "angka": _numbers(luar[luar["kampung_id"].eq(row.kampung_id)])}
            for row in each(_named(evaluasi, luar["kampung_id"]))
        ],
        sumber=_source(evaluasi, banding),
    )
    judul = f"PUS, peserta KB, atau unmet need jauh dari SIGA: {count(jumlah)} Kampung KB, cocokkan"
    return render("sections/fold.html.j2", judul=judul, isi=isi)


def _numbers(rows: pd.DataFrame) -> list[str]:
    return [f"{NAMES[r.ukuran]} {count(r.portal)}, di SIGA {count(r.siga)} ({decimal(r.rasio, 2)})" for r in each(rows)]


def _silent(evaluasi: Evaluation, banding: pd.DataFrame) -> Fragment:
    """SIGA's couples where the portal has no KB record."""
    diam = evaluasi.kampung[~evaluasi.kampung["lapor_kb"].fillna(False).astype(bool)]
    wide = banding.pivot(index="kampung_id", columns="ukuran", values="siga").reindex(columns=["pus", "unmet"])
    wide = wide.reindex(diam["kampung_id"]).dropna(subset=["pus"])
    if wide.empty:
        return Fragment("")
    baris = [
        {
            **_place(evaluasi, row),
            "pus": count(wide.at[row.kampung_id, "pus"]),
            "unmet": _count(wide.at[row.kampung_id, "unmet"]),
        }
        for row in each(_named(evaluasi, wide.index.to_series()))
    ]
    judul = f"Belum lapor di portal: {count(len(wide))} Kampung KB, dengan PUS dan unmet need desanya menurut SIGA"
    return render(
        "sections/siga_silent.html.j2", judul=judul, baris=baris, sumber=f"SIGA {_kapan(banding)}, seluruh desa"
    )


def _coverage(evaluasi: Evaluation) -> Fragment:
    """How many desa have a Kampung KB, by SIGA and by the portal; of the kecamatan folded."""
    per = method.coverage(evaluasi.kampung, evaluasi.siga)
    desa, portal = int(per["desa"].sum()), int(per["portal"].sum())
    terbentuk, ada_portal = per["siga"].notna().any(), not alone(evaluasi)
    bagian = [f"{count(per['siga'].sum())} menurut SIGA"] if terbentuk else []
    bagian += [f"{count(portal)} menurut portal"] if ada_portal else []
    isi = render("sections/siga_coverage.html.j2", siga=terbentuk, portal=ada_portal, baris=per.to_dict("records"))
    judul = f"Dari {count(desa)} desa di SIGA, yang punya Kampung KB: {' dan '.join(bagian)}"
    return render("sections/fold.html.j2", judul=judul, isi=isi)


def _kecamatan(evaluasi: Evaluation, banding: pd.DataFrame) -> Fragment:
    """Every Kampung KB of the kecamatan: portal and SIGA in one cell, far ones marked."""
    if banding.empty:
        return nothing(_no_month(evaluasi))
    cells = {(r.kampung_id, r.ukuran): r for r in each(banding)}
    baris = [
        {**_place(evaluasi, row), "angka": [_pair(cells.get((row.kampung_id, ukuran))) for ukuran in NAMES]}
        for row in each(_named(evaluasi, banding["kampung_id"]))
    ]
    return render(
        "sections/siga_kampung.html.j2",
        judul=f"Portal dan SIGA, {_kapan(banding)}",
        kolom=list(NAMES.values()),
        baris=baris,
        tanpa=sorted(evaluasi.kampung.loc[~evaluasi.kampung["kampung_id"].isin(banding["kampung_id"]), "kampung"]),
        rendah=decimal(method.LOW),
        tinggi=decimal(method.HIGH),
        sumber=_source(evaluasi, banding),
    )


def _pair(row: Any) -> dict[str, Any]:
    if row is None:
        return {"portal": "–", "siga": "–", "luar": False}
    portal = "–" if pd.isna(row.portal) else count(row.portal)
    return {"portal": portal, "siga": _count(row.siga), "luar": bool(row.luar)}


def _count(value: Any) -> str:
    return "–" if pd.isna(value) else count(value)


def _named(evaluasi: Evaluation, ids: Sequence[str] | pd.Series) -> pd.DataFrame:
    """These Kampung KB by kecamatan and name."""
    own = evaluasi.kampung[evaluasi.kampung["kampung_id"].isin(ids)]
    return own.sort_values(["kecamatan", "kampung"])


def _place(evaluasi: Evaluation, row: Any) -> dict[str, Any]:
    """The name of a Kampung KB with its marks, and its kecamatan."""
    return {"kampung": row.kampung, "kecamatan": row.kecamatan, **marks(evaluasi, row)}


def _months(siga: pd.DataFrame, kabupaten: str) -> Fragment:
    """The monthly lines of the kabupaten; a month that lacks more than a tenth of the desa is named, not drawn."""
    months = method.monthly(siga)
    whole = months[months["lengkap"]]
    if whole.empty:
        return Fragment("")
    lines = [line for line in _lines(whole) if line.titik]
    if not lines:
        return Fragment("")
    kurang = [month(int(r.tahun), int(r.bulan)) for r in each(months[~months["lengkap"]])]
    sisa = f" Tidak digambar karena desanya kurang: {enumerate_words(kurang)}." if kurang else ""
    desa = int(months["desa"].max())
    return month_lines(
        lines,
        judul=_message(lines, kabupaten),
        keterangan=f"Jumlah {count(desa)} desa di tabel bulanan SIGA, bukan Kampung KB saja. Poktan hanya pada bulan "
        f"jumlahnya berubah, karena angkanya berulang dari bulan ke bulan.{sisa}",
        sumber="SIGA",
    )


def _lines(months: pd.DataFrame) -> list[Line]:
    """The panels: couples, users and unmet need as part of them, poktan as part of their target where it is new."""
    shares = {
        "Peserta KB (dari PUS)": months["peserta"] / months["pus"],
        "Unmet need (dari PUS)": months["unmet"] / months["pus"],
    }
    out = [Line("PUS", _points(months, months["pus"]), persen=False)]
    out += [Line(nama, _points(months, share)) for nama, share in shares.items()]
    for poktan in ("bkb", "bkr", "bkl"):
        baru = method.renewed(months, poktan)
        nilai = baru[poktan] / baru[f"sasaran_{poktan}"]
        out.append(Line(f"{poktan.upper()} (dari sasaran)", _points(baru, nilai), bertahan=True))
    return out


def _points(months: pd.DataFrame, values: pd.Series) -> list[tuple[int, float]]:
    known = values.notna() & values.abs().lt(float("inf"))
    at = (12 * months["tahun"] + months["bulan"]).astype("int64")
    return list(zip(at[known].tolist(), values[known].astype(float).tolist(), strict=True))


def _message(lines: Sequence[Line], kabupaten: str) -> str:
    """The values at both ends, without a verdict: two months of a count are no trend."""
    users = next((line for line in lines if line.nama.startswith("Peserta")), lines[0])
    (first, before), (last, now) = users.titik[0], users.titik[-1]
    kini = f"{users.write(now)} pada {month(*year_and_month(last))}"
    lama = f", {users.write(before)} pada {month(*year_and_month(first))}" if last != first else ""
    return f"{users.nama} di {region_name(kabupaten)} menurut SIGA: {kini}{lama}"
