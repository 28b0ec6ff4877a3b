from flask import Flask, request
from jobs import Job

app = Flask(__name__)


@app.route("/pack")
def pack():
    job = Job(request.args["source"], request.args["target"])
    return job.pack(request.args["name"])
