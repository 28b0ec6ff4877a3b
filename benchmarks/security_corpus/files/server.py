import os
from pathlib import Path

from flask import Flask, request, send_file

app = Flask(__name__)
ROOT = os.environ.get("FILES_ROOT", "/srv/files")
UPLOADS = Path(ROOT) / "uploads"


@app.route("/raw/<path:name>")
def raw(name):
    return send_file(os.path.join(ROOT, name))


@app.route("/text")
def text():
    name = request.args["name"]
    with open(ROOT + "/" + name) as file:
        return file.read()


@app.route("/upload", methods=["POST"])
def upload():
    document = request.files["document"]
    UPLOADS.mkdir(exist_ok=True)
    document.save(os.path.join(str(UPLOADS), document.filename))
    return "stored"


@app.route("/remove")
def remove():
    target = UPLOADS / request.args["name"]
    target.unlink()
    return "removed"
