"""Every page of data/contoh: whole, linked, self-contained, accessible, in Indonesian, without contradictions."""

import base64
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from kkb_eval import Evaluation, schema
from kkb_eval.method import road
from kkb_eval.report import html
from kkb_eval.text import count, counted, percent, persen, spelled

Pages = dict[str, BeautifulSoup]
BANNER = "DATA CONTOH – BUKAN DATA SEBENARNYA"
KABUPATEN = "laporan/lebak/2018/kabupaten.html"
LIMIT = {"kecamatan/": 400_000, "": 1_000_000}
"""Most bytes of a page whose path contains the key; the first that matches holds."""
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@pytest.fixture(scope="module")
def halaman(laporan: Path) -> Pages:
    """Every page by its path in the out folder."""
    files = [laporan / "index.html", *sorted((laporan / "laporan").rglob("*.html"))]
    return {f.relative_to(laporan).as_posix(): BeautifulSoup(f.read_text("utf-8"), "html.parser") for f in files}


def visible(soup: Tag) -> str:
    """What a reader or a screen reader gets: the text without style and script, and the texts in attributes."""
    texts = [s for s in soup.find_all(string=True) if s.parent is not None and s.parent.name not in ("style", "script")]
    spoken = [t[a] for a in ("title", "aria-label", "alt", "data-label") for t in soup.find_all(attrs={a: True})]
    return "\n".join(str(t) for t in [*texts, *spoken])


def number(text: str) -> int:
    return int(text.replace(".", ""))


def rows(soup: BeautifulSoup, table: str) -> list[list[str]]:
    """The texts of the body's cells of a table, row by row."""
    found = soup.find(id=table)
    assert isinstance(found, Tag)
    return [[c.get_text(" ", strip=True) for c in tr.find_all(["th", "td"])] for tr in found.select("tbody tr")]


def tile(soup: BeautifulSoup, nama: str) -> Tag:
    return next(li for li in soup.select("ul.ubin li") if li.span is not None and li.span.get_text() == nama)


def big(soup: BeautifulSoup, nama: str) -> str:
    """The number of a tile."""
    b = tile(soup, nama).b
    assert b is not None
    return b.get_text()


def summary(soup: BeautifulSoup) -> str:
    return soup.select("ul.ringkasan")[0].get_text(" ", strip=True)


