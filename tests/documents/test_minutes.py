"""The berita acara: the meeting and the page's numbers in Word, the same bytes twice."""

import io
import re
import runpy
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from report import datasets

from kkb_eval import Evaluation, store
from kkb_eval.build import minutes_plan, plan, run
from kkb_eval.build.plan import Selection
from kkb_eval.documents import minutes
from kkb_eval.errors import KkbError
from kkb_eval.intake.meeting import Meeting, read_meeting

BANNER, DRAFT = "DATA CONTOH – BUKAN DATA SEBENARNYA", "DRAF – belum disepakati"
RTL = [{"kecamatan": "Maja", "kampung": "A & B <c>", "menuju": "Mandiri", "langkah": "latih pokja", "unsur": "pemda"}]


@pytest.fixture(scope="module")
def rapat() -> Meeting:
    found = read_meeting(store.ROOT / "data" / "contoh" / "rujukan")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def berkas(tmp_path_factory: pytest.TempPathFactory, evaluasi: Evaluation, rapat: Meeting) -> Path:
    path = tmp_path_factory.mktemp("rapat") / "berita-acara.docx"
    minutes.write_minutes(path, evaluasi, rapat)
    return path


def paragraphs(path: Path) -> list[str]:
    return [p.text for p in Document(str(path)).paragraphs if p.text]


def rows(path: Path, head: str) -> list[list[str]]:
    """The rows below the head of the table whose first head is ``head``."""
    table = next(t for t in Document(str(path)).tables if t.cell(0, 0).text == head)
    return [[cell.text for cell in row.cells] for row in table.rows][1:]


def header(path: Path) -> str:
    return str(Document(str(path)).sections[0].header.paragraphs[0].text)


def template(folder: Path, *texts: str) -> Path:
    """An office's own template of these paragraphs."""
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    document.save(str(folder / "berita_acara.docx"))
    return folder / "berita_acara.docx"


def refused(folder: Path, evaluasi: Evaluation, rapat: Meeting, own: Path) -> str:
    with pytest.raises(KkbError) as raised:
        minutes.write_minutes(folder / "out.docx", evaluasi, rapat, template=own)
    assert not (folder / "out.docx").exists()
    return str(raised.value)


def test_it_says_when_where_and_what(berkas: Path) -> None:
    assert paragraphs(berkas)[:7] == [
        "BERITA ACARA",
        "Rapat koordinasi evaluasi Kampung KB Kabupaten Lebak",
        "Pada hari Kamis, tanggal 18 Oktober 2018, bertempat di Gedung PKK, Rangkasbitung, telah diselenggarakan Rapat "
        "koordinasi evaluasi Kampung KB Kabupaten Lebak yang dipimpin oleh Sekretaris Daerah Kabupaten Lebak.",
        "Agenda",
        "Cakupan dan kebaruan laporan",
        "Hasil klasifikasi dan capaian target kinerja",
        "Prioritas kunjungan dan rencana tindak lanjut per kecamatan",
    ]


def test_attendance_is_listed_and_added_up(berkas: Path, rapat: Meeting) -> None:
    assert rows(berkas, "Unsur") == [[k.unsur, k.jabatan, str(k.jumlah)] for k in rapat.kehadiran]
    assert f"Jumlah yang hadir: {sum(k.jumlah for k in rapat.kehadiran)} orang." in paragraphs(berkas)


def test_the_numbers_are_those_of_the_kabupaten_page(berkas: Path, evaluasi: Evaluation) -> None:
    page = datasets.page("kabupaten", evaluasi=evaluasi)
    ubin = datasets.text(page["sections.tiles(evaluasi)"])
    angka = rows(berkas, "Angka pokok")
    assert len(angka) == 7
    plain = [re.sub(r"\s+", " ", f"{nilai} {nama[:1].lower()}{nama[1:]}") for nama, nilai, _ in angka]
    assert [text for text in plain if text.lower() not in ubin.lower()] == []
    ringkasan = re.sub(r"\s", "", datasets.text(page["sections.summary(evaluasi)"])).removesuffix("lihat")
    kalimat = [re.sub(r"\s", "", p) for p in paragraphs(berkas)]
    assert [k for k in ringkasan.split(".lihat") if f"{k.rstrip('.')}." not in kalimat] == []


