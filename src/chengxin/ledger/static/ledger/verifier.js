/* 核验存证：checks proofs of the ledger with nothing but this file. No dependency, no network, no build step.
 *
 * In a page: a script element, then chengxinVerifier.checkProof(…). In node: require("./verifier.js"). Never write that
 * element's end tag in this file: the page for use without a network carries it inline.
 * Bytes are Uint8Array. Every check ends silently or throws ProofWrong, whose message is the sentence to show.
 * The hashing is our own so that the page works from file:// and plain http; signatures need WebCrypto with Ed25519. */
"use strict";

(function (root) {
  class ProofWrong extends Error {}

  /* ---- bytes ---- */

  const ROUND = new Uint32Array(64);
  const START = new Uint32Array(8);
  (function constants() { // the first 32 bits of the fractional parts of the roots of primes (FIPS 180-4)
    const fraction = (x) => Math.floor((x - Math.floor(x)) * 4294967296);
    for (let n = 2, found = 0; found < 64; n += 1) {
      let prime = true;
      for (let d = 2; d * d <= n; d += 1) if (n % d === 0) { prime = false; break; }
      if (!prime) continue;
      if (found < 8) START[found] = fraction(Math.sqrt(n));
      ROUND[found] = fraction(Math.cbrt(n));
      found += 1;
    }
  })();

  function sha256(message) {
    const length = Math.ceil((message.length + 9) / 64) * 64;
    const padded = new Uint8Array(length);
    padded.set(message);
    padded[message.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(length - 8, Math.floor(message.length / 536870912));
    view.setUint32(length - 4, (message.length * 8) >>> 0);
    const state = START.slice();
    const w = new Uint32Array(64);
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let at = 0; at < length; at += 64) {
      for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(at + i * 4);
      for (let i = 16; i < 64; i += 1) {
        const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
        const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i += 1) {
        const t1 = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
        const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
    }
    const out = new Uint8Array(32);
    state.forEach((value, i) => new DataView(out.buffer).setUint32(i * 4, value));
    return out;
  }

  function join(...parts) {
    const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { out.set(part, at); at += part.length; }
    return out;
  }

  function same(left, right) {
    return left.length === right.length && left.every((value, i) => value === right[i]);
  }

  function utf8(text) { return new TextEncoder().encode(text); }

  function fromBase64(text) {
    if (typeof text !== "string" || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new ProofWrong("Base64 编码不对。");
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  }

  function hex(bytes) { return Array.from(bytes, (value) => value.toString(16).padStart(2, "0")).join(""); }

  /* ---- the tree: RFC 6962 hashes, RFC 9162 checks ---- */

  const LEAF = Uint8Array.of(0);
  const NODE = Uint8Array.of(1);
  const EMPTY_ROOT = sha256(new Uint8Array(0));
  const leafHash = (entry) => sha256(join(LEAF, entry));
  const nodeHash = (left, right) => sha256(join(NODE, left, right));
  const half = (n) => Math.floor(n / 2); // sizes may pass 2^31: no bit operators

  function mustBeHashes(values) {
    for (const value of values) if (value.length !== 32) throw new ProofWrong(`散列值应为 32 字节，实际为 ${value.length} 字节。`);
  }

  function mustBeCounts(...values) {
    for (const value of values) if (!Number.isSafeInteger(value)) throw new ProofWrong("条数和序号应为整数。");
  }

  /* For each step up from node `first` of a level whose last node is `last`: does the sibling stand on the left? */
  function sides(first, last, length) {
    const left = [];
    for (let step = 0; step < length; step += 1) {
      if (last === 0) throw new ProofWrong("证明路径过长。");
      const isLeft = first % 2 === 1 || first === last;
      while (isLeft && first && first % 2 === 0) { first = half(first); last = half(last); }
      left.push(isLeft);
      first = half(first);
      last = half(last);
    }
    if (last) throw new ProofWrong("证明路径过短。");
    return left;
  }

  function checkInclusion(leaf, index, size, path, treeRoot) {
    mustBeHashes([leaf, treeRoot, ...path]);
    mustBeCounts(index, size);
    if (size < 1) throw new ProofWrong("空的账本里没有任何条目。");
    if (index < 0 || index >= size) throw new ProofWrong(`条目序号 ${index} 不在账本之内（账本共 ${size} 条，序号从 0 起）。`);
    let found = leaf;
    sides(index, size - 1, path.length).forEach((isLeft, i) => {
      found = isLeft ? nodeHash(path[i], found) : nodeHash(found, path[i]);
    });
    if (!same(found, treeRoot)) throw new ProofWrong("由条目和证明路径算出的根与检查点的根不一致：条目不在该账本中，或已被改动。");
  }

  function checkConsistency(old, size, path, oldRoot, treeRoot) {
    mustBeHashes([oldRoot, treeRoot, ...path]);
    mustBeCounts(old, size);
    if (old < 0 || size < 0) throw new ProofWrong("账本的条数不能为负。");
    if (old > size) throw new ProofWrong(`旧检查点（${old} 条）比新检查点（${size} 条）还长：账本只增不减。`);
    if (old === 0 || old === size) {
      if (path.length) throw new ProofWrong("两个检查点条数相同或旧账本为空时，证明路径应为空。");
      if (old === 0 && !same(oldRoot, EMPTY_ROOT)) throw new ProofWrong("空账本的根应为空串的 SHA-256。");
      if (old === size && !same(oldRoot, treeRoot)) throw new ProofWrong("条数相同而根不同：账本出现分叉。");
      return;
    }
    if (!path.length) throw new ProofWrong("缺少证明路径。");
    const hashes = Number.isInteger(Math.log2(old)) && 2 ** Math.log2(old) === old ? [oldRoot, ...path] : path.slice();
    let first = old - 1;
    let last = size - 1;
    while (first % 2 === 1) { first = half(first); last = half(last); }
    let foundOld = hashes[0];
    let found = hashes[0];
    sides(first, last, hashes.length - 1).forEach((isLeft, i) => {
      const sibling = hashes[i + 1];
      if (isLeft) foundOld = nodeHash(sibling, foundOld);
      found = isLeft ? nodeHash(sibling, found) : nodeHash(found, sibling);
    });
    if (!same(foundOld, oldRoot)) throw new ProofWrong("算出的旧根与旧检查点不一致。");
    if (!same(found, treeRoot)) throw new ProofWrong("算出的新根与新检查点不一致：新账本不是旧账本的延续。");
  }

  /* ---- signed notes and checkpoints (C2SP) ---- */

  const isKeyName = (name) => name !== "" && !/[+\s]/.test(name);

  function parseVkey(text) {
    const [name, tag, ...rest] = text.trim().split("+");
    const material = fromBase64(rest.join("+"));
    if (!tag || !isKeyName(name) || material.length !== 33 || ![1, 4].includes(material[0])) {
      throw new ProofWrong("公钥格式不对：应为“名称+8位十六进制+Base64”（C2SP signed-note 的 vkey）。");
    }
    const own = sha256(join(utf8(`${name}\n`), material)).slice(0, 4);
    if (hex(own) !== tag) throw new ProofWrong("公钥的指纹与其内容不符。");
    return { name, tag: own, kind: material[0], key: material.slice(1) };
  }

  function parseNote(text) {
    const gap = text.lastIndexOf("\n\n");
    const lines = text.slice(gap + 2).split("\n");
    if (gap < 1 || lines[lines.length - 1] !== "" || lines.length < 2) {
      throw new ProofWrong("检查点格式不对：正文与签名之间应有一个空行，末尾应有换行。");
    }
    const signatures = lines.slice(0, -1).map((line) => {
      const [, name, encoded] = /^— ([^ ]*) (.*)$/.exec(line) || [];
      const material = encoded === undefined ? new Uint8Array(0) : fromBase64(encoded);
      if (!name || !isKeyName(name) || material.length < 5) throw new ProofWrong("检查点的签名行格式不对：应为“— 名称 Base64”。");
      return { name, tag: material.slice(0, 4), signature: material.slice(4) };
    });
    return { body: text.slice(0, gap + 1), signatures };
  }

  function parseCheckpoint(body) {
    const [origin, size, encoded] = body.split("\n");
    if (body.split("\n").length < 4 || !origin || !/^(0|[1-9][0-9]*)$/.test(size)) throw new ProofWrong("检查点格式不对：前三行应为日志名称、条数、根。");
    const treeRoot = fromBase64(encoded);
    if (treeRoot.length !== 32) throw new ProofWrong("检查点的根应为 32 字节的 Base64。");
    return { origin, size: Number(size), root: treeRoot };
  }

  async function validSignature(key, signature, message) {
    const unable = "这个浏览器不能核验 Ed25519 签名：请用新版浏览器，经 https 或本机文件打开本页，或改用 node verifiers/verify.js。";
    if (!root.crypto || !root.crypto.subtle) throw new ProofWrong(unable);
    let imported;
    try {
      imported = await root.crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch (error) {
      throw new ProofWrong(error.name === "NotSupportedError" ? unable : "公钥不是有效的 Ed25519 公钥。");
    }
    return root.crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  }

  /* The checkpoint in a note that `vkey` (parsed) has signed. */
  async function openCheckpoint(text, vkey) {
    const note = parseNote(text);
    const mine = note.signatures.filter((line) => line.name === vkey.name && same(line.tag, vkey.tag));
    if (!mine.length) throw new ProofWrong("检查点上没有所给公钥的签名。");
    for (const line of mine) {
      const timed = vkey.kind === 4; // cosignature/v1: eight bytes of time stand before the signature
      const time = timed ? new DataView(line.signature.slice(0, 8).buffer).getBigUint64(0) : 0n;
      const message = utf8(timed ? `cosignature/v1\ntime ${time}\n${note.body}` : note.body);
      if (!(await validSignature(vkey.key, timed ? line.signature.slice(8) : line.signature, message))) {
        throw new ProofWrong(`“${vkey.name}”的签名无效：检查点已被改动，或不是由该密钥签署。`);
      }
    }
    const checkpoint = parseCheckpoint(note.body);
    if (vkey.kind === 1 && checkpoint.origin !== vkey.name) {
      throw new ProofWrong(`检查点属于日志“${checkpoint.origin}”，公钥却属于“${vkey.name}”。`);
    }
    return checkpoint;
  }

  /* ---- entries and proof files ---- */

  const HEADER = Uint8Array.of(0x43, 0x58, 0x4c, 0x45, 1, 1, 0, 0);
  const entryOf = (salt, payload) => join(HEADER, sha256(join(salt, utf8(payload))));

  /* Checks a proof file (the parsed JSON). Returns what was found right, as sentences; throws ProofWrong at the first wrong thing. */
  async function checkProof(proof, vkeyText) {
    if (!proof || proof.format !== "chengxin-proof/1") throw new ProofWrong("不是本平台的证明文件：format 应为 chengxin-proof/1。");
    if (!Array.isArray(proof.path) || typeof proof.checkpoint !== "string" || !Number.isSafeInteger(proof.leaf_index)) {
      throw new ProofWrong("证明文件缺少内容或格式不对。");
    }
    const entry = fromBase64(proof.entry);
    const path = proof.path.map(fromBase64);
    const checkpoint = await openCheckpoint(proof.checkpoint, parseVkey(vkeyText));
    const found = [`检查点由“${checkpoint.origin}”签署，签名有效，账本共 ${checkpoint.size} 条。`];
    checkInclusion(leafHash(entry), proof.leaf_index, checkpoint.size, path, checkpoint.root);
    found.push(`条目在账本第 ${proof.leaf_index} 位（从 0 起），路径有效。`);
    if (proof.salt != null && proof.payload != null) {
      if (!same(entry, entryOf(fromBase64(proof.salt), proof.payload))) {
        throw new ProofWrong("内容与条目不符：内容或盐已被改动，或属于另一条目。");
      }
      found.push("内容与条目的承诺值一致，未被改动。");
    }
    return found;
  }

  const api = { ProofWrong, sha256, fromBase64, hex, utf8, same, EMPTY_ROOT, leafHash, nodeHash, entryOf };
  Object.assign(api, { checkInclusion, checkConsistency, parseVkey, parseNote, parseCheckpoint, openCheckpoint, checkProof });
  if (typeof module === "object" && module.exports) module.exports = api;
  else root.chengxinVerifier = api;
})(globalThis);
