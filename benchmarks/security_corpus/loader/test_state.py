import base64
import pickle

from state import app


def test_state():
    client = app.test_client()
    assert client.post("/settings", data=b"b: 1\na: 2\n").text == "a,b"
    assert client.post("/merge", data=b"a: 1\n---\nb: 2\n").text == "2"
    cookie = base64.b64encode(pickle.dumps({"user": "ann"})).decode()
    assert client.get("/session", cookies={"session": cookie}).text == "ann"
