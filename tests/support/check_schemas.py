"""Holds JSON documents against the schemas of a folder.

Reads lines "KIND<tab>DOCUMENT" and prints for each "ok", or where and how it
breaks KIND.schema.json. Ends with 77 where python3-jsonschema is missing.
"""
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)

validators = {}
for file in pathlib.Path(sys.argv[1]).glob("*.schema.json"):
    schema = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[file.name.removesuffix(".schema.json")] = (
        jsonschema.Draft202012Validator(schema))

for line in sys.stdin:
    kind, document = line.rstrip("\n").split("\t", 1)
    error = jsonschema.exceptions.best_match(
        validators[kind].iter_errors(json.loads(document)))
    print("ok" if error is None else f"{error.json_path}: {error.message}")
