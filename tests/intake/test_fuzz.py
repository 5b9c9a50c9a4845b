"""Files that were damaged or made to harm: one clear message in little time and memory; nothing runs, nothing hangs.

Bombs are read in one process with a memory limit, all others here, where every error but a ``KkbError`` fails the test.
"""

import csv
import io
import json
import random
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kkb_eval import store
from kkb_eval.documents.minutes import filled
from kkb_eval.errors import KkbError
from kkb_eval.intake import grids, header, regions, strays, word_template
from kkb_eval.intake.action_plan import read_rtl
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import TABLES, read_rujukan
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.meeting import read_meeting
from kkb_eval.intake.portal import TITLES, Export, read_export
from kkb_eval.intake.settings import read_config
from kkb_eval.intake.snapshot import snapshot

from . import MAJA, SCORES, cells, columns, write_csv, write_xlsx

BUKAN_BUKU = "bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx"
SAVE_EVERY = "; buka di Excel dan simpan sebagai .xlsx biasa"
JAUH = "ada sel di luar 100 kolom atau 120.000 baris pertama; hapus kolom dan baris sesudah data"
ALAMAT = "memuat sel yang alamatnya tidak lazim; buka di Excel dan simpan ulang sebagai .xlsx"
CELL = "memuat lebih dari 6 juta sel; sisakan lembar ekspornya saja"
ODS = "berformat OpenDocument (.ods); buka di Excel dan simpan sebagai .xlsx"
SHEETS = "memuat lebih dari 100 lembar; sisakan lembar ekspornya saja"
EKSTRAK = "; ekstrak dulu, taruh berkas .xlsx-nya di sini"
TANPA_TABEL = "zip ini tidak memuat .xlsx atau .csv; ekstrak dulu, taruh ekspornya saja di sini"
TANPA_NAMA = "tidak satu baris pun memuat Kampung KB, Kabupaten, dan Kecamatan; unduh ulang dari portal"
TEKS = "teks di sel-selnya lebih dari 200 MB; hapus teks panjang yang berulang"
BAGIAN = f"terdiri dari lebih dari 2.000 bagian{SAVE_EVERY}"
DTD = f"memuat DTD, yang tidak ditulis Office{SAVE_EVERY}"
CSV_BESAR = "lebih dari 100 kolom atau 120.000 baris; simpan tabelnya saja"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS, LAIN = "xl/sharedStrings.xml", "xl/SHAREDSTRINGS.xml"
HEAD_ROW = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
EKOR = b"</sheetData></worksheet>"
ENAM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KENDALI = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
Ubah = Mapping[str, bytes]


