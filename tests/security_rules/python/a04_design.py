import json
import re
import secrets
import time
import uuid
from datetime import datetime

import aiohttp
import httpx
import requests
from fastapi import UploadFile
from flask import request


def calls(url, options):
    # ruleid: python-no-timeout
    requests.get(url)
    # ruleid: python-no-timeout
    requests.post(url, json={"a": 1})
    # ruleid: python-no-timeout
    requests.request("GET", url, headers={"timeout": "5"})
    # ok: python-no-timeout
    requests.get(url, timeout=5)
    # ok: python-no-timeout
    requests.get(url, **options)
    # ok: python-no-timeout
    requests.Session()
    # ruleid: python-timeout-off
    httpx.get(url, timeout=None)
    # ruleid: python-timeout-off
    httpx.AsyncClient(timeout=None)
    # ruleid: python-timeout-off
    requests.get(url, timeout=None)
    # ok: python-timeout-off
    httpx.AsyncClient(timeout=10)
    # ok: python-timeout-off
    httpx.get(url)
    # ok: python-timeout-off
    queue.get(timeout=None)


# ruleid: python-unlimited-upload
app.config["MAX_CONTENT_LENGTH"] = None
# ruleid: python-unlimited-upload
DATA_UPLOAD_MAX_MEMORY_SIZE = None
# ok: python-unlimited-upload
app.config["MAX_CONTENT_LENGTH"] = 1_000_000


@api.post("/upload")
async def upload(file: UploadFile):
    # ruleid: python-unlimited-upload
    return await file.read()


@api.post("/upload-chunk")
async def upload_chunk(file: UploadFile):
    # ok: python-unlimited-upload
    return await file.read(65536)


@api.post("/upload-small")
async def upload_small(file: UploadFile):
    if file.size > LIMIT:
        raise ValueError
    # ok: python-unlimited-upload
    return await file.read()


def tokens(user):
    # ruleid: python-predictable-token
    token = hashlib.sha256(str(time.time()).encode()).hexdigest()
    # ruleid: python-predictable-token
    user.reset_token = str(uuid.uuid1())
    # ruleid: python-predictable-token
    session_id = f"{user.id}-{datetime.now().timestamp()}"
    # ok: python-predictable-token
    token = secrets.token_urlsafe()
    # ok: python-predictable-token
    user.reset_token = str(uuid.uuid4())
    # ok: python-predictable-token
    started = time.time()
    # ok: python-predictable-token
    token = jwt.encode({"exp": time.time() + 60}, key)


@app.post("/users")
def create_user():
    # ruleid: python-mass-assignment
    user = User(**request.get_json())
    # ruleid: python-mass-assignment
    User.objects.create(**request.POST.dict())
    body = request.get_json()
    # ruleid: python-mass-assignment
    other = User(**body)
    # ok: python-mass-assignment
    schema = UserSchema(**request.get_json())
    # ok: python-mass-assignment
    return User(name=body["name"])


def update_user(user, data):
    for name, value in request.json.items():
        # ruleid: python-mass-assignment
        setattr(user, name, value)
    for name, value in request.json.items():
        if name in ("name", "email"):
            # ok: python-mass-assignment
            setattr(user, name, value)
    for name, value in data.items():
        # ok: python-mass-assignment
        setattr(user, name, value)


class UserForm(ModelForm):
    class Meta:
        model = User
        # ruleid: python-form-with-all-fields
        fields = "__all__"


class UserSerializer(ModelSerializer):
    class Meta:
        model = User
        # ruleid: python-form-with-all-fields
        fields = "__all__"


class NameForm(ModelForm):
    class Meta:
        model = User
        # ok: python-form-with-all-fields
        fields = ["name"]


# ok: python-form-with-all-fields
fields = "__all__"


def search(lines):
    # ruleid: python-regex-from-request
    regex = re.compile(request.args["regex"])
    # ruleid: python-regex-from-request
    found = re.search("^" + request.args["start"], lines)
    # ok: python-regex-from-request
    safe = re.search(re.escape(request.args["start"]), lines)
    # ok: python-regex-from-request
    also = re.search(r"^\d+$", request.args["number"])
    # ok: python-regex-from-request
    return regex_of.match(request.args["number"])


def repeat():
    count = int(request.args["count"])
    # ruleid: python-size-from-request
    text = "x" * count
    # ruleid: python-size-from-request
    for number in range(int(request.args["count"])):
        step(number)
    # ruleid: python-size-from-request
    time.sleep(float(request.args["wait"]))
    # ok: python-size-from-request
    return range(min(count, 100))


def repeat_checked():
    count = int(request.args["count"])
    if count > 100:
        raise ValueError(count)
    # ok: python-size-from-request
    return "x" * count


def repeat_fixed():
    # ok: python-size-from-request
    return [request.args["text"] for _ in range(10)]
