// A rescue file: what this PC could not deliver, for an officer's stick. Encrypted to the site, sealed by this attempt.

const TYPE = "cat-rescue/1";
const text = new TextEncoder();

/** Browsers encrypt on secure addresses only. */
export function canRescue() {
  return window.isSecureContext && Boolean(window.crypto && crypto.subtle);
}

/** Save everything of an owner that has no receipt as a file; resolves to how many commands it holds, 0 for none. */
export async function saveRescue(store, owner) {
  const keys = await store.rescueKeys(owner);
  const commands = await store.waiting(owner);
  if (!keys || !commands.length) return 0;
  const body = JSON.stringify({ v: 1, attempt: owner.attempt, epoch: owner.epoch, commands: commands.map(plain) });
  const sealed = JSON.stringify({ body, seal: await sealOf(keys.seal, body) });
  const content = await encrypted(keys.public, sealed);
  const url = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `cat-rescue-${owner.attempt.slice(-6)}-${owner.epoch}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  return commands.length;
}

function plain(command) {
  const { seq, kind, position, response, is_flagged, claimed_clock_ms } = command;
  return { seq, kind, position, response, is_flagged, claimed_clock_ms };
}

async function sealOf(seal, body) {
  const key = await crypto.subtle.importKey("raw", bytesOf(seal), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(body)));
  return [...made].map((each) => each.toString(16).padStart(2, "0")).join("");
}

async function encrypted(publicKey, content) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = bytesOf(publicKey);
  const recipient = await crypto.subtle.importKey("raw", theirs, curve, false, []);
  const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: recipient }, own.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array([...ephemeral, ...theirs]), info: text.encode(TYPE) },
    base,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt"],
  );
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv: nonce, additionalData: text.encode(TYPE) };
  const made = new Uint8Array(await crypto.subtle.encrypt(how, key, text.encode(content)));
  return { v: 1, type: TYPE, public: base64(ephemeral), nonce: base64(nonce), content: base64(made) };
}

function bytesOf(base64Text) {
  return Uint8Array.from(atob(base64Text), (each) => each.charCodeAt(0));
}

function base64(bytes) {
  return btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(""));
}
