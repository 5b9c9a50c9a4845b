"""Evaluation workbook and report suite for Kampung KB.

The three rooms are ``intake`` (files to a clean year), ``method`` (a year to findings) and ``report`` (findings to
pages); ``evaluation`` is the hallway. The names below are imported late, so that ``import kkb_eval`` stays quick.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kkb_eval.evaluation import Evaluation, evaluate, open_evaluation, open_years

__version__ = "0.1.0"
__all__ = ["Evaluation", "evaluate", "open_evaluation", "open_years"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from kkb_eval import evaluation

        return getattr(evaluation, name)
    raise AttributeError(f"module 'kkb_eval' has no attribute {name!r}")
