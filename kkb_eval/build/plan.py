"""The plan of a build: which reports there are, where each one goes, and a fingerprint of all that it depends on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kkb_eval import current, manifest, store
from kkb_eval.build import minutes_plan
from kkb_eval.current import Result
from kkb_eval.errors import KkbError, UnknownName
from kkb_eval.manifest import Kabupaten, Manifest
from kkb_eval.report import kinds
from kkb_eval.report.kinds import Kind


@dataclass(frozen=True)
class Selection:
    """What to build, as named by a user; empty is all. Names are compared without case, spaces and punctuation.

    ``notebooks`` is a folder with kinds of an office's own, "" for none.
    """

    tahun: Sequence[int] = ()
    kabupaten: Sequence[str] = ()
    kecamatan: Sequence[str] = ()
    jenis: Sequence[str] = ()
    notebooks: str = ""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds that there are to choose from, by name."""
        return kinds.known(self.notebooks or None)

    @property
    def evaluasi(self) -> Sequence[int]:
        """The years that must be evaluated for it, all where empty."""
        known = self.kinds
        return () if any(known[j].per == "semua tahun" for j in self.jenis if j in known) else self.tahun


@dataclass(frozen=True)
class Report:
    """One page or document to be: what it is of (``tahun`` None: all years; ``kecamatan`` None: the kabupaten).

    ``notebook`` is what a page is made from; None for a document, which has a maker (``makers``). ``kunci`` are those
    of the stored years that it may open, ``sidik`` is the fingerprint of all that it depends on, ``angka`` the hash of
    the kabupaten's numbers by year, ``nama`` what the index calls its kind. ``halaman``, ``kerja`` and ``tambahan`` are
    the page, the executed notebook and the files beside the page, relative to the folder ``out``; ``dibuat`` are the
    hashes of the files that people may write in, as a build made them before.
    """

    jenis: str
    tahun: int | None
    kabupaten: str
    kecamatan: str | None
    notebook: Path | None
    parameter: Mapping[str, Any]
    out: Path
    halaman: str
    kerja: str
    sidik: str
    kunci: Mapping[int, str]
    nama: str = ""
    angka: Mapping[str, str] = field(default_factory=dict)
    tambahan: tuple[str, ...] = ()
    dibuat: Mapping[str, str] = field(default_factory=dict)

    @property
    def tahun_dibaca(self) -> list[int]:
        """The years whose numbers it shows."""
        return [int(tahun) for tahun in self.angka]

    @property
    def held(self) -> tuple[str, ...]:
        """The files that people may write in: those beside the page, or the document itself."""
        return (() if self.notebook else (self.halaman,)) + self.tambahan


def evaluated(
    data: str | Path,
    out: str | Path,
    years: Sequence[int] = (),
    *,
    force: bool = False,
    inputs: current.Inputs | None = None,
    tell: Callable[[Manifest], None] = lambda manifest: None,
) -> dict[int, Manifest]:
    """Return the manifest of every year, or of those of ``years``, evaluated first where the stored one is not current.

    UnknownName for a year that the dataset does not have, DatasetError where none of its files can be used. ``tell`` is
    called after each year; ``inputs`` are the dataset's files, where they are already hashed.
    """
    from kkb_eval.evaluator import Evaluator  # the whole method: seconds

    evaluator = Evaluator(data, out, inputs)
    check_years(years, evaluator.years, data)
    manifests: dict[int, Manifest] = {}
    for tahun in sorted(set(years) or evaluator.years):
        manifests[tahun] = evaluator.evaluate(tahun) if force else evaluator.manifest(tahun)
        tell(manifests[tahun])
    return manifests


def outlined(data: str | Path, out: str | Path, years: Sequence[int] = ()) -> dict[int, Manifest]:
    """Return the manifests of ``evaluated`` without computing or storing anything.

    That of a year whose stored evaluation is not current says what is in the data, with ``kunci`` "". Errors as there.
    """
    from kkb_eval.evaluator import Evaluator

    evaluator = Evaluator(data, out)
    check_years(years, evaluator.years, data)
    return {year: evaluator.stored(year) or evaluator.outline(year) for year in sorted(set(years) or evaluator.years)}


