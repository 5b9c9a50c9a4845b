"""Names of Kampung KB that look like code, formulas, paths or other scripts: text everywhere, and nothing more."""

import html
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from docx import Document
from playwright.sync_api import Browser
from report import datasets

from kkb_eval import store
from kkb_eval.build import plan, run
from kkb_eval.commands import cli

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.slow]  # Playwright's own sockets

PANJANG = ("Kampung Keluarga Berkualitas " + "Sejahtera Bersama " * 4)[:98].strip()
NAMES = [
    "<script>alert(1)</script>",
    '"Mugi Rahayu" & <b>',
    '=HYPERLINK("http://x","y")',
    PANJANG,
    "a",
    "قرية الأسرة السعيدة",
    "Pinus 🌴",
    "../../x",
    "Tunas\n\tMuda",
    "<img src=x onerror=alert(2)>",
    "{{ 7 * 7 }}{% raw %}</style>",
]
"""As an export holds them; a line end or a tab is read as a space."""
DIBACA = [" ".join(nama.split()) for nama in NAMES]
KECAMATAN = {"maja", "sajira", "cibadak"}
TAHUN = "laporan/lebak/2018"
PAGE = [
    "index.html",
    "laporan/lebak/perkembangan.html",
    *(f"{TAHUN}/{nama}.html" for nama in ("kabupaten", "kualitas-data", "paparan")),
    *(f"{TAHUN}/kecamatan/{nama}.html" for nama in sorted(KECAMATAN)),
]
RUMUS = {"RTL!B4"}
"""The only formula that is ours: the count of the steps by status."""
SENDIRI = re.compile(r'PAGE|(?:"[a-z: ]*"|&amp;|COUNTIF\(\$[HL]\$\d+:\$[HL]\$\d+,"[a-z?* ]+"\))+')
"""The page's number, and that count."""


def hostile(jenis: str, changed: bool = False) -> pd.DataFrame:
    """An export of three kecamatan whose Kampung KB have the names, with some classes changed."""
    frame = datasets.export(jenis)
    frame = frame[frame["Kecamatan"].str.casefold().isin(KECAMATAN)].reset_index(drop=True)
    assert len(frame) == len(NAMES)
    if changed:
        frame.iloc[:, datasets.AWAL :] = frame.iloc[::-1, datasets.AWAL :].to_numpy()
    return frame.assign(**{"Kampung KB": NAMES})


