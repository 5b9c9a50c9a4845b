"""Identity of a Kampung KB, duplicates and contradictions (K03), the three records and what a blank means."""

import itertools
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kkb_eval import schema
from kkb_eval.intake import clean_year
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.intake.cells import numbers
from kkb_eval.intake.portal import COLUMNS, Export, findings

from . import MAJA, SCORES, Baris

TANPA_ALIAS = pd.DataFrame(columns=["kecamatan", "desa", "nama_lama", "nama_baru"], dtype="str")
ID = "36.02.13.2006-majasejahtera"
PENUH: Baris = MAJA | {"jumlah_sumber_dana": 2, "pus": 398, "keluarga": 900, "suntik": 120}


def export(*rows: Baris, berkas: str = "rekap.xlsx") -> Export:
    """An export as the portal's reader returns it; a row may hold text where a number belongs."""
    jenis = "klasifikasi" if "klasifikasi" in rows[0] else "rekap"
    found, columns = [], {c: pd.array([str(r.get(c, "")) for r in rows], dtype="str") for c in schema.NAMES}
    values: dict[str, object] = {"baris": np.arange(2, 2 + len(rows))} | columns
    for c in COLUMNS[jenis]:
        if c == "klasifikasi":
            values[c] = pd.array([r[c] for r in rows], dtype="str")
            continue
        cells = [v if isinstance(v := r.get(c, ""), str) else float(str(v)) for r in rows]
        values[c], odd = numbers(cells, c)
        found += [("K17", "salah", berkas, i + 2, None, c, text) for i, text in odd.items()]
    return Export(Path(berkas), berkas, jenis, date(2022, 10, 27), berkas, pd.DataFrame(values), findings(found))


def clean(*exports: Export, alias: pd.DataFrame = TANPA_ALIAS) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = clean_year.identify(exports, read_catalogue().alias_wilayah, alias)
    return clean_year.merge(rows, pd.concat([e.catatan for e in exports]))


def renamed(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(TANPA_ALIAS), dtype="str")


def test_both_exports_of_a_kampung_make_one_row() -> None:
    kampung, catatan = clean(export(PENUH), export(MAJA | SCORES, berkas="klas.xlsx"))
    assert tuple(kampung) == clean_year.KAMPUNG_COLUMNS
    row = kampung.iloc[0]
    assert row[["kampung_id", "kampung", "kabupaten", "kecamatan", "desa", "slug_kecamatan"]].tolist() == [
        *(ID, "Maja Sejahtera", "Lebak", "Maja", "Maja", "maja")
    ]
    assert row[["berkas_rekap", "baris_rekap", "berkas_klasifikasi", "baris_klasifikasi"]].tolist() == [
        *("rekap.xlsx", 2, "klas.xlsx", 2)
    ]
    assert row[["pus", "suntik", "skor_cpr", "index_output", "klasifikasi_ekspor"]].tolist() == [
        *(398, 120, 3, 3, "Berkelanjutan")
    ]
    assert catatan.empty


def test_spellings_that_differ_in_case_spaces_and_punctuation_are_one_kampung() -> None:
    other = MAJA | SCORES | {"kampung": "MAJA-SEJAHTERA", "kabupaten": "Kab. Lebak", "kecamatan": "maja"}
    assert len(clean(export(PENUH), export(other, berkas="klas.xlsx"))[0]) == 1


def test_the_id_of_an_unknown_desa_is_made_of_the_names() -> None:
    kampung, _ = clean(export(PENUH | {"kecamatan": "MAJAA", "desa": ""}))
    assert kampung["kampung_id"].tolist() == ["lebak-majaa--majasejahtera"]
    assert kampung["kode_kabupaten"].tolist() == ["36.02"]
    assert kampung[["kode_kecamatan", "kode_desa"]].isna().all(axis=None)


def test_a_blank_is_zero_in_a_record_that_exists_and_unknown_in_one_that_does_not() -> None:
    kampung, _ = clean(export(MAJA | {"jumlah_sumber_dana": 2, "suntik": 120}))
    row = kampung.iloc[0]
    assert row[["lapor_profil", "lapor_penduduk", "lapor_kb"]].tolist() == [True, False, True]
    assert row[["pokja_sk", "iud", "hamil", "bkb"]].tolist() == [0, 0, 0, 0]
    assert row[list(schema.PENDUDUK)].isna().all()


