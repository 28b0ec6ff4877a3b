from app import app


def test_notes(tmp_path):
    app.config["DATABASE"] = str(tmp_path / "a.db")
    client = app.test_client()
    client.post("/add", form={"author": "ann", "body": "hello world"})
    client.post("/add", form={"author": "bob", "body": "other"})
    assert client.get("/notes?author=ann").text == "hello world"
    assert client.get("/search?q=wor").text == "ann"
    assert client.get("/search?q=zzz").text == ""
