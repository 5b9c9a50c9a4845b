"""From an executed notebook to one self-contained HTML page.

Notebook cells return a ``Fragment`` (escaped HTML from our templates); nbconvert prints the outputs through the
template ``templates/kkb``, which adds the head, the contents and nothing from elsewhere. A notebook whose cells carry
Jupyter's slideshow metadata becomes slides, through ``templates/paparan``.
"""

import copy

import nbformat
from markupsafe import Markup

from kkb_eval.report import html, slides


def to_html(nb: nbformat.NotebookNode) -> str:
    """The page of an executed notebook.

    The output of the cell tagged ``kepala`` becomes the page's head, the heading of every ``##`` markdown cell a
    section and an entry of the contents; code and cells tagged ``lab`` are left out. The notebook is not changed.
    One with slides is left to ``slides.to_slides``.
    """
    if slides.has_slides(nb):
        return slides.to_slides(nb)
    nb = copy.copy(nb)
    nb.cells = [copy.deepcopy(cell) if cell.cell_type == "markdown" else cell for cell in nb.cells]
    head = "".join(html.html_of(cell) for cell in nb.cells if "kepala" in cell.metadata.get("tags", []))
    sections = [_section(cell) for cell in nb.cells if cell.cell_type == "markdown"]
    page = html.page_frame() | {
        "kepala": Markup(head),
        "judul": html.title_of(head),
        "isi": [s for s in sections if s],
    }
    return html.export(nb, "kkb", page)


def _section(cell: nbformat.NotebookNode) -> dict[str, str] | None:
    heading, _, rest = cell.source.partition("\n")
    if not heading.startswith("## "):
        return None
    text = heading.removeprefix("## ").strip()
    cell.metadata["bagian"] = {"id": html.heading_id(text), "judul": text}
    cell.source = rest.strip()
    return dict(cell.metadata["bagian"])
