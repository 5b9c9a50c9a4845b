"""What can go wrong for a user, each as: where, what is wrong with the value, what to do (Indonesian)."""

import errno
from collections.abc import Iterable
from pathlib import Path


class KkbError(Exception):
    """A user's problem, told without a traceback. ``pesan`` is the whole text, one problem a line."""

    def __init__(self, pesan: str) -> None:
        super().__init__(pesan)
        self.pesan = pesan

    def __str__(self) -> str:
        return self.pesan


class FileRefused(KkbError):
    """A file that cannot be used (K01, K02): ``berkas`` and the code and text of every problem in it."""

    def __init__(self, berkas: str, masalah: tuple[tuple[str, str], ...]) -> None:
        super().__init__("\n".join(f"{berkas}: {pesan}" for _, pesan in masalah))
        self.args = (berkas, masalah)
        self.berkas = berkas
        self.masalah = masalah


class UnknownName(KkbError):
    """A year, region, report kind or parameter that does not exist; ``saran`` are the nearest that do."""

    def __init__(self, jenis: str, nama: str, tempat: str, saran: Iterable[str] = ()) -> None:
        saran = tuple(saran)
        hint = " atau ".join(f'"{s}"' for s in saran)
        super().__init__(f'{jenis} "{nama}" tidak ada di {tempat}' + (f"; maksud Anda {hint}?" if hint else ""))
        self.args = (jenis, nama, tempat, saran)
        self.jenis, self.nama, self.tempat, self.saran = jenis, nama, tempat, saran


class DatasetError(KkbError):
    """A dataset that cannot be evaluated: a bad ``dataset.toml``, nothing to read, a final year that changed."""


def is_open_in_excel(path: Path) -> bool:
    """Return whether Excel has a workbook open: then it keeps a file "~$…" beside it."""
    return path.with_name(f"~${path.name}").exists()


def of_system(error: OSError) -> str | None:
    """Return what the system refused, as a user's problem; None for an error that is none."""
    if error.errno in (errno.EACCES, errno.EPERM) and error.filename and is_open_in_excel(Path(error.filename)):
        return f"{error.filename}: sedang dibuka di Excel; tutup berkas itu, lalu ulangi"
    sebab = {
        errno.ENOSPC: "ruang disk habis; kosongkan sebagian",
        errno.EDQUOT: "jatah ruang disk habis; kosongkan sebagian",
        errno.EROFS: "hanya dapat dibaca; pakai folder lain dengan --out",
        errno.EACCES: "tidak boleh dibuka atau ditulis; tutup di program lain dan periksa izinnya",
        errno.EPERM: "tidak boleh ditulis; periksa izin folder itu",
        errno.ENOENT: "tidak ada dan tidak dapat dibuat; periksa nama folder dan cakramnya",
        errno.ENOTDIR: "bukan folder; sebut folder lain",
        errno.EEXIST: "bukan folder; sebut folder lain",
        errno.EISDIR: "adalah folder; sebut nama berkas",
        errno.ENAMETOOLONG: "namanya terlalu panjang; pakai nama yang lebih pendek",
        errno.EIO: "tidak dapat dibaca atau ditulis; periksa cakram itu",
        errno.ESTALE: "folder bersama itu terputus; periksa jaringannya",
    }.get(error.errno or 0)
    return None if sebab is None else f"{error.filename or 'folder hasil'}: {sebab}, lalu ulangi"
