from thumbs import app


def test_thumbs():
    client = app.test_client()
    assert client.get("/kind/thumbs.py").text == "other"
    assert client.get("/kind/none.png").status_code == 404
    assert int(client.get("/lines?file=thumbs.py").text) > 20
    assert client.get("/grep?word=communicate").text == "1"
