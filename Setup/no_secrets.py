#!/usr/bin/env python3
"""Searches what a run has printed for secrets: `python3 Setup/no_secrets.py FILE`. Ends with 1 if there are any.

What looks like a token, a client secret or a private key, and what the tests use for keys.
"""
import re
import sys

SECRETS = re.compile(
    rb"eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{10,}"  # a JSON Web Token
    rb"|ek_[A-Za-z0-9]{32}"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY"
    rb"|never-to-be-seen|hush-hush"  # SecretsTests, RealtimeApplicationTests
)


def main() -> None:
    lines = open(sys.argv[1], "rb").read().splitlines()
    found = [(number, line) for number, line in enumerate(lines, 1) if SECRETS.search(line)]
    for number, line in found:
        print(f"{sys.argv[1]}:{number}: looks like a secret: {SECRETS.sub(b'(hidden)', line)[:200].decode(errors='replace')}")
    print(f"Searched {len(lines)} lines for secrets: {len(found)} found.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
