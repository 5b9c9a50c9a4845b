"""The files of a companion table: found by name, read from a workbook or a CSV, their titles found.

Also the tables of others that are read as they are: the ministry's IDM (or Indeks Desa) and SIGA's KRS (families at
risk of stunting). Their year is that of the numbers, not the one that they are meant for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from kkb_eval.intake import cells, grids, header, strays
from kkb_eval.intake.regions import compact

EXAMPLE = "contoh:"
"""What the first cell of a form's example row begins with."""
_PLACES = {
    "kabupaten": ("namakabupaten", "namakabupatenkota", "kabupatenkota", "namakab", "kab"),
    "kecamatan": ("namakecamatan", "namakec", "kec"),
    "desa": ("namadesa", "namadesakelurahan", "namakelurahan", "kelurahan", "desakelurahan", "kelurahandesa"),
}
"""How others call the columns of places (compact), the surest first; what begins with "kode" names nothing."""
_TOTAL = re.compile(r"\b(?:jumlah|jml|total|rekap|rata)", re.IGNORECASE)
_STATUS = re.compile(r"status *(?P<index>idm|id|indeks desa(?: membangun)?)? *(?P<year>(?:19|20)\d\d)?", re.IGNORECASE)
_INDEX = re.compile(r"(?:(?:nilai|skor) )?(idm|indeks desa(?: membangun)?)(?: ?(?:19|20)\d\d)?", re.IGNORECASE)
_AT_RISK = {"krs", "jumlahkrs", "keluargaberisikostunting", "jumlahkeluargaberisikostunting"}
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


@dataclass(frozen=True, eq=False)
class Part:
    """One file of a table.

    ``rows``: its cells as text with single spaces; the index is the row of the file, the columns are called as in the
    declaration, others by their titles (``unknown``). ``twice``: columns that could be several. ``left_out``: rows that
    are no data, and what they are ("": a form's example). ``form``: rows may hold places only, not yet filled in.
    ``of_others``: which table of others it is ("IDM", "KRS"; "" for our own).
    """

    berkas: str
    rows: pd.DataFrame
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    left_out: Mapping[int, str] | None = None
    form: bool = False
    of_others: str = ""


def find(folder: Path, nama: str, *, yearly: bool = False) -> list[Path]:
    """The files of a table: NAMA.csv or .xlsx; of a ``yearly`` one also with its year behind (NAMA_2024.xlsx)."""
    behind = r"(?:[ _-].*(?:19|20)\d\d.*)?" if yearly else ""
    name = re.compile(rf"{nama}{behind}\.(?:csv|xlsx)", re.IGNORECASE)
    return sorted(p for p in folder.iterdir() if name.fullmatch(p.name) and p.is_file()) if folder.is_dir() else []


def read(path: Path, nama: str, columns: Sequence[str]) -> Part:
    """One file of the table ``nama``, which has these columns. Raises ``grids.Unreadable``."""
    wanted = {compact(c): c for c in columns} | {t: c for c in _PLACES if c in columns for t in _PLACES[c]}
    data, berkas = grids.read_bytes(path), f"rujukan/{path.name}"
    grid, head = _table(grids.open_sheets(path.name, data), wanted) if data else ([], None)
    if head is None:
        return Part(berkas, pd.DataFrame())
    body = {n: [_shown(cell) for cell in row] for n, row in enumerate(grid[head.row :], head.row + 1)}
    titles = [*head.titles, *[""] * (max(map(len, body.values()), default=0) - len(head.titles))]
    rows = pd.DataFrame.from_dict(body, orient="index", columns=range(len(titles)), dtype="str").fillna("")
    rows = rows[(rows != "").any(axis=1)]
    used = [i for i in range(len(titles)) if titles[i] or (rows[i] != "").any()]
    names = _named([titles[i] for i in used], columns)
    left_out = _left_out(rows, head, nama)
    rows = rows[used].set_axis(
        [name or titles[i][:60] or f"kolom ke-{i + 1}" for i, name in zip(used, names, strict=True)], axis=1
    )
    unknown = tuple(title for title, name in zip(rows.columns, names, strict=True) if not name)
    twice = tuple(c for c in columns if names.count(c) > 1)
    part = Part(berkas, rows, unknown, twice, left_out, form=path.suffix.lower() == ".xlsx")
    return _of_others(part, nama, path)


