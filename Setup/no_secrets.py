#!/usr/bin/env python3
"""Searches what a run has printed for secrets: `python3 Setup/no_secrets.py FILE`. Ends with 1 if there are any.

What looks like a token, a client secret or a private key, and what the tests use for keys.
"""
import re
import sys

SECRETS = re.compile(
    rb"eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,}"  # a JSON Web Token
    rb"|ek_[A-Za-z0-9]{32}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}"
    rb"|never-to-be-seen|hush-hush"  # SecretsTests, RealtimeApplicationTests
)


def main() -> None:
    contents = open(sys.argv[1], "rb").read()
    found = list(SECRETS.finditer(contents))
    for secret in found:
        line = contents.count(b"\n", 0, secret.start()) + 1
        print(f"{sys.argv[1]}:{line}: looks like a secret: {secret.group()[:8].decode(errors='replace')}…")
    lines = contents.count(b"\n")
    print(f"Searched {lines} lines for secrets: {len(found)} found.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
