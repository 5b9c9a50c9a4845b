"""The pages of data/contoh in a real browser: nothing is loaded, too wide or out of reach of a keyboard; they print."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from kkb_eval.report.kinds import ours

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Playwright's own sockets

TAHUN = "laporan/lebak/2018"
_PLACES = {
    "kabupaten": f"{TAHUN}/{{}}.html",
    "kecamatan": f"{TAHUN}/{{}}/maja.html",
    "semua tahun": "laporan/lebak/{}.html",
}
PAGE = {"indeks": "index.html"} | {
    nama: _PLACES[kind.per].format(nama) for nama, kind in ours().items() if kind.notebook
}
"""A page of every kind."""
WIDTHS, ZOOM, SEMPIT = 1280, 640, 360
"""Widths of a screen, of one at 200 % and of a phone."""
FIGURES = Path(__file__).parents[1] / "outputs" / "uji"
"""Where the pictures of a run are kept, to be looked at."""
BANNER = "DATA CONTOH – BUKAN DATA SEBENARNYA"
SHEET = {"indeks": 6, "kabupaten": 30, "kecamatan": 6, "kualitas-data": 10, "perkembangan": 8, "paparan": 12}
"""Most sheets of A4 a page of a kind may take."""


class Visit:
    """A page that is open, with what the browser said and asked for."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        self.page, self.said, self.asked = page, [], []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto((folder / name).as_uri())


@pytest.fixture
def visit(laporan: Path, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a page of data/contoh by its path in the out folder, on a screen of a width."""
    context = browser.new_context(viewport={"width": WIDTHS, "height": 900}, locale="id-ID")
    context.set_default_timeout(20_000)

    def open_page(name: str, width: int = WIDTHS) -> Visit:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 740 if width == SEMPIT else width * 9 // 16})
        return Visit(page, laporan, name)

    yield open_page
    context.close()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")


def violations(page: Page) -> dict[str, list[str]]:
    """What axe finds, by rule."""
    results = Axe().run(page).response
    return {v["id"]: [node["html"][:120] for node in v["nodes"]][:3] for v in results["violations"]}


def tab_to(page: Page, selector: str, most: int = 150, key: str = "Tab") -> None:
    """Press Tab until an element of ``selector`` has the focus, and is to be seen."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            shown = (
                "document.activeElement.checkVisibility() && document.activeElement.getBoundingClientRect().left >= 0"
            )
            assert page.evaluate(shown)
            return
    raise AssertionError(f"{selector} tidak tercapai dengan Tab")


def sheets(page: Page, folder: Path) -> tuple[int, list[str]]:
    """How many sheets a page prints on, and their texts; no texts on a machine without pdftotext."""
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert pdf.startswith(b"%PDF-")
    if not shutil.which("pdftotext"):
        return len(re.findall(rb"/Type /Page\b", pdf)), []
    (folder / "halaman.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", folder / "halaman.pdf", "-"], capture_output=True, check=True)
    texts = [re.sub(r"[^\S\n]+", " ", text).strip() for text in done.stdout.decode().split("\f")[:-1]]
    return len(texts), texts


def column(page: Page, table: str, number: int) -> list[str]:
    """The texts of a column of a table, as the reader sees them."""
    return page.locator(f"#{table} tbody:last-of-type tr > :nth-child({number})").all_inner_texts()


@pytest.mark.parametrize("jenis", PAGE)
def test_a_page_asks_for_nothing_but_itself_and_the_browser_has_nothing_to_say(jenis, visit, laporan: Path) -> None:
    opened = visit(PAGE[jenis])
    expect(opened.page.locator("html")).to_have_class("tayang" if jenis == "paparan" else "ber-skrip")
    assert (opened.said, opened.asked[:1]) == ([], [(laporan / PAGE[jenis]).as_uri()])
    # the slides write their number behind the address
    assert {url.partition("#")[0] for url in opened.asked} == {opened.asked[0]}


@pytest.mark.parametrize("lebar", [SEMPIT, ZOOM])
@pytest.mark.parametrize("jenis", PAGE)
def test_on_a_phone_and_at_200_percent_the_page_does_not_scroll_sideways(jenis, lebar, visit) -> None:
    page = visit(PAGE[jenis], lebar).page
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= lebar


