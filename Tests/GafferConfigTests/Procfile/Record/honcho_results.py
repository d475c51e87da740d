"""Prints how honcho reads each file of the corpus."""

import json
import os
import sys
from importlib.metadata import version

from honcho import environ


def procfile(path):
    config = {"app_root": os.path.dirname(path), "procfile": os.path.basename(path)}
    processes = environ.Env(config).load_procfile().processes
    return [[name, command] for name, command in processes.items()]


def environment(paths):
    # As honcho's own _read_env, which leaves out files that it can't open.
    contents = []
    for path in paths:
        with open(path) as file:
            contents.append(file.read())
    return environ.parse("\n".join(contents))


def result(read):
    try:
        return {"result": read()}
    except Exception as error:
        return {"error": type(error).__name__}


def main(corpus):
    procfiles = os.path.join(corpus, "Procfiles")
    environments = os.path.join(corpus, "Environments")
    results = {"program": "honcho", "version": version("honcho"), "procfiles": {}, "environments": {}}
    for name in sorted(os.listdir(procfiles)):
        path = os.path.join(procfiles, name)
        results["procfiles"][name] = result(lambda: procfile(path))
    for name in sorted(os.listdir(environments)):
        path = os.path.join(environments, name)
        paths = [os.path.join(path, part) for part in sorted(os.listdir(path))] if os.path.isdir(path) else [path]
        results["environments"][name] = result(lambda: environment(paths))
    print(json.dumps(results, indent=1))


main(sys.argv[1])
