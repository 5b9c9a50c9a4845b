"""Tables as great_tables makes them, with our numbers and dress: no styles of their own, a caption, a frame."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from great_tables import GT
from markupsafe import Markup, escape

from kkb_eval.report.html import Fragment
from kkb_eval.text import count, decimal, percent, signed


def table(
    frame: pd.DataFrame,
    *,
    id: str,
    judul: str,
    stub: str,
    kolom: dict[str, str],
    bilangan: Sequence[str] = (),
    persen: Sequence[str] = (),
    desimal: Sequence[str] = (),
    poin: Sequence[str] = (),
    kosong: str = "–",
    sumber: str = "",
    urut: bool = False,
) -> Fragment:
    """``frame`` as a table with the row heads ``stub``; ``kolom`` maps the columns shown to their titles.

    ``bilangan`` are whole numbers, ``desimal`` shows two decimals, ``poin`` one with its sign, ``persen`` are
    proportions. Text is escaped, and what is missing reads ``kosong``. With ``urut`` a reader can sort by any column.
    """
    gt = GT(frame[list(kolom)], rowname_col=stub, id=id).tab_stubhead(kolom[stub])
    gt = gt.cols_label({c: judul_kolom for c, judul_kolom in kolom.items() if c != stub})
    shapes: list[tuple[Callable[[float], str], Sequence[str]]] = [
        (count, bilangan),
        (lambda n: decimal(n, 2), desimal),
        (signed, poin),
        (percent, persen),
    ]
    for shape, columns in shapes:
        for c in columns:
            # great_tables' own fmt_number reads its list of locales anew for every column; Babel knows them
            gt = gt.fmt(shape, columns=[c], rows=np.flatnonzero(frame[c].notna()).tolist())
    gt = gt.sub_missing(missing_text=kosong)
    if sumber:
        gt = gt.tab_source_note(sumber)
    return _dressed(gt.as_raw_html(), id=id, judul=judul, urut=urut)


def _dressed(html: str, *, id: str, judul: str, urut: bool) -> Fragment:
    """The bare table in a frame that scrolls; great_tables gives each 9 KB of styles, the page has its own."""
    body = html[html.index("<table") : html.rindex("</table>")]
    body = re.sub(r' (?:headers|data-quarto-[a-z-]+)="[^"]*"', "", body)
    head = f'<table class="gt_table{" urut" if urut else ""}" id="{id}"><caption>{escape(judul)}</caption>'
    body = re.sub(r"<table[^>]*>", lambda _: head, body, count=1)
    frame = f'<div class="bingkai" tabindex="0" role="region" aria-label="{escape(judul)}">{body}</table></div>'
    return Fragment(Markup(frame))
