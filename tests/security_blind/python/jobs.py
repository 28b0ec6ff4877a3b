"""Background jobs, a small API on FastAPI, and what goes with it."""

import asyncio
import logging
import marshal
import os
import shelve
import ssl
import tarfile
import zipfile
from pathlib import Path

import httpx
import jwt
import paramiko
from Crypto.Cipher import AES, DES
from fastapi import FastAPI, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from jinja2 import Environment
from lxml import etree
from sqlalchemy import create_engine, text

log = logging.getLogger(__name__)
api = FastAPI()
api.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # vuln: A05
engine = create_engine("postgresql://jobs:s3cr3t-pw@db/jobs")  # vuln: A07
templates = Environment()  # vuln: A03
escaped = Environment(autoescape=True)


@api.get("/jobs")
def jobs(owner: str):
    with engine.connect() as link:
        return link.execute(text("select * from jobs where owner = '" + owner + "'")).all()  # vuln: A03


@api.get("/jobs/mine")
def mine(owner: str):
    with engine.connect() as link:
        return link.execute(text("select * from jobs where owner = :owner"), {"owner": owner}).all()


@api.get("/ping")
async def ping(host: str):
    process = await asyncio.create_subprocess_shell(f"ping -c 1 {host}")  # vuln: A03
    return await process.wait()


@api.get("/proxy")
async def proxy(target: str):
    async with httpx.AsyncClient() as client:
        return (await client.get(target)).text  # vuln: A10


@api.post("/upload")
async def upload(file: UploadFile):
    target = Path("/srv/in") / file.filename  # vuln: A01
    target.write_bytes(await file.read())
    return {"stored": str(target)}


def unpack(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder)  # vuln: A08


def unpack_checked(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")


def list_zip(archive):
    with zipfile.ZipFile(archive) as packed:
        return packed.namelist()


def load_state(blob):
    return marshal.loads(blob)  # vuln: A08


def remember(key, value):
    with shelve.open("state") as state:
        state[key] = value


def who(token, key):
    claims = jwt.decode(token, options={"verify_signature": False})  # vuln: A07
    checked = jwt.decode(token, key, algorithms=["HS256"])
    return claims["sub"], checked["sub"]


def encrypt(data, key):
    box = AES.new(key, AES.MODE_ECB)  # vuln: A02
    old = DES.new(key[:8], DES.MODE_CBC, b"\0" * 8)  # vuln: A02
    good = AES.new(key, AES.MODE_GCM)
    return box.encrypt(data), old.encrypt(data), good.encrypt_and_digest(data)


def connect(host):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # vuln: A02
    client.connect(host)
    return client


def context():
    loose = ssl._create_unverified_context()  # vuln: A02
    strict = ssl.create_default_context()
    return loose, strict


def read_feed(data):
    parser = etree.XMLParser(resolve_entities=True)  # vuln: A05
    return etree.fromstring(data, parser)


def share(path):
    os.chmod(path, 0o777)  # vuln: A01
    os.chmod(path, 0o640)


def charge(card, amount):
    try:
        return bill(card, amount)
    except PermissionError:
        pass  # vuln: A09


def bill(card, amount):
    log.info("charging %s", amount)
    return card, amount
