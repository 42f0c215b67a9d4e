// A worker: an agent outside of SutazAI, with nothing but Node.js 18 or newer.
//
// It runs tasks of type "word_count": {"text": "..."} -> {"words": n}. Replace work() with your own.
// Settings: SUTAZAI_URL (http://127.0.0.1:10010), SUTAZAI_KEY (when credentials are asked for), WORKER_NAME.

const url = process.env.SUTAZAI_URL ?? "http://127.0.0.1:10010";
const key = process.env.SUTAZAI_KEY;
const name = process.env.WORKER_NAME ?? "node-example";
const type = "word_count";

let held; // the lease of the task in hand
let gone = false; // whether that task was cancelled or given to another worker

async function work(payload) {
  return { words: payload.text.split(/\s+/).filter(Boolean).length };
}

async function call(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  if (key) headers.Authorization = `Bearer ${key}`;
  const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(`${answer.status} ${text}`), { status: answer.status });
  return text ? JSON.parse(text) : undefined;
}

const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

async function beat() {
  for (;;) {
    await pause(20_000);
    try {
      const lease = held;
      const over = await call("/api/agents/heartbeat", { agent_name: name, leases: lease ? [lease] : [] });
      if (lease && [...over.cancelled, ...over.lost].includes(lease)) gone = true;
    } catch (failure) {
      console.log("no heartbeat:", failure.message);
    }
  }
}

async function run(task) {
  gone = false;
  held = task.lease;
  const report = { task_id: task.id, lease: task.lease, agent_name: name };
  try {
    Object.assign(report, { status: "completed", result: await work(task.payload) });
  } catch (failure) {
    Object.assign(report, { status: "failed", error: String(failure), retryable: false });
  }
  held = undefined;
  if (!gone) await call("/api/tasks/complete", report); // safe to send again
}

async function register() {
  await call("/api/agents/register", { agent_name: name, agent_type: type, capabilities: [] });
  console.log(name, "works");
}

let registered = false;
beat();
for (;;) {
  try {
    if (!registered) await register();
    registered = true;
    const task = await call(`/api/tasks/next/${type}?wait=20&agent_name=${name}`);
    if (task) await run(task);
  } catch (failure) {
    if (failure.status === 404) registered = false; // somebody may have deleted the agent
    console.log(failure.message);
    await pause(2_000);
  }
}
