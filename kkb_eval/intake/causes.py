"""Catatan mutu data by their cause: one cause is told once, however many rows have it (METHOD 4)."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from kkb_eval import schema

MEANING = {
    "K01": "berkas tidak dapat dibaca",
    "K02": "berkas memuat data pribadi",
    "K03": "baris berulang",
    "K04": "nama hampir sama di satu desa",
    "K05": "kecamatan atau desa tidak dikenal",
    "K06": "peserta KB dan bukan peserta tidak berjumlah sama dengan PUS",
    "K07": "peserta KB atau unmet need melebihi PUS",
    "K08": "peserta poktan melebihi sasarannya",
    "K09": "PUS atau keluarga sasaran lebih banyak daripada jumlah keluarga",
    "K10": "pokja terlatih melebihi anggota pokja",
    "K11": "jumlah penduduk atau keluarga janggal",
    "K12": "angka seperti terisi otomatis (hamil dan ingin anak segera sama)",
    "K13": "angka berpola",
    "K14": "tidak diperbarui sejak tahun sebelumnya",
    "K15": "belum lapor data KB",
    "K16": "skor hasil hitung ulang berbeda dengan skor portal",
    "K17": "isian bukan bilangan yang mungkin",
    "K18": "Kampung KB tahun lalu tidak ditemukan (mungkin berganti nama)",
    "K19": "peserta sama persis dengan sasaran di tiga poktan atau lebih",
    "K20": "baris yang bukan Kampung KB (jumlah, nomor kolom, judul)",
    "K21": "ekspor tersaring atau terpotong",
    "K22": "kelas naik tanpa satu angka pun berubah",
    "K23": "angka portal jauh berbeda dari SIGA",
}
"""What each kind of catatan mutu data means, in a reader's words."""
COMPANION = "tabel pendamping (rujukan/)"
"""The same of the codes R01 and on."""
ELSE = {
    ("K01", "periksa"): "berkas yang tidak dibaca",
    ("K01", "info"): "cara berkas dibaca",
    ("K17", "info"): "cara isian dibaca",
}
"""What a code means at a level where that is another thing."""
OF_COLUMN = ("K05", "K14", "K17")
"""Codes whose cause is the column: the same slip all the way down."""


@dataclass(frozen=True)
class Cause:
    """Findings of one cause.

    ``rows`` has a row for each different thing that is said of a Kampung KB (or of a row without one), the first told
    first: ``kampung_id, kampung, kecamatan, pesan, berkas, baris`` (lists: of several years all of them).
    ``catatan`` counts the findings, ``kampung`` the Kampung KB.
    """

    tingkat: str
    kode: str
    rows: pd.DataFrame
    catatan: int
    kampung: int

    @property
    def meaning(self) -> str:
        """What the cause is, in a reader's words."""
        return meaning(self.kode, self.tingkat)


def meaning(kode: str, tingkat: str = "") -> str:
    """Return what a code means in a reader's words."""
    return ELSE.get((kode, tingkat), MEANING.get(kode, COMPANION))


def group(found: pd.DataFrame) -> Iterator[Cause]:
    """Yield the causes of findings, *salah* first, then by code; in each what is said of most comes first.

    ``found`` has ``schema.CATATAN`` with ``kampung`` and ``kecamatan`` (null where a finding is of no Kampung KB). A
    cause is a code and level, and for ``OF_COLUMN`` the column, for companion tables column and file, for what is said
    of a whole file that file.
    """
    kode, kosong = found["kode"], pd.Series("", found.index)
    of_table = kode.str.startswith("R")
    part = kosong.mask(kode.isin(OF_COLUMN) | of_table, found["kolom"].fillna(""))
    of_file = found["kampung_id"].isna() & found["baris"].isna()
    berkas = kosong.mask(of_file | of_table, found["berkas"].fillna(""))
    level = found["tingkat"].astype("str").map({name: i for i, name in enumerate(schema.LEVELS)})
    for _, rows in found.groupby([level, kode, part, berkas], sort=True):
        yield Cause(
            tingkat=str(rows["tingkat"].iat[0]),
            kode=str(rows["kode"].iat[0]),
            rows=_told_once(rows),
            catatan=len(rows),
            kampung=int(rows["kampung_id"].nunique()),
        )


def places(rows: pd.DataFrame) -> dict[str, list[int]]:
    """Return the rows of every file (none for a finding on the whole file) in which the rows of a ``Cause`` stand."""
    out: dict[str, list[int]] = {}
    for files, numbers in zip(rows["berkas"], rows["baris"], strict=True):
        for berkas, baris in zip(files, numbers, strict=True):
            out.setdefault(berkas, []).extend([] if pd.isna(baris) else [int(baris)])
    return {berkas: sorted(set(numbers)) for berkas, numbers in out.items()}


def _told_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what is said of each Kampung KB once, with all the places in which it is so."""
    berkas = rows["berkas"].fillna("")
    who = rows["kampung_id"].fillna(berkas + " " + rows["baris"].astype("str").fillna(""))
    said = rows.assign(berkas=berkas).groupby([who, rows["pesan"]], sort=False)
    once = said[["kampung_id", "kampung", "kecamatan", "pesan"]].nth(0).reset_index(drop=True)
    at = {column: said[column].agg(list).to_numpy() for column in ("berkas", "baris")}
    often = once.groupby("pesan", sort=False)["pesan"].transform("size")
    first = once.groupby("pesan", sort=False).ngroup()
    order = pd.DataFrame({"often": -often, "first": first}).sort_values(["often", "first"], kind="stable").index
    return once.assign(**at).loc[order].reset_index(drop=True)
