"""What is current, what is not, and that what people have written in is never lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from manifests import manifest, store_manifest

from kkb_eval import current
from kkb_eval.current import IndexPage, Inputs, Result, Status, put, sha256

PAGE = "laporan/lebak/2018/kabupaten.html"
DATA = "laporan/lebak/2018/data.xlsx"
MINUTES = "laporan/lebak/2018/berita-acara.docx"


# the dataset


def test_the_digest_is_of_the_datasets_own_files(tmp_path: Path) -> None:
    (tmp_path / "rekap_2018-01-01.csv").write_text("a")
    before = Inputs(tmp_path).digest
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "data.csv").write_text("b")
    (tmp_path / "catatan.txt").write_text("c")
    assert Inputs(tmp_path).digest == before
    (tmp_path / "rekap_2018-01-01.csv").write_text("d")
    assert Inputs(tmp_path).digest != before


@pytest.mark.parametrize(
    "name", ["Ekspor/a.csv", "RUJUKAN/target.csv", "siga/a.xlsx", "ekspor/rekap.zip", "dataset.toml"]
)
def test_every_file_that_is_read_counts_by_its_content(tmp_path: Path, name: str) -> None:
    found = set()
    for text in "ab":
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        found.add(Inputs(tmp_path).digest)
    assert len(found) == 2


@pytest.mark.parametrize("name", ["ekspor/rekap.xls", "rekap.ods", "ekspor/lain.txt", "rujukan/a.pdf", "rujukan/rtl/b"])
def test_a_file_that_is_only_named_counts_by_its_name(tmp_path: Path, name: str) -> None:
    before = Inputs(tmp_path).digest
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("a")
    with_it = Inputs(tmp_path).digest
    (tmp_path / name).write_text("b")
    assert before != with_it == Inputs(tmp_path).digest


def test_data_that_change_after_they_were_hashed_are_noticed_without_hashing_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rekap.csv"
    path.write_text("a")
    inputs = Inputs(tmp_path)
    first = inputs.digest
    monkeypatch.setattr(current, "sha256", lambda path: 1 / 0)
    assert (inputs.digest, inputs.changed) == (first, False)
    path.write_text("aa")
    assert inputs.changed
    path.unlink()
    assert inputs.changed


# the code


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of a few files and its catalogues, in place of ours."""
    package = tmp_path / "kkb_eval"
    for name in ("schema.py", "method/road/steps.py", "intake/portal.py", "report/head.html.j2", "commands/options.py",
                 "build/plan.py", "documents/xlsx.py", "current.py", "../data/langkah.csv"):  # fmt: skip
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_bytes(b"a\nb\n")
    monkeypatch.setattr(current.store, "PACKAGE", package)
    monkeypatch.setattr(current.store, "ROOT", tmp_path)
    for name in ("code", "_sources"):
        monkeypatch.setattr(current, name, getattr(current, name).__wrapped__)
    return package


def keys() -> tuple[str, str]:
    """The key of an evaluation and the fingerprint of a page."""
    return current.key("data", 2018), current.fingerprint([], {}, [])


@pytest.mark.parametrize("name", ["schema.py", "method/road/steps.py", "intake/portal.py", "../data/langkah.csv"])
def test_what_computes_makes_years_and_pages_anew(package: Path, name: str) -> None:
    before = keys()
    (package / name).write_bytes(b"a\nc\n")
    assert [one == other for one, other in zip(before, keys(), strict=True)] == [False, False]


@pytest.mark.parametrize(
    "name", ["commands/options.py", "report/head.html.j2", "build/plan.py", "documents/xlsx.py", "current.py"]
)
def test_a_help_text_or_a_template_makes_pages_anew_and_computes_nothing(package: Path, name: str) -> None:
    before = keys()
    (package / name).write_bytes(b"a\nc\n")
    assert [one == other for one, other in zip(before, keys(), strict=True)] == [True, False]


def test_line_ends_of_a_checkout_change_nothing(package: Path) -> None:
    before = keys()
    for name in ("method/road/steps.py", "../data/langkah.csv"):
        (package / name).write_bytes(b"a\r\nb\r\n")
    assert keys() == before


