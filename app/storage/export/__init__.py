"""Profiles as one encrypted file: written from a store, read into a new one.

The file holds rows of tables, in the schema of the Kith that wrote it; whoever reads it makes a database of that schema
and takes the steps to its own.  Of sessions there is nothing in it: an old ratchet state must never come back.
"""
