import os
import re
import shutil
import stat
from pathlib import Path
from urllib.parse import urlparse

import flask
from aiohttp import web
from django.http import HttpResponseRedirect
from django.shortcuts import redirect as django_redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from fastapi import Depends, FastAPI, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, RedirectResponse
from flask import redirect, request, send_file, send_from_directory, url_for
from flask_cors import CORS
from werkzeug.utils import secure_filename

ROOT = Path("/srv/files")
REPORTS = {"daily": "/srv/daily.csv"}


@app.route("/read")
def read():
    name = request.args.get("name")
    # ruleid: python-path-traversal
    with open(os.path.join("/srv/files", name)) as file:
        return file.read()


@app.route("/show/<path:name>")
def show(name):
    # ruleid: python-path-traversal
    return send_file("/srv/files/" + name)


@api.get("/files/{name}")
async def download(name: str):
    # ruleid: python-path-traversal
    return FileResponse(f"/srv/files/{name}")


@api.post("/upload")
async def upload(file: UploadFile):
    # ruleid: python-path-traversal
    with open(f"/srv/uploads/{file.filename}", "wb") as target:
        target.write(await file.read())


def remove(request):
    # ruleid: python-path-traversal
    os.remove(os.path.join(ROOT, request.POST["file"]))


def folder(request):
    place = ROOT / request.GET["folder"]
    # ruleid: python-path-traversal
    shutil.rmtree(place)


async def text_of(request):
    # ruleid: python-path-traversal
    return web.Response(text=(ROOT / request.match_info["name"]).read_text())


def keep_upload():
    upload = request.files["report"]
    # ruleid: python-path-traversal
    upload.save(os.path.join("/srv/uploads", upload.filename))


def keep_upload_safely():
    upload = request.files["report"]
    # ok: python-path-traversal
    upload.save(os.path.join("/srv/uploads", secure_filename(upload.filename)))


def read_base():
    name = os.path.basename(request.args["name"])
    # ok: python-path-traversal
    return open(os.path.join("/srv/files", name)).read()


def read_inside():
    place = (ROOT / request.args["name"]).resolve()
    if not place.is_relative_to(ROOT):
        flask.abort(404)
    # ok: python-path-traversal
    return place.read_text()


def read_listed():
    # ok: python-path-traversal
    return open(REPORTS[request.args["report"]]).read()


def read_allowed():
    name = request.args["name"]
    if name not in ("a.txt", "b.txt"):
        flask.abort(404)
    # ok: python-path-traversal
    return open("/srv/files/" + name).read()


def read_numbered():
    number = int(request.args["number"])
    # ok: python-path-traversal
    return open(f"/srv/files/{number}.txt").read()


@app.route("/page/<int:number>")
def page(number: int):
    # ok: python-path-traversal
    return open(f"/srv/pages/{number}.txt").read()


def from_folder():
    # ok: python-path-traversal
    return send_from_directory("/srv/files", request.args["name"])


def fixed():
    # ok: python-path-traversal
    return open("/etc/hostname").read() + request.args["name"]


def write_body():
    with open("/srv/body.txt", "w") as target:
        # ok: python-path-traversal
        target.write(request.args["text"])


@api.get("/settings")
def settings(db=Depends(connect)):
    # ok: python-path-traversal
    return open(db.path).read()


@app.route("/go")
def go():
    # ruleid: python-open-redirect
    return redirect(request.args["next"])


def go_on(request):
    target = request.GET.get("next", "/")
    # ruleid: python-open-redirect
    return HttpResponseRedirect(target)


@api.get("/leave")
def leave(url: str):
    # ruleid: python-open-redirect
    return RedirectResponse(url)


async def moved(request):
    # ruleid: python-open-redirect
    raise web.HTTPFound(request.query["to"])


def to_other_host():
    # ruleid: python-open-redirect
    return redirect("https://" + request.args["host"] + "/start")


def go_named():
    # ok: python-open-redirect
    return redirect(url_for("show", name=request.args["name"]))


def go_checked(request):
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    # ok: python-open-redirect
    return HttpResponseRedirect(target)


def go_parsed():
    target = request.args["next"]
    if urlparse(target).netloc:
        flask.abort(400)
    # ok: python-open-redirect
    return redirect(target)


def go_again(request):
    # ok: python-open-redirect
    return HttpResponseRedirect(request.path + "?error=1")


def go_within():
    # ok: python-open-redirect
    return redirect(f"/items/{request.args['item']}")


def go_fixed():
    # ok: python-open-redirect
    return redirect("https://example.org/welcome?from=" + request.args["from"])


def go_reverse(request):
    # ok: python-open-redirect
    return django_redirect(reverse("item", args=[request.GET["id"]]))


