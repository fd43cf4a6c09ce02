"""Findings explain themselves: the rule, both sides and the way out, in both languages."""

import pytest

from server.core.answer_engine import engine_of
from server.core.answer_messages import words_of
from server.core.answers import check
from server.core.finding import Finding, Severity, Words
from server.core.form import compile_form
from server.core.form_checks import CompiledCheck
from tests.core.make_form import HERE, LISTS, clean, make_form, make_source
from tests.definitions.shipped import FORMS, form_of, name_of


def compiled(rule: str, **more: object) -> CompiledCheck:
    source = make_source()
    source["properties"]["confirmed"]["x-i18n"] = {"en": {"title": "Confirmed"}}
    given = {"code": "r", "severity": "warning", "message": "Xem lại.", "rule": rule}
    source["x-checks"] = [{**given, **more}]
    return engine_of(compile_form(source, LISTS)).checks[0]


@pytest.mark.parametrize(
    ("rule", "words", "english"),
    [
        ("confirmed <= 5", "“Số xác nhận” không quá 5.", "“Confirmed” is at most 5."),
        (
            "all.male + 1 < all.total * 0.5",
            "“Tổng số: Nam” + 1 nhỏ hơn “Tổng số: Chung” × 0,5.",
            "“Tổng số: Nam” + 1 is less than “Tổng số: Chung” × 0,5.",
        ),
        (
            "rows['02'].total >= confirmed - (all.male - 2)",
            "“Tày: Chung” không nhỏ hơn “Số xác nhận” − (“Tổng số: Nam” − 2).",
            "“Tày: Chung” is at least “Confirmed” − (“Tổng số: Nam” − 2).",
        ),
        (
            "sum(rows.map(c, rows[c].male)) == coalesce(confirmed, 0)",
            "Cộng “Nam” các dòng của “Dân tộc” bằng “Số xác nhận”.",
            "The sum of “Nam” over the lines of “Dân tộc” equals “Confirmed”.",
        ),
        (
            "sum(members.map(m, m.age)) != round(avg([1]), 1) || true",
            None,
            None,
        ),
        (
            "(confirmed > 9 ? round(all.male / all.total * 100, 1) : 50) > 40",
            "“Tổng số: Nam” / “Tổng số: Chung” × 100 lớn hơn 40.",
            "“Tổng số: Nam” / “Tổng số: Chung” × 100 is more than 40.",
        ),
        (
            'confirmed == prev("/confirmed")',
            "“Số xác nhận” bằng “Số xác nhận” kỳ trước.",
            "“Confirmed” equals “Confirmed” of the previous period.",
        ),
        (
            'change(confirmed, lastYear("/confirmed")) <= 5',
            "Thay đổi % của “Số xác nhận” so với “Số xác nhận” cùng kỳ năm trước không quá 5.",
            "The change in % of “Confirmed” against “Confirmed” of the same period last year"
            " is at most 5.",
        ),
        (
            'confirmed == other("sheet", "/hh")',
            "“Số xác nhận” bằng số liệu của biểu sheet.",
            "“Confirmed” equals the figure of the form sheet.",
        ),
        ("near(confirmed, 3, 1)", None, None),
        ("count(members.filter(m, m.age > 3)) <= confirmed", None, None),
    ],
)
def test_a_rule_is_put_into_words_by_the_titles_of_its_cells(rule, words, english):
    found = compiled(rule)

    assert (found.words.rule, found.english.rule) == (words, english)


def test_in_a_row_cells_go_by_their_title_alone():
    found = compiled('total <= prev("total") + male', each="/rows")

    assert found.words.rule == "“Chung” không quá “Chung” kỳ trước + “Nam”."


def test_an_authors_own_words_win_and_take_the_figures():
    found = compiled(
        "confirmed <= 5",
        explain="Không quá {right}.",
        fix="Bớt {difference}.",
        i18n={"en": {"message": "Too many.", "explain": "At most {right}.", "fix": "Less."}},
    )

    assert found.words == Words("Xem lại.", "Không quá {right}.", "Bớt {difference}.")
    assert found.english == Words("Too many.", "At most {right}.", "Less.")


