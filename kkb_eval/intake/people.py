"""Columns and cells that identify people (K02): a file that has them is refused, and their values are never shown."""

import re
from collections.abc import Sequence

from lokal import detect_pii, field_type

_DIRECT = re.compile(
    r"\b(nik|ktp|nip|npwp|hp|no ?hp|telp|tlp|telepon|telpon|ponsel|handphone|wa|whatsapp|kontak|contact|cp|e ?mail|"
    r"surel|alamat|di(buat|isi|input|entri|perbarui) oleh|"
    r"(no|nomor|nama|kartu)\.? ?(kk|kartu keluarga)|(tanggal|tgl|tempat) lahir|no ?rek|rekening)\b"
)
_PERSONS = re.compile(
    r"\b(ketua|sekretaris|bendahara|kepala|kader|petugas|pengurus|penanggung jawab|plkb|pkb|penyuluh|pendamping|"
    r"lurah|kades|camat|suami|isteri|istri|ibu|bapak|ayah|anak|lengkap|orang|anggota|penduduk|warga|peserta|akseptor|"
    r"pengisi|operator)\b"
)
_PLACES = re.compile(
    r"\b(kampung|desa|kelurahan|kecamatan|kabupaten|kota|provinsi|dusun|wilayah|daerah|kegiatan|program|instansi|"
    r"lembaga|pokja|poktan|kelompok|posyandu|sekolah|puskesmas|klinik|kantor|opd|mitra|berkas|file|indikator)\b"
)
_OFFICES = re.compile(r"^(ketua|sekretaris|bendahara|kepala|kades|lurah|kader|petugas|operator|penanggung jawab)\b")
_TYPES = {"NIK", "KK", "PHONE", "EMAIL", "ADDRESS", "NAME", "BIRTH_DATE", "NIP", "NPWP", "BANK_ACCOUNT"}
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){8,}")
_WITHOUT_ZERO = re.compile(r"8[1-9]\d{7,10}")
_LANDLINE = re.compile(r"(?<!\d)\(?0[2-9]\d{1,2}\)?[ -]{0,3}\d{6,8}(?!\d)")


def header_identifies(title: str) -> bool:
    """Tell whether a column of this title holds what identifies a person: NIK, No KK, telephone, address, a name …"""
    words = " ".join(re.findall(r"[a-z0-9]+", title.lower().replace("_", " ")))
    if field_type(title) in _TYPES or _DIRECT.search(words) or _OFFICES.search(words):
        return True
    return bool(re.search(r"\bnama\b", words)) and (bool(_PERSONS.search(words)) or not _PLACES.search(words))


def find_numbers(cells: Sequence[str]) -> dict[str, list[int]]:
    """Return which cells hold a number like a NIK (16 digits) or a telephone's: word for the kind to positions."""
    found: dict[str, list[int]] = {}
    together = "\n".join(cells)
    if not _DIGITS.search(together) and not _LANDLINE.search(together):
        return found
    for position, text in enumerate(cells):
        if kind := _kind(text):
            found.setdefault(kind, []).append(position)
    return found


def _kind(text: str) -> str | None:
    runs = _DIGITS.findall(text)
    if any(len(re.sub(r"\D", "", run)) == 16 for run in runs):
        return "NIK atau nomor KK"
    if runs and (detect_pii(text, types=["PHONE"]) or _WITHOUT_ZERO.fullmatch(text.strip())):
        return "telepon"
    return "telepon" if _LANDLINE.search(text) else None
