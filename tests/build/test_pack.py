"""What leaves the office: the zip and its manifest, what is left out of it, public numbers and PDF."""

import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from conftest import SAMPLE

from kkb_eval import Evaluation
from kkb_eval.build import pdf
from kkb_eval.build.pack import write_pack
from kkb_eval.current import Inputs, Status
from kkb_eval.documents import public_edition
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method.disclosure import HIDDEN

LEBAK = "laporan/lebak"


@pytest.fixture
def out(laporan: Path, tmp_path: Path) -> Path:
    """A copy of the reports of the sample and of what they were made from, to be changed."""
    for name in ("laporan", "kerja"):
        shutil.copytree(laporan / name, tmp_path / "out" / name, ignore=shutil.ignore_patterns("notebooks", "log"))
    return tmp_path / "out"


def manifest(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as book:
        return dict(json.loads(book.read("manifest.json")))


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as book:
        return book.namelist()


def changed(out: Path, halaman: str, **fields: Any) -> None:
    status = Status(out)
    status.record(replace(status.pages[halaman], **fields))
    status.save()


def test_a_file_that_is_no_pack_is_not_replaced(laporan: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_text("penting")
    with pytest.raises(KkbError) as raised:
        write_pack(path, laporan, tahun=[2016])
    assert str(raised.value) == (
        f"{path}: sudah ada dan bukan kemasan laporan; pilih nama lain atau pindahkan berkas itu"
    )
    with zipfile.ZipFile(path, "w") as book:  # of another program, whose manifest has the same name
        book.writestr("manifest.json", "{}")
    with pytest.raises(KkbError, match="bukan kemasan laporan"):
        write_pack(path, laporan, tahun=[2016])
    path.unlink()
    for _ in range(2):
        write_pack(path, laporan, tahun=[2016])


def test_all_reports_go_in_with_their_files_an_index_and_the_hash_of_each(laporan: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    packed = write_pack(path, laporan)
    assert (packed.dilewati, packed.terisi) == ([], [])
    assert {"index.html", f"{LEBAK}/perkembangan.html", f"{LEBAK}/2018/kabupaten.html", f"{LEBAK}/2018/data.xlsx"} <= {
        *packed.berkas
    }
    assert {f"{LEBAK}/2018/kecamatan/maja.html", f"{LEBAK}/2018/rtl/maja.xlsx"} <= {*packed.berkas}
    said = manifest(path)
    with zipfile.ZipFile(path) as book:
        assert said["berkas"] == {
            name: hashlib.sha256(book.read(name)).hexdigest() for name in book.namelist() if name != "manifest.json"
        }
    assert list(said["tahun"]) == ["2016", "2017", "2018"]
    assert said["tahun"]["2018"]["snapshot_rekap"] == "2018-10-15"
    assert (said["kabupaten"], said["tahun"]["2018"]["aturan"]) == (
        ["Lebak"],
        read_catalogue().klasifikasi["versi"].iat[0],
    )


def test_the_same_reports_give_the_same_bytes_in_order_and_without_dates(laporan: Path, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_pack(tmp_path / name, laporan, tahun=[2016])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names(tmp_path / "a.zip") == [*sorted(names(tmp_path / "a.zip")[:-1]), "manifest.json"]


def test_a_year_goes_in_alone_and_the_page_over_all_years_with_the_last(laporan: Path, tmp_path: Path) -> None:
    write_pack(tmp_path / "a.zip", laporan, ["kab. lebak"], [2016])
    assert {n.split("/")[2] for n in names(tmp_path / "a.zip") if "/" in n} == {"2016"}
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        index = book.read("index.html").decode()
    assert (f"{LEBAK}/2016/kabupaten.html" in index, f"{LEBAK}/2018/kabupaten.html" in index) == (True, False)
    write_pack(tmp_path / "b.zip", laporan, tahun=[2018])
    assert f"{LEBAK}/perkembangan.html" in names(tmp_path / "b.zip")


def test_what_failed_changed_or_is_gone_is_left_out_and_told(out: Path, tmp_path: Path) -> None:
    folder = f"{LEBAK}/2016"
    changed(out, f"{folder}/kabupaten.html", status="gagal", sel="In [4]", galat="ValueError: x", tambahan=())
    (out / folder / "kualitas-data.html").write_text("diubah")
    (out / folder / "paparan.html").unlink()
    packed = write_pack(tmp_path / "a.zip", out, tahun=[2016])
    assert packed.dilewati == [
        (f"{folder}/kabupaten.html", "gagal: In [4]: ValueError: x"),
        (f"{folder}/kualitas-data.html", "berubah sejak dibuat; jalankan kkb-eval build"),
        (f"{folder}/paparan.html", "tidak ada lagi; jalankan kkb-eval build"),
    ]
    assert manifest(tmp_path / "a.zip")["tidak_disertakan"] == dict(packed.dilewati)
    assert [n for n in names(tmp_path / "a.zip") if n in dict(packed.dilewati) or "data.xlsx" in n] == []
    with zipfile.ZipFile(tmp_path / "a.zip") as book:
        assert "Evaluasi (gagal)" in book.read("index.html").decode()


def test_what_someone_has_written_in_stays_at_home_and_is_named(out: Path, tmp_path: Path) -> None:
    changed = [sorted((out / LEBAK / "2016/rtl").iterdir())[0], out / LEBAK / "2016/data.xlsx"]
    for path in changed:
        openpyxl.load_workbook(path).save(path)
    gone = out / LEBAK / "2017/data.xlsx"
    gone.unlink()
    packed = write_pack(tmp_path / "a.zip", out, tahun=[2016, 2017])
    assert packed.terisi == [f"{LEBAK}/2016/data.xlsx", changed[0].relative_to(out).as_posix()]
    assert packed.dilewati == [(f"{LEBAK}/2017/data.xlsx", "tidak ada lagi; jalankan kkb-eval build")]
    assert manifest(tmp_path / "a.zip")["sudah_diisi"] == packed.terisi
    assert not {*packed.terisi, f"{LEBAK}/2017/data.xlsx"} & {*names(tmp_path / "a.zip")}


def test_a_document_that_someone_has_written_in_stays_at_home(out: Path, tmp_path: Path) -> None:
    name = f"{LEBAK}/2018/berita-acara.docx"
    with zipfile.ZipFile(out / name, "a") as book:
        book.writestr("catatan", "ditulis di rapat")
    packed = write_pack(tmp_path / "a.zip", out, tahun=[2018])
    assert (packed.terisi, name in names(tmp_path / "a.zip")) == ([name], False)


def test_pages_of_numbers_that_are_no_longer_stored_are_left_out(out: Path, tmp_path: Path) -> None:
    folder = f"{LEBAK}/2016"
    changed(out, f"{folder}/kabupaten.html", angka={"2016": "lama"})
    changed(out, f"{folder}/paparan.html", angka={"2011": "x"})
    packed = write_pack(tmp_path / "a.zip", out, tahun=[2016])
    assert packed.dilewati == [
        (f"{folder}/kabupaten.html", "dibuat dari angka 2016 yang lama; jalankan kkb-eval build"),
        (f"{folder}/paparan.html", "data 2011 berubah atau tidak ada lagi; jalankan kkb-eval build"),
    ]


def test_data_that_have_changed_since_the_last_build_are_told_before_anything_is_sent(
    out: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(SAMPLE, data)
    status = Status(out)
    status.seen(Inputs(data))
    assert write_pack(tmp_path / "a.zip", out, tahun=[2016]).berkas
    next((data / "ekspor").glob("*2016*")).unlink()
    with pytest.raises(KkbError) as raised:
        write_pack(tmp_path / "b.zip", out, tahun=[2018])
    assert str(raised.value) == f"{data}: data berubah sejak laporan dibuat; jalankan kkb-eval build lebih dulu"
    shutil.rmtree(data)  # a folder of results that was moved to another machine
    assert write_pack(tmp_path / "b.zip", out, tahun=[2018]).berkas


def test_a_year_that_the_last_build_did_not_make_anew_is_left_out(out: Path, tmp_path: Path) -> None:
    status = Status(out)
    status.data = {"folder": str(tmp_path / "tidak-ada"), "sidik": "lain"}
    status.save()
    with pytest.raises(KkbError, match="data 2016 berubah atau tidak ada lagi"):
        write_pack(tmp_path / "a.zip", out, tahun=[2016])
    packed = write_pack(tmp_path / "a.zip", out, tahun=[2016], publik=True)
    assert packed.dilewati == [("Lebak 2016", "data 2016 berubah atau tidak ada lagi; jalankan kkb-eval build")]


def test_names_that_do_not_exist_are_refused_with_a_suggestion(laporan: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName) as raised:
        write_pack(tmp_path / "a.zip", laporan, ["Lebk"])
    assert str(raised.value) == f'kabupaten "Lebk" tidak ada di {laporan}; maksud Anda "Lebak"?'
    with pytest.raises(UnknownName) as raised:
        write_pack(tmp_path / "a.zip", laporan, tahun=[2015])
    assert str(raised.value) == f'tahun "2015" tidak ada di {laporan} (ada: 2016, 2017, 2018)'


def test_nothing_to_send_is_refused_and_no_zip_is_left(out: Path, tmp_path: Path) -> None:
    status = Status(out)
    status.pages = {halaman: page for halaman, page in status.pages.items() if page.tahun == 2016}
    first = sorted(status.pages)[0]
    status.record(replace(status.pages[first], kabupaten="Bogor", tahun=2015))
    status.save()
    with pytest.raises(KkbError) as raised:
        write_pack(tmp_path / "a.zip", out, ["Bogor"], [2016])
    assert str(raised.value) == (
        f"tidak ada laporan yang cocok di {out} (ada: Bogor: 2015); longgarkan --year atau --kabupaten"
    )
    (out / first).unlink()
    with pytest.raises(KkbError) as raised:
        write_pack(tmp_path / "a.zip", out, ["Bogor"])
    assert str(raised.value) == (
        f"tidak ada halaman yang dapat dikirim ({first}: tidak ada lagi; jalankan kkb-eval build); "
        "jalankan kkb-eval build lebih dulu"
    )
    (out / "kerja/status.json").unlink()
    with pytest.raises(KkbError) as raised:
        write_pack(tmp_path / "a.zip", out)
    assert str(raised.value) == f"{out / 'kerja/status.json'}: belum ada laporan; jalankan kkb-eval build lebih dulu"
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.rar", {}, "{path}: bukan nama berkas .zip; pakai nama seperti laporan-2018.zip"),
        ("a.zip", {"pdf": True, "publik": True}, "--pdf tidak dapat bersama --publik: berkas publik tidak memuat "
                                                 "halaman; pilih salah satu"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_refused(tmp_path: Path, name: str, options: dict[str, bool], message: str) -> None:
    with pytest.raises(KkbError) as raised:
        write_pack(tmp_path / name, tmp_path, **options)
    assert str(raised.value) == message.format(path=tmp_path / name)


# public


def test_the_public_zip_holds_numbers_of_areas_only(laporan: Path, evaluasi: Evaluation, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    write_pack(path, laporan, tahun=[2018], publik=True)
    book_name = f"{LEBAK}/2018/data-publik.xlsx"
    assert names(path) == ["BACA-SAYA.txt", book_name, "manifest.json"]
    with zipfile.ZipFile(path) as opened:
        everything = opened.read(book_name)
        note = opened.read("BACA-SAYA.txt").decode()
    book = openpyxl.load_workbook(io.BytesIO(everything))
    assert book.sheetnames == ["Indikator", "Kelas", "Kamus"]
    rows = list(book["Indikator"].iter_rows(min_row=4, values_only=True))
    people = evaluasi.katalog.query("sampel == 'ya'")["singkat"].tolist()
    small = [r for r in rows if r[1] in people and isinstance(r[2], int) and (0 < r[2] < 5 or 0 < r[3] - r[2] < 5)]
    assert (small, any(r[2] == HIDDEN for r in rows)) == ([], True)
    assert "disembunyikan" in note and "Kampung KB: jumlah kecil" in note
    kampung = set(evaluasi.kampung["kampung"]) - set(evaluasi.kampung["kecamatan"])
    assert not kampung & {c for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c}


def test_a_kabupaten_without_numbers_still_has_its_classes(tmp_path: Path, evaluasi: Evaluation) -> None:
    angka = ["pembilang", "penyebut", "nilai", "bawah95", "atas95"]
    blank = replace(evaluasi, wilayah=evaluasi.wilayah.assign(**dict.fromkeys(angka, np.nan)))
    public_edition.write_public(tmp_path / "a.xlsx", blank)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Kelas"]
    assert [c.value for c in sheet[3]] == [
        "Kecamatan", "Dasar", "Berkembang", "Mandiri", "Berkelanjutan", "belum pasti", "Jumlah",
    ]  # fmt: skip


# PDF


def test_pdf_of_the_main_pages_stand_beside_them(
    laporan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "find_browser", lambda: "peramban")
    monkeypatch.setattr(pdf, "print_page", lambda browser, page, pdf: pdf.write_text(page.name))
    told: list[str] = []
    write_pack(tmp_path / "a.zip", laporan, tahun=[2016], pdf=True, tell=told.append)
    own = [f"{LEBAK}/2016/{jenis}" for jenis in ("kabupaten", "kualitas-data", "paparan")]
    assert told == [f"{name}.html" for name in own]
    assert [n for n in names(tmp_path / "a.zip") if n.endswith(".pdf")] == [f"{name}.pdf" for name in own]
