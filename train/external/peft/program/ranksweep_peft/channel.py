"""The messages to and from ranksweep, a line of JSON each."""

import json
import math
import os
import queue
import threading
import time

VERSION = 1
WORKING_EVERY = 5  # seconds


class Channel:
    """Takes the standard streams for messages. What anything else prints goes to standard
    error, and reads nothing from standard input."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        source = os.fdopen(os.dup(0), encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self.inbox = queue.SimpleQueue()
        self.said = 0.0
        threading.Thread(target=self.listen, args=(source,), daemon=True).start()

    def listen(self, source):
        try:
            for line in source:
                self.inbox.put(json.loads(line))
        finally:
            os._exit(0)  # nobody waits for results any more

    def receive(self):
        return self.inbox.get()

    def asked(self):
        """The file for a checkpoint of the run, if one is wanted."""
        return "" if self.inbox.empty() else self.receive()["file"]

    def send(self, kind, **fields):
        self.out.write(json.dumps({"type": kind} | spelled(fields), allow_nan=False) + "\n")
        self.out.flush()
        self.said = time.monotonic()

    def working(self, what):
        """Says that this program does not hang, unless it said something just now."""
        if time.monotonic() - self.said > WORKING_EVERY:
            self.send("working", what=what)


def spelled(value):
    """Spells out numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: spelled(v) for key, v in value.items()}
    if isinstance(value, list):
        return [spelled(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
