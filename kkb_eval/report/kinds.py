"""The kinds of reports in one table: what each is called, what it is made from and for whom."""

from dataclasses import dataclass

DATA_WORKBOOK = "data.xlsx"
"""The data workbook beside a kabupaten page."""


@dataclass(frozen=True)
class Jenis:
    """A kind of report: its notebook, and whether it is one a kecamatan, a kabupaten and year, or over all years.

    ``judul`` stands above the page's title, ``di_indeks`` is its name in the index. ``tambahan``: the file that is made
    beside its page (``extras``), with the page's name in it.
    """

    nama: str
    judul: str
    di_indeks: str
    notebook: str
    per: str = "kabupaten"
    tambahan: str = ""


KINDS = {
    jenis.nama: jenis
    for jenis in (
        Jenis("kabupaten", "Evaluasi Kampung KB", "Evaluasi", "kabupaten.ipynb", tambahan=DATA_WORKBOOK),
        Jenis("kualitas-data", "Kualitas data Kampung KB", "Kualitas data", "kualitas_data.ipynb"),
        Jenis("paparan", "Evaluasi Kampung KB", "Paparan", "paparan.ipynb"),
        Jenis(
            "kecamatan",
            "Evaluasi Kampung KB kecamatan",
            "Kecamatan",
            "kecamatan.ipynb",
            per="kecamatan",
            tambahan="rtl/{slug}.xlsx",
        ),
        Jenis("perkembangan", "Perkembangan Kampung KB", "Perkembangan", "perkembangan.ipynb", per="semua tahun"),
    )
}
"""The kinds of reports, in the order in which they are made and listed."""
