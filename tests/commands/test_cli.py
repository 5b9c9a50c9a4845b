"""The command line: its words, its statuses, and a build from the first page to "nothing has changed"."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import manifests
import nbformat
import pandas as pd
import pytest
from rich.console import Console

from kkb_eval import evaluate, manifest, store
from kkb_eval.build import pack
from kkb_eval.build.pack import Pack
from kkb_eval.commands import check, cli, terminal, typology
from kkb_eval.current import Result, Status
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.report import kinds

SAMPLE = str(store.ROOT / "data" / "contoh")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line: status, stdout and stderr."""

    def command(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(list(arguments))
        return status, *capfd.readouterr()

    return command


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("check", "--data --year --rinci --out"),
        ("evaluate", "--data --out --year --force"),
        ("list", "--data --out --year --kabupaten --kecamatan --jenis --notebooks"),
        ("build", "--data --out --year --kabupaten --kecamatan --jenis --notebooks --jobs --force --scheduler"),
        ("pack", "--out --kabupaten --year --publik --pdf"),
        ("template", ""),
        ("typology", "--rekap --out"),
        ("noise", "--rekap --out"),
    ],
)
def test_each_command_has_its_promised_options_and_indonesian_help(run: Run, command: str, options: str) -> None:
    status, out, err = run(command, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"Pemakaian: kkb-eval {command} [PILIHAN]…")
    shown = [line.split()[0] for line in out.splitlines() if line.startswith("  --")]
    assert shown == [*options.split(), "--help"]
    assert not {"Usage", "Options", "Arguments", "Show", "required", "default"} & set(out.replace(":", " ").split())


def test_the_package_itself_is_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "kkb_eval", "bild"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'perintah "bild" tidak ada; maksud Anda build? (bantuan: kkb-eval --help)\n'


def test_the_help_names_every_command_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from kkb_eval.commands import cli; cli.main(['--help']); "
        "assert not {'pandas', 'numpy', 'papermill', 'IPython', 'rich'} & set(sys.modules), sorted(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    commands = done.stdout.split("Perintah:\n")[1]
    assert [line.split()[0] for line in commands.splitlines() if line[2:3].strip()] == [
        "check",
        "evaluate",
        "list",
        "build",
        "pack",
        "template",
        "init",
        "typology",
        "noise",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("bild", 'perintah "bild" tidak ada; maksud Anda build? (bantuan: kkb-eval --help)'),
        ("build --yeer 2018", "pilihan --yeer tidak dikenal, maksud Anda --year? (bantuan: kkb-eval build --help)"),
        ("build --year", "pilihan --year perlu nilai (bantuan: kkb-eval --help)"),
        ("build --year 18", '--year: "18" bukan tahun; tulis misalnya 2018 (bantuan: kkb-eval build --help)'),
        ("build --jobs 0", '--jobs: "0" bukan bilangan bulat di atas nol (bantuan: kkb-eval build --help)'),
        ("build --out=", "--out: nama folder kosong; tulis misalnya ../lebak (bantuan: kkb-eval build --help)"),
        ("check --data=", "--data: nama folder kosong; tulis misalnya ../lebak (bantuan: kkb-eval check --help)"),
        ("build --force=1", "pilihan --force tidak memakai nilai (bantuan: kkb-eval --help)"),
        ("check 2018", "argumen berlebih: 2018 (bantuan: kkb-eval check --help)"),
        ("template", "FILE.xlsx belum diisi (bantuan: kkb-eval template --help)"),
        ("noise --rekap a.xlsx", "--out belum diisi (bantuan: kkb-eval noise --help)"),
        ("typology --out a.csv", "--rekap belum diisi (bantuan: kkb-eval typology --help)"),
    ],
)
def test_a_wrong_use_is_told_in_indonesian_with_status_2(run: Run, arguments: str, message: str) -> None:
    assert run(*arguments.split()) == (2, "", message + "\n")


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    status, out, err = run()
    assert (status, out) == (2, "")
    assert err.startswith("Pemakaian: kkb-eval PERINTAH [PILIHAN]…")


