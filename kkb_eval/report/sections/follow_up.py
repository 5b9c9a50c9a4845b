"""RTL tahun lalu: what was agreed on, what is done, and what changed since."""

from typing import Any

import pandas as pd

from kkb_eval import schema
from kkb_eval.report.charts.bars import cause_bars
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import source
from kkb_eval.report.sections.years import Tahun, no_pair, pairs
from kkb_eval.text import count, enumerate_words, spelled

NO_STATUS = "status tidak diisi"
FILE = "rujukan/rtl/"
REFUSED = "tidak disepakati"
PROGRESS = {"selesai": "selesai", "berjalan": "berjalan", "disepakati": "belum dimulai", "batal": "batal"}
"""What became of the steps that were agreed on, in words."""


def follow_up(tahun: Tahun) -> Fragment:
    """The steps agreed on in the year before the last: status, and what the numbers say; one line without them."""
    if not pairs(tahun):
        return no_pair()
    akhir = pairs(tahun)[0]
    rtl, lama = akhir.rtl, akhir.manifest.before
    if not len(rtl):
        return nothing(f"RTL {lama} belum ada: taruh buku RTL yang sudah diisi di {FILE} (dibuat di {lama}/rtl/).")
    status = rtl["status"].fillna(NO_STATUS)
    disepakati = int(status.ne(REFUSED).sum())
    jumlah = {nama: int(status.eq(nama).sum()) for nama in (*reversed(schema.STATUS_RTL), NO_STATUS)}
    gambar = cause_bars(
        {nama: n for nama, n in jumlah.items() if n},
        len(rtl),
        judul=f"RTL {lama}: {jumlah['selesai']} dari {disepakati} langkah yang disepakati selesai",
        keterangan="Status menurut buku RTL yang dikembalikan, bukan menurut angka portal.",
        sumber=f"{count(rtl['berkas'].nunique())} buku RTL di {FILE}",
    )
    return gambar + render(
        "sections/follow_up.html.j2",
        kalimat=sentences(rtl, lama, akhir.tahun),
        lama=lama,
        kini=akhir.tahun,
        baris=_rows(rtl, akhir.kampung.set_index("kampung_id")["slug_kecamatan"], akhir.tahun),
        sumber=source(akhir),
    )


def sentences(rtl: pd.DataFrame, lama: int, kini: int) -> list[str]:
    """What was agreed and done; what the numbers say; whose class changed."""
    ditolak = int(rtl["status"].eq(REFUSED).sum())
    rtl = rtl[rtl["status"].ne(REFUSED).fillna(True)]
    status = rtl["status"].value_counts()
    bagian = [f"{kata} {status.get(nama, 0)}" for nama, kata in PROGRESS.items()]
    if kosong := int(rtl["status"].isna().sum()):
        bagian.append(f"{NO_STATUS} {kosong}")
    if ditolak:
        bagian.append(f"di luar itu {ditolak} {REFUSED}")
    tempat = rtl["kampung_id"].nunique()
    kalimat = [f"RTL {lama}: disepakati {len(rtl)} langkah di {tempat} Kampung KB; {', '.join(bagian)}."]
    dinilai = rtl[rtl["tercapai"].notna()]
    tercapai = int(dinilai["tercapai"].sum())
    if len(dinilai):
        dicek = f"{spelled(len(dinilai))} dapat dicek dengan angka {kini}"
        teks = f"Dari {len(rtl)} langkah itu, {dicek}: {_met(tercapai, len(dinilai))}."
    else:
        teks = f"Belum satu pun dapat dinilai menurut angka {kini}: isiannya belum diperbarui."
    kalimat.append(teks)
    satu = rtl.dropna(subset=["kelas_sebelum", "kelas_sekarang"]).drop_duplicates("kampung_id")
    berubah = satu[satu["kelas_sebelum"].ne(satu["kelas_sekarang"])].sort_values("kampung")
    nama = [f"{r.kampung} ({r.kelas_sebelum} → {r.kelas_sekarang})" for r in each(berubah)]
    pada = f": {enumerate_words(nama)}" if nama else ""
    if len(satu) > 1:
        berapa = f"{spelled(len(berubah))} dari" if len(berubah) else "tidak satu pun dari"
        kalimat.append(f"Kelas berubah pada {berapa} {len(satu)} Kampung KB itu{pada}.")
    else:
        kalimat.append(f"Kelasnya berubah{pada}." if len(berubah) else "Kelasnya tidak berubah.")
    return kalimat


def _met(tercapai: int, semua: int) -> str:
    """How many of the checked steps the numbers show as reached: "satu tercapai, satu belum"."""
    if tercapai in (0, semua):
        return "belum satu pun tercapai" if not tercapai else "semuanya tercapai" if semua > 1 else "tercapai"
    return f"{spelled(tercapai)} tercapai, {spelled(semua - tercapai)} belum"


def _rows(rtl: pd.DataFrame, slug: pd.Series, kini: int) -> list[dict[str, object]]:
    """The steps for the table; blank cells as ""."""
    urutan = {nama: i for i, nama in enumerate((*schema.STATUS_RTL, NO_STATUS))}
    rows = rtl.assign(status=rtl["status"].fillna(NO_STATUS))
    return [
        {
            "kampung": _text(r.kampung) or f"Kecamatan {r.kecamatan}",
            "kecamatan": r.kecamatan,
            "tautan": f"{kini}/kecamatan/{slug[r.kampung_id]}.html" if r.kampung_id in slug.index else "",
            "langkah": _text(r.langkah),
            "unsur": _text(r.unsur),
            "tenggat": "" if pd.isna(r.tenggat) else r.tenggat.date(),
            "status": r.status,
            "urutan": urutan[r.status],
            "angka": _judged(r),
            "kelas": _moved(r),
        }
        for r in each(rows.sort_values(["kecamatan", "kampung", "berkas", "baris"], kind="stable"))
    ]


def _judged(r: Any) -> str:
    """What the numbers say of a step, in words."""
    if pd.isna(r.tercapai):
        return "belum diketahui" if isinstance(r.tindakan, str) else "di luar angka"
    kata = "tercapai" if r.tercapai else "belum tercapai"
    return kata if pd.isna(r.ke) else f"{kata} (skor {r.kini}, perlu {r.ke})"


def _moved(r: Any) -> str:
    """The class before and now."""
    dari, ke = _text(r.kelas_sebelum), _text(r.kelas_sekarang)
    if not dari or not ke:
        return dari or ke or "–"
    return f"tetap {ke}" if dari == ke else f"{dari} → {ke}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
