"""Our scripts and styles use nothing that the oldest supported browsers do not know.

The floor is Chrome 109 (the last for Windows 7), Firefox 102 and Safari 15.4; the table names what
came later, with the versions that brought it (MDN's compatibility tables, caniuse.com).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
STYLES = sorted((STATIC / "css").glob("*.css"))

#: Pattern, and the first versions of Chrome, Firefox and Safari that read it.
NEWER_SCRIPT = {
    "look-behind": (r"\(\?<[=!]", "62, 78, 16.4"),
    "flag v of a pattern": (
        r"/[gimsuy]*v[gimsuy]*(?=[,;.)])|RegExp\([^)]*, \"[a-z]*v",
        "112, 116, 17",
    ),
    "toSorted": (r"\.toSorted\(", "110, 115, 16"),
    "toReversed": (r"\.toReversed\(", "110, 115, 16"),
    "toSpliced": (r"\.toSpliced\(", "110, 115, 16"),
    "Array.with": (r"\.with\(", "110, 115, 16"),
    "findLast": (r"\.findLast(?:Index)?\(", "97, 104, 15.4"),
    "Array.fromAsync": (r"Array\.fromAsync\b", "121, 115, 16.4"),
    "groupBy": (r"\b(?:Object|Map)\.groupBy\b", "117, 119, 17.4"),
    "Promise.withResolvers": (r"Promise\.withResolvers\b", "119, 121, 17.4"),
    "Promise.try": (r"Promise\.try\b", "128, 134, 18.2"),
    "sets as sets": (
        r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(",
        "122, 127, 17",
    ),
    "isWellFormed": (r"\.(?:isWellFormed|toWellFormed)\(", "111, 119, 16.4"),
    "resizable buffers": (r"\.transferToFixedLength\(", "114, 122, 17.4"),
    "static block": (r"^\s*static\s*\{", "94, 93, 16.4"),
    "import attributes": (r"^import .*\bwith\s*\{", "123, 138, 17.2"),
    "using": (r"^\s*(?:await )?using [a-z]\w* =", "134, -, -"),
    "checkVisibility": (r"\.checkVisibility\(", "105, 106, 17.4"),
    "popover": (r"\.(?:showPopover|hidePopover|togglePopover)\(", "114, 125, 17"),
    "replaceAll of a state": (r"\.startViewTransition\(", "111, 144, 18"),
    "URL.canParse": (r"URL\.(?:canParse|parse)\(", "120, 115, 17"),
    "scheduler": (r"\bscheduler\.(?:yield|postTask)\(", "94, 142, -"),
    "Intl.DurationFormat": (r"Intl\.(?:DurationFormat|Segmenter)\b", "129, 136, 16.4"),
    "inert as a property": (r"\.inert\s*=", "102, 112, 15.5"),
    "CSS.highlights": (r"CSS\.highlights\b", "105, 140, 17.2"),
    "AbortSignal.any": (r"AbortSignal\.(?:any|timeout)\(", "116, 124, 17.4"),
    "requestIdleCallback": (r"\brequestIdleCallback\(", "47, 55, -"),
    "array of iterators": (r"\bIterator\.(?:from|prototype)\b", "122, 131, 18.4"),
    "content editable": (r"plaintext-only", "51, 136, 14"),
}
NEWER_STYLE = {
    "nesting": (r"^\s*&|[{;]\s*&", "120, 117, 17.2"),
    "color-mix": (r"color-mix\(", "111, 113, 16.2"),
    "container queries": (
        r"@container\b|container-type\s*:|\d(?:cqw|cqi|cqb|cqh)\b",
        "105, 110, 16",
    ),
    "scope": (r"@scope\b", "118, 146, 17.4"),
    "starting style": (r"@starting-style\b", "117, 129, 17.5"),
    "light-dark": (r"light-dark\(", "123, 120, 17.5"),
    "relative colours": (r"(?:rgb|hsl|oklch|lab)\(from\b", "119, 128, 16.4"),
    "oklch": (r"\bok(?:lch|lab)\(", "111, 113, 15.4"),
    "subgrid": (r"\bsubgrid\b", "117, 71, 16"),
    "dynamic viewport units": (r"\d[dsl]v[hw]\b", "108, 101, 15.4"),
    "anchor positioning": (r"anchor-name\s*:|position-anchor\s*:", "125, 147, 26"),
    "field sizing": (r"field-sizing\s*:", "123, -, 26.2"),
    "ranges in media queries": (r"@media[^{]*\(\s*(?:width|height)\s*[<>]", "104, 63, 16.4"),
    "masonry or scroll timelines": (r"animation-timeline\s*:", "115, -, 26"),
    "individual transforms": (r"[{;]\s*(?:translate|rotate|scale)\s*:", "104, 72, 14.1"),
}
#: What the table tells of is refused when one of the three does not have it at:
FLOOR = (109, 102, 15.4)


def is_newer(versions: str) -> bool:
    """Whether one of the three came with it only after the floor."""
    return any(
        version == "-" or float(version) > floor
        for version, floor in zip(versions.split(", "), FLOOR, strict=True)
    )


def uses(path: Path, table: dict[str, tuple[str, str]]) -> Iterator[str]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.lstrip().startswith(("//", "*", "/*")):
            continue
        for name, (pattern, versions) in table.items():
            if is_newer(versions) and re.search(pattern, line):
                yield f"{path.name}:{number}: {name} (Chrome, Firefox, Safari {versions}): {line}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_reads_in_the_oldest_browsers(path: Path) -> None:
    assert list(uses(path, NEWER_SCRIPT)) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_reads_in_the_oldest_browsers(path: Path) -> None:
    assert list(uses(path, NEWER_STYLE)) == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_rule_that_needs_has_stands_alone(path: Path) -> None:
    """A browser that does not know ``:has`` drops the whole rule, all selectors of its list."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    depth_one = re.compile(r",(?![^(]*\))")

    mixed = [
        selectors.strip()
        for selectors in re.findall(r"([^{};]+)\{", text)
        if ":has(" in selectors
        and any(":has(" not in one for one in depth_one.split(_outermost(selectors)))
    ]

    assert mixed == []


