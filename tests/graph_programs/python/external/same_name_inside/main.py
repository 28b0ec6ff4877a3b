import json as tools
from json import dumps as save


def dumps(value):
    return save(value)


def save_all(values):
    return [tools.dumps(value) for value in values]


dumps(1)
save_all([1])
