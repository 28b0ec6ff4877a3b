"""In a sandbox: starts services, runs a command that uses them, ends them, and returns the command's exit code.

Called as `python with_services.py SERVICES COMMAND…`; SERVICES is a JSON object of programs' folders by the service's
name. Data lies in a temporary folder, which is gone with the sandbox, and so is every process. Nothing is asked of a
network: services listen on the loopback interface of the sandbox's own network alone.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

NO_SERVICE = 91
"""Exit code when a service did not start; why stands in the output."""
NOT_FOUND = 127
_START_SECONDS = 60.0
_END_SECONDS = 10.0
_LOG_CHARACTERS = 4000
_POSTGRESQL = {
    "PGHOST": "127.0.0.1",
    "PGPORT": "5432",
    "PGUSER": "yantra",
    "PGPASSWORD": "yantra",
    "PGDATABASE": "yantra",
    "DATABASE_URL": "postgresql://yantra:yantra@127.0.0.1:5432/yantra",
}
_SWIFT = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "max_connections=50")
"""What is lost with the sandbox need not be safe on a disk."""


class Broken(Exception):
    """A service did not start; the text says why."""


def start_postgresql(programs: Path) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Return a running server with an empty database, and the variables by which clients find it."""
    place = Path(tempfile.mkdtemp(prefix="postgresql-"))
    log, data = place / "log", place / "data"
    locale = ("--encoding=UTF8", "--locale=C.UTF-8")
    ask([programs / "initdb", "-D", data, "-U", "yantra", "--auth=trust", "--no-sync", "--no-instructions", *locale])
    settings = [f"unix_socket_directories={place}", "listen_addresses=127.0.0.1", "port=5432", *_SWIFT]
    command = [programs / "postgres", "-D", data, *(word for setting in settings for word in ("-c", setting))]
    with log.open("wb") as output:
        server = subprocess.Popen([str(word) for word in command], stdout=output, stderr=output, start_new_session=True)
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", "5432"]
    deadline = time.monotonic() + _START_SECONDS
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > deadline:
            raise Broken(log.read_text("utf-8", "replace")[-_LOG_CHARACTERS:])
        time.sleep(0.05)
    ask([programs / "createdb", "-h", "127.0.0.1", "-p", "5432", "-U", "yantra", "yantra"])
    return server, {**_POSTGRESQL, "PATH": f"{programs}:{os.environ.get('PATH', '')}"}


STARTERS: Mapping[str, Callable[[Path], tuple[subprocess.Popen[bytes], dict[str, str]]]] = {
    "postgresql": start_postgresql
}


def ask(words: list[object]) -> None:
    """Run a program of a service; raise Broken with what it said when it fails."""
    try:
        done = subprocess.run(
            [str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        raise Broken(f"{words[0]}: {error.strerror}") from error
    if done.returncode:
        raise Broken(done.stdout.decode("utf-8", "replace")[-_LOG_CHARACTERS:])


def end(server: subprocess.Popen[bytes]) -> None:
    """End a service, if need be by force."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Return the command's exit code, 128 + signal where a signal ended it."""
    try:
        code = subprocess.run(command, env=environment, check=False).returncode
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return NOT_FOUND
    return code if code >= 0 else 128 - code


def main(arguments: list[str]) -> int:
    """Start, run, end."""
    wanted = json.loads(arguments[0])
    environment = dict(os.environ)
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for name, programs in wanted.items():
            server, variables = STARTERS[name](Path(programs))
            servers.append(server)
            environment.update(variables)
        return run(arguments[1:], environment)
    except Broken as problem:
        sys.stderr.write(f"A service did not start:\n{problem}\n")
        return NO_SERVICE
    finally:
        for server in servers:
            end(server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
