"""The figures that seaborn and matplotlib draw: strips with intervals, the map of members, lines over years."""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from matplotlib.ticker import MaxNLocator

from kkb_eval.report.charts import figure, palette
from kkb_eval.report.html import Fragment
from kkb_eval.report.names import each
from kkb_eval.text import LABELS, percent

_GOLDEN = 0.618034
"""The golden section: its multiples modulo 1 fill the unit interval evenly."""
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "kkb_eval",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.edgecolor": palette.HAIRLINE,
    "axes.labelcolor": palette.MUTED,
    "xtick.color": palette.MUTED,
    "ytick.color": palette.MUTED,
    "text.color": palette.INK,
}


def svg_figure(
    draw: Callable[[Figure], None], size: tuple[float, float], *, judul: str, alt: str, **teks: str
) -> Fragment:
    """A figure of ``size`` inches that ``draw`` fills, as inline SVG with real text, title and description.

    Two runs give the same bytes: fixed hash salt, no date.
    """
    with mpl.rc_context(_STYLE), sns.axes_style("white", rc=_STYLE):
        fig = Figure(figsize=size, layout="constrained")
        draw(fig)
        buffer = io.StringIO()
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = _compact(buffer.getvalue())
    head, _, body = svg.partition(">")
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    svg = f'{head} class="gambar" role="img"><title>{escape(judul)}</title><desc>{escape(alt)}</desc>{body}'
    return figure("statistical.html.j2", judul=judul, alt=alt, svg=Markup(svg), **teks)


def _compact(svg: str) -> str:
    """The same picture in a third of matplotlib's bytes: short numbers, no metadata, repeated styles as classes."""
    svg = svg[svg.index("<svg") :]
    # group ids ("axes_1") repeat from figure to figure; nothing refers to them
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"\d+\.\d{2,}", lambda n: f"{float(n.group()):.1f}".removesuffix(".0"), svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    svg = re.sub(r">\s+<", "><", svg)
    svg = re.sub(r' d="([^"]*)"', _short_path, svg)
    often = [style for style, n in Counter(re.findall(r' style="([^"]*)"', svg)).items() if n > 20]
    names = {style: f"m{hashlib.sha256(style.encode()).hexdigest()[:6]}" for style in often}
    for style, name in names.items():
        svg = svg.replace(f' style="{style}"', f' class="{name}"')
    # dots of a colour that follow each other as one group, by names as short as they can be
    svg = re.sub(r'(?:<use [^>]* class="(\w+)"/>)(?:<use [^>]* class="\1"/>)+', _grouped, svg)
    svg = re.sub(r"\b[A-Z]\d+_\d+_([0-9a-f]{10})\b", lambda n: f"t{n[1][:6]}", svg.replace("xlink:href", "href"))
    # stronger than the page's own rule for the text of figures, as the style attribute was
    rules = "".join(f"svg.gambar .{name}{{{style}}}" for style, name in names.items())
    return svg.replace("<defs>", f"<defs><style>{rules}</style>", 1) if rules else svg


def _short_path(path: re.Match[str]) -> str:
    """Without blanks around the letters, and level lines by their end alone."""
    d = re.sub(r"\s*([A-Za-z])\s*", r"\1", path[1].strip())
    d = re.sub(r"M([\d.]+ ([\d.]+))L([\d.]+) \2(?=M|$)", r"M\1H\3", d)
    return f' d="{d}"'


def _grouped(dots: re.Match[str]) -> str:
    return f'<g class="{dots[1]}">' + dots[0].replace(f' class="{dots[1]}"', "") + "</g>"


def strips(
    indikator: pd.DataFrame, wilayah: pd.DataFrame, katalog: pd.DataFrame, *, judul: str, **teks: str
) -> Fragment:
    """One strip an indicator: every Kampung KB as a dot in its label's colour, the kabupaten's value as a line."""
    data = indikator[indikator["status"].eq("terisi") & indikator["label"].notna()]
    sampel = katalog[katalog["kode"].isin(data["indikator"])]
    data = data.assign(persen=100 * data["nilai"], nama=data["indikator"].map(sampel.set_index("kode")["singkat"]))
    acuan = wilayah.set_index("indikator")["nilai"]
    urutan = sampel["singkat"].tolist()

    # spread evenly, not at random: two builds draw the same picture
    tinggi = data["nama"].map(urutan.index) + 0.6 * ((data.groupby("nama").cumcount() * _GOLDEN) % 1 - 0.5)
    # what is out of the ordinary is drawn last, on top; dots of a colour together are a third of the bytes
    urut = data["label"].map(list(LABELS).index).sub(list(LABELS).index("serupa")).abs()
    data = data.assign(tinggi=tinggi.astype(float), urut=urut).sort_values(["urut", "label"], kind="stable")

    def draw(fig: Figure) -> None:
        ax = fig.subplots()
        for label, rows in data.groupby("label"):
            # all intervals of a colour as one line with gaps: a path each would double the page
            ujung = np.column_stack([100 * rows["bawah95_isi"], 100 * rows["atas95_isi"], np.full(len(rows), np.nan)])
            ax.plot(
                ujung.ravel(), rows["tinggi"].repeat(3), color=palette.LABELS[str(label)], linewidth=0.7, alpha=0.45
            )
        sns.scatterplot(
            data, x="persen", y="tinggi", hue="label", palette=palette.LABELS, s=20, legend=False, ax=ax, linewidth=0.3,
            edgecolor="white", clip_on=False,
        )  # fmt: skip
        for i, row in enumerate(each(sampel)):
            ax.plot([100 * acuan[row.kode]] * 2, [i - 0.4, i + 0.4], color=palette.INK, linewidth=1.8)
            ax.annotate(
                percent(acuan[row.kode]), (100 * acuan[row.kode], i - 0.42), ha="center", va="bottom", fontsize=8
            )
        ax.set(xlabel="persen", ylabel="", yticks=range(len(urutan)), ylim=(len(urutan) - 0.5, -0.8))
        ax.set_yticklabels(urutan)
        ax.set_xlim(-2, max(60, min(102, float(data["persen"].max()) + 3)))

    jumlah = data.groupby("indikator")["label"].apply(lambda label: label.str.startswith("kurang").sum())
    alt = "; ".join(
        f"{row.singkat}: gabungan {percent(acuan[row.kode])}, {jumlah.get(row.kode, 0)} Kampung KB kurang baik"
        for row in each(sampel)
    )
    return svg_figure(draw, (9.2, 0.62 * len(urutan) + 0.6), judul=judul, alt=alt, **teks)


