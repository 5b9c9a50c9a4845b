"""The index: every page linked, failures shown as failures, the nation on one page and each kabupaten on its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from manifests import manifest, store_manifest
from playwright.sync_api import Browser, Page
from report.evaluations import kampung

from kkb_eval import current, store
from kkb_eval.build import index, index_views
from kkb_eval.current import Result, Status

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Playwright's own sockets

FOLDER = "laporan/lebak/2023"
REGION = {"Kota Serang": "Banten", "Lebak": "Banten", "Serang": "Banten", "Deiyai": "Papua Tengah"}
"""A nation: more kabupaten than one page shows, and their provinces."""
FACTS = (
    {"kampung": "Rasamala"},
    {"kampung": "Aren", "klasifikasi": "Mandiri", "lapor_kb": False},
    {"kecamatan": "Sajira"},
)


def result(jenis: str, nama: str = "Lebak", tahun: int | None = 2023, kecamatan: str | None = None) -> Result:
    folder = "/".join(filter(None, ("laporan", nama.lower().replace(" ", "-"), str(tahun or ""))))
    name = f"kecamatan/{kecamatan.lower()}" if kecamatan else jenis
    return Result(f"{folder}/{name}.html", "", jenis, tahun, nama, kecamatan, "dibuat")


def failed(page: Result, galat: str = "ValueError: <b>PUS</b>", sel: str = "In [5]") -> Result:
    return replace(page, status="gagal", sel=sel, galat=galat)


PAGE = [
    result("kabupaten"),
    result("kualitas-data"),
    failed(result("kecamatan", kecamatan="Sajira")),
    result("kecamatan", kecamatan="Maja"),
    result("perkembangan", tahun=None),
]
NASIONAL = [page for nama in REGION for page in (result("kabupaten", nama), result("kecamatan", nama, 2023, "Maja"))]


def store_year(out: Path, *rows: dict[str, Any], tahun: int = 2023, sidik: str = "1") -> None:
    """A stored year as an evaluation leaves it, as far as the index looks."""
    where = store.folder(out, tahun)
    where.mkdir(parents=True, exist_ok=True)
    isi = kampung(*(rows or FACTS))
    isi.to_parquet(where / "kampung.parquet")
    kabupaten = {
        str(nama): {"slug": "", "sidik": sidik, "kecamatan": dict.fromkeys(sorted(own["kecamatan"]), "")}
        for nama, own in isi.groupby("kabupaten")
    }
    store_manifest(out, manifest(tahun=tahun, judul="Evaluasi <i>", sintetis=True, kabupaten=kabupaten))


def write(out: Path, results: Iterable[Result], to: Path | None = None) -> Path:
    """Write the index as the next build of this folder would."""
    return index.write(Status(out), results, to)


def store_nation(out: Path, tahun: int = 2023, sidik: str = "1", **fields: Any) -> None:
    rows = [{"kabupaten": nama, "provinsi": provinsi} | fields for nama, provinsi in REGION.items()]
    rows.append({"kabupaten": "Lebak", "kecamatan": "Sajira", "klasifikasi": "Mandiri"})
    store_year(out, *rows, tahun=tahun, sidik=sidik)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An out folder with a stored year of Lebak."""
    store_year(tmp_path)
    return tmp_path


@pytest.fixture
def nasional(tmp_path: Path) -> Path:
    """An out folder with a stored year of a nation."""
    store_nation(tmp_path)
    return tmp_path


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def links(page: BeautifulSoup) -> list[tuple[str, str]]:
    return [(a.get_text(), str(a["href"])) for a in page.select("main a")]


def rows(page: BeautifulSoup) -> list[list[str]]:
    """The cells of the nation's table as they are seen; of a bar what it says."""
    for hidden in page.select("span[hidden], .terbaca-mesin"):
        hidden.decompose()
    for bar in page.select(".batang-mini"):
        bar.replace_with(str(bar["aria-label"]))
    return [
        [cell.get_text(" ", strip=True) for cell in tr.select("th, td")] for tr in page.select(".nasional tbody tr")
    ]


def own_pages(out: Path) -> list[str]:
    return [path.parent.name for path in sorted(out.glob("laporan/*/index.html"))]


# one kabupaten, or a few


def test_every_page_is_linked_and_one_that_failed_is_not(out: Path) -> None:
    target = write(out, PAGE)
    assert target == out / "index.html"
    assert links(soup(target)) == [
        ("Perkembangan antartahun", "laporan/lebak/perkembangan.html"),
        ("Evaluasi Kabupaten Lebak 2023", f"{FOLDER}/kabupaten.html"),
        ("Kualitas data Kabupaten Lebak 2023", f"{FOLDER}/kualitas-data.html"),
        ("Maja", f"{FOLDER}/kecamatan/maja.html"),
    ]


