"""The command line ``kkb-eval``: reads arguments, prints, returns a status; what does the work is imported late."""

import io
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from typer.exceptions import TyperException

from kkb_eval.commands import options
from kkb_eval.commands.options import Data, Jenis, Jobs, Kabupaten, Kecamatan, Notebooks, Out, Scheduler, Years
from kkb_eval.errors import KkbError, UnknownName, of_system
from kkb_eval.report import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kkb_eval.build.plan import Report, Selection
    from kkb_eval.current import Status
    from kkb_eval.manifest import Manifests

INTERRUPTED = 130
"""The status after Ctrl-C."""
F = TypeVar("F", bound="Callable[..., None]")

app = typer.Typer(
    help="Evaluasi Kampung KB dari ekspor portal: periksa, hitung, buat laporan.",
    cls=options.Group,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    subcommand_metavar="PERINTAH [PILIHAN]…",
    options_metavar="",
)


def command(name: str) -> "Callable[[F], F]":
    """A command of ``app`` with help in Indonesian."""
    return app.command(name, cls=options.Command, options_metavar="[PILIHAN]…")


@command("check")
def check(
    data: Data = "data/contoh",
    year: Years = None,
    rinci: Annotated[bool, typer.Option("--rinci", help="Sebut semua catatan satu per satu.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Tulis semua catatan ke buku kerja ini.", metavar="FILE.xlsx", show_default=False),
    ] = None,
) -> None:
    """Periksa mutu data setiap ekspor: apa yang salah, di mana, dan apa yang pertama dikerjakan."""
    from kkb_eval.commands import check, note

    if out is not None:
        options.check_apart(data, str(out))
    found = check.findings(data, year or ())
    for line in note.all_lines(data, found) if rinci else note.lines(data, found):
        typer.echo(line)
    if out is not None:
        from kkb_eval.documents import findings_book

        findings_book.write(out, found, sample=check.is_sample(data))
        typer.echo(f"{out} ditulis: {len(found)} catatan")
    if found["tingkat"].eq("salah").any():
        raise typer.Exit(1)


@command("evaluate")
def evaluate(
    data: Data = "data/contoh",
    out: Out = "outputs",
    year: Years = None,
    force: Annotated[bool, typer.Option("--force", help="Hitung ulang walaupun tidak ada yang berubah.")] = False,
) -> None:
    """Hitung evaluasi dan simpan tabelnya, tanpa membuat laporan."""
    from kkb_eval import current
    from kkb_eval.build import plan
    from kkb_eval.commands import terminal

    options.check_apart(data, out)
    with current.alone(out, terminal.tell_wait):
        manifests = plan.evaluated(data, out, year or (), force=force, tell=terminal.tell_year)
    if terminal.tell_refused(manifests):
        raise typer.Exit(1)


@command("list")
def list_reports(
    data: Data = "data/contoh",
    out: Out = "outputs",
    year: Years = None,
    kabupaten: Kabupaten = None,
    kecamatan: Kecamatan = None,
    jenis: Jenis = None,
    notebooks: Notebooks = None,
) -> None:
    """Sebut laporan yang akan dibuat oleh build; tidak ada yang dihitung atau disimpan."""
    from kkb_eval import store
    from kkb_eval.build import plan
    from kkb_eval.current import Status

    selection = _selection(year, kabupaten, kecamatan, jenis, notebooks)
    options.check_apart(data, out)
    reports = plan.plan(plan.outlined(data, out, selection.evaluasi), data, out, selection)
    _some(reports)
    status = Status(store.place(out))
    for report in reports:
        typer.echo(f"{report.halaman} ({plan.outlook(report, status)})")


@command("build")
def build(
    data: Data = "data/contoh",
    out: Out = "outputs",
    year: Years = None,
    kabupaten: Kabupaten = None,
    kecamatan: Kecamatan = None,
    jenis: Jenis = None,
    notebooks: Notebooks = None,
    jobs: Jobs = None,
    force: Annotated[bool, typer.Option("--force", help="Buat ulang semua halaman yang dipilih.")] = False,
    scheduler: Scheduler = None,
) -> None:
    """Buat laporan yang belum ada atau yang datanya berubah, lalu daftar laporan (index.html)."""
    from kkb_eval import current, store
    from kkb_eval.build import plan, run
    from kkb_eval.commands import terminal

    selection = _selection(year, kabupaten, kecamatan, jenis, notebooks)
    options.check_apart(data, out)
    begin, inputs = time.monotonic(), current.Inputs(store.place(data))
    made_from = [kind.notebook for kind in selection.kinds.values() if kind.notebook]

    def started() -> str:
        return current.start(inputs, out, made_from, asdict(selection))

    with current.alone(out, terminal.tell_wait):
        status = current.Status(store.place(out))
        if not force and (same := status.unchanged(started())):
            terminal.tell_results(same, 0, status.front)
            return
        manifests = plan.evaluated(data, out, selection.evaluasi, inputs=inputs, tell=terminal.tell_year)
        before, reports = started(), plan.plan(manifests, data, out, selection)
        _some(reports)
        _set_aside(status, manifests, data, out, selection)
        with terminal.progress() as follow:
            results = run.build(
                reports, out, status=status, jobs=jobs, force=force, scheduler=scheduler, progress=follow
            )
        status.seen(inputs)
        failed = terminal.tell_results(results, time.monotonic() - begin, status.front, changed=inputs.changed)
        if terminal.tell_refused(manifests) or failed:
            raise typer.Exit(1)
        if not inputs.changed:
            status.remember(before, results)


