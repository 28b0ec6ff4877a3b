"""Answers whether a host is up."""

import os
import subprocess

from flask import Flask, request

app = Flask(__name__)


@app.route("/echo")
def echo():
    text = request.args["text"]
    return subprocess.check_output(f"echo {text}", shell=True).decode().strip()


@app.route("/count")
def count():
    folder = request.args.get("folder")
    return os.popen("ls " + folder + " | wc -l").read().strip()


@app.route("/touch")
def touch():
    name = request.args["name"]
    command = "touch '%s'" % name
    status = os.system(command)
    return "done" if status == 0 else "failed"
