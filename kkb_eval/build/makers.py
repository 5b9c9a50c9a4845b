"""Makes what people may write in: the files beside a page (RTL and data workbooks) and documents (berita acara).

What someone has written in is kept (``current.put``).
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from kkb_eval import current, store
from kkb_eval.build.plan import Report


def beside(report: Report) -> dict[str, str]:
    """Write the files beside a page; return the hash of each as it was made, by its path in the out folder."""
    if not report.tambahan:
        return {}
    from kkb_eval.documents.action_plan import write_rtl
    from kkb_eval.documents.data_workbook import write_data
    from kkb_eval.evaluation import open_evaluation

    nilai = report.parameter
    evaluasi = open_evaluation(nilai["data"], nilai["year"], kabupaten=nilai["kabupaten"], out=nilai["out"])
    write: Callable[[Path], None]
    if report.kecamatan is None:
        write = partial(write_data, evaluasi=evaluasi)
    else:
        write = partial(write_rtl, evaluasi=evaluasi.for_kecamatan(nilai["kecamatan"]))
    return {name: _put(report, name, write) for name in report.tambahan}


def document(report: Report) -> dict[str, str]:
    """Write a document; return its hash as it was made. KkbError where it cannot be made."""
    from kkb_eval.documents.minutes import make_minutes

    nilai = report.parameter
    data = store.place(nilai["data"])
    write = partial(make_minutes, dataset=data, out=nilai["out"], tahun=nilai["year"], kabupaten=nilai["kabupaten"])
    return {report.halaman: _put(report, report.halaman, write)}


def _put(report: Report, name: str, write: Callable[[Path], None]) -> str:
    return current.put(report.out / name, report.dibuat.get(name, ""), write)
