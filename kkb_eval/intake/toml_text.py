"""A TOML file that a person wrote, read within limits; what is wrong with it and its values in words."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kkb_eval.errors import DatasetError
from kkb_eval.intake import grids

LIMIT = 100_000
"""Bytes: a dataset.toml of ten years has 2,000."""
_DOT = 300
"""Dots in a line: the parser takes their square for a key of so many parts."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def parse(path: Path, name: str, contoh: str, saran: Callable[[str], str] = lambda line: "") -> dict[str, Any]:
    """Return the content of the file, called ``name`` towards the user.

    Raises ``DatasetError`` where it cannot be read or is no TOML: with what ``saran`` says to the bad line, else with
    ``contoh`` as an example.
    """
    try:
        text = grids.read_bytes(path, LIMIT).decode("utf-8-sig")
        if any(line.count(".") > _DOT for line in text.splitlines()):
            raise grids.Unreadable("memuat baris yang terlalu panjang; tulis isian satu per baris")
        return tomllib.loads(text)
    except grids.Unreadable as error:
        raise DatasetError(f"{name}: {error}") from error
    except UnicodeDecodeError as error:
        raise DatasetError(f"{name}: bukan teks UTF-8; simpan ulang sebagai UTF-8") from error
    # brackets nested too deep, a number of thousands of digits
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f", baris {line[1]}" if line else ", akhir berkas" if "end of document" in str(error) else ""
        hint = saran(text.split("\n")[int(line[1]) - 1]) if line else ""
        problem = f", {hint}" if hint else f": bukan TOML yang benar; tulis seperti {contoh}"
        raise DatasetError(f"{name}{where}{problem}") from error


def shown(value: object) -> str:
    """Return a value as a message repeats it, see ``short``."""
    try:
        return short(repr(value))
    # a number of thousands of digits
    except ValueError:
        return "angka itu"


def short(text: str) -> str:
    """Return a text as a message repeats it: at most 60 letters in one line, without control characters."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    return text if len(text) <= 60 else f"{text[:60]}…"


def is_plain(text: str) -> bool:
    """Tell whether a text has no control characters, which pages and documents cannot hold."""
    return not _CONTROL.search(text)
