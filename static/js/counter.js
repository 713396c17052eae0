/* The counter: keyboard first, judged as typed, kept as typed. Without this file every act still posts. */
(function () {
  "use strict";

  const JUDGE_AFTER = 150;
  const SAVE_AFTER = 1200;
  const CHECK_AFTER = 250;
  const RETRY_AFTER = 5000;

  const one = (selector, within) => (within || document).querySelector(selector);
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  function later(wait, act) {
    let timer = 0;
    const run = () => { clearTimeout(timer); timer = setTimeout(act, wait); };
    run.cancel = () => clearTimeout(timer);
    return run;
  }

  /* What is typed, without the chosen files. */
  function typed(form) {
    const data = new FormData();
    new FormData(form).forEach((value, name) => { if (typeof value === "string") data.append(name, value); });
    return data;
  }

  class SignedOut extends Error {}

  async function ask(url, options) {
    const answer = await fetch(url, Object.assign({ credentials: "same-origin", headers: { "HX-Request": "true" } }, options));
    if (answer.redirected || answer.headers.has("HX-Redirect")) throw new SignedOut();
    return answer;
  }

  /* ---- checklist ------------------------------------------------------------------------------------------------ */

  const rows = () => all("[data-row]");
  const radios = (row) => all("input[type=radio]", row);
  const chosen = (row) => radios(row).find((radio) => radio.checked);
  const field = (row, name) => one(`[name$="-${name}"]`, row);

  function focusRow(row) {
    const target = chosen(row) || radios(row)[0];
    if (target) { target.focus(); row.scrollIntoView({ block: "nearest" }); }
  }

  function openRow(row, open) {
    row.classList.toggle("is-open", open);
    one("[data-toggle]", row).setAttribute("aria-expanded", String(open));
  }

  /* A suggestion fills an empty field or replaces another suggestion, never the clerk's words. */
  function suggest(row, name, status) {
    const input = field(row, name);
    if (!input) return;
    const own = ["missing", "defective"].map((word) => row.dataset[word + name[0].toUpperCase() + name.slice(1)]);
    if (!input.value || own.includes(input.value)) {
      input.value = row.dataset[status + name[0].toUpperCase() + name.slice(1)] || "";
    }
  }

  function showStatus(row) {
    const radio = chosen(row);
    const status = radio ? radio.value : "";
    row.dataset.status = status;
    if (status === "missing" || status === "defective") {
      suggest(row, "reason", status);
      suggest(row, "remedy", status);
      const basis = field(row, "basis");
      if (basis && !basis.value) basis.value = row.dataset.basis;
      openRow(row, true);
    } else if (!field(row, "note").value && !field(row, "files").files.length) {
      openRow(row, false);
    }
  }

  function setStatus(row, status) {
    const radio = radios(row).find((each) => each.value === status);
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function completeTheRest() {
    rows().filter((row) => !chosen(row) || chosen(row).value === "missing").forEach((row) => setStatus(row, "complete"));
  }

  function checklistKey(event) {
    const row = event.target.closest && event.target.closest("[data-row]");
    if (!row || event.target.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
    const list = rows();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = list[list.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) focusRow(next);
    } else if (event.key === " " && event.target.checked) {
      event.preventDefault();
      setStatus(row, event.target.value === "complete" ? "missing" : "complete");
      chosen(row).focus();
    }
  }

  function startChecklist(onChange) {
    document.addEventListener("keydown", checklistKey);
    document.addEventListener("change", (event) => {
      const row = event.target.closest("[data-row]");
      if (!row) return;
      if (event.target.type === "radio") { showStatus(row); onChange(); }
      if (event.target.type === "file") {
        const count = event.target.files.length;
        one("[data-file-count]", row).textContent = count ? `附件${count} · ` : "";
      }
    });
    document.addEventListener("click", (event) => {
      const toggle = event.target.closest("[data-toggle]");
      if (toggle) {
        const row = toggle.closest("[data-row]");
        openRow(row, !row.classList.contains("is-open"));
        if (row.classList.contains("is-open")) ((/missing|defective/.test(row.dataset.status) && field(row, "reason")) || field(row, "note")).focus();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
      if (/^[1-9]$/.test(event.key)) {
        const row = rows()[Number(event.key) - 1];
        if (row) { event.preventDefault(); focusRow(row); }
      } else if (event.key === "0" && one("[data-all-complete]")) {
        event.preventDefault();
        completeTheRest();
        if (rows()[0]) focusRow(rows()[0]);
      }
    });
    const button = one("[data-all-complete]");
    if (button) button.addEventListener("click", completeTheRest);
  }

  /* What stands in a closed <details> has a place, but is not there to be typed in. */
  function isShown(field) { return field.checkVisibility ? field.checkVisibility() : field.offsetParent !== null; }

  function isTyping(target) {
    if (!target || !target.matches) return false;
    return target.matches("textarea, select") || (target.matches("input") && !["radio", "checkbox", "button", "file"].includes(target.type));
  }

  /* ---- outcomes --------------------------------------------------------------------------------------------------- */

  function explain(button, sentence) {
    let note = one(".counter-why", button.parentElement);
    if (!note) {
      note = document.createElement("p");
      note.className = "counter-why";
      button.parentElement.append(note);
    }
    note.textContent = sentence || note.textContent;
    if (!note.textContent) note.textContent = "现在不能这样办理。";
    note.setAttribute("role", "alert");
  }

  function guardOutcomes(form) {
    form.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=outcome]");
      if (!button) return;
      if (button.getAttribute("aria-disabled") === "true") {
        event.preventDefault();
        explain(button);
        return;
      }
      const wordless = button.value === "correct" && rows().find((row) => row.dataset.status === "defective" && field(row, "reason") && !field(row, "reason").value.trim());
      if (wordless) {
        event.preventDefault();
        explain(button, `请写明第${wordless.dataset.row}项材料存在的问题；告知书要一次写清。`);
        openRow(wordless, true);
        field(wordless, "reason").focus();
        return;
      }
      const reasons = one("[data-reasons]");
      const wanting = [
        ["needsReason", "reason", "请写明理由，理由将写入告知书。"],
        ["needsOverride", "override_reason", "与系统判断不同，请写明理由。"],
      ].find(([mark, name]) => mark in button.dataset && form.elements[name] && !form.elements[name].value.trim());
      const promise = one("[data-promise]");
      if ("needsPromise" in button.dataset && promise && !form.elements.promise_signed.checked) {
        event.preventDefault();
        promise.open = true;
        explain(button, "请申请人阅读、签署承诺书后，勾选“已签署”，再按一次。");
        form.elements.promise_by.focus();
        return;
      }
      if (wanting && reasons) {
        event.preventDefault();
        reasons.open = true;
        explain(button, wanting[2]);
        form.elements[wanting[1]].focus();
      }
    });
    /* portal.js lets one post through and stops the second. */
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.formTarget) return;
      all("button[name=outcome]", form).forEach((button) => button.setAttribute("aria-busy", "true"));
    });
    window.addEventListener("pageshow", () => {
      all("button[name=outcome]", form).forEach((button) => button.removeAttribute("aria-busy"));
    });
  }

  /* Whoever brings the papers signs; else whoever represents the applicant, else the applicant. */
  function offerSignatory(form) {
    const promise = one("[data-promise]", form);
    if (!promise) return;
    promise.addEventListener("toggle", () => {
      const input = form.elements.promise_by;
      const names = ["agent_name", "legal_representative", "name"].map((name) => form.elements[name] && form.elements[name].value.trim());
      if (promise.open && !input.value) input.value = names.find(Boolean) || "";
    });
  }

  /* ---- the counter itself ------------------------------------------------------------------------------------------- */

  function startCounter(counter) {
    const form = one("[data-counter-form]");
    const search = one("#matter-search");
    const list = one("#matter-list");
    const panel = one("[data-panel]");
    const saved = one("[data-saved]");
    const urls = counter.dataset;
    const csrf = one("[name=csrfmiddlewaretoken]", form).value;
    const post = (url, data, signal) => {
      data.set("csrfmiddlewaretoken", csrf);
      return ask(url, { method: "POST", body: data, signal });
    };

    /* judgement */
    let judging = null;
    let waiting = false;
    async function judge() {
      waiting = false;
      if (judging) judging.abort();
      const mine = judging = new AbortController();
      try {
        const answer = await post(urls.judgementUrl, typed(form), mine.signal);
        if (!answer.ok) return;
        const html = await answer.text();
        if (mine !== judging) return;
        const held = panel.contains(document.activeElement) ? document.activeElement.value : null;
        panel.innerHTML = html;
        if (held) { const again = one(`button[value="${held}"]`, panel); if (again) again.focus(); }
      } catch (error) {
        /* offline or overtaken: the page keeps the last judgement, the server judges again at the post */
      } finally {
        if (mine === judging) judging = null;
      }
    }
    const judgeSoon = later(JUDGE_AFTER, judge);
    const rejudge = () => { waiting = true; judgeSoon(); };

    async function takeSuggested() {
      if (waiting || judging) { judgeSoon.cancel(); await judge(); }
      const button = one("[data-suggested]", panel);
      const unseen = rows().find((row) => !chosen(row));
      if (button) button.click();
      else if (unseen) focusRow(unseen);
    }

    /* autosave */
    let kept = null;
    let unsaved = false;
    let saving = null;
    let leaving = false;
    let lastKnown = new Date();
    const clockText = (date) => date.toTimeString().slice(0, 5);
    async function save() {
      if (leaving) return;
      const data = typed(form);
      const text = new URLSearchParams(data).toString();
      if (text === kept) { unsaved = false; return; }
      saving = new AbortController();
      try {
        const answer = await post(urls.draftUrl, data, saving.signal);
        const said = await answer.json();
        kept = text;
        unsaved = false;
        lastKnown = new Date();
        saved.classList.toggle("is-late", !answer.ok);
        saved.textContent = said.saved_at ? `已保存 ${said.saved_at}` : (said.message || "");
      } catch (error) {
        if (error.name === "AbortError") return;
        saved.classList.add("is-late");
        saved.textContent = error instanceof SignedOut
          ? "登录已过期，之后的内容尚未保存。请在新窗口重新登录，再回到本页继续；本页内容仍在。"
          : `网络断开，${clockText(lastKnown)} 之后的内容尚未保存。已留在本机，恢复后自动保存。`;
        setTimeout(save, RETRY_AFTER);
      } finally {
        saving = null;
      }
    }
    const saveSoon = later(SAVE_AFTER, save);
    const changed = () => { unsaved = true; saveSoon(); };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    window.addEventListener("online", save);
    window.addEventListener("beforeunload", (event) => { if (unsaved && !leaving) event.preventDefault(); });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || (event.submitter && event.submitter.formTarget)) return;
      leaving = true;
      saveSoon.cancel();
      if (saving) saving.abort();
    });
    one("#discard-form").addEventListener("submit", () => { leaving = true; saveSoon.cancel(); if (saving) saving.abort(); });
    window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });

    /* matter */
    let options = [];
    let active = -1;
    function show(open) {
      list.hidden = !open;
      search.setAttribute("aria-expanded", String(open));
      if (!open) { search.removeAttribute("aria-activedescendant"); active = -1; }
    }
    function mark(index) {
      active = index;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
      if (options[index]) {
        search.setAttribute("aria-activedescendant", options[index].id);
        options[index].scrollIntoView({ block: "nearest" });
      }
    }
    let lookingFor = "";
    async function look() {
      const wanted = search.value.trim();
      lookingFor = wanted;
      if (!wanted) { show(false); return; }
      try {
        const answer = await ask(`${urls.mattersUrl}?q=${encodeURIComponent(wanted)}`);
        const html = await answer.text();
        if (lookingFor !== wanted) return;
        list.innerHTML = html;
        options = all("[data-code]", list);
        show(true);
        mark(options.length ? 0 : -1);
      } catch (error) { show(false); }
    }
    async function pick(option) {
      saveSoon.cancel();
      if (!form.hidden && unsaved) await save();
      leaving = true;
      location.assign(`${urls.url}?matter=${encodeURIComponent(option.dataset.code)}`);
    }
    const lookSoon = later(120, look);
    search.addEventListener("input", lookSoon);
    search.addEventListener("keydown", async (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) { await look(); return; }
        if (options.length) mark((active + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (!search.value.trim()) return;
        if (list.hidden || lookingFor !== search.value.trim()) { lookSoon.cancel(); await look(); }
        if (options[active]) pick(options[active]);
      } else if (event.key === "Escape") {
        show(false);
      }
    });
    search.addEventListener("blur", () => setTimeout(() => show(false), 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[data-code]");
      if (option) { event.preventDefault(); pick(option); }
    });

    /* numbers: checked as typed; a known applicant is filled in */
    const filled = {};
    function fill(name, value) {
      const input = form.elements[name];
      if (value && (!input.value || input.value === filled[name])) { input.value = value; filled[name] = value; }
    }
    function watchNumber(numberName, kindName, known) {
      const input = form.elements[numberName];
      const kind = form.elements[kindName];
      const hint = one(`[data-hint-for="${numberName}"]`, form);
      let asked = "";
      async function check() {
        const text = input.value.trim();
        if (!text) { hint.textContent = ""; hint.className = "counter-hint"; asked = ""; return; }
        if (asked === text + kind.value) return;
        asked = text + kind.value;
        const data = new FormData();
        data.set("number", text);
        data.set("id_kind", kind.value === filled[kindName] ? "" : kind.value);
        if (known) data.set("known", "yes");
        try {
          const said = await (await post(urls.partyUrl, data)).json();
          if (input.value.trim() !== text) return;
          hint.className = said.is_valid ? "counter-hint is-right" : "counter-hint is-wrong";
          input.setAttribute("aria-invalid", String(!said.is_valid));
          if (!said.is_valid) { hint.textContent = said.message; return; }
          hint.textContent = `✓ ${said.id_kind_label}`;
          if (!kind.value || kind.value === filled[kindName]) { kind.value = said.id_kind; filled[kindName] = said.id_kind; }
          if (known) { recognise(said, hint); rejudge(); }
          changed();
        } catch (error) { asked = ""; }
      }
      const soon = later(CHECK_AFTER, () => { if (input.value.trim().length >= 15) check(); });
      input.addEventListener("input", () => {
        const said = one(".field-error", input.parentElement);
        if (said) said.remove(); if (hint.classList.contains("is-wrong")) hint.textContent = ""; soon(); });
      input.addEventListener("change", check);
      kind.addEventListener("change", check);
      if (input.value.trim() && !input.closest(".has-error")) check();
    }
    function recognise(said, hint) {
      const kind = form.elements.kind;
      if (!kind.value || kind.value === filled.kind) { kind.value = said.kind; filled.kind = said.kind; }
      const phone = form.elements.phone;
      phone.placeholder = "";
      ["name", "address", "legal_representative"].forEach((name) => {
        if (form.elements[name].value === filled[name]) { form.elements[name].value = ""; filled[name] = ""; }
        if (said.known) fill(name, said.known[name]);
      });
      if (!said.known) return;
      hint.textContent = "✓ 已登记，已填入";
      if (said.known.phone) phone.placeholder = `已登记 ${said.known.phone}`;
    }
    watchNumber("id_number", "id_kind", true);
    watchNumber("agent_id_number", "agent_id_kind", false);

    /* licence switch, checklist, keys */
    form.elements.licence_not_required.addEventListener("change", rejudge);
    form.elements.purpose.addEventListener("change", rejudge);
    form.elements.licence_number.addEventListener("change", rejudge);
    startChecklist(rejudge);
    guardOutcomes(form);
    offerSignatory(form);

    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
      if (!event.target.matches("input, select") || event.target.type === "file") return;
      event.preventDefault();
      const stops = all("input:not([type=hidden]), select, textarea, button:not([tabindex='-1'])", form)
        .filter((each) => isShown(each) && !each.disabled && (each.type !== "radio" || each.checked || !chosen(each.closest("[data-row]")) && each === radios(each.closest("[data-row]"))[0]));
      const next = stops[stops.indexOf(event.target) + 1];
      if (next) next.focus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "F2") { event.preventDefault(); search.focus(); search.select(); }
      if (event.key === "F3" && !form.hidden) { event.preventDefault(); form.elements.id_number.focus(); form.elements.id_number.select(); }
      if (event.key === "F4" && rows()[0]) { event.preventDefault(); focusRow(rows()[0]); }
      if (event.key === "Enter" && event.ctrlKey && !form.hidden) { event.preventDefault(); takeSuggested(); }
    });

    if (form.hidden) search.focus();
    else if (!one("[data-problems]") && document.activeElement === document.body) {
      (form.elements.id_number.value ? search : form.elements.id_number).focus();
      if (form.elements.id_number.value && rows()[0]) focusRow(rows()[0]);
    }
  }

  /* ---- one case; the result page; keys for all ------------------------------------------------------------------------ */

  function startCase() {
    const form = one("[data-checklist-form]");
    if (!form) return;
    startChecklist(() => {
      all("button[name=outcome]", form).forEach((button) => {
        button.setAttribute("aria-disabled", "true");
        explain(button, "材料登记有改动，请先保存。");
      });
    });
    guardOutcomes(form);
    offerSignatory(form);
    document.addEventListener("keydown", (event) => {
      const button = one("[data-suggested]", form);
      if (event.key === "Enter" && event.ctrlKey && button) { event.preventDefault(); button.click(); }
    });
  }

  function startResult() {
    one("[data-next]").focus();
    document.addEventListener("keydown", (event) => {
      const receipt = one("[data-print=D01]");
      if (event.key.toLowerCase() === "p" && event.ctrlKey && receipt) { event.preventDefault(); receipt.click(); }
    });
  }

  function startHelp() {
    const dialog = one("[data-help]");
    if (!dialog) return;
    const open = () => { if (!dialog.open) dialog.showModal(); };
    one("[data-open-help]").addEventListener("click", open);
    document.addEventListener("keydown", (event) => { if (event.key === "F1") { event.preventDefault(); open(); } });
  }

  const problems = one("[data-problems]");
  if (one("[data-counter]")) startCounter(one("[data-counter]"));
  if (one("[data-case]")) startCase();
  if (one("[data-result]")) startResult();
  startHelp();
  if (problems) problems.focus();
})();
