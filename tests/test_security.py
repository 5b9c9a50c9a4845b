"""Nobody gets in: names are data, never paths or code; JupyterLab listens here only; nothing of a dataset is run."""

import ast
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from intake import MAJA, write_csv
from IPython.core.inputtransformer2 import TransformerManager
from manifests import manifest
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from kkb_eval import current, store
from kkb_eval.build import make, plan
from kkb_eval.errors import DatasetError
from kkb_eval.intake import regions
from kkb_eval.intake import settings as dataset_settings
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.manifest import Manifest

ROOT = store.ROOT
SOURCES = sorted([*ROOT.glob("kkb_eval/**/*.py"), *ROOT.glob("data/contoh/*.py")])
NAMES = (
    "../../etc/passwd", "..", ".", "/", "\\", "C:\\Windows", "a\0b", "CON", "con", "nul.txt", "COM¹", "lpt9", "aux",
    "x" * 300, "X" * 300, "Maja", "MAJA", "maja ", "", " ", "-", "قرية الأسرة", "🌴", "\u202egnp.exe", "~", "~root",
    "$(rm -rf x)", "`id`", "{kabupaten}", "{{ 7*7 }}", "%s", "a\nb", '"; import os; os.system("x") #', "'''", '"""',
    "\\", '\\"', "perkembangan", "kabupaten", "index.html", "ß", "İ", "ﬁ", "½", "é", "e\u0301", "\ud7ff", "\uffff",
)  # fmt: skip
"""Names that a path, a shell, a template or Python would read as something else."""
nama = st.sampled_from(NAMES) | st.text(max_size=80)
PERANGKAT = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)\d)(?:\..*)?", re.IGNORECASE)
PARAMETER = {"kecamatan": "kecamatan", "kabupaten": "kabupaten", "kualitas_data": "kabupaten", "paparan": "kabupaten"}


# names never become paths


@given(st.lists(nama, max_size=40))
@example(list(NAMES))
def test_slugs_are_plain_short_and_unique_in_any_case_of_letters(names: list[str]) -> None:
    slugs = regions.unique_slugs(names)
    assert slugs.keys() == set(names)
    assert len({s.casefold() for s in slugs.values()}) == len(slugs)
    for slug in slugs.values():
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?", slug)
        assert not PERANGKAT.fullmatch(slug)


def test_ten_thousand_names_without_a_letter_for_an_address_take_no_time() -> None:
    start = time.process_time()
    assert len(set(regions.unique_slugs(f"قرية{'🌴' * n}" for n in range(10_000)).values())) == 10_000
    assert time.process_time() - start < 3


def of_places(names: list[str]) -> Manifest:
    """What a year's manifest says of the places: every name a kabupaten, and a kecamatan of it."""
    frame = pd.DataFrame([(a, b) for a in names for b in names[:6]], columns=["kabupaten", "kecamatan"])
    found = regions.match(frame.assign(provinsi="", desa=""), read_catalogue().alias_wilayah)
    places = {
        str(kabupaten): {
            "slug": own["slug_kabupaten"].iat[0],
            "sidik": "",
            "kecamatan": dict(zip(own["kecamatan"], own["slug_kecamatan"], strict=True)),
        }
        for kabupaten, own in found.groupby("kabupaten")
    }
    return manifest(tahun=2018, tahun_data=[2018], tahun_sebelumnya=None, kabupaten=places)


@settings(max_examples=25, deadline=None)
@given(st.lists(nama, min_size=1, max_size=8))
@example(list(NAMES))
def test_no_page_is_planned_outside_of_the_out_folder_or_over_another(names: list[str]) -> None:
    reports = plan.plan({2018: of_places(names)}, "data/contoh", "outputs")
    assert reports
    paths = [p for r in reports for p in (r.halaman, *r.tambahan)]
    assert len({p.casefold() for p in paths}) == len(paths)
    kerja = [r.kerja for r in reports]
    assert len({p.casefold() for p in kerja}) == len(kerja)
    for path in (*paths, *kerja):
        assert PurePosixPath(path).parts[0] in ("laporan", "kerja")
        assert re.fullmatch(r"[A-Za-z0-9/_-]+(\.(html|xlsx|docx|ipynb))", path), path
        assert not any(PERANGKAT.fullmatch(part) for part in PurePosixPath(path).parts)
        # Windows ends at 260
        assert len(path) < 200


