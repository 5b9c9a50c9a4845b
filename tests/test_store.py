"""The stored year: whole or not there, read only as far as a page needs, and nothing half written left behind."""

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests import manifest
from pyarrow import parquet

from kkb_eval import store
from kkb_eval.errors import KkbError, of_system
from kkb_eval.evaluator import as_shown
from kkb_eval.manifest import FILE, as_json, last, read


def written(folder: Path, kabupaten: Sequence[str | None], kunci: str = "1", group: int = 2048) -> Path:
    """A stored year in which every table has these kabupaten, and row groups of ``group`` rows."""
    table = pd.DataFrame({"kabupaten": pd.Series(kabupaten, dtype="str"), "nomor": range(len(kabupaten))})
    folder.mkdir(parents=True, exist_ok=True)
    for name in store.TABLES:
        table.to_parquet(folder / f"{name}.parquet", index=False, row_group_size=group)
    (folder / FILE).write_text(as_json(manifest(kunci=kunci)))
    return folder


def test_an_error_or_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "a.html"
    page.write_text("lama")
    with pytest.raises(ValueError, match="salah"), store.atomic(page) as temporary:
        temporary.write_text("separuh")
        raise ValueError("salah")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"), store.atomic(page) as temporary:
        temporary.write_text("baru")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.html": "lama"}


def test_what_is_half_written_can_be_discarded_and_swept(tmp_path: Path) -> None:
    with store.atomic(tmp_path / "a.html") as temporary:
        store.discard()
        assert not temporary.exists()
        temporary.write_text("baru")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "b").mkdir()
    # of a process that is no more, of an earlier one with our number, and of one that still writes
    names = [f"{store.TEMPORARY}{process}-x.html" for process in (ended.pid, os.getpid(), os.getppid())]
    for name in names:
        (tmp_path / "b" / name).write_text("separuh")
    with store.atomic(tmp_path / "a.html") as temporary:
        store.sweep(tmp_path)
        temporary.write_text("baru")
    assert {path.name for path in tmp_path.rglob("*.html")} == {"a.html", names[-1]}


@settings(max_examples=20, deadline=None)
@given(names=st.lists(st.sampled_from(["Lebak", "Blora", "Aceh Jaya"]), max_size=9), nothing=st.integers(0, 3))
def test_a_kabupaten_reads_its_rows_and_those_of_none(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], nothing: int
) -> None:
    rows = [*sorted(names), *[None] * nothing]
    where = written(tmp_path_factory.mktemp("tahun"), rows, group=2)
    found = store.read(where, "Lebak", "1")["kampung"]
    assert found["nomor"].tolist() == [i for i, name in enumerate(rows) if name in {"Lebak", None}]


@pytest.mark.parametrize(("rows", "groups", "first"), [(3, 1, 3), (5000, 3, 2048), (200_000, 64, 3125)])
def test_row_groups_are_neither_small_nor_many(tmp_path: Path, rows: int, groups: int, first: int) -> None:
    store.write(tmp_path, {"skor": pd.DataFrame({"kabupaten": ["Lebak"] * rows})}, manifest())
    metadata = parquet.ParquetFile(tmp_path / "skor.parquet").metadata
    assert (metadata.num_row_groups, metadata.row_group(0).num_rows) == (groups, first)


def test_what_a_reader_changes_in_a_table_stays_its_own(tmp_path: Path) -> None:
    where = written(tmp_path, ["Lebak", "Lebak"])
    mine = store.read(where, "Lebak", "1")["kampung"]
    mine.loc[0, "nomor"] = 9
    mine["baru"] = 1
    other = store.read(where, "Lebak", "1")["kampung"]
    assert (other["nomor"].tolist(), "baru" in other) == ([0, 1], False)


def test_another_key_reads_the_tables_again(tmp_path: Path) -> None:
    assert len(store.read(written(tmp_path, ["Lebak"]), "Lebak", "1")["kampung"]) == 1
    written(tmp_path, ["Lebak", "Lebak"], "2")
    assert len(store.read(tmp_path, "Lebak", "1")["kampung"]) == 1
    assert len(store.read(tmp_path, "Lebak", "2")["kampung"]) == 2


@pytest.mark.parametrize("kabupaten", [None, "Lebak"])
def test_tables_that_are_not_those_of_the_key_are_not_given(tmp_path: Path, kabupaten: str | None) -> None:
    written(tmp_path, ["Lebak"], "2")
    for _ in range(2):
        with pytest.raises(store.Replaced) as raised:
            store.read(tmp_path, kabupaten, "1")
        assert str(raised.value) == f"{tmp_path}: dihitung ulang selagi dibaca; ulangi perintah tadi"


