"""A program for tests of supervised processes: it answers each message with what became of it.

    python -m tests.workers.answering PIPE

The message is a pair: what to do, and a number. "say" answers at once, "nap" does nothing for so many seconds, "work"
uses so many seconds of CPU time, "hang" and "spin" never answer and "die" ends the process.
"""

import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection


def main(handle: int) -> None:
    """Answer until the pipe is closed."""
    pipe = Connection(handle)
    pipe.send("ready")
    with suppress(EOFError, OSError):
        while (message := pipe.recv()) != "quit":
            what, number = message
            match what:
                case "nap":
                    time.sleep(number)
                case "work":
                    end = time.process_time() + number
                    while time.process_time() < end:
                        pass
                case "hang":
                    time.sleep(1e6)
                case "spin":
                    while True:
                        pass
                case "die":
                    sys.exit("the disk is gone")
                case _:
                    pass
            pipe.send((what, number))


if __name__ == "__main__":
    main(int(sys.argv[1]))
