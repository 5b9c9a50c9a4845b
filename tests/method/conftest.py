"""What the tests of several steps of the method share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="module")
def iris(shared: Callable[[str], Path]) -> np.ndarray:
    """Fisher's iris, standardised: 150 x 4."""
    return pd.read_csv(shared("vectors/iris_zscored_input.csv")).to_numpy()
