"""Files beside a page that its kind of report also makes: a kecamatan's RTL workbook, a kabupaten's data workbook."""

from collections.abc import Sequence
from pathlib import Path

from kkb_eval.build.plan import Report
from kkb_eval.report.kinds import DATA_WORKBOOK


def write(report: Report) -> list[str]:
    """Write the files that ``report.tambahan`` names; those that someone has filled in are kept, and returned."""
    if not report.tambahan:
        return []
    from kkb_eval.documents.action_plan import write_rtl
    from kkb_eval.documents.data_workbook import write_data
    from kkb_eval.evaluation import open_evaluation

    nilai = report.parameter
    evaluasi = open_evaluation(nilai["data"], nilai["year"], kabupaten=nilai["kabupaten"], out=nilai["out"])
    if report.kecamatan is None:
        for name in report.tambahan:
            write_data(report.out / name, evaluasi)
        return []
    evaluasi = evaluasi.for_kecamatan(nilai["kecamatan"])
    return [name for name in report.tambahan if not write_rtl(report.out / name, evaluasi)]


def whole(path: Path) -> bool:
    """Whether a file beside a page is there and may stay: an RTL workbook even filled in, data only as made."""
    from kkb_eval.documents.action_plan_book import is_filled

    return path.exists() and not (path.name == DATA_WORKBOOK and is_filled(path))


def remove(paths: Sequence[Path]) -> None:
    """Remove the files of a page that is no more, but for those that someone has filled in."""
    from kkb_eval.documents.action_plan_book import is_filled

    for path in paths:
        if not is_filled(path):
            path.unlink(missing_ok=True)
