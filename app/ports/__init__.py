"""What the services need from outside (``docs/architecture.md``).

The composition root plugs the real ones in; tests plug in fakes that pass the same contract suite.
"""
