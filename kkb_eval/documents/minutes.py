"""The berita acara of the meeting, a Word document from a template: ours, or the office's own (``rujukan/``)."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jinja2
from babel.dates import format_date
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import nodes
from jinja2.sandbox import SandboxedEnvironment

from kkb_eval import store
from kkb_eval.documents.action_plan import steps
from kkb_eval.errors import KkbError
from kkb_eval.evaluation import Evaluation, open_evaluation
from kkb_eval.intake import files, meeting
from kkb_eval.intake.meeting import Meeting, read_meeting
from kkb_eval.intake.word_template import read_template
from kkb_eval.method import road
from kkb_eval.report import sentences
from kkb_eval.report.sections.head import region_name, source
from kkb_eval.report.sections.summary import tile_rows
from kkb_eval.text import SAMPLE_BANNER, count, enumerate_words, per_sentence, tanggal

TEMPLATE = Path(__file__).parent / "berita_acara.docx"
"""The template of an office that has none of its own in ``rujukan/``."""
_DAMAGED = (OpcError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, SyntaxError)
"""What python-docx, lxml and docxtpl raise for a document that is not as Word writes it."""
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem),
    *(nodes.For, nodes.If, nodes.CondExpr, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.Filter),
)
_FILTERS = {"upper", "lower", "title", "capitalize", "trim", "length", "join"}
"""All that a template may do: show fields, repeat for a list, leave out; it computes and calls nothing."""
DRAFT = "DRAF – belum disepakati"


def write_minutes(
    path: Path,
    evaluasi: Evaluation,
    rapat: Meeting,
    *,
    rtl: Sequence[Mapping[str, str]] | None = None,
    template: Path | None = None,
) -> None:
    """Write the berita acara of a kabupaten's evaluation.

    ``rtl``: rows with ``kecamatan, kampung, menuju, langkah, unsur`` (None: ``agreed``). The same input gives the same
    bytes. KkbError for a template that is no Word document, has no fields, wrong ones, or unknown ones.
    """
    isi = content(evaluasi, rapat, agreed(evaluasi) if rtl is None else rtl)
    # labelled as the office knows it
    document = filled(template or TEMPLATE, f"rujukan/{meeting.TEMPLATE}" if template else TEMPLATE.name, isi)
    with store.written(path, "tutup dokumen itu di program lain") as temporary:
        temporary.write_bytes(_dated(document, rapat.tanggal))


def make_minutes(path: Path, *, dataset: Path, out: Path, tahun: int, kabupaten: str) -> None:
    """``write_minutes`` for a dataset's own meeting, with the office's template where there is one.

    KkbError as there and as ``read_meeting``, and where the meeting does not say which of several kabupaten it is of.
    """
    rapat = read_meeting(files.named(dataset, files.COMPANIONS))
    evaluasi = open_evaluation(dataset, tahun, kabupaten=kabupaten, out=out)
    daerah = evaluasi.manifest.kabupaten
    if rapat is None:
        raise KkbError("rujukan/rapat.toml: tidak ada; berita acara perlu berkas itu")
    if len(daerah) > 1 and not rapat.kabupaten:
        raise KkbError(f'rujukan/rapat.toml: data memuat {len(daerah)} kabupaten; tambahkan kabupaten = "{kabupaten}"')
    own = files.named(files.named(dataset, files.COMPANIONS), meeting.TEMPLATE)
    write_minutes(path, evaluasi.for_kabupaten(kabupaten), rapat, template=own if own.exists() else None)


def content(evaluasi: Evaluation, rapat: Meeting, rtl: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The fields of a template by name: texts, and lists of rows."""
    tanda = [*rapat.penandatangan, *[""] * (len(rapat.penandatangan) % 2)]
    return {
        "spanduk": SAMPLE_BANNER if evaluasi.manifest.sintetis else "",
        "draf": "" if rapat.final else DRAFT,
        "acara": rapat.acara,
        "hari": str(format_date(rapat.tanggal, "EEEE", locale="id")),
        "tanggal": tanggal(rapat.tanggal),
        "tempat": rapat.tempat,
        "pimpinan": rapat.pimpinan,
        "agenda": list(rapat.agenda),
        "kehadiran": [{"unsur": k.unsur, "jabatan": k.jabatan, "jumlah": count(k.jumlah)} for k in rapat.kehadiran],
        "jumlah_hadir": count(sum(k.jumlah for k in rapat.kehadiran)),
        "daerah": region_name(str(evaluasi.kabupaten)),
        "tahun": str(evaluasi.tahun),
        "ringkasan": [str(k.teks.striptags()) for k in sentences.summary(evaluasi)],
        "angka": [{"nama": per_sentence(u.nama), "nilai": u.angka, "keterangan": u.kecil} for u in tile_rows(evaluasi)],
        "rtl": [dict(row) for row in rtl],
        "penandatangan": [{"kiri": a, "kanan": b} for a, b in zip(tanda[::2], tanda[1::2], strict=True)],
        "penyusun": evaluasi.manifest.penyusun,
        "sumber": source(evaluasi),
    }


