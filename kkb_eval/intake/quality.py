"""Catatan mutu data that need one snapshot: K04 to K13 and K15 (METHOD 4).

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
MAX_PENDUDUK = 50_000
MIN_SIZES = 5
"""Fewer known sizes in a kabupaten have no spread to judge by (K11)."""
FRACTIONS = {"1": (1, 1), "½": (1, 2), "⅓": (1, 3), "¼": (1, 4), "⅕": (1, 5), "⅔": (2, 3), "¾": (3, 4)}
"""The simple fractions of K13: numerator and denominator."""
_OUTLIER = 5 * 1.4826
_PREGNANT = 50
_PATTERN_TARGET, _PATTERN_POKTAN = 20, 3
_COMMON = re.compile(r"\b(?:kampung|kp|kb|kkb|keluarga|berencana|berkualitas|desa|ds|kelurahan|kel|dusun|dsn)\b")


def find(kampung: pd.DataFrame) -> pd.DataFrame:
    """All findings of a clean year (``schema.CATATAN``), by kode, kampung_id and kolom.

    File and row are those of the rekap, else of the klasifikasi. A value that could not be read is NaN and breaks no
    rule here (it is K17).
    """
    rules: tuple[Callable[[pd.DataFrame], pd.DataFrame], ...] = (
        *(_similar_names, _unknown_regions, _unequal_sum, _more_users, _more_than_target, _more_than_families),
        *(_sizes, _filled_in, _patterned, _not_reported),
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
    """One finding for every row of ``mask``, in its order; ``kolom`` and ``pesan`` are one for all or one each.

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
    """K04, a finding for each of the alike. Names with other numbers (RW 01, RW 02) are other Kampung KB."""
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
    """What tells a name from others in its desa: its words but generic ones and the desa's own; and its numbering.

    Numbering: Arabic without leading zeros, Roman, and single letters.
    """
    umum = set(re.findall(r"[^\W\d_]+", desa.casefold()))
    words = re.findall(r"[^\W\d_]+|\d+", _COMMON.sub(" ", nama.casefold()))
    angka = tuple(w.lstrip("0") for w in words if re.fullmatch(r"\d+|[ivx]+|[a-z]", w))
    return " ".join(w for w in words if w not in umum and not w.isdigit()), angka


def _unknown_regions(kampung: pd.DataFrame) -> pd.DataFrame:
    """K05, for the first level that the reference does not know."""
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
    """K06, where both records exist."""
    peserta, bukan = (kampung[list(c)].sum(axis=1, skipna=False) for c in (schema.METHODS, schema.NON_USERS))
    jumlah, pus = peserta + bukan, kampung["pus"]
    mask = jumlah.notna() & pus.notna() & (jumlah != pus)
    kolom = ", ".join(("pus", *schema.METHODS, *schema.NON_USERS))
    pesan = "peserta KB {} ditambah bukan peserta {} adalah {}, tetapi PUS {}; cocokkan isiannya di portal"
    return _found(mask, "K06", "periksa", kolom, pesan, peserta, bukan, jumlah, pus)


def _more_users(kampung: pd.DataFrame) -> pd.DataFrame:
    """K07. Which of the numbers is wrong cannot be told, so cpr, mkjp and unmet are unusable in both cases."""
    peserta, unmet = (kampung[list(c)].sum(axis=1, skipna=False) for c in (schema.METHODS, schema.UNMET))
    pus, kolom = kampung["pus"], ", ".join(("pus", *schema.METHODS, *schema.UNMET))
    lebih = peserta > pus
    berdua = ~lebih & (peserta + unmet > pus)
    awal, saran = "PUS {} lebih kecil dari peserta KB {}", "; perbaiki isiannya di portal"
    parts = [
        _found(lebih, "K07", "salah", kolom, awal + saran, pus, peserta),
        _found(berdua, "K07", "salah", kolom, f"{awal} ditambah unmet need {{}}{saran}", pus, peserta, unmet),
    ]
    return pd.concat(parts, ignore_index=True)


def _more_than_target(kampung: pd.DataFrame) -> pd.DataFrame:
    """K08, one finding a poktan, and K10. No other indicator uses these wholes: naming them excludes nothing else."""
    cases = [("K08", poktan, sasaran, f"peserta {TITLES[poktan]}") for poktan, sasaran in schema.POKTAN_TARGETS.items()]
    cases += [("K10", "pokja_jumlah_terlatih", "pokja_jumlah", TITLES["pokja_jumlah_terlatih"])]
    parts = []
    for kode, bagian, seluruh, sebutan in cases:
        x, n = kampung[bagian], kampung[seluruh]
        pesan = f"{sebutan} {{}} lebih banyak dari {TITLES[seluruh]} {{}}; perbaiki isiannya di portal"
        parts.append(_found((x > n) & (n > 0), kode, "salah", f"{bagian}, {seluruh}", pesan, x, n))
    return pd.concat(parts, ignore_index=True)


