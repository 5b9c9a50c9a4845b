"""Files beside a page that its kind of report also makes: the RTL workbook of a kecamatan."""

from collections.abc import Sequence
from pathlib import Path

from kkb_eval.report.plan import Report


def write(report: Report) -> list[str]:
    """Write the files that ``report.tambahan`` names; those that someone has filled in are kept, and returned."""
    if not report.tambahan:
        return []
    from kkb_eval.evaluation import open_evaluation
    from kkb_eval.report.rtl import write_rtl

    nilai = report.parameter
    evaluasi = open_evaluation(nilai["data"], nilai["year"], kabupaten=nilai["kabupaten"], out=nilai["out"])
    evaluasi = evaluasi.for_kecamatan(nilai["kecamatan"])
    return [name for name in report.tambahan if not write_rtl(report.out / name, evaluasi)]


def remove(paths: Sequence[Path]) -> None:
    """Remove the files of a page that is no more, but for those that someone has filled in."""
    from kkb_eval.report.rtl_workbook import is_filled

    for path in paths:
        if not is_filled(path):
            path.unlink(missing_ok=True)
