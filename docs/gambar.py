"""Takes the pictures of README and guide anew from data/contoh: ``python docs/gambar.py [NAME…]``; needs Chromium.

A NAME (a key of ``GAMBAR``) takes that picture only. Pages and evaluation go to a temporary folder; the workbook is
opened in a real JupyterLab, on this machine only and with a token.
"""

import io
import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from kkb_eval import store
from kkb_eval.build import plan, run

sys.path.append(str(store.ROOT / "tests"))
from chromium import find

DOCS = store.ROOT / "docs"
TAHUN = "laporan/lebak/2018"
WIDTHS, HIGH = 1280, 800
COLOURS = 256
"""Colours that are kept: a page has few, and a picture with a palette is a third of one without."""
SABAR = 60
"""Seconds that JupyterLab may take to start."""


def indeks(page: Page, alamat: str) -> None:
    """The index as it opens."""
    page.goto(f"{alamat}/index.html")


def kabupaten(page: Page, alamat: str) -> None:
    """The kabupaten page as it opens: Ringkasan and key figures."""
    page.goto(f"{alamat}/{TAHUN}/kabupaten.html")


def kartu(page: Page, alamat: str) -> None:
    """Cards of Kampung KB on a kecamatan page."""
    page.goto(f"{alamat}/{TAHUN}/kecamatan/cibadak.html")
    page.get_by_role("heading", name="Kartu Kampung KB").evaluate("e => e.scrollIntoView()")


def tagihan(page: Page, alamat: str) -> None:
    """What each kecamatan is asked for."""
    page.goto(f"{alamat}/{TAHUN}/kualitas-data.html")


def paparan(page: Page, alamat: str) -> None:
    """A slide of the meeting."""
    page.set_viewport_size({"width": WIDTHS, "height": 720})
    page.goto(f"{alamat}/{TAHUN}/paparan.html#jalan-naik-kelas")


def jelajah(page: Page, alamat: str) -> None:
    """The bench in JupyterLab, after the number of types was set to three from the keyboard."""
    page.set_viewport_size({"width": WIDTHS, "height": 900})
    page.goto(alamat)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".dt-container").first.wait_for()
    page.keyboard.press("Control+b")  # hides the list of files
    for jawaban in ("2 tipe lokal", "3 tipe lokal"):
        page.locator(".noUi-handle").first.press("ArrowRight")
        page.get_by_text(jawaban).first.wait_for()
    page.get_by_text("Siapa berganti tipe").click()
    page.get_by_role("heading", name="Meja kerja").evaluate("e => e.scrollIntoView()")


FIGURES: dict[str, Callable[[Page, str], None]] = {
    "indeks": indeks,
    "kabupaten": kabupaten,
    "kartu": kartu,
    "tagihan": tagihan,
    "paparan": paparan,
    "jelajah": jelajah,
}
"""What brings a page into the state of the picture ``docs/<name>.png``, from the address of the pages or JupyterLab."""


@contextmanager
def jupyterlab(out: Path) -> Iterator[str]:
    """The address of jelajah.ipynb in a JupyterLab that runs meanwhile; it works on a copy, which stores in ``out``."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, socket.socket() as free:
        text = (store.ROOT / "notebooks" / "jelajah.ipynb").read_text("utf-8")
        # from there the sample and the pages are only found by their whole paths
        for name, given, there in (("data", "data/contoh", store.ROOT / "data/contoh"), ("out", "outputs", out)):
            whole = json.dumps(json.dumps(str(there)))[1:-1]
            text = text.replace(rf"{name}: str = \"{given}\"", f"{name}: str = {whole}")
        (Path(folder) / "jelajah.ipynb").write_text(text, "utf-8")
        free.bind(("127.0.0.1", 0))
        port, token = free.getsockname()[1], secrets.token_hex(16)
        free.close()
        root = ["--allow-root"] if sys.platform == "linux" else []
        command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", *root, f"--ServerApp.port={port}"]
        command += ["--ServerApp.ip=127.0.0.1", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
        # no window, setting or question of this machine's user in the picture
        command += [f"--LabApp.workspaces_dir={folder}/meja", f"--LabApp.user_settings_dir={folder}"]
        news = Path(folder, "@jupyterlab", "apputils-extension", "notification.jupyterlab-settings")
        news.parent.mkdir(parents=True)
        news.write_text('{"fetchNews": "false"}', "utf-8")
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/api?token={token}")
            yield f"http://127.0.0.1:{port}/lab/tree/jelajah.ipynb?token={token}"
        finally:
            server.terminate()
            server.wait(SABAR)


def wait_for(address: str) -> None:
    """Until ``address`` answers."""
    for _ in range(SABAR):
        try:
            urlopen(address).close()
        except URLError:
            time.sleep(1)
        else:
            return
    raise SystemExit("JupyterLab tidak menjawab")


def build(out: Path) -> None:
    """Every page of data/contoh."""
    reports = plan.plan(plan.evaluated("data/contoh", out), "data/contoh", out)
    if failed := [r.halaman for r in run.build(reports, out) if r.status == "gagal"]:
        raise SystemExit(f"halaman gagal: {', '.join(failed)}")


def take(page: Page, file: Path) -> None:
    """What the page shows, as a small PNG."""
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB", flush=True)


def main(names: Sequence[str]) -> None:
    """Take the pictures named, all where none is."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as out, sync_playwright() as playwright:
        build(Path(out))
        chromium = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox"])
        for name in names or FIGURES:
            page = chromium.new_page(viewport={"width": WIDTHS, "height": HIGH}, locale="id-ID")
            page.set_default_timeout(1000 * SABAR)
            with jupyterlab(Path(out)) if name == "jelajah" else nullcontext(Path(out).as_uri()) as alamat:
                FIGURES[name](page, alamat)
                take(page, DOCS / f"{name}.png")
            page.close()
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1:])
