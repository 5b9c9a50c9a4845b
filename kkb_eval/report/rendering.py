"""From an executed notebook to one self-contained HTML page.

Notebook cells return a ``Fragment`` (escaped HTML from our templates); nbconvert prints the outputs through the
template ``templates/kkb``, which adds the head, the contents and nothing from elsewhere.
"""

import base64
import copy
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import nbformat
from markupsafe import Markup
from nbconvert import HTMLExporter
from traitlets.config import Config

from kkb_eval.report import wording

TEMPLATES = Path(__file__).parent / "templates"
JUDUL_SITUS = "Evaluasi Kampung KB"


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
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "persen": wording.percent,
        "selang": wording.interval,
        "bilangan": wording.count,
        "desimal": wording.decimal,
        "tanggal": wording.tanggal,
        "slug": heading_id,
    }
    env.globals |= {"LABEL": wording.LABEL, "STATUS": wording.STATUS}
    return env


def render(template: str, **data: Any) -> Fragment:
    """The fragment that ``template`` (a file in ``templates/``) makes of plain data."""
    return Fragment(environment().get_template(template).render(**data))


def heading_id(text: str) -> str:
    """The anchor of a heading: letters and digits, joined by "-"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


@cache
def stylesheet() -> str:
    """All stylesheets, in the order of their file names."""
    return "\n".join(file.read_text("utf-8") for file in sorted((TEMPLATES / "css").glob("*.css")))


@cache
def script() -> str:
    """The page's only script: sort, filter, search, sticky contents."""
    return (TEMPLATES / "halaman.js").read_text("utf-8")


def policy() -> str:
    """Content-Security-Policy of every page: no network, and only our own script runs."""
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def page_frame() -> dict[str, Any]:
    """What the head of every page needs, notebook page or not."""
    return {"css": Markup(stylesheet()), "js": Markup(script()), "csp": policy(), "situs": JUDUL_SITUS}


def style() -> Fragment:
    """The stylesheet for a notebook open in JupyterLab: nested, so that it dresses our outputs and nothing else."""
    return Fragment(f"<style>.kkb {{ {stylesheet().replace(':root', '&')} }}</style>")


def to_html(nb: nbformat.NotebookNode) -> str:
    """The page of an executed notebook.

    The output of the cell tagged ``kepala`` becomes the page's head, the heading of every ``##`` markdown cell a
    section and an entry of the contents; code and cells tagged ``lab`` are left out. The notebook is not changed.
    """
    nb = copy.deepcopy(nb)
    head = "".join(_html_of(cell) for cell in nb.cells if "kepala" in cell.metadata.get("tags", []))
    title = re.search(r"<h1[^>]*>(.*?)</h1>", head, re.DOTALL)
    sections = [_section(cell) for cell in nb.cells if cell.cell_type == "markdown"]
    page = page_frame() | {
        "kepala": Markup(head),
        "judul": Markup(re.sub(r"<[^>]+>", "", title.group(1)).strip()) if title else JUDUL_SITUS,
        "isi": [s for s in sections if s],
    }
    body, _ = _exporter().from_notebook_node(nb, resources={"kkb": page})
    return str(body)


def _html_of(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))


def _section(cell: nbformat.NotebookNode) -> dict[str, str] | None:
    heading, _, rest = cell.source.partition("\n")
    if not heading.startswith("## "):
        return None
    text = heading.removeprefix("## ").strip()
    cell.metadata["bagian"] = {"id": heading_id(text), "judul": text}
    cell.source = rest.strip()
    return dict(cell.metadata["bagian"])


class _PageExporter(HTMLExporter):
    """HTMLExporter without its pass through BeautifulSoup: the page is printed as our templates wrote it."""

    def from_notebook_node(  # type: ignore[override]  # as HTMLExporter itself
        self, nb: nbformat.NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        page: tuple[str, dict[str, Any]] = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
        return page


@cache
def _exporter() -> _PageExporter:
    config = Config(
        HTMLExporter={"exclude_input": True, "exclude_input_prompt": True, "exclude_output_prompt": True},
        TagRemovePreprocessor={"enabled": True, "remove_cell_tags": ["kepala", "lab", "parameters"]},
    )
    return _PageExporter(  # type: ignore[no-untyped-call]
        config=config, template_name="kkb", extra_template_basedirs=[str(TEMPLATES)]
    )
