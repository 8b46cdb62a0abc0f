/* The form of a visit on a phone. What was typed and the files that were chosen stay on the phone (localStorage, IndexedDB) until they are
 * accepted; without a signal the form waits and is sent by itself later, also after the page was closed. One form is one finding
 * however often it is sent: its key is made here, and a form whose key the office has is forgotten here. */
"use strict";
(function visitForm() {
  const state = document.querySelector("[data-visit]");
  if (!state) return;
  const place = `chengxin-${state.dataset.visit}`;
  const accepted = state.dataset.accepted.split(" ").filter(Boolean);
  const form = document.querySelector("form[data-draft]");
  const said = document.getElementById("draft-state");
  const say = (words) => { if (said) said.textContent = words; };
  const draft = () => { try { return JSON.parse(localStorage.getItem(place) || "{}"); } catch { return {}; } };

  /* Files, in a store of their own. */
  const store = () => new Promise((done, failed) => {
    const asked = indexedDB.open("chengxin-visits", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  async function files(mode, work) {
    const base = await store();
    try {
      return await new Promise((done, failed) => {
        const turn = base.transaction("files", mode);
        const asked = work(turn.objectStore("files"));
        turn.oncomplete = () => done(asked.result);
        turn.onerror = turn.onabort = () => failed(turn.error);
      });
    } finally { base.close(); }
  }
  const inputs = () => Array.from(form.querySelectorAll("input[type=file]"));
  const keepFiles = (input) => files("readwrite", (all) => all.put(Array.from(input.files), `${place}/${input.name}`));
  const forgetFiles = () => files("readwrite", (all) => all.delete(IDBKeyRange.bound(`${place}/`, `${place}/\uffff`)));
  async function forget() { localStorage.removeItem(place); await forgetFiles().catch(() => {}); }

  if (accepted.includes(draft().form_key)) forget();
  if (!form) return;

  const fields = () => Array.from(form.elements).filter((each) => each.name && !["file", "submit"].includes(each.type) && each.name !== "csrfmiddlewaretoken");
  function keep(waiting) {
    const kept = { waiting: Boolean(waiting) };
    fields().forEach((each) => { if (each.type !== "radio" || each.checked) kept[each.name] = each.value; });
    try { localStorage.setItem(place, JSON.stringify(kept)); return true; } catch { say("这部手机存不下，请不要关闭页面"); return false; }
  }
  async function restore() {
    const kept = draft();
    if (!kept.form_key || accepted.includes(kept.form_key)) return false;
    const hasAnswer = document.querySelector(".refusal") !== null;
    fields().forEach((each) => {
      if (!(each.name in kept)) return;
      if (each.type === "radio") each.checked = each.checked || kept[each.name] === each.value;
      else if (!hasAnswer) each.value = kept[each.name];
    });
    for (const input of inputs()) {
      const found = await files("readonly", (all) => all.get(`${place}/${input.name}`)).catch(() => undefined);
      if (!found || !found.length) continue;
      const chosen = new DataTransfer();
      found.forEach((file) => chosen.items.add(file));
      input.files = chosen.files;
    }
    say("接着上次填的");
    return kept.waiting && !hasAnswer;
  }

  /* Sending. The answer is shown here, so that no weak signal takes the page away. */
  let sending = false;
  async function send() {
    if (sending) return;
    keep(true);
    if (!navigator.onLine) { say("没有信号，已存在这部手机上；有了信号自动提交"); return; }
    sending = true;
    say("正在提交…");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.status === 401 || (answer.ok && new URL(answer.url).pathname === "/login")) {
        say("登录已过期。填的都在这部手机上，重新登录后打开这一页就会提交。");
      } else if (answer.ok) {
        await forget();
        location.assign(answer.url);
        return;
      } else {
        const refusal = page.querySelector(".refusal") || page.querySelector("main");
        document.querySelectorAll("form[data-draft] .refusal").forEach((each) => each.remove());
        const told = document.createElement("div");
        told.className = "refusal";
        told.setAttribute("role", "alert");
        told.append(...Array.from(refusal.childNodes).map((each) => document.importNode(each, true)));
        form.prepend(told);
        told.scrollIntoView({ block: "center" });
        keep(false);
        say("没有收下，改好再提交");
      }
    } catch {
      say("没有送到，已存在这部手机上；有了信号自动提交");
    }
    sending = false;
    form.querySelectorAll("button").forEach((each) => { each.disabled = false; });
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation(); send(); }, true);
  window.addEventListener("online", () => { if (draft().waiting) send(); });
  setInterval(() => { if (draft().waiting && navigator.onLine) send(); }, 30_000);
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") {
      keep(false);
      keepFiles(event.target).then(() => say("已存在这部手机上"), () => say("照片这部手机存不下，请不要关闭页面"));
    } else if (keep(false)) say(navigator.onLine ? "已存在这部手机上" : "没有信号，已存在这部手机上");
  });

  const locate = form.querySelector("[data-locate]");
  if (locate && !navigator.geolocation) locate.hidden = true;
  else if (locate) locate.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    (found) => { form.elements.place.value = `北纬 ${found.coords.latitude.toFixed(5)}，东经 ${found.coords.longitude.toFixed(5)}`; keep(false); },
    () => say("取不到位置，请写地址"),
  ));

  restore().then((isWaiting) => {
    if (!form.elements.form_key.value) form.elements.form_key.value = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    form.dataset.ready = "yes";
    if (isWaiting) send();
  });
})();
