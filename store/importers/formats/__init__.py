"""One file per format; each declares `source`, a Format."""