@pytest.fixture(scope="module")
def asli(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The parts of a good export."""
    path = write_xlsx(tmp_path_factory.mktemp("asli") / "a.xlsx", "rekap", [MAJA | {"pus": 400, "iud": "TRUE"}] * 2)
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def zipped(parts: Ubah, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return out.getvalue()


def said(read: Callable[[], object]) -> str:
    """What is told where reading is refused, "" where it is not. Anything but a KkbError passes through."""
    try:
        read()
    except KkbError as error:
        text = str(error)
        assert text and len(text) < 3000 and not KENDALI.search(text), text
        assert all("; " in line for line in text.splitlines()), text
        return text
    return ""


def read(folder: Path, data: bytes, name: str = "a_2018-10-15.xlsx") -> str:
    path = folder / name
    path.write_bytes(data)
    return said(lambda: read_export(path, name)).removeprefix(f"{name}: ")


# bombs, each in a few bytes


def shared_strings(letters: int) -> bytes:
    return b"<sst><si><t>" + b"x" * letters + b"</t></si></sst>"


def naming_one_text(rows: int, cell: bytes = b't="s"><v>0</v>') -> bytes:
    """A sheet whose every cell names the first shared string."""
    row = b"".join(b'<c r="%c%%d" ' % c + cell + b"</c>" for c in b"ABCDEFGHIJ")
    return (
        HEAD_ROW
        + b"".join(b'<row r="%d">' % n + row.replace(b"%d", b"%d" % n) + b"</row>" for n in range(1, rows))
        + EKOR
    )


def head_and_rows(rows: int) -> bytes:
    """The sheet of a rekap with this many rows of names only, up to the end of its cells."""
    kolom = [a + b for a in ("", "A") for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"][:41]
    titles = [str(t or "No") for t in cells("rekap", [])[0]]
    head = "".join(f'<c r="{k}1" t="inlineStr"><is><t>{t}</t></is></c>' for k, t in zip(kolom, titles, strict=True))
    names = "".join(f'<c r="{k}%d" t="inlineStr"><is><t>MAJA</t></is></c>' for k in "BCDEF")
    body = "".join(f'<row r="{n}">{names.replace("%d", str(n))}</row>' for n in range(2, rows + 1))
    return HEAD_ROW + f'<row r="1">{head}</row>{body}</sheetData>'.encode()


def lying(data: bytes, name: str) -> bytes:
    """The zip with 1,000 announced as the size of a part."""
    out = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        size = struct.pack("<I", book.getinfo(name).file_size)
    for signature, offset in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        place = out.find(signature)
        while place >= 0:
            if out[place + offset : place + offset + 4] == size:
                out[place + offset : place + offset + 4] = struct.pack("<I", 1000)
            place = out.find(signature, place + 1)
    return bytes(out)


def bombs(asli: Ubah) -> dict[str, tuple[bytes, str]]:
    """Files by name, with what is to be said of each."""

    def with_sheet(xml: bytes, **others: bytes) -> bytes:
        return zipped({**asli, SHEET: xml, **others})

    buku = asli["xl/workbook.xml"]
    lembar_sama = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(5, 3000))
    lol = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    besar = with_sheet(b" " * 250_000_000)
    xml = {
        "gigabita": (besar, f"isinya lebih besar dari 200 MB sesudah dibuka{SAVE_EVERY}"),
        "bohong": (lying(besar, SHEET), BUKAN_BUKU),
        "bzip2": (zipped(asli, zipfile.ZIP_BZIP2), BUKAN_BUKU),
        "bagian": (zipped({**asli, **{f"xl/{n}.xml": b"" for n in range(3000)}}), BAGIAN),
        "tertawa": (with_sheet(b"", **{STRINGS: b"<!DOCTYPE l [" + lol + b"]><sst><si><t>&j;</t></si></sst>"}), DTD),
        "luar": (with_sheet(b'<!DOCTYPE l SYSTEM "file:///etc/passwd">' + HEAD_ROW + EKOR), DTD),
        "utf16": (with_sheet((HEAD_ROW + EKOR).decode().encode("utf-16")), f"memuat XML yang bukan UTF-8{SAVE_EVERY}"),
        "makro": (zipped({**asli, "xl/vbaProject.bin": b"x"}), f"memuat makro{SAVE_EVERY}"),
        "kembar": (zipped({**asli, SHEET.upper(): b"x"}), f"memuat bagian yang sama dua kali{SAVE_EVERY}"),
        "ods": (zipped({"mimetype": b"x", "content.xml": b'<t table:number-rows-repeated="999999999"/>'}), ODS),
        "sel_kosong": (with_sheet(HEAD_ROW + b"<row>" + b"<c><v>1</v></c>" * 100_000 + b"</row>" + EKOR), ALAMAT),
        "banyak_sel": (with_sheet(HEAD_ROW + b'<c r="A1"><v>1</v></c>' * 6_100_000 + EKOR), CELL),
        "tak_tertutup": (with_sheet(HEAD_ROW + b"<c " * 3_000_000 + b't="e"<f>'), ALAMAT),
        "atribut": (with_sheet(HEAD_ROW + b"<c " + b'a="b" ' * 3_000_000), ALAMAT),
        "berulang": (with_sheet(HEAD_ROW + b"<c " + b'r="A1" ' * 3_000_000 + b't="e"'), ALAMAT),
        "spasi": (with_sheet(HEAD_ROW + b"<c" + b" " * 20_000_000), ALAMAT),
        "teks": (with_sheet(naming_one_text(30_000), **{STRINGS: shared_strings(32_767)}), TEKS),
        "teks_lain": (
            with_sheet(naming_one_text(30_000, b't="s"><v >0</v >'), **{LAIN: shared_strings(32_767)}),
            TEKS,
        ),
        "buku": (zipped({**asli, "xl/workbook.xml": buku.replace(b"<sheets>", b"<sheets>" + lembar_sama)}), SHEETS),
        "gaya": (with_sheet(HEAD_ROW + EKOR, **{"xl/styles.xml": b"<styleSheet>" + b"<xf/>" * 13_000_000}), CELL),
    }  # fmt: skip
    for name, r in (("kutip", b"r='XFD1048576'"), ("kecil", b'r="xfd1048576"'), ("entitas", b'r="&#88;FD1"')):
        xml[name] = (with_sheet(HEAD_ROW + b"<row><c " + r + b"><v>1</v></c></row>" + EKOR), ALAMAT)
    for name, r in (("dua", b'c r="XFD1" r="A1"'), ("awalan", b'x:c r="A1048576"')):
        xml[name] = (with_sheet(HEAD_ROW + b"<row><" + r + b"><v>1</v></c></row>" + EKOR), JAUH)
    text = {
        "lebar": (b"," * 1_000_000 + b"\n" + b"x\n" * 1_000_000, CSV_BESAR),
        "panjang": (b"a\n" * 10_000_000, CSV_BESAR),
        "terbuka": (b'a,b\n"' + b"x,\n" * 10_000_000, "CSV tidak utuh di baris 43692; simpan ulang dari Excel"),
        "besar": (b"a" * 50_000_001, "lebih besar dari 50 MB; simpan tabelnya saja"),
    }
    many = b"".join(b'<mergeCell ref="C%d:C60000"/>' % n for n in range(2, 60_000))
    merged = head_and_rows(60_000) + b"<mergeCells>" + many + b"</mergeCells></worksheet>"
    xml["gabungan"] = (
        with_sheet(merged),
        "memuat sel gabungan yang bertumpuk; buka di Excel dan simpan ulang sebagai .xlsx",
    )
    zips = {
        "gigabita": (
            zipped({"rekap.csv": b"0" * 250_000_000}),
            f"isinya lebih besar dari 100 MB sesudah dibuka{EKSTRAK}",
        ),
        "bohong": (
            lying(zipped({"rekap.csv": b"0" * 250_000_000}), "rekap.csv"),
            f"zip rusak atau terkunci kata sandi{EKSTRAK}",
        ),
        "bagian": (zipped({f"{n}.csv": b"" for n in range(3000)}), f"terdiri dari lebih dari 2.000 bagian{EKSTRAK}"),
        "berlapis": (
            zipped({"a_2018-10-15.xlsx": besar}),
            f"isinya lebih besar dari 200 MB sesudah dibuka{SAVE_EVERY}",
        ),
        "zip_dalam_zip": (zipped({"rekap.zip": zipped({"a.csv": b""})}), TANPA_TABEL),
    }
    return {
        f"{n}_2018-10-15.{suffix}": b
        for suffix, some in (("xlsx", xml), ("csv", text), ("zip", zips))
        for n, b in some.items()
    }


SEE = """
import json, resource, sys, time
from pathlib import Path
from kkb_eval.errors import KkbError
from kkb_eval.intake.portal import read_export
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
out = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    start = time.process_time()
    try:
        read_export(path, path.name)
        text = ""
    except KkbError as error:
        text = str(error)
    out[path.name] = [time.process_time() - start, text]
print(json.dumps(out))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="batas memori proses tidak ada di Windows")
def test_bombs_are_refused_in_seconds_and_within_a_gigabyte_and_a_half(tmp_path: Path, asli: dict[str, bytes]) -> None:
    wanted = {}
    for name, (data, text) in bombs(asli).items():
        (tmp_path / name).write_bytes(data)
        wanted[name] = f"{name}: {text}"
    command = [sys.executable, "-c", SEE, str(tmp_path), str(1500 * 2**20)]
    env_threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PATH": "", "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=store.ROOT, env=env_threads)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert {name: text for name, (_, text) in found.items()} == wanted
    assert {name: seconds for name, (seconds, _) in found.items() if seconds > 5} == {}


