import hashlib
import hmac
import os
import random
import secrets
import ssl

import aiohttp
import bcrypt
import httpx
import jwt
import requests
import urllib3
from Crypto.Cipher import AES, DES, ARC4
from Crypto.Hash import MD5
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def digests(data):
    # ruleid: python-weak-hash
    hashlib.md5(data)
    # ruleid: python-weak-hash
    hashlib.sha1(data).hexdigest()
    # ruleid: python-weak-hash
    hashlib.new("md5", data)
    # ruleid: python-weak-hash
    MD5.new(data)
    # ruleid: python-weak-hash
    hashes.SHA1()
    # ok: python-weak-hash
    hashlib.md5(data, usedforsecurity=False)
    # ok: python-weak-hash
    hashlib.sha256(data)
    # ok: python-weak-hash
    hashlib.new("sha256", data)
    # ok: python-weak-hash
    name = "hashlib.md5(data)"
    # ok: python-weak-hash
    record.md5(data)


def ciphers(key, iv, text):
    # ruleid: python-weak-cipher
    DES.new(key, DES.MODE_CBC, iv)
    # ruleid: python-weak-cipher
    ARC4.new(key)
    # ruleid: python-weak-cipher
    Cipher(algorithms.TripleDES(key), modes.CBC(iv))
    # ruleid: python-weak-cipher
    Cipher(algorithms.Blowfish(key), modes.CBC(iv))
    # ok: python-weak-cipher
    AES.new(key, AES.MODE_GCM, iv)
    # ok: python-weak-cipher
    Cipher(algorithms.AES(key), modes.GCM(iv))
    # ok: python-weak-cipher
    catalogue.DES.new(key)
    # ruleid: python-ecb-mode
    AES.new(key, AES.MODE_ECB)
    # ruleid: python-ecb-mode
    Cipher(algorithms.AES(key), modes.ECB())
    # ruleid: python-ecb-mode
    AES.new(key, mode=AES.MODE_ECB)
    # ok: python-ecb-mode
    AES.new(key, AES.MODE_GCM)
    # ok: python-ecb-mode
    Cipher(algorithms.AES(key), modes.GCM(iv))


def vectors(key, text):
    # ruleid: python-static-iv
    AES.new(key, AES.MODE_CBC, b"0123456789abcdef")
    # ruleid: python-static-iv
    Cipher(algorithms.AES(key), modes.CBC(b"\0" * 16))
    # ruleid: python-static-iv
    AESGCM(key).encrypt(b"000000000000", text, None)
    fixed = bytes(16)
    # ruleid: python-static-iv
    AES.new(key, AES.MODE_CBC, iv=fixed)
    # ok: python-static-iv
    AES.new(key, AES.MODE_CBC, os.urandom(16))
    iv = os.urandom(16)
    # ok: python-static-iv
    Cipher(algorithms.AES(key), modes.CBC(iv))
    # ok: python-static-iv
    AESGCM(key).encrypt(os.urandom(12), text, None)
    # ok: python-static-iv
    AES.new(key, AES.MODE_CBC, header[:16])


def connections(url, session, context):
    # ruleid: python-tls-verify-off
    requests.get(url, verify=False)
    # ruleid: python-tls-verify-off
    httpx.Client(verify=False)
    # ruleid: python-tls-verify-off
    session.verify = False
    # ruleid: python-tls-verify-off
    context.verify_mode = ssl.CERT_NONE
    # ruleid: python-tls-verify-off
    context.check_hostname = False
    # ruleid: python-tls-verify-off
    aiohttp.TCPConnector(ssl=False)
    # ruleid: python-tls-verify-off
    urllib3.PoolManager(cert_reqs="CERT_NONE")
    # ruleid: python-tls-verify-off
    ssl._create_unverified_context()
    # ok: python-tls-verify-off
    requests.get(url, verify=True)
    # ok: python-tls-verify-off
    requests.get(url, verify="/etc/ssl/own.pem")
    # ok: python-tls-verify-off
    context.verify_mode = ssl.CERT_REQUIRED
    # ok: python-tls-verify-off
    check(token, verify=False)
    # ok: python-tls-verify-off
    ssl.create_default_context()


