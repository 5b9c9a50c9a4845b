"""The sample dataset: made again it is the same, and it has in it what real exports have (data/contoh)."""

import runpy
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from kkb_eval import schema
from kkb_eval.intake import quality
from kkb_eval.intake.action_plan import read_rtl
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.companions import read_rujukan
from kkb_eval.intake.dataset import Dataset, YearData, open_dataset
from kkb_eval.method import freshness, indicators, klasifikasi, noise, siga
from kkb_eval.method.typology import local as typology
from kkb_eval.method.typology.features import features

SAMPLE = Path(__file__).parents[1] / "data" / "contoh"
DIBUAT = ("desa_tertinggal", "kegiatan", "kesejahteraan", "tenaga")
TAHUN = (2016, 2017, 2018)


@cache
def contoh() -> Dataset:
    return open_dataset(SAMPLE)


def year(tahun: int) -> YearData:
    return contoh().year(tahun)


@cache
def catatan(tahun: int) -> pd.DataFrame:
    """All findings of a year but those on companion tables, with the name of the Kampung KB."""
    data = year(tahun)
    hasil = klasifikasi.score(data.kampung, read_catalogue().klasifikasi)
    lama = year(tahun - 1).kampung if tahun > TAHUN[0] else None
    parts = [
        data.catatan,
        quality.find(data.kampung),
        klasifikasi.findings(data.kampung, hasil, data.snapshot_rekap, data.snapshot_klasifikasi),
        freshness.findings(data.kampung, lama),
    ]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def raw(nama: str) -> pd.DataFrame:
    """The cells of an export as they are in the file."""
    return pd.read_excel(SAMPLE / "ekspor" / nama, engine="calamine", dtype=object)


