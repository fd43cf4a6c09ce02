"""The schemas that definitions are checked with, as they stand beside the shipped ones."""

from pathlib import Path

from server.core.json_text import loads


def meta_schemas(root: Path) -> dict[str, dict[str, object]]:
    """The meta-schemas of forms and workflows under *root*."""
    places = {
        "form": root / "form_definitions" / "_meta" / "form.schema.json",
        "workflow": root / "workflows" / "_meta" / "workflow.schema.json",
    }
    schemas: dict[str, dict[str, object]] = {}
    for name, path in places.items():
        schema = loads(path.read_bytes())
        if not isinstance(schema, dict):
            raise TypeError(path)
        schemas[name] = schema
    return schemas
