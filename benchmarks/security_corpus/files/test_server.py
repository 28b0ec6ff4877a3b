import importlib
import os
import sys


class Document:
    filename = "a.txt"

    def save(self, path):
        with open(path, "w") as file:
            file.write("stored")


def test_files(tmp_path):
    os.environ["FILES_ROOT"] = str(tmp_path)
    sys.modules.pop("server", None)
    server = importlib.import_module("server")
    client = server.app.test_client()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.txt").write_text("inside")
    assert client.get("/raw/sub/x.txt").text == "inside"
    assert client.get("/text?name=sub/x.txt").text == "inside"
    assert client.post("/upload", files={"document": Document()}).text == "stored"
    assert (tmp_path / "uploads" / "a.txt").read_text() == "stored"
    assert client.get("/remove?name=a.txt").text == "removed"
