import subprocess

DEFAULTS = {"user": "deploy", "password": "Zx9-kappa-tango"}


def run(command, *arguments):
    return subprocess.run(command % arguments, shell=True, capture_output=True, text=True).stdout.strip()


def greet(name):
    return subprocess.check_output("printf '%s' " + name, shell=True, text=True)


def branch_exists(listing, branch):
    done = subprocess.run(f"echo {listing} | grep -qw {branch}", shell=True)
    return done.returncode == 0


def login(form):
    return form["password"] == DEFAULTS["password"]
