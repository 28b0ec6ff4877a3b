import sqlite3

import wiki


def test_wiki():
    client = wiki.app.test_client()
    assert client.get("/page?title=home").text == "<h1>home</h1><pre>welcome\n</pre>"
    assert client.get("/page?title=none").status_code == 404


def test_search():
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE pages (title TEXT, owner TEXT, text TEXT)")
    connection.execute("INSERT INTO pages VALUES ('t', 'ann', 'one two')")
    assert wiki.search(connection, "ann", ["one", "two"]) == [("t",)]
    assert wiki.lookup(connection, "t") == ("one two",)
