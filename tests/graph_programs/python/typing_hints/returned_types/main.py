import json


class Reply:
    def text(self):
        return 1


def fetch() -> Reply:
    return json.loads("null") or Reply()


def parse(raw: str) -> list[Reply]:
    return json.loads(raw)


fetch().text()
for reply in parse("[]"):
    reply.text()