def agreed(evaluasi: Evaluation) -> list[dict[str, str]]:
    """Return the RTL to agree on: of every kecamatan one Kampung KB with its whole plan.

    One on the visit list, else the one closest to a higher class, else the first that is asked for anything.
    """
    near = road.nearest(evaluasi.keadaan)[["kampung_id", "biaya"]]
    rows = evaluasi.rencana
    rows = rows.assign(tingkat=rows["langkah"].map({"kunjungi": 0}).fillna(rows["blok"].map({"C": 1})).fillna(2))
    rank = rows.groupby("kampung_id", as_index=False)["tingkat"].min().merge(near, on="kampung_id", how="left")
    order = evaluasi.kampung[["kampung_id", "kampung", "kecamatan"]].merge(rank, on="kampung_id")
    order = order.sort_values(["kecamatan", "tingkat", "biaya", "kampung", "kampung_id"]).drop_duplicates("kecamatan")
    by_id: dict[str, list[dict[str, str]]] = {}
    for row in steps(evaluasi):
        by_id.setdefault(row["id"].rpartition("/")[0], []).append(row)
    out = []
    for kampung_id, kampung, kecamatan in order[["kampung_id", "kampung", "kecamatan"]].itertuples(index=False):
        own = by_id[kampung_id]
        out.append(
            {
                "kecamatan": kecamatan,
                "kampung": kampung,
                "menuju": next((row["menuju"] for row in own if row["menuju"]), ""),
                "langkah": "; ".join(row["langkah"] for row in own),
                "unsur": enumerate_words(dict.fromkeys(row["unsur"] for row in own)),
            }
        )
    return out


class _Fields(SandboxedEnvironment):
    """Templates that only show fields: anything else is an error before any of it runs. Text is escaped."""

    def __init__(self) -> None:
        super().__init__(undefined=jinja2.StrictUndefined, autoescape=True)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(nodes.Node):
            inner = isinstance(node, nodes.For) and any(found is not node for found in node.find_all(nodes.For))
            hidden = isinstance(node, nodes.Getattr) and node.attr.startswith("_")
            strange = isinstance(node, nodes.Filter) and node.name not in _FILTERS
            if inner or hidden or strange or not isinstance(node, _ALLOWED):
                raise jinja2.TemplateSyntaxError("hanya isian, for di luar for lain, dan if", node.lineno)
        return tree


def filled(template: Path, name: str, isi: dict[str, Any]) -> bytes:
    """The template with its fields filled in; a field that is not known is an error."""
    document = DocxTemplate(io.BytesIO(read_template(template, name)))
    out = io.BytesIO()
    try:
        wanted = document.get_undeclared_template_variables(_Fields())
        if unknown := sorted(wanted - isi.keys()):
            pesan = f"isian {', '.join(f'{{{{ {u} }}}}' for u in unknown)} tidak dikenal"
            raise KkbError(f"{name}: {pesan}; yang dikenal: {', '.join(isi)}")
        if not wanted:
            raise KkbError(
                f"{name}: tidak memuat satu pun isian seperti {{{{ tempat }}}}; mulai dari salinan templat bawaan"
            )
        document.render(isi, _Fields())
        document.save(out)
    except jinja2.UndefinedError as error:
        bagian = re.findall(r"'([^']+)'", str(error))
        isian = bagian[-1] if bagian else "?"
        raise KkbError(f"{name}: isian {isian} tidak dikenal di dalam daftar; lihat templat bawaan") from error
    except jinja2.TemplateError as error:
        raise KkbError(f"{name}: isian tidak dapat dibaca ({error}); periksa tanda {{{{ }}}} dan {{% %}}") from error
    except _DAMAGED as error:
        raise KkbError(f"{name}: bukan dokumen Word (.docx) yang utuh; simpan ulang di Word") from error
    return out.getvalue()


def _dated(document: bytes, hari: date) -> bytes:
    """The document with the meeting's day as its only date, its parts in one order: two builds are the same."""
    day = datetime(hari.year, hari.month, hari.day, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*", rb"\g<1>" + day, part)
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
