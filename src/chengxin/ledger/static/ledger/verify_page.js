/* The page around verifier.js: reads the form, shows what holds and what does not. Works from file://; the network is asked only
 * when the address says ?reference=123 (a record) or ?reference=c456 (an entry). */
"use strict";

(function () {
  const { ProofWrong, checkProof, checkConsistency, openCheckpoint, parseVkey, parseNote, parseCheckpoint, fromBase64 } = globalThis.chengxinVerifier;
  const at = (id) => document.getElementById(id);
  const verdict = at("verdict");

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function show(holds, found, sentence, payload) {
    verdict.replaceChildren();
    verdict.hidden = false;
    verdict.className = holds ? "conclusion holds" : "conclusion conclusion-against fails";
    verdict.append(element("h2", holds ? "✓ 证明成立" : "✗ 证明不成立"));
    const list = element("ul");
    for (const line of found) list.append(element("li", `✓ ${line}`));
    if (sentence) list.append(element("li", `✗ ${sentence}`));
    verdict.append(list);
    if (holds && payload) verdict.append(element("h3", "记录的内容"), fields(payload));
    if (holds && !payload) verdict.append(element("p", "证明文件里没有内容：只证明该条目在账本中，不证明它写了什么。", "muted"));
    verdict.scrollIntoView({ block: "nearest" });
  }

  function fields(payload) {
    const list = element("dl", undefined, "facts");
    for (const [key, value] of Object.entries(JSON.parse(payload))) {
      const row = element("div", undefined, "fact");
      row.append(element("dt", key, "mono"), element("dd", value));
      list.append(row);
    }
    return list;
  }

  /* A checkpoint that the reader kept from another day or another source must agree with the one in the proof. */
  async function compareCheckpoints(proof, text, vkey) {
    const own = await openCheckpoint(text.endsWith("\n") ? text : `${text}\n`, vkey);
    const other = parseCheckpoint(parseNote(proof.checkpoint).body);
    const [old, later] = own.size <= other.size ? [own, other] : [other, own];
    let path = [];
    if (old.size !== later.size) {
      const given = at("consistency").value.trim();
      if (!given) throw new ProofWrong(`您保存的检查点有 ${own.size} 条，证明里的有 ${other.size} 条：请粘贴两者之间的一致性证明。`);
      path = (JSON.parse(given).path || []).map(fromBase64);
    }
    checkConsistency(old.size, later.size, path, old.root, later.root);
    return `与您保存的检查点（${own.size} 条）一致，账本没有分叉。`;
  }

  async function verify(event) {
    event.preventDefault();
    const found = [];
    try {
      const proof = JSON.parse(at("proof-text").value);
      if (proof.salt == null && at("salt").value.trim()) proof.salt = at("salt").value.trim();
      if (proof.payload == null && at("payload").value) proof.payload = at("payload").value;
      found.push(...(await checkProof(proof, at("vkey").value)));
      const own = at("own-checkpoint").value.replace(/\r\n/g, "\n").trimStart();
      if (own) found.push(await compareCheckpoints(proof, own, parseVkey(at("vkey").value)));
      show(true, found, "", proof.salt != null ? proof.payload : null);
    } catch (error) {
      if (error instanceof ProofWrong) show(false, found, error.message);
      else if (error instanceof SyntaxError) show(false, found, "证明文件或一致性证明不是完整的 JSON。");
      else throw error;
    }
  }

  async function fetchProof(reference) {
    const answer = await fetch(`/api/v1/proofs/${encodeURIComponent(reference)}`);
    const text = await answer.text();
    if (!answer.ok) {
      show(false, [], JSON.parse(text).detail || "取不到证明。");
      return;
    }
    at("proof-text").value = text;
    at("verify-form").requestSubmit();
  }

  at("verify-form").addEventListener("submit", verify);
  at("proof-file").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) at("proof-text").value = await file.text();
  });
  const asked = new URLSearchParams(location.search);
  const reference = asked.get("reference") || asked.get("record") || asked.get("content");
  if (reference && location.protocol !== "file:") fetchProof(reference);
})();
