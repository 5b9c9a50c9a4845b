"""The data workbook: its sheets, what a cell says, and that it is the same every time."""

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from report.evaluations import area, evaluation, kampung

from kkb_eval import Evaluation, schema
from kkb_eval.current import Status
from kkb_eval.documents import data_sheets, xlsx
from kkb_eval.documents.data_workbook import write_data
from kkb_eval.errors import of_system
from kkb_eval.report.sections import head
from kkb_eval.text import SAMPLE_BANNER


def small(*rows: dict[str, Any], **tables: Any) -> Evaluation:
    """Kampung KB with every column of a workbook; those not said are blank."""
    columns = data_sheets.dictionary().query("tabel == 'kampung'")["kolom"].unique()
    frame = kampung(*(rows or ({},)))
    extra = {kolom: None for kolom in columns if kolom not in frame}
    frames: dict[str, Any] = {}
    for tabel, own in data_sheets.dictionary().groupby("tabel"):
        given = {"kampung_id", "tindakan", *own["kolom"], "kabupaten"} - {"kampung", "kecamatan", "desa", "kalimat"}
        known = dict.fromkeys(given) | {"kabupaten": "Lebak"}
        if tabel != "kampung":
            frames[str(tabel)] = pd.DataFrame([known | row for row in tables.get(str(tabel), ())])
            if not len(frames[str(tabel)]):
                frames[str(tabel)] = pd.DataFrame(columns=list(known))
    return evaluation(frame.assign(**extra), **frames)


def cells(evaluasi: Evaluation, lembar: str) -> dict[str, list[Any]]:
    return {k.title: k.cells for k in data_sheets.sheets(evaluasi)[lembar]}


def test_every_column_of_the_dictionary_is_in_the_stored_tables_with_a_meaning(evaluasi: Evaluation) -> None:
    kamus = data_sheets.dictionary()
    there = {t: {*getattr(evaluasi, t), "kampung", "kecamatan", "desa", "kalimat"} for t in kamus["tabel"].unique()}
    assert [(t, k) for t, k in zip(kamus["tabel"], kamus["kolom"], strict=True) if k not in there[t]] == []
    assert kamus[["judul", "arti"]].ne("").all(axis=None)
    assert not kamus.duplicated(["lembar", "judul"]).any()
    assert set(kamus["satuan"]) <= xlsx.NUMBER_FORMATS.keys()
    assert set(schema.REKAP) <= set(kamus["kolom"])
    assert max(map(len, kamus["lembar"])) <= 31


