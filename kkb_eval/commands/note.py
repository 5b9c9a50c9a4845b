"""The note that ``check`` prints: causes by weight, each told once, and what to do first."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from kkb_eval import schema
from kkb_eval.intake import causes
from kkb_eval.intake.causes import Cause
from kkb_eval.text import count, enumerate_words, per_sentence

MANY = 5
"""Different things said of one cause beyond which only the first is told."""
STEPS = 5
"""Things to do first, at most."""
HEADS = {
    "salah": "Salah ({}): tidak dihitung sampai diperbaiki",
    "periksa": "Periksa ({}): masih dihitung, harap dicocokkan",
    "info": "Info ({}): sekadar diketahui",
}
NOTHING = "Tidak ada catatan mutu data."
_MORE = "Semua catatan satu per satu: --rinci. Sebagai buku kerja dengan saringan: --out catatan.xlsx"
_NUMBERS = ("K06", "K07", "K08", "K10", "K12", "K17")
_FIRST: Mapping[str, tuple[str, Sequence[str], str]] = {
    "berkas": ("salah", ("K01", "K02"), "perbaiki berkas yang ditolak: {}"),
    "terpotong": ("periksa", ("K21",), "ekspor lagi tanpa saringan: {}"),
    "berulang": ("salah", ("K03",), "hapus baris berulang yang salah: {}"),
    "nama": ("salah", ("K05",), "isi nama dan tempat baris yang tidak dihitung: {}"),
    "ekspor": ("info", ("K15", "K16"), "unduh juga ekspor yang belum ada: {}"),
    "pendamping": ("salah", ("R",), "perbaiki tabel pendamping: {}"),
    "angka": ("salah", _NUMBERS, "perbaiki angka yang tidak dapat dihitung: {}"),
    "lapor": ("info", ("K15",), "minta data KB dari yang belum melapor: {}"),
    "ukuran": ("periksa", ("K11",), "cek ukuran yang tidak ikut dijumlahkan: {}"),
    "pola": ("periksa", ("K13",), "cocokkan angka berpola dengan daftar hadir: {}"),
    "kelas": ("periksa", ("K22",), "tanyakan kelas yang naik tanpa angka baru: {}"),
    "ganti": ("periksa", ("K18", "K04"), "pastikan nama Kampung KB: {}"),
    "selisih": ("periksa", ("K06", "K09", "K16", "K23"), "cocokkan angka yang berselisih: {}"),
    "wilayah": ("periksa", ("K05",), "betulkan nama wilayah: {}"),
}
"""What comes first, in this order: level and codes that ask for it, and its words."""
_TOLD_FILE = ("berkas", "terpotong", "pendamping", "nama", "wilayah")
"""Those whose files are named, not the Kampung KB."""


def lines(data: str | Path, found: pd.DataFrame) -> Iterator[str]:
    """Yield the note on the findings of a dataset (``check.findings``), made for two screens.

    Below a head for each level every cause once: with at most ``MANY`` different things to say all of them, else the
    first; of *info* only who is meant. Then what to do first, by the findings of the last year.
    """
    if found.empty:
        yield NOTHING
        return
    years = sorted({int(year) for year in found["tahun"].dropna()})
    yield f"Catatan mutu data {data}" + (f", tahun {enumerate_words(map(str, years), 9)}" if years else "")
    told = list(causes.group(found))
    for tingkat in schema.LEVELS:
        own = [cause for cause in told if cause.tingkat == tingkat]
        if own:
            yield ""
            yield HEADS[tingkat].format(f"{count(sum(cause.catatan for cause in own))} catatan")
        for cause in own:
            yield from _short(cause) if tingkat == "info" else _cause(cause)
    last = found[found["tahun"].isna() | found["tahun"].eq(years[-1])] if years else found
    if steps := list(_steps(last))[:STEPS]:
        yield ""
        yield "Yang pertama perlu dikerjakan"
        yield from (f"  {number}. {per_sentence(step)}" for number, step in enumerate(steps, 1))
    yield ""
    yield _MORE


def all_lines(data: str | Path, found: pd.DataFrame) -> Iterator[str]:
    """Yield every finding in a line of its own below a head for each code: place, Kampung KB, message; then counts."""
    if found.empty:
        yield NOTHING
        return
    for (tingkat, kode), rows in found.groupby(["tingkat", "kode"], observed=True, sort=True):
        yield f"{kode}, {tingkat} ({causes.meaning(str(kode), str(tingkat))}): {count(len(rows))} catatan"
        told = zip(rows["berkas"].fillna(""), rows["baris"], _names(rows), rows["pesan"], strict=True)
        for berkas, baris, name, pesan in told:
            at = str(Path(data) / berkas) + ("" if pd.isna(baris) else f", baris {baris}")
            yield f"  {at}: {name + ': ' if name else ''}{pesan}"
    per = found["tingkat"].value_counts()
    yield ", ".join(f"{count(per.get(tingkat, 0))} {tingkat}" for tingkat in schema.LEVELS)


def _cause(cause: Cause) -> Iterator[str]:
    """Yield a head with the count, and what is said, with names and places."""
    yield _head(cause)
    same = [rows for _, rows in cause.rows.groupby("pesan", sort=False)]
    for rows in same if len(same) <= MANY else same[:1]:
        who = enumerate_words([name for name in _names(rows) if name])
        if f'"{rows["kampung"].iat[0]}"' in str(rows["pesan"].iat[0]):
            who = ""  # the message names it
        begin = "misalnya " if len(same) > MANY else ""
        yield f"  {begin}{who + ': ' if who else ''}{rows['pesan'].iat[0]}"
        yield f"      {_places(rows)}"
    if len(same) > MANY:
        rest = pd.concat(same[1:])
        named = dict.fromkeys(name for name in _names(rest) if name and name not in _names(same[0]))
        yield f"  juga {enumerate_words(named or [_places(rest)], MANY)}"


def _short(cause: Cause) -> Iterator[str]:
    """Yield one line for what only informs: the message where it is one of a file, else who is meant."""
    who = enumerate_words(dict.fromkeys(name for name in _names(cause.rows) if name), 3)
    if who:
        yield f"{_head(cause)}: {who}"
    else:
        yield f"{cause.kode} {_places(cause.rows.head(1))}: {cause.rows['pesan'].iat[0]}"


def _head(cause: Cause) -> str:
    """Return code, meaning and counts; where a record is what is not updated (K14) that record."""
    if cause.kode == "K14":
        said = str(cause.rows["pesan"].iat[0]).partition(";")[0]
        return f"{cause.kode} {said}: {count(cause.catatan)} catatan"
    persons = f" pada {count(cause.kampung)} Kampung KB" if 0 < cause.kampung < cause.catatan else ""
    return f"{cause.kode} {cause.meaning}: {count(cause.catatan)} catatan{persons}"


def _places(rows: pd.DataFrame) -> str:
    """Return "rekap.xlsx baris 2, 3 dan 5; klasifikasi.xlsx baris 7"."""
    return "; ".join(
        f"{berkas} baris {enumerate_words(map(str, numbers), MANY)}" if numbers else berkas
        for berkas, numbers in causes.places(rows).items()
    )


def _names(rows: pd.DataFrame) -> list[str]:
    """Return "Mawar (Maja)" for every row, "" where it is of no Kampung KB."""
    pairs = zip(rows["kampung"], rows["kecamatan"], strict=True)
    return ["" if pd.isna(name) else f"{name} ({place})" if place else str(name) for name, place in pairs]


def _steps(found: pd.DataFrame) -> Iterator[str]:
    """Yield what to do first, with how many and who."""
    for key, (tingkat, codes, words) in _FIRST.items():
        rows = found[found["tingkat"].eq(tingkat) & found["kode"].str.match("|".join(codes))]
        if key == "ekspor":
            lacking = rows.loc[rows["baris"].isna(), "pesan"].str.extract(r"unduh juga (\w+) dari portal")[0].dropna()
            named = [
                f"{jenis} tahun {tahun}" for jenis, tahun in zip(lacking, rows["tahun"][lacking.index], strict=True)
            ]
        elif key in _TOLD_FILE:
            named = list(dict.fromkeys(rows["berkas"].fillna("")))
        else:
            named = [name for name in dict.fromkeys(_names(rows)) if name]
        if named:
            many = "" if key in (*_TOLD_FILE, "ekspor") else f"{count(len(named))} Kampung KB, "
            yield words.format(many + enumerate_words(named, 3))
