#!/usr/bin/env python3
"""A worker: an agent outside of SutazAI, with nothing but Python's standard library.

It runs tasks of type "word_count": {"text": "..."} -> {"words": n}. Replace work() with your own.
Long work tells how far it is with the heartbeat: "progress": [{"lease": ..., "fraction": 0.4, "message": "page 4 of 10"}].
Settings: SUTAZAI_URL (http://127.0.0.1:10010), SUTAZAI_KEY (when credentials are asked for), WORKER_NAME.
"""
import json
import os
import threading
import time
import urllib.error
import urllib.request

URL = os.environ.get("SUTAZAI_URL", "http://127.0.0.1:10010")
KEY = os.environ.get("SUTAZAI_KEY")
NAME = os.environ.get("WORKER_NAME", "python-example")
TYPE = "word_count"

held = None  # the lease of the task in hand
gone = threading.Event()  # set when that task was cancelled or given to another worker


def work(payload):
    return {"words": len(payload["text"].split())}


def call(path, body=None):
    headers = {"Content-Type": "application/json"}
    if KEY:
        headers["Authorization"] = "Bearer " + KEY
    request = urllib.request.Request(URL + path, json.dumps(body or {}).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def beat():
    while True:
        time.sleep(20)
        try:
            lease = held
            over = call("/api/agents/heartbeat", {"agent_name": NAME, "leases": [lease] if lease else []})
            if lease and lease in over["cancelled"] + over["lost"]:
                gone.set()
        except (urllib.error.URLError, OSError) as failure:
            print("no heartbeat:", failure, flush=True)


def run(task):
    global held
    gone.clear()
    held = task["lease"]
    report = {"task_id": task["id"], "lease": task["lease"], "agent_name": NAME}
    try:
        report |= {"status": "completed", "result": work(task["payload"])}
    except Exception as failure:  # whatever it is, the task must be told
        report |= {"status": "failed", "error": repr(failure), "retryable": False}
    held = None
    if not gone.is_set():
        call("/api/tasks/complete", report)  # safe to send again


def register():
    call("/api/agents/register", {"agent_name": NAME, "agent_type": TYPE, "capabilities": []})
    print(NAME, "works", flush=True)


def main():
    registered = False
    threading.Thread(target=beat, daemon=True).start()
    while True:
        try:
            if not registered:
                register()
                registered = True
            task = call(f"/api/tasks/next/{TYPE}?wait=20&agent_name={NAME}")
            if task:
                run(task)
        except urllib.error.HTTPError as refused:
            registered = registered and refused.code != 404  # somebody may have deleted the agent
            print(refused.code, refused.read().decode(), flush=True)
            time.sleep(2)
        except OSError as failure:
            print(failure, flush=True)
            time.sleep(2)


if __name__ == "__main__":
    main()