def test_the_rtl_has_one_kampung_kb_of_every_kecamatan_that_is_asked_for_anything(
    berkas: Path, evaluasi: Evaluation
) -> None:
    rtl = rows(berkas, "Kecamatan")
    places = evaluasi.kampung.set_index("kampung_id")["kecamatan"]
    assert [r[0] for r in rtl] == sorted(set(evaluasi.rencana["kampung_id"].map(places)))
    maja = next(r for r in rtl if r[0] == "Maja")
    assert maja[1] in set(evaluasi.kampung.loc[evaluasi.kampung["kecamatan"].eq("Maja"), "kampung"])
    assert all(r[3] and r[4] for r in rtl)


def test_rows_that_are_given_are_printed_as_they_are(tmp_path: Path, evaluasi: Evaluation, rapat: Meeting) -> None:
    minutes.write_minutes(tmp_path / "a.docx", evaluasi, rapat, rtl=RTL)
    assert rows(tmp_path / "a.docx", "Kecamatan") == [["Maja", "A & B <c>", "Mandiri", "latih pokja", "pemda"]]


def test_there_is_a_place_for_every_signature(berkas: Path, rapat: Meeting) -> None:
    cells = [cell.text for row in Document(str(berkas)).tables[-1].rows for cell in row.cells]
    assert [cell.partition("\n")[0] for cell in cells] == [*rapat.penandatangan, ""]
    assert [cell.count("…") > 10 for cell in cells] == [True, True, True, False]


@pytest.mark.parametrize(
    ("final", "sintetis", "expected"),
    [
        (False, True, [BANNER, DRAFT]),
        (True, True, [BANNER]),
        (False, False, [DRAFT]),
        (True, False, []),
    ],
)
def test_every_sheet_says_draf_until_it_is_final_and_that_sample_data_are_no_data(
    tmp_path: Path, evaluasi: Evaluation, rapat: Meeting, final: bool, sintetis: bool, expected: list[str]
) -> None:
    own = replace(evaluasi, manifest=evaluasi.manifest.model_copy(update={"sintetis": sintetis}))
    minutes.write_minutes(tmp_path / "a.docx", own, replace(rapat, final=final))
    assert header(tmp_path / "a.docx").split() == " ".join(expected).split()


def test_the_same_meeting_gives_the_same_bytes(berkas: Path, tmp_path: Path, evaluasi: Evaluation, rapat: Any) -> None:
    again = tmp_path / "lagi.docx"
    minutes.write_minutes(again, evaluasi, rapat)
    assert again.read_bytes() == berkas.read_bytes()
    with zipfile.ZipFile(again) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = Document(str(again)).core_properties
    assert [str(d.date()) for d in (properties.created, properties.modified) if d] == ["2018-10-18"] * 2


# Templates


def test_our_template_is_what_its_module_makes() -> None:
    def part(document: bytes, name: str) -> bytes:
        return zipfile.ZipFile(io.BytesIO(document)).read(name)

    made = runpy.run_path(str(store.ROOT / "docs" / "berita_acara.py"))["template"]()
    kept = minutes.TEMPLATE.read_bytes()
    for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml", "word/styles.xml"):
        assert part(made, name) == part(kept, name), f"{name}: jalankan python docs/berita_acara.py"


def test_an_office_may_bring_its_own(tmp_path: Path, evaluasi: Evaluation, rapat: Meeting) -> None:
    own = template(tmp_path, "Rapat di {{ tempat }}", "{% for b in rtl %}{{ b.kampung }}{% endfor %}")
    minutes.write_minutes(tmp_path / "out.docx", evaluasi, rapat, rtl=RTL, template=own)
    assert paragraphs(tmp_path / "out.docx") == ["Rapat di Gedung PKK, Rangkasbitung", "A & B <c>"]


