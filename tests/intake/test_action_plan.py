"""Returned RTL workbooks: nothing is lost, and what cannot be read is told with file, row and column."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake.action_plan import COLUMNS, ActionPlan, read_rtl
from kkb_eval.intake.catalogue import read_catalogue

LEBAK = pd.DataFrame(
    [
        ("Lebak", "Maja", "Maja", "Aren Manis"),
        ("Lebak", "Maja", "Sangiang", "Mawar"),
        ("Lebak", "Sajira", "Sajira", "Dahlia"),
    ],
    columns=["kabupaten", "kecamatan", "desa", "kampung"],
).assign(kampung_id=["maja-arenmanis", "sangiang-mawar", "sajira-dahlia"])
DATA = "Kabupaten Lebak, Kecamatan Maja, hasil evaluasi 2017"
BETTER = {"id": "maja-arenmanis/naikkan_pokja", "kampung": "Aren Manis", "desa": "Maja", "menuju": "Mandiri"}
BETTER |= {"langkah": "lengkapi pokja", "unsur": "pemda", "status": "disepakati"}
Told = list[tuple[str, str, str, int | None, str, str]]


def write(folder: Path, *rows: dict[str, Any], name: str = "maja.xlsx", data: str = DATA, **titles: str) -> Path:
    """A workbook as an office may send it back: the table below two lines, not where ours has it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["", data])
    sheet.append([])
    sheet.append([titles.get(kolom, judul) for kolom, judul in schema.RTL.items()])
    for row in rows:
        sheet.append([row.get(kolom) for kolom in schema.RTL])
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / name)
    return folder / name


def read(folder: Path, tahun: int | None = 2017, evaluasi: int = 2018, alias: pd.DataFrame | None = None) -> ActionPlan:
    return read_rtl(folder, LEBAK, tahun, read_catalogue(), evaluasi=evaluasi, alias=alias)


def told(plan: ActionPlan) -> Told:
    found = plan.catatan[["kode", "tingkat", "berkas", "baris", "kolom", "pesan"]].astype(object)
    return list(found.where(found.notna(), None).itertuples(index=False, name=None))


def rows(plan: ActionPlan, *kolom: str) -> list[list[object]]:
    table = plan.rows[list(kolom)].astype(object)
    return table.where(table.notna(), None).to_numpy().tolist()


def test_nothing_given_is_nothing_read(tmp_path: Path) -> None:
    plan = read(tmp_path / "rtl")
    assert (len(plan.rows), len(plan.catatan), plan.rows.columns.tolist()) == (0, 0, list(COLUMNS))


def test_a_filled_row_is_read_whole(tmp_path: Path) -> None:
    isi = {
        "penanggung_jawab": "Puskesmas Maja",
        "tenggat": date(2018, 3, 31),
        "status": " Selesai",
        "catatan": "SK terbit",
    }
    write(tmp_path, BETTER | isi)
    plan = read(tmp_path)
    assert told(plan) == []
    assert rows(plan, *COLUMNS) == [
        [2017, "Lebak", "Maja", "maja-arenmanis", "Aren Manis", "naikkan_pokja", "Mandiri", "lengkapi pokja", "pemda",
         "Puskesmas Maja", pd.Timestamp(2018, 3, 31), "selesai", "SK terbit", "rujukan/rtl/maja.xlsx", 4]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tenggat", "dibaca"),
    [
        ("31 Desember 2018", "2018-12-31"),
        ("1 agt 2018", "2018-08-01"),
        ("5/3/2018", "2018-03-05"),
        ("05-03-2018", "2018-03-05"),
    ],
)
def test_a_date_in_words_or_figures_is_a_date(tmp_path: Path, tenggat: str, dibaca: str) -> None:
    write(tmp_path, BETTER | {"tenggat": tenggat})
    plan = read(tmp_path)
    assert (told(plan), plan.rows["tenggat"].tolist()) == ([], [pd.Timestamp(dibaca)])


