"""The parts of a nation: the same results whatever the number of processes, and what a dead process tells."""

import os
import runpy
import signal
from pathlib import Path

import pandas as pd
import pytest
from sklearn.cluster import KMeans

from kkb_eval import evaluate, processes, stages, store
from kkb_eval.errors import KkbError

pytestmark = pytest.mark.slow

NATIONAL = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "national.py"))


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)


def test_whole_kabupaten_go_together_in_order_of_name():
    kampung = pd.DataFrame({"kampung_id": list("edcba"), "kabupaten": ["Lebak", "Serang", "Lebak", "Bogor", "Bogor"]})
    frames = {
        "kampung": kampung,
        "skor": pd.DataFrame({"kampung_id": list("aabe"), "skor": [1, 2, 3, 4]}),
        "catatan": pd.DataFrame({"kampung_id": ["d", None]}),
        "wilayah": pd.DataFrame({"kabupaten": ["Serang", "Bogor", None]}),
    }
    first, second = processes.split(frames, 3)
    assert first["kampung"]["kampung_id"].tolist() == ["e", "c", "b", "a"]
    assert second["kampung"]["kampung_id"].tolist() == ["d"]
    assert [part["skor"]["skor"].tolist() for part in (first, second)] == [[1, 2, 3, 4], []]
    assert [part["catatan"]["kampung_id"].tolist() for part in (first, second)] == [[], ["d"]]
    assert [part["wilayah"]["kabupaten"].tolist() for part in (first, second)] == [["Bogor"], ["Serang"]]
    assert len(processes.split(frames, 6)) == 1


def test_one_part_and_many_in_one_process_and_in_two_are_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    NATIONAL["write"](tmp_path, 300, 4)
    used = []

    def stored(name: str) -> dict[str, bytes]:
        out = tmp_path / name
        evaluate(tmp_path, 2024, out=out)
        return {table: (store.folder(out, 2024) / f"{table}.parquet").read_bytes() for table in store.TABLES}

    whole = stored("satu_bagian")
    panel = pd.read_parquet(store.folder(tmp_path / "satu_bagian", 2024) / "panel.parquet")
    assert len(panel["kabupaten"].unique()) > 1
    monkeypatch.setattr(processes, "AT_ONCE", 20)
    local = stages.local
    monkeypatch.setattr(stages, "local", lambda *args, **more: used.append(os.getpid()) or local(*args, **more))
    monkeypatch.setattr("joblib.cpu_count", lambda: 1)
    assert stored("satu_proses") == whole
    assert used == [os.getpid()] * 4
    monkeypatch.setattr(stages, "local", local)
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)
    monkeypatch.setattr(KMeans, "fit", None)  # nothing is fitted here
    assert stored("dua_proses") == whole


def test_a_process_that_is_killed_is_told_with_its_signal():
    with pytest.raises(KkbError) as error:
        processes.run(lambda part: os.kill(os.getpid(), signal.SIGKILL), [{}, {}, {}])
    assert str(error.value) == (
        "evaluasi: proses pembantu mati (SIGKILL), biasanya karena memori habis; tutup program lain lalu ulangi, atau "
        "pakai satu proses dengan LOKY_MAX_CPU_COUNT=1"
    )


def test_an_error_of_a_part_arrives_as_it_is():
    def fails(part: object) -> None:
        raise KkbError("tipologi, k = 9: bukan jumlah tipe")

    with pytest.raises(KkbError) as error:
        processes.run(fails, [{}, {}])
    assert str(error.value) == "tipologi, k = 9: bukan jumlah tipe"
