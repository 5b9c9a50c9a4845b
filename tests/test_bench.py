"""The analyst's bench: what its controls mean, without a browser."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from kkb_eval import Evaluation, open_evaluation, store
from kkb_eval.bench import ALL, AUTOMATIC, Bench, Choice, members_table, prepare
from kkb_eval.intake.choice import write_choice
from kkb_eval.intake.settings import Tipologi, read_config
from kkb_eval.report import sections
from kkb_eval.report.moves import moved, moves

pytestmark = pytest.mark.slow

BIDANG = ["KB", "ketahanan keluarga", "ekonomi & remaja", "kelembagaan"]
SAMPLE = store.ROOT / "data/contoh"


@pytest.fixture(scope="module")
def satu(keluaran: Path, evaluasi: Evaluation) -> Bench:
    return Bench("data/contoh", str(keluaran))


@pytest.fixture
def bench(satu: Bench) -> Iterator[Bench]:
    """The bench with its controls put back after a test."""
    yield satu
    satu.tahun.value, satu.kecamatan.value, satu.k.value = 2018, ALL, AUTOMATIC
    for kendali in satu.bobot.values():
        kendali.value = 1.0
    for kotak in satu.fitur.values():
        kotak.value = True


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A dataset of one year of data/contoh, said to be real."""
    (tmp_path / "data/ekspor").mkdir(parents=True)
    for path in (SAMPLE / "ekspor").glob("*-2018-10-15.xlsx"):
        shutil.copy(path, tmp_path / "data/ekspor")
    (tmp_path / "data/dataset.toml").write_text("# kantor\njudul = 'Uji'\n[tahun.2018]\nfinal = false\n", "utf-8")
    return tmp_path / "data"


def shown(bench: Bench) -> str:
    """The text of what the bench shows now."""
    html = "".join(output["data"]["text/html"] for output in bench.keluaran.outputs)
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_the_controls_offer_years_kecamatan_numbers_weights_and_indicators(bench: Bench) -> None:
    assert list(bench.tahun.options) == [2018, 2017, 2016]
    assert bench.kecamatan.options[:2] == (ALL, "Banjarsari")
    assert {nama: slider.value for nama, slider in bench.bobot.items()} == dict.fromkeys(BIDANG, 1.0)
    assert [value for _, value in bench.k.options] == [AUTOMATIC, 2, 3, 4, 5, 6, 7]
    assert list(bench.fitur) == ["cpr", "mkjp", "unmet", "bkb", "bkr", "bkl", "uppka", "pikr", "kelembagaan"]
    assert bench.choice() == Choice(None, {}, None)


def test_the_kecamatan_are_those_of_the_year_and_one_that_it_has_stays(bench: Bench) -> None:
    bench.kecamatan.value = "Maja"
    bench.tahun.value = 2016
    assert (len(bench.kecamatan.options), bench.kecamatan.value) == (11, "Maja")
    bench.tahun.value = 2018
    assert len(bench.kecamatan.options) == 29


def test_without_a_choice_the_types_are_the_stored_ones_and_no_one_moves(bench: Bench, evaluasi: Evaluation) -> None:
    assert bench.evaluation().kampung["tipe"].equals(evaluasi.kampung["tipe"])
    assert shown(bench).startswith("2 tipe lokal. Pembagian menjadi 2 tipe lebih jelas daripada kebetulan (p = 0,005)")
    assert " 0 dari 72 Kampung KB berganti tipe dibandingkan dengan tipe yang tersimpan." in shown(bench)


def test_an_analysts_number_of_types_is_used_and_said_and_who_moves_is_named(bench: Bench) -> None:
    bench.k.value = 4
    found = bench.evaluation()
    assert sorted(found.kampung["tipe"].dropna().unique()) == [1, 2, 3, 4]
    assert found.tipologi["dipilih"].tolist() == ["analis"]
    assert (
        "4 tipe lokal. Jumlah tipe (4) ditetapkan analis. Menurut uji, Kampung KB di sini terbagi lebih jelas"
        in shown(bench)
    )
    soup = BeautifulSoup(bench.keluaran.outputs[0]["data"]["text/html"], "html.parser")
    n = int(re.findall(r"(\d+) dari 72 Kampung KB berganti tipe", shown(bench))[0])
    assert len(soup.select("#pindah-tipe tbody tr")) == n > 0
    counts = [int(td.text or 0) for td in soup.select("#silang-tipe tbody td")]
    assert (len(counts), sum(counts)) == (8, 72)


