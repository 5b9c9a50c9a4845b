"""The slides: the kabupaten page's numbers, one message a slide, whole without script, in a browser and on paper."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup, Tag
from chromium import find
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page, sync_playwright

from kkb_eval import Evaluation, schema, store
from kkb_eval.report.html import heading_id
from kkb_eval.report.page import to_html
from kkb_eval.report.sections import slides
from kkb_eval.text import percent, spelled

from . import datasets

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Playwright's own sockets

NAMES = [
    "Awal", "Siapa yang melapor", "Klasifikasi resmi", "Perubahan", "Capaian", "Tipe Kampung KB", "Kecamatan",
    "Langkah menuju kelas berikutnya", "Prioritas kunjungan", "Desa tertinggal", "Tindakan", "Metode",
]  # fmt: skip
BANNER = "DATA CONTOH – BUKAN DATA SEBENARNYA"
LAYAR = {"width": 1280, "height": 720}


def executed(evaluasi: Evaluation) -> nbformat.NotebookNode:
    """The notebook as it is after its run on this evaluation."""
    nb = nbformat.read(store.ROOT / "notebooks" / "paparan.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.source.startswith("slides."):
            fragment = eval(cell.source, {"slides": slides, "evaluasi": evaluasi})
            cell.outputs = [shown(fragment._repr_html_())]
    return nb


def shown(html: str) -> nbformat.NotebookNode:
    return new_output("execute_result", {"text/html": html, "text/plain": "<Fragment>"}, execution_count=1)


@pytest.fixture(scope="module")
def html(evaluasi: Evaluation) -> str:
    return to_html(executed(evaluasi))


@pytest.fixture(scope="module")
def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


@pytest.fixture(scope="module")
def kabupaten(evaluasi: Evaluation) -> dict[str, str]:
    """The text of every section of the kabupaten page, by its call."""
    return {call: datasets.text(html) for call, html in datasets.page("kabupaten", evaluasi=evaluasi).items()}


def slide(soup: BeautifulSoup, nama: str) -> Tag:
    found = soup.find(id=heading_id(nama))
    assert isinstance(found, Tag)
    return found


def text(soup: BeautifulSoup, nama: str) -> str:
    return re.sub(r"\s+", " ", slide(soup, nama).get_text(" ")).strip()


# The form


def test_the_slides_follow_the_meeting(soup: BeautifulSoup) -> None:
    assert [s["aria-label"] for s in soup.select("main > section.salindia")] == NAMES
    assert [a["href"] for a in soup.select("nav a")] == [f"#{heading_id(n)}" for n in NAMES]


def test_a_slide_has_one_message_and_one_source(soup: BeautifulSoup) -> None:
    for number, section in enumerate(soup.select("section.salindia")):
        assert [h.name for h in section.find_all(re.compile("^h[1-6]$"))] == ["h2" if number else "h1"], section["id"]
        assert len(section.select(".sumber")) == (1 if number else 0), section["id"]


def test_the_banner_of_sample_data_is_on_every_slide_and_on_no_slide_of_other_data(
    soup: BeautifulSoup, evaluasi: Evaluation
) -> None:
    assert [[b.get_text() for b in s.select(".spanduk")] for s in soup.select(".salindia")] == [[BANNER]] * len(NAMES)
    real = Evaluation(**vars_of(evaluasi) | {"manifest": evaluasi.manifest.model_copy(update={"sintetis": False})})
    assert "spanduk" not in re.sub(r"<style>.*?</style>", "", to_html(executed(real)), flags=re.DOTALL)


def vars_of(evaluasi: Evaluation) -> dict[str, Any]:
    return {name: getattr(evaluasi, name) for name in Evaluation.__dataclass_fields__}


def test_what_was_agreed_on_last_year_comes_back(soup: BeautifulSoup) -> None:
    notes = [note.get_text() for note in soup.select(".ingat")]
    assert notes[1] == (
        "RTL 2017: disepakati 11 langkah di 5 Kampung KB; selesai 3, berjalan 4, belum dimulai 3, batal 1. Kelas "
        "berubah pada satu dari 5 Kampung KB itu: Aren Manis (Mandiri → Berkelanjutan)."
    )


def test_the_policy_allows_the_script_of_the_slides_and_nothing_else(soup: BeautifulSoup) -> None:
    (script,) = soup.find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.get_text().encode()).digest()).decode()
    meta = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert isinstance(meta, Tag)
    assert meta["content"] == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_loaded_and_no_code_is_shown(html: str) -> None:
    assert (
        re.findall(r"<(?:link|iframe|object|img)\b|https?://(?!www\.w3\.org)|slides\.\w+\(evaluasi|In \[", html) == []
    )


def test_two_runs_give_the_same_page(html: str, evaluasi: Evaluation) -> None:
    assert to_html(executed(evaluasi)) == html


def test_a_slide_without_anything_to_show_is_left_out(tmp_path: Path) -> None:
    folder = datasets.write(tmp_path, rekap=datasets.export("rekap"))
    soup = BeautifulSoup(to_html(executed(datasets.evaluate(folder))), "html.parser")
    names = [s["aria-label"] for s in soup.select(".salindia")]
    assert [n for n in NAMES if n not in names] == [
        "Perubahan",
        "Kecamatan",
        "Langkah menuju kelas berikutnya",
        "Desa tertinggal",
        "Tindakan",
    ]


def test_a_klasifikasi_alone_has_slides_too(tmp_path: Path) -> None:
    folder = datasets.write(tmp_path, klasifikasi=datasets.export("klasifikasi"))
    soup = BeautifulSoup(to_html(executed(datasets.evaluate(folder))), "html.parser")
    names = [s["aria-label"] for s in soup.select(".salindia")]
    assert names == ["Awal", "Klasifikasi resmi", "Langkah menuju kelas berikutnya", "Metode"]


# Jupyter's slideshow metadata


def cell(source: str, kind: str = "", html: str = "", **metadata: Any) -> nbformat.NotebookNode:
    data = {"metadata": metadata | ({"slideshow": {"slide_type": kind}} if kind else {}), "id": f"c{abs(hash(source))}"}
    if source.startswith("##"):
        return new_markdown_cell(source, **data)
    return new_code_cell(source, outputs=[shown(html)] if html else [], **data)


def test_fragments_notes_and_skipped_cells_are_what_jupyter_says() -> None:
    nb = new_notebook(
        cells=[
            cell("a", html="<p>sebelum</p>"),
            cell("## Satu <b>", "slide"),
            cell("b", html="<h3>Pesan</h3>"),
            cell("c", "fragment", "<p>lalu</p>"),
            cell("d", "notes", "<p>bisik</p>"),
            cell("e", "skip", "<p>lewat</p>"),
            cell("## Kosong", "slide"),
            cell("f", html='<div class="kkb"></div>'),
        ]
    )
    before = nbformat.writes(nb)
    soup = BeautifulSoup(to_html(nb), "html.parser")
    (section,) = soup.select(".salindia")
    assert (section["aria-label"], section.h2.get_text() if section.h2 else "") == ("Satu <b>", "Pesan")
    assert [e.get_text().strip() for e in section.select(".ungkap, aside.catatan-pembicara")] == ["lalu", "bisik"]
    assert [word for word in ("sebelum", "lewat", "Kosong") if word in soup.get_text()] == []
    assert nbformat.writes(nb) == before


def test_a_notebook_without_slides_stays_a_page() -> None:
    assert 'class="daftar-isi"' in to_html(new_notebook(cells=[new_markdown_cell("## A", id="a")]))


def test_the_notebook_has_no_cell_that_is_neither_set_up_nor_of_a_slide() -> None:
    nb = json.loads((store.ROOT / "notebooks" / "paparan.ipynb").read_text("utf-8"))
    kinds = [c["metadata"].get("slideshow", {}).get("slide_type", "") for c in nb["cells"]]
    assert kinds == ["skip"] * 3 + ["slide"] + ["slide", ""] * (len(NAMES) - 1)


# The numbers


def test_coverage_is_that_of_the_kabupaten_page(soup: BeautifulSoup, kabupaten: dict[str, str]) -> None:
    page = re.search(r"(\d+ dari \d+) Kampung KB sudah mengisi data KB", kabupaten["sections.summary(evaluasi)"])
    fresh = re.search(r"(\d+ dari \d+) memperbarui data KB", kabupaten["sections.tiles(evaluasi)"])
    assert page and fresh
    assert f"{page[1]} Kampung KB sudah mengisi data KB" in text(soup, "Siapa yang melapor")
    assert f"Data KB diperbarui sejak 2017 {fresh[1]}" in text(soup, "Siapa yang melapor")
    semua = kabupaten["sections.coverage(evaluasi, ringkas=True)"].partition("Jumlah ")[2].split()
    forms = re.findall(r"Formulir \w+ (\d+) dari (\d+)", text(soup, "Siapa yang melapor"))
    assert [*(f[0] for f in forms), forms[0][1]] == [*semua[1:4], semua[0]]


def test_classes_and_their_pattern_are_those_of_the_kabupaten_page(
    soup: BeautifulSoup, kabupaten: dict[str, str]
) -> None:
    own = text(soup, "Klasifikasi resmi")
    assert kabupaten["sections.klasifikasi(evaluasi)"].split("Sumber")[0] in own
    pola = re.search(r"Pada \d+ dari \d+ Kampung KB Mandiri[^.]*\.", kabupaten["sections.summary(evaluasi)"])
    assert pola and pola[0] in own


def test_moves_are_those_of_the_ringkasan_and_of_the_flows(
    soup: BeautifulSoup, kabupaten: dict[str, str], evaluasi: Evaluation
) -> None:
    sejak = r"Sejak 2017 (\S+) Kampung KB naik kelas(?: dan (\S+) turun|; tidak ada yang turun)"
    kalimat = re.search(sejak, kabupaten["sections.summary(evaluasi)"])
    assert kalimat and kalimat[0] in text(soup, "Perubahan")
    number = {spelled(n): n for n in range(100)}
    flows = re.findall(r"(\w+) → (\w+): (\d+) Kampung KB", str(slide(soup, "Perubahan").find("desc")))
    moved = [int(n) for dari, ke, n in flows if dari != ke and {dari, ke} <= set(schema.CLASSES)]
    assert sum(moved) == number[kalimat[1]] + number[kalimat[2] or "nol"]


def test_targets_are_those_of_the_kabupaten_page(soup: BeautifulSoup, kabupaten: dict[str, str]) -> None:
    pairs = re.findall(r"[\d.,]+(?: %)? dari target [\d.,]+(?: %)?", text(soup, "Capaian"))
    assert pairs and [p for p in pairs if p not in kabupaten["sections.target(evaluasi)"]] == []


def test_without_a_target_the_pooled_rates_are_those_of_the_tiles(
    evaluasi: Evaluation, kabupaten: dict[str, str]
) -> None:
    tanpa = Evaluation(**vars_of(evaluasi) | {"capaian": evaluasi.capaian.iloc[:0]})
    own = datasets.text(str(slides.numbers(tanpa).html))
    for kode, nama in (("cpr", "CPR"), ("mkjp", "MKJP"), ("unmet", "Unmet need")):
        plain = percent(evaluasi.area("kabupaten").at[kode, "nilai"]).replace("\N{NO-BREAK SPACE}", " ")
        assert re.search(rf"{nama} {plain} \(", own)
        assert f"{plain} {nama}" in kabupaten["sections.tiles(evaluasi)"]


def test_types_tiles_visits_and_roads_are_those_of_the_kabupaten_page(
    soup: BeautifulSoup, evaluasi: Evaluation
) -> None:
    page = {c: BeautifulSoup(h, "html.parser") for c, h in datasets.page("kabupaten", evaluasi=evaluasi).items()}

    def cells(found: Tag, selector: str) -> list[str]:
        return [re.sub(r"\s+", " ", c.get_text(" ")).strip() for c in found.select(selector)]

    for nama, call, selector in (
        ("Tipe Kampung KB", "sections.type_profile(evaluasi)", "td.sel, tbody th"),
        ("Kecamatan", 'sections.kecamatan_map(evaluasi, "unmet")', ".peta-kotak li, h2, h3"),
        ("Prioritas kunjungan", "sections.visits(evaluasi)", "svg text, h2, figcaption h3"),
    ):
        assert cells(slide(soup, nama), selector) == cells(page[call], selector) != [], nama
    own, roads = slide(soup, "Langkah menuju kelas berikutnya"), page["sections.road(evaluasi)"]
    steps = [cells(tr, ".langkah li") for tr in own.select("tbody tr")]
    assert len(steps) > 5
    assert steps == [cells(tr, ".langkah li") for tr in roads.select("#jalan-terdekat tbody tr")]


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find()
    assert path, "Chromium belum terpasang: jalankan `make test`, atau `python tests/chromium.py`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def berkas(tmp_path_factory: pytest.TempPathFactory, html: str) -> Path:
    path = tmp_path_factory.mktemp("paparan") / "paparan.html"
    path.write_text(html, "utf-8")
    return path


@pytest.fixture
def page(browser: Browser, berkas: Path) -> Iterator[Page]:
    context = browser.new_context(viewport=LAYAR, locale="id-ID")
    page = context.new_page()
    page.goto(berkas.as_uri())
    yield page
    context.close()


def where(page: Page) -> tuple[str, list[str]]:
    return page.evaluate(
        "[location.hash, [...document.querySelectorAll('.salindia')].filter(s => s.offsetHeight > 1).map(s => s.id)]"
    )


def test_keys_move_between_the_slides(page: Page) -> None:
    seen = []
    for key in ("ArrowRight", "PageDown", " ", "ArrowLeft", "PageUp", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        seen.append(where(page)[0])
    assert seen == ["#2", "#3", "#4", "#3", "#2", "#12", "#12", "#1", "#1"]


def test_one_slide_is_shown_and_its_address_holds_it(page: Page, berkas: Path) -> None:
    assert where(page) == ["#1", ["awal"]]
    page.goto(berkas.as_uri() + "#klasifikasi-resmi")
    page.reload()
    assert where(page) == ["#3", ["klasifikasi-resmi"]]
    page.get_by_role("link", name="Tindakan").click()
    assert where(page) == ["#11", ["tindakan"]]


def test_every_slide_fits_the_screen_in_letters_that_the_last_row_reads(page: Page) -> None:
    wrong = []
    for number in range(1, len(NAMES) + 1):
        wrong += page.evaluate(
            """number => {
              const slide = document.querySelector('.kini'), box = slide.getBoundingClientRect();
              const source = slide.querySelector('.sumber');
              const end = source ? source.getBoundingClientRect().top + 2 : box.bottom;
              const found = [];
              for (const e of slide.querySelectorAll('.kkb *')) {
                const own = [...e.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
                if (!own || e.closest('.terbaca-mesin, title, desc')) continue;
                const b = e.getBoundingClientRect(), svg = e.closest('svg');
                if (!b.width) continue;
                const size = parseFloat(getComputedStyle(e).fontSize) * (svg ? svg.getScreenCTM().a : 1);
                const out = b.right > box.right || b.left < box.left || (!e.closest('.sumber') && b.bottom > end);
                if (out || size < 16.5) found.push(`${number}: ${e.textContent.trim()} ${Math.round(size)}`);
              }
              return found;
            }""",
            number,
        )
        page.keyboard.press("ArrowRight")
    assert wrong == []


def test_without_script_the_slides_stand_one_below_the_other(browser: Browser, berkas: Path) -> None:
    context = browser.new_context(viewport=LAYAR, java_script_enabled=False)
    page = context.new_page()
    page.goto(berkas.as_uri())
    tops = [s.bounding_box()["y"] for s in page.locator(".salindia").all()]  # type: ignore[index]
    assert tops == sorted(set(tops)) and len(tops) == len(NAMES)
    context.close()


def test_print_is_a_landscape_sheet_a_slide(page: Page) -> None:
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == len(NAMES)
    (box,) = set(re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert [round(float(side)) for side in box] == [842, 595]


def test_on_a_phone_the_slides_do_not_scroll_sideways(browser: Browser, berkas: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(berkas.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_axe_finds_nothing_on_any_slide(page: Page) -> None:
    found = []
    for _ in NAMES:
        found += [v["id"] for v in Axe().run(page).response["violations"]]
        page.keyboard.press("ArrowRight")
    assert found == []
