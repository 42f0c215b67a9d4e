// What the API tells about now, asked for every few seconds while somebody looks.
const EVERY = 5000;
/** Remembers that there is a session, whose cookie no script can see. */
const SESSION = "session";
const view = document.getElementById("now");
const entry = document.getElementById("entry");
const message = document.getElementById("message");
const leave = document.getElementById("leave");

/** A key that was typed in; it is gone with the page. */
let key = null;
let timer = null;

const number = new Intl.NumberFormat("en").format;
const sum = (items, value) => items.reduce((total, each) => total + value(each), 0);

class Refused extends Error {
  constructor(status) {
    super(`answered ${status}`);
    this.status = status;
  }
}

async function get(path) {
  const answer = await fetch(path, key ? { headers: { Authorization: `Bearer ${key}` } } : {});
  if (!answer.ok) {
    throw new Refused(answer.status);
  }
  return answer.json();
}

const rows = {
  tasks: async () => {
    const { types, begun } = await get("/api/tasks/stats");
    const of = (what) => number(sum(types, (each) => each[what]));
    const begins = number(sum(begun, (each) => each.samples));
    return `${of("running")} run, ${of("waiting")} wait, ${of("later")} are for later; ${begins} begun in the last hour`;
  },
  agents: async () => {
    const { items, next_cursor: more } = await get("/api/agents?limit=500");
    const active = items.filter((each) => each.status === "active").length;
    const work = sum(items, (each) => each.load?.running ?? 0);
    return `${number(active)} of ${number(items.length)}${more ? " and more" : ""} active, with ${number(work)} tasks`;
  },
  models: async () => {
    const { items, backends } = await get("/api/models");
    const names = items.map((each) => each.name);
    const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
    const away = backends.filter((each) => each.status === "down").map((each) => each.detail ?? each.name);
    return [shown, ...away].filter(Boolean).join(". ") || "none";
  },
  cache: async () => {
    const { regions } = await get("/api/cache/stats");
    const hits = sum(regions, (each) => sum(Object.values(each.hits), (count) => count));
    const asked = hits + sum(regions, (each) => each.misses);
    return asked === 0 ? "not asked yet" : `${Math.round((100 * hits) / asked)} % of ${number(asked)} found`;
  },
};

async function show(name) {
  const cell = document.getElementById(name);
  try {
    cell.textContent = await rows[name]();
  } catch (failure) {
    if (failure.status === 401) {
      throw failure;
    }
    cell.textContent =
      failure.status === 403
        ? "not for these credentials"
        : failure.status
          ? `cannot be told now (${failure.status})`
          : "the program does not answer";
  }
}

async function look() {
  clearTimeout(timer);
  if (document.hidden) {
    return;
  }
  try {
    if (view.hidden) {
      await get("/api/auth/me"); // one refusal is enough
    }
    await Promise.all(Object.keys(rows).map(show));
    reveal(true);
    timer = setTimeout(look, EVERY);
  } catch (failure) {
    if (failure.status !== 401) {
      timer = setTimeout(look, EVERY);
      return;
    }
    message.textContent = key ? "This key is not known, or has ended." : "";
    key = null;
    reveal(false);
  }
}

function reveal(known) {
  view.hidden = !known;
  entry.hidden = known;
  if (!known) {
    Object.keys(rows).forEach((name) => document.getElementById(name).replaceChildren());
  }
  leave.hidden = !sessionStorage.getItem(SESSION);
}

async function logIn(email, password) {
  const answer = await fetch("/api/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  if (!answer.ok) {
    throw new Error((await answer.json()).detail);
  }
  sessionStorage.setItem(SESSION, email);
}

entry.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = new FormData(entry);
  const email = typed.get("email");
  message.textContent = "";
  try {
    if (email) {
      await logIn(email, typed.get("password"));
    } else {
      key = typed.get("password");
    }
    entry.reset();
    await look();
  } catch (failure) {
    message.textContent = failure.message;
  }
});

leave.addEventListener("click", async () => {
  await fetch("/api/auth/logout", { method: "POST" });
  sessionStorage.removeItem(SESSION);
  await look();
});

document.addEventListener("visibilitychange", look);
look();