def outlook(report: Report, status: current.Status) -> str:
    """Return what a build would do with a report, in words; its ``manifests`` are those of ``outlined``."""
    if all(report.kunci.get(year, "?") for year in report.tahun_dibaca):
        return "tetap" if status.current(report.halaman, report.sidik) else "akan dibuat"
    return "dibuat ulang bila angkanya berubah" if report.halaman in status.pages else "akan dibuat"


def check_years(years: Iterable[int], known: Sequence[int], data: str | Path) -> None:
    """Refuse years that the dataset does not have (UnknownName, or a KkbError with all of them)."""
    tempat = f"{data} (ada: {', '.join(map(str, known))})"
    _refuse([UnknownName("tahun", str(tahun), tempat) for tahun in sorted(set(years) - set(known))])


def plan(
    manifests: Mapping[int, Manifest], data: str | Path, out: str | Path, selection: Selection = Selection()
) -> list[Report]:
    """Return the reports of the selection, in the order in which they are made.

    ``manifests`` are those of every year of the dataset (or of the selected ones: then no page over all years).
    UnknownName, or a KkbError with all of them, for names that do not exist.
    """
    chosen = _kinds(selection)
    years = {tahun: m for tahun, m in sorted(manifests.items()) if not selection.tahun or tahun in selection.tahun}
    kabupaten, kecamatan = _places(years, selection)
    reports = []
    for tahun, of_year in years.items():
        for nama in sorted(kabupaten & of_year.kabupaten.keys()):
            place = _Place(manifests, tahun, nama, str(data), str(out))
            wanted = [kec for kec in place.isi.kecamatan if not selection.kecamatan or kec in kecamatan]
            for kind in chosen if wanted else ():
                if kind.per == "kecamatan":
                    reports += [place.report(kind, kec) for kec in wanted]
                elif kind.per == "kabupaten" and place.has(kind):
                    reports.append(place.report(kind))
    if over_all := [kind for kind in chosen if kind.per == "semua tahun"]:
        last = max(manifests)
        for nama in sorted(kabupaten & manifests[last].kabupaten.keys()):
            place = _Place(manifests, last, nama, str(data), str(out))
            reports += [place.report(kind) for kind in over_all]
    return reports


def gone(
    pages: Iterable[Result], manifests: Mapping[int, Manifest], data: str | Path, out: str | Path, selection: Selection
) -> list[Result]:
    """Return the pages of years and places that the data no longer have, and those that would now lie elsewhere.

    ``manifests`` are those that the build has evaluated; of other years of the dataset nothing is judged. None while a
    file is refused, which may hold what seems to be gone.
    """
    if any(of_year.ditolak for of_year in manifests.values()):
        return []
    known = {tahun for of_year in manifests.values() for tahun in of_year.tahun_data}
    whole = known <= manifests.keys()
    planned = {report.halaman for report in plan(manifests, data, out, Selection(notebooks=selection.notebooks))}

    def is_gone(page: Result) -> bool:
        if page.tahun is None:
            places = manifests[max(known)].kabupaten if whole else {page.kabupaten: None}
            return page.kabupaten not in places or (
                whole and page.jenis in selection.kinds and page.halaman not in planned
            )
        if page.tahun not in known:
            return True
        if page.tahun not in manifests:
            return False
        isi = manifests[page.tahun].kabupaten.get(page.kabupaten)
        there = isi is not None and (page.kecamatan is None or page.kecamatan in isi.kecamatan)
        return not there or (page.jenis in selection.kinds and page.halaman not in planned)

    return [page for page in pages if is_gone(page)]


def stored_gone(manifests: Mapping[int, Manifest], out: str | Path) -> list[Path]:
    """Return the folders of stored years that the data no longer have; none while a file is refused."""
    if any(of_year.ditolak for of_year in manifests.values()):
        return []
    known = {str(tahun) for of_year in manifests.values() for tahun in of_year.tahun_data}
    folders = sorted(store.place(out).glob("kerja/[0-9][0-9][0-9][0-9]*"))
    return [folder for folder in folders if folder.is_dir() and folder.name[:4] not in known]