@pytest.mark.parametrize("tenggat", ["akhir tahun", "Desember 2018", "31/2/2018"])
def test_r03_what_is_no_date_is_told_and_the_row_is_used(tmp_path: Path, tenggat: str) -> None:
    write(tmp_path, BETTER | {"tenggat": tenggat})
    plan = read(tmp_path)
    pesan = f'tenggat: "{tenggat}" bukan tanggal; tulis seperti 31/12/2018'
    assert told(plan) == [("R03", "periksa", "rujukan/rtl/maja.xlsx", 4, "tenggat", pesan)]
    assert rows(plan, "status", "tenggat") == [["disepakati", None]]


def test_r05_and_r03_free_text_in_a_drop_down_is_told_and_the_row_is_used(tmp_path: Path) -> None:
    write(
        tmp_path,
        BETTER | {"status": "sudah jalan", "unsur": "Pemdes"},
        BETTER | {"id": "sangiang-mawar/lapor", "status": ""},
    )
    plan = read(tmp_path)
    berkas = "rujukan/rtl/maja.xlsx"
    assert told(plan) == [
        ("R05", "periksa", berkas, 4, "unsur", 'unsur: "Pemdes" tidak dikenal; maksud Anda "pemda"?'),
        ("R05", "periksa", berkas, 4, "status",
         'status: "sudah jalan" tidak dikenal; pilihannya: disepakati, berjalan, selesai, tidak disepakati, batal'),
        ("R03", "info", berkas, None, "status",
         "1 langkah rencana tanpa status, jadi tidak dihitung sebagai disepakati; pilih statusnya"),
    ]  # fmt: skip
    assert rows(plan, "kampung_id", "unsur", "status") == [["maja-arenmanis", None, None]]


def test_words_of_earlier_workbooks_are_understood(tmp_path: Path) -> None:
    write(tmp_path, BETTER | {"status": "belum"})
    plan = read(tmp_path)
    assert (told(plan), rows(plan, "status")) == ([], [["disepakati"]])


def test_an_extra_row_is_a_step_of_the_meetings_own(tmp_path: Path) -> None:
    lain = {"kampung": "mawar", "langkah": "bentuk BKB", "unsur": "masyarakat", "status": "berjalan"}
    write(tmp_path, BETTER, lain, {"langkah": "rapat kecamatan", "status": "disepakati"})
    plan = read(tmp_path)
    assert told(plan) == []
    assert rows(plan, "kampung_id", "tindakan", "langkah", "status")[1:] == [
        ["sangiang-mawar", None, "bentuk BKB", "berjalan"],
        [None, None, "rapat kecamatan", "disepakati"],
    ]


def test_r02_an_extra_row_of_an_unknown_kampung_kb_is_read_without_it(tmp_path: Path) -> None:
    write(tmp_path, {"kampung": "Dahlia", "langkah": "bentuk BKB", "status": "disepakati"})
    plan = read(tmp_path)
    pesan = 'Kampung KB "Dahlia" tidak ada di kecamatan Maja atau ada beberapa; langkah ini dibaca tanpa Kampung KB'
    assert told(plan) == [("R02", "periksa", "rujukan/rtl/maja.xlsx", 4, "kampung", pesan)]
    assert rows(plan, "kampung_id", "kampung", "langkah") == [[None, "Dahlia", "bentuk BKB"]]


def test_r10_a_broken_id_is_read_by_its_names(tmp_path: Path) -> None:
    write(tmp_path, BETTER | {"id": "maja-aren/naikkan_pokja"}, BETTER | {"id": "tulisan tangan", "langkah": "lain"})
    plan = read(tmp_path)
    akhir = "di Aren Manis; jangan mengubah ID"
    assert [pesan for *_, pesan in told(plan)] == [
        f'ID "maja-aren/naikkan_pokja" tidak dikenal; dibaca sebagai langkah itu {akhir}',
        f'ID "tulisan tangan" tidak dikenal; dibaca sebagai langkah lain {akhir}',
    ]
    assert rows(plan, "kampung_id", "tindakan") == [["maja-arenmanis", "naikkan_pokja"], ["maja-arenmanis", None]]


