// Two tabs of one sign-in: what is answered in one shows in the other. Their numbers cannot collide (store.js).

/** Opens the line between the tabs of an attempt. `onNews(news)` gets what another tab told. */
export function openTabs(attempt, onNews) {
  if (typeof BroadcastChannel === "undefined") return { tell: () => undefined };
  const channel = new BroadcastChannel(`cat-paper-${attempt}`);
  channel.onmessage = (event) => onNews(event.data);
  return { tell: (news) => channel.postMessage(news) };
}
