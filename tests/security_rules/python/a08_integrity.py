import json
import os
import pickle
import subprocess
import tarfile
import zipfile
from pathlib import Path

import joblib
import jsonpickle
import numpy as np
import requests
import torch
import yaml
from flask import request

FOLDER = Path("/srv")


def from_request():
    # ruleid: python-unsafe-load-of-request, python-unsafe-load
    pickle.loads(request.data)
    body = request.cookies["state"]
    # ruleid: python-unsafe-load-of-request, python-unsafe-load
    jsonpickle.decode(body)
    # ruleid: python-unsafe-load-of-request, python-yaml-load
    yaml.load(request.data, Loader=yaml.Loader)
    # ruleid: python-unsafe-load-of-request, python-yaml-load
    yaml.unsafe_load(request.get_data())
    # ok: python-unsafe-load-of-request
    json.loads(request.data)
    # ok: python-unsafe-load-of-request
    yaml.safe_load(request.data)
    # ok: python-unsafe-load-of-request
    return yaml.load(request.data, Loader=yaml.SafeLoader)


def from_files(path, value, data):
    # ruleid: python-unsafe-load
    pickle.load(open(path, "rb"))
    # ruleid: python-unsafe-load
    pickle.loads(data)
    # ok: python-unsafe-load
    pickle.dumps(value)
    # ok: python-unsafe-load
    pickle.loads(pickle.dumps(value))
    # ok: python-unsafe-load
    json.loads(data)
    # ruleid: python-yaml-load
    yaml.load(data)
    # ruleid: python-yaml-load
    yaml.load(data, Loader=yaml.FullLoader)
    # ruleid: python-yaml-load
    yaml.load(data, yaml.UnsafeLoader)
    # ok: python-yaml-load
    yaml.load(data, Loader=yaml.SafeLoader)
    # ok: python-yaml-load
    yaml.safe_load(data)
    # ok: python-yaml-load
    yaml.load(data, Loader=OurLoader)


def unpack(path, target):
    with tarfile.open(path) as archive:
        # ruleid: python-archive-unpacked-anywhere
        archive.extractall(target)
    # ruleid: python-archive-unpacked-anywhere
    tarfile.open(path).extractall(target)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            # ruleid: python-archive-unpacked-anywhere
            with open(os.path.join(target, name), "wb") as file:
                file.write(archive.read(name))
    with tarfile.open(path) as archive:
        # ok: python-archive-unpacked-anywhere
        archive.extractall(target, filter="data")
    with zipfile.ZipFile(path) as archive:
        # ok: python-archive-unpacked-anywhere
        archive.extractall(target)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if ".." in name:
                continue
            # ok: python-archive-unpacked-anywhere
            with open(os.path.join(target, name), "wb") as file:
                file.write(archive.read(name))


def update(url):
    # ruleid: python-download-run
    exec(requests.get(url).text)
    code = requests.get(url).content
    # ruleid: python-download-run, python-unsafe-load
    state = pickle.loads(code)
    # ok: python-download-run
    data = json.loads(requests.get(url).text)
    text = requests.get(url).content
    if hashlib.sha256(text).hexdigest() != EXPECTED:
        raise ValueError
    # ok: python-download-run
    exec(text)


def install():
    # ruleid: python-download-piped-to-shell
    os.system("curl -s https://example.org/install.sh | sh")
    # ruleid: python-download-piped-to-shell
    subprocess.run("wget -qO- https://example.org/x | sudo bash", shell=True)
    # ok: python-download-piped-to-shell
    os.system("curl -s https://example.org/data.json | jq .")
    # ok: python-download-piped-to-shell
    print("curl -s https://example.org/install.sh | sh")
    # ruleid: python-install-from-unchecked-index
    subprocess.run(["pip", "install", "--trusted-host", "example.org", "thing"])
    # ruleid: python-install-from-unchecked-index
    subprocess.run(["pip", "install", "-i", "http://example.org/simple", "thing"])
    # ok: python-install-from-unchecked-index
    subprocess.run(["pip", "install", "-i", "https://example.org/simple", "thing"])
    # ok: python-install-from-unchecked-index
    subprocess.run(["pip", "install", "thing"])


def arrays(path):
    # ruleid: python-array-with-pickles
    np.load(path, allow_pickle=True)
    # ruleid: python-array-with-pickles
    torch.load(path, weights_only=False)
    # ruleid: python-array-with-pickles
    joblib.load(path)
    # ok: python-array-with-pickles
    np.load(path)
    # ok: python-array-with-pickles
    torch.load(path, weights_only=True)
    # ok: python-array-with-pickles
    table.load(path, allow_pickle=True)
