/* node --test verifiers/ — the verifier on its own; tests/unit/ledger/test_javascript.py holds it against the Python one. */
"use strict";

const { test } = require("node:test");
const assert = require("node:assert");
const crypto = require("node:crypto");
const v = require("./verifier.js");

const hash = (...parts) => new Uint8Array(crypto.createHash("sha256").update(Buffer.concat(parts)).digest());

test("SHA-256 agrees with the platform's at every length around a block", () => {
  for (let n = 0; n < 200; n += 1) {
    const bytes = new Uint8Array(n).map((_, i) => (i * 7 + n) % 256);
    assert.deepStrictEqual(v.sha256(bytes), hash(bytes));
  }
  const long = new Uint8Array(1_000_003).fill(97);
  assert.deepStrictEqual(v.sha256(long), hash(long));
});

function tree(leaves) {
  if (leaves.length === 0) return v.EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return v.nodeHash(tree(leaves.slice(0, k)), tree(leaves.slice(k)));
}
const LEAVES = Array.from({ length: 40 }, (_, i) => v.leafHash(Uint8Array.of(i)));

test("the root of the reference implementation of Certificate Transparency", () => {
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const leaves = inputs.map((text) => v.leafHash(Uint8Array.from(Buffer.from(text, "hex"))));
  assert.strictEqual(v.hex(tree(leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
});

test("edges of inclusion", () => {
  const [one, two] = [tree(LEAVES.slice(0, 1)), tree(LEAVES.slice(0, 2))];
  v.checkInclusion(LEAVES[0], 0, 1, [], one);
  v.checkInclusion(LEAVES[1], 1, 2, [LEAVES[0]], two);
  const wrong = [
    [LEAVES[0], 0, 0, [], v.EMPTY_ROOT], [LEAVES[0], 1, 1, [], one], [LEAVES[0], -1, 2, [LEAVES[1]], two], [LEAVES[0], 0, 1, [LEAVES[0]], one],
    [LEAVES[0].slice(1), 0, 1, [], one], [LEAVES[0], 0, 2, [], two], [LEAVES[0], 0, 2, [new Uint8Array(0)], two], [LEAVES[0], 0.5, 2, [LEAVES[1]], two],
  ];
  for (const arguments_ of wrong) assert.throws(() => v.checkInclusion(...arguments_), v.ProofWrong);
});

test("edges of consistency", () => {
  const [one, two] = [tree(LEAVES.slice(0, 1)), tree(LEAVES.slice(0, 2))];
  v.checkConsistency(0, 0, [], v.EMPTY_ROOT, v.EMPTY_ROOT);
  v.checkConsistency(0, 2, [], v.EMPTY_ROOT, two);
  v.checkConsistency(2, 2, [], two, two);
  v.checkConsistency(1, 2, [LEAVES[1]], one, two);
  const wrong = [
    [2, 1, [], two, one], [0, 1, [one], v.EMPTY_ROOT, one], [0, 1, [], one, one], [1, 1, [], one, two], [1, 2, [], one, two],
    [1, 2, [LEAVES[1].slice(3)], one, two], [1, 2, [LEAVES[1]], one.slice(1), two], [1, 2, [LEAVES[0], LEAVES[1]], one, two], [-1, 1, [], one, one],
  ];
  for (const arguments_ of wrong) assert.throws(() => v.checkConsistency(...arguments_), v.ProofWrong);
});

test("indices beyond 2^32 are walked without bit operators", () => {
  const size = 2 ** 40 + 1; // the last leaf stands alone on the right: one step
  const left = LEAVES[0];
  v.checkInclusion(LEAVES[1], 2 ** 40, size, [left], v.nodeHash(left, LEAVES[1]));
});

test("a note of the signed-note specification", async () => {
  const vkey = v.parseVkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  await assert.rejects(v.openCheckpoint(text.replace("answer", "Answer"), vkey), /签名无效/);
  await assert.rejects(v.openCheckpoint(text, vkey), /检查点格式/); // signed, but no checkpoint
});
