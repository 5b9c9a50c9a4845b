"""Manifests of stored years that say what a test needs, and something plain of all else."""

from pathlib import Path
from typing import Any

from kkb_eval import store
from kkb_eval.manifest import FILE, Manifest, as_json

_PARAMETERS = {"tahun": 2023, "k": None, "bobot": {}, "ulangan": 500, "benih": 1, "kunjungan": 10}
_PLAIN: dict[str, Any] = {
    "kunci": "k",
    "judul": "Uji",
    "penyusun": "",
    "sintetis": False,
    "tahun": 2023,
    "tahun_data": [2022, 2023],
    "tahun_sebelumnya": 2022,
    "final": False,
    "aturan": "2022",
    "versi": "0",
    "snapshot_rekap": "2023-06-16",
    "snapshot_klasifikasi": "2023-06-16",
    "masukan": [],
    "ditolak": [],
    "jumlah": {"kampung": 3},
    "kabupaten": {"Lebak": {"slug": "lebak", "sidik": "0", "kecamatan": {"Maja": "maja", "Sajira": "sajira"}}},
}


def manifest(**fields: Any) -> Manifest:
    """The manifest of a year of Lebak, 2023 where nothing else is said."""
    parameter = _PARAMETERS | fields.pop("parameter", {})
    return Manifest(**_PLAIN | fields, parameter=parameter)


def store_manifest(out: Path, said: Manifest) -> Path:
    """Write a manifest where the stored year has it, and return that folder."""
    where = store.folder(out, said.tahun)
    where.mkdir(parents=True, exist_ok=True)
    (where / FILE).write_text(as_json(said), "utf-8")
    return where
