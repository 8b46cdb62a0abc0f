"""诚信: an open public-credit and government-integrity platform for a Chinese city."""

__version__ = "0.1.0"