def _table(sheets: grids.Sheets, wanted: Mapping[str, str]) -> tuple[grids.Grid, header.Header | None]:
    """The sheet that has most of the wanted titles, its merged places filled in, and its header."""
    heads = [(sheet, header.find(sheet.head(header.ROWS + 1), wanted)) for sheet in sheets.sheets.values()]
    known = [(sheet, head) for sheet, head in heads if head]
    if not known:
        return [], None
    sheet, head = max(known, key=lambda one: one[1].known)
    if sheets.created is None:
        grids.check_widths(sheet.grid, head.row)
    grids.fill_merged(sheet, sheet.grid, {head.places[c] for c in _PLACES if c in head.places}, head.row)
    return sheet.grid, head


def _shown(cell: object) -> str:
    """A cell as text; a number of a workbook with a comma, as a dot may stand before thousands."""
    if isinstance(cell, float) and not cell.is_integer():
        return f"{cell:.12g}".replace(".", ",")
    return cells.text(cell)


def _named(titles: Sequence[str], columns: Sequence[str]) -> list[str]:
    """The column that each title means, by its own name or the surest of the others' names; "" for none."""
    keys = [compact(title) for title in titles]
    names = [""] * len(titles)
    for column in columns:
        title = next((t for t in (compact(column), *_PLACES.get(column, ())) if t in keys), None)
        names = [column if key == title and not name else name for key, name in zip(keys, names, strict=True)]
    return names


def _left_out(rows: pd.DataFrame, head: header.Header, nama: str) -> dict[int, str]:
    """The rows of the file that are no data, and what they are: a form's example, titles again, totals."""
    cells_of = {int(n): row for n, row in zip(rows.index, rows.to_numpy().tolist(), strict=True)}
    found = {n: "" for n, row in cells_of.items() if next(filter(None, row)).casefold().startswith(EXAMPLE)}
    names = [c for c in _PLACES if c in head.places]
    if nama == "alias" or not names:
        return found
    for position, kind in strays.kinds([*cells_of.values()], head, names).items():
        n, row = [*cells_of.items()][position]
        told = " ".join(row[head.places[c]] for c in names)
        if kind in (strays.TITLES, strays.NUMBERS) or (kind == strays.TOTAL and _TOTAL.search(told)):
            found.setdefault(n, kind)
    return found


def _of_others(part: Part, nama: str, path: Path) -> Part:
    """The part as our table, where it is the ministry's or SIGA's; itself where it is not."""
    if nama == "desa_tertinggal" and "indeks" not in part.rows and {"kecamatan", "desa"} <= {*part.rows.columns}:
        return _idm(part, path)
    if at := next((title for title in part.unknown if compact(title) in _AT_RISK), None):
        tahun = part.rows["tahun"] if "tahun" in part.rows else _year_of(path, "KRS")
        rows = part.rows.drop(columns="tahun", errors="ignore").rename(columns={at: "krs"})
        return replace(
            part,
            rows=rows.assign(tahun=tahun, sumber="SIGA (KRS)"),
            unknown=tuple(t for t in part.unknown if t != at),
            of_others="KRS",
        )
    return part


def _idm(part: Part, path: Path) -> Part:
    """IDM as our table: a row a desa and status; itself where no column is a status of an index."""
    index = [match for title in part.rows.columns if (match := _INDEX.fullmatch(str(title)))]
    found = {str(title): match for title in part.rows.columns if (match := _STATUS.fullmatch(str(title)))}
    if not found or not (index or any(match["index"] for match in found.values())):
        return part
    parts = []
    for title, match in found.items():
        said = (match["index"] or (index[0][1] if index else "idm")).casefold()
        name = "Indeks Desa" if said in ("id", "indeks desa") else "IDM"
        own = part.rows.rename(columns={title: "status"})
        year = match["year"] or next((y for m in index for y in _YEAR.findall(m[0])), None)
        tahun = pd.Series(year, own.index, dtype="str") if year else own.get("tahun", None)
        own = own.assign(tahun=_year_of(path, name) if tahun is None else tahun, sumber=f"tabel {name}")
        parts.append(
            own.assign(indeks=name + " " + own["tahun"]).drop(
                columns=[t for t in found if t in own and t != title and t != "status"]
            )
        )
    unknown = tuple(t for t in part.unknown if t not in found)
    return replace(part, rows=pd.concat(parts), unknown=unknown, of_others="IDM")


def _year_of(path: Path, apa: str) -> str:
    """The year in the name of a file. Raises ``grids.Unreadable`` where there is not just one."""
    years: list[str] = sorted(set(_YEAR.findall(path.stem)))
    if len(years) != 1:
        contoh = f"{path.stem.split('_2')[0]}_2024{path.suffix}"
        raise grids.Unreadable(f"tahun {apa} ini tidak diketahui; tulis di nama berkas, misalnya {contoh}")
    return years[0]
