"""What runs on the nodes: it puts what was sent into place, and has a run trained there by the
program that was sent. Files are kept by their hash, so that a node gets each once."""

import collections
import contextlib
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time

REST = 10  # seconds for which a node that cannot train gets no other run, so that other nodes get it
SPARE = 1 << 30  # bytes that stay free on the disk
SHARE = 0.5  # of the disk, for files that were sent
MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64"}

children = {}  # the process of this worker, by what it was started for


class Notes:
    """What tasks note for the one who submitted them: the newest of each kind."""

    def __init__(self):
        self.kept = {}

    def add(self, key, line):
        self.kept[key] = line

    def take(self):
        lines, self.kept = list(self.kept.values()), {}
        return lines


def train(order, sent, notes):
    """Trains a run, and returns the message with its record."""
    import ray

    context = ray.get_runtime_context()
    name = f"{platform.node()}/{context.get_node_id()[:6]}"
    run = json.loads(order)["id"]

    def note(message):
        message |= {"id": run, "node": name}
        notes.add.remote((run, message["type"], message.get("text", "")), json.dumps(message))

    try:
        return child(ray, sent, context).train(order, note)
    except Exception as e:
        why = f"{type(e).__name__}: {e}" if not isinstance(e, (Unfit, OSError)) else str(e)
        note({"type": "refused", "text": why})
        time.sleep(REST)
        raise RuntimeError(f"node {name}: {why}") from None


class Unfit(Exception):
    """A node that cannot train."""


def child(ray, sent, context):
    """The process that trains here. It stays for the next run, with the model that it has read."""
    key = (sent[1].hex(), os.environ.get("CUDA_VISIBLE_DEVICES", ""))
    if key not in children or children[key].process.poll() is not None:
        while children:
            children.popitem()[1].end()
        children[key] = Child(ray, *ray.get(sent))
    return children[key]


class Child:
    def __init__(self, ray, start, content):
        system, machine = platform.system().lower(), MACHINES.get(platform.machine(), platform.machine())
        if start["platform"] != f"{system}/{machine}":
            raise Unfit(f"is {system}/{machine}, and the program that was sent is for {start['platform']}")
        place = Place(ray, content)
        env = dict(os.environ) | start["env"] | {"GOMAXPROCS": str(max(1, int(start["cpus"])))}
        self.process = subprocess.Popen(
            [place.program, "work", "--python", sys.executable, *start["args"]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env, cwd=place.root, text=True, encoding="utf-8",
        )  # fmt: skip
        self.said = collections.deque(maxlen=6)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        self.tell(json.dumps({"models": place.models, "data": place.data}))

    def listen(self):
        self.said.extend(iter(self.process.stderr.readline, ""))

    def tell(self, line):
        with contextlib.suppress(BrokenPipeError):  # why it has ended is said below
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def train(self, order, note):
        self.tell(order)
        for line in self.process.stdout:
            message = json.loads(line)
            if message["type"] == "record":
                return line
            if message["type"] == "refused":
                raise Unfit(message["text"])
            note(message)
        status = self.process.wait()
        self.listener.join(1)
        if status == -9:
            raise Unfit("its program was killed, as the system does when memory runs out")
        raise Unfit(f"its program ended with status {status}; it said: {' | '.join(map(str.strip, self.said))}")

    def end(self):
        self.process.kill()
        self.process.wait()


class Place:
    """Files that were sent, under the names by which they are asked for."""

    def __init__(self, ray, content):
        self.ray = ray
        self.root = os.path.join(tempfile.gettempdir(), f"ranksweep-{os.getuid()}")
        os.makedirs(os.path.join(self.root, "files"), mode=0o700, exist_ok=True)
        if os.stat(self.root).st_uid != os.getuid() or os.path.islink(self.root):
            raise Unfit(f"{self.root} is another user's: remove it")
        self.sizes = {f["sha256"]: f["size"] for f in files(content)}
        listing = json.dumps([content[k] for k in ("program", "models", "data")], default=lambda _: "", sort_keys=True)
        self.links = os.path.join(self.root, "links", hashlib.sha256(listing.encode()).hexdigest()[:16])
        self.program = self.item("program", content["program"])
        self.models = {name: self.item(f"model-{i}", m) for i, (name, m) in enumerate(content["models"].items())}
        self.data = {name: self.item(f"data-{i}", d) for i, (name, d) in enumerate(content["data"].items())}

    def item(self, folder, item):
        """The path of a folder, or of its only file."""
        folder = os.path.join(self.links, folder)
        os.makedirs(folder, exist_ok=True)
        for file in item["files"]:
            path = self.kept(file)
            with contextlib.suppress(FileExistsError):
                os.symlink(path, os.path.join(folder, file["name"]))
        return folder if item["folder"] else os.path.join(folder, item["files"][0]["name"])

    def kept(self, file):
        """The path of a file in this node's folder, which is held to its hash, or fetched."""
        path = os.path.join(self.root, "files", file["sha256"])
        with self.lock(fcntl.LOCK_SH):
            if digest(path) == file["sha256"]:
                os.utime(path)
                return path
        with self.lock(fcntl.LOCK_EX):
            if digest(path) != file["sha256"]:
                self.fetch(file, path)
        return path

    @contextlib.contextmanager
    def lock(self, kind):
        with open(os.path.join(self.root, "lock"), "w") as f:
            fcntl.flock(f, kind)
            yield

    def fetch(self, file, path):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)  # its content is another one
        self.make_room(file["size"])
        with open(path + ".part", "wb") as f:
            for ref in file["chunks"]:
                f.write(self.ray.get(ref))
        if (found := digest(path + ".part")) != file["sha256"]:
            os.remove(path + ".part")
            raise Unfit(f"{file['name']} came with another content: its sha256 is {found}, want {file['sha256']}")
        os.chmod(path + ".part", 0o500)
        os.rename(path + ".part", path)

    def make_room(self, size):
        """Removes files of other submissions, first what was not used for the longest time."""
        others = [e for e in os.scandir(os.path.join(self.root, "files")) if e.name not in self.sizes]
        others.sort(key=lambda e: e.stat().st_mtime)
        total = sum(self.sizes.values()) + sum(e.stat().st_size for e in others)
        while others and (total > SHARE * self.disk().total or self.disk().free < size + SPARE):
            total -= others[0].stat().st_size
            os.remove(others.pop(0))
        if self.disk().free < size + SPARE:
            raise Unfit(
                f"{self.root} has {self.disk().free >> 20} MB left, and {size >> 20} MB are to come, beside which "
                f"{SPARE >> 20} MB stay free: make room, or start Ray there with another TMPDIR"
            )

    def disk(self):
        return shutil.disk_usage(self.root)


def files(content):
    """Every file of what was sent."""
    items = [content["program"], *content["models"].values(), *content["data"].values()]
    return [file for item in items for file in item["files"]]


def digest(path):
    """The hash of a file. Empty if there is none."""
    h = hashlib.sha256()
    try:
        with open(path, "rb") as f:
            while chunk := f.read(1 << 20):
                h.update(chunk)
    except FileNotFoundError:
        return ""
    return h.hexdigest()
