"""Pages printed to PDF by the Chromium, Chrome or Edge that is installed."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kkb_eval.errors import KkbError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
"""What it may be called on the PATH."""
_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe",
            "Chromium/Application/chrome.exe")  # fmt: skip
_PROGRAMS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
"""The variables of Windows that name the folders of its programs, which are on no PATH."""
_MACOS = ("Google Chrome", "Microsoft Edge", "Chromium")
_LINUX = ("/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge", "/snap/bin/chromium")
LIMIT = 120.0
"""Seconds that a page may take."""
_LINK = re.compile(r' href="(?!#|https?:|mailto:)[^"]*"')
_DAY = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")


def find_browser() -> str:
    """Return the path of a Chromium, Chrome or Edge: on the PATH, else where each is installed. KkbError for none."""
    for nama in NAMES:
        if path := shutil.which(nama):
            return path
    for place in _installed():
        if place.is_file():
            return str(place)
    raise KkbError(
        "--pdf: tidak ada Chromium, Chrome, atau Edge di komputer ini; pasang salah satunya, "
        "atau jalankan tanpa --pdf dan cetak halaman dari peramban (Ctrl+P, simpan sebagai PDF)"
    )


def _installed() -> Iterator[Path]:
    """Yield where the three are installed on Windows, macOS and Linux; on another system these places do not exist."""
    for variable in _PROGRAMS:
        if folder := os.environ.get(variable):
            yield from (Path(folder, program) for program in _WINDOWS)
    for root in (Path("/Applications"), Path.home() / "Applications"):
        yield from (root / f"{name}.app" / "Contents" / "MacOS" / name for name in _MACOS)
    yield from map(Path, _LINUX)


def print_page(browser: str, page: Path, pdf: Path) -> None:
    """Print an HTML page to ``pdf``, without a date in it. KkbError, with the browser's last line, where that fails.

    Links to other pages are left out: the PDF would hold them as paths of this computer.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profil:
        salinan = Path(profil) / page.name
        salinan.write_text(_LINK.sub("", page.read_text("utf-8")), "utf-8", newline="\n")
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer"]
        command += [f"--user-data-dir={profil}", f"--print-to-pdf={pdf}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # the administrator, as in a container: Chromium refuses to start with its sandbox
            command.append("--no-sandbox")
        try:
            done = subprocess.run([*command, salinan.resolve().as_uri()], capture_output=True, timeout=LIMIT)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KkbError(f"{page}: tidak dapat dicetak dengan {browser} ({type(error).__name__})") from error
    if not pdf.exists():
        sebab = (done.stderr.decode(errors="replace").strip().splitlines() or ["tanpa pesan"])[-1]
        raise KkbError(f"{page}: tidak dapat dicetak dengan {browser} ({sebab})")
    # as long as before, so that the places of the objects in the file stay true
    pdf.write_bytes(_DAY.sub(rb"/\1 (D:19800101000000", pdf.read_bytes()))
