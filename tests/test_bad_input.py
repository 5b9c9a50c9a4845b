"""Data at the edge of sense: findings and states instead of numbers, whole tables, and words instead of a traceback."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake import MAJA, SCORES, write_csv, write_xlsx

from kkb_eval import schema, store
from kkb_eval.commands import cli
from kkb_eval.report import type_words

RAPI = MAJA | {
    **{"jumlah_sumber_dana": 2, "pokja_pengurusan": 1, "pokja_sk": 1, "pokja_pelatihan": 1, "pokja_jumlah": 10},
    **{"pokja_jumlah_terlatih": 4, "plkb_pendamping": 1, "regulasi": 1, "regulasi_jumlah": 2, "rkm": 1},
    **{"penggunaan_data": 1, "jumlah_mekanisme_operasional": 4},
    **{"pus": 400, "penduduk": 2100, "keluarga": 600, "remaja": 310},
    **{"memiliki_balita": 140, "memiliki_remaja": 230, "memiliki_lansia": 90},
    **{"bkb": 61, "bkr": 43, "bkl": 32, "uppka": 27, "pikr": 38},
    **{"iud": 21, "mow": 7, "mop": 2, "kondom": 9, "implan": 33, "suntik": 130, "pil": 58},
    **{"hamil": 16, "anak_segera": 60, "anak_kemudian": 38, "tidak_ingin_anak": 26},
}
"""A rekap row without a finding: 260 users and 140 others are the 400 PUS."""
COCOK = SCORES | {"skor_cpr": 4, "skor_pokja": 4, "skor_unmet": 1}
COCOK |= {"index_input": 3.2, "index_output": 2.75, "klasifikasi": "Berkembang"}
"""Scores that agree with it."""
KB = ("cpr", "mkjp", "unmet")
DESA = (
    *(("MAJA", "MAJA"), ("MAJA", "PASIRKEMBANG"), ("SAJIRA", "SAJIRA"), ("SAJIRA", "MARAYA"), ("BAYAH", "CIDIKIT")),
    *(("CIBEBER", "CIBEBER"), ("CIJAKU", "CIJAKU"), ("CIKULUR", "CIKULUR"), ("CILELES", "CILELES")),
    *(("CILOGRANG", "CILOGRANG"), ("CIMARGA", "CIMARGA"), ("CIPANAS", "CIPANAS"), ("MUNCANG", "MUNCANG")),
    *(("PANGGARANGAN", "PANGGARANGAN"), ("SOBANG", "SOBANG"), ("WANASALAM", "WANASALAM"), ("CIHARA", "CIHARA")),
    *(("CIBADAK", "CIBADAK"), ("CURUGBITUNG", "CURUGBITUNG"), ("GUNUNGKENCANA", "GUNUNGKENCANA")),
)
TERKUNCI = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
FOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(2000)
BUKAN_BUKU = "bukan buku kerja Excel yang utuh; unduh ulang dari portal dan simpan sebagai .xlsx"
DIKUNCI = "terkunci kata sandi atau berformat lama (.xls); buka di Excel dan simpan sebagai .xlsx biasa"
Row = dict[str, Any]


def evaluated(folder: Path, rekap: Sequence[Row] = (), klasifikasi: Sequence[Row] = ()) -> dict[str, pd.DataFrame]:
    """The stored tables of a dataset of these rows, evaluated by the command line, which had nothing to say."""
    for jenis, rows in (("rekap", rekap), ("klasifikasi", klasifikasi)):
        if rows:
            write_csv(folder / "ekspor" / f"{jenis}_2022-10-27.csv", jenis, rows)
    assert cli.main(["evaluate", "--data", str(folder), "--out", str(folder / "out")]) == 0
    return stored(folder)


def stored(folder: Path) -> dict[str, pd.DataFrame]:
    where = folder / "out/kerja/2022"
    manifest = json.loads((where / "manifest.json").read_text("utf-8"))
    tables = store.read(where, None, manifest["kunci"])
    assert manifest["jumlah"] == {name: len(table) for name, table in tables.items()}
    # every Kampung KB is in every table that has one row, or one a thing, for each
    ids = set(tables["kampung"]["kampung_id"])
    for name in ("indikator", "skor", "keadaan"):
        assert set(tables[name]["kampung_id"]) == ids, name
    return tables


def findings(tables: dict[str, pd.DataFrame]) -> list[tuple[str, str]]:
    return list(tables["catatan_mutu"][["kode", "tingkat"]].itertuples(index=False, name=None))


def said_of_types(tables: dict[str, pd.DataFrame]) -> list[str]:
    return [type_words.reason(row, tables["panel"]) for _, row in tables["tipologi"].iterrows()]


def states(tables: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The state of each indicator of the only Kampung KB, those that are ``terisi`` left out."""
    rows = tables["indikator"][tables["indikator"]["status"].ne("terisi")]
    assert rows["nilai"].isna().all()
    return dict(zip(rows["indikator"], rows["status"], strict=True))