def test_a_finding_tells_rule_and_way_out_with_its_figures_in_the_language_asked_for():
    source = make_source()
    source["x-checks"] = [
        {
            **source["x-checks"][1],
            "explain": "{row}: nữ không quá {right}.",
            "fix": "Xem lại dòng {row}.",
            "i18n": {"en": {"message": "{row}: {left} women.", "fix": "Look at {row}."}},
        }
    ]
    answers = clean(rows={"02": {"male": 1, "female": 8}})

    (finding,) = check(compile_form(source, LISTS), answers, {}, HERE).findings

    assert (finding.rule, finding.fix) == ("Tày: nữ không quá 2.", "Xem lại dòng Tày.")
    shown = finding.as_json("en")
    assert (shown["message"], shown["fix"]) == ("Tày: 8 women.", "Look at Tày.")
    assert shown["rule"] == "“Nữ” is at most “Nam” × 2."
    assert (shown["left"], shown["right"]) == (8, 2)
    assert finding.as_json()["message"] == "Tày: nữ 8, quá hai lần nam (2)."


@pytest.mark.parametrize(
    ("severity", "fix"),
    [
        ("error", "Kiểm tra và sửa: “Nam”, “Nữ”."),
        ("warning", "Nếu số liệu đúng, ghi lý do; nếu sai, sửa lại."),
        ("info", "Không phải sửa; nếu số liệu sai thì sửa lại."),
    ],
)
def test_what_to_do_follows_from_the_severity_and_names_cells_that_can_be_typed(severity, fix):
    found = compiled("male + female == total", each="/rows", severity=severity)

    assert found.words.fix == fix


def test_a_rule_on_results_alone_names_no_cell_to_correct():
    assert (
        compiled("all.male < 1", severity="error").words.fix == "Kiểm tra và sửa các ô liên quan."
    )


@pytest.mark.parametrize(
    ("keyword", "limit"),
    [
        *((keyword, None) for keyword in ("required", "x-required-when", "enum", "pattern")),
        *((keyword, None) for keyword in ("format", "uniqueItems", "x-relevant", "x-status")),
        ("x-calculate", None),
        *((keyword, 5) for keyword in ("minimum", "maximum", "minLength", "maxLength")),
        *((keyword, 5) for keyword in ("minItems", "maxItems")),
        *(("type", name) for name in ("integer", "number", "string", "boolean", "array", "object")),
        ("multipleOf", 0.01),
        ("additionalProperties", False),
        ("whatever", None),
    ],
)  # fmt: skip
def test_every_built_in_finding_has_rule_and_way_out_in_both_languages(keyword, limit):
    cell = make_form().shape.cells["road_km"] if keyword == "multipleOf" else None

    for words in words_of(keyword, cell, limit):
        assert words.message and words.rule and words.fix
        assert "{" not in f"{words.message}{words.rule}{words.fix}"
        assert "!" not in f"{words.message}{words.rule}{words.fix}"
    assert words_of(keyword, cell, limit)[0] != words_of(keyword, cell, limit)[1]


def test_a_finding_without_english_stays_vietnamese():
    finding = Finding("/a", "z", Severity.ERROR, "Sai.", rule="Đúng.")

    assert finding.words("en") == Words("Sai.", "Đúng.")
    assert "fix" not in finding.as_json("en")


@pytest.mark.parametrize("path", FORMS, ids=name_of)
def test_every_rule_that_ships_explains_itself_in_both_languages(path):
    for rule in engine_of(form_of(path)).checks:
        assert rule.words.rule and rule.words.fix, rule.code
        assert rule.english.rule and rule.english.fix, rule.code
        assert rule.english.message != rule.words.message, rule.code
