import base64
import pickle

import yaml
from flask import Flask, request

app = Flask(__name__)


@app.route("/settings", methods=["POST"])
def settings():
    document = yaml.load(request.get_data(), Loader=yaml.Loader)
    return ",".join(sorted(document))


@app.route("/merge", methods=["POST"])
def merge():
    parts = yaml.load_all(request.data, Loader=yaml.UnsafeLoader)
    merged = {}
    for part in parts:
        merged.update(part)
    return str(len(merged))


@app.route("/session")
def session():
    raw = request.cookies.get("session")
    data = pickle.loads(base64.b64decode(raw))
    return data["user"]
