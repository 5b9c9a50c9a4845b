"""The pages of data/contoh in a real browser: nothing is loaded, nothing is too wide, sort and search work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import find
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Playwright's own sockets

TAHUN = "laporan/lebak/2018"
HALAMAN = {
    "indeks": "index.html",
    "kabupaten": f"{TAHUN}/kabupaten.html",
    "kecamatan": f"{TAHUN}/kecamatan/maja.html",
    "kualitas data": f"{TAHUN}/kualitas-data.html",
    "perkembangan": "laporan/lebak/perkembangan.html",
}
"""A page of every kind."""
SEMPIT = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a machine without it fails, with what to do, and does not skip."""
    path = find()
    assert path, "Chromium belum terpasang: jalankan `make test`, atau `python tests/chromium.py`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Visit:
    """A page that is open, with what the browser said and asked for."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        self.page, self.said, self.asked = page, [], []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto((folder / name).as_uri())


@pytest.fixture
def visit(browser: Browser, laporan: Path) -> Iterator[object]:
    """Opens a page of data/contoh by its path in the out folder."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="id-ID")
    context.set_default_timeout(20_000)
    yield lambda name: Visit(context.new_page(), laporan, name)
    context.close()


def column(page: Page, table: str, number: int) -> list[str]:
    """The texts of a column of a table, as the reader sees them."""
    return page.locator(f"#{table} tbody:last-of-type tr > :nth-child({number})").all_inner_texts()


@pytest.mark.parametrize("jenis", HALAMAN)
def test_a_page_asks_for_nothing_but_itself_and_the_browser_has_nothing_to_say(jenis, visit, laporan: Path) -> None:
    opened = visit(HALAMAN[jenis])
    expect(opened.page.locator("html")).to_have_class("ber-skrip")
    assert (opened.said, opened.asked) == ([], [(laporan / HALAMAN[jenis]).as_uri()])


@pytest.mark.parametrize("jenis", HALAMAN)
def test_on_a_phone_the_page_does_not_scroll_sideways(jenis, visit) -> None:
    page = visit(HALAMAN[jenis]).page
    page.set_viewport_size(SEMPIT)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= SEMPIT["width"]


@pytest.mark.parametrize("jenis", HALAMAN)
def test_axe_finds_nothing(jenis, visit) -> None:
    page = visit(HALAMAN[jenis]).page
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    results = Axe().run(page).response
    found = {v["id"]: [node["html"][:120] for node in v["nodes"]][:3] for v in results["violations"]}
    assert found == {}


def test_a_head_sorts_by_number_upwards_then_downwards_and_says_so(visit) -> None:
    page = visit(HALAMAN["kabupaten"]).page
    head = page.locator("#jalan-semua thead th").nth(4)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for arah in ("ascending", "descending"):
        head.get_by_role("button").click()
        seen = [float(n.replace(".", "").replace(",", ".")) for n in column(page, "jalan-semua", 5)]
        assert (head.get_attribute("aria-sort"), seen) == (arah, sorted(seen, reverse=arah == "descending"))
        assert len(set(seen)) > 10


def test_sorting_works_from_the_keyboard_and_leaves_the_benchmark_on_top(visit) -> None:
    page = visit(HALAMAN["kabupaten"]).page
    before = column(page, "rug", 2)
    page.locator("#rug thead th button").nth(1).press("Enter")
    names = column(page, "rug", 2)
    assert names != before
    assert names[0] == min(before, key=str.casefold)
    assert sorted(names) == sorted(before)
    assert page.locator("#rug thead th").nth(1).get_attribute("aria-sort") == "ascending"
    assert page.locator("#rug tbody tr").first.inner_text().startswith("Kabupaten Lebak (pembanding)")


def test_a_search_shows_what_holds_every_word_and_counts_it(visit) -> None:
    page = visit(HALAMAN["kualitas data"]).page
    box = page.get_by_label("Cari Kampung KB, kecamatan, atau isi catatan")
    box.fill("salah k07")
    shown = page.locator("#catatan tbody tr:visible").all_inner_texts()
    assert shown and all("K07" in row for row in shown)
    assert page.locator(".cari [role=status]").last.inner_text() == (
        f"{len(shown)} dari {page.locator('#catatan tbody tr').count()}"
    )
    box.fill("")
    assert page.locator("#catatan tbody tr[hidden]").count() == 0


def test_the_index_finds_maja_and_two_clicks_lead_to_its_page(visit) -> None:
    page = visit("index.html").page
    page.get_by_label("Cari kecamatan atau Kampung KB").click()
    page.keyboard.type("maja")
    rows = page.locator("tr.butir-laporan:visible")
    assert {text.splitlines()[0] for text in rows.all_inner_texts()} >= {"Maja"}
    rows.get_by_role("link", name="Maja", exact=True).first.click()
    page.wait_for_load_state()
    assert page.locator("h1").inner_text() == "Kecamatan Maja, 2018"


def test_the_contents_lead_to_the_section_and_mark_it(visit) -> None:
    page = visit(HALAMAN["kabupaten"]).page
    page.locator(".daftar-isi a", has_text="Klasifikasi resmi").click()
    expect(page.locator('.daftar-isi a[href="#klasifikasi-resmi"]')).to_have_attribute("aria-current", "true")
    assert page.url.endswith("#klasifikasi-resmi")


def test_without_script_everything_is_there_to_read(browser: Browser, laporan: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((laporan / HALAMAN["kecamatan"]).as_uri())
    assert page.locator("article.kartu:visible").count() == 4
    assert page.locator("input").count() == 0
    context.close()


@pytest.mark.parametrize("jenis", ["kabupaten", "kecamatan"])
def test_a_page_prints_on_a4_with_its_banner(jenis, visit) -> None:
    pdf = visit(HALAMAN[jenis]).page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF-")
    sheets = pdf.count(b"/Type /Page\n") or pdf.count(b"/Type /Page ")
    assert 0 < sheets <= {"kabupaten": 60, "kecamatan": 6}[jenis]
