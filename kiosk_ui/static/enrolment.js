// A PC without a participant: told of its seat at once, and asking by itself where that does not come through.

const ASK_MS = 15000;
let source = null;

function again() {
  if (source) source.close();
  location.replace("/enrolment/seat");
}

async function look() {
  try {
    const reply = await fetch("/enrolment/seat", { cache: "no-store" });
    if (reply.ok && reply.url !== location.href) location.replace(reply.url);
  } catch (error) {
    console.info("the server does not answer", error);
  }
}

function listen() {
  source = new EventSource("/enrolment/events");
  source.addEventListener("seat", again);
  // What was said between this page's making and the stream's opening is not said again.
  source.onopen = look;
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000 + Math.random() * 2000);
  };
}

listen();
// A line may break unseen: look again now and then.
setInterval(look, ASK_MS * (0.8 + Math.random() * 0.4));