# names never become code


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PARAMETER)), nama, nama)
@example("kecamatan", '"; import os #\n%%bash\nid', "!id\n?x")
@example("kabupaten", "\\", '\\"')
def test_a_parameter_is_one_typed_value_in_the_cell_that_papermill_adds(jenis: str, name: str, folder: str) -> None:
    nb = load_notebook_node(str(ROOT / "notebooks" / f"{jenis}.ipynb"))
    values = {"year": 2018, PARAMETER[jenis]: name, "data": folder, "out": folder}
    made = parameterize_notebook(nb, values, kernel_name="python3", language="python")
    (cell,) = [c for c in made.cells if "injected-parameters" in c.metadata.get("tags", [])]
    manager = TransformerManager()  # type: ignore[no-untyped-call]
    assert manager.transform_cell(cell.source).strip() == cell.source.strip()
    tree = ast.parse(cell.source)
    assert all(isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) for node in tree.body)
    found = {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)
    }
    assert found == values


@given(nama)
def test_braces_in_a_path_are_not_filled_in_by_papermill(name: str) -> None:
    path = Path("/out") / name.replace("\0", "")
    assert make.unformatted(path).format(year=1) == str(path)


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


TERLARANG = re.compile(
    r"(?:.*\.)?(?:eval|exec|compile|__import__|system|popen|spawn\w*|startfile|read_pickle|to_pickle|unsafe_load)"
    r"|(?:pickle|marshal|shelve|dill|cloudpickle|yaml)\.\w+|joblib\.(?:load|dump)|os\.exec\w*"
)
BOLEH = {"re.compile"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_evaluates_data_or_starts_a_shell(path: Path) -> None:
    wrong = [
        f"baris {call.lineno}: {name}" for name, call in calls(path) if TERLARANG.fullmatch(name) and name not in BOLEH
    ]
    for name, call in calls(path):
        if name.endswith(".query") and not all(isinstance(a, ast.Constant) for a in call.args):
            wrong.append(f"baris {call.lineno}: {name} dengan data")
        if name.startswith("subprocess."):
            shell = any(k.arg == "shell" for k in call.keywords)
            listed = bool(call.args) and isinstance(call.args[0], ast.List | ast.Name)
            if shell or not listed:
                wrong.append(f"baris {call.lineno}: {name} tanpa daftar argumen")
    assert wrong == []


# a dataset that points elsewhere


def test_links_to_files_outside_are_read_and_never_written(tmp_path: Path) -> None:
    outside = write_csv(tmp_path / "luar/rekap_2018-10-15.csv", "rekap", [MAJA])
    (tmp_path / "luar/dataset.toml").write_text('judul = "luar"\n', "utf-8")
    before = {p: p.read_bytes() for p in outside.parent.iterdir()}
    data = tmp_path / "data"
    (data / "ekspor").mkdir(parents=True)
    (data / "ekspor" / outside.name).symlink_to(outside)
    (data / "dataset.toml").symlink_to(tmp_path / "luar/dataset.toml")
    (data / "ekspor" / "putus.xlsx").symlink_to(tmp_path / "tidak-ada.xlsx")
    (data / "lingkar").symlink_to(data)
    found = open_dataset(data)
    assert (found.config.judul, found.tahun, found.ditolak) == ("luar", (2018,), ())
    assert current.Inputs(data).digest
    assert {p: p.read_bytes() for p in outside.parent.iterdir()} == before


@pytest.mark.skipif(sys.platform != "linux", reason="nama berkas di sini selalu teks")
@pytest.mark.parametrize("name", [b"ekspor/a\xff_2018-10-15.csv", b"ekspor/a\x1b[31m.csv", b"rujukan/rtl/a\nb.xlsx"])
def test_a_file_whose_name_is_no_plain_text_is_told(tmp_path: Path, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    with pytest.raises(DatasetError) as caught:
        open_dataset(tmp_path)
    told = str(caught.value)
    assert told.startswith(f"{tmp_path}: nama berkas ") and told.isprintable()
    assert told.endswith(" memuat karakter yang tidak terlihat; ganti namanya")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="sistem ini tidak mempunyai /dev/zero")
@pytest.mark.parametrize("target", ["/dev/zero", "pipa"])
def test_a_file_without_an_end_is_refused_and_not_waited_for(tmp_path: Path, target: str) -> None:
    os.mkfifo(tmp_path / "pipa")
    write_csv(tmp_path / "data/ekspor/rekap_2018-10-15.csv", "rekap", [MAJA])
    for name in ("dataset.toml", "ekspor/lain_2018-10-15.xlsx", "rujukan/program.csv", "rujukan/rapat.toml"):
        (tmp_path / "data" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "data" / name).symlink_to(tmp_path / target)
    with pytest.raises(DatasetError) as caught:
        open_dataset(tmp_path / "data")
    assert str(caught.value) == f"{tmp_path}/data/dataset.toml: bukan berkas biasa; ganti dengan berkasnya sendiri"
    assert current.Inputs(tmp_path / "data").digest


def test_a_dataset_toml_of_one_line_without_end_is_short_work(tmp_path: Path) -> None:
    (tmp_path / "dataset.toml").write_text("a." * 40_000 + "a = 1", "utf-8")
    with pytest.raises(DatasetError, match="memuat baris yang terlalu panjang; tulis isian satu per baris"):
        dataset_settings.read_config(tmp_path / "dataset.toml")


# make lab


def lab() -> list[str]:
    """The arguments of `make lab` after the program."""
    made = (ROOT / "Makefile").read_text("utf-8")
    (line,) = re.findall(r"^lab:.*\n((?:\t.*\n)+)", made, re.MULTILINE)
    found = re.search(r"\$\(BIN\)/jupyter lab (.*)", line)
    assert found is not None
    return shlex.split(found[1])


def get(port: int, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/contents", headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_make_lab_asks_for_a_token_and_listens_on_this_machine_only(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")}
    env |= {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("RUNTIME", "CONFIG", "DATA")}
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command = [sys.executable, "-m", "jupyter", "lab", *lab(), "--no-browser", f"--ServerApp.port={port}", *as_root]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            (info,) = waited(tmp_path / "runtime")
            assert (info["hostname"], info["port"], len(info["token"]) >= 32) == ("127.0.0.1", port, True)
            assert get(port, {})[0] == 403
            assert get(port, {"Authorization": "token salah"})[0] == 403
            assert "kabupaten.ipynb" in get(port, {"Authorization": f"token {info['token']}"})[1]
            # a page elsewhere whose name was made to point here
            assert get(port, {"Authorization": f"token {info['token']}", "Host": "jahat.example"})[0] == 403
        finally:
            server.terminate()
    shutil.rmtree(tmp_path / "runtime", ignore_errors=True)


def waited(folder: Path) -> list[dict[str, Any]]:
    """What the server wrote about itself once it listens."""
    for _ in range(1200):
        if found := list(folder.glob("jpserver-*.json")):
            time.sleep(0.2)
            return [json.loads(path.read_text("utf-8")) for path in found]
        time.sleep(0.1)
    raise AssertionError("JupyterLab tidak menyala dalam 120 detik")


# make audit


def test_make_audit_names_no_registry_and_fails_where_it_could_not_look() -> None:
    made = (ROOT / "Makefile").read_text("utf-8")
    (recipe,) = re.findall(r"^audit:.*\n((?:\t.*\n)+)", made, re.MULTILINE)
    assert "-r requirements.lock" in recipe and "--strict" in recipe and "exit 1" in recipe
    assert "tidak terjangkau" in recipe
    assert re.findall(r"https?://|index-url|find-links", made) == ["index-url", "find-links"]
