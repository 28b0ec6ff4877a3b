import logging
import os

from flask import request

log = logging.getLogger(__name__)


def login(user, password, token, api_key):
    # ruleid: python-secret-logged
    log.info("login of %s with %s", user, password)
    # ruleid: python-secret-logged
    logging.debug(f"token {token} for {user}")
    # ruleid: python-secret-logged
    log.warning("key " + api_key)
    # ruleid: python-secret-logged
    log.info("signed in", password=request.form["password"])
    # ok: python-secret-logged
    log.info("login of %s", user)
    # ok: python-secret-logged
    log.info("password of %s changed", user)
    # ok: python-secret-logged
    log.info("%s tokens", len(token))
    # ok: python-secret-logged
    log.info("count %d", user.token_count)
    # ok: python-secret-logged
    audit("password", password)
    # ruleid: python-secret-printed
    print("password:", password)
    # ruleid: python-secret-printed
    print(f"using {api_key}")
    # ok: python-secret-printed
    print("password:", bool(password))
    # ok: python-secret-printed
    print(f"user {user}")
    # ok: python-secret-printed
    print("your password has expired")


def search():
    # ruleid: python-log-injection
    log.info("search for " + request.args["words"])
    # ruleid: python-log-injection
    log.info(f"search for {request.args['words']}")
    words = request.args["words"]
    # ruleid: python-log-injection
    log.info("search for %s", words)
    # ok: python-log-injection
    log.info("search for %s", words.replace("\n", " "))
    # ok: python-log-injection
    log.info("search for %s", repr(words))
    # ok: python-log-injection
    log.info("page %d", int(request.args["page"]))
    # ok: python-log-injection
    log.info("searched")


def check(user, token):
    # ruleid: python-auth-error-swallowed
    try:
        verify_token(token)
    except Exception:
        pass
    # ruleid: python-auth-error-swallowed
    try:
        person = authenticate(user)
    except ValueError:
        pass
    # ruleid: python-auth-error-swallowed
    try:
        check_permission(user)
    except:
        pass
    # ok: python-auth-error-swallowed
    try:
        verify_token(token)
    except ValueError:
        log.warning("refused")
        raise
    # ok: python-auth-error-swallowed
    try:
        os.remove("/srv/old")
    except OSError:
        pass
    # ok: python-auth-error-swallowed
    try:
        verify_token(token)
    except ValueError:
        return False


# ruleid: python-logging-off
logging.disable(logging.CRITICAL)
# ruleid: python-logging-off
logging.getLogger("django.request").disabled = True
# ok: python-logging-off
logging.disable(logging.NOTSET)
# ok: python-logging-off
logging.getLogger("urllib3").setLevel(logging.WARNING)
# ok: python-logging-off
logging.getLogger("noisy").disabled = True


def trace():
    # ruleid: python-request-logged-whole, python-log-injection
    log.info("request %s", request.headers)
    # ruleid: python-request-logged-whole, python-log-injection
    log.debug(f"form {request.form}")
    # ruleid: python-request-logged-whole
    log.debug("environment %s", os.environ)
    # ok: python-request-logged-whole
    # ruleid: python-log-injection
    log.info("request %s", request.headers["X-Request-Id"])
    # ok: python-request-logged-whole
    log.info("request %s", request.method)
    # ok: python-request-logged-whole
    log.info("form sent")