def test_the_evaluation_comes_first_and_the_minutes_last_whatever_their_files_are_called(out: Path) -> None:
    page = soup(write(out, map(result, ("berita-acara", "paparan", "kualitas-data", "kabupaten"))))
    assert [text.removesuffix(" Kabupaten Lebak 2023") for text, _ in links(page)] == [
        "Evaluasi",
        "Kualitas data",
        "Paparan",
        "Berita acara (Word)",
    ]


def test_a_failure_is_told_with_its_reason_escaped(out: Path) -> None:
    page = soup(write(out, PAGE))
    (gagal,) = page.select("section.gagal")
    assert gagal.get_text("|", strip=True) == (
        "1 laporan gagal dibuat|Kecamatan Sajira 2023|In [5]: ValueError: <b>PUS</b>"
    )
    assert [tr.th.get_text("|", strip=True) for tr in page.select("tbody tr")] == [  # type: ignore[union-attr]
        "Maja|Aren, Rasamala",
        "Sajira (gagal)|Kampung C",
    ]
    assert "4 laporan" in page.header.get_text()  # type: ignore[union-attr]


def test_failures_of_the_same_reason_are_told_together_and_all_by_name(out: Path) -> None:
    page = soup(write(out, [failed(page, "disk penuh", "") for page in PAGE]))
    assert page.select_one("section.gagal li").get_text("|", strip=True).split("|") == [  # type: ignore[union-attr]
        "Evaluasi Lebak 2023",
        ",",
        "Kecamatan Maja 2023",
        ",",
        "Kecamatan Sajira 2023",
        ",",
        "Kualitas data Lebak 2023",
        ",",
        "Perkembangan Lebak",
        "disk penuh",
    ]


def test_a_failure_without_words_is_still_one(out: Path) -> None:
    page = soup(write(out, [failed(PAGE[0], "", "")]))
    assert page.pre.get_text() == "tanpa keterangan; lihat kerja/log"  # type: ignore[union-attr]


def test_without_a_failure_nothing_is_said_of_failures(out: Path) -> None:
    assert soup(write(out, PAGE[:2])).select(".gagal") == []


def test_a_row_has_the_classes_the_number_and_those_that_reported(out: Path) -> None:
    row = soup(write(out, PAGE)).select("tbody tr")[0]
    assert row.select_one("[role=img]")["aria-label"] == "1 Dasar, 1 Mandiri"  # type: ignore[index]
    assert [td.get_text() for td in row.select("td.angka")] == ["2", "1"]


def test_without_a_certain_class_or_a_known_report_a_kampung_counts_as_such(tmp_path: Path) -> None:
    store_year(tmp_path, {"klasifikasi": None, "lapor_kb": None}, {})
    row = soup(write(tmp_path, PAGE)).select("tbody tr")[0]
    assert row.select_one("[role=img]")["aria-label"] == "1 Dasar, 1 belum pasti"  # type: ignore[index]
    assert [td.get_text() for td in row.select("td.angka")] == ["2", "1"]


def test_the_last_year_comes_first_and_is_open(out: Path) -> None:
    store_year(out, tahun=2022)
    lama = [replace(p, tahun=2022, halaman=p.halaman.replace("2023", "2022")) for p in PAGE if p.tahun]
    page = soup(write(out, [*lama, *PAGE]))
    assert [h3.get_text() for h3 in page.select("#daftar h3")] == ["2023", "2022"]
    assert [d.has_attr("open") for d in page.select("details.tahun")] == [True, False]


def test_the_pages_of_a_year_that_is_no_longer_stored_stay_linked(out: Path) -> None:
    page = soup(write(out, [*PAGE, result("kabupaten", tahun=2021), result("kecamatan", "Lebak", 2021, "Maja")]))
    lama = page.select("#daftar h3")[1].find_next_sibling("p")
    assert lama.get_text() == "Evaluasi Kabupaten Lebak 2021evaluasi tahun ini tidak tersimpan lagi"  # type: ignore[union-attr]
    assert ("Maja", "laporan/lebak/2021/kecamatan/maja.html") in links(page)


