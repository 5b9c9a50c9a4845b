"""What a workbook or document is before a reader opens it: its parts taken out in bounded time and memory, and put
together anew; where its cells are, and how much it unfolds to.

What other readers are given is only what was seen here: a directory that lies, parts twice or hidden cannot reach them.
Reading a workbook allots every cell from the first to the last one, and copies a shared text into each cell that names
it: a file of a few bytes could fill any memory. All patterns are linear in the length of the XML.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, LookupError, EOFError, OSError)
"""What damaged bytes raise here."""
MAX_PARTS = 2_000
"""Parts: a workbook of 100 sheets with drawings has some 500; each costs memory before anything is read."""
_HEAD = b"PK\x01\x02"
# the standards of both formats forbid it; it is what entities, that grow or fetch, are declared in
_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb'\s*<\?xml\b[^<>]{0,100}?\bencoding\s*=\s*["\'](?!utf-8|us-ascii)', re.IGNORECASE)
_MACRO = re.compile(r"vba\w*\.bin$|/activeX/|/macrosheets/", re.IGNORECASE)
MAX_COLUMNS = 100
"""A rekap has 41 columns; an office may have added its own."""
MAX_ROWS = 120_000
"""The nation has 84,000 desa, and not yet a Kampung KB in each."""
MAX_CELLS = MAX_ROWS * MAX_COLUMNS
"""Cells that are allotted for a file, blank ones too: some 400 MB."""
MAX_CONTENT = 200_000_000
"""Bytes of unpacked XML, and again of texts in cells: 84,000 × 60 filled cells are 150 MB of XML."""
MAX_SHEETS = 100
"""Sheets of a workbook: a kabupaten has some 30 kecamatan."""
_MAX_BOOK = 1_000_000
_ATTRIBUTES = rb'(?:\s+(?!r=)[\w:.-]{1,60}="[^"<>]{0,300}"){0,20}'
_WITHIN = rb'"(?:[A-Z]|[A-B][A-Z]|C[A-V])(?:[1-9]\d{0,4}|1[01]\d{4})"'
_CELL = rb"<(?:[^\s<>/!?:]{1,60}:)?c(?=[\s/>])"
# a cell without an address, with one in another form, or far outside; all its attributes in the one usual form
_STRAY, _STRAY_PLAIN = (
    re.compile(sel + rb"(?!" + _ATTRIBUTES + rb"\s+r=" + _WITHIN + _ATTRIBUTES + rb"\s{0,60}/?>)")
    for sel in (_CELL, rb"<c(?=[\s/>])")
)
_ADDRESS = re.compile(_CELL + _ATTRIBUTES + rb'\s+r=("[^"<>]{0,20}")')
_FAR_CELL = re.compile(rb'"[A-Z]{1,3}[1-9]\d{0,6}"')
# the reader gives both as an empty cell, and an empty cell is a zero here
_ERROR = re.compile(_CELL + rb'(?=[^<>]{0,300}\bt="e")[^<>]{0,300}?\br="([A-Z]{1,3}\d{1,7})"')
_NO_RESULT = re.compile(
    _CELL + rb'(?![^<>]{0,300}\bt="str")[^<>]{0,300}?\br="([A-Z]{1,3}\d{1,7})"[^<>]{0,300}>'
    rb"<f\b(?:[^<>]{0,300}/>|[^<>]{0,300}>[^<]{0,9000}</f>)(?:<v\s*/>|<v></v>)?</c>"
)
_SHARED_TEXT = re.compile(rb"<(?:[^\s<>/!?:]{1,60}:)?si(?=[\s/>])")
_REFERENCE = re.compile(rb'\bt="s"[^<>]{0,300}><v>(\d{1,9})</v>')


class Unsafe(Exception):
    """A container that is not opened; the text says why, what to do is the reader's to say."""