def test_a_users_problem_has_no_traceback_and_a_bug_keeps_its_own(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    missing = tmp_path / "tidak-ada"
    assert run("check", "--data", str(missing)) == (
        1,
        "",
        f"{missing}: folder dataset tidak ada; buat folder itu dengan ekspor portal di ekspor/\n",
    )

    def bug(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(check, "findings", bug)
    with pytest.raises(ZeroDivisionError):
        cli.main(["check"])


def test_ctrl_c_ends_a_build_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "findings", interrupted)
    assert run("check") == (130, "", "Dihentikan; jalankan lagi untuk meneruskan.\n")


def catatan(*tingkat: str) -> pd.DataFrame:
    """Findings of these levels, one a level."""
    rows = [("K06", t, "ekspor/rekap.xlsx", 23, None, "pus", f"PUS {t}", 2018, None, None) for t in tingkat]
    return pd.DataFrame(rows, columns=list(check.COLUMNS)).astype({"baris": "Int64", "tahun": "Int64"})


@pytest.mark.parametrize(("tingkat", "status"), [(("salah", "info"), 1), (("periksa", "info"), 0), ((), 0)])
def test_check_fails_where_a_finding_is_salah(run: Run, monkeypatch: Any, tingkat: Any, status: int) -> None:
    monkeypatch.setattr(check, "findings", lambda data, years: catatan(*tingkat))
    assert run("check")[0] == status
    assert run("check", "--rinci")[0] == status


def test_check_writes_a_workbook_beside_what_it_prints(run: Run, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(check, "findings", lambda data, years: catatan("info", "info"))
    to = tmp_path / "catatan.xlsx"
    assert run("check", "--out", str(to))[1].splitlines()[-1] == f"{to} ditulis: 2 catatan"
    assert to.is_file()


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("catatan.csv", "catatan.csv: bukan nama berkas .xlsx; pakai nama seperti catatan.xlsx"),
        (
            "{data}/rujukan/catatan.xlsx",
            "--out {data}/rujukan/catatan.xlsx: berada di dalam {data}/rujukan, yang dibaca sebagai data; pilih folder"
            " lain",
        ),
    ],
)
def test_check_writes_no_workbook_where_none_belongs(run: Run, monkeypatch: Any, to: str, told: str) -> None:
    monkeypatch.setattr(check, "findings", lambda data, years: catatan("info"))
    data = str(Path(SAMPLE).resolve())
    assert run("check", "--data", data, "--out", to.format(data=data))[2] == told.format(data=data) + "\n"


def test_check_finds_what_an_evaluation_finds_and_stores_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    found = check.findings(SAMPLE, [2016])
    assert list(tmp_path.iterdir()) == []
    stored = evaluate(SAMPLE, 2016, out=tmp_path).catatan_mutu
    assert set(zip(stored["kode"], stored["pesan"], strict=True)) <= set(
        zip(found["kode"], found["pesan"], strict=True)
    )
    assert not found.duplicated().any()


def test_every_refused_file_is_told_once(capfd: pytest.CaptureFixture[str]) -> None:
    ditolak = [{"berkas": "ekspor/a.xlsx", "masalah": [["K01", "tidak ada isi"], ["K02", "kolom NIK"]]}]
    isi = manifests.manifest(ditolak=ditolak)
    assert terminal.tell_refused({2017: isi, 2018: isi})
    assert capfd.readouterr().err == "ekspor/a.xlsx: tidak ada isi\nekspor/a.xlsx: kolom NIK\n"
    assert not terminal.tell_refused({2018: manifests.manifest()})


def test_results_are_counted_and_failures_named(capfd: pytest.CaptureFixture[str]) -> None:
    def result(halaman: str, status: Any, **fields: str) -> Result:
        return Result(halaman, "", "kecamatan", 2018, "Lebak", "Maja", status, **fields)  # type: ignore[arg-type]

    failed = result("b.html", "gagal", sel="In [4]", galat="ValueError: x")
    index = Path("/hasil/index.html")
    assert terminal.tell_results([result("a.html", "dibuat"), failed, result("c.html", "tetap")], 12.4, index)
    assert capfd.readouterr() == (
        "3 laporan: 1 dibuat, 1 tetap, 1 gagal, dalam 12 detik.\n/hasil/index.html\n",
        "b.html: gagal, In [4], ValueError: x\n",
    )
    assert not terminal.tell_results([result("c.html", "tetap")], 1, index, changed=True)
    assert capfd.readouterr().out == (
        "Tidak ada yang berubah: 1 laporan tetap.\n"
        "Data berubah selagi laporan dibuat: laporan ini dari data sebelumnya; jalankan kkb-eval build lagi.\n"
        "/hasil/index.html\n"
    )


