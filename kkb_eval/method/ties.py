"""Lists of the foremost that no tie is cut in."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def foremost(values: ArrayLike, places: int) -> NDArray[np.bool_]:
    """Tell which values are among the ``places`` largest; NaN is never.

    A tie at the last place is in or out as a whole, whichever comes nearer to ``places`` (in when both do).

    >>> foremost([5, 4, 4, 1], 2).tolist()
    [True, True, True, False]
    >>> foremost([5, 4, 4, 4, 4], 2).tolist()
    [True, False, False, False, False]
    """
    values = np.asarray(values, float)
    known = np.sort(values[~np.isnan(values)])[::-1]
    if not len(known):
        return np.zeros(len(values), bool)
    last = known[min(places, len(known)) - 1]
    above, whole = values > last, values >= last
    kept: NDArray[np.bool_] = whole if whole.sum() - places <= places - above.sum() else above
    return kept
