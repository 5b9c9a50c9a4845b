"""What the page says of desa tertinggal, lintas sektor, tenaga and nominations, on a few literal rows."""

from typing import Any

import pandas as pd
import pytest

from kkb_eval import Evaluation, schema
from kkb_eval.intake.catalogue import read_catalogue
from kkb_eval.method import desa, nomination, sector, tertinggal
from kkb_eval.report import sections
from kkb_eval.report.html import Fragment

from .datasets import text
from .evaluations import evaluation, kampung

KATALOG = read_catalogue().indikator


def says(fragment: Fragment) -> str:
    return text(str(fragment.html)).replace("\xa0", " ")


def tempat(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of ``desa.parquet`` in Maja, those not said without any table."""
    known = dict.fromkeys(desa.DESA) | {"kabupaten": "Lebak", "kecamatan": "Maja", "kampung_kb": 0}
    frame = pd.DataFrame([known | row for row in rows], columns=list(desa.DESA))
    whole = dict.fromkeys(("keluarga", "keluarga_miskin", "plkb", "pos_kb", "sub_pos_kb"), "Int64")
    return frame.astype(whole | {"tertinggal": "boolean"})


# desa tertinggal


STATUS = {"indeks": "IDM 2023", "sumber": "data.go.id"}
DESA = tempat(
    {"desa": "Maja", "status": "tertinggal", "tertinggal": True, "kampung_kb": 1, **STATUS},
    {"desa": "Buyut", "status": "sangat tertinggal", "tertinggal": True, **STATUS},
    {"desa": "Binong", "status": "tertinggal", "tertinggal": True, **STATUS},
    {"desa": "Sangiang", "status": "maju", "tertinggal": False, "kampung_kb": 1, **STATUS},
    {"desa": "Pasir", "kampung_kb": 1},
)
KB = kampung(
    {"desa": "Maja", "klasifikasi": "Mandiri", "tertinggal": True}, {"desa": "Sangiang"},
    {"desa": "Pasir", "tertinggal": None},
)  # fmt: skip


def rates(*unmet: int) -> pd.DataFrame:
    """Unmet need of k0, k1 …, of 100 couples each."""
    rows = [{"kampung_id": f"k{i}", "pembilang": x, "penyebut": 100} for i, x in enumerate(unmet)]
    return pd.DataFrame(rows).assign(indikator="unmet", status="terisi")


def compared(
    tempat: pd.DataFrame = DESA, *, tahun: int = 2023, unmet: tuple[int, ...] = (30, 10), sebelum: Any = None
) -> pd.DataFrame:
    none = pd.DataFrame(columns=list(schema.CATATAN))
    return tertinggal.compute(KB, rates(*unmet), tempat, none, KATALOG, tahun=tahun, sebelum=sebelum)


def with_gap(table: pd.DataFrame, bawah: float | None = 0.09, atas: float | None = 0.306) -> pd.DataFrame:
    """The table with an interval for its rate, and the verdict that follows; none where the limits are None."""
    rate = table["bagian"].eq("angka")
    out = table.copy()
    out.loc[rate, ["bawah95", "atas95"]] = bawah, atas
    out.loc[rate, "nyata"] = pd.NA if bawah is None or atas is None else bawah > 0 or atas < 0
    return out


def lost(berkas: str) -> dict[str, str]:
    return {"kode": "R02", "tingkat": "salah", "berkas": berkas, "pesan": "desa tidak ada"}


def test_the_section_of_desa_tertinggal_in_whole() -> None:
    teks = says(sections.tertinggal(evaluation(KB, desa=DESA, tertinggal=with_gap(compared()))))
    assert teks == (
        "1 dari 3 desa tertinggal (IDM 2023) sudah punya Kampung KB; 2 belum. 1 dari 2 Kampung KB berada di desa "
        "tertinggal. Desa tertinggal bertanda DT . Status desa 1 Kampung KB tidak ada dalam daftar itu: Kampung C "
        "(Pasir). "
        "Mandiri atau Berkelanjutan: 1 dari 1 Kampung KB di desa tertinggal, 0 dari 1 di desa lain "
        "Letak Kampung KB Dasar Mandiri Di desa tertinggal 1 0 1 Di desa lain 1 1 0 "
        "IDM 2023 (data.go.id) "
        "Kampung KB di desa tertinggal kurang baik daripada di desa lain pada 1 dari 1 indikator, lebih baik pada 0 "
        "Titik: gabungan Kampung KB di desa tertinggal dikurangi gabungan di desa lain, dalam poin persen; garis: "
        "rentang 95 % menurut keragaman antar-Kampung KB. Perbedaan ini tidak menunjukkan penyebab. "
        "Kampung KB di desa tertinggal kurang baik daripada di desa lain pada 1 dari 1 indikator, lebih baik pada 0 "
        "Unmet need: 30,0 % dan 10,0 %, selisih +20,0 poin (+9,0 sampai +30,6), kurang baik "
        "sama ← lebih rendah lebih tinggi → −30,6 poin +30,6 poin "
        "Unmet need: 30,0 % dan 10,0 %, selisih +20,0 poin (+9,0 sampai +30,6), kurang baik "
        "Unmet need +20,0 poin, kurang baik IDM 2023 (data.go.id) "
        "Data keluarga miskin belum tersedia. "
        "2 desa tertinggal yang belum punya Kampung KB Sangat tertinggal dicetak tebal "
        "Kecamatan Belum punya Desa Maja 2 dari 3 Buyut , Binong"
    )


def test_a_gap_that_may_be_none_is_not_certain_and_less_unmet_need_is_better() -> None:
    def gap(unmet: tuple[int, int], bawah: float, atas: float) -> str:
        table = with_gap(compared(unmet=unmet), bawah, atas)
        return says(sections.tertinggal(evaluation(KB, desa=DESA, tertinggal=table)))

    unsure = gap((20, 20), -0.1, 0.1)
    assert "0,0 poin, belum dapat dipastikan" in unsure
    assert "di desa lain belum dapat dipastikan pada satu indikator pun" in unsure
    assert "poin, lebih baik" in gap((10, 30), -0.3, -0.1)
    assert "poin, kurang baik" in gap((30, 10), 0.1, 0.3)


def test_groups_of_fewer_than_three_are_not_compared() -> None:
    assert ("Beda kedua kelompok belum dapat dinilai: perlu sedikitnya tiga Kampung KB di masing-masing.") in says(
        sections.tertinggal(evaluation(KB, desa=DESA, tertinggal=compared()))
    )


def test_rows_of_the_list_that_name_no_place_are_counted_and_lead_to_the_findings() -> None:
    catatan = [lost("rujukan/desa_tertinggal.csv"), lost("rujukan/kesejahteraan.csv"), lost("rujukan/tenaga.csv")]
    html = str(sections.tertinggal(evaluation(KB, desa=DESA, tertinggal=compared(), catatan_mutu=catatan)).html)
    assert "2 baris daftar desa tidak dikenali dan tidak ikut dihitung" in text(html)
    assert '<a href="kualitas-data.html">laporan kualitas data</a> (R02)' in html


def test_years_of_one_index_stand_side_by_side() -> None:
    lama = with_gap(compared(DESA.assign(indeks="IDM 2022"), tahun=2022, unmet=(25, 10)), 0.045, 0.253)
    both = pd.concat([lama, with_gap(compared())], ignore_index=True)
    teks = says(sections.tertinggal(evaluation(KB, desa=DESA, tertinggal=both)))
    assert (
        "Menurut tahun Desa tertinggal menurut tahun; indikator: selisih dengan desa lain dalam poin persen, "
        "rentang 95 % Yang dihitung IDM 2022 IDM 2023 Desa tertinggal yang punya Kampung KB 1 dari 3 1 dari 3 "
        "Mandiri atau Berkelanjutan di desa tertinggal 1 dari 1 1 dari 1 "
        "Mandiri atau Berkelanjutan di desa lain 0 dari 1 0 dari 1 "
        "Unmet need +15,0 (+4,5 sampai +25,3) +20,0 (+9,0 sampai +30,6) "
        "Daftar desa tertinggal dan Kampung KB-nya berganti tiap tahun."
    ) in teks


def test_years_of_different_indices_are_not_compared_and_the_page_says_why() -> None:
    lama = compared(DESA.assign(indeks="Indeks Desa 2022"), tahun=2022)
    teks = says(sections.tertinggal(evaluation(KB, desa=DESA, tertinggal=compared(sebelum=lama))))
    assert "Menurut tahun" not in teks
    assert (
        "Tahun 2022 tidak dibandingkan dengan 2023: dasarnya Indeks Desa 2022, bukan IDM 2023; "
        "kedua ukuran itu berbeda."
    ) in teks


def test_poverty_is_told_of_desa_with_and_without_kampung_kb() -> None:
    miskin = {"sumber_kesejahteraan": "BPS"}
    rows = tempat(
        {"desa": "Maja", "kampung_kb": 1, "keluarga": 200, "keluarga_miskin": 50, **miskin},
        {"desa": "Buyut", "keluarga": 1000, "keluarga_miskin": 400, **miskin},
    )
    assert says(sections.tertinggal(evaluation(KB, desa=rows))) == (
        "Daftar desa tertinggal belum tersedia. "
        "Keluarga miskin: 25,0 % di 1 desa yang punya Kampung KB (50 dari 200 keluarga), 40,0 % di 1 desa "
        "yang belum punya Kampung KB (400 dari 1.000 keluarga). BPS"
    )


def test_when_every_desa_tertinggal_has_one_nothing_is_listed() -> None:
    rows = DESA[~DESA["desa"].isin(["Buyut", "Binong"])]
    teks = says(sections.tertinggal(evaluation(KB, desa=rows, tertinggal=compared(rows))))
    assert teks.endswith("Setiap desa tertinggal sudah punya Kampung KB.")


# lintas sektor


def activities(*rows: tuple[str | None, str, str, str | None]) -> pd.DataFrame:
    """Stored activities as (kampung_id, instansi, unsur, program utama)."""
    frame = pd.DataFrame(rows, columns=["kampung_id", "instansi", "unsur", "program_utama"]).astype("str")
    frame = frame.assign(kabupaten="Lebak", kecamatan="Maja", desa="Maja", kegiatan="Posyandu", sumber_dana="APBD")
    return sector.activities(frame.assign(status="selesai", anggaran=pd.NA), KB.assign(desa="lain"))


SEKTOR = kampung({"tertinggal": True}, {"kecamatan": "Sajira"}, {})


def scores(*skor: float | None) -> pd.DataFrame:
    rows = [{"kampung_id": f"k{i}", "item": "lintas_sektor", "skor": s} for i, s in enumerate(skor)]
    return pd.DataFrame(rows).astype({"skor": "float64"})


def test_the_section_of_lintas_sektor_in_whole() -> None:
    rows = activities(
        ("k0", "DPPKB", "pemda", "Lebak Sehat"), ("k1", "Dinas Sosial", "pemda", "Lebak Sejahtera"),
        ("k1", "Bank", "swasta", None), (None, "PKK", "masyarakat", "Lebak Sehat"),
    )  # fmt: skip
    catatan = [lost("rujukan/kegiatan.csv")]
    teks = says(sections.sector(evaluation(SEKTOR, kegiatan=rows, skor=scores(3, 1, None), catatan_mutu=catatan)))
    assert teks == (
        "Di 2 dari 3 Kampung KB belum ada instansi lain selain OPD-KB "
        "Umumnya ada 0 instansi lain di satu Kampung KB. Dihitung sebagai OPD-KB, menurut namanya: DPPKB. "
        "Ada 1 kegiatan yang tertulis untuk desa yang tidak punya Kampung KB. Ada 1 baris yang menyebut tempat yang "
        "tidak dikenal dan "
        "tidak ikut; lihat laporan kualitas data (R02). "
        "Tanpa instansi lain (1 hanya OPD-KB, 1 tanpa kegiatan tercatat): Kampung A (Maja), Kampung C (Maja). "
        "Pemda melakukan 2 dari 4 kegiatan Kegiatan menurut unsur; 1 di antaranya kegiatan OPD-KB sendiri. "
        "Pemda 2 Masyarakat 1 Swasta 1 rujukan/kegiatan.csv "
        "Lebak Sehat: 2 dari 4 kegiatan Kegiatan menurut program utama. "
        "Lebak Sehat 2 Lebak Sejahtera 1 program belum ditulis 1 rujukan/kegiatan.csv "
        "Skor lintas sektor dan kegiatan yang tercatat "
        "Skor 3 atau lebih (sedikitnya empat instansi terlibat), tetapi tidak ada kegiatan instansi lain yang "
        "tercatat: Kampung A (Maja, skor 3). "
        "Skor 1 (tidak ada instansi terlibat), tetapi tercatat kegiatan 2 instansi lain atau lebih: "
        "Kampung B (Sajira, 2 instansi). Skor lintas sektor 1 Kampung KB belum diketahui. "
        "Siapa bekerja di mana: 3 Kampung KB menurut instansi Jumlah kegiatan setiap instansi. Setelah nama: "
        "unsurnya, dan di berapa Kampung KB instansi itu bekerja. Tanda –: tidak ada kegiatan tercatat "
        "Kampung KB Skor Instansi lain DPPKB pemda, 1 Dinas Sosial pemda, 1 Bank swasta, 1 "
        "Kampung A DT desa tertinggal Maja 3 0 1 Kampung C Maja – 0 Kampung B Sajira 1 2 1 1"
    )


def test_the_instansi_beyond_twenty_share_a_column() -> None:
    rows = activities(*(("k0", f"Instansi {i:02}", "swasta", "Lebak Sehat") for i in range(23)))
    teks = says(sections.sector(evaluation(SEKTOR, kegiatan=rows, skor=scores(4, 2, 2))))
    assert "; 3 instansi lain digabung di satu kolom." in teks
    assert teks.count("Instansi 1") == 10 and "Instansi 20" not in teks
    assert "Instansi 19 swasta, 1 Instansi lainnya Kampung A" in teks
    assert "4 23 " + "1 " * 20 + "3 Kampung C" in teks
    assert "Tidak ada instansi yang namanya menunjukkan OPD-KB." in teks
    assert "Tidak ada yang bertentangan." in teks


def test_without_the_table_the_section_is_one_line_that_names_it() -> None:
    assert says(sections.sector(evaluation(SEKTOR))) == (
        "Kegiatan lintas sektor belum ada: isi rujukan/kegiatan.csv "
        "(tahun, kecamatan, desa, kampung, instansi, unsur, program_utama, kegiatan, …)."
    )


def test_the_pokja_checklist_counts_those_that_reported_a_profil() -> None:
    isi = {"pokja_pengurusan": 1, "pokja_sk": 0, "pokja_pelatihan": 1, "pokja_jumlah": 9, "pokja_jumlah_terlatih": 2}
    rows = kampung(isi, isi | {"pokja_jumlah_terlatih": 0}, dict.fromkeys(isi)).assign(
        lapor_profil=pd.array([True, True, False], "boolean")
    )
    assert says(sections.pokja(evaluation(rows))) == (
        "Paling jarang: pokja punya SK, 0 dari 2 Kampung KB Kelengkapan Ada Belum Persentase "
        "Pokja punya pengurus 2 0 100,0 % Pokja punya SK 0 2 0,0 % Pokja pernah dilatih 2 0 100,0 % "
        "Pokja jumlah anggota diisi 2 0 100,0 % Pokja punya anggota terlatih 1 1 50,0 % "
        "Portal Kampung KB, rekap dan klasifikasi 16 Juni 2023; 1 Kampung KB belum mengisi profil"
    )


def test_the_pokja_of_a_year_without_rekap_or_profil_are_not_known() -> None:
    assert says(sections.pokja(evaluation(SEKTOR, manifest={"snapshot_rekap": None}))) == (
        "Kelengkapan pokja belum diketahui: perlu ekspor rekap dari portal."
    )
    rows = SEKTOR.assign(lapor_profil=pd.array([False] * 3, "boolean"), **dict.fromkeys(sector.POKJA))
    assert says(sections.pokja(evaluation(rows))) == "Kelengkapan pokja belum diketahui: belum ada profil terisi."


def test_the_section_of_tenaga_in_whole() -> None:
    rows = tempat(
        {"desa": "Maja", "kampung_kb": 1, "plkb": 1, "pos_kb": 0, "sub_pos_kb": 0},
        {"desa": "Buyut", "plkb": 0, "pos_kb": 1, "sub_pos_kb": 0},
        {"desa": "Sajira", "kecamatan": "Sajira", "kampung_kb": 1, "plkb": 0, "pos_kb": 1, "sub_pos_kb": 2},
    )
    assert says(sections.staff(evaluation(SEKTOR, desa=rows))) == (
        "Rata-rata satu PLKB membina 3,0 desa Ada 1 PLKB untuk 3 desa. Tanpa PLKB: kecamatan Sajira. Sebanyak 1 desa "
        "(33 %) tanpa Pos KB "
        "aktif, 2 tanpa Sub Pos KB aktif. Punya Kampung KB, tetapi tanpa Pos KB aktif (1 desa): Maja (Maja). "
        "Punya Kampung KB, tetapi tanpa Sub Pos KB aktif (1 desa): Maja (Maja). "
        "Tenaga menurut kecamatan PLKB dan pos menurut kecamatan Kecamatan Desa PLKB Desa per PLKB "
        "Desa tanpa Pos KB aktif Desa tanpa Sub Pos KB aktif Maja 2 1 2,00 1 2 Sajira 1 0 tanpa PLKB 0 0 "
        "rujukan/tenaga.csv. PLKB dihitung sebanyak yang tertulis; tulis setiap PLKB di satu desa saja."
    )


def test_without_staff_the_section_is_one_line_that_names_the_table() -> None:
    assert says(sections.staff(evaluation(SEKTOR, desa=DESA))) == (
        "Tenaga belum ada: isi rujukan/tenaga.csv (kecamatan, desa, wilayah_binaan, plkb, pos_kb, sub_pos_kb)."
    )


# nominations


def judged(*rows: dict[str, Any]) -> Evaluation:
    """An evaluation whose Kampung KB meet every criterion, but for what ``rows`` say (of kampung or of nominasi)."""
    known = dict.fromkeys(nomination.CRITERIA, True) | {"terpenuhi": 7, "usulan": True, "kurang": None}
    known |= {"lembaga_kurang": None, "penghargaan": None, "kabupaten": "Lebak"}
    nominasi = [
        {"kampung_id": f"k{i}"} | known | {k: v for k, v in row.items() if k in known} for i, row in enumerate(rows)
    ]
    frame = pd.DataFrame(nominasi).astype(dict.fromkeys((*nomination.CRITERIA, "usulan"), "boolean"))
    flags = {"lapor_profil": True, "diperbarui_profil": True}
    kb = kampung(
        *({"klasifikasi": "Mandiri"} | flags | {k: v for k, v in row.items() if k not in known} for row in rows)
    )
    unggul = pd.DataFrame([("k0", "cpr", 0.7, 0.6, 0.65, 0.61, "Lebak")], columns=[*nomination.UNGGULAN, "kabupaten"])
    return evaluation(kb.astype(dict.fromkeys(flags, "boolean")), nominasi=frame, unggulan=unggul)


def missed(**values: Any) -> dict[str, Any]:
    return {"terpenuhi": 6, "usulan": False} | values


def test_the_section_of_nominations_in_whole() -> None:
    teks = says(
        sections.nomination(
            judged(
                {"diperbarui_profil": False, "penghargaan": "Juara III (Provinsi Banten, 2018)", "tertinggal": True},
                missed(lembaga=False, kurang="lembaga", lembaga_kurang="SK pokja, RKM"),
                missed(terpenuhi=2, kelas=False, unggul=False),
            )
        )
    )
    assert teks == (
        "Syarat satu per satu, dan berapa dari 3 Kampung KB yang tersisa sesudahnya: kelas Mandiri atau "
        "Berkelanjutan, dan tidak dekat batas kelas: 2 tanpa angka yang salah: 2 tanpa angka meragukan atau berpola: 2 "
        "data KB diperbarui sejak 2022: 2 sedikitnya satu indikator jauh lebih baik daripada gabungan Kampung KB pada "
        "2022 dan 2023, dengan isian yang berbeda: 2 kelembagaan lengkap: 12 dari 12 unsur: 1 "
        "tidak ada di daftar kunjungan: 1 "
        "Daftar ini bukan peringkat. Juri yang memutuskan, setelah melihat keadaan di lapangan. "
        "1 Kampung KB memenuhi semua syarat Kampung A Desa Maja, Kecamatan Maja desa tertinggal Mandiri "
        "Jauh lebih baik daripada gabungan Kampung KB, 2022 dan 2023 "
        "CPR 70,0 % (gabungan 60,0 %); tahun lalu 65,0 % (gabungan 61,0 %) "
        "Data tanpa angka salah, meragukan, atau berpola; data KB diperbarui; profil tidak diperbarui sejak 2022 "
        "Kelembagaan 12 dari 12 unsur Penghargaan yang pernah diterima Juara III (Provinsi Banten, 2018) "
        "1 Kampung KB kurang satu syarat Menurut kecamatan dan nama, bukan peringkat "
        "Kampung KB Kelas Syarat yang kurang Jauh lebih baik di kedua tahun Penghargaan "
        "Kampung B Maja Mandiri kelembagaan belum lengkap: SK pokja, RKM – – "
        "Portal Kampung KB, rekap dan klasifikasi 16 Juni 2023; rujukan/penghargaan.csv"
    )


@pytest.mark.parametrize(
    ("values", "kata"),
    [
        ({"kurang": "kelas", "klasifikasi": "Dasar"}, "kelasnya baru Dasar"),
        ({"kurang": "kelas", "mantap": False}, "kelas Mandiri, dekat batas kelas"),
        ({"kurang": "kelas", "mantap": None}, "kelas Mandiri, batasnya belum diketahui"),
        ({"kurang": "tanpa_salah"}, "ada angka yang salah"),
        ({"kurang": "tanpa_tanda"}, "angka meragukan atau berpola, periksa di lapangan"),
        ({"kurang": "diperbarui", "diperbarui_kb": False}, "data KB tidak diperbarui sejak 2022"),
        ({"kurang": "diperbarui", "diperbarui_kb": None}, "data KB tidak dapat dibandingkan dengan 2022"),
        ({"kurang": "lembaga", "lapor_profil": False}, "profil belum diisi, kelembagaan belum diketahui"),
        ({"kurang": "di_luar_kunjungan"}, "ada di daftar kunjungan"),
        ({"kurang": "unggul"}, "tidak ada indikator yang jauh lebih baik di kedua tahun"),
    ],
)
def test_a_near_miss_names_what_is_there_instead(values: dict[str, Any], kata: str) -> None:
    teks = says(sections.nomination(judged(missed(**values))))
    assert f" {values.get('klasifikasi', 'Mandiri')} {kata} 1 indikator – Portal" in teks
    assert "Belum ada Kampung KB yang memenuhi semua syarat" in teks


def test_a_first_year_has_no_nominations_and_says_why() -> None:
    assert says(sections.nomination(evaluation(SEKTOR, manifest={"tahun_sebelumnya": None}))) == (
        "Usulan nominasi belum dapat dibuat: perlu data tahun sebelumnya untuk membandingkan dua tahun."
    )


# the mark


def test_the_search_boxes_find_desa_tertinggal_wherever_kampung_kb_are_listed(evaluasi: Evaluation) -> None:
    tampil = ("road", "type_members", "rug", "visits", "sector")
    html = {nama: str(getattr(sections, nama)(evaluasi).html) for nama in tampil}
    assert {nama: "desa tertinggal</span></span>" in isi for nama, isi in html.items()} == dict.fromkeys(tampil, True)
