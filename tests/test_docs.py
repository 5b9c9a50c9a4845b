"""The words around the code are true: data dictionary, README and the analyst's guide."""

import re
import runpy
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd
import pytest
import typer
from test_architecture import FLOORS, HALLWAY

import kkb_eval
from kkb_eval import schema, store
from kkb_eval.commands import cli
from kkb_eval.documents import data_sheets
from kkb_eval.intake import clean_year, companions
from kkb_eval.intake.catalogue import TABLES as KATALOG
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.meeting import read_meeting
from kkb_eval.intake.portal import COLUMNS, TITLES
from kkb_eval.intake.settings import Pin, Tipologi, read_config
from kkb_eval.report.sections import quality

DATA = store.ROOT / "data"
README = (store.ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (store.ROOT / "CONTRIBUTING.md").read_text("utf-8")
PANDUAN = (store.ROOT / "docs" / "panduan.md").read_text("utf-8")
PERINTAH = typer.main.get_command(cli.app).commands


def dictionary() -> dict[str, list[str]]:
    """Documented columns by heading of the data dictionary."""
    parts = re.split(r"^#+ (.+)$", (DATA / "README.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    rows = {
        head: re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE)
        for head, body in zip(parts[::2], parts[1::2], strict=True)
    }
    return {head: names for head, names in rows.items() if names}


def export(path: Path, jenis: str, **columns: list[object]) -> None:
    names = {TITLES[c]: columns.get(c, [None, None]) for c in (*schema.NAMES, *COLUMNS[jenis])}
    pd.DataFrame({"No": None, **names}).to_csv(path, index=False)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> kkb_eval.Evaluation:
    """Two Kampung KB in two years, with both exports."""
    root = tmp_path_factory.mktemp("dataset")
    place = {"provinsi": ["BANTEN"] * 2, "kabupaten": ["LEBAK"] * 2, "kecamatan": ["MAJA", "SAJIRA"]}
    place |= {"desa": ["MAJA", "SAJIRA"], "kampung": ["Melati", "Mawar"]}
    for year, iud in ((2022, 20), (2023, 30)):
        numbers = {"jumlah_sumber_dana": [1, 1], "pus": [100, 90], "iud": [iud, 9]}
        export(root / f"rekap_{year}-10-01.csv", "rekap", **place, **numbers)
        scores = {skor: [1, 2] for skor in (*schema.SCORES, *schema.INDICES)} | {"klasifikasi": ["Dasar", "Dasar"]}
        export(root / f"klasifikasi_{year}-10-01.csv", "klasifikasi", **place, **scores)
    return kkb_eval.open_evaluation(root, 2023, out=root / "outputs")


@pytest.mark.parametrize("nama", KATALOG)
def test_every_column_of_a_catalogue_is_documented(nama: str):
    head = (DATA / f"{nama}.csv").read_text("utf-8").split("\n", 1)[0].strip()
    assert dictionary()[f"{nama}.csv"] == head.split(",")


def test_every_column_of_the_clean_year_is_documented():
    assert dictionary()["The clean year"] == list(clean_year.KAMPUNG_COLUMNS)


@pytest.mark.parametrize("nama", store.TABLES)
def test_every_column_of_a_stored_table_is_documented(nama: str, tiny: kkb_eval.Evaluation):
    documented = set(dictionary()[f"{nama}.parquet"])
    if nama == "kampung":
        documented |= set(clean_year.KAMPUNG_COLUMNS)
    assert documented == set(getattr(tiny, nama).columns)


@pytest.mark.parametrize("nama", companions.TABLES)
def test_every_column_of_a_companion_table_is_documented(nama: str):
    assert dictionary()[f"rujukan/{nama}.csv"] == list(companions.TABLES[nama].kolom)


def test_no_table_is_documented_that_does_not_exist():
    stored, tables = (
        (f"{nama}.parquet" for nama in store.TABLES),
        (f"rujukan/{nama}.csv" for nama in companions.TABLES),
    )
    known = {*(f"{nama}.csv" for nama in KATALOG), "The clean year", *stored, *tables}
    assert dictionary().keys() == known


def test_every_row_says_meaning_unit_and_source():
    lines = (DATA / "README.md").read_text("utf-8").splitlines()
    rows = [line.strip("|").split(" | ") for line in lines if line.startswith("| `")]
    assert [row for row in rows if len(row) != 4 or not all(cell.strip() for cell in row)] == []


def repository_map() -> list[str]:
    """The paths of README's map, folders with a slash at the end."""
    block = README.split("## Map of the repository")[1].split("```")[1]
    paths, parents = [], [""]
    for indent, name in re.findall(r"^( *)(\S+) +\S", block, re.MULTILINE):
        parents[len(indent) // 2 + 1 :] = []
        paths.append(parents[-1] + name)
        parents.append(paths[-1])
    return paths


def companion_example(nama: str) -> list[str]:
    """The lines of a companion table's example in the guide."""
    return PANDUAN.split(f"**{nama}.csv**")[1].split("```csv\n")[1].split("```")[0].splitlines()


@pytest.mark.parametrize("nama", PERINTAH)
def test_every_command_is_in_the_readme_and_its_options_are_documented(nama: str):
    assert f"`kkb-eval {nama}" in README
    options = [option for param in PERINTAH[nama].params for option in param.opts if option.startswith("--")]
    assert [option for option in options if not re.search(rf"`[^`]*{option}\b", README + PANDUAN)] == []


def test_no_command_is_documented_that_does_not_exist():
    assert set(re.findall(r"kkb-eval ([a-z]+)", README + PANDUAN)) == set(PERINTAH)


def test_the_first_commands_of_the_readme_are_report_and_test_and_every_make_target_exists():
    targets = re.findall(r"^(\w+):", (store.ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert README.split("```")[1].split("\n")[1:-1] == ["make report", "make test"]
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", README + CONTRIBUTING + PANDUAN, re.MULTILINE)) <= set(targets)


def test_every_path_of_the_map_exists_as_file_or_folder():
    for path in repository_map():
        assert (path, (store.ROOT / path).is_dir()) == (path, path.endswith("/"))
        assert (store.ROOT / path).exists()


def test_every_entry_at_the_top_is_in_the_map():
    generated = [line.strip("/") for line in (store.ROOT / ".gitignore").read_text("utf-8").splitlines()]
    top = [p for p in store.ROOT.iterdir() if p.name[0] != "." and not any(fnmatch(p.name, g) for g in generated)]
    assert {f"{p.name}/" if p.is_dir() else p.name for p in top} <= set(repository_map())


def test_the_picture_of_the_package_has_every_room_on_its_floor():
    picture = README.split("## Map of the repository")[1].split("```")[3].strip().splitlines()
    for line, rooms in zip(picture, reversed(FLOORS[:-1]), strict=True):
        named = {"evaluation"} if rooms == HALLWAY else set(rooms)
        assert named <= set(re.findall(r"\w+", line))


def test_the_screenshot_is_there_and_light():
    (path,) = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    picture = (store.ROOT / path).read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) < 300_000
    assert int.from_bytes(picture[16:20]) == 1280


def test_every_picture_is_shown_with_words_taken_by_the_script_and_light():
    shown = {
        picture.resolve(): alt
        for folder, text in (("", README), ("docs", PANDUAN))
        for alt, name in re.findall(r"!\[([^]]*)\]\(([^)]+)\)", text)
        if (picture := store.ROOT / folder / name)
    }
    there = sorted((store.ROOT / "docs").glob("*.png"))
    taken = re.findall(r'^    "(\w+)": ', (store.ROOT / "docs" / "gambar.py").read_text("utf-8"), re.MULTILINE)
    assert sorted(shown) == there == [store.ROOT / "docs" / f"{name}.png" for name in sorted(taken)]
    assert [path for path, alt in shown.items() if len(alt) < 20] == []
    assert [path.name for path in there if path.stat().st_size > 200_000] == []


def test_every_link_leads_to_a_file():
    for folder, text in (("", README), ("", CONTRIBUTING), ("docs", PANDUAN)):
        links = re.findall(r"\]\(([^)#]+)", text)
        assert [link for link in links if not (store.ROOT / folder / link).exists()] == []


def test_every_file_that_contributing_names_exists():
    named = re.findall(r"`((?:kkb_eval|tests|data|docs|notebooks|benchmarks)/[\w./]+)`", CONTRIBUTING)
    assert [name for name in named if not (store.ROOT / name).exists()] == []
    assert named


@pytest.mark.parametrize("nama", companions.TABLES)
def test_every_companion_table_is_in_the_guide_with_its_columns_and_two_rows(nama: str):
    head, *rows = companion_example(nama)
    assert head == ",".join(companions.TABLES[nama].kolom)
    assert len(rows) == 2


def test_the_reader_accepts_every_example_of_the_guide(tmp_path: Path):
    for nama in companions.TABLES:
        (tmp_path / f"{nama}.csv").write_text("\n".join(companion_example(nama)), "utf-8")
    kampung = open_dataset(DATA / "contoh").year(2018).kampung
    read = companions.read_rujukan(tmp_path, kampung, read_catalogue(), 2024)
    assert read.catatan["pesan"].tolist() == []
    assert {nama: len(rows) for nama, rows in read.tabel.items()} == dict.fromkeys(companions.TABLES, 2)


def test_the_dataset_toml_of_the_guide_is_accepted(tmp_path: Path):
    path = tmp_path / "dataset.toml"
    blocks = re.findall(r"```toml\n(.*?)```", PANDUAN, re.S)
    path.write_text("\n".join(b for b in blocks if not b.startswith("tanggal")), "utf-8")
    config = read_config(path)
    assert (config.provinsi, config.kabupaten) == (("Banten",), ("Lebak",))
    berkas = {"rekap": ("rekap-2024-10-15.xlsx",), "klasifikasi": ("klasifikasi-2024-10-15.xlsx",)}
    assert config.tahun == {2024: Pin(berkas, final=True)}
    assert config.tipologi == Tipologi(3, {"kelembagaan": 2.0, "ekonomi & remaja": 0.5})


def test_the_meeting_of_the_guide_is_accepted(tmp_path: Path):
    blocks = re.findall(r"```toml\n(.*?)```", PANDUAN, re.S)
    (tmp_path / "rapat.toml").write_text(next(b for b in blocks if b.startswith("tanggal")), "utf-8")
    rapat = read_meeting(tmp_path)
    assert rapat is not None
    assert (rapat.tempat, rapat.final, len(rapat.kehadiran)) == ("Gedung PKK, Rangkasbitung", False, 1)


def test_the_guide_explains_every_kind_of_finding():
    assert sorted(set(re.findall(r"\bK\d\d\b", PANDUAN))) == sorted(quality.MEANING)


def test_the_dictionaries_name_the_last_code_of_a_finding():
    last = max(re.findall(r"R\d\d", str(companions.__doc__)))
    assert f"| K01 … {max(quality.MEANING)}, R01 … {last} |" in (DATA / "README.md").read_text("utf-8")
    assert f"K01 sampai {max(quality.MEANING)} dan R01 sampai {last}" in data_sheets.DICTIONARY.read_text("utf-8")


def test_every_file_that_the_method_names_exists_and_every_constant_is_in_the_code():
    method = (store.ROOT / "docs" / "method.md").read_text("utf-8")
    paths = [p.relative_to(store.ROOT).as_posix() for room in ("kkb_eval", "tests", "data", "benchmarks", "docs")
             for p in (store.ROOT / room).rglob("*.*")]  # fmt: skip
    named = set(re.findall(r"`([\w./]+\.(?:py|csv))`", method))
    given = {name for name in named if name.startswith("rujukan/")} | {f"{name}.csv" for name in companions.TABLES}
    assert sorted(n for n in named - given if not any(f"/{p}".endswith(f"/{n}") for p in paths)) == []
    code = "\n".join(p.read_text("utf-8") for p in store.PACKAGE.rglob("*.py"))
    constants = set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", method))
    assert sorted(name for name in constants if not re.search(rf"\b{name}\b", code)) == []


def test_the_worked_example_of_the_method_has_the_numbers_of_the_sample(evaluasi: kkb_eval.Evaluation):
    example = runpy.run_path(str(store.ROOT / "docs" / "contoh.py"))
    _, head, text = (store.ROOT / "docs" / "method.md").read_text("utf-8").partition(example["HEAD"])
    assert head + text == example["part"](evaluasi), "python docs/contoh.py writes it anew"


def test_every_part_of_the_method_that_is_cited_is_in_its_document():
    files = [p for room in ("kkb_eval", "tests", "benchmarks", "data") for p in (store.ROOT / room).rglob("*.*")]
    texts = [p.read_text("utf-8") for p in files if p.suffix in (".py", ".md", ".j2")]
    cited = {n for text in texts for pair in re.findall(r"METHOD (\d+)(?: and (\d+))?", text) for n in pair if n}
    parts = re.findall(r"^## (\d+)\. ", (store.ROOT / "docs" / "method.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(cited - set(parts)) == []
