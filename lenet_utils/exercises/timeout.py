"""Code that may never end, stopped after some seconds."""

import ctypes
import threading
from collections.abc import Callable
from typing import Any


class TooLong(RuntimeError):
    """A call did not end within its time."""


def run_within(seconds: float, call: Callable[[], Any]) -> Any:
    """What `call()` returns; raises what it raises, and `TooLong` after so many `seconds`.

    It runs in a thread of its own, which works on every system and in every kernel. When the time is over, or the wait is
    interrupted, the thread is stopped at its next step of Python; one that waits inside a library ends when the library
    returns, or with the program.
    """
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["value"] = call()
        except KeyboardInterrupt:  # not the one who waits, who is in another thread
            outcome["error"] = RuntimeError("KeyboardInterrupt")
        except BaseException as error:  # the reader's code may raise anything, and the caller is to see it
            outcome["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        thread.join(seconds)
    finally:
        late = thread.is_alive()
        if late and thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    if late:
        raise TooLong(f"It did not end within {seconds:g} seconds.")
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]
