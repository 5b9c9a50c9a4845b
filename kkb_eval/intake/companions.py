"""The companion tables of a dataset, ``rujukan/*.csv`` or ``.xlsx``: recognised by name, checked, places matched.

One declarative row a table (``TABEL``). Findings (``schema.CATATAN``) never carry a ``kampung_id``: they say nothing on
the numbers of the exports.

* R01 file not readable, a column missing or twice (salah, table left out), or unknown (periksa, column not read)
* R02 kabupaten, kecamatan, desa or Kampung KB not known (salah, row left out); an old name that no year has (periksa)
* R03 a needed cell blank, or no number or year (salah, row left out); a year that the data do not have (info)
* R04 a file in ``rujukan/`` that is none of the known ones (periksa)
* R05 a word that is not one of the possible: indikator, unsur, status (salah, row left out)
* R06 a number that cannot be (salah, row left out), or is to be asked about (periksa, row used)
* R07 one key twice: with different content (salah, all left out), identical (periksa, one used)
* R08 data that identify people (salah, table left out; the value is never shown)

Of the RTL workbooks, ``rujukan/rtl/*.xlsx`` (``action_plan``), whose rows are used without a cell that cannot be read
(then periksa), moreover:

* R09 a workbook that is no RTL or does not say which (salah), or is of a kabupaten or year not in the data (periksa)
* R10 an id that is not known (periksa, read by its names), or a row of a single cell (periksa, left out)
* R11 the meeting's file, rapat.toml, cannot be read, or is of a year or kabupaten not in the data, or the office's
  template, berita_acara.docx, is broken (salah: no berita acara)
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from kkb_eval import schema
from kkb_eval.intake import companion_files, meeting
from kkb_eval.intake.catalogue import Catalogue
from kkb_eval.intake.companion_files import Part
from kkb_eval.intake.companion_tables import Problem, Reader, Refused, Tabel
from kkb_eval.intake.places import Scope
from kkb_eval.intake.portal import findings
from kkb_eval.intake.regions import compact, meant


def _target_problems(rows: pd.DataFrame) -> Iterator[Problem]:
    for baris, indikator, target in zip(rows.index, rows["indikator"], rows["target"], strict=True):
        shown = f"{target:.15g}".replace(".", ",")
        if target == 0:
            pesan = "target: 0 tidak dapat menjadi pembagi, jadi capaian tidak dihitung; tulis target di atas nol"
            yield "R06", "periksa", baris, "target", pesan
        elif indikator == schema.KAMPUNG_KB:
            if target < 0 or target % 1:
                yield "R06", "salah", baris, "target", f"target: {shown} Kampung KB; tulis bilangan bulat di atas nol"
        elif not 0 <= target <= 100:
            yield "R06", "salah", baris, "target", f"target: {shown} % tidak mungkin; tulis 0 sampai 100"
        elif target < 1:
            seratus = f"{100 * target:.10g}".replace(".", ",")
            pesan = f"target: {shown} dibaca sebagai {shown} %; bila maksudnya {seratus} %, tulis {seratus}"
            yield "R06", "periksa", baris, "target", pesan


def _poverty_problems(rows: pd.DataFrame) -> Iterator[Problem]:
    for baris, keluarga, miskin in zip(rows.index, rows["keluarga"], rows["keluarga_miskin"], strict=True):
        if miskin > keluarga:
            pesan = f"keluarga miskin {miskin} lebih banyak dari keluarga {keluarga}; perbaiki"
            yield "R06", "salah", baris, "keluarga_miskin", pesan


def _tile_problems(rows: pd.DataFrame) -> Iterator[Problem]:
    for kolom in ("baris", "kolom"):
        for baris in rows.index[rows[kolom] < 1]:
            yield "R06", "salah", baris, kolom, f"{kolom}: 0; petak dihitung dari 1"
    petak = rows[["kabupaten", "baris", "kolom"]]
    for (_, y, x), same in rows[petak.duplicated(keep=False)].groupby(["kabupaten", "baris", "kolom"])["kecamatan"]:
        if len(set(same)) > 1:
            for baris in same.index:
                pesan = f"baris {y}, kolom {x} dipakai {' dan '.join(sorted(set(same)))}; beri petak lain"
                yield "R07", "salah", baris, "", pesan


_DESA = {"kecamatan": "kecamatan", "desa": "desa"}
_YEAR_DESA = {"tahun": "tahun", **_DESA}
TABLES: Mapping[str, Tabel] = {
    "alias": Tabel({**_DESA, "nama_lama": "teks", "nama_baru": "teks"}, ("kecamatan", "desa", "nama_lama")),
    "program": Tabel({"indikator": "indikator", "program_utama": "teks", "unsur": "unsur", "tindakan": "teks"}),
    "target": Tabel(
        {"tahun": "tahun", "wilayah": "wilayah", "indikator": "indikator", "target": "angka", "sumber": "teks?"},
        kunci=("wilayah", "indikator"),
        indikator=(schema.KAMPUNG_KB,),
        wajar=_target_problems,
    ),
    "desa_tertinggal": Tabel(
        {**_YEAR_DESA, "status": "status_desa", "indeks": "teks", "sumber": "teks?"}, kunci=("kecamatan", "desa")
    ),
    "kesejahteraan": Tabel(
        {**_YEAR_DESA, "keluarga": "bulat", "keluarga_miskin": "bulat", "sumber": "teks?"},
        kunci=("kecamatan", "desa"),
        wajar=_poverty_problems,
    ),
    "krs": Tabel({**_YEAR_DESA, "krs": "bulat", "sumber": "teks?"}, kunci=("kecamatan", "desa")),
    "kegiatan": Tabel(
        {**_YEAR_DESA, "kampung": "kampung", "instansi": "teks", "unsur": "unsur", "program_utama": "teks?"}
        | {"kegiatan": "teks", "sumber_dana": "teks?", "anggaran": "bulat?", "status": "teks?"}
    ),
    "tenaga": Tabel(
        {**_DESA, "wilayah_binaan": "teks?", "plkb": "petugas?", "pos_kb": "petugas?", "sub_pos_kb": "petugas?"},
        kunci=("kecamatan", "desa"),
    ),
    "penghargaan": Tabel(
        {**_YEAR_DESA, "kampung": "kampung", "penghargaan": "teks", "tingkat": "teks?", "sumber": "teks?"}, sampai=True
    ),
    "peta_kotak": Tabel(
        {"kecamatan": "kecamatan", "baris": "bulat", "kolom": "bulat"}, kunci=("kecamatan",), wajar=_tile_problems
    ),
}
"""The tables by the name of their file; SIGA's KRS may also lie there as kesejahteraan."""
OTHER_FILES = (meeting.FILE, meeting.TEMPLATE, "rtl", "batas_kecamatan.geojson")
"""What else ``rujukan/`` may hold, read elsewhere."""


