"""An office with tables of SIGA alone: its years are evaluated, and its pages say what they rest on."""

from pathlib import Path

import pytest

from kkb_eval import Evaluation, evaluate
from kkb_eval.commands.cli import main
from kkb_eval.errors import DatasetError
from kkb_eval.intake.dataset import open_dataset

from .datasets import pages, text

PUS = "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PUS;UNMET NEED;BULAN"
METODE = (
    "PROVINSI;KABUPATEN;KECAMATAN;KELURAHAN;PA;SUNTIK;PIL;KONDOM;IMPLAN;IUD;VASEKTOMI;TUBEKTOMI;MAL;KB MODERN;"
    "KB TRADISIONAL;BULAN"
)
KKB = "PROVINSI;KABUPATEN;KECAMATAN;KODE;KELURAHAN;JUMLAH KAMPUNG KB"


def dataset(folder: Path, **tables: str) -> Path:
    (folder / "siga").mkdir(parents=True)
    for name, lines in tables.items():
        (folder / "siga" / f"{name}_2024.csv").write_text(f"{lines}\n", "utf-8")
    return folder


def whole(folder: Path) -> Path:
    maja, sangiang = "BANTEN;LEBAK;MAJA;MAJA", "BANTEN;LEBAK;MAJA;SANGIANG"
    return dataset(
        folder,
        pus="\n".join([PUS, f"{maja};500;50;MEI", f"{maja};520;60;JUNI", f"{sangiang};100;10;JUNI"]),
        kb="\n".join([METODE, f"{maja};260;200;60;0;0;0;0;0;0;260;0;JUNI"]),
        kkb="\n".join([KKB, "BANTEN;LEBAK;MAJA;2006;MAJA;1", "BANTEN;LEBAK;MAJA;2007;SANGIANG;0"]),
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    folder = tmp_path_factory.mktemp("siga")
    return evaluate(whole(folder / "data"), 2024, out=folder / "outputs").for_kabupaten()


def test_its_kampung_kb_are_those_that_siga_counts(alone: Evaluation) -> None:
    rows = alone.kampung[["kampung", "kecamatan", "desa", "klasifikasi", "lapor_kb", "pus"]].astype(object)
    assert rows.where(rows.notna(), None).to_numpy().tolist() == [["Kampung KB Maja", "Maja", "Maja", None, None, None]]
    assert alone.indikator["status"].ne("terisi").all()


def test_its_pages_say_what_they_rest_on(alone: Evaluation) -> None:
    shown = {call: text(html) for call, html in pages(alone).items()}
    for kind in ("kabupaten", "kualitas-data"):
        assert "Tabel SIGA saja, tanpa ekspor portal" in next(
            t for c, t in shown.items() if f'head(evaluasi, "{kind}")' in c
        )
    assert (
        "Ekspor portal belum ada: halaman ini hanya memakai tabel SIGA."
        in shown["kabupaten: sections.summary(evaluasi)"]
    )
    siga = shown["kabupaten: sections.siga(evaluasi)"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Pasangan di desa yang punya Kampung KB menurut SIGA, Juni 2024" in siga
    assert "Maja 1 520 50,0 % 11,5 % 60" in siga
    assert "menurut portal" not in siga


@pytest.mark.slow
def test_check_tells_it_and_build_makes_every_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = whole(tmp_path / "data")
    assert main(["check", "--data", str(folder), "--rinci"]) == 0
    assert "tahun 2024 hanya memuat tabel SIGA, jadi kelas resmi tidak diketahui" in capsys.readouterr().out
    assert main(["build", "--data", str(folder), "--out", str(tmp_path / "out"), "--jobs", "1"]) == 0
    made = {
        p.relative_to(tmp_path / "out" / "laporan/lebak").as_posix()
        for p in (tmp_path / "out").rglob("laporan/**/*.html")
    }
    assert {"2024/kabupaten.html", "2024/kecamatan/maja.html", "perkembangan.html"} <= made


def test_without_the_table_of_kampung_kb_it_says_which_one_is_needed(tmp_path: Path) -> None:
    folder = dataset(tmp_path, pus=f"{PUS}\nBANTEN;LEBAK;MAJA;MAJA;500;50;MEI")
    with pytest.raises(DatasetError, match=r"siga: tanpa ekspor portal, Kampung KB hanya diketahui dari tabel SIGA"):
        open_dataset(folder).year(2024)


def test_tables_that_are_refused_are_the_reason(tmp_path: Path) -> None:
    folder = dataset(tmp_path, lain="a;b\n1;2")
    with pytest.raises(DatasetError, match=r"siga/lain_2024.csv: judul kolom tidak dikenali sebagai tabel SIGA"):
        open_dataset(folder).years()
