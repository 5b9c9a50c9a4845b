"""The sections of the pages, one module a section: an evaluation in, a ``Fragment`` out. Notebooks only call them.

A section whose input is not given is one line that says which file would fill it.
"""

from kkb_eval.report.sections.capaian import capaian
from kkb_eval.report.sections.gerak import alir_kelas, alir_tipe, pindah
from kkb_eval.report.sections.indikator import corong, kecamatan_dots, peta, rug_indikator, strip
from kkb_eval.report.sections.jalan import jalan, penahan
from kkb_eval.report.sections.kampung import data_untuk_diperbaiki, kartu, posisi, tabel_kampung
from kkb_eval.report.sections.kelas import belum_mantap, indeks, kelas, kemantapan, perbedaan_skor
from kkb_eval.report.sections.kepala import kepala, metode, sumber_data
from kkb_eval.report.sections.mutu import cakupan, catatan_lengkap, catatan_menurut_jenis, tagihan
from kkb_eval.report.sections.nominasi import usulan_nominasi
from kkb_eval.report.sections.perkembangan import garis_tahun, kelas_tahun, kepala_perkembangan, pecahan
from kkb_eval.report.sections.prioritas import belum_lapor, kunjungan, tindakan
from kkb_eval.report.sections.ringkasan import ringkasan, ubin
from kkb_eval.report.sections.rtl import rtl_lalu
from kkb_eval.report.sections.sektor import lintas_sektor, pokja, tenaga
from kkb_eval.report.sections.tertinggal import desa_tertinggal
from kkb_eval.report.sections.tipe import anggota, aturan, kestabilan, profil, tipe_dan_kelas

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
