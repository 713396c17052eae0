// A type-ahead over a plain input: <div class="combobox" data-combobox="/matters/options/"><input …></div>.
// The server answers ?q=… with <li role="option" data-value="SJ-04">…</li> rows; data-value goes into the input (or into
// the hidden input named by data-into), and "combobox:chosen" tells the page. Without scripts the input is sent as typed.
(function () {
  "use strict";
  let count = 0;
  document.querySelectorAll("[data-combobox]").forEach(function (box) {
    const input = box.querySelector("input:not([type=hidden])");
    const into = box.dataset.into ? document.getElementById(box.dataset.into) : null;
    const list = document.createElement("ul");
    list.className = "combobox-list";
    list.id = "combobox-" + (++count);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", box.dataset.label || "可选项");
    list.hidden = true;
    box.append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "false");
    input.autocomplete = "off";
    let timer = 0;
    let asked = null;
    let current = -1;

    const options = () => Array.from(list.querySelectorAll("[role=option]:not([aria-disabled=true])"));
    function show(open) {
      list.hidden = !open;
      input.setAttribute("aria-expanded", String(open));
      if (!open) { mark(-1); }
    }
    function mark(index) {
      current = index;
      options().forEach(function (one, at) {
        one.id = one.id || list.id + "-" + at;
        one.setAttribute("aria-selected", String(at === index));
        if (at === index) { one.scrollIntoView({ block: "nearest" }); }
      });
      const chosen = options()[index];
      if (chosen) { input.setAttribute("aria-activedescendant", chosen.id); } else { input.removeAttribute("aria-activedescendant"); }
    }
    function choose(option) {
      input.value = into ? (option.dataset.label || option.textContent.trim()) : option.dataset.value;
      if (into) { into.value = option.dataset.value; }
      show(false);
      box.dispatchEvent(new CustomEvent("combobox:chosen", { bubbles: true, detail: { value: option.dataset.value } }));
    }
    function ask() {
      if (asked) { asked.abort(); }
      const wanted = input.value.trim();
      if (!wanted) { show(false); return; }
      asked = new AbortController();
      fetch(box.dataset.combobox + "?q=" + encodeURIComponent(wanted), { signal: asked.signal, credentials: "same-origin", headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : ""))
        .then(function (html) {
          // The server's own escaped template; parsed apart so that only list items are taken over.
          const parsed = new DOMParser().parseFromString("<ul>" + html + "</ul>", "text/html");
          list.replaceChildren(...parsed.querySelectorAll("li"));
          show(list.children.length > 0);
          mark(options().length ? 0 : -1);
        })
        .catch(function () { /* a newer question is under way, or the network is away: the field works as typed */ });
    }
    input.addEventListener("input", function () {
      if (into) { into.value = ""; }
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 150);
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || list.hidden) { return; }
      const all = options();
      if (event.key === "ArrowDown") { event.preventDefault(); mark(Math.min(current + 1, all.length - 1)); }
      else if (event.key === "ArrowUp") { event.preventDefault(); mark(Math.max(current - 1, 0)); }
      else if (event.key === "Enter" && all[current]) { event.preventDefault(); choose(all[current]); }
      else if (event.key === "Escape") { event.preventDefault(); show(false); }
      else if (event.key === "Tab" && all[current]) { choose(all[current]); }
    });
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      const option = event.target.closest("[role=option]:not([aria-disabled=true])");
      if (option) { event.preventDefault(); choose(option); }
    });
    input.addEventListener("blur", function () { show(false); });
  });
})();
