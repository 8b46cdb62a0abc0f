"""What the tests stand on: throw-away databases, a running server, a browser. Imported as ``tests.harness``."""
