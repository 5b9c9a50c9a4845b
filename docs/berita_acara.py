"""Makes our template of the berita acara, which an office may copy and change: ``python docs/berita_acara.py``."""

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from kkb_eval.documents.minutes import TEMPLATE

HURUF, INGAT = "Calibri", RGBColor(0xB3, 0x58, 0x06)


def template() -> bytes:
    """The template as a Word document: A4, fields in ``{{ }}``, rows and paragraphs that repeat between ``{% %}``."""
    document = Document()
    _page(document)
    _centred(document, "BERITA ACARA", 16)
    _centred(document, "{{ acara }}", 13)
    document.add_paragraph(
        "Pada hari {{ hari }}, tanggal {{ tanggal }}, bertempat di {{ tempat }}, telah diselenggarakan {{ acara }} "
        "yang dipimpin oleh {{ pimpinan }}."
    )
    document.add_heading("Agenda", 1)
    _repeated(document, "agenda", "List Number")
    document.add_heading("Kehadiran", 1)
    hadir = {"unsur": "Unsur", "jabatan": "Jabatan atau lembaga", "jumlah": "Jumlah"}
    _table(document, "kehadiran", hadir, (3, 11.5, 2.5))
    document.add_paragraph("Jumlah yang hadir: {{ jumlah_hadir }} orang.")
    document.add_heading("Hasil evaluasi {{ daerah }} {{ tahun }}", 1)
    _repeated(document, "ringkasan", "List Bullet")
    _table(document, "angka", {"nama": "Angka pokok", "nilai": "Nilai", "keterangan": "Keterangan"}, (5.5, 3.5, 8))
    document.add_heading("Rencana tindak lanjut (RTL)", 1)
    document.add_paragraph(
        "Di setiap kecamatan, Kampung KB yang terdekat ke kelas berikutnya dan langkahnya. RTL lengkap ada di buku RTL "
        "kecamatan."
    )
    kolom = {
        "kecamatan": "Kecamatan",
        "kampung": "Kampung KB",
        "menuju": "Menuju",
        "langkah": "Langkah",
        "unsur": "Unsur",
    }
    _table(document, "rtl", kolom, (3.1, 3, 3.2, 5.2, 2.5), huruf=9)
    document.add_paragraph("Demikian berita acara ini dibuat untuk dipergunakan sebagaimana mestinya.")
    _signatures(document)
    source = document.add_paragraph("Sumber: {{ sumber }}.{% if penyusun %} Disusun oleh {{ penyusun }}.{% endif %}")
    source.runs[0].font.size = Pt(9)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = HURUF, Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), HURUF)
    normal.paragraph_format.space_after = Pt(6)
    heading = document.styles["Heading 1"]
    heading.font.name, heading.font.size, heading.font.color.rgb = HURUF, Pt(13), RGBColor(0x0F, 0x76, 0x6E)
    heading.element.rPr.rFonts.set(qn("w:asciiTheme"), HURUF)
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        heading.element.rPr.rFonts.attrib.pop(qn(f"w:{name}"), None)
    properties = document.core_properties
    properties.title, properties.author, properties.comments, properties.language = "Berita acara", "kkb_eval", "", "id"
    # on every sheet
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for field in ("{{ spanduk }}", "   {{ draf }}"):
        run = head.add_run(field)
        run.bold, run.font.size, run.font.color.rgb = True, Pt(10), INGAT
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _page_number(foot.add_run())


def _page_number(run: Any) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _centred(document: Any, text: str, size: float) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def _repeated(document: Any, name: str, style: str) -> None:
    """A paragraph for each text of a list."""
    document.add_paragraph(f"{{%p for teks in {name} %}}")
    document.add_paragraph("{{ teks }}", style=style)
    document.add_paragraph("{%p endfor %}")


def _table(document: Any, name: str, kolom: dict[str, str], lebar: Sequence[float], *, huruf: float = 10) -> None:
    """A table with a row for each row of a list; its head is repeated on every sheet."""
    table = document.add_table(rows=4, cols=len(kolom), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for cell, text in zip(table.rows[0].cells, kolom.values(), strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(text).bold = True
    table.rows[1].cells[0].text = f"{{%tr for baris in {name} %}}"
    for cell, key in zip(table.rows[2].cells, kolom, strict=True):
        cell.text = f"{{{{ baris.{key} }}}}"
    table.rows[3].cells[0].text = "{%tr endfor %}"
    _properties(table.rows[0], "w:tblHeader")
    for column, width in zip(table.columns, lebar, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        _properties(row, "w:cantSplit")
        for cell, width in zip(row.cells, lebar, strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(huruf)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _properties(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _signatures(document: Any) -> None:
    """Places to sign, two abreast, by jabatan; a name is written by hand."""
    table = document.add_table(rows=3, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.rows[0].cells[0].text = "{%tr for baris in penandatangan %}"
    for cell, sisi in zip(table.rows[1].cells, ("kiri", "kanan"), strict=True):
        cell.text = f"{{{{ baris.{sisi} }}}}"
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        place = cell.add_paragraph(f"{{% if baris.{sisi} %}}( …………………………………… ){{% endif %}}")
        place.alignment, place.paragraph_format.space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(48)
    table.rows[2].cells[0].text = "{%tr endfor %}"
    _properties(table.rows[1], "w:cantSplit")


if __name__ == "__main__":
    TEMPLATE.write_bytes(template())
