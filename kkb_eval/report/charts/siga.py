"""The months of a kabupaten in SIGA: couples, users, unmet need and the poktan, small multiples over one time axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kkb_eval import text
from kkb_eval.report.charts import figure, scale
from kkb_eval.report.html import Fragment

Point = tuple[int, float]
"""A month, counted from year 0, and its value."""
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 240, 130, 6, 62, 30, 22


@dataclass(frozen=True)
class Line:
    """A panel: its name, its points in order, how a value is written, and whether each stays until the next one."""

    nama: str
    titik: Sequence[Point]
    persen: bool = True
    bertahan: bool = False

    def write(self, value: float) -> str:
        """A value as the panel shows it."""
        return text.percent(value) if self.persen else text.count(value)


def month_lines(lines: Sequence[Line], **teks: str) -> Fragment:
    """The panels side by side; a month without a value is a gap, and the first and the last value are written."""
    months = [month for line in lines for month, _ in line.titik]
    first, last = min(months), max(months)
    panels = [_panel(line, first, last) for line in lines]
    return figure(
        "siga.svg.j2",
        **teks,
        alt="; ".join(_told(line) for line in lines),
        lebar=_WIDTH,
        tinggi=_HEIGHT,
        kanan=_WIDTH - _RIGHT,
        kiri=_LEFT,
        dasar=_HEIGHT - _BOTTOM,
        awal=written(first),
        akhir=written(last),
        panel=panels,
    )


def written(month: int) -> str:
    """A month counted from year 0, short: "Jan 2024"."""
    return text.month(*year_and_month(month), short=True)


def year_and_month(month: int) -> tuple[int, int]:
    """The year and the number of a month that is counted from year 0."""
    return divmod(month - 1, 12)[0], (month - 1) % 12 + 1


def _told(line: Line) -> str:
    ends = [line.titik[0], *line.titik[1:][-1:]]
    return f"{line.nama}: " + ", ".join(f"{line.write(value)} {written(month)}" for month, value in ends)


def _panel(line: Line, first: int, last: int) -> dict[str, Any]:
    values = [value for _, value in line.titik]
    least, most = min(values), max(values)
    # a level line lies in the middle; small moves of a large number are not drawn as large ones
    room = max(most - least, 0.1 * most, 0.01 if line.persen else 1.0)
    middle = (least + most) / 2
    x = scale((first - 0.5, last + 0.5), (_LEFT, _WIDTH - _RIGHT))
    y = scale((middle - room / 2, middle + room / 2), (_HEIGHT - _BOTTOM - 8, _TOP + 6))
    dots = [
        {"x": x(month), "y": y(value), "teks": f"{written(month)}: {line.write(value)}", "bulan": month}
        for month, value in line.titik
    ]
    if line.bertahan:
        dots[-1]["sampai"] = f"H{x(last)}"
    return {
        "nama": line.nama,
        "titik": dots,
        "garis": [_path(part, stay=line.bertahan) for part in _parts(dots, stay=line.bertahan)],
        "nilai": line.write(values[-1]),
        "awal": line.write(values[0]) if len(values) > 1 else "",
        "y": dots[-1]["y"],
        "ujung": x(last) if line.bertahan else dots[-1]["x"],
    }


def _parts(dots: Sequence[dict[str, Any]], *, stay: bool) -> list[list[dict[str, Any]]]:
    """The dots in pieces that follow each other month by month."""
    parts: list[list[dict[str, Any]]] = []
    for dot in dots:
        if parts and (stay or dot["bulan"] == parts[-1][-1]["bulan"] + 1):
            parts[-1].append(dot)
        else:
            parts.append([dot])
    return parts


def _path(dots: Sequence[dict[str, Any]], *, stay: bool) -> str:
    first, *others = dots
    steps = [f"H{dot['x']}V{dot['y']}" if stay else f"L{dot['x']} {dot['y']}" for dot in others]
    return "".join([f"M{first['x']} {first['y']}", *steps, dots[-1].get("sampai", "")])
