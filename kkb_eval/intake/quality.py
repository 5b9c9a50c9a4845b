"""Catatan mutu data that need one snapshot: K04 to K13, K15 and K19 (METHOD 4).

Every rule looks at all rows at once and words only those it finds. ``kolom`` names raw columns: a finding of level
*salah* makes every indicator that uses one of them ``tidak_konsisten``.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from rapidfuzz import fuzz

from kkb_eval import schema
from kkb_eval.intake import regions
from kkb_eval.intake.cells import shown as _n
from kkb_eval.intake.portal import TITLES
from kkb_eval.intake.regions import LEVELS, compact

SIMILAR = 85.0
"""Names of one desa at least this alike (0-100, see ``_core``) may be one Kampung KB (K04)."""
SIZES = ("penduduk", "pus", "keluarga")
"""The sizes that K11 looks at."""
MAX_SIZE = 50_000
"""No Kampung KB has more people, hence no more couples or families either (K11)."""
MIN_SIZES = 5
"""Fewer known sizes in a kabupaten have no spread to judge by (K11)."""
FRACTIONS = {
    "separuh": (1, 2), "sepertiga": (1, 3), "seperempat": (1, 4), "seperlima": (1, 5),
    "dua pertiga": (2, 3), "tiga perempat": (3, 4),
}  # fmt: skip
"""The simple fractions of K13: numerator and denominator. All of a target is no such fraction (K19)."""
TOLERANCE = 0.1
"""Share of the PUS from which a contradiction makes cpr, mkjp and unmet unusable (K06, K12)."""
_COUPLES = ("pus", *schema.METHODS, *schema.UNMET)
"""The columns of cpr, mkjp and unmet."""
_POKTAN = {poktan: TITLES[poktan] for poktan in schema.POKTAN_TARGETS} | {"pikr": "PIK-R"}
_OUTLIER = 5 * 1.4826
_PREGNANT = 50
_PATTERN_TARGET, _PATTERN_POKTAN = 20, 3
_COMMON = re.compile(r"\b(?:kampung|kp|kb|kkb|keluarga|berencana|berkualitas|desa|ds|kelurahan|kel|dusun|dsn)\b")


def find(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return all findings of a clean year (``schema.CATATAN``), by kode, kampung_id and kolom.

    File and row are those of the rekap, else of the klasifikasi. A value that could not be read is NaN and breaks no
    rule here (it is K17).
    """
    rules: tuple[Callable[[pd.DataFrame], pd.DataFrame], ...] = (
        *(_similar_names, _unknown_regions, _unequal_sum, _more_users, _more_than_target, _more_than_families),
        *(_sizes, _filled_in, _patterned, _full, _not_reported),
    )
    # one whose rows contradict each other is told where they are (K03): nothing of it can be judged
    known = kampung["berkas_rekap"].notna() | kampung["berkas_klasifikasi"].notna()
    rows = kampung[known].reset_index(drop=True)
    found = pd.concat([rule(rows) for rule in rules], ignore_index=True)
    asal = {nama: rows[f"{nama}_rekap"].fillna(rows[f"{nama}_klasifikasi"]) for nama in ("berkas", "baris")}
    at = found["posisi"].to_numpy(int)
    found = found.assign(kampung_id=rows["kampung_id"].array[at], **{k: v.array[at] for k, v in asal.items()})
    found = found[list(schema.CATATAN)].astype({c: "Int64" if c == "baris" else "str" for c in schema.CATATAN})
    return found.sort_values(["kode", "kampung_id", "kolom"], kind="stable", ignore_index=True)


def _found(
    mask: pd.Series, kode: str, tingkat: str, kolom: str | Sequence[str], pesan: str | Sequence[str], *angka: pd.Series
) -> pd.DataFrame:
    """Return one finding for every row of ``mask``, in its order; ``kolom`` and ``pesan`` are one for all or one each.

    With ``angka`` (series like ``mask``) the one ``pesan`` has a place {} for the value of each.
    """
    if angka:
        pesan = [str(pesan).format(*map(_n, row)) for row in zip(*(series[mask] for series in angka), strict=True)]
    at = np.flatnonzero(mask)
    isi = {"posisi": at, "kode": kode, "tingkat": tingkat, "kolom": kolom, "pesan": pesan}
    return pd.DataFrame(isi, index=range(len(at)))


