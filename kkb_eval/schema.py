"""The words of the data: columns, items, classes. One place, so that intake and method speak the same."""

EKSPOR = (".xlsx", ".csv", ".xls", ".xlsm", ".xlsb", ".ods")
"""Files that may be meant as an export; all but the first two are refused with the advice to save them anew."""
PROFIL = (
    "jumlah_sumber_dana",
    "pokja_pengurusan",
    "pokja_sk",
    "pokja_pelatihan",
    "pokja_jumlah",
    "pokja_jumlah_terlatih",
    "plkb_pendamping",
    "regulasi",
    "regulasi_jumlah",
    "rkm",
    "penggunaan_data",
    "jumlah_mekanisme_operasional",
)
PENDUDUK = ("pus", "penduduk", "keluarga", "remaja", "memiliki_balita", "memiliki_remaja", "memiliki_lansia")
METODE = ("iud", "mow", "mop", "kondom", "implan", "suntik", "pil")
METODE_MKJP = ("iud", "mow", "mop", "implan")
UNMET = ("anak_kemudian", "tidak_ingin_anak")
BUKAN_PESERTA = ("hamil", "anak_segera", *UNMET)
POKTAN_SASARAN = {
    "bkb": "memiliki_balita",
    "bkr": "memiliki_remaja",
    "bkl": "memiliki_lansia",
    "uppka": "keluarga",
    "pikr": "remaja",
}
"""Participants of each poktan and the group it is for."""
KB = (*POKTAN_SASARAN, *METODE, *BUKAN_PESERTA)

REKAMAN = {"profil": PROFIL, "penduduk": PENDUDUK, "kb": KB}
"""The three forms a rekap row joins (METHOD 2); each may be missing."""
REKAP = (*PROFIL, *PENDUDUK, *KB)
NAMA = ("kampung", "provinsi", "kabupaten", "kecamatan", "desa")

ITEM = {
    "input": ("pokja", "sumber_dana", "poktan", "sarana", "pkb"),
    "proses": ("penggunaan_data", "operasional", "lintas_sektor"),
    "output": ("partisipasi", "cpr", "mkjp", "unmet"),
}
"""The twelve scored items of the official klasifikasi, by index."""
SEMUA_ITEM = tuple(item for items in ITEM.values() for item in items)
NAMA_ITEM = {item: item.replace("_", " ") for item in SEMUA_ITEM} | {
    "pkb": "PLKB dan regulasi",
    "partisipasi": "partisipasi poktan",
    "cpr": "CPR",
    "mkjp": "MKJP",
    "unmet": "unmet need",
}
"""The items in a reader's words."""
SKOR = tuple(f"skor_{item}" for item in SEMUA_ITEM)
"""The exported scores as columns of the clean year."""
INDEKS = tuple(f"index_{nama}" for nama in ITEM)
KELAS = ("Dasar", "Berkembang", "Mandiri", "Berkelanjutan")
KELAS_TINGGI = KELAS[2:]
PELUANG = tuple(f"peluang_{kelas.lower()}" for kelas in KELAS)
"""The columns with the chance of each class."""
K_TERBANYAK = 7
"""Local types of a kabupaten, at most."""

KAMPUNG_KB = "kampung_kb"
"""In a target the number of Kampung KB formed: its unit is a number, not a percentage."""
STATUS = ("terisi", "belum_lapor", "tidak_dapat_dihitung", "tidak_konsisten")
TINGKAT = ("salah", "periksa", "info")
CATATAN = ("kode", "tingkat", "berkas", "baris", "kampung_id", "kolom", "pesan")
"""Columns of the catatan mutu data (findings)."""

RTL = {
    "id": "ID",
    "kampung": "Kampung KB",
    "desa": "Desa",
    "menuju": "Menuju",
    "langkah": "Langkah",
    "unsur": "Unsur",
    "penanggung_jawab": "Penanggung jawab",
    "tenggat": "Tenggat",
    "status": "Status",
    "catatan": "Catatan",
}
"""Columns of the RTL workbook with their titles; ``id`` is ``RTL_ID``."""
RTL_DATA = "{daerah}, Kecamatan {kecamatan}, tahun {tahun}"
"""The line above them that says of which data it is; ``daerah`` is the kabupaten's full name."""
RTL_ID = "{kampung_id}/{tindakan}"
STATUS_RTL = ("belum", "berjalan", "selesai", "batal")
UNSUR = ("pemda", "swasta", "masyarakat")