def test_packages_years_types_and_data_count(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [("data", 2018, None), ("lain", 2018, None), ("data", 2019, None), ("data", 2018, 3)]
    found = {current.key(*one) for one in asked}
    monkeypatch.setattr(current, "packages", lambda: (("pandas", "9"),))
    assert len(found | {current.key("data", 2018)}) == 5


def test_the_years_of_a_dataset_are_told_by_a_stored_year_of_the_same_data(tmp_path: Path) -> None:
    inputs = Inputs(tmp_path / "data")
    assert current.years(inputs, tmp_path) is None
    store_manifest(tmp_path, manifest(tahun=2018, kunci="lain", tahun_data=[2018]))
    assert current.years(inputs, tmp_path) is None
    store_manifest(tmp_path, manifest(tahun=2017, kunci=current.key(inputs.digest, 2017), tahun_data=[2016, 2017]))
    assert current.years(inputs, tmp_path) == (2016, 2017)


# what people write in


def test_a_file_is_written_and_written_anew_while_nobody_has_changed_it(tmp_path: Path) -> None:
    path = tmp_path / "rtl" / "maja.xlsx"
    first = put(path, "", lambda fresh: fresh.write_text("satu"))
    assert (first, path.read_text()) == (sha256(path), "satu")
    second = put(path, first, lambda fresh: fresh.write_text("dua"))
    assert (second, path.read_text()) == (sha256(path), "dua")


def test_a_file_that_someone_has_changed_is_kept_and_known_as_changed(tmp_path: Path) -> None:
    path = tmp_path / "maja.xlsx"
    first = put(path, "", lambda fresh: fresh.write_text("satu"))
    path.write_text("satu, disepakati")
    for _ in range(2):
        assert put(path, first, lambda fresh: fresh.write_text("dua")) == first
        assert path.read_text() == "satu, disepakati"
    path.unlink()
    assert put(path, first, lambda fresh: fresh.write_text("dua")) == sha256(path)


def test_a_file_of_which_nothing_is_known_is_kept_unless_it_is_what_would_be_made(tmp_path: Path) -> None:
    path = tmp_path / "maja.xlsx"
    path.write_text("milik orang")
    assert put(path, "", lambda fresh: fresh.write_text("satu")) == ""
    assert path.read_text() == "milik orang"
    path.write_text("satu")
    assert put(path, "", lambda fresh: fresh.write_text("satu")) == sha256(path)


def test_a_file_that_cannot_be_read_is_not_taken_for_one_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "maja.xlsx"
    path.write_text("diisi")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "x", str(path))

    monkeypatch.setattr(current, "_digest", refuse)
    with pytest.raises(PermissionError):
        put(path, "", lambda fresh: fresh.write_text("satu"))
    assert path.read_text() == "diisi"


@given(st.lists(st.sampled_from(["build a", "build b", "orang x", "orang y", "hapus", "lupa"]), max_size=12))
def test_nothing_that_someone_wrote_is_ever_lost(tmp_path_factory: pytest.TempPathFactory, events: list[str]) -> None:
    path, known, written = tmp_path_factory.mktemp("a") / "a.xlsx", "", ""
    for event, _, text in (event.partition(" ") for event in events):
        if event == "build":
            known = put(path, known, lambda fresh, text=text: fresh.write_text(text))  # type: ignore[misc]
        elif event == "orang":
            path.write_text(written := text)
        elif event == "hapus":
            path.unlink(missing_ok=True)
            written = ""
        else:
            known = ""
        assert not written or path.read_text() == written


# the status file


def result(out: Path, halaman: str = PAGE, text: str = "isi", **fields: Any) -> Result:
    """A page that is there, with the files beside it."""
    for name in (halaman, *fields.get("tambahan", ())):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text)
    known = {"jenis": "kabupaten", "tahun": 2018, "kabupaten": "Lebak", "kecamatan": None, "sidik": "1"}
    return Result(halaman, f"kerja/2018/{Path(halaman).stem}.ipynb", status="dibuat", sha256=sha256(out / halaman),
                  **known | fields)  # fmt: skip


def saved(out: Path, *results: Result) -> Status:
    """The status of these results as the next build reads it."""
    status = Status(out)
    for page in results:
        status.record(page, {name: sha256(out / name) for name in page.held})
    status.save()
    return Status(out)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    page = result(tmp_path, tambahan=[DATA], terisi=[], angka={"2018": "x"})
    status = saved(tmp_path, page)
    status.index = {"index.html": IndexPage("1", "2")}
    status.seen(Inputs(tmp_path))
    again = Status(tmp_path)
    assert (again.pages, again.files) == ({PAGE: page}, {DATA: sha256(tmp_path / DATA)})
    assert (again.index, again.data["sidik"]) == (status.index, Inputs(tmp_path).digest)


