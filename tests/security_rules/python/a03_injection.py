import ast
import asyncio
import html
import json
import os
import shlex
import sqlite3
import subprocess
import sys

import flask
import jinja2
import ldap
import ldap.filter
import lxml.etree
from bson import ObjectId
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from fastapi.responses import HTMLResponse
from flask import Markup, escape, render_template, render_template_string, request
from psycopg2 import sql
from sqlalchemy import text

COLUMNS = "id, name"
TABLE = "items"
ORDERS = {"name": "name ASC", "age": "age DESC"}


@app.route("/user")
def user():
    name = request.args["name"]
    # ruleid: python-sql-injection, python-sql-text
    cursor.execute("SELECT * FROM users WHERE name = '" + name + "'")
    # ruleid: python-sql-injection, python-sql-text
    cursor.execute(f"SELECT * FROM users WHERE name = '{name}'")
    # ruleid: python-sql-injection, python-sql-text
    cursor.execute("SELECT * FROM users WHERE name = '%s'" % name)
    # ok: python-sql-injection, python-sql-text
    cursor.execute("SELECT * FROM users WHERE name = ?", (name,))
    # ok: python-sql-injection, python-sql-text
    cursor.execute("SELECT * FROM users WHERE name = %(name)s", {"name": name})


def listing(request):
    order = request.GET.get("order", "name")
    # ruleid: python-sql-injection, python-sql-text
    return User.objects.raw("SELECT * FROM users ORDER BY {}".format(order))


@api.get("/items/{item}")
async def item(item: str, db=Depends(connect)):
    statement = f"SELECT * FROM items WHERE id = {item}"
    # ruleid: python-sql-injection, python-sql-text
    return db.execute(text(statement))


@api.get("/numbers/{number}")
async def by_number(number: int):
    # ok: python-sql-injection
    return db.execute(f"SELECT * FROM items WHERE id = {number}")


def listing_safely(request):
    order = ORDERS[request.GET.get("order", "name")]
    # ok: python-sql-injection
    return User.objects.raw("SELECT * FROM users ORDER BY " + order)


def listing_table(request):
    order = ORDERS.get(request.GET["order"], "name")
    # ok: python-sql-injection
    cursor.execute("SELECT * FROM users ORDER BY " + order)


def listing_checked(request):
    order = request.GET["order"]
    if order not in ("name", "age"):
        raise ValueError(order)
    # ok: python-sql-injection
    cursor.execute(f"SELECT * FROM users ORDER BY {order}")


def identified(request):
    # ok: python-sql-injection, python-sql-text
    cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(request.GET["table"])))


def totals(year, table, numbers):
    # ruleid: python-sql-text
    connection.execute(f"SELECT sum(x) FROM totals WHERE year = {year}")
    # ruleid: python-sql-text
    connection.execute("DELETE FROM totals WHERE year = {}".format(year))
    query = "UPDATE totals SET x = 0 WHERE year = " + year
    # ruleid: python-sql-text
    connection.execute(query)
    # ok: python-sql-text
    connection.execute(f"SELECT {COLUMNS} FROM {TABLE}")
    placeholders = ",".join("?" * len(numbers))
    # ok: python-sql-text
    connection.execute(f"SELECT x FROM totals WHERE id IN ({placeholders})", numbers)
    # ok: python-sql-text
    connection.execute("SELECT x " + "FROM totals")
    # ok: python-sql-text
    connection.execute("SELECT x FROM totals WHERE id = %s", (year,))
    # ok: python-sql-text
    executor.execute(f"please select {year} for me")
    # ok: python-sql-text
    print(f"SELECT x FROM totals WHERE year = {year}")
    kept = connection.ops.quote_name(year)
    # ok: python-sql-text
    connection.execute("SELECT count(*) FROM %s" % kept)
    # ok: python-sql-text
    connection.execute("SELECT count(*) FROM %s" % connection.ops.quote_name(year))
    # ok: python-sql-text
    connection.execute(f"""
        SELECT {COLUMNS}
        FROM items
    """)


