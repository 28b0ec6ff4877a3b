import sqlite3

from flask import Flask, request

app = Flask(__name__)


def connect():
    connection = sqlite3.connect(app.config["DATABASE"])
    connection.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, author TEXT, body TEXT)")
    return connection


@app.route("/add", methods=["POST"])
def add():
    author, body = request.form["author"], request.form["body"]
    with connect() as connection:
        connection.execute("INSERT INTO notes (author, body) VALUES ('%s', '%s')" % (author, body))
    return "added"


@app.route("/notes")
def notes():
    author = request.args.get("author", "")
    with connect() as connection:
        rows = connection.execute(f"SELECT body FROM notes WHERE author = '{author}' ORDER BY id").fetchall()
    return "\n".join(body for (body,) in rows)


@app.route("/search")
def search():
    term = request.args.get("q", "")
    query = "SELECT author FROM notes WHERE body LIKE '%" + term + "%'"
    with connect() as connection:
        return ",".join(author for (author,) in connection.execute(query))
