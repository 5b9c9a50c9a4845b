"""Hashes of what pages depend on: a page is made again, and a build does anything, only when one of them changes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kkb_eval import keys, store


def page(notebook: Path, parameter: Mapping[str, Any], seen: Iterable[Mapping[str, Any]]) -> str:
    """A hash of a notebook, its parameters, what the evaluations say of its kabupaten, and our code."""
    text = json.dumps([dict(parameter), list(seen), code()], sort_keys=True)
    return hashlib.sha256(text.encode() + _lines(notebook)).hexdigest()


def file(path: Path) -> str:
    """A hash of one file, "" where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def everything(data: str | Path, out: str | Path, notebooks: Path, selection: Mapping[str, Any]) -> str:
    """A hash of all that a build starts from: dataset, stored evaluations, notebooks, our code, what is selected.

    It reads no workbook, so that a build without changes is over in a moment.
    """
    stored = sorted(store.place(out).glob(f"kerja/*/{store.MANIFEST}"))
    parts = [f"{p.parent.name} {hashlib.sha256(_lines(p)).hexdigest()}" for p in [*stored, *notebooks.glob("*.ipynb")]]
    # the evaluation does not depend on it, a berita acara does
    parts += [f"{p.name} {file(p)}" for p in store.place(data).glob("rujukan/*.docx")]
    words = {"data": str(data), "out": str(out), "pilihan": dict(selection), "bagian": sorted(parts), "kode": code()}
    return keys.key(keys.digest(store.place(data)), words)


@cache
def code() -> str:
    """One hash of our package (code, templates, style), of those that we need, and of the catalogues, printed too."""
    package = store.ROOT / "kkb_eval"
    files = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    texts = [_lines(path) for path in sorted([*files, *store.ROOT.glob("data/*.csv")])]
    return hashlib.sha256(b"\0".join([*texts, repr(keys.packages()).encode()])).hexdigest()


def _lines(path: Path) -> bytes:
    """A text file's bytes, the same after a checkout with other line ends."""
    return path.read_bytes().replace(b"\r\n", b"\n")
