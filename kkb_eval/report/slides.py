"""From an executed notebook to slides, by Jupyter's own slideshow metadata (``cell.metadata.slideshow.slide_type``).

``slide`` begins a slide, ``fragment`` appears one step later, ``notes`` are the speaker's, ``skip`` is left out; any
other cell belongs to the slide before it. A slide's name is the "##" heading it begins with; its message is the title
of the figure that its cell shows. A slide whose cells show nothing is left out.
"""

import copy
import re
from typing import Any

import nbformat
from markupsafe import Markup

from kkb_eval.report import html

LEFT_OUT = {"lab", "parameters"}


def has_slides(nb: nbformat.NotebookNode) -> bool:
    """Whether a notebook is one of slides."""
    return any(_type(cell) == "slide" for cell in nb.cells)


def to_slides(nb: nbformat.NotebookNode) -> str:
    """The slides of an executed notebook as one page. The notebook is not changed.

    The cell tagged ``kepala`` is the first slide; the banner that it may show is on every other one too.
    """
    nb = copy.deepcopy(nb)
    slides = [cells for cells in _grouped(nb) if any(_shows(cell) for cell in cells)]
    nb.cells = [cell for cells in slides for cell in cells]
    head = "".join(html.html_of(cell) for cell in nb.cells if "kepala" in cell.metadata.get("tags", []))
    banner = re.search(r'<p class="spanduk">.*?</p>', head)
    contents = [_mark(cells, number) for number, cells in enumerate(slides, 1)]
    page = html.page_frame(html.SLIDES) | {
        "judul": html.title_of(head),
        "spanduk": Markup(banner.group(0)) if banner else "",
        "salindia": contents,
    }
    page["css"] += Markup((html.TEMPLATES / "paparan" / "paparan.css").read_text("utf-8"))
    return html.export(nb, "paparan", page)


def _type(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("slideshow", {}).get("slide_type", ""))


def _grouped(nb: nbformat.NotebookNode) -> list[list[nbformat.NotebookNode]]:
    """The cells of each slide; what stands before the first one is set-up and shown nowhere."""
    slides: list[list[nbformat.NotebookNode]] = []
    for cell in nb.cells:
        if _type(cell) == "skip" or LEFT_OUT & set(cell.metadata.get("tags", [])):
            continue
        if _type(cell) == "slide":
            slides.append([])
        if slides:
            slides[-1].append(cell)
    return slides


def _shows(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell has something for the audience: a heading alone and the speaker's notes are nothing."""
    if _type(cell) == "notes":
        return False
    if cell.cell_type == "markdown":
        return bool(re.sub(r"^##? .*", "", cell.source).strip())
    if not cell.get("outputs"):
        return False
    shown = html.html_of(cell)
    return shown not in ("", html.Fragment("")._repr_html_())


def _mark(cells: list[nbformat.NotebookNode], number: int) -> dict[str, Any]:
    """Tell the template where the slide begins and ends; titles of figures become the slide's heading."""
    heading, _, rest = cells[0].source.partition("\n")
    name = "Awal"
    if cells[0].cell_type == "markdown" and heading.startswith("## "):
        name, cells[0].source = heading.removeprefix("## ").strip(), rest.strip()
    entry = {"id": html.heading_id(name), "judul": name, "nomor": number}
    for cell in cells:
        cell.metadata["salindia"] = {"gaya": _type(cell)}
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output["data"]["text/html"] = re.sub(r"<(/?)h3\b", r"<\1h2", output["data"]["text/html"])
    cells[0].metadata["salindia"] |= {"awal": True, **entry}
    cells[-1].metadata["salindia"]["akhir"] = True
    return entry
