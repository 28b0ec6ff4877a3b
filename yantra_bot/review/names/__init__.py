"""What is wrong with names: those that nothing defines, imports that lead nowhere or in rings, files that do not parse.

It reports what the change introduces, by comparing both versions by content. What cannot be known is never reported.
"""
