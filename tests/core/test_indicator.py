"""The texts of an indicator: in the reader's language as far as the catalogue has them."""

import pytest

from server.core.indicator import Indicator, IndicatorTexts, Measure


def indicator(**texts: str) -> Indicator:
    return Indicator(
        "0101", "Dân số", "Population", "01", "Dân số", (Measure("người", "sum"),), ("sex",),
        "commune", "year", ("Cục Thống kê",), ("d_ctk",), "", False, **texts,
    )  # fmt: skip


VIETNAMESE = {"definition": "Số người.", "method": "Đếm ở xã.", "text_source": "Của cơ quan"}
ENGLISH = {"definition_en": "People.", "method_en": "Counted.", "text_source_en": "The office's"}


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        ({}, "vi", None),
        (VIETNAMESE, "vi", IndicatorTexts("Số người.", "Đếm ở xã.", "Của cơ quan")),
        (VIETNAMESE, "en", IndicatorTexts("Số người.", "Đếm ở xã.", "Của cơ quan")),
        (VIETNAMESE | ENGLISH, "en", IndicatorTexts("People.", "Counted.", "The office's")),
        (VIETNAMESE | ENGLISH, "vi", IndicatorTexts("Số người.", "Đếm ở xã.", "Của cơ quan")),
    ],
)
def test_the_texts_come_in_the_readers_language_where_there_are_any(
    texts: dict[str, str], language: str, expected: IndicatorTexts | None
) -> None:
    assert indicator(**texts).texts(language) == expected
