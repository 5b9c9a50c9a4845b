"""When a berita acara is planned, where it goes and what it depends on: it is made from ``rapat.toml``, no notebook."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kkb_eval import store
from kkb_eval.build import fingerprint
from kkb_eval.errors import KkbError

if TYPE_CHECKING:
    from kkb_eval.build.plan import Report

KIND = "berita-acara"
"""What such a report is called; it is made with the kabupaten page of its year."""
MEETING, TEMPLATE = "rujukan/rapat.toml", "rujukan/berita_acara.docx"
"""The meeting, and the office's own template."""


def has_meeting(data: str | Path, manifests: Mapping[int, Mapping[str, Any]], tahun: int, kabupaten: str) -> bool:
    """Whether the dataset's meeting is of this kabupaten and year.

    One that cannot be read, or that does not say of which of several kabupaten it is, is planned once: the build then
    tells its problem and goes on.
    """
    from kkb_eval.intake.meeting import read_meeting
    from kkb_eval.intake.regions import compact_kabupaten

    first = min(manifests[tahun]["kabupaten"])
    try:
        rapat = read_meeting((store.place(data) / MEETING).parent)
    except KkbError:
        return tahun == max(manifests) and kabupaten == first
    if rapat is None or rapat.tahun != tahun:
        return False
    return compact_kabupaten(rapat.kabupaten or first) == compact_kabupaten(kabupaten)


def planned(page: "Report", data: str | Path) -> "Report":
    """The berita acara beside the kabupaten page ``page``, of the same numbers."""
    rapat, templat = store.place(data) / MEETING, store.place(data) / TEMPLATE
    parameter = {"angka": page.sidik, "templat": fingerprint.file(templat)}
    return replace(
        page,
        jenis=KIND,
        notebook=rapat,
        parameter=parameter,
        halaman=str(Path(page.halaman).with_name(f"{KIND}.docx").as_posix()),
        kerja=str(Path(page.kerja).with_name(f"{KIND}.ipynb").as_posix()),
        sidik=fingerprint.page(rapat, parameter, ()),
        tambahan=(),
    )
