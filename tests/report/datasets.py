"""Small datasets at the edge of what an office can have, from the exports of data/contoh, and their pages."""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from kkb_eval import Evaluation, open_evaluation, store
from kkb_eval.report import sections
from kkb_eval.report.html import Fragment
from kkb_eval.report.kinds import ours

HARI = "2018-10-15"
AWAL = 6
"""The columns No, Kampung KB, Provinsi … Desa come before the numbers."""


def export(jenis: str) -> pd.DataFrame:
    """The export of data/contoh of 2018 as the portal gives it, each Kampung KB once, in the order of their names."""
    path = store.ROOT / "data/contoh/ekspor" / f"{jenis}-{HARI}.xlsx"
    frame = pd.read_excel(path, engine="calamine")
    nama = list(frame.columns[1:AWAL])
    return frame.drop_duplicates(nama).sort_values(nama, ignore_index=True)


def without_numbers(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The export with these columns blank, all numbers without a name."""
    return frame.assign(**dict.fromkeys(columns or frame.columns[AWAL:], float("nan")))


def identical(frame: pd.DataFrame) -> pd.DataFrame:
    """The export with the numbers of its fourth row in every row."""
    return frame.assign(**{column: frame[column].iat[3] for column in frame.columns[AWAL:]})


def write(folder: Path, day: str = HARI, **frames: pd.DataFrame) -> Path:
    """A dataset of these exports (``rekap``, ``klasifikasi``) and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for jenis, frame in frames.items():
        frame.to_csv(folder / f"{jenis}_{day}.csv", index=False)
    return folder


def evaluate(folder: Path, year: int = 2018) -> Evaluation:
    return open_evaluation(folder, year, out=folder / "outputs").for_kabupaten()


def calls(notebook: str) -> list[str]:
    """The section calls of a notebook, as they stand in its cells."""
    nb = json.loads((store.ROOT / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in nb["cells"] if cell["cell_type"] == "code"]
    return [source for source in sources if source.startswith("sections.")]


def page(notebook: str, **names: Any) -> dict[str, str]:
    """The HTML of every section that a notebook shows, by its call; ``names`` are what its cells refer to."""
    out: dict[str, str] = {}
    for call in calls(notebook):
        fragment = eval(call, {"sections": sections, **names})
        assert isinstance(fragment, Fragment), call
        out[call] = str(fragment.html)
    return out


def pages(evaluasi: Evaluation) -> dict[str, str]:
    """The HTML of every section of every kind of page of a year, the kecamatan page of its first kecamatan."""
    first = evaluasi.for_kecamatan(sorted(evaluasi.kampung["kecamatan"])[0])
    names: dict[str, Any] = {
        "kabupaten": {"evaluasi": evaluasi},
        "kecamatan": {"evaluasi": first},
        "semua tahun": {"tahun": (evaluasi,)},
    }
    notebooks = {kind.notebook.stem: names[kind.per] for kind in ours().values() if kind.notebook}
    return {f"{nb}: {call}": html for nb, given in notebooks.items() for call, html in page(nb, **given).items()}


def text(html: str) -> str:
    """What a reader sees of a piece of a page, in one line."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup(["style", "script"]):
        tag.decompose()
    return re.sub(r"\s+", " ", soup.get_text(" ")).strip()
