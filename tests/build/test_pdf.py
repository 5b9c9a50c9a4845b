"""A browser is found where it is installed, and prints a page without a date or a path of this computer."""

from pathlib import Path

import pytest

from kkb_eval.build import pdf
from kkb_eval.errors import KkbError


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A computer without a browser; returns its only folder, which is home, PATH and place of programs."""
    for variable in ("PATH", "HOME", "USERPROFILE", *pdf._PROGRAMS):
        monkeypatch.setenv(variable, str(tmp_path))
    there = Path.is_file
    monkeypatch.setattr(Path, "is_file", lambda path: path.is_relative_to(tmp_path) and there(path))
    return tmp_path


def test_without_a_browser_the_message_says_what_to_do(empty: Path) -> None:
    with pytest.raises(KkbError) as raised:
        pdf.find_browser()
    assert str(raised.value) == (
        "--pdf: tidak ada Chromium, Chrome, atau Edge di komputer ini; pasang salah satunya, "
        "atau jalankan tanpa --pdf dan cetak halaman dari peramban (Ctrl+P, simpan sebagai PDF)"
    )


@pytest.mark.parametrize(
    "place",
    [
        "chromium",
        "Microsoft/Edge/Application/msedge.exe",
        "Google/Chrome/Application/chrome.exe",
        "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
)
def test_a_browser_is_found_on_the_path_and_where_windows_and_macos_install_it(empty: Path, place: str) -> None:
    browser = empty / place
    browser.parent.mkdir(parents=True, exist_ok=True)
    browser.write_text("")
    browser.chmod(0o755)
    assert pdf.find_browser() == str(browser)


def test_a_browser_that_prints_nothing_is_told_with_its_last_line(tmp_path: Path) -> None:
    page, browser = tmp_path / "a.html", tmp_path / "peramban"
    page.write_text("<p>a</p>")
    browser.write_text("#!/bin/sh\necho tidak bisa >&2\n")
    browser.chmod(0o755)
    with pytest.raises(KkbError) as raised:
        pdf.print_page(str(browser), page, tmp_path / "a.pdf")
    assert str(raised.value) == f"{page}: tidak dapat dicetak dengan {browser} (tidak bisa)"


def test_a_page_becomes_a_pdf_without_date_and_without_a_path_of_this_computer(tmp_path: Path) -> None:
    try:
        browser = pdf.find_browser()
    except KkbError as error:
        pytest.skip(str(error))
    page = tmp_path / "a.html"
    page.write_text('<title>A</title><p><a href="b.html">lain</a> <a href="#c">bawah</a></p><h2 id="c">C</h2>')
    made = []
    for name in ("a.pdf", "b.pdf"):
        pdf.print_page(browser, page, tmp_path / name)
        made.append((tmp_path / name).read_bytes())
    assert made[0].startswith(b"%PDF") and b"/CreationDate (D:19800101000000" in made[0]
    assert (b"file:" in made[0], made[0] == made[1]) == (False, True)
