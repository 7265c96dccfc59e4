"""The messages to and from ranksweep, a line of JSON each."""

import json
import os
import queue
import threading

END = {"type": "end"}


class Channel:
    """Takes the standard streams for messages. What anything else prints goes to standard
    error, and reads nothing from standard input."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        source = os.fdopen(os.dup(0), encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self.inbox = queue.SimpleQueue()
        threading.Thread(target=self.listen, args=(source,), daemon=True).start()

    def listen(self, source):
        try:
            for line in source:
                self.inbox.put(json.loads(line))
        finally:
            self.inbox.put(END)

    def received(self):
        """The messages that have come."""
        while not self.inbox.empty():
            yield self.inbox.get()

    def send(self, kind, **fields):
        self.forward(json.dumps({"type": kind} | fields))

    def forward(self, line):
        try:
            self.out.write(line.strip() + "\n")
            self.out.flush()
        except BrokenPipeError:
            pass  # nobody waits for results any more, and the inbox says so too
