import pkg
from pkg import sub

sub.act()
pkg.sub.act()
pkg.start()