def versions(context):
    # ruleid: python-old-tls
    ssl.SSLContext(ssl.PROTOCOL_TLSv1)
    # ruleid: python-old-tls
    ssl.SSLContext(ssl.PROTOCOL_SSLv3)
    # ruleid: python-old-tls
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    # ok: python-old-tls
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # ok: python-old-tls
    ssl.SSLContext(ssl.PROTOCOL_TLSv1_2)
    # ok: python-old-tls
    context.minimum_version = ssl.TLSVersion.TLSv1_2


def draws(letters, user):
    # ruleid: python-weak-random
    token = "".join(random.choice(letters) for _ in range(32))
    # ruleid: python-weak-random
    user.reset_code = random.randint(100000, 999999)
    # ruleid: python-weak-random
    password = str(random.random())
    # ruleid: python-weak-random
    create(user, session_id=random.getrandbits(128))
    # ok: python-weak-random
    token = "".join(secrets.choice(letters) for _ in range(32))
    # ok: python-weak-random
    token = random.SystemRandom().choice(letters)
    # ok: python-weak-random
    colour = random.choice(letters)
    # ok: python-weak-random
    delay = random.uniform(0, 1)
    # ok: python-weak-random
    token_count = random.randint(1, 10)


def make_token(letters):
    # ruleid: python-weak-random
    return "".join(random.choices(letters, k=20))


# ruleid: python-hard-coded-key
SECRET_KEY = "b7!kd0s-2kx9-very"
# ruleid: python-hard-coded-key
app.config["SECRET_KEY"] = "sesame"
# ruleid: python-hard-coded-key
password = "Tr0ub4dor&3"
# ruleid: python-hard-coded-key
API_KEY = "9f8a7b6c5d4e3f2a1b0c"
# ruleid: python-hard-coded-key
client.connect(host, password="hunter2-hunter2")
# ok: python-hard-coded-key
SECRET_KEY = os.environ["SECRET_KEY"]
# ok: python-hard-coded-key
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY")
# ok: python-hard-coded-key
password = ""
# ok: python-hard-coded-key
password = "your-password-here"
# ok: python-hard-coded-key
API_KEY = "<put your key here>"
# ok: python-hard-coded-key
password_label = "Password (8+ characters)"
# ok: python-hard-coded-key
access_token = "access_token"
# ok: python-hard-coded-key
auth_token = "X-Auth-Token"
# ok: python-hard-coded-key
secret = vault.read("database/creds2")


def tokens(payload, key, token):
    # ruleid: python-hard-coded-key
    jwt.encode(payload, "swordfish", algorithm="HS256")
    # ruleid: python-hard-coded-key
    Fernet(b"cJ8mUo1f8z3kQm3tqf0yqk3m8t0o9yqk3m8t0o9yqk0=")
    # ruleid: python-hard-coded-key
    AES.new(b"0123456789abcdef", AES.MODE_GCM)
    # ruleid: python-hard-coded-key
    hmac.new(b"swordfish", payload, hashlib.sha256)
    # ok: python-hard-coded-key
    jwt.encode(payload, key, algorithm="HS256")
    # ok: python-hard-coded-key
    Fernet(key)
    # ok: python-hard-coded-key
    hmac.new(key, b"payload", hashlib.sha256)
    # ruleid: python-jwt-unsigned
    jwt.decode(token, key, algorithms=["HS256", "none"])
    # ruleid: python-jwt-unsigned
    jwt.encode(payload, None, algorithm="none")
    # ruleid: python-jwt-unsigned
    jwt.encode(payload, key, algorithm=None)
    # ok: python-jwt-unsigned
    jwt.decode(token, key, algorithms=["HS256"])
    # ok: python-jwt-unsigned
    jwt.encode(payload, key, algorithm="RS256")


def sizes(password, salt):
    # ruleid: python-short-key
    rsa.generate_private_key(public_exponent=65537, key_size=1024)
    # ruleid: python-short-key
    rsa.generate_private_key(65537, 512)
    # ok: python-short-key
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    # ok: python-short-key
    rsa.generate_private_key(65537, size)
    # ruleid: python-few-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, 1000)
    # ruleid: python-few-rounds
    bcrypt.gensalt(rounds=4)
    # ok: python-few-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, 600_000)
    # ok: python-few-rounds
    bcrypt.gensalt(12)
    # ok: python-few-rounds
    hashlib.pbkdf2_hmac("sha256", password, salt, rounds)