@pytest.mark.parametrize("jenis", PAGE)
def test_axe_finds_nothing_under_the_pages_own_policy(jenis, visit) -> None:
    page = visit(PAGE[jenis]).page
    unfold(page)
    assert violations(page) == {}
    foreign = "const s = document.createElement('script'); s.textContent = 'window.asing = 1'; document.body.append(s);"
    assert page.evaluate(f"() => {{ {foreign} return window.asing === undefined; }}")


def test_axe_finds_nothing_in_slides_that_stand_below_each_other(visit) -> None:
    assert violations(visit(PAGE["paparan"], SEMPIT).page) == {}


@pytest.mark.parametrize("lebar", [WIDTHS, SEMPIT])
@pytest.mark.parametrize("jenis", PAGE)
def test_a_picture_of_every_kind_is_kept(jenis, lebar, visit) -> None:
    page = visit(PAGE[jenis], lebar).page
    FIGURES.mkdir(parents=True, exist_ok=True)
    tinggi = min(page.evaluate("document.documentElement.scrollHeight"), 12_000)
    path = FIGURES / f"{jenis.replace(' ', '-')}-{lebar}.png"
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": lebar, "height": tinggi})
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize("jenis", [jenis for jenis in PAGE if jenis != "paparan"])
def test_the_first_tab_leads_to_the_skip_link_and_it_to_the_content(jenis, visit) -> None:
    page = visit(PAGE[jenis]).page
    tab_to(page, "a.lompat", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi"


def test_slides_begin_in_their_content_and_tab_leads_to_the_other_slides(visit) -> None:
    page = visit(PAGE["paparan"]).page
    assert page.evaluate("document.activeElement.id") == "awal"
    tab_to(page, "a.lompat", key="Shift+Tab")
    tab_to(page, ".daftar-isi a[href='#capaian']")
    page.keyboard.press("Enter")
    expect(page.locator("#capaian")).to_be_focused()


def test_tab_reaches_links_contents_search_and_sort_and_enter_sorts(visit) -> None:
    page = visit(PAGE["kualitas-data"]).page
    for selector in (".lintas a", ".daftar-isi a", ".bingkai", "th .tombol-urut", ".cari input"):
        tab_to(page, selector)
    tab_to(page, "#catatan th .tombol-urut")
    state = "document.activeElement.closest('th').getAttribute('aria-sort')"
    seen = [page.evaluate(state)]
    for _ in range(2):
        page.keyboard.press("Enter")
        seen.append(page.evaluate(state))
    assert seen == [None, "ascending", "descending"]


def test_a_head_sorts_by_number_upwards_then_downwards_and_says_so(visit) -> None:
    page = visit(PAGE["kabupaten"]).page
    head = page.locator("#anggota thead th").nth(3)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for arah in ("ascending", "descending"):
        head.get_by_role("button").click()
        seen = [float(n.replace(".", "").replace(",", ".")) for n in column(page, "anggota", 4)]
        assert (head.get_attribute("aria-sort"), seen) == (arah, sorted(seen, reverse=arah == "descending"))
        assert len(set(seen)) > 10


def test_sorting_works_from_the_keyboard_and_leaves_the_benchmark_on_top(visit) -> None:
    page = visit(PAGE["kabupaten"]).page
    before = column(page, "rug", 2)
    page.locator("#rug thead th button").nth(1).press("Enter")
    names = column(page, "rug", 2)
    assert names != before
    assert names[0] == min(before, key=str.casefold)
    assert sorted(names) == sorted(before)
    assert page.locator("#rug thead th").nth(1).get_attribute("aria-sort") == "ascending"
    assert page.locator("#rug tbody tr").first.inner_text().startswith("Kabupaten Lebak (pembanding)")


def test_a_search_shows_what_holds_every_word_and_counts_it(visit) -> None:
    page = visit(PAGE["kualitas-data"]).page
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
    page = visit(PAGE["kabupaten"]).page
    page.locator(".daftar-isi a", has_text="Klasifikasi resmi").click()
    expect(page.locator('.daftar-isi a[href="#klasifikasi-resmi"]')).to_have_attribute("aria-current", "true")
    assert page.url.endswith("#klasifikasi-resmi")


def test_without_script_everything_is_there_to_read(browser: Browser, laporan: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((laporan / PAGE["kecamatan"]).as_uri())
    assert page.locator("article.kartu:visible").count() == 4
    assert page.locator("input").count() == 0
    context.close()


@pytest.mark.parametrize("jenis", PAGE)
def test_a_page_prints_on_numbered_a4_sheets_with_the_banner_on_each(jenis, visit, tmp_path: Path) -> None:
    number, texts = sheets(visit(PAGE[jenis]).page, tmp_path)
    assert 0 < number <= SHEET[jenis]
    assert [n for n, text in enumerate(texts, 1) if BANNER not in text] == []
    if jenis != "paparan":
        feet = [text.splitlines()[-1].replace(" ", "") for text in texts]
        assert [f"{n}/{number}" in foot for n, foot in enumerate(feet, 1)] == [True] * len(texts)


def first_lines(texts: list[str]) -> list[str]:
    """The line that each sheet begins with, below the banner."""
    said = ([line.strip() for line in text.splitlines() if BANNER not in line] for text in texts)
    return [next(filter(None, lines)) for lines in said]


@pytest.mark.parametrize(
    ("jenis", "bagian"),
    [("kabupaten", "Ringkasan"), ("kabupaten", "Prioritas"), ("kabupaten", "Usulan nominasi"),
     ("kualitas-data", "Tagihan data")],
)  # fmt: skip
def test_what_is_handed_out_shares_its_sheets_with_no_other_section(jenis, bagian, visit, tmp_path: Path) -> None:
    page = visit(PAGE[jenis]).page
    heads = page.locator("main h2").all_inner_texts()
    _, texts = sheets(page, tmp_path)
    if not texts:
        return
    per_sheet = [[head for head in heads if head in map(str.strip, text.splitlines())] for text in texts]
    begin = per_sheet.index([bagian])
    after = next(i for i in range(begin + 1, len(texts)) if per_sheet[i])
    assert first_lines(texts)[after] == heads[heads.index(bagian) + 1]
    if bagian in ("Ringkasan", "Tagihan data"):
        assert (begin, after) == (0, 1)


def test_the_summary_of_a_kecamatan_is_on_its_first_sheet_and_three_kampung_kb_take_one_more(
    visit, tmp_path: Path
) -> None:
    page = visit(PAGE["kecamatan"]).page
    number, texts = sheets(page, tmp_path)
    siga = page.get_by_role("heading", name="Portal dan SIGA").count()
    assert number <= 2 + siga + -(-page.locator("article.kartu").count() // 3)
    if texts:
        said = [li.split(". ")[0] for li in page.locator(".ringkasan li").all_inner_texts()]
        first = " ".join(texts[0].split())
        assert [words for words in said if words.split(",")[0] not in first] == []


def test_a_slide_prints_on_a_sheet_of_its_own(visit, tmp_path: Path) -> None:
    page = visit(PAGE["paparan"]).page
    titles = page.locator("main > section").evaluate_all(
        "s => s.map(e => e.querySelector('h1, h2').textContent.trim())"
    )
    number, texts = sheets(page, tmp_path)
    assert number == len(titles)
    printed = [" ".join(text.split()) for text in texts]
    assert [title for title, text in zip(titles, printed, strict=False) if title.split(",")[0] not in text] == []


def test_no_sheet_ends_with_a_heading(visit, tmp_path: Path) -> None:
    for jenis in ("kabupaten", "kecamatan", "kualitas-data", "perkembangan"):
        page = visit(PAGE[jenis]).page
        heads = {text.strip() for text in page.locator("main h2, main h3, main dt").all_inner_texts()}
        _, texts = sheets(page, tmp_path)
        # the last line is the foot of the sheet
        last = [lines[-2] for text in texts if len(lines := [x.strip() for x in text.splitlines() if x.strip()]) > 1]
        assert [line for line in last if line in heads] == [], jenis
