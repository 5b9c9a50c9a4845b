"""An analyst's choice of types, written into the ``dataset.toml`` of a dataset folder."""

from collections.abc import Mapping
from pathlib import Path

from kkb_eval.errors import DatasetError
from kkb_eval.intake import files
from kkb_eval.intake.dataset import open_dataset
from kkb_eval.intake.settings import Tipologi, with_tipologi


def write_choice(folder: Path, k: int | None, bobot: Mapping[str, float], *, sintetis: bool = False) -> Path:
    """Write an analyst's number of types and weights into the dataset's ``dataset.toml``; the path written.

    The next evaluation uses them. DatasetError, and nothing is written, where the file may not be changed, and for a
    synthetic dataset unless ``sintetis``.
    """
    path = files.named(folder, files.SETTINGS)
    if open_dataset(folder).config.sintetis and not sintetis:
        raise DatasetError(f"{path}: ini data contoh, tidak diubah; pakai dataset sendiri, atau izinkan di meja kerja")
    raw = path.read_bytes() if path.exists() else b""
    new = with_tipologi(raw, Tipologi(k, {nama: nilai for nama, nilai in bobot.items() if nilai != 1}))
    # the mode is asked, not the attempt: an administrator could write a file that is meant to stay
    if path.exists() and not path.stat().st_mode & 0o222:
        raise DatasetError(f"{path}: hanya dapat dibaca; izinkan penulisan berkas itu, lalu ulangi")
    try:
        path.write_bytes(new)
    except OSError as error:
        raise DatasetError(f"{path}: tidak dapat ditulis; periksa izin dan ruang disk folder itu") from error
    return path
