import pkg.tools
import pkg.deep.core

pkg.tools.use()
pkg.deep.core.run()
