// A document as it stands, with what has been typed into it, as HTML that needs nothing and does nothing. It is built in a document
// that is never shown, so that building it fetches and starts nothing. What is not displayed is left out, hidden fields with it.
() => {
  const LEFT_OUT = new Set(["script", "noscript", "template", "link", "base", "meta", "object", "embed", "applet"]);
  const ADDRESSES = new Set([
    ...["src", "srcset", "href", "xlink:href", "action", "formaction", "background", "poster", "data", "ping", "srcdoc"],
    ...["nonce", "integrity", "cite", "longdesc", "manifest", "codebase", "classid", "usemap", "profile"],
  ]);
  const inert = document.implementation.createHTMLDocument("");
  let asksForPassword = false;

  const displayed = (el) => {
    if (el.localName === "title" || el.localName === "style" || el.localName === "head") return true;
    return getComputedStyle(el).display !== "none";
  };
  const attributes = (from, to) => {
    for (const { name, value } of from.attributes) {
      if (/^on/i.test(name) || ADDRESSES.has(name.toLowerCase())) continue;
      try {
        to.setAttribute(name, value);
      } catch {
        // A name that only a parser can make.
      }
    }
  };
  const set = (el, name, on) => (on ? el.setAttribute(name, "") : el.removeAttribute(name));
  const values = (from, to) => {
    if (from.localName === "input") {
      if (from.type === "password") asksForPassword = true;
      if (from.type === "checkbox" || from.type === "radio") set(to, "checked", from.checked);
      else if (from.type === "password") to.removeAttribute("value");
      else to.setAttribute("value", from.value);
    } else if (from.localName === "option") set(to, "selected", from.selected);
  };
  const children = (from, to) => {
    for (const child of from.childNodes) {
      const made = copy(child);
      if (made) to.append(made);
    }
  };
  function copy(node) {
    if (node.nodeType === Node.TEXT_NODE) return inert.createTextNode(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(node.localName) || !displayed(node)) return null;
    const made = inert.createElementNS(node.namespaceURI, node.localName);
    attributes(node, made);
    values(node, made);
    if (node.localName === "textarea") {
      // A first line break is swallowed when it is read.
      made.textContent = "\n" + node.value;
      return made;
    }
    if (node.shadowRoot) {
      const shadow = inert.createElement("template");
      shadow.setAttribute("shadowrootmode", "open");
      children(node.shadowRoot, shadow.content);
      made.append(shadow);
    }
    children(node, made);
    return made;
  }

  if (!document.body || document.body.localName === "frameset") return { html: "", asksForPassword };
  const body = copy(document.body);
  const head = copy(document.head);
  const worthKeeping = body && (body.textContent.trim() || body.querySelector("*"));
  const harmless = "<meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">";
  const html = worthKeeping
    ? `<!doctype html>\n<html>\n<head>${harmless}${head ? head.innerHTML : ""}</head>\n${body.outerHTML}\n</html>\n`
    : "";
  return { html, asksForPassword };
}
