"""The zip around a workbook or document: its parts, taken out in bounded time and memory, and put together anew.

What other readers are given is only what was seen here: a directory that lies, parts twice or hidden cannot reach them.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, LookupError, EOFError, OSError)
"""What damaged bytes raise here."""
MAX_PARTS = 2_000
"""Parts: a workbook of 100 sheets with drawings has some 500; each costs memory before anything is read."""
_HEAD = b"PK\x01\x02"
# the standards of both formats forbid it; it is what entities, that grow or fetch, are declared in
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb'\s*<\?xml\b[^<>]{0,100}?\bencoding\s*=\s*["\'](?!utf-8|us-ascii)', re.IGNORECASE)
_MACRO = re.compile(r"vba\w*\.bin$|/activeX/|/macrosheets/", re.IGNORECASE)


class Unsafe(Exception):
    """A container that is not opened; the text says why, what to do is the reader's to say."""


def parts(data: bytes, batas: int, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, bytes]:
    """The parts by name, of at most ``batas`` bytes together; only those that are ``wanted`` are unpacked.

    Raises ``Unsafe`` where they are too many or too large, a name is there twice, or there are macros, a DTD, or XML in
    other letters than UTF-8; one of ``RUSAK`` where the zip is damaged.
    """
    # each is announced by these bytes: counted before a list of them is made
    if data.count(_HEAD) > MAX_PARTS:
        raise Unsafe(f"terdiri dari lebih dari {MAX_PARTS} bagian".replace("000", ".000"))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        infos = {info.filename.replace("\\", "/"): info for info in book.infolist() if not info.is_dir()}
        if len({name.casefold() for name in infos}) < sum(not info.is_dir() for info in book.infolist()):
            raise Unsafe("memuat bagian yang sama dua kali")
        if any(_MACRO.search(name) for name in infos):
            raise Unsafe("memuat makro")
        chosen = {name: info for name, info in infos.items() if wanted(name)}
        if sum(info.file_size for info in chosen.values()) > batas:
            raise Unsafe(f"isinya lebih besar dari {batas // 1_000_000} MB sesudah dibuka")
        return {name: _read(book, info) for name, info in chosen.items()}


def _read(book: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One part. ``read`` without a size would unpack all that is there before it looks at the size announced."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(f"kompresi {info.compress_type}")
    with book.open(info) as stream:
        part = stream.read(info.file_size)
    if len(part) != info.file_size:
        raise zipfile.BadZipFile(info.filename)
    if _DTD.search(part):
        raise Unsafe("memuat DTD, yang tidak ditulis Office")
    if info.filename.endswith((".xml", ".rels")) and (b"\0" in part or _ENCODING.match(part.lstrip(b"\xef\xbb\xbf"))):
        raise Unsafe("memuat XML yang bukan UTF-8")
    return part


def pack(contents: Mapping[str, bytes]) -> bytes:
    """A zip of these parts, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, part in contents.items():
            book.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()
