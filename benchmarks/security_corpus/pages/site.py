from flask import Flask, request
from jinja2 import Environment
from markupsafe import Markup

app = Flask(__name__)
templates = Environment()
CARD = templates.from_string("<div>{{ name }}</div>")


@app.route("/hello")
def hello():
    return f"<h1>Hello {request.args.get('name', 'you')}</h1>"


@app.route("/list")
def listing():
    items = request.args["items"].split(",")
    rows = "".join("<li>" + item + "</li>" for item in items)
    return "<ul>" + rows + "</ul>"


@app.route("/card")
def card():
    return CARD.render(name=request.args["name"])


def badge(text):
    return Markup(f"<span class='badge'>{text}</span>")
