"""When a berita acara is planned, and what it depends on: it is made from ``rapat.toml``, no notebook."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kkb_eval import store
from kkb_eval.errors import KkbError
from kkb_eval.intake import files


def sources(data: str | Path) -> list[Path]:
    """Return the files that a berita acara is made from: the meeting and the office's own template, if there is one."""
    folder = files.named(store.place(data), files.COMPANIONS)
    return [files.named(folder, name) for name in ("rapat.toml", "berita_acara.docx")]


def has_meeting(data: str | Path, tahun: int, kabupaten: str, places: Mapping[int, Sequence[str]]) -> bool:
    """Return whether the dataset's meeting is of this kabupaten and year; ``places`` are the kabupaten of every year.

    One that cannot be read, or that does not say of which of several kabupaten it is, is planned once: the build then
    tells its problem and goes on.
    """
    from kkb_eval.intake.meeting import read_meeting
    from kkb_eval.intake.regions import compact_kabupaten

    first = min(places[tahun])
    try:
        rapat = read_meeting(sources(data)[0].parent)
    except KkbError:
        return tahun == max(places) and kabupaten == first
    if rapat is None or rapat.tahun != tahun:
        return False
    return compact_kabupaten(rapat.kabupaten or first) == compact_kabupaten(kabupaten)
