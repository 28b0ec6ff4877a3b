import space.inner.tool as tool
from space.inner import other

tool.use()
other.use()
