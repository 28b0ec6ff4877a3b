from monitor import app


def test_echo():
    assert app.test_client().get("/echo?text=hello").text == "hello"


def test_count(tmp_path):
    (tmp_path / "a").touch()
    (tmp_path / "b").touch()
    assert app.test_client().get(f"/count?folder={tmp_path}").text == "2"


def test_touch(tmp_path):
    client = app.test_client()
    assert client.get(f"/touch?name={tmp_path}/with%20space").text == "done"
    assert (tmp_path / "with space").exists()
