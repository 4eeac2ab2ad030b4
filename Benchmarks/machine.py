"""What a figure depends on: the processor, and who else uses it."""

import os


def description():
    return f"{processor()}, {os.cpu_count()} cores, load average {' '.join(f'{load:.2f}' for load in os.getloadavg())}"


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "unknown processor"