def test_an_unknown_field_is_named_with_those_that_exist(tmp_path: Path, evaluasi: Evaluation, rapat: Meeting) -> None:
    assert refused(tmp_path, evaluasi, rapat, template(tmp_path, "{{ foo }} {{ tempat }} {{ bar }}")) == (
        "rujukan/berita_acara.docx: isian {{ bar }}, {{ foo }} tidak dikenal; yang dikenal: spanduk, draf, acara, "
        "hari, tanggal, tempat, pimpinan, agenda, kehadiran, jumlah_hadir, daerah, tahun, ringkasan, angka, rtl, "
        "penandatangan, penyusun, sumber"
    )


def test_an_unknown_field_of_a_row_is_named(tmp_path: Path, evaluasi: Evaluation, rapat: Meeting) -> None:
    own = template(tmp_path, "{% for b in rtl %}{{ b.tenggat }}{% endfor %}")
    assert refused(tmp_path, evaluasi, rapat, own) == (
        "rujukan/berita_acara.docx: isian tenggat tidak dikenal di dalam daftar; lihat templat bawaan"
    )


def test_a_field_that_cannot_be_read_is_told(tmp_path: Path, evaluasi: Evaluation, rapat: Meeting) -> None:
    found = refused(tmp_path, evaluasi, rapat, template(tmp_path, "{% for b in rtl %}"))
    assert found.startswith("rujukan/berita_acara.docx: isian tidak dapat dibaca (")
    assert found.endswith("); periksa tanda {{ }} dan {% %}")


def test_a_template_without_fields_is_told(tmp_path: Path, evaluasi: Evaluation, rapat: Meeting) -> None:
    assert refused(tmp_path, evaluasi, rapat, template(tmp_path, "Berita acara")) == (
        "rujukan/berita_acara.docx: tidak memuat satu pun isian seperti {{ tempat }}; mulai dari salinan templat bawaan"
    )


@pytest.mark.parametrize("content", [b"", b"bukan word", b"PK\x03\x04rusak"])
def test_a_file_that_is_no_word_document_is_told(
    tmp_path: Path, evaluasi: Evaluation, rapat: Meeting, content: bytes
) -> None:
    own = tmp_path / "berita_acara.docx"
    own.write_bytes(content)
    assert refused(tmp_path, evaluasi, rapat, own) == (
        "rujukan/berita_acara.docx: bukan dokumen Word (.docx) yang utuh; simpan ulang di Word"
    )


