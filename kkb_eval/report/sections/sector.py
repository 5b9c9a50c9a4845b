"""Lintas sektor & tenaga: who works in which Kampung KB, what the pokja has, how far PLKB and posts reach."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kkb_eval.evaluation import Evaluation
from kkb_eval.method import sector as sector_method
from kkb_eval.report.charts.bars import cause_bars
from kkb_eval.report.html import Fragment, nothing, render
from kkb_eval.report.names import each
from kkb_eval.report.sections.head import has_rekap, source, without_rekap
from kkb_eval.report.tables import table
from kkb_eval.text import count, decimal, enumerate_words, percent, yes

COLUMNS = 20
"""Instansi with a column of their own; the others share one."""
UNSUR = {"pemda": "Pemda", "swasta": "Swasta", "masyarakat": "Masyarakat"}
_FILE = "rujukan/kegiatan.csv"


def sector(evaluasi: Evaluation) -> Fragment:
    """Kampung KB x instansi, activities by unsur and program utama, and where the score says otherwise."""
    if not len(evaluasi.kegiatan):
        kolom = "tahun, kecamatan, desa, kampung, instansi, unsur, program_utama, kegiatan, …"
        return nothing(f"Kegiatan lintas sektor belum ada: isi {_FILE} ({kolom}).")
    libat = sector_method.involvement(evaluasi.kegiatan, evaluasi.kampung, evaluasi.skor)
    libat = libat.merge(evaluasi.kampung[["kampung_id", "kampung", "kecamatan", "tertinggal"]], on="kampung_id")
    return _lead(evaluasi, libat) + _bars(evaluasi) + _contradictions(libat) + _matrix(evaluasi, libat)


def _lead(evaluasi: Evaluation, libat: pd.DataFrame) -> Fragment:
    kegiatan = evaluasi.kegiatan
    tanpa = libat[libat["instansi"].eq(0)].sort_values(["kecamatan", "kampung"])
    opd = sorted(set(kegiatan.loc[kegiatan["opd"].fillna(False), "instansi"]))
    di_luar = kegiatan[kegiatan["kampung_id"].isna()]
    catatan = evaluasi.catatan_mutu
    return render(
        "sections/sector.html.j2",
        semua=len(libat),
        tanpa=len(tanpa),
        hanya_opd=int(tanpa["opd"].sum()),
        nama=[f"{r.kampung} ({r.kecamatan})" for r in each(tanpa)],
        tengah=decimal(libat["instansi"].median(), 0),
        opd=enumerate_words(opd, most=5),
        di_luar=di_luar["nomor"].nunique(),
        tak_dikenal=int((catatan["kode"].eq("R02") & catatan["berkas"].str.startswith("rujukan/kegiatan")).sum()),
    )


def _bars(evaluasi: Evaluation) -> Fragment:
    """Activities by unsur and by program utama; one that holds for a whole desa counts once."""
    sekali = evaluasi.kegiatan.drop_duplicates("nomor")
    sendiri = int(sekali["opd"].fillna(False).sum())
    n = len(sekali)
    unsur = {nama: int(sekali["unsur"].eq(kode).sum()) for kode, nama in UNSUR.items()}
    program = sekali["program_utama"].fillna("program belum ditulis").value_counts().to_dict()
    terbanyak = max(unsur, key=lambda nama: unsur[nama])
    return cause_bars(
        unsur,
        n,
        judul=f"{terbanyak} melakukan {unsur[terbanyak]} dari {n} kegiatan",
        keterangan=f"Kegiatan menurut unsur; {sendiri} di antaranya kegiatan OPD-KB sendiri.",
        sumber=_FILE,
    ) + cause_bars(
        {str(nama): int(jumlah) for nama, jumlah in program.items()},
        n,
        judul=_program_title(program, n),
        keterangan="Kegiatan menurut program utama.",
        sumber=_FILE,
    )


def _program_title(program: Mapping[Any, int], n: int) -> str:
    nama, jumlah = max(program.items(), key=lambda isi: (isi[1], str(isi[0])))
    return f"{nama}: {jumlah} dari {n} kegiatan"


def _contradictions(libat: pd.DataFrame) -> Fragment:
    return render(
        "sections/sector_contradictions.html.j2",
        tinggi=sector_method.HIGH,
        beberapa=sector_method.SOME,
        **{
            jenis: [
                f"{r.kampung} ({r.kecamatan}, {_evidence(r)})"
                for r in each(libat[libat["pertentangan"].eq(jenis)].sort_values(["kecamatan", "kampung"]))
            ]
            for jenis in sector_method.CONTRADICTIONS
        },
        tanpa_nilai=int(libat["skor"].isna().sum()),
    )


def _evidence(row: Any) -> str:
    """The score where no instansi is noted, else how many are."""
    return f"{row.instansi} instansi" if row.instansi else f"skor {row.skor:.0f}"


def _matrix(evaluasi: Evaluation, libat: pd.DataFrame) -> Fragment:
    """Kampung KB by instansi: how many activities; the instansi that reach most Kampung KB first in their unsur."""
    rows = evaluasi.kegiatan.dropna(subset=["kampung_id"])
    banyak = rows.groupby(["instansi", "unsur"])["kampung_id"].nunique().rename("n").reset_index()
    banyak = banyak.sort_values(["n", "instansi"], ascending=[False, True])
    tampil = banyak.head(COLUMNS)
    kolom = [(r.instansi, kode, r.n) for kode in UNSUR for r in each(tampil[tampil["unsur"].eq(kode)])]
    kunci = pd.MultiIndex.from_tuples([k[:2] for k in kolom], names=["instansi", "unsur"])
    silang = rows.pivot_table(index="kampung_id", columns=["instansi", "unsur"], values="nomor", aggfunc="nunique")
    silang = silang.reindex(libat["kampung_id"]).fillna(0).astype(int)
    sisa = silang.drop(columns=kunci).sum(axis=1)
    sel = silang.reindex(columns=kunci).to_numpy()
    baris = [
        {
            "kampung": r.kampung,
            "kecamatan": r.kecamatan,
            "tertinggal": yes(r.tertinggal),
            "sel": [int(n) for n in isi],
            "sisa": int(lain),
            "instansi": r.instansi,
            "skor": "" if pd.isna(r.skor) else f"{r.skor:.0f}",
        }
        for r, isi, lain in zip(each(libat), sel, sisa, strict=True)
    ]
    return render(
        "sections/sector_matrix.html.j2",
        kolom=[
            {"nama": nama, "unsur": unsur, "n": n, "batas": i and unsur != kolom[i - 1][1]}
            for i, (nama, unsur, n) in enumerate(kolom)
        ],
        lainnya=len(banyak) - len(tampil),
        baris=sorted(baris, key=lambda b: (b["kecamatan"], b["kampung"])),
    )


def pokja(evaluasi: Evaluation) -> Fragment:
    """The checklist of the pokja over the Kampung KB that filled in the profil."""
    if not has_rekap(evaluasi):
        return without_rekap("Kelengkapan pokja belum diketahui")
    butir, daftar = sector_method.POKJA, sector_method.pokja(evaluasi.kampung)
    profil = int(evaluasi.kampung["lapor_profil"].fillna(False).sum())
    belum = len(evaluasi.kampung) - profil
    if not profil:
        return nothing("Kelengkapan pokja belum diketahui: belum ada profil terisi.")
    tersulit = daftar.sort_values(["ada", "butir"]).iloc[0]
    rows = daftar.assign(nama="Pokja " + daftar["butir"].map(butir), pangsa=daftar["ada"] / profil)
    kolom = {"nama": "Kelengkapan", "ada": "Ada", "belum": "Belum", "pangsa": "Persentase"}
    return table(
        rows,
        id="pokja",
        judul=f"Paling jarang: pokja {butir[tersulit['butir']]}, {tersulit['ada']} dari {profil} Kampung KB",
        stub="nama",
        kolom=kolom,
        bilangan=["ada", "belum"],
        persen=["pangsa"],
        sumber=source(evaluasi) + (f"; {belum} Kampung KB belum mengisi profil" if belum else ""),
    )


def _heaviest(per: pd.DataFrame) -> str:
    """The kecamatan in which a PLKB has most desa, with how many: "Curugbitung 10 desa"; ties together."""
    beban = per.dropna(subset=["desa_per_plkb"])
    if len(beban) < 2:
        return ""
    most = beban["desa_per_plkb"].max()
    nama = enumerate_words(sorted(beban.loc[beban["desa_per_plkb"].eq(most), "kecamatan"]), most=6)
    return f"{nama} {decimal(most, 0 if most == round(most) else 1)} desa"


def staff(evaluasi: Evaluation) -> Fragment:
    """Desa per PLKB, and desa without an active Pos KB or Sub Pos KB."""
    per = sector_method.staff(evaluasi.desa)
    if not len(per):
        kolom = "kecamatan, desa, wilayah_binaan, plkb, pos_kb, sub_pos_kb"
        return nothing(f"Tenaga belum ada: isi rujukan/tenaga.csv ({kolom}).")
    jumlah = per.drop(columns=["kabupaten", "kecamatan", "desa_per_plkb"]).sum()
    plkb, desa = int(jumlah["plkb"]), int(jumlah["desa"])
    ada = evaluasi.desa[evaluasi.desa["kampung_kb"].gt(0)]
    kosong = {k: ada[ada[k].eq(0).fillna(False)] for k in ("pos_kb", "sub_pos_kb")}
    tabel = table(
        per,
        id="tenaga",
        judul="PLKB dan pos menurut kecamatan",
        stub="kecamatan",
        kolom={
            "kecamatan": "Kecamatan",
            "desa": "Desa",
            "plkb": "PLKB",
            "desa_per_plkb": "Desa per PLKB",
            "tanpa_pos": "Desa tanpa Pos KB aktif",
            "tanpa_sub_pos": "Desa tanpa Sub Pos KB aktif",
        },
        bilangan=["desa", "plkb", "tanpa_pos", "tanpa_sub_pos"],
        desimal=["desa_per_plkb"],
        kosong="tanpa PLKB",
        sumber="rujukan/tenaga.csv. PLKB dihitung sebanyak yang tertulis; tulis setiap PLKB di satu desa saja.",
        urut=True,
    )
    return render(
        "sections/sector_staff.html.j2",
        plkb=count(plkb),
        desa=count(desa),
        per=decimal(desa / plkb) if plkb else "",
        terberat=_heaviest(per),
        tanpa_plkb=enumerate_words(per.loc[per["plkb"].eq(0), "kecamatan"], most=6),
        pos={k: int(jumlah[f"tanpa_{k.removesuffix('_kb')}"]) for k in kosong},
        kosong={k: [f"{r.desa} ({r.kecamatan})" for r in each(isi)] for k, isi in kosong.items()},
        bagian=percent(jumlah["tanpa_pos"] / desa, 0) if desa else "–",
        isi=render("sections/fold.html.j2", judul="Tenaga menurut kecamatan", isi=tabel),
    )
