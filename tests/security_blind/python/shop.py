"""An order service on Flask."""

import hashlib
import os
import pickle
import random
import sqlite3
import subprocess
import tempfile
from xml.etree import ElementTree

import requests
import yaml
from flask import Flask, abort, jsonify, make_response, redirect, render_template_string, request, send_file, session

app = Flask(__name__)
app.secret_key = "b8f1c2d47ee94c1f9d02"  # vuln: A02
UPLOADS = "/srv/uploads"


def connection():
    return sqlite3.connect("shop.db")


@app.route("/orders")
def list_orders():
    status = request.args.get("status", "open")
    rows = connection().execute(f"SELECT id, total FROM orders WHERE status = '{status}'").fetchall()  # vuln: A03
    return jsonify(rows)


@app.route("/orders/sorted")
def sorted_orders():
    column = request.args["by"]
    if column not in {"id", "total"}:
        abort(400)
    limit = int(request.args.get("limit", "10"))
    rows = connection().execute("SELECT id, total FROM orders LIMIT ?", (limit,)).fetchall()
    return jsonify(rows)


@app.route("/customers/<name>")
def customer(name):
    cursor = connection().cursor()
    cursor.execute("SELECT * FROM customers WHERE name = '%s'" % name)  # vuln: A03
    return jsonify(cursor.fetchone())


@app.route("/invoice")
def invoice():
    number = request.args["number"]
    subprocess.run("wkhtmltopdf http://localhost/print/" + number + " /tmp/out.pdf", shell=True, check=True)  # vuln: A03
    return send_file("/tmp/out.pdf")


@app.route("/thumbnail")
def thumbnail():
    picture = request.args["picture"]
    os.system("convert %s -resize 100x100 /tmp/thumb.png" % picture)  # vuln: A03
    return send_file("/tmp/thumb.png")


@app.route("/git-log")
def git_log():
    output = subprocess.run(["git", "log", "--oneline", "-n", "5"], capture_output=True, check=True)
    return output.stdout


@app.route("/files/<path:name>")
def download(name):
    return send_file(os.path.join(UPLOADS, name))  # vuln: A01


@app.route("/read")
def read():
    with open("/srv/pages/" + request.args["page"]) as page:  # vuln: A01
        return page.read()


@app.route("/hello")
def hello():
    who = request.args.get("who", "you")
    return render_template_string("<h1>Hello " + who + "</h1>")  # vuln: A03


@app.route("/greet")
def greet():
    return "<p>Good morning, " + request.args.get("who", "") + "</p>"  # vuln: A03


@app.route("/go")
def go():
    return redirect(request.args["next"])  # vuln: A01


@app.route("/home")
def home():
    return redirect("/orders")


@app.route("/preview")
def preview():
    answer = requests.get(request.args["url"], timeout=5)  # vuln: A10
    return answer.text


@app.route("/rates")
def rates():
    return requests.get("https://rates.example.com/today", timeout=5).json()


@app.route("/import", methods=["POST"])
def import_cart():
    cart = pickle.loads(request.get_data())  # vuln: A08
    return jsonify(len(cart))


@app.route("/settings", methods=["POST"])
def settings():
    loaded = yaml.load(request.data, Loader=yaml.Loader)  # vuln: A08
    safe = yaml.safe_load(request.data)
    return jsonify([loaded, safe])


def store_password(user, password):
    digest = hashlib.md5(password.encode()).hexdigest()  # vuln: A02
    connection().execute("UPDATE users SET password = ? WHERE name = ?", (digest, user))


def etag(body):
    return hashlib.sha256(body).hexdigest()


def reset_token():
    return "".join(random.choice("abcdef0123456789") for _ in range(32))  # vuln: A02


def pick_banner(banners):
    return banners[0]


def fetch_partner(path):
    return requests.get(f"https://partner.example.com/{path}", verify=False, timeout=3)  # vuln: A02


def scratch():
    return tempfile.mktemp(suffix=".csv")  # vuln: A01


@app.route("/calc")
def calc():
    return str(eval(request.args["expression"]))  # vuln: A03


@app.route("/login", methods=["POST"])
def login():
    app.logger.info("login of %s with %s", request.form["user"], request.form["password"])  # vuln: A09
    answer = make_response("ok")
    answer.set_cookie("session", session["id"], secure=False, httponly=False)  # vuln: A05
    return answer


@app.route("/check", methods=["POST"])
def check():
    if request.form["api_token"] == os.environ["API_TOKEN"]:  # vuln: A07
        return "ok"
    abort(403)


def parse(text):
    return ElementTree.fromstring(text)


if __name__ == "__main__":
    app.run(host="0.0.0.0", debug=True)  # vuln: A05
