"""The index: every page linked, failures shown as failures, many kabupaten on pages of their own."""

from dataclasses import replace
from pathlib import Path

from bs4 import BeautifulSoup

from kkb_eval import Evaluation
from kkb_eval.report import index
from kkb_eval.report.index import Page

from .evaluations import evaluation, kampung

FOLDER = "laporan/lebak/2023"
HALAMAN = [
    Page("kabupaten", 2023, "Lebak", None, f"{FOLDER}/kabupaten.html"),
    Page("kualitas-data", 2023, "Lebak", None, f"{FOLDER}/kualitas-data.html"),
    Page("kecamatan", 2023, "Lebak", "Sajira", f"{FOLDER}/kecamatan/sajira.html", "In [5]: ValueError: <b>PUS</b>"),
    Page("kecamatan", 2023, "Lebak", "Maja", f"{FOLDER}/kecamatan/maja.html"),
    Page("perkembangan", None, "Lebak", None, "laporan/lebak/perkembangan.html"),
]
ISI = (
    {"kampung": "Rasamala"},
    {"kampung": "Aren", "klasifikasi": "Mandiri", "lapor_kb": False},
    {"kecamatan": "Sajira"},
)


def year(nama: str = "Lebak", tahun: int = 2023, *rows: dict[str, object]) -> Evaluation:
    slug = nama.lower().replace(" ", "-")
    isi = kampung(*({"kabupaten": nama} | row for row in (rows or ISI)))
    manifest = {"kabupaten": {nama: {"slug": slug}}, "sintetis": True, "judul": "Evaluasi <i>"}
    return replace(evaluation(isi, manifest=manifest), tahun=tahun)


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def links(page: BeautifulSoup) -> list[tuple[str, str]]:
    return [(a.get_text(), str(a["href"])) for a in page.select("main a")]


def test_every_page_is_linked_and_one_that_failed_is_not(tmp_path: Path) -> None:
    target = index.write(tmp_path, HALAMAN, [year()])
    assert target == tmp_path / "index.html"
    assert links(soup(target)) == [
        ("Perkembangan antartahun", "laporan/lebak/perkembangan.html"),
        ("Evaluasi Kabupaten Lebak 2023", f"{FOLDER}/kabupaten.html"),
        ("Kualitas data Kabupaten Lebak 2023", f"{FOLDER}/kualitas-data.html"),
        ("Maja", f"{FOLDER}/kecamatan/maja.html"),
    ]


def test_the_evaluation_comes_first_and_the_minutes_last_whatever_their_files_are_called(tmp_path: Path) -> None:
    kinds = ("berita-acara", "paparan", "kualitas-data", "kabupaten")
    pages = [index.Page(jenis, 2023, "Lebak", None, f"{FOLDER}/{jenis}.html") for jenis in kinds]
    page = soup(index.write(tmp_path, pages, [year()]))
    assert [text.removesuffix(" Kabupaten Lebak 2023") for text, _ in links(page)] == [
        "Evaluasi",
        "Kualitas data",
        "Paparan",
        "Berita acara (Word)",
    ]


def test_a_failure_is_told_with_its_reason_escaped(tmp_path: Path) -> None:
    page = soup(index.write(tmp_path, HALAMAN, [year()]))
    (gagal,) = page.select("section.gagal")
    assert gagal.get_text("|", strip=True) == (
        "1 laporan gagal dibuat|Sajira 2023 (kecamatan)|In [5]: ValueError: <b>PUS</b>"
    )
    assert [tr.th.get_text("|", strip=True) for tr in page.select("tbody tr")] == [
        "Maja|Aren, Rasamala",
        "Sajira (gagal)|Kampung C",
    ]  # type: ignore[union-attr]
    assert "4 laporan" in page.header.get_text()  # type: ignore[union-attr]


def test_without_a_failure_nothing_is_said_of_failures(tmp_path: Path) -> None:
    assert soup(index.write(tmp_path, HALAMAN[:2], [year()])).select(".gagal") == []


def test_a_row_has_the_classes_the_number_and_those_that_reported(tmp_path: Path) -> None:
    row = soup(index.write(tmp_path, HALAMAN, [year()])).select("tbody tr")[0]
    assert row.select_one("[role=img]")["aria-label"] == "1 Dasar, 1 Mandiri"  # type: ignore[index]
    assert [td.get_text() for td in row.select("td.angka")] == ["2", "1"]


def test_the_last_year_comes_first_and_is_open(tmp_path: Path) -> None:
    lama = [replace(p, tahun=2022, alamat=p.alamat.replace("2023", "2022")) for p in HALAMAN if p.tahun]
    page = soup(index.write(tmp_path, [*lama, *HALAMAN], [year(tahun=2022), year()]))
    assert [h3.get_text() for h3 in page.select("#daftar h3")] == ["2023", "2022"]
    assert [d.has_attr("open") for d in page.select("details.tahun")] == [True, False]


def test_the_search_box_covers_every_row_and_the_title_is_escaped(tmp_path: Path) -> None:
    page = soup(index.write(tmp_path, HALAMAN, [year()]))
    box = page.select_one("[data-cari]")
    assert box is not None
    found = page.find(id=str(box["data-cari"])).select(str(box["data-butir"]))  # type: ignore[union-attr]
    assert len(found) == 4
    assert page.h1.get_text() == "Evaluasi <i>"  # type: ignore[union-attr]
    assert page.select_one(".spanduk").get_text() == "DATA CONTOH – BUKAN DATA SEBENARNYA"  # type: ignore[union-attr]


def test_with_many_kabupaten_each_has_an_index_that_links_back(tmp_path: Path) -> None:
    nama = ["Lebak", "Serang", "Tangerang", "Kota Serang"]
    pages = [
        Page("kabupaten", 2023, n, None, f"laporan/{n.lower().replace(' ', '-')}/2023/kabupaten.html") for n in nama
    ]
    target = index.write(tmp_path, pages, [year(n) for n in nama])
    assert links(soup(target)) == [
        ("Kota Serang", "laporan/kota-serang/index.html"),
        ("Kabupaten Lebak", "laporan/lebak/index.html"),
        ("Kabupaten Serang", "laporan/serang/index.html"),
        ("Kabupaten Tangerang", "laporan/tangerang/index.html"),
    ]
    own = soup(tmp_path / "laporan/kota-serang/index.html")
    assert links(own) == [("Evaluasi Kota Serang 2023", "../../laporan/kota-serang/2023/kabupaten.html")]
    assert own.header.a["href"] == "../../index.html"  # type: ignore[union-attr, index]


def test_an_index_of_nothing_is_a_page(tmp_path: Path) -> None:
    assert "0 laporan" in soup(index.write(tmp_path, [], [])).header.get_text()  # type: ignore[union-attr]


def test_two_indices_of_the_same_pages_are_the_same_bytes(tmp_path: Path) -> None:
    first = index.write(tmp_path / "a", HALAMAN, [year()]).read_bytes()
    assert index.write(tmp_path / "b", HALAMAN, [year()]).read_bytes() == first