def test_what_was_stored_before_is_known_until_all_that_comes_after_it_is_stored(tmp_path: Path) -> None:
    tables = {"kampung": pd.DataFrame({"kabupaten": ["Lebak"]})}
    one, two, three, four = (manifest(kunci=kunci) for kunci in "1234")
    store.write(tmp_path, tables, one)
    with pytest.raises(TypeError):
        store.write(tmp_path, tables | {"skor": None}, two)  # type: ignore[dict-item]
    assert (read(tmp_path), last(tmp_path)) == (None, one)
    with pytest.raises(TypeError):
        store.write(tmp_path, {"skor": None}, three)  # type: ignore[dict-item]
    assert last(tmp_path) == one
    store.write(tmp_path, tables, four)
    assert (read(tmp_path), last(tmp_path)) == (four, four)
    assert {path.name for path in tmp_path.iterdir()} == {"kampung.parquet", FILE}


@pytest.mark.parametrize("text", ["", "[]", '{"kunci": "1"}', as_json(manifest()).replace('"judul"', '"lain"')])
def test_a_manifest_that_is_damaged_or_of_another_version_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read(tmp_path) is None


def test_cells_are_those_of_the_kabupaten_asked_for(tmp_path: Path) -> None:
    where = written(tmp_path, ["Blora", "Lebak", "Lebak", None])
    assert list(store.cells(where, "skor", ("nomor", "kabupaten"), ["Lebak"])) == [(1, "Lebak"), (2, "Lebak")]


def test_rates_of_the_province_count_as_a_page_prints_them() -> None:
    kampung = pd.DataFrame({"provinsi": ["Banten", "Banten", "Jawa Tengah"], "kabupaten": ["Lebak", "Serang", "Blora"]})
    wilayah = pd.DataFrame(
        {
            "tingkat": ["kabupaten", "provinsi", "semua"],
            "provinsi": ["Banten", "Banten", None],
            "kabupaten": ["Lebak", None, None],
            "indikator": "cpr",
            "nilai": [0.123456, 0.123456, 0.654321],
        }
    )
    tipologi = pd.DataFrame({"kabupaten": ["Lebak"], "kesesuaian_acuan": [0.97123]})
    perubahan = pd.DataFrame({"kabupaten": ["Lebak", None]})
    shown = as_shown({"kampung": kampung, "wilayah": wilayah, "perubahan": perubahan, "tipologi": tipologi})
    assert shown["perubahan"]["kabupaten"].tolist() == ["Lebak"]
    assert shown["wilayah"]["nilai"].tolist() == [0.123456]
    assert shown["tipologi"]["kesesuaian_acuan"].tolist() == [0.97]
    assert shown["pembanding"][["kabupaten", "tingkat", "nilai", "se_provinsi", "semua"]].to_numpy().tolist() == [
        ["Lebak", "provinsi", 0.12, 2, 3],
        ["Serang", "provinsi", 0.12, 2, 3],
        ["Lebak", "semua", 0.65, 2, 3],
        ["Serang", "semua", 0.65, 2, 3],
        ["Blora", "semua", 0.65, 1, 3],
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "/hasil/a: ruang disk habis; kosongkan sebagian, lalu ulangi"),
        (errno.EROFS, "/hasil/a: hanya dapat dibaca; pakai folder lain dengan --out, lalu ulangi"),
        (
            errno.EACCES,
            "/hasil/a: tidak boleh dibuka atau ditulis; tutup di program lain dan periksa izinnya, lalu ulangi",
        ),
        (errno.ENOTDIR, "/hasil/a: bukan folder; sebut folder lain, lalu ulangi"),
        (errno.ESTALE, "/hasil/a: folder bersama itu terputus; periksa jaringannya, lalu ulangi"),
        (errno.EPIPE, None),
    ],
)
def test_what_the_system_refuses_is_told_in_words(code: int, told: str | None) -> None:
    assert of_system(OSError(code, "x", "/hasil/a")) == told


def test_a_file_that_a_user_names_or_has_open_is_told_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.xlsx"

    def refuse(code: int) -> None:
        def replace(self: Path, _: Path) -> None:
            raise OSError(code, "x", str(self))

        monkeypatch.setattr(Path, "replace", replace)

    refuse(errno.EACCES)
    with pytest.raises(KkbError) as told, store.written(target, "tutup buku itu di program lain"):
        pass
    assert str(told.value) == f"{target}: tidak boleh ditulis; tutup buku itu di program lain"
    refuse(errno.EISDIR)
    with pytest.raises(OSError) as raised, store.written(target, ""):
        pass
    assert of_system(raised.value) == f"{target}: adalah folder; sebut nama berkas, lalu ulangi"


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM])
def test_a_workbook_that_is_open_in_excel_is_told_as_such(tmp_path: Path, code: int) -> None:
    (tmp_path / "~$rekap.xlsx").write_bytes(b"")
    path = tmp_path / "rekap.xlsx"
    told = f"{path}: sedang dibuka di Excel; tutup berkas itu, lalu ulangi"
    assert of_system(PermissionError(code, "x", str(path))) == told


# what a relative folder means


def test_the_sample_is_found_from_anywhere_and_no_other_folder_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert store.place("data/contoh") == store.ROOT / "data" / "contoh"
    assert store.place("data") == tmp_path / "data"
    assert store.place("notebooks") == tmp_path / "notebooks"
    (tmp_path / "data" / "contoh").mkdir(parents=True)
    assert store.place("data/contoh") == tmp_path / "data" / "contoh"