def _kinds(selection: Selection) -> list[Kind]:
    """The kinds of the selection; without one all, those of all years only when no year is named."""
    from kkb_eval.intake.regions import suggest

    there = selection.kinds
    daftar = f"daftar jenis laporan ({', '.join(there)})"
    _refuse(
        UnknownName("jenis", name, daftar, suggest(name, there, limit=1))
        for name in selection.jenis
        if name not in there
    )
    if selection.jenis:
        return [kind for name, kind in there.items() if name in selection.jenis]
    if selection.kecamatan:
        return [kind for kind in there.values() if kind.per == "kecamatan"]
    return [kind for kind in there.values() if not (selection.tahun and kind.per == "semua tahun")]


def _places(years: Mapping[int, Manifest], selection: Selection) -> tuple[set[str], set[str]]:
    """The kabupaten and the kecamatan that the selection names, as they are spelled in the evaluations."""
    from kkb_eval.intake.regions import compact, compact_kabupaten

    regions = [(nama, isi.kecamatan) for of_year in years.values() for nama, isi in of_year.kabupaten.items()]
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

    @property
    def isi(self) -> Kabupaten:
        """What the year's manifest says of it."""
        return self.manifests[self.tahun].kabupaten[self.kabupaten]

    def has(self, kind: Kind) -> bool:
        """Return whether there is anything to make a report of this kind from."""
        return kind.notebook is not None or minutes_plan.has_meeting(
            self.data, self.tahun, self.kabupaten, {tahun: list(m.kabupaten) for tahun, m in self.manifests.items()}
        )

    def report(self, kind: Kind, kecamatan: str | None = None) -> Report:
        """Return the report of a kind, of the kabupaten or one of its kecamatan."""
        isi, parameter = self.isi, {"kabupaten": self.kabupaten, "data": self.data, "out": self.out}
        over_all = kind.per == "semua tahun"
        folder = f"laporan/{isi.slug}" if over_all else f"laporan/{isi.slug}/{self.tahun}"
        before = self.manifests[self.tahun].tahun_sebelumnya
        years = sorted(self.manifests) if over_all else [y for y in (before, self.tahun) if y is not None]
        seen = {year: found for year in years if (found := self._stored(year))}
        slug = isi.kecamatan[kecamatan] if kecamatan is not None else kind.jenis
        name = kind.jenis if kecamatan is None else f"{kind.jenis}/{slug}"
        named = parameter | ({} if over_all else {"year": self.tahun}) | ({"kecamatan": kecamatan} if kecamatan else {})
        source = [kind.notebook] if kind.notebook else minutes_plan.sources(self.data)
        return Report(
            jenis=kind.jenis,
            tahun=None if over_all else self.tahun,
            kabupaten=self.kabupaten,
            kecamatan=kecamatan,
            notebook=kind.notebook,
            parameter=named,
            out=store.place(self.out),
            halaman=f"{folder}/{name}.{'html' if kind.notebook else 'docx'}",
            kerja=f"kerja/{self.tahun}/notebooks/{isi.slug}/{name.replace('/', '-')}.ipynb",
            sidik=current.fingerprint(source, named, [self._shown(found) for found in seen.values()]),
            kunci={tahun: of_year.kunci for tahun, of_year in self.manifests.items()},
            nama=kind.di_indeks,
            angka={str(year): found.kabupaten[self.kabupaten].sidik for year, found in seen.items()
                   if self.kabupaten in found.kabupaten},
            tambahan=(f"{folder}/{kind.berkas.format(slug=slug)}",) if kind.berkas else (),
        )  # fmt: skip

    def _stored(self, tahun: int) -> Manifest | None:
        """The manifest of a year; of the year before also where it is not one of the selected."""
        return self.manifests.get(tahun) or manifest.read(store.folder(self.out, tahun))

    def _shown(self, of_year: Manifest) -> dict[str, Any]:
        """What a page may show of a year's manifest: not counts, keys, hashes of files and the other kabupaten."""
        hidden: Any = dict.fromkeys(("kunci", "jumlah", "kabupaten", "tahun_data"), True)
        hidden["masukan"] = {"__all__": {"sha256"}}
        isi = of_year.kabupaten.get(self.kabupaten)
        return of_year.model_dump(mode="json", exclude=hidden) | {"isi": isi and isi.model_dump()}
