from tools import apply, shout

apply(shout)