def test_a_kampung_kb_that_changed_its_name_is_found(tmp_path: Path) -> None:
    alias = {"kabupaten": "Lebak", "kecamatan": "Maja", "desa": "Maja", "nama_lama": "Aren", "nama_baru": "Aren Manis"}
    write(tmp_path, BETTER | {"id": "maja-aren/naikkan_pokja", "kampung": "Aren"})
    plan = read(tmp_path, alias=pd.DataFrame([alias]))
    assert rows(plan, "kampung_id", "tindakan") == [["maja-arenmanis", "naikkan_pokja"]]


def test_r10_a_row_of_a_single_cell_is_told_without_its_text(tmp_path: Path) -> None:
    write(tmp_path, BETTER, {"catatan": "Maja, 5 Desember 2017, Camat"})
    pesan = "hanya satu sel terisi, jadi baris ini tidak dibaca; lengkapi"
    assert told(read(tmp_path)) == [("R10", "periksa", "rujukan/rtl/maja.xlsx", 5, "catatan", pesan)]


@pytest.mark.parametrize("nama", ["Bapak Ujang", "Drs. Ujang Sudrajat", "Hj. Siti", "Ujang, S.Sos"])
def test_r08_a_persons_name_is_not_read_and_not_repeated(tmp_path: Path, nama: str) -> None:
    write(tmp_path, BETTER | {"penanggung_jawab": nama})
    plan = read(tmp_path)
    pesan = "penanggung jawab: tampak seperti nama orang, jadi tidak dibaca; tulis instansi atau jabatan"
    assert told(plan) == [("R08", "periksa", "rujukan/rtl/maja.xlsx", 4, "penanggung_jawab", pesan)]
    assert rows(plan, "penanggung_jawab") == [[None]]


@pytest.mark.parametrize("nama", ["Puskesmas Maja", "Ketua Pokja", "DP2KBP3A", "Bupati Lebak"])
def test_an_office_or_a_function_is_read(tmp_path: Path, nama: str) -> None:
    write(tmp_path, BETTER | {"penanggung_jawab": nama})
    plan = read(tmp_path)
    assert (told(plan), rows(plan, "penanggung_jawab")) == ([], [[nama]])


@pytest.mark.parametrize(
    ("isi", "jenis"), [("3602131501800001", "NIK atau nomor KK"), ("hubungi 0812-3456-7890", "telepon")]
)
def test_r08_a_workbook_with_a_nik_or_telephone_is_refused(tmp_path: Path, isi: str, jenis: str) -> None:
    write(tmp_path, BETTER, BETTER | {"id": "sangiang-mawar/lapor", "catatan": isi})
    plan = read(tmp_path)
    pesan = f'kolom "Catatan", baris 5: nomor seperti {jenis}; hapus nomor itu; sebelum itu RTL ini tidak dipakai'
    assert told(plan) == [("R08", "salah", "rujukan/rtl/maja.xlsx", None, "Catatan", pesan)]
    assert len(plan.rows) == 0


def test_r07_of_identical_rows_the_first_is_used_of_different_ones_none(tmp_path: Path) -> None:
    lapor = BETTER | {"id": "sangiang-mawar/lapor", "kampung": "Mawar"}
    write(tmp_path, BETTER, BETTER, lapor)
    write(tmp_path, lapor | {"status": "selesai"}, name="maja (1).xlsx")
    plan = read(tmp_path)
    beda = "isinya berbeda dengan {} tentang langkah yang sama, jadi tidak dibaca; hapus yang salah"
    assert told(plan) == [
        ("R07", "salah", "rujukan/rtl/maja (1).xlsx", 4, "", beda.format("baris 6 di rujukan/rtl/maja.xlsx")),
        ("R07", "periksa", "rujukan/rtl/maja.xlsx", 5, "", "baris ini mengulang baris 4; hapus"),
        ("R07", "salah", "rujukan/rtl/maja.xlsx", 6, "", beda.format("baris 4 di rujukan/rtl/maja (1).xlsx")),
    ]
    assert rows(plan, "kampung_id", "baris") == [["maja-arenmanis", 4]]


