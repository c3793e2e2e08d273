"""Asks the Hugging Face hub, and downloads from it, with huggingface_hub.

Reads one request per line from standard input and writes one response per line to the original standard output:

    {"do": "list", "kind": "model", "name": …, "revision": …}   {"listed": {"commit": …, "files": [{"name", "size", "blob"}]}}
    {"do": "get", "kind": …, "name": …, "revision": …, "commit": …, "cache": …, "files": […]}   {"received": bytes}
    {"do": "wait"}   {"received": bytes} while a download is going on, and {"got": bytes} at its end

or {"failed": {"why": …, "text": …}} in place of any of them. It ends with its standard input.
"""

import json, os, re, signal, sys

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
# What a site's startup code has printed ends here.
answers.write("\n")
# Output of libraries goes to the log.
os.dup2(2, 1)
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

# A partial file of huggingface_hub 2 has a name of its own, so that no later download continues it.
UNIQUE = re.compile(r"\.[0-9a-f]{8}\.incomplete$")


def partial_files():
    """The files that are being written."""
    for entry in os.listdir("/proc/self/fd"):
        try:
            path = os.readlink("/proc/self/fd/" + entry)
        except OSError:
            continue
        if path.endswith(".incomplete"):
            yield path


def size(path):
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def leave(*_):
    for path in partial_files():
        if UNIQUE.search(path):
            try:
                os.unlink(path)
            except OSError:
                pass
    os._exit(75)


signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, leave)


def say(message):
    try:
        answers.write(json.dumps(message) + "\n")
        answers.flush()
    except OSError:
        leave()


# What the errors of huggingface_hub mean, by the names of their classes: the module differs between versions, and so does the
# HTTP library whose errors it lets through. The first that fits counts.
CLASSES = [
    ("offline", {"OfflineModeIsEnabled"}),
    ("gated", {"GatedRepoError"}),
    ("revision", {"RevisionNotFoundError"}),
    ("missing", {"RepositoryNotFoundError", "HFValidationError"}),
]
NETWORK = {
    "ConnectError", "ConnectionError", "NetworkError", "ProtocolError", "RemoteProtocolError", "TimeoutException", "Timeout",
    "TimeoutError", "ProxyError", "SSLError", "LocalEntryNotFoundError", "ChunkedEncodingError",
}


def causes(error):
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or error.__context__
    return seen


def failure(error):
    chain = causes(error)
    names = {name.__name__ for cause in chain for name in type(cause).__mro__}
    responses = [cause.response for cause in chain if getattr(cause, "response", None) is not None]
    status = getattr(responses[0], "status_code", None) if responses else None
    numbers = {getattr(cause, "errno", None) for cause in chain} - {None}
    text = " ".join(str(error).split()) or type(error).__name__
    why = next((why for why, classes in CLASSES if classes & names), None)
    has_token = bool(token())
    # Without a token, the hub denies that a private repository exists; with a wrong one, it says so to all requests.
    if status == 401 and has_token and why in (None, "missing"):
        why = "token"
    if numbers & {28, 122} or "No space left" in text or "Disk quota" in text:
        why = "room"
    if why is None and status in (401, 403):
        why = "access"
    # A mirror may not say what is missing.
    if why is None and status == 404:
        why = "missing"
    if why is None and status is not None:
        why = "server"
    if why is None and names & NETWORK:
        why = "network"
    if why is None and numbers & {1, 13, 30, 20, 21, 40, 5}:
        why = "file"
    if why == "network":
        # Of the errors of several libraries, the system's is the shortest.
        text = next((cause.strerror for cause in reversed(chain) if getattr(cause, "strerror", None)), text)
    report = {"why": why or "other", "text": text[:1000], "hasToken": has_token, "status": status}
    failed = next((cause for cause in chain if getattr(cause, "filename", None)), None)
    if failed is not None and why in ("file", "room"):
        report["path"] = str(failed.filename)
    return report


def token():
    try:
        return huggingface_hub.get_token()
    except Exception:
        return None


