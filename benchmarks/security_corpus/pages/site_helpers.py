import importlib.util
from pathlib import Path


def load():
    spec = importlib.util.spec_from_file_location("the_site", Path(__file__).with_name("site.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
