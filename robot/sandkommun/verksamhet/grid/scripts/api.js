// What the server is asked. Every answer is JSON; {"fel": …} with HTTP 200 is a refusal.
const TROUBLE = "Något gick fel. Försök igen om en stund. Kontakta förvaltningens systemansvariga om felet kvarstår.";

class Trouble extends Error {}

const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

// Throws Trouble with a text to show. When the session is gone the page is left for the log-in, and nothing more happens.
const ask = async (path, sent = null) => {
  const init = {};
  if (sent !== null) {
    init.method = "POST";
    init.headers = { "X-CSRF": cookie(`CSRF_${location.port}`) };
    init.body = sent instanceof FormData ? sent : JSON.stringify(sent);
    if (!(sent instanceof FormData)) init.headers["Content-Type"] = "application/json";
  }
  const answer = await fetch(path, init).catch(() => null);
  if (answer?.status === 401) {
    location.reload(); // whoever is logged out meets the log-in at every address
    return new Promise(() => {});
  }
  if (answer?.ok && answer.redirected) return {}; // a detour over the log-in ended at a page: taken for done
  const body = answer?.ok ? await answer.json().catch(() => null) : null;
  if (body === null) throw new Trouble(answer && !answer.ok ? `${TROUBLE} (${answer.status})` : TROUBLE);
  return body;
};