class Balance(HTMLParser):
    """Names every element that is closed in the wrong place, and blocks inside a paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if "p" in self.open and tag in {"p", "ul", "ol", "dl", "div", "table", "h2", "h3", "section", "figure"}:
            self.wrong.append(f"<{tag}> in <p> at line {self.getpos()[0]}")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at line {self.getpos()[0]}")


def problems(pages: Pages, find: object) -> list[str]:
    """``page: problem`` for everything that ``find`` yields on a page."""
    return [f"{name}: {problem}" for name, soup in pages.items() for problem in find(soup)]  # type: ignore[operator]


def test_every_planned_page_is_there(halaman: Pages, evaluasi: Evaluation) -> None:
    kecamatan = {f"laporan/lebak/2018/kecamatan/{slug}.html" for slug in evaluasi.kampung["slug_kecamatan"]}
    tahunan = {f"laporan/lebak/{t}/{n}.html" for t in (2016, 2017, 2018) for n in ("kabupaten", "kualitas-data")}
    assert kecamatan | tahunan | {"index.html", "laporan/lebak/perkembangan.html"} <= halaman.keys()
    assert len(kecamatan) == 28


def test_every_element_is_closed_where_it_belongs(laporan: Path, halaman: Pages) -> None:
    wrong = {}
    for name in halaman:
        balance = Balance()
        balance.feed((laporan / name).read_text("utf-8"))
        wrong[name] = [*balance.wrong, *balance.open]
    assert {name: found for name, found in wrong.items() if found} == {}


def test_language_title_and_one_h1(halaman: Pages) -> None:
    for name, soup in halaman.items():
        assert soup.html is not None and soup.title is not None, name
        assert soup.html["lang"] == "id", name
        assert soup.title.get_text(strip=True), name
        assert len(soup.find_all("h1")) == 1, name


def test_no_heading_skips_a_level(halaman: Pages) -> None:
    def skipped(soup: BeautifulSoup) -> Iterator[str]:
        levels = [int(h.name[1]) for h in soup.find_all(re.compile(r"^h[1-6]$"))]
        yield from (f"h{a} then h{b}" for a, b in itertools.pairwise(levels) if b > a + 1)

    assert problems(halaman, skipped) == []


def test_ids_are_unique_and_references_to_them_resolve(halaman: Pages) -> None:
    def wrong(soup: BeautifulSoup) -> Iterator[str]:
        ids = Counter(str(t["id"]) for t in soup.find_all(id=True))
        yield from (f"{i} twice" for i, n in ids.items() if n > 1)
        for name in ("aria-labelledby", "data-cari", "for"):
            yield from (f"{name} {t[name]}" for t in soup.find_all(attrs={name: True}) if t[name] not in ids)

    assert problems(halaman, wrong) == []


def test_every_link_leads_to_a_page_and_a_place_that_exist(laporan: Path, halaman: Pages) -> None:
    broken = []
    for name, soup in halaman.items():
        for a in soup.find_all("a", href=True):
            path, _, anchor = str(a["href"]).partition("#")
            target = ((laporan / name).parent / path).resolve() if path else laporan.resolve() / name
            page = halaman.get(target.relative_to(laporan.resolve()).as_posix()) if target.is_file() else None
            if not target.is_file() or (anchor and (page is None or page.find(id=anchor) is None)):
                broken.append(f"{name}: {a['href']}")
    assert broken == []


def test_the_contents_list_every_section(halaman: Pages) -> None:
    for name, soup in halaman.items():
        if name.endswith(("index.html", "paparan.html")):
            continue  # slides are turned, not jumped to
        sections = [f"#{s['id']}" for s in soup.select("main > section")]
        assert [a["href"] for a in soup.select(".daftar-isi a")] == sections != [], name


def test_nothing_is_loaded_from_elsewhere(halaman: Pages) -> None:
    def loaded(soup: BeautifulSoup) -> Iterator[str]:
        yield from (
            t.name for t in soup.find_all(["link", "iframe", "object", "embed", "base", "form", "audio", "video"])
        )
        for t in soup.find_all(True):
            for name, value in t.attrs.items():
                if name.startswith("on"):
                    yield f"{t.name} {name}"
                if name in ("src", "srcset", "href", "xlink:href", "action", "data", "poster") and re.match(
                    r"\s*(?:[a-z][a-z0-9+.-]*:|//)", str(value), re.IGNORECASE
                ):
                    yield f"{t.name} {name}={value}"
        css = "\n".join(
            [*(s.get_text() for s in soup.find_all("style")), *(str(t["style"]) for t in soup.find_all(style=True))]
        )
        yield from re.findall(r"(?:url\(\s*[^#\s)][^)]*\)|@import[^;]*)", css)

    assert problems(halaman, loaded) == []


def test_the_policy_forbids_the_network_and_allows_our_script_only(halaman: Pages) -> None:
    for name, soup in halaman.items():
        meta = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
        assert isinstance(meta, Tag), name
        script = html.SLIDES if name.endswith("paparan.html") else html.PAGE
        assert meta["content"] == html.policy(script), name
        hashes = [
            base64.b64encode(hashlib.sha256(s.get_text().encode()).digest()).decode() for s in soup.find_all("script")
        ]
        assert [f"'sha256-{h}'" in meta["content"] for h in hashes] == [True], name


def test_every_figure_has_a_text_for_those_who_do_not_see_it(halaman: Pages) -> None:
    def silent(soup: BeautifulSoup) -> Iterator[str]:
        for svg in soup.find_all("svg"):
            first = [c for c in svg.children if isinstance(c, Tag)][:2]
            told = [c.name for c in first if c.get_text(strip=True)]
            if svg.get("role") != "img" or told != ["title", "desc"]:
                yield f"svg {svg.get('class')} {told}"
        yield from (f"{t.name} role=img" for t in soup.select("[role=img]:not(svg)") if not t.get("aria-label"))
        yield from ("img without alt" for t in soup.find_all("img") if not t.get("alt"))

    assert problems(halaman, silent) == []


def test_every_table_has_a_name_and_every_head_its_scope(halaman: Pages) -> None:
    def unnamed(soup: BeautifulSoup) -> Iterator[str]:
        for table in soup.find_all("table"):
            frame = table.find_parent(attrs={"role": "region"})
            caption = table.find("caption")
            named = (caption and caption.get_text(strip=True)) or (frame and frame.get("aria-label"))
            if not named:
                yield f"table {table.get('id')} without a name"
            heads = table.find_all("th")
            yield from (f"th {th.get_text()} in {table.get('id')}" for th in heads if not th.get("scope"))
            if not heads:
                yield f"table {table.get('id')} without heads"

    assert problems(halaman, unnamed) == []


def test_frames_that_scroll_can_be_reached_by_keyboard(halaman: Pages) -> None:
    def unreachable(soup: BeautifulSoup) -> Iterator[str]:
        for frame in soup.select(".bingkai"):
            if frame.get("tabindex") != "0" or not frame.get("role") or not frame.get("aria-label"):
                yield str(frame)[:90]

    assert problems(halaman, unreachable) == []


def test_the_banner_of_sample_data_is_on_every_page(halaman: Pages) -> None:
    for name, soup in halaman.items():
        assert {b.get_text(strip=True) for b in soup.select(".spanduk")} == {BANNER}, name


def test_pages_are_small(laporan: Path, halaman: Pages) -> None:
    sizes = {name: (laporan / name).stat().st_size for name in halaman}
    most = {name: next(limit for part, limit in LIMIT.items() if part in name) for name in halaman}
    assert {name: size for name, size in sizes.items() if size >= most[name]} == {}


def test_no_trace_of_a_missing_value_or_of_a_program_is_visible(halaman: Pages) -> None:
    pattern = re.compile(r"\b(?:nan|NaN|None|NaT|inf|True|False|dtype|Series|Traceback|undefined|null)\b|<NA>|\{[{%]")
    assert problems(halaman, lambda soup: pattern.findall(visible(soup))) == []


def test_numbers_in_attributes_are_numbers(halaman: Pages) -> None:
    def wrong(soup: BeautifulSoup) -> Iterator[str]:
        yield from (str(t)[:90] for t in soup.find_all(True) for v in t.attrs.values() if re.search(r"\bnan\b", str(v)))

    assert problems(halaman, wrong) == []


def test_nothing_is_left_in_english(halaman: Pages) -> None:
    english = (
        "the|and|of|with|from|by|not|missing|error|value|values|count|row|rows|column|year|mean|rate|share|table|figure"
    )
    pattern = re.compile(rf"\b(?:{english})\b", re.IGNORECASE)
    assert problems(halaman, lambda soup: pattern.findall(visible(soup))) == []


def test_numbers_are_written_the_indonesian_way(halaman: Pages) -> None:
    # "12.5 %", "12,5%" and thousands with a comma
    pattern = re.compile(r"\b\d+\.\d{1,2}\b(?!\.|\d)(?!\.\d)|\d%|\b[1-9]\d{0,2}(?:,\d{3})+\b(?! %)")
    versions = re.compile(r"kkb_eval [\d.]+")
    assert problems(halaman, lambda soup: pattern.findall(versions.sub("", visible(soup)))) == []


def test_a_second_build_of_a_page_gives_the_same_bytes(laporan: Path) -> None:
    from filelock import FileLock

    from kkb_eval.build import plan, run

    names = {
        "laporan/lebak/2016/kabupaten.html",
        "laporan/lebak/2018/kecamatan/maja.html",
        "laporan/lebak/perkembangan.html",
    }
    before = {name: (laporan / name).read_bytes() for name in names}
    with FileLock(f"{laporan}.lock"):
        reports = plan.plan(plan.evaluated("data/contoh", laporan), "data/contoh", laporan)
        results = run.build([r for r in reports if r.halaman in names], laporan, force=True)
    assert [r.status for r in results] == ["dibuat"] * 3
    assert {name: (laporan / name).read_bytes() == old for name, old in before.items()} == dict.fromkeys(names, True)


# Numbers that stand in several places of the pages are the same.


def test_coverage_is_the_same_in_summary_tile_table_and_index(halaman: Pages) -> None:
    soup = halaman[KABUPATEN]
    lapor, n = (int(x) for x in big(soup, "mengisi data KB").split(" dari "))
    assert f"Sebanyak {lapor} dari {n} Kampung KB sudah mengisi data KB; {spelled(n - lapor)} belum" in summary(soup)
    semua = rows(soup, "cakupan")[-1]
    assert (semua[0], semua[1], semua[4]) == ("Jumlah", str(n), str(lapor))
    kualitas = rows(halaman["laporan/lebak/2018/kualitas-data.html"], "cakupan")
    assert kualitas[-1] == semua
    assert [sum(number(r[c]) for r in kualitas[:-1]) for c in range(1, len(semua))] == [number(x) for x in semua[1:]]
    indeks = [tr for tr in halaman["index.html"].select("tr.butir-laporan") if "/2018/" in str(tr.a and tr.a["href"])]
    cells = [[td.get_text(strip=True) for td in tr.select("td.angka")] for tr in indeks]
    assert (sum(int(c[0]) for c in cells), sum(int(c[1]) for c in cells)) == (n, lapor)


def test_freshness_is_the_same_in_summary_tile_and_table(halaman: Pages) -> None:
    soup = halaman[KABUPATEN]
    nama = "memperbarui data KB sejak 2017"
    segar, tahu = (int(x) for x in big(soup, nama).split(" dari "))
    assert f"{tahu - segar} yang sama persis dengan 2017" in tile(soup, nama).get_text(" ")
    assert [int(x) for x in rows(soup, "cakupan")[-1][5:]] == [segar, tahu - segar]
    basi = f"Dari {tahu} yang dapat dibandingkan, {tahu - segar} masih memakai isian tahun 2017"
    assert basi in summary(soup)


def test_classes_are_the_same_in_summary_bar_table_tile_rug_and_index(halaman: Pages, evaluasi: Evaluation) -> None:
    soup = halaman[KABUPATEN]
    expected = evaluasi.kampung["klasifikasi"].value_counts().to_dict()
    bar = soup.select(".kelas-batang .baris")[0]
    assert {
        str(s["title"]).split(": ")[0]: int(str(s["title"]).split(": ")[1]) for s in bar.select(".ruas")
    } == expected
    judul = soup.select_one("#klasifikasi-resmi figcaption h3")
    assert judul is not None
    dasar, puncak = expected["Dasar"], spelled(expected["Berkelanjutan"])
    kalimat = f"{counted(dasar)} dari {len(evaluasi.kampung)} Kampung KB masih Dasar, {puncak} sudah Berkelanjutan"
    assert judul.get_text() == kalimat
    assert {r[0]: int(r[1]) for r in rows(soup, "dekat-batas")} == expected
    menurut = re.search(r"Menurut klasifikasi portal ada ([^.]+?) \.", summary(soup))
    assert menurut
    assert {k: int(n) for n, k in re.findall(r"(\d+) ([A-Z]\w+)", menurut[1])} == expected
    tinggi = expected["Mandiri"] + expected["Berkelanjutan"]
    assert big(soup, "Mandiri atau Berkelanjutan") == f"{tinggi} dari {len(evaluasi.kampung)}"
    assert Counter(r[2] for r in rows(soup, "rug")[1:]) == expected
    mini = [
        i["title"]
        for i in halaman["index.html"].select("tr.butir-laporan i")
        if "/2018/" in str(i.find_parent("tr").a["href"])
    ]
    total: Counter[str] = Counter()
    for text in mini:
        kelas, _, n = str(text).partition(": ")
        total[kelas] += int(n)
    assert total == expected


def test_rates_are_the_same_in_tile_summary_and_rug_and_on_every_kecamatan_page(
    halaman: Pages, evaluasi: Evaluation
) -> None:
    soup = halaman[KABUPATEN]
    area = evaluasi.area("kabupaten")
    acuan = dict(zip(evaluasi.katalog["singkat"], rows(soup, "rug")[0][1:], strict=True))
    for kode, nama in (("cpr", "CPR"), ("mkjp", "MKJP"), ("unmet", "Unmet need")):
        nilai = area.at[kode, "nilai"]
        assert big(soup, nama) == percent(nilai)
        assert acuan[nama] == percent(nilai, 0)
        for name, page in halaman.items():
            if "/2018/kecamatan/" in name:
                assert f"gabungan Kampung KB di Lebak {percent(nilai)}" in tile(page, nama).get_text(" "), name
    unmet = area.loc["unmet"]
    assert f"{count(unmet['pembilang'])} pasangan ({persen(unmet['nilai'])})" in summary(soup)
    assert f"Unmet need {persen(unmet['nilai'])} (target" in summary(soup)


def test_the_kecamatan_pages_hold_every_kampung_kb_once(halaman: Pages, evaluasi: Evaluation) -> None:
    cards = [
        h3.get_text(strip=True)
        for name, page in halaman.items()
        if "/2018/kecamatan/" in name
        for h3 in page.select("article.kartu h3")
    ]
    assert sorted(cards) == sorted(evaluasi.kampung["kampung"])
    assert sum(number(big(p, "Kampung KB")) for name, p in halaman.items() if "/2018/kecamatan/" in name) == number(
        big(halaman[KABUPATEN], "Kampung KB")
    )


def test_steps_promised_in_the_summary_are_in_the_table(halaman: Pages, evaluasi: Evaluation) -> None:
    soup = halaman[KABUPATEN]
    found = re.search(r"(\w+) Kampung KB tinggal satu langkah \(setara (\d+) orang atau kurang\)", summary(soup))
    assert found
    nama = evaluasi.kampung.set_index("kampung_id")[["kampung", "kecamatan"]]
    keadaan = road.nearest(evaluasi.keadaan).join(nama, on="kampung_id").set_index(["kampung", "kecamatan", "menuju"])
    baris = soup.select("#jalan-semua tbody tr")
    biaya = [keadaan["biaya"][_road_of(tr)] for tr in baris]
    assert biaya == sorted(biaya)
    dekat = sum(b <= float(found[2]) for b in biaya)
    assert found[1] == counted(dekat)
    per = rows(soup, "jalan-kecamatan")
    assert (sum(int(r[1]) for r in per), sum(int(r[2]) for r in per)) == (len(baris), dekat)
    langkah = Counter("; ".join(li.get_text() for li in tr.select("ul.langkah li")) for tr in baris[:dekat])
    bagian = soup.find(id="langkah-menuju-kelas-berikutnya")
    assert isinstance(bagian, Tag)
    butir = [" ".join(li.get_text(" ", strip=True).split()) for li in bagian.find_all("li")]
    promised = [re.fullmatch(r"(\d+) Kampung KB ?: (.+)", text) for text in butir]
    assert {m[2]: int(m[1]) for m in promised if m} == langkah


def _road_of(tr: Tag) -> tuple[str, str, str]:
    """Kampung KB, kecamatan and class aimed at of a row of the table of all roads."""
    assert tr.th is not None and tr.th.small is not None
    return str(tr.th.contents[0]).strip(), tr.th.small.get_text(strip=True), tr.find_all("td")[1].get_text(strip=True)


def test_types_add_up_to_the_members_and_those_not_grouped(halaman: Pages) -> None:
    soup = halaman[KABUPATEN]
    per = [int(re.findall(r"(\d+) Kampung KB", th.get_text(" "))[0]) for th in soup.select("table.profil tbody th")]
    assert sum(per) == len(rows(soup, "anggota")) == sum(int(x) for r in rows(soup, "tipe-kelas") for x in r[1:])
    belum = re.search(r"(\d+) Kampung KB belum dapat dikelompokkan", soup.get_text(" "))
    assert sum(per) + (int(belum[1]) if belum else 0) == number(big(soup, "Kampung KB"))


def test_the_quality_page_lists_as_many_findings_as_it_counts(halaman: Pages) -> None:
    soup = halaman["laporan/lebak/2018/kualitas-data.html"]
    per = {r[0].split()[0] + r[1]: number(r[2]) for r in rows(soup, "catatan-jenis")}
    per.pop("K14info", None)
    assert Counter(r[1] + r[0] for r in rows(soup, "catatan")) == per
    assert rows(soup, "catatan-jenis") == rows(halaman[KABUPATEN], "catatan-jenis")


def test_the_parts_of_a_change_of_class_shares_add_up(halaman: Pages) -> None:
    def point(text: str) -> float:
        return float(text.replace("−", "-").replace("+", "").replace(",", "."))

    for r in rows(halaman["laporan/lebak/perkembangan.html"], "pecahan"):
        berubah, *bagian = (point(x) for x in r[3:])
        assert abs(berubah - sum(bagian)) < 0.21, r  # each is printed with one decimal
    assert [
        k for k in schema.CLASSES if k in {r[0] for r in rows(halaman["laporan/lebak/perkembangan.html"], "pecahan")}
    ]


def test_who_is_new_and_who_is_gone_is_named_beside_the_split(halaman: Pages, evaluasi: Evaluation) -> None:
    teks = " ".join(halaman["laporan/lebak/perkembangan.html"].get_text(" ").split())
    pesan = evaluasi.catatan_mutu.loc[evaluasi.catatan_mutu["kode"].eq("K18"), "pesan"]
    assert [p for p in pesan if p not in teks] == []
    assert "Maju Lestari Jaya (Sobang)" in teks.partition("Baru: ")[2].partition(". ")[0]
