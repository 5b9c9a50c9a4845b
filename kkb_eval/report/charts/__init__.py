"""Chart families, one module each: a frame in, a figure with its alt text out.

``figure`` is the frame of them all: the title is the message, the alt text is made from the numbers.
"""

from typing import Any

from kkb_eval.report.rendering import Fragment, render


def figure(template: str, *, judul: str, alt: str, keterangan: str = "", sumber: str = "", **data: Any) -> Fragment:
    """The chart ``template`` inside a figure with its message as title, a line below it and its source.

    ``alt`` describes the numbers for a reader who does not see the chart; templates put it into the SVG.
    """
    isi = render(f"charts/{template}", alt=alt, **data)
    return render("charts/figur.html.j2", judul=judul, keterangan=keterangan, sumber=sumber, isi=isi)
