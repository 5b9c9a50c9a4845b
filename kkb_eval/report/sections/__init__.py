"""The sections of the pages, one module a section: an evaluation in, a ``Fragment`` out. Notebooks only call them.

A section whose input is not given is one line that says which file would fill it.
"""

from kkb_eval.report.sections.cards import data_untuk_diperbaiki, kartu, posisi, tabel_kampung
from kkb_eval.report.sections.change import alir_kelas, alir_tipe, pindah
from kkb_eval.report.sections.comparison import corong, kecamatan_dots, peta, rug_indikator, strip
from kkb_eval.report.sections.follow_up import rtl_lalu
from kkb_eval.report.sections.head import kepala, metode, sumber_data
from kkb_eval.report.sections.klasifikasi import belum_mantap, indeks, kelas, kemantapan, perbedaan_skor
from kkb_eval.report.sections.nomination import usulan_nominasi
from kkb_eval.report.sections.priority import belum_lapor, kunjungan, tindakan
from kkb_eval.report.sections.quality import cakupan, catatan_lengkap, catatan_menurut_jenis, tagihan
from kkb_eval.report.sections.road import jalan, penahan
from kkb_eval.report.sections.sector import lintas_sektor, pokja, tenaga
from kkb_eval.report.sections.summary import ringkasan, ubin
from kkb_eval.report.sections.target import capaian
from kkb_eval.report.sections.tertinggal import desa_tertinggal
from kkb_eval.report.sections.typology import anggota, aturan, kestabilan, profil, tipe_dan_kelas
from kkb_eval.report.sections.years import garis_tahun, kelas_tahun, kepala_perkembangan, pecahan

__all__ = [
    "alir_kelas",
    "alir_tipe",
    "anggota",
    "aturan",
    "belum_lapor",
    "belum_mantap",
    "cakupan",
    "capaian",
    "catatan_lengkap",
    "catatan_menurut_jenis",
    "corong",
    "data_untuk_diperbaiki",
    "desa_tertinggal",
    "garis_tahun",
    "indeks",
    "jalan",
    "kartu",
    "kecamatan_dots",
    "kelas",
    "kelas_tahun",
    "kemantapan",
    "kepala",
    "kepala_perkembangan",
    "kestabilan",
    "kunjungan",
    "lintas_sektor",
    "metode",
    "pecahan",
    "penahan",
    "perbedaan_skor",
    "peta",
    "pindah",
    "pokja",
    "posisi",
    "profil",
    "ringkasan",
    "rtl_lalu",
    "rug_indikator",
    "strip",
    "sumber_data",
    "tabel_kampung",
    "tagihan",
    "tenaga",
    "tindakan",
    "tipe_dan_kelas",
    "ubin",
    "usulan_nominasi",
]