def test_the_sample_has_a_sheet_for_every_table_but_one_and_is_the_same_every_time(
    evaluasi: Evaluation, tmp_path: Path
) -> None:
    write_data(tmp_path / "a.xlsx", evaluasi)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    # it needs an indicator that is far better in two years, by different records; the sample has none
    assert evaluasi.unggulan.empty
    there = [nama for nama in data_sheets.dictionary()["lembar"].unique() if nama != "Unggulan"]
    assert book.sheetnames == [*there, "Kamus"]
    assert [*book["Kamus"].iter_rows(values_only=True)][-1][
        0
    ] == "Lembar yang tidak dibuat karena tidak ada isinya: Unggulan."
    rows = {sheet.title: sheet.max_row - 3 for sheet in book}
    assert (rows["Kampung KB"], rows["Indikator"], rows["Skor"]) == (82, 82 * len(evaluasi.katalog), 984)
    write_data(tmp_path / "b.xlsx", evaluasi)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_sheet_has_a_title_a_banner_a_fixed_head_a_filter_and_formats(evaluasi: Evaluation, tmp_path: Path) -> None:
    write_data(tmp_path / "a.xlsx", evaluasi)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Indikator"]
    assert sheet["A1"].value == (
        "Indikator. Data evaluasi Kampung KB Kabupaten Lebak, 2018. Portal Kampung KB, rekap dan klasifikasi "
        "15 Oktober 2018. Arti kolom: lembar Kamus."
    )
    assert (sheet["A2"].value, sheet.oddHeader.center.text) == (SAMPLE_BANNER, f"&B{SAMPLE_BANNER}")
    assert [sheet.cell(3, n).value for n in (1, 5, 8)] == ["Kampung KB", "Indikator", "Nilai"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B4", f"A3:L{3 + 82 * len(evaluasi.katalog)}")
    assert (sheet["F4"].number_format, sheet["H4"].number_format) == ("#,##0", "0.0%")


def test_what_is_not_known_is_said_in_words_and_never_zero() -> None:
    melati = {"lapor_kb": False, "iud": None, "klasifikasi": None}
    mawar = {"lapor_kb": True, "iud": 0.0, "pil": None, "mantap": None}
    tanpa = {"lapor_kb": None, "iud": None}
    status = [{"kampung_id": "k0", "indikator": "cpr", "status": "belum_lapor"}]
    evaluasi = small(melati, mawar, tanpa, indikator=status)
    angka, kelas = cells(evaluasi, "Angka"), cells(evaluasi, "Kampung KB")
    assert angka["IUD"] == ["belum lapor", 0.0, "tanpa rekap"]
    assert angka["Pil"] == ["belum lapor", "bukan bilangan", "tanpa rekap"]
    assert (kelas["Kelas"][:2], kelas["Mantap"]) == (["belum pasti", "Dasar"], ["ya", "tidak diketahui", "ya"])
    shown = cells(evaluasi, "Indikator")
    assert (shown["Kampung KB"], shown["Indikator"], shown["Nilai"]) == (["Kampung A"], ["CPR"], ["belum lapor"])


def test_keys_are_said_in_words() -> None:
    beda = [{"kampung_id": "k0", "butir": "mkjp, sumber_dana", "lulus": False}]
    catatan = [{"kampung_id": "k0", "kolom": "pus, iud", "kode": "K06", "pesan": "x"}]
    evaluasi = small(beda=beda, catatan_mutu=catatan)
    assert (cells(evaluasi, "Beda kelas")["Butir"], cells(evaluasi, "Beda kelas")["Lulus"]) == (
        ["MKJP, sumber dana"],
        ["tidak"],
    )
    assert cells(evaluasi, "Catatan mutu")["Kolom"] == ["PUS, IUD"]


def test_only_rows_of_the_kabupaten_are_in_it_but_for_notes_of_no_kabupaten() -> None:
    catatan = [{"kode": "K01", "kabupaten": None}, {"kode": "K05", "kabupaten": "Bogor"}]
    rows = [area("kabupaten"), area("provinsi", kabupaten=None), area("kabupaten", kabupaten="Bogor")]
    evaluasi = small(wilayah=rows, catatan_mutu=catatan)
    assert cells(evaluasi, "Catatan mutu")["Kode"] == ["K01"]
    assert (cells(evaluasi, "Wilayah")["Tingkat"], cells(evaluasi, "Wilayah")["Kecamatan"]) == (
        ["kabupaten"],
        ["(kabupaten)"],
    )


def test_text_that_looks_like_a_formula_or_a_link_stays_text_and_empty_sheets_are_named(tmp_path: Path) -> None:
    write_data(tmp_path / "a.xlsx", small({"kampung": "=1+1", "desa": "https://contoh.id", "kecamatan": "+62"}))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    sheet = book["Kampung KB"]
    assert [(c.value, c.data_type, c.hyperlink) for c in sheet[4][:3]] == [
        ("=1+1", "s", None),
        ("+62", "s", None),
        ("https://contoh.id", "s", None),
    ]
    assert (book.sheetnames, sheet["A2"].value) == (["Kampung KB", "Angka", "Kamus"], None)
    kamus = [str(row[0]) for row in book["Kamus"].iter_rows(values_only=True)]
    assert kamus[-1].startswith("Lembar yang tidak dibuat karena tidak ada isinya: Indikator, Wilayah, ")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    with pytest.raises(OSError) as error:
        write_data(tmp_path / "berkas" / "data.xlsx", small())
    assert of_system(error.value) == f"{tmp_path / 'berkas'}: bukan folder; sebut folder lain, lalu ulangi"


def test_the_kabupaten_page_links_it_and_the_others_do_not(evaluasi: Evaluation) -> None:
    link = '<a href="data.xlsx">Data (Excel)</a>'
    assert link in str(head(evaluasi, "kabupaten").html)
    assert link not in str(head(evaluasi, "kualitas-data").html)


def test_a_build_makes_it_beside_the_kabupaten_page(laporan: Path) -> None:
    (made,) = [r for r in Status(laporan).pages.values() if (r.jenis, r.tahun) == ("kabupaten", 2018)]
    assert list(made.tambahan) == ["laporan/lebak/2018/data.xlsx"]
    assert Status(laporan).changed(made) == ()
