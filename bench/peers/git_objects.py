"""Read all files of a repository with dulwich, pygit2 or git itself: CPU seconds. Run by bench/source_code.py.

python git_objects.py dulwich|pygit2|git REPOSITORY
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time


def with_dulwich(path: str) -> tuple[int, int]:
    from dulwich.repo import Repo

    repository = Repo(path)
    store = repository.object_store
    files = size = 0
    for entry in store.iter_tree_contents(repository[repository.head()].tree):
        files += 1
        size += len(store[entry.sha].as_raw_string())
    return files, size


def with_pygit2(path: str) -> tuple[int, int]:
    import pygit2

    repository = pygit2.Repository(path)
    files = size = 0
    stack = [repository.head.peel().tree]
    while stack:
        for entry in stack.pop():
            if isinstance(entry, pygit2.Tree):
                stack.append(entry)
            elif isinstance(entry, pygit2.Blob):
                files += 1
                size += len(entry.data)
    return files, size


def with_git(path: str) -> tuple[int, int]:
    listed = subprocess.run(["git", "-C", path, "ls-tree", "-rz", "HEAD"], capture_output=True, check=True).stdout
    names = [entry.split(b"\t")[0].split()[2] for entry in listed.split(b"\0") if entry]
    process = subprocess.Popen(
        ["git", "-C", path, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin
    assert process.stdout
    size = 0
    for name in names:
        process.stdin.write(name + b"\n")
        process.stdin.flush()
        length = int(process.stdout.readline().split()[2])
        size += len(process.stdout.read(length + 1)) - 1
    process.stdin.close()
    process.wait()
    return len(names), size


if __name__ == "__main__":
    begun = time.process_time()
    files, size = {"dulwich": with_dulwich, "pygit2": with_pygit2, "git": with_git}[sys.argv[1]](sys.argv[2])
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = time.process_time() - begun + children.ru_utime + children.ru_stime
    print(json.dumps({"files": files, "bytes": size, "seconds": spent}))