def test_the_nation_still_passes(tmp_path: Path) -> None:
    """84,000 rows of a rekap as numbers, without the time to make such a workbook: its sheet as XML."""
    kolom = [a + b for a in ("", "A") for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"][:42]
    judul = [str(t or "No") for t in cells("rekap", [])[0]]
    nama = ["", "Maja Sejahtera", "BANTEN", "LEBAK", "MAJA", "MAJA"]

    def row(number: int, isi: Sequence[str]) -> str:
        teks = (f'<c r="{k}{number}" t="inlineStr"><is><t>{v}</t></is></c>' for k, v in zip(kolom, isi, strict=False))
        return f'<row r="{number}">{"".join(teks)}'

    angka = "".join(f'<c r="{k}%d"><v>1234</v></c>' for k in kolom[6:41])
    body = "".join(f"{row(n, nama)}{angka.replace('%d', str(n))}</row>" for n in range(2, 84_002))
    small = write_xlsx(tmp_path / "a.xlsx", "rekap", [MAJA])
    with zipfile.ZipFile(small) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[SHEET] = HEAD_ROW + (row(1, judul) + "</row>" + body).encode() + EKOR
    sheets = grids.open_sheets("a.xlsx", zipped(parts))
    assert len(sheets.sheets["Worksheet"].head(1)[0]) == 41


# damaged and odd workbooks

SISIPAN = [
    b"&lol;", b"&#0;", b"&#x110000;", b'<c r="A1"/>', b'<c r="B2" t="s"><v>99999999</v></c>', b"<v>-1</v>",
    b"<v>1e400</v>",
    b"<v>NaN</v>", b't="d"', b't="b"', b't="e"', b't="str"', b't="inlineStr"', b"<is><t>x</t></is>", b's="99999"',
    b"<f>1+1</f>", b'<f t="shared" si="0" ref="A1:Z9">A1</f>', b'<mergeCell ref="A1:XFD1048576"/>', b"<![CDATA[",
    b"]]>",
    b"<!--", b"-->", b"\xff\xfe", b"\x00", b"\xed\xa0\x80", b"</row>", b"</sheetData>", b'<row r="0">', b"_x000D_",
    b"_xD800_",
    b"2958466", b"-99999999", b'numFmtId="14"', b'ref="A0:A0"', b"\xe2\x80\xae", b'date1904="1"', b'name=""',
    b'Target="../../../../etc/passwd"', b'Target="/dev/zero"', b'TargetMode="External"',
    b'<dimension ref="A1:XFD1048576"/>',
    b'<hyperlink ref="A1" r:id="rId9"/>', b'<externalReference r:id="rId9"/>',
]  # fmt: skip


def damaged(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3, 8))):
        start = dice.randrange(len(out) + 1)
        end = min(len(out), start + dice.choice((0, 1, 2, 8, 60, 400)))
        piece = bytes(out[start:end])
        out[start:end] = dice.choice((dice.choice(SISIPAN), b"", piece * 3, bytes([dice.randrange(256)])))
    return bytes(out)


