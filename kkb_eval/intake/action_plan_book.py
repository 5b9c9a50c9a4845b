"""One returned RTL workbook as plain rows of text: of which data it is, where its table is, what must not be in it."""

import re
from dataclasses import dataclass, field
from typing import NoReturn

from xlsxwriter.utility import xl_cell_to_rowcol

from kkb_eval import schema
from kkb_eval.intake import grids, people, regions
from kkb_eval.intake.cells import text
from kkb_eval.intake.places import Scope
from kkb_eval.intake.regions import compact

_REQUIRED = ("id", "kampung", "langkah", "unsur", "penanggung_jawab", "tenggat", "status", "catatan")
_TOP = 30
"""Rows in which the head of the table is looked for."""
_TITLE = {compact(judul): kolom for kolom, judul in schema.RTL.items()}
_DATA = re.compile(
    schema.RTL_DATA.replace("hasil evaluasi", "(?:hasil evaluasi|tahun)").format(
        daerah="(.+)", kecamatan="(.+)", tahun=r"((?:19|20)\d\d)"
    ),
    re.IGNORECASE,
)
"""The line of ``schema.RTL_DATA``; earlier workbooks say "tahun"."""

Grid = list[list[str]]


class Refused(Exception):
    """A workbook that has to be left out; its findings are already told."""


@dataclass
class Workbook:
    """Reads one workbook; its problems gather in ``found`` (``schema.CATATAN``).

    ``tahun``: the year agreed in that is wanted; ``evaluasi``: the one that is evaluated;
    ``contoh``: one that a message names.
    """

    berkas: str
    scope: Scope
    tahun: int | None
    evaluasi: int
    contoh: int
    kabupaten: str = ""
    kecamatan: str = ""
    found: list[tuple[object, ...]] = field(default_factory=list)

    def read(self, name: str, data: bytes) -> list[tuple[int, dict[str, str]]]:
        """Number and cells (by column of ``schema.RTL``) of every row that is not blank. Raises ``Refused``."""
        try:
            sheets = grids.open_sheets(name, data, longgar=True)
            tables = [[[text(c) for c in row] for row in sheet.grid] for sheet in sheets.sheets.values()]
        except grids.Damaged as error:
            self.refuse("R01", f"{error.apa}; simpan ulang di Excel, atau ambil lagi buku RTL dari laporan")
        except grids.Unreadable as error:
            self.refuse("R01", str(error))
        grid, head = self._table(tables)
        self._check_people(grid, head)
        self._identify(grid[:head])
        places = self._places(grid[head])
        rows = [(n, {c: row[i] for c, i in places.items()}) for n, row in enumerate(grid[head + 1 :], head + 2)]
        for alamat in sorted(sheets.odd):
            baris, kolom = xl_cell_to_rowcol(alamat)
            if baris > head and kolom in places.values():
                self.add("R03", "periksa", baris + 1, "", f"sel {alamat}: galat atau rumus tanpa hasil; tulis isinya")
        return [(n, cells) for n, cells in rows if any(cells.values())]

    def add(self, kode: str, tingkat: str, baris: int | None, kolom: str, pesan: str) -> None:
        """Tell a problem."""
        self.found.append((kode, tingkat, self.berkas, baris, None, kolom, pesan))

    def refuse(self, kode: str, pesan: str, kolom: str = "", *, tingkat: str = "salah") -> NoReturn:
        """Tell why the workbook is left out, and leave it out."""
        akibat = "; sebelum itu RTL ini tidak dipakai" if tingkat == "salah" else ""
        self.add(kode, tingkat, None, kolom, f"{pesan}{akibat}")
        raise Refused

    def _table(self, grids: list[Grid]) -> tuple[Grid, int]:
        """The sheet that holds most of the titles in one row, and the position of that row (R09)."""
        best = max(
            (
                (len({compact(c) for c in row} & _TITLE.keys()), -number, -at)
                for number, grid in enumerate(grids)
                for at, row in enumerate(grid[:_TOP])
            ),
            default=(0, 0, 0),
        )
        if best[0] < 3:
            self.refuse("R09", "bukan buku RTL: judul kolom ID, Kampung KB, Langkah, … tidak ditemukan; pakai buku RTL")
        return grids[-best[1]], -best[2]

    def _places(self, head: list[str]) -> dict[str, int]:
        """The position of every column (R01)."""
        titles = [compact(c) for c in head]
        for kolom in _REQUIRED:
            judul, n = schema.RTL[kolom], titles.count(compact(schema.RTL[kolom]))
            if n != 1:
                masalah = "ada dua kali; hapus salah satu" if n else "tidak ada; tulis lagi judul itu"
                self.refuse("R01", f'kolom "{judul}" {masalah}', kolom)
        for title in (c for c in head if c and compact(c) not in _TITLE):
            self.add("R01", "periksa", None, title[:60], f'kolom "{title[:60]}" tidak dikenal, jadi tidak dibaca')
        return {_TITLE[t]: i for i, t in enumerate(titles) if t in _TITLE}

    def _check_people(self, grid: Grid, head: int) -> None:
        """R08: of a workbook with what identifies people nothing is used, and it is never shown."""
        for i, title in enumerate(grid[head]):
            if compact(title) not in _TITLE and people.header_identifies(title):
                self.refuse("R08", f'kolom "{title[:60]}" memuat data pribadi; hapus kolom itu', title[:60])
            for kind, positions in people.find_numbers([row[i] for row in grid]).items():
                where = ", ".join(str(p + 1) for p in positions[:5]) + (" …" if len(positions) > 5 else "")
                kolom = title[:60] or f"kolom ke-{i + 1}"
                self.refuse("R08", f'kolom "{kolom}", baris {where}: nomor seperti {kind}; hapus nomor itu', title[:60])

    def _identify(self, above: Grid) -> None:
        """Of which kabupaten and kecamatan it is (R09); ``Refused`` without a word where of another known year."""
        matches = [m for row in above for c in row if len(c) < 300 and (m := _DATA.fullmatch(c))]
        if not matches:
            contoh = schema.RTL_DATA.format(daerah="Kabupaten Lebak", kecamatan="Maja", tahun=self.contoh)
            self.refuse("R09", f'RTL mana tidak diketahui; tulis lagi di atas tabel, seperti "{contoh}"')
        daerah, self.kecamatan, tahun = (str(part) for part in matches[0].groups())
        known = {regions.compact_kabupaten(k): k for k in self.scope.kabupaten}
        self.kabupaten = known.get(regions.find_kabupaten(daerah, self.scope.alias), "")
        if not self.kabupaten:
            self.refuse("R09", f"RTL {daerah}, bukan kabupaten dalam data ini; tidak dibaca", tingkat="periksa")
        if int(tahun) < self.evaluasi and (self.tahun is None or int(tahun) > self.tahun):
            pesan = f"RTL tahun {tahun}, tetapi data ini tidak memuat tahun {tahun}; tidak dibaca"
            self.refuse("R09", pesan, tingkat="periksa")
        if int(tahun) != self.tahun:
            raise Refused
