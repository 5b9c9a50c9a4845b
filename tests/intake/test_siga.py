"""Tables of SIGA: recognised, dated by their file's name, typed; what is odd in them is told with row and value."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from kkb_eval.errors import FileRefused
from kkb_eval.intake import siga

HARI_INI = date(2025, 10, 23)
PUS = "NO;PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN"
METODE = (
    "KABUPATEN,KECAMATAN,KELURAHAN,PA,SUNTIK,PIL,KONDOM,IMPLAN,IUD,VASEKTOMI,TUBEKTOMI,MAL,KB MODERN,"
    "KB TRADISIONAL,BULAN"
)
POKTAN = (
    "KABUPATEN;KECAMATAN;KELURAHAN;SASARAN BKB;KESERTAAN BKB;SASARAN BKR;KESERTAAN BKR;SASARAN BKL;KESERTAAN BKL;BULAN"
)
KKB = "KABUPATEN;KECAMATAN;KODE;KELURAHAN;JUMLAH KELURAHAN/DESA;JUMLAH KAMPUNG KB;2016;> 2019"
MAJA = "0;BANTEN;LEBAK;MAJA;MAJA;507;59;JANUARI"


def read(folder: Path, *lines: str, name: str = "data_pus_2025.csv") -> siga.SigaFile:
    """The table of a file with these lines in ``siga/``."""
    path = folder / "siga" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return siga.read_file(path, f"siga/{name}", HARI_INI)


def refused(folder: Path, *lines: str, name: str = "data_pus_2025.csv") -> list[tuple[str, str]]:
    with pytest.raises(FileRefused) as error:
        read(folder, *lines, name=name)
    return list(error.value.masalah)


def told(table: siga.SigaFile) -> list[tuple[object, ...]]:
    """Kode, tingkat, row and text of every finding."""
    return [(kode, tingkat, baris, pesan) for kode, tingkat, _, baris, _, _, pesan in table.catatan]


def rows(table: siga.SigaFile, *columns: str) -> list[list[object]]:
    frame = table.rows[list(columns)].astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def test_couples_are_read_with_the_year_of_the_file_and_the_month_of_the_row(tmp_path: Path) -> None:
    table = read(tmp_path, PUS, MAJA, "1;BANTEN;LEBAK;MAJA;SANGIANG;1.322;61;FEBRUARI")
    assert (table.jenis, table.tahun, told(table)) == (("pus",), 2025, [])
    assert rows(table, "baris", "kecamatan", "desa", "bulan", "pus", "unmet") == [
        [2, "MAJA", "MAJA", 1, 507.0, 59.0],
        [3, "MAJA", "SANGIANG", 2, 1322.0, 61.0],
    ]


def test_vasektomi_is_mop_and_tubektomi_is_mow(tmp_path: Path) -> None:
    table = read(tmp_path, METODE, "LEBAK,MAJA,MAJA,275,81,50,7,113,9,1,12,2,275,0,MARET", name="kb 2025.csv")
    assert table.jenis == ("metode",)
    assert rows(table, "bulan", "mop", "mow", "mal", "modern", "provinsi") == [[3, 1.0, 12.0, 2.0, 275.0, ""]]


def test_a_table_of_no_month_has_the_code_of_each_desa(tmp_path: Path) -> None:
    kode = ("2001", "36.02.13.2002", "3602132003", "kosong")
    table = read(tmp_path, KKB, *(f"LEBAK;MAJA;{k};D{i};1;1;0;1" for i, k in enumerate(kode)), name="kkb_2025.csv")
    assert rows(table, "kode", "bulan") == [["2001", None], ["2002", None], ["2003", None], ["", None]]


def test_one_file_may_hold_two_tables(tmp_path: Path) -> None:
    table = read(tmp_path, f"{KKB};PUS;UNMET NEED;BULAN", "LEBAK;MAJA;2001;MAJA;1;1;0;1;507;59;MEI")
    assert table.jenis == ("pus", "kampung_kb")
    assert rows(table, "bulan", "pus", "kampung_kb") == [[5, 507.0, 1.0]]


def test_a_workbook_with_titles_column_numbers_and_totals_reads_like_the_csv(tmp_path: Path) -> None:
    cells: list[Sequence[object]] = [
        ["LAPORAN PUS DAN UNMET NEED"],
        [],
        PUS.split(";"),
        [1, 2, 3, 4, 5, 6, 7, 8],
        [0, "BANTEN", "LEBAK", "MAJA", "MAJA", 507, 59, "JANUARI"],
        ["JUMLAH KEC. MAJA", "", "", "", "", 507, 59, ""],
        ["", "BANTEN", "LEBAK", "JUMLAH", "", 507, 59, "JANUARI"],
    ]
    path = tmp_path / "pus 2025.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for at, row in enumerate(cells):
            sheet.write_row(at, 0, row)
    table = siga.read_file(path, "siga/pus 2025.xlsx", HARI_INI)
    assert rows(table, "baris", "desa", "bulan", "pus") == [[5, "MAJA", 1, 507.0]]
    assert [finding[:3] for finding in told(table)] == [("K20", "info", 6), ("K20", "info", 4)]


@pytest.mark.parametrize(
    ("word", "bulan"), [("JANUARI", 1), ("agustus", 8), ("Okt", 10), ("12", 12), ("03", 3), ("Mei 2025", 5)]
)
def test_a_month_is_read_as_people_write_it(tmp_path: Path, word: str, bulan: int) -> None:
    table = read(tmp_path, PUS, f"0;BANTEN;LEBAK;MAJA;MAJA;507;59;{word}")
    assert (rows(table, "bulan"), told(table)) == ([[bulan]], [])


@pytest.mark.parametrize(
    ("word", "pesan"),
    [
        ("JANUWARI", 'BULAN "JANUWARI" bukan nama bulan, tidak dihitung; tulis seperti JANUARI'),
        ("13", 'BULAN "13" bukan nama bulan, tidak dihitung; tulis seperti JANUARI'),
        ("", "BULAN kosong, tidak dihitung; tulis seperti JANUARI"),
        ("Mei 2024", 'BULAN "Mei 2024" menyebut tahun 2024, nama berkas 2025, tidak dihitung; tulis seperti JANUARI'),
    ],
)
def test_a_month_that_cannot_be_read_leaves_its_rows_out(tmp_path: Path, word: str, pesan: str) -> None:
    table = read(tmp_path, PUS, MAJA, f"1;BANTEN;LEBAK;MAJA;SANGIANG;322;61;{word}")
    assert told(table) == [("K17", "salah", 3, pesan)]
    assert rows(table, "desa") == [["MAJA"]]


@pytest.mark.parametrize(
    ("name", "tahun"),
    [
        ("data_pus_2024.csv", 2024),
        ("PUS Januari-Desember 2024.csv", 2024),
        ("pus_20240131093000.csv", 2024),
        ("pus-2024-03-31.csv", 2024),
        ("2024/pus.csv", 2024),
        ("SIGA 2024/pus_2024.csv", 2024),
    ],
)
def test_the_year_is_in_the_name_of_the_file_or_its_folder(tmp_path: Path, name: str, tahun: int) -> None:
    assert read(tmp_path, PUS, MAJA, name=name).tahun == tahun


@pytest.mark.parametrize(
    ("name", "pesan"),
    [
        ("data_pus.csv", "tahunnya tidak diketahui; tulis di nama berkas, misalnya data_pus_2025.csv"),
        ("pus_2024_2025.csv", "namanya memuat tahun 2024 dan 2025; sisakan tahun tabel itu saja"),
        ("2024/pus_2025.csv", "namanya memuat tahun 2024 dan 2025; sisakan tahun tabel itu saja"),
        ("pus_2026.csv", "tahun 2026 di nama berkas tidak mungkin; tulis tahun tabel itu"),
        ("pus_1999.csv", "tahun 1999 di nama berkas tidak mungkin; tulis tahun tabel itu"),
    ],
)
def test_a_file_without_a_possible_year_is_refused(tmp_path: Path, name: str, pesan: str) -> None:
    assert refused(tmp_path, PUS, MAJA, name=name) == [("K01", pesan)]


def test_the_month_may_be_in_the_name_of_the_file(tmp_path: Path) -> None:
    head, row = PUS.removesuffix(";BULAN"), MAJA.removesuffix(";JANUARI")
    assert rows(read(tmp_path, head, row, name="pus Maret 2025.csv"), "bulan") == [[3]]
    assert rows(read(tmp_path, head, row, name="pus_2025-11.csv"), "bulan") == [[11]]
    pesan = 'kolom "BULAN" tidak ada; tambahkan, atau tulis bulannya di nama berkas, misalnya data_pus_2025-03.csv'
    assert refused(tmp_path, head, row) == [("K01", pesan)]


def test_a_count_that_is_none_is_unknown_and_told_once(tmp_path: Path) -> None:
    cells = ("-5", "lima", "12,5", "", "-5", "9.999.999.999", "0")
    table = read(tmp_path, PUS, *(f"0;BANTEN;LEBAK;MAJA;D{i};{cell};0;MEI" for i, cell in enumerate(cells)))
    assert rows(table, "pus") == [*[[None]] * 6, [0.0]]
    assert told(table) == [
        ("K17", "info", 5, "PUS kosong; dianggap belum diketahui, tulis 0 bila memang nol"),
        ("K17", "salah", 2, 'PUS: "-5" negatif, sel ini tidak dipakai; tulis jumlahnya (2 baris: 2, 6)'),
        ("K17", "salah", 4, 'PUS: "12,5" bukan jumlah, sel ini tidak dipakai; tulis jumlahnya'),
        ("K17", "salah", 7, 'PUS: "9.999.999.999" bukan jumlah, sel ini tidak dipakai; tulis jumlahnya'),
        ("K17", "salah", 3, 'PUS: "lima" bukan jumlah, sel ini tidak dipakai; tulis jumlahnya'),
    ]


def test_methods_that_do_not_balance_are_told(tmp_path: Path) -> None:
    good = "LEBAK,MAJA,MAJA,275,81,50,7,113,9,0,12,0,272,3,MEI"
    wrong = "LEBAK,MAJA,SANGIANG,999,81,50,7,113,9,0,12,0,270,3,MEI"
    table = read(tmp_path, METODE, good, wrong, name="kb_2025.csv")
    pa, modern = (
        "PA bukan KB MODERN + KB TRADISIONAL (PA 999, KB MODERN 270, KB TRADISIONAL 3)",
        "KB MODERN bukan jumlah metodenya (KB MODERN 270, SUNTIK 81, PIL 50)",
    )
    assert told(table) == [("K06", "periksa", 3, f"{t}; dipakai apa adanya, periksa di SIGA") for t in (pa, modern)]


def test_more_unmet_than_couples_and_more_participants_than_their_target_are_told(tmp_path: Path) -> None:
    assert told(read(tmp_path, PUS, "0;BANTEN;LEBAK;MAJA;MAJA;50;59;MEI")) == [
        ("K07", "periksa", 2, "UNMET NEED melebihi PUS (UNMET NEED 59, PUS 50); dipakai apa adanya, periksa di SIGA")
    ]
    poktan = read(tmp_path, POKTAN, *["LEBAK;MAJA;MAJA;378;400;713;137;226;124;MEI"] * 6, name="poktan_2025.csv")
    pesan = (
        "KESERTAAN BKB melebihi SASARAN BKB (KESERTAAN BKB 400, SASARAN BKB 378); dipakai apa adanya, periksa di SIGA"
        " (6 baris: 2, 3, 4, 5, 6 …)"
    )
    assert told(poktan) == [("K08", "info", 2, pesan)]


def test_a_table_that_is_none_of_siga_says_what_is_read(tmp_path: Path) -> None:
    [(kode, pesan)] = refused(tmp_path, "nama,umur", "a,1")
    assert kode == "K01"
    assert pesan == (
        'judul kolom tidak dikenali sebagai tabel SIGA; baris 1 berisi "nama", "umur"; yang dibaca: PUS dan unmet need;'
        " peserta KB menurut metode; sasaran dan kesertaan poktan; Kampung KB yang dibentuk; Rumah DataKu"
    )


def test_missing_and_repeated_columns_are_named(tmp_path: Path) -> None:
    head = METODE.replace("MAL,", "").replace("PIL,", "PIL,PIL,")
    assert refused(tmp_path, head, "LEBAK") == [
        ("K01", "kolom MAL tidak ada; unduh ulang dari SIGA tanpa mengubah judulnya")
    ]
    assert refused(tmp_path, f"{PUS};PUS", f"{MAJA};1") == [("K01", "kolom PUS ada dua kali; hapus salah satu")]


def test_data_on_people_refuse_the_file_without_showing_them(tmp_path: Path) -> None:
    nik = "3602131234560001"
    masalah = refused(tmp_path, f"{PUS};NIK;KETERANGAN", f"{MAJA};1;{nik}")
    assert masalah == [
        ("K02", 'kolom "NIK" memuat data pribadi; hapus kolom itu, lalu simpan ulang'),
        ("K02", 'kolom "KETERANGAN", baris 2: nomor seperti NIK atau nomor KK; hapus nomor itu, lalu simpan ulang'),
    ]
    assert nik not in str(masalah)


def test_a_header_alone_or_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, PUS) == [("K01", "tidak memuat satu baris desa pun; unduh ulang dari SIGA")]
    assert refused(tmp_path, "") == [("K01", "kosong, tanpa judul kolom; unduh ulang dari SIGA")]


def test_a_table_of_siga_is_recognised_by_its_titles_alone() -> None:
    assert siga.recognise(PUS.split(";")) == "PUS dan unmet need"
    assert siga.recognise(METODE.lower().split(",")) == "peserta KB menurut metode"
    assert siga.recognise([*KKB.split(";"), "Jumlah Rumah DataKu"]) == "Kampung KB yang dibentuk serta Rumah DataKu"
    assert siga.recognise(["Kecamatan", "Desa", "PUS", "Output Unmet Need"]) is None
    assert siga.recognise(["PUS", "UNMET NEED"]) is None


@pytest.mark.parametrize(
    ("name", "jumlah"),
    [
        ("data_pus", 5832),
        ("data_mix_kontra", 5832),
        ("sasaran_poktan_gabung", 5832),
        ("data_kkb", 648),
        ("data_rdk", 648),
    ],
)
def test_real_tables_are_read_whole_and_their_methods_balance(
    tmp_path: Path, shared: Callable[[str], Path], name: str, jumlah: int
) -> None:
    table = read(tmp_path, shared(f"siga/{name}.csv").read_text("utf-8"), name=f"{name}_2025.csv")
    assert len(table.rows) == jumlah
    assert {kode for kode, *_ in told(table)} <= {"K08"}
    numbers = table.rows.select_dtypes("float64")
    assert not numbers.isna().any(axis=None)
    if name == "data_mix_kontra":
        users = numbers["modern"] - numbers["mal"]
        pd.testing.assert_series_equal(numbers[[*siga.METHODS]].sum(axis=1), users, check_names=False)
    if name == "data_kkb":
        assert numbers["kampung_kb"].sum() == 589
