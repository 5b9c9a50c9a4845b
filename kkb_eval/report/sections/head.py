"""The head of a page and its last section: what it is, from which data, by which method."""

from collections.abc import Sequence

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.manifest import Manifest
from kkb_eval.report import kinds
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import alone
from kkb_eval.report.type_words import reason
from kkb_eval.text import tanggal

PORTAL = "Portal Kampung KB, "
SIGA_ALONE = "Tabel SIGA saja, tanpa ekspor portal"
"""The source of a year without an export."""


def head(evaluasi: Evaluation, jenis: str) -> Fragment:
    """Banner, title and links of a page of ``jenis``: a kind of ours (``kinds.ours``), or what an own page is called.

    The links are to what a build of this one year makes beside the page, and to the index, which every build writes and
    which lists what there is. A page over all years is not among them: with a named year it is not made, and a page
    that looked for it would depend on the order of the builds.
    """
    tempat = f"Kecamatan {evaluasi.kecamatan}" if evaluasi.kecamatan else region_name(evaluasi.kabupaten or "")
    naik = "../" if evaluasi.kecamatan else ""
    tautan = [
        ("Daftar laporan", report_links(evaluasi, f"{naik}../../../")),
        (region_name(evaluasi.kabupaten or ""), f"{naik}kabupaten.html"),
        ("Kualitas data", f"{naik}kualitas-data.html"),
        ("Paparan", f"{naik}paparan.html"),
    ]
    if jenis == "kabupaten":
        tautan.append(("Data (Excel)", "data.xlsx"))
    return render(
        "sections/head.html.j2",
        jenis=kinds.ours()[jenis].judul if jenis in kinds.ours() else jenis,
        judul=f"{tempat}, {evaluasi.tahun}",
        induk=region_name(evaluasi.kabupaten or "") if evaluasi.kecamatan else evaluasi.kampung["provinsi"].iat[0],
        sintetis=evaluasi.manifest.sintetis,
        keterangan=[source(evaluasi), evaluasi.manifest.penyusun],
        tautan=[t for t in tautan if not t[1].endswith(f"{jenis}.html")],
    )


def report_links(evaluasi: Evaluation, ke_atas: str) -> str:
    """The address of the index, at the kabupaten of the page; ``ke_atas`` leads to the out folder."""
    return f"{ke_atas}index.html#di-{evaluasi.kampung['slug_kabupaten'].iat[0]}"


def region_name(nama: str) -> str:
    """A kabupaten's full name; in a kota's the word is part of the name."""
    return nama if nama.startswith("Kota ") else f"Kabupaten {nama}"


def source(evaluasi: Evaluation) -> str:
    """From which exports and of which day, for a source line."""
    return source_of_year(evaluasi.manifest)


def source_of_years(tahun: Sequence[Evaluation]) -> str:
    """From which exports and of which days several years are."""
    if all(map(alone, tahun)):
        return SIGA_ALONE
    bagian = [source(t).removeprefix(PORTAL) for t in tahun]
    return PORTAL + "; ".join(bagian)


def source_of_year(manifest: Manifest) -> str:
    """From which exports and of which day a stored year is."""
    hari = {"rekap": manifest.snapshot_rekap, "klasifikasi": manifest.snapshot_klasifikasi}
    ada = {jenis: day for jenis, day in hari.items() if day}
    if not ada:
        return SIGA_ALONE
    if len(set(ada.values())) == 1:
        return f"{PORTAL}{' dan '.join(ada)} {tanggal(next(iter(ada.values())))}"
    return PORTAL + ", ".join(f"{jenis} {tanggal(day)}" for jenis, day in ada.items())


def has_rekap(evaluasi: Evaluation) -> bool:
    """Whether the year has a rekap; without one nobody's forms and numbers are known."""
    return evaluasi.manifest.snapshot_rekap is not None


def without_rekap(apa: str) -> Fragment:
    """The line of a section that needs the rekap of a year that has none."""
    return nothing(f"{apa}: perlu ekspor rekap dari portal.")


def method(evaluasi: Evaluation, *, singkat: bool = False, sebelumnya: Sequence[Evaluation] = ()) -> Fragment:
    """Definitions, limits, inputs and versions; ``singkat`` leaves out the table of indicators and the files.

    With the years before, of a page that compares them: also their files, and nothing of one year's own types.
    """
    tipologi = pd.Series(dtype=object) if sebelumnya or not len(evaluasi.tipologi) else evaluasi.tipologi.iloc[0]
    masukan = [m for t in (*sebelumnya, evaluasi) for m in t.manifest.masukan]
    return render(
        "sections/head_method.html.j2",
        singkat=singkat,
        tahun=evaluasi.tahun,
        manifest=evaluasi.manifest,
        sidik=evaluasi.manifest.kabupaten[str(evaluasi.kabupaten)].sidik,
        masukan=[m for m in masukan if m.dipakai],
        tak_dipakai=[m.berkas for m in masukan if not m.dipakai],
        katalog=evaluasi.katalog.to_dict("records"),
        tipologi=tipologi.to_dict(),
        alasan_tipe=reason(tipologi, evaluasi.panel) if len(tipologi) else "",
        snapshot=source(evaluasi),
        aturan_kemudian=evaluasi.tahun < 2022,
    )
