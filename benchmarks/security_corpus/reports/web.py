from flask import Flask, request
from sqlalchemy import text
from store import Store

app = Flask(__name__)
store = Store()


@app.get("/total")
def total():
    return str(store.total(request.args["region"]))


@app.get("/largest")
def largest():
    region = request.args["region"]
    with store.engine.connect() as connection:
        row = connection.execute(
            text("SELECT year FROM reports WHERE region = '%s' ORDER BY total DESC LIMIT 1" % region)
        ).first()
    return str(row[0])
