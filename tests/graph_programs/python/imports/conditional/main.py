try:
    import missing_library_of_nobody as fast
except ImportError:
    import slow as fast

try:
    from slow import quick
except ImportError:
    quick = None

fast.run()
quick()