def test_a_single_kampung_kb_is_a_kabupaten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = evaluated(tmp_path, [RAPI], [MAJA | COCOK])
    assert capsys.readouterr() == ("Evaluasi 2022: 1 Kampung KB\n", "")
    assert (findings(tables), states(tables)) == ([], {})
    (row,) = tables["kampung"].to_dict("records")
    assert (row["klasifikasi"], pd.isna(row["tipe"]), row["tipe_acuan"] in range(1, 6)) == ("Berkembang", True, True)
    assert said_of_types(tables) == ["Hanya 1 Kampung KB lengkap; tipe lokal perlu sedikitnya 20."]
    # it is its own benchmark
    assert set(tables["indikator"]["label"].dropna()) == {"serupa"}
    assert tables["panel"].empty


def test_nobody_of_reproductive_age_gives_no_rate_and_is_not_bad(tmp_path: Path) -> None:
    nobody = dict.fromkeys(("pus", *schema.METHODS, *schema.NON_USERS))
    tables = evaluated(tmp_path, [RAPI | nobody])
    assert findings(tables) == []
    assert states(tables) == dict.fromkeys(KB, "tidak_dapat_dihitung")
    assert tables["kampung"]["belum_dikelompokkan"].tolist() == ["CPR, MKJP, Unmet need tidak dapat dihitung"]
    assert tables["wilayah"].query("indikator == 'unmet'")["nilai"].isna().all()


def test_users_without_pus_are_named_and_used_in_no_rate(tmp_path: Path) -> None:
    tables = evaluated(tmp_path, [RAPI | {"pus": None}])
    assert findings(tables) == [("K06", "salah"), ("K07", "salah")]
    assert states(tables) == dict.fromkeys(KB, "tidak_konsisten")


def test_users_and_unmet_need_above_pus_are_named_and_used_in_no_rate(tmp_path: Path) -> None:
    tables = evaluated(tmp_path, [RAPI | {"anak_kemudian": 200}], [MAJA | COCOK])
    assert findings(tables) == [("K06", "salah"), ("K07", "salah")]
    assert tables["catatan_mutu"]["pesan"].iat[1] == (
        "PUS 400 lebih kecil daripada peserta KB 260 ditambah unmet need 226; perbaiki isiannya di portal"
    )
    assert states(tables) == dict.fromkeys(KB, "tidak_konsisten")
    # numbers first: no road is built on them
    assert set(tables["langkah"]["tindakan"]) == {"perbaiki_data"}


@pytest.mark.parametrize(("cara", "mkjp"), [("suntik", 0.0), ("iud", 1.0)])
def test_all_users_of_one_method_are_a_rate_of_none_or_all(tmp_path: Path, cara: str, mkjp: float) -> None:
    tables = evaluated(tmp_path, [RAPI | dict.fromkeys(schema.METHODS) | {cara: 260}])
    assert (findings(tables), states(tables)) == ([], {})
    row = tables["indikator"].query("indikator == 'mkjp'").iloc[0]
    assert (row["nilai"], row["bawah95"] == 0, row["atas95"] == 1) == (mkjp, mkjp == 0, mkjp == 1)


def test_identical_kampung_kb_have_no_local_types_and_are_all_alike(tmp_path: Path) -> None:
    places = [{"kecamatan": kecamatan, "desa": desa} for kecamatan, desa in DESA]
    tables = evaluated(tmp_path, [RAPI | p for p in places], [MAJA | COCOK | p for p in places])
    assert len(tables["kampung"]) == len(DESA)
    assert said_of_types(tables) == [
        "Semua 20 Kampung KB lengkap mempunyai angka yang sama; tidak ada tipe yang dapat dibedakan."
    ]
    assert set(tables["indikator"]["label"].dropna()) == {"serupa"}
    for kolom in ("klasifikasi", "mantap", "tipe_acuan"):
        assert len(set(tables["kampung"][kolom])) == 1, kolom
    assert tables["kampung"]["tipe"].isna().all()


def test_a_rekap_alone_gives_rates_and_a_set_of_classes(tmp_path: Path) -> None:
    tables = evaluated(tmp_path, [RAPI])
    (row,) = tables["kampung"].to_dict("records")
    assert pd.isna([row["klasifikasi"], row["mantap"], row["peluang_dasar"]]).all()
    assert (row["klasifikasi_terendah"], row["klasifikasi_tertinggi"]) == ("Dasar", "Berkembang")
    assert states(tables) == {}
    assert tables["skor"]["ekspor"].isna().all()
    assert tables["skor"]["hitung"].notna().sum() == 8


