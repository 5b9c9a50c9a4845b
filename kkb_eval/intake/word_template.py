"""An office's own Word template, looked at before it is filled in: nothing of it runs, fetches or hides in a field."""

import re
from pathlib import Path
from xml.etree import ElementTree

from kkb_eval.errors import DatasetError
from kkb_eval.intake import grids, guard

MAX_CONTENT = 20_000_000
"""Bytes of its unpacked parts: a letterhead with pictures has some 3 MB."""
MAX_PARTS = 1_000_000
"""Bytes of one part that is filled in: ours has 14,000."""
_FILLED = re.compile(r"word/(?:document|header\w*|footer\w*|footnotes)\.xml|docProps/core\.xml")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FIELDS = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDE\w*|LINK|IMPORT|DATABASE|MACROBUTTON|QUOTE)\b|[{}]", re.IGNORECASE)
_DANGEROUS = ("aFChunk", "oleObject", "control", "attachedTemplate", "subDocument", "frame")
_SAVE = "simpan ulang di Word sebagai .docx biasa"


def read_template(path: Path, name: str) -> bytes:
    """Return the template, called ``name`` towards the user, as a document of only what was looked at.

    Raises ``DatasetError`` where it is no Word document, too large, has macros, embedded or linked files, a field that
    fetches something or holds an isian, or marks ``{{ }}`` without their other half.
    """
    try:
        parts = guard.parts(grids.read_bytes(path, MAX_CONTENT), MAX_CONTENT)
        problem = "" if "word/document.xml" in parts else f"bukan dokumen Word (.docx) yang utuh; {_SAVE}"
        for part, isi in parts.items():
            problem = problem or _problem(part, isi)
    except (grids.Unreadable, guard.Unsafe) as error:
        problem = f"{error}; {_SAVE}" if isinstance(error, guard.Unsafe) else str(error)
    except (*guard.DAMAGED, ElementTree.ParseError):
        problem = "bukan dokumen Word (.docx) yang utuh; simpan ulang di Word"
    if problem:
        raise DatasetError(f"{name}: {problem}")
    return guard.pack(parts)


def _problem(part: str, isi: bytes) -> str:
    """Say what is wrong with one part, "" where nothing is. Raises ``ParseError``."""
    if not part.endswith((".xml", ".rels")):
        return ""
    if _FILLED.fullmatch(part) and len(isi) > MAX_PARTS:
        return f"{part} lebih besar dari {MAX_PARTS // 1_000_000} MB; hapus isi yang bukan templat"
    # without a DTD, which the container refuses, it has no entities
    tree = ElementTree.fromstring(isi)
    for link in tree if part.endswith(".rels") else ():
        kind = link.get("Type", "").rpartition("/")[2]
        if kind in _DANGEROUS or (link.get("TargetMode") == "External" and kind != "hyperlink"):
            target = link.get("Target", "")[:60]
            return f"menyisipkan atau menunjuk berkas lain ({kind} {target}); hapus sisipan itu"
    codes = "".join(e.text or "" for e in tree.iter(f"{_W}instrText"))
    if found := _FIELDS.search(" ".join([codes, *(e.get(f"{_W}instr", "") for e in tree.iter(f"{_W}fldSimple"))])):
        what = "isian di dalam kode bidang" if found[0] in "{}" else f"bidang {found[0]}"
        return f"memuat {what}; hapus bidang itu di Word"
    if _FILLED.fullmatch(part) and not _is_paired("".join(tree.itertext())):
        return "isian tidak dapat dibaca (tanda tidak berpasangan); periksa tanda {{ }} dan {% %}"
    return ""


def _is_paired(text: str) -> bool:
    """Tell whether every opening mark of an isian is followed by its own closing one."""
    marks = re.findall(r"\{\{|\}\}|\{%|%\}|\{#|#\}", text)
    pairs = {"{{": "}}", "{%": "%}", "{#": "#}"}
    return len(marks) % 2 == 0 and all(pairs.get(a) == b for a, b in zip(marks[::2], marks[1::2], strict=True))
