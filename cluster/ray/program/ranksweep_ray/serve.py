"""Connects to the cluster, hands it a task for each run, and passes on what comes of them."""

import hashlib
import json
import os
import re
import socket
import threading
import time

from . import versions
from .channel import END, Channel

CHUNK = 64 << 20  # bytes of a file that travel at once
RETRIES = 10  # how often a task that is lost begins anew
PAUSE = 0.3  # seconds between two looks at the cluster
REACH = 5  # seconds in which an address must answer
CONNECT = 120  # seconds in which Ray must be connected


def main():
    channel = Channel()
    start = channel.inbox.get()
    if start == END:
        return
    if why := versions.problem(start["address"]) or unreachable(start["address"]):
        channel.send("unable", text=why)
        return
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray

    late = threading.Timer(CONNECT, give_up, (channel, start["address"]))
    late.daemon = True
    late.start()
    try:
        ray.init(address=start["address"], log_to_driver=False)
    except Exception as e:
        channel.send("unable", text=refused(start["address"], e))
        return
    finally:
        late.cancel()
    channel.send("ready", versions=versions.here(), nodes=nodes(ray))
    Cluster(ray, channel, start).serve()
    ray.shutdown()


def give_up(channel, address):
    """Ends this program, which waits for Ray."""
    text = (
        f"{address}: Ray did not connect within {CONNECT} seconds: HOST:PORT and auto are for a machine "
        f"that is a node of the cluster; on others, ray://HOST:10001. A cluster that was killed leaves its address to "
        f"auto: ray stop removes it"
    )
    channel.send("unable", text=text)
    os._exit(1)


def unreachable(address):
    """Says why nobody can be reached at an address, in less time than Ray takes. Empty if
    somebody can."""
    if address == "auto":
        return ""
    m = re.fullmatch(r"(?:ray://)?(?:\[([^\]]+)\]|([^:/]+)):(\d+)", address)
    if not m or int(m[3]) > 65535:
        return f"address {address!r}: must be HOST:PORT, ray://HOST:PORT or auto"
    try:
        socket.create_connection((m[1] or m[2], int(m[3])), timeout=REACH).close()
    except OSError as e:
        return (
            f"nothing answers at {address}: {e}: on the head node, ray start --head says its HOST:PORT, usually with "
            f"port 6379; from a machine that is no node of the cluster, it is ray://HOST:10001"
        )
    return ""


def refused(address, error):
    """Says why Ray did not connect."""
    text = " ".join(str(error).split())[:600]
    hint = f"here are {versions.here()}, and the cluster must have the same versions"
    if m := re.search(r"cluster was started with:\s*Ray: (\S+)", text):
        hint += f": {versions.install(f'ray=={m[1]}')}"
    return f"{address} cannot be used: {type(error).__name__}: {text or 'no reason is given'}; {hint}"


def nodes(ray):
    """What the nodes have that are there now."""
    return [
        {
            "node": n["NodeManagerHostname"], "cpus": n["Resources"].get("CPU", 0),
            "gpus": n["Resources"].get("GPU", 0), "memory": int(n["Resources"].get("memory", 0)),
        }
        for n in ray.nodes() if n["Alive"]
    ]  # fmt: skip


class Cluster:
    def __init__(self, ray, channel, start):
        from . import node  # it is no module of the nodes, so its code travels with the tasks

        ray.cloudpickle.register_pickle_by_value(node)
        head = {"node:__internal_head__": 0.001}
        self.ray, self.channel, self.node = ray, channel, node
        self.notes = ray.remote(node.Notes).options(num_cpus=0, resources=head, max_restarts=-1).remote()
        self.task = ray.remote(
            num_cpus=start["cpus"], num_gpus=start["gpus"], max_retries=RETRIES, retry_exceptions=True, max_calls=0
        )(node.train)
        self.start = ray.put(start)
        self.chunks = {}  # by the hash of their file
        self.sent = None
        self.runs = {}  # IDs by what will be the record

    def serve(self):
        ended, looked = False, 0.0
        while not ended:
            for message in self.channel.received():
                ended = ended or message == END
                if message["type"] == "content":
                    self.put(message)
                elif message["type"] == "run" and not ended:
                    self.submit(message)
            self.gather(0 if ended else PAUSE)
            if time.monotonic() - looked > PAUSE:
                looked = time.monotonic()
                self.pass_on()

    def put(self, content):
        """Puts the files of a message into the cluster, each once."""
        for file in self.node.files(content):
            if file["sha256"] not in self.chunks:
                self.chunks[file["sha256"]] = self.chunked(file)
            file["chunks"] = self.chunks[file["sha256"]]
            del file["path"]
        self.sent = self.ray.put(content)

    def chunked(self, file):
        refs, digest = [], hashlib.sha256()
        with open(file["path"], "rb") as f:
            while chunk := f.read(CHUNK):
                digest.update(chunk)
                refs.append(self.ray.put(chunk))
        if digest.hexdigest() != file["sha256"]:
            raise RuntimeError(f"{file['path']} changed while it was sent: the same command sends it again")
        return refs

    def submit(self, order):
        """Hands a run to Ray. What is in a list is fetched by the task, if it needs it."""
        task = self.task.options(memory=order["memory"]) if order["memory"] else self.task
        ref = task.remote(json.dumps(order), [self.start, self.sent], self.notes)
        self.runs[ref] = order["id"]

    def gather(self, patience):
        """Passes on the records that are there, or comes within so many seconds."""
        if not self.runs:
            time.sleep(patience)
            return
        ready, _ = self.ray.wait(list(self.runs), num_returns=min(len(self.runs), 64), timeout=patience)
        for ref in ready:
            run = self.runs.pop(ref)
            try:
                self.channel.forward(self.ray.get(ref))
            except Exception as e:
                self.channel.send("lost", id=run, text=" ".join(str(getattr(e, "cause", None) or e).split())[:600])

    def pass_on(self):
        """Passes on what the tasks have noted."""
        try:
            for line in self.ray.get(self.notes.take.remote(), timeout=REACH):
                self.channel.forward(line)
        except self.ray.exceptions.RayError:
            pass  # it is started again; what is lost is only shown