@pytest.mark.parametrize(
    ("values", "records"),
    [
        ({}, (False, False, False)),
        ({"jumlah_sumber_dana": 1}, (True, False, False)),
        ({"memiliki_lansia": 1}, (False, True, False)),
        ({"pikr": 1}, (False, False, True)),
        ({"anak_segera": 1}, (False, False, True)),
        ({"pus": "banyak"}, (False, True, False)),
        ({"hamil": -5}, (False, False, True)),
    ],
)
def test_a_record_exists_where_one_of_its_numbers_is_filled(values: Baris, records: tuple[bool, ...]) -> None:
    kampung, _ = clean(export(MAJA | values))
    assert tuple(kampung.loc[0, [f"lapor_{r}" for r in schema.RECORDS]]) == records


def test_without_a_rekap_row_nothing_is_known_about_reporting() -> None:
    kampung, _ = clean(export(MAJA | SCORES))
    assert kampung[[f"lapor_{r}" for r in schema.RECORDS]].isna().all(axis=None)
    assert kampung[list(schema.REKAP)].isna().all(axis=None)


def test_what_is_no_number_stays_unknown_and_its_finding_names_the_kampung() -> None:
    kampung, catatan = clean(export(PENUH | {"iud": "banyak"}))
    assert np.isnan(kampung["iud"].iat[0])
    assert catatan[["kode", "baris", "kampung_id", "kolom"]].to_numpy().tolist() == [["K17", 2, ID, "iud"]]


def test_a_finding_on_a_name_alone_leaves_the_numbers_as_they_are() -> None:
    made = export(PENUH)
    made.catatan.loc[0] = ["K05", "salah", "rekap.xlsx", 3, None, "kampung", "Kampung KB: kosong"]
    kampung, _ = clean(made)
    assert kampung.loc[0, ["pus", "iud"]].tolist() == [398.0, 0.0]


def test_a_profil_without_funds_is_told_since_its_numbers_do_not_count() -> None:
    kampung, catatan = clean(export(MAJA | {"pokja_sk": 1}))
    assert kampung["lapor_profil"].tolist() == [False]
    assert catatan[["kode", "tingkat", "berkas", "baris", "kampung_id", "kolom", "pesan"]].to_numpy().tolist() == [
        [
            *("K17", "salah", "rekap.xlsx", 2, ID, "jumlah_sumber_dana"),
            "Jumlah Sumber Dana: kosong, tetapi isian profil lain ada; tulis jumlahnya, paling sedikit 1, "
            "supaya profil dihitung",
        ]
    ]


def test_an_identical_row_is_kept_once_and_told() -> None:
    kampung, catatan = clean(export(PENUH, berkas="a.xlsx"), export(PENUH, berkas="b.xlsx"))
    assert kampung[["pus", "berkas_rekap"]].to_numpy().tolist() == [[398, "a.xlsx"]]
    assert catatan[["kode", "tingkat", "berkas", "baris", "pesan"]].to_numpy().tolist() == [
        [
            *("K03", "info", "b.xlsx", 2),
            "Kampung KB ini sudah ada di a.xlsx baris 2 dengan isi yang sama; satu yang dipakai",
        ]
    ]


def test_contradicting_rows_are_all_refused_and_named_but_the_kampung_stays() -> None:
    a = export(PENUH, PENUH | {"pus": 400, "keluarga": 901}, berkas="a.xlsx")
    kampung, catatan = clean(a, export(PENUH, berkas="b.xlsx"), export(MAJA | SCORES, berkas="klas.xlsx"))
    assert kampung["kampung_id"].tolist() == [ID]
    assert kampung[["pus", "lapor_kb", "baris_rekap"]].isna().all(axis=None)
    assert kampung["klasifikasi_ekspor"].tolist() == ["Berkelanjutan"]
    text = (
        "Kampung KB ini ada lagi di {} dan {} dengan isi berbeda (PUS, Keluarga); semuanya tidak dipakai, "
        "hapus yang salah"
    )
    first, second, third = "a.xlsx baris 2", "a.xlsx baris 3", "b.xlsx baris 2"
    assert catatan[list(schema.CATATAN)].to_numpy().tolist() == [
        ["K03", "salah", "a.xlsx", 2, ID, "pus, keluarga", text.format(second, third)],
        ["K03", "salah", "a.xlsx", 3, ID, "pus, keluarga", text.format(first, third)],
        ["K03", "salah", "b.xlsx", 2, ID, "pus, keluarga", text.format(first, second)],
    ]


def test_a_blank_contradicts_a_number_and_a_class_another_class() -> None:
    _, catatan = clean(export(PENUH, PENUH | {"pus": ""}))
    assert catatan["kolom"].tolist() == ["pus", "pus"]
    _, catatan = clean(export(MAJA | SCORES, MAJA | SCORES | {"klasifikasi": "Dasar"}))
    assert catatan["kolom"].tolist() == ["klasifikasi", "klasifikasi"]