def test_the_search_box_covers_every_row_and_the_title_is_escaped(out: Path) -> None:
    page = soup(write(out, PAGE))
    box = page.select_one("[data-cari]")
    assert box is not None
    found = page.find(id=str(box["data-cari"])).select(str(box["data-butir"]))  # type: ignore[union-attr]
    assert len(found) == 4
    assert page.h1.get_text() == "Evaluasi <i>"  # type: ignore[union-attr]
    assert page.select_one(".spanduk").get_text() == "DATA CONTOH – BUKAN DATA SEBENARNYA"  # type: ignore[union-attr]


def test_an_index_of_nothing_is_a_page(tmp_path: Path) -> None:
    assert "0 laporan" in soup(write(tmp_path, [])).header.get_text()  # type: ignore[union-attr]


# a nation


def test_the_page_of_a_nation_has_a_line_a_kabupaten_below_the_sum_of_its_province(nasional: Path) -> None:
    page = soup(write(nasional, [*NASIONAL, result("kabupaten", "Lebak", 2021), failed(result("paparan"))]))
    assert page.header.p.find_next("h1").find_next("p").get_text() == (  # type: ignore[union-attr]
        "5 Kampung KB di 4 kabupaten dan kota, 2 provinsi · 9 laporan"
    )
    assert [(a.get_text(), a["href"]) for a in page.select("nav a")] == [
        ("Banten", "#p-banten"),
        ("Papua Tengah", "#p-papua-tengah"),
    ]
    assert page.select_one("#p-papua-tengah") is not None
    assert rows(page) == [
        ["Banten 3 kabupaten dan kota", "4", "3 Dasar, 1 Mandiri", "", "1"],
        ["Lebak Banten", "2", "1 Dasar, 1 Mandiri", "2023 · 2021", "1"],
        ["Serang Banten", "1", "1 Dasar", "2023", ""],
        ["Kota Serang Banten", "1", "1 Dasar", "2023", ""],
        ["Papua Tengah 1 kabupaten dan kota", "1", "1 Dasar", "", ""],
        ["Deiyai Papua Tengah", "1", "1 Dasar", "2023", ""],
    ]


def test_the_classes_of_a_kabupaten_are_those_of_its_last_stored_year(nasional: Path) -> None:
    store_nation(nasional, tahun=2022, klasifikasi="Berkelanjutan")
    store_year(nasional, {"klasifikasi": "Berkembang"}, {"kabupaten": "Serang"}, tahun=2024)
    page = soup(write(nasional, NASIONAL))
    assert {row[0]: row[2] for row in rows(page) if " kabupaten " not in row[0]} == {
        "Lebak Banten": "1 Berkembang",
        "Serang Banten": "1 Dasar",
        "Kota Serang Banten": "1 Dasar",
        "Deiyai Papua Tengah": "1 Dasar",
    }


def test_a_line_leads_to_the_index_of_the_kabupaten_to_its_last_evaluation_and_to_its_failures(nasional: Path) -> None:
    page = soup(write(nasional, [*NASIONAL, failed(result("paparan"))]))
    (lebak,) = [tr for tr in page.select("tr.butir-laporan") if tr.a.get_text() == "Lebak"]  # type: ignore[union-attr]
    assert [(a.get_text(), a["href"]) for a in lebak.select("a")] == [
        ("Lebak", "laporan/lebak/index.html"),
        ("2023 Lebak", "laporan/lebak/2023/kabupaten.html"),
        ("1 laporan gagal di Lebak", "laporan/lebak/index.html#h-gagal"),
    ]
    # the search box finds the kabupaten by its kecamatan, too
    assert "Sajira" in lebak.get_text()


def test_the_index_of_a_kabupaten_links_its_pages_and_back(nasional: Path) -> None:
    write(nasional, NASIONAL)
    assert own_pages(nasional) == ["deiyai", "kota-serang", "lebak", "serang"]
    own = soup(nasional / "laporan/kota-serang/index.html")
    assert links(own) == [
        ("Evaluasi Kota Serang 2023", "../../laporan/kota-serang/2023/kabupaten.html"),
        ("Maja", "../../laporan/kota-serang/2023/kecamatan/maja.html"),
    ]
    assert own.header.a["href"] == "../../index.html#di-kota-serang"  # type: ignore[union-attr, index]


