"""A handler of events, as a cloud calls it."""

import json
import sqlite3

DB = sqlite3.connect(":memory:")
DB.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, title TEXT, state TEXT)")


def create(event, context):
    body = json.loads(event["body"])
    cursor = DB.execute(f"INSERT INTO tickets (title, state) VALUES ('{body['title']}', 'open')")
    return {"statusCode": 201, "body": str(cursor.lastrowid)}


def close(event, context):
    number = event["pathParameters"]["id"]
    DB.execute("UPDATE tickets SET state = 'closed' WHERE id = " + number)
    return {"statusCode": 204}


def find(event, context):
    state = event["queryStringParameters"]["state"]
    order = event["queryStringParameters"].get("order", "id")
    rows = DB.execute("SELECT title FROM tickets WHERE state = '" + state + "' ORDER BY " + order)
    return {"statusCode": 200, "body": json.dumps([title for (title,) in rows])}