def test_an_alias_gives_the_old_name_the_new_one_through_every_spelling_and_several_renames() -> None:
    alias = renamed(("maja", "Maja", "MAJA SEJAHTERA", "Maja Baru"), ("Maja", "Maja", "maja baru", "Maja Emas"))
    kampung, _ = clean(export(PENUH), alias=alias)
    assert kampung[["kampung_id", "kampung"]].to_numpy().tolist() == [["36.02.13.2006-majaemas", "Maja Emas"]]


def test_an_alias_holds_in_its_desa_only_and_passes_through_the_region_spellings() -> None:
    cigemblong = PENUH | {"kecamatan": "CIGEMLONG", "desa": "CIGEMBLONG"}
    alias = renamed(("Cigemblong", "Cigemblong", "Maja Sejahtera", "Harapan"))
    kampung, _ = clean(export(PENUH, cigemblong), alias=alias)
    assert sorted(kampung["kampung"]) == ["Harapan", "Maja Sejahtera"]


def test_within_a_kabupaten_only_rows_of_it_stay_and_unknown_kabupaten_are_told() -> None:
    rows = clean_year.identify(
        [export(PENUH, PENUH | {"kabupaten": "BOGOR"}, PENUH | {"kabupaten": "LEBAKK"}, PENUH | {"kabupaten": "??"})],
        read_catalogue().alias_wilayah,
        TANPA_ALIAS,
    )
    inside, outside = clean_year.within(rows, (), ["Kab. Lebak"], read_catalogue().alias_wilayah)
    assert inside["baris"].tolist() == [2]
    assert outside[["kode", "tingkat", "berkas", "baris", "kolom", "pesan"]].to_numpy().tolist() == [
        [
            *("K05", "salah", "rekap.xlsx", 4, "kabupaten"),
            'Kabupaten: "Lebakk" tidak dikenal, baris ini tidak dihitung; maksudnya "Lebak"?',
        ],
        [
            *("K05", "salah", "rekap.xlsx", 5, "kabupaten"),
            'Kabupaten: "??" tidak dikenal, baris ini tidak dihitung; perbaiki namanya',
        ],
        [
            *("K05", "info", "rekap.xlsx", pd.NA, ""),
            "1 baris dari kabupaten lain (Bogor) tidak dihitung; hapus kabupaten dari dataset.toml bila semuanya perlu "
            "dihitung",
        ],
    ]


def test_findings_on_rows_out_of_scope_are_left_out() -> None:
    one = export(PENUH, PENUH | {"kabupaten": "BOGOR", "iud": -1})
    rows = clean_year.identify([one], read_catalogue().alias_wilayah, TANPA_ALIAS)
    _, catatan = clean_year.merge(
        clean_year.within(rows, (), ["Lebak"], read_catalogue().alias_wilayah)[0], one.catatan
    )
    assert catatan.empty


EMPAT = [PENUH | {"kampung": name, "pus": pus} for name, pus in zip("abbc", (1, 2, 3, 4), strict=True)]


@cache
def in_order() -> tuple[pd.DataFrame, pd.DataFrame]:
    return clean(export(*EMPAT), dua_kelas())


def dua_kelas() -> Export:
    return export(*(MAJA | SCORES | {"kampung": name} for name in "ac"), berkas="klas.xlsx")


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(4)), st.booleans())
def test_neither_the_order_of_rows_nor_of_files_matters(order: list[int], swap: bool) -> None:
    exports = [export(*(EMPAT[i] for i in order)), dua_kelas()]
    kampung, catatan = clean(*(exports[::-1] if swap else exports))
    expected, found = in_order()
    places = ["baris_rekap", "baris_klasifikasi"]
    pd.testing.assert_frame_equal(kampung.drop(columns=places), expected.drop(columns=places))
    assert sorted(catatan["kampung_id"]) == sorted(found["kampung_id"])


def test_every_kampung_of_either_export_is_there_once() -> None:
    names = ["a", "b", "c"]
    for a, b in itertools.product(range(1, 4), repeat=2):
        kampung, _ = clean(
            export(*(PENUH | {"kampung": n} for n in names[:a])),
            export(*(MAJA | SCORES | {"kampung": n} for n in names[-b:]), berkas="klas.xlsx"),
        )
        assert sorted(kampung["kampung"]) == sorted({*names[:a], *names[-b:]})
