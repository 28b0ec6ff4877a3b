import os

from flask import Flask, request

app = Flask(__name__)
app.secret_key = "wiki-wiki-5512"
PAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pages")


def search(connection, owner, words):
    condition = " AND ".join("text LIKE '%" + word + "%'" for word in words)
    return connection.execute("SELECT title FROM pages WHERE owner = '%s' AND %s" % (owner, condition)).fetchall()


def lookup(connection, title):
    sql = 'SELECT text FROM pages WHERE title = "%s"' % title
    return connection.execute(sql).fetchone()


@app.route("/page")
def page():
    title = request.args["title"]
    place = f"{PAGES}/{title}.txt"
    if not os.path.isfile(place):
        return "", 404
    with open(place) as file:
        text = file.read()
    return "<h1>{}</h1><pre>{}</pre>".format(title, text)
