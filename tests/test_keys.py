"""The key of an evaluation changes with everything that it depends on, and with nothing else."""

from pathlib import Path

import pytest

from kkb_eval import keys


def test_the_digest_is_of_the_datasets_own_files(tmp_path: Path) -> None:
    (tmp_path / "rekap_2018-01-01.csv").write_text("a")
    before = keys.digest(tmp_path)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "data.csv").write_text("b")
    (tmp_path / "catatan.txt").write_text("c")
    assert keys.digest(tmp_path) == before
    (tmp_path / "rekap_2018-01-01.csv").write_text("d")
    assert keys.digest(tmp_path) != before
    assert keys.key(before, {"tahun": 2018}) != keys.key(before, {"tahun": 2019})


@pytest.mark.parametrize("name", ["ekspor/rekap.xls", "rekap.ods", "ekspor/lain.txt", "rujukan/a.pdf", "rujukan/rtl/b"])
def test_a_file_that_is_only_named_counts_in_the_digest(tmp_path: Path, name: str) -> None:
    before = keys.digest(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("a")
    with_it = keys.digest(tmp_path)
    (tmp_path / name).write_text("b")
    assert before != with_it == keys.digest(tmp_path)


def test_the_key_changes_with_catalogues_code_and_packages_but_not_with_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key() -> str:
        keys._sources.cache_clear()
        return keys.key("data", {"tahun": 2018})

    monkeypatch.setattr(keys, "ROOT", tmp_path)
    katalog, kode = tmp_path / "data" / "langkah.csv", tmp_path / "kkb_eval" / "method" / "road.py"
    for path in (katalog, kode):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"a\nb\n")
    first = key()
    kode.write_bytes(b"a\r\nb\r\n")
    katalog.write_bytes(b"a\r\nb\r\n")
    assert key() == first
    found = {first}
    for path in (katalog, kode):
        path.write_bytes(b"a\nc\n")
        found.add(key())
    monkeypatch.setattr(keys, "packages", lambda: (("pandas", "9"),))
    found.add(key())
    keys._sources.cache_clear()
    assert len(found) == 4
