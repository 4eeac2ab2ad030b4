"""What the audio tests share."""

# What the microphone hears.
TONE = 700


def wait(page, condition):
    """Playwright's own `wait_for_function` evaluates strings in the page, which the policy forbids."""
    for _ in range(250):
        if page.evaluate(f"!!({condition})"):
            return
        page.wait_for_timeout(40)
    raise AssertionError(f"{condition} has not come true in 10 s")