def test_types_that_do_not_hold_give_way_to_the_reference_types_and_the_bench_says_so(bench: Bench) -> None:
    bench.k.value = 7
    assert bench.evaluation().tipologi["utama"].tolist() == ["acuan"]
    assert shown(bench).startswith(
        "Tanpa tipe lokal; halaman memakai tipe acuan nasional. Jumlah tipe (7) ditetapkan analis. Tipe sebanyak itu"
    )


def test_weights_change_the_types_and_a_kecamatan_only_filters(bench: Bench) -> None:
    bench.k.value = 4
    sama = bench.evaluation().kampung["tipe"]
    bench.bobot["kelembagaan"].value = 0.0
    semua = bench.evaluation().kampung
    assert not semua["tipe"].equals(sama)
    bench.kecamatan.value = "Maja"
    assert bench.evaluation().kampung["tipe"].equals(semua["tipe"])
    assert re.search(r"\d dari \d Kampung KB di Kecamatan Maja berganti tipe", shown(bench))


def test_fewer_indicators_make_local_types_of_those_and_leave_the_reference_types(
    bench: Bench, evaluasi: Evaluation
) -> None:
    bench.fitur["bkr"].value = False
    bench.fitur["kelembagaan"].value = False
    bench.bobot["kelembagaan"].value = 2.0  # a dimension that has no indicator left weighs nothing
    bench.k.value = 2
    found = bench.evaluation()
    lokal, acuan = (found.tipe[found.tipe["tipologi"].eq(t)] for t in ("lokal", "acuan"))
    assert sorted(lokal["indikator"].unique()) == ["bkb", "bkl", "cpr", "mkjp", "pikr", "unmet", "uppka"]
    assert acuan["indikator"].nunique() == 9
    assert found.kampung["tipe_acuan"].equals(evaluasi.kampung["tipe_acuan"])
    assert found.tipologi["unit"].tolist() == [73]  # Nusa Indah, whose BKR is not consistent, can be grouped
    assert "Dua sumbu utama dari 7 indikator." in shown(bench)
    assert " 1 Kampung KB baru dapat dikelompokkan." in shown(bench)


def test_a_choice_that_makes_no_types_is_told_and_not_raised(bench: Bench) -> None:
    for nama in BIDANG:
        bench.bobot[nama].value = 0.0
    assert shown(bench) == (
        "bobot tipologi: KB 0, ekonomi & remaja 0, kelembagaan 0, ketahanan keluarga 0 bukan bobot; "
        "isi angka 0 atau lebih, sedikitnya satu di atas 0"
    )
    for kode in list(bench.fitur)[1:]:
        bench.fitur[kode].value = False
    assert shown(bench) == "Indikator: 1 dipilih; pilih sedikitnya 2"


def test_nothing_is_stored(bench: Bench, keluaran: Path) -> None:
    bench.k.value = 2
    assert not list((keluaran / "kerja").glob("2018-k*"))


def test_types_are_paired_by_their_members_whatever_their_numbers() -> None:
    lama = pd.Series([1, 1, 1, 2, 2, 2, None, 1], dtype="Int64")
    baru = pd.Series([2, 2, 1, 1, 1, 3, 1, None], dtype="Int64")
    assert moved(lama, baru).tolist() == [False, False, True, False, False, True, pd.NA, pd.NA]


def test_where_no_one_has_both_types_no_one_is_compared() -> None:
    assert moved(pd.Series([1], dtype="Int64"), pd.Series([None], dtype="Int64")).isna().all()


def test_names_of_those_who_move_are_escaped(bench: Bench, evaluasi: Evaluation) -> None:
    bench.k.value = 4
    nakal = replace(evaluasi, kampung=evaluasi.kampung.assign(kampung="<b>x</b>"))
    html = moves(nakal, bench.evaluation(), evaluasi).html
    assert "&lt;b&gt;x" in html
    assert "<b>" not in html


def test_the_sample_is_not_changed_unless_asked_to(bench: Bench) -> None:
    before = (SAMPLE / "dataset.toml").read_bytes()
    bench.k.value = 3
    bench.tulis.click()
    assert (SAMPLE / "dataset.toml").read_bytes() == before
    text = BeautifulSoup(bench.pesan.value, "html.parser").get_text()
    assert text.strip() == (
        f"{SAMPLE / 'dataset.toml'}: ini data contoh, tidak diubah; pakai dataset sendiri, atau izinkan di meja kerja"
    )
    assert bench.izin in bench.tampilan.children[2].children


def test_a_copy_of_the_sample_may_be_changed_when_asked_to(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "contoh")
    path = write_choice(tmp_path / "contoh", None, {"KB": 2.0}, sintetis=True)
    written = b'\n[tipologi]\nk = 0\nbobot = { "KB" = 2.0 }\n'
    assert path.read_bytes() == (SAMPLE / "dataset.toml").read_bytes() + written


