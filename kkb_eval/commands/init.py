"""A dataset folder that starts itself: ``dataset.toml``, the folders, and the companion tables to fill in."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from kkb_eval import store
from kkb_eval.documents.companion_book import Places, write_form
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.intake import files, regions
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import TABLES, table_files
from kkb_eval.intake.dataset import Dataset
from kkb_eval.intake.settings import read_config, with_plain_names

_SECTIONS = """
# Tahun yang sudah final: ekspor yang datang kemudian tidak mengubahnya lagi.
# [tahun.{tahun}]
# rekap = "rekap_{tahun}-12-31.xlsx"
# klasifikasi = "klasifikasi_{tahun}-12-31.xlsx"
# final = true
"""


def start(folder: Path, tables: Sequence[str] = ()) -> Iterator[str]:
    """Write what the folder lacks and say of each file whether it was written; nothing there is changed.

    ``tables`` are the companion tables to write, all of them where none is named: these only when the kabupaten is
    known, from exports, tables of SIGA or ``dataset.toml``, since the forms list its kecamatan and desa. UnknownName
    for a table that there is none of, KkbError for a folder that cannot be one.
    """
    names = [_table(name) for name in tables]
    if folder.exists() and not folder.is_dir():
        raise KkbError(f"{folder}: ini berkas, bukan folder; sebut folder lain")
    folder.mkdir(parents=True, exist_ok=True)
    dataset = Dataset(folder, read_config(files.named(with_plain_names(folder), files.SETTINGS)))
    places = _places(dataset)
    yield from _settings(folder, places)
    yield from _folders(folder)
    rujukan = files.named(folder, files.COMPANIONS)
    if not places.kecamatan and not names:
        yield (
            f"{folder / files.EXPORTS}/: belum ada ekspor, jadi tabel pendamping belum ditulis; taruh ekspor rekap dan"
            " klasifikasi di sana, lalu ulangi perintah ini"
        )
        return
    for nama in names or TABLES:
        path = rujukan / f"{nama}.xlsx"
        if there := table_files(rujukan, nama):
            yield f"{there[0]}: sudah ada, tidak diubah"
            continue
        write_form(path, nama, places)
        yield f"{path}: ditulis; isi, lalu periksa dengan kkb-eval check --data {folder}"


def _table(name: str) -> str:
    """The table that is meant by a name, with or without its suffix, in any spelling."""
    by_word = {regions.compact(nama): nama for nama in TABLES}
    key = regions.compact(Path(name).stem if Path(name).suffix.lower() in (".csv", ".xlsx") else name)
    if key not in by_word:
        tempat = f"daftar tabel pendamping ({', '.join(TABLES)})"
        raise UnknownName("tabel", name, tempat, regions.suggest(name, TABLES, limit=1))
    return by_word[key]


def _settings(folder: Path, places: Places) -> Iterator[str]:
    path = files.named(folder, files.SETTINGS)
    if path.exists():
        yield f"{path}: sudah ada, tidak diubah"
        return
    with store.written(path, "pilih folder lain") as temporary:
        temporary.write_text(_toml(places), "utf-8")
    yield f"{path}: ditulis"


def _toml(places: Places) -> str:
    """A dataset.toml that says what is known; the rest as comments."""
    one = places.kabupaten[0] if len(places.kabupaten) == 1 else ""
    judul = f"Evaluasi Kampung KB {one if one.startswith('Kota ') else f'Kabupaten {one}'}" if one else ""
    lines = [
        "# Keterangan dataset ini; setiap baris boleh dihapus.",
        _line("judul", judul, "Evaluasi Kampung KB Kabupaten Lebak"),
        _line("kabupaten", one, "Lebak") + "  # tanpa baris ini semua kabupaten di ekspor dihitung",
        _line("penyusun", "", "DPPKB Kabupaten Lebak"),
    ]
    return "\n".join(lines) + "\n" + _SECTIONS.format(tahun=places.tahun)


def _line(key: str, value: str, example: str) -> str:
    return f"{'' if value else '# '}{key} = {json.dumps(value or example, ensure_ascii=False)}"


def _folders(folder: Path) -> Iterator[str]:
    """Make the folders; not ekspor/ where exports lie in the folder itself, as they would no longer be read."""
    wanted = [files.EXPORTS, files.COMPANIONS, f"{files.COMPANIONS}/rtl", files.SIGA]
    if files.exports(folder):
        wanted = [name for name in wanted if name != files.EXPORTS]
    for name in wanted:
        path = folder
        for part in name.split("/"):
            path = files.named(path, part)
        if not path.exists():
            path.mkdir(parents=True)
            yield f"{path}/: dibuat"


def _places(dataset: Dataset) -> Places:
    """The kecamatan, desa and Kampung KB of the dataset's newest year, else of its SIGA, else of dataset.toml."""
    year = max(dataset.tahun, default=None) if files.exports(dataset.folder) else None
    tahun = year or date.today().year
    indikator = read_catalogue().indikator
    words = tuple(indikator.loc[indikator["sampel"].eq("ya"), "singkat"])
    columns = ["kabupaten", "kecamatan", "desa"]
    if year is not None:
        kampung = dataset.year(year).kampung
        names = list(
            kampung.sort_values([*columns, "kampung"])[[*columns, "kampung"]].itertuples(index=False, name=None)
        )
        known = kampung[columns]
    else:
        names, known = [], dataset.siga.rows[columns].drop_duplicates()
    if known.empty:
        known = pd.DataFrame([(name, "", "") for name in _named(dataset)], columns=columns, dtype="str")
    desa = _all_desa(known)
    kecamatan = list(dict.fromkeys((kab, kec) for kab, kec, _ in desa))
    return Places(tahun, kecamatan, desa, names, words)


def _named(dataset: Dataset) -> list[str]:
    """The kabupaten that dataset.toml names, as the reference spells them."""
    alias = dataset.katalog.alias_wilayah
    found = [regions.kabupaten().get(regions.find_kabupaten(name, alias)) for name in dataset.config.kabupaten]
    return [region.nama for region in found if region]


def _all_desa(known: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Every desa of these kabupaten, of the reference or only of the dataset, in order of name."""
    columns = (known[c].tolist() for c in ("kabupaten", "kecamatan", "desa"))
    rows: set[tuple[str, str, str]] = {row for row in zip(*columns, strict=True) if all(row)}
    for kabupaten in known["kabupaten"].unique():
        region = regions.kabupaten().get(regions.compact_kabupaten(kabupaten))
        for kecamatan in regions.children(region.kode).values() if region else ():
            rows |= {(kabupaten, kecamatan.nama, desa.nama) for desa in regions.children(kecamatan.kode).values()}
    return sorted(rows)
