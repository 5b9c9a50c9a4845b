"""Which files of a dataset folder are read, in any case of letters, and which look like ours but are not read (K01).

Whatever looks like an export, a companion table or ``dataset.toml`` and is not read is told, with where it belongs.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from kkb_eval import schema

EXPORTS, COMPANIONS, SIGA = FOLDERS = ("ekspor", "rujukan", "siga")
"""The folders of a dataset."""
SETTINGS = "dataset.toml"
READ = (*schema.EXPORT_SUFFIXES, ".tsv", ".zip")
"""Files that may be meant as an export; all but a workbook, a CSV and a zip of one are refused with what to do."""
_OF_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store"}
_NAMED = re.compile(r"rekap|klasifikasi|classification|kampung|kkb|ekspor|export", re.IGNORECASE)
_LIKE_OURS = re.compile(r"eks?por\w*|export\w*|unduh\w*|download\w*|data\w*|tahun.*|(?:19|20)\d\d.*", re.IGNORECASE)
_REPORTS = {"laporan", "kerja", "outputs", "notebooks"}
_DEPTH, _MOST = 3, 5_000
"""How deep, and among how many files, exports are looked for that lie elsewhere: a dataset may be a whole disk."""
_OTHERS = {
    **dict.fromkeys((".html", ".htm", ".mht", ".mhtml"), "halaman web; buka di Excel dan simpan sebagai .xlsx"),
    **dict.fromkeys((".txt", ".tab", ".prn", ".dat"), "teks; bila ini ekspor, simpan sebagai .csv"),
    **dict.fromkeys((".rar", ".7z", ".gz", ".tar"), "arsip; ekstrak dulu"),
}


def named(folder: Path, name: str) -> Path:
    """Return the file or folder of this name in ``folder`` in any case of letters, the exact one first."""
    exact = folder / name
    if exact.exists() or not folder.is_dir():
        return exact
    return next((p for p in sorted(folder.iterdir()) if p.name.casefold() == name.casefold()), exact)


def exports(folder: Path) -> list[Path]:
    """Return the files that are meant as exports: those of ekspor/, or of the folder itself when there is none."""
    inside = named(folder, EXPORTS)
    if inside.is_dir():
        return sorted(p for p in inside.iterdir() if _may_be_export(p))
    # other zips may lie beside exports, those of kkb-eval pack among them
    return sorted(p for p in folder.iterdir() if _may_be_export(p) and (p.suffix.lower() != ".zip" or _is_named(p)))


def inputs(folder: Path) -> list[Path]:
    """Return all files that a reading of the dataset sees or tells of; the reports may lie in the folder, too."""
    own = [p for p in folder.iterdir() if p.suffix.lower() in READ or SETTINGS in p.name.casefold()]
    inside = [p for name in FOLDERS if (part := named(folder, name)).is_dir() for p in part.glob("**/*")]
    elsewhere = [folder / name for name in unread(folder)]
    return sorted({p for p in (*own, *inside, *elsewhere) if p.is_file() and p.name[0] not in "~."})


def unread(folder: Path) -> dict[str, str]:
    """Return what looks like ours but is not read, by its name within the folder, with what to do; in order of name."""
    found = {**_settings(folder), **_folders(folder), **_beside(folder)}
    return {path.relative_to(folder).as_posix(): told for path, told in sorted(found.items())}


def _settings(folder: Path) -> dict[Path, str]:
    """Return files that are meant as dataset.toml: with a second suffix, a copy's number, or in a folder of it."""
    own = named(folder, SETTINGS)
    found = {}
    for path in (*folder.iterdir(), *(p for name in FOLDERS for p in _listed(named(folder, name)))):
        stem, suffix = path.name.casefold(), path.suffix.lower()
        meant = (
            suffix == ".toml"
            and path.parent == folder
            and get_close_matches(path.stem.casefold(), ["dataset"], cutoff=0.8)
        )
        if path == own or not path.is_file() or not (meant or stem.startswith(SETTINGS) or stem == "dataset.txt"):
            continue
        told = f"ganti namanya menjadi {SETTINGS}" if path.parent == folder else "pindahkan ke folder dataset ini"
        found[path] = f"tidak dibaca, yang dibaca {own.name}; hapus" if own.is_file() else f"tidak dibaca; {told}"
    return found


