from everything import *
from plain import *

shown()
_also()
usual()
