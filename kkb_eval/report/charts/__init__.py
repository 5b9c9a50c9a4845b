"""Chart families, one module each: a frame in, a figure with its alt text out.

``figure`` is the frame of them all: the title is the message, the alt text is made from the numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kkb_eval.report.html import Fragment, render

Scale = Callable[[float], float]


def scale(values: Sequence[float], places: Sequence[float]) -> Scale:
    """Where a value is drawn, between two places; beyond the ends of ``values`` at the end."""
    return lambda v: round(float(np.interp(v, values, places)), 1)


def figure(template: str, *, judul: str, alt: str, keterangan: str = "", sumber: str = "", **data: Any) -> Fragment:
    """The chart ``template`` inside a figure with its message as title, a line below it and its source.

    ``alt`` describes the numbers for a reader who does not see the chart; templates put it into the SVG.
    """
    isi = render(f"charts/{template}", **{"judul_svg": judul, "alt": alt} | data)
    return render("charts/figure.html.j2", judul=judul, keterangan=keterangan, sumber=sumber, isi=isi)