def _folders(folder: Path) -> dict[Path, str]:
    """Return folders beside those that are read, of the same name in other letters or of a like one."""
    read = {named(folder, name) for name in FOLDERS}
    found = {}
    for path in folder.iterdir():
        if not path.is_dir() or path in read or path.name[0] in "~.":
            continue
        if same := next((own for own in read if own.name.casefold() == path.name.casefold()), None):
            found[path] = f"tidak dibaca, yang dibaca {same.name}/; pindahkan isinya ke sana"
        elif near := next(
            (
                n
                for n in FOLDERS
                if get_close_matches(path.name.casefold(), [n], cutoff=0.7) and not named(folder, n).exists()
            ),
            None,
        ):
            found[path] = f"tidak dibaca; bila isinya {_holds(near)}, ganti namanya menjadi {near}"
    return found


def _holds(name: str) -> str:
    return {EXPORTS: "ekspor portal", COMPANIONS: "tabel pendamping", SIGA: "tabel SIGA"}[name]


def _beside(folder: Path) -> dict[Path, str]:
    """Return files that look like exports but lie elsewhere, and files in ekspor/ that are no table."""
    inside = named(folder, EXPORTS)
    found: dict[Path, str] = {}
    if inside.is_dir():
        to = f"{inside.name}/"
        # other tables may lie in the folder itself
        here = (p for p in folder.iterdir() if _may_be_export(p) and _is_named(p))
        deeper = (p for p in inside.glob("*/**/*") if _may_be_export(p))
        found |= dict.fromkeys((*here, *deeper), f"tidak dibaca di sini; pindahkan ke {to}")
        for path in _listed(inside):
            name = path.name.casefold()
            if not _may_be_export(path) and name not in _OF_SYSTEMS and not name.startswith(SETTINGS):
                what = _OTHERS.get(path.suffix.lower(), "bukan tabel; pindahkan dari sini")
                if not path.suffix:
                    what = "namanya tanpa akhiran; bila ini ekspor, tambahkan .xlsx"
                found[path] = f"tidak dibaca: {what}"
    else:
        to = "folder dataset ini, atau ke ekspor/ di dalamnya"
    known = {named(folder, name) for name in FOLDERS}
    for path in _walk(folder, known):
        if _may_be_export(path) and (_is_named(path) or _LIKE_OURS.fullmatch(path.parent.name)):
            found[path] = f"tidak dibaca di sini; pindahkan ke {to}"
    return found


def _walk(folder: Path, known: set[Path]) -> Iterator[Path]:
    """Yield the files in folders of the dataset that are none of its own, some levels deep and not without end."""

    def below(part: Path, depth: int) -> Iterator[Path]:
        for path in sorted(_entries(part)):
            if path.is_file() and part != folder:
                yield path
            elif depth < _DEPTH and path not in known and _may_hold_exports(path):
                yield from below(path, depth + 1)

    return islice(below(folder, 0), _MOST)


def _may_hold_exports(path: Path) -> bool:
    name = path.name.casefold()
    return path.is_dir() and not path.is_symlink() and name[0] not in "~._" and name not in _REPORTS


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # a folder that we may not open holds nothing that we could read
        return []


def _listed(folder: Path) -> list[Path]:
    return [p for p in _entries(folder) if p.is_file() and p.name[0] not in "~."] if folder.is_dir() else []


def _is_named(path: Path) -> bool:
    return bool(_NAMED.search(path.name)) and path.suffix.lower() in READ


def _may_be_export(path: Path) -> bool:
    # "~$…" is what Excel leaves beside an open workbook
    return path.is_file() and path.suffix.lower() in READ and path.name[0] not in "~."