def test_r07_a_copy_of_a_workbook_is_told_once(tmp_path: Path) -> None:
    path = write(tmp_path, BETTER)
    (tmp_path / "salinan.xlsx").write_bytes(path.read_bytes())
    plan = read(tmp_path)
    pesan = "isinya sama persis dengan rujukan/rtl/maja.xlsx; hapus salah satu"
    assert told(plan) == [("R07", "periksa", "rujukan/rtl/salinan.xlsx", None, "", pesan)]
    assert len(plan.rows) == 1


@pytest.mark.parametrize(
    ("data", "kode", "tingkat", "pesan"),
    [
        ("Kabupaten Pandeglang, Kecamatan Maja, tahun 2017", "R09", "periksa",
         "RTL Kabupaten Pandeglang, bukan kabupaten dalam data ini; tidak dibaca"),
        ("RTL kami", "R09", "salah",
         'RTL mana tidak diketahui; tulis lagi di atas tabel, seperti "Kabupaten Lebak, Kecamatan Maja, hasil evaluasi'
         ' 2017"; sebelum itu RTL ini tidak dipakai'),
    ],
)  # fmt: skip
def test_r09_a_workbook_of_other_data(tmp_path: Path, data: str, kode: str, tingkat: str, pesan: str) -> None:
    write(tmp_path, BETTER, data=data)
    plan = read(tmp_path)
    assert told(plan) == [(kode, tingkat, "rujukan/rtl/maja.xlsx", None, "", pesan)]
    assert len(plan.rows) == 0


def test_r09_a_workbook_of_a_year_without_data_is_told_those_of_other_years_are_not(tmp_path: Path) -> None:
    for tahun in (2014, 2015, 2016, 2017):
        write(tmp_path, BETTER, name=f"{tahun}.xlsx", data=f"Kabupaten Lebak, Kecamatan Maja, tahun {tahun}")
    plan = read(tmp_path, 2015, 2017)
    pesan = "RTL tahun 2016, tetapi data ini tidak memuat tahun 2016; tidak dibaca"
    assert told(plan) == [("R09", "periksa", "rujukan/rtl/2016.xlsx", None, "", pesan)]
    assert plan.rows["berkas"].tolist() == ["rujukan/rtl/2015.xlsx"]


def test_r09_r01_and_r04_files_that_are_no_rtl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "kosong.xlsx")
    (tmp_path / "rusak.xlsx").write_bytes(b"bukan")
    (tmp_path / "nol.xlsx").write_bytes(b"")
    (tmp_path / "rapat.docx").write_bytes(b"x")
    write(tmp_path, BETTER, name="kolom.xlsx", status="Keadaan")
    tamat = "; sebelum itu RTL ini tidak dipakai"
    assert [(kode, berkas.rpartition("/")[2], pesan) for kode, _, berkas, _, _, pesan in told(read(tmp_path))] == [
        ("R01", "kolom.xlsx", f'kolom "Status" tidak ada; tulis lagi judul itu{tamat}'),
        ("R09", "kosong.xlsx",
         f"bukan buku RTL: judul kolom ID, Kampung KB, Langkah, … tidak ditemukan; pakai buku RTL{tamat}"),
        ("R01", "nol.xlsx",
         "berkas kosong; simpan ulang di Excel, atau ambil lagi buku RTL dari laporan" + tamat),
        ("R04", "rapat.docx", "bukan buku RTL (.xlsx), jadi tidak dibaca"),
        ("R01", "rusak.xlsx",
         "bukan buku kerja Excel yang utuh; simpan ulang di Excel, atau ambil lagi buku RTL dari laporan" + tamat),
    ]  # fmt: skip


def test_r03_a_formula_without_a_result_is_told(tmp_path: Path) -> None:
    write(tmp_path, BETTER | {"catatan": "=1+1"})
    pesan = "sel M4: galat atau rumus tanpa hasil; tulis isinya"
    assert told(read(tmp_path)) == [("R03", "periksa", "rujukan/rtl/maja.xlsx", 4, "", pesan)]