def member_map(anggota: pd.DataFrame, nama: dict[int, str], *, judul: str, **teks: str) -> Fragment:
    """Members on the first two principal axes (``x, y, tipe``), with an ellipse of two standard deviations a type."""

    def draw(fig: Figure) -> None:
        ax = fig.subplots()
        for tipe in sorted(nama):
            isi = anggota[anggota["tipe"].eq(tipe)]
            warna = palette.TIPE[tipe - 1]
            ax.scatter(isi["x"], isi["y"], s=26, color=warna, edgecolor="white", linewidth=0.5)
            ax.annotate(f"{tipe}", (isi["x"].mean(), isi["y"].mean()), ha="center", va="center", weight="bold",
                        color="white", bbox={"boxstyle": "circle", "fc": warna, "ec": "white"})  # fmt: skip
            if len(isi) > 2:
                ax.add_patch(_ellipse(isi[["x", "y"]].to_numpy(), warna))
        ax.set(xlabel="sumbu utama 1", ylabel="sumbu utama 2", xticks=[], yticks=[])
        ax.set_aspect("equal", "datalim")

    jumlah = anggota["tipe"].value_counts()
    alt = "; ".join(f"tipe {t} ({kata}): {jumlah.get(t, 0)} Kampung KB" for t, kata in sorted(nama.items()))
    return svg_figure(draw, (7.6, 4.6), judul=judul, alt=alt, **teks)


def _ellipse(points: np.ndarray[Any, np.dtype[np.float64]], warna: str) -> Ellipse:
    values, vectors = np.linalg.eigh(np.cov(points.T))
    width, height = 4 * np.sqrt(np.maximum(values[::-1], 1e-9))
    angle = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    return Ellipse(tuple(points.mean(axis=0)), width, height, angle=angle, facecolor=warna, edgecolor=warna, alpha=0.13)


def year_lines(wilayah: pd.DataFrame, katalog: pd.DataFrame, *, putus: list[int], judul: str, **teks: str) -> Fragment:
    """Small multiples: the pooled value of each indicator over the years with the range of the silent ones.

    ``wilayah``: ``tahun, indikator, nilai, bawah_diam, atas_diam``; ``putus``: years at which a break in
    comparability begins, drawn as a dashed line.
    """
    dipakai = katalog[katalog["kode"].isin(wilayah["indikator"])]
    kolom = 4
    baris = -(-len(dipakai) // kolom)

    def draw(fig: Figure) -> None:
        fig.set_layout_engine("constrained", h_pad=0.1)
        axes = fig.subplots(baris, kolom, squeeze=False).ravel()
        for ax, row in zip(axes, each(dipakai), strict=False):
            garis = wilayah[wilayah["indikator"].eq(row.kode)].sort_values("tahun")
            sns.lineplot(
                x=garis["tahun"], y=100 * garis["nilai"], marker="o", color=palette.ACCENT, ax=ax, errorbar=None
            )
            ax.fill_between(
                garis["tahun"], 100 * garis["bawah_diam"], 100 * garis["atas_diam"], color=palette.ACCENT, alpha=0.18
            )
            for tahun in putus:
                ax.axvline(tahun - 0.5, color=palette.MUTED, linestyle="--", linewidth=0.8)
            akhir = garis.dropna(subset="nilai").tail(1)
            for titik in each(akhir):
                ax.annotate(percent(titik.nilai), (titik.tahun, 100 * titik.nilai), xytext=(0, 6),
                            textcoords="offset points", ha="center", fontsize=8.5)  # fmt: skip
            ax.set_title(f"{row.singkat}", loc="left", fontsize=10.5)
            ax.set(xlabel="", ylabel="", xticks=sorted(wilayah["tahun"].unique()))
            ax.set_ylim(0, max(10.0, 1.25 * 100 * float(garis["atas_diam"].fillna(garis["nilai"]).max())))
            ax.yaxis.set_major_locator(MaxNLocator(4, integer=True))
            ax.margins(x=0.15)
        for ax in axes[len(dipakai) :]:
            ax.set_visible(False)

    alt = "; ".join(
        f"{row.singkat}: "
        + ", ".join(f"{t.tahun} {percent(t.nilai)}" for t in each(wilayah[wilayah["indikator"].eq(row.kode)]))
        for row in each(dipakai)
    )
    return svg_figure(draw, (9.4, 2.1 * baris), judul=judul, alt=alt, **teks)
