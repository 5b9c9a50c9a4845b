"""What the command ``check`` tells of a dataset as a whole, beyond a single year."""

from pathlib import Path

import pytest
from intake import MAJA, SKOR, write_xlsx

from kkb_eval import checking

DUA = "unduh juga {} dari portal, atau taruh yang lama di ekspor/"


@pytest.mark.parametrize(
    ("jenis", "lain", "kode", "akibat"),
    [
        ("rekap", "klasifikasi", "K16", "kelas resmi tidak diketahui, hanya rentang yang mungkin"),
        ("klasifikasi", "rekap", "K15", "peserta KB, poktan, dan angka lain tidak diketahui"),
    ],
)
def test_a_year_with_one_of_its_two_exports_says_what_is_not_known(
    tmp_path: Path, jenis: str, lain: str, kode: str, akibat: str
) -> None:
    write_xlsx(tmp_path / "ekspor" / "a_2022-10-27.xlsx", jenis, [MAJA | SKOR])
    found = checking.findings(tmp_path)
    assert found.loc[
        found["kode"].eq(kode) & found["baris"].isna(), ["tingkat", "berkas", "pesan"]
    ].values.tolist() == [
        [
            *("info", "ekspor/a_2022-10-27.xlsx"),
            f"tahun 2022 tidak memuat ekspor {lain}, jadi {akibat}; {DUA.format(lain)}",
        ]
    ]


def test_a_year_with_both_says_nothing_of_them(tmp_path: Path) -> None:
    for jenis in ("rekap", "klasifikasi"):
        write_xlsx(tmp_path / "ekspor" / f"{jenis}_2022-10-27.xlsx", jenis, [MAJA | SKOR])
    assert not checking.findings(tmp_path)["pesan"].str.startswith("tahun ").any()
