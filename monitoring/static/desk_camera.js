// A picture of who stands at the desk. Without a camera, or without a secure address, the desk works as well.

const KEY = "desk-camera";
const TALLEST = 640;
const UPRIGHT = 3 / 4;

function remembered() {
  try {
    return sessionStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

function remember() {
  try {
    sessionStorage.setItem(KEY, "on");
  } catch {
    // a browser that keeps nothing asks again for the next person
  }
}

export function startCamera(figure) {
  const part = (name) => figure.querySelector(`[data-part=${name}]`);
  const button = (name) => figure.querySelector(`[data-do=${name}]`);
  const video = part("live");

  function say(code) {
    for (const each of figure.querySelectorAll("[data-say]")) {
      each.hidden = each.dataset.say !== code;
    }
  }

  function show(name) {
    for (const each of ["live", "taken"]) {
      part(each).hidden = each !== name;
    }
  }

  async function live() {
    say("");
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { height: { ideal: TALLEST } }, audio: false });
    } catch (error) {
      say(error.name === "NotAllowedError" ? "denied" : "missing");
      button("start").hidden = false;
      return;
    }
    await video.play();
    remember();
    show("live");
    button("start").hidden = true;
    button("take").hidden = false;
  }

  function stop() {
    for (const track of video.srcObject ? video.srcObject.getTracks() : []) {
      track.stop();
    }
    video.srcObject = null;
  }

  async function take() {
    // the middle of the picture, upright like the roster's photo
    const height = video.videoHeight;
    const width = Math.min(video.videoWidth, Math.round(height * UPRIGHT));
    const scale = Math.min(1, TALLEST / height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const left = (video.videoWidth - width) / 2;
    canvas.getContext("2d").drawImage(video, left, 0, width, height, 0, 0, canvas.width, canvas.height);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    button("take").disabled = true;
    try {
      const reply = await fetch(figure.dataset.camera, { method: "POST", headers: { "content-type": "image/jpeg" }, body: picture });
      if (!reply.ok) {
        throw new Error(String(reply.status));
      }
    } catch {
      say("failed");
      return;
    } finally {
      button("take").disabled = false;
    }
    stop();
    part("taken").src = `${part("taken").dataset.src}?${Date.now()}`;
    show("taken");
    const caption = figure.querySelector("figcaption");
    caption.textContent = caption.dataset.taken;
    say("saved");
    button("take").hidden = true;
    button("start").hidden = false;
  }

  button("start").addEventListener("click", live);
  button("take").addEventListener("click", take);
  window.addEventListener("pagehide", stop);
  if (!window.isSecureContext || !navigator.mediaDevices) {
    say("insecure");
  } else if (remembered() && part("taken").hidden) {
    live();
  } else {
    button("start").hidden = false;
  }
}
