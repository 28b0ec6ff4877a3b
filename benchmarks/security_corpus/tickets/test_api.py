import json

import api


def test_tickets():
    made = api.create({"body": json.dumps({"title": "broken"})}, None)
    api.create({"body": json.dumps({"title": "other"})}, None)
    api.close({"pathParameters": {"id": made["body"]}}, None)
    found = api.find({"queryStringParameters": {"state": "open"}}, None)
    assert json.loads(found["body"]) == ["other"]
