import hashlib
import hmac

import asyncssh
import bcrypt
import jwt
import paramiko
from flask import request
from werkzeug.security import check_password_hash, generate_password_hash


def signed(body, key, signature, given):
    expected = hmac.new(key, body, hashlib.sha256).hexdigest()
    # ruleid: python-secret-compare
    if signature == expected:
        return True
    # ruleid: python-secret-compare
    if request.headers["X-Signature"] != expected:
        return False
    # ruleid: python-secret-compare
    if given.api_key == key:
        return True
    # ruleid: python-secret-compare
    if hmac.new(key, body, "sha256").hexdigest() == given:
        return True
    # ruleid: python-secret-compare
    if request.form["api_token"] == key:
        return True
    # ok: python-secret-compare
    if hmac.compare_digest(signature, expected):
        return True
    # ok: python-secret-compare
    if signature == "":
        return False
    # ok: python-secret-compare
    if signature is None:
        return False
    # ok: python-secret-compare
    if inspect.signature(given) == inspect.signature(key):
        return False
    # ok: python-secret-compare
    return given.token_count == 3


def login(user, password):
    # ruleid: python-password-compare
    if user.password == password:
        return True
    # ruleid: python-password-compare
    if request.form["password"] == user.password:
        return True
    # ruleid: python-password-compare
    if password != row["password"]:
        return False
    # ok: python-password-compare
    if check_password_hash(user.password, password):
        return True
    # ok: python-password-compare
    if form.password != form.password_confirm:
        return False
    # ok: python-password-compare
    if user.password is None:
        return False
    # ok: python-password-compare
    return bcrypt.checkpw(password, user.password)


def gate(password, api_key, kind):
    # ruleid: python-password-in-source
    if password == "open-sesame":
        return True
    # ruleid: python-password-in-source
    if request.headers.get("X-Api-Key") == "k-81723":
        return True
    # ruleid: python-password-in-source
    if hmac.compare_digest(api_key, "k-81723"):
        return True
    # ok: python-password-in-source
    if password == "":
        return False
    # ok: python-password-in-source
    if kind == "password":
        return False
    # ok: python-password-in-source
    return api_key == None


def register(user, db):
    # ruleid: python-password-kept-plain
    user.password = request.form["password"]
    password = request.form.get("password")
    # ruleid: python-password-kept-plain
    account = User(name="a", password=password)
    # ruleid: python-password-kept-plain
    db.execute("INSERT INTO users (name, password) VALUES (?, ?)", ("a", password))
    # ok: python-password-kept-plain
    user.password = generate_password_hash(request.form["password"])
    # ok: python-password-kept-plain
    db.execute("SELECT * FROM users WHERE name = ?", (password,))
    # ok: python-password-kept-plain
    user.set_password(password)
    # ok: python-password-kept-plain
    connection = connect(host, password=password)


def hashed(password, user, data):
    # ruleid: python-fast-password-hash
    hashlib.sha256(password.encode()).hexdigest()
    # ruleid: python-fast-password-hash
    hashlib.md5((user.salt + user.password).encode())
    digest = hashlib.sha512()
    # ruleid: python-fast-password-hash
    digest.update(password)
    # ok: python-fast-password-hash
    hashlib.sha256(data)
    # ok: python-fast-password-hash
    hashlib.scrypt(password, salt=data, n=16384, r=8, p=1)
    # ok: python-fast-password-hash
    hashlib.sha256(data.password_policy_text)


def claims(token, key):
    # ruleid: python-jwt-not-verified
    jwt.decode(token, options={"verify_signature": False})
    # ruleid: python-jwt-not-verified
    jwt.decode(token, key, verify=False)
    # ruleid: python-jwt-not-verified
    jwt.decode(token, key, algorithms=["HS256"], options={"verify_aud": False, "verify_signature": False})
    # ok: python-jwt-not-verified
    jwt.decode(token, key, algorithms=["HS256"])
    # ok: python-jwt-not-verified
    jwt.decode(token, key, algorithms=["HS256"], options={"verify_signature": True})
    # ruleid: python-jwt-expiry-off
    jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False})
    # ruleid: python-jwt-expiry-off
    jwt.decode(token, key, algorithms=["HS256"], options=dict(verify_exp=False))
    # ok: python-jwt-expiry-off
    jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": True})
    # ok: python-jwt-expiry-off
    jwt.decode(token, key, algorithms=["HS256"], leeway=10)


def sign_in(response):
    # ruleid: python-session-from-request
    response.set_cookie("session_id", request.args["session"])
    key = request.form["key"]
    # ruleid: python-session-from-request
    store = SessionStore(session_key=key)
    # ok: python-session-from-request
    response.set_cookie("session_id", secrets.token_urlsafe())
    # ok: python-session-from-request
    response.set_cookie("theme", request.args["theme"])


def connected(client, host):
    # ruleid: python-ssh-any-host
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    # ruleid: python-ssh-any-host
    asyncssh.connect(host, known_hosts=None)
    # ok: python-ssh-any-host
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    # ok: python-ssh-any-host
    asyncssh.connect(host, known_hosts="/etc/ssh/known_hosts")


def bound(directory, user, name, password):
    # ruleid: python-login-with-empty-password
    directory.simple_bind_s(name, "")
    # ruleid: python-login-with-empty-password
    user.set_password("")
    # ok: python-login-with-empty-password
    directory.simple_bind_s(name, password)
    # ok: python-login-with-empty-password
    user.set_password(password)
