"""From outputs of a notebook to one page: escaped, with contents, with nothing that does not belong into it."""

import base64
import hashlib

import jinja2
import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kkb_eval.report import html
from kkb_eval.report.html import Fragment, heading_id, isolated, render
from kkb_eval.report.page import to_html


def shown(html: str) -> nbformat.NotebookNode:
    return new_output("execute_result", {"text/html": html, "text/plain": "<Fragment>"}, execution_count=1)


def cell(source: str, *tags: str, html: str = "") -> nbformat.NotebookNode:
    return new_code_cell(
        source, id="c-" + heading_id(source), metadata={"tags": list(tags)}, outputs=[shown(html)] if html else []
    )


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    """A small report as it is after its run."""
    cells = [
        cell("year: int = 2018", "parameters"),
        cell("rendering.style()", "lab", html="<style>.khusus-lab {}</style>"),
        cell("sections.head()", "kepala", html="<h1>Kecamatan <b>Maja</b>, 2018</h1>"),
        new_markdown_cell("## Cakupan & mutu\nSatu kalimat *penting*.", id="m1"),
        cell("sections.coverage(rahasia)", html='<div class="kkb"><p>84 &amp; 9</p></div>'),
        new_markdown_cell("## Metode", id="m2"),
        cell("sections.method()", html="<p id=akhir>selesai</p>"),
    ]
    return new_notebook(cells=cells)


def test_a_fragment_is_shown_in_a_notebook_and_is_not_escaped_again_in_a_template() -> None:
    fragment = Fragment("<p>a</p>") + Fragment("<p>b</p>")
    assert fragment._repr_html_() == '<div class="kkb"><p>a</p><p>b</p></div>'
    assert str(render("sections/fold.html.j2", judul="<i>", isi=fragment).html) == (
        '<details class="lipat"><summary>&lt;i&gt;</summary><p>a</p><p>b</p></details>'
    )


def test_data_in_a_template_are_escaped() -> None:
    assert str(render("sections/nothing.html.j2", teks='<script>"&').html) == (
        '<p class="tanpa-isi">&lt;script&gt;&#34;&amp;</p>'
    )


def test_a_name_that_a_template_does_not_know_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="'teks' is undefined"):
        render("sections/nothing.html.j2")


def test_an_anchor_has_letters_and_digits_only() -> None:
    assert [heading_id("Siapa yang melapor dan seberapa mutakhir datanya"), heading_id("  Rp 1.000 ")] == [
        "siapa-yang-melapor-dan-seberapa-mutakhir-datanya",
        "rp-1-000",
    ]


def test_the_policy_carries_the_hash_of_the_script_as_it_stands_in_the_page(notebook: nbformat.NotebookNode) -> None:
    soup = BeautifulSoup(to_html(notebook), "html.parser")
    digest = base64.b64encode(hashlib.sha256(soup.script.get_text().encode()).digest()).decode()
    assert soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"] == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_page_has_the_outputs_and_neither_code_nor_what_is_for_the_lab(notebook: nbformat.NotebookNode) -> None:
    html = to_html(notebook)
    assert [
        word for word in ("year: int", "rahasia", "sections.", "In [", "khusus-lab", "&lt;Fragment") if word in html
    ] == []
    assert '<div class="kkb"><p>84 &amp; 9</p></div>' in html


def test_the_head_becomes_the_pages_head_and_its_title_without_tags(notebook: nbformat.NotebookNode) -> None:
    soup = BeautifulSoup(to_html(notebook), "html.parser")
    assert soup.title.get_text() == "Kecamatan Maja, 2018 · Evaluasi Kampung KB"
    assert [h1.parent.name for h1 in soup.find_all("h1")] == ["header"]


def test_headings_become_sections_and_contents(notebook: nbformat.NotebookNode) -> None:
    soup = BeautifulSoup(to_html(notebook), "html.parser")
    assert [(a["href"], a.get_text()) for a in soup.select(".daftar-isi a")] == [
        ("#cakupan-mutu", "Cakupan & mutu"),
        ("#metode", "Metode"),
    ]
    assert [(s["id"], s["aria-labelledby"]) for s in soup.select("main > section")] == [
        ("cakupan-mutu", "h-cakupan-mutu"),
        ("metode", "h-metode"),
    ]
    assert soup.select("#cakupan-mutu .pengantar")[0].get_text().strip() == "Satu kalimat penting."
    assert soup.select("#metode #akhir")


def test_a_heading_is_escaped() -> None:
    nb = new_notebook(cells=[new_markdown_cell("## <img src=x> & co", id="m")])
    soup = BeautifulSoup(to_html(nb), "html.parser")
    assert (soup.find("img"), soup.h2.get_text()) == (None, "<img src=x> & co")


def test_outputs_are_printed_as_they_are_and_not_written_anew_by_a_parser(notebook: nbformat.NotebookNode) -> None:
    # BeautifulSoup would quote the attribute, nbconvert's own exporter passes every page through it
    assert "<p id=akhir>selesai</p>" in to_html(notebook)


def test_text_and_errors_of_a_cell_are_escaped() -> None:
    outputs = [
        new_output("stream", name="stdout", text="<b>1</b>"),
        new_output("execute_result", {"text/plain": "<i>2</i>"}, execution_count=1),
        new_output("error", ename="KkbError", evalue="<u>3</u>", traceback=[]),
    ]
    soup = BeautifulSoup(to_html(new_notebook(cells=[new_code_cell("x", id="c", outputs=outputs)])), "html.parser")
    assert [pre.get_text() for pre in soup.select("main pre")] == ["<b>1</b>", "<i>2</i>", "KkbError: <u>3</u>"]


def test_the_notebook_stays_as_it_was(notebook: nbformat.NotebookNode) -> None:
    before = nbformat.writes(notebook)
    first = to_html(notebook)
    assert nbformat.writes(notebook) == before
    assert to_html(notebook) == first


def test_the_stylesheet_in_jupyterlab_dresses_our_outputs_only() -> None:
    css = str(html.style().html)
    assert css.startswith("<style>.kkb { ") and css.endswith(" }</style>")
    assert ":root" not in css


def test_a_name_from_the_right_is_isolated_in_text_attributes_and_figures_and_nothing_else_changes() -> None:
    html = '<td title="قرية الأسرة: 7">قرية الأسرة (12,3 %), قرية</td><text>قرية 3</text>'
    assert isolated(html) == (
        '<td title="\u2068قرية الأسرة\u2069: 7">\u2068قرية الأسرة\u2069 (12,3 %), \u2068قرية\u2069</td>'
        "<text>\u2068قرية\u2069 3</text>"
    )
    assert isolated("<b>Maja △ – 1.234,5 %</b>") == "<b>Maja △ – 1.234,5 %</b>"


def test_titles_keep_short_ends_at_their_hyphen_and_names_stay_escaped() -> None:
    assert html.unbroken("PIK-R, ber-KB dan unmet need-nya & <b>") == (
        "PIK\u2011R, ber\u2011KB dan unmet need-nya &amp; &lt;b&gt;"
    )


def test_long_words_in_a_narrow_head_may_be_broken_between_syllables() -> None:
    heads = [html.hyphenated(word) for word in ("Kelembagaan", "Operasional", "Unmet need", "PIK-R")]
    assert heads == ["Kelemba\u00adgaan", "Opera\u00adsional", "Unmet need", "PIK-R"]
