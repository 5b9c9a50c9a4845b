"""The papermill engine "kkb-eval": runs a notebook's cells in this process, without kernel, sockets or ports.

Outputs are the ones a kernel would give (streams, display_data, execute_result, error), so that a page does not show
which of the two made it. A time limit is the batch's business: it ends the process.
"""

import atexit
import base64
import contextlib
import io
import platform
import sys
from collections.abc import Iterator
from typing import Any

import nbformat
from IPython.core import page
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from matplotlib_inline.config import InlineBackend
from nbformat import NotebookNode
from traitlets import Type
from traitlets.config import Config

# papermill's registry imports this module while papermill itself is being imported: when we came first, it finds this
# name without its class, and is given the class below
globals().setdefault("InProcessEngine", None)
from papermill.engines import Engine, papermill_engines  # noqa: E402

NAME = "kkb-eval"
FIGURES: dict[str, Any] = {
    "figure_formats": {"svg"},
    "rc": {"svg.fonttype": "none", "svg.hashsalt": "kkb_eval"},
    "print_figure_kwargs": {"bbox_inches": None, "metadata": {"Date": None}},
}
"""How pyplot's figures are shown: drawn once, SVG with real text, the same bytes each run; ``%config`` changes it."""
KERNEL_ARGUMENTS = [f"--InlineBackend.{name}={value!r}" for name, value in FIGURES.items()]
"""The same for a kernel (nbclient's ``extra_arguments``)."""


def new_output(kind: str, **content: Any) -> NotebookNode:
    """An output of a cell; it is validated when the notebook is written, and not twice."""
    output: NotebookNode = nbformat.from_dict({"output_type": kind, **content})  # type: ignore[no-untyped-call]
    return output


class _Stream(io.TextIOBase):
    """A standard stream whose text becomes a ``stream`` output of the running cell."""

    encoding = "utf-8"

    def __init__(self, shell: "Shell", name: str) -> None:
        self.shell, self.name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        last = self.shell.outputs[-1] if self.shell.outputs else None
        if last is not None and last.output_type == "stream" and last.name == self.name and not self.shell.clear_next:
            last.text += text
        elif text:
            self.shell.record(new_output("stream", name=self.name, text=text))
        return len(text)


class _Hook(DisplayHook):
    """Shows the value of a cell's last expression as an ``execute_result``."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Nothing: the number is part of the output."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        output = new_output("execute_result", data=_jsonable(format_dict), metadata=md_dict or {})
        output.execution_count = self.prompt_count
        self.shell.record(output)

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Publisher(DisplayPublisher):
    """What ``display`` shows as ``display_data``; one with a display_id can be changed later."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *_: Any,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **__: Any,
    ) -> None:
        name = (transient or {}).get("display_id")
        shown = self.shell.displays.setdefault(name, []) if name else []
        if update:
            for output in shown:
                output.update(data=_jsonable(data), metadata=dict(metadata or {}))
            return
        output = new_output("display_data", data=_jsonable(data), metadata=metadata or {})
        self.shell.record(output)
        shown.append(output)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.clear_next = True
        if not wait:
            self.shell.clear()


class Shell(InteractiveShell):
    """An IPython shell that collects what a cell shows in ``outputs``; it keeps no history, so it starts no thread."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **kwargs: Any) -> None:
        self.outputs: list[NotebookNode] = []
        self.displays: dict[str, list[NotebookNode]] = {}
        self.clear_next = False
        config = Config({"HistoryManager": {"enabled": False}, "InlineBackend": FIGURES})
        super().__init__(config=config, **kwargs)  # type: ignore[no-untyped-call]
        self.set_hook("show_in_pager", page.as_hook(page.display_page), 99)  # type: ignore[no-untyped-call]
        self.enable_matplotlib("inline")  # type: ignore[no-untyped-call]
        # matplotlib_inline sets the formats for the first shell of a process only
        inline = InlineBackend.instance()
        select_figure_formats(self, inline.figure_formats, **inline.print_figure_kwargs)  # type: ignore[no-untyped-call]

    def init_virtualenv(self) -> None:
        """Nothing: the notebook runs in this process's environment, whichever is active in the terminal."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Nothing: inline figures need no event loop."""

    def record(self, output: NotebookNode) -> None:
        """Adds an output to the running cell."""
        self.clear()
        self.outputs.append(output)

    def clear(self) -> None:
        """Forgets the cell's outputs if ``clear_output`` was called before."""
        if self.clear_next:
            self.outputs.clear()
            self.clear_next = False

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.record(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb))

    def run(self, cell: NotebookNode) -> bool:
        """Runs a code cell and fills its outputs and count; False when it failed."""
        self.outputs, self.clear_next = cell.outputs, False
        cell.execution_count = self.execution_count
        with contextlib.redirect_stdout(_Stream(self, "stdout")), contextlib.redirect_stderr(_Stream(self, "stderr")):
            result = self.run_cell(cell.source, store_history=True)  # type: ignore[no-untyped-call]
        return bool(result.success)


def _jsonable(data: dict[str, Any]) -> dict[str, Any]:
    """A mime bundle for a notebook file: images, which are bytes, in base64."""
    return {mime: base64.b64encode(v).decode() if isinstance(v, bytes) else v for mime, v in data.items()}


@contextlib.contextmanager
def shell() -> Iterator[Shell]:
    """A new shell as *the* shell of this process (``get_ipython``, ``display``); the one before comes back after."""
    singleton: Any = InteractiveShell
    before = singleton._instance, sys.displayhook
    InlineBackend.clear_instance()
    singleton._instance = None
    singleton._instance = new = Shell()
    # its registered end would clear the namespace with a full garbage collection, which costs more than the shell
    atexit.unregister(new.atexit_operations)
    try:
        yield new
    finally:
        new.restore_sys_module_state()  # type: ignore[no-untyped-call]
        InlineBackend.clear_instance()
        singleton._instance, sys.displayhook = before


class InProcessEngine(Engine):  # type: ignore[misc]
    """papermill's engine interface over ``Shell``: ``papermill in.ipynb out.ipynb --engine kkb-eval``.

    A failing cell is recorded and ends the run; papermill then saves the notebook and raises PapermillExecutionError.
    Cells that are blank or tagged ``skip-execution`` are not run, ``raises-exception`` may fail, as with a kernel.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Run the cells of ``nb_man.nb`` one after the other and fill in what they show."""
        with shell() as running:
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                good = cls._run(running, cell)
                if not good:
                    nb_man.cell_exception(cell, cell_index=index)
                nb_man.cell_complete(cell, cell_index=index)
                if not good:
                    break
        nb_man.nb.metadata["language_info"] = {
            "name": "python",
            "version": platform.python_version(),
            "mimetype": "text/x-python",
            "file_extension": ".py",
        }

    @staticmethod
    def _run(running: Shell, cell: NotebookNode) -> bool:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or "skip-execution" in tags:
            return True
        return running.run(cell) or "raises-exception" in tags


papermill_engines.register(NAME, InProcessEngine)
