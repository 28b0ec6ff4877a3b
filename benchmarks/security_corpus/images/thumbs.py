from os import path, popen
from subprocess import PIPE, Popen

from flask import Flask, abort, request

app = Flask(__name__)
BASE = path.dirname(path.abspath(__file__))


@app.route("/kind/<name>")
def kind(name):
    location = path.join(BASE, name)
    if not path.exists(location):
        abort(404)
    with open(location, "rb") as image:
        return "png" if image.read(4) == b"\x89PNG" else "other"


@app.route("/lines")
def lines():
    process = Popen("wc -l < " + path.join(BASE, request.args["file"]), shell=True, stdout=PIPE)
    return process.communicate()[0].decode().strip()


@app.route("/grep")
def grep():
    word = request.args["word"]
    return popen('grep -c "%s" %s/thumbs.py' % (word, BASE)).read().strip()
