#!/usr/bin/env node
/* node verifiers/verify.js PROOF.json VKEY — checks a proof file; exit status 0: it holds, 1: it does not. */
"use strict";

const fs = require("node:fs");
const { ProofWrong, checkProof } = require("./verifier.js");

const [file, vkey] = process.argv.slice(2);
if (!file || !vkey) {
  console.error("用法：node verifiers/verify.js 证明文件.json 公钥");
  process.exit(2);
}
checkProof(JSON.parse(fs.readFileSync(file, "utf8")), vkey).then(
  (found) => console.log([...found, "证明成立。"].join("\n")),
  (error) => {
    if (!(error instanceof ProofWrong)) throw error;
    console.log(`不成立：${error.message}`);
    process.exitCode = 1;
  },
);
