"""The browser's verdict against the server's on generated documents of every shipped form."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from playwright.sync_api import Page

from server.core.answers import check
from server.core.form import Form
from server.core.shape import ROW_ID
from server.web.submission_program import program_of
from tests.browser.verdict_documents import CODES, Document, Maker, forms, source_of

QUICK = 36
LONG = 1000
BATCH = 100
LANGUAGES = ("vi", "en")
#: What of a program is the form's; the rest is the document's.
OF_FORM = frozenset({"cells", "blocks", "order", "steps", "checks", "words", "question"})
RUN = """async ([forms, documents]) => {
  const { Calculator } = await import("/static/js/calculation.js");
  const { Judge } = await import("/static/js/verdict.js");
  return documents.map((document) => forms.map((form) => {
    const program = { ...form, ...document };
    const calculator = new Calculator(program);
    const { computed, off } = calculator.run(program.answers, program.statuses);
    const findings = new Judge(program).findings(calculator, program.answers, program.statuses);
    return [findings, [...computed].filter(([, value]) => value !== null), [...off].sort()];
  }));
}"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, tuple[Form, Form]]:
    return forms()


def flat(held: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Calculated values by path; lines that share a name cannot be told apart by it."""
    if isinstance(held, Mapping):
        for key, part in held.items():
            if key != ROW_ID:
                yield from flat(part, f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(held, list):
        names = Counter(row[ROW_ID] for row in held)
        for row in held:
            yield from flat({row[ROW_ID]: row} if names[row[ROW_ID]] == 1 else {}, path)
    else:
        yield path, held


def duplicated(answers: Mapping[str, Any]) -> set[str]:
    """The pointers that more than one line of a roster has."""
    found: Counter[str] = Counter()
    for key, held in answers.items():
        for place, row in enumerate(held if isinstance(held, list) else ()):
            if isinstance(row, Mapping):
                name = row.get(ROW_ID)
                known = name if isinstance(name, str) and name else str(place)
                found[f"/{key}/{known.replace('~', '~0').replace('/', '~1')}"] += 1
    return {path for path, count in found.items() if count > 1}


def comparable(finding: Mapping[str, Any]) -> tuple[object, ...]:
    keys = ("code", "path", "severity", "message", "left", "right", "rule", "fix")
    return (*(as_double(finding.get(key)) for key in keys), tuple(finding["paths"]))


def as_double(value: object) -> object:
    """A number as the double it is on both sides; on its way here it may have lost digits."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def mismatches(page: Page, form: Form, documents: list[Document]) -> list[str]:
    """What the browser says otherwise than the server."""
    programs, expected = [], []
    language_parts: dict[str, dict[str, object]] = {}
    for document in documents:
        verdict = check(form, document.answers, document.statuses, document.context)
        program = {}
        for language in LANGUAGES:
            program = program_of(
                form,
                document.answers,
                document.statuses,
                document.context,
                verdict,
                language=language,
            )
            language_parts.setdefault(language, {}).update(
                {key: part for key, part in program.items() if key in OF_FORM}
            )
        programs.append({k: v for k, v in program.items() if k not in OF_FORM and k != "findings"})
        expected.append(
            (
                [
                    Counter(comparable(finding.as_json(language)) for finding in verdict.findings)
                    for language in LANGUAGES
                ],
                {path: as_double(value) for path, value in flat(verdict.computed)},
                sorted(verdict.relevant_off),
            )
        )
    found = page.evaluate(RUN, [[language_parts[language] for language in LANGUAGES], programs])
    wrong = []
    for document, (said, computed, off), results in zip(documents, expected, found, strict=True):
        for wanted, (findings, results_by_path, not_asked) in zip(said, results, strict=True):
            given = Counter(comparable(finding) for finding in findings)
            if given != wanted:
                wrong.append(f"missing {wanted - given}, surplus {given - wanted}")
            calculated = dict(results_by_path)
            shared = duplicated(document.answers)
            calculated = {
                path: as_double(value)
                for path, value in calculated.items()
                if path.rsplit("/", 1)[0] not in shared
            }
            if calculated != computed or not_asked != off:
                wrong.append(f"calculated otherwise: {document.answers}")
    return wrong


def compare(page: Page, both: tuple[Form, Form], code: str, count: int) -> tuple[int, list[str]]:
    """Half of the documents on the shipped form, half on the stretched one."""
    compared, wrong = 0, []
    for name, form in zip(("shipped", "stretched"), both, strict=True):
        maker = Maker(form, source_of(code), f"{code} {name}")
        for start in range(0, (count + 1) // 2, BATCH):
            size = min(BATCH, (count + 1) // 2 - start)
            documents = [maker.document() for _ in range(size)]
            wrong += mismatches(page, form, documents)
            compared += size
    return compared, wrong


@pytest.mark.parametrize("code", CODES)
def test_the_browser_reaches_the_verdict_of_the_server(
    page: Page, shipped: dict[str, tuple[Form, Form]], code: str
) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        compared, wrong = compare(page, shipped[code], code, QUICK)

    assert wrong == []
    assert compared == QUICK


@pytest.mark.long
@pytest.mark.parametrize("code", CODES)
def test_a_thousand_documents_of_a_form_have_one_verdict_in_the_browser_and_on_the_server(
    page: Page, shipped: dict[str, tuple[Form, Form]], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        compared, wrong = compare(page, shipped[code], f"{code}", LONG)

    with capsys.disabled():
        print(f"\n{code}: {compared} documents, {len(wrong)} mismatches")  # noqa: T201
    assert wrong == []
    assert compared == LONG
