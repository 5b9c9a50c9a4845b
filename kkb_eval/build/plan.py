"""The plan of a build: which reports there are, where each one goes, and a fingerprint of all that it depends on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kkb_eval import store
from kkb_eval.build import fingerprint, minutes_plan
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.report.kinds import KINDS, Jenis

NOTEBOOKS = store.ROOT / "notebooks"
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """What to build, as named by a user; empty is all. Names are compared without case, spaces and punctuation."""

    tahun: Sequence[int] = ()
    kabupaten: Sequence[str] = ()
    kecamatan: Sequence[str] = ()
    jenis: Sequence[str] = ()

    @property
    def evaluasi(self) -> Sequence[int]:
        """The years that must be evaluated for it, all where empty."""
        return () if any(KINDS[j].per == "semua tahun" for j in self.jenis if j in KINDS) else self.tahun


@dataclass(frozen=True)
class Report:
    """One page to be: what it is of (``tahun`` None: all years; ``kecamatan`` None: the whole kabupaten), from what.

    ``notebook`` is what it is made from; of a berita acara (``minutes_plan``) the meeting's file.

    ``kunci`` are those of the stored years that it may open, ``sidik`` the fingerprint of all that it depends on;
    ``halaman``, ``kerja`` and ``tambahan`` are the page, the executed notebook and the files beside the page, relative
    to the folder ``out``.
    """

    jenis: str
    tahun: int | None
    kabupaten: str
    kecamatan: str | None
    notebook: Path
    parameter: Mapping[str, Any]
    out: Path
    halaman: str
    kerja: str
    sidik: str
    kunci: Mapping[int, str]
    tambahan: tuple[str, ...] = ()


def evaluated(
    data: str | Path,
    out: str | Path,
    years: Sequence[int] = (),
    *,
    force: bool = False,
    tell: Callable[[int, Manifest], None] = lambda tahun, manifest: None,
) -> dict[int, Manifest]:
    """The manifest of every year, or of those of ``years``, evaluated first where the stored one is not current.

    UnknownName for a year that the dataset does not have, DatasetError where none of its files can be used. ``tell`` is
    called after each year.
    """
    from kkb_eval import evaluation  # the whole method: seconds
    from kkb_eval.intake.dataset import open_dataset

    known = open_dataset(store.place(data)).years()
    if unknown := sorted(set(years) - set(known)):
        tempat = f"{data} (ada: {', '.join(map(str, known))})"
        _refuse([UnknownName("tahun", str(tahun), tempat) for tahun in unknown])
    manifests: dict[int, Manifest] = {}
    for tahun in sorted(set(years) or known):
        if force:
            manifests[tahun] = evaluation.evaluate(data, tahun, out=out).manifest
        else:
            manifests[tahun] = evaluation.current_manifest(data, tahun, out=out)
        tell(tahun, manifests[tahun])
    return manifests


def plan(
    manifests: Mapping[int, Manifest], data: str | Path, out: str | Path, selection: Selection = Selection()
) -> list[Report]:
    """The reports of the selection, in the order in which they are made.

    ``manifests`` are those of every year of the dataset (or of the selected ones: then no page over all years).
    UnknownName, or a KkbError with all of them, for names that do not exist.
    """
    kinds = _kinds(selection)
    years = {tahun: m for tahun, m in sorted(manifests.items()) if not selection.tahun or tahun in selection.tahun}
    kabupaten, kecamatan = _places(years, selection)
    reports = []
    for tahun, manifest in years.items():
        for nama in sorted(kabupaten & manifest["kabupaten"].keys()):
            place = _Place(manifests, tahun, nama, str(data), str(out))
            own = manifest["kabupaten"][nama]["kecamatan"]
            wanted = [kec for kec in own if not selection.kecamatan or kec in kecamatan]
            if not wanted:
                continue
            reports += [place.report(kind) for kind in kinds if kind.per == "kabupaten"]
            if KINDS["kabupaten"] in kinds and minutes_plan.has_meeting(data, manifests, tahun, nama):
                reports.append(minutes_plan.planned(place.report(KINDS["kabupaten"]), data))
            reports += [place.report(kind, kec) for kind in kinds if kind.per == "kecamatan" for kec in wanted]
    if over_all := [kind for kind in kinds if kind.per == "semua tahun"]:
        last = max(manifests)
        for nama in sorted(kabupaten & manifests[last]["kabupaten"].keys()):
            place = _Place(manifests, last, nama, str(data), str(out))
            reports += [place.report(kind) for kind in over_all]
    return reports


def _kinds(selection: Selection) -> list[Jenis]:
    """The kinds of the selection; without one those whose notebook exists, of all years only when no year is named."""
    from kkb_eval.intake.regions import suggest

    there = {name: kind for name, kind in KINDS.items() if (NOTEBOOKS / kind.notebook).exists()}
    daftar = f"daftar jenis laporan ({', '.join(there)})"
    wrong: list[KkbError] = []
    for name in selection.jenis:
        if name not in KINDS:
            wrong.append(UnknownName("jenis", name, daftar, suggest(name, there, limit=1)))
        elif name not in there:
            hint = f"pilih {', '.join(there)}" if there else "lengkapi folder notebooks"
            wrong.append(KkbError(f"jenis {name}: {NOTEBOOKS / KINDS[name].notebook} tidak ada; {hint}"))
    _refuse(wrong)
    if selection.jenis:
        return [kind for name, kind in KINDS.items() if name in selection.jenis]
    if selection.kecamatan:
        return [kind for kind in there.values() if kind.per == "kecamatan"]
    return [kind for kind in there.values() if not (selection.tahun and kind.per == "semua tahun")]


def _places(years: Mapping[int, Manifest], selection: Selection) -> tuple[set[str], set[str]]:
    """The kabupaten and the kecamatan that the selection names, as they are spelled in the evaluations."""
    from kkb_eval.intake.regions import compact, compact_kabupaten

    regions = [(nama, isi["kecamatan"]) for manifest in years.values() for nama, isi in manifest["kabupaten"].items()]
    when = ", ".join(map(str, years))
    kabupaten, wrong = _named(
        "kabupaten", selection.kabupaten, {nama for nama, _ in regions}, f"data {when}", compact_kabupaten
    )
    where = f"{next(iter(kabupaten))} {when}" if len(kabupaten) == 1 else f"data {when}"
    choices = {kec for nama, own in regions if nama in kabupaten for kec in own}
    kecamatan, unknown = _named("kecamatan", selection.kecamatan, choices, where, compact)
    _refuse([*wrong, *(unknown if not wrong else [])])
    return kabupaten, kecamatan


def _named(
    jenis: str, names: Sequence[str], choices: set[str], tempat: str, shape: Callable[[str], str]
) -> tuple[set[str], list[KkbError]]:
    """The choices that are meant (all, without names) and an error for every name that is none of them."""
    from kkb_eval.intake.regions import suggest

    found = {nama: {choice for choice in choices if shape(choice) == shape(nama)} for nama in names}
    wrong: list[KkbError] = [
        UnknownName(jenis, nama, tempat, suggest(nama, choices)) for nama, meant in found.items() if not meant
    ]
    return set().union(*found.values()) if names else choices, wrong


def _refuse(errors: Iterable[KkbError]) -> None:
    """Raise the errors, all at once."""
    errors = list(errors)
    if len(errors) > 1:
        raise KkbError("\n".join(e.pesan for e in errors))
    if errors:
        raise errors[0]


@dataclass(frozen=True)
class _Place:
    """A kabupaten in a year, and what makes its reports."""

    manifests: Mapping[int, Manifest]
    tahun: int
    kabupaten: str
    data: str
    out: str

    def report(self, kind: Jenis, kecamatan: str | None = None) -> Report:
        isi = self.manifests[self.tahun]["kabupaten"][self.kabupaten]
        parameter: dict[str, Any] = {"kabupaten": self.kabupaten, "data": self.data, "out": self.out}
        if over_all := kind.per == "semua tahun":
            years, folder = sorted(self.manifests), f"laporan/{isi['slug']}"
        else:
            parameter["year"] = self.tahun
            before = self.manifests[self.tahun]["tahun_sebelumnya"]
            years, folder = [y for y in (before, self.tahun) if y is not None], f"laporan/{isi['slug']}/{self.tahun}"
        name = slug = kind.nama
        if kecamatan is not None:
            parameter["kecamatan"] = kecamatan
            slug = isi["kecamatan"][kecamatan]
            name = f"{kind.nama}/{slug}"
        return Report(
            jenis=kind.nama,
            tahun=None if over_all else self.tahun,
            kabupaten=self.kabupaten,
            kecamatan=kecamatan,
            notebook=NOTEBOOKS / kind.notebook,
            parameter=parameter,
            out=store.place(self.out),
            halaman=f"{folder}/{name}.html",
            kerja=f"kerja/{self.tahun}/notebooks/{isi['slug']}/{name.replace('/', '-')}.ipynb",
            sidik=fingerprint.page(NOTEBOOKS / kind.notebook, parameter, [self._seen(year) for year in years]),
            kunci={tahun: manifest["kunci"] for tahun, manifest in self.manifests.items()},
            tambahan=(f"{folder}/{kind.tambahan.format(slug=slug)}",) if kind.tambahan else (),
        )

    def _seen(self, tahun: int) -> dict[str, Any]:
        """What a page may show of a year's manifest: not counts, keys, hashes of files and the other kabupaten."""
        manifest = self.manifests.get(tahun) or store.read_manifest(store.folder(self.out, tahun)) or {}
        own = {k: v for k, v in manifest.items() if k not in {"kunci", "jumlah", "kabupaten"}}
        masukan = [{k: v for k, v in row.items() if k != "sha256"} for row in manifest.get("masukan", ())]
        return own | {"masukan": masukan, "isi": manifest.get("kabupaten", {}).get(self.kabupaten)}
