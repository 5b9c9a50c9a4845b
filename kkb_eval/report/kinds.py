"""The kinds of reports: what each is called, what it is made from and for whom.

A kind is a notebook that says so in its metadata; a document that is made without a notebook is one, too. A notebook
of an office's own needs none: its parameters, its first heading and its file name say the same.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kkb_eval import store
from kkb_eval.errors import KkbError

NOTEBOOKS = store.ROOT / "notebooks"
METADATA = "kkb_eval"
"""The entry of a notebook's metadata that makes it a kind: the fields of ``Kind`` but ``notebook``."""
PER = ("kabupaten", "kecamatan", "semua tahun")
DATA_WORKBOOK = "data.xlsx"
"""The data workbook beside a kabupaten page."""
_OWN = 100
"""The place of a kind of an office's own, after all of ours."""


@dataclass(frozen=True)
class Kind:
    """A kind of report: one a kecamatan, a kabupaten and year, or a kabupaten over all years (``per``).

    ``judul`` stands above the page's title, ``di_indeks`` is its name in the index, ``urutan`` its place there.
    ``berkas`` is the file made beside its page, with the page's name in it. ``notebook`` is None for a document, which
    has a maker instead (``build.makers``) and is only made where there is something to make it from.
    """

    jenis: str
    judul: str
    di_indeks: str
    per: str = "kabupaten"
    urutan: int = _OWN
    berkas: str = ""
    notebook: Path | None = None


DOCUMENTS = (Kind("berita-acara", "Berita acara", "Berita acara (Word)", urutan=4),)


@cache
def ours() -> Mapping[str, Kind]:
    """Return our kinds by name, in the order in which they are made and listed."""
    return _ordered([*_declared(NOTEBOOKS), *DOCUMENTS])


def known(own: str | Path | None = None) -> Mapping[str, Kind]:
    """Return our kinds and those of a folder with an office's own notebooks.

    KkbError, with all that is wrong, where there is none, one is no notebook or one is called as another kind.
    """
    return ours() if own is None else _ordered([*ours().values(), *_found(store.place(own))])


def _ordered(kinds: list[Kind]) -> Mapping[str, Kind]:
    return {kind.jenis: kind for kind in sorted(kinds, key=lambda kind: (kind.urutan, kind.jenis))}


def _declared(folder: Path) -> Iterator[Kind]:
    """The notebooks of a folder that say what kind they are."""
    for path in sorted(folder.glob("*.ipynb")):
        if said := json.loads(path.read_text("utf-8"))["metadata"].get(METADATA):
            yield Kind(**said, notebook=path)


def _found(folder: Path) -> list[Kind]:
    """Every notebook of an office's own folder as a kind."""
    found: dict[str, Kind] = {}
    wrong = []
    for path in sorted(folder.glob("*.ipynb")):
        try:
            kind = _own(path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            wrong.append(f"{path}: bukan notebook yang utuh; buka dan simpan lagi di Jupyter")
            continue
        other = {**ours(), **found}.get(kind.jenis)
        if kind.per not in PER:
            wrong.append(f'{path}: metadata {METADATA}.per "{kind.per}" tidak dikenal; tulis {", ".join(PER)}')
        elif other is not None:
            wrong.append(
                f"{path}: jenis {kind.jenis} sudah dipakai {other.notebook or 'kkb-eval'}; ganti nama berkasnya"
            )
        else:
            found[kind.jenis] = kind
    if not (found or wrong):
        wrong.append(f"{folder}: tidak memuat notebook (.ipynb); sebut folder lain dengan --notebooks")
    if wrong:
        raise KkbError("\n".join(wrong))
    return list(found.values())


def _own(path: Path) -> Kind:
    """A notebook as a kind: as its metadata say, the rest from what it holds."""
    notebook = json.loads(path.read_text("utf-8"))
    cells: list[dict[str, Any]] = notebook["cells"]
    asked = "\n".join(_source(cell) for cell in cells if "parameters" in cell["metadata"].get("tags", []))
    names = set(re.findall(r"^(\w+)\s*[:=]", asked, re.MULTILINE))
    heading = re.search(
        r"^# +(.+)$", "\n".join(_source(c) for c in cells if c["cell_type"] == "markdown"), re.MULTILINE
    )
    title = heading[1].strip() if heading else path.stem.replace("_", " ").capitalize()
    per = "kecamatan" if "kecamatan" in names else "kabupaten" if "year" in names else "semua tahun"
    said = {"judul": title, "di_indeks": title, "per": per} | notebook["metadata"].get(METADATA, {})
    # a copy of ours says what ours is: its name and the file beside its page stay ours
    own = {name: said[name] for name in ("judul", "di_indeks", "per")}
    return Kind(re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:60], **own, notebook=path)


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