@app.route("/ping")
def ping():
    host = request.args["host"]
    # ruleid: python-command-injection, python-shell-text
    os.system("ping -c 1 " + host)
    # ruleid: python-command-injection, python-shell-text
    subprocess.run(f"ping -c 1 {host}", shell=True)
    # ruleid: python-command-injection
    subprocess.run(["sh", "-c", host])
    # ruleid: python-command-injection
    subprocess.check_output(host, shell=True)
    # ok: python-command-injection, python-shell-text
    subprocess.run(["ping", "-c", "1", host])
    # ok: python-command-injection, python-shell-text
    subprocess.run(f"ping -c 1 {shlex.quote(host)}", shell=True)
    # ok: python-command-injection, python-shell-text
    subprocess.run("uptime", shell=True)


def ping_allowed(request):
    host = request.GET["host"]
    if host not in HOSTS:
        raise ValueError(host)
    # ok: python-command-injection
    os.system("ping " + host)


async def pack(folder, name):
    # ruleid: python-shell-text
    os.system("tar cf out.tar " + folder)
    # ruleid: python-shell-text
    await asyncio.create_subprocess_shell(f"tar cf {name} {folder}")
    command = "tar cf {} {}".format(name, folder)
    # ruleid: python-shell-text
    subprocess.Popen(command, shell=True)
    # ok: python-shell-text
    subprocess.Popen(["tar", "cf", name, folder])
    # ok: python-shell-text
    os.system(f"{PROGRAM} --version")
    # ok: python-shell-text
    os.system("clear")
    # ok: python-shell-text
    subprocess.run(command, shell=False)


@app.post("/calculate")
def calculate():
    # ruleid: python-code-injection, python-eval
    result = eval(request.form["formula"])
    code = request.get_json()["code"]
    # ruleid: python-code-injection
    exec(code)
    # ruleid: python-code-injection
    module = __import__(request.args["module"])
    # ok: python-code-injection
    number = ast.literal_eval(request.form["number"])
    # ok: python-code-injection
    other = int(request.form["number"])
    # ok: python-code-injection
    return eval("1 + 1")


def evaluated(text, value):
    # ruleid: python-eval
    eval(text)
    # ruleid: python-eval
    eval(value.strip(), {})
    # ruleid: python-eval
    eval("f(" + text + ")")
    # ok: python-eval
    eval("len([])")
    # ok: python-eval
    ast.literal_eval(text)
    # ok: python-eval
    model.eval()
    # ok: python-eval
    eval(FORMULA)
    # ok: python-eval
    note = "never call eval(text)"


@app.route("/hello")
def hello():
    name = request.args["name"]
    # ruleid: python-template-injection
    render_template_string("<p>Hello " + name)
    # ruleid: python-template-injection
    jinja2.Template(name).render()
    page = f"<p>{name}</p>"
    # ruleid: python-template-injection
    render_template_string(page)
    # ok: python-template-injection
    render_template_string("<p>{{ name }}</p>", name=name)
    # ok: python-template-injection
    jinja2.Template("{{ name }}").render(name=name)
    # ok: python-template-injection
    return render_template("hello.html", name=name)


@app.route("/greet")
def greet():
    # ruleid: python-xss
    return f"<h1>Hello {request.args['name']}</h1>"


@app.route("/greet/<name>")
def greet_named(name):
    # ruleid: python-xss
    return "<h1>Hello " + name + "</h1>"


def greet_django(request):
    # ruleid: python-xss
    return HttpResponse("<b>" + request.GET["name"] + "</b>")


@api.get("/page")
async def page(title: str):
    # ruleid: python-xss
    return HTMLResponse(f"<title>{title}</title>")


def marked(request):
    # ruleid: python-xss
    return mark_safe(request.POST["text"])


@app.route("/greet-safely")
def greet_safely():
    # ok: python-xss
    return f"<h1>Hello {escape(request.args['name'])}</h1>"


@app.route("/greet-page")
def greet_page():
    # ok: python-xss
    return render_template("greet.html", name=request.args["name"])


@app.route("/count")
def count():
    number = int(request.args["number"])
    # ok: python-xss
    return f"<b>{number}</b>"


def greet_formatted(request):
    # ok: python-xss
    return HttpResponse(format_html("<b>{}</b>", request.GET["name"]))


def greet_plain(request):
    # ok: python-xss
    return HttpResponse(request.GET["name"], content_type="text/plain")