def _more_than_families(kampung: pd.DataFrame) -> pd.DataFrame:
    """K09, one finding a Kampung KB."""
    parts = ["pus", "memiliki_balita", "memiliki_remaja", "memiliki_lansia"]
    keluarga = kampung["keluarga"]
    lebih = kampung[parts].gt(keluarga, axis=0).mul(keluarga > 0, axis=0).astype(bool)
    mask = lebih.any(axis=1)
    kolom, pesan = [], []
    for n, values, flags in zip(*(t[mask].to_numpy() for t in (keluarga, kampung[parts], lebih)), strict=True):
        named = {c: f"{TITLES[c]} {_n(v)}" for c, v, flag in zip(parts, values, flags, strict=True) if flag}
        kolom.append(", ".join(("keluarga", *named)))
        pesan.append(f"Keluarga {_n(n)} lebih sedikit dari {_list([*named.values()])}; periksa isiannya di portal")
    return _found(mask, "K09", "periksa", kolom, pesan)


def _sizes(kampung: pd.DataFrame) -> pd.DataFrame:
    """K11, one finding a Kampung KB: penduduk above the ceiling, or any of ``UKURAN`` far from the kabupaten's median.

    Far is beyond 5 × 1.4826 × MAD of the logarithms of the sizes above zero; a MAD of zero, or fewer than
    ``MIN_UKURAN`` sizes, judge nothing.
    """
    sizes = kampung[list(SIZES)].where(kampung[list(SIZES)] > 0)
    logs, kabupaten = sizes.apply(np.log), kampung["kabupaten"]
    tengah, banyak = (logs.groupby(kabupaten).transform(what) for what in ("median", "count"))
    gap = (logs - tengah).abs()
    mad = gap.groupby(kabupaten).transform("median")
    jauh = (gap > _OUTLIER * mad) & (mad > 0) & (banyak >= MIN_SIZES)
    besar = sizes["penduduk"] > MAX_PENDUDUK
    mask = besar | jauh.any(axis=1)
    rows = (t[mask].to_numpy() for t in (kabupaten, sizes, tengah.apply(np.exp), jauh, besar))
    kolom, pesan = [], []
    for nama, size, median, luar, terlalu in zip(*rows, strict=True):
        named = {"penduduk": f"Penduduk {_n(size[0])} lebih dari {_n(MAX_PENDUDUK)}"} if terlalu else {}
        named |= {
            c: f"{TITLES[c]} {_n(size[j])} jauh dari nilai tengah {nama} {_n(np.rint(median[j]))}"
            for j, c in enumerate(SIZES)
            if luar[j] and c not in named
        }
        kolom.append(", ".join(named))
        pesan.append(f"{', '.join(named.values())}; periksa isiannya di portal")
    return _found(mask, "K11", "periksa", kolom, pesan)


def _filled_in(kampung: pd.DataFrame) -> pd.DataFrame:
    """K12."""
    hamil, segera = kampung["hamil"], kampung["anak_segera"]
    pesan = "Hamil {} dan Anak Segera {} hampir sama, seperti terisi otomatis; periksa di lapangan"
    mask = (hamil > _PREGNANT) & ((hamil - segera).abs() <= 1)
    return _found(mask, "K12", "info", "hamil, anak_segera", pesan, hamil, segera)


def _patterned(kampung: pd.DataFrame) -> pd.DataFrame:
    """K13. In whole numbers |x - n·p/q| ≤ ½ is 2·|q·x - p·n| ≤ q; only one fraction can hold for three of five."""
    poktan = list(schema.POKTAN_TARGETS)
    x, n = (kampung[columns].to_numpy(float) for columns in (poktan, list(schema.POKTAN_TARGETS.values())))
    parts = []
    for nama, (p, q) in FRACTIONS.items():
        kena = (2 * np.abs(q * x - p * n) <= q) & (n >= _PATTERN_TARGET)
        mask = pd.Series(kena.sum(axis=1) >= _PATTERN_POKTAN)
        kolom, pesan = [], []
        for i in np.flatnonzero(mask):
            named = np.flatnonzero(kena[i])
            kolom.append(", ".join(poktan[j] for j in named))
            isi = _list([f"{TITLES[poktan[j]]} {_n(x[i, j])} dari {_n(n[i, j])}" for j in named])
            pola = "sama dengan sasarannya" if q == 1 else f"{nama} dari sasarannya"
            pesan.append(f"angka berpola: peserta {isi}, semuanya {pola}; periksa di lapangan")
        parts.append(_found(mask, "K13", "periksa", kolom, pesan))
    return pd.concat(parts, ignore_index=True)


def _not_reported(kampung: pd.DataFrame) -> pd.DataFrame:
    """K15: no KB record, or no row in the year's rekap at all (nothing where the rekap has none of its kabupaten)."""
    ada = kampung["baris_rekap"].notna()
    tanpa = ~ada & ada.groupby(kampung["kabupaten"]).transform("any")
    kosong = "belum melaporkan data KB: peserta poktan, peserta KB, dan bukan peserta KB kosong; lengkapi di portal"
    hilang = "tidak ada di ekspor rekap, jadi angka KB-nya tidak diketahui; unduh ulang rekap dari portal"
    parts = [
        _found(kampung["lapor_kb"].eq(False).fillna(False), "K15", "info", "lapor_kb", kosong),
        _found(tanpa, "K15", "info", "lapor_kb", hilang),
    ]
    return pd.concat(parts, ignore_index=True)
