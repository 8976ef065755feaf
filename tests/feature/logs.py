"""The log of a program: a JSON object a line, while others write to it."""
import json


def lines(path, shared=False):
    """Those that are whole, parsed.  shared: with a web server's own words."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    whole = text[:text.rfind('\n') + 1]
    return [json.loads(line) for line in whole.splitlines()
            if not shared or line.startswith('{')]
