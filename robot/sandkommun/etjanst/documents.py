"""A form as files: Open ePlatform's FlowInstance XML (ISO-8859-1) and a PDF with the same facts."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from fpdf import FPDF

from sandkommun.downloads import printable
from sandkommun.etjanst.form import Form
from sandkommun.worlds.elements import formatted

_HEAD = """<?xml version="1.0" encoding="ISO-8859-1" standalone="no"?>
<FlowInstance xmlns="http://www.oeplatform.org/version/2.0/schemas/flowinstance">
"""


def flow_instance(form: Form) -> bytes:
    """The form as XML; the same bytes every time. A foreign form as it came."""
    if form.xml is not None:
        return form.xml
    lines = [*_header(form), "\t<Values>"]
    for question in form.questions:
        lines += [f"\t\t<{question.element}>", f"\t\t\t<QueryID>{question.query_id}</QueryID>"]
        lines.append(f"\t\t\t<Name>{_cdata(question.name)}</Name>")
        for answer in question.answers:
            value = _cdata(answer.value) if answer.free else escape(answer.value)
            lines.append(f"\t\t\t<{answer.element}>{value}</{answer.element}>")
        lines.append(f"\t\t</{question.element}>")
    lines += ["\t</Values>", "</FlowInstance>", ""]
    return (_HEAD + "\n".join(lines)).encode("iso-8859-1", "xmlcharrefreplace")


def _header(form: Form) -> list[str]:
    who = [
        f"\t\t\t<Firstname>{_cdata(form.firstname)}</Firstname>",
        f"\t\t\t<Lastname>{_cdata(form.lastname)}</Lastname>",
        f"\t\t\t<Email>{_cdata(form.email)}</Email>",
        f"\t\t\t<ID>{10_000 + int(form.reference) % 10_000}</ID>",
    ]
    flow = [
        "<FamilyID>411</FamilyID>",
        "<Version>7</Version>",
        "<FlowID>1907</FlowID>",
        f"<Name>{_cdata(form.flow)}</Name>",
    ]
    moments = ("Posted", "FirstSubmitted", "LastSubmitted")
    return [
        "\t<Header>",
        "\t\t<Flow>",
        *(f"\t\t\t{line}" for line in flow),
        "\t\t</Flow>",
        f"\t\t<FlowInstanceID>{form.reference}</FlowInstanceID>",
        "\t\t<Status>",
        "\t\t\t<ID>19071</ID>",
        f"\t\t\t<Name>{_cdata('Inskickad')}</Name>",
        "\t\t</Status>",
        *("\t\t<Poster>", *who, "\t\t</Poster>", "\t\t<Owner>", *who, "\t\t</Owner>"),
        *(f"\t\t<{moment}>{form.posted}</{moment}>" for moment in moments),
        "\t</Header>",
    ]


def _cdata(text: str) -> str:
    """CDATA, or escaped text where the encoding lacks a character (inside CDATA there are no references)."""
    try:
        text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return escape(text)
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def pdf(form: Form) -> bytes:
    """The form as a PDF in A4; the same bytes every time."""
    document = FPDF(format="A4")
    document.set_creation_date(datetime.fromisoformat(form.posted).replace(tzinfo=UTC))
    document.set_title(f"{form.flow} {form.reference}")
    document.add_page()
    document.set_font("Helvetica", "B", 15)
    document.cell(0, 10, printable(form.flow), new_x="LMARGIN", new_y="NEXT")
    document.set_font("Helvetica", "", 9)
    posted = form.posted.replace("T", " ")
    head = f"Ärendenummer {form.reference}   Inkommet {posted}   Sökande {formatted(form.applicant)}"
    document.cell(0, 6, printable(head), new_x="LMARGIN", new_y="NEXT")
    for question in form.questions:
        document.ln(2)
        document.set_font("Helvetica", "B", 10)
        document.multi_cell(0, 5, printable(question.name), new_x="LMARGIN", new_y="NEXT")
        document.set_font("Helvetica", "", 10)
        answers = "\n".join(f"{answer.label}: {answer.value}" for answer in question.answers)
        document.multi_cell(0, 5, printable(answers), new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())