def _outermost(selectors: str) -> str:
    """The selectors with what stands in brackets left out, but for the word ``:has(``."""
    kept, depth = "", 0
    for at, letter in enumerate(selectors):
        if letter == ")":
            depth -= 1
        if depth == 0 or selectors[at : at + 5] == ":has(":
            kept += ":has()" if selectors[at : at + 5] == ":has(" and depth else letter
        if letter == "(":
            depth += 1
    return kept


@pytest.mark.parametrize(
    ("line", "table"),
    [
        ("  const last = rows.toSorted(byName);", NEWER_SCRIPT),
        ("  const at = rows.findLast((row) => row.open);", NEWER_SCRIPT),
        (r"  return text.replace(/(?<=\d)(\d{3})/g, '.$1');", NEWER_SCRIPT),
        ("  static {", NEWER_SCRIPT),
        ("  const { promise } = Promise.withResolvers();", NEWER_SCRIPT),
        ("  const byUnit = Object.groupBy(rows, unitOf);", NEWER_SCRIPT),
        ("  & > td { color: red; }", NEWER_STYLE),
        (".a { color: color-mix(in srgb, red, blue); }", NEWER_STYLE),
        ("@container side (min-width: 20rem) {", NEWER_STYLE),
    ],
)
def test_the_table_finds_what_is_too_new(
    tmp_path: Path, line: str, table: dict[str, tuple[str, str]]
) -> None:
    path = tmp_path / "new.js"
    path.write_text(f"// a remark\n{line}\n", encoding="utf-8")

    (found,) = uses(path, table)

    assert found.startswith("new.js:2: ")
