"""What the machine has: the processor, the tools, the system's packages. Installs what Debian supplies where it may."""

import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys

from command import CommandFailed, run

# Each with a file to look for where there is no dpkg to ask.
BUILD_PACKAGES = {
    "libspeexdsp-dev": "/usr/include/speex/speex_resampler.h",
    "libsqlite3-dev": "/usr/include/sqlite3.h",
    "zlib1g-dev": "/usr/include/zlib.h",
    "pkg-config": "/usr/bin/pkg-config",  # SwiftPM asks it where speexdsp is
}
ENGINE_PACKAGES = {
    "flite1-dev": "/usr/include/flite/flite.h",
    "g++": "/usr/bin/g++",
    "libgomp1": "/usr/lib/x86_64-linux-gnu/libgomp.so.1",
}
TEST_PACKAGES = {
    "espeak-ng": "/usr/bin/espeak-ng",
    "flite": "/usr/bin/flite",
}
FRAMEWORK_PACKAGES = {
    "nodejs": "/usr/bin/node",
    "node-ws": "/usr/share/nodejs/ws",
    "node-typescript": "/usr/bin/tsc",
}
BROWSER_PACKAGES = {
    "chromium": "/usr/bin/chromium",
    "sox": "/usr/bin/sox",
    "nodejs": "/usr/bin/node",
    "node-typescript": "/usr/bin/tsc",
}
BASELINE = {"avx2", "fma", "f16c", "bmi2"}  # what ggml's AVX2 build needs


class Lacking(Exception):
    """The machine lacks something; the message is one sentence with the remedy."""


def cpu_flags():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("flags"):
                    return frozenset(line.split(":", 1)[1].split())
    except OSError:
        pass
    return frozenset()


def why_no_local_engines():
    """None where the local engines run, else the reason they do not."""
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "amd64"):
        return f"they need Linux on x86-64, and this is {platform.system()} on {platform.machine()}"
    if not BASELINE <= cpu_flags():
        return "they need a processor with AVX2, and this one has none"
    return None


def check_tools():
    if sys.version_info < (3, 11):
        raise Lacking(f"Python 3.11 or later is needed, not {platform.python_version()}: install a newer python3.")
    for tool in ("git", "make"):
        if not shutil.which(tool):
            raise Lacking(f"{tool} is missing: install it (`apt-get install {tool}` on Debian).")
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        raise Lacking("python3 has no venv module: install it (`apt-get install python3-venv`).")
    remedy = "get it from https://www.swift.org/install"
    if not shutil.which("swift"):
        raise Lacking(f"Swift 6.2 or later is needed and there is no `swift` on the PATH: {remedy}.")
    said = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    version = re.search(r"Swift version (\d+)\.(\d+)", said)
    if not version or (int(version[1]), int(version[2])) < (6, 2):
        found = f"this is {version[1]}.{version[2]}" if version else "this `swift` does not tell its version"
        raise Lacking(f"Swift 6.2 or later is needed and {found}: {remedy}.")


def missing_packages(packages):
    if not shutil.which("dpkg-query"):
        return [name for name, file in packages.items() if not os.path.exists(file)]
    asked = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\\n", *packages]
    said = subprocess.run(asked, capture_output=True, text=True).stdout.splitlines()
    installed = {line.split()[0] for line in said if line.endswith(" installed")}
    # A tool that somebody put there without the package is as good.
    return [name for name, file in packages.items() if name not in installed and not os.path.exists(file)]


def install_packages(packages, progress):
    missing = missing_packages(packages)
    if not missing:
        return
    if sys.platform == "darwin":
        raise Lacking(f"Some libraries are missing ({', '.join(missing)}): `brew install speexdsp pkgconf`.")
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    by_hand = f"run `{'sudo ' if os.geteuid() else ''}{' '.join(install)}`"
    if not shutil.which("apt-get"):
        raise Lacking(f"This machine lacks what Debian calls {', '.join(missing)}: install it and run set-up again.")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and (not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode):
        raise Lacking(f"Some packages are missing: {by_hand}, then run set-up again.")
    noninteractive = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    with progress.wait(f"Installing {', '.join(missing)}"):
        try:
            run([*noninteractive, *install])
        except CommandFailed:  # often only because the package lists are old or were never fetched
            try:
                run([*noninteractive, "apt-get", "update"])
                run([*noninteractive, *install])
            except CommandFailed as failure:
                names = ", ".join(missing)
                raise Lacking(f"Could not install {names} ({failure}): {by_hand} when it can work.") from failure
