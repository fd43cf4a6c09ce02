"""Hostile texts on a form: printed as they stand, and no byte is fetched for them."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plugins.pdf_print.fetching import NAMES, SCHEME, AddressForbidden, PackagedFonts
from server.hooks import (
    Sheet,
    SheetColumn,
    SheetExplanation,
    SheetField,
    SheetGrid,
    SheetRow,
    SheetSection,
    SheetSignature,
)
from tests.plugins.pdf_reading import attachments_and_images, plain_text

SECRET = "canary-4711-secret"
TEMPLATES = [
    "<link rel=attachment href={url}>",
    "<link rel=stylesheet href='{url}'>",
    '<img src="{url}">',
    "<object data={url}></object>",
    "<embed src={url}>",
    "<iframe src={url}></iframe>",
    "<svg><use href='{url}'/></svg>",
    "<svg><image xlink:href='{url}'/></svg>",
    "<style>@import url({url});</style>",
    "<style>@font-face{{font-family:x;src:url({url})}} *{{font-family:x}}</style>",
    "<p style='background:url({url})'>",
    "<base href='{url}'>",
    "<a href='{url}' rel=attachment>x</a>",
    "</td></table><script src={url}></script>",
    "</style><img src={url}>",
    "{{{{ {url} }}}}{{% include '{url}' %}}",
    '"><img src={url}>',
    "<meta http-equiv=refresh content='0;url={url}'>",
]
FORBIDDEN = [
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "https://169.254.169.254/latest/meta-data/",
    "ftp://127.0.0.1/x",
    "data:text/css,*{color:red}",
    "data:image/svg+xml;base64,PHN2Zy8+",
    "about:blank",
    "",
    "//127.0.0.1/x",
    "tinos-regular.ttf",
    f"{SCHEME}../../config.toml",
    f"{SCHEME}/etc/passwd",
    f"{SCHEME}tinos-regular.ttf/../../../config.toml",
    f"{SCHEME.upper()}tinos-regular.ttf",
]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that should never be asked: its address, and who came."""
    visitors: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)
        done = threading.Event()

        def wait() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                visitors.append(str(address))
                connection.close()

        thread = threading.Thread(target=wait)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", visitors
        done.set()
        thread.join()


def everywhere(sheet: Sheet, payloads: list[str]) -> Sheet:
    """The sheet with every text hostile, each payload at least once."""
    texts = iter(payloads * 2)
    grid = SheetGrid(
        columns=(SheetColumn(next(texts), "A", "text"), SheetColumn("Số", next(texts))),
        rows=tuple(SheetRow((payload, "1")) for payload in payloads),
    )
    return replace(
        sheet,
        official_code=next(texts),
        issued_by=next(texts),
        received_on=next(texts),
        period_line=next(texts),
        org_unit=next(texts),
        receiver=next(texts),
        unit_of_measure=next(texts),
        place_and_date=next(texts),
        receipt_code=next(texts),
        digest=next(texts),
        demo_notice=next(texts),
        sections=(SheetSection(next(texts), grid, (SheetField(next(texts), next(texts)),)),),
        signatures=(SheetSignature((next(texts),), next(texts)),),
        explanations=(SheetExplanation(next(texts), next(texts), next(texts)),),
    )


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_hostile_texts_print_as_they_stand_and_fetch_nothing(
    load, blank_sheet, listener, tmp_path, caplog
):
    canary = tmp_path / "canary.txt"
    canary.write_text(SECRET, encoding="utf-8")
    address, visitors = listener
    payloads = [
        template.format(url=url) for template in TEMPLATES for url in (canary.as_uri(), address)
    ]
    assert len(payloads) >= 30

    out = tmp_path / "out.pdf"
    load("pdf_print", own_process=False).printer("pdf").print(
        everywhere(blank_sheet, payloads), out
    )

    text = squeezed(plain_text(out))
    assert [payload for payload in payloads if squeezed(payload) not in text] == []
    assert visitors == []
    assert SECRET not in text
    assert SECRET.encode() not in out.read_bytes()
    assert attachments_and_images(out) == []
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


@pytest.mark.parametrize("url", FORBIDDEN)
def test_any_address_but_a_packaged_font_stops_the_print(url):
    with pytest.raises(AddressForbidden):
        PackagedFonts().fetch(url)


def test_the_packaged_fonts_are_there_and_are_fonts():
    for name in NAMES:
        response = PackagedFonts().fetch(f"{SCHEME}{name}")

        assert response.read()[:4] == b"\x00\x01\x00\x00"


def test_an_address_in_the_plugins_own_style_would_be_noticed(load, monkeypatch, blank_sheet):
    css = "body { background: url('http://127.0.0.1:1/x.png') }"
    monkeypatch.setattr("plugins.pdf_print.page.style_sheet", lambda _name: css)

    with pytest.raises(Exception, match="AddressForbidden"):
        load("pdf_print", own_process=False).printer("pdf").print(blank_sheet, Path("unused.pdf"))


def test_control_characters_print_as_a_mark_and_stop_nothing(load, blank_sheet, tmp_path):
    controls = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 127, 0x85, 0xFFFE, 0xD800]))
    fields = (SheetField("Trước", f"a{controls}b"), SheetField("Sau", "\u202ec"))
    sheet = replace(blank_sheet, sections=(SheetSection(fields=fields),))

    load("pdf_print", own_process=False).printer("pdf").print(sheet, tmp_path / "out.pdf")

    text = plain_text(tmp_path / "out.pdf")
    assert "Trước" in text
    assert "Sau" in text
