"""What a notebook changes for its whole process is as before when the next one runs."""

import decimal
import locale
import logging
import os
import random
import sys
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from kkb_eval.build.leftovers import put_back


def state() -> dict[str, Any]:
    """All that a notebook of ours could see."""
    return {
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "path": sys.path[:],
        "arguments": sys.argv[:],
        "modules": {"bantu_uji" in sys.modules},
        "locale": locale.setlocale(locale.LC_ALL),
        "warnings": (warnings.filters[:], warnings.showwarning),
        "log": (logging.root.level, logging.root.handlers[:], logging.root.manager.disable),
        "decimals": decimal.getcontext().prec,
        "numpy": (np.get_printoptions(), np.geterr()),
        "random": (random.getstate(), np.random.get_state()[1].tolist()),  # noqa: NPY002
        "pandas": (pd.get_option("display.precision"), pd.get_option("display.max_rows")),
        "shown": (pd.DataFrame._repr_html_, hasattr(pd.Series, "_repr_html_")),
        "figures": (dict(mpl.rcParams), plt.get_fignums()),
    }


def change_everything(folder: Path) -> None:
    """What each line changes is a key of ``state``, in its order."""
    os.chdir(folder)
    os.environ["HOME"], os.environ["BARU"] = "x", "y"
    sys.path.insert(0, str(folder))
    sys.argv.append("x")
    (folder / "bantu_uji.py").write_text("x = 1")
    __import__("bantu_uji")
    locale.setlocale(locale.LC_ALL, "C")
    warnings.simplefilter("ignore")
    warnings.showwarning = print  # type: ignore[assignment]
    logging.basicConfig(level=logging.DEBUG, force=True)
    logging.disable(logging.CRITICAL)
    decimal.getcontext().prec = 3
    np.set_printoptions(precision=1)
    np.seterr(all="ignore")
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    pd.set_option("display.precision", 1, "display.max_rows", 3)
    pd.DataFrame._repr_html_ = lambda self: ""
    pd.Series._repr_html_ = lambda self: ""
    mpl.rcParams["font.size"] = 50
    plt.figure()


@pytest.mark.filterwarnings("default")
def test_everything_is_put_back(tmp_path: Path) -> None:
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    before = state()
    with put_back():
        change_everything(tmp_path)
        changed = state()
        assert {name for name in before if changed[name] == before[name]} == set()
    assert {name: value for name, value in state().items() if value != before[name]} == {}


def test_it_is_put_back_after_an_error_too(tmp_path: Path) -> None:
    before = state()
    with pytest.raises(ZeroDivisionError), put_back():
        change_everything(tmp_path)
        1 / 0  # noqa: B018
    assert {name: value for name, value in state().items() if value != before[name]} == {}
