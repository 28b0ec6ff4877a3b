from db import connect
from flask import Flask, request
from products import Products

app = Flask(__name__)
connection = connect(":memory:")
products = Products(connection)


@app.route("/price")
def price():
    sku = request.args["sku"]
    row = connection.execute("SELECT price FROM products WHERE sku = '{0}'".format(sku)).fetchone()
    return str(row["price"]) if row else ("no such product", 404)


@app.route("/cheap")
def cheap():
    return ",".join(products.cheaper_than(request.args["price"], request.args["name"]))