def test_pages_lead_to_their_own_kabupaten_in_the_index(nasional: Path) -> None:
    nation = soup(write(nasional, NASIONAL))
    assert {th["id"]: th.a["href"] for th in nation.select("[id^=di-]")} == {  # type: ignore[index]
        "di-deiyai": "laporan/deiyai/index.html",
        "di-kota-serang": "laporan/kota-serang/index.html",
        "di-lebak": "laporan/lebak/index.html",
        "di-serang": "laporan/serang/index.html",
    }
    two = soup(write(nasional, [r for r in NASIONAL if r.kabupaten in ("Lebak", "Serang")]))
    assert [(s.name, s["id"], s.h2.get_text()) for s in two.select("[id^=di-]")] == [  # type: ignore[union-attr]
        ("section", "di-lebak", "Kabupaten Lebak"),
        ("section", "di-serang", "Kabupaten Serang"),
    ]
    # of one alone the whole page is shown, from its head
    one = soup(write(nasional, [r for r in NASIONAL if r.kabupaten == "Lebak"]))
    assert [(s.name, s["id"]) for s in one.select("[id^=di-]")] == [("header", "di-lebak")]


def test_of_many_failures_the_nation_sees_reasons_and_counts_and_none_is_hidden(nasional: Path) -> None:
    halaman = [failed(page, "disk penuh", "") for page in NASIONAL]
    halaman += [failed(result("kecamatan", "Lebak", 2023, f"K{i}"), f"salah {i}", "") for i in range(7)]
    page = soup(write(nasional, halaman))
    (gagal,) = page.select("section.gagal")
    told = [li.get_text("|", strip=True) for li in gagal.select("li")]
    assert gagal.h2.get_text() == "15 laporan gagal dibuat"  # type: ignore[union-attr]
    assert told[0] == (
        "Evaluasi Deiyai 2023|,|Kecamatan Maja (Deiyai) 2023|,|Evaluasi Kota Serang 2023|, dan 5 lainnya|disk penuh"
    )
    assert len(told) == index_views.CAUSES + 1
    assert told[-1] == "3 laporan lain gagal karena sebab lain; sebabnya ada di halaman kabupatennya"
    assert gagal.details.p.get_text() == "Deiyai 2 · Kota Serang 2 · Lebak 9 · Serang 2"  # type: ignore[union-attr]
    assert {a["href"] for a in gagal.select("details a")} >= {"laporan/lebak/index.html#h-gagal"}
    own = soup(nasional / "laporan/lebak/index.html").select_one("#h-gagal")
    assert own is not None and own.get_text() == "9 laporan gagal dibuat"
    assert len(own.find_next("ul").select("li")) == 8  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("years", "text"),
    [([], ""), ([2021], "2021"), ([2016, 2017, 2018, 2020, 2022, 2023], "2022–2023, 2020, 2016–2018")],
)
def test_years_that_follow_each_other_are_one_span(years: list[int], text: str) -> None:
    assert index_views.spans(years) == text


# what is made, kept and removed


def times(out: Path) -> dict[str, int]:
    return {path.parent.name: path.stat().st_mtime_ns for path in out.rglob("index.html")}


def written(out: Path, halaman: list[Result]) -> list[str]:
    """The folders of the pages that an index writes."""
    before = times(out)
    write(out, halaman)
    return sorted(name for name, time in times(out).items() if before.get(name) != time)


def test_two_indices_of_the_same_are_the_same_bytes_whatever_the_order(nasional: Path) -> None:
    write(nasional, NASIONAL)
    first = {path: path.read_bytes() for path in nasional.rglob("index*")}
    for path in first:
        path.unlink()
    write(nasional, NASIONAL[::-1])
    assert {path: path.read_bytes() for path in nasional.rglob("index*")} == first
    assert len(first) == 5


