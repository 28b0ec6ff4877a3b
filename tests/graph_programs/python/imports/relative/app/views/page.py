from . import base
from .base import render
from ..models import Model


def show():
    render(Model())
    return base.render(Model())
