"""The words of the data: columns, items, classes. One place, so that intake and method speak the same."""

EXPORT_SUFFIXES = (".xlsx", ".csv", ".xls", ".xlsm", ".xlsb", ".ods")
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
METHODS = ("iud", "mow", "mop", "kondom", "implan", "suntik", "pil")
MKJP_METHODS = ("iud", "mow", "mop", "implan")
UNMET = ("anak_kemudian", "tidak_ingin_anak")
NON_USERS = ("hamil", "anak_segera", *UNMET)
POKTAN_TARGETS = {
    "bkb": "memiliki_balita",
    "bkr": "memiliki_remaja",
    "bkl": "memiliki_lansia",
    "uppka": "keluarga",
    "pikr": "remaja",
}
"""Participants of each poktan and the group it is for."""
KB = (*POKTAN_TARGETS, *METHODS, *NON_USERS)

RECORDS = {"profil": PROFIL, "penduduk": PENDUDUK, "kb": KB}
"""The three forms a rekap row joins (METHOD 2); each may be missing."""
REKAP = (*PROFIL, *PENDUDUK, *KB)
NAMES = ("kampung", "provinsi", "kabupaten", "kecamatan", "desa")

ITEMS = {
    "input": ("pokja", "sumber_dana", "poktan", "sarana", "pkb"),
    "proses": ("penggunaan_data", "operasional", "lintas_sektor"),
    "output": ("partisipasi", "cpr", "mkjp", "unmet"),
}
"""The twelve scored items of the official klasifikasi, by index."""
ALL_ITEMS = tuple(item for items in ITEMS.values() for item in items)
ITEM_NAMES = {item: item.replace("_", " ") for item in ALL_ITEMS} | {
    "pkb": "PLKB dan regulasi",
    "partisipasi": "partisipasi poktan",
    "cpr": "CPR",
    "mkjp": "MKJP",
    "unmet": "unmet need",
}
"""The items in a reader's words."""
SCORES = tuple(f"skor_{item}" for item in ALL_ITEMS)
"""The exported scores as columns of the clean year."""
INDICES = tuple(f"index_{nama}" for nama in ITEMS)
CLASSES = ("Dasar", "Berkembang", "Mandiri", "Berkelanjutan")
HIGH_CLASSES = CLASSES[2:]
CHANCES = tuple(f"peluang_{kelas.lower()}" for kelas in CLASSES)
"""The columns with the chance of each class."""
MAX_K = 7
"""Local types of a kabupaten, at most."""

KAMPUNG_KB = "kampung_kb"
"""In a target the number of Kampung KB formed: its unit is a number, not a percentage."""
STATUS = ("terisi", "belum_lapor", "tidak_dapat_dihitung", "tidak_konsisten")
LEVELS = ("salah", "periksa", "info")
CATATAN = ("kode", "tingkat", "berkas", "baris", "kampung_id", "kolom", "pesan")
"""Columns of the catatan mutu data (findings)."""

RTL = {
    "id": "ID",
    "kampung": "Kampung KB",
    "desa": "Desa",
    "kelas": "Kelas sekarang",
    "tanda": "Catatan data",
    "bagian": "Bagian",
    "menuju": "Menuju",
    "langkah": "Langkah",
    "unsur": "Unsur",
    "penanggung_jawab": "Penanggung jawab",
    "tenggat": "Tenggat",
    "status": "Status",
    "catatan": "Catatan",
}
"""Columns of the RTL workbook with their titles; ``id`` is ``RTL_ID``."""
RTL_DATA = "{daerah}, Kecamatan {kecamatan}, hasil evaluasi {tahun}"
"""The line above them that says of which data it is; ``daerah`` is the kabupaten's full name."""
RTL_ID = "{kampung_id}/{tindakan}"
STATUS_RTL = ("disepakati", "berjalan", "selesai", "tidak disepakati", "batal")
"""What became of a step; a step of the plan without a status was not dealt with."""
FORMER_STATUS_RTL = {"belum": "disepakati"}
"""Words of earlier workbooks."""
UNSUR = ("pemda", "swasta", "masyarakat")