def _list(texts: Sequence[str]) -> str:
    return " dan ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _similar_names(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K04, a finding for each of the alike. Names with other numbers (RW 01, RW 02) are other Kampung KB."""
    mirip: dict[str, list[str]] = {}
    ramai = kampung[kampung.duplicated(list(LEVELS), keep=False)]
    for desa, group in ramai.groupby(list(LEVELS), dropna=False):
        pairs = zip(group["kampung_id"], group["kampung"], strict=True)
        for a, b in combinations([(kode, nama, *_core(nama, str(desa[-1]))) for kode, nama in pairs], 2):
            if a[3] == b[3] and (a[2] == b[2] or fuzz.token_sort_ratio(a[2], b[2]) >= SIMILAR):
                mirip.setdefault(a[0], []).append(f'"{b[1]}"')
                mirip.setdefault(b[0], []).append(f'"{a[1]}"')
    mask = kampung["kampung_id"].isin(mirip)
    saran = "bila Kampung KB yang sama, hapus salah satunya di portal"
    pesan = [
        f'nama "{nama}" mirip {_list(sorted(mirip[kode]))} di desa yang sama; {saran}'
        for kode, nama in zip(kampung.loc[mask, "kampung_id"], kampung.loc[mask, "kampung"], strict=True)
    ]
    return _found(mask, "K04", "periksa", "kampung", pesan)


def _core(nama: str, desa: str) -> tuple[str, tuple[str, ...]]:
    """Return what tells a name from others in its desa: its words but generic ones and the desa's own; its numbering.

    Numbering: Arabic without leading zeros, Roman, and single letters.
    """
    umum = set(re.findall(r"[^\W\d_]+", desa.casefold()))
    words = re.findall(r"[^\W\d_]+|\d+", _COMMON.sub(" ", nama.casefold()))
    angka = tuple(w.lstrip("0") for w in words if re.fullmatch(r"\d+|[ivx]+|[a-z]", w))
    return " ".join(w for w in words if w not in umum and not w.isdigit()), angka


