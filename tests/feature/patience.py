"""Waiting for an effect, never for a time."""
import time


def comes(holds, seconds=60, pause=0.02):
    """What it gives when it holds, or at last."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(pause)


def until(holds, what, seconds=60, pause=0.05):
    found = comes(holds, seconds, pause)
    assert found, f'{what} did not come about in {seconds} s'
    return found
