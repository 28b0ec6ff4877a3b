import os
import socket
import traceback
import xml.etree.ElementTree as ET
import xml.sax.handler
from enum import Enum
from http.server import HTTPServer
from xml.dom import minidom

import defusedxml.ElementTree
import lxml.etree
import uvicorn
from django.http import HttpResponse
from fastapi import FastAPI, HTTPException
from flask import jsonify, request

# ruleid: python-debug-on
app.run(debug=True)
# ruleid: python-debug-on
app.config["DEBUG"] = True
# ruleid: python-debug-on
DEBUG = True
# ruleid: python-debug-on
api = FastAPI(debug=True)
# ok: python-debug-on
app.run(debug=False)
# ok: python-debug-on
app.run(debug=os.environ.get("DEBUG") == "1")
# ok: python-debug-on
DEBUG = os.environ.get("DEBUG") == "1"
# ok: python-debug-on
asyncio.run(main(), debug=True)


class DevelopmentConfig(Config):
    # ok: python-debug-on
    DEBUG = True


# ruleid: python-xxe
lxml.etree.XMLParser(resolve_entities=True)
# ruleid: python-xxe
lxml.etree.XMLParser(no_network=False)
# ruleid: python-xxe
parser.setFeature(xml.sax.handler.feature_external_ges, True)
# ok: python-xxe
lxml.etree.XMLParser(resolve_entities=False, no_network=True)
# ok: python-xxe
parser.setFeature(xml.sax.handler.feature_external_ges, False)
# ok: python-xxe
lxml.etree.XMLParser()


def read_order():
    # ruleid: python-xml-from-request
    ET.fromstring(request.data)
    # ruleid: python-xml-from-request
    minidom.parseString(request.get_data())
    body = request.form["xml"]
    # ruleid: python-xml-from-request
    lxml.etree.fromstring(body)
    # ok: python-xml-from-request
    defusedxml.ElementTree.fromstring(request.data)
    # ok: python-xml-from-request
    ET.parse("settings.xml")
    # ok: python-xml-from-request
    return ET.fromstring("<a/>"), request.data


# ruleid: python-listens-everywhere
app.run(host="0.0.0.0", port=80)
# ruleid: python-listens-everywhere
uvicorn.run(app, host="0.0.0.0")
# ruleid: python-listens-everywhere
listener.bind(("", 8080))
# ruleid: python-listens-everywhere
HTTPServer(("0.0.0.0", 8080), Handler)
# ok: python-listens-everywhere
app.run(host="127.0.0.1")
# ok: python-listens-everywhere
listener.bind(("127.0.0.1", 8080))
# ok: python-listens-everywhere
uvicorn.run(app, host=settings.host)
# ok: python-listens-everywhere
blocked = {"0.0.0.0"}

# ruleid: python-default-password
connect(host, user="root", password="root")
# ruleid: python-default-password
admin_password = "changeme"
# ruleid: python-default-password
os.environ.get("DB_PASSWORD", "postgres")
# ruleid: python-default-password
settings = {"USER": "x", "PASSWORD": "admin"}
# ok: python-default-password
connect(host, password=os.environ["DB_PASSWORD"])
# ok: python-default-password
password = ""
# ok: python-default-password
user = "admin"
# ok: python-default-password
field = Input(type="password", name="password")


class Kind(Enum):
    # ok: python-default-password
    PASSWORD = "password"


@app.route("/a")
def a():
    try:
        return work()
    except Exception:
        # ruleid: python-trace-shown
        return traceback.format_exc(), 500


def b(request):
    try:
        return work()
    except Exception:
        trace = traceback.format_exc()
        # ruleid: python-trace-shown
        return HttpResponse("<pre>" + trace + "</pre>", status=500)


async def c(request):
    try:
        return await work()
    except Exception:
        # ruleid: python-trace-shown
        raise HTTPException(500, detail=traceback.format_exc())


@app.route("/d")
def d():
    try:
        return work()
    except Exception:
        # ok: python-trace-shown
        log.error(traceback.format_exc())
        # ok: python-trace-shown
        return "That did not work", 500


def text_of_error():
    # ok: python-trace-shown
    return traceback.format_exc()


def cookies(response, value, options):
    # ruleid: python-cookie-unprotected
    response.set_cookie("session", value)
    # ruleid: python-cookie-unprotected
    response.set_cookie("access_token", value, httponly=True)
    # ruleid: python-cookie-unprotected
    response.set_cookie("theme", value, secure=False)
    # ok: python-cookie-unprotected
    response.set_cookie("session", value, secure=True, httponly=True, samesite="Lax")
    # ok: python-cookie-unprotected
    response.set_cookie("theme", value)
    # ok: python-cookie-unprotected
    response.set_cookie("session", value, **options)


# ruleid: python-cookie-unprotected
SESSION_COOKIE_SECURE = False
# ruleid: python-cookie-unprotected
app.config["SESSION_COOKIE_HTTPONLY"] = False
# ok: python-cookie-unprotected
SESSION_COOKIE_SECURE = True

# ruleid: python-any-host-allowed
ALLOWED_HOSTS = ["*"]
# ruleid: python-any-host-allowed
uvicorn.run(app, forwarded_allow_ips="*")
# ok: python-any-host-allowed
ALLOWED_HOSTS = ["example.org"]
# ok: python-any-host-allowed
ALLOWED_NAMES = ["*"]

# ruleid: python-browser-protection-off
SECURE_CONTENT_TYPE_NOSNIFF = False
# ruleid: python-browser-protection-off
Talisman(app, content_security_policy=None)
# ok: python-browser-protection-off
SECURE_CONTENT_TYPE_NOSNIFF = True
# ok: python-browser-protection-off
Talisman(app)
if LOCAL:
    # ok: python-browser-protection-off
    SECURE_HSTS_SECONDS = 0