def greet_escaped(request):
    name = html.escape(request.GET["name"])
    # ok: python-xss
    return HttpResponse("<b>" + name + "</b>")


def built(name, count):
    # ruleid: python-markup-text
    mark_safe(f"<b>{name}</b>")
    # ruleid: python-markup-text
    Markup("<b>%s</b>" % name)
    # ruleid: python-markup-text
    mark_safe("<b>" + name + "</b>")
    # ok: python-markup-text
    mark_safe("<b>name</b>")
    # ok: python-markup-text
    Markup("<b>{}</b>").format(name)
    # ok: python-markup-text
    format_html("<b>{}</b>", name)
    # ok: python-markup-text
    mark_safe(f"<b>{escape(name)}</b>")


# ruleid: python-template-escaping-off
jinja2.Environment(autoescape=False)
# ruleid: python-template-escaping-off
jinja2.Environment(loader=jinja2.FileSystemLoader("pages"))
# ruleid: python-template-escaping-off
jinja2.Environment()
# ruleid: python-template-escaping-off
app.jinja_env.autoescape = False
# ok: python-template-escaping-off
jinja2.Environment(loader=jinja2.FileSystemLoader("pages"), autoescape=True)
# ok: python-template-escaping-off
jinja2.Environment(loader=loader, autoescape=jinja2.select_autoescape())
# ok: python-template-escaping-off
app.jinja_env.autoescape = True


def find_person(request):
    name = request.GET["name"]
    # ruleid: python-ldap-injection
    directory.search_s("dc=example", ldap.SCOPE_SUBTREE, "(uid=" + name + ")")
    # ruleid: python-ldap-injection
    connection.search("dc=example", f"(uid={name})")
    # ruleid: python-ldap-injection
    connection.search(search_base="dc=example", search_filter="(uid=%s)" % name)
    # ok: python-ldap-injection
    directory.search_s("dc=example", ldap.SCOPE_SUBTREE, "(uid=" + ldap.filter.escape_filter_chars(name) + ")")
    # ok: python-ldap-injection
    directory.search_s("dc=example", ldap.SCOPE_SUBTREE, "(objectClass=person)")
    # ok: python-ldap-injection
    connection.search("dc=example", ldap.filter.filter_format("(uid=%s)", [name]))


def find_node(request):
    name = request.GET["name"]
    # ruleid: python-xpath-injection
    tree.xpath("//user[@name='" + name + "']")
    # ruleid: python-xpath-injection
    lxml.etree.XPath(f"//user[@name='{name}']")
    # ruleid: python-xpath-injection
    root.find(f".//user[@name='{name}']")
    # ok: python-xpath-injection
    tree.xpath("//user[@name=$name]", name=name)
    # ok: python-xpath-injection
    name.find("a")
    # ok: python-xpath-injection
    tree.xpath("//user")


@app.post("/login")
def find_document():
    body = request.get_json()
    # ruleid: python-nosql-injection
    users.find_one({"name": body["name"], "password": body["password"]})
    # ruleid: python-nosql-injection
    users.find(request.json)
    # ruleid: python-nosql-injection
    users.find({"$where": "this.name == '" + request.args["name"] + "'"})
    # ok: python-nosql-injection
    users.find_one({"name": str(body["name"])})
    # ok: python-nosql-injection
    users.find_one({"_id": ObjectId(body["id"])})
    # ok: python-nosql-injection
    users.find_one({"name": request.form["name"]})
    # ok: python-nosql-injection
    users.find_one({"name": "root"})


def download(self, request, message):
    name = request.GET["name"]
    # ruleid: python-header-injection
    self.send_header("X-Name", name)
    # ruleid: python-header-injection
    message["Subject"] = "About " + request.POST["subject"]
    # ruleid: python-header-injection
    response["Content-Disposition"] = f"attachment; filename={name}"
    # ok: python-header-injection
    message["Subject"] = request.POST["subject"].replace("\n", " ")
    # ok: python-header-injection
    self.send_header("X-Length", str(len(name)))
    # ok: python-header-injection
    message["Subject"] = "Welcome"
    # ok: python-header-injection
    table["Subject-of"] = name