def test_only_the_index_of_a_kabupaten_that_changed_is_written(nasional: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(nasional, NASIONAL)
    assert written(nasional, NASIONAL) == []
    assert written(nasional, [*NASIONAL, result("paparan", "Serang")]) == ["serang", nasional.name]
    assert written(nasional, [*NASIONAL, failed(result("paparan", "Serang"))]) == ["serang", nasional.name]
    write(nasional, NASIONAL)
    # other data: all are made again, those that look the same are not written
    store_nation(nasional, sidik="2")
    assert written(nasional, NASIONAL) == []
    store_nation(nasional, sidik="3", kampung="Tunas")
    assert written(nasional, NASIONAL) == ["deiyai", "kota-serang", "lebak", "serang"]
    monkeypatch.setattr(current, "code", lambda: "lain")
    monkeypatch.setattr(index, "_render", lambda manifests, **shown: b"lain")
    assert len(written(nasional, NASIONAL)) == 5


def test_an_index_that_was_changed_or_removed_by_hand_is_made_again(nasional: Path) -> None:
    write(nasional, NASIONAL)
    lebak, serang = (nasional / f"laporan/{name}/index.html" for name in ("lebak", "serang"))
    before = lebak.read_bytes(), serang.read_bytes()
    lebak.write_text("lain")
    serang.unlink()
    write(nasional, NASIONAL)
    assert (lebak.read_bytes(), serang.read_bytes()) == before


def test_a_page_of_an_offices_own_notebook_is_called_as_it_says_and_stands_beside_its_kecamatan(out: Path) -> None:
    own = [replace(result("kartu"), nama="Kartu"), replace(result("desa", kecamatan="Maja"), nama="Desa")]
    own[1] = replace(own[1], halaman=f"{FOLDER}/desa/maja.html")
    page = soup(write(out, [*PAGE, *own]))
    assert ("Kartu Kabupaten Lebak 2023", f"{FOLDER}/kartu.html") in links(page)
    row = page.select("tbody tr")[0]
    assert [(a.get_text(), a["href"]) for a in row.select("a")] == [
        ("Maja", f"{FOLDER}/kecamatan/maja.html"),
        ("Desa", f"{FOLDER}/desa/maja.html"),
    ]


def test_the_index_of_a_kabupaten_that_is_gone_is_removed_and_nothing_else(nasional: Path) -> None:
    halaman = [*NASIONAL, result("kabupaten", "Tangerang"), result("kabupaten", "Pandeglang")]
    write(nasional, halaman)
    asing = nasional / "laporan/catatan/index.html"
    asing.parent.mkdir()
    asing.write_text("milik orang")
    (nasional / "laporan/pandeglang/index.html").write_text("diubah orang")
    write(nasional, NASIONAL)
    assert own_pages(nasional) == ["catatan", "deiyai", "kota-serang", "lebak", "pandeglang", "serang"]


def test_when_few_kabupaten_are_left_their_own_indices_go(nasional: Path) -> None:
    write(nasional, NASIONAL)
    write(nasional, NASIONAL[:6])
    assert own_pages(nasional) == []


def test_an_index_that_fails_half_way_removes_nothing_and_forgets_nothing(
    nasional: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(nasional, NASIONAL)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="penuh"):
        patch.setattr(index, "_front_of_few", lambda *_: (_ for _ in ()).throw(OSError("penuh")))
        write(nasional, NASIONAL[:6])
    assert own_pages(nasional) == ["deiyai", "kota-serang", "lebak", "serang"]
    write(nasional, NASIONAL[:6])
    assert own_pages(nasional) == []


def test_an_index_into_another_folder_is_whole_and_leaves_the_first_alone(
    nasional: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    write(nasional, NASIONAL)
    before, lain = times(nasional), tmp_path_factory.mktemp("lain")
    write(nasional, NASIONAL, lain)
    assert sorted(p.relative_to(lain).as_posix() for p in lain.rglob("*.*")) == [
        "index.html",
        *(f"laporan/{name}/index.html" for name in ("deiyai", "kota-serang", "lebak", "serang")),
    ]
    assert times(nasional) == before


# in a browser


@pytest.fixture
def page(nasional: Path, browser: Browser) -> Iterator[Page]:
    """The nation's page with failures, open on a phone."""
    target = write(nasional, [*NASIONAL, failed(result("paparan")), failed(result("paparan", "Serang"), "x")])
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
    opened = context.new_page()
    opened.goto(target.as_uri())
    yield opened
    context.close()


def seen(page: Page) -> list[str]:
    return [text.split("\n")[0].split("\t")[0] for text in page.locator(".nasional tbody tr:visible").all_inner_texts()]


def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert [(v["id"], v["nodes"][0]["html"]) for v in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_search_leaves_the_kabupaten_with_their_province_and_nothing_else(page: Page) -> None:
    assert seen(page) == [
        "Banten 3 kabupaten dan kota", "Lebak", "Serang", "Kota Serang", "Papua Tengah 1 kabupaten dan kota", "Deiyai",
    ]  # fmt: skip
    page.get_by_label("Cari kabupaten").fill("sajira")
    assert page.locator(".nasional tbody tr:visible").inner_text().split()[:2] == ["Lebak", "Banten"]
    page.get_by_label("Cari kabupaten").fill("")
    assert len(seen(page)) == 6


def test_the_table_sorts_over_the_nation_and_its_first_column_brings_the_provinces_back(page: Page) -> None:
    before = seen(page)
    most_failed = page.locator(".nasional thead button").nth(4)
    most_failed.press("Enter")
    most_failed.press("Enter")
    assert seen(page) == ["Lebak", "Serang", "Kota Serang", "Deiyai"]
    page.locator(".nasional thead button").first.press("Enter")
    assert seen(page) == before