@pytest.fixture(scope="module")
def lagi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset made again, by the command that the README names, in a folder of its own."""
    folder = tmp_path_factory.mktemp("contoh")
    subprocess.run([sys.executable, str(SAMPLE / "generator.py"), str(folder)], check=True)
    return folder


def members(path: Path) -> dict[str, bytes]:
    # compared unpacked: the bytes of the zip also depend on the version of zlib
    with zipfile.ZipFile(path) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


def test_generator_makes_the_same_exports_again(lagi: Path) -> None:
    names = sorted(p.name for p in (SAMPLE / "ekspor").iterdir())
    assert sorted(p.name for p in (lagi / "ekspor").iterdir()) == names
    assert [n for n in names if members(lagi / "ekspor" / n) != members(SAMPLE / "ekspor" / n)] == []


def test_generator_makes_the_same_rtl_again(lagi: Path) -> None:
    kept, made = (sorted((folder / "rujukan" / "rtl").iterdir()) for folder in (SAMPLE, lagi))
    assert [p.name for p in kept] == ["cimarga.xlsx", "maja.xlsx", "panggarangan.xlsx", "sajira.xlsx"]
    assert [p.name for p in made] == [p.name for p in kept]
    assert [a.name for a, b in zip(kept, made, strict=True) if members(a) != members(b)] == []
    assert sum(p.stat().st_size for p in kept) < 100_000


@pytest.mark.parametrize("nama", DIBUAT)
def test_generator_makes_the_same_tables_again(lagi: Path, nama: str) -> None:
    made, kept = (folder / "rujukan" / f"{nama}.csv" for folder in (lagi, SAMPLE))
    assert made.read_text("utf-8") == kept.read_text("utf-8")


def test_generator_writes_the_same_bytes_twice(lagi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SAMPLE))
    runpy.run_path(str(SAMPLE / "generator.py"))["main"](tmp_path)
    made = {p.relative_to(lagi): p.read_bytes() for p in lagi.rglob("*.*")}
    assert made == {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*.*")}


def test_dataset_is_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLE.rglob("*") if "__pycache__" not in p.parts) < 1_000_000


def test_dataset_says_that_it_is_synthetic() -> None:
    config = contoh().config
    assert config.sintetis
    assert config.judul == "Evaluasi Kampung KB Kabupaten Lebak (data contoh)"
    assert (config.provinsi, config.kabupaten) == (("Banten",), ("Lebak",))
    assert config.penyusun == "DP2KBP3A Kabupaten Lebak (contoh)"


@pytest.mark.parametrize(("tahun", "jumlah", "kecamatan"), [(2016, 10, 10), (2017, 29, 26), (2018, 82, 28)])
def test_number_of_kampung_kb(tahun: int, jumlah: int, kecamatan: int) -> None:
    kampung = year(tahun).kampung
    assert (len(kampung), kampung["kecamatan"].nunique()) == (jumlah, kecamatan)


@pytest.mark.parametrize("tahun", TAHUN)
def test_every_desa_is_in_the_reference_and_every_row_in_both_exports(tahun: int) -> None:
    kampung = year(tahun).kampung
    assert kampung[["kode_desa", "baris_rekap", "baris_klasifikasi"]].notna().all(axis=None)


@pytest.mark.parametrize(("jenis", "kolom"), [("rekap", 41), ("klasifikasi", 22)])
def test_exports_have_the_form_of_the_portal(jenis: str, kolom: int) -> None:
    nama = f"{jenis}-2018-10-15.xlsx"
    assert list(pd.read_excel(SAMPLE / "ekspor" / nama, sheet_name=None, engine="calamine")) == ["Worksheet"]
    cells = raw(nama)
    assert cells.shape[1] == kolom
    assert cells["No"].isna().all()
    core = members(SAMPLE / "ekspor" / nama)["docProps/core.xml"].decode()
    assert ">2018-10-15T14:05:09Z</dcterms:created>" in core


def test_zero_and_false_are_blank() -> None:
    cells = raw("rekap-2018-10-15.xlsx")
    values = cells.iloc[:, 6:]
    assert not values.isin([0, False]).any(axis=None)
    assert cells["Pokja SK"].dropna().map(type).eq(bool).all()
    assert cells["PIKR"].isna().sum() > cells["Suntik"].isna().sum()


def test_last_of_two_snapshots_counts() -> None:
    masukan = year(2018).masukan
    used = masukan.loc[masukan["dipakai"], "berkas"].tolist()
    assert used == ["ekspor/klasifikasi-2018-10-15.xlsx", "ekspor/rekap-2018-10-15.xlsx"]
    assert masukan["snapshot"].astype(str).unique().tolist() == ["2018-10-01", "2018-10-15"]
    assert len(raw("klasifikasi-2018-10-01.xlsx")) == 80


def test_names_carry_what_real_names_carry() -> None:
    names = "\n".join(raw("rekap-2018-10-15.xlsx")["Kampung KB"])
    odd = ("Kampung KB  Mekar  Sari", "“Bahagia Bersama”", " Sehati ", "&", "GUYUB   RUKUN")
    assert [name for name in odd if name not in names] == []
    assert {"CIGEMLONG", "CURUG BITUNG"} <= set(raw("rekap-2018-10-15.xlsx")["Kecamatan"])


def test_pus_lie_between_100_and_1500() -> None:
    pus = year(2018).kampung["pus"].dropna()
    assert pus.between(100, 1500).all()
    assert pus.max() > 1000


CACAT = {
    "K03": 1,
    "K06": 9,
    "K07": 1,
    "K08": 1,
    "K10": 1,
    "K12": 1,
    "K13": 5,
    "K15": 7,
    "K16": 2,
    "K17": 1,
    "K18": 2,
    "K19": 2,
}


@pytest.mark.parametrize(("kode", "jumlah"), CACAT.items())
def test_blemishes_of_2018(kode: str, jumlah: int) -> None:
    assert (catatan(2018)["kode"] == kode).sum() == jumlah


def test_duplicate_row_is_identical() -> None:
    found = catatan(2018).query("kode == 'K03'")
    assert found["tingkat"].tolist() == ["info"]
    assert found["kampung_id"].tolist() == ["36.02.20.2007-bambukuning"]


def test_absurd_number_looks_like_a_telephone_number() -> None:
    found = catatan(2018).query("kode == 'K17'")
    assert found["pesan"].tolist() == ["Penduduk: 81.234.567.890 lebih dari 1 miliar; tulis jumlah orang"]


def test_rename_in_alias_is_followed_and_the_other_one_suggested() -> None:
    now, before = (set(year(t).kampung["kampung_id"]) for t in (2018, 2017))
    assert "36.02.17.2011-raharjamulya" in now & before
    pesan = catatan(2018).query("kode == 'K18'").sort_values("kampung_id")["pesan"].tolist()
    assert ['kemungkinan kini bernama "Maju Lestari Jaya"' in text for text in pesan] == [False, True]
    assert before - now == {"36.02.09.2015-lembahhijau", "36.02.22.2002-majulestari"}


def test_who_did_not_report() -> None:
    kampung = year(2018).kampung
    missing = {nama: int((~kampung[f"lapor_{nama}"]).sum()) for nama in schema.RECORDS}
    assert missing == {"profil": 1, "penduduk": 4, "kb": 7}


def test_about_half_of_the_kb_records_were_not_updated() -> None:
    segar = freshness.freshness(year(2018).kampung, year(2017).kampung)
    assert segar["diperbarui_kb"].value_counts().to_dict() == {True: 15, False: 11}
    assert not segar["diperbarui_profil"].dropna().all()
    # of those with any change, some kept the same KB numbers
    assert (segar["diperbarui_profil"] & ~segar["diperbarui_kb"]).any()


def test_class_mix_of_2018() -> None:
    kelas = year(2018).kampung["klasifikasi_ekspor"].value_counts().to_dict()
    assert kelas == {"Dasar": 53, "Berkelanjutan": 12, "Berkembang": 10, "Mandiri": 7}


@pytest.mark.parametrize("tahun", TAHUN)
def test_maja_and_sajira_are_strong(tahun: int) -> None:
    kampung = year(tahun).kampung
    kelas = kampung.loc[kampung["kecamatan"].isin(["Maja", "Sajira"]), "klasifikasi_ekspor"]
    assert set(kelas) <= {"Mandiri", "Berkelanjutan"}


def test_exported_scores_follow_the_rule_but_for_two() -> None:
    found = catatan(2018).query("kode == 'K16'").sort_values("kampung_id")
    assert found["kolom"].tolist() == ["skor_operasional", "skor_cpr"]
    assert catatan(2017).query("kode == 'K16'").empty


def test_local_types_of_2018_hold() -> None:
    katalog = read_catalogue().indikator
    found = features(indicators.compute(year(2018).kampung, catatan(2018), katalog), katalog)
    local = typology.fit_local(found, resamples=50)
    assert len(found) == 72
    assert (local.mutu, local.alasan) == ("stabil", "jelas")
    assert local.k is not None


def test_some_classes_of_2018_are_near_an_edge() -> None:
    kampung, katalog = year(2018).kampung, read_catalogue()
    hasil = klasifikasi.score(kampung, katalog.klasifikasi)
    long = indicators.compute(kampung, catatan(2018), katalog.indikator)
    draws = noise.draw(kampung, long, katalog.derau, n=100)
    peluang = noise.class_probabilities(draws, kampung, hasil.skor, hasil.kelas, katalog.klasifikasi)
    assert peluang["dekat_batas"].sum() >= 2
    assert (~peluang["dekat_batas"]).sum() >= 50


@pytest.mark.parametrize("tahun", TAHUN)
def test_companion_tables_are_read_without_a_finding(tahun: int) -> None:
    rujukan = read_rujukan(SAMPLE / "rujukan", year(tahun).kampung, read_catalogue(), tahun)
    assert rujukan.catatan["pesan"].tolist() == []
    wanted = {"alias", "program", "target", "desa_tertinggal", "kegiatan", "tenaga", "penghargaan", "peta_kotak"}
    assert wanted <= rujukan.tabel.keys()


def test_201_desa_are_tertinggal_and_hold_most_kampung_kb() -> None:
    tabel = table("desa_tertinggal").query("tahun == '2018' and status.str.contains('tertinggal')")
    desa = set(zip(tabel["kecamatan"], tabel["desa"], strict=True))
    kampung = year(2018).kampung
    inside = sum(pair in desa for pair in zip(kampung["kecamatan"], kampung["desa"], strict=True))
    assert (len(tabel), len(desa)) == (201, 201)
    assert inside == 62


def test_rtl_of_2017_is_read_in_2018_without_a_finding() -> None:
    plan = read_rtl(SAMPLE / "rujukan" / "rtl", year(2017).kampung, 2017, read_catalogue(), evaluasi=2018)
    assert plan.catatan["pesan"].tolist() == []
    assert plan.rows["status"].value_counts().to_dict() == {"berjalan": 4, "disepakati": 3, "selesai": 3, "batal": 1}
    assert plan.rows["kecamatan"].unique().tolist() == ["Cimarga", "Maja", "Panggarangan", "Sajira"]
    assert plan.rows["tindakan"].isna().sum() == 2


def test_program_names_every_indicator() -> None:
    program = table("program")
    assert set(program["indikator"]) == set(read_catalogue().indikator["kode"])
    assert set(program["program_utama"]) == {"Lebak Sehat", "Lebak Cerdas", "Lebak Sejahtera"}
    assert set(program["unsur"]) == {"pemda", "swasta", "masyarakat"}


def test_targets_say_that_they_are_no_official_ones() -> None:
    assert set(table("target")["sumber"]) == {"contoh, bukan target resmi"}


def test_every_kecamatan_has_a_tile_of_its_own() -> None:
    tiles = table("peta_kotak")
    assert set(tiles["kecamatan"]) == set(year(2018).kampung["kecamatan"])
    assert not tiles.duplicated(["baris", "kolom"]).any()


def table(nama: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "rujukan" / f"{nama}.csv", dtype=str)


@pytest.mark.parametrize("nama", sorted(p.name for p in (SAMPLE / "siga").iterdir()))
def test_generator_makes_the_same_tables_of_siga_again(lagi: Path, nama: str) -> None:
    assert (lagi / "siga" / nama).read_text("utf-8") == (SAMPLE / "siga" / nama).read_text("utf-8")


def test_siga_has_two_years_by_month_near_the_numbers_of_the_portal() -> None:
    rows = contoh().siga.rows
    monthly = rows.dropna(subset=["bulan"])
    assert monthly.groupby("tahun")["bulan"].nunique().to_dict() == {2017: 12, 2018: 12}
    assert rows["cocok"].value_counts().keys().tolist() == ["nama", "kode"]
    banding = siga.compare(year(2018).kampung, rows, year(2018).snapshot_rekap)
    rasio = banding[banding["ukuran"].isin(siga.COUPLES)].groupby("ukuran")["rasio"].median()
    assert rasio.between(0.8, 1.05).all()
    assert banding["luar"].any()
