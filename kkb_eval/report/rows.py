"""Rows of a frame for a template or a chart."""

from collections.abc import Iterator
from typing import Any

import pandas as pd


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows as named tuples, with ``Index`` first; their fields have the types of the columns."""
    return iter(frame.itertuples())