@pytest.fixture(scope="module")
def keluar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The out folder of a dataset of two years with these names, built as any other."""
    folder = tmp_path_factory.mktemp("jahat")
    contoh = store.ROOT / "data/contoh"
    shutil.copytree(contoh / "rujukan", folder / "rujukan", ignore=shutil.ignore_patterns("rtl", "alias.csv"))
    shutil.copy(contoh / "dataset.toml", folder)
    for day, changed in (("2017-11-20", True), (datasets.HARI, False)):
        datasets.write(folder, day, **{jenis: hostile(jenis, changed) for jenis in ("rekap", "klasifikasi")})
    out = folder / "outputs"
    reports = [r for r in plan.plan(plan.evaluated(folder, out), folder, out) if r.tahun != 2017]
    results = run.build(reports, out)
    assert [f"{r.halaman}: {r.sel} {r.galat}" for r in results if r.status == "gagal"] == []
    return out


def soup(out: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((out / name).read_text("utf-8"), "html.parser")


def visible(page: BeautifulSoup) -> str:
    for tag in page(["style", "script"]):
        tag.decompose()
    return re.sub(r"\s+", " ", page.get_text(" "))


def workbooks(out: Path) -> Iterator[tuple[str, openpyxl.Workbook]]:
    for path in sorted(out.glob(f"{TAHUN}/**/*.xlsx")):
        yield path.relative_to(out / TAHUN).as_posix(), openpyxl.load_workbook(path)


def test_every_name_stands_as_text_on_the_pages_that_list_all(keluar: Path) -> None:
    cards = "".join(visible(soup(keluar, name)) for name in PAGE if "/kecamatan/" in name)
    kabupaten = visible(soup(keluar, f"{TAHUN}/kabupaten.html"))
    for text in (cards, kabupaten, visible(soup(keluar, "index.html"))):
        assert [nama for nama in DIBACA if nama not in text] == []


@pytest.mark.parametrize("halaman", PAGE)
def test_no_name_becomes_an_element_an_attribute_or_a_place(halaman: str, keluar: Path) -> None:
    page = soup(keluar, halaman)
    assert [len(page.select(s)) for s in ("script", "img", "a[href*='HYPERLINK']", "a[href*='x:']")] == [1, 0, 0, 0]
    assert [t for t in page.find_all(True) if any(a.startswith("on") for a in t.attrs)] == []
    assert [i for i in (str(t["id"]) for t in page.find_all(id=True)) if not re.fullmatch(r"[\w-]+", i, re.ASCII)] == []
    assert "&amp;lt;" not in str(page) and "&amp;amp;" not in str(page) and "&lt;script&gt;" not in visible(page)


LUAR = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", re.IGNORECASE)
"""An address that is not of a file beside the page."""


@pytest.mark.parametrize("halaman", PAGE)
def test_a_page_fetches_nothing_and_holds_no_frame_form_or_foreign_address(halaman: str, keluar: Path) -> None:
    page = soup(keluar, halaman)
    assert page.select("iframe, frame, object, embed, form, base, link[rel=stylesheet], meta[http-equiv=refresh]") == []
    addresses = [
        str(t[a]) for t in page.find_all(True) for a in ("href", "src", "xlink:href", "action") if t.has_attr(a)
    ]
    assert [a for a in addresses if LUAR.match(a) and not a.startswith("data:image/")] == []
    styles = " ".join([t.get_text() for t in page("style")] + [str(t["style"]) for t in page.find_all(style=True)])
    assert re.findall(r"@import|expression\(|url\((?![\"']?(?:data:|#))[^)]*\)", styles) == []


def test_no_document_holds_a_field_a_link_or_a_formula_that_is_not_ours(keluar: Path, tmp_path: Path) -> None:
    assert cli.main(["template", str(tmp_path / "isian.xlsx")]) == 0
    found: set[tuple[str, ...]] = set()
    for path in (*keluar.glob("laporan/**/*.xlsx"), *keluar.glob("laporan/**/*.docx"), tmp_path / "isian.xlsx"):
        with zipfile.ZipFile(path) as book:
            parts = {name: book.read(name).decode("utf-8", "replace") for name in book.namelist()}
        assert [n for n in parts if re.search(r"vba|externalLink|embedd|activeX|connections|queryTable", n)] == []
        for name, text in parts.items():
            if name.endswith(".rels"):
                assert "External" not in text, f"{path} {name}"
            if name.endswith(".xml"):
                found |= set(re.findall(r"<f>([^<]*)</f>|<w:instrText[^>]*>([^<]*)<|w:instr=\"([^\"]*)", text)) - {
                    ("", "", "")
                }
                assert not re.search(r"\bDDE(?:AUTO)?\b|ddeLink|oleLink", text), f"{path} {name}"
    assert [text for text in ("".join(parts) for parts in found) if not SENDIRI.fullmatch(text)] == []


def test_addresses_are_letters_digits_and_hyphens(keluar: Path) -> None:
    laporan = keluar / "laporan"
    names = [path.relative_to(laporan).as_posix() for path in sorted(laporan.rglob("*"))]
    assert [n for n in names if not re.fullmatch(r"[a-z0-9/-]+(\.(html|xlsx|docx))?", n)] == []
    assert {n.removesuffix(".html") for n in names if "/kecamatan/" in n} == {
        f"lebak/2018/kecamatan/{nama}" for nama in KECAMATAN
    }
    assert sorted(p.name for p in keluar.parent.iterdir()) == sorted(
        ["dataset.toml", "outputs", "rujukan"] + [p.name for p in keluar.parent.glob("*.csv")]
    )


def test_workbooks_hold_the_names_as_text_and_no_formula_but_ours(keluar: Path) -> None:
    books = dict(workbooks(keluar))
    assert {f"rtl/{nama}.xlsx" for nama in KECAMATAN} <= books.keys()
    texts: set[str] = set()
    formulas, links = set(), []
    for name, book in books.items():
        for sheet in book:
            cells = [cell for row in sheet for cell in row if cell.value is not None]
            formulas |= {f"{sheet.title}!{cell.coordinate}" for cell in cells if cell.data_type == "f"}
            links += [f"{name} {cell.coordinate}" for cell in cells if cell.hyperlink and "://" in str(cell.value)]
            if name.startswith("rtl/"):
                texts |= {str(cell.value) for cell in cells}
    assert (formulas - RUMUS, links) == (set(), [])
    assert [nama for nama in DIBACA if nama not in texts] == []


def test_the_berita_acara_holds_names_as_text(keluar: Path) -> None:
    document = Document(str(keluar / TAHUN / "berita-acara.docx"))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert len(set(DIBACA) & cells) >= 2
    assert html.unescape("".join(cells)) == "".join(cells)


@pytest.mark.parametrize("lebar", [1280, 360])
@pytest.mark.parametrize("halaman", PAGE)
def test_nothing_runs_and_nothing_is_too_wide_in_a_browser(
    halaman: str, lebar: int, keluar: Path, browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": lebar, "height": 740})
    said: list[str] = []
    page.on("dialog", lambda dialog: (said.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    page.goto((keluar / halaman).as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for button in page.locator(".tombol-urut:visible").all()[:3]:
        button.click()
    for box in page.locator(".cari input:visible").all()[:1]:
        box.fill("<script>alert(1)")
    assert (said, page.evaluate("document.documentElement.scrollWidth") <= lebar) == ([], True)
    page.close()


def test_letters_that_run_to_the_left_stay_in_their_order(keluar: Path) -> None:
    arab = next(nama for nama in DIBACA if any(unicodedata.bidirectional(c) == "AL" for c in nama))
    cards = [h3 for name in PAGE if "/kecamatan/" in name for h3 in soup(keluar, name).select(".kartu h3")]
    assert [h3.get_text(strip=True) for h3 in cards].count(f"\u2068{arab}\u2069") == 1
    for page in (visible(soup(keluar, name)) for name in PAGE if name != "index.html"):
        assert page.count(arab) == page.count(f"\u2068{arab}\u2069")


def test_the_longest_summary_still_fits_on_the_first_sheet(keluar: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((keluar / f"{TAHUN}/kabupaten.html").as_uri())
    # as Chromium lays A4 out: 182 by 263 mm between the margins, less the banner's line
    page.set_viewport_size({"width": 688, "height": 900})
    page.emulate_media(media="print")
    assert page.locator(".ubin").first.evaluate("e => e.getBoundingClientRect().bottom") <= 263 / 25.4 * 96
    page.close()
