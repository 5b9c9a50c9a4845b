"""Workers that die, stand still or grow cost at most their own task, and nothing outlives whoever started them."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from kkb_eval import store
from kkb_eval.build import workers
from kkb_eval.build.workers import Answer, Bounds

from . import tasks

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("KKB_EVAL_ROUNDS", "2"))
"""How often the workers are killed at random; the full trial is 20."""


pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
LOST = "prosesnya dihentikan sinyal SIGKILL, mungkin kehabisan memori, dua kali"


def run(*asked: str, jobs: int = 2, prepare: Any = tasks.prepare, **bounds: Any) -> dict[str, Answer[str]]:
    return dict(workers.run(asked, prepare, jobs=jobs, bounds=Bounds(**bounds)))


def told(answers: dict[str, Answer[str]]) -> dict[str, str | None]:
    return {task: answer.result if answer.result is not None else answer.reason for task, answer in answers.items()}


def test_each_task_has_its_answer_and_an_error_ends_no_worker() -> None:
    answers = run("echo a b", "fail salah", "echo c")
    assert told(answers) == {"echo a b": "a b", "fail salah": "ValueError: salah", "echo c": "c"}
    assert "raise" not in answers["echo c"].trace and "ValueError: salah" in answers["fail salah"].trace
    assert all(answer.mb > 10 for answer in answers.values())


def test_no_task_needs_no_worker() -> None:
    assert run() == {}


def test_a_worker_does_one_task_after_the_other_until_it_retires() -> None:
    answers = run(*(f"pid {i}" for i in range(7)), jobs=1, tasks=3)
    pids = [answer.result for answer in answers.values()]
    assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3, 6]


def test_a_worker_that_has_kept_half_of_its_memory_retires() -> None:
    answers = run("pid a", "keep 200", "pid b", jobs=1, memory=300)
    before, big, after = (answer.result for answer in answers.values())
    assert before == big != after


def test_a_worker_in_which_a_thread_was_left_retires() -> None:
    first, second = run("leave-a-thread", "pid a", jobs=1).values()
    assert first.result != second.result


def test_a_worker_that_stands_still_is_ended_at_its_time_limit() -> None:
    answers = run("sleep 100", "stop", "echo a", jobs=3, seconds=3)
    late = "belum selesai setelah 3 detik, dihentikan"
    assert told(answers) == {"sleep 100": late, "stop": late, "echo a": "a"}


def test_the_time_limit_does_not_count_the_start() -> None:
    assert told(run("echo a", seconds=0.2, prepare=tasks.prepare_slowly)) == {"echo a": "a"}


def test_a_worker_that_grows_past_its_memory_bound_is_ended() -> None:
    answers = run("grow 4000", "echo a", memory=400)
    assert told(answers) == {"grow 4000": "memakai lebih dari 400 MB memori, dihentikan", "echo a": "a"}
    assert answers["grow 4000"].mb > 400


def test_a_task_whose_worker_dies_is_done_once_more(tmp_path: Path) -> None:
    (answer,) = run(f"die-once {tmp_path / 'sekali'}").values()
    assert str(answer.result).isdecimal()


def test_a_task_that_ends_its_worker_twice_is_named_with_how() -> None:
    assert told(run("exit 7", "die SIGSEGV", "die SIGKILL", "echo a")) == {
        "exit 7": "prosesnya berakhir mendadak dengan status 7, dua kali",
        "die SIGSEGV": "prosesnya dihentikan sinyal SIGSEGV, dua kali",
        "die SIGKILL": LOST,
        "echo a": "a",
    }


def test_workers_that_cannot_start_name_every_task_once() -> None:
    answers = run("echo a", "echo b", "echo c", prepare=tasks.prepare_badly)
    assert set(told(answers).values()) == {"pekerja tidak dapat dimulai: RuntimeError: tidak bisa"}
    assert "prepare_badly" in answers["echo a"].trace
    died = "pekerja tidak dapat dimulai: prosesnya berakhir mendadak dengan status 5"
    assert told(run("echo a", "echo b", prepare=tasks.prepare_to_die)) == {"echo a": died, "echo b": died}


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_task_is_done_or_named_while_workers_are_killed_at_random(seed: int) -> None:
    chance, killed = random.Random(seed), list[int]()
    answers: dict[str, Answer[str]] = {}
    running = workers.run([f"sleep-and-echo {chance.uniform(0, 0.02)} {i}" for i in range(300)], tasks.prepare, jobs=4)

    def kill() -> None:
        """Kill a worker after some more answers: one that works, waits, or starts."""
        while len(answers) < 300:
            seen, end = len(answers) + chance.randrange(12), time.monotonic() + chance.uniform(0, 2)
            while len(answers) < seen and time.monotonic() < end:
                time.sleep(chance.uniform(0, 0.01))
            for one in chance.sample(alive := multiprocessing.active_children(), min(1, len(alive))):
                one.kill()
                killed.append(one.pid)

    killer = threading.Thread(target=kill)
    killer.start()
    answers.update(running)
    killer.join()
    done = {task: answer.result for task, answer in answers.items() if answer.result is not None}
    assert len(answers) == 300
    assert done == {task: task.split()[-1] for task in done}
    assert {answers[task].reason for task in answers.keys() - done.keys()} <= {LOST}
    assert len(set(killed)) > 20 and len(done) > 250
    assert multiprocessing.active_children() == []


OWNER = """\
import sys
from build import tasks
from kkb_eval.build import workers
for _ in workers.run(sys.argv[1:], tasks.prepare, jobs=2):
    pass
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_nothing_is_left_when_the_owner_of_workers_ends(tmp_path: Path, name: str) -> None:
    files = [tmp_path / word for word in "abc"]
    command = [sys.executable, "-c", OWNER, *(f"hang {path}" for path in files)]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    owner = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_until(lambda: owner.poll() is not None or len(list(tmp_path.glob("*.pid"))) == 2)
    pids = [int(path.read_text()) for path in tmp_path.glob("*.pid")]
    # as a terminal does: Ctrl-C is every process's of the group
    (os.killpg if name == "SIGINT" else os.kill)(owner.pid, getattr(signal, name))
    words = owner.communicate(timeout=30)[1]
    wait_until(lambda: not any(map(psutil.pid_exists, pids)), seconds=10)
    assert list(tmp_path.glob(f"{store.TEMPORARY}*")) == []
    # what the owner itself says, and no word of its workers
    assert words.count("Traceback") == (name == "SIGINT")


def test_a_run_that_is_closed_early_ends_its_workers(tmp_path: Path) -> None:
    running = workers.run([f"hang {tmp_path / 'a'}", "echo a", "echo b"], tasks.prepare, jobs=2)
    next(running)
    wait_until((tmp_path / "a.pid").exists)
    begin = time.monotonic()
    running.close()
    assert time.monotonic() - begin < 30
    assert multiprocessing.active_children() == []
    assert not psutil.pid_exists(int((tmp_path / "a.pid").read_text()))


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that other processes do."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "terlalu lama"
        time.sleep(0.02)
