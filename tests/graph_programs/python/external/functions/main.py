import json
import os
import os.path as path
from os.path import basename

text = json.dumps({"a": os.path.join("a", "b")})
path.exists("x")


def last(name):
    return basename(name)


last(text)
