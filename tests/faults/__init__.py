"""What is left of many events when everything that can go wrong does."""