def names_like(request, why):
    """What else there is: repositories of the same owner, or branches and tags."""
    name = request["name"]
    try:
        if why == "revision":
            refs = api.list_repo_refs(name, repo_type=request["kind"])
            return [ref.name for ref in refs.branches + refs.tags]
        search = api.list_models if request["kind"] == "model" else api.list_datasets
        owner, _, rest = name.rpartition("/")
        found = search(author=owner, limit=200) if owner else search(search=rest, limit=50)
        return [repository.id for repository in found]
    except Exception:
        return []


def whole_commit(request):
    """The commit that begins with the revision; None if there is not exactly one."""
    revision = request["revision"]
    if not re.fullmatch(r"[0-9a-f]{4,39}", revision):
        return None
    try:
        commits = {commit.commit_id for commit in api.list_repo_commits(request["name"], repo_type=request["kind"])}
    except Exception:
        return None
    meant = [commit for commit in commits if commit.startswith(revision)]
    return meant[0] if len(meant) == 1 else None


def repository(request, revision):
    return api.repo_info(request["name"], repo_type=request["kind"], revision=revision, files_metadata=True)


def list_files(request):
    try:
        found = repository(request, request["revision"])
    except Exception as error:
        commit = whole_commit(request) if failure(error)["why"] in ("revision", "missing") else None
        if commit is None:
            raise
        found = repository(request, commit)
    files = []
    for file in found.siblings or []:
        large = file.lfs
        blob = large["sha256"] if isinstance(large, dict) else getattr(large, "sha256", None)
        files.append({"name": file.rfilename, "size": file.size or 0, "blob": blob or file.blob_id})
    return {"listed": {"commit": found.sha, "files": files}}


class Download:
    """The files in parallel, and the last of them after all others: it marks the snapshot as complete."""

    def __init__(self, request):
        from concurrent.futures import ThreadPoolExecutor

        self.request = request
        self.pool = ThreadPoolExecutor(max_workers=8)
        self.done = []
        self.last = request["files"][-1:]
        self.running = {self.pool.submit(self.get, name) for name in request["files"][:-1]}

    def get(self, name):
        return huggingface_hub.hf_hub_download(
            self.request["name"], name, repo_type=self.request["kind"], revision=self.request["commit"],
            cache_dir=self.request["cache"])

    def wait(self):
        from concurrent.futures import FIRST_EXCEPTION, wait

        finished, self.running = wait(self.running, timeout=0.3, return_when=FIRST_EXCEPTION)
        self.done += [future.result() for future in finished]
        if not self.running and self.last:
            self.running = {self.pool.submit(self.get, name) for name in self.last}
            self.last = []
        received = sum(map(size, self.done)) + sum(map(size, partial_files()))
        if self.running:
            return {"received": received}
        self.point()
        return {"got": received}

    def point(self):
        """Notes which commit the branch or tag is, as huggingface_hub does."""
        revision, commit = self.request["revision"], self.request["commit"]
        if commit.startswith(revision):
            return
        name = ("models" if self.request["kind"] == "model" else "datasets") + "/" + self.request["name"]
        ref = os.path.join(self.request["cache"], name.replace("/", "--"), "refs", revision)
        os.makedirs(os.path.dirname(ref), exist_ok=True)
        with open(ref + ".partial", "w") as file:
            file.write(commit)
        os.replace(ref + ".partial", ref)


download = None


def respond(request):
    global download
    if request["do"] == "list":
        return list_files(request)
    if request["do"] == "get":
        download = Download(request)
    return download.wait()


try:
    import huggingface_hub

    api = huggingface_hub.HfApi()
except BaseException as error:
    say({"failed": {"why": "import", "text": type(error).__name__ + ": " + str(error)}})
    leave()

for line in sys.stdin:
    request = json.loads(line)
    try:
        say(respond(request))
    except Exception as error:
        report = failure(error)
        if request["do"] == "list" and report["why"] in ("missing", "revision"):
            report["others"] = names_like(request, report["why"])
        say({"failed": report})
leave()
