"""The key of an evaluation: a hash of all that it depends on, its dataset, the catalogues, our code, the packages."""

import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kkb_eval.intake import files
from kkb_eval.store import ROOT

_READ = (".xlsx", ".csv", ".toml", ".zip")


def key(digest: str, parameter: Mapping[str, Any]) -> str:
    """A hash of all that an evaluation depends on: ``digest`` of its dataset, catalogues, our sources, parameters."""
    return hashlib.sha256(f"{json.dumps(dict(parameter), sort_keys=True)}{_sources()}{digest}".encode()).hexdigest()


def digest(data_dir: Path) -> str:
    """A hash of the files of a dataset; of those that are refused by their name it takes the name."""
    total = hashlib.sha256()
    for path in files.inputs(data_dir):
        content = _digest(path) if path.suffix.lower() in _READ else b""
        total.update(path.relative_to(data_dir).as_posix().encode() + b"\0" + content)
    return total.hexdigest()


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@cache
def packages() -> tuple[tuple[str, str], ...]:
    """Python and the packages that we need, with their versions: numbers and pages depend on them, too."""
    wanted = [line for line in importlib.metadata.requires("kkb_eval") or () if "extra ==" not in line]
    names = sorted(re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in wanted)
    python = ("Python", ".".join(platform.python_version_tuple()[:2]))
    return (python, *((name, importlib.metadata.version(name)) for name in names))


@cache
def _sources() -> str:
    """One hash of the catalogues, of the code that computes (not of the code that shows) and of the packages."""
    package = ROOT / "kkb_eval"
    files = [
        *package.glob("*.py"),
        *package.glob("intake/*.py"),
        *package.glob("method/*.py"),
        *ROOT.glob("data/*.csv"),
    ]
    texts = [p.read_bytes().replace(b"\r\n", b"\n") for p in sorted(files)]
    return hashlib.sha256(b"".join([*texts, repr(packages()).encode()])).hexdigest()
