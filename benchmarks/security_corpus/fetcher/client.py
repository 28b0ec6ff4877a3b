import ssl
import urllib.request

import requests


class Client:
    def __init__(self, base):
        self.base = base
        self.session = requests.Session()
        self.session.verify = False

    def get(self, path, **options):
        return self.session.get(self.base + path, timeout=5, **options)

    def post(self, path, data):
        return requests.post(
            self.base + path,
            data=data,
            verify=False,
            timeout=5,
        )


def open_raw(address):
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(address, context=context) as answer:
        return answer.read()


def make_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    return context
