"""Small local servers that stand in for the platforms and check every call they get."""
