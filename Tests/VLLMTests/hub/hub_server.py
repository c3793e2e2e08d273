"""A local stand-in for the Hugging Face hub: the requests of huggingface_hub, answered from a folder.

    FOLDER/Org/Name/refs.json                   {"main": COMMIT, "v1": COMMIT}; with "gated": true, those of a list only
    FOLDER/Org/Name/COMMIT/config.json …        the files of a commit
    FOLDER/log                                  a line for each request: method, path, range
    FOLDER/hold                                 while it exists, large files stop after their first half
    FOLDER/huge                                 while it exists, all files are said to be huge
    FOLDER/busy                                 while it exists, the hub is out of order

Prints its port. A request with a token other than "good" is refused.
"""

import hashlib, http.server, json, os, re, sys, time, urllib.parse

ROOT = sys.argv[1]
LARGE = (".safetensors", ".bin", ".parquet")


def git_hash(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.respond()

    def do_GET(self):
        self.respond()

    def respond(self):
        url = urllib.parse.urlsplit(self.path)
        # A slash in a revision is %2F.
        path = url.path
        with open(ROOT + "/log", "a") as log:
            log.write(f"{self.command} {path} {self.headers.get('Range', '-')}\n")
        authorization = self.headers.get("Authorization")
        if authorization not in (None, "Bearer good"):
            return self.refuse(401, None, "Invalid credentials in Authorization header")
        if os.path.exists(ROOT + "/busy"):
            return self.refuse(503, None, "Service Unavailable")
        if match := re.fullmatch(r"/api/(models|datasets)/([^/]+/[^/]+)/(revision|tree)/([^/]+)/?", path):
            return self.info(*map(urllib.parse.unquote, match.groups()))
        if match := re.fullmatch(r"/api/(models|datasets)/([^/]+/[^/]+)/(refs|commits/main)", path):
            return self.history(match[2], match[3])
        if match := re.fullmatch(r"/api/(models|datasets)", path):
            owner = urllib.parse.parse_qs(url.query).get("author", [""])[0]
            names = sorted(os.listdir(f"{ROOT}/{owner}")) if owner and os.path.isdir(f"{ROOT}/{owner}") else []
            return self.send([{"id": f"{owner}/{name}", "modelId": f"{owner}/{name}", "tags": []} for name in names])
        if match := re.fullmatch(r"/(?:datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self.file(*map(urllib.parse.unquote, match.groups()))
        self.refuse(404, None, "Not found")

    def commit(self, name, revision):
        """None after a refusal."""
        refs_file = f"{ROOT}/{name}/refs.json"
        if not os.path.exists(refs_file):
            has_token = self.headers.get("Authorization")
            return self.refuse(404 if has_token else 401, "RepoNotFound", "Repository not found")
        with open(refs_file) as file:
            refs = json.load(file)
        if refs.get("gated") and not self.headers.get("Authorization"):
            return self.refuse(401, "GatedRepo", f"Access to model {name} is restricted.")
        commit = refs.get(revision, revision)
        if not isinstance(commit, str) or not os.path.isdir(f"{ROOT}/{name}/{commit}"):
            return self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit

    def files(self, name, commit):
        folder = f"{ROOT}/{name}/{commit}"
        for parent, _, names in sorted(os.walk(folder)):
            for file in sorted(names):
                with open(os.path.join(parent, file), "rb") as opened:
                    yield os.path.relpath(os.path.join(parent, file), folder), opened.read()

    def info(self, kind, name, what, revision):
        if (commit := self.commit(name, revision)) is None:
            return
        files = []
        for file, data in self.files(name, commit):
            entry = {"size": 1 << 60 if os.path.exists(ROOT + "/huge") else len(data)}
            if file.endswith(LARGE):
                entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
                entry["lfs"]["oid"] = entry["lfs"]["sha256"]
            blob = git_hash(data)
            tree = {"type": "file", "path": file, "oid": blob}
            files.append(entry | (tree if what == "tree" else {"rfilename": file, "blobId": blob}))
        if what == "tree":
            return self.send(files)
        self.send({"id": name, "modelId": name, "sha": commit, "tags": [], "private": False, "downloads": 0, "likes": 0,
                   "siblings": files})

    def history(self, name, what):
        if self.commit(name, "main") is None:
            return
        with open(f"{ROOT}/{name}/refs.json") as file:
            refs = json.load(file)
        if what == "refs":
            branches = [{"name": ref, "ref": "refs/heads/" + ref, "targetCommit": commit} for ref, commit in refs.items()
                        if isinstance(commit, str)]
            return self.send({"branches": branches, "tags": [], "converts": []})
        commits = [entry for entry in os.listdir(f"{ROOT}/{name}") if re.fullmatch("[0-9a-f]{40}", entry)]
        self.send([{"id": commit, "authors": [], "date": "2025-01-01T00:00:00.000Z", "title": "a change", "message": ""}
                   for commit in commits])

    def file(self, name, revision, file):
        if (commit := self.commit(name, revision)) is None:
            return
        path = f"{ROOT}/{name}/{commit}/{file}"
        if not os.path.isfile(path):
            return self.refuse(404, "EntryNotFound", "Entry not found")
        with open(path, "rb") as opened:
            data = opened.read()
        etag = hashlib.sha256(data).hexdigest() if file.endswith(LARGE) else git_hash(data)
        start = 0
        if match := re.match(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start = int(match[1])
        self.send_response(206 if start else 200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", commit)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if file.endswith(LARGE):
            self.send_header("X-Linked-Size", str(len(data)))
            self.send_header("X-Linked-Etag", f'"{etag}"')
        self.end_headers()
        if self.command == "HEAD":
            return
        half = max(start, len(data) // 2)
        self.wfile.write(data[start:half])
        self.wfile.flush()
        with open(ROOT + "/log", "a") as log:
            log.write(f"SENT {half - start} {file}\n")
        while os.path.exists(ROOT + "/hold") and file.endswith(LARGE):
            time.sleep(0.02)
        self.wfile.write(data[half:])

    def send(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def refuse(self, status, code, message):
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("X-Error-Message", message)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        # A client that went away.
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
