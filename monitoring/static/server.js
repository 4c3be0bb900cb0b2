// Live curves of the server's numbers: two minutes, asked for every second. Nothing is kept but on this page.

const EVERY_MS = 1000;
const MOST = 120;
const WIDTH = 300;
const HEIGHT = 60;
const curves = new Map([...document.querySelectorAll("[data-curve]")].map((each) => [each.dataset.curve, { each, values: [] }]));
const silent = document.getElementById("server-silent");
let before = null;

function totals(lanes) {
  const all = Object.values(lanes);
  const sum = (name) => all.reduce((total, lane) => total + lane[name], 0);
  return { at: performance.now(), requests: sum("requests"), commits: sum("commits"), ms: sum("total_ms"), queue: sum("queue") };
}

function add(name, value, digits) {
  const { each, values } = curves.get(name);
  values.push(value);
  if (values.length > MOST) values.shift();
  const most = Math.max(...values, 0);
  const least = Math.min(...values);
  const top = most || 1;
  const points = values.map((one, index) => `${(index * WIDTH) / (MOST - 1)},${HEIGHT - 2 - (one / top) * (HEIGHT - 4)}`);
  each.querySelector("polyline").setAttribute("points", points.join(" "));
  each.querySelector("[data-now]").textContent = written(value, digits);
  each.querySelector("[data-most]").textContent = written("least" in each.dataset ? least : most, digits);
}

function written(value, digits) {
  return value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function fact(name, text) {
  document.querySelector(`[data-fact="${name}"]`).textContent = text;
}

function facts(health, advice) {
  fact("advice", advice.length ? advice.join("\n") : document.querySelector('[data-fact="advice"]').dataset.none);
  const dataset = (name) => document.querySelector(`[data-fact="${name}"]`).dataset;
  fact("can_save", health.can_save ? dataset("can_save").yes : `${dataset("can_save").no}: ${health.trouble}`);
  fact("journal", dataset("journal")[health.journal] + (health.journal_trouble ? `: ${health.journal_trouble}` : ""));
  const age = health.backup_age_s;
  fact("backup", age === null ? dataset("backup").none : dataset("backup").text.replace("{minutes}", String(Math.round(age / 60))));
  fact("database", health.database);
}

async function ask() {
  const reply = await fetch("/server/numbers", { headers: { accept: "application/json" }, cache: "no-store" });
  if (reply.status === 401) location.replace("/sign-in");
  if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
  const found = await reply.json();
  const now = totals(found.lanes);
  if (before) {
    const seconds = (now.at - before.at) / 1000;
    const commits = now.commits - before.commits;
    add("saves", Math.max(0, (now.requests - before.requests) / seconds), 0);
    add("commit_ms", commits > 0 ? (now.ms - before.ms) / commits : 0, 1);
  }
  before = now;
  add("queue", now.queue, 0);
  add("kiosks", found.health.kiosks_seen, 0);
  add("disk_gib", found.health.disk_free_mib / 1024, 1);
  facts(found.health, found.advice);
}

async function round() {
  try {
    await ask();
    silent.hidden = true;
  } catch (error) {
    console.info("no numbers", error);
    silent.hidden = false;
  }
  setTimeout(round, EVERY_MS);
}

round();
