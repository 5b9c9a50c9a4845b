"""The options that commands share, and the words of typer in Indonesian: its help, what it says of a wrong use."""

import re
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from kkb_eval import store
from kkb_eval.errors import KkbError
from kkb_eval.intake import files
from kkb_eval.report import kinds

_MESSAGES = (
    (r"Got unexpected extra argument\(s\) \((.*)\)", "argumen berlebih: {}"),
    (r"Option '(.*)' requires an argument\.", "pilihan {} perlu nilai"),
    (r"Option '(.*)' does not take a value\.", "pilihan {} tidak memakai nilai"),
    (r"No such command '(.*?)'.*Did you mean '(.*)'\?", 'perintah "{}" tidak ada; maksud Anda {}?'),
    (r"No such command '(.*)'\.", 'perintah "{}" tidak ada'),
)
"""What the parser says of a wrong use, and the same in Indonesian."""


def a_year(text: str) -> int:
    """A year of four digits; ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise ValueError(f'"{text}" bukan tahun; tulis misalnya 2018')
    return int(text)


def a_number(text: str) -> int:
    """A whole number above 0; ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ValueError(f'"{text}" bukan bilangan bulat di atas nol')
    return int(text)


def a_folder(text: str) -> str:
    """A folder's name; ValueError for none, which a variable that is not set gives and which would mean this folder."""
    if not text.strip():
        raise ValueError("nama folder kosong; tulis misalnya ../lebak")
    return text


def a_scheduler(text: str) -> str:
    """The address of a cluster's scheduler; KkbError for what is none, before the years are evaluated."""
    from kkb_eval.build.cluster import address_of

    address_of(text)
    return text


def check_apart(data: str, out: str) -> None:
    """Refuse an out folder among what is read as data: each build would find that changed."""
    folder = store.place(out).resolve()
    for masukan in (files.named(store.place(data).resolve(), nama) for nama in files.FOLDERS):
        if folder.is_relative_to(masukan):
            raise KkbError(f"--out {out}: berada di dalam {masukan}, yang dibaca sebagai data; pilih folder lain")


Data = Annotated[
    str,
    typer.Option(
        help="Folder dataset; bila tidak disebut data/contoh.", metavar="FOLDER", parser=a_folder, show_default=False
    ),
]
Out = Annotated[
    str,
    typer.Option(
        help="Folder hasil; bila tidak disebut outputs.", metavar="FOLDER", parser=a_folder, show_default=False
    ),
]
Years = Annotated[
    list[int] | None,
    typer.Option("--year", help="Tahun ini saja; boleh diulang.", metavar="TAHUN", parser=a_year, show_default=False),
]
Kabupaten = Annotated[
    list[str] | None, typer.Option(help="Kabupaten ini saja; boleh diulang.", metavar="NAMA", show_default=False)
]
Kecamatan = Annotated[
    list[str] | None,
    typer.Option(help="Halaman kecamatan ini saja; boleh diulang.", metavar="NAMA", show_default=False),
]
Jenis = Annotated[
    list[str] | None,
    typer.Option(
        help=f"{', '.join(list(kinds.ours())[:-1])} atau {list(kinds.ours())[-1]}; boleh diulang.",
        metavar="JENIS",
        show_default=False,
    ),
]
Notebooks = Annotated[
    str | None,
    typer.Option(
        help="Folder dengan notebook buatan kantor sendiri; setiap notebook menjadi satu jenis laporan.",
        metavar="FOLDER",
        parser=a_folder,
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        help="Laporan yang dibuat serentak di mesin ini; bila tidak disebut sebanyak intinya.",
        metavar="N",
        parser=a_number,
        show_default=False,
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        help="Penjadwal kluster dask yang membuat laporan; --jobs tidak berlaku di sana.",
        metavar="ALAMAT",
        parser=a_scheduler,
        show_default=False,
    ),
]


class _Words:
    """The headings of a command's help."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(p.strip("{}") for p in pieces), prefix="Pemakaian: ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            if record := param.get_help_record(ctx):
                help_text = "Tampilkan bantuan ini." if param.name == "help" else record[1]
                name = param.metavar if param.param_type_name == "argument" else record[0]
                rows[param.param_type_name].append((name, help_text.replace("[required]", "").strip()))
        if isinstance(self, TyperGroup):
            rows["command"] = [(name, self.commands[name].get_short_help_str(100)) for name in self.commands]
        for kind, title in (("argument", "Argumen"), ("option", "Pilihan"), ("command", "Perintah")):
            if rows.get(kind):
                with formatter.section(title):
                    formatter.write_dl(rows[kind])


class Command(_Words, TyperCommand):
    """A command whose help is in Indonesian."""


class Group(_Words, TyperGroup):
    """The commands, whose list is in Indonesian."""


def explain(error: TyperException) -> str:
    """What was wrong in the command line, in Indonesian, with a hint where to read more; a help text as it is."""
    told: Any = error
    ctx = getattr(error, "ctx", None)
    name = ctx.command_path if ctx is not None else "kkb-eval"
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()
    return f"{_problem(told)} (bantuan: {name} --help)"


def _problem(error: Any) -> str:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        near = " atau ".join(sorted(error.possibilities or ()))
        return f"pilihan {error.option_name} tidak dikenal" + (f", maksud Anda {near}?" if near else "")
    if kind in ("MissingParameter", "BadParameter") and error.param is not None:
        param = error.param.opts[0] if error.param.param_type_name == "option" else error.param.display_name_raw
        return (
            f"{param} belum diisi"
            if kind == "MissingParameter"
            else f"{param}: {error.message.removeprefix('Value error, ')}"
        )
    for pattern, words in _MESSAGES:
        if found := re.fullmatch(pattern, error.message):
            return words.format(*found.groups())
    return str(error.format_message())
