import helpers as h
from helpers import first, second as two
from pkg import part as piece

first()
two()
h.third()
piece.act()
