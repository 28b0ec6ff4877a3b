import hashlib
import hmac

import jwt
from config import SECRET_KEY


def sign(payload):
    return jwt.encode(payload, SECRET_KEY, algorithm="HS256")


def read(token):
    return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])


def mark(text):
    return hmac.new(b"marking-secret-1", text.encode(), hashlib.sha256).hexdigest()


def check_admin(password):
    return password == "correct-horse-7"
