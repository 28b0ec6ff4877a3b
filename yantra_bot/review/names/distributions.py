"""Which distributions an import may come from: names of packages that are called otherwise than their modules."""

from typing import Final

from yantra_bot.validation.security.dependencies.declared import Ecosystem, normalise

_OTHERWISE: Final = """
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
PIL pillow pillow-simd
sklearn scikit-learn
skimage scikit-image
yaml pyyaml
bs4 beautifulsoup4
dateutil python-dateutil
dotenv python-dotenv
jose python-jose
jwt pyjwt
magic python-magic
docx python-docx
pptx python-pptx
slugify python-slugify unicode-slugify
multipart python-multipart multipart
serial pyserial
usb pyusb
git gitpython
github pygithub
gitlab python-gitlab
OpenSSL pyopenssl
Crypto pycryptodome pycrypto
Cryptodome pycryptodomex
nacl pynacl
attr attrs
attrs attrs
MySQLdb mysqlclient
pymysql pymysql
psycopg2 psycopg2 psycopg2-binary
ldap python-ldap
memcache python-memcached
redis redis
kafka kafka-python
zmq pyzmq
websocket websocket-client
socks pysocks
google protobuf
grpc grpcio
fitz pymupdf
pdfminer pdfminer-six
lxml lxml
markdown markdown
mako mako
jinja2 jinja2
markupsafe markupsafe
werkzeug werkzeug
flask flask
itsdangerous itsdangerous
rest_framework djangorestframework
corsheaders django-cors-headers
debug_toolbar django-debug-toolbar
django_filters django-filter
environ django-environ environ-config
allauth django-allauth
crispy_forms django-crispy-forms
storages django-storages
celery celery
pkg_resources setuptools
setuptools setuptools
_pytest pytest
py pytest py
faker faker
factory factory-boy
freezegun freezegun
hypothesis hypothesis
pyximport cython
Cython cython
pythoncom pywin32
win32api pywin32
win32con pywin32
wx wxpython
gi pygobject
cairo pycairo
OpenGL pyopengl
tensorflow tensorflow tensorflow-cpu tensorflow-gpu tf-nightly
torch torch
umap umap-learn
igraph igraph python-igraph
community python-louvain
Levenshtein levenshtein python-levenshtein
editor python-editor
telegram python-telegram-bot
discord discord-py py-cord
tweepy tweepy
stripe stripe
boto boto
botocore botocore boto3 aioboto3
s3transfer boto3
markdown_it markdown-it-py
mpl_toolkits matplotlib
pylab matplotlib
ruamel ruamel-yaml
sphinx_rtd_theme sphinx-rtd-theme
snappy python-snappy
xdg pyxdg xdg
tlz toolz
more_itertools more-itertools
typing_extensions typing-extensions
mypy_extensions mypy-extensions
importlib_metadata importlib-metadata
importlib_resources importlib-resources
async_timeout async-timeout
absl absl-py
"""

DISTRIBUTIONS: Final = {name: tuple(others) for name, *others in map(str.split, _OTHERWISE.strip().splitlines())}


def distributions_of(module: str) -> tuple[str, ...]:
    """Return the normalised names of the distributions that a module may come from, the likeliest first."""
    known = DISTRIBUTIONS.get(module)
    if known is not None:
        return known
    plain = normalise(Ecosystem.PYPI, module)
    return (plain, f"python-{plain}", f"py{plain}", f"{plain}-python", f"django-{plain}", f"pytest-{plain}")