def table_files(folder: Path, nama: str) -> list[Path]:
    """The files of a table in ``rujukan/``."""
    return companion_files.find(folder, nama, yearly="tahun" in TABLES[nama].kolom)


@dataclass(frozen=True)
class Rujukan:
    """The tables that are there and usable, by name, and the findings on them.

    Columns as in ``TABEL``: words are text (missing where blank; indikator, unsur and the status of a desa as listed),
    whole numbers Int64, target float64. A table with places also has ``provinsi, kabupaten, kode_kecamatan`` and
    ``kode_desa``, names spelled as the reference does; a code is missing for a place that only the exports know. With
    ``kampung`` comes ``kampung_id``, missing where the row means a desa with no or several Kampung KB. target has
    ``tingkat`` ("kabupaten" or "kecamatan") and ``kecamatan`` (missing for the kabupaten); it is in percent, but for
    ``schema.KAMPUNG_KB``.
    """

    tabel: dict[str, pd.DataFrame] = field(default_factory=dict)
    catatan: pd.DataFrame = field(default_factory=lambda: findings([]))


def read_rujukan(
    folder: Path, kampung: pd.DataFrame, katalog: Catalogue, tahun: int, semua: Collection[int] = ()
) -> Rujukan:
    """The companion tables of one year; a file that is not there is simply not in ``tabel``.

    ``kampung`` is the clean year: its kabupaten are the scope. Rows of another kabupaten or year are left out without a
    word, but for those that no year of ``semua``, the dataset's (empty: not known), uses. Tables with places need a
    column ``kabupaten`` only where ``kampung`` holds several; alias.csv and the rows of target.csv that name a
    kabupaten do not.
    """
    if not folder.is_dir():
        return Rujukan()
    found = _unknown_files(folder)
    scope = Scope.of(kampung, katalog.alias_wilayah)
    kode = katalog.indikator["kode"]
    words = {compact(w): k for names in (katalog.indikator["singkat"], kode) for w, k in zip(names, kode, strict=True)}
    readers = {nama: Reader(nama, spec, scope, words, tahun, semua) for nama, spec in TABLES.items()}
    parts: dict[str, list[Part]] = {nama: [] for nama in TABLES}
    for nama, reader in readers.items():
        for path in table_files(folder, nama):
            if part := reader.open(path):
                parts["krs" if part.of_others == "KRS" else nama].append(part)
    tabel: dict[str, pd.DataFrame] = {}
    for nama, reader in readers.items():
        with suppress(Refused):
            if parts[nama]:
                tabel[nama] = reader.read(parts[nama])
        # a row that holds for several kabupaten tells its problem once
        found += dict.fromkeys(reader.found)
        if nama == "alias" and nama in tabel:
            scope.learn(tabel[nama])
    return Rujukan(tabel, findings(found, by=["berkas", "baris"]))


def _unknown_files(folder: Path) -> list[tuple[object, ...]]:
    known = {path.name for nama in TABLES for path in table_files(folder, nama)} | {*OTHER_FILES}
    names = [f"{nama}.csv" for nama in TABLES if nama != "krs"] + [*OTHER_FILES]
    found: list[tuple[object, ...]] = []
    for name in sorted(p.name for p in folder.iterdir() if p.name[0] not in "~." and p.name not in known):
        hint = meant(name, names, f"yang dikenal: {', '.join(names)}")
        found.append(("R04", "periksa", f"rujukan/{name}", None, None, "", f"berkas ini tidak dikenal; {hint}"))
    return found
