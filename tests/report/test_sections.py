"""What pages say of datasets at the edge of what an office can have: no invented number, and the reason instead."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval import Evaluation, open_evaluation
from kkb_eval.report import html, sections

from .datasets import evaluate, export, identical, page, pages, text, without_numbers, write
from .evaluations import evaluation, kampung

Pages = dict[str, str]
REKAP, KLASIFIKASI = export("rekap"), export("klasifikasi")
MANY = 25
"""Enough Kampung KB for local types."""
TANPA = re.compile(r"\b(?:nan|NaN|None|NaT|inf|True|False)\b|<NA>|&lt;NA")

KASUS: dict[str, Callable[[Path], Path]] = {
    "rekap saja": lambda folder: write(folder, rekap=REKAP.head(MANY)),
    "klasifikasi saja": lambda folder: write(folder, klasifikasi=KLASIFIKASI.head(MANY)),
    "satu": lambda folder: write(folder, rekap=REKAP.head(1), klasifikasi=KLASIFIKASI.head(1)),
    "kembar": lambda folder: write(
        folder, rekap=identical(REKAP.head(MANY)), klasifikasi=identical(KLASIFIKASI.head(MANY))
    ),
    "pus nol": lambda folder: write(
        folder, rekap=without_numbers(REKAP.head(MANY), "Pus"), klasifikasi=KLASIFIKASI.head(MANY)
    ),
    "belum ada yang lapor": lambda folder: write(folder, rekap=without_numbers(REKAP.head(MANY))),
}


@pytest.fixture(scope="module")
def kasus(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Evaluation]:
    """The evaluation of a case, made once."""
    made: dict[str, Evaluation] = {}

    def find(nama: str) -> Evaluation:
        if nama not in made:
            made[nama] = evaluate(KASUS[nama](tmp_path_factory.mktemp("data")))
        return made[nama]

    return find


@pytest.fixture(scope="module")
def halaman(kasus: Callable[[str], Evaluation]) -> Callable[[str], Pages]:
    """The texts of all sections of a case, by notebook and call."""
    made: dict[str, Pages] = {}

    def find(nama: str) -> Pages:
        if nama not in made:
            made[nama] = {call: text(html) for call, html in pages(kasus(nama)).items()}
        return made[nama]

    return find


def says(halaman: Pages, notebook: str, section: str) -> str:
    """The text of the first call of a section."""
    return next(teks for call, teks in halaman.items() if call.startswith(f"{notebook}: sections.{section}("))


@pytest.mark.parametrize("nama", KASUS)
def test_every_section_of_every_page_is_made_and_shows_no_missing_value(
    nama: str, kasus: Callable[[str], Evaluation]
) -> None:
    found = {call: TANPA.findall(html) for call, html in pages(kasus(nama)).items()}
    assert {call: words for call, words in found.items() if words} == {}


# klasifikasi only: the class is known, the rates are not, and nobody is told to have not reported


def test_without_a_rekap_the_page_says_that_reports_and_numbers_are_not_known(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("klasifikasi saja")
    assert says(teks, "kabupaten", "summary").startswith(
        "Ekspor rekap tidak ada: siapa yang melapor dan semua angka KB belum diketahui. lihat Menurut "
        "klasifikasi portal ada 15 Dasar"
    )
    assert "belum diketahui mengisi data KB perlu ekspor rekap" in says(teks, "kabupaten", "tiles")
    lines = {
        ("kabupaten", "coverage"): "Cakupan laporan belum diketahui: perlu ekspor rekap dari portal.",
        ("kabupaten", "silent"): "Siapa yang belum lapor belum diketahui: perlu ekspor rekap dari portal.",
        (
            "kabupaten",
            "type_profile",
        ): "Tipe belum dapat ditentukan. Hanya 0 Kampung KB lengkap; tipe lokal perlu sedikitnya 20.",
        ("kabupaten", "type_members"): "Belum ada Kampung KB yang dapat dikelompokkan.",
        ("kabupaten", "rug"): "Belum ada indikator yang dapat dihitung.",
        ("kabupaten", "strips"): "Belum ada indikator yang dapat dihitung.",
        ("kabupaten", "kecamatan_dots"): "Belum ada indikator yang dapat dihitung.",
        ("kabupaten", "funnels"): "Corong perlu sedikitnya lima Kampung KB yang terisi.",
        ("kabupaten", "score_differences"): "Skor tidak dapat dibandingkan: perlu rekap dan klasifikasi.",
        ("kabupaten", "visits"): "Daftar kunjungan belum dapat dibuat: tidak ada pasangan belum terlayani yang "
        "dapat dihitung.",
        ("kecamatan", "positions"): "Posisi belum dapat digambar: belum ada isian yang terisi.",
        ("kecamatan", "to_renew"): "Isian yang perlu diperbaiki belum diketahui: perlu ekspor rekap dari portal.",
        ("kualitas_data", "data_request"): "Tagihan belum dapat dibuat: perlu ekspor rekap dari portal.",
        ("perkembangan", "year_rates"): "Angka gabungan belum diketahui: belum ada isian yang dapat dipakai.",
    }
    assert {key: says(teks, *key) for key in lines} == lines
    assert "Belum lapor profil" not in says(teks, "kecamatan", "cards")


# rekap only: the class is a set of possible ones


def test_with_a_rekap_only_a_class_that_is_not_certain_is_a_range(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("rekap saja")
    assert "; kelas 14 Kampung KB belum dapat dipastikan." in says(teks, "kabupaten", "summary")
    assert says(teks, "kabupaten", "klasifikasi").startswith(
        "Kelas 14 dari 25 Kampung KB belum dapat dipastikan Dua yang Dasar belum mengisi data KB. Rentang kelas yang "
        "mungkin tertulis di setiap tabel; kelas pasti perlu ekspor klasifikasi."
    )
    assert "Dasar – Mandiri" in says(teks, "kabupaten", "rug")
    assert says(teks, "kabupaten", "indices").startswith(
        "Indeks yang diketahui: input 0, proses 0 dan output 25 dari 25"
    )
    assert says(teks, "kabupaten", "road").startswith(
        "Tidak ada langkah yang dapat dihitung. Belum ada langkah naik kelas: "
    )
    assert "perlu ekspor klasifikasi: dua belas skor belum lengkap (" in says(teks, "kabupaten", "road")


# one, all the same, no PUS, nobody


def test_a_single_kampung_kb_is_compared_with_nobody(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("satu")
    assert says(teks, "kabupaten", "summary").startswith("Satu-satunya Kampung KB sudah mengisi data KB. lihat")
    assert says(teks, "kabupaten", "strips").startswith("Angka setiap Kampung KB dengan rentangnya")
    assert says(teks, "kabupaten", "funnels") == "Corong perlu sedikitnya lima Kampung KB yang terisi."
    assert says(teks, "kabupaten", "type_stability") == (
        "Tanpa uji kestabilan. Hanya 1 Kampung KB lengkap; tipe lokal perlu sedikitnya 20."
    )
    assert says(teks, "kabupaten", "type_members").startswith("1 Kampung KB dalam satu tipe")
    assert says(teks, "kabupaten", "visits").startswith(
        "Di satu Kampung KB ini tinggal 75 dari 75 pasangan yang belum terlayani"
    )
    assert says(teks, "perkembangan", "class_moves") == "Perkembangan perlu data sedikitnya dua tahun."
    assert says(teks, "perkembangan", "year_classes").startswith("1 Kampung KB pada 2018 2018 1")


def test_identical_kampung_kb_have_no_types_and_no_difference_beyond_chance(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("kembar")
    alasan = "Semua 25 Kampung KB lengkap mempunyai angka yang sama; tidak ada tipe yang dapat dibedakan."
    assert says(teks, "kabupaten", "type_stability") == f"Tanpa uji kestabilan. {alasan}"
    profil = says(teks, "kabupaten", "type_profile")
    assert profil.startswith(f"25 Kampung KB menurut 1 tipe acuan nasional {alasan}")
    assert (
        says(teks, "kabupaten", "type_rules")
        == "Aturan sederhana perlu sedikitnya dua tipe dan 20 Kampung KB yang lengkap."
    )
    assert says(teks, "kabupaten", "strips").startswith(
        "Perbedaan antar-Kampung KB tidak lebih besar daripada beda antar-isian ulang"
    )
    assert "tumpang tindih" not in says(teks, "kabupaten", "type_members")
    assert says(teks, "kabupaten", "visits") == (
        "Daftar kunjungan tidak dapat dipilih: terlalu banyak Kampung KB sama banyak pasangan belum terlayaninya."
    )


def test_without_pus_rates_of_couples_are_not_told_and_the_others_are(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("pus nol")
    assert "Unmet need" not in says(teks, "kabupaten", "summary")
    ubin = says(teks, "kabupaten", "tiles")
    assert [
        f"belum ada {nama} tidak ada isian yang dapat dipakai" in ubin for nama in ("CPR", "MKJP", "Unmet need")
    ] == [True] * 3
    assert "BKB: gabungan 45,0 %" in says(teks, "kabupaten", "strips").replace("\N{NO-BREAK SPACE}", " ")
    assert says(teks, "kabupaten", "silent").startswith("Isi formulir: 2 Kampung KB belum melapor")


def test_where_nobody_has_reported_everyone_is_asked_for_every_form(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("belum ada yang lapor")
    assert says(teks, "kualitas_data", "data_request").startswith(
        "Sebanyak 25 Kampung KB belum mengisi satu formulir atau lebih; tidak ada isian salah."
    )
    assert says(teks, "kualitas_data", "data_request").count("isi formulir Profil, Penduduk, KB") == 25
    assert says(teks, "kecamatan", "to_renew") == "Cempaka Mulya isi formulir KB di portal"


# companion tables that are not given


def test_a_section_without_its_companion_table_is_one_line_that_names_the_file(halaman: Callable[[str], Pages]) -> None:
    teks = halaman("satu")
    lines = {
        "tertinggal": "Daftar desa tertinggal belum tersedia.",
        "kecamatan_map": "Peta kecamatan belum tersedia.",
        "actions": "Tindakan belum ada: isi rujukan/program.csv (indikator, program_utama, unsur, tindakan).",
    }
    assert {key: says(teks, "kabupaten", key) for key in lines} == lines


# few Kampung KB, from data/contoh


def test_ten_kampung_kb_have_reference_types_only_and_the_page_says_why(keluaran: Path, evaluasi: Evaluation) -> None:
    tahun = open_evaluation("data/contoh", 2016, out=keluaran).for_kabupaten()
    assert len(tahun.kampung) == 10
    assert text(str(sections.type_profile(tahun).html)).startswith(
        "10 Kampung KB menurut 4 tipe acuan nasional Hanya 10 Kampung KB lengkap; tipe lokal perlu sedikitnya 20."
    )
    assert text(str(sections.type_stability(tahun).html)) == (
        "Tanpa uji kestabilan. Hanya 10 Kampung KB lengkap; tipe lokal perlu sedikitnya 20."
    )
    assert "Semua kecamatan: lengkap 10 10 10 10" in text(str(sections.coverage(tahun, ringkas=True).html))
    assert tahun.kampung["tipe"].isna().all()


# names are a user's data


def test_a_name_that_is_a_tag_is_printed_and_not_run(tmp_path: Path) -> None:
    nakal = '<img src=x onerror="alert(1)">'
    frames = {"rekap": REKAP.head(3), "klasifikasi": KLASIFIKASI.head(3)}
    folder = write(tmp_path, **{jenis: f.assign(**{"Kampung KB": nakal}) for jenis, f in frames.items()})
    made = pages(evaluate(folder))
    assert [call for call, html in made.items() if "<img" in html] == []
    assert "&lt;img src=x" in next(html for call, html in made.items() if "cards" in call)


def test_two_kampung_kb_of_one_name_are_told_apart(tmp_path: Path) -> None:
    rekap = without_numbers(REKAP.head(3)).assign(**{"Kampung KB": "Melati", "Kecamatan": REKAP["Kecamatan"][0]})
    evaluasi = evaluate(write(tmp_path, rekap=rekap.assign(Desa=["Cikulur", "Curugpanjang", "Muaradua"])))
    teks = text(page("kecamatan", evaluasi=evaluasi.for_kecamatan("Cikulur"))["sections.to_renew(evaluasi)"])
    assert teks == " ".join(["Melati isi formulir KB di portal"] * 3)


# words that depend on a state


def test_a_kota_is_not_called_a_kabupaten() -> None:
    rows = kampung({"kabupaten": "Kota Serang", "kecamatan": "Serang"})
    manifest = {"kabupaten": {"Kota Serang": {"slug": "kota-serang", "sidik": "", "kecamatan": {}}}}
    serang = evaluation(rows, manifest=manifest)
    for frame in (serang, serang.__class__(**{**serang.__dict__, "kabupaten": "Kota Serang"})):
        teks = text(str(sections.head(frame, "kabupaten").html))
        assert ("Kabupaten Kota" not in teks, "Kota Serang, 2023" in teks) == (True, frame.kabupaten == "Kota Serang")


@pytest.mark.parametrize(
    ("snapshots", "teks"),
    [
        (("2022-10-27", "2022-10-27"), "Portal Kampung KB, rekap dan klasifikasi 27 Oktober 2022"),
        (("2022-10-27", None), "Portal Kampung KB, rekap 27 Oktober 2022"),
        (("2022-06-07", "2022-06-13"), "Portal Kampung KB, rekap 7 Juni 2022, klasifikasi 13 Juni 2022"),
    ],
)
def test_the_source_names_each_export_with_its_day(snapshots: tuple[str, str | None], teks: str) -> None:
    manifest = dict(zip(("snapshot_rekap", "snapshot_klasifikasi"), snapshots, strict=True))
    assert sections.source(evaluation(kampung({}), manifest=manifest)) == teks


def test_only_more_variety_than_entering_again_lets_the_strips_say_that_they_differ() -> None:
    from kkb_eval.report.sections.comparison import _spread

    # entering BKB again moves it by 0.137² = 0.019 on the arcsine scale, CPR by 0.002
    corong = pd.DataFrame({"indikator": ["cpr", "bkb", "unmet"], "tau2": [0.018, 0.018, None]})
    assert _spread(corong) == "Perbedaan antar-Kampung KB nyata pada 1 dari 2 indikator"
    assert _spread(corong[:1]) == "Perbedaan antar-Kampung KB nyata pada semua indikator"
    assert _spread(corong[1:]) == "Perbedaan antar-Kampung KB tidak lebih besar daripada beda antar-isian ulang"
    assert _spread(corong[2:]) == "Angka setiap Kampung KB dengan rentangnya"


def test_a_kabupaten_of_188_kampung_kb_weighs_less_than_a_megabyte(evaluasi: Evaluation) -> None:
    def more(frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of the reporting ones again and again under other ids; those of areas as they are."""
        if "kampung_id" not in frame or not len(frame):
            return frame
        copies = (frame.assign(kampung_id=frame["kampung_id"] + ulang) for ulang in ("", "a", "b"))
        return pd.concat([rows[rows["kampung_id"].isin(ada)] for rows in copies], ignore_index=True)

    lapor = sorted(evaluasi.kampung.loc[evaluasi.kampung["lapor_kb"].eq(True), "kampung_id"])
    ada = [kampung_id + ulang for ulang in ("", "a", "b") for kampung_id in lapor][:188]
    frames = {f.name: more(v) for f in fields(evaluasi) if isinstance(v := getattr(evaluasi, f.name), pd.DataFrame)}
    besar = replace(evaluasi, **frames)
    assert len(besar.kampung) == 188
    isi = page("kabupaten", evaluasi=besar)
    frame = len(str(html.page_frame())) + 5_000  # head, contents, headings
    assert sum(len(html.encode()) for html in isi.values()) + frame < 1_000_000
