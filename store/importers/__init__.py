"""Reading what other systems write: call records in many formats, and the ledger.

docs/importing.md describes the files.
A format is one file under `formats/`; it is found, not registered.
"""