def test_a_klasifikasi_alone_gives_classes_and_no_rates(tmp_path: Path) -> None:
    tables = evaluated(tmp_path, klasifikasi=[MAJA | COCOK])
    (row,) = tables["kampung"].to_dict("records")
    assert (row["klasifikasi"], row["asal_klasifikasi"]) == ("Berkembang", "ekspor")
    assert pd.isna([row["lapor_profil"], row["lapor_kb"], row["mantap"], row["tipe_acuan"]]).all()
    assert set(states(tables).values()) == {"belum_lapor"}
    assert len(states(tables)) == 11
    assert tables["skor"]["hitung"].isna().all()


def test_nobody_reported_anything(tmp_path: Path) -> None:
    tables = evaluated(tmp_path, [MAJA, MAJA | {"desa": "PASIRKEMBANG"}])
    assert findings(tables) == [("K15", "info")] * 2
    assert set(tables["indikator"]["status"]) == {"belum_lapor"}
    assert tables["kampung"][["lapor_profil", "lapor_penduduk", "lapor_kb"]].to_numpy().any() == False  # noqa: E712


def test_numbers_of_every_kind_that_cannot_be_are_findings(tmp_path: Path) -> None:
    odd = {"iud": -4, "pil": 2.5, "suntik": "banyak", "penduduk": 8_848_452_391, "keluarga": 1e300}
    tables = evaluated(tmp_path, [RAPI | odd])
    assert ("K17", "salah") in findings(tables)
    named = tables["catatan_mutu"].query("kode == 'K17'")["kolom"]
    assert sorted(named) == sorted(odd)
    assert states(tables) == dict.fromkeys(("cpr", "mkjp", "uppka"), "tidak_konsisten")


def spoiled(folder: Path, jenis: str) -> tuple[Path, bytes, str]:
    """A workbook as it was before something happened to it, what is left of it, and what is to be said."""
    path = write_xlsx(folder / "ekspor" / f"klasifikasi_2022-10-27_{jenis}.xlsx", "klasifikasi", [MAJA | COCOK])
    whole = path.read_bytes()
    left, text = {
        "terkunci": (TERKUNCI, DIKUNCI),
        "terpotong": (whole[: len(whole) // 2], BUKAN_BUKU),
        "foto": (FOTO, BUKAN_BUKU),
    }[jenis]
    return path, left, f"ekspor/{path.name}: {text}"


@pytest.mark.parametrize("jenis", ["terkunci", "terpotong", "foto"])
def test_a_spoiled_workbook_is_told_and_the_rest_is_evaluated(
    tmp_path: Path, jenis: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, left, text = spoiled(tmp_path, jenis)
    path.write_bytes(left)
    write_csv(tmp_path / "ekspor/rekap_2022-10-27.csv", "rekap", [RAPI])
    assert cli.main(["evaluate", "--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr() == ("Evaluasi 2022: 1 Kampung KB\n", f"{text}\n")
    catatan = stored(tmp_path)["catatan_mutu"]
    assert [f"{berkas}: {pesan}" for berkas, pesan in catatan[["berkas", "pesan"]].to_numpy()] == [text]
    assert findings({"catatan_mutu": catatan}) == [("K01", "salah")]
    assert path.read_bytes() == left


def test_nothing_but_spoiled_workbooks_is_told_file_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for jenis in ("foto", "terkunci", "terpotong"):
        path, left, text = spoiled(tmp_path, jenis)
        path.write_bytes(left)
        said.append(text)
    out = ["--out", str(tmp_path / "out")]
    for command in (
        ["check", "--rinci"],
        ["check", "--year", "2022"],
        ["evaluate", *out],
        ["list", *out],
        ["build", *out],
    ):
        assert cli.main([*command, "--data", str(tmp_path)]) == 1
        told = [line.strip().removeprefix(f"{tmp_path}/") for line in "".join(capsys.readouterr()).splitlines()]
        assert [line for line in told if line.startswith("ekspor/")] == said, command


def test_nothing_but_spoiled_workbooks_is_checked_with_what_to_do_and_the_file_below(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for jenis in ("foto", "terkunci", "terpotong"):
        path, left, text = spoiled(tmp_path, jenis)
        path.write_bytes(left)
        berkas, pesan = text.split(": ", 1)
        said += ["K01 berkas tidak dapat dibaca: 1 catatan", pesan, berkas]
    assert cli.main(["check", "--data", str(tmp_path)]) == 1
    told, nothing = capsys.readouterr()
    _, found, first = (part.splitlines() for part in told.split("\n\n")[:3])
    assert found[0] == "Salah (3 catatan): tidak dihitung sampai diperbaiki"
    assert [line.strip() for line in found[1:]] == said
    assert first == [
        "Yang pertama perlu dikerjakan",
        f"  1. Perbaiki berkas yang ditolak: {said[2]}, {said[5]} dan {said[8]}",
    ]
    assert nothing == ""