def parts(data: bytes, batas: int, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, bytes]:
    """Return the parts by name, of at most ``batas`` bytes together; only those that are ``wanted`` are unpacked.

    Raises ``Unsafe`` where they are too many or too large, a name is there twice, or there are macros, a DTD, or XML in
    other letters than UTF-8; one of ``DAMAGED`` where the zip is damaged.
    """
    _check_number(data)
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


def names(data: bytes) -> list[str]:
    """Return the names of the files in a zip, none unpacked. Raises as ``parts``."""
    _check_number(data)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return [info.filename.replace("\\", "/") for info in book.infolist() if not info.is_dir()]


def _check_number(data: bytes) -> None:
    # each part is announced by these bytes: counted before a list of them is made
    if data.count(_HEAD) > MAX_PARTS:
        raise Unsafe(f"terdiri dari lebih dari {MAX_PARTS} bagian".replace("000", ".000"))


def _read(book: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return one part. ``read`` without a size would unpack all that is there before it looks at the size announced."""
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
    """Return a zip of these parts, not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        for name, part in contents.items():
            book.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()


def problem(parts: Mapping[str, bytes]) -> str | None:
    """Return why a workbook of these parts is not read, and what to do; None where it may be."""
    if len(parts.get("xl/workbook.xml", b"")) > _MAX_BOOK:
        return f"memuat lebih dari {MAX_SHEETS} lembar; sisakan lembar ekspornya saja"
    sheets = [xml for name, xml in parts.items() if name.startswith("xl/") and not name.endswith("/calcChain.xml")]
    # every element ends with one of these; a cell with a value has two
    if sum(xml.count(b"</") + xml.count(b"/>") for xml in sheets) > MAX_CELLS:
        return f"memuat lebih dari {MAX_CELLS // 2_000_000} juta sel; sisakan lembar ekspornya saja"
    for xml in sheets:
        # names with a prefix are rare, and slow to look for
        if found := (_STRAY if b":c" in xml else _STRAY_PLAIN).search(xml):
            address = _ADDRESS.match(xml, found.start())
            if address and _FAR_CELL.fullmatch(address[1]) and not re.fullmatch(_WITHIN, address[1]):
                batas = f"{MAX_COLUMNS} kolom atau {MAX_ROWS:,} baris".replace(",", ".")
                return f"ada sel di luar {batas} pertama; hapus kolom dan baris sesudah data"
            return "memuat sel yang alamatnya tidak lazim; buka di Excel dan simpan ulang sebagai .xlsx"
    # the reader looks for it in any case of letters
    strings = b"".join(xml for name, xml in parts.items() if name.casefold() == "xl/sharedstrings.xml")
    if _text_size(strings, sheets) > MAX_CONTENT:
        return f"teks di sel-selnya lebih dari {MAX_CONTENT // 1_000_000} MB; hapus teks panjang yang berulang"
    return None


def _text_size(strings: bytes, sheets: Iterable[bytes]) -> int:
    """At most how many bytes of text the cells get from the shared strings, each copied into every cell that names it.

    One that is named in an unusual form counts as the longest.
    """
    starts = [found.start() for found in _SHARED_TEXT.finditer(strings)]
    sizes = [end - start for start, end in pairwise([*starts, len(strings)])]
    longest, total = max(sizes, default=0), 0
    for xml in sheets:
        number = xml.count(b't="s"')
        if number * longest > MAX_CONTENT:
            named = Counter(_REFERENCE.findall(xml))
            known = {int(index): times for index, times in named.items() if int(index) < len(sizes)}
            total += sum(sizes[index] * times for index, times in known.items())
            number -= named.total()
        total += number * longest
    return total


def odd_cells(xml: bytes) -> list[str]:
    """Return the addresses of cells that the reader would give as empty: an error, or a formula without a result."""
    odd = _ERROR.findall(xml) if b't="e"' in xml else []
    odd += _NO_RESULT.findall(xml) if b"<f>" in xml or b"<f " in xml else []
    return [cell.decode() for cell in odd]