@settings(ENAM, max_examples=250)
@given(benih=st.integers(0, 2**32))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, asli: dict[str, bytes], benih: int) -> None:
    dice = random.Random(benih)
    chosen = dice.choices([*asli], k=2)
    parts = {name: damaged(part, dice) if name in chosen else part for name, part in asli.items()}
    data = zipped(parts)
    read(tmp_path, damaged(data, dice) if dice.random() < 0.2 else data)


SEL_ANEH = st.sampled_from([
    "=1+1", "=cmd|' /C calc'!A0", "\x01\x02", "\x1b[31m", "x" * 40_000, "1e999", "-1e308", "0x10", "٣", "１２",
    "9" * 400,
    "2018-10-15", "15/10/2018", "TRUE", "#REF!", "NaN", "inf", "\u202e", "🌴" * 300, "<b>", "../../x", "1,5",
    "1.234.567",
]) | st.text(max_size=30)  # fmt: skip


@ENAM
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["kampung", "kecamatan", "desa", "pus", "iud", "pokja_sk"]), SEL_ANEH),
        max_size=4,
    )
)
def test_any_text_in_any_cell_is_read_told_or_refused(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(cells("rekap", [MAJA | row for row in rows]))
    path = tmp_path / "a_2018-10-15.csv"
    path.write_bytes(out.getvalue().encode("utf-8", "replace"))
    export: list[Export] = []
    said(lambda: export.append(read_export(path, path.name)))
    for one in export:
        assert all(len(text) < 400 and not KENDALI.search(text) for text in one.catatan["pesan"])
        assert not any(KENDALI.search(name) for name in one.rows["kampung"])


@ENAM
@given(st.binary(max_size=400) | st.binary(max_size=60).map(lambda b: b"Kampung KB;Kabupaten\n" + b))
@example(b'"' * 200_001)
@example("Kampung KB\n".encode("utf-32"))
def test_any_bytes_are_no_more_than_refused(tmp_path: Path, data: bytes) -> None:
    for name in ("a.csv", "a.xlsx"):
        assert read(tmp_path, data, name)


@pytest.mark.parametrize("odd", ["- " * 60_000, "1." * 60_000, "JUMLAH " + "-" * 120_000, "KEC. " * 20_000])
def test_a_text_without_end_instead_of_every_name_is_short_work(tmp_path: Path, odd: str) -> None:
    path = write_csv(tmp_path / "a_2018-10-15.csv", "rekap", [dict.fromkeys(MAJA, odd)])
    assert said(lambda: read_export(path, path.name)) == f"{path.name}: {TANPA_NAMA}"


@ENAM
@given(st.binary(max_size=200) | st.integers(0, 2**32))
def test_any_zip_is_read_or_refused(tmp_path: Path, asli: dict[str, bytes], data: bytes | int) -> None:
    if isinstance(data, int):
        dice = random.Random(data)
        data = damaged(zipped({"rekap_2018-10-15.xlsx": zipped(asli), "baca.txt": b"x"}), dice)
    read(tmp_path, data, "a_2018-10-15.zip")


NAMA_ANEH = st.text(st.sampled_from("0123456789 -_.()/IiVvqQ"), max_size=30) | st.lists(
    st.sampled_from(
        ["2018", "06", "31", "Juni", "jun", "Semester", "TW", "II", "sd", "-", "_", "ke", "99999999", "q5", "'23"]
    )
).map(" ".join)


@ENAM
@given(st.lists(NAMA_ANEH, min_size=1, max_size=2))
def test_any_name_has_a_day_or_is_refused(names: list[str]) -> None:
    with suppress(grids.Unreadable):
        assert isinstance(snapshot([f"{name}.xlsx" for name in names], date(2018, 10, 15)), date)


@ENAM
@given(
    st.lists(
        st.lists(SEL_ANEH | st.sampled_from(["JUMLAH", "1", "(2)", "Kampung KB", "KEC. MAJA", ""]), max_size=8),
        max_size=14,
    )
)
def test_any_rows_above_the_header_leave_it_found(rows: list[list[str]]) -> None:
    head, row = cells("rekap", [MAJA])
    table = [[*row[:8], *[""] * (41 - len(row[:8]))] for row in rows[:9]]
    found = header.find([*table, head, row], header.wanted({c: TITLES[c] for c in columns("rekap")}))
    assert found is not None
    assert (found.whole, found.row) == (True, len(table) + 1)
    assert strays.kinds([row, head], found, ["provinsi", "kabupaten", "kecamatan", "desa", "kampung"]) == {
        1: strays.TITLES
    }


@ENAM
@given(
    SEL_ANEH | st.text(st.sampled_from("KEC.KABDESA 0123-()/[]:"), max_size=40), st.sampled_from(list(regions.LEVELS))
)
def test_a_plain_name_is_plain_and_short_work(name: str, level: str) -> None:
    plain = regions.plain(name, level)
    assert len(plain) <= max(len(name), 1) + 4
    assert regions.plain(plain, level) in (plain, regions.plain(regions.plain(plain, level), level))


@pytest.mark.parametrize("data", [b"PUS;IUD\n1;2\n", b"<svg/>", b"\x7fELF"])
def test_another_kind_of_file_called_a_workbook_is_told(tmp_path: Path, data: bytes) -> None:
    assert read(tmp_path, data) == BUKAN_BUKU


def test_a_text_instead_of_a_name_leaves_out_its_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a_2018-10-15.csv", "rekap", [MAJA, MAJA | {"kampung": "x" * 32_000}])
    export = read_export(path, path.name)
    assert (len(export.rows), export.catatan["pesan"].tolist()) == (
        1,
        ["Kampung KB: 32000 huruf, baris ini tidak dihitung; tulis namanya saja"],
    )


def test_control_characters_count_as_spaces(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a_2018-10-15.csv", "rekap", [MAJA | {"kampung": "Maja\x1b\x01[31m Jaya\x07"}])
    assert read_export(path, path.name).rows["kampung"].tolist() == ["Maja [31m Jaya"]


# what people write: companion tables, dataset.toml, rapat.toml, returned RTL


@pytest.fixture(scope="module")
def kampung(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder = tmp_path_factory.mktemp("tahun")
    write_csv(folder / "a_2018-10-15.csv", "klasifikasi", [MAJA | SCORES])
    return open_dataset(folder).year(2018).kampung


@settings(ENAM, max_examples=15)
@given(
    st.sampled_from(sorted(TABLES)),
    st.lists(st.lists(SEL_ANEH | st.sampled_from(["Maja", "2018", "cpr", ""]), max_size=6), max_size=4),
)
def test_any_companion_table_is_read_or_told(
    tmp_path: Path, kampung: pd.DataFrame, nama: str, rows: list[list[str]]
) -> None:
    for old in tmp_path.iterdir():
        old.unlink()
    out = io.StringIO()
    csv.writer(out).writerows([[*TABLES[nama].kolom], *rows])
    (tmp_path / f"{nama}.csv").write_bytes(out.getvalue().encode("utf-8", "replace"))
    found = read_rujukan(tmp_path, kampung, read_catalogue(), 2018)
    assert all(len(text) < 500 and not KENDALI.search(text) for text in found.catatan["pesan"])


@pytest.mark.parametrize("data", [b",\n" * 200_000, b"," * 200_000, b'kecamatan,"' + b"x" * 400_000, b"\xff\xfe\x00"])
def test_a_companion_table_out_of_all_bounds_is_told(tmp_path: Path, kampung: pd.DataFrame, data: bytes) -> None:
    (tmp_path / "tenaga.csv").write_bytes(data)
    found = read_rujukan(tmp_path, kampung, read_catalogue(), 2018).catatan
    assert found["kode"].tolist() == ["R01"]


TOML_ANEH = [
    "a = " + "[" * 40_000, "a = " + "{a=" * 40_000, "a." * 40_000 + "b = 1",
    "judul = " + "9" * 5000, "[tipologi]\nk = " + "9" * 4000,
    "[tipologi]\nk = 0x" + "f" * 9000, "[tipologi.bobot]\nKB = 1" + "0" * 400, "[tipologi.bobot]\nKB = nan",
    "tahun = inf",
    'judul = "\\u0000"', 'judul = "\\u001b[31m"', 'kabupaten = "' + "x" * 90_000 + '"', '"\\u001b" = 1',
    "[tahun.2018]\nrekap = 1979-05-27",
    "tanggal = 0001-01-01", "tanggal = 9999-12-31T23:59:60", 'tempat = "\\u0007"', "agenda = [" + '"a",' * 20_000 + "]",
    "tahun = 99999999999999999999", "[[kehadiran]]\njumlah = 1" + "0" * 4000, "\ufeffx",
    "x" * 200_000, "a = 1\n" * 3, "'" * 9,
]  # fmt: skip


@settings(ENAM, max_examples=100)
@given(st.sampled_from(TOML_ANEH) | st.text(max_size=60).map(lambda t: f"judul = {t}"))
def test_any_toml_is_read_or_told(tmp_path: Path, text: str) -> None:
    for name, reader in (("dataset.toml", lambda p: read_config(p)), ("rapat.toml", lambda p: read_meeting(p.parent))):
        path = tmp_path / name
        path.write_bytes(text.encode("utf-8", "replace"))
        told = said(lambda reader=reader, path=path: reader(path))  # type: ignore[misc]
        assert all(len(line) < 400 for line in told.splitlines())
        # neither has a date of the meeting
        assert told if name == "rapat.toml" else True


@settings(ENAM, max_examples=40)
@given(benih=st.integers(0, 2**32))
def test_a_damaged_rtl_is_read_or_told(tmp_path: Path, kampung: pd.DataFrame, benih: int) -> None:
    dice = random.Random(benih)
    with zipfile.ZipFile(store.ROOT / "data/contoh/rujukan/rtl/maja.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    chosen = dice.choice([SHEET, STRINGS, *parts])
    (tmp_path / "maja.xlsx").write_bytes(zipped({**parts, chosen: damaged(parts[chosen], dice)}))
    found = read_rtl(tmp_path, kampung, 2017, read_catalogue(), evaluasi=2018)
    assert all(len(text) < 400 and not KENDALI.search(text) for text in found.catatan["pesan"])


# the office's own template


def document(*texts: str, parts: Ubah | None = None) -> bytes:
    """A Word document of these paragraphs, with other parts beside or instead of its own."""
    made, out = Document(), io.BytesIO()
    for text in texts:
        made.add_paragraph(text)
    made.save(out)
    with zipfile.ZipFile(out) as book:
        own = {name: book.read(name) for name in book.namelist()}
    return zipped({**own, **(parts or {})})


FACTS = {"tempat": "<w:p/> & {{ tahun }}", "tahun": "2018", "rtl": [{"kampung": "a"}, {"kampung": "b"}]}


def fill(folder: Path, data: bytes) -> str:
    path = folder / "berita_acara.docx"
    path.write_bytes(data)
    return said(lambda: filled(path, "rujukan/berita_acara.docx", FACTS)).removeprefix("rujukan/berita_acara.docx: ")


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(10**9) %}{{ tempat }}{% endfor %}",
        "{% for a in rtl %}{% for b in rtl %}{{ b.kampung }}{% endfor %}{% endfor %}",
        "{{ tempat.__class__.__mro__ }}", "{{ rtl.__init__ }}", "{{ tempat.format(tahun) }}", "{{ 9**9**9 }}",
        "{{ tempat * 999999999 }}", "{{ tempat|center(999999999) }}", "{{ tempat|attr('__class__') }}",
        "{{ lipsum() }}",
        "{{ tempat|safe }}", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{% include 'x' %}",
        "{% set x = 1 %}{{ x }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% autoescape false %}{{ tempat }}{% endautoescape %}",
        "{{ tempat['__class__'] }}", "{{ tempat", "}} {{ tempat", "{% for %}", "{{ (" * 300, "{# {{ tempat }}",
    ],
)  # fmt: skip
def test_a_template_that_does_more_than_show_fields_is_refused(tmp_path: Path, text: str) -> None:
    told = fill(tmp_path, document("{{ tempat }}", text))
    assert told and "\n" not in told and len(told) < 300


def test_what_a_template_may_do_it_does_with_text_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    rows = "{% for b in rtl %}{% if b.kampung == 'a' %}{{ loop.index }}{{ b.kampung }}{% endif %}{% endfor %}"
    path.write_bytes(document("{{ tempat|upper }} " + rows, "{{ tempat }}"))
    made = Document(io.BytesIO(filled(path, "a.docx", FACTS)))
    assert [p.text for p in made.paragraphs] == ["<W:P/> & {{ TAHUN }} 1a", "<w:p/> & {{ tahun }}"]


RELASI = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
    b'Type="x/attachedTemplate" Target="http://a/b.dotm" TargetMode="External"/></Relationships>'
)
W = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
W_AKHIR = b"</w:p></w:body></w:document>"
CODES = b"<w:r><w:instrText>DD</w:instrText><w:instrText>EAUTO c</w:instrText></w:r>"
DOCX = "; simpan ulang di Word sebagai .docx biasa"
BERKAS_LAIN = "menyisipkan atau menunjuk berkas lain (attachedTemplate http://a/b.dotm); hapus sisipan itu"


@pytest.mark.parametrize(
    ("part", "isi", "text"),
    [
        ("word/vbaProject.bin", b"x", f"memuat makro{DOCX}"),
        ("word/_rels/settings.xml.rels", RELASI, BERKAS_LAIN),
        ("word/document.xml", W + CODES + W_AKHIR, "memuat bidang DDEAUTO; hapus bidang itu di Word"),
        (
            "word/document.xml",
            W + b'<w:fldSimple w:instr="HYPERLINK {{ tempat }}"/>' + W_AKHIR,
            "memuat isian di dalam kode bidang; hapus bidang itu di Word",
        ),
        ("word/document.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + W, f"memuat DTD, yang tidak ditulis Office{DOCX}"),
        ("word/document.xml", W * 100, "bukan dokumen Word (.docx) yang utuh; simpan ulang di Word"),
        (
            "word/document.xml",
            W + b" " * 2_000_000,
            "word/document.xml lebih besar dari 1 MB; hapus isi yang bukan templat",
        ),
        ("word/media/a.png", b" " * 30_000_000, f"isinya lebih besar dari 20 MB sesudah dibuka{DOCX}"),
    ],
)
def test_a_template_that_fetches_or_hides_something_is_refused(
    tmp_path: Path, part: str, isi: bytes, text: str
) -> None:
    assert fill(tmp_path, document("{{ tempat }}", parts={part: isi})) == text


@settings(ENAM, max_examples=40)
@given(benih=st.integers(0, 2**32))
def test_a_damaged_template_is_filled_or_refused(tmp_path: Path, benih: int) -> None:
    dice = random.Random(benih)
    with zipfile.ZipFile(store.ROOT / "kkb_eval/documents/berita_acara.docx") as book:
        parts = {name: book.read(name) for name in book.namelist() if "WithEffects" not in name}
    chosen = dice.choice(["word/document.xml", "word/document.xml", *parts])
    fill(tmp_path, zipped({**parts, chosen: damaged(parts[chosen], dice)}))


def test_our_own_template_is_allowed() -> None:
    assert word_template.read_template(store.ROOT / "kkb_eval/documents/berita_acara.docx", "a")