def test_a_choice_is_written_used_by_the_next_evaluation_and_said_on_the_page(dataset: Path) -> None:
    bench = Bench(str(dataset), str(dataset / "outputs"))
    before = (dataset / "dataset.toml").read_text("utf-8")
    bench.k.value, bench.bobot["KB"].value, bench.fitur["bkl"].value = 2, 1.2000000000000002, False
    bench.tulis.click()
    assert (dataset / "dataset.toml").read_text("utf-8") == before + '\n[tipologi]\nk = 2\nbobot = { "KB" = 1.2 }\n'
    text = BeautifulSoup(bench.pesan.value, "html.parser").get_text().strip()
    assert text == (
        f"Ditulis ke {dataset / 'dataset.toml'}. Pilihan indikator tidak ikut ditulis. "
        "Jalankan kkb-eval build agar halaman memakainya."
    )
    bench.fitur["bkl"].value = True
    assert " 0 dari 72 Kampung KB berganti tipe" in shown(bench)
    found = open_evaluation(dataset, 2018, out=dataset / "outputs").for_kabupaten()
    assert found.tipologi[["k", "dipilih"]].to_numpy().tolist() == [[2, "analis"]]
    assert (found.manifest.parameter.k, found.manifest.parameter.bobot) == (2, {"KB": 1.2})
    metode = BeautifulSoup(sections.method(found).html, "html.parser").get_text()
    assert "empat dimensi dengan bobot pilihan analis" in metode
    assert "Bobot bidang ditetapkan analis: KB 1,2; lainnya 1. Pilihan analis ini tertulis di dataset.toml" in metode
    again = Bench(str(dataset), str(dataset / "outputs"))
    assert (again.k.value, again.bobot["KB"].value) == (2, 1.2)


def test_without_an_analyst_the_page_says_that_dimensions_weigh_the_same(evaluasi: Evaluation) -> None:
    metode = sections.method(evaluasi).html
    assert "empat dimensi sama berat" in metode
    assert "Pilihan analis" not in metode


def test_a_file_that_may_only_be_read_is_left_and_told(dataset: Path) -> None:
    path = dataset / "dataset.toml"
    before = path.read_bytes()
    path.chmod(0o444)
    bench = Bench(str(dataset), str(dataset / "outputs"))
    bench.tulis.click()
    text = BeautifulSoup(bench.pesan.value, "html.parser").get_text().strip()
    assert text == f"{path}: hanya dapat dibaca; izinkan penulisan berkas itu, lalu ulangi"
    assert path.read_bytes() == before


def test_a_dataset_without_a_toml_gets_one(dataset: Path) -> None:
    (dataset / "dataset.toml").unlink()
    assert read_config(write_choice(dataset, 3, {"KB": 1.0})).tipologi == Tipologi(3, {})


def test_the_notebook_runs_in_a_kernel_with_other_parameters(dataset: Path) -> None:
    nb = nbformat.read(store.ROOT / "notebooks/jelajah.ipynb", as_version=4)
    cell = next(c for c in nb.cells if "parameters" in c.metadata.get("tags", []))
    cell.source = f'data = {str(dataset)!r}\nout = {str(dataset / "outputs")!r}\nkabupaten = "LEBAK"'
    NotebookClient(nb, timeout=300, resources={"metadata": {"path": str(store.ROOT / "notebooks")}}).execute()
    last = nb.cells[-1].outputs[0].data["text/html"]
    assert [nama for nama in ("Dasar", "Berkembang", "Mandiri", "Berkelanjutan") if nama not in last] == []
    (bench,) = (o for o in nb.cells[5].outputs if "application/vnd.jupyter.widget-view+json" in o.data)
    state = nb.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    shown_there = [html for w in state.values() for o in w["state"].get("outputs", ()) for html in o["data"].values()]
    assert bench and any("2 tipe lokal." in html for html in shown_there)


def test_the_table_of_members_works_offline_and_escapes_names(evaluasi: Evaluation) -> None:
    nakal = evaluasi.kampung.assign(kampung="<b>x</b>")
    html = str(members_table(replace(evaluasi, kampung=nakal)).html)
    assert "<b>x</b>" not in html
    assert re.findall(r"""(?:src=|import |from |url\()["']?(?:https?:)?//[^"']*""", html) == []


def test_what_prepares_the_notebook_brings_the_searchable_tables_along() -> None:
    assert "<style>.kkb {" in prepare().html
    from itables.javascript import generate_init_offline_itables_html, opt

    html = generate_init_offline_itables_html(opt.dt_bundle)
    assert re.findall(r"""(?:src=|import |from )["']?(?:https?:)?//[^"']*""", html) == []
