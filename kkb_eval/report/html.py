"""Fragments of HTML from our templates, and what every page shares: style, script, policy, export by nbconvert."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from markupsafe import Markup, escape
from nbconvert import HTMLExporter
from traitlets.config import Config

from kkb_eval import text

TEMPLATES = Path(__file__).parent / "templates"
SITE_TITLE = "Evaluasi Kampung KB"
_FROM_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:[ .,'’-]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)
"""Words in a script that is written from the right."""
PAGE, SLIDES = "halaman.js", "paparan/paparan.js"
"""The scripts of pages and of slides."""


class Fragment:
    """A piece of a page; a notebook shows it, the page contains it."""

    def __init__(self, html: str) -> None:
        self.html = Markup(html)

    def __html__(self) -> str:
        return self.html

    def __add__(self, other: "Fragment") -> "Fragment":
        return Fragment(self.html + other.html)

    def _repr_html_(self) -> str:
        return f'<div class="kkb">{self.html}</div>'


@cache
def environment() -> jinja2.Environment:
    """The template environment: autoescaped, undefined names are errors, Indonesian number filters."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, TEMPLATES.parent]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "persen": text.percent,
        "selang": text.interval,
        "bilangan": text.count,
        "desimal": text.decimal,
        "tanggal": text.tanggal,
        "slug": heading_id,
        "utuh": unbroken,
        "penggal": hyphenated,
    }
    env.globals |= {"LABEL": text.LABELS, "STATUS": text.STATUS, "SAMPLE_BANNER": text.SAMPLE_BANNER}
    return env


def render(template: str, **data: Any) -> Fragment:
    """The fragment that ``template`` (a file in ``templates/``) makes of plain data."""
    return Fragment(environment().get_template(template).render(**data))


def nothing(teks: str) -> Fragment:
    """The line of a section that has nothing to show: why, and what would fill it."""
    return render("sections/nothing.html.j2", teks=teks)


def heading_id(text: str) -> str:
    """The anchor of a heading: letters and digits, joined by "-"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def unbroken(text: str) -> Markup:
    """A title whose short ends are not torn off at their hyphen: "PIK-R", "ber-KB"."""
    return Markup(re.sub(r"(?<=\w)-(?=\w{1,2}\b)", "\N{NON-BREAKING HYPHEN}", escape(text)))


def hyphenated(text: str) -> str:
    """A head of a narrow column whose long words may be broken between two syllables: "Kelemba-gaan"."""
    return re.sub(r"(\w{4,}[aiueo])(?=[^\Waiueo]\w{3})", "\\1\N{SOFT HYPHEN}", text)


def isolated(html: str) -> str:
    """A page in which a name written from the right moves none of what stands beside it.

    The number after "قرية" in "قرية (12,3 %)" would else be drawn on its left. Unicode's isolates work everywhere, also
    in attributes and in SVG, where ``bdi`` does not.
    """
    return _FROM_RIGHT.sub("\N{FIRST STRONG ISOLATE}\\g<0>\N{POP DIRECTIONAL ISOLATE}", html)


@cache
def stylesheet() -> str:
    """All stylesheets, in the order of their file names."""
    return "\n".join(file.read_text("utf-8") for file in sorted((TEMPLATES / "css").glob("*.css")))


@cache
def script(name: str = PAGE) -> str:
    """The only script of a page (sort, filter, search, sticky contents) or of the slides (keys, touch, full screen)."""
    return (TEMPLATES / name).read_text("utf-8")


def policy(name: str = PAGE) -> str:
    """Content-Security-Policy of every page: no network, and only our own script ``name`` runs."""
    digest = base64.b64encode(hashlib.sha256(script(name).encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def page_frame(name: str = PAGE) -> dict[str, Any]:
    """What the head of every page needs, notebook page or not; ``name`` is its script."""
    return {"css": Markup(stylesheet()), "js": Markup(script(name)), "csp": policy(name), "situs": SITE_TITLE}


def style() -> Fragment:
    """The stylesheet for a notebook open in JupyterLab: nested, so that it dresses our outputs and nothing else."""
    # JupyterLab sets every cell to the right
    left = "& table :is(th, td):not(.angka, .gt_right, .gt_center) { text-align: left; }"
    return Fragment(f"<style>.kkb {{ {left} {stylesheet().replace(':root', '&')} }}</style>")


def export(nb: nbformat.NotebookNode, template: str, page: dict[str, Any]) -> str:
    """A notebook printed by one of our nbconvert templates, which sees ``page`` as ``resources.kkb``."""
    body, _ = _exporter(template).from_notebook_node(nb, resources={"kkb": page})
    return isolated(body)


def title_of(head: str) -> Markup | str:
    """The text of a head's ``h1``."""
    title = re.search(r"<h1[^>]*>(.*?)</h1>", head, re.DOTALL)
    return Markup(re.sub(r"<[^>]+>", "", title.group(1)).strip()) if title else SITE_TITLE


def html_of(cell: nbformat.NotebookNode) -> str:
    """What a cell shows, as HTML."""
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))


class _PageExporter(HTMLExporter):
    """HTMLExporter without its pass through BeautifulSoup: the page is printed as our templates wrote it."""

    def from_notebook_node(  # type: ignore[override]  # as HTMLExporter itself
        self, nb: nbformat.NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        page: tuple[str, dict[str, Any]] = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
        return page


@cache
def _exporter(template: str) -> _PageExporter:
    # the head of slides is a slide
    left_out = ["lab", "parameters", *(["kepala"] if template == "kkb" else [])]
    config = Config(
        HTMLExporter={
            "exclude_input": True,
            "exclude_input_prompt": True,
            "exclude_output_prompt": True,
            "optimistic_validation": True,  # once, not after each of its eleven steps
        },
        TagRemovePreprocessor={"enabled": True, "remove_cell_tags": left_out},
    )
    return _PageExporter(  # type: ignore[no-untyped-call]
        config=config, template_name=template, extra_template_basedirs=[str(TEMPLATES)]
    )
