"""What a cell of a companion table may hold, and its value; a bad cell says what is wrong and what to do."""

import contextlib
import re
from collections.abc import Mapping
from datetime import date

import pandas as pd

from kkb_eval.intake.regions import compact, meant
from kkb_eval.schema import FORMER_STATUS_RTL, STATUS_RTL, UNSUR
from kkb_eval.text import MONTHS

LONGEST = 4000
"""Letters of a text; a word document and a workbook hold it, and it is still read."""
STATUS_DESA = ("sangat tertinggal", "tertinggal", "berkembang", "maju", "mandiri")
_OPTIONS = {
    pilihan: {compact(word): word for word in words}
    for pilihan, words in (("unsur", UNSUR), ("status_desa", STATUS_DESA), ("status_rtl", STATUS_RTL))
}
_OPTIONS["status_rtl"] |= {compact(former): word for former, word in FORMER_STATUS_RTL.items()}
_NUMBERS = re.compile(r"([+-]?\d{1,12}(?:[.,]\d{1,12})?) ?%?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_ISO = re.compile(r"((?:19|20)\d\d-\d\d-\d\d)(?: 00:00:00)?")
_DATE = re.compile(
    rf"(\d{{1,2}})(?: ?([./-]) ?(\d{{1,2}}) ?\2 ?| ({'|'.join(MONTHS)})\.? )((?:19|20)\d\d)", re.IGNORECASE
)
_WHOLE_NUMBER = re.compile(r"(?:rp\.? ?)?([+-]?(?:\d{1,3}(?:\.\d{3}){1,4}|\d{1,15}))(?:[.,]0{1,2})?", re.IGNORECASE)


class Bad(Exception):
    """A cell that cannot be used: ``kode`` (R03, R05, R06) and ``pesan``."""

    def __init__(self, kode: str, pesan: str) -> None:
        super().__init__(kode, pesan)
        self.kode, self.pesan = kode, pesan


def value(text: str, isi: str, indikator: Mapping[str, str]) -> object:
    """Return the value of a cell that holds ``isi`` (see ``companion.Tabel``); None where it is blank and may be.

    ``indikator`` are the possible indicators by compact word. Raises ``Bad``.
    """
    if not text:
        if isi.endswith("?"):
            return None
        raise Bad("R03", "kosong; isi sel ini")
    match isi.rstrip("?"):
        case "teks":
            if len(text) > LONGEST:
                raise Bad("R03", f"{len(text)} huruf; ringkas sampai {LONGEST} huruf")
            return text
        case "angka":
            return _number(text)
        case "bulat":
            return _whole(text, f'"{text[:60]}" bukan bilangan bulat; tulis angkanya saja, misalnya 12')
        case "petugas":  # a name may stand here: it is not repeated
            return _whole(text, "isinya bukan jumlah; tulis jumlahnya saja, misalnya 2")
        case "indikator":
            return _word(text, indikator)
        case "tanggal":
            return _date(text)
        case pilihan:
            return _word(text, _OPTIONS[pilihan])


def column(values: list[object], isi: str, index: pd.Index) -> pd.Series:
    """Return the values as a column of the type that ``isi`` has: Int64, float64, datetime64 or text."""
    match isi.rstrip("?"):
        case "bulat" | "petugas":
            return pd.Series(values, index=index, dtype="Int64")
        case "angka":
            return pd.Series(values, index=index, dtype="float64")
        case "tanggal":
            return pd.Series(pd.to_datetime(pd.Series(values, index=index, dtype=object))).astype("datetime64[ms]")
        case _:
            return pd.Series(values, index=index, dtype="str")


def _number(text: str) -> float:
    if _THOUSANDS.fullmatch(text):
        raise Bad(
            "R03", f'"{text}" dapat berarti {text.replace(".", "")} atau {text.replace(".", ",")}; tulis salah satu'
        )
    if match := _NUMBERS.fullmatch(text):
        return float(match[1].replace(",", "."))
    raise Bad("R03", f'"{text[:60]}" bukan angka; tulis seperti 75 atau 5,74')


def _date(text: str) -> date:
    """Return a day as Excel holds it or as people write it."""
    with contextlib.suppress(ValueError):
        if match := _ISO.fullmatch(text):
            return date.fromisoformat(match[1])
        return day(text)
    raise Bad("R03", f'"{text[:60]}" bukan tanggal; tulis seperti 31/12/2018')


def day(text: str) -> date:
    """Return the day of a text like 31/12/2018, 31-12-2018 or 31 Desember 2018; ValueError where it is not one."""
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    return date(int(match[5]), int(match[3] or MONTHS[match[4].lower()]), int(match[1]))


def _whole(text: str, pesan: str) -> int:
    """Return a whole number from 0; dots before three digits are thousands, as Indonesians write them."""
    match = _WHOLE_NUMBER.fullmatch(text)
    if not match:
        raise Bad("R03", pesan)
    number = int(match[1].replace(".", ""))
    if number < 0:
        raise Bad("R06", f"{text} negatif; tulis jumlahnya")
    return number


def _word(text: str, words: Mapping[str, str]) -> str:
    if compact(text) in words:
        return words[compact(text)]
    hint = meant(text, words.values(), f"pilihannya: {', '.join(dict.fromkeys(words.values()))}")
    raise Bad("R05", f'"{text[:60]}" tidak dikenal; {hint}')
