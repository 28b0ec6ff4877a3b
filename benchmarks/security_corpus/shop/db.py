import sqlite3


def connect(path):
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    connection.executescript(
        "CREATE TABLE IF NOT EXISTS products (sku TEXT, name TEXT, price INTEGER);"
        "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, sku TEXT, amount INTEGER)"
    )
    return connection