def _unknown_regions(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K05, for the first level that the reference does not know."""
    lacking = kampung[[f"kode_{t}" for t in LEVELS]].isna()
    mask = lacking.any(axis=1)
    levels = lacking[mask].to_numpy().argmax(axis=1).tolist()
    rows = kampung.loc[mask].fillna(dict.fromkeys(LEVELS, ""))
    columns = (rows[c] for c in (*LEVELS, "kode_kabupaten", "kode_kecamatan", "provinsi"))
    pesan = [
        _unknown_region(level, tuple(row[: level + 1]), row[2 + level] if level else "", row[-1])
        for level, *row in zip(levels, *columns, strict=True)
    ]
    return _found(mask, "K05", "periksa", [LEVELS[level] for level in levels], pesan)


@cache
def _unknown_region(level: int, names: tuple[str, ...], kode: str, provinsi: str) -> str:
    if not compact(names[-1]):
        return f"nama {LEVELS[level]} kosong; isi di portal"
    tempat = f" di {names[-2]}" if level else ""
    saran = regions.advice(LEVELS[level], names, above=kode or None, provinsi=(provinsi,))
    return f'{LEVELS[level]} "{names[-1]}" tidak ada{tempat} menurut acuan wilayah; {saran}'


def _unequal_sum(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K06, where both records exist: *salah* where more than ``TOLERANCE`` of the PUS is missing or too much."""
    peserta, bukan = (kampung[list(c)].sum(axis=1, skipna=False) for c in (schema.METHODS, schema.NON_USERS))
    jumlah, pus = peserta + bukan, kampung["pus"]
    mask = jumlah.notna() & pus.notna() & (jumlah != pus)
    far = mask & ((jumlah - pus).abs() > TOLERANCE * pus)
    kolom = ", ".join(("pus", *schema.METHODS, *schema.NON_USERS))
    pesan = "peserta KB {} ditambah bukan peserta {} adalah {}, tetapi PUS {}"
    parts = [
        _found(where, "K06", tingkat, kolom, f"{pesan}; {saran} di portal", peserta, bukan, jumlah, pus)
        for where, tingkat, saran in (
            (far, "salah", "perbaiki isiannya"),
            (mask & ~far, "periksa", "cocokkan isiannya"),
        )
    ]
    return pd.concat(parts, ignore_index=True)


def _more_users(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K07. Which of the numbers is wrong cannot be told, so cpr, mkjp and unmet are unusable in both cases."""
    peserta, unmet = (kampung[list(c)].sum(axis=1, skipna=False) for c in (schema.METHODS, schema.UNMET))
    pus, kolom = kampung["pus"], ", ".join(_COUPLES)
    lebih = peserta > pus
    berdua = ~lebih & (peserta + unmet > pus)
    awal, saran = "PUS {} lebih kecil daripada peserta KB {}", "; perbaiki isiannya di portal"
    parts = [
        _found(lebih, "K07", "salah", kolom, awal + saran, pus, peserta),
        _found(berdua, "K07", "salah", kolom, f"{awal} ditambah unmet need {{}}{saran}", pus, peserta, unmet),
    ]
    return pd.concat(parts, ignore_index=True)


def _more_than_target(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K08, one finding a poktan, and K10. Naming these wholes excludes nothing else: no other rate uses them."""
    cases = [("K08", poktan, sasaran, f"peserta {TITLES[poktan]}") for poktan, sasaran in schema.POKTAN_TARGETS.items()]
    cases += [("K10", "pokja_jumlah_terlatih", "pokja_jumlah", TITLES["pokja_jumlah_terlatih"])]
    parts = []
    for kode, bagian, seluruh, sebutan in cases:
        x, n = kampung[bagian], kampung[seluruh]
        pesan = f"{sebutan} {{}} lebih banyak daripada {TITLES[seluruh]} {{}}; perbaiki isiannya di portal"
        parts.append(_found((x > n) & (n > 0), kode, "salah", f"{bagian}, {seluruh}", pesan, x, n))
    return pd.concat(parts, ignore_index=True)


def _more_than_families(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K09, one finding a Kampung KB."""
    parts = ["pus", "memiliki_balita", "memiliki_remaja", "memiliki_lansia"]
    keluarga = kampung["keluarga"]
    lebih = kampung[parts].gt(keluarga, axis=0).mul(keluarga > 0, axis=0).astype(bool)
    mask = lebih.any(axis=1)
    kolom, pesan = [], []
    for n, values, flags in zip(*(t[mask].to_numpy() for t in (keluarga, kampung[parts], lebih)), strict=True):
        named = {c: f"{TITLES[c]} ({_n(v)})" for c, v, flag in zip(parts, values, flags, strict=True) if flag}
        kolom.append(", ".join(("keluarga", *named)))
        lebih_kecil = f"jumlah keluarga ({_n(n)}) lebih kecil daripada {_list([*named.values()])}"
        pesan.append(f"{lebih_kecil}; mohon dicek di portal")
    return _found(mask, "K09", "periksa", kolom, pesan)


def _sizes(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K11, one finding a Kampung KB: any of ``SIZES`` above the ceiling, or far from the kabupaten's median.

    Far is beyond 5 × 1.4826 × MAD of the logarithms of the sizes above zero; a MAD of zero, or fewer than
    ``MIN_SIZES`` sizes, judge nothing. *periksa* where one is too large (no sum counts its Kampung KB), else *info*.
    """
    sizes = kampung[list(SIZES)].where(kampung[list(SIZES)] > 0)
    logs, kabupaten = sizes.apply(np.log), kampung["kabupaten"]
    middle, known = (logs.groupby(kabupaten).transform(what) for what in ("median", "count"))
    gap = logs - middle
    mad = gap.abs().groupby(kabupaten).transform("median")
    far = (gap.abs() > _OUTLIER * mad) & (mad > 0) & (known >= MIN_SIZES)
    over = sizes > MAX_SIZE
    large, small = over | (far & (gap > 0)), far & (gap < 0) & ~over
    parts = [
        _sizes_of(kampung, rows, wrong, middle.apply(np.exp), tingkat)
        for rows, wrong, tingkat in (
            (large.any(axis=1), large | small, "periksa"),
            (small.any(axis=1) & ~large.any(axis=1), small, "info"),
        )
    ]
    return pd.concat(parts, ignore_index=True)


def _sizes_of(
    kampung: pd.DataFrame, mask: pd.Series, wrong: pd.DataFrame, median: pd.DataFrame, tingkat: str
) -> pd.DataFrame:
    """Return the K11 of one level for the rows of ``mask``; ``wrong`` are their odd sizes."""
    saran = "cek di portal" if tingkat == "info" else "tidak ikut dijumlahkan sebelum dicek di portal"
    rows = (t[mask].to_numpy() for t in (kampung["kabupaten"], kampung[list(SIZES)], median, wrong))
    kolom, pesan = [], []
    for nama, size, usual, odd in zip(*rows, strict=True):
        named = {}
        for j in np.flatnonzero(odd):
            kind = "atas" if size[j] > usual[j] else "bawah"
            limit = (
                f"lebih dari {_n(MAX_SIZE)}"
                if size[j] > MAX_SIZE
                else f"jauh di {kind} nilai tengah {nama} ({_n(np.rint(usual[j]))})"
            )
            named[SIZES[j]] = f"{TITLES[SIZES[j]]} {_n(size[j])} {limit}"
        kolom.append(", ".join(named))
        pesan.append(f"{_list([*named.values()])}; {saran}")
    return _found(mask, "K11", tingkat, kolom, pesan)


def _filled_in(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K12: *salah* for cpr, mkjp and unmet where more than ``TOLERANCE`` of the PUS would be pregnant."""
    hamil, segera, pus = (kampung[c] for c in ("hamil", "anak_segera", "pus"))
    mask = (hamil > _PREGNANT) & ((hamil - segera).abs() <= 1)
    many = mask & (hamil > TOLERANCE * pus)
    awal = "Hamil {} dan Anak Segera {} hampir sama, seperti terisi otomatis"
    kolom, kolom_salah = ("hamil, anak_segera", ", ".join(("hamil", "anak_segera", *_COUPLES)))
    cocokkan = "cocokkan dengan catatan kader"
    parts = [
        _found(many, "K12", "salah", kolom_salah, awal + ", padahal PUS hanya {}; " + cocokkan, hamil, segera, pus),
        _found(mask & ~many, "K12", "info", kolom, f"{awal}; {cocokkan}", hamil, segera),
    ]
    return pd.concat(parts, ignore_index=True)


def _patterned(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K13. In whole numbers |x - n·p/q| ≤ ½ is 2·|q·x - p·n| ≤ q; one fraction can hold for three of five."""
    parts = [
        _same_share(kampung, p, q, "K13", "periksa", f"angka berpola: peserta {{}}, semuanya tepat {nama}")
        for nama, (p, q) in FRACTIONS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _full(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K19: more than half of these arise from rates that have honestly reached their target."""
    return _same_share(kampung, 1, 1, "K19", "info", "peserta {}, semuanya sama dengan sasarannya")


def _same_share(kampung: pd.DataFrame, p: int, q: int, kode: str, tingkat: str, awal: str) -> pd.DataFrame:
    """Return a finding where the participants of several poktan are p/q of their target, to half a person."""
    poktan = list(schema.POKTAN_TARGETS)
    x, n = (kampung[columns].to_numpy(float) for columns in (poktan, list(schema.POKTAN_TARGETS.values())))
    # half a person of all of a target is none
    same = (2 * np.abs(q * x - p * n) <= (q if q > 1 else 0)) & (n >= _PATTERN_TARGET)
    mask = pd.Series(same.sum(axis=1) >= _PATTERN_POKTAN, kampung.index)
    kolom, pesan = [], []
    for i in np.flatnonzero(mask):
        named = np.flatnonzero(same[i])
        kolom.append(", ".join(poktan[j] for j in named))
        shares = _list([f"{_POKTAN[poktan[j]]} {_n(x[i, j])} dari {_n(n[i, j])}" for j in named])
        pesan.append(f"{awal.format(shares)}; mohon dicocokkan dengan daftar hadir")
    return _found(mask, kode, tingkat, kolom, pesan)


def _not_reported(kampung: pd.DataFrame) -> pd.DataFrame:
    """Return K15: no KB record, or no row in the rekap at all (nothing where the rekap has none of its kabupaten)."""
    ada = kampung["baris_rekap"].notna()
    tanpa = ~ada & ada.groupby(kampung["kabupaten"]).transform("any")
    kosong = "belum melaporkan data KB: peserta poktan, peserta KB, dan bukan peserta KB kosong; lengkapi di portal"
    hilang = "tidak ada di ekspor rekap, jadi angka KB-nya tidak diketahui; unduh ulang rekap dari portal"
    parts = [
        _found(kampung["lapor_kb"].eq(False).fillna(False), "K15", "info", "lapor_kb", kosong),
        _found(tanpa, "K15", "info", "lapor_kb", hilang),
    ]
    return pd.concat(parts, ignore_index=True)
