/* Runs cases from standard input (one JSON object a line) through the verifier; one line of JSON out for each:
 * null: it holds; a text: the sentence of what is wrong; a list: the sentences of what a proof file holds. */
"use strict";

const path = require("node:path");
const readline = require("node:readline");
const v = require(path.join(__dirname, "../../../verifiers/verifier.js"));

const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));

async function run(test) {
  if (test.kind === "inclusion") {
    v.checkInclusion(bytes(test.leaf), test.index, test.size, test.path.map(bytes), bytes(test.root));
    return null;
  }
  if (test.kind === "consistency") {
    v.checkConsistency(test.old, test.size, test.path.map(bytes), bytes(test.old_root), bytes(test.root));
    return null;
  }
  return v.checkProof(test.proof, test.vkey);
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answer = await run(JSON.parse(line)).catch((error) => {
      if (!(error instanceof v.ProofWrong)) throw error;
      return error.message;
    });
    console.log(JSON.stringify(answer));
  }
})();
