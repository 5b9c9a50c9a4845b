"""Tables that are taken for an export of the portal: told by their titles, with what they are and where they belong.

The menus are those of the portal's public source (willyprmn/Kampung-KB, 2023-08-29).
"""

from collections.abc import Sequence

from kkb_eval.intake import siga
from kkb_eval.intake.cells import text
from kkb_eval.intake.header import ROWS
from kkb_eval.intake.regions import compact

MENU = 'di menu admin portal "Rekapitulasi", pilih "Kampung KB" (rekap) dan "Klasifikasi"'
"""Where the two exports are."""
_PLACES = ("provinsi", "kabupaten", "kabupatenkota", "kecamatan", "desa", "kelurahan")


def recognise(rows: Sequence[Sequence[object]]) -> str | None:
    """Say what a table with these first rows is, and what to do with it; None where it is not known."""
    titles = [[compact(text(cell)) or _sign(cell) for cell in row] for row in rows[:ROWS]]
    return next((told for row in titles if (told := _table(row))), None)


def _table(titles: Sequence[str]) -> str | None:
    if holds := siga.recognise(titles):
        return f"ini tabel SIGA ({holds}), bukan ekspor portal; taruh di siga/"
    if "kontakpendamping" in titles or "kontakuser" in titles:
        return f"ini rekapitulasi pengisi konten, yang memuat data pribadi; hapus berkas ini, ekspornya {MENU}"
    places = [title for title in titles if title in _PLACES]
    sums = sum(title in ("jumlah", "persen", "total") for title in titles)
    if places and "kampungkb" not in titles and sums >= 2:
        return f"ini tabel Statistik portal (jumlah per wilayah), bukan daftar Kampung KB; unduh {MENU}"
    return None


def _sign(cell: object) -> str:
    return "persen" if text(cell) == "%" else ""
