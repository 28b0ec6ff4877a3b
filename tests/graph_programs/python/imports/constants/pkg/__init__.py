from pkg.values import LIMIT, Box