@command("pack")
def pack(
    berkas: Annotated[Path, typer.Argument(help="Berkas zip yang akan ditulis.", metavar="FILE.zip")],
    out: Out = "outputs",
    kabupaten: Kabupaten = None,
    year: Years = None,
    publik: Annotated[
        bool, typer.Option("--publik", help="Angka kecamatan dan kabupaten saja, tanpa jumlah kecil.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Sertakan halaman utama sebagai PDF (perlu Chromium).")] = False,
) -> None:
    """Kemas laporan yang sudah dibuat ke satu berkas zip untuk dikirim."""
    from kkb_eval import current, store
    from kkb_eval.build.pack import write_pack
    from kkb_eval.commands import terminal

    folder = store.place(out)
    if not (folder / "kerja").is_dir():
        raise KkbError(f"{folder}: bukan folder hasil kkb-eval; jalankan kkb-eval build lebih dulu")
    with current.alone(out, terminal.tell_wait):
        packed = write_pack(
            berkas, folder, kabupaten or (), year or (), publik=publik, pdf=pdf, tell=terminal.tell_print
        )
    if terminal.tell_packed(berkas, packed):
        raise typer.Exit(1)


@command("template")
def template(
    berkas: Annotated[Path, typer.Argument(help="Buku kerja yang akan ditulis.", metavar="FILE.xlsx")],
) -> None:
    """Tulis buku kerja isian untuk kantor yang tidak punya ekspor portal."""
    from kkb_eval.documents import entry_form

    entry_form.write_template(berkas)
    typer.echo(f"{berkas} ditulis; isi lembar Worksheet")


@command("init")
def init(
    folder: Annotated[Path, typer.Argument(help="Folder dataset.", metavar="FOLDER")],
    tabel: Annotated[
        list[str] | None,
        typer.Argument(help="Tabel pendamping yang perlu; tanpa ini semuanya.", metavar="[TABEL]…", show_default=False),
    ] = None,
) -> None:
    """Siapkan folder dataset: dataset.toml, foldernya, dan tabel pendamping untuk diisi."""
    from kkb_eval.commands import init

    for line in init.start(folder, tabel or ()):
        typer.echo(line)


@command("typology")
def typology(
    rekap: Annotated[
        list[Path], typer.Option(help="Ekspor rekap nasional; boleh diulang.", metavar="FILE", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="Tabel yang akan ditulis.", metavar="FILE.csv", show_default=False)],
) -> None:
    """Buat tipologi acuan dari ekspor rekap nasional, dengan putusan tentang tipe acuan yang dipakai sekarang."""
    from kkb_eval.commands import typology

    fitted = typology.fit_typology(rekap)
    for line in typology.told(fitted):
        typer.echo(line)
    typology.write_typology(fitted.types, out)
    typer.echo(f"{out} ditulis")


@command("noise")
def noise(
    rekap: Annotated[
        list[Path],
        typer.Option(help="Ekspor rekap nasional dari dua hari; diulang.", metavar="FILE", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="Tabel yang akan ditulis.", metavar="FILE.csv", show_default=False)],
) -> None:
    """Ukur seberapa besar angka berubah bila formulir diisi ulang, dari dua ekspor rekap nasional."""
    from kkb_eval.commands import noise

    noise.write_noise(noise.fit_noise(rekap), out)
    typer.echo(f"{out} ditulis")


def _selection(
    year: list[int] | None,
    kabupaten: list[str] | None,
    kecamatan: list[str] | None,
    jenis: list[str] | None,
    notebooks: str | None,
) -> "Selection":
    from kkb_eval.build.plan import Selection

    known = kinds.known(notebooks)
    if kecamatan and jenis and all(nama in known and known[nama].per != "kecamatan" for nama in jenis):
        told = "--kecamatan memilih halaman kecamatan saja, yang tidak termasuk --jenis itu; hapus salah satunya"
        raise KkbError(told)
    return Selection(year or (), kabupaten or (), kecamatan or (), jenis or (), notebooks or "")


def _some(reports: "Sequence[Report]") -> None:
    if not reports:
        raise KkbError("tidak ada laporan yang cocok; longgarkan --year, --kabupaten, --kecamatan atau --jenis")


def _set_aside(status: "Status", manifests: "Manifests", data: str, out: str, selection: "Selection") -> None:
    """Set aside the pages and stored years of what is no longer in the data."""
    from kkb_eval.build import plan
    from kkb_eval.commands import terminal

    gone = plan.gone(status.pages.values(), manifests, data, out, selection)
    moved = status.set_aside(gone, plan.stored_gone(manifests, out))
    terminal.tell_aside(moved)
    if moved:
        status.save()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its status: 0, 1 (something is not as it should be) or 2 (wrong use).

    A user's problem is told on stderr without a traceback; a bug keeps its traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a character is no reason to stop
    try:
        status = int(app(args=arguments, prog_name="kkb-eval", standalone_mode=False) or 0)
    except TyperException as error:
        typer.echo(options.explain(error), err=True)
        return error.exit_code
    except KkbError as error:
        typer.echo(str(error), err=True)
        return 2 if isinstance(error, UnknownName) and error.jenis == "jenis" else 1
    except OSError as error:
        if (problem := of_system(error)) is None:
            raise
        typer.echo(problem, err=True)
        return 1
    if status == INTERRUPTED:
        typer.echo("Dihentikan; jalankan lagi untuk meneruskan.", err=True)
    return status
