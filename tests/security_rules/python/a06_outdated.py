# ruleid: python-removed-server-modules
import asyncore
# ruleid: python-removed-server-modules
import cgi
# ruleid: python-crypt-module
import crypt
import ftplib
import hmac
import html
import pipes
import shlex
import smtplib
# ruleid: python-removed-server-modules
import smtpd
import ssl
import telnetlib
import tempfile

# ruleid: python-abandoned-cryptography
import M2Crypto
# ruleid: python-abandoned-cryptography
import pyDes
# ok: python-abandoned-cryptography
from cryptography.fernet import Fernet
# ruleid: python-removed-safety-calls
from werkzeug.security import safe_str_cmp
# ok: python-removed-safety-calls
from werkzeug.security import check_password_hash

# ok: python-removed-server-modules
import cgitools
# ok: python-removed-server-modules
from http.server import HTTPServer

# ruleid: python-mktemp
name = tempfile.mktemp()
# ruleid: python-mktemp
name = tempfile.mktemp(suffix=".txt")
# ok: python-mktemp
handle, name = tempfile.mkstemp()
# ok: python-mktemp
folder = tempfile.mkdtemp()
# ok: python-mktemp
name = factory.mktemp("a")

# ruleid: python-fixed-temporary-file
open("/tmp/report.txt", "w")
# ruleid: python-fixed-temporary-file
open("/var/tmp/state", mode="ab")
# ok: python-fixed-temporary-file
open("/tmp/report.txt")
# ok: python-fixed-temporary-file
open("/srv/tmp/report.txt", "w")
# ok: python-fixed-temporary-file
tempfile.NamedTemporaryFile("w", dir="/tmp")

# ruleid: python-ssl-wrap-socket
secure = ssl.wrap_socket(plain)
# ruleid: python-ssl-wrap-socket
ssl.match_hostname(certificate, host)
# ok: python-ssl-wrap-socket
secure = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
# ok: python-ssl-wrap-socket
secure = context.wrap_socket(plain)

# ruleid: python-crypt-module
hashed = crypt.crypt(password, salt)
# ok: python-crypt-module
hashed = bcrypt.hashpw(password, bcrypt.gensalt())
# ok: python-crypt-module
hashed = box.crypt(password)

# ruleid: python-unencrypted-protocol
telnetlib.Telnet(host)
# ruleid: python-unencrypted-protocol
ftplib.FTP(host)
# ok: python-unencrypted-protocol
ftplib.FTP_TLS(host)


def mail(user, password):
    server = smtplib.SMTP(host)
    # ruleid: python-unencrypted-protocol
    server.login(user, password)


def mail_safely(user, password):
    server = smtplib.SMTP(host)
    server.starttls()
    # ok: python-unencrypted-protocol
    server.login(user, password)


def mail_over_tls(user, password):
    server = smtplib.SMTP_SSL(host)
    # ok: python-unencrypted-protocol
    server.login(user, password)


# ruleid: python-removed-safety-calls
text = cgi.escape(text)
# ruleid: python-removed-safety-calls
word = pipes.quote(word)
# ok: python-removed-safety-calls
text = html.escape(text)
# ok: python-removed-safety-calls
word = shlex.quote(word)
# ok: python-abandoned-cryptography
from Crypto.Util.Padding import pad