def test_the_slowest_of_many_reports_are_named_at_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    def result(n: int) -> Result:
        return Result(f"{n}.html", "", "kecamatan", 2018, "Lebak", "Maja", "dibuat", detik=n / 10, mb=300)

    terminal.tell_results([result(n) for n in range(12)], 7, Path("/hasil/index.html"))
    assert capfd.readouterr().out == (
        "Paling lama:\n"
        "  1,1 detik, 300 MB  11.html\n"
        "  1,0 detik, 300 MB  10.html\n"
        "  0,9 detik, 300 MB  9.html\n"
        "  0,8 detik, 300 MB  8.html\n"
        "  0,7 detik, 300 MB  7.html\n"
        "12 laporan: 12 dibuat, dalam 7 detik.\n"
        "/hasil/index.html\n"
    )


def test_lines_of_progress_say_how_long_it_will_take_without_the_start(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([50.0, 52.0, 54.0])  # of the first report, after a long start, and of the others
    monkeypatch.setattr(terminal.time, "monotonic", lambda: next(seconds))
    done = Result("a.html", "", "kecamatan", 2018, "Lebak", "Maja", "dibuat", detik=0.25)
    with terminal.progress(Console(file=sys.stdout, force_terminal=False)) as follow:
        follow(0, 3, None)
        for number in (1, 2, 3):
            follow(number, 3, done)
    assert capfd.readouterr().out.splitlines() == [
        "1/3 a.html: dibuat, 0,2 detik",
        "2/3 a.html: dibuat, 0,2 detik, sisa ± 2 detik",
        "3/3 a.html: dibuat, 0,2 detik",
    ]


def test_what_the_system_refuses_is_told_without_a_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/hasil/a.html")

    monkeypatch.setattr("kkb_eval.documents.entry_form.write_template", full)
    assert cli.main(["template", str(tmp_path / "a.xlsx")]) == 1
    assert capfd.readouterr().err == "/hasil/a.html: ruang disk habis; kosongkan sebagian, lalu ulangi\n"


def test_build_says_which_export_is_open_in_excel(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path, opened = tmp_path / "rekap_2018-10-15.xlsx", Path.open
    for name in (path.name, f"~${path.name}"):
        (tmp_path / name).write_bytes(b"PK")

    def refused(self: Path, *words: Any, **named: Any) -> Any:
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return opened(self, *words, **named)

    monkeypatch.setattr(Path, "open", refused)
    status, _, told = run("build", "--data", str(tmp_path), "--out", str(tmp_path / "hasil"))
    assert (status, told) == (1, f"{path}: sedang dibuka di Excel; tutup berkas itu, lalu ulangi\n")


@pytest.fixture(scope="module")
def hasil(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One out folder for the builds below."""
    return str(tmp_path_factory.mktemp("hasil") / "outputs")


@pytest.fixture(scope="module")
def buku(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the notebooks, to be changed."""
    folder = tmp_path_factory.mktemp("buku") / "notebooks"
    shutil.copytree(store.ROOT / "notebooks", folder)
    return folder


def test_a_build_from_nothing_to_no_change_to_a_failure_and_back(
    run: Run, hasil: str, buku: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "NOTEBOOKS", buku)
    monkeypatch.setattr(kinds, "ours", kinds.ours.__wrapped__)  # type: ignore[attr-defined]
    maja = ("--data", SAMPLE, "--out", hasil, "--year", "2016", "--kecamatan", "maja")
    page, index = "laporan/lebak/2016/kecamatan/maja.html", Path(hasil) / "index.html"

    status, out, err = run("list", *maja)
    assert (status, out.splitlines()[-1], err) == (0, f"{page} (akan dibuat)", "")

    status, out, _ = run("build", *maja)
    first = (Path(hasil) / page).read_bytes()
    assert status == 0, out
    assert out.splitlines()[-2].startswith("1 laporan: 1 dibuat, dalam ")
    assert out.splitlines()[-1] == str(index)
    assert page in index.read_text("utf-8")
    assert run("list", *maja)[1].splitlines()[-1] == f"{page} (tetap)"

    assert run("build", *maja) == (0, f"Tidak ada yang berubah: 1 laporan tetap.\n{index}\n", "")

    notebook = buku / "kecamatan.ipynb"
    good = notebook.read_bytes()
    nb = nbformat.read(notebook, 4)
    nb.cells[-1] = nbformat.v4.new_code_cell("1 / 0", id="x")
    nbformat.write(nb, notebook)
    status, out, err = run("build", *maja)
    assert status == 1
    assert f"{page}: gagal, In [" in err
    assert err.endswith("ZeroDivisionError: division by zero\n")
    assert "ZeroDivisionError: division by zero" in index.read_text("utf-8")

    notebook.write_bytes(good)
    assert run("build", *maja)[0] == 0
    assert "ZeroDivisionError" not in index.read_text("utf-8")
    assert (Path(hasil) / page).read_bytes() == first


def test_a_page_whose_kecamatan_is_gone_is_set_aside_and_named(run: Run, hasil: str) -> None:
    status = Status(Path(hasil))
    gone = "laporan/lebak/2016/kecamatan/sukamju.html"
    status.record(Result(gone, "kerja/2016/x.ipynb", "kecamatan", 2016, "Lebak", "Sukamju", "dibuat"))
    status.save()
    (Path(hasil) / gone).parent.mkdir(parents=True, exist_ok=True)
    (Path(hasil) / gone).write_text("")
    out = run("build", "--data", SAMPLE, "--out", hasil, "--year", "2016", "--kecamatan", "Maja")[1]
    (line,) = (line for line in out.splitlines() if line.startswith(gone))
    now = line.removeprefix(f"{gone}: tidak ada lagi di data, dipindahkan ke ")
    assert now.startswith("kerja/lama/") and now.endswith(gone)
    assert ((Path(hasil) / now).exists(), (Path(hasil) / gone).exists()) == (True, False)


def test_list_only_asks(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "hasil"
    status, told, _ = run("list", "--data", SAMPLE, "--out", str(out), "--year", "2016", "--kecamatan", "maja")
    assert (status, told) == (0, "laporan/lebak/2016/kecamatan/maja.html (akan dibuat)\n")
    assert not out.exists()


@pytest.mark.parametrize(
    ("selection", "status", "message"),
    [
        (["--kecamatan", "Majja"], 1, 'kecamatan "Majja" tidak ada di Lebak 2016; maksud Anda "Maja"?'),
        (["--kabupaten", "Lebk"], 1, 'kabupaten "Lebk" tidak ada di data 2016; maksud Anda "Lebak"?'),
        (["--year", "1999"], 1, f'tahun "1999" tidak ada di {SAMPLE} (ada: 2016, 2017, 2018)'),
    ],
)
def test_an_unknown_name_ends_the_build_with_a_suggestion(
    run: Run, hasil: str, selection: list[str], status: int, message: str
) -> None:
    got, _, err = run("build", "--data", SAMPLE, "--out", hasil, "--year", "2016", *selection)
    assert (got, err) == (status, message + "\n")


def test_an_unknown_kind_is_a_wrong_use(run: Run, hasil: str) -> None:
    status, _, err = run("list", "--data", SAMPLE, "--out", hasil, "--year", "2016", "--jenis", "kecamatn")
    assert status == 2
    assert err.startswith('jenis "kecamatn" tidak ada di daftar jenis laporan (')
    assert err.endswith('maksud Anda "kecamatan"?\n')


def test_evaluate_stores_a_year_without_pages(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "hasil"
    assert run("evaluate", "--data", SAMPLE, "--out", str(out), "--year", "2016") == (
        0,
        "Evaluasi 2016: 10 Kampung KB\n",
        "",
    )
    assert manifest.read(out / "kerja" / "2016") is not None
    assert not (out / "laporan").exists()


def test_pack_tells_what_the_zip_holds_and_ends_with_1_when_something_is_left_out(
    run: Run, tmp_path: Path, laporan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lebak.zip"
    status, out, err = run("pack", "--out", str(laporan), "--year", "2016", "--publik", str(path))
    size = max(path.stat().st_size // 1000, 1)
    # another worker may be building there: then the command says first that it waits
    last = f"{path} ditulis: 2 berkas dan manifest.json, {size} kB"
    assert (status, out.splitlines()[-1], err) == (0, last, "")
    packed = Pack({"index.html": path}, [("a.html", "gagal: x")], ["rtl/maja.xlsx"])
    monkeypatch.setattr(pack, "write_pack", lambda *_, **__: packed)
    (tmp_path / "kerja").mkdir()
    assert run("pack", "--out", str(tmp_path), str(path)) == (
        1,
        "Sudah diisi orang, jadi tidak disertakan (kirim sendiri sesudah diperiksa): rtl/maja.xlsx\n"
        f"{path} ditulis: 1 berkas dan manifest.json, {size} kB\n",
        "a.html: tidak disertakan, gagal: x\n",
    )


def test_pack_without_a_build_says_what_to_do_and_makes_nothing(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "hasil"
    message = f"{out}: bukan folder hasil kkb-eval; jalankan kkb-eval build lebih dulu\n"
    assert run("pack", "--out", str(out), str(tmp_path / "a.zip")) == (1, "", message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["evaluate", "list", "build"])
def test_results_do_not_go_among_the_data(run: Run, tmp_path: Path, command: str) -> None:
    out = tmp_path / "rujukan" / "hasil"
    message = f"--out {out}: berada di dalam {tmp_path / 'rujukan'}, yang dibaca sebagai data; pilih folder lain\n"
    assert run(command, "--data", str(tmp_path), "--out", str(out)) == (1, "", message)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["list", "build"])
def test_a_kecamatan_without_its_kind_is_refused(run: Run, tmp_path: Path, command: str) -> None:
    message = "--kecamatan memilih halaman kecamatan saja, yang tidak termasuk --jenis itu; hapus salah satunya\n"
    out = str(tmp_path / "hasil")
    assert run(command, "--out", out, "--kecamatan", "Maja", "--jenis", "kabupaten") == (1, "", message)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_scheduler_is_refused_before_anything_is_computed(run: Run, tmp_path: Path) -> None:
    message = "--scheduler a: bukan alamat penjadwal; tulis seperti tcp://10.0.0.1:8786\n"
    assert run("build", "--out", str(tmp_path / "hasil"), "--scheduler", "a") == (1, "", message)
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_a_character_shows_another() -> None:
    code = "from kkb_eval.commands import cli\ncli.main(['--help'])\nprint('±')"
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.splitlines()[-1] == "?"


def test_template_writes_the_entry_workbook(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "isian.xlsx"
    assert run("template", str(path)) == (0, f"{path} ditulis; isi lembar Worksheet\n", "")
    assert path.exists()


def test_typology_fits_and_writes_the_table(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = pd.DataFrame({"k": [5], "siluet": [0.3], "jaccard_min": [0.91], "terkecil": [700]})
    table = pd.DataFrame({"bagian": ["asal"], "nilai": [1.5]})
    fitted = typology.Fitted(
        typology.Refit(panel, 0.09, table),
        typology.Verdict(0.74, 0.91, 0.004, True),
        typology.Reference.from_frame(read_catalogue().tipologi_acuan),
        6517,
    )
    seen: list[Any] = []
    monkeypatch.setattr(typology, "fit_typology", lambda files: seen.append(files) or fitted)
    out = tmp_path / "tipe.csv"
    status, said, _ = run("typology", "--rekap", "a.xlsx", "--rekap", "b.xlsx", "--out", str(out))
    assert status == 0
    assert said.startswith("6.517 Kampung KB lengkap\n")
    assert said.endswith(f"Putusan: tipe acuan masih layak dipakai sebagai penggaris\n{out} ditulis\n")
    assert (seen, out.read_text()) == ([[Path("a.xlsx"), Path("b.xlsx")]], "bagian,nilai\nasal,1.5\n")
