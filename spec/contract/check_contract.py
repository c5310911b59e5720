#!/usr/bin/env python3
"""Judges bodies by Runway's own schemas (needs python3-jsonschema).

check_contract.py [FILE]        JSON lines {"path": "/v1/...", "body": {...}, "expect": true|false, "name": "..."}; standard input without FILE.
                                `expect` is whether the body has to be valid (default true). A path may also be "task" (answer of GET /v1/tasks/{id}),
                                "created", "refused" (400 of a submission) or "upload" (answer of POST /v1/uploads).
                                Prints one line for each that is judged otherwise, then a count. Exit status 1 where there was one.
check_contract.py trim OPENAPI  Writes the parts of an OpenAPI document that are needed here to standard output: how runway.json is made anew.
"""
import json
import os
import sys

PATHS = """image_to_video text_to_video video_to_video text_to_image character_performance image_upscale video_upscale
sound_effect voice_isolation uploads""".split()
NOISE = {"description", "example", "examples", "title", "$schema", "deprecated"}


def bare(node, in_properties=False):
    """A schema without what only people read; `properties` may hold a field that is called like a keyword."""
    if isinstance(node, list):
        return [bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: bare(value, key == "properties" and not in_properties)
        for key, value in node.items()
        if in_properties or not (key in NOISE or key.startswith("x-"))
    }


def share(node, definitions):
    """Each larger part that occurs again is written once."""
    if isinstance(node, list):
        return [share(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    slim = {key: share(value, definitions) for key, value in node.items()}
    text = json.dumps(slim, sort_keys=True)
    if len(text) < 120 or not ({"type", "anyOf", "enum"} & set(slim)):
        return slim
    return {"$ref": "#/$defs/" + definitions.setdefault(text, "part%d" % (len(definitions) + 1))}


def trim(name):
    with open(name) as file:
        document = json.load(file)
    definitions, schemas = {}, {}

    def keep(key, schema):
        schemas[key] = share(bare(schema), definitions)

    def answer(operation, status):
        return operation["responses"][status]["content"]["application/json"]["schema"]

    for path in PATHS:
        operation = document["paths"]["/v1/" + path]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        for variant in body.get("oneOf", [body]):
            model = variant["properties"].get("model", {}).get("const", "*")
            keep("/v1/%s %s" % (path, model), variant)
    keep("task", answer(document["paths"]["/v1/tasks/{id}"]["get"], "200"))
    first = document["paths"]["/v1/image_to_video"]["post"]
    keep("created", answer(first, "200"))
    keep("refused", answer(first, "400"))
    keep("upload", answer(document["paths"]["/v1/uploads"]["post"], "200"))
    parts = {place: json.loads(text) for text, place in definitions.items()}
    note = "Parts of the OpenAPI document of the Runway API, snapshot of 2026-08-08. Made by: check_contract.py trim"
    json.dump({"$comment": note, "schemas": schemas, "$defs": parts}, sys.stdout, separators=(",", ":"), sort_keys=True)
    print()


def judge(lines):
    import jsonschema

    place = os.path.join(os.path.dirname(os.path.abspath(__file__)), "runway.json")
    with open(place) as file:
        contract = json.load(file)
    validators, wrong, count = {}, 0, 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        case = json.loads(line)
        key, body = case["path"], case["body"]
        if key.startswith("/"):
            key = "%s %s" % (key, body.get("model", "*"))
        if key not in contract["schemas"]:
            errors = ["no such path and model: " + key]
        else:
            if key not in validators:
                validators[key] = jsonschema.Draft202012Validator(dict(contract["schemas"][key], **{"$defs": contract["$defs"]}))
            errors = ["%s: %s" % (".".join(map(str, error.absolute_path)), error.message[:200]) for error in validators[key].iter_errors(body)]
        count += 1
        if bool(errors) == case.get("expect", True):
            wrong += 1
            print("line %d, %s %s: %s" % (number, key, case.get("name", ""), "; ".join(errors) or "valid, but should not be"))
    print("%d judged, %d wrong" % (count, wrong))
    return 1 if wrong or not count else 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "trim":
        return trim(arguments[1])
    if arguments:
        with open(arguments[0]) as file:
            return judge(file)
    return judge(sys.stdin)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
