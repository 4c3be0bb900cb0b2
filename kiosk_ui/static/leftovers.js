// What this PC still holds of attempts that went elsewhere or ended: delivered in the background, page after page,
// until the server has a receipt for each. Nothing is dropped without one.

import { postJson } from "./outbox.js";
import { openStore } from "./store.js";

const BATCH = 32;
const AGAIN_MS = 10000;
const line = document.getElementById("leftovers");

function tell(count) {
  if (!line) return;
  line.hidden = count === 0;
  line.textContent = line.dataset.text.replace("{count}", String(count));
}

/** Send one owner's commands; resolves to how many stay. */
async function deliver(store, owner) {
  for (;;) {
    const commands = await store.take(owner, BATCH);
    if (!commands.length) return 0;
    const reply = await postJson("/leftovers", {
      v: 1,
      attempt: owner.attempt,
      epoch: owner.epoch,
      commands: commands.map((each) => ({
        seq: each.seq,
        kind: each.kind,
        position: each.position,
        response: each.response,
        is_flagged: each.is_flagged,
        claimed_clock_ms: each.claimed_clock_ms,
      })),
    });
    if (reply.status !== 200) return (await store.waiting(owner)).length;
    await store.settle(owner, reply.body.settled);
    if (!reply.body.settled.length) return commands.length;
  }
}

async function round() {
  let left = 0;
  try {
    const store = await openStore();
    for (const owner of await store.owners()) left += await deliver(store, owner);
    tell(left);
  } catch (error) {
    console.info("not delivered yet", error);
    left = 1;
  }
  if (left) setTimeout(round, AGAIN_MS * (0.8 + Math.random() * 0.4));
}

round();