def test_a_page_is_current_while_it_is_of_the_same_and_as_it_was_made(tmp_path: Path) -> None:
    status = saved(tmp_path, result(tmp_path, tambahan=[DATA]))
    assert (status.current(PAGE, "1"), status.current(PAGE, "2"), status.current("b.html", "1")) == (True, False, False)
    (tmp_path / DATA).write_text("ditambah satu lembar")
    assert (status.current(PAGE, "1"), status.kept(PAGE).terisi) == (True, (DATA,))
    (tmp_path / DATA).unlink()
    assert not status.current(PAGE, "1")
    status = saved(tmp_path, result(tmp_path))
    (tmp_path / PAGE).write_text("diubah tangan")
    assert not status.current(PAGE, "1")


def test_a_document_may_be_written_in_and_is_made_again_only_when_it_is_gone(tmp_path: Path) -> None:
    status = saved(tmp_path, result(tmp_path, MINUTES))
    (tmp_path / MINUTES).write_text("ditulis notulis")
    assert (status.current(MINUTES, "1"), status.kept(MINUTES).terisi) == (True, (MINUTES,))
    (tmp_path / MINUTES).unlink()
    assert not status.current(MINUTES, "1")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"versi": 1, "berkas": {}, "halaman": [{"x": 1}]}'])
def test_a_status_file_that_is_not_ours_makes_everything_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / "kerja").mkdir()
    (tmp_path / current.FILE).write_text(text)
    assert Status(tmp_path).pages == {}


def test_of_another_version_what_people_may_have_written_in_is_still_known(tmp_path: Path) -> None:
    saved(tmp_path, result(tmp_path, tambahan=[DATA]))
    path = tmp_path / current.FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | {"versi": 99}))
    assert (Status(tmp_path).pages, list(Status(tmp_path).files)) == ({}, [DATA])


def test_what_is_set_aside_leaves_the_reports_with_all_that_lies_beside_it(tmp_path: Path) -> None:
    one, other = result(tmp_path, tambahan=[DATA]), result(tmp_path, PAGE.replace("lebak", "blora"))
    (tmp_path / one.kerja).parent.mkdir(parents=True)
    (tmp_path / one.kerja).write_text("notebook")
    status = saved(tmp_path, one, other)
    (tmp_path / DATA).write_text("diisi")
    store_manifest(tmp_path, manifest(tahun=2016))
    (moved,) = status.set_aside([one], [tmp_path / "kerja" / "2016"]).values()
    aside = tmp_path / moved.removesuffix(PAGE)
    assert moved.startswith("kerja/lama/")
    assert [(aside / name).exists() for name in (PAGE, DATA, one.kerja, "kerja/2016/manifest.json")] == [True] * 4
    assert (aside / DATA).read_text() == "diisi"
    assert not (tmp_path / "laporan/lebak").exists()
    assert (list(status.pages), status.files) == ([other.halaman], {})


def test_the_same_page_set_aside_twice_is_there_twice(tmp_path: Path) -> None:
    for text in "ab":
        saved(tmp_path, result(tmp_path, text=text)).set_aside([result(tmp_path, text=text)])
    found = sorted((tmp_path / "kerja/lama").rglob("*.html"))
    assert [path.read_text() for path in found] == ["a", "b"]


def test_a_build_from_the_same_start_has_nothing_to_do_until_something_is_touched(tmp_path: Path) -> None:
    status = saved(tmp_path, result(tmp_path))
    status.front.write_text("indeks")
    status.index = {"index.html": IndexPage("", sha256(status.front))}
    status.remember("awal", [result(tmp_path)])
    same = Status(tmp_path).unchanged("awal")
    assert same is not None and [page.status for page in same] == ["tetap"]
    assert Status(tmp_path).unchanged("lain") is None
    status.front.unlink()
    assert Status(tmp_path).unchanged("awal") is None


def test_what_a_build_starts_from_counts_notebooks_templates_stored_years_and_the_selection(tmp_path: Path) -> None:
    (tmp_path / "rujukan").mkdir()

    def start(**selection: Any) -> str:
        return current.start(Inputs(tmp_path), tmp_path, [tmp_path / "a.ipynb"], selection)

    found = {start(), start(tahun=[2018])}
    (tmp_path / "a.ipynb").write_text("x")
    found.add(start())
    (tmp_path / "rujukan" / "berita_acara.docx").write_text("x")
    found.add(start())
    store_manifest(tmp_path, manifest())
    found.add(start())
    assert (len(found), start() in found) == (5, True)