# In a build


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dataset with a meeting."""
    folder = tmp_path_factory.mktemp("kantor")
    datasets.write(folder, rekap=datasets.export("rekap").head(12), klasifikasi=datasets.export("klasifikasi").head(12))
    (folder / "rujukan").mkdir()
    rapat = (store.ROOT / "data" / "contoh" / "rujukan" / "rapat.toml").read_bytes()
    (folder / "rujukan" / "rapat.toml").write_bytes(rapat)
    return folder


def build(folder: Path) -> dict[str, tuple[str, str]]:
    """A build of the kabupaten page and what goes with it."""
    out = folder / "outputs"
    selection = Selection(jenis=["kabupaten", "berita-acara"])
    reports = plan.plan(plan.evaluated(folder, out), folder, out, selection)
    return {Path(r.halaman).name: (r.status, r.galat) for r in run.build(reports, out, jobs=1)}


def test_a_build_writes_it_once_again_when_the_meeting_changes_and_goes_on_when_it_fails(dataset: Path) -> None:
    rapat, own = dataset / "rujukan" / "rapat.toml", dataset / "rujukan" / "berita_acara.docx"
    assert build(dataset) == {"kabupaten.html": ("dibuat", ""), "berita-acara.docx": ("dibuat", "")}
    assert build(dataset) == {"kabupaten.html": ("tetap", ""), "berita-acara.docx": ("tetap", "")}
    index = (dataset / "outputs" / "index.html").read_text("utf-8")
    assert re.findall(r'href="(laporan/[^"]*docx)"', index) == ["laporan/lebak/2018/berita-acara.docx"]
    rapat.write_text(rapat.read_text("utf-8").replace('"draf"', '"final"'), "utf-8")
    assert build(dataset) == {"kabupaten.html": ("tetap", ""), "berita-acara.docx": ("dibuat", "")}
    assert DRAFT not in header(dataset / "outputs" / "laporan" / "lebak" / "2018" / "berita-acara.docx")
    own.write_bytes(b"")
    assert build(dataset)["berita-acara.docx"] == (
        "gagal",
        "rujukan/berita_acara.docx: bukan dokumen Word (.docx) yang utuh; simpan ulang di Word",
    )
    own.unlink()
    rapat.write_text('tanggal = "18 Oktober 2018"\ntempat = "A"\nacara = "B"\nagenda = ["C"]\n', "utf-8")
    assert build(dataset) == {
        "kabupaten.html": ("dibuat", ""),  # it shows the catatan mutu of rapat.toml
        "berita-acara.docx": (
            "gagal",
            'rujukan/rapat.toml, pimpinan: tidak ada; tambahkan pimpinan = "..."; rujukan/rapat.toml, tanggal: "18 '
            'Oktober 2018" bukan tanggal TOML; tulis tanggal = 2018-10-18, tanpa tanda kutip',
        ),
    }


PLACES = {2017: ["Lebak"], 2018: ["Lebak", "Pandeglang"]}


def planned(folder: Path, text: str) -> list[tuple[int, str]]:
    """The years and kabupaten for which a berita acara is planned."""
    (folder / "rujukan").mkdir(exist_ok=True)
    (folder / "rujukan" / "rapat.toml").write_text(text, "utf-8")
    places = [(tahun, nama) for tahun, names in PLACES.items() for nama in names]
    return [place for place in places if minutes_plan.has_meeting(folder, *place, PLACES)]


def test_it_is_planned_for_the_year_and_the_kabupaten_of_the_meeting(tmp_path: Path) -> None:
    text = (store.ROOT / "data" / "contoh" / "rujukan" / "rapat.toml").read_text("utf-8")
    assert not minutes_plan.has_meeting(tmp_path, 2018, "Lebak", PLACES)
    assert planned(tmp_path, text.replace("2018-10-18", "2016-10-18")) == []
    assert planned(tmp_path, text.replace("2018-10-18", "2017-10-18")) == [(2017, "Lebak")]
    assert planned(tmp_path, 'kabupaten = "KAB. PANDEGLANG"\n' + text) == [(2018, "Pandeglang")]
    assert planned(tmp_path, "tahun = 2017\n" + text) == [(2017, "Lebak")]


def test_a_meeting_that_cannot_be_used_is_planned_once_so_that_the_build_tells_it(tmp_path: Path) -> None:
    assert planned(tmp_path, "tanggal = kemarin") == [(2018, "Lebak")]


def test_of_several_kabupaten_the_meeting_must_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evaluasi: Evaluation
) -> None:
    text = (store.ROOT / "data" / "contoh" / "rujukan" / "rapat.toml").read_text("utf-8")
    assert planned(tmp_path, text) == [(2018, "Lebak")]
    manifest = evaluasi.manifest.model_copy(update={"kabupaten": dict.fromkeys(PLACES[2018])})
    monkeypatch.setattr(minutes, "open_evaluation", lambda *_, **__: replace(evaluasi, manifest=manifest))
    with pytest.raises(KkbError) as raised:
        minutes.make_minutes(tmp_path / "a.docx", dataset=tmp_path, out=tmp_path, tahun=2018, kabupaten="Lebak")
    assert str(raised.value) == ('rujukan/rapat.toml: data memuat 2 kabupaten; tambahkan kabupaten = "Lebak"')
