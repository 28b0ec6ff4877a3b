import json


class Point:
    def __init__(self, x):
        self.x = x

    def as_list(self):
        return [self.x]


class Pair:
    def as_list(self):
        return [1, 2]


def encode(item):
    return item.as_list()


def encode_pair(item):
    return item.as_list()


def decode(mapping):
    return Point(mapping["x"])


class Encoder(json.JSONEncoder):
    def default(self, item):
        return encode(item)


def write():
    return json.dumps({"a": [Point(1)]}, default=encode)


def write_by_class():
    return json.dumps(Point(2), cls=Encoder)


def write_pair():
    return json.dumps([{"pair": Pair()}], default=encode_pair)


def read():
    return json.loads('{"x": 1}', object_hook=decode)


def plain():
    found = json.loads('{"x": "a b"}')
    return found["x"].split()


write()
write_by_class()
write_pair()
read().as_list()
plain()