# ruleid: python-csrf-off
@csrf_exempt
def hook(request):
    return None


# ruleid: python-csrf-off
app.config["WTF_CSRF_ENABLED"] = False


class Wide:
    # ruleid: python-csrf-off
    WTF_CSRF_ENABLED = False


class ForTests(Config):
    TESTING = True
    # ok: python-csrf-off
    WTF_CSRF_ENABLED = False


# ok: python-csrf-off
app.config["WTF_CSRF_ENABLED"] = True
# ok: python-csrf-off
note = "@csrf_exempt"


# ok: python-csrf-off
@csrf_protect
def form(request):
    return None


# ruleid: python-cors-any-origin
CORS(app)
# ruleid: python-cors-any-origin
CORS(app, origins="*", supports_credentials=True)
# ruleid: python-cors-any-origin
api.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
# ruleid: python-cors-any-origin
CORS_ALLOW_ALL_ORIGINS = True
# ok: python-cors-any-origin
CORS(app, origins=["https://example.org"])
# ok: python-cors-any-origin
api.add_middleware(CORSMiddleware, allow_origins=["https://example.org"])
# ok: python-cors-any-origin
CORS_ALLOWED_ORIGINS = ["https://example.org"]
# ok: python-cors-any-origin
CORS_ALLOW_ALL_ORIGINS = False


def answer(response):
    # ruleid: python-cors-any-origin
    response.headers["Access-Control-Allow-Origin"] = "*"
    # ok: python-cors-any-origin
    response.headers["Access-Control-Allow-Origin"] = "https://example.org"
    # ok: python-cors-any-origin
    response.headers["Vary"] = "*"


def echo(response):
    # ruleid: python-cors-origin-echoed
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")


def echo_later(request, response):
    origin = request.META["HTTP_ORIGIN"]
    # ruleid: python-cors-origin-echoed
    response["Access-Control-Allow-Origin"] = origin


def echo_listed(response):
    origin = request.headers.get("Origin")
    if origin in TRUSTED:
        # ok: python-cors-origin-echoed
        response.headers["Access-Control-Allow-Origin"] = origin


def echo_fixed(response):
    log(request.headers.get("Origin"))
    # ok: python-cors-origin-echoed
    response.headers["Access-Control-Allow-Origin"] = ORIGIN


# ruleid: python-file-open-to-all
os.chmod("/srv/run.sh", 0o777)
# ruleid: python-file-open-to-all
Path("/srv/state").chmod(0o666)
# ruleid: python-file-open-to-all
os.chmod("/srv/state", stat.S_IRUSR | stat.S_IWOTH)
# ruleid: python-file-open-to-all
os.umask(0)
# ok: python-file-open-to-all
os.chmod("/srv/run.sh", 0o755)
# ok: python-file-open-to-all
Path("/srv/state").chmod(0o600)
# ok: python-file-open-to-all
os.chmod("/srv/state", stat.S_IRUSR | stat.S_IWUSR)
# ok: python-file-open-to-all
os.umask(0o077)
# ok: python-file-open-to-all
mask = os.umask(0)
os.umask(mask)
# ruleid: python-file-open-to-all
mask = os.umask(0)
Path("/srv/state").write_text("")
os.umask(mask)
# ok: python-file-open-to-all
os.chmod("/srv/state", mode)


def purge(request):
    # ruleid: python-permission-by-assert
    assert request.user.is_staff, "staff only"
    # ruleid: python-permission-by-assert
    assert request.user.has_perm("items.delete")
    # ruleid: python-permission-by-assert
    assert current_user.role == "admin"
    # ok: python-permission-by-assert
    assert request.user.name
    # ok: python-permission-by-assert
    assert isinstance(request, Request)
    # ok: python-permission-by-assert
    if not request.user.is_staff:
        raise PermissionError


class PurgeTest(TestCase):
    def test_rights(self):
        # ok: python-permission-by-assert
        assert self.user.is_staff


def drop(request):
    # ruleid: python-object-by-id-from-request-deleted
    Invoice.objects.filter(pk=request.POST["id"]).delete()


def drop_one():
    number = request.form["id"]
    # ruleid: python-object-by-id-from-request-deleted
    db.session.delete(Invoice.query.get(number))


def drop_own(request):
    # ok: python-object-by-id-from-request-deleted
    Invoice.objects.filter(pk=request.POST["id"], owner=request.user).delete()


@permission_required("invoices.delete")
def drop_with_right(request):
    # ok: python-object-by-id-from-request-deleted
    Invoice.objects.filter(pk=request.POST["id"]).delete()


def drop_old(request):
    # ok: python-object-by-id-from-request-deleted
    Invoice.objects.filter(pk=OLDEST).delete()
