import asyncio
import socket
import smtplib
import urllib.parse
import urllib.request
from urllib.parse import urlparse

import aiohttp
import httpx
import pdfkit
import requests
from flask import request

API = "https://api.example.org"
HOSTS = {"a": "https://a.example.org"}


@app.route("/fetch")
def fetch():
    # ruleid: python-ssrf
    requests.get(request.args["url"], timeout=5)
    url = request.form["url"]
    # ruleid: python-ssrf
    urllib.request.urlopen(url)
    # ruleid: python-ssrf
    httpx.post(f"http://{url}/status")
    # ruleid: python-ssrf
    requests.request("GET", url)
    # ok: python-ssrf
    return requests.get("https://example.org/a", params={"u": url}, timeout=5)


@api.get("/preview")
async def preview(url: str):
    async with aiohttp.ClientSession() as session:
        # ruleid: python-ssrf
        async with session.get(url) as answer:
            return await answer.text()


@api.get("/proxy")
async def proxy(target: str):
    async with httpx.AsyncClient() as client:
        # ruleid: python-ssrf
        return await client.get("https://" + target)


def item(request):
    name = request.GET["name"]
    # ok: python-ssrf
    requests.get(f"https://api.example.org/items/{name}", timeout=5)
    # ok: python-ssrf
    requests.get("https://api.example.org/items/" + name, timeout=5)
    # ok: python-ssrf
    requests.get(f"{API}/items/{name}", timeout=5)
    # ok: python-ssrf
    requests.get("https://api.example.org/items/%s" % name, timeout=5)
    # ok: python-ssrf
    requests.get(HOSTS[name], timeout=5)
    # ok: python-ssrf
    cache.get(name)


def fetch_listed():
    url = request.args["url"]
    if urlparse(url).hostname not in ("a.example.org", "b.example.org"):
        raise ValueError(url)
    # ok: python-ssrf
    return requests.get(url, timeout=5)


def fetch_parsed():
    url = request.args["url"]
    parts = urlparse(url)
    if parts.hostname not in ("a.example.org",):
        raise ValueError(url)
    # ok: python-ssrf
    return requests.get(url, timeout=5)


def fetch_checked():
    url = request.args["url"]
    if not is_allowed_url(url):
        raise ValueError(url)
    # ok: python-ssrf
    return requests.get(url, timeout=5)


async def probe():
    host = request.args["host"]
    # ruleid: python-ssrf-socket
    socket.create_connection((host, 80))
    # ruleid: python-ssrf-socket
    smtplib.SMTP(host)
    # ruleid: python-ssrf-socket
    await asyncio.open_connection(host, 80)
    # ok: python-ssrf-socket
    socket.create_connection(("example.org", int(request.args["port"])))
    # ok: python-ssrf-socket
    smtplib.SMTP("mail.example.org")
    if host not in HOSTS:
        raise ValueError(host)
    # ok: python-ssrf-socket
    socket.create_connection((host, 80))


def printed(request, page, driver):
    # ruleid: python-ssrf-page
    pdfkit.from_url(request.GET["url"], "out.pdf")
    # ruleid: python-ssrf-page
    driver.get(request.GET["url"])
    # ruleid: python-ssrf-page
    page.goto(request.GET["url"])
    # ok: python-ssrf-page
    pdfkit.from_url("https://example.org/report", "out.pdf")
    # ok: python-ssrf-page
    driver.get("https://example.org/?q=" + request.GET["words"])


def own():
    # ruleid: python-ssrf-own-host
    requests.get(request.host_url + "health", timeout=5)
    # ruleid: python-ssrf-own-host, python-ssrf
    requests.get(f"http://{request.host}/health", timeout=5)
    # ok: python-ssrf-own-host
    requests.get(f"{API}/health", headers={"X-From": request.host}, timeout=5)
    # ok: python-ssrf-own-host
    log.info(request.host_url)


def role(token):
    # ruleid: python-metadata-service-open
    requests.get("http://169.254.169.254/latest/meta-data/iam/", timeout=1)
    # ruleid: python-metadata-service-open
    urllib.request.urlopen("http://169.254.169.254/latest/meta-data/")
    # ok: python-metadata-service-open
    requests.get("http://169.254.169.254/latest/meta-data/", headers={"X-aws-ec2-metadata-token": token}, timeout=1)
    # ok: python-metadata-service-open
    blocked = ["http://169.254.169.254/"]
