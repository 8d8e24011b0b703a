"""A billing support desk in chat, in English and French."""

__version__ = "0.1.0"
