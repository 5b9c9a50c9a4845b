"""What a build says on the screen: a progress bar in a terminal, plain lines elsewhere; the outcome at the end."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kkb_eval.current import Result
from kkb_eval.manifest import Manifest, Manifests

if TYPE_CHECKING:
    from kkb_eval.build.pack import Pack

SLOWEST = 5
"""Reports that the end of a build names as the slowest."""
SHOWN = 20
"""Files that someone has changed that are named."""
Follow = Callable[[int, int, Result | None], None]


@contextlib.contextmanager
def progress(console: Console | None = None) -> Iterator[Follow]:
    """What ``batch.build`` calls after each page."""
    console = console or Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        begun: list[float] = []

        def line(done: int, total: int, result: Result | None) -> None:
            if result is None:
                return
            begun.append(time.monotonic())
            console.print(_line(done, total, result, begun[-1] - begun[0]), markup=False, emoji=False)

        yield line
        return
    sisa = (TextColumn("sisa"), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), *sisa)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("menyiapkan", total=None)

        def follow(done: int, total: int, result: Result | None) -> None:
            name = result.kecamatan or result.jenis if result else "laporan"
            bar.update(task, completed=done, total=total, description=name)

        yield follow


def _line(done: int, total: int, result: Result, seconds: float) -> str:
    """What is told of the report that is ``done``, ``seconds`` after the first one: the start of workers is over."""
    left = f", sisa ± {_duration(seconds / (done - 1) * (total - done))}" if 1 < done < total else ""
    return f"{done}/{total} {result.halaman}: {result.status}, {_decimal(result.detik)} detik{left}"


def _duration(seconds: float) -> str:
    """About how long, in words: a build of a nation takes an hour, one of a kecamatan seconds."""
    return f"{seconds:.0f} detik" if seconds < 90 else f"{seconds / 60:.0f} menit"


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def tell_wait(holder: str) -> None:
    """Tell that another build is waited for, and which."""
    typer.echo(f"Menunggu kkb-eval lain yang memakai folder hasil ini{f' ({holder})' if holder else ''} …")


def tell_year(manifest: Manifest) -> None:
    """Tell that a year is evaluated."""
    typer.echo(f"Evaluasi {manifest.tahun}: {manifest.jumlah['kampung']} Kampung KB")


def tell_refused(manifests: Manifests) -> bool:
    """Tell every refused file once; whether there was one."""
    problems = [f"{isi.berkas}: {pesan}" for m in manifests.values() for isi in m.ditolak for _, pesan in isi.masalah]
    for problem in dict.fromkeys(problems):
        typer.echo(problem, err=True)
    return bool(problems)


def tell_results(results: Sequence[Result], seconds: float, index: Path, *, changed: bool = False) -> bool:
    """Tell how many pages there are now, and each that failed with its cell and error; whether one did.

    ``changed``: the data have changed meanwhile. The last line is the path of the index.
    """
    failed = [r for r in results if r.status == "gagal"]
    for r in failed:
        typer.echo(f"{r.halaman}: gagal, {', '.join(filter(None, (r.sel, r.galat)))}", err=True)
    tell_kept([name for r in results for name in r.terisi])
    counts = {status: sum(r.status == status for r in results) for status in ("dibuat", "tetap", "gagal")}
    words = ", ".join(f"{n} {status}" for status, n in counts.items() if n)
    _tell_slowest([r for r in results if r.status != "tetap"])
    if counts["tetap"] == len(results):
        typer.echo(f"Tidak ada yang berubah: {counts['tetap']} laporan tetap.")
    else:
        typer.echo(f"{len(results)} laporan: {words}, dalam {seconds:.0f} detik.")
    if changed:
        again = "laporan ini dari data sebelumnya; jalankan kkb-eval build lagi"
        typer.echo(f"Data berubah selagi laporan dibuat: {again}.")
    typer.echo(shown(index))
    return bool(failed)


def tell_kept(terisi: Sequence[str]) -> None:
    """Tell which files that people may write in are not as they were made, and so are kept."""
    if terisi:
        more = f" dan {len(terisi) - SHOWN} lainnya" if len(terisi) > SHOWN else ""
        hint = "pindahkan atau ganti namanya bila Anda menginginkan yang baru"
        typer.echo(f"Sudah diisi atau diubah orang, jadi tidak ditimpa ({hint}): {', '.join(terisi[:SHOWN])}{more}")


def tell_aside(moved: Mapping[str, str]) -> None:
    """Tell which pages are no longer in the data, and where they are now."""
    for before, now in moved.items():
        typer.echo(f"{before}: tidak ada lagi di data, dipindahkan ke {now}")


def _tell_slowest(made: Sequence[Result]) -> None:
    """The reports that took longest, when there are many: where a build can be made faster."""
    if len(made) > 2 * SLOWEST:
        typer.echo("Paling lama:")
        for r in sorted(made, key=lambda r: -r.detik)[:SLOWEST]:
            memory = f", {r.mb} MB" if r.mb else ""
            typer.echo(f"  {_decimal(r.detik)} detik{memory}  {r.halaman}")


def tell_print(halaman: str) -> None:
    """Tell that a page is printed."""
    typer.echo(f"{halaman}: dicetak sebagai PDF …")


def tell_packed(path: Path, packed: "Pack") -> bool:
    """Tell how much a zip holds, and what was left out with the reason; whether something was."""
    for nama, sebab in packed.dilewati:
        typer.echo(f"{nama}: tidak disertakan, {sebab}", err=True)
    if packed.terisi:
        nama = ", ".join(packed.terisi)
        typer.echo(f"Sudah diisi orang, jadi tidak disertakan (kirim sendiri sesudah diperiksa): {nama}")
    besar = f"{max(path.stat().st_size // 1000, 1):,}".replace(",", ".")
    typer.echo(f"{shown(path)} ditulis: {len(packed.berkas)} berkas dan manifest.json, {besar} kB")
    return bool(packed.dilewati)


def shown(path: Path) -> str:
    """A path as short as it can be used from here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
