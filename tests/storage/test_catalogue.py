"""Published definitions never change, and are found without accents."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.indicator import CodeList, CodeListItem, Indicator, Measure
from server.errors import DefinitionChanged, NotFound
from server.storage.catalogue import CatalogueStore, codelist_document, codelist_of
from tests.storage.conftest import NOW, World


@pytest.fixture
def catalogue(database):
    return CatalogueStore(database)


@pytest.fixture
def add_form(database):
    return World(database).add_form


def indicator(code, title):
    return Indicator(
        code=code,
        title=title,
        title_en="",
        group="01",
        group_title="Dân số",
        measures=(Measure("person", "sum"), Measure("percent", "none")),
        dimensions=("ethnic_group", "sex"),
        lowest_level="commune",
        frequency="year",
        owners=("Ban Dân tộc",),
        owner_units=("d_bdt",),
        source="",
        constructed=True,
    )


def test_a_form_reads_back_with_its_source_and_document(catalogue):
    catalogue.add_form(
        '{"title": "Dân số"}',
        {"title": "Dân số", "properties": {}},
        code="population",
        version=2,
        kind="report",
        title="Dân số",
        period_type="year",
        digest="d",
        published_at=NOW,
    )

    form = catalogue.form("population")

    assert (form.code, form.version, form.kind) == ("population", 2, "report")
    assert (form.title, form.period_type, form.digest) == ("Dân số", "year", "d")
    assert form.published_at == NOW
    assert form.source == '{"title": "Dân số"}'
    assert form.document == {"title": "Dân số", "properties": {}}


def test_the_order_of_columns_survives_the_database(catalogue):
    catalogue.add_form(
        "{}",
        {"properties": {"zebra": {}, "apple": {}, "mango": {}}},
        code="ordered",
        version=1,
        kind="report",
        title="Thứ tự",
        period_type="year",
        digest="d",
        published_at=NOW,
    )

    assert list(catalogue.form("ordered").document["properties"]) == ["zebra", "apple", "mango"]


def test_without_a_version_the_newest_is_meant(catalogue, add_form):
    for version in (9, 10, 2):
        add_form("population", version)

    assert catalogue.form("population").version == 10
    assert catalogue.form("population", 2).version == 2
    with pytest.raises(NotFound):
        catalogue.form("population", 3)


def test_publishing_the_same_again_changes_nothing(catalogue, add_form):
    assert add_form("population")
    stamp = catalogue.stamp()

    assert not add_form("population", published_at=NOW + timedelta(days=1))

    assert catalogue.stamp() == stamp
    assert catalogue.form("population").published_at == NOW


def test_a_published_version_cannot_be_published_otherwise(catalogue, add_form):
    add_form("population")

    with pytest.raises(DefinitionChanged) as refusal:
        add_form("population", digest="another")

    assert refusal.value.facts == {"code": "population", "version": 1}


@pytest.mark.parametrize(
    "statement", ["UPDATE form_version SET title = 'x'", "DELETE FROM form_version"]
)
def test_the_database_refuses_to_change_a_published_form(database, add_form, statement):
    add_form("population")

    with pytest.raises(Exception, match="append-only"), database.transaction():
        database.run(statement)


def test_lists_are_light_unless_documents_are_asked_for(
    catalogue, add_form, count_queries, database
):
    add_form("workers")
    add_form("population", 2)
    add_form("population", 1)
    statements = count_queries(database)

    light, heavy = catalogue.forms(), catalogue.forms(documents=True)

    assert [(form.code, form.version) for form in light] == [
        ("population", 1),
        ("population", 2),
        ("workers", 1),
    ]
    assert {form.document is None for form in light} == {True}
    assert {form.document is None for form in heavy} == {False}
    assert len(statements) == 2


def test_forms_are_found_without_accents_in_dictionary_order(catalogue, add_form):
    for code, title in (("c", "Đất ở"), ("b", "Dân số theo dân tộc"), ("a", "Dân cư"), ("x", "Hộ")):
        add_form(code, title=title)

    def titles(text):
        return [form.title for form in catalogue.search_forms(text)]

    assert titles("da") == ["Dân cư", "Dân số theo dân tộc", "Đất ở"]
    assert titles("DÂN SỐ") == ["Dân số theo dân tộc"]
    assert titles("%") == titles("_") == []


def test_workflows_and_code_lists_are_versions_too(catalogue):
    for version in (1, 2):
        catalogue.add_workflow("{}", "commune", version, f"w{version}", NOW)
        catalogue.put_codelist("sex", version, f"c{version}", {"version": version})

    assert catalogue.workflow("commune").version == 2
    assert catalogue.workflow("commune", 1).digest == "w1"
    assert [one.version for one in catalogue.workflows()] == [2, 1]
    assert catalogue.codelist("sex").document == {"version": 2}
    assert [one.version for one in catalogue.codelists("sex")] == [2, 1]
    with pytest.raises(NotFound):
        catalogue.workflow("province")
    with pytest.raises(NotFound):
        catalogue.codelist("sex", 3)
    with pytest.raises(DefinitionChanged):
        catalogue.put_codelist("sex", 2, "other", {})


def test_a_code_list_survives_its_document(catalogue):
    mong = CodeListItem("04", "Mông", aliases=("Mèo",), numbering2="9", minority=True)
    ethnic_groups = CodeList("ethnic_group", 1, "Dân tộc", (mong,), False, "QĐ 121")

    catalogue.put_codelist("ethnic_group", 1, "d", codelist_document(ethnic_groups))

    assert codelist_of(catalogue.codelist("ethnic_group").document) == ethnic_groups


def test_indicators_are_published_as_a_whole(catalogue, database):
    first = [indicator("0102", "Số hộ"), indicator("0101", "Dân số")]
    assert catalogue.put_indicators(first)
    stamp = catalogue.stamp()

    assert not catalogue.put_indicators(first)
    assert catalogue.stamp() == stamp
    assert catalogue.indicators() == first[::-1]

    assert catalogue.put_indicators([replace(first[0], title="Số hộ dân tộc thiểu số")])
    assert [one.title for one in catalogue.indicators()] == ["Số hộ dân tộc thiểu số"]
    assert database.row("SELECT COUNT(*) FROM indicator_edition") == (2,)
    assert catalogue.stamp() > stamp


def test_indicators_are_found_by_code_and_by_title_without_accents(catalogue):
    catalogue.put_indicators(
        [indicator("0102", "Số hộ nghèo"), indicator("0101", "Đường đến thôn")]
    )

    assert [one.code for one in catalogue.search_indicators("ngheo")] == ["0102"]
    assert [one.code for one in catalogue.search_indicators("duong")] == ["0101"]
    assert [one.code for one in catalogue.search_indicators("010")] == ["0101", "0102"]
