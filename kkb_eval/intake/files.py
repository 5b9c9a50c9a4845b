"""Which files of a dataset folder are read as exports, and which look like one but lie elsewhere (K01)."""

from collections.abc import Iterator
from pathlib import Path

from kkb_eval import schema

_TYPES = ("rekap", "klasifikasi")


def exports(folder: Path) -> list[Path]:
    """The files that are meant as exports: those of ekspor/, or of the folder itself when there is none."""
    inside = folder / "ekspor"
    return sorted(p for p in (inside if inside.is_dir() else folder).iterdir() if _may_be_export(p))


def unread(folder: Path) -> list[str]:
    """The names, within the folder, of files beside ekspor/ and in folders below it that look like exports."""
    return sorted(p.relative_to(folder).as_posix() for p in _elsewhere(folder) if _may_be_export(p))


def _elsewhere(folder: Path) -> Iterator[Path]:
    inside = folder / "ekspor"
    if inside.is_dir():
        yield from inside.glob("*/**/*")
        # other tables may lie here, too
        yield from (p for p in folder.iterdir() if any(jenis in p.name.lower() for jenis in _TYPES))


def _may_be_export(path: Path) -> bool:
    # "~$…" is what Excel leaves beside an open workbook
    return path.is_file() and path.suffix.lower() in schema.EXPORT_SUFFIXES and path.name[0] not in "~."
