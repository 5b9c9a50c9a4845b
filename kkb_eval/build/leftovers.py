"""Puts a process back as it was before a notebook ran in it, so that the next notebook finds what the first one found.

What cannot be put back (threads) ends the worker (``workers``).
"""

import contextlib
import decimal
import locale
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib import pyplot

Undo = Callable[[], object]
SHOWN = (pd.DataFrame, pd.Series)
"""Classes whose way to be shown some libraries replace for a whole process."""


@contextlib.contextmanager
def put_back() -> Iterator[None]:
    """Put back, when the block ends, what a notebook can change for the whole process.

    That is: folder, environment, import path and what was imported through it, locale, warnings, log, number formats
    and contexts, random states, options of pandas, and the settings and figures of matplotlib.
    """
    with contextlib.ExitStack() as stack:
        for kept in (
            contextlib.chdir("."), warnings.catch_warnings(), decimal.localcontext(), np.printoptions(), np.errstate(),
            matplotlib.rc_context(),
        ):  # fmt: skip
            stack.enter_context(kept)
        for remember in (_environment, _imports, _locale, _log, _random, _pandas):
            stack.callback(remember())
        stack.callback(pyplot.close, "all")
        yield


def _environment() -> Undo:
    before = dict(os.environ)

    def undo() -> None:
        if os.environ != before:
            os.environ.clear()
            os.environ.update(before)

    return undo


def _imports() -> Undo:
    """``sys.path`` and ``sys.argv``, and none of the modules that lie in a folder that was added to the path."""
    path, words = sys.path[:], sys.argv[:]

    def undo() -> None:
        if added := tuple({str(folder) for folder in sys.path} - set(path)):
            for name, module in tuple(sys.modules.items()):
                if (getattr(module, "__file__", None) or "").startswith(added):
                    del sys.modules[name]
        sys.path[:], sys.argv[:] = path, words

    return undo


def _locale() -> Undo:
    return partial(locale.setlocale, locale.LC_ALL, locale.setlocale(locale.LC_ALL))


def _log() -> Undo:
    root = logging.root
    level, handlers, disabled = root.level, root.handlers[:], root.manager.disable

    def undo() -> None:
        root.setLevel(level)
        root.handlers[:] = handlers
        logging.disable(disabled)

    return undo


def _random() -> Undo:
    plain, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  (notebooks may use it)

    def undo() -> None:
        random.setstate(plain)
        np.random.set_state(numpy)  # noqa: NPY002

    return undo


def _pandas() -> Undo:
    options, shown = _flat(pd.options.d), [dict(vars(one)) for one in SHOWN]

    def undo() -> None:
        for name, value in _flat(pd.options.d).items():
            if value != options[name]:
                pd.set_option(name, options[name])
        for one, attributes in zip(SHOWN, shown, strict=True):
            for name, value in tuple(vars(one).items()):
                if name not in attributes:
                    delattr(one, name)
                elif value is not attributes[name]:
                    setattr(one, name, attributes[name])

    return undo


def _flat(options: Any, above: str = "") -> dict[str, Any]:
    """Options of nested dicts by their whole name, as in ``pd.set_option``."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        found |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
    return found
