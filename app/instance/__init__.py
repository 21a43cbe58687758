"""One running Kith a profile, and how the later starts on that profile talk to it.

A later ``kith LINK`` hands its link over and ends; ``kith doctor`` has the running one examine itself.  Nothing here
knows what a messenger or a window is: whoever runs gives two callables, and gets calls.
"""
